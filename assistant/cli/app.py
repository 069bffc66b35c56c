"""The `assistant` command: options common to all commands, and errors as one sentence with an exit code.

Owns the list of commands. Deliberately holds no logic of theirs: each has a module of its own.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Annotated

import typer
from rich.markup import escape

from assistant import __version__
from assistant.cli import ask, bench, chat, devices, doctor, export, history, models, window
from assistant.cli.console import err, out
from assistant.errors import AssistantError

app = typer.Typer(
    name="assistant",
    help="An offline voice assistant: it hears, thinks and speaks on this computer alone.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(window.run)
app.command("toggle")(window.toggle)
app.command("cancel")(window.cancel)
app.command("ask")(ask.ask)
app.command("transcribe")(ask.transcribe)
app.command("say")(ask.say)
app.command("chat")(chat.chat)
app.command("devices")(devices.devices)
app.command("doctor")(doctor.doctor)
app.add_typer(history.app, name="history")
app.add_typer(models.app, name="models")
app.add_typer(bench.app, name="bench")
app.add_typer(export.app, name="export")


@app.callback()
def common(
    context: typer.Context,
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what goes on inside, on standard error.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)
    ] = False,
) -> None:
    """Set up logging before any command; without one, open the window."""
    if version:
        out.print(__version__)
        raise typer.Exit
    level = logging.DEBUG if verbose else logging.CRITICAL
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(level)  # of its own: the window's log file asks for more
    logging.basicConfig(
        level=level,
        format="%(relativeCreated)7.0f ms %(levelname)-7s %(name)s: %(message)s",
        handlers=[terminal],
    )
    if context.invoked_subcommand is None:
        window.run()


def run() -> None:
    """Run one command; every failure becomes one sentence, what to do next, and an exit code."""
    try:
        app()
    except AssistantError as exc:
        report(exc, as_json="--json" in sys.argv)
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        err.print("\nStopped.")
        sys.exit(130)


def report(error: AssistantError, *, as_json: bool) -> None:
    """Say what went wrong: on standard error for people, on standard output as JSON for programs."""
    if as_json:
        problem = {"code": error.code, "message": error.message, "hint": error.hint}
        out.print_json(json.dumps({"error": problem}))
        return
    err.print(f"[bold red]✗[/] {escape(error.message)}", highlight=False)
    if error.hint:
        err.print(f"  {error.hint}", style="dim", highlight=False, markup=False)
