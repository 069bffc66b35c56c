"""The speaking stage: pieces of text in, audio out, while the thinker is still writing.

Owns the synthesiser. Does not cut text into pieces (`assistant.speech.chunker` does) and does not know
when audio may be heard (the receiver does).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from assistant.engines.base import Samples, Synthesizer
from assistant.metrics import SILENCE_AMPLITUDE, now_s
from assistant.speech.normalize import normalize
from assistant.worker.allocator import give_back
from assistant.worker.messages import SpeechChunk
from assistant.worker.scope import CancelScope, Heartbeat
from assistant.worker.stage import Send, Stage


@dataclass(slots=True)
class Speech:
    """One turn's speech on its way out; made by the thinking stage, filled in by the speaking stage.

    Attributes:
        done: set when every piece was spoken, failed, or became stale.
        first_s: when the first non-silent samples existed; None until then.
        error: what went wrong, if it did.
    """

    turn_id: int
    generation: int
    done: threading.Event = field(default_factory=threading.Event)
    first_s: float | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Text to be said at once; ``text`` None marks the end of the turn's speech."""

    speech: Speech
    text: str | None


class Speaking(Stage[Piece]):
    """Synthesises pieces in order; after a failure the turn's remaining pieces are skipped."""

    name = "tts"

    def __init__(
        self,
        synthesizer: Synthesizer,
        send: Send,
        scope: CancelScope,
        heartbeat: Heartbeat,
        language: Literal["en", "es"],
    ) -> None:
        super().__init__(send, scope, heartbeat)
        self._synthesizer = synthesizer
        self._language: Literal["en", "es"] = language
        self._computing = False

    @property
    def is_computing(self) -> bool:
        """Whether the voice is at work this moment; any thread may ask."""
        return self._computing

    def warm_up(self) -> None:
        """Load the number words now (20 to 180 ms), so that no turn waits for them; before start."""
        normalize("It is 5 o'clock.", self._language)

    def _handle(self, item: Piece) -> None:
        speech = item.speech
        if item.text is None:
            give_back()  # nobody waits now: the thinker is done, the user listens
            speech.done.set()
        elif speech.error is None and not self._scope.is_stale(speech.generation):
            self._computing = True
            try:
                self._speak(speech, item.text)
            except Exception as exc:  # noqa: BLE001 - the border where any engine's failure becomes data
                speech.error = exc
            finally:
                self._computing = False

    def _speak(self, speech: Speech, text: str) -> None:
        spoken = normalize(text, self._language)
        if not spoken:
            return
        label = text
        token = self._scope.token(speech.generation)
        for samples in self._synthesizer.synthesize(spoken, cancel=token):
            if token.cancelled:
                return
            self._heartbeat.tick()
            if speech.first_s is None and is_audible(samples):
                speech.first_s = now_s()
            self._send(
                SpeechChunk(
                    speech.turn_id,
                    speech.generation,
                    samples,
                    self._synthesizer.rate_hz,
                    label,
                )
            )
            label = ""


def is_audible(samples: Samples) -> bool:
    """Whether any sample is above the silence amplitude of `assistant.metrics`."""
    return bool(samples.size) and bool(np.max(np.abs(samples)) >= SILENCE_AMPLITUDE)
