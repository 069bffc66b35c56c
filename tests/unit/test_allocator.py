"""Freed memory stays at hand until it is given back; a large block goes back at once."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PRELUDE = (
    "import ctypes, psutil\n"
    "from assistant.worker.allocator import give_back, set_limits\n"
    "assert set_limits()\n"
    "libc, own = ctypes.CDLL(None), psutil.Process()\n"
    "libc.malloc.restype = ctypes.c_void_p\n"
    "libc.free.argtypes = [ctypes.c_void_p]\n"
    "def held(size, count):\n"
    "    blocks = [libc.malloc(size) for _ in range(count)]\n"
    "    for block in blocks:\n"
    "        ctypes.memset(ctypes.c_void_p(block), 1, size)\n"
    "    full = own.memory_info().rss\n"
    "    for block in blocks:\n"
    "        libc.free(block)\n"
    "    return full - own.memory_info().rss\n"
)


def run(code: str) -> None:
    """In a process of its own: the settings stay for good."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            "for _ in range(3):\n"
            "    assert held(8 << 20, 4) < 8 << 20\n"
            "    full = own.memory_info().rss\n"
            "    give_back()\n"
            "    assert full - own.memory_info().rss > 24 << 20\n",
            id="work memory stays until the turn is over, however often",
        ),
        pytest.param(
            # a first large block freed would raise glibc's own limit
            "for _ in range(2):\n    assert held(64 << 20, 1) > 32 << 20\n",
            id="a model's weights go back at once",
        ),
    ],
)
def test_memory_that_was_freed(code: str) -> None:
    run(code)


def test_where_the_c_library_knows_nothing_of_it_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from assistant.worker import allocator

    monkeypatch.setattr(sys, "platform", "elsewhere")
    assert not allocator.set_limits()
    allocator.give_back()
