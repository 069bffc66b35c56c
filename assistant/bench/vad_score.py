"""Compares what was heard as utterances with what is known to be speech.

Owns the meaning of found, lost, late and cut in two. Runs no detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.bench.speech_marks import Span
from assistant.listening.reports import RATE_HZ

ONSET_GUARD_MS = 60.0
"""Speech is taken to begin this much before its mark when samples lost are counted: people who annotate by
hand set the start 30 to 70 ms before the level does (`marks_against_hand`)."""

UNSURE = RATE_HZ * 150 // 1000
"""A silence within this of the pause may or may not end an utterance: neither is an error."""


@dataclass(frozen=True, slots=True)
class HeardUtterance:
    """One utterance as the listener reported it.

    Attributes:
        start_at: first sample that was handed on.
        last_speech_at: where its speech ended, as judged.
        decided_at: where the microphone was when the pause was long enough.
    """

    start_at: int
    last_speech_at: int
    decided_at: int


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the utterances of one track.

    Attributes:
        utterances: how many there are.
        found: half of their speech or more lies in heard utterances.
        clipped: found ones that lost samples at the start.
        lost_samples: all samples lost at starts.
        cut: found ones of which the middle of a sure utterance was taken for its end.
        merged: pairs in a row heard as one although the silence between them was surely long enough.
        false: heard utterances without any speech.
        endpoint_errors_ms: decision minus (end of speech + pause), positive = late; for utterances that
            were found and not merged with the next.
        trouble_at: where the utterances begin that were not found or lost their start.
    """

    utterances: int
    found: int
    clipped: int
    lost_samples: int
    cut: int
    merged: int
    false: int
    endpoint_errors_ms: tuple[float, ...]
    trouble_at: tuple[int, ...]

    def __add__(self, other: Score) -> Score:
        return Score(
            *(getattr(self, name) + getattr(other, name) for name in Score.__dataclass_fields__)
        )

    def endpoint_ms(self, percent: float) -> float:
        """Return a percentile of the endpoint errors, their sign dropped above the median."""
        errors = np.asarray(self.endpoint_errors_ms or (0.0,))
        return float(np.percentile(errors if percent <= 50 else np.abs(errors), percent))  # noqa: PLR2004


NOTHING = Score(0, 0, 0, 0, 0, 0, 0, (), ())


def score(spans: Sequence[Span], heard: Sequence[HeardUtterance], pause: int) -> Score:
    """Return how `heard` compares with the speech `spans`, both ascending.

    Args:
        spans: the speech of the track.
        heard: what the listener made of it.
        pause: samples of silence that end an utterance.
    """
    sure = _joined(spans, pause + UNSURE)  # nothing may join these
    parts = _joined(spans, pause - UNSURE)  # nothing may cut these
    inside = [(one.start_at, one.last_speech_at) for one in heard]
    found = [one for one in sure if 2 * _covered(one, spans, inside) >= _covered(one, spans, [one])]
    lost = [_lost_at_start(one, inside) for one in found]
    trouble = [one[0] for one in sure if one not in found]
    trouble += [one[0] for one, samples in zip(found, lost, strict=True) if samples]
    cut = {part for part in parts for one in heard if _cuts(part, one)}
    merged, errors = 0, []
    for i, utterance in enumerate(sure):
        following = sure[i + 1][0] if i + 1 < len(sure) else None
        last = [one for one in heard if one.start_at < utterance[1] <= one.decided_at]
        if not last:
            continue
        if following is not None and last[-1].last_speech_at > following:
            merged += 1
            continue
        error = (last[-1].decided_at - utterance[1] - pause) * 1000 / RATE_HZ
        errors.append(error)
    return Score(
        utterances=len(sure),
        found=len(found),
        clipped=sum(samples > 0 for samples in lost),
        lost_samples=sum(lost),
        cut=len(cut),
        merged=merged,
        false=sum(not _covered((a, b), spans, [(a, b)]) for a, b in inside),
        endpoint_errors_ms=tuple(errors),
        trouble_at=tuple(sorted(trouble)),
    )


def _joined(spans: Sequence[Span], pause: int) -> list[Span]:
    joined: list[Span] = []
    for first, last in spans:
        if joined and first - joined[-1][1] < pause:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _covered(within: Span, spans: Sequence[Span], by: Sequence[Span]) -> int:
    """Return how many samples of speech inside `within` lie in one of `by`."""
    total = 0
    for first, last in spans:
        for start, stop in by:
            total += max(0, min(last, stop, within[1]) - max(first, start, within[0]))
    return total


def _lost_at_start(utterance: Span, heard: Sequence[Span]) -> int:
    start = utterance[0] - round(ONSET_GUARD_MS * RATE_HZ / 1000)
    first = next(a for a, b in heard if b > utterance[0])
    return max(0, first - start)


def _cuts(part: Span, one: HeardUtterance) -> bool:
    """Tell whether the end of `one` was decided in the middle of `part`."""
    return part[0] < one.last_speech_at and one.decided_at < part[1]
