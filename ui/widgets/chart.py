"""The ground of every chart: room for labels, a scale with round numbers, and its grid.

Owns what the charts share. Draws no figure; `stage_chart`, `spread_chart` and `memory_chart` do.
See docs/adr/0010-charts.md for why the charts are painted here.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme

STEPS = (1.0, 2.0, 5.0, 10.0)
"""Distances between ticks, times a power of ten: what people read without thinking."""


def ticks(top: float, most: int) -> list[float]:
    """Return round numbers from 0 to the first that is not below ``top``, at most ``most`` + 1 of them.

    Args:
        top: greater than 0.
        most: steps there is room for, at least 1.
    """
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(times * power for times in STEPS if times * power >= rough * (1 - 1e-9))
    count = math.ceil(top / step - 1e-9)
    return [step * index for index in range(count + 1)]


LEAST_WIDTH_PX = 280
"""Still readable."""


class Chart(QWidget):
    """A chart that takes the width there is."""

    HEIGHT_PX: ClassVar[int] = 220

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(LEAST_WIDTH_PX)
        self.setFixedHeight(self.HEIGHT_PX)

    @abstractmethod
    def nothing(self) -> str:
        """Return what to say instead of a chart; empty when there is something to draw."""

    @abstractmethod
    def draw(self, painter: QPainter) -> None:
        """Draw the chart; the painter has the font and is antialiased."""

    @abstractmethod
    def said_at(self, place: QPointF) -> str:
        """Return what the tooltip says here; may be empty."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always all of it
        """Draw, or say why there is nothing."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        nothing = self.nothing()
        if nothing:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.colour("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, nothing)
            return
        painter.setFont(theme.font("figures"))
        self.draw(painter)

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer's rest."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.said_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    # --- for the kinds of charts ------------------------------------------------------------------------

    def text_width(self, text: str) -> float:
        """Return the width of a label."""
        return QFontMetricsF(theme.font("figures")).horizontalAdvance(text)

    def text_height(self) -> float:
        """Return the height of a label."""
        return QFontMetricsF(theme.font("figures")).height()

    def draw_scale(
        self, painter: QPainter, plot: QRectF, at: list[float], labels: list[str]
    ) -> None:
        """Draw horizontal grid lines at these values of an upward scale that ends with the last."""
        for value, label in zip(at, labels, strict=True):
            y = plot.bottom() - value / at[-1] * plot.height()
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(theme.colour("muted"))
            half = self.text_height() / 2
            beside = QRectF(0, y - half, plot.left() - theme.Space.S, 2 * half)
            painter.drawText(
                beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label
            )
