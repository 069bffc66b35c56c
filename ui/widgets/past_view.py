"""A past conversation on the screen: its title, what can be done with it, and its turns.

Owns the looks; what the person wants is told by signals. Turns are shown by the cards of the conversation, so
many at a time: laying out hundreds takes longer than a blink.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from assistant.events import ToolUsed
from ui import theme
from ui.shown.conversation import TurnShown, TurnState
from ui.shown.history import Open
from ui.shown.history_rows import moment_text, turns_text
from ui.theme import Space
from ui.widgets.card_column import CardColumn
from ui.widgets.turn_card import TurnCard
from ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from assistant.api.history import PastTurn

COLUMN_PX = 760
"""As wide as the conversation's column."""

MOST_CARDS = 60
BATCH = 2
"""Cards made at a time, some milliseconds each; the window does its other work in between."""

translate = QCoreApplication.translate

_TAG_OR_ENTITY = re.compile(r"(<[^>]*>|&[a-z#0-9]+;)")


class PastView(QWidget):
    """The conversation that is open."""

    back_wanted = Signal()
    continue_wanted = Signal()
    renamed = Signal(str)
    export_wanted = Signal(str)
    delete_wanted = Signal()
    turn_deleted = Signal(str)
    repeat_wanted = Signal(str)
    ask_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open: Open | None = None
        self._most = MOST_CARDS
        self._goal: int | None = None
        self._sought: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        self.column = CardColumn()
        self._later = QPushButton(self.tr("Show later turns"))
        self._later.setProperty("kind", "flat")
        self._later.clicked.connect(self._show_later)
        self._later.hide()
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, Space.S, 0, Space.XL)
        inside.setSpacing(Space.L)
        inside.addWidget(self.column)
        inside.addWidget(self._later, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(self.tr("Turns of the conversation"))
        self.area.setWidget(_in_column(inner))
        self.area.verticalScrollBar().rangeChanged.connect(self._seek)
        column.addWidget(self.area, 1)
        self._filling = QTimer(self)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._fill)

    # --- the head ---------------------------------------------------------------------------------------

    def _make_head(self) -> QWidget:
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.M)
        column.setSpacing(Space.XS)
        first = QHBoxLayout()
        first.setSpacing(Space.S)
        self.back = _tool("back", self.tr("Back to the list"))
        self.back.clicked.connect(self.back_wanted)
        self.back.hide()
        first.addWidget(self.back)
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        theme.set_type(self._title, "title")
        self.box = TitleBox()
        self.box.done.connect(self._end_renaming)
        self.box.hide()
        first.addWidget(self._title, 1)
        first.addWidget(self.box, 1)
        self.rename_button = _tool("edit", self.tr("Rename"))
        self.rename_button.clicked.connect(self.rename)
        self.export_button = _tool("export", self.tr("Export"))
        self.export_button.setMenu(export_menu(self, self.export_wanted.emit))
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.delete_button = _tool("delete", self.tr("Delete conversation"))
        self.delete_button.clicked.connect(self.delete_wanted)
        self.continue_button = QPushButton(theme.icon("talk"), self.tr("Continue"))
        self.continue_button.setToolTip(self.tr("Go on with this conversation"))
        self.continue_button.clicked.connect(self.continue_wanted)
        self.continue_button.hide()
        for button in (
            self.continue_button, self.rename_button, self.export_button, self.delete_button,
        ):  # fmt: skip
            first.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(first)
        self._below = QLabel()
        self._below.setWordWrap(True)
        theme.set_type(self._below, "small", muted=True)
        column.addWidget(self._below)
        return head

    def rename(self) -> None:
        """Let the person write another title, in its place."""
        if self._open is not None:
            self.box.setText(self._open.past.line.title)
            self._title.hide()
            self.box.show()
            self.box.selectAll()
            self.box.setFocus()

    def _end_renaming(self, title: str) -> None:
        if not self.box.isHidden():
            self._end_box()
            if title.strip():
                self._title.setText(" ".join(title.split()))
                self.renamed.emit(title)

    def _end_box(self) -> None:
        self.box.hide()
        self._title.show()

    # --- the turns --------------------------------------------------------------------------------------

    def show_conversation(self, opened: Open) -> None:
        """Show this conversation; the cards follow, a few at a time."""
        former, self._open = self._open, opened
        if former is opened:
            return
        line = opened.past.line
        self._title.setText(line.title)
        self._below.setText(" · ".join([moment_text(line.started_at), turns_text(line.turn_count)]))
        self.setAccessibleName(line.title)
        if former is not None and former.past.line.id == line.id and former.words == opened.words:
            if former.past.turns == opened.past.turns:
                return
            place = self.area.verticalScrollBar().value()
        else:
            place = 0
            self._most = MOST_CARDS
            self._end_box()
        self.column.clear()
        self._sought = None
        self._goal = opened.first_hit if place == 0 else None
        if self._goal is not None:
            self._most = max(self._most, self._goal + BATCH)
        self._later.hide()
        self.area.verticalScrollBar().setValue(place)
        self._filling.start()

    def _fill(self) -> None:
        """Make the next few cards."""
        opened = self._open
        if opened is None:
            self._filling.stop()
            return
        turns = opened.past.turns[: self._most]
        begin = len(self.column.cards)
        new = enumerate(turns[begin : begin + BATCH], start=begin)
        self.column.add([self._card(index, turn, opened.words) for index, turn in new])
        made = len(self.column.cards)
        if made >= len(turns):
            self._filling.stop()
            self._later.setVisible(made < len(opened.past.turns))
        if self._goal is not None and self._goal < made:
            self._sought, self._goal = self.column.cards[self._goal], None
            QTimer.singleShot(0, self, self._seek)

    def _seek(self) -> None:
        """Bring the card with the first hit in sight, as soon as the page is long enough."""
        if self._sought is not None:
            self.area.ensureWidgetVisible(self._sought, 0, Space.XL)
            if not self._sought.visibleRegion().isEmpty():
                self._sought = None

    def _show_later(self) -> None:
        self._most += MOST_CARDS
        self._filling.start()

    def _card(self, index: int, turn: PastTurn, words: Sequence[str]) -> TurnCard:
        shown = turn_shown(index, turn)
        card = TurnCard(shown)
        card.copy_wanted.connect(lambda _key: QGuiApplication.clipboard().setText(shown.as_text))
        card.repeat_wanted.connect(lambda _key: self.repeat_wanted.emit(turn.answer))
        card.delete_wanted.connect(lambda _key: self.turn_deleted.emit(turn.key))
        card.again_wanted.connect(lambda _key: self.ask_wanted.emit(turn.transcript))
        if words:
            mark_hits(card, words)
        return card

    def changeEvent(self, event: QEvent) -> None:
        """Mark what one looks for in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._open and self._open.words:
            self.column.clear()
            self._sought = None
            self._filling.start()


class TitleBox(QLineEdit):
    """Takes a new title: Enter or leaving keeps it, Escape keeps the old one."""

    done = Signal(str)
    """The new title; empty to keep the old one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Title"))
        self.setMaxLength(200)
        self.editingFinished.connect(lambda: self.done.emit(self.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape keeps the old title."""
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit("")
        else:
            super().keyPressEvent(event)


def turn_shown(key: int, turn: PastTurn) -> TurnShown:
    """Return a past turn as the conversation shows turns."""
    states = {
        "finished": TurnState.DONE,
        "interrupted": TurnState.INTERRUPTED,
        "failed": TurnState.FAILED,
    }
    has_figures = any(value is not None for value in turn.timings.as_json().values())
    return TurnShown(
        key=key,
        turn_id=-1,
        began=turn.at.astimezone(),
        question=turn.transcript,
        is_final=True,
        reply=turn.reply,
        heard=turn.heard,
        tools=tuple(
            ToolUsed(-1, call.name, call.arguments, call.result, call.duration_ms)
            for call in turn.tools
        ),
        state=states[turn.ending],
        failure=(turn.failure, ""),
        timings=turn.timings if has_figures else None,
    )


def mark_hits(card: TurnCard, words: Sequence[str]) -> None:
    """Mark the words one looks for in the texts of a card."""
    for label in card.findChildren(WrappedLabel):
        if label.textFormat() == Qt.TextFormat.PlainText:
            label.setText(html_with_hits(html.escape(label.text()).replace("\n", "<br>"), words))
            label.setTextFormat(Qt.TextFormat.RichText)
        else:
            label.setText(html_with_hits(label.text(), words))


def html_with_hits(text: str, words: Sequence[str]) -> str:
    """Return HTML with the words one looks for in bold on a ground of their own; tags stay as they are."""
    from assistant.api.history import marked  # loaded by now: the conversation was read with it

    ground, ink = theme.colour("warning_soft").name(), theme.colour("text").name()
    parts = []
    for part in _TAG_OR_ENTITY.split(text):
        if _TAG_OR_ENTITY.fullmatch(part):
            parts.append(part)
            continue
        parts += [
            f'<b style="background-color:{ground}; color:{ink}">{span.text}</b>'
            if span.is_hit
            else span.text
            for span in marked(part, tuple(words))
        ]
    return "".join(parts)


def export_menu(parent: QWidget, wanted: Callable[[str], object]) -> QMenu:
    """Return a menu of the formats; ``wanted`` is told the one that is chosen."""
    menu = QMenu(parent)
    for text, kind in (
        (translate("HistoryExport", "Text to read (Markdown)…"), "markdown"),
        (translate("HistoryExport", "Everything (JSON)…"), "json"),
        (translate("HistoryExport", "Subtitles (SRT)…"), "srt"),
    ):
        menu.addAction(text, partial(wanted, kind))
    return menu


def _tool(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(18, 18))
    button.setProperty("kind", "flat")
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button


def _in_column(widget: QWidget) -> QWidget:
    """Return the widget in the middle, not wider than a line should be."""
    outer = QWidget()
    row = QHBoxLayout(outer)
    row.setContentsMargins(Space.XL, 0, Space.XL, 0)
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    widget.setMaximumWidth(COLUMN_PX)
    return outer
