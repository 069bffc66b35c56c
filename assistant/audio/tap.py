"""What the device was really given, as 16 kHz frames with their time: the echo canceller's reference.

Owns the queue between the callback and the thread that delivers. Cancels nothing.
"""

from __future__ import annotations

import queue
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.audio.framing import LISTENING_RATE_HZ, Frames, StreamResampler
from assistant.audio.stream_clock import StreamClock

QUEUE_BLOCKS = 200
"""2 s; a reference that late is of no use. Overflow: the newest block is dropped, the times stay right."""

FILTER_BLOCKS = 3
"""After so many blocks (30 ms) of silence the filter holds nothing but silence."""


class PlayedTap:
    """Copies blocks in the callback and delivers frames on another thread.

    Args:
        on_played: takes a frame and when the device took its first sample.
    """

    def __init__(self, on_played: Callable[[NDArray[np.float32], float], None]) -> None:
        self._on_played = on_played
        self._queue: queue.SimpleQueue[tuple[NDArray[np.float32], int, float, bool]] = (
            queue.SimpleQueue()
        )
        self._dropped = False
        self._restart(LISTENING_RATE_HZ)

    def _restart(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._resampler = StreamResampler(rate_hz, LISTENING_RATE_HZ)
        self._frames = Frames()
        self._clock = StreamClock()
        self._silent_blocks = 0
        self._sound_s = 0.0
        self._samples = 0

    def put(self, block: NDArray[np.float32], rate_hz: int, at_s: float, *, broken: bool) -> None:
        """Copy a block that the device takes at ``at_s``; never blocks."""
        if self._queue.qsize() >= QUEUE_BLOCKS:
            self._dropped = True
            return
        self._queue.put((block.copy(), rate_hz, at_s, broken or self._dropped))
        self._dropped = False

    def deliver(self) -> None:
        """Hand over the frames that are full."""
        while not self._queue.empty():
            block, rate_hz, at_s, broken = self._queue.get_nowait()
            if broken or rate_hz != self._rate_hz:
                self._restart(rate_hz)
            self._clock.note(self._sound_s, at_s)
            self._sound_s += block.size / rate_hz
            for frame in self._frames.cut(self._converted(block)):
                first_s = self._clock.at_s(self._samples / LISTENING_RATE_HZ)
                self._samples += frame.size
                self._on_played(frame, first_s)

    def _converted(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the block at 16 kHz; silence after silence, most of the day, costs no filtering."""
        self._silent_blocks = 0 if block.any() else self._silent_blocks + 1
        length, rest = divmod(block.size * LISTENING_RATE_HZ, self._rate_hz)
        if self._silent_blocks > FILTER_BLOCKS and not rest:
            return np.zeros(length, np.float32)
        return self._resampler.take(block)
