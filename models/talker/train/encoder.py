"""From phoneme ids to codec vectors: durations, then frames. Owns the network, not the talker's space.

Only convolutions: a frame depends on at most 16 phonemes and 20 frames to each side, so a text of any
length can be encoded in overlapping pieces with the same result as in one.
"""

from __future__ import annotations

import torch
from blocks import ConvNeXt
from dimensions import DIMENSIONS
from torch import Tensor, nn

from assistant.speech.phonemes import SYMBOLS

WIDTH = 256
_DILATIONS = (1, 2, 4, 1)
_FRAME_BLOCKS, _FRAME_KERNEL = 5, 9
PHONEMES_OF_CONTEXT = 2 * sum(_DILATIONS)
FRAMES_OF_CONTEXT = _FRAME_BLOCKS * (_FRAME_KERNEL // 2)


class Encoder(nn.Module):
    """Phonemes [B, T] to durations and codec vectors [B, S, 81]."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(len(SYMBOLS), WIDTH, padding_idx=0)
        self.pitch = nn.Linear(1, WIDTH)
        self.phone_blocks = nn.ModuleList(ConvNeXt(WIDTH, 5, d) for d in _DILATIONS)
        self.duration = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, WIDTH), nn.GELU("tanh"), nn.Linear(WIDTH, 1)
        )
        self.place = nn.Linear(6, WIDTH)
        self.frame_blocks = nn.ModuleList(
            ConvNeXt(WIDTH, _FRAME_KERNEL) for _ in range(_FRAME_BLOCKS)
        )
        # Set when exporting: a mean of logarithms is short of the mean, by a few per cent.
        self.register_buffer("stretch", torch.ones(()), persistent=False)
        self.out = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, DIMENSIONS))

    def phones(self, ids: Tensor, semitones: Tensor) -> tuple[Tensor, Tensor]:
        """Return [B, T, WIDTH] and log(1 + frames) [B, T] of every phoneme; ids of 0 are padding."""
        mask = (ids > 0)[:, :, None].to(torch.float32)
        x = (self.embed(ids) + self.pitch(semitones[:, None, None] / 4)) * mask
        for block in self.phone_blocks:
            x = block(x, mask)
        return x, self.duration(x)[:, :, 0].float()

    def frames(self, phones: Tensor, counts: Tensor) -> Tensor:
        """Return codec vectors [B, S, 81] for frame counts [B, T]; S is the longest item's."""
        ends = counts.cumsum(1)
        total = ends[:, -1:]
        at = torch.arange(
            int(total.max()) if not torch.jit.is_tracing() else total.max(), device=ends.device
        )[None]
        which = (at[:, :, None] >= ends[:, None, :]).sum(2).clamp(max=ends.shape[1] - 1)
        mask = (at < total)[:, :, None].to(torch.float32)
        x = torch.gather(phones, 1, which[:, :, None].expand(-1, -1, WIDTH))
        length = torch.gather(counts, 1, which).clamp(min=1).float()
        before = (at - (torch.gather(ends, 1, which) - torch.gather(counts, 1, which))).float()
        after = length - 1 - before
        share = (before + 0.5) / length
        places = (
            share,
            1 - share,
            before.clamp(0.0, 12.0) / 6,
            after.clamp(0.0, 12.0) / 6,
            torch.log(length),
            (3.1416 * share).sin(),
        )
        x = (x + self.place(torch.stack(places, 2))) * mask
        for block in self.frame_blocks:
            x = block(x, mask)
        return self.out(x).float()

    def forward(self, ids: Tensor, speed: Tensor, semitones: Tensor) -> tuple[Tensor, Tensor]:
        """Return codec vectors [B, S, 81] and the frames [B, T] predicted for each phoneme."""
        phones, logs = self.phones(ids, semitones)
        counts = torch.round((torch.exp(logs) - 1).clamp(min=0.0) * self.stretch / speed[:, None])
        is_phone = (ids >= 10).to(torch.float32)
        counts = torch.maximum(counts, is_phone) * (ids > 0).to(torch.float32)
        counts = counts.clamp(max=200.0).to(torch.int64)
        return self.frames(phones, counts), counts
