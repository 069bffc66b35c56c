"""`assistant history …`: past conversations, listed, read, found, renamed, deleted and exported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from assistant.cli.console import err, out
from assistant.history.export import ExportFormat

if TYPE_CHECKING:
    from assistant.api.history import ConversationLine, History, PastTurn, Span

app = typer.Typer(help="Past conversations, kept on this computer alone.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NumberArgument = Annotated[int, typer.Argument(help="Number of the conversation, from the list.")]
NumbersArgument = Annotated[
    list[int] | None, typer.Argument(help="Numbers of conversations, from the list.")
]
AllOption = Annotated[bool, typer.Option("--all", help="All conversations.")]

STAGES = (("stt", "stt"), ("llm", "first_piece"), ("tts", "tts_first"), ("e2e", "e2e"))
"""What is shown of a turn's timings, and its name in `TurnTimings.as_json`."""


@app.command("list")
def list_conversations(
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show so many.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Show the newest conversations."""
    lines = _history().lines(limit)
    if as_json:
        out.print_json(json.dumps({"conversations": [_line_json(line) for line in lines]}))
        return
    if not lines:
        err.print("No conversations are kept here yet.")
        return
    table = Table(box=None)
    table.add_column("number", justify="right", style="cyan")
    table.add_column("when")
    table.add_column("turns", justify="right")
    table.add_column("title")
    for line in lines:
        table.add_row(str(line.id), _when(line.updated_at), str(line.turn_count), Text(line.title))
    out.print(table)


@app.command("show")
def show(number: NumberArgument, *, as_json: JsonOption = False) -> None:
    """Show one conversation: what was said, what was answered, how long each stage took."""
    from assistant.api.history import conversation_json

    conversation = _history().conversation(number)
    if as_json:
        out.print_json(json.dumps(conversation_json(conversation)))
        return
    line = conversation.line
    out.print(Text(line.title, style="bold"), Text(_when(line.started_at), style="dim"))
    for turn in conversation.turns:
        out.print()
        out.print(Text("You   ", style="bold cyan") + Text(turn.transcript))
        for call in turn.tools:
            said = ", ".join(f"{name}={value!r}" for name, value in call.arguments.items())
            result = ", ".join(f"{name}: {value}" for name, value in call.result.items())
            out.print(Text(f"      ⚙ {call.name}({said}) → {result}", style="dim"))
        out.print(Text("Sarai ", style="bold green") + _answer(turn))
        out.print(Text(f"      {_figures(turn)}", style="dim"))


@app.command("search")
def search(
    words: Annotated[list[str], typer.Argument(help="Words, or how they begin.")],
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show so many.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Find conversations with all of these words in one turn or in the title."""
    found = _history().search(" ".join(words), limit)
    if as_json:
        rows = [
            {
                **_line_json(each.line),
                "hits": each.hit_count,
                "excerpts": [_plain(spans) for spans in each.excerpts],
            }
            for each in found
        ]
        out.print_json(json.dumps({"found": rows}))
        return
    if not found:
        err.print("Nothing was found.")
        return
    for each in found:
        number = Text(f"{each.line.id:>6}  ", style="cyan")
        out.print(number + _highlighted(each.title), Text(_when(each.line.updated_at), style="dim"))
        for spans in each.excerpts:
            out.print(Text("        ") + _highlighted(spans))


@app.command("rename")
def rename(
    number: NumberArgument,
    title: Annotated[str, typer.Argument(help="The new title.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Give a conversation another title."""
    if not title.strip():
        raise typer.BadParameter("A title needs at least one letter.")
    history = _history()
    history.conversation(number)
    history.rename(number, title)
    line = history.conversation(number).line
    if as_json:
        out.print_json(json.dumps(_line_json(line)))
    else:
        err.print(Text(f"Conversation {number} is now called “{line.title}”."))


@app.command("delete")
def delete(
    numbers: NumbersArgument = None,
    *,
    everything: AllOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete conversations for good."""
    _one_of(numbers, everything)
    history = _history()
    titles = [history.conversation(each).line.title for each in numbers or ()]
    if not yes and not as_json:
        what = "all conversations" if everything else ", ".join(f"“{title}”" for title in titles)
        typer.confirm(f"Delete {what}? This cannot be undone.", abort=True, err=True)
    count = history.delete_everything() if everything else history.delete(numbers or ())
    if as_json:
        out.print_json(json.dumps({"deleted": count}))
    else:
        err.print(
            "1 conversation was deleted." if count == 1 else f"{count} conversations were deleted."
        )


@app.command("export")
def export(
    numbers: NumbersArgument = None,
    *,
    everything: AllOption = False,
    kind: Annotated[
        ExportFormat, typer.Option("--format", "-f", help="What to write.")
    ] = ExportFormat.markdown,
    target: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The file; for subtitles of several conversations, a folder. Without it, the text is"
            " printed.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Export conversations as Markdown, JSON or subtitles (SRT)."""
    from assistant.api.history import exported

    _one_of(numbers, everything)
    history = _history()
    if target is not None:
        written = history.export(None if everything else numbers, kind, target)
        if as_json:
            out.print_json(json.dumps({"written": [str(path) for path in written]}))
        else:
            for path in written:
                err.print(Text(f"Written: {path}"))
        return
    chosen = (
        history.every_conversation()
        if everything
        else [history.conversation(each) for each in numbers or ()]
    )
    if kind is ExportFormat.srt and len(chosen) > 1:
        raise typer.BadParameter("Subtitles of several conversations need a folder: --out FOLDER.")
    typer.echo(exported(chosen, kind), nl=False)


# --- inside -------------------------------------------------------------------------------------------


def _history() -> History:
    from assistant.api.history import History

    return History()


def _one_of(numbers: list[int] | None, everything: bool) -> None:
    if bool(numbers) == everything:
        raise typer.BadParameter("Give numbers of conversations, or --all.")


def _line_json(line: ConversationLine) -> Mapping[str, object]:
    return {
        "id": line.id,
        "title": line.title,
        "started_at": line.started_at.isoformat(),
        "updated_at": line.updated_at.isoformat(),
        "turns": line.turn_count,
    }


def _when(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _answer(turn: PastTurn) -> Text:
    if turn.failure:
        return Text(f"{turn.reply} ".lstrip()) + Text(f"✗ {turn.failure}", style="red")
    if turn.heard is not None:
        rest = turn.reply[len(turn.heard) :] if turn.reply.startswith(turn.heard) else " …"
        return Text(turn.heard) + Text(f" — {rest.strip()}", style="dim strike")
    return Text(turn.reply)


def _figures(turn: PastTurn) -> str:
    timings = turn.timings.as_json()
    shown = [(name, timings[key]) for name, key in STAGES]
    return " · ".join(f"{name} {value:.0f} ms" for name, value in shown if value is not None)


def _highlighted(spans: Iterable[Span]) -> Text:
    return Text.assemble(*((span.text, "bold yellow" if span.is_hit else "") for span in spans))


def _plain(spans: Iterable[Span]) -> str:
    return "".join(span.text for span in spans)
