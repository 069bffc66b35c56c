"""Where a clean clip holds speech, by level and pitch alone.

Owns that rule; it knows no voice activity detector, so that none is judged by itself.

The marks: the level of 20 ms windows (above 250 Hz), every 10 ms. A window is speech when it lies 10 dB
above the clip's quietest tenth and within 42 dB of its loudest twentieth; bursts below 50 ms are
dropped. So is what has no pitch for 40 ms, and no burst with one within 120 ms (a click, a breath), and
what has less than 150 ms of speech within half a second (a beep). Where an utterance would begin more than
300 ms before its first window within 20 dB of the loudest twentieth, what comes before those 300 ms is
background, and a window is speech when it lies 10 dB above that. Only clips with 30 dB between quietest
tenth and loudest twentieth are used.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from assistant.listening.reports import RATE_HZ

Samples = NDArray[np.float32]
Span = tuple[int, int]

_HOP = RATE_HZ // 100
_ABOVE_FLOOR_DB, _BELOW_PEAK_DB = 10.0, 42.0
_LOWEST_FLOOR_DBFS = -75.0
_SHORTEST_BURST = 5  # hops
_JOIN_HOPS = 10
_NEAR_HOPS = 12
_VOICED_HOPS = 4
_SHORTEST_WORD, _ALONE_HOPS = 15, 50
_VOICED_SIMILARITY = 0.7
_PLAIN_BELOW_PEAK_DB = 20.0
_LONGEST_LEAD = 30  # hops; voiceless consonants before a vowel last some 100 to 250 ms


def speech_spans(samples: Samples, least_range_db: float = 0.0) -> list[Span]:
    """Return the speech of a clip by its level; empty when the range of levels is below the least."""
    levels = _levels_dbfs(samples)
    floor = max(float(np.percentile(levels, 10)), _LOWEST_FLOOR_DBFS)
    peak = float(np.percentile(levels, 95))
    if peak - floor < least_range_db:
        return []
    is_speech = levels > max(floor + _ABOVE_FLOOR_DB, peak - _BELOW_PEAK_DB)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_speech.astype(np.int8), [0]))))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    bursts = [(a, b) for a, b in _joined(runs, _JOIN_HOPS) if b - a >= _SHORTEST_BURST]
    voiced = _voiced_hops(samples)
    nuclei = [(a, b) for a, b in bursts if voiced[a:b].sum() >= _VOICED_HOPS]
    spoken = [one for one in bursts if any(_distance(one, word) < _NEAR_HOPS for word in nuclei)]
    spoken = [one for one in spoken if _speech_around(one, spoken) >= _SHORTEST_WORD]
    spoken = _without_background(spoken, levels, peak - _PLAIN_BELOW_PEAK_DB)
    return [(a * _HOP, b * _HOP) for a, b in spoken]


def _without_background(
    spoken: list[Span], levels: NDArray[np.float64], plain_dbfs: float
) -> list[Span]:
    """Let no utterance begin with background that is louder than the clip's quietest tenth.

    Of the project's 94 clear clips 93 begin within 300 ms of their first plain window by themselves. In the
    other one 0.6 s of background, 25 dB below the voice but 15 dB above the background after it, joined the
    first word.
    """
    kept: list[Span] = []
    for first, last in spoken:
        begin = first
        plain = first + int(np.argmax(levels[first:last] > plain_dbfs))
        follows = kept and first - kept[-1][1] < _ALONE_HOPS
        if plain - first > _LONGEST_LEAD and not follows:
            begin = plain - _LONGEST_LEAD
            background = float(np.median(levels[first:begin]))
            begin += int(np.argmax(levels[begin:last] > background + _ABOVE_FLOOR_DB))
        kept.append((begin, last))
    return kept


def _speech_around(one: Span, spoken: list[Span]) -> int:
    return sum(b - a for a, b in spoken if _distance(one, (a, b)) < _ALONE_HOPS)


def _distance(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)


def _joined(runs: list[Span], gap: int) -> list[Span]:
    joined: list[Span] = []
    for first, last in runs:
        if joined and first - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _voiced_hops(samples: Samples) -> NDArray[np.bool_]:
    """Tell which 10 ms hops have a pitch of 62 to 400 Hz.

    That is: a window of 40 ms, without what lies below 150 Hz (rumble has a pitch too), resembles itself
    shifted.
    """
    count = samples.size // _HOP
    padded = np.pad(samples[: count * _HOP], (3 * _HOP // 2, 5 * _HOP // 2))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 4 * _HOP)[::_HOP][:count]
    windows = windows - windows.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(windows, 8 * _HOP, axis=1)) ** 2
    spectrum[:, : math.ceil(150 * 8 * _HOP / RATE_HZ)] = 0
    similarity = np.fft.irfft(spectrum, axis=1)
    lags = np.arange(RATE_HZ // 400, RATE_HZ // 62)
    overlap = 1 - lags / (4 * _HOP)
    alike = similarity[:, lags] / (overlap * np.maximum(similarity[:, :1], 1e-9))
    voiced: NDArray[np.bool_] = alike.max(axis=1) > _VOICED_SIMILARITY
    return voiced


def _levels_dbfs(samples: Samples) -> NDArray[np.float64]:
    """Return the level above 250 Hz of 20 ms windows centred on each 10 ms hop."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    spectrum[: math.ceil(250 * samples.size / RATE_HZ)] = 0
    power = np.fft.irfft(spectrum, samples.size) ** 2
    hops = power[: power.size // _HOP * _HOP].reshape(-1, _HOP).mean(axis=1)
    padded = np.pad(hops, 1, mode="edge")
    smooth = (padded[:-2] + 2 * hops + padded[2:]) / 4
    levels: NDArray[np.float64] = 10 * np.log10(smooth + 1e-12)
    return levels
