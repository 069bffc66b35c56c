"""Takes llama.cpp's log lines off stderr and into ``logging``.

Owns the one log callback a process has. Deliberately shows nothing to the person: errors become a
:class:`~assistant.errors.ModelError` where they are understood.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from typing import Any, Final

logger = logging.getLogger(__name__)

_BUFFER_SIZE: Final = re.compile(r"buffer size\s*=\s*([\d.]+) MiB")
_ERROR: Final = 4
_CONTINUED: Final = 5
"""``ggml_log_level`` of ggml.h (ggml 0.25; the list in llama-cpp-python's comments is older)."""


class LlamaLog:
    """Takes llama.cpp's log lines off stderr; one per process, because llama.cpp has one callback."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callback: Any = None
        self._continued = False
        self.buffer_mib: list[float] = []
        self.errors: deque[str] = deque(maxlen=8)

    def install(self, llama: Any) -> None:
        """Take over the log (once per process) and forget what it said of earlier models."""
        with self._lock:
            if self._callback is None:
                self._callback = llama.llama_log_callback(
                    self._take
                )  # kept: C holds only a pointer
                llama.llama_log_set(self._callback, None)
            self.buffer_mib.clear()
            self.errors.clear()

    def _take(self, level: int, text: bytes | None, _user_data: object) -> None:
        if text is None:
            return
        if level == _ERROR or (level == _CONTINUED and self._continued):
            self._continued = True
            self.errors.append(text.decode(errors="replace").strip())
            logger.info("llama.cpp: %s", self.errors[-1])
            return
        self._continued = False
        if b"buffer size" in text:
            found = _BUFFER_SIZE.search(text.decode(errors="replace"))
            if found:
                self.buffer_mib.append(float(found[1]))


llama_log = LlamaLog()
