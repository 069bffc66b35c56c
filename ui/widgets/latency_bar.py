"""The latency bar: one turn's stages, stacked on a time axis, with the end of the turn and the first sound.

Owns how the segments of `ui.shown.latency` are painted and explained. Computes no figure.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme
from ui.shown.latency import (
    STAGES,
    Marks,
    Segment,
    Stage,
    definition,
    e2e_definition,
    in_ms,
    in_words,
    marks,
    mouth_to_ear_definition,
    number_ms,
    segments,
    stage_name,
    totals,
)
from ui.widgets.stage_paint import fill_stage

if TYPE_CHECKING:
    from assistant.metrics import TurnTimings

BAR_PX = 20
MARK_PX = 6
GAP_PX = 1.5
"""Between two stages, so that they part without colour."""

LABEL_PAD_PX = 5.0

FULL_WIDTH_MS = 1000.0
"""The whole width is at least one second: a quicker turn has a visibly shorter bar."""


class LatencyBar(QWidget):
    """Shows one turn's latency.

    Args:
        compact: without the line of totals below the bar.
    """

    def __init__(self, parent: QWidget | None = None, *, compact: bool = False) -> None:
        super().__init__(parent)
        self._compact = compact
        self._timings: TurnTimings | None = None
        self._segments: tuple[Segment, ...] = ()
        self._marks = Marks(None, None)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Latency of the turn"))
        self.show_timings(None)

    def show_timings(self, timings: TurnTimings | None) -> None:
        """The bar, its tooltip and its accessible text tell these figures; None for none yet."""
        self._timings = timings
        self._segments = segments(timings) if timings else ()
        self._marks = marks(timings) if timings else Marks(None, None)
        said = in_words(timings) if timings else ""
        self.setAccessibleDescription(said or self.tr("No figures yet"))
        self.update()

    # --- size -------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as bar, marks and totals."""
        height = MARK_PX + BAR_PX + MARK_PX
        if not self._compact:
            height += round(QFontMetricsF(theme.font("figures")).height())
        return QSize(320, height)

    def minimumSizeHint(self) -> QSize:
        """Narrow is fine: labels go before the bar does."""
        return QSize(80, self.sizeHint().height())

    # --- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always all of it
        """Paint bar, marks and totals."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("figures"))
        if not self._segments:
            self._paint_empty(painter)
            return
        for one in self._segments:
            self._paint_segment(painter, one)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text"))
        self._paint_marks(painter)
        if not self._compact and self._timings is not None:
            below = QRectF(0, MARK_PX + BAR_PX + MARK_PX, self.width(), self.height())
            below.setBottom(self.height())
            painter.setPen(theme.colour("muted"))
            text = painter.fontMetrics().elidedText(
                totals(self._timings), Qt.TextElideMode.ElideRight, self.width()
            )
            painter.drawText(
                below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text
            )

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        track = QRectF(0, MARK_PX, self.width(), BAR_PX)
        painter.drawRoundedRect(track, theme.RADIUS_SMALL, theme.RADIUS_SMALL)
        painter.setPen(theme.colour("muted"))
        painter.drawText(track, Qt.AlignmentFlag.AlignCenter, self.tr("No figures yet"))

    def _paint_segment(self, painter: QPainter, one: Segment) -> None:
        place = self.place_of(one)
        fill_stage(painter, place, one.stage, theme.RADIUS_SMALL)
        label = self.label_in(one, place.width())
        if not label:
            return
        if one.stage == "wait":  # the hatching stops around the words
            width = QFontMetricsF(painter.font()).horizontalAdvance(label) + 2 * LABEL_PAD_PX
            plate = QRectF(0, 0, width, place.height())
            plate.moveCenter(place.center())
            painter.fillRect(plate.intersected(place), theme.colour("sunken"))
        painter.setPen(theme.colour("text") if one.stage == "wait" else theme.text_on_stage())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, label)

    def _paint_marks(self, painter: QPainter) -> None:
        start_ms, _ = self._axis_ms()
        if start_ms < 0 or self._marks.last_speech_ms is not None:
            x = self._x(0.0)
            painter.drawRect(QRectF(x - 1, MARK_PX - 2, 2, BAR_PX + 4))
            head = [QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x, MARK_PX)]
            painter.drawPolygon(QPolygonF(head))
        if self._marks.first_audio_ms is not None:
            x = min(self._x(self._marks.first_audio_ms), self.width() - 1)
            painter.drawRect(QRectF(x - 1, MARK_PX - 2, 2, BAR_PX + 4))
            foot = MARK_PX + BAR_PX + MARK_PX / 2
            painter.drawEllipse(QPointF(min(x, self.width() - 3.5), foot), 3.5, 3.5)

    # --- geometry ---------------------------------------------------------------------------------------

    def _axis_ms(self) -> tuple[float, float]:
        """Start and end of what there is, milliseconds from the end of the turn."""
        ends = [one.start_ms + one.duration_ms for one in self._segments]
        starts = [one.start_ms for one in self._segments]
        moments = [0.0, *starts, *ends]
        moments += [at for at in (self._marks.last_speech_ms, self._marks.first_audio_ms) if at]
        return min(moments), max(moments)

    def _x(self, at_ms: float) -> float:
        start, end = self._axis_ms()
        return (at_ms - start) / max(end - start, FULL_WIDTH_MS) * self.width()

    def place_of(self, one: Segment) -> QRectF:
        """Where a segment is painted."""
        left, right = self._x(one.start_ms), self._x(one.start_ms + one.duration_ms)
        return QRectF(left, MARK_PX, max(1.0, right - left - GAP_PX), BAR_PX)

    def label_in(self, one: Segment, width: float) -> str:
        """Return the longest label that fits: with the stage's name, with the unit, bare, or none."""
        metrics = QFontMetricsF(theme.font("figures"))
        bare = number_ms(one.duration_ms)
        for text in (f"{stage_name(one.stage)} {one.label}", one.label, bare):
            if metrics.horizontalAdvance(text) + 2 * LABEL_PAD_PX <= width:
                return text
        return ""

    # --- explaining -------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Explain the stages under the pointer's rest."""
        if event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        where = cast("QHelpEvent", event)
        under = [one.stage for one in self._segments if self.place_of(one).contains(where.pos())]
        QToolTip.showText(where.globalPos(), self.explanation(under[0] if under else None), self)
        return True

    def explanation(self, under: Stage | None = None) -> str:
        """Return every stage's figure and definition as rich text; the one under the pointer in bold."""
        if self._timings is None or not self._segments:
            return self.tr("No figures yet")
        rows = []
        for stage in STAGES:
            spent = [one.duration_ms for one in self._segments if one.stage == stage]
            if spent:
                name = stage_name(stage)
                title = f"<b>{escape(name)}</b>" if stage == under else escape(name)
                swatch = f'<span style="color:{theme.stage_colour(stage).name()}">■</span>'
                rows.append((f"{swatch} {title}", in_ms(sum(spent)), definition(stage)))
        for name, figure_ms, meaning in (
            (self.tr("First sound"), self._timings.e2e_ms, e2e_definition()),
            (self.tr("Mouth to ear"), self._timings.mouth_to_ear_ms, mouth_to_ear_definition()),
        ):
            if figure_ms is not None:
                rows.append((f"<b>{escape(name)}</b>", in_ms(figure_ms), meaning))
        cells = "".join(
            f'<tr><td style="padding-right:10px;white-space:pre">{name}</td>'
            f'<td align="right" style="padding-right:10px;white-space:pre">{figure}</td>'
            f"<td>{escape(meaning)}</td></tr>"
            for name, figure, meaning in rows
        )
        legend = self.tr("▼ your turn is over   ● first sound")
        return f'<table width="460" cellpadding="2">{cells}</table><p>{escape(legend)}</p>'
