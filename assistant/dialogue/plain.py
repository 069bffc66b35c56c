"""Turns without devices: each is begun, fed and ended by the caller, and its audio goes to the caller.

Owns the turns of `ask`, `transcribe`, `say` and the benches. Several may be under way; the worker takes
them in order. A live conversation has other rules: `assistant.dialogue.live`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from assistant.dialogue.inbox import ToolAnswered
from assistant.dialogue.outside import Outside, TurnMessage
from assistant.events import (
    ReplyAudio,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnStarted,
)
from assistant.metrics import SILENCE_AMPLITUDE, now_s
from assistant.worker.messages import (
    AskText,
    Cancel,
    EndJudged,
    EndUtterance,
    OpenUtterance,
    PartialTranscript,
    ReplyText,
    SpeakText,
    SpeechChunk,
    StageFailed,
    ToolRequested,
    Transcript,
    TurnAudio,
    TurnDone,
    TurnStopped,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Turn:
    turn_id: int
    generation: int
    is_typed: bool
    first_audio: float | None = None


class PlainTurns:
    """The turns under way, oldest first; a turn's generation is its id."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._turns: dict[int, _Turn] = {}

    @property
    def is_idle(self) -> bool:
        """Whether no turn is under way."""
        return not self._turns

    @property
    def has_typed(self) -> bool:
        """Whether one is under way that needs no more from the caller: it will end by itself."""
        return any(turn.is_typed for turn in self._turns.values())

    def begin(self, turn_id: int, request: AskText | OpenUtterance | SpeakText) -> None:
        """Somebody asks, begins to speak, or wants something said."""
        self._turns[turn_id] = _Turn(turn_id, turn_id, not isinstance(request, OpenUtterance))
        self._outside.on_event(TurnStarted(turn_id))
        lost = self._outside.line.given_up
        if lost is not None:
            self.worker_lost(lost.code, lost.message, lost.hint)
            return
        if isinstance(request, AskText):
            self._outside.on_event(TranscriptUpdated(turn_id, request.text, is_final=True))
        self._outside.line.send(request)

    def hear(self, item: TurnAudio | EndUtterance) -> None:
        """Pass the caller's audio on, if its turn is still wanted."""
        if item.generation in self._turns:
            self._outside.line.send(item)

    def cancel(self) -> None:
        """Cancel every turn; the worker answers each with TurnStopped, or TurnDone."""
        if not self._turns:
            return
        if self._outside.line.is_ready:
            self._outside.line.send(Cancel(max(self._turns)))
        else:
            self._outside.line.forget_waiting()
            self.close()

    def close(self) -> None:
        """Forget every turn; each is told as cancelled."""
        for turn in self._take_all():
            self._outside.on_event(TurnCancelled(turn.turn_id))

    def worker_said(self, message: TurnMessage) -> None:
        """Take what the worker says of a turn."""
        match message:
            case TurnDone():
                self._done(message)
            case TurnStopped():
                if self._turns.pop(message.generation, None) is not None:
                    self._outside.on_event(TurnCancelled(message.turn_id))
            case StageFailed():
                self._failed(message)
            case ToolRequested():
                self._outside.run_tool(message)
            case EndJudged():
                pass  # the caller has said where the end is
            case PartialTranscript() | Transcript() | ReplyText() | SpeechChunk():
                if (turn := self._turns.get(message.generation)) is not None:
                    self._progress(turn, message)

    def tool_answered(self, answered: ToolAnswered) -> bool:
        """Tell of a tool call; returns whether its turn still wants the answer."""
        requested = answered.requested
        if requested.generation not in self._turns:
            return False
        self._outside.on_event(
            ToolUsed(
                requested.turn_id,
                requested.name,
                requested.arguments,
                answered.result,
                answered.duration_ms,
            )
        )
        return True

    def worker_lost(self, code: str, message: str, hint: str) -> None:
        """End every turn: nobody works on them any more."""
        for turn in self._take_all():
            self._outside.on_event(TurnFailed(turn.turn_id, "worker", code, message, hint))

    def _progress(
        self, turn: _Turn, message: PartialTranscript | Transcript | ReplyText | SpeechChunk
    ) -> None:
        emit = self._outside.on_event
        match message:
            case PartialTranscript():
                emit(TranscriptUpdated(turn.turn_id, message.text, is_final=False))
            case Transcript():
                emit(TranscriptUpdated(turn.turn_id, message.text, is_final=True))
            case ReplyText():
                emit(ReplyUpdated(turn.turn_id, message.delta))
            case SpeechChunk():
                samples = message.samples
                samples.flags.writeable = False
                emit(ReplyAudio(turn.turn_id, samples, message.rate_hz, message.text))
                audible = samples.size and bool((abs(samples) >= SILENCE_AMPLITUDE).any())
                if turn.first_audio is None and audible:
                    turn.first_audio = now_s()

    def _done(self, message: TurnDone) -> None:
        self._outside.history.add_turn(message.messages)
        turn = self._turns.pop(message.generation, None)
        if turn is None:
            return
        timings = replace(message.timings, first_audio=turn.first_audio, finished=now_s())
        self._outside.on_event(
            TurnFinished(message.turn_id, message.transcript, message.reply, timings)
        )

    def _failed(self, message: StageFailed) -> None:
        logger.warning("%s: %s\n%s", message.stage, message.message, message.traceback_text)
        if self._turns.pop(message.generation, None) is not None:
            self._outside.on_event(
                TurnFailed(
                    message.turn_id, message.stage, message.code, message.message, message.hint
                )
            )

    def _take_all(self) -> list[_Turn]:
        turns = list(self._turns.values())
        self._turns.clear()
        return turns
