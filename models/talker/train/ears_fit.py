"""Teaches the ears. Owns batches, loss, schedule and checkpoints; goes on where it was stopped.

python ears_fit.py --work DIR --steps 4000 [--noise MANIFEST] [--threads 1]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

# Before numpy comes: two threads for a product of 500 x 64 numbers wait for each other on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import ears_augment
import ears_features
import numpy as np
import torch
from dimensions import SEED
from ears_net import SUBSAMPLING, Ears
from torch import Tensor
from torch.nn import functional

STEPS = 7000
RATE = 2e-3
WARM_UP = 200
HOPS_A_BATCH = 3000  # 30 s
_KEEP = 0.998  # of the running mean of the weights
_MIDDLE_SHARE = 0.3
_LEAST_HOPS_A_UNIT = 4.6

F32 = ears_features.F32
Item = tuple[F32, list[int]]


class Corpus:
    """Utterances of all shards written so far; looks for new ones on request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[Path] = set()
        self.items: list[Item] = []

    def look(self) -> None:
        """Read the shards that were not read before."""
        for path in sorted(self._folder.glob("ears_*[0-9].npz")):
            if path not in self._read:
                self._read.add(path)
                self.items += [(mel, units) for mel, units, _ in read_shard(path)]


def read_shard(path: Path) -> list[tuple[F32, list[int], dict]]:
    """Return the utterances of a shard: log-mel [hops, 64] float16, units, text and voice."""
    with np.load(path) as shard:
        ends = np.cumsum(shard["frames"])
        mels = np.split(shard["features"], ends[:-1])
        units = np.split(shard["units"], np.cumsum(shard["lengths"])[:-1])
        table = json.loads(str(shard["table"]))
    return [(mel, list(map(int, u)), row) for mel, u, row in zip(mels, units, table, strict=True)]


def batches(items: list[Item], rng: np.random.Generator) -> Iterator[list[Item]]:
    """Yield one epoch, items of like length together."""
    jitter = rng.uniform(0.9, 1.1, len(items))
    order = np.argsort([len(mel) * j for (mel, _), j in zip(items, jitter, strict=True)])
    groups: list[list[Item]] = [[]]
    longest = 0
    for at in order:
        item = items[at]
        longest = max(longest, len(item[0]))
        if groups[-1] and longest * (len(groups[-1]) + 1) > HOPS_A_BATCH:
            groups.append([])
            longest = len(item[0])
        groups[-1].append(item)
    for at in rng.permutation(len(groups)):
        yield groups[at]


def make_batch(
    group: list[Item], net: Ears, distort: ears_augment.Distortion
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return levelled mel [B, hops, 64], frames [B], units joined, how many of each."""
    mels = []
    for mel, units in group:
        heard = torch.from_numpy(
            distort(mel.astype(np.float32), int(_LEAST_HOPS_A_UNIT * len(units)) + 8)
        )
        flat, _ = net.level(heard[None], torch.zeros(1, ears_features.MELS), torch.zeros(1))
        mels.append(torch.from_numpy(distort.masked(flat[0].numpy())))
    frames = torch.tensor([-(-len(mel) // SUBSAMPLING) for mel in mels])
    padded = torch.nn.utils.rnn.pad_sequence(mels, batch_first=True)
    units = torch.tensor([unit for _, units in group for unit in units])
    return padded, frames, units, torch.tensor([len(units) for _, units in group])


def loss_of(
    net: Ears, mel: Tensor, frames: Tensor, units: Tensor, lengths: Tensor
) -> tuple[Tensor, Tensor]:
    """Return what is minimised, and the share of the last layer, per unit."""
    with torch.autocast("cpu", torch.bfloat16):
        features, middle = net.encode(mel, frames)
        last, first = net.decode(features), net.middle(middle)
    total = lengths.sum()
    final, early = (
        functional.ctc_loss(
            scores.float().log_softmax(2).transpose(0, 1), units, frames, lengths,
            reduction="sum", zero_infinity=True,
        ) / total
        for scores in (last, first)
    )  # fmt: skip
    return (1 - _MIDDLE_SHARE) * final + _MIDDLE_SHARE * early, final.detach()


def average_sound(items: list[Item], distort: ears_augment.Distortion) -> Tensor:
    """Return the mean of the bands over what is heard in training."""
    heard = [distort(mel.astype(np.float32), 8).mean(0) for mel, _ in items[:400]]
    return torch.from_numpy(np.mean(heard, 0).astype(np.float32))


@torch.no_grad()
def unit_errors(net: Ears, items: list[tuple[F32, list[int], dict]]) -> float:
    """Return the phone error rate of the best path on undistorted utterances."""
    wrong = total = 0
    for mel, units, _ in items:
        wrong += distance(best_path(net, mel), units)
        total += len(units)
    return wrong / total


@torch.no_grad()
def best_path(net: Ears, mel: F32) -> list[int]:
    heard = torch.from_numpy(mel.astype(np.float32))[None]
    flat, _ = net.level(heard, torch.zeros(1, ears_features.MELS), torch.zeros(1))
    path = net.decode(net.encode(flat)[0])[0].argmax(1).tolist()
    return [u for u, before in zip(path, [0, *path[:-1]], strict=True) if u and u != before]


def distance(one: list[int], other: list[int]) -> int:
    """Return the edit distance."""
    row = list(range(len(other) + 1))
    for a in one:
        last, row[0] = row[0], row[0] + 1
        for at, b in enumerate(other, 1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (a != b))
    return row[-1]


def _pace(step: int, along: float) -> float:
    """Return the share of the learning rate: warm up, stay, then fall to nothing over the last half."""
    return min(1.0, step / WARM_UP, max(0.01, 2 * (1 - along)))


def fit(
    work: Path, steps: int, noise: Path | None, rate: float = RATE, minutes: float = math.inf
) -> None:
    """Learn until `steps` are done or `minutes` have gone by since this call, whichever is first."""
    torch.manual_seed(SEED)
    corpus = Corpus(work / "ears")
    corpus.look()
    held = read_shard(work / "ears" / "held_out.npz")[::4]
    net = Ears()
    running = {name: value.clone() for name, value in net.state_dict().items()}
    optimiser = torch.optim.AdamW(net.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.02)
    kept = work / "ears.pt"
    step, log = 0, []
    if kept.exists():
        state = torch.load(kept, weights_only=False)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        running, step, log = state["running"], state["step"], state["log"]
    distort = ears_augment.Distortion(ears_augment.recorded_noise(noise), SEED + step)
    if not step:
        net.average.copy_(average_sound(corpus.items, distort))
    rng = np.random.default_rng(SEED + step)
    mean, begin, cpu, seconds = None, time.monotonic(), time.process_time(), 0.0
    while step < steps:
        corpus.look()
        for group in batches(corpus.items, rng):
            along = max((step + 1) / steps, (time.monotonic() - begin) / 60 / minutes)
            for place in optimiser.param_groups:
                place["lr"] = rate * _pace(step + 1, along)
            batch = make_batch(group, net, distort)
            loss, final = loss_of(net, *batch)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            step += 1
            keep = min(_KEEP, (step + 1) / (step + 20))
            for name, value in net.state_dict().items():
                running[name].lerp_(value, 1 - keep)
            mean = final.item() if mean is None else 0.98 * mean + 0.02 * final.item()
            seconds += batch[1].sum().item() * 0.04
            if step % 20 == 0:
                spent = time.monotonic() - begin
                print(
                    f"ears: step {step} of {steps}, loss {mean:.3f} a phone,"
                    f" {seconds / spent:.0f} s of speech a second,"
                    f" {time.process_time() - cpu:.0f} s of processor, {len(corpus.items)} utterances",
                    flush=True,
                )
            if step % 100 == 0 or along >= 1:
                judged = Ears()
                judged.load_state_dict(running)
                log.append((step, mean, unit_errors(judged, held)))
                print(
                    f"ears: step {step}, {100 * log[-1][2]:.1f} % of the held-out voices' phones wrong",
                    flush=True,
                )
                state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(),
                         "running": running, "step": step, "log": log}  # fmt: skip
                torch.save(state, kept.with_suffix(".part"))
                kept.with_suffix(".part").rename(kept)
            if along >= 1:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--minutes", type=float, default=math.inf, help="the most it may take")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--noise", type=Path, help="manifest of recordings with noise clips")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    fit(args.work, args.steps, args.noise, args.rate, args.minutes)


if __name__ == "__main__":
    main()
