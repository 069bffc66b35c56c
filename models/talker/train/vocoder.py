"""From audio tokens to sound. Owns the network and its source-filter head.

The network predicts, 200 times a second, the pitch and the strength of harmonics and of noise in 161 bands
of 50 Hz. A pulse train of that pitch in closed form (Dirichlet's kernel, every harmonic below 8 kHz) and a
fixed noise are shaped by these and added. No recurrence except the running phase, which goes in and out, so
that sound can be made in pieces.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from blocks import ConvNeXt
from dimensions import HOP, MEL_TOP_HZ, PITCH_WEIGHT, RATE_HZ, SEED
from torch import Tensor, nn
from torch.nn import functional

WIDTH = 256
_BLOCKS, _KERNEL = 7, 5
SUB = HOP // 2  # samples between two spectra
WINDOW = 4 * SUB  # Hann squared at a quarter's hop adds up to 1.5
BINS = int(MEL_TOP_HZ / (RATE_HZ / WINDOW)) + 1
NOISE_ROWS = 509
# Frames to either side that shape a frame: the convolutions and the two neighbouring spectra.
FRAMES_OF_CONTEXT = (_BLOCKS + 1) * (_KERNEL // 2) + 2


class Vocoder(nn.Module):
    """Tokens [B, S] to sound [B, S x 240]."""

    def __init__(self, centroids: np.ndarray, pitch_mean: float, pitch_scale: float) -> None:
        super().__init__()
        self.register_buffer("table", torch.from_numpy(centroids.astype(np.float32)))
        self.register_buffer("pitch_mean", torch.tensor(float(pitch_mean)))
        self.register_buffer("pitch_scale", torch.tensor(float(pitch_scale)))
        self.enter = nn.Conv1d(centroids.shape[1], WIDTH, _KERNEL, padding=_KERNEL // 2)
        self.blocks = nn.ModuleList(ConvNeXt(WIDTH, _KERNEL) for _ in range(_BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, 2 * (2 * BINS + 1))
        time = torch.arange(WINDOW)
        angle = 2 * math.pi * torch.outer(torch.arange(BINS).double(), time.double()) / WINDOW
        window = torch.hann_window(WINDOW, dtype=torch.float64)
        basis = torch.cat([angle.cos(), -angle.sin()]) * window
        weight = torch.full((BINS, 1), 2.0, dtype=torch.float64)
        weight[0] = 1.0
        back = torch.cat([angle.cos() * weight, -angle.sin() * weight]) * window / (WINDOW * 1.5)
        self.register_buffer("analysis", basis[:, None].float())
        self.register_buffer("synthesis", back[:, None].float())
        rng = np.random.default_rng(SEED)
        noise = rng.standard_normal((NOISE_ROWS, 2 * BINS)) * math.sqrt(WINDOW / 2)
        self.register_buffer("noise", torch.from_numpy(noise.astype(np.float16)).float())

    def shape(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return log F0 in Hz [B, 2S], strength of harmonics and of noise [B, 2S, BINS]."""
        rows = functional.embedding(tokens, self.table)
        x = self.enter(rows.transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        y = self.head(self.norm(x)).float()
        y = y.reshape(y.shape[0], 2 * y.shape[1], 2 * BINS + 1)
        log_hz = self.pitch_mean + y[:, :, 0] * PITCH_WEIGHT / self.pitch_scale
        strengths = torch.exp((y[:, :, 1:] * 2 - 4).clamp(-12.0, 6.0))
        return log_hz.clamp(4.3, 6.1), strengths[:, :, :BINS], strengths[:, :, BINS:]

    def phases(self, log_hz: Tensor, phase: Tensor, anchor: Tensor) -> tuple[Tensor, Tensor]:
        """Return the phase in cycles where spectra begin [B, 2S], and where frames begin and the last ends.

        The latter is [B, S + 1]. `phase` [B] is the phase at the begin of frame `anchor` [1].
        """
        steps = torch.exp(log_hz) * (SUB / RATE_HZ)
        ends = steps.cumsum(1)
        begins = functional.pad(ends, (1, 0))
        begins = begins - torch.index_select(begins, 1, 2 * anchor) + phase[:, None]
        begins = begins - torch.floor(begins)
        return begins[:, :-1], begins[:, ::2]

    def sound(
        self, log_hz: Tensor, begins: Tensor, harmonic: Tensor, noisy: Tensor, first: Tensor
    ) -> Tensor:
        """Return the samples [B, S x 240]; `first` [1], the first frame's place in all, chooses the noise."""
        step = torch.exp(log_hz) / RATE_HZ
        inside = torch.arange(SUB, device=step.device).float()
        cycle = (begins[:, :, None] + step[:, :, None] * inside).flatten(1)
        cycle = cycle - torch.round(cycle)
        count = (
            torch.floor(MEL_TOP_HZ / torch.exp(log_hz)).repeat_interleave(SUB, 1)
            if not torch.onnx.is_in_onnx_export()
            else (
                torch.floor(MEL_TOP_HZ / torch.exp(log_hz))[:, :, None] + torch.zeros_like(inside)
            ).flatten(1)
        )
        below = torch.sin(math.pi * cycle)
        is_peak = below.abs() < 1e-4
        kernel = torch.sin((2 * count + 1) * math.pi * cycle) / torch.where(
            is_peak, torch.ones_like(below), below
        )
        pulses = (torch.where(is_peak, 2 * count + 1, kernel) - 1) / 2
        side = (WINDOW - SUB) // 2
        spectra = functional.conv1d(
            functional.pad(pulses, (side, side))[:, None], self.analysis, stride=SUB
        )
        rows = torch.arange(begins.shape[1], device=step.device) + 2 * first
        noise = torch.index_select(self.noise, 0, torch.remainder(rows, NOISE_ROWS)).T[None]
        shaped = spectra * torch.cat([harmonic, harmonic], 2).transpose(1, 2) + noise * torch.cat(
            [noisy, noisy], 2
        ).transpose(1, 2)
        wave = functional.conv_transpose1d(shaped, self.synthesis, stride=SUB)[:, 0]
        return wave[:, side : wave.shape[1] - side]

    def forward(
        self, tokens: Tensor, phase: Tensor, anchor: Tensor, first: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the sound [B, S x 240] and the phases [B, S + 1]."""
        log_hz, harmonic, noisy = self.shape(tokens)
        begins, frame_phases = self.phases(log_hz, phase, anchor)
        return self.sound(log_hz, begins, harmonic, noisy, first), frame_phases
