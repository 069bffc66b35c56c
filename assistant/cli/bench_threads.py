"""`assistant bench threads`: what it is worth to give the thinker fewer threads while the voice computes."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from assistant.cli.ask import JsonOption, SetOption, SettingsOption
from assistant.cli.bench_stages import ReplicaOption, weights
from assistant.cli.configure import configured
from assistant.cli.console import err, out


def threads(
    *,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    replica: ReplicaOption = False,
    rounds: Annotated[int, typer.Option(min=1, help="Replies with each number of threads.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Compare how fast a set's thinker writes with one thread and with all, alone and beside its voice."""
    from assistant.bench.machine import machine
    from assistant.bench.threads import measure_threads
    from assistant.catalog import replicas

    if replica:
        replicas.want()
    chosen = configured(settings, model_set)
    with err.status("Measuring…"):
        found = measure_threads(chosen, rounds=rounds)
    if as_json:
        facts = {"machine": machine(), "set": chosen.set, "runs": rounds}
        out.print_json(json.dumps({**facts, **found.as_json()}))
        return
    title = f"The set {chosen.set}, {weights(found.replicas)}, tokens a second (P50)"
    table = Table(title=title, title_justify="left")
    for column in ("threads", "alone", "beside the voice", "voice: s per s of speech"):
        table.add_column(column, justify="right")
    for number, alone in found.alone.items():
        beside, rtf = found.beside_voice[number], found.voice_rtf[number]
        table.add_row(str(number), f"{alone.p50:.1f}", f"{beside.p50:.1f}", f"{rtf:.2f}")
    out.print(table)
    out.print(
        f"plan: {found.plan.alone} alone, {found.plan.while_speaking} beside the voice, which is"
        f" {found.gain:.2f} times as fast there",
        highlight=False,
    )
