"""Finding words in text: what a search means, and where its words stand.

Pure functions. SQLite's index says which turns match; this shows where. Both fold letters alike: case and
accents do not count, and a word is found by its beginning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

EXCERPT_CHARACTERS = 90
"""Length of an excerpt: about two lines in a list."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text, found or between what was found."""

    text: str
    is_hit: bool


def query_words(query: str) -> tuple[str, ...]:
    """Return the words of a search; none if there is nothing to look for."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", query)))


def match_expression(words: Sequence[str]) -> str:
    """Return the FTS5 expression for text that has a word beginning with each of these."""
    return " AND ".join(f'"{word}"*' for word in words)


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Return the word without case and accents, as SQLite's `unicode61 remove_diacritics 2` sees it."""
    plain = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)) or word


def marked(text: str, words: Sequence[str]) -> tuple[Span, ...]:
    """Return the text in stretches; the words that begin with one of these are hits."""
    wanted = tuple(folded(word) for word in words)
    spans: list[Span] = []
    position = 0
    for found in _WORD.finditer(text):
        if not folded(found.group()).startswith(wanted):
            continue
        if found.start() > position:
            spans.append(Span(text[position : found.start()], is_hit=False))
        spans.append(Span(found.group(), is_hit=True))
        position = found.end()
    if position < len(text):
        spans.append(Span(text[position:], is_hit=False))
    return tuple(spans)


def excerpt(
    text: str, words: Sequence[str], characters: int = EXCERPT_CHARACTERS
) -> tuple[Span, ...]:
    """Return a stretch of the text around its first hit, on one line, hits marked, "…" where it was cut."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return marked(line, words)
    spans = marked(line, words)
    before_hit = len(spans[0].text) if len(spans) > 1 and not spans[0].is_hit else 0
    start = max(0, min(before_hit - characters // 3, len(line) - characters))
    start = _word_start(line, start)
    end = start + characters
    cut = line[start:end]
    if end < len(line) and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return marked(("… " if start else "") + cut + (" …" if end < len(line) else ""), words)


def _word_start(line: str, position: int) -> int:
    """Return the beginning of the word at or after a position."""
    if position == 0 or line[position - 1] == " ":
        return position
    space = line.find(" ", position)
    return position if space == -1 else space + 1
