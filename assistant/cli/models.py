"""`assistant models …`: what there is, and whether it is what it claims to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from assistant.cli.configure import configured
from assistant.cli.console import err, out
from assistant.errors import ModelError

if TYPE_CHECKING:
    from assistant.catalog.catalog import CatalogEntry
    from assistant.catalog.meaning import Trial
    from assistant.settings import Settings

app = typer.Typer(help="The models: what there is, and whether it is what it claims to be.")

MARKS = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]-[/]"}

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_models(*, as_json: JsonOption = False) -> None:
    """Show every model of the catalogue: what for, how large, whose, and whether it is here."""
    from assistant.catalog.catalog import Catalog

    settings = configured(None, None)
    in_use = {settings.models[n].catalogue for n in settings.active_set.model_dump().values()}
    entries = list(Catalog.load().entries.values())
    if as_json:
        rows = [
            {
                **entry.model_dump(mode="json"),
                "installed": is_here(entry),
                "in_use": entry.id in in_use,
            }
            for entry in entries
        ]
        out.print_json(json.dumps({"set": settings.set, "models": rows}))
        return
    table = Table(title=f"Models (set in use: {settings.set})", title_justify="left", box=None)
    for column in ("", "model", "for", "languages", "size", "memory", "licence", "quality"):
        table.add_column(column, justify="right" if column in {"size", "memory"} else "left")
    for entry in entries:
        size = entry.total_bytes
        quality = [f"{q.measure} {q.value:g} {q.unit}" for q in entry.quality[:2]]
        table.add_row(
            MARKS[is_here(entry)] + ("[cyan]●[/]" if entry.id in in_use else " "),
            f"[bold]{entry.id}[/]\n[dim]{entry.title}[/]",
            entry.role,
            ", ".join(entry.languages),
            "?" if size is None else f"{size / 1e6:.1f} MB",
            "?" if entry.memory_mb is None else f"{entry.memory_mb} MB",
            entry.licence
            + (" [yellow](commercial use restricted)[/]" if entry.restricts_commercial_use else ""),
            "\n".join(quality),
        )
    out.print(table)
    err.print("✓ here   ● in the set in use", style="dim")


@app.command("verify")
def verify(
    *,
    recording: Annotated[
        Path | None,
        typer.Option(help="Recording of a person asking `what time is it`, for the recogniser."),
    ] = None,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Only look at the files; run nothing.")
    ] = False,
    model_set: Annotated[str | None, typer.Option("--set", help="Model set to verify.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the models of a set: their files, and by running them: hear, think, speak and read back."""
    from assistant.catalog.catalog import Catalog
    from assistant.catalog.verify import verify_set

    settings = configured(None, model_set)
    catalog = Catalog.load()
    if files_only:
        reports = verify_set(settings, catalog)
    else:
        with open_pool(settings) as open_engine:
            reports = verify_set(settings, catalog, open_engine, _trial(settings, recording))
    failed = [report for report in reports if not report.ok]
    if as_json:
        rows = [{**asdict(report), "ok": report.ok} for report in reports]
        out.print_json(json.dumps({"set": settings.set, "ok": not failed, "models": rows}))
    else:
        for report in reports:
            out.print(
                f"{MARKS[report.ok]} [bold]{report.model}[/] ({report.role})", highlight=False
            )
            for check in report.checks:
                out.print(f"   {MARKS[check.ok]} {check.name}: {check.detail}", highlight=False)
    if failed:
        names = ", ".join(report.model for report in failed)
        if as_json:
            raise typer.Exit(code=ModelError.exit_code)
        raise ModelError(
            "verification_failed",
            f"These models are not what they should be: {names}.",
            "See the lines marked ✗; fetch the model again.",
        )


def is_here(entry: CatalogEntry) -> bool:
    """Whether every file of the model is on this machine with the right size."""
    try:
        entry.resolve()
    except ModelError:
        return False
    return True


@contextmanager
def open_pool(settings: Settings) -> Iterator[Any]:
    """Give a function that opens engines by name for a ``with`` block, from a pool of its own."""
    from assistant.pool.pool import ModelPool

    with ModelPool(settings) as pool:

        @contextmanager
        def open_engine(name: str) -> Iterator[Any]:
            with pool.get(name) as lease:
                if lease.fallback_reason:
                    raise ModelError("model_missing", lease.fallback_reason)
                yield lease.engine

        yield open_engine


def _trial(settings: Settings, recording: Path | None) -> Trial:
    from assistant.api import tool_specs
    from assistant.audio.speech_files import RATE_HZ, read_speech
    from assistant.catalog.meaning import Recording, Trial

    heard = None
    if recording is not None:
        samples = read_speech(recording).samples
        heard = Recording(samples, RATE_HZ, "what time is it")
    return Trial(heard, tool_specs(settings), settings.conversation.system_prompt)
