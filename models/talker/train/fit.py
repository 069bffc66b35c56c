"""Trains one part, `fit.py encoder|vocoder --work DIR`. Owns batches, losses, learning rate and checkpoints.

Stopped at any moment it goes on from its last checkpoint (every three minutes). The learning rate is constant
and falls to zero over the last third of the steps, so `--steps` may be changed on the way. On CUDA the same
code runs there.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Iterator
from pathlib import Path

import codec as codec_module
import corpus
import numpy as np
import torch
from dimensions import HOP, RATE_HZ, SEED
from encoder import Encoder
from torch import Tensor, nn
from torch.nn import functional
from vocoder import Vocoder

STEPS = {"encoder": 4200, "vocoder": 6000}
RATE = {"encoder": 1e-3, "vocoder": 7e-4}
_WARM_UP = 60
_CHECKPOINT_S = 150
_HELD_OUT_CPU_S = 120
_MEAN_SHARE = 0.004  # of the newest weights in the running mean
_FRAMES_A_BATCH = 3000  # encoder
_PITCH_SHARE = 0.06
_QUESTIONS_AS_OFTEN = 3  # as other sentences: few end in a rise
_CROPS, _CROP = 8, 80  # vocoder: crops a batch, frames a crop
_TOP_PITCH = np.log(420.0)
_DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class EncoderPart:
    """Durations and frames of the teacher, from its phonemes."""

    def __init__(self, work: Path) -> None:
        self.data = corpus.read(work / "teacher", with_audio=False)
        self.codec = codec_module.load(work / "codec.npz")
        self.net = Encoder()
        items = self.data.chosen("encoder", held_out=False)
        rising = [item for item in items if not item["vocoder"]]
        self.train_items = items + (_QUESTIONS_AS_OFTEN - 1) * rising
        self.held_items = self.data.chosen("encoder", held_out=True)

    def batches(self, seed: int) -> Iterator[list[dict]]:
        """Items of like length together, for ever."""
        rng = np.random.default_rng(seed)
        while True:
            order = sorted(
                self.train_items, key=lambda item: item["frames"] * rng.uniform(0.9, 1.1)
            )
            several: list[list[dict]] = [[]]
            for item in order:
                if (len(several[-1]) + 1) * item["frames"] > _FRAMES_A_BATCH and several[-1]:
                    several.append([])
                several[-1].append(item)
            for at in rng.permutation(len(several)):
                yield several[at]

    def loss(self, items: list[dict]) -> tuple[Tensor, dict[str, float]]:
        """Return what to make small, and figures to print."""
        ids = _padded([torch.tensor(item["ids"]) for item in items])
        counts = _padded([torch.tensor(item["durations"]) for item in items])
        semitones = torch.tensor([item["semitones"] for item in items], device=_DEVICE)
        wanted = _padded([torch.from_numpy(self._vectors(item)) for item in items])
        with torch.autocast(_DEVICE, torch.bfloat16):
            phones, logs = self.net.phones(ids, semitones)
            made = self.net.frames(phones, counts)
        is_symbol, is_frame = (
            ids > 0,
            torch.arange(made.shape[1], device=_DEVICE) < counts.sum(1)[:, None],
        )
        length = functional.smooth_l1_loss(
            logs, torch.log1p(counts.float()), reduction="none", beta=0.1
        )[is_symbol].mean()
        error = made[is_frame] - wanted[is_frame]
        each = functional.smooth_l1_loss(error, torch.zeros_like(error), beta=0.5, reduction="none")
        # One number of 81 would hardly be heard among the bands, but is half of the melody.
        frame = each.mean() + _PITCH_SHARE * each[:, -1].mean()
        squared = error.detach().square().sum(1).mean()
        away = ((torch.exp(logs.detach()) - 1).clamp(min=0) - counts).abs()[is_symbol].mean()
        return frame + 0.3 * length, _floats(
            frame=frame, length=length, squared=squared, frames_off=away
        )

    def _vectors(self, item: dict) -> np.ndarray:
        rows = slice(item["at"], item["at"] + item["frames"])
        return self.codec.vectors(self.data.mel[rows], self.data.pitch[rows])

    def held_out(self) -> dict[str, float]:
        """Return the figures of the held-out items."""
        return _mean(
            [
                self.loss(self.held_items[at : at + 16])[1]
                for at in range(0, len(self.held_items), 16)
            ]
        )


class VocoderPart:
    """The teacher's sound from its tokens; the pitch of the source is the true one while learning."""

    def __init__(self, work: Path) -> None:
        self.data = corpus.read(work / "teacher")
        self.codec = codec_module.load(work / "codec.npz")
        self.tokens = codec_module.load_tokens(work / "codec.npz")
        self.net = Vocoder(self.codec.centroids, self.codec.mean[-1], self.codec.scale[-1])
        self.train_items = [
            i for i in self.data.chosen("vocoder", held_out=False) if i["frames"] >= _CROP
        ]
        self.held_items = [
            i for i in self.data.chosen("vocoder", held_out=True) if i["frames"] >= _CROP
        ]
        self.mel = [_mel_for(size) for size in _SIZES]

    def batches(self, seed: int) -> Iterator[list[tuple[dict, int]]]:
        """Items with the first frame of a crop, each frame as likely as any other, for ever."""
        rng = np.random.default_rng(seed)
        share = np.array([item["frames"] for item in self.train_items], float)
        while True:
            chosen = rng.choice(len(share), _CROPS, p=share / share.sum())
            yield [
                (
                    self.train_items[i],
                    int(rng.integers(0, self.train_items[i]["frames"] - _CROP + 1)),
                )
                for i in chosen
            ]

    def loss(self, crops: list[tuple[dict, int]]) -> tuple[Tensor, dict[str, float]]:
        """Return what to make small, and figures to print."""
        tokens, pitches, sounds = [], [], []
        for item, begin in crops:
            at = item["at"] + begin
            tokens.append(torch.from_numpy(self.tokens[at : at + _CROP].astype(np.int64)))
            pitches.append(torch.from_numpy(self.data.pitch[at : at + _CROP]))
            sample = item["sample"] + begin * HOP
            sounds.append(
                torch.from_numpy(
                    self.data.audio[sample : sample + _CROP * HOP].astype(np.float32) / 32767
                )
            )
        token, pitch, sound = (torch.stack(x).to(_DEVICE) for x in (tokens, pitches, sounds))
        with torch.autocast(_DEVICE, torch.bfloat16):
            log_hz, harmonic, noisy = self.net.shape(token)
        true, voiced = self._twice(pitch)
        source = torch.where(voiced, true, log_hz.detach())
        begins = (torch.exp(source) * (HOP / 2 / RATE_HZ)).cumsum(1).roll(1, 1)
        begins[:, 0] = 0
        begins = (begins + torch.rand(len(begins), 1, device=_DEVICE)) % 1
        first = torch.randint(0, 100_000, (1,), device=_DEVICE)
        made = self.net.sound(source, begins, harmonic, noisy, first)
        spectral = sum(
            _spectral(made, sound, size, mel) for size, mel in zip(_SIZES, self.mel, strict=True)
        ) / len(_SIZES)
        height = (log_hz - true).abs()[voiced].mean() if voiced.any() else log_hz.sum() * 0
        return spectral + 8 * height, _floats(
            spectral=spectral, semitones_off=height * (12 / float(np.log(2)))
        )

    def _twice(self, pitch: Tensor) -> tuple[Tensor, Tensor]:
        """Return log F0 at the 2S spectra, on the line between two voiced frames, and where it is known."""
        voiced = pitch > 0
        before, after = functional.pad(pitch, (1, 0))[:, :-1], functional.pad(pitch, (0, 1))[:, 1:]
        early = torch.where(voiced & (before > 0), 0.75 * pitch + 0.25 * before, pitch)
        late = torch.where(voiced & (after > 0), 0.75 * pitch + 0.25 * after, pitch)
        return torch.stack([early, late], 2).flatten(1), voiced.repeat_interleave(2, 1)

    def held_out(self) -> dict[str, float]:
        """Return the figures of the held-out items."""
        crops = [
            (item, begin)
            for item in self.held_items
            for begin in range(0, item["frames"] - _CROP + 1, 2 * _CROP)
        ]
        return _mean(
            [self.loss(crops[at : at + 16])[1] for at in range(0, min(len(crops), 160), 16)]
        )


_SIZES = ((256, 64), (512, 120), (1024, 240), (2048, 480))


def _mel_for(size: tuple[int, int]) -> Tensor:
    """Return [bins, bands] overlapping bands up to 8 kHz, for a loss that sees no single bins of noise."""
    bins, bands = size[0] // 2 + 1, min(64, size[0] // 8)
    hz = torch.arange(bins) * RATE_HZ / size[0]
    mel = 2595 * torch.log10(1 + hz / 700)
    edges = torch.linspace(20.0, 2840.0, bands + 2)
    up = (mel[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - mel[:, None]) / (edges[2:] - edges[1:-1])
    return torch.minimum(up, down).clamp(min=0).to(_DEVICE)


def _spectral(made: Tensor, wanted: Tensor, size: tuple[int, int], mel: Tensor) -> Tensor:
    window = torch.hann_window(size[0], device=_DEVICE)
    # Scaled so that noise of one strength looks the same in every window.
    scale = 1 / float(window.square().sum().sqrt())
    a, b = (
        torch.stft(x, size[0], size[1], window=window, return_complex=True, pad_mode="constant")
        for x in (made, wanted)
    )
    a, b = (torch.sqrt(x.real.square() + x.imag.square() + 1e-9) * scale for x in (a, b))
    top = int(8000 / RATE_HZ * size[0]) + 1
    fine = (torch.log(a[:, :top] + 1e-4) - torch.log(b[:, :top] + 1e-4)).abs().mean()
    relative = (a - b).norm() / b.norm().clamp(min=1e-3)
    bands = [torch.log(torch.einsum("bft,fm->btm", x.square(), mel) + 1e-7) / 2 for x in (a, b)]
    return 0.5 * fine + 0.5 * relative + (bands[0] - bands[1]).abs().mean()


def _padded(rows: list[Tensor]) -> Tensor:
    return nn.utils.rnn.pad_sequence(rows, batch_first=True).to(_DEVICE)


def _floats(**figures: Tensor) -> dict[str, float]:
    return {name: float(figure.detach()) for name, figure in figures.items()}


def _mean(several: list[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.mean([one[key] for one in several])) for key in several[0]}


class Training:
    """One part's network, its running mean (which is what gets exported) and all that is needed to go on."""

    def __init__(self, name: str, work: Path) -> None:
        torch.manual_seed(SEED)
        torch.set_num_threads(1)
        self.name = name
        self.part = {"encoder": EncoderPart, "vocoder": VocoderPart}[name](work)
        self.net = self.part.net.to(_DEVICE).train()
        self.mean = copy.deepcopy(self.net).requires_grad_(requires_grad=False)
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), lr=RATE[name], betas=(0.9, 0.98), weight_decay=0.01
        )
        self.path = work / f"{name}.pt"
        self.step, self.spent = 0, 0.0
        if self.path.exists():
            state = torch.load(self.path, map_location=_DEVICE)
            for key in ("net", "mean", "optimiser"):
                getattr(self, key).load_state_dict(state[key])
            self.step, self.spent = state["step"], state["spent"]
        self.since = time.process_time()
        size = sum(p.numel() for p in self.net.parameters())
        self.tell(f"{size:,} parameters, {len(self.part.train_items)} items, from step {self.step}")

    def tell(self, words: str) -> None:
        """Print under the part's name."""
        print(f"{self.name}: {words}", flush=True)

    def cpu_s(self) -> float:
        """Return the processor time spent so far, earlier runs included."""
        return self.spent + time.process_time() - self.since

    def learn(self, batch: list, steps: int) -> dict[str, float]:
        """Take one step of `steps` in all; return the figures of the batch."""
        left = (steps - self.step) / (steps / 3)
        for group in self.optimiser.param_groups:
            group["lr"] = RATE[self.name] * min(1.0, (self.step + 1) / _WARM_UP, max(left, 0.02))
        loss, figures = self.part.loss(batch)
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        share = max(1 / self.step, _MEAN_SHARE)
        for mean, new in zip(self.mean.parameters(), self.net.parameters(), strict=True):
            mean.lerp_(new.detach(), share)
        return figures

    def keep(self) -> None:
        """Write the checkpoint."""
        state = {key: getattr(self, key).state_dict() for key in ("net", "mean", "optimiser")}
        temporary = self.path.with_suffix(".part")
        torch.save(state | {"step": self.step, "spent": self.cpu_s()}, temporary)
        temporary.rename(self.path)

    def judge(self) -> None:
        """Print the figures of the mean network on sentences held out."""
        self.part.net, learning = self.mean.eval(), self.part.net
        with torch.no_grad():
            figures = self.part.held_out()
        self.part.net = learning
        self.tell(f"held out at {self.step}, {self.cpu_s():.0f} cpu s: {_written(figures)}")


def run(name: str, work: Path, steps: int) -> None:
    """Train until `steps` in all are done."""
    training = Training(name, work)
    batches, sums = training.part.batches(SEED + training.step), []
    kept_at, judged_at = time.monotonic(), training.cpu_s()
    while training.step < steps:
        sums.append(training.learn(next(batches), steps))
        is_last = training.step == steps
        if training.step % 50 == 0 or is_last:
            training.tell(
                f"step {training.step}/{steps}, {training.cpu_s():.0f} cpu s, {_written(_mean(sums))}"
            )
            sums = []
        if is_last or time.monotonic() - kept_at > _CHECKPOINT_S:
            training.keep()
            kept_at = time.monotonic()
        if is_last or training.cpu_s() - judged_at > _HELD_OUT_CPU_S:
            training.judge()
            judged_at = training.cpu_s()


def _written(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {figure:.4f}" for name, figure in figures.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=list(STEPS))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int)
    args = parser.parse_args()
    run(args.part, args.work, args.steps or STEPS[args.part])
