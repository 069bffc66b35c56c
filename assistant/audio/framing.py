"""Blocks of any length and rate in, exact 10 ms frames at 16 kHz out.

Owns the change of rate of running streams, and the cutting. Knows neither devices nor time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import ceil, gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

LISTENING_RATE_HZ = 16_000
"""Rate of everything that listens: webrtcvad, Silero and every recogniser of the catalogue take it."""

FRAME_SAMPLES = 160
"""10 ms at 16 kHz: the unit of webrtcvad and of both echo cancellers."""

Samples = NDArray[np.float32]

_HALF_TAPS = 20
"""Half the filter at the lower of the two rates: 1.3 ms of delay at 16 kHz, 1.7 kHz of transition."""

_KAISER_BETA = 5.65  # 60 dB. Source: Kaiser's formula 0.1102 (A - 8.7)


class StreamResampler:
    """A running mono stream brought from one rate to another, 1 to 2 ms late.

    Sample *n* out belongs to the same moment as sample *n·in/out* in. Not soxr, because its stream
    holds back up to 38 ms (24 to 16 kHz, 10 ms blocks, MQ and HQ alike; measured 2026-11, soxr 1.0):
    too late for an echo canceller's reference and for the end of a held key. A windowed sinc is enough
    for listening; what is *said* is converted with soxr.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._filter, self._half = _phases(self._up, self._down)
        self._buffer = np.zeros(self._half - 1, np.float32)
        self._first = -(self._half - 1)
        self._next = 0

    def take(self, samples: Samples) -> Samples:
        """Return what is ready after these samples: float32, shape (n,)."""
        if self._up == self._down:
            return samples
        buffer = np.concatenate((self._buffer, samples))
        end = self._first + buffer.size
        # Output m lies at input m·down/up and needs `half` samples to either side of it.
        ready = max(self._next, -(-(end - self._half) * self._up // self._down))
        if ready == self._next:
            self._buffer = buffer
            return buffer[:0]
        at = np.arange(self._next, ready) * self._down
        start = at // self._up - self._half + 1 - self._first
        windows = sliding_window_view(buffer, 2 * self._half)[start]
        out: Samples = np.einsum("ij,ij->i", windows, self._filter[at % self._up])
        self._next = ready
        keep_from = ready * self._down // self._up - self._half + 1
        self._buffer = buffer[keep_from - self._first :]
        self._first = keep_from
        self._rebase()
        return out

    def _rebase(self) -> None:
        """Count from a later zero, so that the numbers stay small over days."""
        periods = self._next // self._up
        self._next -= periods * self._up
        self._first -= periods * self._down


@lru_cache(maxsize=8)
def _phases(up: int, down: int) -> tuple[Samples, int]:
    """Return the filter by phase, shape (up, 2·half), and half its length in input samples."""
    half = ceil(_HALF_TAPS * max(1.0, down / up))
    # Cut so that the transition ends a little above the lower Nyquist frequency.
    cutoff = min(1.0, up / down) * (1 - 1.0 / _HALF_TAPS * 1.5)
    offset = np.arange(up)[:, None] / up + (half - 1) - np.arange(2 * half)[None, :]
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1 - (offset / half) ** 2, 0, 1)))
    taps = np.sinc(offset * cutoff) * window
    taps /= taps.sum(axis=1, keepdims=True)
    return taps.astype(np.float32), half


class Frames:
    """Samples cut into frames of exactly ``frame_samples``; a rest waits for more."""

    def __init__(self, frame_samples: int = FRAME_SAMPLES) -> None:
        self._length = frame_samples
        self._rest = np.zeros(0, np.float32)

    def cut(self, samples: Samples) -> Iterator[Samples]:
        """Yield the frames that are full now: float32, shape (frame_samples,)."""
        if self._rest.size:
            samples = np.concatenate((self._rest, samples))
        whole = samples.size - samples.size % self._length
        self._rest = samples[whole:]
        for start in range(0, whole, self._length):
            yield samples[start : start + self._length]
