"""A reply's samples on their way to the mixer: leading silence off, brought to the mix rate.

Owns that for one generation. Queues nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.audio.mixer import MIX_RATE_HZ, Ready
from assistant.metrics import SILENCE_AMPLITUDE

KEPT_SILENCE_S = 0.010
"""Left before the first audible sample: a soft consonant begins below the threshold."""

Samples = NDArray[np.float32]


class Intake:
    """One generation's way in; one thread at a time.

    Args:
        rate_hz: rate of the samples given.
    """

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._kept = max(1, round(KEPT_SILENCE_S * rate_hz))
        self._silence = np.zeros(0, np.float32)
        self._is_audible = False
        self._resampler = None
        if rate_hz != MIX_RATE_HZ:
            import soxr  # type: ignore[import-untyped]

            self._resampler = soxr.ResampleStream(rate_hz, MIX_RATE_HZ, 1, dtype="float32")

    def take(self, samples: Samples) -> Ready:
        """Return what the samples (float32, shape (n,)) come to; not-a-number and excess are repaired."""
        given = samples.size
        samples = np.clip(np.nan_to_num(samples, nan=0.0), -1.0, 1.0).astype(np.float32, copy=False)
        trimmed, audible_at = 0, None
        if not self._is_audible:
            samples = np.concatenate((self._silence, samples))
            loud = np.abs(samples) >= SILENCE_AMPLITUDE
            self._is_audible = bool(loud.any())
            first = int(loud.argmax()) if self._is_audible else samples.size
            trimmed = max(0, first - self._kept)
            samples = samples[trimmed:]
            if not self._is_audible:
                self._silence = samples
                return Ready(np.zeros(0, np.float32), given, trimmed)
            audible_at = (first - trimmed) * MIX_RATE_HZ // self.rate_hz
        return Ready(self._resampled(samples, last=False), given, trimmed, audible_at)

    def rest(self) -> Ready:
        """Return what the resampler still held; the reply has ended."""
        if not self._is_audible:
            return Ready(np.zeros(0, np.float32), 0)
        return Ready(self._resampled(np.zeros(0, np.float32), last=True), 0)

    def _resampled(self, samples: Samples, *, last: bool) -> Samples:
        if self._resampler is None:
            return samples
        return np.asarray(self._resampler.resample_chunk(samples, last=last), np.float32)
