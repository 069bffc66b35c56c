"""How often a worker may be replaced before giving up: a pure decision.

Owns the count; starting and stopping workers is the conversation's.
"""

from __future__ import annotations

from collections import deque


class RestartBudget:
    """At most ``limit`` restarts within any ``window_s`` seconds."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_s = window_s
        self._times: deque[float] = deque()

    @property
    def spent(self) -> int:
        """Restarts within the window, as of the last :meth:`spend`."""
        return len(self._times)

    def spend(self, now_s: float) -> bool:
        """Take one restart at ``now_s``; False if none is left."""
        while self._times and now_s - self._times[0] > self._window_s:
            self._times.popleft()
        if len(self._times) >= self._limit:
            return False
        self._times.append(now_s)
        return True
