"""The latency overlay: a small frameless panel above all windows.

Owns its place, its opacity and whether it is shown; these follow and change the settings. What stands in it
is `ui.widgets.latency_panel`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QActionGroup,
    QBitmap,
    QCloseEvent,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ui import theme
from ui.desktop.places import Places, on_screen
from ui.shown.figure_keeper import figures_of
from ui.widgets.latency_panel import LatencyPanel

if TYPE_CHECKING:
    from assistant.settings import Settings
    from ui.session import Session

NAME = "overlay"
WIDTH_PX = 340

MARGIN_PX = 24
"""Between the panel's first place, the lower right, and the edge of the screen."""

STEP_PX = 16
"""An arrow key moves the panel so far."""

LEAST_OPACITY, FULL_OPACITY = 0.3, 1.0
"""As `assistant.settings.desktop.WindowSettings.overlay_opacity` allows."""

OPACITY_STEP = 0.05
MENU_OPACITIES = (1.0, 0.9, 0.75, 0.6, 0.45, 0.3)

SAVE_AFTER_MS = 400
"""Dragging and the wheel come in many steps; only where they end is kept."""

WHEEL_NOTCH = 120
"""`QWheelEvent.angleDelta` of one notch, in eighths of a degree."""

ARROWS = {
    Qt.Key.Key_Left: QPoint(-STEP_PX, 0),
    Qt.Key.Key_Right: QPoint(STEP_PX, 0),
    Qt.Key.Key_Up: QPoint(0, -STEP_PX),
    Qt.Key.Key_Down: QPoint(0, STEP_PX),
}


class Overlay(QWidget):
    """The panel. It shows and hides itself as ``window.overlay`` says.

    Dragging or the arrow keys move it; the wheel, + and - and its menu change its opacity; Escape hides it.
    """

    def __init__(self, session: Session, places: Places | None = None) -> None:
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint
        super().__init__(None, flags | Qt.WindowType.WindowStaysOnTopHint)
        self._session = session
        self._places = places or Places()
        self._opacity = FULL_OPACITY
        self._grip: QPoint | None = None
        self._menu: QMenu | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)  # for smooth corners
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWindowTitle(self.tr("Latency"))
        self.setAccessibleName(self.tr("Latency overlay"))
        self.panel = LatencyPanel(figures_of(session), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.Space.M] * 4)
        column.addWidget(self.panel)
        self.setFixedWidth(WIDTH_PX)
        self._keep_opacity = QTimer(self, interval=SAVE_AFTER_MS, singleShot=True)
        self._keep_opacity.timeout.connect(self._save_opacity)
        self._keep_place = QTimer(self, interval=SAVE_AFTER_MS, singleShot=True)
        self._keep_place.timeout.connect(self.remember_place)
        session.settings_changed.connect(self._follow)
        self._follow(session.settings)

    # --- settings ---------------------------------------------------------------------------------------

    def _follow(self, settings: Settings) -> None:
        if not self._keep_opacity.isActive():
            self._set_opacity(settings.window.overlay_opacity)
        if settings.window.overlay != self.isVisible():
            self.setVisible(settings.window.overlay)

    @property
    def opacity(self) -> float:
        """How solid it is, 0.3 to 1."""
        return self._opacity

    def _set_opacity(self, opacity: float) -> None:
        self._opacity = min(FULL_OPACITY, max(LEAST_OPACITY, round(opacity, 2)))
        if not _is_wayland():  # where windows have no opacity; the ground alone fades there
            self.setWindowOpacity(self._opacity)
        self.update()

    def _turn_opacity(self, by: float) -> None:
        self._set_opacity(self._opacity + by)
        self._keep_opacity.start()

    def _choose_opacity(self, opacity: float) -> None:
        self._set_opacity(opacity)
        self._save_opacity()

    def _save_opacity(self) -> None:
        if self._opacity != self._session.settings.window.overlay_opacity:
            self._session.change_settings({"window.overlay_opacity": self._opacity})

    def dismiss(self) -> None:
        """It is gone until the setting is switched on again."""
        self.hide()
        self._session.change_settings({"window.overlay": False})

    def closeEvent(self, event: QCloseEvent) -> None:
        """Somebody who closes it wants it gone; the end of the program does not."""
        if event.spontaneous():
            self.dismiss()
        super().closeEvent(event)

    # --- place ------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Come back to where it was, or to the lower right."""
        self.adjustSize()
        corner = self._places.point(NAME)
        if corner is None:
            self._go_to_first_place()
        else:
            wanted = self.rect().translated(corner)
            screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
            self.move(on_screen(wanted, screens).topLeft())
        super().showEvent(event)

    def _go_to_first_place(self) -> None:
        room = QGuiApplication.primaryScreen().availableGeometry()
        size = self.size()
        self.move(
            room.right() - size.width() - MARGIN_PX, room.bottom() - size.height() - MARGIN_PX
        )

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep the place a little later."""
        if self.isVisible():
            self._keep_place.start()
        super().moveEvent(event)

    def remember_place(self) -> None:
        """The place is kept for the next time."""
        if not _is_wayland():  # which does not tell where a window is
            self._places.remember_point(NAME, self.pos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        handle = self.windowHandle()
        if _is_wayland() and handle is not None and handle.startSystemMove():
            return
        self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - any button lets go
        """Let go."""
        self._grip = None

    # --- keys, wheel, menu ------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Make it more or less solid."""
        self._turn_opacity(OPACITY_STEP * event.angleDelta().y() / WHEEL_NOTCH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, fade, hide."""
        key = Qt.Key(event.key())
        if key in ARROWS:
            self.move(self.pos() + ARROWS[key])
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Minus}:
            self._turn_opacity(OPACITY_STEP if key == Qt.Key.Key_Plus else -OPACITY_STEP)
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu."""
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Return the menu, made anew for the present opacity."""
        if self._menu is not None:
            self._menu.deleteLater()
        menu = self._menu = QMenu(self)
        title = menu.addAction(self.tr("Opacity"))
        title.setEnabled(False)
        group = QActionGroup(menu)
        for opacity in MENU_OPACITIES:
            action = menu.addAction(self.tr("{0} %").format(round(opacity * 100)))
            action.setCheckable(True)
            action.setChecked(opacity == self._opacity)
            action.triggered.connect(lambda _on, chosen=opacity: self._choose_opacity(chosen))
            group.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Back to the corner"), self._go_to_first_place)
        menu.addAction(theme.icon("close"), self.tr("Hide"), self.dismiss)
        return menu

    # --- painting ---------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the corners off, for X11 without a compositor, where they would be black."""
        if QGuiApplication.platformName() == "xcb":
            self.setMask(_rounded(self))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always all of it
        """Paint the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, edge = theme.colour("surface"), theme.colour("control_border")
        if _is_wayland():
            ground.setAlphaF(self._opacity)
        if self.hasFocus():
            edge = theme.colour("accent")
        painter.setPen(QPen(edge, 1))
        painter.setBrush(ground)
        inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inside, theme.RADIUS, theme.RADIUS)


def _rounded(widget: QWidget) -> QRegion:
    """Return the pixels that a rounded ground of this size touches."""
    bits = QBitmap(widget.size())
    bits.clear()
    painter = QPainter(bits)
    painter.setPen(Qt.GlobalColor.color1)
    painter.setBrush(Qt.GlobalColor.color1)
    radius = theme.RADIUS + 1  # no pixel outside the ground, black without a compositor, is left
    painter.drawRoundedRect(widget.rect().adjusted(0, 0, -1, -1), radius, radius)
    painter.end()
    return QRegion(bits)


def _is_wayland() -> bool:
    return QGuiApplication.platformName().startswith("wayland")
