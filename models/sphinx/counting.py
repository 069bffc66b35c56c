"""A trigram model counted from sentences.

Owns discounting and smoothing; does not make the sentences (`grammar.py` does).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
from trigrams import Trigrams


def count_domain(corpus: list[str], discount: float) -> dict[tuple[str, ...], tuple[float, float]]:
    """Return (probability, back-off weight) of every n-gram of the corpus.

    Interpolated absolute discounting (Ney, Essen and Kneser 1994): `discount` is taken from each
    count and what it frees is given to the shorter history.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for sentence in corpus:
        words = ["<s>", *sentence.split(), "</s>"]
        for order in (1, 2, 3):
            counts.update(zip(*(words[k:] for k in range(order)), strict=False))
    total: Counter[tuple[str, ...]] = Counter()
    kinds: Counter[tuple[str, ...]] = Counter()
    for gram, count in counts.items():
        if gram != ("<s>",):  # the start is never predicted
            total[gram[:-1]] += count
            kinds[gram[:-1]] += 1
    freed = {h: discount * kinds[h] / total[h] for h in total}
    model: dict[tuple[str, ...], tuple[float, float]] = {}
    for gram in sorted(counts, key=len):
        history = gram[:-1]
        lower = model[gram[1:]][0] if history else 1 / kinds[()]
        probability = (counts[gram] - discount) / total[history] + freed[history] * lower
        model[gram] = (1e-30 if gram == ("<s>",) else probability, freed.get(gram, 1.0))
    return model


def as_trigrams(model: dict[tuple[str, ...], tuple[float, float]], words: list[str]) -> Trigrams:
    """Return the counted model over the vocabulary `words`; words it never saw get log(0)."""
    number = {word: i for i, word in enumerate(words)}
    uni_logp, uni_bo = np.full(len(words), -np.inf), np.zeros(len(words))
    grams: dict[int, list[tuple[list[int], float, float]]] = defaultdict(list)
    for gram, (p, bo) in model.items():
        if len(gram) == 1:
            uni_logp[number[gram[0]]], uni_bo[number[gram[0]]] = math.log(p), math.log(bo)
        else:
            grams[len(gram)].append(([number[w] for w in gram], math.log(p), math.log(bo)))
    bi, tri = grams[2], grams[3]
    return Trigrams(
        words=words,
        uni_logp=uni_logp,
        uni_bo=uni_bo,
        bi=np.array([g[0] for g in bi], dtype=np.int64),
        bi_logp=np.array([g[1] for g in bi]),
        bi_bo=np.array([g[2] for g in bi]),
        tri=np.array([g[0] for g in tri], dtype=np.int64),
        tri_logp=np.array([g[1] for g in tri]),
    )
