"""From scores of phones to words: a beam search through a tree of pronunciations with a trigram model.

Owns the search. Knows neither audio nor networks: whoever gives scores (a CTC network, 25 frames a second or
so) gets words. The trigrams are read by pocketsphinx, whose library does that in 9 ms and without a copy.

    hypothesis = place in the tree x last two words; two scores each (last frame was blank | a phone)

All hypotheses move at once, as arrays; equal ones are merged and the better kept (Viterbi).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]

BLANK: Final = 0
_NEVER: Final = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much; natural logarithms. Chosen for the ears: models/talker/MODEL_CARD.md.

    Attributes:
        language: factor on the trigram model.
        word: added for each word (negative = fewer words).
        blank: taken from the blank of each frame: networks trained by CTC are too sure of it.
        beam: hypotheses worse than the best by more are dropped.
        most: hypotheses kept at most.
        least_score: a phone below this score is not tried in a frame.
    """

    language: float = 0.8
    word: float = 0.0
    blank: float = 2.5
    beam: float = 16.0
    most: int = 400
    least_score: float = -7.0


class WordTree:
    """All pronunciations as one tree, children of a place side by side.

    Args:
        pronunciations: word → its phones, as units above BLANK; a word may come several times.
        likely: word → natural logarithm of how likely it is by itself.
    """

    def __init__(
        self, pronunciations: Iterable[tuple[str, Sequence[int]]], likely: Mapping[str, float]
    ) -> None:
        pairs = list(pronunciations)
        numbers = {word: at for at, word in enumerate(dict.fromkeys(word for word, _ in pairs))}
        self.words: tuple[str, ...] = tuple(numbers)
        lengths = np.array([len(units) for _, units in pairs])
        spelt = np.zeros((len(pairs), int(lengths.max())), np.int64)  # 0 = already over
        spelt[np.arange(spelt.shape[1]) < lengths[:, None]] = [
            u for _, units in pairs for u in units
        ]
        order = np.lexsort(spelt.T[::-1])
        spelt, lengths = spelt[order], lengths[order]
        word_of = np.array([numbers[word] for word, _ in pairs])[order]
        places, self.unit, parent = _places(spelt)
        count = len(self.unit)
        self.child_count: Ints = np.bincount(parent[1:], minlength=count)
        # Numbered by depth, and within it by spelling, so the children of a place follow one another.
        self.first_child: Ints = 1 + np.cumsum(self.child_count) - self.child_count
        ends = places[np.arange(len(lengths)), lengths]
        self.words_at: dict[int, list[int]] = {}
        for place, word in zip(ends.tolist(), word_of.tolist(), strict=True):
            self.words_at.setdefault(place, []).append(word)
        self.ends_word = np.bincount(ends, minlength=count) > 0
        self.best_below: Floats = np.full(count, _NEVER, np.float32)
        scores = np.array([likely[word] for word in self.words], np.float32)[word_of]
        for depth in range(places.shape[1]):
            here = depth <= lengths
            np.maximum.at(self.best_below, places[here, depth], scores[here])
        self.best_below[0] = 0.0


def _places(spelt: Ints) -> tuple[Ints, Ints, Ints]:
    """Return of sorted spellings [n, longest]: places [n, longest + 1], and each place's unit and parent."""
    places = np.zeros((len(spelt), spelt.shape[1] + 1), np.int64)
    is_new = np.ones(len(spelt), np.bool_)
    unit, parent = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)]
    made = 1
    is_new[1:] = False
    for depth in range(spelt.shape[1]):
        is_new[1:] |= spelt[1:, depth] != spelt[:-1, depth]
        there = spelt[:, depth] > 0
        begins = is_new & there
        places[:, depth + 1] = np.where(there, made - 1 + np.cumsum(begins), 0)
        made += int(begins.sum())
        unit.append(spelt[begins, depth])
        parent.append(places[begins, depth])
    return places, np.concatenate(unit), np.concatenate(parent)


class Trigrams:
    """A trigram model of pocketsphinx (ARPA or its binary file), asked for natural logarithms."""

    def __init__(self, path: Path) -> None:
        from pocketsphinx import Config, LogMath, NGramModel  # type: ignore[attr-defined]

        self._logarithms: Any = LogMath()
        self._model: Any = NGramModel(Config(), self._logarithms, str(path))
        self._per_unit = float(self._logarithms.log_to_ln(-1_000_000)) / -1_000_000

    def __call__(self, word: str, *before: str) -> float:
        """Return how likely `word` is after `before` (the last word first)."""
        return float(self._model.prob([word, *before])) * self._per_unit


class PhoneSearch:
    """One utterance being searched.

    Args:
        tree: the pronunciations.
        trigrams: word, word before, the one before that → natural logarithm.
        weights: what counts how much.
    """

    def __init__(self, tree: WordTree, trigrams: Trigrams, weights: Weights) -> None:
        self._tree = tree
        self._trigrams = trigrams
        self._weights = weights
        self._contexts: list[tuple[str, ...]] = [("<s>",)]
        self._context_ids: dict[tuple[str, ...], int] = {("<s>",): 0}
        self._ended: dict[tuple[int, int], list[tuple[float, int, int]]] = {}
        self._history: list[tuple[int, int]] = [(-1, -1)]  # (the entry before, word)
        # One row for each hypothesis.
        self._place: Ints = np.zeros(1, np.int64)
        self._context: Ints = np.zeros(1, np.int64)
        self._trace: Ints = np.zeros(1, np.int64)
        self._blank: Floats = np.zeros(1, np.float32)
        self._phone: Floats = np.full(1, _NEVER, np.float32)
        self.frames = 0

    def feed(self, scores: Floats) -> None:
        """Take more frames, [n, units] natural logarithms that sum to one in each frame."""
        for frame in scores.astype(np.float32):  # a copy
            frame[BLANK] -= self._weights.blank
            self._step(frame)
        self.frames += len(scores)

    def best(self, *, at_end: bool) -> tuple[list[str], float]:
        """Return the words of the best hypothesis, and its score.

        Args:
            at_end: nothing follows, so only whole words count and the end of the sentence is expected.
        """
        total = np.maximum(self._blank, self._phone)
        candidates: list[tuple[float, int, int]] = []
        for row in np.argsort(-total)[: self._weights.most]:
            place, context = int(self._place[row]), int(self._context[row])
            score, trace = float(total[row]), int(self._trace[row])
            if place == 0:
                candidates.append((score, trace, -1))
            for added, following, word in self._endings(context, place):
                whole = score + added
                if at_end:
                    ends = self._trigrams("</s>", *self._contexts[following])
                    whole += self._weights.language * ends
                candidates.append((whole, trace, word))
            if not at_end and not candidates:
                candidates.append((score, trace, -1))
        if not candidates:
            row = int(total.argmax())
            return self._words(int(self._trace[row])), float(total[row])
        score, trace, word = max(candidates)
        words = self._words(trace)
        return [*words, self._tree.words[word]] if word >= 0 else words, score

    # --- one frame --------------------------------------------------------------------------------------

    def _step(self, frame: Floats) -> None:
        tree, weights = self._tree, self._weights
        total = np.maximum(self._blank, self._phone)
        unit = tree.unit[self._place]
        own = np.where(unit > 0, frame[unit], _NEVER)
        stay_blank, stay_phone = total + frame[BLANK], self._phone + own
        tried = frame > weights.least_score
        tried[BLANK] = False
        parts = [(self._place, self._context, self._trace, stay_blank, stay_phone)]
        if tried.any():
            parts += self._within_words(frame, tried, total)
            parts += self._to_next_word(frame, tried, total)
        place, context, trace, blank, phone = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        self._merge(place, context, trace, blank, phone)

    def _within_words(self, frame: Floats, tried: NDArray[np.bool_], total: Floats) -> list[Any]:
        tree = self._tree
        counts = tree.child_count[self._place]
        row = np.repeat(np.arange(len(counts)), counts)
        begins = np.cumsum(counts) - counts
        child = np.arange(len(row)) - begins[row] + tree.first_child[self._place[row]]
        keep = tried[tree.unit[child]]
        row, child = row[keep], child[keep]
        if not len(row):
            return []
        from_place = self._place[row]
        ahead = tree.best_below[child] - np.where(from_place > 0, tree.best_below[from_place], 0)
        before = self._before(row, tree.unit[child], total)
        score = before + frame[tree.unit[child]] + self._weights.language * ahead
        never = np.full(len(row), _NEVER, np.float32)
        return [(child, self._context[row], self._trace[row], never, score.astype(np.float32))]

    def _to_next_word(self, frame: Floats, tried: NDArray[np.bool_], total: Floats) -> list[Any]:
        """Let every hypothesis at the end of a word begin another one."""
        tree, weights = self._tree, self._weights
        roots = np.arange(tree.first_child[0], tree.first_child[0] + tree.child_count[0])
        roots = roots[tried[tree.unit[roots]]]
        if not len(roots):
            return []
        arriving = frame[tree.unit[roots]] + weights.language * tree.best_below[roots]
        least = total.max() + frame.max() - weights.beam
        # No word is likelier than certain: what cannot come near the best even then is not looked up.
        ahead = weights.language * tree.best_below[self._place]
        hope = total - ahead + arriving.max() + max(weights.word, 0.0)
        enders = np.flatnonzero(tree.ends_word[self._place] & (hope > least))
        rows, contexts, traces, added = [], [], [], []
        for ender in enders.tolist():
            trace = int(self._trace[ender])
            place, context = int(self._place[ender]), int(self._context[ender])
            for score, following, word in self._endings(context, place):
                rows.append(ender)
                contexts.append(following)
                traces.append((trace, word))
                added.append(score)
        if not rows:
            return []
        rows_of, added_of = np.array(rows), np.array(added, np.float32)
        source = np.flatnonzero(total[rows_of] + added_of + arriving.max() > least)
        source = np.repeat(source, len(roots))
        child = np.tile(roots, len(source) // len(roots))
        row = rows_of[source]
        before = self._before(row, tree.unit[child], total)
        reached = before + added_of[source] + np.tile(arriving, len(source) // len(roots))
        keep = reached > least
        child, source, reached = child[keep], source[keep], reached[keep]
        entries = np.full(len(rows), -1, np.int64)
        for at in np.unique(source).tolist():
            entries[at] = len(self._history)
            self._history.append(traces[at])
        never = np.full(len(child), _NEVER, np.float32)
        following_of = np.array(contexts, np.int64)[source]
        return [(child, following_of, entries[source], never, reached.astype(np.float32))]

    def _before(self, row: Ints, unit: Ints, total: Floats) -> Floats:
        """Return what a hypothesis has when `unit` follows: a phone repeated needs a blank in between."""
        repeated = self._tree.unit[self._place[row]] == unit
        return np.where(repeated, self._blank[row], total[row])

    def _merge(self, place: Ints, context: Ints, trace: Ints, blank: Floats, phone: Floats) -> None:
        total = np.maximum(blank, phone)
        keep = total > total.max() - self._weights.beam
        if np.count_nonzero(keep) > 4 * self._weights.most:
            keep &= total >= np.partition(total, -4 * self._weights.most)[-4 * self._weights.most]
        place, context, trace, blank, phone, total = (
            x[keep] for x in (place, context, trace, blank, phone, total)
        )
        key = context * len(self._tree.unit) + place
        order = np.lexsort((-total, key))
        key = key[order]
        first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        chosen = order[first]
        blank = np.maximum.reduceat(blank[order], first)
        phone = np.maximum.reduceat(phone[order], first)
        if len(chosen) > self._weights.most:
            total = np.maximum(blank, phone)
            top = np.argpartition(-total, self._weights.most)[: self._weights.most]
            chosen, blank, phone = chosen[top], blank[top], phone[top]
        self._place, self._context, self._trace = place[chosen], context[chosen], trace[chosen]
        self._blank, self._phone = blank, phone

    # --- words ------------------------------------------------------------------------------------------

    def _endings(self, context: int, place: int) -> list[tuple[float, int, int]]:
        """Return of each word that ends at `place` what it adds, the context it makes, and its number."""
        found = self._ended.get((context, place))
        if found is None:
            found = self._ended[context, place] = []
            for word in self._tree.words_at.get(place, ()):
                score, following = self._word_step(context, word)
                # A hypothesis within a word already counts the best word below.
                found.append((score - self._ahead(place), following, word))
        return found

    def _ahead(self, place: int) -> float:
        """Return what a hypothesis at `place` was given in advance for the best word below it."""
        return self._weights.language * float(self._tree.best_below[place]) if place else 0.0

    def _word_step(self, context: int, word: int) -> tuple[float, int]:
        """Return what a word costs after a context, and the context it makes."""
        before, text = self._contexts[context], self._tree.words[word]
        score = self._weights.language * self._trigrams(text, *before) + self._weights.word
        following = (text, before[0])
        number = self._context_ids.setdefault(following, len(self._contexts))
        if number == len(self._contexts):
            self._contexts.append(following)
        return score, number

    def _words(self, trace: int) -> list[str]:
        words: list[str] = []
        while trace > 0:
            trace, word = self._history[trace]
            words.append(self._tree.words[word])
        return words[::-1]
