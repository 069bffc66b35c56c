"""Cancellation by generation number, and the heartbeat that tells a long computation from a hang.

Owns two small thread-safe values shared by the worker's threads; decides nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.engines.base import CancelToken

MAX_WITHDRAWN = 64
"""Single withdrawals remembered; work so far behind is long gone."""


class CancelScope:
    """Which generations are stale, and the tokens of those being worked on.

    ``cancel(g)`` makes every generation <= g stale for good, so work that was still queued when the
    cancel came is dropped wherever it surfaces.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stale_up_to = -1
        self._withdrawn: set[int] = set()
        self._tokens: dict[int, CancelToken] = {}

    def token(self, generation: int) -> CancelToken:
        """Return the generation's token, already cancelled if it is stale; any thread."""
        with self._lock:
            token = self._tokens.setdefault(generation, CancelToken())
            if self._is_stale(generation):
                token.cancel()
            return token

    def cancel(self, generation: int) -> None:
        """Make ``generation`` and all older ones stale; any thread, never blocks on an engine."""
        with self._lock:
            self._stale_up_to = max(self._stale_up_to, generation)
            for number, token in self._tokens.items():
                if number <= generation:
                    token.cancel()

    def withdraw(self, generation: int) -> None:
        """Make only ``generation`` stale; older ones go on. Any thread, never blocks on an engine."""
        with self._lock:
            kept = {one for one in self._withdrawn if one > self._stale_up_to}
            self._withdrawn = {*sorted(kept)[-MAX_WITHDRAWN:], generation}
            if generation in self._tokens:
                self._tokens[generation].cancel()

    def is_stale(self, generation: int) -> bool:
        """Whether the generation was cancelled; any thread."""
        with self._lock:
            return self._is_stale(generation)

    def _is_stale(self, generation: int) -> bool:
        return generation <= self._stale_up_to or generation in self._withdrawn

    def forget(self, generation: int) -> None:
        """Drop the token of a turn that is over; any thread."""
        with self._lock:
            self._tokens.pop(generation, None)


class Heartbeat:
    """A counter that moves while engines make progress.

    Stages call :meth:`tick` per token and per chunk. The parent reads it through Pong: busy with a beat
    that stands still means hung.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = 0
        self._beat = 0

    def tick(self) -> None:
        """Record progress; any thread."""
        with self._lock:
            self._beat += 1

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count as busy inside the block; any thread, may nest across threads."""
        with self._lock:
            self._busy += 1
            self._beat += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._beat += 1

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Not count as busy inside the block (waiting for the parent); inside :meth:`working` only."""
        with self._lock:
            self._busy -= 1
            self._beat += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy += 1
                self._beat += 1

    def read(self) -> tuple[bool, int]:
        """Return (busy, beat); any thread."""
        with self._lock:
            return self._busy > 0, self._beat
