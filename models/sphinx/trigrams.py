"""A back-off trigram model in memory: its arrays, its vocabulary, the probability of any n-gram.

Owns the one form all steps of the build share; does not read, count, mix or write models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trigrams:
    """A back-off trigram model as flat arrays; probabilities are natural logarithms.

    `bi` and `tri` hold word numbers in spoken order, one n-gram a row.
    """

    words: list[str]
    uni_logp: Floats
    uni_bo: Floats
    bi: Ints
    bi_logp: Floats
    bi_bo: Floats
    tri: Ints
    tri_logp: Floats


def restrict(model: Trigrams, words: list[str]) -> Trigrams:
    """Return `model` over the vocabulary `words` (other n-grams dropped, new words get log(0))."""
    number = {word: i for i, word in enumerate(words)}
    new = np.array([number.get(word, -1) for word in model.words])
    bi, tri = new[model.bi], new[model.tri]
    keep_bi, keep_tri = (bi >= 0).all(axis=1), (tri >= 0).all(axis=1)
    uni_logp, uni_bo = np.full(len(words), -np.inf), np.zeros(len(words))
    uni_logp[new[new >= 0]], uni_bo[new[new >= 0]] = (
        model.uni_logp[new >= 0],
        model.uni_bo[new >= 0],
    )
    return Trigrams(
        words,
        uni_logp,
        uni_bo,
        bi[keep_bi],
        model.bi_logp[keep_bi],
        model.bi_bo[keep_bi],
        tri[keep_tri],
        model.tri_logp[keep_tri],
    )


class Scorer:
    """Log probabilities of any n-gram under a back-off model, many at a time."""

    def __init__(self, model: Trigrams) -> None:
        self._model, self._size = model, len(model.words)
        bi_key, tri_key = self.key(model.bi), self.key(model.tri)
        self._bi_order, self._tri_order = np.argsort(bi_key), np.argsort(tri_key)
        self._bi_key, self._tri_key = bi_key[self._bi_order], tri_key[self._tri_order]

    def key(self, grams: Ints) -> Ints:
        """Return one number per row of word numbers."""
        key = grams[:, 0].copy()
        for column in range(1, grams.shape[1]):
            key = key * self._size + grams[:, column]
        return key

    @staticmethod
    def _find(keys: Ints, order: Ints, wanted: Ints) -> tuple[NDArray[np.bool_], Ints]:
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return keys[at] == wanted, order[at]

    def one(self, grams: Ints) -> Floats:
        """Log P(w) for rows (w,)."""
        return self._model.uni_logp[grams[:, 0]]

    def two(self, grams: Ints) -> Floats:
        """Log P(w|v) for rows (v, w)."""
        found, at = self._find(self._bi_key, self._bi_order, self.key(grams))
        backed_off = self._model.uni_bo[grams[:, 0]] + self._model.uni_logp[grams[:, 1]]
        return np.where(found, self._model.bi_logp[at], backed_off)

    def three(self, grams: Ints) -> Floats:
        """Log P(w|u, v) for rows (u, v, w)."""
        found, at = self._find(self._tri_key, self._tri_order, self.key(grams))
        history, bi_at = self._find(self._bi_key, self._bi_order, self.key(grams[:, :2]))
        backed_off = np.where(history, self._model.bi_bo[bi_at], 0.0) + self.two(grams[:, 1:])
        return np.where(found, self._model.tri_logp[at], backed_off)
