"""Owns the answers to "what time is it" and "what is the date".

It deliberately formats by itself: `strftime` would follow the machine's locale, and the answer is
English whatever that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Final

from assistant.tools.dates import MONTHS, WEEKDAYS, find_date
from assistant.tools.places import find_place, titled
from assistant.tools.tool import Tool, ToolContext, ToolProblem, tool

__all__ = ["say_date", "say_time", "tools"]

_HERE: Final = frozenset({"here", "local", "local time", "home", "now", "my place", "right now"})


def tools(context: ToolContext) -> Iterable[Tool]:
    """Return the time and date tools on the context's clock."""
    clock = _Clock(context.now)
    yield tool(
        "get_time", "Tells the time of day, here or at a place.", clock.get_time, only_looks=True
    )
    yield tool("get_date", "Tells the date and weekday of a day.", clock.get_date, only_looks=True)


class _Clock:
    """The two tools and the clock they read."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get_time(
        self, place: Annotated[str | None, "city, country or time zone; left out: here"] = None
    ) -> dict[str, str]:
        """Return `{"time": "3:42 PM"}`, with "place" when one was asked for."""
        if place is None or place.strip(" .?!").casefold() in _HERE:
            return {"time": say_time(self._now())}
        found = find_place(place)
        if found is None:
            raise ToolProblem(f"I don't know a place called {titled(place)}.")
        return {"time": say_time(self._now().astimezone(found.zone)), "place": found.name}

    def get_date(
        self, day: Annotated[str | None, "tomorrow, next friday, christmas; left out: today"] = None
    ) -> dict[str, str]:
        """Return `{"date": "Friday, November 20, 2026"}`, with "day" as asked when one was."""
        today = self._now().date()
        if day is None:
            return {"date": say_date(today)}
        found = find_date(day, today)
        if found is None:
            raise ToolProblem(f"I don't know which day {day.strip()[:60]} is.")
        return {"date": say_date(found), "day": day.strip()}


def say_time(moment: datetime) -> str:
    """Return the time of day as "3:42 PM"; midnight is "12:00 AM"."""
    half = "AM" if moment.hour < 12 else "PM"  # noqa: PLR2004 - noon
    return f"{(moment.hour - 1) % 12 + 1}:{moment.minute:02d} {half}"


def say_date(day: date) -> str:
    """Return the date as "Friday, November 20, 2026"."""
    weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
    return f"{weekday.capitalize()}, {month.capitalize()} {day.day}, {day.year}"
