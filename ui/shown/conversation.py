"""The conversation as it is shown: events in, entries out.

Owns what stands in the conversation and in what state. Paints nothing and asks nothing of the assistant;
`ui.pages.conversation` does both.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from assistant.events import (
    Event,
    ReplyStarted,
    ReplyUpdated,
    TimerDue,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnCommitted,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
)
from assistant.metrics import TurnTimings

if TYPE_CHECKING:
    from assistant.api.history import PastConversation, PastTurn


class TurnState(Enum):
    """Where a turn is."""

    LISTENING = "listening"
    THINKING = "thinking"
    ANSWERING = "answering"
    SPEAKING = "speaking"
    DONE = "done"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more of the turn follows."""
        return self in {self.DONE, self.INTERRUPTED, self.CANCELLED, self.FAILED}


@dataclass(frozen=True, slots=True)
class TurnShown:
    """One turn.

    Attributes:
        key: its number in this conversation.
        turn_id: the assistant's; 0 while the question waits for an assistant.
        began: when it appeared, on the wall clock.
        is_typed: the question was typed; otherwise it was spoken, or there is none.
        question: what was said, as far as it is known.
        is_final: the question will not change any more.
        reply: the answer so far.
        heard: how much of the answer was heard before it was cut short; None if it was not.
        tools: calls made, in order.
        failure: one sentence, and what to do; empty if it did not fail.
        timings: once it is over.
        is_read_again: its answer is being repeated aloud.
        past_key: its name in the history, if it was said in an earlier conversation.
    """

    key: int
    turn_id: int
    began: datetime
    is_typed: bool = False
    question: str = ""
    is_final: bool = False
    reply: str = ""
    heard: str | None = None
    tools: tuple[ToolUsed, ...] = ()
    state: TurnState = TurnState.LISTENING
    failure: tuple[str, str] = ("", "")
    timings: TurnTimings | None = None
    is_read_again: bool = False
    past_key: str = ""

    @property
    def reply_parts(self) -> tuple[str, str]:
        """The answer as heard, and what was cut off."""
        if self.heard is None:
            return self.reply, ""
        end = heard_length(self.reply, self.heard)
        return self.reply[:end], self.reply[end:]

    @property
    def can_ask_again(self) -> bool:
        """Whether the question did not get its answer and may be asked as text."""
        return self.state in {TurnState.FAILED, TurnState.CANCELLED} and bool(self.question)

    @property
    def as_text(self) -> str:
        """Question and answer for the clipboard; of an answer cut short, what was heard."""
        return "\n".join(part for part in (self.question, self.reply_parts[0].strip()) if part)


@dataclass(frozen=True, slots=True)
class TimerShown:
    """A timer that ran out; ``name`` may be empty."""

    key: int
    began: datetime
    name: str
    duration_s: float


EntryShown = TurnShown | TimerShown


@dataclass(frozen=True, slots=True)
class Added:
    """A new entry, in the order of the keys."""

    entry: EntryShown


@dataclass(frozen=True, slots=True)
class Changed:
    """The entry with this key is now this."""

    entry: EntryShown


@dataclass(frozen=True, slots=True)
class Removed:
    """The entry with this key is gone."""

    key: int


Change = Added | Changed | Removed


def _now() -> datetime:
    return datetime.now().astimezone()


class ConversationShown:
    """The entries, oldest first; each method returns what it changed.

    Args:
        now: the wall clock.
    """

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now
        self._keys = itertools.count(1)
        self._entries: dict[int, EntryShown] = {}
        self._by_turn: dict[int, int] = {}
        self._unseen: dict[int, TurnShown] = {}  # turns of which there is nothing to see yet
        self._aloud: dict[int, int] = {}  # turns that only say something again → key of its entry

    @property
    def entries(self) -> tuple[EntryShown, ...]:
        """All entries, oldest first."""
        return tuple(self._entries.values())

    def entry(self, key: int) -> EntryShown | None:
        """Return an entry, if it is still there."""
        return self._entries.get(key)

    # --- what the person does ---------------------------------------------------------------------------

    def typed(self, turn_id: int, text: str) -> list[Change]:
        """A question was typed; ``turn_id`` is 0 while there is no assistant to answer it."""
        waiting = next((turn for turn in self._turns() if _waits(turn, text)), None)
        if turn_id and waiting is not None:
            self._by_turn[turn_id] = waiting.key
            return self._put(replace(waiting, turn_id=turn_id))
        turn = self._new(turn_id)
        turn = replace(turn, is_typed=True, question=text, is_final=True, state=TurnState.THINKING)
        return self._put(turn)

    def read_again(self, turn_id: int, key: int) -> list[Change]:
        """The answer of entry ``key`` is said again by turn ``turn_id``."""
        entry = self._entries.get(key)
        if not turn_id or not isinstance(entry, TurnShown):
            return []
        self._aloud[turn_id] = key
        return self._put(replace(entry, is_read_again=True))

    def delete(self, key: int) -> list[Change]:
        """The entry is not to be seen any more; what still comes of it is ignored."""
        if self._entries.pop(key, None) is None:
            return []
        return [Removed(key)]

    def restore(self, entry: EntryShown) -> list[Change]:
        """The entry was deleted by mistake: it is back in its place."""
        self._put(entry)
        self._entries = dict(sorted(self._entries.items()))
        return [Added(entry)]

    def begin(self, past: PastConversation | None = None) -> list[Change]:
        """Another conversation, of which these turns are known already; none of the former is seen."""
        changes: list[Change] = [Removed(key) for key in self._entries]
        self._entries.clear()
        for turn in past.turns if past is not None else ():
            changes += self._put(past_turn(next(self._keys), turn))
        return changes

    def given_up(self) -> list[Change]:
        """The questions that waited for an assistant are taken back."""
        waiting = [turn for turn in self._turns() if not turn.turn_id and not turn.state.is_over]
        return [
            change
            for turn in waiting
            for change in self._put(replace(turn, state=TurnState.CANCELLED))
        ]

    # --- what the assistant says ------------------------------------------------------------------------

    def take(self, event: Event) -> list[Change]:
        """Take an event; most change one entry or none."""
        if isinstance(event, TimerDue):
            return self._put(
                TimerShown(next(self._keys), self._now(), event.name, event.duration_s)
            )
        turn_id: int | None = getattr(event, "turn_id", None)
        if turn_id is None:
            return []
        if turn_id in self._aloud:
            return self._take_aloud(turn_id, event)
        key = self._by_turn.get(turn_id)
        if key is not None and key not in self._entries:
            return []  # deleted
        known = self._entries[key] if key is not None else self._unseen.get(turn_id)
        turn = known if isinstance(known, TurnShown) else self._new(turn_id)
        after = folded(turn, event)
        if after is turn and key is not None:
            return []
        if key is None and not _is_worth_seeing(after):
            if after.state.is_over:
                self._unseen.pop(turn_id, None)
            else:
                self._unseen[turn_id] = after
            return []
        self._unseen.pop(turn_id, None)
        if after.state.is_over and not _is_worth_seeing(after):
            return self.delete(after.key)
        return self._put(after)

    def _take_aloud(self, turn_id: int, event: Event) -> list[Change]:
        if not isinstance(event, TurnFinished | TurnInterrupted | TurnCancelled | TurnFailed):
            return []
        entry = self._entries.get(self._aloud.pop(turn_id))
        return (
            self._put(replace(entry, is_read_again=False)) if isinstance(entry, TurnShown) else []
        )

    def _new(self, turn_id: int) -> TurnShown:
        return TurnShown(next(self._keys), turn_id, self._now())

    def _turns(self) -> list[TurnShown]:
        return [entry for entry in self._entries.values() if isinstance(entry, TurnShown)]

    def _put(self, entry: EntryShown) -> list[Change]:
        is_new = entry.key not in self._entries
        self._entries[entry.key] = entry
        if isinstance(entry, TurnShown) and entry.turn_id:
            self._by_turn[entry.turn_id] = entry.key
        return [Added(entry) if is_new else Changed(entry)]


def _waits(turn: TurnShown, text: str) -> bool:
    return not turn.turn_id and not turn.state.is_over and turn.question == text


def _is_worth_seeing(turn: TurnShown) -> bool:
    """Whether there is something to read; a click before a word must not make a card flicker.

    What is said without a question is no turn of the conversation: an answer said again, the announcement
    of a timer, which has a card of its own.
    """
    return bool(turn.question or turn.failure[0])


def folded(turn: TurnShown, event: Event) -> TurnShown:  # noqa: PLR0911 - one line for each event
    """Return the turn after an event of its own; pure."""
    if turn.state.is_over:
        return turn
    match event:
        case TurnStarted():
            return turn
        case TranscriptUpdated():
            return replace(turn, question=event.text, is_final=event.is_final)
        case TurnCommitted():
            return replace(turn, is_final=True, state=TurnState.THINKING)
        case ToolUsed():
            return replace(turn, tools=(*turn.tools, event))
        case ReplyUpdated():
            state = turn.state if turn.state is TurnState.SPEAKING else TurnState.ANSWERING
            return replace(turn, reply=turn.reply + event.delta, state=state)
        case ReplyStarted():
            return replace(turn, state=TurnState.SPEAKING)
        case TurnFinished():
            return replace(
                turn,
                question=event.transcript or turn.question,
                is_final=True,
                reply=event.reply or turn.reply,
                state=TurnState.DONE,
                timings=event.timings,
            )
        case TurnInterrupted():
            return replace(
                turn,
                question=event.transcript or turn.question,
                is_final=True,
                reply=event.reply or turn.reply,
                heard=event.heard,
                state=TurnState.INTERRUPTED,
                timings=event.timings,
            )
        case TurnCancelled():
            return replace(turn, state=TurnState.CANCELLED)
        case TurnFailed():
            return replace(turn, state=TurnState.FAILED, failure=(event.message, event.hint))
        case _:
            return turn


def past_turn(key: int, past: PastTurn) -> TurnShown:
    """Return a turn of the history as it was shown when it happened."""
    states = {"finished": TurnState.DONE, "interrupted": TurnState.INTERRUPTED}
    used = (ToolUsed(0, t.name, t.arguments, t.result, t.duration_ms) for t in past.tools)
    return TurnShown(
        key,
        0,
        past.at.astimezone(),
        question=past.transcript,
        is_final=True,
        reply=past.reply,
        heard=past.heard,
        tools=tuple(used),
        state=states.get(past.ending, TurnState.FAILED),
        failure=(past.failure, ""),
        timings=past.timings if past.ending != "failed" else None,
        past_key=past.key,
    )


def heard_length(reply: str, heard: str) -> int:
    """Return how many characters of the reply were heard; pure.

    What was heard is given as words with single spaces between them, so words are counted.
    """
    words = len(heard.split())
    if words == 0:
        return 0
    ends = [found.end() for found in re.finditer(r"\S+", reply)]
    return ends[words - 1] if words <= len(ends) else len(reply)
