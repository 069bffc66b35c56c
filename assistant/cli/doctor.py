"""`assistant doctor`: what is installed, missing or broken, and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from assistant.cli.configure import configured
from assistant.cli.console import err, out
from assistant.errors import AssistantError, SettingsError
from assistant.settings import Settings

MARKS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}


def doctor(
    *,
    hashes: Annotated[
        bool, typer.Option("--hashes", help="Also compare every model file with its sha256.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what works on this machine, what does not, and what to do about it."""
    from assistant.catalog.doctor import examine

    settings: Settings | SettingsError
    try:
        settings = configured(None, None)
    except SettingsError as exc:
        settings = exc
    findings = examine(settings, hashes=hashes)
    failed = [finding for finding in findings if finding.status == "fail"]
    if as_json:
        out.print_json(json.dumps({"ok": not failed, "findings": [asdict(f) for f in findings]}))
    else:
        table = Table(box=None, padding=(0, 1), show_header=False)
        for finding in findings:
            table.add_row(MARKS[finding.status], finding.name, finding.detail)
            if finding.what_to_do:
                table.add_row("", "", f"[dim]→ {finding.what_to_do}[/]")
        out.print(table)
        if not failed:
            err.print("Everything the assistant needs is here.", style="green")
    if failed:
        raise typer.Exit(code=_exit_code(settings))


def _exit_code(settings: Settings | SettingsError) -> int:
    """Wrong settings exit with their own code; anything else that fails is the models' (3)."""
    from assistant.errors import ModelError

    problem: type[AssistantError] = (
        SettingsError if isinstance(settings, SettingsError) else ModelError
    )
    return problem.exit_code
