"""Owns the names of numbers: digits in, words out, in English and Spanish.

It deliberately knows nothing of the text around a number; `quantities` decides what a number is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from assistant.speech.normalize.lexicon import LEXICONS, Language

Gender = Literal["", "m", "f"]
"""Agreement of a Spanish number: alone ("uno"), before a masculine ("un"), a feminine noun ("una")."""

# Longer numbers are read digit by digit: nobody follows quadrillions, and num2words' Spanish ends at 10^27.
_CARDINAL_DIGITS_MAX: Final = 15
_DIGITS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
}
_EN_PARTS: Final = {
    2: ("half", "halves"),
    3: ("third", "thirds"),
    4: ("quarter", "quarters"),
}
_ES_PARTS: Final = {2: "medio", 3: "tercio", 4: "cuarto", 8: "octavo", 9: "noveno", 10: "décimo"}
_PART_DENOMINATORS: Final = (*range(2, 11), 12, 16, 20, 100)


@lru_cache(maxsize=4096)
def _num2words(value: int, language: Language, form: str) -> str:
    from num2words import num2words

    spoken: object = num2words(value, lang=language, to=form)
    return str(spoken).replace(",", "")


def digits(text: str, language: Language) -> str:
    """Return the ASCII digits in `text` read one by one; other characters are skipped."""
    names = _DIGITS[language]
    return " ".join(names[int(digit)] for digit in re.findall("[0-9]", text))


def cardinal(text: str, language: Language, gender: Gender = "") -> str:
    """Return a string of ASCII digits as a cardinal; a leading zero or excess length: digit by digit."""
    if len(text) > _CARDINAL_DIGITS_MAX or (text.startswith("0") and len(text) > 1):
        return digits(text, language)
    name = _num2words(int(text), language, "cardinal")
    return _agree(name, gender) if language == "es" and gender else name


def _agree(name: str, gender: Gender) -> str:
    """Return a Spanish cardinal in the form it takes before a noun."""
    if gender == "f":
        name = re.sub(r"(?:\buno|(?<=veinti)uno)$", "una", name)
        return re.sub(r"cientos\b|quinientos\b", lambda m: m[0][:-2] + "as", name)
    name = re.sub(r"veintiuno$", "veintiún", name)
    return re.sub(r"\buno$", "un", name)


def number(text: str, language: Language, gender: Gender = "") -> str:
    """Return an unsigned number as it is written ("1,234.50", "1.234,5", ".5") in words."""
    whole, mark, decimals = _split_decimals(text, language)
    if not mark:
        return cardinal(whole, language, gender)
    name = "comma" if language == "es" and mark == "," else "point"
    return (
        f"{cardinal(whole or '0', language)} {LEXICONS[language].words[name]}"
        f" {digits(decimals, language)}"
    )


def plain(text: str, language: Language) -> str:
    """Return a written number without separators of thousands and with a decimal point."""
    whole, mark, decimals = _split_decimals(text, language)
    return f"{whole or '0'}.{decimals}" if mark else whole


def _split_decimals(text: str, language: Language) -> tuple[str, str, str]:
    """Return the whole digits, the decimal mark (or nothing) and the decimals.

    Spanish takes "." and "," before exactly three digits as a separator of thousands: both habits
    occur, in Spain and in Latin America; English takes only the comma.
    """
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        whole, mark, decimals = text.replace(",", "").partition(".")
    elif language == "es" and re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        whole, mark, decimals = text.replace(".", "").partition(",")
    else:
        mark = "," if "," in text else "."
        whole, mark, decimals = text.partition(mark)
    return whole, mark if decimals else "", decimals


def ordinal(value: int, language: Language, gender: Gender = "m") -> str:
    """Return "third", "tercero"/"tercera"; a Spanish ordinal above twenty is read as a cardinal."""
    if language == "en":
        return _num2words(value, "en", "ordinal") if value < 10**9 else cardinal(str(value), "en")
    if not 1 <= value <= 20:  # noqa: PLR2004 - higher ordinals are not spoken
        return cardinal(str(value), "es")
    name = _num2words(value, "es", "ordinal")
    return name[:-1] + "a" if gender == "f" and name.endswith("o") else name


def year(value: int, language: Language) -> str:
    """Return a year as it is said: "nineteen ninety-nine"; in Spanish a plain cardinal."""
    if language == "es":
        return cardinal(str(value), "es")
    return _num2words(value, "en", "year").replace("oh-", "oh ")


def fraction(numerator: int, denominator: int, language: Language) -> str:
    """Return "three quarters", "un tercio", or "fifteen over seven" where no such name is usual."""
    words = LEXICONS[language].words
    top, bottom = cardinal(str(numerator), language), cardinal(str(denominator), language)
    if denominator not in _PART_DENOMINATORS or not 0 < numerator < denominator:
        return f"{top} {words['over']} {bottom}"
    if language == "en":
        part = ordinal(denominator, "en")
        one, many = _EN_PARTS.get(denominator, (part, part + "s"))
        return f"{top} {one if numerator == 1 else many}"
    top = cardinal(str(numerator), "es", "m")
    # "quinto" is the ordinal; above ten the part is the cardinal with "-avo": "doceavo".
    small = denominator <= 10  # noqa: PLR2004 - see above
    part = _ES_PARTS.get(denominator) or (ordinal(denominator, "es") if small else bottom + "avo")
    return f"{top} {part}{'' if numerator == 1 else 's'}"
