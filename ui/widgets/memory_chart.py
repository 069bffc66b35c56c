"""Memory over time: the window's process and, on top of it, the models' process.

Owns the painting only; the samples are `ui.shown.figures`'.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.widgets.chart import Chart, ticks

if TYPE_CHECKING:
    from ui.shown.figures import MemorySample

BOUND_MB = 2000.0
"""All processes shall stay below (design.md §3); drawn once it is in sight."""

IN_SIGHT = 0.6
"""The bound is drawn when this share of it is in use."""

LEAST_SPAN_S = 60.0
"""The scale begins with a minute."""

SECONDS_IN_MINUTE = 60.0
Y_STEPS = 4
X_STEPS = 6


class MemoryChart(Chart):
    """Resident megabytes since the session began."""

    HEIGHT_PX = 180

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: Sequence[MemorySample] = ()
        self.setAccessibleName(self.tr("Memory over time"))

    def show_memory(self, samples: Sequence[MemorySample]) -> None:
        """The chart tells these samples, in order of time."""
        self._samples = tuple(samples)
        if self._samples:
            most = max(sample.total_mb for sample in self._samples)
            now = self._samples[-1].total_mb
            said = self.tr("{0} MB now, at most {1} MB").format(_whole(now), _whole(most))
        else:
            said = self.nothing()
        self.setAccessibleDescription(said)
        self.update()

    def nothing(self) -> str:
        """Say that nothing was measured yet."""
        return "" if self._samples else self.tr("Memory is measured every few seconds.")

    # --- painting ---------------------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        left = self.text_width("8888 MB") + theme.Space.S
        below = self.text_height() + theme.Space.XS
        above = self.text_height() / 2
        return QRectF(self.rect()).adjusted(left, above, -theme.Space.S, -below)

    def _span_s(self) -> float:
        return max(LEAST_SPAN_S, self._samples[-1].at_s)

    def draw(self, painter: QPainter) -> None:
        """Draw the scale, both areas, and the bound where it is near."""
        plot = self._plot()
        most = max(sample.total_mb for sample in self._samples)
        shows_bound = most > BOUND_MB * IN_SIGHT
        at = ticks(max(most, BOUND_MB if shows_bound else 1.0), Y_STEPS)
        labels = [f"{_whole(mb)} MB" if mb == at[-1] else _whole(mb) for mb in at]
        top = at[-1]
        self._draw_area(painter, plot, [s.total_mb / top for s in self._samples], "accent", 0.25)
        self._draw_area(painter, plot, [s.app_mb / top for s in self._samples], "accent", 0.35)
        self.draw_scale(painter, plot, at, labels)
        if shows_bound:
            y = plot.bottom() - BOUND_MB / top * plot.height()
            painter.setPen(QPen(theme.colour("danger"), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        self._draw_minutes(painter, plot)

    def _draw_area(
        self,
        painter: QPainter,
        plot: QRectF,
        shares: Sequence[float],
        name: theme.ColourName,
        opacity: float,
    ) -> None:
        line = [
            QPointF(
                plot.left() + sample.at_s / self._span_s() * plot.width(),
                plot.bottom() - share * plot.height(),
            )
            for sample, share in zip(self._samples, shares, strict=True)
        ]
        ends = [QPointF(line[-1].x(), plot.bottom()), QPointF(line[0].x(), plot.bottom())]
        ground = theme.colour(name)
        ground.setAlphaF(opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPolygon(QPolygonF([*line, *ends]))
        painter.setPen(QPen(theme.colour(name), 1.5))
        painter.drawPolyline(QPolygonF(line))
        if len(line) == 1:
            painter.setBrush(theme.colour(name))
            painter.drawEllipse(line[0], 2.5, 2.5)

    def _draw_minutes(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(theme.colour("muted"))
        minutes = self._span_s() / SECONDS_IN_MINUTE
        room = self.text_width("888 min") + theme.Space.S
        marks = [at for at in ticks(minutes, X_STEPS) if at <= minutes]
        for mark in marks:
            x = plot.left() + mark / minutes * plot.width()
            left = min(x - room / 2, self.width() - room)
            below = QRectF(left, plot.bottom(), room, self.height() - plot.bottom())
            label = self.tr("{0} min").format(f"{mark:g}") if mark == marks[-1] else f"{mark:g}"
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, label)

    def said_at(self, place: QPointF) -> str:
        """Tell the sample under the pointer."""
        if not self._samples:
            return ""
        plot = self._plot()
        at_s = (place.x() - plot.left()) / plot.width() * self._span_s()
        index = bisect_left(self._samples, at_s, key=lambda sample: sample.at_s)
        sample = self._samples[min(index, len(self._samples) - 1)]
        text = self.tr("After {0} min: {1} MB, models {2}, window {3}")
        minutes = QLocale().toString(sample.at_s / SECONDS_IN_MINUTE, "f", 1)
        numbers = (_whole(mb) for mb in (sample.total_mb, sample.worker_mb, sample.app_mb))
        return text.format(minutes, *numbers)


def _whole(megabytes: float) -> str:
    return QLocale().toString(megabytes, "f", 0)
