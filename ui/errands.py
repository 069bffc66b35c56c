"""Work off the GUI thread: each errand on a thread of its own, its end on the GUI thread.

Owns these threads. Does not know what an errand does, and starts nothing by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")


class Errands(QObject):
    """Errands under way; for the GUI thread."""

    _over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: set[threading.Thread] = set()
        self._is_stopped = False
        self._over.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], Any] | None,
        failed: Callable[[Exception], Any],
    ) -> None:
        """Do ``work`` on another thread, then ``done`` or ``failed`` on this one; returns at once."""

        def errand() -> None:
            try:
                result = work()
            except Exception as problem:  # noqa: BLE001 - whatever it is, somebody is told
                ending: Callable[[], object] = partial(failed, problem)
            else:
                ending = partial(done, result) if done is not None else _nothing
            self._over.emit((threading.current_thread(), ending))

        # A daemon: an errand that hangs (a device, a network disk) must not keep the program from ending.
        thread = threading.Thread(target=errand, name="window-errand", daemon=True)
        self._threads.add(thread)
        thread.start()

    def stop(self, patience_s: float) -> None:
        """Wait for what is under way, each so long at most; nothing is told any more."""
        self._is_stopped = True
        for thread in tuple(self._threads):
            thread.join(patience_s)

    def _end(self, over: tuple[threading.Thread, Callable[[], object]]) -> None:
        thread, ending = over
        self._threads.discard(thread)
        if not self._is_stopped:
            ending()


def _nothing() -> None:
    """Nobody waits for the result."""
