"""Owns the order in which digits in a text are tried: dates and times first, plain numbers last.

It deliberately holds no pattern itself: `dates` and `amounts` do.
"""

from __future__ import annotations

from functools import cache

from assistant.speech.normalize.amounts import Amounts
from assistant.speech.normalize.dates import DateAndTime
from assistant.speech.normalize.lexicon import Language
from assistant.speech.normalize.rules import Rule


def speak_quantities(text: str, language: Language) -> str:
    """Return the text with every number, and the signs that belong to it, in words."""
    for pattern, replace in _rules(language):
        text = pattern.sub(replace, text)
    return text


@cache
def _rules(language: Language) -> tuple[Rule, ...]:
    return (*DateAndTime(language).rules(), *Amounts(language).rules())
