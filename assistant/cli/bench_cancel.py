"""`assistant bench cancel`: how long until a turn that is cancelled is over."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.progress import Progress

from assistant.cli.ask import JsonOption, SetOption
from assistant.cli.bench_stages import ReplicaOption, weights
from assistant.cli.bench_tables import distribution_table, print_machine
from assistant.cli.configure import configured
from assistant.cli.console import err, out


def cancel(
    *,
    model_set: SetOption = None,
    replica: ReplicaOption = False,
    rounds: Annotated[int, typer.Option(min=1, help="Cancels of each kind.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """From the cancel to the turn's end, while the thinker reads a long question and while it writes."""
    from assistant.bench.cancel import measure_cancels
    from assistant.bench.machine import machine
    from assistant.catalog import replicas

    if replica:
        replicas.want()
    settings = configured(None, model_set)
    with Progress(console=err, disable=as_json, transient=True) as progress:
        task = progress.add_task("cancels", total=2 * rounds)
        found = measure_cancels(settings, rounds, lambda: progress.advance(task))
    measured = {"reading the question": found.reading, "writing the answer": found.writing}
    rows = {name: figure for name, figure in measured.items() if figure is not None}
    thinker = settings.model_name("thinker")
    if as_json:
        answer = {
            "machine": machine(),
            "models": {"thinker": thinker, "replicas": list(found.replicas)},
            "too_late": found.too_late,
            "figures": {name: figure.as_json() for name, figure in rows.items()},
        }
        out.print_json(json.dumps(answer))
        return
    title = (
        f"{thinker}, {weights(found.replicas)}: cancel \N{RIGHTWARDS ARROW} turn over, ms, while"
    )
    out.print(distribution_table(title, rows))
    if found.too_late:
        out.print(f"{found.too_late} turns were over before the cancel took effect", style="dim")
    print_machine()
