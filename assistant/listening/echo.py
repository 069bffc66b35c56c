"""The assistant's own voice taken out of the microphone.

Owns the canceller's Protocol, its one implementation, and the line that brings what was played beside
what was captured. Deliberately does not decide what follows from poor cancellation: it only says so
(:attr:`EchoCanceller.is_good`), and the conversation falls back to half-duplex.

Why this library and these choices: docs/adr/0007-echo-canceller.md.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import AudioError
from assistant.listening.echo_quality import FRAME_SAMPLES, EchoQuality
from assistant.listening.reports import RATE_HZ

Frame = NDArray[np.float32]
"""float32, shape (160,), mono, 16 kHz, in [-1, 1]: WebRTC works in frames of exactly 10 ms."""


class EchoCanceller(Protocol):
    """Takes the played sound out of the captured one. One thread calls :meth:`process`."""

    def process(self, near: Frame, far: Frame) -> Frame:
        """Return ``near`` (10 ms of the microphone) without the echo of ``far`` (10 ms as played)."""
        ...

    @property
    def erle_db(self) -> float | None:
        """Echo return loss enhancement of the last seconds of playback; None before there were any."""
        ...

    @property
    def is_good(self) -> bool:
        """False while the playback is still heard in the cleaned sound; any thread."""
        ...

    @property
    def is_resting(self) -> bool:
        """Whether nothing was played for so long that there is nothing to take out; any thread."""
        ...


_AUDIBLE = 1e-5
"""Mean square of played sound that can be heard at all: -50 dBFS."""

_LINGERS, _LEARNING = 50, 400
"""Frames: devices and room let the echo arrive up to half a second later. Rests of echo like speech came in
the first 3.3 s of a session and never again (ADR 7)."""


_RESTS = 1000
"""Frames without playback after which there is nothing to cancel: 10 s; the rest of the day costs nothing."""

_LATE = 128
"""Samples by which AEC3 delays the captured sound (cross-correlation of speech in and out, 2026-11-21). So
that nothing is said twice or lost when it rests, what passes it by is as late."""


class WebRtcEchoCanceller:
    """WebRTC's AEC3 from the wheel of `pywebrtc-audio`, with a running judgement of its work.

    The delay between reference and echo is not told to it: it finds up to half a second by itself, and
    a wrong hint was the only hint that made a difference (our measurement, ADR 7).

    Raises:
        AudioError: ``no_echo_canceller`` when the library does not load.
    """

    def __init__(self) -> None:
        try:
            from pywebrtc_audio import EchoCanceller as Aec3
        except ImportError as error:
            raise AudioError(
                "no_echo_canceller",
                "The echo canceller does not load, so the assistant would hear itself.",
                'Install "pywebrtc-audio", or set audio.echo to half_duplex.',
            ) from error
        self._aec3 = Aec3(sample_rate=RATE_HZ, num_channels=1, stream_delay_ms=0)
        self._quality = EchoQuality()
        self._heard = 0  # frames of playback so far
        self._since = _RESTS  # frames since the last of them
        self._late = np.zeros(_LATE, np.float32)  # the newest captured samples, not given out yet

    def process(self, near: Frame, far: Frame) -> Frame:
        """Return 10 ms without the echo: some 60 µs of one core; the GIL is free meanwhile."""
        assert near.shape == far.shape == (FRAME_SAMPLES,), (near.shape, far.shape)
        is_silent = float(far @ far) <= FRAME_SAMPLES * _AUDIBLE
        late = np.concatenate((self._late, near))
        self._late = late[-_LATE:]
        if is_silent and self.is_resting:
            return late[:-_LATE]
        clean: Frame = self._aec3.process(near, far)
        self._quality.take(near, far, clean)
        if not is_silent:
            self._heard, self._since = self._heard + 1, 0
        else:
            self._since += 1
        return clean

    def hears_playback(self) -> bool:
        """Whether the assistant can be in the microphone now, and its echo is well cancelled.

        False in the first four seconds of playback ever: the filter is still learning the room.
        """
        return self._since < _LINGERS and self._heard > _LEARNING and self.is_good

    @property
    def erle_db(self) -> float | None:
        """See :class:`EchoCanceller`."""
        return self._quality.erle_db

    @property
    def is_good(self) -> bool:
        """See :class:`EchoCanceller`; True until there is evidence against it."""
        return self._quality.is_good

    @property
    def is_resting(self) -> bool:
        """See :class:`EchoCanceller`."""
        return self._since >= _RESTS


@dataclass(frozen=True, slots=True)
class ReferenceStats:
    """How the two clocks were kept together.

    Attributes:
        jumps: times the alignment was lost and taken up anew.
        gaps: holes in what was played (device closed, or stalled), filled with silence.
        starved: frames asked for before they were put; each moves the reading point back a little.
        lag_ms: by how much it stands back now.
    """

    jumps: int
    gaps: int
    starved: int
    lag_ms: float


_CAPACITY_S = 4.0
"""More than any device's buffers; what is older was played long ago."""

_GAP_S = 0.1
"""Stamps of a burst of device blocks lie tens of milliseconds beside the truth; a stall is longer."""

_STALE_S = 0.1
"""When the newest sample is older than this, nothing is being played (rather than late)."""

_JUMP_SAMPLES = 0.015 * RATE_HZ
"""A reference later than its echo cannot be cancelled at all (ERLE 14 instead of 44 dB at 5 ms late), so a
lasting error of this size is worth a new start of the canceller's filter."""

_STAMP_GAIN, _ERROR_GAIN = 1 / 500, 1 / 100
"""Smoothing of the player's stamps (5 s of frames) and of the alignment error (1 s)."""

_PULL_S = 10.0
"""An alignment error shrinks with this time constant: 5 ms of jitter become 0.1 ms of wandering, and a
clock skew of 300 ppm a constant 3 ms."""

_MAX_PULL = 1e-3
_MAX_LAG_SAMPLES = 0.06 * RATE_HZ
_TAPS, _PHASES = 16, 256


class ReferenceLine:
    """What was played, read at the microphone's time: bounded, any two threads.

    The player puts frames with the time at which the device took them; the microphone's thread takes
    160 samples for each block it captured. The reading point moves on steadily, a little faster or
    slower to follow the skew between the two clocks (interpolating), so that the canceller sees one
    slowly moving delay and not the jitter of the stamps. What has not been played is silence.

    The echo arrives after the reference by the latencies of both devices; the canceller finds that.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ring = np.zeros(int(_CAPACITY_S * RATE_HZ), dtype=np.float32)
        self._written = 0  # samples ever put, gaps included: the position of the next one
        self._origin_s: float | None = None  # when position 0 was, or would have been, played
        self._stamps = 0
        self._read: float | None = None  # position of the next sample to take
        self._error = 0.0
        self._lag = 0.0
        self._jumps = self._gaps = self._starved = 0
        self._weights = _interpolation()

    def put(self, samples: NDArray[np.float32], at_s: float) -> None:
        """Append what the device was given.

        Args:
            samples: float32, shape (n,), mono, 16 kHz.
            at_s: when the device took the first of them, on :func:`assistant.metrics.now_s`.
        """
        with self._lock:
            origin_s = at_s - self._written / RATE_HZ
            if self._origin_s is None:
                self._origin_s = origin_s
            late_s = origin_s - self._origin_s
            if late_s > _GAP_S:
                self._gaps += 1
                self._append(np.zeros(min(int(late_s * RATE_HZ), self._ring.size), np.float32))
                self._restart(at_s - self._written / RATE_HZ)
            elif late_s < -_GAP_S:  # another device, another latency: begin again
                self._gaps += 1
                self._restart(origin_s)
            self._stamps += 1
            gain = max(1 / self._stamps, _STAMP_GAIN)
            self._origin_s += gain * (at_s - self._written / RATE_HZ - self._origin_s)
            self._append(samples)

    def take(self, captured_s: float) -> Frame:
        """Return the 160 samples played while the block ending at ``captured_s`` was captured."""
        with self._lock:
            if self._origin_s is None:
                return np.zeros(FRAME_SAMPLES, dtype=np.float32)
            due = (captured_s - self._origin_s) * RATE_HZ - FRAME_SAMPLES - self._lag
            if due > self._written + _STALE_S * RATE_HZ:
                self._read = None
                return np.zeros(FRAME_SAMPLES, dtype=np.float32)
            self._follow(due)
            assert self._read is not None
            step = 1.0 + float(np.clip(self._error / (_PULL_S * RATE_HZ), -_MAX_PULL, _MAX_PULL))
            end = self._read + step * FRAME_SAMPLES + _TAPS // 2
            if end > self._written:
                self._fall_back(end - self._written)
            frame = self._at(self._read, step)
            self._read += step * FRAME_SAMPLES
            return frame

    def stats(self) -> ReferenceStats:
        """Return the counts so far; any thread."""
        with self._lock:
            return ReferenceStats(
                self._jumps, self._gaps, self._starved, 1000 * self._lag / RATE_HZ
            )

    def _restart(self, origin_s: float) -> None:
        self._origin_s, self._stamps, self._read = origin_s, 0, None

    def _append(self, samples: NDArray[np.float32]) -> None:
        kept = samples[-self._ring.size :]
        at = (self._written + len(samples) - len(kept) + np.arange(len(kept))) % self._ring.size
        self._ring[at] = kept
        self._written += len(samples)

    def _follow(self, due: float) -> None:
        """Move the reading point towards where it should be, at once when it is far off."""
        if self._read is None:
            self._read, self._error = due, 0.0
            return
        self._error += _ERROR_GAIN * (due - self._read - self._error)
        if abs(self._error) > _JUMP_SAMPLES:
            self._jumps += 1
            self._read, self._error = due, 0.0

    def _fall_back(self, missing: float) -> None:
        """Read later from now on: frames are put less early than their stamps promise."""
        assert self._read is not None
        self._starved += 1
        room = max(0.0, _MAX_LAG_SAMPLES - self._lag)
        self._lag += min(missing, room)
        self._read -= min(missing, room)

    def _at(self, position: float, step: float) -> Frame:
        """Interpolate 160 samples from ``position`` on; silence outside of what is held."""
        where = position + step * np.arange(FRAME_SAMPLES)
        whole, phase = np.divmod(np.rint(where * _PHASES).astype(np.int64), _PHASES)
        first, last = int(whole[0]) - _TAPS, int(whole[-1]) + _TAPS
        index = np.arange(first, last)
        held = self._ring[index % self._ring.size]
        held[(index >= self._written) | (index < max(0, self._written - self._ring.size))] = 0.0
        if not held.any():
            return np.zeros(FRAME_SAMPLES, dtype=np.float32)
        around = (whole - first - _TAPS // 2 + 1)[:, None] + np.arange(_TAPS)
        frame: Frame = np.einsum("ij,ij->i", held[around], self._weights[phase])
        return frame


def _interpolation() -> NDArray[np.float32]:
    """Return a windowed sinc for each of 256 fractions of a sample, shape (256, 16)."""
    offset = np.arange(_TAPS)[None, :] - _TAPS // 2 + 1 - np.arange(_PHASES)[:, None] / _PHASES
    weights = np.sinc(offset) * np.cos(np.pi * offset / (_TAPS + 2)) ** 2
    table: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return table
