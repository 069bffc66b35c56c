"""The few numbers every part of the voice shares. Owns them; computes nothing."""

from __future__ import annotations

from typing import Final

RATE_HZ: Final = 24_000
HOP: Final = 240  # samples per audio token: 100 tokens a second
MELS: Final = 80
MEL_TOP_HZ: Final = 8_000.0  # the teacher speaks at 16 kHz
WINDOW: Final = 512  # short enough (21 ms) to hear stops, and not to resolve single harmonics
N_FFT: Final = 1024
LOG_FLOOR: Final = 5e-3

CODES: Final = 8192
VOCABULARY: Final = (
    8448  # Qwen2.5-Omni's codec head, whose contract this keeps; the rest are never chosen
)
HIDDEN: Final = 3584
INNER: Final = 896
PITCH_WEIGHT: Final = 5.0  # of the pitch among the 81 dimensions of a codec vector
DIMENSIONS: Final = MELS + 1

BASE_PITCH_HZ: Final = 174.0
PITCH_SPREAD_HZ: Final = 30.0  # about what slt has by itself
PITCH_RANGE_SEMITONES: Final = 4.5
QUESTION_RISE_SEMITONES: Final = 6.5
LEADING_FRAMES: Final = 6  # the teacher waits 0.22 s before it speaks; nobody else should
TRAILING_FRAMES: Final = 20

SEED: Final = 20261121
