"""ALSA's manners under PortAudio on Linux: what it prints, and the configuration it remembers.

Owns these two. Opens no device; does nothing where there is no ALSA.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
from collections.abc import Iterator
from typing import Any

logger = logging.getLogger(__name__)

_kept: list[Any] = []
"""ALSA holds only a pointer to the callback; it must live as long as the process."""


def send_to_log() -> None:
    """Have ALSA report to the debug log instead of standard error; nothing where there is no ALSA."""
    alsa = _library()
    if _kept or alsa is None:
        return
    # The real one has more arguments after the format; a C function may ignore those.
    handler_type = ctypes.CFUNCTYPE(
        None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
    )

    def report(_file: bytes, line: int, function: bytes, _error: int, text: bytes) -> None:
        logger.debug(
            "ALSA %s:%d: %s",
            (function or b"").decode(),
            line,
            (text or b"").decode("utf-8", "replace"),
        )

    handler = handler_type(report)
    alsa.snd_lib_error_set_handler(handler)
    _kept.append(handler)


def forget_configuration() -> None:
    """Have the configuration read anew at the next use; call it while PortAudio is not initialised.

    ALSA reads it once, and what `default` means depends on whether a sound server ran at that moment.
    """
    alsa = _library()
    if alsa is not None:
        alsa.snd_config_update_free_global()


def _library() -> Any:
    try:
        return ctypes.CDLL("libasound.so.2")
    except OSError:
        return None


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Have nothing printed on file descriptor 2 meanwhile, by any thread of the process.

    PortAudio prints each failed attempt ("Expression 'r' failed in ...") and cannot be told otherwise.
    """
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 2)
        os.close(sink)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextlib.contextmanager
def own_screen() -> Iterator[None]:
    """Have standard error to Python alone meanwhile: what C libraries print on it is dropped.

    For commands that draw on the terminal: PortAudio prints three lines from its own thread when a device
    is lost. Loggers made before keep the old file, so do not use it together with ``--verbose``.
    """
    before = sys.stderr
    try:
        kept = os.dup(2)
        sink = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    before.flush()
    os.dup2(sink, 2)
    os.close(sink)
    with os.fdopen(os.dup(kept), "w", buffering=1, encoding="utf-8", errors="replace") as screen:
        sys.stderr = screen
        try:
            yield
        finally:
            sys.stderr = before
            os.dup2(kept, 2)
            os.close(kept)
