"""The one building block of encoder, vocoder and letter model: ConvNeXt over time, channels last."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ConvNeXt(nn.Module):
    """Convolution over time, normalisation, two products, added to the input; [B, T, width] both ways."""

    def __init__(self, width: int, kernel: int, dilation: int = 1, widening: int = 3) -> None:
        super().__init__()
        self.mix = nn.Conv1d(
            width, width, kernel, padding=kernel // 2 * dilation, dilation=dilation, groups=width
        )
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, widening * width)
        self.down = nn.Linear(widening * width, width)
        self.gain = nn.Parameter(torch.full((width,), 0.3))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return as much as came in; where `mask` [B, T, 1] is 0, zeros."""
        y = self.mix(x.transpose(1, 2)).transpose(1, 2)
        x = x + self.gain * self.down(nn.functional.gelu(self.up(self.norm(y)), approximate="tanh"))
        return x if mask is None else x * mask
