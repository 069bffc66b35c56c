"""Where the speech of a finished recording begins and ends.

Owns the trimming of recordings. Deliberately not the live path: the microphone's voice activity
detector and segmenter decide frame by frame and cannot look ahead, as this does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RATE_HZ = 16000
_FRAME_MS = 30  # the longest frame webrtcvad takes
_FRAME = _RATE_HZ * _FRAME_MS // 1000

# All chosen on the 180 open recordings (people, noise, silence) this project is developed with.
_VAD_MODE = (
    2  # of webrtcvad's 0 to 3, the strictest; 3 misses quiet word ends and whole short words
)
_MAJORITY_FRAMES = 5
_SHORTEST_SPEECH_FRAMES = 4  # 120 ms; the shortest "no" of the recordings has 7
_BAND_HZ = (200, 3800)  # speech without rumble and most hiss
_ABOVE_FLOOR_DB = 6.0
_FLOOR_PERCENTILE, _PEAK_PERCENTILE = 10, 95
_LOWEST_FLOOR_DBFS = -65.0
_STEADY_SPREAD_DB = (
    10.0  # steady noise stays below; people, but one under a jackhammer, span 13 to 63
)
_STEADY_FROM_S = 1.0


def speech_bounds(samples: NDArray[np.float32], rate_hz: int) -> tuple[int, int] | None:
    """Return the first sample of speech and the one after the last, or None without any.

    A frame of 30 ms is speech when, of the five around it, most are so to webrtcvad and have a level
    (200 to 3800 Hz) 6 dB above the recording's quietest tenth. Measured against hand-made marks: on the
    frame in quiet recordings, up to 0.4 s too tight in noisy ones, so leave a margin of 0.1 s or more.
    Steady noise and silence give None; loud irregular sounds (music, laughter, keys) pass as speech,
    because webrtcvad takes them for it.

    Args:
        samples: mono float32, shape (n,), in [-1, 1].
        rate_hz: their rate.
    """
    at_vad_rate = _resampled(samples, rate_hz)
    frame_count = at_vad_rate.size // _FRAME
    if frame_count < _SHORTEST_SPEECH_FRAMES:
        return None
    frames = at_vad_rate[: frame_count * _FRAME].reshape(frame_count, _FRAME)
    levels = _band_levels_dbfs(frames)
    floor = max(float(np.percentile(levels, _FLOOR_PERCENTILE)), _LOWEST_FLOOR_DBFS)
    spread = float(np.percentile(levels, _PEAK_PERCENTILE)) - floor
    if spread < _STEADY_SPREAD_DB and at_vad_rate.size >= _STEADY_FROM_S * _RATE_HZ:
        return None
    loud = levels > floor + _ABOVE_FLOOR_DB
    speech = np.flatnonzero(_majority(_voiced(frames) & loud))
    if speech.size < _SHORTEST_SPEECH_FRAMES:
        return None
    scale = rate_hz / _RATE_HZ
    first, last = int(speech[0]), int(speech[-1])
    return round(first * _FRAME * scale), min(samples.size, round((last + 1) * _FRAME * scale))


def _resampled(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    if rate_hz == _RATE_HZ:
        return samples
    import soxr  # type: ignore[import-untyped]

    resampled: NDArray[np.float32] = soxr.resample(samples, rate_hz, _RATE_HZ)
    return resampled


def _voiced(frames: NDArray[np.float32]) -> NDArray[np.bool_]:
    import webrtcvad

    vad: Any = webrtcvad
    vad = vad.Vad(_VAD_MODE)
    pcm = np.clip(np.rint(frames * 32768), -32768, 32767).astype("<i2")
    encoded = [frame.tobytes() for frame in pcm]
    # A first pass teaches it this recording's noise; fresh, it takes the first frames for speech.
    for frame in encoded:
        vad.is_speech(frame, _RATE_HZ)
    return np.array([vad.is_speech(frame, _RATE_HZ) for frame in encoded], dtype=np.bool_)


def _majority(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return, for each frame, whether most of the frames around it are set; outside counts as not."""
    padded = np.pad(flags.astype(np.int64), _MAJORITY_FRAMES // 2)
    votes = np.convolve(padded, np.ones(_MAJORITY_FRAMES, dtype=np.int64), mode="valid")
    return votes > _MAJORITY_FRAMES // 2


def _band_levels_dbfs(frames: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return each frame's level in the speech band, in dB; a full-scale sine there is about -7."""
    spectrum = np.fft.rfft(frames * np.hanning(_FRAME), axis=1)
    frequencies = np.fft.rfftfreq(_FRAME, 1 / _RATE_HZ)
    low, high = _BAND_HZ
    band = spectrum[:, (frequencies >= low) & (frequencies <= high)]
    power = 2 * np.sum(np.abs(band) ** 2, axis=1) / _FRAME**2
    levels: NDArray[np.float64] = 10 * np.log10(power + 1e-10)
    return levels
