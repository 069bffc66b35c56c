"""Past conversations as values: turns, conversations, and the title a conversation is given.

Owns their shape. Knows neither the file they are kept in (`store`) nor the events they come from (`folding`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal

from assistant.metrics import TurnTimings

Ending = Literal["finished", "interrupted", "failed"]

TITLE_CHARACTERS = 60
"""Longest title made from a question: what a list of some 300 pixels shows on two lines."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool was called in a turn; attributes as in `events.ToolUsed`."""

    name: str
    arguments: Mapping[str, object]
    result: Mapping[str, object]
    duration_ms: float


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A turn that is over.

    Attributes:
        key: unique everywhere and for ever.
        at: when it began, UTC, whole milliseconds.
        ending: how it ended; turns that were cancelled are not kept.
        heard: the part of the reply that was played, if it was interrupted; otherwise None.
        failure: what went wrong, one sentence; empty if nothing did.
        timings: its stamps are seconds since `at`.
        models: model name by role.
        set_name: the set of models in use.
    """

    key: str
    at: datetime
    ending: Ending
    transcript: str
    reply: str = ""
    heard: str | None = None
    failure: str = ""
    tools: tuple[ToolCall, ...] = ()
    timings: TurnTimings = field(default_factory=TurnTimings)
    models: Mapping[str, str] = field(default_factory=dict)
    set_name: str = ""

    @property
    def answer(self) -> str:
        """What the person heard: the whole reply, or the part before it was interrupted."""
        return self.reply if self.heard is None else self.heard


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """A conversation as one line of a list.

    Attributes:
        id: of this file; never used again.
        key: unique everywhere and for ever.
        started_at: when its first turn began, UTC.
        updated_at: when its newest turn began, UTC.
        turn_count: how many turns it has.
    """

    id: int
    key: str
    title: str
    started_at: datetime
    updated_at: datetime
    turn_count: int


@dataclass(frozen=True, slots=True)
class PastConversation:
    """A conversation with all its turns, oldest first."""

    line: ConversationLine
    turns: tuple[PastTurn, ...]

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return (question, what was heard of the answer) of every turn that got an answer."""
        return tuple((turn.transcript, turn.answer) for turn in self.turns if turn.answer)


def title_from(question: str) -> str:
    """Return the first words of a question, at most `TITLE_CHARACTERS`, beginning with a capital."""
    text = " ".join(question.split())
    if len(text) > TITLE_CHARACTERS:
        cut = text[: TITLE_CHARACTERS - 1]
        head, space, _rest = cut.rpartition(" ")
        text = (head if space else cut).rstrip(" ,;:.-") + "…"
    return text[:1].upper() + text[1:]


def storable(text: str) -> str:
    """Return the text as every file and program takes it: composed, without controls or half characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", _CONTROLS.sub(" ", whole))


def stamps(timings: TurnTimings, start_s: float = 0.0) -> dict[str, float | int | None]:
    """Return the fields of the timings, moments as seconds since `start_s`, to the microsecond."""
    values = {each.name: getattr(timings, each.name) for each in fields(timings)}
    for name in MOMENTS:
        if values[name] is not None:
            values[name] -= start_s
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in values.items()
    }


MOMENTS = (
    "last_speech",
    "soft_end",
    "endpoint",
    "stt_done",
    "prompt_done",
    "first_token",
    "first_piece",
    "tts_first",
    "first_audio",
    "finished",
)
"""The fields of `TurnTimings` that are moments on the clock, not durations or counts."""


def timings_from(values: Mapping[str, object]) -> TurnTimings:
    """Return the timings of which `stamps` made these values; names it does not know are left out."""
    known = {each.name for each in fields(TurnTimings)}
    numbers = {
        name: value
        for name, value in values.items()
        if name in known and (value is None or isinstance(value, int | float))
    }
    return TurnTimings(**numbers)  # type: ignore[arg-type]  # counts were written as counts
