"""`assistant bench voice`: how voices sound, and whether they are understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from assistant.cli.ask import JsonOption, SetOption, SettingsOption
from assistant.cli.bench_stages import ReplicaOption
from assistant.cli.configure import configured
from assistant.cli.console import err, out
from assistant.errors import ModelError


def voice(
    voices: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VOICE]...", help="Voices in the settings; none = the set's."),
    ] = None,
    *,
    heard_by: Annotated[
        list[str] | None,
        typer.Option("--heard-by", help="Recognisers in the settings; none = the set's."),
    ] = None,
    sentences: Annotated[
        Path | None, typer.Option(help="A text file, a sentence a line, instead of ours.")
    ] = None,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    replica: ReplicaOption = False,
    as_json: JsonOption = False,
) -> None:
    """Judge voices: DNSMOS (package speechmos), and word errors of recognisers that hear them."""
    from assistant.bench.dnsmos import SpeechJudge
    from assistant.bench.machine import machine
    from assistant.bench.voice import measure_voice
    from assistant.catalog import replicas

    if replica:
        replicas.want()
    chosen = configured(settings, model_set)
    texts = None
    if sentences is not None:
        lines = (line.strip() for line in sentences.read_text(encoding="utf-8").splitlines())
        texts = [line for line in lines if line and not line.startswith("#")]
    judge, unjudged = None, ""
    try:
        judge = SpeechJudge()
    except ModelError as exc:
        unjudged = f"{exc.message} {exc.hint}"
    with err.status("Measuring…") as status:
        reports = [
            measure_voice(
                chosen,
                name,
                heard_by or [chosen.model_name("stt")],
                judge=judge,
                sentences=texts,
                on_step=lambda step: status.update(f"{step[:1].upper()}{step[1:]}…"),
            )
            for name in voices or [chosen.model_name("tts")]
        ]
    if as_json:
        rows = [report.as_json() for report in reports]
        has_replica = any(
            report.replica or any(one.replica for one in report.heard) for report in reports
        )
        models = {"voices": [report.voice for report in reports], "replica": has_replica}
        facts = {"machine": machine(), "models": models, "not_judged": unjudged}
        out.print_json(json.dumps({**facts, "voices": rows}))
        return
    table = Table(title="Voices", title_justify="left")
    for column in (
        "voice",
        "speech",
        "background",
        "overall",
        "first sound P95",
        "speed",
        "word errors",
    ):
        table.add_column(column, justify="left" if column == "voice" else "right")
    for report in reports:
        opinion = report.mean_opinion()
        marks = (
            ("-", "-", "-")
            if opinion is None
            else tuple(f"{x:.2f}" for x in (opinion.signal, opinion.background, opinion.overall))
        )
        errors = "\n".join(
            f"{100 * one.word_error_rate:.1f} % {one.recogniser}{_mark(is_replica=one.replica)}"
            for one in report.heard
        )
        table.add_row(
            report.voice + _mark(is_replica=report.replica),
            *marks,
            f"{report.first_ms.p95:.0f} ms",
            f"{report.times_real_time:.1f}x",
            errors,
        )
    out.print(table)
    out.print(
        "speech, background, overall: DNSMOS P.835, 1 to 5." if judge else unjudged,
        style="dim",
        highlight=False,
    )


def _mark(*, is_replica: bool) -> str:
    return " (REPLICA)" if is_replica else ""
