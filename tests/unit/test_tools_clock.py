"""What people rely on when they ask for the time or the date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tools.clock import say_date, say_time, tools
from assistant.tools.dates import MONTHS, WEEKDAYS, find_date
from assistant.tools.places import find_place
from assistant.tools.tool import ToolContext, ToolProblem

# A Friday afternoon in Madrid, winter time everywhere north.
NOW = datetime(2026, 11, 20, 15, 42, 30, tzinfo=ZoneInfo("Europe/Madrid"))
TODAY = NOW.date()

DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def said_by(name: str) -> Callable[..., dict[str, str]]:
    context = ToolContext(lambda: NOW, lambda: 0.0, Path("unused"), lambda _name, _duration_s: None)
    return {each.name: each.function for each in tools(context)}[name]  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("place", "time", "name"),
    [
        ("tokyo", "11:42 PM", "Tokyo"),
        ("new york city", "9:42 AM", "New York City"),
        ("st petersburg", "5:42 PM", "Saint Petersburg"),
        ("St. Petersburg", "5:42 PM", "Saint Petersburg"),
        ("São Paulo", "11:42 AM", "São Paulo"),
        ("sao paulo", "11:42 AM", "Sao Paulo"),
        ("london", "2:42 PM", "London"),
        ("london ontario", "9:42 AM", "London, Ontario"),
        ("Paris, Texas", "8:42 AM", "Paris, Texas"),
        ("japan", "11:42 PM", "Japan"),
        ("the united states", "9:42 AM", "United States"),
        ("the u s", "9:42 AM", "US"),
        ("california", "6:42 AM", "California"),
        ("bombay", "8:12 PM", "Bombay"),
        ("kathmandu", "8:27 PM", "Kathmandu"),
        ("pacific time", "6:42 AM", "Pacific Time"),
        ("utc", "2:42 PM", "UTC"),
        ("America/Los_Angeles", "6:42 AM", "Los Angeles"),
        ("washington d c", "9:42 AM", "Washington DC"),
    ],
)
def test_the_time_at_a_place(place: str, time: str, name: str) -> None:
    assert said_by("get_time")(place=place) == {"time": time, "place": name}


def test_without_a_place_it_is_the_time_here() -> None:
    assert said_by("get_time")() == {"time": "3:42 PM"}
    assert said_by("get_time")(place="here") == {"time": "3:42 PM"}


def test_a_place_nobody_knows_is_named_in_the_answer() -> None:
    with pytest.raises(ToolProblem) as problem:
        said_by("get_time")(place="blorp")
    assert str(problem.value) == "I don't know a place called Blorp."


def test_of_two_places_of_one_name_the_more_populous_is_meant() -> None:
    for words, zone in [
        ("birmingham", "Europe/London"),
        ("birmingham alabama", "America/Chicago"),
        ("portland", "America/Los_Angeles"),
        ("portland maine", "America/New_York"),
        ("san jose", "America/Los_Angeles"),
        ("san jose costa rica", "America/Costa_Rica"),
        ("naples", "Europe/Rome"),
        ("georgia", "America/New_York"),
        ("tbilisi georgia", "Asia/Tbilisi"),
    ]:
        found = find_place(words)
        assert found is not None
        assert found.zone.key == zone, words


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_words_for_a_place_are_found_or_not_without_failing(words: str) -> None:
    found = find_place(words)
    assert found is None or datetime.now(UTC).astimezone(found.zone).tzinfo is found.zone


@settings(deadline=None)
@given(st.datetimes())
def test_times_are_written_the_way_the_standard_library_would(moment: datetime) -> None:
    written = say_time(moment)
    assert datetime.strptime(written, "%I:%M %p").time() == moment.time().replace(  # noqa: DTZ007
        second=0, microsecond=0
    )
    assert not written.startswith("0")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("today", "Friday, November 20, 2026"),
        ("tomorrow", "Saturday, November 21, 2026"),
        ("the day after tomorrow", "Sunday, November 22, 2026"),
        ("yesterday", "Thursday, November 19, 2026"),
        ("friday", "Friday, November 20, 2026"),
        ("this friday", "Friday, November 20, 2026"),
        ("next friday", "Friday, November 27, 2026"),
        ("last friday", "Friday, November 13, 2026"),
        ("next monday", "Monday, November 23, 2026"),
        ("tuesday next week", "Tuesday, November 24, 2026"),
        ("in three weeks", "Friday, December 11, 2026"),
        ("in 10 days", "Monday, November 30, 2026"),
        ("two days ago", "Wednesday, November 18, 2026"),
        ("a week from tomorrow", "Saturday, November 28, 2026"),
        ("in a month", "Sunday, December 20, 2026"),
        ("christmas", "Friday, December 25, 2026"),
        ("Christmas 2027", "Saturday, December 25, 2027"),
        ("new year", "Friday, January 1, 2027"),
        ("new year's eve", "Thursday, December 31, 2026"),
        ("halloween", "Sunday, October 31, 2027"),
        ("valentine's day", "Sunday, February 14, 2027"),
        ("thanksgiving", "Thursday, November 26, 2026"),
        ("easter", "Sunday, March 28, 2027"),
        ("the day before christmas", "Thursday, December 24, 2026"),
        ("december 24", "Thursday, December 24, 2026"),
        ("december twenty fourth", "Thursday, December 24, 2026"),
        ("the 24th of december", "Thursday, December 24, 2026"),
        ("what week day is december 24th 2027", "Friday, December 24, 2027"),
        ("february 29", "Tuesday, February 29, 2028"),
        ("the thirty first", "Thursday, December 31, 2026"),
        ("2026-12-24", "Thursday, December 24, 2026"),
    ],
)
def test_days_as_people_name_them(day: str, expected: str) -> None:
    assert said_by("get_date")(day=day) == {"date": expected, "day": day}


def test_without_a_day_it_is_the_date_today() -> None:
    assert said_by("get_date")() == {"date": "Friday, November 20, 2026"}


@pytest.mark.parametrize("day", ["blorp", "february 30", "in a hundred thousand years", "next", ""])
def test_a_day_that_is_none_is_refused_in_one_sentence(day: str) -> None:
    with pytest.raises(ToolProblem, match=r"^I don't know which day .*\.$"):
        said_by("get_date")(day=day)


# Western Easter Sundays, from the table of the US Census Bureau.
@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1961, 4, 2), (1981, 4, 19), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2024, 3, 31)],
)
def test_easter_falls_where_the_almanac_has_it(year: int, month: int, day: int) -> None:
    assert find_date(f"easter {year}", TODAY) == date(year, month, day)


@settings(deadline=None)
@given(DATES, DATES)
def test_a_written_date_is_read_back_as_the_same_day(day: date, today: date) -> None:
    assert find_date(say_date(day), today) == day
    assert find_date(f"{MONTHS[day.month - 1]} {day.day} {day.year}", today) == day


@settings(deadline=None)
@given(DATES, st.integers(0, 2000))
def test_days_ahead_and_days_ago_are_counted_exactly(today: date, days: int) -> None:
    assert find_date(f"in {days} days", today) == today + timedelta(days)
    assert find_date(f"{days} days ago", today) == today - timedelta(days)


@settings(deadline=None)
@given(DATES, st.sampled_from(WEEKDAYS))
def test_weekdays_are_this_week_from_today_or_in_the_next_calendar_week(
    today: date, name: str
) -> None:
    this, following, last = (
        find_date(f"{which} {name}", today) for which in ("this", "next", "last")
    )
    assert this is not None
    assert following is not None
    assert last is not None
    assert {WEEKDAYS[day.weekday()] for day in (this, following, last)} == {name}
    assert 0 <= (this - today).days < 7
    assert 1 <= (today - last).days <= 7
    assert following.isocalendar()[:2] == (today + timedelta(7)).isocalendar()[:2]


VOCABULARY = """
    next last this in a the two twenty fourth of may december friday week month years ago from
    after before christmas 31 2027 24th day tomorrow easter on first
"""
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=8).map(" ".join)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), WORDS), DATES)
def test_any_words_for_a_day_give_a_date_or_nothing(words: str, today: date) -> None:
    found = find_date(words, today)
    assert found is None or isinstance(found, date)
