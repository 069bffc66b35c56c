"""How sets and models look in a terminal.

Owns the words and the layout, from 60 columns up. It asks nothing and changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Table
from rich.text import Text

from assistant.api.models import NOT_MEASURED, as_size

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.api.models import ModelCard, PullProgress, SetCard

LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "ja": "Japanese",
    "ko": "Korean",
    "zh": "Chinese",
}
ROLES = {"stt": "hears", "thinker": "thinks", "tts": "speaks", "endpoint": "notices the end"}
STAGES = {
    "waiting": "waiting",
    "fetching": "fetching",
    "checking": "checking",
    "unpacking": "unpacking",
    "copying": "copying",
    "building": "building",
    "done": "done",
}
SHOWN_LANGUAGES = 4
WIDEST = 110
"""Longer lines are hard to read."""

MINUTE_S, HOUR_S = 60, 3600


# --- the shop window -----------------------------------------------------------------------------------


def show_sets(console: Console, cards: Iterable[SetCard]) -> None:
    """Print every set in some ten lines: what it is for, what it costs, and how to get it."""
    for card in cards:
        _print(console, Group(_head(card), _facts(_short(card)), Text()))


def show_set(console: Console, card: SetCard) -> None:
    """Print everything about one set, with each figure and who says so."""
    _print(console, Group(_head(card), _facts(_long(card)), Text()))


def _print(console: Console, what: RenderableType) -> None:
    console.print(what, soft_wrap=False, width=min(console.width, WIDEST))


def _head(card: SetCard) -> RenderableType:
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    mark = ("● " if card.is_active else "  ", "cyan")
    head.add_row(Text.assemble(mark, (card.title, "bold"), (f"  {card.name}", "dim")), _state(card))
    return Group(head, Padding(Text(card.summary), (0, 0, 0, 2)))


REPLICA = Text("replica: for measuring only", "magenta")


def _state(card: SetCard) -> Text:
    if card.is_replica:
        return REPLICA
    if card.is_active and card.is_installed:
        return Text("in use", "cyan")
    if card.is_installed:
        return Text("✓ installed", "green")
    if card.download_bytes is None:
        return Text("cannot be downloaded yet", "yellow")
    if card.is_active:
        return Text(f"in use, but {as_size(card.download_bytes)} missing", "red")
    return Text(f"{as_size(card.download_bytes)} to download", "yellow")


def _facts(facts: Iterable[tuple[str, Text]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(ratio=1)
    for label, value in facts:
        grid.add_row(label, value)
    return Padding(grid, (0, 0, 0, 2))


def _short(card: SetCard) -> Iterator[tuple[str, Text]]:
    yield from _costs(card)
    for model in card.cards:
        yield ROLES[model.role], _figures(Text(model.title), model.quality[:1])
    yield "licences", _licences(card.licences, card.licence_notes)
    yield from _next_step(card)


def _long(card: SetCard) -> Iterator[tuple[str, Text]]:
    yield from _costs(card)
    for model in card.cards:
        yield ROLES[model.role], _model(model)
    if card.options:
        yield "or with", Text(", ".join(card.options))
    yield from _next_step(card)


def _costs(card: SetCard) -> Iterator[tuple[str, Text]]:
    yield "language" if len(card.languages) == 1 else "languages", Text(languages(card.languages))
    if card.disk_bytes is not None:
        yield "on disk", Text(as_size(card.disk_bytes))
    yield "memory", _memory(card)
    yield "speed here", Text(card.speed_here)


def _next_step(card: SetCard) -> Iterator[tuple[str, Text]]:
    if card.is_installed:
        if card.speed_here == NOT_MEASURED:
            yield "measure it", Text(f"assistant bench turn --set {card.name}", "cyan")
    elif card.download_bytes is not None:
        yield "get it", Text(f"assistant models pull {card.name}", "cyan")


def _memory(card: SetCard) -> Text:
    if card.memory_mb is None:
        return Text(NOT_MEASURED)
    if not card.memory_note:
        return Text(f"{card.memory_mb} MB")
    return Text.assemble(f"about {card.memory_mb} MB", (f"  {card.memory_note}", "dim"))


def _licences(names: Iterable[str], notes: Iterable[str]) -> Text:
    text = Text(" · ".join(names))
    for note in notes:
        text.append(f"\n{note}", "yellow")
    return text


def _figures(text: Text, figures: Iterable[str]) -> Text:
    for figure in figures:
        text.append(f"\n{figure}", "dim")
    return text


# --- one by one ----------------------------------------------------------------------------------------


def show_models(console: Console, cards: Iterable[ModelCard]) -> None:
    """Print every model by role: size, memory, licence, languages, and whether it is here."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("", width=1)
    table.add_column("model", ratio=3)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("memory", justify="right", no_wrap=True)
    table.add_column("licence", ratio=2)
    cards = tuple(cards)
    for role, verb in ROLES.items():
        chosen = [card for card in cards if card.role == role]
        if chosen:
            table.add_row("", Text(verb, "bold cyan"))
        for card in chosen:
            table.add_row(*_row(card))
        if chosen:
            table.add_row()
    _print(console, table)


def show_model(console: Console, card: ModelCard) -> None:
    """Print everything about one model."""
    if card.is_replica:
        state = REPLICA
    elif card.is_installed:
        state = Text(
            "in use" if card.is_active else "✓ installed", "cyan" if card.is_active else "green"
        )
    elif card.download_bytes is None:
        state = Text("cannot be downloaded yet", "yellow")
    else:
        state = Text(f"{as_size(card.download_bytes)} to download", "yellow")
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    head.add_row(Text(card.name, "bold"), state)
    _print(console, Group(head, _facts([(ROLES[card.role], _model(card))]), Text()))


def _model(card: ModelCard) -> Text:
    text = Text.assemble(card.title, (f"  {card.name}", "dim"))
    if card.summary:
        text.append(f"\n{card.summary}")
    size = "size not known" if card.bytes is None else as_size(card.bytes)
    memory = (
        "memory not measured"
        if card.memory_mb is None
        else f"{card.memory_mb} MB of memory"
        + (f" ({card.memory_source})" if card.memory_source else "")
    )
    text.append(f"\n{languages(card.languages)} · {size} · {memory}")
    text.append(f"\n{card.licence} · {card.source}")
    if card.licence_note:
        text.append(f"\n{card.licence_note}", "yellow")
    if card.not_available:
        text.append(f"\n{card.not_available}", "yellow")
    return _figures(text, (*card.quality, *card.speed))


def _row(card: ModelCard) -> tuple[RenderableType, ...]:
    if card.is_installed:
        mark = Text("●" if card.is_active else "✓", "cyan" if card.is_active else "green")
    else:
        mark = Text("✗" if card.is_shipped else "-", "red" if card.is_shipped else "dim")
    known = languages(card.languages[:SHOWN_LANGUAGES])
    more = len(card.languages) - SHOWN_LANGUAGES
    known += f" and {more} more" if more > 0 else ""
    about = Text.assemble((card.name, "bold"), f"\n{card.title}", (f"\n{known}", "dim"))
    if card.is_replica:
        about.append("\nreplica: for measuring only", "magenta")
    if card.not_available:
        about.append(f"\n{card.not_available}", "yellow")
    licence = Text(card.licence)
    if card.restricts_commercial_use:
        licence.append("\ncommercial use restricted", "yellow")
    memory = "?" if card.memory_mb is None else f"{card.memory_mb} MB"
    size = "?" if card.bytes is None else as_size(card.bytes)
    return mark, about, Text(size), Text(memory), licence


def languages(codes: Iterable[str]) -> str:
    """Return the names of languages, as people call them."""
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


# --- before and during a download ----------------------------------------------------------------------


def show_terms(console: Console, cards: Iterable[ModelCard]) -> None:
    """Print what is about to be fetched and under which licences."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1)
    for card in cards:
        licence = Text(card.licence)
        if card.licence_note:
            licence.append(f"\n{card.licence_note}", "yellow")
        what = Text.assemble((card.name, "bold"), (f"\n{card.source}", "dim"))
        table.add_row(what, as_size(card.download_bytes or 0), licence)
    console.print(table, soft_wrap=False, width=min(console.width, WIDEST))


class ProgressLines(Progress):
    """What is being done on one line, the bar and its figures on the next."""

    def get_renderables(self) -> Iterator[RenderableType]:
        """Yield the lines; rich asks several times a second."""
        for task in self.tasks:
            yield Text(task.description, no_wrap=True, overflow="ellipsis")
        yield self.make_tasks_table(self.tasks)


def progress_bar(console: Console) -> Progress:
    """Return a bar for :func:`advance`; on something that is no terminal it shows nothing."""
    return ProgressLines(
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:>3.0f} %"),
        _Amount(),
        console=console,
        expand=True,
        disable=not console.is_terminal,
    )


class _Amount(ProgressColumn):
    """What is here, the speed, and the time that remains."""

    def render(self, task: Task) -> Text:
        report: PullProgress | None = task.fields.get("report")
        return Text(amount(report) if report else "", no_wrap=True)


def advance(bar: Progress, report: PullProgress) -> None:
    """Show a report on the bar; a note appears on a line of its own."""
    if not bar.task_ids:
        bar.add_task("", total=None)
    task = bar.tasks[0]
    if report.note and report.note != task.fields.get("note"):
        bar.console.print(Text(f"  {report.note}", "yellow"), soft_wrap=True)
    description = f"{STAGES[report.stage]} {report.file}".strip()
    bar.update(
        task.id,
        description=description,
        total=report.total_bytes or None,
        completed=report.done_bytes,
        report=report,
        note=report.note,
    )


def amount(report: PullProgress) -> str:
    """Return the figures of a report in few words: 180/397 MB  12.3 MB/s  0:18."""
    if report.stage == "done":
        return as_size(report.total_bytes)
    text = f"{as_size(report.done_bytes)} of {as_size(report.total_bytes)}"
    if report.bytes_per_s is not None and report.stage == "fetching":
        text += f"  {report.bytes_per_s / 1e6:.1f} MB/s"
    if report.eta_s is not None and report.stage == "fetching":
        text += f"  {duration(report.eta_s)}"
    return text


def duration(seconds: float) -> str:
    """Return a span of time as on a clock: 0:18, 12:05, 1:02:33; endless ones as text."""
    if seconds > 99 * HOUR_S:
        return "more than 4 days"
    whole = math.ceil(seconds)
    hours, minutes = whole // HOUR_S, whole // MINUTE_S % MINUTE_S
    tail = f"{whole % MINUTE_S:02}"
    return f"{hours}:{minutes:02}:{tail}" if hours else f"{minutes}:{tail}"
