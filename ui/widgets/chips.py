"""Chips: a tool that was used, or a question to begin with, as small rounded labels in lines.

Owns how tools are called on the screen.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QLayoutItem, QWidget

from assistant.events import ToolUsed
from ui import theme
from ui.icons import paint_icon
from ui.theme import Space

translate = QCoreApplication.translate

LONGEST = 60
"""Characters of a tool's answer on a chip; the whole of it is in the tooltip."""


class ToolChip(QFrame):
    """A tool call: what was used and what it answered; the tooltip has all of it."""

    def __init__(self, used: ToolUsed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = "warning" if "error" in used.result else tool_icon(used.name)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S + 20, 3, Space.M, 3)
        row.setSpacing(Space.S)
        name = QLabel(tool_name(used.name))
        theme.set_type(name, "small", muted=True)
        row.addWidget(name)
        answer = QLabel(tool_answer(used))
        answer.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_type(answer, "small")
        row.addWidget(answer)
        self.setToolTip(tool_details(used))
        self.setAccessibleName(f"{tool_name(used.name)}: {tool_answer(used)}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a pill in the colours worn now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        box = self.rect().toRectF()
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        place = QRect(Space.S + 2, round(box.center().y()) - 8, 16, 16).toRectF()
        paint_icon(painter, place, self._icon, theme.colour("tool"))


def tool_name(name: str) -> str:
    """Return what a tool is called on the screen; tools of others keep their name."""
    match name:
        case "get_time":
            return translate("Chips", "Clock")
        case "get_date":
            return translate("Chips", "Calendar")
        case "calculate":
            return translate("Chips", "Calculator")
        case "convert":
            return translate("Chips", "Units")
        case "set_timer" | "list_timers" | "cancel_timer":
            return translate("Chips", "Timer")
        case "add_to_list" | "remove_from_list" | "read_list":
            return translate("Chips", "List")
        case "take_note" | "read_notes":
            return translate("Chips", "Notes")
        case _:
            return name.replace("_", " ")


def tool_icon(name: str) -> str:
    """Return the drawing for a tool."""
    return "timer" if name in {"get_time", "set_timer", "list_timers", "cancel_timer"} else "tool"


def tool_answer(used: ToolUsed) -> str:
    """Return a tool's answer in one short line."""
    text = " · ".join(str(value) for value in used.result.values())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def tool_details(used: ToolUsed) -> str:
    """Return the whole call: arguments, answer, time."""
    given = ", ".join(f"{key}: {value}" for key, value in used.arguments.items())
    answered = ", ".join(f"{key}: {value}" for key, value in used.result.items())
    took = translate("Chips", "took {0} ms").format(f"{used.duration_ms:.0f}")
    return "\n".join([f"{used.name} ({given})", answered, took])


class FlowLayout(QLayout):
    """Lays widgets side by side and goes on in the next line when one is full."""

    def __init__(self, parent: QWidget | None = None, gap: int = Space.S) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take a widget's item, at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item there."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give the item back."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """None."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height at this width."""
        return self._lay(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, rect: QRect) -> None:
        """Place everything."""
        super().setGeometry(rect)
        self._lay(rect, is_trial=False)

    def sizeHint(self) -> QSize:
        """As small as it may be."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The widest widget."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _lay(self, rect: QRect, *, is_trial: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint().boundedTo(QSize(max(1, rect.width()), item.sizeHint().height()))
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, line = rect.x(), y + line + self._gap, 0
            if not is_trial:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self._gap
            line = max(line, hint.height())
        return y + line - rect.y()
