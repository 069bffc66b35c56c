"""`assistant bench talker`: the two products of our own voice, FP32 and INT8, beside the seeds' figures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from assistant.cli.ask import JsonOption
from assistant.cli.console import err, out

if TYPE_CHECKING:
    from assistant.bench.talker import TalkerReport


def talker(
    *,
    runs: Annotated[int, typer.Option(min=3, help="Timed runs of each length.")] = 60,
    most_threads: Annotated[
        int, typer.Option(min=1, help="Keep no way that takes more threads.")
    ] = 2,
    keep: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Remember the best way for this machine.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Time the talker: S = 10 to 200 frames, FP32 against INT8, and the ways of ONNX Runtime."""
    from assistant.bench.machine import machine
    from assistant.bench.talker import VOICE, measure_talker

    with Progress(console=err, disable=as_json, transient=True) as progress:
        task = progress.add_task("talker", total=None)
        found = measure_talker(
            runs=runs,
            most_threads=most_threads,
            keep=keep,
            on_step=lambda done, steps: progress.update(task, completed=done, total=steps),
        )
    if as_json:
        models = {"tts": VOICE, "replica": False}
        facts = {"machine": machine(), "models": models, "runs": runs}
        out.print_json(json.dumps({**facts, **found.as_json()}))
        return
    out.print(_lengths(found))
    fits = found.fits()
    out.print(
        f"fit in ms: FP32 {fits['fp32'].in_words()}, INT8 {fits['int8'].in_words()}",
        highlight=False,
    )
    out.print(
        f"INT8 and FP32 choose the same sound for {found.agreement:.2%} of {found.frames} real frames",
        highlight=False,
    )
    out.print(_ways(found))
    kept = "kept for this machine" if found.kept else "not kept"
    out.print(f"best: {found.way.in_words()}; {kept}", highlight=False)
    for sentence in found.missed():
        out.print(f"[red]✗[/] {sentence}", highlight=False)
    facts = machine()
    out.print(f"{facts['processor']}, {facts['cores']} cores", style="dim", highlight=False)


def _lengths(found: TalkerReport) -> Table:
    from assistant.bench.talker import LENGTHS, SEEDS_MS

    table = Table(title=f"The talker, {found.way.in_words()}, ms", title_justify="left")
    for column in ("S", "seeds, FP32", "FP32 P50", "P95", "INT8 P50", "P95", "INT8 of FP32"):
        table.add_column(column, justify="right")
    for length in LENGTHS:
        fp32, int8 = found.fp32_ms[length], found.int8_ms[length]
        table.add_row(
            str(length),
            SEEDS_MS[length],
            f"{fp32.p50:.2f}",
            f"{fp32.p95:.2f}",
            f"{int8.p50:.2f}",
            f"{int8.p95:.2f}",
            f"{found.ratio(length):.0%}",
        )
    return table


def _ways(found: TalkerReport) -> Table:
    from assistant.bench.talker import COMPARED

    title = f"Ways of ONNX Runtime at S = {COMPARED}, ms"
    table = Table(title=title, title_justify="left")
    for column in ("way", "INT8 least", "P50", "P95", "FP32 least", "P50", "P95"):
        table.add_column(column, justify="left" if column == "way" else "right")
    for one in sorted(found.compared, key=lambda one: one.int8_ms.min):
        table.add_row(
            ("→ " if one.way == found.way else "  ") + one.way.in_words(),
            *(
                f"{value:.2f}"
                for ms in (one.int8_ms, one.fp32_ms)
                for value in (ms.min, ms.p50, ms.p95)
            ),
        )
    return table
