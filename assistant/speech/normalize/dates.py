"""Owns dates and times of day: which digits are one, and how it is said.

It deliberately leaves a year that stands alone to `amounts`, where it competes with plain numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.speech.normalize import number_names as names
from assistant.speech.normalize.lexicon import LEXICONS, Language
from assistant.speech.normalize.rules import Rule

_NO_WORD_BEFORE: Final = r"(?<![\w.,])"
_NOON: Final = 12


@dataclass(frozen=True)
class DateAndTime:
    """Rules for dates, years within them, and times of day."""

    language: Language

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which they must run."""
        months = "|".join(LEXICONS[self.language].months)
        day = r"(0?[1-9]|[12]\d|3[01])"
        flags = re.IGNORECASE if self.language == "es" else re.NOFLAG
        shared: tuple[Rule, ...] = (
            (
                re.compile(
                    rf"{_NO_WORD_BEFORE}(\d{{4}})-(0?[1-9]|1[0-2])-{day}(?:T(?=\d)|(?![\w-]))"
                ),
                lambda m: self._date(int(m[3]), int(m[2]), m[1]) + (" " if m[0][-1] == "T" else ""),
            ),
            (
                re.compile(
                    rf"{_NO_WORD_BEFORE}(\d{{1,2}})([/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?![\w/])"
                ),
                self._numeric_date,
            ),
            (
                re.compile(
                    r"(?<![\w:.])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?Z?)?(?![\d:])"
                    r"(?:\s?([aApP])\.?\s?[mM](?:\b\.?|\.))?"
                ),
                self._time,
            ),
            (
                re.compile(r"(?<![\w:.,/])(1[0-2]|0?[1-9])\s?([aApP])(?:\.\s?[mM]\.|[mM]\b)"),
                lambda m: self._clock(int(m[1]), None, m[2]) + _kept_stop(m),
            ),
            (re.compile(r"(?<![\w:.])(\d+):(\d+)(?![\d:])"), self._ratio),
        )
        if self.language == "es":
            return (
                *shared,
                (
                    re.compile(rf"\b1(?=\s+de\s+(?:{months})\b)", flags),
                    lambda _: "uno",
                ),
            )
        after = r"(?:(,?\s+)((?:1[1-9]|20)\d{2})\b(?![,.:]\d))?"
        return (
            (
                re.compile(
                    rf"\b({months}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?\s+{day}"
                    rf"(?:st|nd|rd|th)?(?![\w:%°]|[.,/-]\d){after}"
                ),
                self._english_month_day,
            ),
            (
                re.compile(
                    rf"(?<![\w.,:])((?:[Tt]he\s+)?){day}(?:st|nd|rd|th)?\s+(?:of\s+)?({months})\b{after}"
                ),
                self._english_day_month,
            ),
            *shared,
        )

    def _date(self, day: int, month: int, year: str) -> str:
        name = LEXICONS[self.language].months[month - 1]
        spoken_year = names.year(int(year), self.language) if len(year) == 4 else year  # noqa: PLR2004 - written in full
        if self.language == "en":
            return f"{name} {names.ordinal(day, 'en')}, {spoken_year}"
        return f"{names.cardinal(str(day), 'es')} de {name} de {spoken_year}"

    def _numeric_date(self, m: re.Match[str]) -> str:
        first, second, year = int(m[1]), int(m[3]), m[4]
        # American order in English, unless the first number cannot be a month.
        day_first = self.language == "es" or m[2] == "." or first > _NOON
        day, month = (first, second) if day_first else (second, first)
        if not (1 <= month <= _NOON and 1 <= day <= 31):  # noqa: PLR2004 - days of a month
            return m[0]
        if len(year) == 2:  # noqa: PLR2004 - "11/20/26"
            year = ("20" if int(year) < 50 else "19") + year  # noqa: PLR2004 - the nearer century
        return self._date(day, month, year)

    def _english_month_day(self, m: re.Match[str]) -> str:
        month = next((name for name in LEXICONS["en"].months if name.startswith(m[1][:3])), m[1])
        year = f", {names.year(int(m[4]), 'en')}" if m[4] else ""
        return f"{month} {names.ordinal(int(m[2]), 'en')}{year}"

    def _english_day_month(self, m: re.Match[str]) -> str:
        year = f", {names.year(int(m[5]), 'en')}" if m[5] else ""
        return f"{m[1] or 'the '}{names.ordinal(int(m[2]), 'en')} of {m[3]}{year}"

    def _time(self, m: re.Match[str]) -> str:
        spoken = self._clock(int(m[1]), int(m[2]), m[4] or "")
        if m[3] and int(m[3]):
            words = LEXICONS[self.language].words
            seconds = names.cardinal(str(int(m[3])), self.language, "m")
            noun = words["second"] if int(m[3]) == 1 else words["seconds"]
            spoken += f" {words['and']} {seconds} {noun}"
        return spoken + _kept_stop(m)

    def _clock(self, hour: int, minute: int | None, half: str) -> str:
        if self.language == "es":
            return self._spanish_clock(hour, minute, half)
        spoken = names.cardinal(str(hour), "en")
        if minute:
            oh = "oh " if minute < 10 else ""  # noqa: PLR2004 - one digit
            spoken += f" {oh}{names.cardinal(str(minute), 'en')}"
        elif minute == 0 and not half:
            spoken += " o'clock" if 0 < hour <= _NOON else " hundred"
        # Two letters, so that no synthesiser reads the word "am".
        return f"{spoken} {half.upper()} M" if half else spoken

    @staticmethod
    def _spanish_clock(hour: int, minute: int | None, half: str) -> str:
        spoken = names.cardinal(str(hour), "es", "f")
        if minute:
            spoken += (" y " if 0 < hour <= _NOON else " ") + names.cardinal(str(minute), "es")
        if half.lower() == "a":
            spoken += " de la mañana"
        elif half:
            spoken += " de la noche" if 8 <= hour < _NOON else " de la tarde"  # noqa: PLR2004 - from eight on
        return spoken

    def _ratio(self, m: re.Match[str]) -> str:
        to = LEXICONS[self.language].words["to"]
        return f"{names.cardinal(m[1], self.language)} {to} {names.cardinal(m[2], self.language)}"


def _kept_stop(m: re.Match[str]) -> str:
    """Return the full stop of "p.m." where it also ends a sentence."""
    following = m.string[m.end() :].lstrip()
    ends = not following or (following[0].isupper() and m.string[m.end()].isspace())
    return "." if m[0].endswith(".") and ends else ""
