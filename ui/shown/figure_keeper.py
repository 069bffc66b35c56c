"""Keeps the session's figures up to date from the moment the window opens.

Owns the timer that asks for memory. Shows nothing; see `ui.shown.figures` for what is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui.shown.figures import SessionFigures

if TYPE_CHECKING:
    from ui.session import Session

MEMORY_EVERY_MS = 5_000
"""Often enough to see a model being loaded; one look costs about a millisecond, off the GUI thread."""


def figures_of(session: Session) -> SessionFigures:
    """Return the figures of the session; the first call begins to collect them."""
    found = session.findChild(SessionFigures)
    if found is None:
        found = SessionFigures(session)
        session.event.connect(found.add)
        _MemoryWatch(session, found)
    return found


class _MemoryWatch(QTimer):
    """Asks for memory every few seconds, never twice at once."""

    def __init__(self, session: Session, figures: SessionFigures) -> None:
        super().__init__(figures)
        self._session = session
        self._figures = figures
        self._is_asking = False
        self.setInterval(MEMORY_EVERY_MS)
        self.timeout.connect(self._ask)
        self.start()
        self._ask()

    def _ask(self) -> None:
        if not self._is_asking:
            self._is_asking = True
            self._session.run(self._session.assistant.memory_mb, self._told, self._failed)

    def _told(self, memory_mb: dict[str, float]) -> None:
        self._is_asking = False
        if memory_mb["app"] > 0:  # 0 while there is no assistant yet
            self._figures.add_memory(memory_mb["worker"], memory_mb["app"])

    def _failed(self, _problem: Exception) -> None:
        self._is_asking = False  # the worker died between two looks: the next one will tell
