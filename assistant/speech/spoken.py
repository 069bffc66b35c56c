"""Owns the way from spoken English to quantities a tool computes with, and durations back to words.

It deliberately does not understand whole sentences (that is the thinker's work).
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

from assistant.speech.number_words import (
    ARTICLES,
    MAX_CHARACTERS,
    number_tokens,
    parse_number,
    read_number,
    token_at,
)

__all__ = ["parse_duration", "parse_number", "say_duration"]

_SECONDS: Final = {
    "millisecond": Fraction(1, 1000),
    "second": Fraction(1),
    "minute": Fraction(60),
    "hour": Fraction(3600),
    "day": Fraction(86_400),
    "week": Fraction(604_800),
}
_TIME_UNITS: Final = {
    **{word: word for word in _SECONDS},
    **{word + "s": word for word in _SECONDS},
    **dict.fromkeys(("ms", "msec"), "millisecond"),
    **dict.fromkeys(("s", "sec", "secs"), "second"),
    **dict.fromkeys(("m", "min", "mins"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs"), "hour"),
    "d": "day",
    "w": "week",
}
# "one hour twenty": the unit a bare number after this unit is counted in.
_NEXT_SMALLER: Final = {"hour": "minute", "minute": "second"}
_LEAD_INS: Final = frozenset({"for", "in", "about", "around", "exactly"})

_CLOCK: Final = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-5][0-9])")


def parse_duration(words: str) -> float | None:
    """Return the seconds that a spoken or written English duration lasts, or `None` if it is none.

    Understands "five minutes", "an hour and a half", "half an hour", "one hour twenty", "1h 20m",
    "90 seconds", "a day and two hours", and clock style: "1:30" is one minute thirty, "1:30:00" one
    hour thirty. Units run from milliseconds to weeks, in any order, each at most once. Months and
    years (no fixed length), negative durations and numbers without a unit are `None`.
    """
    clock = _CLOCK.fullmatch(words.strip()) if len(words) <= MAX_CHARACTERS else None
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    tokens = [word for word in number_tokens(words) if word != ","]
    at = 1 if tokens and tokens[0] in _LEAD_INS else 0
    total = Fraction(0)
    used: set[str] = set()
    while at < len(tokens):
        if used and tokens[at] == "and":
            at += 1
        part = _amount_of_time(tokens, at)
        if part is None:
            return None
        amount, unit, at = part
        if unit in used or amount < 0:
            return None
        used.add(unit)
        total += amount * _SECONDS[unit]
        rest = _unitless_rest(tokens, at, unit)
        if rest is not None:
            return float(total + rest)
    return float(total) if used else None


def say_duration(seconds: float) -> str:
    """Return the duration in words a person uses, digits left as digits: "1 hour 30 minutes".

    Exact to the second; below ten seconds to the tenth. `parse_duration` reads it back.

    Raises:
        ValueError: If `seconds` is negative, infinite or not a number.
    """
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError("A duration is a finite number of seconds, not below zero.")
    tenths = round(seconds * 10)
    if tenths < 100 and tenths % 10:  # noqa: PLR2004 - ten seconds in tenths
        return f"{tenths // 10}.{tenths % 10} seconds"
    left = round(seconds)
    parts = []
    for unit in ("day", "hour", "minute", "second"):
        count, left = divmod(left, int(_SECONDS[unit]))
        if count:
            parts.append(f"{count} {unit}" + ("" if count == 1 else "s"))
    return " ".join(parts) or "0 seconds"


def _amount_of_time(tokens: list[str], at: int) -> tuple[Fraction, str, int] | None:
    """Read "five minutes", "an hour", "half an hour", "three quarters of an hour"."""
    read = read_number(tokens, at)
    amount, at = read or (Fraction(1), at)
    if read and token_at(tokens, at) == "of":
        at += 1
    if token_at(tokens, at) in ARTICLES and (read is None or amount < 1):
        at += 1
    unit = _TIME_UNITS.get(token_at(tokens, at))
    # "hour and a half" may lose its article to the recogniser; "h" alone is no duration.
    if unit is None or (read is None and tokens[at] not in _SECONDS):
        return None
    return amount, unit, at + 1


def _unitless_rest(tokens: list[str], at: int, unit: str) -> Fraction | None:
    """Return the seconds of a last bare number: "(an hour) and a half", "(one hour) twenty"."""
    if at == len(tokens):
        return None
    read = read_number(tokens, at + 1 if tokens[at] == "and" else at)
    if read is None or read[1] != len(tokens):
        return None
    amount = read[0]
    if 0 < amount < 1:
        return amount * _SECONDS[unit]
    smaller = _NEXT_SMALLER.get(unit)
    if smaller and amount.denominator == 1 and 1 <= amount < 60:  # noqa: PLR2004 - a full next unit
        return amount * _SECONDS[smaller]
    return None
