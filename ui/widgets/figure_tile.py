"""A tile with one figure: what it is, the figure in large type, and a word more below."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ui import theme


class FigureTile(QFrame):
    """Shows one figure of the session."""

    def __init__(self, title: str, meaning: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setToolTip(meaning)
        self.setAccessibleName(title)
        self.title = QLabel(title, self)
        self.figure = QLabel(self)
        self.more = QLabel(self)
        theme.set_type(self.title, "small", muted=True)
        theme.set_type(self.figure, "title")
        theme.set_type(self.more, "small", muted=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.Space.L, theme.Space.M, theme.Space.L, theme.Space.M)
        column.setSpacing(2)
        for label in (self.title, self.figure, self.more):
            column.addWidget(label)

    def show_figure(self, figure: str, more: str) -> None:
        """The tile tells this."""
        self.figure.setText(figure)
        self.more.setText(more)
        self.setAccessibleDescription(f"{figure}, {more}" if more else figure)
