"""What happens to speech between mouth and microphone, on log-mel bands. Owns the distortions of training.

Powers of speech and noise are added band by band, which is right on average. Everything is drawn anew for
each epoch. Recorded noise (`--noise`, a manifest like `assistant bench asr` takes) is used where its
licence is permissive; without it only made noise is.
"""

from __future__ import annotations

import json
from pathlib import Path

import ears_features
import numpy as np
from ears_features import F32, MELS

_LN_DB = np.log(10) / 10
_WARPS = np.linspace(0.93, 1.08, 27)


def recorded_noise(manifest: Path | None) -> list[F32]:
    """Return the powers [hops, 64] of the noise clips anyone may use."""
    if manifest is None:
        return []
    import soundfile

    found = []
    for clip in json.loads(manifest.read_text("utf-8")):
        if clip["kind"] == "noise" and clip["licence_class"] == "permissive":
            audio, rate = soundfile.read(manifest.parent / clip["file"], dtype="float32")
            if rate == ears_features.RATE_HZ and len(audio) > rate:
                found.append(np.exp(ears_features.log_mel(audio)))
    return found


def _warp_matrices() -> F32:
    """Return [27, 64, 64]: band values read at frequencies a factor higher or lower (vocal tract length)."""
    edges = ears_features.band_edges_hz()
    mels = ears_features.mel_of_hz(edges[1:-1])
    out = np.zeros((len(_WARPS), MELS, MELS), np.float32)
    for at, factor in enumerate(_WARPS):
        place = np.interp(ears_features.mel_of_hz(edges[1:-1] * factor), mels, np.arange(MELS))
        low = np.minimum(place.astype(int), MELS - 2)
        out[at, low, np.arange(MELS)] = 1 - (place - low)
        out[at, low + 1, np.arange(MELS)] += place - low
    return out


_MATRICES = _warp_matrices()
_CENTRES_HZ = ears_features.band_edges_hz()[1:-1]


class Distortion:
    """Draws what happens to each utterance. Has a generator, so one thread uses it."""

    def __init__(self, noise: list[F32], seed: int) -> None:
        self._noise = noise
        self._rng = np.random.default_rng(seed)
        self._others: list[F32] = []

    def __call__(self, mel: F32, least_hops: int) -> F32:
        """Return one utterance's log-mel as a microphone might hear it; not shorter than `least_hops`."""
        rng = self._rng
        mel = self._other_tempo(mel, least_hops) @ _MATRICES[rng.integers(len(_WARPS))]
        power = np.exp(mel + self._colour(tilt=8, waves=3))
        speech = power.mean()
        self._remember(power / speech)
        if rng.random() < 0.85:
            noise = self._noise_like(len(power))
            power = power + noise * (speech / noise.mean() * np.exp(-_LN_DB * rng.uniform(3, 40)))
        power = power * np.exp(_LN_DB * rng.uniform(-32, 8))
        power = power * self._band_limit() + 10 ** rng.uniform(-9.5, -8)
        return np.log(power).astype(np.float32)

    def masked(self, levelled: F32) -> F32:
        """Blot out some bands and moments (SpecAugment); in place, `levelled` has mean zero."""
        rng = self._rng
        for _ in range(2):
            width = rng.integers(0, 8)
            begin = rng.integers(0, MELS - width)
            levelled[:, begin : begin + width] = 0
        for _ in range(1 + len(levelled) // 200):
            width = min(rng.integers(0, 16), len(levelled) // 4)
            begin = rng.integers(0, len(levelled) - width)
            levelled[begin : begin + width] = 0
        return levelled

    def _other_tempo(self, mel: F32, least_hops: int) -> F32:
        hops = max(int(len(mel) / np.exp(self._rng.normal(0, 0.1))), least_hops)
        place = np.linspace(0, len(mel) - 1, hops)
        low = np.minimum(place.astype(int), len(mel) - 2)
        part = (place - low)[:, None].astype(np.float32)
        return mel[low] * (1 - part) + mel[low + 1] * part

    def _colour(self, tilt: float, waves: float) -> F32:
        """Return a smooth curve over the bands, in nepers of power."""
        rng, x = self._rng, np.linspace(-1, 1, MELS)
        curve = rng.normal(0, tilt / 2) * x
        for turns in (1, 2, 3, 5):
            curve += rng.normal(0, waves / 2) * np.cos(np.pi * turns * (x + rng.uniform(0, 2)))
        return (_LN_DB * curve).astype(np.float32)

    def _band_limit(self) -> F32:
        rng, gains = self._rng, np.ones(MELS, np.float32)
        if rng.random() < 0.2:
            gains *= 1 / (1 + (_CENTRES_HZ / rng.uniform(2800, 6000)) ** rng.choice([8, 16, 30]))
        if rng.random() < 0.3:
            gains *= 1 / (1 + (rng.uniform(90, 320) / _CENTRES_HZ) ** rng.choice([4, 8]))
        return gains

    def _remember(self, power: F32) -> None:
        self._others.append(power.astype(np.float32))
        if len(self._others) > 200:
            del self._others[self._rng.integers(200)]

    def _noise_like(self, hops: int) -> F32:
        kind = self._rng.random()
        if kind < 0.35 and self._noise:
            return self._cut(self._noise[self._rng.integers(len(self._noise))], hops)
        if kind < 0.5 and len(self._others) > 20:
            voices = self._rng.integers(1, 6)
            chosen = self._rng.integers(0, len(self._others), voices)
            return sum(self._cut(self._others[at], hops) for at in chosen)
        return self._made(hops)

    def _cut(self, power: F32, hops: int) -> F32:
        begin = self._rng.integers(0, len(power))
        cut = np.take(power, np.arange(begin, begin + hops), axis=0, mode="wrap")
        return cut * np.exp(self._colour(tilt=6, waves=3))

    def _made(self, hops: int) -> F32:
        """Return noise of some colour, steady or coming and going, perhaps with a hum."""
        rng = self._rng
        # A band is the mean of a few bins' powers, each exponential.
        power = rng.gamma(3.0, 1 / 3, (hops, MELS)) * np.exp(self._colour(tilt=24, waves=5))
        if rng.random() < 0.4:
            slow = np.interp(np.arange(hops), np.linspace(0, hops, 2 + hops // 40),
                             rng.normal(0, 6, 2 + hops // 40))  # fmt: skip
            power *= np.exp(_LN_DB * slow)[:, None]
        if rng.random() < 0.15:
            power += (
                np.exp(-0.5 * ((np.arange(MELS) - rng.uniform(0, 40)) / 1.0) ** 2)
                * power.mean()
                * 50
            )
        return power
