"""Short sounds for "I am listening", "I am thinking" and "that went wrong".

Owns their notes. Plays nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Earcon = Literal["listening", "thinking", "error"]

_NOTES: dict[Earcon, tuple[tuple[float, float], ...]] = {
    # Hz and seconds. Rising asks, level waits, falling refuses; all within 0.2 s.
    "listening": ((587.3, 0.06), (880.0, 0.09)),
    "thinking": ((659.3, 0.07),),
    "error": ((440.0, 0.08), (311.1, 0.12)),
}

_PEAK = 0.12
"""-18 dBFS: under speech, so that the listener's threshold is not met by our own sounds."""

_RAMP_S = 0.008


@lru_cache(maxsize=16)
def earcon(name: Earcon, rate_hz: int) -> NDArray[np.float32]:
    """Return the sound: float32, shape (n,), mono, read-only."""
    notes = [_note(hz, seconds, rate_hz) for hz, seconds in _NOTES[name]]
    samples = np.concatenate(notes)
    samples.flags.writeable = False
    return samples


def _note(hz: float, seconds: float, rate_hz: int) -> NDArray[np.float32]:
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    edge = np.minimum(time_s, seconds - time_s) / _RAMP_S
    tone = np.sin(2 * np.pi * hz * time_s) + 0.2 * np.sin(4 * np.pi * hz * time_s)
    return (_PEAK / 1.2 * tone * np.clip(edge, 0, 1)).astype(np.float32)
