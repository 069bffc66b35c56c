"""A thread that works when woken, and at least every so often.

Owns the thread's life. Knows nothing of sound.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

from assistant.audio.priority import prefer_this_thread

JOIN_S = 5.0

logger = logging.getLogger(__name__)


class ThreadAttendant:
    """See :meth:`assistant.audio.backend.AudioBackend.attend`; runs from construction until :meth:`stop`."""

    def __init__(self, name: str, work: Callable[[], None], every_s: float) -> None:
        self._work = work
        self._every_s = every_s
        self._stopping = threading.Event()
        # The C implementation of SimpleQueue never waits in put and may be called from any thread.
        self._wakes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Have the work done soon."""
        if self._wakes.empty():
            self._wakes.put(None)

    def stop(self) -> None:
        """End the thread and wait for it, unless it is the caller."""
        self._stopping.set()
        self._wakes.put(None)
        if self._thread is threading.current_thread():
            return
        self._thread.join(JOIN_S)
        if self._thread.is_alive():
            logger.error("the %s thread did not end within %.0f s", self._thread.name, JOIN_S)

    def _run(self) -> None:
        prefer_this_thread()
        while not self._stopping.is_set():
            with contextlib.suppress(queue.Empty):
                self._wakes.get(timeout=self._every_s)
            if self._stopping.is_set():
                return
            try:
                self._work()
            except Exception:
                # Sound must go on after a fault in what is done with it.
                logger.exception("the %s thread met an error", self._thread.name)
