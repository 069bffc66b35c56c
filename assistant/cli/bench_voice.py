"""`assistant bench voice`: how voices sound and whether they are understood, judged blind."""

from __future__ import annotations

import json
from dataclasses import asdict
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
        typer.Option(
            "--heard-by",
            help="Recognisers in the settings, name or name:decoding; none = the set's.",
        ),
    ] = None,
    sentences: Annotated[
        Path | None,
        typer.Option(
            help="A text file, a sentence a line (behind its kind and a tab), instead of ours."
        ),
    ] = None,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    replica: ReplicaOption = False,
    as_json: JsonOption = False,
) -> None:
    """Judge voices blind: DNSMOS (package speechmos), and word errors of recognisers that hear them.

    All clips are made equally loud and shuffled. Of several voices, each is compared with the last one named.
    """
    from assistant.bench.dnsmos import SpeechJudge
    from assistant.bench.machine import machine
    from assistant.bench.voice import measure_voices
    from assistant.catalog import replicas

    if replica:
        replicas.want()
    chosen = configured(settings, model_set)
    texts = None
    if sentences is not None:
        lines = (line.strip() for line in sentences.read_text(encoding="utf-8").splitlines())
        texts = [line.split("\t")[-1] for line in lines if line and not line.startswith("#")]
    judge, unjudged = None, ""
    try:
        judge = SpeechJudge()
    except ModelError as exc:
        unjudged = f"{exc.message} {exc.hint}"
    with err.status("Measuring…") as status:
        reports = measure_voices(
            chosen,
            voices or [chosen.model_name("tts")],
            heard_by or [chosen.model_name("stt")],
            judge=judge,
            sentences=texts,
            on_step=lambda step: status.update(f"{step[:1].upper()}{step[1:]}…"),
        )
    last = reports[-1]
    compared = {
        one.voice: one.against(last)
        for one in reports[:-1]
        if (one.language, one.sentences) == (last.language, last.sentences)
    }
    if as_json:
        rows = [report.as_json() for report in reports]
        has_replica = any(
            report.replica or any(one.replica for one in report.heard) for report in reports
        )
        models = {"voices": [report.voice for report in reports], "replica": has_replica}
        facts = {"machine": machine(), "models": models, "not_judged": unjudged}
        differences = {
            name: [{**asdict(one), "worse": one.is_worse} for one in several]
            for name, several in compared.items()
        }
        against = {"with": last.voice, "voices": differences}
        out.print_json(json.dumps({**facts, "voices": rows, "compared": against}))
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
    for name, several in compared.items():
        out.print(f"{name} beside {last.voice}, sentence by sentence:", highlight=False)
        for one in several:
            out.print(
                f"  {'[red]✗[/]' if one.is_worse else '[green]✓[/]'} {one.in_words()}",
                highlight=False,
            )
    out.print(
        "speech, background, overall: DNSMOS P.835, 1 to 5." if judge else unjudged,
        style="dim",
        highlight=False,
    )


def _mark(*, is_replica: bool) -> str:
    return " (REPLICA)" if is_replica else ""
