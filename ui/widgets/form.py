"""The layout of settings: cards, rows, labels, and the column they stand in.

Owns how these look. Knows no setting: `ui.widgets.form_row` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import theme

T = TypeVar("T")


def while_alive(owner: QObject, act: Callable[[T], Any]) -> Callable[[T], None]:
    """Return ``act``, which does nothing once the owner is gone: a result may come later than that."""

    def acts(result: T) -> None:
        if shiboken6.isValid(owner):
            act(result)

    return acts


def label(text: str, role: theme.TypeRole = "body", *, muted: bool = False) -> QLabel:
    """Return a label that wraps."""
    made = QLabel(text)
    made.setWordWrap(True)
    theme.set_type(made, role, muted=muted)
    return made


class Line(QFrame):
    """A hairline between two settings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the border's colour of the moment."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("border"))


class Card(QFrame):
    """A group of settings below its title.

    Args:
        title: of the group.
        text: what it is about; may be empty.
        folds: whether its title is a button that shows and hides it; it begins hidden.
    """

    def __init__(
        self,
        title: str = "",
        text: str = "",
        *,
        folds: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.Space.S)
        self._fold: QPushButton | None = None
        self._box = QFrame(self)
        if folds:
            self._fold = QPushButton(title)
            self._fold.setProperty("kind", "nav")
            self._fold.setFont(theme.font("heading"))
            self._fold.setStyleSheet("padding-left: 2px")  # in line with the other titles
            self._fold.setIcon(theme.icon("chevron-right"))
            self._fold.clicked.connect(lambda: self.unfold(on=self._box.isHidden()))
            column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        elif title:
            heading = label(title, "heading")
            heading.setContentsMargins(theme.Space.XS, 0, 0, 0)
            column.addWidget(heading)
        if text:
            below = label(text, "small", muted=True)
            below.setContentsMargins(theme.Space.XS, 0, 0, 0)
            column.addWidget(below)
        self._box.setProperty("card", True)
        self._rows = QVBoxLayout(self._box)
        self._rows.setContentsMargins(theme.Space.S, theme.Space.XS, theme.Space.S, theme.Space.XS)
        self._rows.setSpacing(0)
        column.addWidget(self._box)
        self._box.setVisible(not folds)

    def unfold(self, *, on: bool = True) -> None:
        """Show what is in a card that folds, or hide it."""
        if self._fold is not None:
            self._fold.setAccessibleDescription(self.tr("Shown") if on else self.tr("Hidden"))
            self._fold.setIcon(theme.icon("chevron-down" if on else "chevron-right"))
            self._box.setVisible(on)

    def add(self, widget: QWidget) -> None:
        """Put a setting, or anything else, below the others."""
        if self._rows.count():
            self._rows.addWidget(Line(self._box))
        self._rows.addWidget(widget)


class Row(QWidget):
    """A title, what it is for, and something to the right or below.

    Args:
        title: what it is called.
        text: what it is for; may be empty.
        role: how the title is written.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: theme.TypeRole = "body",
    ) -> None:
        super().__init__(parent)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(theme.Space.S, theme.Space.M, theme.Space.S, theme.Space.M)
        self._outer.setSpacing(theme.Space.S)
        self._top = QHBoxLayout()
        self._top.setSpacing(theme.Space.L)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        self.title = label(title, role)
        texts.addWidget(self.title)
        self.text = label(text, "small", muted=True)
        self.text.setVisible(bool(text))
        texts.addWidget(self.text)
        self._top.addLayout(texts, 1)
        self._outer.addLayout(self._top)

    def set_text(self, text: str) -> None:
        """Say something else below the title."""
        self.text.setText(text)
        self.text.setVisible(bool(text))

    def beside(self, widget: QWidget) -> None:
        """Put a widget to the right."""
        self._top.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def in_front(self, widget: QWidget) -> None:
        """Put a widget to the left."""
        self._top.insertWidget(0, widget, 0, Qt.AlignmentFlag.AlignTop)

    def below(self, widget: QWidget) -> None:
        """Put a widget below, as wide as the card."""
        self._outer.addWidget(widget)


def centred(column: QWidget, width: int) -> QHBoxLayout:
    """Return a layout that keeps a column in the middle, at most so wide."""
    # In a horizontal layout of its own, or its height would be that of a wider column.
    column.setMaximumWidth(width)
    column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(0)
    row.addWidget(column, 1)
    row.addStretch(0)
    return row


def set_tone(widget: QLabel, tone: str) -> None:
    """Show a label in another tone: success, warning, danger, or none."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
