"""`assistant run`, `toggle`, `cancel`: the window, and a word to the one that is open.

Owns the one place where the assistant reaches the window: by name, at run time. It imports nothing of `ui`,
so everything else works where the window is not installed.
"""

from __future__ import annotations

import importlib
import json
import os
from typing import Annotated, Any

import typer
from rich.table import Table

from assistant.cli.ask import JsonOption, SetOption
from assistant.cli.console import err, out


def run(
    *,
    hidden: Annotated[
        bool, typer.Option("--hidden", help="Start with the tray icon only.")
    ] = False,
    model_set: SetOption = None,
) -> None:
    """Open the window; a second start shows the one that is open."""
    if model_set is not None:
        os.environ["SARAI_SET"] = model_set
    raise typer.Exit(_window().open_window(["--hidden"] if hidden else []))


def toggle() -> None:
    """Press the talk key of the open window once: for a key of your desktop's own."""
    _window().send("toggle")


def cancel() -> None:
    """Stop what the open window is doing: the answer, or listening."""
    _window().send("cancel")


def bench_window(
    *,
    starts: Annotated[int, typer.Option(min=1, help="How often it is opened.")] = 5,
    turns: Annotated[int, typer.Option(min=1, help="Questions typed one after another.")] = 20,
    idle_s: Annotated[
        float, typer.Option("--idle", min=1, help="Seconds of doing nothing, twice.")
    ] = 20.0,
    as_json: JsonOption = False,
) -> None:
    """Time the window's start, and watch its process during typed turns and while nothing happens."""
    from assistant.bench.machine import machine
    from assistant.bench.window import BOUNDS, measure_window
    from assistant.pool.replica import replica_roles
    from assistant.settings import ROLES, load_settings

    with err.status("Opening the window…") as status:
        report = measure_window(
            starts=starts,
            turns=turns,
            idle_s=idle_s,
            on_step=lambda step: status.update(f"Measuring: {step}…"),
        )
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY", "none")
    platform = os.environ.get("QT_QPA_PLATFORM", "the usual one")
    if as_json:
        figures = {name: one.as_json() for name, one in report.starts.items()}
        bounds = {name: bound for name, (bound, _, _) in BOUNDS.items()}
        whole = {
            "machine": {**machine(), "display": display, "qt_platform": platform},
            "models": {**report.models, "replica": bool(replica_roles(load_settings(), ROLES))},
            "runs": starts,
            "turns": turns,
            "live": report.is_live,
            "figures": {**figures, **report.figures},
            "bounds": bounds,
            "details": report.details,
            "notes": report.notes,
        }
        out.print_json(json.dumps(whole))
        return
    told = ", ".join(str(value) for value in machine().values())
    out.print(f"[dim]{told}; display {display}; warm files[/]", highlight=False)
    table = Table(box=None, padding=(0, 2))
    for heading in ("", "measured", "bound", ""):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, (bound, unit, meaning) in BOUNDS.items():
        value = report.value(name)
        shown = "not measured" if value is None else f"{value:.2f} {unit}"
        colour = "dim" if value is None else "green" if value <= bound else "bold red"
        if name in report.starts and value is not None:
            shown += f" (P95 {report.starts[name].p95:.2f})"
        table.add_row(name, f"[{colour}]{shown}[/]", f"≤ {bound:g}", f"[dim]{meaning}[/]")
    out.print(table)
    out.print(
        f"[dim]an empty thread was up to {report.details['stall_of_an_empty_thread_ms']} ms late"
        " meanwhile[/]",
        highlight=False,
    )
    for note in report.notes:
        out.print(note, style="dim")


def _window() -> Any:
    return importlib.import_module("ui.entry")
