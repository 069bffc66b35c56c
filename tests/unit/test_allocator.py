"""The C library is told to give memory back, and refuses nothing it knows."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_memory_that_was_freed_goes_back_to_the_system() -> None:
    """In a process of its own: the settings stay for good."""
    code = (
        "import ctypes, psutil\n"
        "from assistant.worker.allocator import give_memory_back\n"
        "assert give_memory_back()\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.malloc.restype = ctypes.c_void_p\n"
        "libc.free.argtypes = [ctypes.c_void_p]\n"
        "size, own = 8 << 20, psutil.Process()\n"
        "for _ in range(2):\n"  # a first large block freed would raise glibc's own limit
        "    block = libc.malloc(size)\n"
        "    ctypes.memset(ctypes.c_void_p(block), 1, size)\n"
        "    full = own.memory_info().rss\n"
        "    libc.free(block)\n"
        "    assert full - own.memory_info().rss > size // 2\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
