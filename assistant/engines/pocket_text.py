"""What Pocket TTS wants of its text: cleaned, begun with a capital, ended with a mark, in short chunks.

Owns these rules (source: pocket-tts 4.0.1, `prepare_text_prompt` and `split_into_best_sentences`; the
Spanish cleaning as its Spanish configuration does). Deliberately spells no numbers: text comes
normalised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_SPANISH_REMOVED: Final = re.compile(
    r"[\"«»“”„‟\u2039\u203a()\[\]{}¡¿]|(?<!\w)['\u2018\u2019]|['\u2018\u2019](?!\w)"
)
"""Quotes, brackets and opening marks, which the Spanish model never saw; an apostrophe in a word stays."""

_BOUNDARIES: Final = tuple(map(re.compile, (r"(?<=[.!?…])\s+", r"(?<=[,;:])\s+", r"\s+")))
"""Where long text is cut: after sentences, else after clauses, else between words."""

_SHORT_WORDS: Final = 4
_FRAMES_AFTER_END: Final = (5, 3)
"""Frames (of 80 ms) still made after the model signalled the end: text of up to four words, and longer."""

_PADDING: Final = " " * 8
_PADDED_BELOW_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class TextRules:
    """What a bundle says about its text.

    Attributes:
        language: two letters.
        remove_semicolons: they become commas.
        pad_short: very short text gets spaces in front.
        frames_after_end: the model's own figure; None = by the number of words.
        most_tokens: of one chunk.
    """

    language: str = "en"
    remove_semicolons: bool = False
    pad_short: bool = False
    frames_after_end: int | None = None
    most_tokens: int = 50


@dataclass(frozen=True, slots=True)
class Prompt:
    """One chunk as the tokenizer gets it."""

    text: str
    frames_after_end: int


def prompts(text: str, rules: TextRules, count_tokens: Callable[[str], int]) -> Iterator[Prompt]:
    """Yield the chunks of ``text``; nothing when there is no letter or digit in it."""
    cleaned = _SPANISH_REMOVED.sub("", text) if rules.language == "es" else text
    if rules.remove_semicolons:
        cleaned = cleaned.replace(";", ",")
    cleaned = " ".join(cleaned.split())
    for chunk in _chunks(cleaned, rules.most_tokens, count_tokens):
        if any(letter.isalnum() for letter in chunk):
            yield _prompt(chunk, rules)


def _prompt(chunk: str, rules: TextRules) -> Prompt:
    words = len(chunk.split())
    frames = rules.frames_after_end
    if frames is None:
        frames = _FRAMES_AFTER_END[words > _SHORT_WORDS]
    text = chunk[0].upper() + chunk[1:]
    if text[-1].isalnum():
        text += "."
    if rules.pad_short and words < _PADDED_BELOW_WORDS:
        text = _PADDING + text
    return Prompt(text, frames)


def _chunks(text: str, most: int, count_tokens: Callable[[str], int]) -> Iterator[str]:
    """Yield pieces of at most ``most`` tokens, joined from whole sentences where they fit together."""
    held = ""
    for piece in _pieces(text, most, count_tokens, 0):
        joined = f"{held} {piece}" if held else piece
        if held and count_tokens(joined) > most:
            yield held
            held = piece
        else:
            held = joined
    if held:
        yield held


def _pieces(text: str, most: int, count_tokens: Callable[[str], int], level: int) -> Iterator[str]:
    if level == len(_BOUNDARIES) or count_tokens(text) <= most:
        if text:
            yield text
        return
    for part in _BOUNDARIES[level].split(text):
        yield from _pieces(part, most, count_tokens, level + 1)
