"""Two people at once: a voice activity detector that listens harder while the assistant speaks.

Owns one number. It deliberately judges nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.listening.vad import GatedVad, Vad

LIFT = 6.0
"""By how much the odds of speech are raised: a probability of 0.15 then counts as 0.5.

While the assistant speaks, the echo canceller takes part of the user's voice away with the echo, and
what is left of a sentence's beginning seldom reaches the usual threshold. Echo that is left over passed
0.1 nowhere in 5 minutes after the first 4 s. With 3 short words ("stop") as loud as the echo were missed
five times as often; 6 lets loud noise through now and then, 12 more often (our measurements, ADR 7)."""


class DoubleTalkVad:
    """Passes on another detector's judgement, with raised odds while the assistant is heard.

    Args:
        vad: who judges.
        lift: whether to raise now, such as :meth:`WebRtcEchoCanceller.hears_playback`; asked once a frame,
            on the thread that judges.
    """

    def __init__(self, vad: Vad, lift: Callable[[], bool]) -> None:
        self._vad = vad
        self._lift = lift

    def judge(self, frame: NDArray[np.float32]) -> float:
        """Return the probability of speech in a frame of 512 samples, mono, 16 kHz."""
        probability = self._vad.judge(frame)
        return lifted(probability) if self._lift() else probability

    def reset(self) -> None:
        """Forget what was heard."""
        self._vad.reset()


def lifted(probability: float) -> float:
    """Return the probability with its odds raised ``LIFT`` times; 0 and 1 stay."""
    return LIFT * probability / (1 + (LIFT - 1) * probability)


def vad_beside(hears_playback: Callable[[], bool]) -> Vad:
    """Return webrtcvad and Silero as always, listening harder while ``hears_playback()``.

    The judge still sleeps until the gate wakes it, and that is good here: a Silero that has heard a
    minute of suppressed echo misses twice as many interruptions as one woken with a clear memory.
    """
    return DoubleTalkVad(GatedVad(), hears_playback)
