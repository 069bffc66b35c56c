"""What the listener tells the conversation, in the order it happens.

Plain values; positions (`*_at`) are sample indices at 16 kHz since the microphone was opened, times
(`*_s`) are seconds on :func:`assistant.metrics.now_s`. Nothing here decides what a turn is: the
conversation thread does.

One stretch of speech is reported as

    SpeechBegan, SpeechHeard*, (Paused+, SpeechResumed, SpeechHeard*)*, Paused*, SpeechEnded

with SpeechHeard between the Paused, too. While a talk key holds the microphone open the same reports
come, without pauses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
"""Rate of everything that listens: webrtcvad, Silero and every recogniser of the catalogue take it."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechBegan:
    """A person begins to speak, or holds the talk key.

    Attributes:
        samples: what was heard so far, the pre-roll first: float32, shape (n,), mono, 16 kHz. May repeat
            the silence at the end of the stretch before, never its speech.
        start_at: position of the first of these samples.
        onset_s: when the speech (not the pre-roll) began.
    """

    samples: NDArray[np.float32]
    start_at: int
    onset_s: float


@dataclass(frozen=True, slots=True, eq=False)
class SpeechHeard:
    """More of it, gapless; also comes while paused, so that a recogniser may hear the silence.

    Attributes:
        samples: float32, shape (n,), mono, 16 kHz.
        speech_ms: how long somebody has been speaking since SpeechBegan: from the first likely frame before
            the onset on, gaps shorter than the soft end included, pauses not.
    """

    samples: NDArray[np.float32]
    speech_ms: float


@dataclass(frozen=True, slots=True)
class Paused:
    """No speech now; sent with every frame of the pause from the soft end on.

    Attributes:
        last_speech_s: when the last speech before the pause ended.
        silence_ms: how long the pause has lasted.
        speech_ms: speech since SpeechBegan, as in :class:`SpeechHeard`.
    """

    last_speech_s: float
    silence_ms: float
    speech_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class SpeechResumed:
    """Speech again within the same stretch; SpeechHeard has carried every sample meanwhile.

    Attributes:
        onset_s: when it began again.
        samples: the last of what was heard, the pre-roll first, should this be the start of a new turn;
            never reaches back before the last speech.
    """

    onset_s: float
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The stretch is closed: nothing more of it comes.

    Attributes:
        reason: ``silence`` (longer than any hangover), ``max_length``, ``too_short`` (it was no speech
            after all; drop the turn), ``key_up`` (the talk key was let go: this is the endpoint) or
            ``lost`` (the microphone is gone, or was muted).
        last_speech_s: when the last speech ended; None if there was none.
    """

    reason: str
    last_speech_s: float | None


Report = SpeechBegan | SpeechHeard | Paused | SpeechResumed | SpeechEnded
