"""Synthetic speech as the ears learn it: said, put into a room, analysed, kept in shards. Owns the shards.

What changes from epoch to epoch (noise, level, colour, masks) is `ears_augment.py`'s.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import ears_text
import ears_voices
import numpy as np
from dimensions import SEED
from ears_features import F32, HOP, RATE_HZ, WINDOW, log_mel

SHARD = 250
SHARDS = 37
HELD_OUT_SENTENCES = 240
_SHORTEST_FRAMES_A_UNIT = (
    4.4  # four hops make one frame of the network, and repeated phones need a blank
)


def room(rng: np.random.Generator) -> F32:
    """Return the impulse response of some room: the direct sound, a few reflections, a decaying tail."""
    decay_s = float(np.exp(rng.uniform(np.log(0.1), np.log(0.7))))  # to -60 dB
    count = int(decay_s * RATE_HZ)
    time = np.arange(count) / RATE_HZ
    tail = rng.standard_normal(count) * 10 ** (-3 * time / decay_s)
    begins = int(rng.uniform(0.002, 0.02) * RATE_HZ)
    tail[: min(begins, count)] = 0
    # Walls swallow high frequencies first.
    smooth = rng.uniform(0.0, 0.7)
    for at in range(1, 4):
        tail[at:] = (1 - smooth / 2) * tail[at:] + smooth / 2 * tail[:-at]
    tail *= 10 ** (-rng.uniform(0, 14) / 20) / max(np.sqrt((tail**2).sum()), 1e-9)
    for _ in range(rng.integers(0, 6)):
        tail[rng.integers(16, max(int(0.03 * RATE_HZ), 17)) % count] += rng.uniform(-0.4, 0.4)
    tail[0] = 1.0
    return tail.astype(np.float32)


def in_room(audio: F32, response: F32) -> F32:
    size = 1 << (len(audio) + len(response) - 1).bit_length()
    product = np.fft.rfft(audio, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: len(audio) + len(response) // 2].astype(np.float32)


def _trimmed(audio: F32) -> F32:
    """Cut the silence a synthesiser puts around its speech."""
    loud = np.flatnonzero(np.abs(audio) > 0.01 * max(np.abs(audio).max(initial=0), 1e-4))
    return audio[max(loud[0] - 160, 0) : loud[-1] + 480] if len(loud) else audio[:0]


def prepared(audio: F32, rng: np.random.Generator, *, distort: bool) -> F32:
    """Return the utterance with some silence around it, at a usual level, perhaps in a room."""
    audio = _trimmed(audio)
    audio = 0.1 * audio / max(float(np.sqrt((audio**2).mean())), 1e-4)
    lead, tail = rng.exponential(0.25), rng.uniform(0.05, 0.5)
    if distort and rng.random() < 0.1:
        lead = 0.0
    audio = np.pad(audio, (min(int(lead * RATE_HZ), 2 * RATE_HZ), int(tail * RATE_HZ)))
    return in_room(audio, room(rng)) if distort and rng.random() < 0.6 else audio


def _write(
    path: Path, said: Sequence[tuple[str, ears_voices.Manner]], seed: int, *, distort: bool
) -> int:
    known = ears_text.read_dictionary()
    rng = np.random.default_rng(seed)
    features, labels, kept = [], [], []
    for (text, manner), sound in zip(said, ears_voices.speak(said), strict=True):
        if len(sound) < WINDOW + HOP or not np.isfinite(sound).all():
            continue
        frames = log_mel(prepared(sound, rng, distort=distort))
        units = ears_text.units(text, known)
        if len(frames) < _SHORTEST_FRAMES_A_UNIT * len(units) or len(frames) > 1600:
            continue
        features.append(frames.astype(np.float16))
        labels.append(units)
        kept.append(
            {
                "text": " ".join(ears_text.words_of(text)),
                "voice": manner.voice,
                "program": manner.program,
            }
        )
    temporary = path.with_suffix(".part.npz")
    np.savez(
        temporary,
        features=np.concatenate(features),
        frames=np.array([len(f) for f in features]),
        units=np.array([u for units in labels for u in units], np.int8),
        lengths=np.array([len(units) for units in labels]),
        table=np.array(json.dumps(kept)),
    )
    temporary.rename(path)
    return sum(map(len, features))


def _training_shard(number: int, folder: Path, graphs: Path | None) -> int:
    ears_voices.GRAPHS[:] = [graphs]
    texts = _texts()[number * SHARD : (number + 1) * SHARD]
    said = []
    for at, text in enumerate(texts):
        rng = random.Random(f"{SEED}:ears:{number}:{at}")
        said.append((text, ears_voices.draw(rng)))
    return _write(folder / f"ears_{number:03}.npz", said, SEED + number, distort=True)


def _texts() -> list[str]:
    if not _chosen:
        _chosen.extend(ears_text.choose(SHARD * SHARDS))
    return _chosen


_chosen: list[str] = []


def held_out() -> list[tuple[str, ears_voices.Manner]]:
    """Return sentences of other wording by voices never trained on: half asked, half prose."""
    known = ears_text.read_dictionary()
    rng = random.Random(SEED + 2)
    asked = [
        t for t in dict.fromkeys(ears_text.domain(4000, SEED + 77)) if ears_text.usable(t, known)
    ]
    read = [t for t in ears_text.prose()[1] if ears_text.usable(t, known)]
    half = HELD_OUT_SENTENCES // 2
    texts = rng.sample(asked, half) + rng.sample(read, min(half, len(read)))
    return [(text, ears_voices.draw_held_out(rng)) for text in texts]


def synthesise(folder: Path, graphs: Path | None = None, processes: int = 2) -> None:
    """Fill `folder` with shards; those already there are kept. `graphs`: see `ears_voices.GRAPHS`."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / "held_out.npz"
    if not aside.exists():
        _write(aside, held_out(), SEED, distort=False)
    missing = [n for n in range(SHARDS) if not (folder / f"ears_{n:03}.npz").exists()]
    with ProcessPoolExecutor(processes) as pool:
        jobs = [
            pool.submit(partial(_training_shard, folder=folder, graphs=graphs), number)
            for number in missing
        ]
        hours = 0.0
        for done, job in enumerate(as_completed(jobs), 1):
            hours += job.result() * HOP / RATE_HZ / 3600
            print(f"ears' corpus: {done} of {len(jobs)} shards, {hours:.2f} h", flush=True)


if __name__ == "__main__":
    import sys

    synthesise(Path(sys.argv[1]), processes=int(sys.argv[2]) if len(sys.argv) > 2 else 2)
