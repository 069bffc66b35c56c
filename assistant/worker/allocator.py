"""Has the C library keep freed memory while a turn runs and give it back when the turn is over.

Owns three settings of glibc's malloc and the moment of giving back. Left alone glibc raises its own limits
with every large block freed and keeps an arena for each thread, so the worker holds what a long sentence
once needed for good; with low limits every large tensor is mapped anew (a Piper replica's CPU time doubled).
Work memory of recogniser and Piper over ten turns: 460 MB kept, 218 MB with these (replicas, 2026-11-21).
Other C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
"""Numbers of ``mallopt``, from glibc's ``malloc.h``."""

KEPT_BYTES: Final = 1 << 30
"""What is freed at the top of the heap stays up to this, until :func:`give_back`."""
MAPPED_BYTES: Final = 1 << 25
"""Blocks from this size on come from the system and go straight back: the most glibc takes on 64 bit."""


def set_limits() -> bool:
    """Tell the C library; returns whether it understood. At the start of the process, before any thread."""
    tell = _function("mallopt")
    if tell is None:
        return False
    wanted = (
        (M_TRIM_THRESHOLD, KEPT_BYTES),
        (M_MMAP_THRESHOLD, MAPPED_BYTES),
        (M_ARENA_MAX, 1),
    )
    understood = [bool(tell(number, value)) for number, value in wanted]
    return all(understood)


def give_back() -> None:
    """Return freed memory to the system, some ms; other threads that want memory wait meanwhile."""
    trim = _function("malloc_trim")
    if trim is not None:
        trim(0)


def _function(name: str) -> Any:
    """Return a function of the C library, or None where there is none such (musl, other systems)."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), name, None)
