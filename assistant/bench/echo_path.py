"""A loudspeaker heard by a microphone, simulated: room, delay, level, clock skew, distortion.

Owns the echo path of the measurements. One room is measured (rooms/README.md), the others are made of noise;
delay, level, skew and distortion are made in any case. It deliberately does not simulate devices or their
buffers, which `assistant.audio.simulated` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
FRAME_SAMPLES = 160

_DIRECT_TO_REVERBERANT_DB = 3.0
"""A loudspeaker and a microphone on one desk, about half a metre apart: inside or near the critical
distance (0.057 * sqrt(V / RT60) = 0.7 m for 30 m3 and 0.2 s)."""

_EARLY_REFLECTIONS = 8
_EARLY_S = 0.03
_SPEAKER_LOW_HZ, _SPEAKER_HIGH_HZ = 180.0, 7_000.0
"""A small loudspeaker gives little below and above."""


@dataclass(frozen=True, slots=True)
class EchoPath:
    """From the played samples to the microphone.

    Attributes:
        delay_ms: from the loudspeaker's sample to its direct sound in the recording.
        level_db: echo level relative to the played level (RMS over the whole recording).
        rt60_s: reverberation time; the measured room has 0.2 s.
        skew_ppm: how much faster the microphone's clock runs than the loudspeaker's.
        drive: 0 is a linear loudspeaker; 1 to 3 clip softly: tanh(drive * x / peak).
        drift_ms: by how much the delay wanders (one slow sine, 20 s) around ``delay_ms``.
        seed: of a synthetic room.
        room: which kind.
    """

    delay_ms: float = 80.0
    level_db: float = -6.0
    rt60_s: float = 0.3
    skew_ppm: float = 0.0
    drive: float = 0.0
    drift_ms: float = 0.0
    seed: int = 1
    room: Literal["synthetic", "measured"] = "synthetic"

    def echo(self, played: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the microphone hears of ``played``: float32, same length, 16 kHz mono."""
        heard = self._heard(played)
        echoed: NDArray[np.float32] = (heard * self._gain(played, heard)).astype(np.float32)
        return echoed

    def running(self, calibration: NDArray[np.float32]) -> RunningEcho:
        """Return the same path for 10 ms at a time, at the level it has for ``calibration``.

        For what is decided while it sounds. A running path has no skew, drift or distortion.
        """
        assert (self.skew_ppm, self.drift_ms, self.drive) == (0, 0, 0)
        gain = self._gain(calibration, self._heard(calibration))
        return RunningEcho(self._response() * gain, round(self.delay_ms * RATE_HZ / 1000))

    def _heard(self, played: NDArray[np.float32]) -> NDArray[np.float64]:
        source = played.astype(np.float64)
        if self.drive > 0:
            peak = float(np.abs(source).max()) or 1.0
            source = np.tanh(self.drive * source / peak) * peak / self.drive
        heard = _convolve(source, self._response())[: len(played)]
        if self.skew_ppm == 0 and self.drift_ms == 0:
            delay = round(self.delay_ms * RATE_HZ / 1000)
            return np.concatenate((np.zeros(max(0, delay)), heard[max(0, -delay) :]))[: len(played)]
        return _read_at(heard, self._positions(len(played)))

    def _gain(self, played: NDArray[np.float32], heard: NDArray[np.float64]) -> float:
        rms = float(np.sqrt(np.mean(np.square(heard)))) or 1.0
        wanted = float(np.sqrt(np.mean(np.square(played.astype(np.float64)))))
        return wanted / rms * 10 ** (self.level_db / 20)

    def _response(self) -> NDArray[np.float64]:
        """The measured room, or direct sound, early reflections, a diffuse tail and a small loudspeaker."""
        if self.room == "measured":
            from assistant.audio.files import read_audio

            measured = Path(__file__).with_name("rooms") / "living_room.flac"
            return read_audio(measured, RATE_HZ).samples.astype(np.float64)
        random = np.random.default_rng(self.seed)
        length = int(self.rt60_s * 1.2 * RATE_HZ)
        time_s = np.arange(length) / RATE_HZ
        decay = 10 ** (-3 * time_s / self.rt60_s)  # -60 dB of energy after rt60_s
        tail = random.standard_normal(length) * decay
        tail[: int(0.004 * RATE_HZ)] = 0.0
        for at_s in random.uniform(0.001, _EARLY_S, _EARLY_REFLECTIONS):
            tail[int(at_s * RATE_HZ)] += (
                random.choice((-1.0, 1.0)) * 4 * 10 ** (-3 * at_s / self.rt60_s)
            )
        response = tail / np.sqrt(np.sum(np.square(tail)))
        response[0] += 10 ** (_DIRECT_TO_REVERBERANT_DB / 20)
        spectrum = np.fft.rfft(response, 2 * length)
        hz = np.fft.rfftfreq(2 * length, 1 / RATE_HZ)
        low = 1j * hz / (1j * hz + _SPEAKER_LOW_HZ)
        high = 1 / (1 + 1j * hz / _SPEAKER_HIGH_HZ)
        shaped: NDArray[np.float64] = np.fft.irfft(spectrum * low * high)[:length]
        return shaped

    def _positions(self, count: int) -> NDArray[np.float64]:
        """Where in the undelayed echo each recorded sample lies."""
        index = np.arange(count, dtype=np.float64)
        drift = self.drift_ms * np.sin(2 * np.pi * index / (20.0 * RATE_HZ))
        return index * (1 - self.skew_ppm * 1e-6) - (self.delay_ms + drift) * RATE_HZ / 1000


class RunningEcho:
    """An echo path in steps of 10 ms (uniformly partitioned overlap-save convolution)."""

    def __init__(self, response: NDArray[np.float64], delay: int) -> None:
        parts = -(-len(response) // FRAME_SAMPLES)
        padded = np.zeros(parts * FRAME_SAMPLES)
        padded[: len(response)] = response
        self._response = np.fft.rfft(padded.reshape(parts, FRAME_SAMPLES), 2 * FRAME_SAMPLES)
        self._spectra = np.zeros_like(self._response)
        self._newest = 0
        self._before = np.zeros(FRAME_SAMPLES)
        self._waiting = np.zeros(delay)

    def take(self, played: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the echo arriving while these 160 samples are played."""
        self._newest = (self._newest - 1) % len(self._spectra)
        self._spectra[self._newest] = np.fft.rfft(np.concatenate((self._before, played)))
        self._before = played.astype(np.float64)
        order = (self._newest + np.arange(len(self._spectra))) % len(self._spectra)
        heard = np.fft.irfft((self._spectra[order] * self._response).sum(axis=0))[FRAME_SAMPLES:]
        line = np.concatenate((self._waiting, heard))
        self._waiting = line[FRAME_SAMPLES:]
        arrived: NDArray[np.float32] = line[:FRAME_SAMPLES].astype(np.float32)
        return arrived


def at_dbfs(samples: NDArray[np.float32], level_dbfs: float) -> NDArray[np.float32]:
    """Return ``samples`` scaled to an RMS level, measured where they are not silent."""
    loud = np.abs(samples) > 0.02 * float(np.abs(samples).max(initial=0.0))
    rms = float(np.sqrt(np.mean(np.square(samples[loud])))) if loud.any() else 1.0
    scaled: NDArray[np.float32] = (samples * (10 ** (level_dbfs / 20) / rms)).astype(np.float32)
    return scaled


def room_noise(count: int, level_dbfs: float, seed: int) -> NDArray[np.float32]:
    """Return white noise, the microphone's own and the room's: float32, shape (count,)."""
    random = np.random.default_rng(seed)
    noise: NDArray[np.float32] = random.standard_normal(count, dtype=np.float32)
    return noise * np.float32(10 ** (level_dbfs / 20))


def _convolve(signal: NDArray[np.float64], response: NDArray[np.float64]) -> NDArray[np.float64]:
    size = len(signal) + len(response) - 1
    size = 1 << (size - 1).bit_length()
    product: NDArray[np.float64] = np.fft.irfft(
        np.fft.rfft(signal, size) * np.fft.rfft(response, size), size
    )
    return product


_TAPS = 16


def _read_at(
    signal: NDArray[np.float64], positions: NDArray[np.float64], chunk: int = 160_000
) -> NDArray[np.float64]:
    """Return ``signal`` at fractional positions (windowed sinc, 16 taps); zero outside of it."""
    out = np.zeros(len(positions))
    padded = np.concatenate((np.zeros(_TAPS), signal, np.zeros(_TAPS)))
    taps = np.arange(_TAPS) - _TAPS // 2 + 1
    for start in range(0, len(positions), chunk):
        part = positions[start : start + chunk]
        inside = (part > -_TAPS // 2) & (part < len(signal) + _TAPS // 2 - 1)
        whole = np.floor(part[inside]).astype(np.int64)
        fraction = part[inside] - whole
        offset = taps[None, :] - fraction[:, None]
        weights = np.sinc(offset) * np.cos(np.pi * offset / (_TAPS + 2)) ** 2
        found = np.zeros(len(part))
        found[inside] = np.einsum(
            "ij,ij->i", padded[whole[:, None] + taps[None, :] + _TAPS], weights
        )
        out[start : start + chunk] = found
    return out
