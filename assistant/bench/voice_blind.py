"""Judging without knowing who speaks: clips of all voices shuffled, and what the judges said sorted again.

Owns the shuffling, the one loudness for all, and the comparison of two voices sentence by sentence. It runs
no model. A shuffled order matters to machines too: a recogniser adapts to what it heard before.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from assistant.engines.base import Samples

LEVEL_DB: Final = -26.0
"""Level of the speech in every clip, relative to full scale: the usual one of tests of speech quality.

Source: ITU-T P.800, which measures by P.56's own method; here it is the mean power of what is not pause.
"""

PAUSE_BELOW_DB: Final = 40.0
"""Frames so far below the loudest are pauses, and count for nothing in the level."""

SILENCE_AROUND_S: Final = 0.3
"""What a recogniser gets before and after speech from any microphone, and expects."""

DRAWS: Final = 2000
"""Of the sentences, with repetition, for the standard error of a difference (bootstrap)."""

SURE: Final = 2.0
"""Standard errors that a difference must have to be called one."""

_FRAME_S: Final = 0.02
_Verdict = TypeVar("_Verdict")


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """What a judge gets: a sentence said by nobody knows whom, at the level of all others.

    Attributes:
        text: that was said; for counting errors afterwards, not for the judge.
        wave: 16 kHz, with silence around it.
    """

    text: str
    wave: Samples


class Shuffled(Generic[_Verdict]):
    """The clips of several voices in an order that says nothing.

    Args:
        spoken: voice → its (text, wave) of the same texts in the same order.
        rate_hz: of the waves.
        seed: of the order.

    Attributes:
        clips: for the judges.
    """

    def __init__(
        self, spoken: Mapping[str, Sequence[tuple[str, Samples]]], rate_hz: int, seed: int = 0
    ) -> None:
        self._voices = tuple(spoken)
        self._order = [(voice, at) for voice, clips in spoken.items() for at in range(len(clips))]
        random.Random(seed).shuffle(self._order)
        around = np.zeros(int(SILENCE_AROUND_S * rate_hz), np.float32)
        self.clips = tuple(
            Clip(text, np.concatenate([around, levelled(wave, rate_hz), around]))
            for text, wave in (spoken[voice][at] for voice, at in self._order)
        )

    def sorted(self, verdicts: Sequence[_Verdict]) -> dict[str, list[_Verdict]]:
        """Return what was said of each clip by voice, in the order of the texts.

        Args:
            verdicts: one for each of :attr:`clips`, in their order.
        """
        found: dict[str, list[tuple[int, _Verdict]]] = {voice: [] for voice in self._voices}
        for (voice, at), verdict in zip(self._order, verdicts, strict=True):
            found[voice].append((at, verdict))
        return {
            voice: [verdict for _, verdict in sorted(several, key=lambda one: one[0])]
            for voice, several in found.items()
        }


def levelled(wave: Samples, rate_hz: int) -> Samples:
    """Return speech at :data:`LEVEL_DB`; silence stays silence, and nothing is clipped."""
    size = int(_FRAME_S * rate_hz)
    frames = wave[: len(wave) // size * size].reshape(-1, size).astype(np.float64)
    power = (frames**2).mean(axis=1)
    if not power.size or power.max() <= 0:
        return wave
    loud = power[power > power.max() * 10 ** (-PAUSE_BELOW_DB / 10)]
    gain = 10 ** (LEVEL_DB / 20) / float(np.sqrt(loud.mean()))
    return (wave * min(gain, 1 / float(np.abs(wave).max()))).astype(np.float32)


# --- comparing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """How one voice's measure differs from another's.

    Attributes:
        measure: in words.
        value: the one minus the other, in ``unit``.
        error: its standard error over the sentences; None = it has none.
        unit: of both.
        less_is_better: for this measure.
    """

    measure: str
    value: float
    error: float | None
    unit: str
    less_is_better: bool

    @property
    def is_worse(self) -> bool:
        """Whether the one is worse, by more than chance explains."""
        worse = self.value if self.less_is_better else -self.value
        return worse > SURE * (self.error or 0.0)

    def in_words(self) -> str:
        """Return one phrase."""
        error = "" if self.error is None else f" ± {self.error:.2g}"
        verdict = "worse" if self.is_worse else "at least as good"
        return f"{self.measure} {self.value:+.3g}{error} {self.unit}".rstrip() + f": {verdict}"


def rate_difference(
    one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]
) -> tuple[float, float]:
    """Return the difference of two error rates in points, and its standard error.

    Args:
        one: (errors, words) of each sentence.
        other: the same of another voice, sentence by sentence.
    """
    counts = np.array([(*a, *b) for a, b in zip(one, other, strict=True)], np.float64)
    chosen = _draws(len(counts))
    sums = counts[chosen].sum(axis=1)
    drawn = sums[:, 0] / sums[:, 1] - sums[:, 2] / sums[:, 3]
    whole = counts.sum(axis=0)
    value = whole[0] / whole[1] - whole[2] / whole[3]
    return 100 * float(value), 100 * float(drawn.std())


def mean_difference(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Return the difference of two means, sentence by sentence, and its standard error."""
    more = np.array(one) - np.array(other)
    return float(more.mean()), float(more[_draws(len(more))].mean(axis=1).std())


def _draws(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, count, (DRAWS, count))
