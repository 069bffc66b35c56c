"""How a stage looks wherever it is painted: bar, column, legend."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath

from ui import theme
from ui.shown.latency import Stage

HATCH_OPACITY = 0.45


def fill_stage(painter: QPainter, place: QRectF, stage: Stage, radius: float) -> None:
    """Fill a rounded rectangle in the stage's colour.

    Waiting is hatched, so that it is told apart without colour and is plainly no work.
    """
    outline = QPainterPath()
    round_by = max(0.0, min(radius, place.width() / 2, place.height() / 2))
    outline.addRoundedRect(place, round_by, round_by)
    if stage != "wait":
        painter.fillPath(outline, theme.stage_colour(stage))
        return
    painter.fillPath(outline, theme.colour("sunken"))
    hatch = theme.stage_colour("wait")
    hatch.setAlphaF(HATCH_OPACITY)
    painter.fillPath(outline, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
