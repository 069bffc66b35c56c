"""What stands in an empty conversation: what one can ask, and, with the starter set, honestly what that is.

Owns these words. Whether they are wanted any more is remembered by who shows them.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.theme import Space
from ui.widgets.chips import FlowLayout

QUESTIONS = {
    "en": (
        "What time is it?",
        "What is twelve times seven?",
        "Set a timer for five minutes",
        "How many kilometers are ten miles?",
        "Put milk on the shopping list",
    ),
    "es": (
        "¿Qué hora es?",
        "¿Cuánto es doce por siete?",
        "Pon un temporizador de cinco minutos",
        "¿Cuántos kilómetros son diez millas?",
        "Pon leche en la lista de la compra",
    ),
}
"""What is offered, in the language of the models: it is asked just as it stands, so it is not translated."""


class Welcome(QWidget):
    """The empty conversation.

    Args:
        is_starter: the starter set is in use, so say what it is.
        spoken: the language one speaks, which may be another than the window's.
    """

    asked = Signal(str)
    """One of the questions offered was chosen."""

    models_wanted = Signal()
    understood = Signal()

    def __init__(
        self, *, is_starter: bool, spoken: Literal["en", "es"], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.XXL, 0, 0)
        column.setSpacing(Space.M)
        title = QLabel(self.tr("What can I do for you?"))
        theme.set_type(title, "display")
        column.addWidget(title)
        hint = QLabel(
            self.tr("Speak, or type below. Everything happens on this computer; nothing leaves it.")
        )
        hint.setWordWrap(True)
        theme.set_type(hint, "body", muted=True)
        column.addWidget(hint)
        column.addSpacing(Space.XS)
        offers = QWidget()
        flow = FlowLayout(offers)
        for question in QUESTIONS[spoken]:
            flow.addWidget(self._offer(question))
        column.addWidget(offers)
        self.note = StarterNote()
        self.note.models_wanted.connect(self.models_wanted)
        self.note.understood.connect(self.understood)
        self.note.setVisible(is_starter)
        column.addSpacing(Space.L)
        column.addWidget(self.note)
        column.addStretch(1)

    def _offer(self, question: str) -> QPushButton:
        button = QPushButton(question)
        button.setToolTip(self.tr("Ask this"))
        button.clicked.connect(lambda: self.asked.emit(question))
        return button


class StarterNote(QFrame):
    """Says what the starter set is, and where better ones are."""

    models_wanted = Signal()
    understood = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.S)
        title = QLabel(self.tr("You are using the starter set"))
        theme.set_type(title, "heading")
        column.addWidget(title)
        for text in (
            self.tr(
                "It came with the program, so there was nothing to download. It is small: a language model of"
                " a few megabytes that this project trained itself, a simple recogniser and a plain voice."
            ),
            self.tr(
                "It is good at what has a tool: time, dates, sums, units, timers, lists and notes. It knows"
                " only some facts, and it mishears free dictation often."
            ),
            self.tr(
                "Larger sets understand and speak much better. You choose when to download one."
            ),
        ):
            label = QLabel(text)
            label.setWordWrap(True)
            theme.set_type(label, "body", muted=True)
            column.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        models = QPushButton(self.tr("See the larger sets"))
        models.setIcon(theme.icon("models", "on_accent"))
        models.setProperty("kind", "primary")
        models.clicked.connect(self.models_wanted)
        enough = QPushButton(self.tr("Stay with this one"))
        enough.clicked.connect(self.understood)
        row.addWidget(models)
        row.addWidget(enough)
        row.addStretch(1)
        column.addSpacing(Space.XS)
        column.addLayout(row)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
