"""The text box for questions that are typed.

Owns one courtesy: while it is empty, Space is the talk key here too. Asks nothing by itself.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class QuestionBox(QLineEdit):
    """One line; Enter sends it, Up brings back what was sent before."""

    sent = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._former: list[str] = []
        self._place = 0
        self._draft = ""
        self.setPlaceholderText(self.tr("Type a question"))
        self.setAccessibleName(self.tr("Question"))
        self.setMinimumHeight(40)

    def send(self) -> None:
        """Send what is written, if anything is."""
        text = self.text().strip()
        if not text:
            return
        if self._former[-1:] != [text]:
            self._former.append(text)
        self._place, self._draft = len(self._former), ""
        self.clear()
        self.sent.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space in an empty box goes on to the window; so do its repetitions and its release."""
        match event.key():
            case Qt.Key.Key_Space if not self.text():
                event.ignore()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.send()
            case Qt.Key.Key_Up if self._former:
                self._recall(self._place - 1)
            case Qt.Key.Key_Down if self._former:
                self._recall(self._place + 1)
            case _:
                super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `keyPressEvent`."""
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyReleaseEvent(event)

    def _recall(self, place: int) -> None:
        if self._place == len(self._former):
            self._draft = self.text()
        self._place = max(0, min(place, len(self._former)))
        is_draft = self._place == len(self._former)
        self.setText(self._draft if is_draft else self._former[self._place])
