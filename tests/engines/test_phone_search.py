"""Words from scores of phones: the search through the tree of pronunciations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.engines.phone_search import BLANK, PhoneSearch, Weights, WordTree

A, B, C, D = 1, 2, 3, 4
UNITS = 5
WORDS = [
    ("ab", [A, B]),
    ("abc", [A, B, C]),
    ("bee", [B]),
    ("see", [C]),
    ("sea", [C]),
    ("aa", [A, A]),
]


class Alike:
    """A model to which every word is as likely as any other, save for pairs it is told of."""

    def __init__(self, pairs: dict[tuple[str, str], float] | None = None) -> None:
        self._pairs = pairs or {}

    def __call__(self, word: str, *before: str) -> float:
        return self._pairs.get((before[0], word), -2.0)


def search(pairs: dict[tuple[str, str], float] | None = None) -> PhoneSearch:
    model = Alike(pairs)
    tree = WordTree(WORDS, {word: -2.0 for word, _ in WORDS})
    return PhoneSearch(tree, model, Weights(language=1.0))


def scores(path: Sequence[int], sure: float = 0.99) -> np.ndarray:
    """Each frame's scores, the named unit being nearly certain."""
    found = np.full((len(path), UNITS), (1 - sure) / (UNITS - 1))
    found[np.arange(len(path)), path] = sure
    return np.log(found).astype(np.float32)


def heard(searching: PhoneSearch, path: Sequence[int]) -> list[str]:
    searching.feed(scores(path))
    return searching.best(at_end=True)[0]


def test_nothing_but_blanks_are_no_words() -> None:
    assert heard(search(), [BLANK] * 30) == []
    assert search().best(at_end=True)[0] == []


def test_a_phone_held_for_long_is_one_phone() -> None:
    assert heard(search(), [BLANK, A, A, A, B, B, BLANK]) == ["ab"]


def test_the_same_phone_twice_needs_a_blank_in_between() -> None:
    assert heard(search(), [A, BLANK, A]) == ["aa"]
    assert heard(search(), [A, A, B]) == ["ab"]


def test_the_longer_word_is_found_and_not_two_short_ones() -> None:
    assert heard(search(), [A, B, C]) == ["abc"]


def test_the_word_before_chooses_between_words_that_sound_alike() -> None:
    path = [B, BLANK, C]
    assert heard(search({("bee", "sea"): -0.1}), path) == ["bee", "sea"]
    assert heard(search({("bee", "see"): -0.1}), path) == ["bee", "see"]


def test_a_word_that_is_not_over_counts_while_speaking_only() -> None:
    searching = search()
    searching.feed(scores([C, BLANK, A]))
    assert searching.best(at_end=False)[0] == ["see"] or searching.best(at_end=False)[0] == ["sea"]
    searching.feed(scores([B, BLANK]))
    assert searching.best(at_end=True)[0][1:] == ["ab"]


@given(
    st.lists(st.sampled_from(["ab", "abc", "bee", "aa"]), min_size=1, max_size=6), st.integers(1, 4)
)
def test_what_is_clearly_said_is_heard_however_it_is_cut(said: list[str], size: int) -> None:
    spelt = dict(WORDS)
    path = [unit for word in said for phone in spelt[word] for unit in (phone, BLANK)]
    found = scores(path)
    searching = search()
    for at in range(0, len(found), size):
        searching.feed(found[at : at + size])
    whole = search()
    whole.feed(found)
    assert searching.best(at_end=True) == whole.best(at_end=True)
    # "ab" and "see" sound like "abc" and so on; what is heard sounds as what was said.
    sounds = [phone for word in searching.best(at_end=True)[0] for phone in spelt[word]]
    assert sounds == [phone for word in said for phone in spelt[word]]
