"""Where windows stood, which page was open: remembered, and never off the screen.

Owns a small ini file below the settings folder. What is remembered is no setting: deleting the file loses
nothing but places.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from assistant import paths

GRIP_PX = 48
"""So much of a window's top must be on a screen for a hand to pull it back."""


class Places:
    """Remembers places under a name for each window; reads once, writes when the program ends or asks."""

    def __init__(self) -> None:
        self._file = QSettings(str(paths.config_dir() / "window.ini"), QSettings.Format.IniFormat)

    def restore(self, window: QWidget, name: str, size: QSize) -> None:
        """Give the window its former place, or this size in the middle of the screen."""
        stored = self._file.value(f"{name}/geometry")
        if not (isinstance(stored, QByteArray) and window.restoreGeometry(stored)):
            screen = QGuiApplication.primaryScreen().availableGeometry()
            window.resize(size.boundedTo(screen.size()))
            window.move(screen.center() - window.rect().center())
        self._back_on_screen(window)

    def remember(self, window: QWidget, name: str) -> None:
        """Keep the window's place."""
        self._file.setValue(f"{name}/geometry", window.saveGeometry())

    def point(self, name: str) -> QPoint | None:
        """Return a remembered point, such as the overlay's corner."""
        stored = self._file.value(f"{name}/point")
        return stored if isinstance(stored, QPoint) else None

    def remember_point(self, name: str, point: QPoint) -> None:
        """Keep a point."""
        self._file.setValue(f"{name}/point", point)

    def text(self, name: str, default: str = "") -> str:
        """Return a remembered word, such as the page that was open."""
        return str(self._file.value(f"{name}/text", default))

    def remember_text(self, name: str, text: str) -> None:
        """Keep a word."""
        self._file.setValue(f"{name}/text", text)

    def write(self) -> None:
        """Write the file now; a full disk loses places and is not worth a word."""
        self._file.sync()

    @staticmethod
    def _back_on_screen(window: QWidget) -> None:
        if window.isMaximized() or window.isFullScreen():
            return
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        window.setGeometry(on_screen(window.geometry(), screens))


def on_screen(wanted: QRect, screens: list[QRect]) -> QRect:
    """Return the place, moved and shrunk only if too little of its top is on any of the screens.

    A window whose screen is gone goes to the nearest that is there.
    """
    top = QRect(wanted.left(), wanted.top(), wanted.width(), GRIP_PX)
    for screen in screens:
        seen = top.intersected(screen)
        if seen.width() >= GRIP_PX and seen.height() >= GRIP_PX // 2:
            return wanted
    nearest = min(screens, key=lambda screen: _distance(screen.center(), wanted.center()))
    size = wanted.size().boundedTo(nearest.size())
    left = min(max(wanted.left(), nearest.left()), nearest.right() - size.width() + 1)
    upper = min(max(wanted.top(), nearest.top()), nearest.bottom() - size.height() + 1)
    return QRect(QPoint(left, upper), size)


def _distance(one: QPoint, other: QPoint) -> int:
    return (one - other).manhattanLength()
