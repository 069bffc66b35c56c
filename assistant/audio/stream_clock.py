"""When a stream's samples were in the air, from callbacks that come late by varying amounts.

Owns the estimate; no clock of its own. A callback is never early, so the earliest of many tells the
truth: the offset between the sample count and the clock is the minimum of the last half to whole second.
That follows a drifting device clock (100 ppm is 0.1 ms a second) and forgets a latency that has gone.
"""

from __future__ import annotations

import math

WINDOW_S = 0.5
"""Half of the memory; shorter follows jitter, longer follows a change of latency late."""


class StreamClock:
    """Maps seconds of sound since the start to seconds on the clock; one thread."""

    def __init__(self) -> None:
        self._now = math.inf
        self._before = math.inf
        self._window_end_s = 0.0
        self._latest_s = -math.inf

    def note(self, sound_s: float, arrived_s: float) -> float:
        """Learn that ``sound_s`` of sound had come by ``arrived_s``; return by how much it stepped late.

        Returns:
            Seconds by which a whole window came later than the one before; 0 if it did not. Sound that
            was lost unnoticed shows so (and so does a latency that grew).
        """
        offset = arrived_s - sound_s
        step = 0.0
        if math.isinf(self._now):
            self._window_end_s = sound_s + WINDOW_S
        elif sound_s >= self._window_end_s:
            if not math.isinf(self._before):
                step = max(0.0, self._now - self._before)
            self._before, self._now = self._now, math.inf
            self._window_end_s = sound_s + WINDOW_S
        self._now = min(self._now, offset)
        return step

    def restart(self) -> None:
        """Forget the offset: the stream was interrupted, and the next note is the new truth."""
        self._now = self._before = math.inf

    def shift(self, by_s: float) -> None:
        """Move the offset: sound that was lost has been counted after all."""
        self._now += by_s
        self._before += by_s

    def at_s(self, sound_s: float) -> float:
        """Return when ``sound_s`` was in the air, never before an earlier answer; after the first note."""
        self._latest_s = max(self._latest_s, min(self._now, self._before) + sound_s)
        return self._latest_s

    def late_s(self, sound_s: float, arrived_s: float) -> float:
        """Return by how much ``sound_s`` came later than its time."""
        return arrived_s - min(self._now, self._before) - sound_s
