"""The mixer's blocks at the rate of the device.

Owns the conversion for devices that cannot play the mix rate. Mixes nothing itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.audio.framing import StreamResampler
from assistant.audio.mixer import MIX_RATE_HZ, Mixer

PART_SAMPLES = MIX_RATE_HZ // 200
"""Asked of the mixer at a time, 5 ms: what is converted ahead of the device delays a flush."""


class OutputRate:
    """Fills device blocks from a mixer.

    Args:
        rate_hz: the device's rate.
    """

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._resampler = StreamResampler(MIX_RATE_HZ, rate_hz)
        self._ready = np.zeros(0, np.float32)
        self._part = np.zeros(PART_SAMPLES, np.float32)

    def fill(
        self, block: NDArray[np.float32], mixer: Mixer, now_s: float, latency_s: float
    ) -> None:
        """Fill the block (mono, device rate)."""
        if self.rate_hz == MIX_RATE_HZ:
            mixer.fill(block, now_s, latency_s)
            return
        while self._ready.size < block.size:
            at_s = now_s + self._ready.size / self.rate_hz
            mixer.fill(self._part, at_s, latency_s)
            self._ready = np.concatenate((self._ready, self._resampler.take(self._part)))
        block[:] = self._ready[: block.size]
        self._ready = self._ready[block.size :]
