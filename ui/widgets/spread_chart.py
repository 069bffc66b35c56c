"""The distribution of every stage and total: a dot for each turn, with P50 and P95 marked and written.

Owns the painting only; the figures are `ui.shown.figures`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from assistant.metrics import Distribution
from ui import theme
from ui.shown.latency import in_ms, number_ms
from ui.widgets.chart import Chart, ticks

LINE_PX = 36
DOT_PX = 3.0
SCATTER = 0.618
"""Dots are scattered across their line by the golden ratio, so that neighbours in time do not cover each
other and a turn's dot stays where it is."""

X_STEPS = 6

DOTS = 200
"""Dots on a line at most, the newest; P50 and P95 are those of all turns."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One line of the chart.

    Attributes:
        title: what was measured.
        meaning: its definition.
        colour: of its dots.
        values: milliseconds, one for each turn in which it happened.
        figures: their distribution.
    """

    title: str
    meaning: str
    colour: theme.ColourName
    values: Sequence[float]
    figures: Distribution


class SpreadChart(Chart):
    """One line for each stage and total."""

    HEIGHT_PX = 120

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[Spread] = ()
        self.setAccessibleName(self.tr("Distribution"))

    def show_spreads(self, lines: Sequence[Spread]) -> None:
        """The chart tells these."""
        self._lines = tuple(lines)
        said = [
            f"{one.title}: P50 {in_ms(one.figures.p50)}, P95 {in_ms(one.figures.p95)}"
            for one in self._lines
        ]
        self.setAccessibleDescription("; ".join(said) or self.nothing())
        lines_px = LINE_PX * len(self._lines)
        around_px = 2 * round(self.text_height()) + theme.Space.M
        self.setFixedHeight(max(self.HEIGHT_PX, lines_px + around_px))
        self.update()

    def nothing(self) -> str:
        """Say that there is no turn yet."""
        return "" if self._lines else self.tr("The spread of every stage appears here.")

    # --- painting ---------------------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        left = max(self.text_width(one.title) for one in self._lines) + theme.Space.L
        right = 2 * self._column() + theme.Space.S
        top = self.text_height() + theme.Space.XS
        below = self.text_height() + theme.Space.XS
        return QRectF(self.rect()).adjusted(left, top, -right, -below)

    def _column(self) -> float:
        return self.text_width("P95 ms") + theme.Space.L

    def draw(self, painter: QPainter) -> None:
        """Draw the scale, the lines and the columns of figures."""
        plot = self._plot()
        top = max(max(one.values) for one in self._lines)
        at = ticks(max(top, 1.0), X_STEPS)
        self._draw_scale(painter, plot, at)
        self._draw_heads(painter, plot)
        for index, one in enumerate(self._lines):
            line = QRectF(plot.left(), plot.top() + index * LINE_PX, plot.width(), LINE_PX)
            self._draw_line(painter, line, one, at[-1])

    def _draw_scale(self, painter: QPainter, plot: QRectF, at: list[float]) -> None:
        width = plot.width() / max(1, len(at) - 1)
        for value in at:
            x = plot.left() + value / at[-1] * plot.width()
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(theme.colour("muted"))
            label = in_ms(value) if value == at[-1] else f"{value:g}"
            below = QRectF(x - width / 2, plot.bottom(), width, 0)
            below.setBottom(self.height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, label)

    def _draw_heads(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(theme.colour("muted"))
        for index, head in enumerate(("P50 ms", "P95 ms")):
            painter.drawText(
                self._cell(plot, index, 0.0, plot.top()), Qt.AlignmentFlag.AlignRight, head
            )

    def _cell(self, plot: QRectF, index: int, top: float, height: float) -> QRectF:
        left = plot.right() + theme.Space.S + index * self._column()
        return QRectF(left, top, self._column(), height)

    def _draw_line(self, painter: QPainter, line: QRectF, one: Spread, top_ms: float) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("text"))
        title = QRectF(0, line.top(), line.left(), line.height())
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft | middle, one.title)
        plot = self._plot()
        for index, value in enumerate((one.figures.p50, one.figures.p95)):
            cell = self._cell(plot, index, line.top(), line.height())
            painter.drawText(cell, Qt.AlignmentFlag.AlignRight | middle, number_ms(value))
        ink = theme.colour(one.colour)
        dot = theme.colour(one.colour)
        dot.setAlphaF(0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(dot)
        room = line.height() * 0.5
        for index, value in enumerate(one.values[-DOTS:]):
            x = line.left() + value / top_ms * line.width()
            y = line.center().y() + ((index * SCATTER) % 1.0 - 0.5) * room
            painter.drawEllipse(QPointF(x, y), DOT_PX, DOT_PX)
        half = line.height() * 0.36
        for value, thick in ((one.figures.p50, 3.0), (one.figures.p95, 1.5)):
            x = line.left() + value / top_ms * line.width()
            painter.setPen(QPen(ink, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(
                QPointF(x, line.center().y() - half), QPointF(x, line.center().y() + half)
            )

    def said_at(self, place: QPointF) -> str:
        """Tell the line under the pointer, with its definition."""
        if not self._lines:
            return ""
        index = int((place.y() - self._plot().top()) // LINE_PX)
        if not 0 <= index < len(self._lines):
            return self.tr("One dot for each turn; the thick line is P50, the thin one P95.")
        one = self._lines[index]
        text = self.tr("{0}: {1} turns, P50 {2}, P95 {3}, from {4} to {5}. {6}")
        figures = one.figures
        numbers = (in_ms(ms) for ms in (figures.p50, figures.p95, figures.min, figures.max))
        return text.format(one.title, figures.runs, *numbers, one.meaning)
