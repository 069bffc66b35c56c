"""`assistant ask`, `transcribe` and `say`: whole turns and single stages on files, without devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import err, out, print_json_line
from assistant.cli.live import TurnPrinter, stage_table
from assistant.errors import AudioError, ModelError
from assistant.events import Event
from assistant.worker.client import ALL_ROLES

if TYPE_CHECKING:
    from assistant.api import Assistant, TurnRecord
    from assistant.events import WorkerReady
    from assistant.settings import Settings


class Pace(StrEnum):
    """How an audio file is fed."""

    live = "live"
    fast = "fast"


SetOption = Annotated[
    str | None, typer.Option("--set", help="Model set to use instead of the configured one.")
]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="Settings file to use instead of the usual ones.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
QuietOption = Annotated[bool, typer.Option("--no-play", help="Do not play the audio.")]


def ask(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Recordings of questions; each is one turn of one conversation."),
    ] = None,
    *,
    text: Annotated[str | None, typer.Option("--text", "-t", help="Ask this instead.")] = None,
    reply_out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the spoken reply here, as WAV.")
    ] = None,
    pace: Annotated[
        Pace,
        typer.Option(
            help="live: feed the recording as a microphone would, so that the latencies are those of"
            " a live turn. fast: all at once."
        ),
    ] = Pace.live,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    no_play: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask a question, spoken in a file or typed, and get the answer as text and speech."""
    from assistant.audio.speech_files import read_speech

    if bool(files) == (text is not None):
        raise typer.BadParameter("Give one or more recordings, or a question with --text.")
    speeches = [(path, read_speech(path)) for path in files or []]
    for path, speech in speeches:
        if not speech.has_speech:
            raise AudioError(
                "no_speech", f"There is no speech in {path.name}.", "Record it again, closer."
            )
    printer = TurnPrinter(as_json=as_json, play=not no_play and not as_json)
    with running(settings, model_set, printer, as_json=as_json) as (assistant, ready):
        if text is not None:
            record = assistant.ask_and_wait(text)
            _finish(assistant, ready, record, reply_out, printer, as_json=as_json)
        for index, (path, speech) in enumerate(speeches):
            record = assistant.hear_and_wait(
                speech.samples, speech_end=speech.speech_end, live=pace is Pace.live
            )
            target = _numbered(reply_out, index, len(speeches))
            _finish(assistant, ready, record, target, printer, as_json=as_json, file=path)
        printer.close()


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings to write down.")],
    *,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down what is said in recordings; nothing for one without speech."""
    from assistant.audio.speech_files import read_speech
    from assistant.dialogue.record import TurnRecord

    speeches = [(path, read_speech(path)) for path in files]
    with running(settings, model_set, lambda _event: None, as_json=as_json, roles=("stt",)) as (
        assistant,
        _,
    ):
        for path, speech in speeches:
            record = TurnRecord(0)
            if speech.has_speech:
                record = assistant.hear_and_wait(speech.samples, reply=False, live=False)
            if record.failure is not None:
                raise record.failure
            if as_json:
                print_json_line(
                    {
                        "file": str(path),
                        "text": record.transcript,
                        "audio_s": round(speech.seconds, 3),
                        "compute_ms": record.timings.as_json()["stt_compute"],
                    }
                )
            else:
                prefix = f"{path.name}: " if len(speeches) > 1 else ""
                out.print(f"{prefix}{record.transcript}", highlight=False, markup=False)


def say(
    text: Annotated[str, typer.Argument(help="What to say; a short sample when left out.")] = "",
    *,
    voice: Annotated[
        str | None,
        typer.Option(
            "--voice", help="Voice to try: a model (piper-en-alba) or one of its voices (bf_emma)."
        ),
    ] = None,
    list_voices: Annotated[
        bool, typer.Option("--list-voices", help="Show the voices there are; say nothing.")
    ] = False,
    reply_out: Annotated[
        Path | None, typer.Option("--out", "-o", help="WAV file to write.")
    ] = None,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    no_play: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Speak a text, with the set's voice or with another one to hear how it sounds."""
    from assistant.cli.voices import SAMPLES, show_voices
    from assistant.pool.voices import with_voice

    if list_voices:
        show_voices(settings, model_set, as_json=as_json)
        return

    def changed(before: Settings) -> Settings:
        return with_voice(before, voice) if voice else before

    printer = TurnPrinter(
        as_json=True, play=not no_play and not as_json
    )  # the text is known already
    with running(settings, model_set, printer, as_json=as_json, roles=("tts",), change=changed) as (
        assistant,
        ready,
    ):
        text = text or SAMPLES[assistant.settings.language]
        record = assistant.say_and_wait(text)
        if record.failure is not None:
            raise record.failure
        audio = _write(record, reply_out)
        printer.close()
        if as_json:
            timings = record.timings.as_json()
            print_json_line(
                {
                    "text": text,
                    "audio": audio,
                    "timings_ms": {key: timings[key] for key in ("tts_first", "total")},
                    "models": {
                        "set": assistant.settings.set,
                        "tts": ready.models["tts"],
                        "voice": voice,
                    },
                }
            )
        elif reply_out is not None:
            err.print(f"{record.audio_s:.1f} s of speech written to {reply_out}.", highlight=False)
        elif not printer.is_playing:
            err.print("No loudspeaker here; use --out FILE to keep the speech.", highlight=False)


@contextmanager
def running(
    settings_file: Path | None,
    model_set: str | None,
    on_event: Callable[[Event], None],
    *,
    as_json: bool,
    roles: Sequence[str] = ALL_ROLES,
    replicas_allowed: bool = False,
    change: Callable[[Settings], Settings] = lambda settings: settings,
) -> Iterator[tuple[Assistant, WorkerReady]]:
    """Load settings, start an assistant, wait until it is ready, stop it at the end.

    ``change`` is applied to the settings first.

    Raises:
        ModelError: ``replica_cannot_answer`` unless replicas are allowed, or a model's own.
    """
    from assistant.api import Assistant
    from assistant.cli.configure import configured

    settings = change(configured(settings_file, model_set))
    if not replicas_allowed:
        refuse_replicas(settings, roles)
    with Assistant(settings, on_event=on_event, roles=roles) as assistant:
        if as_json:
            ready = assistant.wait_until_ready()
        else:
            with err.status("Loading the models…"):
                ready = assistant.wait_until_ready()
        for sentence in ready.fallbacks:
            err.print(f"[yellow]![/] {sentence}", highlight=False)
        yield assistant, ready


def refuse_replicas(settings: Settings, roles: Sequence[str] = ALL_ROLES) -> None:
    """Raise where a model with random weights would serve: what it says is no answer.

    Raises:
        ModelError: ``replica_cannot_answer``.
    """
    from assistant.catalog.replicas import VARIABLE
    from assistant.pool.replica import replica_roles

    if replica_roles(settings, roles):
        raise ModelError(
            "replica_cannot_answer",
            f"The set {settings.set} would be served by replicas with random weights, whose words are no"
            " answer.",
            f"Unset {VARIABLE}, or measure with `assistant bench … --replica`.",
        )


def _finish(
    assistant: Assistant,
    ready: WorkerReady,
    record: TurnRecord,
    reply_out: Path | None,
    printer: TurnPrinter,
    *,
    as_json: bool,
    file: Path | None = None,
) -> None:
    if record.failure is not None:
        printer.end_line()
        raise record.failure
    if not record.transcript:
        raise AudioError(
            "no_words",
            f"No words were understood in {file.name if file else 'the question'}.",
            "Speak closer to the microphone, or try another recording.",
        )
    audio = _write(record, reply_out)
    if as_json:
        print_json_line(turn_json(assistant, ready, record, audio, file))
    else:
        printer.end_line()
        err.print(stage_table(record, assistant.memory_mb()))
        if reply_out is not None:
            err.print(f"Reply written to {reply_out}.", highlight=False)


def turn_json(
    assistant: Assistant,
    ready: WorkerReady,
    record: TurnRecord,
    audio: Mapping[str, object],
    file: Path | None,
) -> dict[str, object]:
    """One turn as `ask --json` prints it (design.md §7)."""
    timings = record.timings
    return {
        **({"file": str(file)} if file else {}),
        "transcript": record.transcript,
        "reply": record.reply,
        "tools": [
            {
                "name": tool.name,
                "arguments": dict(tool.arguments),
                "result": dict(tool.result),
                "ms": round(tool.duration_ms, 1),
            }
            for tool in record.tools
        ],
        "audio": audio,
        "timings_ms": timings.as_json(),
        "tokens": {
            "prompt_evaluated": timings.prompt_tokens_evaluated,
            "prompt_reused": timings.prompt_tokens_reused,
            "generated": timings.generated_tokens,
            "per_s": round(timings.tokens_per_s, 1) if timings.tokens_per_s else None,
        },
        "models": {"set": assistant.settings.set, **ready.models},
        "memory_mb": assistant.memory_mb(),
    }


def _write(record: TurnRecord, target: Path | None) -> dict[str, object]:
    if target is not None:
        from assistant.audio.files import write_wav

        write_wav(target, record.audio, record.rate_hz or 24_000)
    return {
        "path": str(target) if target else None,
        "seconds": round(record.audio_s, 3),
        "rate_hz": record.rate_hz,
    }


def _numbered(target: Path | None, index: int, count: int) -> Path | None:
    if target is None or count == 1:
        return target
    return target.with_stem(f"{target.stem}-{index + 1}")
