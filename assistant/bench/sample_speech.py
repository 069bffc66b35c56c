"""A few seconds of speech without a recording: eSpeak NG says a sentence, at the recognisers' rate.

Owns that clip. It is for timing and memory only; what a recogniser understands is asked of people's voices.
"""

from __future__ import annotations

import numpy as np

from assistant.engines.base import CancelToken, Samples
from assistant.engines.resampling import resampled

RATE_HZ = 16_000

SENTENCE = (
    "Please set a timer for twenty five minutes and then tell me what the weather will be like in London"
    " tomorrow morning before ten."
)


def sample_speech(seconds: float) -> Samples:
    """Return speech, float32, mono, 16 kHz, of exactly this length (at most about six seconds are speech).

    Raises:
        ModelError: eSpeak NG does not load.
    """
    from assistant.engines.espeak import EspeakSynthesizer

    voice = EspeakSynthesizer("en-us", 165, 50)
    try:
        spoken = voice.synthesize(SENTENCE, cancel=CancelToken())
        wave = np.concatenate(list(resampled(spoken, voice.rate_hz, RATE_HZ)))
    finally:
        voice.close()
    clip = np.zeros(int(seconds * RATE_HZ), np.float32)
    kept = wave[: clip.size]
    clip[: kept.size] = kept
    return clip
