"""Events, one by one, become turns that are over.

Owns what of a turn is kept: not its sound, and nothing of a turn that was cancelled or had no question (a
text only read aloud, a timer that rang). Knows no file and no thread; a few dictionary operations an event.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from assistant.events import (
    Event,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
    WorkerReady,
)
from assistant.history.past import PastTurn, ToolCall, stamps, timings_from
from assistant.metrics import now_s


def utc_now() -> datetime:
    """Return the time of day, UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Open:
    """A turn that goes on."""

    at: datetime
    at_s: float
    conversation: int
    transcript: str = ""
    reply: list[str] = field(default_factory=list)
    tools: list[ToolCall] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Over:
    """A turn that is over, and the number of the conversation it was begun in."""

    turn: PastTurn
    conversation: int


class Folding:
    """Puts turns together from their events; used by one thread.

    A turn counts from its `TurnStarted`; of one that began before this looked, nothing is known.

    Args:
        clock: the time of day, UTC.
        monotonic: seconds on the clock of the turns' stamps.

    Attributes:
        set_name: of the models in use.
        conversation: number of the one that turns are begun in now.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = now_s,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._open: dict[int, _Open] = {}
        self._models: Mapping[str, str] = {}
        self.set_name = ""
        self.conversation = 0

    def take(self, event: Event) -> Over | None:
        """Take an event; returns the turn that is over with it, if it is one to keep."""
        match event:
            case WorkerReady():
                self._models = dict(event.models)
            case TurnStarted():
                self._open[event.turn_id] = self._begun()
            case TranscriptUpdated() | ReplyUpdated() | ToolUsed():
                self._goes_on(event)
            case TurnFinished() | TurnInterrupted() | TurnFailed():
                return self._over(event)
            case TurnCancelled():
                self._open.pop(event.turn_id, None)
            case _:
                pass
        return None

    def forget(self) -> None:
        """Drop the turns that go on."""
        self._open.clear()

    def _begun(self) -> _Open:
        now = self._clock()
        whole_ms = now.microsecond // 1000 * 1000
        return _Open(now.replace(microsecond=whole_ms), self._monotonic(), self.conversation)

    def _goes_on(self, event: TranscriptUpdated | ReplyUpdated | ToolUsed) -> None:
        begun = self._open.get(event.turn_id)
        if begun is None:
            return
        match event:
            case TranscriptUpdated():
                begun.transcript = event.text
            case ReplyUpdated():
                begun.reply.append(event.delta)
            case ToolUsed():
                begun.tools.append(
                    ToolCall(event.name, event.arguments, event.result, event.duration_ms)
                )

    def _over(self, event: TurnFinished | TurnInterrupted | TurnFailed) -> Over | None:
        begun = self._open.pop(event.turn_id, None)
        if begun is None:
            return None
        turn = PastTurn(
            key=uuid.uuid4().hex,
            at=begun.at,
            ending="failed",
            transcript=begun.transcript,
            reply="".join(begun.reply),
            tools=tuple(begun.tools),
            models=self._models,
            set_name=self.set_name,
        )
        match event:
            case TurnFailed():
                turn = replace(turn, failure=event.message)
            case TurnFinished() | TurnInterrupted():
                turn = replace(
                    turn,
                    ending="finished",
                    transcript=event.transcript,
                    reply=event.reply,
                    timings=timings_from(stamps(event.timings, begun.at_s)),
                )
        if isinstance(event, TurnInterrupted):
            turn = replace(turn, ending="interrupted", heard=event.heard)
        return Over(turn, begun.conversation) if turn.transcript.strip() else None
