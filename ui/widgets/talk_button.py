"""The one large control: shows who listens, thinks or speaks, and is pressed to talk.

Owns its looks and its level ring. What a press means is the talk key's business, so it only says that it
went down or up.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import (
    QCoreApplication,
    QElapsedTimer,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui import theme
from ui.icons import paint_icon
from ui.shown.talk import TalkShown, TalkState
from ui.widgets.level_ring import Level, paint_level

SIZE = 132
DISC = 42.0
"""Radius of the disc, device-independent pixels; around it the level reaches to the edge."""

RING = SIZE / 2 - 2 - DISC
"""How far the level and the waves reach beyond the disc."""

ICON = 34.0
STEP_MS = 50
"""Twenty pictures a second of what turns or waves."""

LEVEL_MS = 80
"""Twelve of the level, which is shown all day where one just speaks: window and microphone together must not
cost 5 % of a core."""

TURN_MS = 1400
"""One round of the thinking arc."""

BREATH_MS = 1600
"""One wave while speaking."""


class TalkButton(QAbstractButton):
    """The talk control.

    Pressed with the mouse it goes down and up; ``clicked`` comes only from Enter and from assistive
    technology, which cannot hold.

    Args:
        level_dbfs: asked for the microphone's level while it is shown.
    """

    went_down = Signal()
    went_up = Signal()

    def __init__(self, level_dbfs: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level_dbfs = level_dbfs
        self._talk = TalkShown()
        self._level = Level()
        self._is_calm = False
        self._face = QPixmap()
        self._face_of: object = None  # what the disc looked like when it was painted last
        self._clock = QElapsedTimer()
        self._steps = QTimer(self)
        self._steps.setInterval(STEP_MS)
        self._steps.timeout.connect(self._step)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Talk"))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        # Else everything behind it is painted first, twelve times a second.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_talk(self, talk: TalkShown, *, is_calm: bool) -> None:
        """Show this state; ``is_calm`` for people who want nothing to move."""
        self._talk, self._is_calm, self._face_of = talk, is_calm, None
        self.setAccessibleDescription(state_text(talk))
        self._steer()
        self.update()

    def sizeHint(self) -> QSize:
        """The disc and the room its level needs."""
        return QSize(SIZE, SIZE)

    def minimumSizeHint(self) -> QSize:
        """It does not get smaller."""
        return self.sizeHint()

    # --- moving -----------------------------------------------------------------------------------------

    def _steer(self) -> None:
        """Run the clock only while something moves and can be seen."""
        busy = self._talk.state in {TalkState.THINKING, TalkState.SPEAKING}
        moves = not self._is_calm and self.isVisible() and (busy or self._talk.hears)
        self._steps.setInterval(STEP_MS if busy else LEVEL_MS)
        if moves and not self._steps.isActive():
            self._clock.restart()
            self._steps.start()
        elif not moves and self._steps.isActive():
            self._steps.stop()
        if not self._talk.hears:
            self._level.reset()

    def _step(self) -> None:
        before = self._level.share
        is_new = self._talk.hears and self._level.follow(self._level_dbfs())
        if self._talk.state in {TalkState.THINKING, TalkState.SPEAKING}:
            self.update()
        elif is_new:
            self.update(self._ring_box(max(before, self._level.share)))

    def _ring_box(self, share: float) -> QRect:
        """Return what a ring of this level touches."""
        reach = math.ceil(DISC + RING * share) + 1
        middle = self.rect().center()
        return QRect(middle.x() - reach, middle.y() - reach, 2 * reach + 2, 2 * reach + 2)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on moving."""
        super().showEvent(event)
        self._steer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._let_go()
        self._steps.stop()

    # --- hands ------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go down; no click follows, for how long it is held may mean something."""
        if event.button() == Qt.MouseButton.LeftButton and self.hitButton(
            event.position().toPoint()
        ):
            self.setDown(True)
            self.went_down.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Come up, wherever the mouse is by now."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()

    def _let_go(self) -> None:
        if self.isDown():
            self.setDown(False)
            self.went_up.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space is the window's talk key, also here; Enter is a click."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self.click()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `keyPressEvent`."""
        event.ignore()

    def hitButton(self, position: QPoint) -> bool:
        """Only the disc takes presses, not the room around it."""
        away = QPointF(position) - QRectF(self.rect()).center()
        return math.hypot(away.x(), away.y()) <= DISC + 4

    # --- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the disc, what moves around it, and the icon."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().window())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QRectF(self.rect()).center()
        state = self._talk.state
        accent = theme.colour("accent")
        if self._talk.hears and not self._is_calm:
            paint_level(painter, centre, (DISC, DISC + RING), self._level.share, accent)
        if state is TalkState.SPEAKING:
            self._paint_wave(painter, centre)
        painter.drawPixmap(0, 0, self._painted_face())
        if state is TalkState.THINKING:
            self._paint_arc(painter, centre)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, DISC + 5, DISC + 5)

    def _painted_face(self) -> QPixmap:
        """Return the disc; it changes less often than what moves around it, and painting it costs more."""
        scale, colours = self.devicePixelRatioF(), self.palette().cacheKey()
        wanted = (scale, colours, self.size(), self.isDown(), self.underMouse())
        if self._face_of != wanted:
            self._face = QPixmap(self.size() * scale)
            self._face.setDevicePixelRatio(scale)
            self._face.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._face)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_disc(painter, QRectF(self.rect()).center())
            painter.end()
            self._face_of = wanted
        return self._face

    def _paint_disc(self, painter: QPainter, centre: QPointF) -> None:
        state = self._talk.state
        is_full = state in {TalkState.LISTENING, TalkState.SPEAKING}
        fill = theme.colour("accent" if is_full else "accent_soft")
        ink = theme.colour("on_accent" if is_full else "accent")
        edge = theme.colour("accent")
        if state is TalkState.OFF:
            fill, ink, edge = (theme.colour(name) for name in ("sunken", "muted", "border"))
        elif self._talk.is_muted and state is TalkState.IDLE:
            fill, ink, edge = (
                theme.colour(name) for name in ("surface", "muted", "control_border")
            )
        if self.underMouse() and not is_full:
            edge = theme.colour("text")
        painter.setPen(QPen(edge, 2 if state is TalkState.IDLE else 1.5))
        painter.setBrush(fill)
        radius = DISC - 2 if self.isDown() else DISC
        painter.drawEllipse(centre, radius, radius)
        box = QRectF(centre.x() - ICON / 2, centre.y() - ICON / 2, ICON, ICON)
        paint_icon(painter, box, _icon(self._talk), ink)

    def _paint_arc(self, painter: QPainter, centre: QPointF) -> None:
        radius = DISC + 9
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        pen = QPen(theme.colour("accent"), 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._is_calm:
            painter.drawEllipse(centre, radius, radius)
            return
        turn = self._clock.elapsed() % TURN_MS / TURN_MS
        painter.drawArc(box, round(-turn * 360 * 16), 100 * 16)

    def _paint_wave(self, painter: QPainter, centre: QPointF) -> None:
        for part in (0.0, 0.5):
            share = part or 0.6
            if not self._is_calm:
                share = (self._clock.elapsed() / BREATH_MS + part) % 1.0
            ink = theme.colour("accent")
            ink.setAlphaF(0.5 * (1.0 - share))
            radius = DISC + RING * share
            painter.setPen(QPen(ink, 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, radius, radius)


def _icon(talk: TalkShown) -> str:
    match talk.state:
        case TalkState.OFF:
            return "mic-off"
        case TalkState.THINKING:
            return "thinking"
        case TalkState.SPEAKING:
            return "speaker"
        case TalkState.IDLE if talk.is_muted:
            return "mic-off"
        case _:
            return "mic"


def state_text(talk: TalkShown) -> str:
    """Return the state in a few words, for the line below the control and for screen readers."""
    translate = QCoreApplication.translate
    match talk.state:
        case TalkState.OFF:
            return translate("TalkButton", "No microphone: type your question")
        case TalkState.LISTENING:
            return translate("TalkButton", "Listening…")
        case TalkState.THINKING:
            return translate("TalkButton", "Thinking…")
        case TalkState.SPEAKING:
            return translate("TalkButton", "Speaking… press to interrupt")
        case TalkState.IDLE:
            return _how_to_talk(talk)


def _how_to_talk(talk: TalkShown) -> str:
    translate = QCoreApplication.translate
    if talk.has_stopped:
        return translate("TalkButton", "Stopped: start it again above")
    if not talk.is_ready:
        return translate("TalkButton", "Getting ready: you can already ask")
    if talk.is_muted:
        held = translate("TalkButton", "Muted: hold Space to talk")
        tapped = translate("TalkButton", "Muted: press Space to talk")
    elif talk.is_hands_free:
        held = translate("TalkButton", "Just speak, or hold Space")
        tapped = translate("TalkButton", "Just speak, or press Space")
    else:
        held = translate("TalkButton", "Hold Space to talk")
        tapped = translate("TalkButton", "Press Space to talk, and again to end")
    return tapped if talk.is_tapped else held
