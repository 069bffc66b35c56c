"""The conversation: cards for what was said and answered, and the bar to go on with.

Owns which cards there are and that the newest is in sight. What they say is `ui.shown.conversation`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from assistant.events import Event
from ui.session import Session, Trouble
from ui.shown.conversation import (
    Added,
    Change,
    Changed,
    ConversationShown,
    EntryShown,
    Removed,
    TimerShown,
    TurnShown,
)
from ui.theme import Space
from ui.widgets.talk_bar import TalkBar
from ui.widgets.turn_card import TimerCard, TurnCard

if TYPE_CHECKING:
    from assistant.api.history import PastConversation

COLUMN_PX = 760
"""Longer lines are hard to read: about 90 characters."""

PAINT_MS = 30
"""Words of an answer are shown together for this long: a card laid out for each would cost the GUI thread."""

MOST_CARDS = 40
"""More are made when they are asked for; laying out hundreds takes longer than a blink."""

CARDS_AT_ONCE = 20
"""Of what is brought back: one card takes two or three milliseconds."""

UNDO = "turn_deleted"
UNDO_MS = 10_000
"""How long a deleted turn can be had back; the history keeps it for a minute."""

NEAR_PX = 60
"""So near the end one wants to see what comes."""


class ConversationPage(QWidget):
    """The page one talks with.

    Args:
        session: the running assistant.
        shown: what was said so far; None begins a conversation.
    """

    understood = Signal()
    """The note about the starter set was read and is not wanted any more."""

    def __init__(
        self,
        session: Session,
        shown: ConversationShown | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.shown = shown or ConversationShown()
        self._cards: dict[int, TurnCard | TimerCard] = {}
        self._changed: dict[int, EntryShown] = {}
        self._welcome: QWidget | None = None
        self.welcome_is_over = False
        self._is_at_end = True
        self.bar = TalkBar(session)
        self.bar.asked.connect(self.ask)
        self._painting = QTimer(self)
        self._painting.setSingleShot(True)
        self._painting.setInterval(PAINT_MS)
        self._painting.timeout.connect(self._paint_changes)
        self._undo_over = QTimer(self)
        self._undo_over.setSingleShot(True)
        self._undo_over.setInterval(UNDO_MS)
        self._undo_over.timeout.connect(partial(session.trouble_over.emit, UNDO))
        self._lay_out()
        session.event.connect(self._take)
        session.asked.connect(self._asked)
        session.conversation_begun.connect(self._begun)
        self._add_last(self.shown.entries)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, Space.L, 0, Space.L)
        self._list.setSpacing(Space.L)
        self._earlier = QPushButton(self.tr("Show earlier"))
        self._earlier.setProperty("kind", "flat")
        self._earlier.clicked.connect(self._show_earlier)
        self._earlier.hide()
        self._list.addWidget(self._earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        self._list.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(_in_column(inner))
        bar = self.area.verticalScrollBar()
        bar.rangeChanged.connect(self._follow)
        bar.valueChanged.connect(self._scrolled)
        column.addWidget(self.area, 1)
        self._foot = _in_column(self.bar)
        self._foot.setContentsMargins(0, 0, 0, Space.M)
        column.addWidget(self._foot)

    def leave(self) -> None:
        """Take nothing more: another page goes on with what is shown here."""
        self._session.event.disconnect(self._take)
        self._session.asked.disconnect(self._asked)
        self._session.conversation_begun.disconnect(self._begun)

    # --- what the person does ---------------------------------------------------------------------------

    def ask(self, text: str) -> None:
        """Ask a typed question."""
        self._is_at_end = True
        self._session.ask(text)

    def cancel(self) -> None:
        """Stop whatever goes on."""
        self._session.cancel()
        self._apply(self.shown.given_up())

    def _copy(self, key: int) -> None:
        entry = self.shown.entry(key)
        if isinstance(entry, TurnShown):
            QGuiApplication.clipboard().setText(entry.as_text)

    def _repeat(self, key: int) -> None:
        entry = self.shown.entry(key)
        if isinstance(entry, TurnShown):
            turn_id = self._session.assistant.say(entry.reply.strip())
            self._apply(self.shown.read_again(turn_id, key))

    def _delete(self, key: int) -> None:
        entry = self.shown.entry(key)
        if entry is None:
            return
        self._apply(self.shown.delete(key))
        if isinstance(entry, TurnShown):
            self._keep(entry, is_kept=False)
        message, action = self.tr("The turn was deleted."), self.tr("Undo")
        undo = partial(self._restore, entry)
        self._session.trouble.emit(Trouble(UNDO, message, "", action, undo, is_notice=True))
        self._undo_over.start()

    def _restore(self, entry: EntryShown) -> None:
        self._apply(self.shown.restore(entry))
        if isinstance(entry, TurnShown):
            self._keep(entry, is_kept=True)

    def _keep(self, turn: TurnShown, *, is_kept: bool) -> None:
        """Have the history forget a turn, or remember it again."""
        if turn.past_key:
            self._session.run(partial(_keep_past, turn.past_key, is_kept=is_kept))
        elif is_kept:
            self._session.assistant.remember_turn(turn.turn_id)
        else:
            self._session.assistant.forget_turn(turn.turn_id)

    def _again(self, key: int) -> None:
        entry = self.shown.entry(key)
        if isinstance(entry, TurnShown):
            self._apply(self.shown.delete(key))
            self.ask(entry.question)

    # --- what comes -------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        self._apply(self.shown.take(event))

    def _asked(self, turn_id: int, text: str) -> None:
        self._apply(self.shown.typed(turn_id, text))

    def _begun(self, past: PastConversation | None) -> None:
        self._is_at_end = True
        self._earlier.hide()
        changes = self.shown.begin(past)
        self._apply([change for change in changes if isinstance(change, Removed)])
        self._add_last(self.shown.entries)
        self.show_welcome()
        self._session.trouble_over.emit(UNDO)

    def _apply(self, changes: list[Change]) -> None:
        for change in changes:
            match change:
                case Added(entry):
                    self._add(entry)
                case Changed(entry):
                    self._changed[entry.key] = entry
                    if not self._painting.isActive():
                        self._painting.start()
                case Removed(key):
                    self._changed.pop(key, None)
                    self._take_away(key)
        if changes:
            self.show_welcome()

    def _paint_changes(self) -> None:
        changed, self._changed = self._changed, {}
        for key, entry in changed.items():
            card = self._cards.get(key)
            if isinstance(card, TurnCard) and isinstance(entry, TurnShown):
                card.show_turn(entry)

    def _add(self, entry: EntryShown) -> None:
        """Make a card and put it where its key belongs."""
        card = self._card(entry)
        later = next((one for key, one in self._cards.items() if key > entry.key), None)
        at = self._list.count() - 1 if later is None else self._list.indexOf(later)
        self._list.insertWidget(at, card)
        self._cards[entry.key] = card
        if later is not None:
            self._cards = dict(sorted(self._cards.items()))
        elif len(self._cards) > MOST_CARDS:
            self._take_away(next(iter(self._cards)))
            self._earlier.show()

    def _add_last(self, entries: Sequence[EntryShown]) -> None:
        """Make the newest cards of a conversation that comes as a whole."""
        for entry in entries[-CARDS_AT_ONCE:]:
            self._add(entry)
        self._earlier.setVisible(len(entries) > CARDS_AT_ONCE)

    def _take_away(self, key: int) -> None:
        card = self._cards.pop(key, None)
        if card is not None:
            card.hide()
            self._list.removeWidget(card)
            card.deleteLater()

    def _card(self, entry: EntryShown) -> TurnCard | TimerCard:
        if isinstance(entry, TimerShown):
            timer = TimerCard(entry)
            timer.delete_wanted.connect(self._delete)
            return timer
        card = TurnCard(entry)
        card.copy_wanted.connect(self._copy)
        card.repeat_wanted.connect(self._repeat)
        card.delete_wanted.connect(self._delete)
        card.again_wanted.connect(self._again)
        return card

    def _show_earlier(self) -> None:
        """Make the cards before the first one, so many at a time."""
        self._is_at_end = False
        first = next(iter(self._cards), None)
        before = [entry for entry in self.shown.entries if first is None or entry.key < first]
        for entry in reversed(before[-CARDS_AT_ONCE:]):
            self._add(entry)
        self._earlier.setVisible(len(before) > CARDS_AT_ONCE)

    # --- the empty conversation -------------------------------------------------------------------------

    def show_welcome(self) -> None:
        """Greet while nothing was said yet."""
        wanted = not self.shown.entries
        if wanted and self._welcome is None:
            from ui.pages.first_run import Welcome

            is_starter = self._session.settings.set == "starter" and not self.welcome_is_over
            welcome = Welcome(is_starter=is_starter, spoken=self._session.settings.language)
            welcome.asked.connect(self.ask)
            welcome.models_wanted.connect(lambda: self._session.page_wanted.emit("settings/models"))
            welcome.understood.connect(self._understood)
            self._welcome = welcome
            self._list.insertWidget(1, welcome)
        if self._welcome is not None:
            self._welcome.setVisible(wanted)

    def _understood(self) -> None:
        from ui.pages.first_run import Welcome

        self.welcome_is_over = True
        self.understood.emit()
        if isinstance(self._welcome, Welcome):
            self._welcome.note.hide()

    # --- the newest in sight ----------------------------------------------------------------------------

    def _scrolled(self, value: int) -> None:
        self._is_at_end = value >= self.area.verticalScrollBar().maximum() - NEAR_PX

    def _follow(self, _lowest: int, highest: int) -> None:
        bar = self.area.verticalScrollBar()
        gone = bar.sizeHint().width() if highest else 0  # so that both columns keep one middle
        self._foot.setContentsMargins(0, 0, gone, Space.M)
        if self._is_at_end and self.shown.entries:
            bar.setValue(highest)


def _keep_past(key: str, *, is_kept: bool) -> None:
    from assistant.api.history import History

    history = History()
    (history.unhide_turn if is_kept else history.hide_turn)(key)


def _in_column(widget: QWidget) -> QWidget:
    """Return the widget in the middle of the page, not wider than a line should be."""
    outer = QWidget()
    row = QHBoxLayout(outer)
    row.setContentsMargins(Space.XL, 0, Space.XL, 0)
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    widget.setMaximumWidth(COLUMN_PX)
    return outer
