"""Banners: one sentence about what is wrong, one button that goes on.

Owns how they look and that there is one of each kind. Does not know what is wrong.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.icons import paint_icon
from ui.session import Trouble
from ui.theme import Space
from ui.translated import translated

ICON_PX = 22

MOST_LINES = 6
"""Longer messages (a settings file with many mistakes) go on in the tooltip."""


class Banner(QFrame):
    """One trouble."""

    dismissed = Signal(str)

    def __init__(self, trouble: Trouble, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trouble = trouble
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L + ICON_PX + Space.M, Space.M, Space.S, Space.M)
        row.setSpacing(Space.M)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(_label(translated(trouble.message), "strong"))
        if trouble.hint:
            words.addWidget(_label(translated(trouble.hint), "body"))
        row.addLayout(words, 1)
        if trouble.action:
            self.button = QPushButton(trouble.action)
            self.button.clicked.connect(self._act)
            row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        close = QToolButton()
        close.setIcon(theme.icon("close"))
        close.setProperty("kind", "flat")
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(lambda: self.dismissed.emit(trouble.kind))
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{trouble.message} {trouble.hint}".strip())

    def _act(self) -> None:
        trouble = self.trouble
        self.dismissed.emit(trouble.kind)
        if trouble.act is not None:
            trouble.act()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and icon in the colours worn now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone: theme.ColourName = "accent" if self.trouble.is_notice else "warning"
        painter.setPen(QPen(theme.colour(tone), 1))
        painter.setBrush(theme.colour("accent_soft" if self.trouble.is_notice else "warning_soft"))
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        icon = "info" if self.trouble.is_notice else "warning"
        place = QRectF(Space.L, box.center().y() - ICON_PX / 2, ICON_PX, ICON_PX)
        paint_icon(painter, place, icon, theme.colour(tone))


class BannerStack(QWidget):
    """The banners that hold now, newest first; takes no room when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.S)
        self._column.setSpacing(Space.S)
        self._banners: dict[str, Banner] = {}
        self.hide()

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is shown, oldest first."""
        return tuple(banner.trouble for banner in self._banners.values())

    def tell(self, trouble: Trouble) -> None:
        """Show a trouble instead of an earlier one of its kind; screen readers say it."""
        self._take_away(trouble.kind)
        banner = Banner(trouble)
        banner.dismissed.connect(self.over)
        self._banners[trouble.kind] = banner
        self._column.insertWidget(0, banner)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(banner, QAccessible.Event.Alert))

    def over(self, kind: str) -> None:
        """This kind of trouble is no more."""
        self._take_away(kind)
        self.setVisible(bool(self._banners))

    def _take_away(self, kind: str) -> None:
        banner = self._banners.pop(kind, None)
        if banner is not None:
            banner.hide()
            self._column.removeWidget(banner)
            banner.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for banner in self._banners.values():
                banner.update()


def _label(text: str, role: theme.TypeRole) -> QLabel:
    lines = text.splitlines()
    label = QLabel("\n".join(lines[:MOST_LINES]) + ("\n…" if len(lines) > MOST_LINES else ""))
    if len(lines) > MOST_LINES:
        label.setToolTip(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    theme.set_type(label, role)
    return label
