"""How well the echo is cancelled, judged from outside while it happens.

Owns two figures (how much was taken away, how much of the playback is still there) and the verdict they
give. Deliberately knows nothing of the canceller's inside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.listening.reports import RATE_HZ

FRAME_SAMPLES = RATE_HZ // 100

_SPAN = 400
"""Frames looked back at: 4 s."""

_EVERY = 50
"""Frames between two judgements: 0.5 s."""

_WINDOW = 20
"""Frames over which echo and rest are compared: longer than a room's answer to one sound."""

_LOUD_DBFS = -50.0
"""Playback below this leaves no echo worth cancelling."""

_FEWEST_WINDOWS = 5
"""One second of playback: less decides nothing."""

_LINGERS = 60
"""Frames of silence after playback that still count: its echo and the gaps between words."""

_GOOD_ERLE_DB = 12.0
"""With less, an echo as loud as its playback is left as loud as a person across the room."""

_EARLIEST_S, _LATEST_S = 0.3, 0.6
"""How far before the playback (the reference is late) and after it (devices, room) its echo is looked for."""

_STANDS_OUT = 20.0
"""Height of a correlation peak, in standard deviations of all lags, from which it is an echo. People who talk
through the playback reach 5 to 8, echo that was not taken away 80 to 250 (measured 2026-11)."""


class EchoQuality:
    """A running verdict on an echo canceller. One thread takes; any thread reads.

    Little taken away is no proof of a poor canceller: with headphones there is nothing to take away, and
    while the user speaks over the playback their voice must stay. It is called poor only when little is
    taken away *and* the playback is found again in what remains (generalised cross-correlation with
    phase transform, Knapp and Carter 1976; looked for only when in doubt, some 10 ms of one core).

    Attributes:
        erle_db: echo return loss enhancement over the last 4 s of playback; None before there was any.
            While the user speaks over it, it is too low.
        is_good: the verdict; True until there is evidence against it.
    """

    def __init__(self) -> None:
        self.erle_db: float | None = None
        self.is_good = True
        self._sounds = np.zeros((3, _SPAN, FRAME_SAMPLES), np.float32)  # near, far, clean
        self._next = 0
        self._lingers = 0

    def take(
        self, near: NDArray[np.float32], far: NDArray[np.float32], clean: NDArray[np.float32]
    ) -> None:
        """Add 10 ms of each: float32, shape (160,); judges twice a second of playback."""
        if float(far @ far) >= FRAME_SAMPLES * 10 ** (_LOUD_DBFS / 10):
            self._lingers = _LINGERS
        elif self._lingers == 0:
            return  # minutes of silence are no evidence
        else:
            self._lingers -= 1
        row = self._next % _SPAN
        for sound, frame in zip(self._sounds, (near, far, clean), strict=True):
            sound[row] = frame
        self._next += 1
        if self._next >= _SPAN // 2 and self._next % _EVERY == 0:
            self._judge()

    def _judge(self) -> None:
        order = np.arange(max(0, self._next - _SPAN), self._next) % _SPAN
        near, far, clean = self._sounds[:, order].astype(np.float64)
        before, playing, after = (
            np.square(sound[len(order) % _WINDOW :]).mean(axis=1).reshape(-1, _WINDOW).mean(axis=1)
            for sound in (near, far, clean)
        )
        loud = playing > 10 ** (_LOUD_DBFS / 10)
        if loud.sum() < _FEWEST_WINDOWS:
            return
        self.erle_db = float(
            10 * np.log10((before[loud].sum() + 1e-12) / (after[loud].sum() + 1e-12))
        )
        self.is_good = self.erle_db >= _GOOD_ERLE_DB or not _is_heard_in(far.ravel(), clean.ravel())


def _is_heard_in(played: NDArray[np.float64], rest: NDArray[np.float64]) -> bool:
    """Whether one sound is found again in another, at any of the lags an echo can have."""
    size = 2 * len(played)
    cross = np.fft.rfft(rest, size) * np.conj(np.fft.rfft(played, size))
    correlation = np.fft.irfft(cross / (np.abs(cross) + 1e-9), size)
    earliest, latest = int(_EARLIEST_S * RATE_HZ), int(_LATEST_S * RATE_HZ)
    among = np.abs(np.concatenate((correlation[-earliest:], correlation[:latest])))
    return bool(among.max() > _STANDS_OUT * correlation.std())
