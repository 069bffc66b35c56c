"""A switch: on or off.

Owns how it is painted and that all of it can be clicked.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from ui import theme
from ui.widgets.form_controls import Control


class Switch(QCheckBox):
    """A check box that looks like a switch."""

    TRACK = QSize(40, 22)
    RING = 3

    def sizeHint(self) -> QSize:
        """Track and focus ring."""
        return self.TRACK + QSize(2 * self.RING, 2 * self.RING)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        """All of it can be clicked."""
        del pos
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, knob and focus ring."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(self.RING, (self.height() - self.TRACK.height()) / 2, 40, 22)
        on = self.isChecked()
        if not self.isEnabled():
            painter.setOpacity(0.5)
        line = theme.colour("accent" if on else "control_border")
        ground = theme.colour("accent" if on else "hover" if self.underMouse() else "sunken")
        painter.setPen(QPen(line, 1.2))
        painter.setBrush(ground)
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_accent" if on else "control_border"))
        radius = track.height() / 2 - 4
        right_to_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        at_end = on != right_to_left
        x = track.right() - track.height() / 2 if at_end else track.left() + track.height() / 2
        painter.drawEllipse(QPointF(x, track.center().y()), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 2))
            ring = track.adjusted(-2, -2, 2, 2)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)


class SwitchControl(Control):
    """On or off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = self._switch = Switch(self)
        self._fill(self._switch)
        self._switch.toggled.connect(self.edited.emit)

    def set_value(self, value: object) -> None:
        """Show on or off."""
        with QSignalBlocker(self._switch):
            self._switch.setChecked(bool(value))
        self._switch.update()
