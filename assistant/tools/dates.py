"""Owns which day a few spoken words mean: "tomorrow", "next friday", "three weeks after christmas".

Pure functions of the words and of today. It deliberately knows no times of day, and of holidays only
those with a rule that fits in a line.

A weekday alone, or with "this" or "on", is the first one from today on (today included). "Next friday" is the
Friday of the next calendar week, Monday to Sunday; "last friday" the latest one before today. A day of the
year without a year is the first one from today on.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from assistant.speech.number_words import number_tokens, parse_number, read_number

__all__ = ["MONTHS", "WEEKDAYS", "find_date"]

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
MAX_CHARACTERS: Final = 100
_MAX_NESTING: Final = 4

_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14,
    "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
    "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_TENS: Final = {"twenty": 20, "thirty": 30}
_WEEKDAY_NUMBERS: Final = {
    **{name: number for number, name in enumerate(WEEKDAYS)},
    **{name[:3]: number for number, name in enumerate(WEEKDAYS)},
    "tues": 1, "thur": 3, "thurs": 3, "wensday": 2, "wednsday": 2,
}  # fmt: skip
_MONTH_NUMBERS: Final = {
    **{name: number for number, name in enumerate(MONTHS, start=1)},
    **{name[:3]: number for number, name in enumerate(MONTHS, start=1)},
    "sept": 9, "febuary": 2,
}  # fmt: skip


def _easter(year: int) -> date:
    """Return Easter Sunday.

    Source: the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)


def _nth(month: int, weekday: int, count: int, shift: int = 0) -> Callable[[int], date]:
    """Return the rule "the count-th weekday of the month" (-1: the last), `shift` days on."""

    def rule(year: int) -> date:
        days = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
        return date(year, month, days[count - 1 if count > 0 else count]) + timedelta(shift)

    return rule


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _from_easter(shift: int) -> Callable[[int], date]:
    return lambda year: _easter(year) + timedelta(shift)


# Days of the United States where countries differ, as the voice of the starter set is American.
_HOLIDAYS: Final[dict[str, Callable[[int], date]]] = {
    "christmas": _fixed(12, 25), "christmas day": _fixed(12, 25), "xmas": _fixed(12, 25),
    "christmas eve": _fixed(12, 24), "boxing day": _fixed(12, 26),
    "new year": _fixed(1, 1), "new years": _fixed(1, 1), "new years day": _fixed(1, 1),
    "new year day": _fixed(1, 1), "new years eve": _fixed(12, 31), "new year eve": _fixed(12, 31),
    "halloween": _fixed(10, 31), "hallowe en": _fixed(10, 31),
    "valentines": _fixed(2, 14), "valentines day": _fixed(2, 14), "valentine day": _fixed(2, 14),
    "saint patricks day": _fixed(3, 17), "st patricks day": _fixed(3, 17),
    "april fools": _fixed(4, 1), "april fools day": _fixed(4, 1), "may day": _fixed(5, 1),
    "independence day": _fixed(7, 4), "fourth of july": _fixed(7, 4), "groundhog day": _fixed(2, 2),
    "earth day": _fixed(4, 22), "juneteenth": _fixed(6, 19), "veterans day": _fixed(11, 11),
    "epiphany": _fixed(1, 6), "all saints day": _fixed(11, 1), "pi day": _fixed(3, 14),
    "thanksgiving": _nth(11, 3, 4), "thanksgiving day": _nth(11, 3, 4),
    "black friday": _nth(11, 3, 4, 1), "cyber monday": _nth(11, 3, 4, 4),
    "mothers day": _nth(5, 6, 2), "fathers day": _nth(6, 6, 3), "memorial day": _nth(5, 0, -1),
    "labor day": _nth(9, 0, 1), "labour day": _nth(9, 0, 1), "presidents day": _nth(2, 0, 3),
    "martin luther king day": _nth(1, 0, 3), "columbus day": _nth(10, 0, 2),
    "easter": _from_easter(0), "easter sunday": _from_easter(0), "easter monday": _from_easter(1),
    "good friday": _from_easter(-2), "ash wednesday": _from_easter(-46), "pentecost": _from_easter(49),
}  # fmt: skip

_RELATIVE: Final = {
    "today": 0, "now": 0, "tonight": 0, "this day": 0, "this morning": 0, "this evening": 0, "current": 0,
    "this afternoon": 0, "tomorrow": 1, "tomorrow morning": 1, "tomorrow evening": 1, "tomorrow night": 1,
    "overmorrow": 2, "yesterday": -1, "last night": -1,
    "day after tomorrow": 2, "day before yesterday": -2,
}  # fmt: skip
_NOISE: Final = re.compile(
    r"^(?:what|which|date|day|weekday|of|is|on|the|it|s|will|be|was|does|do|we|week|for"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b ?"  # "friday november 27"
)
_TAIL: Final = re.compile(
    r" (?:is it|be|on|is|fall on|fall|falls on|falls|date|the date|land on|please|this year)$"
)
_SPAN: Final = re.compile(r"(days?|nights?|weeks?|fortnights?|months?|years?|decades?)\b ?")
_YEAR: Final = re.compile(r"^(.+?)(?: of| in)? ([12][0-9]{3})$")
_WRITTEN: Final = re.compile(r"([12][0-9]{3})-([01]?[0-9])-([0-3]?[0-9])")
_SLASHED: Final = re.compile(r"([01]?[0-9])/([0-3]?[0-9])(?:/([12][0-9]{3}))?")


def find_date(words: str, today: date) -> date | None:
    """Return the day these words mean, or `None` if they name none (or one beyond the calendar)."""
    if len(words) > MAX_CHARACTERS:
        return None
    text = words.casefold().strip(" .?!,")
    try:
        written = _WRITTEN.fullmatch(text)
        if written:
            return date(*(int(part) for part in written.groups()))
        slashed = _SLASHED.fullmatch(text)
        if slashed:
            year = int(slashed[3]) if slashed[3] else None
            return _of_year(_fixed(int(slashed[1]), int(slashed[2])), today, year)
        text = re.sub(r"['\u2019]", "", text)
        text = re.sub(r"[^a-z0-9.]+", " ", text).strip()
        return _day(text, today, 0)
    except (ValueError, OverflowError):  # February 30, a year beyond 9999
        return None


def _day(text: str, today: date, nesting: int) -> date | None:
    if nesting > _MAX_NESTING:
        return None
    while True:
        if text in _RELATIVE:
            return today + timedelta(_RELATIVE[text])
        for read in (_weekday, _period, _moved, _calendar_day, _nearby_holiday):
            found = read(text, today, nesting)
            if found is not None:
                return found
        shorter = _TAIL.sub("", _NOISE.sub("", text, count=1))
        if shorter == text or not shorter:
            return None
        text = shorter


def _weekday(text: str, today: date, _nesting: int) -> date | None:
    """Read "friday", "this friday", "next friday", "last friday", "a week from friday" is elsewhere."""
    said = text.removeprefix("next week ").split()
    if text.startswith("next week "):
        said += ["next", "week"]
    which = (
        said.pop(0) if said and said[0] in {"this", "coming", "next", "last", "past"} else "this"
    )
    if which == "this" and said and said[0] == "coming":
        said.pop(0)
    number = _WEEKDAY_NUMBERS.get(said[0]) if said else None
    if number is None or said[1:] not in (
        [],
        ["morning"],
        ["night"],
        ["evening"],
        ["next", "week"],
    ):
        return None
    if which == "next" or said[1:] == ["next", "week"]:
        return today + timedelta(7 - today.weekday() + number)
    if which in {"last", "past"}:
        return today - timedelta((today.weekday() - number - 1) % 7 + 1)
    return today + timedelta((number - today.weekday()) % 7)


def _period(text: str, today: date, _nesting: int) -> date | None:
    """Read "next week", "last month", "this weekend": the day as far away, or the coming Saturday."""
    if text in {"weekend", "this weekend"}:
        return today + timedelta(max(5 - today.weekday(), 0))
    if text == "next weekend":
        return today + timedelta(12 - today.weekday())
    which, _, unit = text.partition(" ")
    if which in {"next", "last"} and _SPAN.fullmatch(unit):
        return _shifted(today, Fraction(1 if which == "next" else -1), unit)
    return None


def _moved(text: str, today: date, nesting: int) -> date | None:
    """Read "in three weeks", "two days ago", "a week from friday", "the day before christmas"."""
    if text.startswith(("in ", "within ")):
        span = _span(text.partition(" ")[2])
        return _shifted(today, *span[:2]) if span and not span[2] else None
    span = _span(text)
    if span is None:
        return None
    amount, unit, rest = span
    direction, _, anchor = rest.partition(" ")
    match direction:
        case "ago" | "earlier" if not anchor:
            return _shifted(today, -amount, unit)
        case "hence" | "later" | "away" if not anchor:
            return _shifted(today, amount, unit)
        case "from" | "after" | "past" | "before":
            start = _day(anchor, today, nesting + 1)
            if start is None:
                return None
            return _shifted(start, -amount if direction == "before" else amount, unit)
        case "on" if unit in {"week", "weeks"} and anchor:  # British "a week on friday"
            start = _day(anchor, today, nesting + 1)
            return _shifted(start, amount, unit) if start else None
        case _:
            return None


def _span(text: str) -> tuple[Fraction, str, str] | None:
    """Read "three weeks" at the start; what follows is returned too. A bare "day" is one day."""
    tokens = number_tokens(text)
    if tokens[:1] in (["a"], ["an"], ["the"]) and len(tokens) > 1 and _SPAN.fullmatch(tokens[1]):
        tokens = tokens[1:]
    read = read_number(tokens, 0)
    amount, at = read or (Fraction(1), 0)
    rest = " ".join(tokens[at:])
    unit = _SPAN.match(rest)
    return (amount, unit[1], rest[unit.end() :]) if unit else None


def _shifted(start: date, amount: Fraction, unit: str) -> date | None:
    """Move by whole units; half weeks and the like are no days anybody means."""
    unit = unit.removesuffix("s")
    months = {"month": 1, "year": 12, "decade": 120}.get(unit)
    if months is None:
        days = amount * {"week": 7, "fortnight": 14}.get(unit, 1)
        return start + timedelta(int(days)) if days.denominator == 1 else None
    moved = amount * months
    if moved.denominator != 1:
        return None
    year, month = divmod(start.year * 12 + start.month - 1 + int(moved), 12)
    if not date.min.year <= year <= date.max.year:
        return None
    # January 31 and one month is the last day of February.
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _calendar_day(text: str, today: date, _nesting: int) -> date | None:
    """Read "december 24", "the 24th of december 2027", "december twenty fourth", "the fifth"."""
    year: int | None = None
    dated = _YEAR.match(text)
    if dated:
        text, year = dated[1], int(dated[2])
    words = [word for word in text.split() if word not in {"of", "the"}]
    months = [word for word in words if word in _MONTH_NUMBERS]
    if len(months) == 1:
        place = words.index(months[0])
        around = words[:place] or words[place + 1 :]
        trailing = words[place + 1 :] if words[:place] else []
        day = _day_number(around)
        if trailing:
            spoken = _whole_number(trailing)
            if spoken is None or year is not None:
                return None
            year = spoken
        if day is None and len(around) > 2 and year is None:  # noqa: PLR2004 - "24 twenty twenty six"
            return _with_spoken_year(around, _MONTH_NUMBERS[months[0]])
        return _of_year(_fixed(_MONTH_NUMBERS[months[0]], day), today, year) if day else None
    day = (
        _day_number(words)
        if re.search(r"\d(?:st|nd|rd|th)\b", text) or _is_ordinal(words)
        else None
    )
    if day is None or year is not None:
        return None
    start = today if day >= today.day else _shifted(today.replace(day=1), Fraction(1), "month")
    while start is not None and calendar.monthrange(start.year, start.month)[1] < day:
        start = _shifted(start.replace(day=1), Fraction(1), "month")
    return start.replace(day=day) if start else None


def _with_spoken_year(words: list[str], month: int) -> date | None:
    for cut in (1, 2):
        day, year = _day_number(words[:cut]), _whole_number(words[cut:])
        if day and year and year > 999:  # noqa: PLR2004 - a year
            return date(year, month, day)
    return None


def _is_ordinal(words: list[str]) -> bool:
    return bool(words) and words[-1] in _ORDINALS


def _day_number(words: list[str]) -> int | None:
    """Read a day of the month: "24", "24th", "twenty fourth", "twenty four"."""
    if len(words) == 1:
        digits = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?", words[0])
        number = int(digits[1]) if digits else _ORDINALS.get(words[0])
        if number is not None:
            return number if 1 <= number <= 31 else None  # noqa: PLR2004 - days of a month
    if len(words) == 2 and words[0] in _TENS and words[1] in _ORDINALS:  # noqa: PLR2004 - a pair
        number = _TENS[words[0]] + _ORDINALS[words[1]]
        return number if _ORDINALS[words[1]] < 10 and number <= 31 else None  # noqa: PLR2004
    number = _whole_number(words)
    return number if number and 1 <= number <= 31 else None  # noqa: PLR2004 - days of a month


def _whole_number(words: list[str]) -> int | None:
    value = parse_number(" ".join(words))
    return int(value) if value is not None and value == int(value) else None


def _nearby_holiday(text: str, today: date, _nesting: int) -> date | None:
    year: int | None = None
    dated = _YEAR.match(text)
    if dated:
        text, year = dated[1], int(dated[2])
    which, _, rest = text.partition(" ")
    if text not in _HOLIDAYS and which in {"this", "next", "last", "coming"}:
        rule = _HOLIDAYS.get(rest)
        if rule and which == "last":
            return next(day for back in (0, 1) if (day := rule(today.year - back)) < today)
        return _of_year(rule, today, None) if rule else None
    rule = _HOLIDAYS.get(text)
    return _of_year(rule, today, year) if rule else None


def _of_year(rule: Callable[[int], date], today: date, year: int | None) -> date:
    """Return the rule's day in that year, or without one the first from today on."""
    if year is not None:
        return rule(year)
    for ahead in range(9):  # February 29 may be eight years away
        try:
            day = rule(today.year + ahead)
        except ValueError:
            continue
        if day >= today:
            return day
    raise ValueError("no such day")
