"""The one way from the assistant's threads to the window's.

Owns the crossing; it looks at no event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from assistant.events import Event


class EventBridge(QObject):
    """Every posted event is emitted on the thread this object lives on, in order, until it is closed."""

    event = Signal(object)  # type: ignore[assignment]  # hides QObject.event(), which Qt calls in C++
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_open = True
        # A method of a QObject: Qt calls it on this object's thread, whoever emits.
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event) -> None:
        """Hand an event over; any thread, returns at once."""
        self._posted.emit(event)

    def close(self) -> None:
        """Emit nothing more, not even what is under way; on the object's own thread."""
        self._is_open = False

    def _deliver(self, event: object) -> None:
        if self._is_open:
            self.event.emit(event)
