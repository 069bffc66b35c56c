"""The ears' network: log-mel bands to a score for each phone, 25 frames a second. Owns its shape.

    samples ─ Front ─► log-mel (100 a second) ─ minus their running mean ─ two strided convolutions ─►
    seven convolution blocks ─► features [B, T, 192] ─ Decode ─► scores of 39 phones and the blank

Nothing sees further than `FRAMES_OF_CONTEXT` frames to either side, and the running mean is a sum handed on,
so that long speech can be heard in pieces as if in one go.
"""

from __future__ import annotations

from typing import Final

import ears_features
import numpy as np
import torch
from ears_text import UNITS
from torch import Tensor, nn
from torch.nn import functional

WIDTH: Final = 192
BLOCKS: Final = 7
KERNEL: Final = 9
SUBSAMPLING: Final = 4
FRAMES_OF_CONTEXT: Final = BLOCKS * (KERNEL // 2) + 2  # two more for the strided convolutions
PRIOR_FRAMES: Final = 40.0  # of the average sound, before anything was heard
_SPREAD: Final = 2.5  # about the deviation of a log-mel band
_MIDDLE: Final = 4  # the block after which phones are asked for a first time, in training only


class Front(nn.Module):
    """Samples [B, N] at 16 kHz to log-mel [B, hops, 64], as `ears_features.log_mel` does it."""

    def __init__(self) -> None:
        super().__init__()
        turns = np.outer(
            np.arange(ears_features.N_FFT // 2 + 1), np.arange(ears_features.WINDOW)
        ) * (2 * np.pi / ears_features.N_FFT)
        basis = np.concatenate([np.cos(turns), np.sin(turns)]) * ears_features.window()
        self.register_buffer("basis", torch.from_numpy(basis[:, None].astype(np.float32)))
        self.register_buffer("mel", torch.from_numpy(ears_features.mel_matrix()))

    def forward(self, samples: Tensor) -> Tensor:
        """Return log-mel."""
        parts = functional.conv1d(samples[:, None], self.basis, stride=ears_features.HOP)
        real, imaginary = parts.chunk(2, 1)
        power = (real * real + imaginary * imaginary).transpose(1, 2) @ self.mel
        return torch.log(power.clamp(min=ears_features.FLOOR))


class Block(nn.Module):
    """Depth-wise convolution over time, then two products for each frame, added to what came in."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=KERNEL // 2, groups=WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.widen = nn.Linear(WIDTH, 4 * WIDTH)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH)
        self.scale = nn.Parameter(torch.full((WIDTH,), 0.3))

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Return as much as came in, [B, T, 192]; where `mask` [B, T, 1] is 0, nothing is seen."""
        inner = x if mask is None else x * mask
        inner = self.convolution(inner.transpose(1, 2)).transpose(1, 2)
        inner = self.narrow(functional.gelu(self.widen(self.norm(inner)), approximate="tanh"))
        return x + self.scale * inner


class Ears(nn.Module):
    """Log-mel [B, hops, 64] to features [B, T, 192] and scores [B, T, 40]; T = ceil(hops / 4)."""

    def __init__(self) -> None:
        super().__init__()
        bands = ears_features.MELS
        self.register_buffer("average", torch.full((bands,), -9.0))
        self.first = nn.Conv1d(bands, WIDTH, 5, stride=2, padding=2)
        self.second = nn.Conv1d(WIDTH, WIDTH, 5, stride=2, padding=2)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.out = nn.Linear(WIDTH, len(UNITS))
        self.middle = nn.Linear(WIDTH, len(UNITS))

    def level(self, mel: Tensor, level_sum: Tensor, level_hops: Tensor) -> tuple[Tensor, Tensor]:
        """Return mel minus its running mean, and the sums before each fourth hop [B, T, 64].

        Args:
            mel: [B, hops, 64].
            level_sum: [B, 64], the sum of all hops before these.
            level_hops: float [B], how many those were.
        """
        sums = level_sum[:, None] + mel.cumsum(1)
        count = level_hops[:, None] + torch.cumsum(torch.ones_like(mel[:, :, 0]), 1)
        mean = (sums + PRIOR_FRAMES * self.average) / (count + PRIOR_FRAMES)[:, :, None]
        before = (sums - mel)[:, ::SUBSAMPLING]
        return (mel - mean) / _SPREAD, before

    def encode(self, x: Tensor, frames: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return features [B, T, 192], and what the middle block made, from levelled mel [B, hops, 64].

        Args:
            x: levelled mel, zero beyond the end of each item.
            frames: [B] of each item at 25 a second; None = all are full.
        """
        x = functional.gelu(self.first(x.transpose(1, 2)), approximate="tanh")
        if frames is not None:
            x = x * _mask(2 * frames, x.shape[2])[:, None]
        x = self.second(x).transpose(1, 2)
        mask = None if frames is None else _mask(frames, x.shape[1])[:, :, None]
        middle = x
        for at, block in enumerate(self.blocks):
            x = block(x, mask)
            middle = x if at == _MIDDLE - 1 else middle
        return x, middle

    def decode(self, features: Tensor) -> Tensor:
        """Return scores [B, T, 40]."""
        return self.out(self.norm(features))


def _mask(counts: Tensor, length: int) -> Tensor:
    return (torch.arange(length) < counts[:, None]).float()
