"""What the codec sees of a frame: 80 log-mel bands and the pitch. Owns the analysis; quantises nothing."""

from __future__ import annotations

import numpy as np
from dimensions import HOP, LOG_FLOOR, MEL_TOP_HZ, MELS, N_FFT, RATE_HZ, WINDOW
from numpy.typing import NDArray

F32 = NDArray[np.float32]
_LEAST_HZ, _MOST_HZ = 85.0, 420.0


def mel_matrix() -> F32:
    """Return [N_FFT // 2 + 1, MELS]: triangles equally spaced in mel (HTK's formula), each of sum one."""

    def mel(hz: F32 | float) -> F32:
        return np.asarray(2595 * np.log10(1 + np.asarray(hz) / 700), np.float32)

    edges = 700 * (10 ** (np.linspace(mel(40.0), mel(MEL_TOP_HZ), MELS + 2) / 2595) - 1)
    bins = np.arange(N_FFT // 2 + 1) * RATE_HZ / N_FFT
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(np.minimum(rising, falling), 0)
    triangles[:, triangles.sum(0) == 0] = 1e-9
    return (triangles / triangles.sum(0)).astype(np.float32)


_MEL = mel_matrix()
_HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)


def frames_of(audio: F32, length: int, count: int) -> F32:
    """Return [count, length]: the samples around the middle of every hop, zeros beyond the ends."""
    before = length // 2 - HOP // 2
    padded = np.pad(audio, (before, length + HOP * count))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[: count * HOP : HOP]


def log_mel(audio: F32, count: int) -> F32:
    """Return [count, MELS], natural logarithm of the amplitude, not below log(LOG_FLOOR)."""
    spectrum = np.abs(np.fft.rfft(frames_of(audio, WINDOW, count) * _HANN, N_FFT)).astype(
        np.float32
    )
    return np.log(np.maximum(spectrum @ _MEL, LOG_FLOOR))


def pitch(audio: F32, count: int, near_hz: float) -> F32:
    """Return log F0 in Hz of every hop, 0 where the voice is silent or voiceless.

    Normalised cross-correlation within an octave around `near_hz`, parabolic between lags, outliers removed.
    """
    half = round(RATE_HZ / 100)
    lags = np.arange(
        int(RATE_HZ / min(near_hz * 1.75, _MOST_HZ)),
        int(RATE_HZ / max(near_hz * 0.6, _LEAST_HZ)) + 2,
    )
    blocks = frames_of(audio, 2 * half + int(lags[-1]), count).astype(np.float32)
    length, size = 2 * half, 2048
    head = blocks[:, :length] - blocks[:, :length].mean(1, keepdims=True)
    products = np.fft.irfft(np.conj(np.fft.rfft(head, size)) * np.fft.rfft(blocks, size), size)[
        :, lags
    ]
    squares = np.cumsum(np.pad(blocks.astype(np.float64) ** 2, ((0, 0), (1, 0))), 1)
    energy = squares[:, lags + length] - squares[:, lags]
    likeness = products / np.sqrt((head**2).sum(1, keepdims=True) * energy + 1e-6)
    # A slight leaning to short lags keeps it from falling an octave.
    best = np.clip((likeness - lags * 1e-4).argmax(1), 1, len(lags) - 2)
    row = np.arange(count)
    left, middle, right = (likeness[row, best + shift] for shift in (-1, 0, 1))
    shift = np.clip(0.5 * (left - right) / np.minimum(left - 2 * middle + right, -1e-6), -0.5, 0.5)
    log_hz = np.log(RATE_HZ / (lags[best] + shift))
    is_voiced = (middle > 0.75) & ((head**2).mean(1) > 2e-5)
    smooth = np.median(np.stack([np.roll(log_hz, s) for s in (-2, -1, 0, 1, 2)]), 0)
    log_hz = np.where(np.abs(log_hz - smooth) > 0.12, smooth, log_hz)
    is_voiced &= np.convolve(is_voiced, np.ones(3), "same") >= 2
    return np.where(is_voiced, log_hz, 0).astype(np.float32)
