"""How far a download is: one value for people to watch, and the arithmetic behind it.

Owns speed and remaining time. Shows nothing: terminal and window do.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["waiting", "fetching", "checking", "unpacking", "copying", "building", "done"]

WINDOW_S = 8.0
"""Speed is that of the last seconds: long enough to be calm, short enough to notice a change."""

EVERY_S = 0.1
"""Shortest time between two reports of one stage; more would only burn processor time."""


@dataclass(frozen=True, slots=True)
class PullProgress:
    """One report.

    Attributes:
        name: the set or model that was asked for.
        stage: ``waiting`` for another program or between two attempts, ``fetching``, ``checking`` what
            is there already, ``unpacking``, ``copying`` from this computer, ``building`` a replica, ``done``.
        file: which file it is about; empty at the end.
        done_bytes: of ``total_bytes``, what is here, including what an earlier attempt left.
        total_bytes: of everything that is to be fetched or copied; unpacking does not count.
        bytes_per_s: speed of the last seconds; None = not known yet.
        eta_s: seconds that remain at this speed; None = not known yet.
        note: something people should know now, as a sentence; usually empty.
    """

    name: str
    stage: Stage
    file: str
    done_bytes: int
    total_bytes: int
    bytes_per_s: float | None = None
    eta_s: float | None = None
    note: str = ""


OnProgress = Callable[[PullProgress], None]
Cancelled = Callable[[], bool]


class Meter:
    """Speed over the last seconds, from how much had arrived when; no clock of its own."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._arrived: deque[tuple[float, int]] = deque()

    def add(self, now_s: float, count: int) -> None:
        """Count ``count`` bytes that arrived at ``now_s``; 0 only moves the window."""
        self._arrived.append((now_s, count))
        while self._arrived[0][0] < now_s - self._window_s:
            self._arrived.popleft()

    def bytes_per_s(self) -> float | None:
        """Return the speed, or None before there are two points in time."""
        span_s = self._arrived[-1][0] - self._arrived[0][0] if self._arrived else 0.0
        if span_s <= 0:
            return None
        return sum(count for _, count in list(self._arrived)[1:]) / span_s


class Reporter:
    """Turns what happens into calls of ``on_progress``, not too often, and knows whether to stop.

    Args:
        name: the set or model that was asked for.
        total_bytes: of all work, as far as known; grows when more comes.
        on_progress: told on the thread that works.
        cancelled: asked on the thread that works, often; True = stop soon, keeping what has arrived.
        clock: seconds, for tests.
    """

    def __init__(
        self,
        name: str,
        total_bytes: int,
        on_progress: OnProgress,
        cancelled: Cancelled,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total_bytes = total_bytes
        self.done_bytes = 0
        self.cancelled = cancelled
        self._name, self._on_progress, self._clock = name, on_progress, clock
        self._stage: Stage = "checking"
        self._file = ""
        self._note = ""
        self._meter = Meter()
        self._told_s = -EVERY_S

    def begin(self, stage: Stage, file: str, note: str = "") -> None:
        """Report a new stage, file or note at once."""
        if stage != self._stage:
            self._meter = Meter()
        self._stage, self._file, self._note = stage, file, note
        self._meter.add(self._clock(), 0)
        self.tell()

    def add(self, count: int) -> None:
        """Count bytes that came, from wherever this stage takes them."""
        now_s = self._clock()
        self.done_bytes += count
        self._meter.add(now_s, count)
        if now_s - self._told_s >= EVERY_S:
            self.tell()

    def show(self, file: str) -> None:
        """Say more about the file in work, for steps whose bytes are not counted."""
        self._file = file
        self.add(0)

    def set_aside(self, count: int) -> None:
        """Take back bytes that have to come again, or (negative) count what lay here already."""
        self.done_bytes -= count
        self.tell()

    def end(self) -> None:
        """Report that everything is here."""
        self.done_bytes = self.total_bytes
        self.begin("done", "")

    def tell(self) -> None:
        """Report now."""
        self._told_s = self._clock()
        self.total_bytes = max(self.total_bytes, self.done_bytes)
        speed = self._meter.bytes_per_s()
        remaining = max(0, self.total_bytes - self.done_bytes)
        self._on_progress(
            PullProgress(
                self._name,
                self._stage,
                self._file,
                self.done_bytes,
                self.total_bytes,
                speed,
                remaining / speed if speed else None,
                self._note,
            )
        )
