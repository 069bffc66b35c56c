"""A recording as the microphone would have delivered it to a turn: from just before the speech to just after.

Owns the trimming of recordings for `ask` and the benches. The live segmenter does the same on a stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.bounds import speech_bounds
from assistant.audio.files import AudioClip, read_audio

RATE_HZ = 16_000
PRE_ROLL_S = 0.3
"""Audio kept before the first speech frame: quiet first consonants start before any VAD says so."""

TAIL_S = 0.2
"""Audio kept after the last speech frame, so that final stops and fricatives are whole; it also stands for
the time a person takes to let go of the talk key."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechFile:
    """Speech from a file.

    Attributes:
        samples: float32, shape (n,), mono, 16 kHz, trimmed.
        speech_end: index in ``samples`` after the last sample of speech.
        seconds: length of the whole file.
        has_speech: whether anything in it is like speech; recognisers hear words in noise, so callers
            should not ask them where this is False.
    """

    samples: NDArray[np.float32]
    speech_end: int
    seconds: float
    has_speech: bool


def read_speech(path: Path) -> SpeechFile:
    """Read and trim a recording; raises AudioError as :func:`read_audio` does."""
    return trim(read_audio(path, RATE_HZ))


def trim(clip: AudioClip) -> SpeechFile:
    """Cut a 16 kHz clip to its speech; one without speech is kept whole."""
    samples = clip.samples
    bounds = speech_bounds(samples, RATE_HZ)
    if bounds is None:
        return SpeechFile(samples, samples.size, clip.seconds, has_speech=False)
    first, last = bounds
    start = max(0, first - int(PRE_ROLL_S * RATE_HZ))
    stop = min(samples.size, last + int(TAIL_S * RATE_HZ))
    return SpeechFile(samples[start:stop], last - start, clip.seconds, has_speech=True)
