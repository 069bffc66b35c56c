"""The window's icons: own line drawings, painted in whatever colour holds at that moment.

Each is an SVG file beside this module, on a grid of 24, with ``currentColor`` as its only colour; those in
``style/`` belong to the stylesheet. Knows no colours: `ui.theme.icon` gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap

FOLDER = Path(__file__).parent

DISABLED_OPACITY = 0.45
"""Disabled icons are this solid; by eye, beside disabled text."""


def names() -> tuple[str, ...]:
    """Return every drawing's name, sorted."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.svg")))


class LineIcon(QIconEngine):
    """Paints one drawing.

    Args:
        name: a file of this folder without its suffix.
        ink: gives the colour when it is painted.

    Raises:
        KeyError: there is no such drawing.
    """

    def __init__(self, name: str, ink: Callable[[], QColor]) -> None:
        super().__init__()
        _drawing(name)
        self._name = name
        self._ink = ink

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        mode: QIcon.Mode,
        state: QIcon.State,  # noqa: ARG002 - Qt's signature
    ) -> None:
        """Paint for this mode."""
        ink = self._ink()
        if mode == QIcon.Mode.Disabled:
            ink.setAlphaF(DISABLED_OPACITY)
        paint_icon(painter, QRectF(rect), self._name, ink)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the drawing at ``size`` device pixels."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Return an equal engine."""
        return LineIcon(self._name, self._ink)


def paint_icon(painter: QPainter, rect: QRectF, name: str, ink: QColor) -> None:
    """Paint a drawing in any colour, for widgets that paint themselves."""
    from PySide6.QtSvg import QSvgRenderer

    drawing = _drawing(name).replace("currentColor", ink.name())
    painter.save()
    painter.setOpacity(painter.opacity() * ink.alphaF())
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, rect)
    painter.restore()


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    file = FOLDER / f"{name}.svg"
    if not file.is_file():
        raise KeyError(name)
    return file.read_text(encoding="utf-8")
