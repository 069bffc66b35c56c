"""The line at the bottom: which models serve or are being loaded, and that nothing leaves the computer.

Owns its looks. What it says is `ui.shown.status`'s.
"""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from assistant.events import Event
from ui import theme
from ui.session import Session
from ui.shown import status as shown
from ui.theme import Space
from ui.translated import translated

WIDE_PX = 560
"""Below this width there is only room for the models."""


class StatusLine(QWidget):
    """One quiet line."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.status = shown.StatusShown()
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, Space.XS, Space.XL, Space.S)
        row.setSpacing(Space.M)
        self._sentence = QLabel()
        theme.set_type(self._sentence, "small", muted=True)
        row.addWidget(self._sentence)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(140)
        self._progress.setRange(0, 100)
        self._progress.setAccessibleName(self.tr("Loading the models"))
        row.addWidget(self._progress)
        row.addStretch(1)
        self._lock = QLabel()
        self._lock.setPixmap(theme.icon("offline", "muted").pixmap(QSize(14, 14)))
        row.addWidget(self._lock)
        self._private = QLabel(self.tr("Nothing leaves this computer"))
        theme.set_type(self._private, "small", muted=True)
        row.addWidget(self._private)
        session.event.connect(self._take)
        session.settings_changed.connect(self._show)
        self._show()

    def show_status(self, status: shown.StatusShown) -> None:
        """Show this."""
        self.status = status
        self._show()

    def _take(self, event: Event) -> None:
        status = shown.folded(self.status, event)
        if status is not self.status:
            self.show_status(status)

    def _show(self, *_: object) -> None:
        status = self.status
        self._sentence.setText(status.sentence(self._set_name()))
        self._sentence.setToolTip(translated(status.details()))
        progress = status.progress
        self._progress.setVisible(progress is not None)
        if progress is not None:
            self._progress.setValue(round(progress * 100))

    def _set_name(self) -> str:
        """The set whose models serve; after a refused change that is not the chosen one."""
        settings = self._session.settings
        for name, models in settings.sets.items():
            if models.model_dump() == dict(self.status.models):
                return name
        return settings.set

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is no room."""
        super().resizeEvent(event)
        for widget in (self._lock, self._private):
            widget.setVisible(self.width() >= WIDE_PX)
