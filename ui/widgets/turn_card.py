"""One turn on the screen: question, tools, answer, what it took, and what can be done with it.

Owns the looks of `TurnShown` and `TimerShown`; every click is told to the page.
"""

from __future__ import annotations

import html
from datetime import datetime

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, QTime, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.shown.conversation import TimerShown, TurnShown, TurnState
from ui.shown.latency import totals
from ui.theme import Space
from ui.translated import translated
from ui.widgets.chips import FlowLayout, ToolChip
from ui.widgets.latency_bar import LatencyBar
from ui.widgets.wrapped_label import WrappedLabel, breakable

WIDEST_QUESTION = 520
"""Device-independent pixels; a question is short, and one sees whose it is by where it stands."""


class TurnCard(QWidget):
    """A turn; each signal carries its key."""

    copy_wanted = Signal(int)
    repeat_wanted = Signal(int)
    delete_wanted = Signal(int)
    again_wanted = Signal(int)

    def __init__(self, turn: TurnShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.turn = turn
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        self._question = _Bubble()
        self._question.setMaximumWidth(WIDEST_QUESTION)
        theme.set_type(self._question, "body")
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._question)
        column.addLayout(line)
        self._answer = QFrame()
        self._answer.setProperty("card", True)
        inside = QVBoxLayout(self._answer)
        inside.setContentsMargins(Space.L, Space.M, Space.S, Space.S)
        inside.setSpacing(Space.S)
        column.addWidget(self._answer)
        self._chips = QWidget()
        self._chips_row = FlowLayout(self._chips)
        self._chips.setVisible(False)
        self._reply = WrappedLabel()
        theme.set_type(self._reply, "body")
        self._state = WrappedLabel()
        theme.set_type(self._state, "small", muted=True)
        self._again = QPushButton(self.tr("Ask again"))
        self._again.setIcon(theme.icon("repeat"))
        self._again.clicked.connect(lambda: self.again_wanted.emit(self.turn.key))
        self._latency = LatencyBar(compact=True)
        for widget in (self._chips, self._reply, self._state):
            inside.addWidget(widget)
        inside.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._latency)
        inside.addLayout(self._foot())
        self._shown_tools = 0
        self.show_turn(turn)

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        self._when = QLabel(_clock(self.turn.began))
        theme.set_type(self._when, "small", muted=True)
        row.addWidget(self._when)
        row.addSpacing(Space.S)
        self._totals = QLabel()
        theme.set_type(self._totals, "small", muted=True)
        self._totals.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._totals.setWordWrap(True)  # beside the history's list there is little room
        row.addWidget(self._totals, 1)
        self._copy = _tool("copy", self.tr("Copy question and answer"))
        self._copy.clicked.connect(lambda: self.copy_wanted.emit(self.turn.key))
        self._repeat = _tool("read-aloud", self.tr("Repeat aloud"))
        self._repeat.clicked.connect(lambda: self.repeat_wanted.emit(self.turn.key))
        self._delete = _tool("delete", self.tr("Delete"))
        self._delete.clicked.connect(lambda: self.delete_wanted.emit(self.turn.key))
        for button in (self._copy, self._repeat, self._delete):
            row.addWidget(button)
        return row

    def show_turn(self, turn: TurnShown) -> None:
        """Show the turn as it is now."""
        self.turn = turn
        self._show_question()
        self._show_reply()
        for used in turn.tools[self._shown_tools :]:
            self._chips_row.addWidget(ToolChip(used))
        self._shown_tools = len(turn.tools)
        self._chips.setVisible(bool(turn.tools))
        self._show_state()
        over = turn.state.is_over
        self._latency.setVisible(turn.timings is not None)
        if turn.timings is not None:
            self._latency.show_timings(turn.timings)
            self._totals.setText(totals(turn.timings))
        self._again.setVisible(turn.can_ask_again)
        self._repeat.setVisible(over and bool(turn.reply))
        self._repeat.setEnabled(not turn.is_read_again)
        self._copy.setVisible(bool(turn.as_text))
        self._delete.setVisible(over)
        is_answered = bool(turn.reply or turn.tools or self._state.text() or over)
        self._answer.setVisible(is_answered)
        self.setAccessibleName(_spoken(turn))

    def _show_question(self) -> None:
        turn = self.turn
        text = breakable(turn.question if turn.is_final else f"{turn.question} …")
        if self._question.text() != text:
            self._question.setText(text)
        self._question.setVisible(bool(turn.question))
        self._question.set_faint(on=not turn.is_final or turn.state is TurnState.CANCELLED)

    def _show_reply(self) -> None:
        heard, cut = (breakable(part) for part in self.turn.reply_parts)
        if self.turn.heard is None:
            self._reply.setTextFormat(Qt.TextFormat.PlainText)
            text = heard.strip()
        else:
            self._reply.setTextFormat(Qt.TextFormat.RichText)
            grey = theme.colour("muted").name()
            lines = html.escape(heard.lstrip()).replace("\n", "<br>")
            rest = html.escape(cut.rstrip()).replace("\n", "<br>")
            text = f'{lines}<span style="color:{grey}; text-decoration:line-through">{rest}</span>'
        if self._reply.text() != text:
            self._reply.setText(text)
        self._reply.setVisible(bool(self.turn.reply.strip()))

    def _show_state(self) -> None:
        turn, text = self.turn, ""
        match turn.state:
            case TurnState.THINKING if not turn.reply:
                text = (
                    self.tr("Thinking…") if turn.turn_id else self.tr("Waiting for the assistant…")
                )
            case TurnState.INTERRUPTED:
                text = self.tr("You cut in here; what is struck through was not said.")
                if not turn.reply_parts[1].strip():
                    text = self.tr("You cut in at the end.")
            case TurnState.CANCELLED:
                text = self.tr("Cancelled.")
            case TurnState.FAILED:
                text = " ".join(translated(part) for part in turn.failure if part)
            case _ if turn.is_read_again:
                text = self.tr("Saying it again…")
            case _:
                pass
        self._state.setText(text)
        self._state.setVisible(bool(text))
        tone = "danger" if turn.state is TurnState.FAILED else ""
        if self._state.property("tone") != tone:
            self._state.setProperty("tone", tone)
            self._state.style().unpolish(self._state)
            self._state.style().polish(self._state)

    def changeEvent(self, event: QEvent) -> None:
        """Grey what was cut off in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.turn.heard is not None:
            self._show_reply()


class TimerCard(QFrame):
    """A timer that ran out."""

    delete_wanted = Signal(int)

    def __init__(self, timer: TimerShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.S, Space.S)
        row.setSpacing(Space.M)
        bell = QLabel()
        bell.setPixmap(theme.icon("timer", "accent").pixmap(QSize(20, 20)))
        row.addWidget(bell)
        text = QLabel(timer_text(timer))
        text.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_type(text, "strong")
        row.addWidget(text)
        when = QLabel(_clock(timer.began))
        theme.set_type(when, "small", muted=True)
        row.addWidget(when)
        row.addStretch(1)
        delete = _tool("delete", self.tr("Delete"))
        delete.clicked.connect(lambda: self.delete_wanted.emit(timer.key))
        row.addWidget(delete)
        self.setAccessibleName(text.text())


def timer_text(timer: TimerShown) -> str:
    """Return what ran out, in a line."""
    from PySide6.QtCore import QCoreApplication

    translate = QCoreApplication.translate
    minutes, seconds = divmod(round(timer.duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    length = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    if timer.name:
        return translate("TimerCard", "Timer “{0}” is over ({1})").format(timer.name, length)
    return translate("TimerCard", "Timer is over ({0})").format(length)


class _Bubble(WrappedLabel):
    """What the person said, on a ground of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        self._is_faint = False

    def set_faint(self, *, on: bool) -> None:
        """Show words that may still change, or were taken back."""
        if on != self._is_faint:
            self._is_faint = on
            theme.set_type(self, "body", muted=on)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, then the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_soft"))
        painter.drawRoundedRect(self.rect().toRectF(), 14, 14)
        painter.end()
        super().paintEvent(event)


def _clock(when: datetime) -> str:
    return QLocale().toString(QTime(when.hour, when.minute), QLocale.FormatType.ShortFormat)


def _tool(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon, "muted"))
    button.setIconSize(QSize(16, 16))
    button.setFixedSize(30, 30)
    button.setProperty("kind", "flat")
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button


def _spoken(turn: TurnShown) -> str:
    """Return the turn for people who hear the screen."""
    return ". ".join(part for part in (turn.question, turn.reply_parts[0].strip()) if part)
