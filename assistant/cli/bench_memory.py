"""`assistant bench memory`: what all processes take together over a long conversation."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from assistant.cli.ask import JsonOption, SetOption, SettingsOption
from assistant.cli.bench_stages import ReplicaOption, weights
from assistant.cli.configure import configured
from assistant.cli.console import err, out


def memory(
    *,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    replica: ReplicaOption = False,
    turns: Annotated[int, typer.Option(min=1, help="Spoken questions, in one conversation.")] = 100,
    reply_tokens: Annotated[
        int, typer.Option(min=8, help="The thinker is cut off after so many tokens.")
    ] = 24,
    as_json: JsonOption = False,
) -> None:
    """RSS and PSS of every process, after loading, in and after each of many spoken turns."""
    from assistant.api import Assistant
    from assistant.bench.machine import machine
    from assistant.bench.memory import measure_memory, with_short_replies
    from assistant.catalog import replicas

    if replica:
        replicas.want()
    chosen = with_short_replies(configured(settings, model_set), reply_tokens)
    with Assistant(chosen, on_event=lambda _event: None) as assistant:
        with err.status("Loading the models…"):
            ready = assistant.wait_until_ready()
        with Progress(console=err, disable=as_json, transient=True) as progress:
            task = progress.add_task("turns", total=turns)
            found = measure_memory(assistant, turns=turns, on_turn=lambda: progress.advance(task))
    if as_json:
        facts = {
            "machine": machine(),
            "set": chosen.set,
            "models": {
                **ready.models,
                "replica": bool(ready.replicas),
                "replicas": ready.replicas,
            },
            "reply_tokens": reply_tokens,
        }
        out.print_json(json.dumps({**facts, **found.as_json()}))
        return
    title = f"The set {chosen.set}, {weights(ready.replicas)}, MB of {found.by.upper()}"
    table = Table(title=title, title_justify="left")
    for column in ("process", "loaded: RSS", "PSS", f"after {turns} turns: RSS", "PSS"):
        table.add_column(column, justify="left" if column == "process" else "right")
    before = {one.name: one for one in found.loaded.processes}
    for one in found.last.processes:
        earlier = before.get(one.name)
        table.add_row(
            one.name,
            f"{earlier.rss_mb:.0f}" if earlier else "-",
            f"{earlier.pss_mb:.0f}" if earlier and earlier.pss_mb is not None else "-",
            f"{one.rss_mb:.0f}",
            "-" if one.pss_mb is None else f"{one.pss_mb:.0f}",
        )
    out.print(table)
    bound = "" if found.bound_mb is None else f", bound {found.bound_mb:.0f}"
    out.print(
        f"together: {found.loaded.total_mb:.0f} MB loaded; after each of {turns} turns P50"
        f" {found.spread.p50:.0f}, P99 {found.p99_mb:.0f}{bound}, most {found.spread.max:.0f};"
        f" while they ran P50 {found.peaks.p50:.0f}, P99 {found.peak_p99_mb:.0f}",
        highlight=False,
    )
    for sentence in (*found.missed(), *dict.fromkeys(found.failed)):
        out.print(f"[red]✗[/] {sentence}", highlight=False)
