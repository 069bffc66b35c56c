"""A field that takes a key combination by being pressed.

Owns the capturing and how keys are drawn. Which combinations are allowed is `ui.desktop.hotkey`'s business.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import theme
from ui.widgets.form_controls import Control

_NAMES = {
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backtab: "Tab",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "Return",
    Qt.Key.Key_Backspace: "Backspace",
    Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "PageUp",
    Qt.Key.Key_PageDown: "PageDown",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Pause: "Pause",
    Qt.Key.Key_ScrollLock: "ScrollLock",
    Qt.Key.Key_Print: "Print",
    Qt.Key.Key_SysReq: "Print",
    Qt.Key.Key_Menu: "Menu",
    Qt.Key.Key_Comma: "Comma",
    Qt.Key.Key_Period: "Period",
    Qt.Key.Key_Minus: "Minus",
    Qt.Key.Key_Plus: "Plus",
    Qt.Key.Key_Slash: "Slash",
    Qt.Key.Key_Semicolon: "Semicolon",
} | {Qt.Key(Qt.Key.Key_F1 + n): f"F{n + 1}" for n in range(24)}

_MODIFIERS = {
    Qt.KeyboardModifier.ControlModifier: "Ctrl",
    Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
    Qt.KeyboardModifier.MetaModifier: "Meta",
}

_MODIFIER_KEYS = {
    Qt.Key.Key_Control: "Ctrl",
    Qt.Key.Key_Alt: "Alt",
    Qt.Key.Key_Shift: "Shift",
    Qt.Key.Key_Meta: "Meta",
    Qt.Key.Key_Super_L: "Meta",
    Qt.Key.Key_Super_R: "Meta",
}


def _key(event: QKeyEvent) -> Qt.Key:
    try:
        return Qt.Key(event.key())
    except ValueError:  # a key Qt has no name for
        return Qt.Key.Key_unknown


def combination(event: QKeyEvent) -> tuple[list[str], str]:
    """Return the names of the modifiers held, and of the key; the key is empty for one that has no name."""
    held = [name for flag, name in _MODIFIERS.items() if event.modifiers() & flag]
    key = _key(event)
    if key in _NAMES:
        return held, _NAMES[key]
    letter = chr(key) if Qt.Key.Key_0 <= key <= Qt.Key.Key_Z else ""
    return held, letter if letter.isalnum() else ""


def _cap_text(name: str) -> str:
    """Return what stands on a key in the window's language; modifiers are called the same everywhere."""
    if name in _MODIFIERS.values():
        return name
    return QKeySequence(name).toString(QKeySequence.SequenceFormat.NativeText) or name


class KeysControl(Control):
    """Shows a combination; a click, Space or Return begins capturing another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = self._field = _KeysField(self)
        self._fill(self._field)
        self._field.pressed_keys.connect(self.edited.emit)

    def name(self, title: str, text: str) -> None:
        """Name it; its value is part of the name, as a button has no other place for it."""
        super().name(title, text)
        self._field.title = title

    def set_value(self, value: object) -> None:
        """Show a combination."""
        self._field.show_keys(str(value))


class _KeysField(QPushButton):
    pressed_keys = Signal(str)

    PADDING = 10

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = ""
        self._keys = ""
        self._held: list[str] = []
        self._is_capturing = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(self.tr("Click, then press the keys"))
        self.clicked.connect(self._begin)

    def show_keys(self, keys: str) -> None:
        """Show a combination."""
        self._keys = keys
        spoken = "+".join(self._names())
        self.setAccessibleName(f"{self.title}: {spoken}" if self.title else spoken)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the caps, and for the invitation to press."""
        caps = sum(self._cap_width(name) + 6 for name in self._names())
        invitation = self.fontMetrics().horizontalAdvance(self._invitation())
        return QSize(max(caps, invitation, 180) + 2 * self.PADDING, 38)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    # --- capturing ------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._is_capturing = True
        self._held = []
        self.grabKeyboard()
        self.setAccessibleDescription(self._invitation())
        self.update()

    def _end(self) -> None:
        if self._is_capturing:
            self._is_capturing = False
            self.releaseKeyboard()
            self.setAccessibleDescription("")
            self.update()

    def event(self, event: QEvent) -> bool:
        """While capturing every key is ours: no shortcut, no Tab."""
        if self._is_capturing and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                name = _MODIFIER_KEYS.get(_key(event), "")
                if name in self._held:
                    self._held.remove(name)
                self.update()
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        modifier = _MODIFIER_KEYS.get(_key(event))
        held, key = combination(event)
        if modifier is not None:
            self._held = [*dict.fromkeys([*held, modifier])]
            self.update()
            return
        if key == "Escape" and not held:
            self._end()
            return
        if key:
            self._end()
            self.pressed_keys.emit("+".join([*held, key]))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop capturing."""
        self._end()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin, or stop capturing."""
        if self._is_capturing:
            self._end()
            return
        super().mousePressEvent(event)

    # --- painting -------------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        if self._is_capturing:
            return self._held
        return [_cap_text(name) for name in self._keys.split("+") if name]

    def _invitation(self) -> str:
        return self.tr("Press the keys; Esc to leave")

    def _cap_width(self, name: str) -> int:
        return max(28, self.fontMetrics().horizontalAdvance(name) + 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame and the keys as caps."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = self._names()
        if self._is_capturing:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(theme.colour("accent_soft"))
            frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
            if not names:
                painter.setPen(theme.colour("text"))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._invitation())
                return
        x, height = float(self.PADDING), 24.0
        for name in names:
            cap = QRectF(x, (self.height() - height) / 2, self._cap_width(name), height)
            painter.setPen(QPen(theme.colour("control_border"), 1))
            painter.setBrush(theme.colour("sunken"))
            painter.drawRoundedRect(cap, theme.RADIUS_SMALL, theme.RADIUS_SMALL)
            painter.setPen(theme.colour("text"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, name)
            x += cap.width() + 6
