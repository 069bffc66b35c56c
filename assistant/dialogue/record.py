"""One turn as a whole, put together from its events: for commands, benches and tests.

Owns the sum of a turn's events. Does not wait or time anything itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from assistant.engines.base import Samples
from assistant.errors import AssistantError, TurnError, WorkerError
from assistant.events import (
    Event,
    ReplyAudio,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
)
from assistant.metrics import TurnTimings


@dataclass(slots=True)
class TurnRecord:
    """What came of one turn.

    Attributes:
        transcript: what was heard or typed.
        reply: the answer text.
        tools: calls made, with results, in order.
        pieces: reply audio in order, float32 mono at ``rate_hz``.
        rate_hz: 0 until audio arrives.
        timings: final only after TurnFinished.
        failure: why the turn failed; None if it did not.
        cancelled: whether it was cancelled.
        heard: what was heard of a reply that was interrupted; None if it was not.
        is_over: whether no more events of this turn follow.
    """

    turn_id: int
    transcript: str = ""
    reply: str = ""
    tools: list[ToolUsed] = field(default_factory=list)
    pieces: list[Samples] = field(default_factory=list)
    rate_hz: int = 0
    timings: TurnTimings = field(default_factory=TurnTimings)
    failure: AssistantError | None = None
    cancelled: bool = False
    heard: str | None = None
    is_over: bool = False

    @property
    def audio(self) -> Samples:
        """All reply audio, float32, shape (n,)."""
        if not self.pieces:
            return np.zeros(0, np.float32)
        return np.concatenate(self.pieces)

    @property
    def audio_s(self) -> float:
        """Seconds of reply audio."""
        return self.audio.size / self.rate_hz if self.rate_hz else 0.0

    def add(self, event: Event) -> None:
        """Take in an event; those of other turns are ignored."""
        if getattr(event, "turn_id", None) != self.turn_id:
            return
        match event:
            case TranscriptUpdated():
                self.transcript = event.text
            case ReplyUpdated():
                self.reply += event.delta
            case ToolUsed():
                self.tools.append(event)
            case ReplyAudio():
                self.pieces.append(event.samples)
                self.rate_hz = event.rate_hz
            case TurnFinished():
                self.timings = event.timings
                self.is_over = True
            case TurnInterrupted():
                self.timings = event.timings
                self.heard = event.heard
                self.is_over = True
            case TurnCancelled():
                self.cancelled = self.is_over = True
            case TurnFailed():
                self.failure = _error(event)
                self.is_over = True
            case _:
                pass


def _error(event: TurnFailed) -> AssistantError:
    if event.stage == "worker":
        return WorkerError(event.code, event.message, event.hint)
    return TurnError(event.stage, event.code, event.message, event.hint)
