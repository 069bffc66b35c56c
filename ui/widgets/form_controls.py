"""What the controls of settings have in common, and the plain ones: a choice, a line, some lines.

Each shows one value (`set_value`), says what a person makes of it (`edited`), and can look wrong. None knows
a setting or saves anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui import theme


class Control(QWidget):
    """What all controls have in common."""

    edited = Signal(object)
    """The value a person has put in."""

    main: QWidget
    """What takes the keyboard, and carries the accessible name."""

    def set_value(self, value: object) -> None:
        """Show a value; tells nobody."""
        raise NotImplementedError

    def set_wrong(self, *, wrong: bool) -> None:
        """Look wrong, or well."""
        if self.main.property("wrong") != wrong:
            self.main.setProperty("wrong", wrong)
            self.main.style().unpolish(self.main)
            self.main.style().polish(self.main)

    def name(self, title: str, text: str) -> None:
        """Give it its name and description for people who do not see it."""
        self.main.setAccessibleName(title)
        self.main.setAccessibleDescription(text)
        self.setFocusProxy(self.main)

    def _fill(self, *widgets: QWidget) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.Space.M)
        for widget in widgets:
            row.addWidget(widget)


class StillUnderWheel(QObject):
    """Lets the page scroll when the wheel turns over a control that does not have the keyboard."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the wheel."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return False


def keep_still(widget: QWidget) -> None:
    """Have a control change by the wheel only after a click into it."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(StillUnderWheel(widget))


class ChoiceControl(Control):
    """One of a few words.

    Args:
        choices: words and what they are called.
    """

    def __init__(
        self, choices: Sequence[tuple[object, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.main = self._combo = QComboBox(self)
        self._combo.setMinimumWidth(180)
        keep_still(self._combo)
        for word, label in choices:
            self._combo.addItem(label, word)
        self._fill(self._combo)
        self._combo.activated.connect(lambda _index: self.edited.emit(self._combo.currentData()))

    def set_value(self, value: object) -> None:
        """Show a word; one that is no choice shows nothing."""
        self._combo.setCurrentIndex(self._combo.findData(value))


class TextControl(Control):
    """A line of text."""

    def __init__(self, longest: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = self._line = QLineEdit(self)
        if longest:
            self._line.setMaxLength(longest)
        self._fill(self._line)
        self._line.textEdited.connect(self.edited.emit)

    def set_placeholder(self, text: str) -> None:
        """Show what an empty field means."""
        self._line.setPlaceholderText(text)

    def set_value(self, value: object) -> None:
        """Show text; the cursor stays where somebody is typing."""
        if self._line.text() != str(value):
            self._line.setText(str(value))


class _Paragraphs(QPlainTextEdit):
    """Text in which Tab goes on to the next control."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that writing is over."""
        super().focusOutEvent(event)
        self.left.emit()


class LongTextControl(Control):
    """Some lines of text."""

    ROWS = 4

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = self._text = _Paragraphs(self)
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * self.ROWS + 24)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._text)
        self._text.textChanged.connect(lambda: self.edited.emit(self._text.toPlainText()))

    def set_value(self, value: object) -> None:
        """Show text; the cursor stays where somebody is writing."""
        if self._text.toPlainText() != str(value):
            with QSignalBlocker(self._text):
                self._text.setPlainText(str(value))
