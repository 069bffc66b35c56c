"""The session's report: tiles, stage times of each turn, distribution, memory.

Owns which figure stands where, and follows the figures while it can be seen. `ui.pages.session` puts it on
the screen and into pictures.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QTime
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.shown.figures import TurnRow, spread_of
from ui.shown.latency import (
    STAGES,
    definition,
    e2e_definition,
    in_ms,
    mouth_to_ear_definition,
    stage_name,
)
from ui.widgets.columns import Columns
from ui.widgets.figure_tile import FigureTile
from ui.widgets.latency_bar import LatencyBar
from ui.widgets.legend import StageLegend
from ui.widgets.memory_chart import MemoryChart
from ui.widgets.spread_chart import Spread, SpreadChart
from ui.widgets.stage_chart import StageChart

if TYPE_CHECKING:
    from assistant.metrics import Distribution
    from ui.shown.figures import SessionFigures

NOTHING = "—"

TILE_PX = 190
"""A tile's least width: what is written in them fits, in Spanish too."""


class SessionReport(QWidget):
    """Everything the session page tells.

    Attributes:
        subtitle: how many turns, since when, answered by which models.
        e2e: first sound.
        mouth_to_ear: mouth to ear.
        speed: tokens a second and tokens reused, of the last turn.
        memory: resident megabytes now.
        stages: a column for each turn.
        bar: the chosen turn.
        spreads: the distribution.
        memory_chart: memory over time.
    """

    def __init__(self, figures: SessionFigures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures = figures
        self._chosen: int | None = None
        self.subtitle = QLabel(self)
        theme.set_type(self.subtitle, "body", muted=True)
        self.subtitle.setWordWrap(True)
        self.e2e = FigureTile(self.tr("First sound, P50"), e2e_definition(), self)
        self.mouth_to_ear = FigureTile(
            self.tr("Mouth to ear, P50"), mouth_to_ear_definition(), self
        )
        self.speed = FigureTile(
            self.tr("Writing speed"),
            self.tr(
                "How fast the last answer was written, and what of its prompt was still known."
            ),
            self,
        )
        self.memory = FigureTile(
            self.tr("Memory"),
            self.tr("Resident memory of the models' process and of the window's, in megabytes."),
            self,
        )
        self.stages = StageChart(self)
        self.stages.chosen.connect(self._choose)
        self.bar_title = QLabel(self)
        theme.set_type(self.bar_title, "small", muted=True)
        self.bar = LatencyBar(self)
        self.spreads = SpreadChart(self)
        self.memory_chart = MemoryChart(self)
        self._empty = QLabel(
            self.tr(
                "Ask something: every answered turn appears here, with the time each stage took."
            ),
            self,
        )
        self._empty.setWordWrap(True)
        self._lay_out()
        figures.turn_added.connect(self._turn_added)
        figures.memory_added.connect(self._refresh_memory)

    def _lay_out(self) -> None:
        tiles = Columns(
            (self.e2e, self.mouth_to_ear, self.speed, self.memory),
            least_px=TILE_PX,
            gap_px=theme.Space.M,
            fills=True,
            parent=self,
        )
        column = self._column = QVBoxLayout(self)
        self.set_right_margin(theme.Space.XL)
        column.setSpacing(theme.Space.L)
        column.addWidget(self.subtitle)
        column.addWidget(tiles)
        turns = _card(
            self.tr("Stage times of each turn"),
            StageLegend(self),
            self.stages,
            self.bar_title,
            self.bar,
        )
        how_to_read = QLabel(
            self.tr("One dot for each turn; the thick line is P50, the thin one P95."), self
        )
        theme.set_type(how_to_read, "small", muted=True)
        how_to_read.setWordWrap(True)
        spreads = _card(self.tr("Distribution"), how_to_read, self.spreads)
        column.addWidget(self._empty)
        column.addWidget(turns)
        column.addWidget(spreads)
        self._with_turns = (tiles, turns, spreads)
        column.addWidget(_card(self.tr("Memory over time"), self.memory_chart))
        column.addStretch(1)

    @property
    def right_margin(self) -> int:
        """Empty pixels to the right."""
        return self._column.contentsMargins().right()

    def set_right_margin(self, margin_px: int) -> None:
        """Leave so much empty to the right: less beside a scroll bar."""
        self._column.setContentsMargins(theme.Space.XL, 0, margin_px, theme.Space.XL)

    # --- following --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened meanwhile."""
        self.refresh()
        super().showEvent(event)

    def _turn_added(self) -> None:
        self._chosen = None  # the newest again
        self.refresh()

    def _choose(self, number: int) -> None:
        self._chosen = number
        self._refresh_turns()

    def refresh(self) -> None:
        """Everything shown is the figures' last state, if the report can be seen."""
        if not self.isVisible():
            return
        self.subtitle.setText(self._subtitle())
        has_turns = bool(self._figures.turns)
        self._empty.setVisible(not has_turns)
        for widget in self._with_turns:
            widget.setVisible(has_turns)
        self._tell(self.e2e, self._figures.e2e())
        self._tell(self.mouth_to_ear, self._figures.mouth_to_ear())
        last = self._figures.last
        if last is None or last.timings.tokens_per_s is None:
            self.speed.show_figure(NOTHING, "")
        else:
            speed = QLocale().toString(last.timings.tokens_per_s, "f", 0)
            reused = QLocale().toString(last.timings.prompt_tokens_reused)
            self.speed.show_figure(
                self.tr("{0} tokens/s").format(speed), self.tr("{0} tokens reused").format(reused)
            )
        self._refresh_turns()
        self.spreads.show_spreads(self._spreads())
        self._refresh_memory()

    def _subtitle(self) -> str:
        began = _time_of_day(self._figures.began)
        turns = self._figures.turns
        if not turns:
            return self.tr("No answered turn yet since {0}.").format(began)
        text = self.tr("%n answered turn(s) since {0}.", "", len(turns)).format(began)
        models = turns[-1].models.values()
        if models:
            served = self.tr("Models: {0}.").format(", ".join(models))
            text = f"{text} {served}"
        other = len(turns) - len(self._figures.comparable)
        if other:
            note = self.tr(
                "%n of them had other models: they are not in P50, P95 and distribution.", "", other
            )
            text = f"{text} {note}"
        return text

    def _refresh_turns(self) -> None:
        turns = self._figures.turns
        row = next((row for row in turns if row.number == self._chosen), self._figures.last)
        self.stages.show_turns(turns, row.number if row else None)
        self.bar.setVisible(row is not None)
        self.bar_title.setVisible(row is not None)
        if row is not None:
            self.bar_title.setText(self._turn_title(row))
            self.bar.show_timings(row.timings)

    def _turn_title(self, row: TurnRow) -> str:
        at = _time_of_day(row.ended)
        if row.is_interrupted:
            return self.tr("Turn {0}, {1}, cut short").format(row.number, at)
        return self.tr("Turn {0}, {1}").format(row.number, at)

    def _spreads(self) -> list[Spread]:
        rows = self._figures.comparable
        lines: list[tuple[str, str, theme.ColourName, list[float | None]]] = [
            (stage_name(stage), definition(stage), stage, [row.stage_ms(stage) for row in rows])
            for stage in STAGES
        ]
        e2e = [row.timings.e2e_ms for row in rows]
        whole = [row.timings.mouth_to_ear_ms for row in rows]
        lines.append((self.tr("First sound"), e2e_definition(), "accent", e2e))
        lines.append((self.tr("Mouth to ear"), mouth_to_ear_definition(), "accent", whole))
        found = []
        for title, meaning, colour, values in lines:
            spread = spread_of(values)
            if spread is not None:
                known = [value for value in values if value is not None]
                found.append(Spread(title, meaning, colour, known, spread))
        return found

    def _refresh_memory(self) -> None:
        if not self.isVisible():
            return
        self.memory_chart.show_memory(self._figures.memory)
        if not self._figures.memory:
            self.memory.show_figure(NOTHING, "")
            return
        now = self._figures.memory[-1]
        total, worker, app = (
            QLocale().toString(megabytes, "f", 0)
            for megabytes in (now.total_mb, now.worker_mb, now.app_mb)
        )
        self.memory.show_figure(
            self.tr("{0} MB").format(total),
            self.tr("models {0}, window {1}").format(worker, app),
        )

    def _tell(self, tile: FigureTile, spread: Distribution | None) -> None:
        if spread is None:
            tile.show_figure(NOTHING, "")
            return
        tile.show_figure(in_ms(spread.p50), self.tr("P95 {0}").format(in_ms(spread.p95)))


def _time_of_day(moment: datetime) -> str:
    return QLocale().toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)


def _card(title: str, *contents: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    heading = QLabel(title, card)
    theme.set_type(heading, "heading")
    column = QVBoxLayout(card)
    column.setContentsMargins(theme.Space.L, theme.Space.M, theme.Space.L, theme.Space.L)
    column.setSpacing(theme.Space.S)
    column.addWidget(heading)
    for content in contents:
        column.addWidget(content)
    return card
