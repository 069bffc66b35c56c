"""A sparkline: the last turns' first sound, as a line without axes.

Owns its painting only; which values, `ui.overlay` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme
from ui.shown.latency import in_ms

if TYPE_CHECKING:
    from ui.shown.figures import TurnRow

PLACES = 30
"""Turns shown at most; each has its place, so that the line grows to the right."""

HEIGHT_PX = 36
DOT_PX = 2.0
LAST_DOT_PX = 3.5

AIM_MS = 500.0
"""The bound for e2e (design.md §3), drawn as a dashed line."""


class Sparkline(QWidget):
    """Shows ``e2e_ms`` of the last turns; turns without sound leave a gap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._turns: tuple[tuple[int, float | None], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("First sound of the last turns"))
        self.show_turns(())

    def show_turns(self, rows: Sequence[TurnRow]) -> None:
        """The line tells the last of these turns."""
        self._turns = tuple((row.number, row.timings.e2e_ms) for row in rows[-PLACES:])
        known = self.values_ms
        if known:
            text = self.tr("{0} turns, from {1} to {2}, the last {3}")
            said = text.format(len(known), in_ms(min(known)), in_ms(max(known)), in_ms(known[-1]))
        else:
            said = self.tr("No figures yet")
        self.setAccessibleDescription(said)
        self.update()

    @property
    def values_ms(self) -> list[float]:
        """The values drawn, oldest first."""
        return [value for _, value in self._turns if value is not None]

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(240, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always all of it
        """Paint the aim, the line, a dot for every turn and a bigger one for the last."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = self._y(AIM_MS)
        painter.setPen(QPen(theme.colour("control_border"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        ink = theme.colour("accent")
        former: QPointF | None = None
        last = QPointF()
        for index, (_, value) in enumerate(self._turns):
            if value is None:
                former = None
                continue
            here = QPointF(self._x(index), self._y(value))
            painter.setPen(QPen(ink, 1.5))
            if former is not None:
                painter.drawLine(former, here)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(here, DOT_PX, DOT_PX)
            former = last = here
        if self.values_ms:
            painter.drawEllipse(last, LAST_DOT_PX, LAST_DOT_PX)

    def _x(self, index: int) -> float:
        return LAST_DOT_PX + index / (PLACES - 1) * (self.width() - 2 * LAST_DOT_PX)

    def _y(self, value_ms: float) -> float:
        top_ms = max([*self.values_ms, AIM_MS]) * 1.1
        return self.height() - LAST_DOT_PX - value_ms / top_ms * (self.height() - 2 * LAST_DOT_PX)

    def event(self, event: QEvent) -> bool:
        """Tell the turn under the pointer's rest."""
        if event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        where = cast("QHelpEvent", event)
        text = self.tr("First sound of the last {0} turns; the dashed line is {1}.")
        said = text.format(PLACES, in_ms(AIM_MS))
        for index, (number, value) in enumerate(self._turns):
            step = self._x(1) - self._x(0)
            around = QRectF(self._x(index) - step / 2, 0, step, self.height())
            if value is not None and around.contains(where.pos()):
                said = self.tr("Turn {0}: {1}").format(number, in_ms(value))
        QToolTip.showText(where.globalPos(), said, self)
        return True
