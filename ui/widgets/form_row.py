"""One setting: its title, what it is for, the control, what is wrong, and the way back to the default.

Owns that row. Which settings there are is the pages' business, what they hold the form's.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from ui import theme
from ui.shown.settings_fields import Field
from ui.shown.settings_form import SettingsForm
from ui.shown.settings_words import lowest_label, unit_suffix, word_label
from ui.widgets.form import Row, label
from ui.widgets.form_controls import ChoiceControl, Control, LongTextControl, TextControl
from ui.widgets.form_number import NumberControl
from ui.widgets.form_switch import SwitchControl

FLASH_MS = 1200


class SettingRow(Row):
    """One setting.

    Args:
        form: where it is edited.
        field: what it is.
        control: fits the field; None = made from it.
    """

    def __init__(
        self,
        form: SettingsForm,
        field: Field,
        control: Control | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(field.title, field.help, parent)
        self.field = field
        self._form = form
        self.control = control or control_for(field)
        self.control.name(field.title, field.help)
        self.title.setBuddy(self.control.main)
        self._reset = QToolButton(self)
        self._reset.setProperty("kind", "flat")
        self._reset.setIcon(theme.icon("undo"))
        self._reset.setIconSize(QSize(16, 16))
        self._reset.setFixedSize(30, 30)
        self._reset.setToolTip(self.tr("Back to the default"))
        self._reset.setAccessibleName(self.tr("Back to the default: {0}").format(field.title))
        self._reset.clicked.connect(self._back)
        self.beside(self._reset)
        if isinstance(self.control, (SwitchControl, ChoiceControl)) or _is_narrow(field):
            self.beside(self.control)
        else:
            self.below(self.control)
        self._problem = label("", "small")
        self._problem.setProperty("tone", "danger")
        self._problem.hide()
        self.below(self._problem)
        self.control.edited.connect(self._edited)
        form.changed.connect(self._changed)
        self._show()

    def depends(self, key: str, condition: Callable[[], bool]) -> None:
        """Let it be changed only while the condition on another setting holds."""
        self._depends = condition
        self._depends_on = key
        self._show()

    _depends: Callable[[], bool] | None = None
    _depends_on = ""

    def flash(self) -> None:
        """Draw the eye here and take the keyboard: somebody looked for this setting."""
        self.control.main.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._is_flashing = True
        self.update()
        QTimer.singleShot(FLASH_MS, self, self._unflash)

    _is_flashing = False

    def _unflash(self) -> None:
        self._is_flashing = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame while the eye is drawn here."""
        super().paintEvent(event)
        if self._is_flashing:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent_soft"), 1))
            painter.setBrush(theme.colour("accent_soft"))
            frame = self.rect().adjusted(0, 3, 0, -3)
            painter.drawRoundedRect(frame, theme.RADIUS_SMALL, theme.RADIUS_SMALL)

    def _back(self) -> None:
        self.control.main.setFocus(Qt.FocusReason.OtherFocusReason)
        self._form.reset(self.field.key)

    def _edited(self, value: object) -> None:
        self._form.edit(self.field.key, value)

    def _changed(self, key: str) -> None:
        if key in (self.field.key, self._depends_on):
            self._show()

    def _show(self) -> None:
        key = self.field.key
        value, problem = self._form.value(key), self._form.problem(key)
        self.control.set_value(value)
        if self.field.unit == "days" and isinstance(self.control, NumberControl):
            self.control.set_suffix(unit_suffix("days", float(value)))
        if self._depends is not None:
            self.setEnabled(self._depends())
        self.control.set_wrong(wrong=bool(problem))
        self.control.main.setAccessibleDescription(problem or self.field.help)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._reset.setVisible(not self._form.is_default(key))


def _is_narrow(field: Field) -> bool:
    return field.kind == "keys" or (field.kind == "number" and not field.has_slider)


def control_for(field: Field) -> Control:
    """Return the control that fits a field of a plain kind."""
    match field.kind:
        case "switch":
            return SwitchControl()
        case "choice":
            return ChoiceControl([(word, word_label(field.key, word)) for word in field.words])
        case "number":
            return NumberControl(
                field.low,
                field.high,
                field.step,
                decimals=0 if field.is_whole or field.is_share else (1 if field.step < 1 else 0),
                scale=100.0 if field.is_share else 1.0,
                suffix=" %" if field.is_share else unit_suffix(field.unit),
                has_slider=field.has_slider,
                lowest=lowest_label(field.key),
            )
        case "long_text":
            return LongTextControl()
        case _:
            return TextControl(field.longest)
