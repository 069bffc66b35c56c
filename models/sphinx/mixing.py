"""One trigram model out of two: the general one made smaller, then mixed with the domain's.

The mixture is Bayesian in the history: P(w|h) = l(h) P_domain(w|h) + (1 - l(h)) P_general(w|h) with
l(h) = b P_domain(h) / (b P_domain(h) + (1 - b) P_general(h)). It is what a mixture of two whole
sentence models becomes when only the last two words are remembered, so a command is scored almost
wholly by the domain model and a read sentence almost wholly by the general one.

Owns pruning and mixing; chooses no weights (the options of `build.py` do).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from trigrams import Floats, Ints, Scorer, Trigrams


def prune(model: Trigrams, bi_threshold: float, tri_threshold: float) -> tuple[Ints, Ints]:
    """Return the bigrams and trigrams worth keeping, closed so that every trigram is reachable.

    Worth is P(n-gram) times what its own probability differs from the backed-off one, the leading
    term of Stolcke's relative entropy criterion (1998).
    """
    scorer, bi, tri = Scorer(model), model.bi, model.tri
    joint = model.uni_logp[bi[:, 0]] + model.bi_logp
    shorter = model.uni_bo[bi[:, 0]] + model.uni_logp[bi[:, 1]]
    keep_bi = np.exp(joint) * np.abs(model.bi_logp - shorter) > bi_threshold
    keep_bi |= bi[:, 0] == model.words.index("<s>")
    history = scorer.two(tri[:, :2]) + model.uni_logp[tri[:, 0]]
    without = Trigrams(**{**vars(model), "tri": tri[:1], "tri_logp": model.tri_logp[:1]})
    gain = np.abs(model.tri_logp - Scorer(without).three(tri))
    tri = tri[np.exp(history + model.tri_logp) * gain > tri_threshold]
    bi = np.unique(np.concatenate([bi[keep_bi], tri[:, :2], tri[:, 1:]]), axis=0)
    return bi, tri


def mix(
    domain: Trigrams,
    general: Trigrams,
    kept: tuple[Ints, Ints],
    *,
    prior: float,
    later_prior: float,
) -> Trigrams:
    """Return the mixture over the `kept` n-grams of the general model and all of the domain's.

    `prior` is the share of utterances that are in the domain, `later_prior` the share of words once
    the sentence start is out of sight (smaller: open sentences are longer than commands).
    """
    d, g = Scorer(domain), Scorer(general)
    words, start = general.words, general.words.index("<s>")

    def share(domain_logp: Floats, general_logp: Floats, at_start: NDArray[np.bool_]) -> Floats:
        p = np.where(at_start, prior, later_prior)
        odds = np.log(p / (1 - p))
        return 1 / (1 + np.exp(np.clip(general_logp - domain_logp - odds, -50, 50)))

    def blend(weight: Floats, domain_logp: Floats, general_logp: Floats) -> Floats:
        return np.log(weight * np.exp(domain_logp) + (1 - weight) * np.exp(general_logp) + 1e-12)

    def back_off(p: Floats, lower: Floats, group: Ints, groups: int) -> Floats:
        explicit = np.bincount(group, weights=np.exp(p), minlength=groups)
        covered = np.bincount(group, weights=np.exp(lower), minlength=groups)
        left = np.clip(1 - explicit, 1e-6, 1) / np.clip(1 - covered, 1e-6, 1)
        return np.asarray(np.log(left))

    bi = np.unique(np.concatenate([kept[0], domain.bi]), axis=0)
    tri = np.unique(np.concatenate([kept[1], domain.tri]), axis=0)
    uni = np.arange(len(words))[:, None]
    uni_logp = blend(np.full(len(words), later_prior), d.one(uni), g.one(uni))
    uni_logp[start] = -100.0
    uni_logp -= math.log(np.exp(uni_logp).sum())

    # Log probabilities of the histories; the sentence start is certain in both models.
    first = bi[:, 0]
    at_start = first == start
    domain_h = np.where(at_start, 0.0, domain.uni_logp[first])
    general_h = np.where(at_start, 0.0, general.uni_logp[first])
    bi_logp = blend(share(domain_h, general_h, at_start), d.two(bi), g.two(bi))
    uni_bo = back_off(bi_logp, uni_logp[bi[:, 1]], first, len(words))

    keys, wanted = d.key(bi), d.key(tri[:, :2])
    parent = np.searchsorted(keys, wanted)  # np.unique sorted bi, and the closure guarantees a hit
    if not np.array_equal(keys[parent], wanted):
        raise ValueError("a trigram's history is missing among the bigrams")
    weight = share(domain_h + d.two(bi), general_h + g.two(bi), at_start)[parent]
    tri_logp = blend(weight, d.three(tri), g.three(tri))
    lower = bi_logp[np.searchsorted(keys, d.key(tri[:, 1:]))]
    bi_bo = back_off(tri_logp, lower, parent, len(bi))
    return Trigrams(words, uni_logp, uni_bo, bi, bi_logp, bi_bo, tri, tri_logp)
