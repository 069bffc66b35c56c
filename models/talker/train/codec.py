"""The audio tokens: 8192 centroids of frames. Owns the codec vector and its clustering.

A codec vector is 80 log-mel bands, each normalised, and the pitch: 5 x z(log F0), 0 where voiceless.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import corpus
import numpy as np
import torch
from dimensions import CODES, DIMENSIONS, LOG_FLOOR, PITCH_WEIGHT, SEED

_SAMPLE = 400_000
_ROUNDS = 10
_BLOCK = 4096
_SILENT = np.log(LOG_FLOOR) + 0.5


@dataclass(frozen=True, slots=True)
class Codec:
    """Attributes: `mean`, `scale` [81] of (mel, log F0); `centroids` float32 [8192, 81], codec vectors."""

    mean: np.ndarray
    scale: np.ndarray
    centroids: np.ndarray

    def vectors(self, mel: np.ndarray, pitch: np.ndarray) -> np.ndarray:
        """Return the codec vectors float32 [frames, 81]."""
        bands = (mel.astype(np.float32) - self.mean[:-1]) * self.scale[:-1]
        height = np.where(pitch > 0, (pitch - self.mean[-1]) * self.scale[-1], 0)
        return np.concatenate([bands, height[:, None]], 1).astype(np.float32)


def load(path: Path) -> Codec:
    with np.load(path) as kept:
        return Codec(kept["mean"], kept["scale"], kept["centroids"])


def load_tokens(path: Path) -> np.ndarray:
    with np.load(path) as kept:
        return kept["tokens"]


def nearest(vectors: torch.Tensor, centroids: torch.Tensor) -> torch.Tensor:
    """Return the index of the nearest centroid of each row."""
    half = (centroids**2).sum(1) / 2
    return torch.cat([(half - block @ centroids.T).argmin(1) for block in vectors.split(_BLOCK)])


def fit(shards: Path, path: Path) -> None:
    """Write means, centroids and the token of every frame; print the held-out distortion."""
    torch.set_num_threads(2)
    rng = np.random.default_rng(SEED)
    data = corpus.read(shards, with_audio=False)
    is_loud = data.mel.max(1) > _SILENT
    some = rng.choice(np.flatnonzero(is_loud), min(300_000, int(is_loud.sum())), replace=False)
    bands, heights = data.mel[some].astype(np.float32), data.pitch[data.pitch > 0]
    mean = np.append(bands.mean(0), heights.mean()).astype(np.float32)
    scale = np.append(1 / bands.std(0), PITCH_WEIGHT / heights.std()).astype(np.float32)
    codec = Codec(mean, scale, np.zeros((CODES, DIMENSIONS), np.float32))
    vectors = torch.from_numpy(codec.vectors(data.mel, data.pitch))
    held = np.zeros(len(vectors), bool)
    for item in data.items:
        if item["number"] % corpus.HELD_OUT_EVERY == 0:
            held[item["at"] : item["at"] + item["frames"]] = True
    # Silence is all alike: one frame in fifty of it is enough.
    usable = np.flatnonzero(~held & (is_loud | (rng.random(len(held)) < 0.02)))
    sample = vectors[torch.from_numpy(rng.permutation(usable)[:_SAMPLE].copy())]
    centroids = sample[:CODES].clone()
    for round_ in range(_ROUNDS):
        begin = time.monotonic()
        which = nearest(sample, centroids)
        count = torch.bincount(which, minlength=CODES)
        total = torch.zeros_like(centroids).index_add_(0, which, sample)
        centroids = total / count.clamp(min=1)[:, None]
        empty = torch.nonzero(count == 0)[:, 0]
        centroids[empty] = sample[torch.from_numpy(rng.integers(0, len(sample), len(empty)))]
        error = (sample - centroids[which]).square().sum(1).mean()
        print(
            f"codec: round {round_}, squared error {error:.3f}, {len(empty)} empty, "
            f"{time.monotonic() - begin:.0f} s",
            flush=True,
        )
    tokens = nearest(vectors, centroids)
    lost = (vectors - centroids[tokens]).square()
    for name, part in (("train", ~held), ("held out", held)):
        rows = lost[torch.from_numpy(part & is_loud)]
        print(
            f"codec: {name} {rows.sum(1).mean():.3f} = mel {rows[:, :-1].sum(1).mean():.3f} "
            f"+ pitch {rows[:, -1].mean():.3f}",
            flush=True,
        )
    print(
        f"codec: {len(torch.unique(tokens))} of {CODES} used, variance {vectors.var(0).sum():.1f}, "
        f"{len(vectors)} frames",
        flush=True,
    )
    np.savez(
        path,
        mean=mean,
        scale=scale,
        centroids=centroids.numpy(),
        tokens=tokens.numpy().astype(np.uint16),
    )
