"""What counts as heard of a reply that was cut short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.heard import heard_text

PIECES = st.lists(st.tuples(st.text("ab ", max_size=20), st.integers(0, 50_000)), max_size=6)


def test_words_count_from_their_first_sound() -> None:
    pieces = [("It is five", 300), ("in the afternoon.", 300)]
    assert heard_text(pieces, 0) == ""
    assert heard_text(pieces, 1) == "It"
    assert heard_text(pieces, 101) == "It is"
    assert heard_text(pieces, 300) == "It is five"
    assert heard_text(pieces, 301) == "It is five in"
    assert heard_text(pieces, 10_000) == "It is five in the afternoon."


@given(PIECES, st.integers(0, 400_000), st.integers(0, 400_000))
def test_more_sound_never_means_fewer_words(
    pieces: list[tuple[str, int]], played: int, more: int
) -> None:
    less = heard_text(pieces, played)
    assert heard_text(pieces, played + more).startswith(less)


@given(PIECES)
def test_all_of_the_sound_is_all_of_the_words(pieces: list[tuple[str, int]]) -> None:
    whole = sum(samples for _, samples in pieces)
    words = " ".join(text for text, _ in pieces).split()
    assert heard_text(pieces, whole + 1) == " ".join(words)
