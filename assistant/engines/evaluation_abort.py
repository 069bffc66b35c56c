"""Ends a running evaluation when its cancel token is cancelled.

Owns the flag that ggml polls and the thread that sets it. Deliberately restores nothing: what an abort
leaves behind is undefined.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final

from assistant.engines.base import CancelToken

_CANCEL_POLL_S: Final = 0.01
"""How often a running prompt evaluation looks at its cancel token; the promise is 100 ms."""


class EvaluationAbort:
    """Lets a :class:`CancelToken` abort a running ``llama_decode``.

    ggml asks a C function before every node of the graph. A Python callback there would need the interpreter
    lock some 200 times per evaluation, and all compute threads would wait with it whenever another Python
    thread holds the lock. ``strlen`` of the C library already is the function wanted: given this
    flag, it returns 0 while the first byte is 0, and 1 once it is set. One thread, asleep between
    evaluations, sets it; starting a thread per evaluation cost 5 to 20 ms on a busy machine (measured).
    """

    def __init__(self, llama: Any) -> None:
        self._llama = llama
        self._flag = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        self._poll = ctypes.cast(libc.strlen, llama.ggml_abort_callback)
        self._never = llama.ggml_abort_callback()
        self._lock = threading.Lock()
        self._cancel: CancelToken | None = None
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="thinker-cancel", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def following(self, context: Any, cancel: CancelToken) -> Iterator[None]:
        """Within the block, an evaluation in ``context`` ends early once ``cancel`` is cancelled."""
        with self._lock:
            self._cancel = cancel
        self._wanted.set()
        self._llama.llama_set_abort_callback(
            context, self._poll, ctypes.cast(self._flag, ctypes.c_void_p)
        )
        try:
            yield
        finally:
            self._llama.llama_set_abort_callback(context, self._never, None)
            self._wanted.clear()
            with self._lock:
                self._cancel = None
                self._flag[0] = b"\x00"

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait()
            with self._lock:
                if self._cancel is not None and self._cancel.cancelled:
                    self._flag[0] = b"\x01"
            self._closing.wait(_CANCEL_POLL_S)

    def close(self) -> None:
        """End the thread; idempotent."""
        self._closing.set()
        self._wanted.set()
        self._thread.join()
