"""The program's mark, drawn for every size and state: a disc with sound bars.

Owns the drawing of the application's and the tray's icon. Each state has its own shape, not only its own
colour, so that it can be told without colours and at 16 pixels.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

MarkState = Literal["starting", "idle", "listening", "thinking", "speaking", "muted", "trouble"]

SIZES = (16, 22, 24, 32, 48, 64, 128, 256)
"""What panels, task switchers and installers ask for."""

_GRID = 24.0

_GROUND: dict[MarkState, str] = {
    "starting": "#6b6f7b",
    "idle": "#5546c8",
    "listening": "#1c7a4a",
    "thinking": "#5546c8",
    "speaking": "#2563d9",
    "muted": "#6b6f7b",
    "trouble": "#b3261e",
}
"""A panel's own colour is unknown, so the mark brings its ground; white on each reaches 4.5 : 1."""

_BARS: dict[MarkState, tuple[float, ...]] = {
    "idle": (5.0, 9.0, 5.0),
    "listening": (6.0, 12.0, 9.0, 13.0, 5.0),
    "speaking": (4.0, 8.0, 14.0, 8.0, 4.0),
    "muted": (5.0, 9.0, 5.0),
}
"""Heights of the bars on a grid of 24."""


def mark(state: MarkState = "idle") -> QIcon:
    """Return the mark in every usual size; GUI thread only."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(_pixmap(state, size))
    return icon


def _pixmap(state: MarkState, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / _GRID, size / _GRID)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_GROUND[state]))
    painter.drawEllipse(QRectF(0.5, 0.5, 23.0, 23.0))
    painter.setBrush(QColor("#ffffff"))
    match state:
        case "trouble":
            painter.drawRoundedRect(QRectF(10.6, 5.0, 2.8, 9.0), 1.4, 1.4)
            painter.drawEllipse(QPointF(12.0, 17.6), 1.7, 1.7)
        case "thinking":
            _dots(painter, (1.0, 1.0, 1.0))
        case "starting":
            _dots(painter, (1.0, 0.65, 0.35))
        case _:
            _bars(painter, _BARS[state])
    if state == "muted":
        _slash(painter)
    painter.end()
    return pixmap


def _dots(painter: QPainter, opacities: tuple[float, ...]) -> None:
    for index, opacity in enumerate(opacities):
        painter.setOpacity(opacity)
        painter.drawEllipse(QPointF(6.6 + 5.4 * index, 12.0), 1.9, 1.9)
    painter.setOpacity(1.0)


def _bars(painter: QPainter, heights: tuple[float, ...]) -> None:
    width, step = (2.6, 4.6) if len(heights) == 3 else (2.0, 3.4)  # noqa: PLR2004
    left = 12.0 - step * (len(heights) - 1) / 2 - width / 2
    for index, height in enumerate(heights):
        bar = QRectF(left + step * index, 12.0 - height / 2, width, height)
        painter.drawRoundedRect(bar, width / 2, width / 2)


def _slash(painter: QPainter) -> None:
    for colour, width in ((_GROUND["muted"], 5.0), ("#ffffff", 2.2)):  # a gap, then the stroke
        pen = QPen(QColor(colour), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(6.4, 17.6), QPointF(17.6, 6.4))
