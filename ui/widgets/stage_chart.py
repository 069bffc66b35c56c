"""Stage times per turn: one stacked column for each of the last turns.

Owns the painting and the choice of a turn by pointer or arrow keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.shown.latency import in_ms, in_words
from ui.widgets.chart import Chart, ticks
from ui.widgets.stage_paint import fill_stage

if TYPE_CHECKING:
    from ui.shown.figures import TurnRow

LEAST_SLOT_PX, MOST_SLOT_PX = 14.0, 44.0
COLUMN_SHARE = 0.7
"""Of its slot."""

Y_STEPS = 4
BY_KEY = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)


class StageChart(Chart):
    """The last turns' stages; ``chosen`` tells the number of a turn that was clicked or walked to."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[TurnRow] = ()
        self._number: int | None = None
        self._came_by_key = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Stage times of each turn"))

    def show_turns(self, rows: Sequence[TurnRow], chosen: int | None) -> None:
        """The columns tell these turns; ``chosen`` is the number of the one that stands out."""
        self._rows = tuple(rows)
        self._number = chosen
        found = [row for row in self._rows if row.number == chosen]
        text = self.tr("Turn {0}: {1}")
        self.setAccessibleDescription(
            text.format(found[0].number, in_words(found[0].timings)) if found else self.nothing()
        )
        self.update()

    def nothing(self) -> str:
        """Say that there is no turn yet."""
        return "" if self._rows else self.tr("Every answered turn becomes a column here.")

    # --- geometry ---------------------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        left = self.text_width(in_ms(88888)) + theme.Space.S
        below = self.text_height() + theme.Space.S
        above = self.text_height() / 2 + theme.Space.XS
        return QRectF(self.rect()).adjusted(left, above, -theme.Space.S, -below)

    @property
    def shown_rows(self) -> Sequence[TurnRow]:
        """The turns there is room for, oldest first."""
        room = max(1, int(self._plot().width() / LEAST_SLOT_PX))
        return self._rows[-room:]

    def _slots(self) -> list[tuple[TurnRow, QRectF]]:
        plot, rows = self._plot(), self.shown_rows
        width = min(MOST_SLOT_PX, plot.width() / max(1, len(rows)))
        return [
            (row, QRectF(plot.left() + index * width, plot.top(), width, plot.height()))
            for index, row in enumerate(rows)
        ]

    # --- painting ---------------------------------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        """Draw the scale and the columns."""
        plot, slots = self._plot(), self._slots()
        heights = [sum(one.duration_ms for one in row.segments) for row, _ in slots]
        at = ticks(max([*heights, 1.0]), Y_STEPS)
        labels = [in_ms(at[-1]) if value == at[-1] else f"{value:g}" for value in at]
        for row, slot in slots:
            if row.number == self._number:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("accent_soft"))
                painter.drawRoundedRect(slot, theme.RADIUS_SMALL, theme.RADIUS_SMALL)
        self.draw_scale(painter, plot, at, labels)
        for row, slot in slots:
            self._draw_column(painter, row, slot, plot.height() / at[-1])
        self._draw_numbers(painter, slots)
        if self.hasFocus() and self._came_by_key:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(frame, theme.RADIUS_SMALL, theme.RADIUS_SMALL)

    def _draw_column(self, painter: QPainter, row: TurnRow, slot: QRectF, px_per_ms: float) -> None:
        width = slot.width() * COLUMN_SHARE
        left = slot.center().x() - width / 2
        bottom = slot.bottom()
        for one in row.segments:
            height = one.duration_ms * px_per_ms
            piece = QRectF(left, bottom - height, width, max(1.0, height - 1))
            fill_stage(painter, piece, one.stage, radius=2)
            bottom -= height

    def _draw_numbers(self, painter: QPainter, slots: list[tuple[TurnRow, QRectF]]) -> None:
        """Write as many turn numbers as have room, the last always."""
        painter.setPen(theme.colour("muted"))
        room = self.text_width("8888") + theme.Space.S
        every = max(1, round(room / slots[0][1].width() + 0.499))
        last = slots[-1][0].number
        for row, slot in slots:
            if (last - row.number) % every == 0:
                below = QRectF(slot.center().x() - room / 2, slot.bottom(), room, 0)
                below.setBottom(self.height())
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(row.number))

    # --- choosing ---------------------------------------------------------------------------------------

    def _turn_at(self, place: QPointF) -> TurnRow | None:
        for row, slot in self._slots():
            if slot.left() <= place.x() < slot.right():
                return row
        return None

    def said_at(self, place: QPointF) -> str:
        """Tell the turn under the pointer."""
        row = self._turn_at(place)
        if row is None:
            return ""
        return self.tr("Turn {0}: {1}").format(row.number, in_words(row.timings))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the turn under the pointer."""
        row = self._turn_at(event.position())
        if row is not None:
            self.chosen.emit(row.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk from turn to turn."""
        numbers = [row.number for row in self.shown_rows]
        if not numbers:
            super().keyPressEvent(event)
            return
        index = numbers.index(self._number) if self._number in numbers else len(numbers) - 1
        match event.key():
            case Qt.Key.Key_Left:
                index -= 1
            case Qt.Key.Key_Right:
                index += 1
            case Qt.Key.Key_Home:
                index = 0
            case Qt.Key.Key_End:
                index = len(numbers) - 1
            case _:
                super().keyPressEvent(event)
                return
        self.chosen.emit(numbers[min(max(index, 0), len(numbers) - 1)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus to people who walk by key."""
        if event.reason() in BY_KEY:
            self._came_by_key = True
        elif event.reason() == Qt.FocusReason.MouseFocusReason:
            self._came_by_key = False
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it again."""
        self.update()
        super().focusOutEvent(event)
