"""Pieces of an answer: the first comes early, no cut tears what belongs together, nothing is lost."""

# ruff: noqa: RUF001 - typographic dashes are what is tested

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.speech.chunker import (
    FIRST_PIECE_WORDS,
    FIRST_PIECE_WORDS_MAX,
    PIECE_CHARACTERS_MAX,
    PieceChunker,
)

# Cuts are marked "|".
TORN = [
    "It's 3:42 PM in Tokyo. | The sun sets at 4:31 p.m. today.",
    "It is 8 a.m. | It is cold.",
    "Yes. | Dr. Smith paid $1,000.50 for 3.14 of it. | Fine.",
    "Yes. | Fruit, e.g. apples, i.e. the U.S. kind. | Fine.",
    "Yes. | See https://example.com/a?b=c. | Write to a.b@c.org. | Fine.",
    "It's Friday, | November 20, 2026. | Fine.",
    "Well... maybe. | Well... | Yes.",
    "Yes. | J. R. R. Tolkien was born on Jan. 3, 1892. | Fine.",
    "Take No. 5. | No. | I mean it.",
    "Yes. | “Is it?” she asked. | “It is.” | Fine.",
    "Apples, pears, | etc. are fruit. | Fine.",
    "The answer is **sixty. Really**, | I mean it.",
    "Use `a. b` and [this page. Now](https://x.org/a), | please.",
]
STRUCTURED = [
    (
        "Here are three things:\n1. Apples\n2. Pears, plums\n- **Bold.** Text\n\nDone.",
        ["Here are three things:", "1. Apples", "2. Pears, plums", "- **Bold.**", "Text", "Done."],
    ),
    ("# Title\nText", ["# Title", "Text"]),
    ("```python\nprint('hi')\n```\nDone.", ["```python\nprint('hi')", "```\nDone."]),
    ("Great! 😀 Let's go. 🎉", ["Great! 😀", "Let's go. 🎉"]),
    ("¿Qué hora es? ¡Son las tres! Adiós.", ["¿Qué hora es?", "¡Son las tres!", "Adiós."]),
    ("Los EE. UU. y el Sr. Pérez, p. ej. ayer.", ["Los EE. UU. y el Sr. Pérez,", "p. ej. ayer."]),
    ("She came in—quite late, too.", ["She came in—", "quite late, too."]),
]


def pieces_of(text: str, cuts: list[int] | None = None) -> list[str]:
    chunker = PieceChunker()
    edges = [0, *sorted(cuts or []), len(text)]
    pieces = []
    for start, end in pairwise(edges):
        pieces += chunker.feed(text[start:end])
    return pieces + chunker.flush()


@pytest.mark.parametrize("marked", TORN)
def test_a_cut_never_tears_what_belongs_together(marked: str) -> None:
    assert [piece.strip() for piece in pieces_of(marked.replace(" | ", " "))] == marked.split(" | ")


@pytest.mark.parametrize(("text", "pieces"), STRUCTURED)
def test_lines_lists_and_marks_end_pieces(text: str, pieces: list[str]) -> None:
    assert [piece.strip() for piece in pieces_of(text)] == pieces


@pytest.mark.parametrize("mark", [",", ":", ";", " –", " -", " —"])
def test_the_first_piece_ends_at_the_first_clause_as_soon_as_the_next_word_begins(
    mark: str,
) -> None:
    chunker = PieceChunker()
    assert chunker.feed(f"In short{mark} ") == []
    assert [piece.strip() for piece in chunker.feed("i")] == [f"In short{mark}"]


def test_one_word_before_a_comma_is_too_short_a_first_piece() -> None:
    assert pieces_of("Sure, I can do that, of course.")[0] == "Sure, I can do that, "


def test_a_first_piece_without_punctuation_ends_after_about_eight_words_but_not_after_an_article() -> (
    None
):
    assert pieces_of("word " * 30)[0] == "word " * FIRST_PIECE_WORDS
    leaning = "one two three four five six seven the one two three"
    assert pieces_of(leaning)[0] == "one two three four five six seven the one "
    assert len(pieces_of("the " * 30)[0].split()) == FIRST_PIECE_WORDS_MAX


def test_a_later_long_sentence_is_split_at_a_clause_within_the_limit() -> None:
    clause = "and it goes on with many further words that have no end"
    sentence = ", ".join([clause] * 8) + "."
    pieces = pieces_of("Yes. " + sentence)[1:]
    assert len(pieces) > 2
    assert all(len(piece) <= PIECE_CHARACTERS_MAX for piece in pieces)
    assert all(piece.rstrip().endswith(",") for piece in pieces[:-1])


def test_a_long_sentence_without_clauses_is_split_between_words_within_the_limit() -> None:
    pieces = pieces_of("Yes. " + "word " * 200)[1:]
    assert all(len(piece) <= PIECE_CHARACTERS_MAX for piece in pieces)


def test_the_machine_starts_afresh_after_a_flush() -> None:
    chunker = PieceChunker()
    chunker.feed("- One two. Three four")
    assert chunker.flush() == ["Three four"]
    assert chunker.flush() == []
    assert chunker.feed("In short, yes") == ["In short, "]


_FRAGMENTS = st.sampled_from([
    "word", "Word", "the", "I", " ", "  ", "\n", "\n\n", ".", ",", "!", "?", ":", ";", "...", "…", "—", " - ",
    "- ", "1. ", "12", "3.14", "1,000", "3:42", "Dr.", "e.g.", "U.S.", "a.m.", "etc.", "No.", "**", "*",
    "`", "```", "[", "](", ")", "(", "“", "”", "'", "¿", "¡", "😀", "https://x.org/a.b", "a@b.c", "|",
    "x" * 90, "y" * 250, "á", "日", "\r", "\t", "\u2028", "\u00a0", "\x1c",
])  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=120), st.lists(_FRAGMENTS, max_size=60).map("".join))


@settings(deadline=None)
@given(_TEXTS, st.data())
@example("“—”—a", None)
def test_pieces_do_not_depend_on_the_deltas(text: str, data: st.DataObject | None) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12)) if data else [2]
    whole = PieceChunker()
    assert (
        pieces_of(text, cuts)
        == whole.feed(text) + whole.flush()
        == pieces_of(text, list(range(len(text))))
    )


@settings(deadline=None)
@given(_TEXTS)
def test_joined_pieces_are_the_text_and_none_is_mute(text: str) -> None:
    pieces = pieces_of(text)
    assert "".join(pieces) == text.strip()
    if any(character.isalnum() for character in text):
        assert all(any(character.isalnum() for character in piece) for piece in pieces)
    else:
        assert len(pieces) == bool(text.strip())


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["word", "Word.", "long-word,", "a", "3.14", "Dr.", "**x**"]), max_size=200
    )
)
def test_no_piece_of_ordinary_words_is_longer_than_the_limit_and_one_word(words: list[str]) -> None:
    assert all(len(piece) <= PIECE_CHARACTERS_MAX + 12 for piece in pieces_of(" ".join(words)))
