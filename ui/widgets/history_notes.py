"""What stands where there is no conversation to show: what is not there, or what to do with several at once.

Owns the looks of these; the page says when.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.theme import Space


class Note(QWidget):
    """Says what is not there, and perhaps what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.XL, Space.L, Space.XL)
        column.setSpacing(Space.S)
        column.addStretch(2)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._icon)
        self._title, self._hint = QLabel(), QLabel()
        theme.set_type(self._title, "heading", muted=True)
        theme.set_type(self._hint, "body", muted=True)
        for label in (self._title, self._hint):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        self.button = QPushButton()
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_note(self, icon: str, title: str, hint: str, action: str = "") -> None:
        """Show this; empty texts take no room."""
        self._icon.setVisible(bool(icon))
        if icon:
            self._icon.setPixmap(theme.icon(icon, "muted").pixmap(QSize(40, 40)))
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setAccessibleName(f"{title} {hint}".strip())


class Several(QWidget):
    """What can be done with several conversations at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        column.addStretch(2)
        self._count = QLabel()
        self._count.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        theme.set_type(self._count, "heading", muted=True)
        column.addWidget(self._count)
        row = QHBoxLayout()
        row.addStretch(1)
        self.back = QPushButton(theme.icon("back"), self.tr("Back to the list"))
        self.export = QPushButton(theme.icon("export"), self.tr("Export"))
        self.delete = QPushButton(theme.icon("delete"), self.tr("Delete"))
        for button in (self.back, self.export, self.delete):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)

    def show_count(self, count: int) -> None:
        """So many are chosen."""
        self._count.setText(self.tr("%n conversations are chosen", "", count))


class Divider(QWidget):
    """A thin line between two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line in the colour worn now."""
        del event
        QPainter(self).fillRect(self.rect(), theme.colour("border"))
