"""The rows of the history's list: conversations under the days they were held on.

Pure functions and values; the words for days are `group_title`'s, in the window's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

if TYPE_CHECKING:
    # At run time only inside errands: importing the facade takes a while, which must not hold up the window.
    from assistant.api.history import ConversationLine, Found, Span

GroupKind = Literal["today", "yesterday", "weekday", "month"]


@dataclass(frozen=True, slots=True)
class Group:
    """Days that stand together in the list; ``day`` is the day, or the first of the month."""

    kind: GroupKind
    day: date


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list.

    Attributes:
        heading: the group that begins with this row; None in the middle of one.
        title: in stretches, hits marked.
        excerpts: what was found in its turns; none unless one looked for something.
        hit_count: how many of its turns have what one looked for.
    """

    line: ConversationLine
    heading: Group | None
    title: tuple[Span, ...]
    excerpts: tuple[tuple[Span, ...], ...] = ()
    hit_count: int = 0


def group_of(when: datetime, today: date) -> Group:
    """Return the group of a moment, which is in the zone of ``today``."""
    day = when.date()
    if day >= today:
        return Group("today", today)
    if day == today - timedelta(days=1):
        return Group("yesterday", day)
    if day > today - timedelta(days=7):
        return Group("weekday", day)
    return Group("month", day.replace(day=1))


def rows_of(
    found: Sequence[ConversationLine | Found], today: date, zone: tzinfo | None = None
) -> tuple[Row, ...]:
    """Return the rows of a list that is in the order of time.

    Args:
        found: newest first.
        today: in the zone.
        zone: of the days; None means this computer's.
    """
    from assistant.api.history import Found, Span

    rows: list[Row] = []
    last: Group | None = None
    for each in found:
        line = each.line if isinstance(each, Found) else each
        group = group_of(line.updated_at.astimezone(zone), today)
        heading = group if group != last else None
        last = group
        if isinstance(each, Found):
            news = tuple(spans for spans in each.excerpts if not _says_title(spans, line.title))
            rows.append(Row(line, heading, each.title, news, each.hit_count))
        else:
            rows.append(Row(line, heading, (Span(line.title, is_hit=False),)))
    return tuple(rows)


def _says_title(spans: Sequence[Span], title: str) -> bool:
    """Whether an excerpt only repeats the title, which is made of the first question."""
    text = "".join(span.text for span in spans).casefold()
    return text.startswith(title.removesuffix("…").casefold())


def group_title(group: Group) -> str:
    """Return the heading of a group."""
    match group.kind:
        case "today":
            return QCoreApplication.translate("HistoryRows", "Today")
        case "yesterday":
            return QCoreApplication.translate("HistoryRows", "Yesterday")
        case "weekday":
            name = QLocale().standaloneDayName(group.day.isoweekday())
        case "month":
            name = QLocale().toString(_qdate(group.day), "MMMM yyyy")
    return name[:1].upper() + name[1:]


def when_text(when: datetime, today: date, zone: tzinfo | None = None) -> str:
    """Return the moment as a list shows it under its heading: the time, and the day where that is unknown."""
    local = when.astimezone(zone)
    time = QLocale().toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)
    if group_of(local, today).kind == "month":
        return f"{QLocale().toString(_qdate(local.date()), 'd MMM')}, {time}"
    return time


def moment_text(when: datetime, zone: tzinfo | None = None) -> str:
    """Return the moment with its day, as a heading shows it."""
    local = when.astimezone(zone)
    day = QLocale().toString(_qdate(local.date()), QLocale.FormatType.LongFormat)
    time = QLocale().toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)
    return f"{day}, {time}"


def turns_text(count: int) -> str:
    """Return how many turns those are."""
    if count == 1:  # lupdate knows plurals only from a widget's own `tr`
        return QCoreApplication.translate("HistoryRows", "1 turn")
    return QCoreApplication.translate("HistoryRows", "{0} turns").format(count)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
