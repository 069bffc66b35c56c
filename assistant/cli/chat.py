"""`assistant chat`: a conversation by microphone and loudspeaker, in the terminal."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.text import Text

from assistant.cli.ask import JsonOption, SetOption, SettingsOption, refuse_replicas, turn_json
from assistant.cli.configure import configured
from assistant.cli.console import err, out, print_json_line
from assistant.cli.keyboard import HeldKey, Keyboard
from assistant.cli.live import stage_table
from assistant.dialogue.record import TurnRecord
from assistant.events import (
    Event,
    ListeningChanged,
    LoudspeakerChanged,
    MicrophoneChanged,
    ReplyStarted,
    ReplyUpdated,
    TimerDue,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnCommitted,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
    WorkerLost,
    WorkerReady,
)
from assistant.metrics import now_s

if TYPE_CHECKING:
    from assistant.api import Assistant
    from assistant.settings import Settings

LEVEL_CELLS = 20
QUIETEST_DBFS, LOUDEST_DBFS = -60.0, -10.0
"""Ends of the level bar: a quiet room's noise, and speech close to the microphone."""

KEYS = "space talk · m mute · c cancel · q quit"


def chat(
    *,
    push_to_talk: Annotated[
        bool | None,
        typer.Option(
            "--push-to-talk/--hands-free", help="Listen only with the talk key, or all the time."
        ),
    ] = None,
    microphone: Annotated[
        str | None, typer.Option("--input", help="Microphone, by name or part of it.")
    ] = None,
    loudspeaker: Annotated[
        str | None, typer.Option("--output", help="Loudspeaker, by name or part of it.")
    ] = None,
    turns: Annotated[
        int | None, typer.Option(min=1, help="End after this many answered turns.")
    ] = None,
    model_set: SetOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Talk with the assistant: just speak, or press the space bar to be heard."""
    from assistant.api import Assistant

    chosen = _chosen(settings, model_set, push_to_talk, microphone, loudspeaker)
    refuse_replicas(chosen)
    view = ChatView(as_json=as_json, turns=turns)
    with Assistant(chosen, on_event=view, keeps_history=True) as assistant:
        assistant.go_live()
        if as_json or not out.is_terminal:
            view.attach(assistant, assistant.wait_until_ready())
            err.print("Listening.")
            view.wait()
            return
        with err.status("Loading the models…"):
            ready = assistant.wait_until_ready()
        view.attach(assistant, ready)
        out.print(f"[dim]{KEYS}[/]")
        hand = _Hand(assistant, view)
        with (
            Keyboard(hand.key, hand.quiet),
            Live(
                get_renderable=view.status_line, console=out, refresh_per_second=15, transient=True
            ),
        ):
            view.wait()


def _chosen(
    settings_file: Path | None,
    model_set: str | None,
    push_to_talk: bool | None,
    microphone: str | None,
    loudspeaker: str | None,
) -> Settings:
    settings = configured(settings_file, model_set)
    listening, audio = settings.listening, settings.audio
    if push_to_talk is not None:
        mode = "push_to_talk" if push_to_talk else "hands_free"
        listening = listening.model_copy(update={"mode": mode})
    named = {"input_device": microphone, "output_device": loudspeaker}
    audio = audio.model_copy(update={key: name for key, name in named.items() if name is not None})
    return settings.model_copy(update={"listening": listening, "audio": audio})


class ChatView:
    """What the person sees; events come on the conversation thread, the status line on rich's."""

    def __init__(self, *, as_json: bool, turns: int | None) -> None:
        self._as_json = as_json
        self._turns_left = turns
        self._over = threading.Event()
        self._assistant: Assistant | None = None
        self._ready: WorkerReady | None = None
        self._records: dict[int, TurnRecord] = {}
        self._state = self._rest = ""
        self._partial = ""
        self._reply = ""
        self.is_muted = False

    def attach(self, assistant: Assistant, ready: WorkerReady) -> None:
        """Show this assistant, which is ready."""
        self._assistant, self._ready = assistant, ready
        by_key = assistant.settings.listening.mode == "push_to_talk"
        self._state = "space to talk" if by_key else "listening"
        self._rest = self._state

    def wait(self) -> None:
        """Block until the conversation is to end."""
        self._over.wait()

    def end(self) -> None:
        """End the conversation; any thread."""
        self._over.set()

    def status_line(self) -> Text:
        """Return the live line: level, state, what is heard or answered now."""
        level = self._assistant.level_dbfs if self._assistant else QUIETEST_DBFS
        share = (level - QUIETEST_DBFS) / (LOUDEST_DBFS - QUIETEST_DBFS)
        cells = round(LEVEL_CELLS * min(1.0, max(0.0, share)))
        line = Text("▮" * cells, style="green") + Text("▯" * (LEVEL_CELLS - cells), style="dim")
        line.append(f" {'muted' if self.is_muted else self._state} ", style="bold")
        line.append(self._partial or self._reply, style="italic")
        line.no_wrap, line.overflow = True, "ellipsis"
        return line

    def __call__(self, event: Event) -> None:
        """Take one event."""
        turn_id = getattr(event, "turn_id", None)
        if turn_id is not None:
            self._records.setdefault(turn_id, TurnRecord(turn_id)).add(event)
        self._follow(event)
        if isinstance(event, TurnFinished | TurnInterrupted | TurnFailed | TurnCancelled):
            record = self._records.pop(event.turn_id)
            self._state, self._partial, self._reply = self._rest, "", ""
            self._ended(event, record)

    def _follow(self, event: Event) -> None:
        match event:
            case TurnStarted():
                self._state = "hearing you"
            case TranscriptUpdated():
                self._partial = event.text
            case TurnCommitted():
                self._state = "thinking"
                self._say("[bold cyan]You  [/]", self._records[event.turn_id].transcript)
                self._partial = ""
            case ReplyUpdated():
                self._reply += event.delta
            case ReplyStarted():
                self._state = "speaking"
            case ToolUsed():
                said = ", ".join(f"{k}={v!r}" for k, v in event.arguments.items())
                result = ", ".join(f"{k}: {v}" for k, v in event.result.items())
                self._note(f"      ⚙ {event.name}({said}) → {result}")
            case MicrophoneChanged() | LoudspeakerChanged() if event.message:
                self._note(f"! {event.message}")
            case MicrophoneChanged() | LoudspeakerChanged() if self._ready and event.name:
                self._note(f"Now using {event.name}.")
            case ListeningChanged():
                self.is_muted = not event.is_listening
            case WorkerLost():
                self._note(f"! {event.message}")
                if not event.restarting:
                    self.end()
            case TimerDue():
                self._note(f"⏰ {event.name or 'timer'}")
            case _:
                pass

    def _ended(self, event: Event, record: TurnRecord) -> None:
        match event:
            case TurnFinished(transcript="", reply=""):
                return
            case TurnFinished():
                self._say("[bold green]Sarai[/]", record.reply)
            case TurnInterrupted():
                self._say("[bold green]Sarai[/]", f"{event.heard} —" if event.heard else "—")
            case TurnFailed():
                self._note(f"✗ {event.message} {event.hint}")
            case _:
                return
        self._figures(record)
        if self._turns_left is not None and not isinstance(event, TurnFailed):
            self._turns_left -= 1
            if self._turns_left <= 0:
                self.end()

    def _figures(self, record: TurnRecord) -> None:
        if self._assistant is None or self._ready is None:
            return
        if self._as_json:
            audio = {"path": None, "seconds": round(record.audio_s, 3), "rate_hz": record.rate_hz}
            line = turn_json(self._assistant, self._ready, record, audio, None)
            print_json_line({**line, "heard": record.heard})
        else:
            out.print(stage_table(record, self._assistant.memory_mb()))

    def _say(self, who: str, text: str) -> None:
        if not self._as_json and text:
            out.print(who, end=" ")
            out.print(text, highlight=False, markup=False)

    def _note(self, text: str) -> None:
        (err if self._as_json else out).print(text, style="dim", highlight=False, markup=False)


class _Hand:
    """Keys → what they mean; on the keyboard's thread."""

    def __init__(self, assistant: Assistant, view: ChatView) -> None:
        self._assistant = assistant
        self._view = view
        self._talk = HeldKey()

    def key(self, key: str) -> None:
        match key.lower():
            case " ":
                self._to(self._talk.pressed(now_s()))
            case "m":
                self._assistant.mute(on=not self._view.is_muted)
            case "c" | "\x1b":
                self._talk = HeldKey()
                self._assistant.cancel()
            case "q" | "\x04":
                self._view.end()
            case _:
                pass

    def quiet(self) -> None:
        self._to(self._talk.waited(now_s()))

    def _to(self, after: HeldKey) -> None:
        if after.is_talking != self._talk.is_talking:
            self._assistant.talk(on=after.is_talking)
        self._talk = after
