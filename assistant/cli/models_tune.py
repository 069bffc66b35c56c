"""`assistant models tune`: finds and keeps how a set's models run best on this computer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from assistant.cli.bench_stages import ReplicaOption
from assistant.cli.configure import configured
from assistant.cli.console import err, out

if TYPE_CHECKING:
    from assistant.bench.tune import ModelTuning


def tune(
    name: Annotated[
        str | None, typer.Argument(metavar="[SET]", help="A set, instead of the one in use.")
    ] = None,
    *,
    replica: ReplicaOption = False,
    runs: Annotated[int, typer.Option(min=3, help="Timed runs of each way.")] = 10,
    forget: Annotated[bool, typer.Option("--forget", help="Go back to the settings.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how each model of a set runs best here, within the set's memory, and keep it.

    Threads, graph level, kept work memory and reordered weights are tried; what you have changed in the
    settings stays as you said. Kept until the processor or the runtime changes.
    """
    from assistant.bench import tune as bench
    from assistant.catalog import replicas
    from assistant.catalog.tuning import fingerprint

    if replica:
        replicas.want()
    settings = configured(None, name)
    if forget:
        gone = bench.forget(settings)
        if as_json:
            out.print_json(json.dumps({"set": settings.set, "forgotten": gone}))
        else:
            err.print(f"Forgotten: {', '.join(gone) or 'nothing was kept'}.", highlight=False)
        return
    with err.status("Measuring…") as status:
        found = list(
            bench.tune(
                settings,
                runs=runs,
                on_trial=lambda model, way: status.update(
                    f"{model}: {bench.in_words(way)}…", spinner="dots"
                ),
            )
        )
    if as_json:
        facts = {"machine": fingerprint(), "set": settings.set, "runs": runs}
        out.print_json(json.dumps({**facts, "models": [one.as_json() for one in found]}))
        return
    for one in found:
        out.print(_table(one))
    if not found:
        err.print("Nothing in this set can be run in more than one way.")
    out.print(fingerprint(), style="dim", highlight=False)


def _table(one: ModelTuning) -> Table:
    from assistant.bench.tune import in_words

    weights = ", REPLICA" if one.replica else ""
    title = f"{one.model}{weights}, at most {one.allowed_mb:.0f} MB in this set"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column("way")
    table.add_column("ms, P50", justify="right")
    table.add_column("MB", justify="right")
    for way in one.trials:
        mark = "[green]●[/]" if way == one.chosen else ""
        memory = "-" if way.memory_mb is None else f"{way.memory_mb:.0f}"
        table.add_row(mark, in_words(way), f"{way.median_ms:.1f}", memory)
    return table
