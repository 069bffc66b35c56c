"""The hearing stage: microphone samples in, transcripts out, and the turn handed on to thinking.

Owns the recogniser and the open utterance. Does not decide when the user is done: it is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from assistant.engines.base import Recognizer, RecognizerStream, Samples
from assistant.metrics import TurnTimings, now_s
from assistant.worker.messages import (
    Cancel,
    EndJudged,
    EndUtterance,
    OpenUtterance,
    PartialTranscript,
    Transcript,
    TurnAudio,
    TurnDone,
    TurnStopped,
)
from assistant.worker.scope import CancelScope, Heartbeat
from assistant.worker.stage import Send, Stage

JudgeEnd = Callable[[Samples], float]
"""Returns how likely the user has finished after these samples (float32, shape (n,), mono, 16 kHz)."""

logger = logging.getLogger(__name__)

HearingItem = OpenUtterance | TurnAudio | EndUtterance | Cancel


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn's question, from speech or keyboard, on its way to the thinker."""

    turn_id: int
    generation: int
    text: str
    timings: TurnTimings


@dataclass(slots=True)
class _Utterance:
    turn_id: int
    generation: int
    reply: bool
    stream: RecognizerStream
    compute_s: float = 0.0
    audio: list[Samples] = field(default_factory=list)


class Hearing(Stage[HearingItem]):
    """Recognises one utterance at a time; a new one replaces an unfinished one.

    Args:
        on_heard: takes each finished, non-empty utterance that wants a reply; None if nobody replies.
        judge_end: asked once an utterance, when its question is on its way; None where nobody can tell.
    """

    name = "stt"

    def __init__(
        self,
        recognizer: Recognizer,
        send: Send,
        scope: CancelScope,
        heartbeat: Heartbeat,
        *,
        on_heard: Callable[[Heard], None] | None,
        judge_end: JudgeEnd | None = None,
    ) -> None:
        super().__init__(send, scope, heartbeat)
        self._recognizer = recognizer
        self._on_heard = on_heard
        self._judge_end = judge_end
        self._utterance: _Utterance | None = None

    def _handle(self, item: HearingItem) -> None:
        if isinstance(item, Cancel):
            self._drop_if_stale()
            return
        try:
            match item:
                case OpenUtterance():
                    self._open(item)
                case TurnAudio():
                    self._take(item)
                case EndUtterance():
                    self._finish(item)
        except Exception as exc:  # noqa: BLE001 - the border where any engine's failure becomes data
            self._forget()
            self._fail(item.turn_id, item.generation, exc)

    def _open(self, item: OpenUtterance) -> None:
        if self._utterance is not None:
            self._stop_utterance(self._utterance)
        if self._scope.is_stale(item.generation):
            self._send(TurnStopped(item.turn_id, item.generation))
            return
        stream = self._recognizer.open()
        self._utterance = _Utterance(item.turn_id, item.generation, item.reply, stream)

    def _take(self, item: TurnAudio) -> None:
        utterance = self._current(item.generation)
        if utterance is None or self._drop_if_stale():
            return
        started = now_s()
        if self._judge_end is not None:
            utterance.audio.append(item.samples)
        partial = utterance.stream.feed(item.samples)
        utterance.compute_s += now_s() - started
        if partial is not None:
            self._send(PartialTranscript(item.turn_id, item.generation, partial))

    def _finish(self, item: EndUtterance) -> None:
        utterance = self._current(item.generation)
        if utterance is None or self._drop_if_stale():
            return
        started = now_s()
        heard = utterance.stream.finish()
        done = now_s()
        self._utterance = None
        timings = TurnTimings(
            last_speech=item.last_speech,
            endpoint=item.endpoint,
            stt_done=done,
            stt_compute_ms=(utterance.compute_s + done - started) * 1000.0,
        )
        text = heard.text.strip()
        self._send(Transcript(item.turn_id, item.generation, text, heard.confidence))
        if text and utterance.reply and self._on_heard is not None:
            self._on_heard(Heard(item.turn_id, item.generation, text, timings))
            self._judge(utterance)
        else:
            self._send(TurnDone(item.turn_id, item.generation, text, "", (), timings))

    def _judge(self, utterance: _Utterance) -> None:
        if self._judge_end is None or not utterance.audio:
            return
        try:
            probability = self._judge_end(np.concatenate(utterance.audio))
        except Exception:
            # The words alone decide then; a turn must not fail for want of a second opinion.
            logger.warning("Smart Turn failed and is not asked again", exc_info=True)
            self._judge_end = None
        else:
            self._send(EndJudged(utterance.turn_id, utterance.generation, probability))

    def _current(self, generation: int) -> _Utterance | None:
        utterance = self._utterance
        return utterance if utterance and utterance.generation == generation else None

    def _drop_if_stale(self) -> bool:
        utterance = self._utterance
        if utterance is None or not self._scope.is_stale(utterance.generation):
            return False
        self._stop_utterance(utterance)
        return True

    def _stop_utterance(self, utterance: _Utterance) -> None:
        self._forget()
        self._send(TurnStopped(utterance.turn_id, utterance.generation))

    def _forget(self) -> None:
        if self._utterance is not None:
            self._utterance.stream.cancel()
            self._utterance = None
