"""How well the echo is cancelled, judged from outside while it happens.

Owns two figures (how much was taken away, how much of the playback is still there) and the verdict they
give. Deliberately looks at frame energies only: it knows nothing of the canceller's inside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SPAN = 400
"""Frames looked back at: 4 s."""

_EVERY = 50
"""Frames between two judgements: 0.5 s."""

_WINDOW = 20
"""Frames over which echo and rest are compared: longer than a room's answer to one sound."""

_LOUD_DBFS = -50.0
"""Playback below this leaves no echo worth cancelling."""

_LAGS = range(-20, 60, 2)
"""Frames by which the echo may come after the playback (devices and room, 600 ms), or before it where the
reference is late."""

_LINGERS = 60
"""Frames of silence after playback that still count: its echo and the gaps between words."""

_GOOD_ERLE_DB = 12.0
"""Below this the rest of an echo as loud as the user's voice is heard as speech by the judge (Silero): our
measurement with `assistant bench barge-in` and deliberately late references."""

_FOLLOWS = 0.45
"""Correlation of the loudness curves of playback and cleaned sound from which the latter is called echo:
two independent readers reach 0.2 to 0.3 over 4 s, at the best lag."""

_FLOOR_DBFS = -70.0


class EchoQuality:
    """A running verdict on an echo canceller. One thread takes; any thread reads.

    Little taken away is no proof of a poor canceller: with headphones there is nothing to take away, and
    while the user speaks over the playback their voice must stay. It is called poor only when little is
    taken away *and* what remains rises and falls with the playback.

    Attributes:
        erle_db: echo return loss enhancement over the last 4 s of playback (median of 200 ms windows,
            so that the user may speak in some of them); None before there was any.
        is_good: the verdict; True until there is evidence against it.
    """

    def __init__(self) -> None:
        self.erle_db: float | None = None
        self.is_good = True
        self._power = np.zeros((_SPAN, 3))  # near, far, clean: mean squares
        self._next = 0
        self._loud = 0

    def take(
        self, near: NDArray[np.float32], far: NDArray[np.float32], clean: NDArray[np.float32]
    ) -> None:
        """Add one frame of each; judges twice a second of playback, about 1 ms of one core."""
        far_power = float(far @ far) / len(far)
        if far_power < 10 ** (_LOUD_DBFS / 10):
            # Silence enters only as the gaps between words do, not as minutes of nothing.
            self._loud = max(0, self._loud - 1)
            if self._loud == 0:
                return
        else:
            self._loud = min(self._loud + 1, _LINGERS)
        row = self._next % _SPAN
        self._power[row] = (
            float(near @ near) / len(near),
            far_power,
            float(clean @ clean) / len(clean),
        )
        self._next += 1
        if self._next >= _SPAN // 2 and self._next % _EVERY == 0:
            self._judge()

    def _judge(self) -> None:
        order = np.arange(max(0, self._next - _SPAN), self._next) % _SPAN
        near, far, clean = self._power[order].T
        whole = len(order) // _WINDOW * _WINDOW
        before, after, playing = (
            p[-whole:].reshape(-1, _WINDOW).mean(axis=1) for p in (near, clean, far)
        )
        loud = playing > 10 ** (_LOUD_DBFS / 10)
        if loud.sum() < 5:  # noqa: PLR2004 - one second of playback
            return
        ratio_db = 10 * np.log10((before[loud] + 1e-12) / (after[loud] + 1e-12))
        self.erle_db = float(np.median(ratio_db))
        self.is_good = self.erle_db >= _GOOD_ERLE_DB or _likeness(far, clean) < _FOLLOWS


def _likeness(far: NDArray[np.float64], clean: NDArray[np.float64]) -> float:
    """Return the best correlation of the two loudness curves over all lags of the echo."""
    floor = 10 ** (_FLOOR_DBFS / 10)
    played, rest = (10 * np.log10(p + floor) for p in (far, clean))
    best = 0.0
    for lag in _LAGS:
        a = played[max(0, -lag) : len(played) - max(0, lag)]
        b = rest[max(0, lag) : len(rest) - max(0, -lag)]
        a, b = a - a.mean(), b - b.mean()
        norm = float(np.sqrt((a @ a) * (b @ b)))
        best = max(best, float(a @ b) / norm if norm > 0 else 0.0)
    return best
