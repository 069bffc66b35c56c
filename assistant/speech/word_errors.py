"""How far a transcript is from the words that were said.

Owns the comparison of texts as spoken words; decides nothing about recordings, recognisers or what rate
is good enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from assistant.speech.normalize.number_names import number

_SPOKEN_SIGNS: Final = {
    "\N{MULTIPLICATION SIGN}": "times",
    "\N{DIVISION SIGN}": "divided by",
    "=": "equals",
    "+": "plus",
    "%": "percent",
    "\N{DEGREE SIGN}": "degrees",
}
_GROUPED: Final = re.compile(r"(?<=\d),(?=\d{3}\b)")
_CURLY_APOSTROPHE: Final = re.compile(
    "[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]"
)
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def spoken_words(text: str) -> list[str]:
    """Return the words a person would say for English ``text``: lower case, numbers and signs as words.

    Hyphens split words ("front-door" is two) and other punctuation vanishes, so that a recogniser is
    not judged by its spelling habits; apostrophes inside words stay.
    """
    text = _CURLY_APOSTROPHE.sub("'", unicodedata.normalize("NFKC", text).lower())
    for sign, word in _SPOKEN_SIGNS.items():
        text = text.replace(sign, f" {word} ")
    text = _NUMBER.sub(_say_number, _GROUPED.sub("", text))
    text = re.sub(r"[^\w' ]|_", " ", text)
    return [word for word in (raw.strip("'") for raw in text.split()) if word]


def _say_number(match: re.Match[str]) -> str:
    # People and dictionaries differ on "a hundred and five"; without the "and" both compare equal.
    return f" {number(match.group(), 'en').replace(' and ', ' ')} "


def word_errors(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Return the least number of substituted, missing and added words.

    Source: Levenshtein's distance over words, by Wagner and Fischer's table, one row at a time.
    """
    row = list(range(len(hypothesis) + 1))
    for i, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, heard in enumerate(hypothesis, 1):
            best = min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != heard))
            diagonal, row[j] = row[j], best
    return row[-1]


def word_error_rate(reference: str, heard: str) -> float:
    """Return the word errors for each spoken word of ``reference``, at least 0; can exceed 1.

    Words heard where nothing was said count as if one word had been said.
    """
    wanted = spoken_words(reference)
    return word_errors(wanted, spoken_words(heard)) / max(len(wanted), 1)
