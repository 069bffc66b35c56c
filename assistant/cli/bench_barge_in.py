"""`assistant bench barge-in`: what is left of the assistant's voice, and who can interrupt it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from assistant.cli.ask import JsonOption
from assistant.cli.console import err, out


class Half(StrEnum):
    """Who interrupts, and which noises sound."""

    dev = "dev"
    test = "test"


def barge_in(
    manifest: Annotated[Path, typer.Option("--manifest", help="manifest.json beside its clips.")],
    *,
    half: Annotated[
        Half, typer.Option(help="Thresholds were tuned on dev; others interrupt in test.")
    ] = Half.test,
    minutes: Annotated[
        float, typer.Option(min=0.5, help="Minutes of the assistant speaking, for each voice.")
    ] = 10.0,
    seed: Annotated[int, typer.Option(help="Who interrupts when follows from it.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Echo cancellation and interruptions in a measured and in synthetic rooms: the real listener."""
    from assistant.bench.barge_in import measure_barge_in
    from assistant.bench.machine import machine

    with err.status("Measuring…") as status:
        report = measure_barge_in(
            manifest,
            half=half.value,
            minutes=minutes,
            seed=seed,
            on_step=lambda step: status.update(str(step)),
        )
    if as_json:
        answer = {"machine": machine(), "models": {"vad": "silero 6.2", "replica": False}}
        out.print_json(json.dumps({**answer, **report.as_json()}))
        return
    table = Table(
        "what", "found", "wanted", title=f"Barge-in, {half.value} half", title_justify="left"
    )
    for row in report.rows():
        table.add_row(*row)
    out.print(table)
    facts = machine()
    out.print(f"{facts['processor']}, {facts['cores']} cores", style="dim", highlight=False)
