"""What the ears see of a sound: log-mel bands, a hundred frames a second. Owns the analysis, in numpy.

The same analysis is written into the audio core (`ears_net.Front`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

RATE_HZ: Final = 16_000
HOP: Final = 160
WINDOW: Final = 400
N_FFT: Final = 512
MELS: Final = 64
LOWEST_HZ: Final = 60.0
HIGHEST_HZ: Final = 7_600.0
FLOOR: Final = 1e-9  # of a band's power, full scale = about 1: below the rounding of 16 bits


def mel_of_hz(hz: F32 | float) -> F32:
    return np.asarray(2595 * np.log10(1 + np.asarray(hz) / 700), np.float32)


def hz_of_mel(mel: F32) -> F32:
    return np.asarray(700 * (10 ** (mel / 2595) - 1), np.float32)


def band_edges_hz() -> F32:
    """Return [MELS + 2]: where the triangles begin, peak and end."""
    return hz_of_mel(np.linspace(mel_of_hz(LOWEST_HZ), mel_of_hz(HIGHEST_HZ), MELS + 2))


def mel_matrix() -> F32:
    """Return [N_FFT // 2 + 1, MELS]: triangles equally spaced in mel (HTK's formula), each of sum one."""
    edges = band_edges_hz()
    bins = np.arange(N_FFT // 2 + 1) * RATE_HZ / N_FFT
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(np.minimum(rising, falling), 0)
    nearest = np.abs(bins[:, None] - edges[1:-1]).argmin(0)
    triangles[nearest, np.arange(MELS)] += 1e-3  # narrow low bands may hold no bin at all
    return (triangles / triangles.sum(0)).astype(np.float32)


def window() -> F32:
    """Return the Hann window, scaled so that white noise of power one gives bins of power one."""
    hann = np.hanning(WINDOW + 1)[:-1]
    return (hann / np.sqrt((hann**2).sum())).astype(np.float32)


_MEL = mel_matrix()
_WINDOW = window()


def frame_count(samples: int) -> int:
    """Return how many frames the analysis gives: one for every full hop after the first window."""
    return max((samples - WINDOW) // HOP + 1, 0)


def log_mel(audio: F32) -> F32:
    """Return [frame_count, MELS], natural logarithm of the power."""
    count = frame_count(len(audio))
    if not count:
        return np.zeros((0, MELS), np.float32)
    blocks = np.lib.stride_tricks.sliding_window_view(audio, WINDOW)[: count * HOP : HOP]
    spectrum = np.fft.rfft(blocks * _WINDOW, N_FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.log(np.maximum(power @ _MEL, FLOOR))
