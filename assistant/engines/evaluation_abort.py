"""Ends a running evaluation when its cancel token is cancelled.

Owns the flag that ggml polls. Deliberately restores nothing: what an abort leaves behind is undefined.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from typing import Any

from assistant.engines.base import CancelToken


class EvaluationAbort:
    """Lets a :class:`CancelToken` abort a running ``llama_decode``.

    ggml asks a C function before every node of the graph. A Python callback there would need the interpreter
    lock some 200 times per evaluation, and all compute threads would wait with it whenever another Python
    thread holds the lock. ``strlen`` of the C library already is the function wanted: given this flag, it
    returns 0 while the first byte is 0, and 1 once the cancelling thread has set it.
    """

    def __init__(self, llama: Any) -> None:
        self._llama = llama
        self._flag = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        self._poll = ctypes.cast(libc.strlen, llama.ggml_abort_callback)
        self._never = llama.ggml_abort_callback()

    @contextlib.contextmanager
    def following(self, context: Any, cancel: CancelToken) -> Iterator[None]:
        """Within the block, an evaluation in ``context`` ends early once ``cancel`` is cancelled."""
        self._flag[0] = b"\x00"
        self._llama.llama_set_abort_callback(
            context, self._poll, ctypes.cast(self._flag, ctypes.c_void_p)
        )
        unsubscribe = cancel.on_cancel(self._raise_flag)
        try:
            yield
        finally:
            unsubscribe()  # from here on the flag is nobody's: a late cancel cannot reach what comes next
            self._llama.llama_set_abort_callback(context, self._never, None)

    def _raise_flag(self) -> None:
        self._flag[0] = b"\x01"
