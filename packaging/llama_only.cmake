# Read by CMake right after llama-cpp-python's project() (CMAKE_PROJECT_llama_cpp_INCLUDE). Its CMakeLists.txt forces the
# cache entry LLAMA_BUILD_COMMON to ON; a plain variable of that name wins over the entry (policies CMP0077, CMP0126) and
# leaves out llama.cpp's "common" library, which the Python package never loads: 83 steps instead of 140.
set(LLAMA_BUILD_COMMON OFF)
