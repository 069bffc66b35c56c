"""Owns the choice of instructions llama.cpp may use on a CPU; it does not build anything.

Two rules, both paid for with a crash or with speed:

- ``GGML_NATIVE`` is always off and AMX never on: gcc 12 compiles ggml's AMX kernels wrongly and the
  program dies at ``ldtilecfg`` on any CPU that has AMX (ggml-org/llama.cpp issue 20824).
- Everything else the CPU has is on: an int8 product with AVX-512-VNNI takes a fraction of the plain one.
"""

from __future__ import annotations

import platform
import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")

_AVX2 = frozenset({"avx", "avx2"})
_AVX512 = _AVX2 | {"fma", "f16c", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}

X86_SWITCHES: dict[str, frozenset[str]] = {
    "GGML_SSE42": frozenset({"sse4_2"}),
    "GGML_AVX": frozenset({"avx"}),
    "GGML_AVX2": _AVX2,
    "GGML_BMI2": frozenset({"bmi2"}),
    "GGML_FMA": frozenset({"avx", "fma"}),
    "GGML_F16C": frozenset({"avx", "f16c"}),
    "GGML_AVX_VNNI": _AVX2 | {"avx_vnni"},
    "GGML_AVX512": _AVX512,
    "GGML_AVX512_VBMI": _AVX512 | {"avx512vbmi"},
    "GGML_AVX512_VNNI": _AVX512 | {"avx512_vnni"},
    "GGML_AVX512_BF16": _AVX512 | {"avx512_bf16"},
}
"""CMake switch of ggml -> the kernel's names (/proc/cpuinfo) of all instructions the compiler may then use.

Source: ggml/src/ggml-cpu/CMakeLists.txt of llama-cpp-python 0.3.36: GGML_AVX512 alone passes
-mavx512f -mavx512cd -mavx512vl -mavx512dq -mavx512bw. A hypervisor may hide AVX and forget to hide what
is built on it, hence the base features in every set."""

ALWAYS: tuple[str, ...] = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_AMX_TILE=OFF",
    "-DGGML_AMX_INT8=OFF",
    "-DGGML_AMX_BF16=OFF",
    "-DLLAVA_BUILD=OFF",
    "-DMTMD_BUILD=OFF",
    "-DLLAMA_BUILD_TOOLS=OFF",
    "-DLLAMA_ALL_WARNINGS=OFF",
)


def is_x86(machine: str) -> bool:
    """True for the names by which systems call 32- and 64-bit x86."""
    return machine.lower() in {"x86_64", "amd64", "i386", "i686"}


def features_in(cpuinfo: str) -> frozenset[str]:
    """The instruction sets that every processor listed in a ``/proc/cpuinfo`` text has.

    x86 lists them as "flags", ARM as "Features". Cores may differ, so only common ones count.
    """
    lists = re.findall(r"^(?:flags|Features)\s*:(.*)$", cpuinfo, flags=re.MULTILINE)
    return (
        frozenset.intersection(*(frozenset(one.split()) for one in lists)) if lists else frozenset()
    )


def host_features() -> frozenset[str]:
    """The instruction sets of this machine; empty (the safe baseline) where the system does not say."""
    try:
        return features_in(CPUINFO.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return frozenset()


def switches_for(features: frozenset[str], machine: str | None = None) -> dict[str, bool]:
    """Every x86 switch of ggml, on only where the CPU has all it needs; none on other machines.

    The switches are named even when off: with GGML_NATIVE off ggml would turn AVX2 on by itself.
    """
    if not is_x86(platform.machine() if machine is None else machine):
        return {}
    return {switch: needed <= features for switch, needed in X86_SWITCHES.items()}


def required_features(switches: dict[str, bool]) -> frozenset[str]:
    """What a CPU must have to run a library built with these switches."""
    return frozenset().union(*(X86_SWITCHES[switch] for switch, on in switches.items() if on))


def cmake_arguments(switches: dict[str, bool]) -> tuple[str, ...]:
    """The arguments for CMake, in a stable order (they are part of the wheel's fingerprint)."""
    return (*ALWAYS, *(f"-D{switch}={'ON' if on else 'OFF'}" for switch, on in switches.items()))
