"""Two people at once: a voice activity detector that hears the user while the assistant speaks.

Owns whom to believe: the detector on the echo canceller's output, with or without raised odds, or a second
ear that hears the user whole (`near_end`). It deliberately judges nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.listening.near_end import SecondEar
from assistant.listening.vad import GatedVad, SileroVad, Vad

LIFT = 6.0
"""By how much the odds of speech are raised: a probability of 0.15 then counts as 0.5.

While the assistant speaks, the echo canceller takes part of the user's voice away with the echo, and
what is left of a sentence's beginning seldom reaches the usual threshold. Echo that is left over passed
0.1 nowhere in 5 minutes after the first 4 s. With 3 short words ("stop") as loud as the echo were missed
five times as often; 6 lets loud noise through now and then, 12 more often (our measurements, ADR 7)."""


GOOD_LEAK_DB = -22.0
"""With less echo left than this the second ear hears everything, and odds are not raised: of noises at
-35 dBFS in the room 7 in 5 minutes would have interrupted with raised odds, 3 without (ADR 7)."""


class Ear(Protocol):
    """What :class:`SecondEar` is to this module."""

    leak_db: float

    def take(self, near: NDArray[np.float32], far: NDArray[np.float32]) -> None:
        """Remember what was captured and what was played meanwhile."""
        ...

    def judge(self) -> float:
        """Return the probability that the user speaks in the oldest frame not judged yet."""
        ...

    def forget(self) -> None:
        """Begin a frame anew."""
        ...


class DoubleTalkVad:
    """Passes on another detector's judgement, and while the assistant is heard a second ear's.

    Args:
        vad: who judges what the echo canceller leaves.
        lift: whether the assistant can be heard now, such as :meth:`WebRtcEchoCanceller.hears_playback`;
            asked once a frame, on the thread that judges.
        second: who else hears; None = nobody, and the odds of `vad` are raised instead.
    """

    def __init__(self, vad: Vad, lift: Callable[[], bool], second: Ear | None = None) -> None:
        self._vad = vad
        self._lift = lift
        self._second = second

    def overhear(self, near: NDArray[np.float32], far: NDArray[np.float32]) -> None:
        """Take what was captured, the echo still in it, and what was played meanwhile, before its frame."""
        if self._second is not None:
            self._second.take(near, far)

    def judge(self, frame: NDArray[np.float32]) -> float:
        """Return the probability of speech in a frame of 512 samples, mono, 16 kHz."""
        probability = self._vad.judge(frame)
        heard = self._second.judge() if self._second is not None else 0.0
        if not self._lift():
            return probability
        if self._second is None or self._second.leak_db > GOOD_LEAK_DB:
            probability = lifted(probability)
        return max(probability, heard)

    def reset(self) -> None:
        """Forget what was heard."""
        self._vad.reset()
        if self._second is not None:
            self._second.forget()


def lifted(probability: float) -> float:
    """Return the probability with its odds raised ``LIFT`` times; 0 and 1 stay."""
    return LIFT * probability / (1 + (LIFT - 1) * probability)


def vad_beside(hears_playback: Callable[[], bool]) -> DoubleTalkVad:
    """Return webrtcvad and Silero as always, and a second ear while ``hears_playback()``.

    The judge still sleeps until the gate wakes it, and that is good here: a Silero that has heard a
    minute of suppressed echo misses twice as many interruptions as one woken with a clear memory.
    """
    return DoubleTalkVad(GatedVad(), hears_playback, SecondEar(SileroVad()))
