"""`assistant export …`: models trained elsewhere become ONNX, several ONNX files one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from assistant import paths
from assistant.cli.configure import configured
from assistant.cli.console import err, out
from assistant.downloads.troubles import as_size
from assistant.export.audio_core import ROLES

if TYPE_CHECKING:
    from assistant.downloads.progress import PullProgress
    from assistant.export.sources import Source
    from assistant.export.steps import Exported, OnStep

app = typer.Typer(
    help="Make ONNX files of models trained elsewhere, and one file of several. Each is compared with its"
    " original before it is kept.",
    no_args_is_help=True,
)

OWN_CORE, OWN_TALKER = "audio_core.onnx", "talker_int8.onnx"
"""Of our own voice, in models/talker/artefacts."""

SourceArgument = Annotated[
    str,
    typer.Argument(metavar="SOURCE", help="A folder with the model, or OWNER/NAME on the hub."),
]
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE.onnx", help="The file to write.")]
RevisionOption = Annotated[
    str, typer.Option(help="Of a repository on the hub: a branch, tag or commit.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("whisper")
def whisper(
    source: SourceArgument,
    folder: FolderArgument,
    *,
    full_encoder: Annotated[
        bool,
        typer.Option(
            "--full-encoder", help="Leave the encoder in float32; only the decoder is INT8."
        ),
    ] = False,
    recording: Annotated[
        Path | None,
        typer.Option(help="Speech to compare with; without, eSpeak NG says a sentence."),
    ] = None,
    revision: RevisionOption = "main",
    as_json: JsonOption = False,
) -> None:
    """Whisper (tiny, base): encoder and decoder with INT8 products, as onnx-asr loads them."""
    from assistant.export.whisper import export_whisper

    samples = None
    if recording is not None:
        from assistant.audio.speech_files import read_speech

        samples = read_speech(recording).samples
    with _work(as_json=as_json) as bar:
        made = export_whisper(
            _open(source, revision, bar),
            folder,
            bar.step,
            samples=samples,
            full_encoder=full_encoder,
        )
    _show(made, as_json=as_json)


@app.command("bigvgan")
def bigvgan(
    source: SourceArgument,
    file: FileArgument,
    *,
    revision: RevisionOption = "main",
    as_json: JsonOption = False,
) -> None:
    """BigVGAN v2, NVIDIA's or Qwen2.5-Omni's: weights in half precision."""
    from assistant.export.bigvgan import export_bigvgan

    with _work(as_json=as_json) as bar:
        made = export_bigvgan(_open(source, revision, bar), _onnx(file), bar.step)
    _show(made, as_json=as_json)


@app.command("tts-encoder")
def tts_encoder(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A folder or hub repository of a VITS voice, or an ONNX file."
        ),
    ],
    file: FileArgument,
    *,
    revision: RevisionOption = "main",
    as_json: JsonOption = False,
) -> None:
    """The text encoder of a VITS voice, or one in ONNX already: products in INT8."""
    from assistant.export.tts_encoder import export_tts_encoder, quantise_encoder

    with _work(as_json=as_json) as bar:
        if source.endswith(".onnx"):
            made = quantise_encoder(Path(source), _onnx(file), bar.step)
        else:
            made = export_tts_encoder(_open(source, revision, bar), _onnx(file), bar.step)
    _show(made, as_json=as_json)


@app.command("talker-projection")
def talker_projection(
    source: SourceArgument,
    file: FileArgument,
    *,
    any_size: Annotated[
        bool, typer.Option("--any-size", help="Take other sizes than 3584 → 896 → 8448 too.")
    ] = False,
    revision: RevisionOption = "main",
    as_json: JsonOption = False,
) -> None:
    """Qwen2.5-Omni's two products between thinker and codec: FP32 with external data, and INT8."""
    from assistant.export.talker_projection import export_talker_projection

    with _work(as_json=as_json) as bar:
        opened = _open(source, revision, bar)
        made = export_talker_projection(opened, _onnx(file), bar.step, any_size=any_size)
    _show(made, as_json=as_json)


@app.command("audio-core")
def audio_core(
    file: FileArgument,
    *,
    role: Annotated[
        list[str],
        typer.Option(
            metavar="ROLE=FILE", help=f"A graph and what it does; ours are {', '.join(ROLES)}."
        ),
    ],
    example: Annotated[
        Path | None,
        typer.Option(help="Inputs to compare with, as .npz; their names are ROLE/INPUT."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """One ONNX file of several: loaded once, run one role at a time."""
    from assistant.export.core_file import export_audio_core

    files = {}
    for text in role:
        name, sign, path = text.partition("=")
        if not sign or not path or name in files:
            raise typer.BadParameter(f"{text!r} is not ROLE=FILE, or names a role twice.")
        files[name] = Path(path)
    with _work(as_json=as_json) as bar:
        made = export_audio_core(files, _onnx(file), bar.step, example)
    _show(made, as_json=as_json)


@app.command("chain")
def chain(
    file: FileArgument,
    *,
    encoder: Annotated[
        Path | None, typer.Option(help="Text encoder or audio core; without, our own.")
    ] = None,
    talker: Annotated[Path | None, typer.Option(help="Talker; without, our own, INT8.")] = None,
    vocoder: Annotated[
        Path | None, typer.Option(help="Vocoder or audio core; without, our own.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The whole way from phoneme ids to sound in one ONNX file."""
    from assistant.export.chain import export_chain

    own = paths.packaged_models() / "talker" / "artefacts"
    with _work(as_json=as_json) as bar:
        made = export_chain(
            encoder or own / OWN_CORE,
            talker or own / OWN_TALKER,
            vocoder or own / OWN_CORE,
            _onnx(file),
            bar.step,
        )
    _show(made, as_json=as_json)


def _onnx(file: Path) -> Path:
    if file.suffix != ".onnx" or file.is_dir():
        raise typer.BadParameter(f"{file} is no name for a file that ends in .onnx.")
    return file


def _open(source: str, revision: str, bar: _Bar) -> Source:
    from assistant.export.hub import open_source

    return open_source(source, revision, lambda: configured(None, None).downloads, bar.fetched)


# --- what people see ------------------------------------------------------------------------------------


class _Bar:
    """Shows the step an exporter is at, and within it what is being fetched."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("begin", total=None, note="")
        self.step: OnStep = self._step

    def _step(self, number: int, count: int, name: str) -> None:
        self._progress.update(self._task, description=name, completed=number, total=count, note="")

    def fetched(self, report: PullProgress) -> None:
        total = f" of {as_size(report.total_bytes)}" if report.total_bytes else ""
        note = f"{report.file} {as_size(report.done_bytes)}{total}" if report.file else ""
        self._progress.update(self._task, note=escape(report.note or note))


@contextmanager
def _work(*, as_json: bool) -> Iterator[_Bar]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    hidden = as_json or not err.is_terminal
    with Progress(*columns, console=err, disable=hidden, transient=True) as progress:
        yield _Bar(progress)


def _show(made: Exported, *, as_json: bool) -> None:
    total = sum(made.sizes.values())
    if as_json:
        row = {**asdict(made), "folder": str(made.folder), "bytes": total}
        out.print_json(json.dumps(row))
        return
    table = Table(
        "file", "size", title=escape(f"{made.what} in {made.folder}"), title_justify="left"
    )
    table.columns[1].justify = "right"
    for name, size in made.sizes.items():
        table.add_row(escape(name), f"{size:,}")
    share = f" ({total / made.original_bytes:.0%} of {made.original_bytes:,})"
    table.add_row("together", f"{total:,}{share if made.original_bytes else ''}")
    out.print(table)
    for check in made.checks:
        out.print(f"[green]✓[/] {escape(f'{check.name}: {check.detail}')}", highlight=False)
    for note in made.notes:
        out.print(note, style="dim", highlight=False, markup=False)
