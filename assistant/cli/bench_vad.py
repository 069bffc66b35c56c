"""`assistant bench vad`: how well speech is found, and what listening costs."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from assistant.cli.ask import JsonOption
from assistant.cli.console import err, out

if TYPE_CHECKING:
    from assistant.bench.vad import LevelFigures, VadReport

TARGET_FOUND_PERCENT = 98.0
TARGET_FALSE_PER_10_MIN = 2.0
TARGET_IDLE_CPU_PERCENT = 4.0
TARGET_FROM_DB = 10.0
"""All four from issue 3, "Ground truth" and "idle listening"."""


class Half(StrEnum):
    """Which speakers and noises the levels are made of."""

    dev = "dev"
    test = "test"
    all = "all"


def vad(
    manifest: Annotated[Path, typer.Option("--manifest", help="manifest.json beside its clips.")],
    *,
    half: Annotated[
        Half, typer.Option(help="Thresholds were tuned on dev; test has other speakers and noises.")
    ] = Half.test,
    rounds: Annotated[int, typer.Option(min=1, help="Times the clips are joined anew.")] = 3,
    seed: Annotated[int, typer.Option(help="Order, gaps, levels and halves follow from it.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Speech found in known recordings with known noise, false alarms, and processor time."""
    from assistant.bench.machine import machine
    from assistant.bench.vad import measure_vad

    with Progress(console=err, disable=as_json, transient=True) as progress:
        report = measure_vad(
            manifest, half=half.value, seed=seed, rounds=rounds, track=progress.track
        )
    misses = missed_targets(report)
    if as_json:
        answer = {"machine": machine(), "models": {"vad": "silero 6.2", "replica": False}}
        out.print_json(json.dumps({**answer, **report.as_json(), "missed_targets": misses}))
        return
    _print(report, misses)
    facts = machine()
    out.print(
        f"{facts['processor']}, {facts['cores']} cores, {facts['system']}",
        style="dim",
        highlight=False,
    )


def missed_targets(report: VadReport) -> list[str]:
    """Return a sentence for each target of ours that was not reached."""
    ours = report.detectors[0]
    sentences = []
    for level in report.levels:
        if level.detector != ours.detector or (
            level.snr_db is not None and level.snr_db < TARGET_FROM_DB
        ):
            continue
        where = _level_name(level)
        if level.found_percent < TARGET_FOUND_PERCENT:
            sentences.append(
                f"{where}: {level.found_percent:.1f} % of the utterances found, "
                f"not {TARGET_FOUND_PERCENT:.0f} %."
            )
        if level.lost_ms > 0:
            sentences.append(
                f"{where}: {level.lost_ms:.0f} ms lost at {level.clipped} starts, not 0."
            )
    if ours.false_per_10_min > TARGET_FALSE_PER_10_MIN:
        sentences.append(
            f"Noise alone: {ours.false_per_10_min:.1f} false utterances in 10 minutes, "
            f"not {TARGET_FALSE_PER_10_MIN:.0f}."
        )
    sentences += [
        f"Idle: {percent:.1f} % of a core on {what}, not {TARGET_IDLE_CPU_PERCENT:.0f} %."
        for what, percent in ours.cpu_percent.items()
        if what != "speech" and percent > TARGET_IDLE_CPU_PERCENT
    ]
    return sentences


def _print(report: VadReport, misses: list[str]) -> None:
    title = (
        f"{report.clips} clips of the {report.half} half (tuned on dev), pause {report.pause_ms} ms; "
        f"{report.unclear} clips left out, their level does not show where speech is"
    )
    table = Table(title=title, title_justify="left")
    for column in ("speech over noise", "detector"):
        table.add_column(column)
    for column in (
        *("found", "starts clipped", "lost", "endpoint P50", "|P95|", "cut", "merged", "false"),
    ):
        table.add_column(column, justify="right")
    for level in sorted(report.levels, key=lambda one: -(one.snr_db or 99)):
        table.add_row(
            _level_name(level),
            level.detector,
            f"{level.found_percent:.1f} % of {level.utterances}",
            str(level.clipped),
            f"{level.lost_ms:.0f} ms",
            f"{level.endpoint_p50_ms:+.0f} ms",
            f"{level.endpoint_p95_ms:.0f} ms",
            str(level.cut),
            str(level.merged),
            str(level.false),
        )
    out.print(table)
    for one in report.detectors:
        clips = ", ".join(f"{name} {count}" for name, count in one.false_by_clip.items())
        cpu = ", ".join(f"{what} {percent:.2f} %" for what, percent in one.cpu_percent.items())
        out.print(
            f"{one.detector}: {one.false_per_10_min:.1f} false utterances in 10 minutes of all noise alone "
            f"({one.noise_s / 60:.1f} min{': ' + clips if clips else ''}); of one core: {cpu}",
            highlight=False,
        )
    for level in report.levels:
        if level.missed and level.detector == report.detectors[0].detector:
            names = ", ".join(level.missed)
            out.print(f"{_level_name(level)}: not found or clipped: {names}", highlight=False)
    hand = report.marks_against_hand
    if hand:
        out.print(
            f"Reference marks against {hand['clips']:.0f} hand-annotated clips: start "
            f"{hand['start_median_ms']:+.0f} ms (worst {hand['start_worst_ms']:+.0f}), end "
            f"{hand['end_median_ms']:+.0f} ms (worst {hand['end_worst_ms']:+.0f})",
            style="dim",
            highlight=False,
        )
    for sentence in misses:
        out.print(f"[red]✗[/] {sentence}", highlight=False)


def _level_name(level: LevelFigures) -> str:
    return "clean" if level.snr_db is None else f"{level.snr_db:.0f} dB"
