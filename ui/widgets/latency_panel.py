"""What the overlay shows: the last turn's bar, the session's P50 and P95, a sparkline, memory and tokens.

Owns these widgets and their words. The figures are `ui.shown.figures`'; the window around them is
`ui.overlay`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.shown.latency import e2e_definition, in_ms, mouth_to_ear_definition
from ui.widgets.latency_bar import LatencyBar
from ui.widgets.sparkline import Sparkline

if TYPE_CHECKING:
    from assistant.metrics import Distribution
    from ui.shown.figures import SessionFigures

NOTHING = "—"


class LatencyPanel(QWidget):
    """Follows the session's figures while it can be seen.

    Attributes:
        bar: the last turn.
        e2e: labels of its P50 and P95.
        mouth_to_ear: labels of its P50 and P95.
        spark: the last turns.
        memory: resident megabytes.
        tokens: speed and tokens reused.
    """

    def __init__(self, figures: SessionFigures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures = figures
        self.bar = LatencyBar(self, compact=True)
        self.e2e = (QLabel(self), QLabel(self))
        self.mouth_to_ear = (QLabel(self), QLabel(self))
        self.spark = Sparkline(self)
        self.memory = QLabel(self)
        self.tokens = QLabel(self)
        self.memory.setToolTip(
            self.tr("Resident memory of the models' process and of the window's, in megabytes.")
        )
        self.tokens.setToolTip(
            self.tr("How fast the last answer was written, and what of its prompt was still known.")
        )
        for label in (self.memory, self.tokens):
            theme.set_type(label, "figures", muted=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.Space.S)
        column.addWidget(self.bar)
        column.addLayout(self._table())
        column.addWidget(self.spark)
        foot = QVBoxLayout()
        foot.setSpacing(2)
        foot.addWidget(self.tokens)
        foot.addWidget(self.memory)
        column.addLayout(foot)
        figures.turn_added.connect(self.refresh)
        figures.memory_added.connect(self._refresh_memory)

    def _table(self) -> QGridLayout:
        table = QGridLayout()
        table.setHorizontalSpacing(theme.Space.L)
        table.setVerticalSpacing(2)
        table.setColumnStretch(0, 1)
        heads = (
            ("P50", self.tr("Half of this session's turns were at least this quick.")),
            ("P95", self.tr("95 of 100 turns of this session were at least this quick.")),
        )
        for column, (title, tip) in enumerate(heads, start=1):
            head = QLabel(title, self)
            head.setToolTip(tip)
            theme.set_type(head, "small", muted=True)
            table.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
        lines = (
            (self.tr("First sound"), self.e2e, e2e_definition()),
            (self.tr("Mouth to ear"), self.mouth_to_ear, mouth_to_ear_definition()),
        )
        for line, (title, labels, tip) in enumerate(lines, start=1):
            name = QLabel(title, self)
            name.setToolTip(tip)
            theme.set_type(name, "small", muted=True)
            table.addWidget(name, line, 0)
            for column, (label, percent) in enumerate(zip(labels, ("P50", "P95"), strict=True), 1):
                theme.set_type(label, "strong")
                label.setToolTip(tip)
                label.setAccessibleName(f"{title} {percent}")
                table.addWidget(label, line, column, Qt.AlignmentFlag.AlignRight)
        return table

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened meanwhile."""
        self.refresh()
        super().showEvent(event)

    def refresh(self) -> None:
        """Everything shown is the figures' last state, if the panel can be seen."""
        if not self.isVisible():
            return
        last = self._figures.last
        self.bar.show_timings(last.timings if last else None)
        _tell(self.e2e, self._figures.e2e())
        _tell(self.mouth_to_ear, self._figures.mouth_to_ear())
        self.spark.show_turns(self._figures.turns)
        self.tokens.setText(self._tokens_text())
        self._refresh_memory()

    def _tokens_text(self) -> str:
        last = self._figures.last
        if last is None:
            return self.tr("No tokens yet")
        speed = last.timings.tokens_per_s
        number = NOTHING if speed is None else QLocale().toString(speed, "f", 0)
        text = self.tr("{0} tokens/s · {1} tokens reused")
        return text.format(number, QLocale().toString(last.timings.prompt_tokens_reused))

    def _refresh_memory(self) -> None:
        if not self.isVisible():
            return
        if not self._figures.memory:
            self.memory.setText(self.tr("Memory not known yet"))
            return
        now = self._figures.memory[-1]
        numbers = (
            QLocale().toString(value, "f", 0) for value in (now.total_mb, now.worker_mb, now.app_mb)
        )
        self.memory.setText(self.tr("{0} MB · models {1} · window {2}").format(*numbers))


def _tell(labels: tuple[QLabel, QLabel], spread: Distribution | None) -> None:
    p50, p95 = labels
    p50.setText(NOTHING if spread is None else in_ms(spread.p50))
    p95.setText(NOTHING if spread is None else in_ms(spread.p95))
