"""A label as wide as its text needs, up to a limit, and as high as that width makes it.

Owns that one rule; Qt's own word wrap prefers squarish labels, which makes bubbles of short lines.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LONG_WORD = re.compile(r"\S{40,}")
BREAK_EVERY = 20
ZERO_WIDTH_SPACE = "\u200b"


def breakable(text: str) -> str:
    """Return the text with places to break words that no line can hold, such as addresses."""

    def broken(word: re.Match[str]) -> str:
        letters = word[0]
        parts = [letters[at : at + BREAK_EVERY] for at in range(0, len(letters), BREAK_EVERY)]
        return ZERO_WIDTH_SPACE.join(parts)

    return _LONG_WORD.sub(broken, text)


class WrappedLabel(QLabel):
    """Words that can be selected with the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """The whole text in one line, or as wide as allowed."""
        document = QTextDocument()
        document.setDefaultFont(self.font())
        document.setDocumentMargin(0)
        if self.textFormat() == Qt.TextFormat.RichText:
            document.setHtml(self.text())
        else:
            document.setPlainText(self.text())
        margins = self.contentsMargins()
        width = (
            int(document.idealWidth()) + 2 + margins.left() + margins.right() + 2 * self.margin()
        )
        width = min(width, self.maximumWidth())
        return QSize(width, self.heightForWidth(width))
