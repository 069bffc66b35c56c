"""The last samples the microphone delivered, addressed by position.

Owns their storage, nothing else: it does not know why somebody wants them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class Ring:
    """The newest samples, up to a fixed number; older ones are forgotten.

    Args:
        capacity: how many are kept.
    """

    def __init__(self, capacity: int) -> None:
        self._buffer = np.zeros(capacity, dtype=np.float32)
        self._start_at = 0
        self._stop_at = 0

    @property
    def start_at(self) -> int:
        """Position of the oldest sample that is kept."""
        return self._start_at

    @property
    def stop_at(self) -> int:
        """Position after the newest."""
        return self._stop_at

    def clear(self, at: int) -> None:
        """Forget everything; the next sample put is at this position."""
        self._start_at = self._stop_at = at

    def put(self, samples: Samples) -> None:
        """Append samples, at most the capacity."""
        capacity = self._buffer.size
        assert samples.size <= capacity
        first = self._stop_at % capacity
        head = min(samples.size, capacity - first)
        self._buffer[first : first + head] = samples[:head]
        self._buffer[: samples.size - head] = samples[head:]
        self._stop_at += samples.size
        self._start_at = max(self._start_at, self._stop_at - capacity)

    def cut(self, start_at: int, stop_at: int) -> Samples:
        """Return a copy of the samples [start_at, stop_at), which must still be kept."""
        assert self._start_at <= start_at <= stop_at <= self._stop_at, (
            start_at,
            stop_at,
            self._start_at,
            self._stop_at,
        )
        capacity = self._buffer.size
        first, count = start_at % capacity, stop_at - start_at
        head = min(count, capacity - first)
        return np.concatenate((self._buffer[first : first + head], self._buffer[: count - head]))
