"""What the user has said in the turn being spoken: its audio, when it ended, how much speech it is.

Owns these facts; decides nothing. Used by the conversation thread only.
"""

from __future__ import annotations

from assistant.engines.base import Samples
from assistant.listening.segmenter import SHORTEST_SPEECH_MS


class UserSpeech:
    """The turn being spoken, every revision of it.

    Attributes:
        audio: all of it, to be recognised again when the user goes on after a pause.
        last_speech_s: when the speech last ended; None before the first pause.
    """

    def __init__(self) -> None:
        self.audio: list[Samples] = []
        self.last_speech_s: float | None = None
        self._in_stretch_ms = 0.0
        self._before_ms = 0.0

    def begin(self, samples: Samples, *, within_stretch: bool) -> None:
        """Begin anew; ``within_stretch`` when an earlier turn had the stretch's beginning."""
        self.audio, self.last_speech_s = [samples], None
        self._before_ms = self._in_stretch_ms if within_stretch else 0.0

    def add(self, samples: Samples) -> None:
        """Add what is heard."""
        self.audio.append(samples)

    def spoken(self, in_stretch_ms: float) -> None:
        """Take note of the speech in the stretch so far."""
        self._in_stretch_ms = in_stretch_ms

    def forget(self) -> None:
        """Drop the audio: it is nobody's turn any more."""
        self.audio = []

    @property
    def is_a_click(self) -> bool:
        """Whether a turn that began within a stretch has too little speech to be any.

        The segmenter looks only at whole stretches.
        """
        return self._before_ms > 0 and self._in_stretch_ms - self._before_ms < SHORTEST_SPEECH_MS
