"""The microphone's level as a ring: how loud becomes how far it reaches, calmly.

Owns the scale and the smoothing. Where the ring is painted, and when, is the talk control's business.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, Qt

QUIETEST_DBFS, LOUDEST_DBFS = -55.0, -12.0
"""Ends of the scale: a quiet room's noise, and speech close to the microphone (as in `assistant chat`)."""

RISE, FALL = 0.6, 0.18
"""Share of the way to a new level in one step of 1/20 s: syllables show, and it does not flutter."""

SMALLEST_STEP = 0.01
"""Changes below a pixel of the ring are not worth painting."""


class Level:
    """The level as shown, 0 to 1, following the one measured."""

    def __init__(self) -> None:
        self.share = 0.0

    def follow(self, dbfs: float) -> bool:
        """Move towards a measured level; returns whether there is anything new to paint."""
        wanted = loudness(dbfs)
        speed = RISE if wanted > self.share else FALL
        moved = self.share + (wanted - self.share) * speed
        if wanted == 0.0 and moved < SMALLEST_STEP:
            moved = 0.0
        if abs(moved - self.share) < SMALLEST_STEP and moved != 0.0:
            return False
        is_new, self.share = moved != self.share, moved
        return is_new


def loudness(dbfs: float) -> float:
    """Return the share of the scale, 0 to 1."""
    return min(1.0, max(0.0, (dbfs - QUIETEST_DBFS) / (LOUDEST_DBFS - QUIETEST_DBFS)))


def paint_level(
    painter: QPainter, centre: QPointF, radii: tuple[float, float], share: float, ink: QColor
) -> None:
    """Paint the ring around a disc; at ``share`` 1 it reaches from the inner radius to the outer."""
    if share <= 0.0:
        return
    inner, outer = radii
    radius = inner + (outer - inner) * share
    glow = QColor(ink)
    glow.setAlphaF(0.22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(centre, radius, radius)
