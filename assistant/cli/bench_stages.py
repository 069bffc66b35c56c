"""`assistant bench stages`: each stage of a set by itself, against the bounds promised."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from assistant.cli.ask import JsonOption, SetOption, SettingsOption
from assistant.cli.configure import configured
from assistant.cli.console import err, out

ReplicaOption = Annotated[
    bool,
    typer.Option(
        "--replica", help="Run models with random weights in the set's shape (`models replica`)."
    ),
]


def stages(
    *,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    replica: ReplicaOption = False,
    runs: Annotated[int, typer.Option(min=1, help="Timed runs of recogniser and voice.")] = 20,
    rounds: Annotated[
        int, typer.Option(min=1, help="Replies of the thinker and of the bare library.")
    ] = 5,
    as_json: JsonOption = False,
) -> None:
    """Time hearing, thinking and speaking one by one, the thinker against the bare library."""
    from assistant.bench.machine import machine
    from assistant.bench.stages import measure_stages
    from assistant.catalog import replicas

    if replica:
        replicas.want()
    chosen = configured(settings, model_set)
    with err.status("Measuring…") as status:
        found = measure_stages(
            chosen,
            runs=runs,
            thinker_rounds=rounds,
            on_stage=lambda stage: status.update(f"Measuring the {stage}…"),
        )
    if as_json:
        facts = {"machine": machine(), "set": chosen.set, "runs": runs, "rounds": rounds}
        out.print_json(json.dumps({**facts, **found.as_json()}))
        return
    table = Table(title=f"The set {chosen.set}, {weights(found.replicas)}", title_justify="left")
    for column in ("stage", "model", "threads", "P50", "P95", "bound"):
        table.add_column(column, justify="left" if column in {"stage", "model"} else "right")
    for stage, role, ms, bound in (
        ("4 s clip heard, ms", "stt", found.stt_ms, "P95 ≤ 60"),
        ("first sound, ms", "tts", found.tts_ms, "P95 ≤ 150"),
    ):
        threads = str(found.threads[role] or "-")
        table.add_row(stage, found.models[role], threads, f"{ms.p50:.0f}", f"{ms.p95:.0f}", bound)
    thinker = found.thinker
    for stage, ratio, bound in (
        (
            f"prompt, {thinker.prompt_tokens_per_s:.0f} tokens/s, share of bare",
            thinker.prompt_ratio,
            "0.95",
        ),
        (
            f"reply, {thinker.decode_tokens_per_s:.0f} tokens/s, share of bare",
            thinker.decode_ratio,
            "0.97",
        ),
    ):
        threads = str(thinker.threads)
        values = (f"{ratio.p50:.3f}", "", f"P50 ≥ {bound}")
        table.add_row(stage, found.models["thinker"], threads, *values)
    out.print(table)
    for sentence in found.missed():
        out.print(f"[red]✗[/] {sentence}", highlight=False)
    facts = machine()
    out.print(f"{facts['processor']}, {facts['cores']} cores", style="dim", highlight=False)


def weights(replicas: tuple[str, ...]) -> str:
    """Return in words what was measured with."""
    return f"REPLICA ({', '.join(replicas)}: random weights)" if replicas else "real weights"
