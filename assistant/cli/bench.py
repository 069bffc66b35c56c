"""`assistant bench …`: the figures this project claims, measured here and now."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from assistant.catalog import replicas
from assistant.cli import (
    bench_barge_in,
    bench_cancel,
    bench_memory,
    bench_stages,
    bench_talker,
    bench_threads,
    bench_vad,
    bench_voice,
    window,
)
from assistant.cli.ask import JsonOption, Pace, SetOption, SettingsOption, running
from assistant.cli.bench_tables import distribution_table, print_machine
from assistant.cli.configure import configured
from assistant.cli.console import err, out

if TYPE_CHECKING:
    from assistant.bench.asr import AsrReport


class AudioPath(StrEnum):
    """How recordings reach the assistant."""

    file = "file"
    real = "real"


app = typer.Typer(help="Measure this machine: latency, speed, accuracy.", no_args_is_help=True)
app.command("vad")(bench_vad.vad)
app.command("window")(window.bench_window)
app.command("barge-in")(bench_barge_in.barge_in)
app.command("stages")(bench_stages.stages)
app.command("cancel")(bench_cancel.cancel)
app.command("memory")(bench_memory.memory)
app.command("threads")(bench_threads.threads)
app.command("talker")(bench_talker.talker)
app.command("voice")(bench_voice.voice)


@app.command("turn")
def turn(
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings of questions.")] = None,
    *,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="Instead: draw spoken commands from a manifest.json."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many to draw.")] = 20,
    pace: Annotated[
        Pace, typer.Option(help="live: as a microphone would; fast: at once.")
    ] = Pace.live,
    audio: Annotated[
        AudioPath,
        typer.Option(help="file: straight into the recogniser; real: through the sound system."),
    ] = AudioPath.file,
    speak_to: Annotated[
        str, typer.Option(help="With real: PulseAudio sink whose monitor is the microphone.")
    ] = "mic",
    model_set: SetOption = None,
    settings: SettingsOption = None,
    replica: bench_stages.ReplicaOption = False,
    as_json: JsonOption = False,
) -> None:
    """Time whole turns, every stage, over several recordings in one conversation."""
    from assistant.bench.machine import machine
    from assistant.bench.remember import remember_turns
    from assistant.bench.spoken import SpokenTurns
    from assistant.bench.turn import (
        DEFINITIONS,
        SPOKEN_DEFINITIONS,
        Questions,
        choose_questions,
        measure_turns,
    )

    if bool(files) == (manifest is not None):
        raise typer.BadParameter("Name recordings, or --manifest, and not both.")
    questions = (
        choose_questions(manifest, count)
        if manifest is not None
        else Questions(tuple(files or ()), "the recordings named on the command line")
    )
    if replica:
        replicas.want()
    spoken = SpokenTurns(speak_to)
    definitions = SPOKEN_DEFINITIONS if audio is AudioPath.real else DEFINITIONS
    with (
        running(settings, model_set, spoken.take, as_json=as_json, replicas_allowed=True) as (
            assistant,
            ready,
        ),
        Progress(console=err, disable=as_json, transient=True) as progress,
    ):
        if audio is AudioPath.real:
            assistant.go_live()
        task = progress.add_task("turns", total=len(questions.files))
        result = measure_turns(
            assistant,
            questions.files,
            live=pace is Pace.live or audio is AudioPath.real,
            ask=spoken.ask if audio is AudioPath.real else None,
            on_turn=lambda _path, _record: progress.advance(task),
        )
        remember_turns(assistant.settings.set, result, replica=bool(ready.replicas))
    if as_json:
        out.print_json(
            json.dumps(
                {
                    "machine": machine(),
                    "models": {**ready.models, "replica": bool(ready.replicas)},
                    "pace": pace.value,
                    "audio": audio.value,
                    "runs": len(questions.files),
                    "chosen": questions.chosen,
                    "definitions": definitions,
                    "figures_ms": {k: v.as_json() for k, v in result.figures_ms.items()},
                    "tokens_per_s": result.tokens_per_s.as_json() if result.tokens_per_s else None,
                    "memory_mb": result.memory_mb,
                    "failed": result.failed,
                    "turns": result.turns,
                }
            )
        )
        return
    for one in result.turns:
        out.print(f"[dim]{one['file']}[/]  {one['transcript']} → {one['reply']}", highlight=False)
    for sentence in result.failed:
        out.print(f"[red]✗[/] {sentence}", highlight=False)
    rows = {f"{name} (ms)": figure for name, figure in result.figures_ms.items()}
    if result.tokens_per_s:
        rows["tokens/s"] = result.tokens_per_s
    way = "through the sound system" if audio is AudioPath.real else f"{pace.value} pace"
    title = f"{len(questions.files)} turns, {way}, {bench_stages.weights(ready.replicas)}"
    out.print(distribution_table(title, rows))
    for name, meaning in definitions.items():
        if name in result.figures_ms:
            out.print(f"{name}: {meaning}", style="dim", highlight=False)
    out.print(f"recordings: {questions.chosen}", style="dim", highlight=False)
    print_machine()


@app.command("live")
def live(
    *,
    idle_s: Annotated[float, typer.Option(min=1, help="Seconds of only listening.")] = 30.0,
    busy_s: Annotated[float, typer.Option(min=1, help="Seconds of answering.")] = 60.0,
    presses: Annotated[int, typer.Option(min=1, help="Times the talk key is held.")] = 20,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch the real devices while the assistant listens, answers and is interrupted."""
    from assistant.bench.live import Ears, measure_live
    from assistant.bench.machine import machine

    ears = Ears()
    with running(settings, model_set, ears, as_json=as_json, replicas_allowed=True) as (
        assistant,
        ready,
    ):
        assistant.go_live()
        # No spinner: it would cost more than the listening that is measured.
        found = measure_live(
            assistant,
            ears,
            idle_s=idle_s,
            busy_s=busy_s,
            presses=presses,
            on_phase=lambda phase: err.print(f"Measuring: {phase}…", style="dim"),
        )
    if as_json:
        models = {**ready.models, "replica": bool(ready.replicas)}
        out.print_json(json.dumps({"machine": machine(), "models": models, **asdict(found)}))
        return
    microphone, loudspeaker = found.microphone, found.loudspeaker
    table = Table("live, real devices", "", title_justify="left", show_header=False)
    table.add_row("listening, CPU of one core", f"{found.idle_percent:.1f} %")
    table.add_row(
        "talk key up → endpoint",
        f"P50 {found.key_up_ms.p50:.0f}, P95 {found.key_up_ms.p95:.0f} ms"
        f" ({found.key_up_ms.runs} of {found.presses} presses)",
    )
    table.add_row(
        f"answering for {found.busy_s:.0f} s",
        f"{found.questions} questions, {found.interrupted} cut off by the next",
    )
    table.add_row(
        f"microphone {microphone.device}",
        f"{microphone.blocks} blocks, {microphone.xruns} lost",
    )
    table.add_row(
        f"loudspeaker {loudspeaker.device}",
        f"{loudspeaker.blocks} blocks, {loudspeaker.xruns} late, {loudspeaker.underruns} gaps",
    )
    out.print(table)
    print_machine()


@app.command("asr")
def asr(
    manifest: Annotated[Path, typer.Option("--manifest", help="manifest.json beside its clips.")],
    *,
    decoding: Annotated[
        list[str] | None,
        typer.Option(help="Language models to compare: mixed, domain, general; default all three."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Word error rate on human recordings: commands, read sentences and digits."""
    from assistant.bench.asr import figures, measure, read_manifest
    from assistant.bench.machine import machine
    from assistant.bench.recognizers import recognizer

    clips = read_manifest(manifest)
    names = decoding or ["general", "domain", "mixed"]
    reports: dict[str, AsrReport] = {}
    with Progress(console=err, disable=as_json, transient=True) as progress:
        for name in names:
            with recognizer(configured(None, None), name) as engine:
                reports[name] = measure(progress.track(clips, description=name), engine)
    if as_json:
        rows = {
            name: {kind: asdict(found) for kind, found in report.by_kind().items()}
            for name, report in reports.items()
        }
        models = {"stt": "pocketsphinx", "replica": False}
        answer = {"machine": machine(), "models": models, "runs": len(clips), "decoding": rows}
        out.print_json(json.dumps(answer))
        return
    kinds = list(next(iter(reports.values())).by_kind())
    title = f"Word error rate, %, on {len(clips)} recordings of people (real weights)"
    table = Table("decoding", *kinds, "rtf", "finish P95", title=title, title_justify="left")
    for name, report in reports.items():
        found = report.by_kind()
        whole = figures(report.results)
        table.add_row(
            name,
            *(f"{100 * found[kind].wer:.1f}" for kind in kinds),
            f"{whole.rtf:.2f}",
            f"{whole.finish_ms_p95:.0f} ms",
        )
    out.print(table)
    print_machine()


@app.command("thinker")
def thinker(
    *,
    model_set: SetOption = None,
    rounds: Annotated[int, typer.Option(min=1, help="Replies to each of three prompts.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Speed of the thinker against a bare llama-cpp-python loop on the same file, in one run."""
    from assistant.bench.machine import machine
    from assistant.bench.thinker import measure_thinker
    from assistant.catalog.catalog import Catalog
    from assistant.catalog.seals import sealed_paths
    from assistant.pool.replica import replica_roles

    settings = configured(None, model_set)
    name = settings.model_name("thinker")
    model = settings.models[name]
    (path,) = sealed_paths(Catalog.load().entry(model.catalogue)).values()
    is_replica = bool(replica_roles(settings, ["thinker"]))
    threads = getattr(model, "threads", 1)
    with err.status("Measuring…"):
        found = measure_thinker(path, threads=threads, rounds=rounds)
    rows = {
        "prompt, ms/token": found.engine_prompt_ms,
        "prompt, bare loop": found.bare_prompt_ms,
        "decode, ms/token": found.engine_decode_ms,
        "decode, bare loop": found.bare_decode_ms,
        "decode speed, ratio to bare": found.decode_ratio,
        "the same in processor time": found.cpu_decode_ratio,
    }
    if as_json:
        answer = {
            "machine": machine(),
            "models": {"thinker": name, "replica": is_replica},
            "runs": found.runs,
            "threads": found.threads,
            "identical_tokens": found.identical,
            "tokens_per_s": round(found.decode_tokens_per_s, 1),
            "figures": {row: figure.as_json() for row, figure in rows.items()},
        }
        out.print_json(json.dumps(answer))
        return
    title = (
        f"{name} ({'REPLICA' if is_replica else 'real weights'}), {found.threads} thread(s): "
        "engine against bare loop, "
        f"{'the same' if found.identical else 'DIFFERENT'} tokens"
    )
    out.print(distribution_table(title, rows))
    print_machine()
