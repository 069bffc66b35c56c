"""Owns the reading of English number words and digits as one exact value.

It deliberately does not look for numbers inside sentences (that is the thinker's work) and guesses
nothing: what is not one well-formed number is `None`.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Final

_UNITS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_TEENS: Final = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "fourty": 40,  # the last as people misspell it
}  # fmt: skip
_SCALES: Final = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "quadrillion": 10**15,
}
_GROUPS: Final = {"hundred": 100, "dozen": 12, **_SCALES}
_ZEROS: Final = frozenset({"zero", "nought", "naught"})
# Zero as it is read inside a row of digits: "three point oh five".
_DIGITS: Final = {**_UNITS, **dict.fromkeys(_ZEROS, 0), "oh": 0, "o": 0}
_DENOMINATORS: Final = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twelfth": 12,
    "sixteenth": 16,
    "twentieth": 20,
    "hundredth": 100,
    "thousandth": 1000,
}
_PLURAL_DENOMINATORS: Final = {
    "halves" if word == "half" else word + "s": value for word, value in _DENOMINATORS.items()
}
# Said without a numerator they still mean a fraction; a bare "third" is an ordinal.
_BARE_DENOMINATORS: Final = frozenset({"half", "quarter"})
_SIGNS: Final = {"minus": -1, "negative": -1, "-": -1, "plus": 1, "positive": 1, "+": 1}
ARTICLES: Final = frozenset({"a", "an"})

_VULGAR: Final = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_TOKEN: Final = re.compile(
    rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9,])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
    rf"|[a-z]+|[{_VULGAR}]|\S"
)
_LITERAL: Final = re.compile(r"\.?[0-9]")
# Longer input is no quantity anybody says; the bound keeps every number small enough to be exact.
MAX_CHARACTERS: Final = 200
_YEAR_LEAD: Final = range(10, 21)
_HUNDRED: Final = 100

# A quantity and the position after it.
ReadNumber = tuple[Fraction, int]


def parse_number(words: str) -> Decimal | None:
    """Return the value of one spoken or written English number, or `None` if it is not exactly one.

    Understands digits ("1,000", "12.5", "1/2", "2 1/2", "1½"), cardinals ("a hundred and five"),
    decimals ("three point one four"), signs, halves to thousandths ("two thirds", "one and a
    half"), scales with any of these ("2.5 million", "half a million"), dozens, and years
    ("nineteen oh five"). "A million and a half" is 1,500,000.

    A row of single digits ("oh five", "one two three"), an ordinal ("third") and a short form whose
    meaning depends on the subject ("two fifty") are `None`: a wrong guess is worse than a question.
    The value is rounded to 28 significant digits (so is "two thirds").
    """
    tokens = number_tokens(words)
    read = read_number(tokens, 0)
    if read is None or read[1] != len(tokens):
        return None
    value = read[0]
    return Decimal(value.numerator) / Decimal(value.denominator)


def number_tokens(words: str) -> list[str]:
    """Return lower-case words, number literals and single signs; empty for over-long input."""
    if len(words) > MAX_CHARACTERS:
        return []
    text = words.lower().replace("\N{MINUS SIGN}", "-").replace("\N{FRACTION SLASH}", "/")
    text = re.sub(r"(?<=[a-z0-9])[-\u2010\u2011](?=[a-z])", " ", text.strip().rstrip(".!?,"))
    return _TOKEN.findall(text)


def token_at(tokens: list[str], at: int) -> str:
    """Return the token at this position, empty beyond the end."""
    return tokens[at] if at < len(tokens) else ""


def read_number(tokens: list[str], at: int) -> ReadNumber | None:
    """Read the longest number that starts at `at`."""
    sign = _SIGNS.get(token_at(tokens, at), 0)
    read = _magnitude(tokens, at + 1 if sign else at)
    return (read[0] * (sign or 1), read[1]) if read else None


def _magnitude(tokens: list[str], at: int) -> ReadNumber | None:
    fraction = _fraction(tokens, at)
    if fraction:
        value, at = fraction
        return _times_group(tokens, at, value) or fraction
    base = _decimal(tokens, at)
    if base is None:
        return None
    value, at = base
    joined = token_at(tokens, at) == "and"
    tail = _fraction(tokens, at + 1 if joined else at)
    if tail is None or not (joined or _is_written_fraction(tokens, at)):
        return base
    big = tokens[at - 1]
    if joined and big in _SCALES and big != "thousand":
        return value + tail[0] * _SCALES[big], tail[1]
    value, at = value + tail[0], tail[1]
    return _times_group(tokens, at, value, with_article=False) or (value, at)


def _fraction(tokens: list[str], at: int) -> ReadNumber | None:
    """Read a number below one that has a numerator and a denominator: "a half", "3/4", "½"."""
    first, second = token_at(tokens, at), token_at(tokens, at + 1)
    if first and first in _VULGAR:
        return Fraction(unicodedata.numeric(first)).limit_denominator(100), at + 1
    if _is_written_fraction(tokens, at):
        return Fraction(int(first), int(tokens[at + 2])), at + 3
    if first in _BARE_DENOMINATORS:
        return Fraction(1, _DENOMINATORS[first]), at + 1
    numerator = 1 if first in ARTICLES else _small(first)
    if numerator is None:
        return None
    # A recogniser often loses the plural of "three quarters"; "two third" is no fraction.
    singular = numerator == 1 or second in _BARE_DENOMINATORS
    denominator = _PLURAL_DENOMINATORS.get(second) or (singular and _DENOMINATORS.get(second))
    return (Fraction(numerator, denominator), at + 2) if denominator else None


def _is_written_fraction(tokens: list[str], at: int) -> bool:
    """Return whether "½" or "3/4" (denominator not zero) stands at `at`."""
    if token_at(tokens, at) and token_at(tokens, at) in _VULGAR:
        return True
    numerator, slash, denominator = (token_at(tokens, at + offset) for offset in range(3))
    return (
        slash == "/" and numerator.isdecimal() and denominator.isdecimal() and int(denominator) > 0
    )


def _small(token: str) -> int | None:
    """Return the whole number below twenty that one token stands for."""
    value = _UNITS.get(token) or _TEENS.get(token)
    return int(token) if value is None and re.fullmatch(r"[0-9]{1,2}", token) else value


def _times_group(
    tokens: list[str], at: int, value: Fraction, *, with_article: bool = True
) -> ReadNumber | None:
    """Read what multiplies a fraction: "(half) a million", "(a quarter) of a million", "dozen"."""
    if with_article and token_at(tokens, at) == "of":
        at += 1
    if with_article and token_at(tokens, at) in ARTICLES:
        at += 1
    group = _GROUPS.get(token_at(tokens, at))
    return (value * group, at + 1) if group else None


def _decimal(tokens: list[str], at: int) -> ReadNumber | None:
    """Read a cardinal with or without decimals, and the scale after them."""
    whole = _cardinal(tokens, at)
    if whole and token_at(tokens, whole[1]) != "point":
        return whole
    value, at = whole or (Fraction(0), at)
    if token_at(tokens, at) != "point" or value.denominator != 1:
        return whole
    digits, at = _decimals(tokens, at + 1)
    if not digits:
        return whole
    value += Fraction(int(digits), 10 ** len(digits))
    return _times_group(tokens, at, value, with_article=False) or (value, at)


def _decimals(tokens: list[str], at: int) -> tuple[str, int]:
    """Read the digits after "point": one by one, or as one number below a hundred."""
    digits = ""
    while token_at(tokens, at) in _DIGITS or re.fullmatch(r"[0-9]+", token_at(tokens, at)):
        digits += str(_DIGITS.get(tokens[at], tokens[at]))
        at += 1
    if digits:
        return digits, at
    if token_at(tokens, at) in _TEENS:
        return str(_TEENS[tokens[at]]), at + 1
    if token_at(tokens, at) in _TENS:
        tens, unit = _TENS[tokens[at]], _UNITS.get(token_at(tokens, at + 1), 0)
        return str(tens + unit), at + (2 if unit else 1)
    return "", at


def _cardinal(tokens: list[str], at: int) -> ReadNumber | None:
    """Read a whole number in words, or a literal with scales after it ("2.5 million")."""
    first = token_at(tokens, at)
    if first in _ZEROS:
        return Fraction(0), at + 1
    if first in ARTICLES:
        if token_at(tokens, at + 1) == "couple":
            return Fraction(2), at + (3 if token_at(tokens, at + 2) == "of" else 2)
        return _cardinal(tokens, at + 1) if token_at(tokens, at + 1) in _GROUPS else None
    total, group, ceiling = Fraction(0), None, 10**18
    while True:
        read = _below_thousand(tokens, at, after_and=group is not None)
        if read:
            group, at = read
        word = token_at(tokens, at)
        scale = _SCALES.get(word, 0)
        if scale and scale < ceiling and (read or (ceiling == 10**18)):
            total += (Fraction(1) if group is None else group) * scale
            group, ceiling, at = Fraction(0), scale, at + 1
            continue
        if read is None and group is None:
            return None
        return total + (group or 0), at


def _below_thousand(tokens: list[str], at: int, *, after_and: bool) -> ReadNumber | None:
    """Read one to 999 in words, or any literal, and the "and" that may lead to it."""
    if after_and and token_at(tokens, at) == "and" and not _fraction(tokens, at + 1):
        at += 1
    first = token_at(tokens, at)
    if _LITERAL.match(first):
        value: Fraction = Fraction(first.replace(",", ""))
        at += 1
        after_tens = False
    elif first in {"hundred", "dozen"}:
        value, after_tens = Fraction(1), False
    else:
        pair = _below_hundred(tokens, at)
        if pair is None:
            return None
        value, at = pair
        after_tens = value in _YEAR_LEAD and not after_and
    if token_at(tokens, at) == "dozen":
        return value * 12, at + 1
    if token_at(tokens, at) == "hundred":
        value, at = value * _HUNDRED, at + 1
        skip = 1 if token_at(tokens, at) == "and" and not _fraction(tokens, at + 1) else 0
        rest = _below_hundred(tokens, at + skip)
        return (value + rest[0], rest[1]) if rest else (value, at)
    if after_tens:
        return _year_end(tokens, at, value) or (value, at)
    return value, at


def _below_hundred(tokens: list[str], at: int) -> ReadNumber | None:
    word = token_at(tokens, at)
    if word in _TENS:
        unit = _UNITS.get(token_at(tokens, at + 1), 0)
        # "twenty two thirds" is no number; "twenty" followed by a fraction is left to the caller.
        return Fraction(_TENS[word] + unit), at + (2 if unit else 1)
    value = _UNITS.get(word) or _TEENS.get(word)
    return (Fraction(value), at + 1) if value else None


def _year_end(tokens: list[str], at: int, lead: Fraction) -> ReadNumber | None:
    """Read the second pair of a year: "(nineteen) eighty four", "(nineteen) oh five"."""
    if token_at(tokens, at) in {"oh", "o"} and token_at(tokens, at + 1) in _UNITS:
        return lead * _HUNDRED + _UNITS[tokens[at + 1]], at + 2
    if token_at(tokens, at) in _TENS or token_at(tokens, at) in _TEENS:
        rest = _below_hundred(tokens, at)
        return (lead * _HUNDRED + rest[0], rest[1]) if rest else None
    return None
