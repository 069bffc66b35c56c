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

SMALLEST_STEP = 0.03
"""Changes below two thirds of a pixel of the ring, which is 22 wide, are not worth painting."""


class Level:
    """The level as shown, 0 to 1, following the one measured.

    Attributes:
        share: to be painted; it moves in steps one can see.
    """

    def __init__(self) -> None:
        self.share = self._followed = 0.0

    def reset(self) -> None:
        """Show nothing."""
        self.share = self._followed = 0.0

    def follow(self, dbfs: float) -> bool:
        """Move towards a measured level; returns whether there is anything new to paint."""
        wanted = loudness(dbfs)
        speed = RISE if wanted > self._followed else FALL
        self._followed += (wanted - self._followed) * speed
        if wanted == 0.0 and self._followed < SMALLEST_STEP:
            self._followed = 0.0
        is_over = self._followed == 0.0 and self.share > 0.0
        is_new = is_over or abs(self._followed - self.share) >= SMALLEST_STEP
        if is_new:
            self.share = self._followed
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
