"""The picker of a microphone or loudspeaker, and the meter beside it.

Owns how they look. What is plugged in is asked by the page, off the GUI thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleValueChangeEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from ui import theme
from ui.widgets.form_controls import Control, keep_still

if TYPE_CHECKING:
    from assistant.api.devices import DeviceChoice

_CARD_NUMBER = re.compile(r"\s*\((?:plug)?hw:\d+(?:,\d+)?\)")
"""ALSA numbers its cards as they come; see `assistant.audio.choosing`."""

ALSA_DEFAULT = "default"

QUIETEST_DBFS = -60.0
"""Left end of the meter: a quiet room on a laptop's microphone."""

LOUD_DBFS = -3.0
"""From here the meter warns: a little louder and it clips."""

FALL_DB = 3.0
"""How far the meter falls from one look to the next; it rises at once."""


class DeviceControl(Control):
    """A device by name, or the system's default."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = self._combo = QComboBox(self)
        self._combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._combo.setMinimumContentsLength(16)
        keep_still(self._combo)
        self._fill(self._combo)
        self._wanted: str | None = None
        self._choices: tuple[DeviceChoice, ...] | None = None
        self._combo.activated.connect(lambda _index: self.edited.emit(self._combo.currentData()))
        self._list()

    def set_choices(self, choices: Sequence[DeviceChoice]) -> None:
        """Offer these devices, and the system's default."""
        if self._choices != tuple(choices):
            self._choices = tuple(choices)
            self._list()

    def set_value(self, value: object) -> None:
        """Show the device of that name, or that a part of the name means; None: the default."""
        wanted = str(value) if value else None
        if wanted != self._wanted:
            self._wanted = wanted
            self._list()

    def _list(self) -> None:
        choices = self._choices or ()
        # ALSA's own default is called just that, and is the first entry already.
        choices = tuple(
            one for one in choices if one.name != ALSA_DEFAULT or self._wanted == one.name
        )
        default = next((one.name for one in choices if one.is_default), ALSA_DEFAULT)
        text = self.tr("System default")
        if default != ALSA_DEFAULT:
            text = self.tr("System default ({0})").format(default)
        wanted = self._wanted
        with QSignalBlocker(self._combo):
            self._combo.clear()
            self._combo.addItem(text, None)
            for choice in choices:
                self._combo.addItem(choice.name, choice.name)
            if wanted is not None:
                index = self._combo.findData(wanted)
                if index < 0:
                    index = _place_of(wanted, [one.name for one in choices])
                if index < 0:
                    known = self._choices is not None
                    missing = self.tr("{0} (not connected)").format(wanted) if known else wanted
                    self._combo.addItem(missing, wanted)
                    index = self._combo.count() - 1
                self._combo.setCurrentIndex(index)


def _place_of(wanted: str, names: Sequence[str]) -> int:
    """Return the place in the picker of the device that ``wanted`` means to the assistant; -1: none."""

    def bare(name: str) -> str:
        return _CARD_NUMBER.sub("", name.casefold().strip())

    for n, name in enumerate(names, start=1):
        if bare(name) == bare(wanted):
            return n
    for n, name in enumerate(names, start=1):
        if wanted.casefold().strip() in name.casefold():
            return n
    return -1


class LevelMeter(QWidget):
    """A bar that shows a level in dBFS.

    Args:
        is_calm: whether the bar follows only now and then (reduced motion).
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown_dbfs = QUIETEST_DBFS
        self._is_on = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Level"))

    def sizeHint(self) -> QSize:
        """A thin bar."""
        return QSize(160, 10)

    def minimumSizeHint(self) -> QSize:
        """Return a short one."""
        return QSize(60, 10)

    def show_level(self, level_dbfs: float | None) -> None:
        """Rise to a level at once, or fall towards it; None: there is no microphone."""
        is_on = level_dbfs is not None
        level = QUIETEST_DBFS if level_dbfs is None else min(0.0, max(QUIETEST_DBFS, level_dbfs))
        level = max(level, self._shown_dbfs - FALL_DB) if is_on else level
        if (level, is_on) != (self._shown_dbfs, self._is_on):
            self._shown_dbfs, self._is_on = level, is_on
            self.update()
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, round(level)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(self.rect())
        radius = bar.height() / 2
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(bar, radius, radius)
        share = 1 - self._shown_dbfs / QUIETEST_DBFS
        if self._is_on and share > 0:
            painter.setBrush(theme.colour("danger" if self._shown_dbfs >= LOUD_DBFS else "accent"))
            bar.setWidth(max(bar.height(), bar.width() * share))
            painter.drawRoundedRect(bar, radius, radius)
