"""A turn as it happens on the terminal, and its stage table afterwards."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from rich.table import Table

from assistant.cli.console import err, out
from assistant.errors import AudioError
from assistant.events import Event, ReplyAudio, ReplyUpdated, ToolUsed, TranscriptUpdated

if TYPE_CHECKING:
    from assistant.audio.device_events import DeviceEvent
    from assistant.audio.playback import Loudspeaker
    from assistant.dialogue.record import TurnRecord

BAR_CELLS = 30

REPLY = 0
"""All replies of one command are played as one generation: nobody interrupts them."""

LOUDSPEAKER_PATIENCE_S = 5.0


class TurnPrinter:
    """Prints a turn's words as they come and plays its audio where a loudspeaker exists.

    Called on the conversation thread, so it only prints and queues.
    """

    def __init__(self, *, as_json: bool, play: bool) -> None:
        self._silent = as_json
        self._play = play
        self._speaker: Loudspeaker | None = None
        self._queued_s = 0.0
        self._played = threading.Event()
        self._in_reply = False

    @property
    def is_playing(self) -> bool:
        """Whether a loudspeaker was found."""
        return self._speaker is not None

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case ReplyAudio():
                self._sound(event)
            case TranscriptUpdated(is_final=True) if not self._silent and event.text:
                out.print("[bold cyan]You  [/] ", end="")
                out.print(event.text, highlight=False, markup=False)
            case ToolUsed() if not self._silent:
                said = ", ".join(f"{k}={v!r}" for k, v in event.arguments.items())
                result = ", ".join(f"{k}: {v}" for k, v in event.result.items())
                err.print(
                    f"      ⚙ {event.name}({said}) → {result}  {event.duration_ms:.0f} ms",
                    style="dim",
                    highlight=False,
                    markup=False,
                )
            case ReplyUpdated() if not self._silent:
                if not self._in_reply:
                    out.print("[bold green]Sarai[/] ", end="")
                    self._in_reply = True
                out.print(event.delta, end="", highlight=False, markup=False)
            case _:
                pass

    def end_line(self) -> None:
        """Finish the reply's line, if one was begun."""
        if self._in_reply:
            out.print()
            self._in_reply = False

    def close(self) -> None:
        """Let the loudspeaker finish and close it."""
        if self._speaker is None:
            return
        self._speaker.end(REPLY)
        # Bounded: a loudspeaker that takes nothing must not keep the command from ending.
        self._played.wait(self._queued_s + LOUDSPEAKER_PATIENCE_S)
        time.sleep(self._speaker.latency_s)  # what the device still holds
        self._speaker.stop()

    def _sound(self, event: ReplyAudio) -> None:
        if not self._play:
            return
        if self._speaker is None:
            from assistant.audio.playback import Loudspeaker
            from assistant.audio.portaudio import PortAudioBackend

            speaker = Loudspeaker(PortAudioBackend(), None, self._note)
            try:
                speaker.start()
            except AudioError:
                self._play = False
                return
            self._speaker = speaker
        self._queued_s += event.samples.size / event.rate_hz
        self._speaker.play(REPLY, event.samples, event.rate_hz)

    def _note(self, event: DeviceEvent) -> None:
        from assistant.audio.device_events import Played

        if isinstance(event, Played):
            self._played.set()


def stage_table(record: TurnRecord, memory_mb: dict[str, float]) -> Table:
    """The turn's stages as bars on one time axis that starts at the endpoint."""
    timings = record.timings
    spans = [
        ("hear", timings.endpoint, timings.stt_done, "the rest of the recognition"),
        ("think", timings.stt_done, timings.first_piece, "to the first speakable words"),
        ("speak", timings.first_piece, timings.tts_first, "to the first audible samples"),
        ("[bold]e2e", timings.endpoint, timings.first_audio, "endpoint → first sound"),
    ]
    whole_s = max((b - a for _, a, b, _ in spans if a is not None and b is not None), default=0.0)
    table = Table(box=None, padding=(0, 1), show_header=False)
    for name, start, end, meaning in spans:
        if start is None or end is None or timings.endpoint is None:
            continue
        bar = _bar(start - timings.endpoint, end - start, whole_s)
        table.add_row(
            f"[dim]{name}[/]", f"{(end - start) * 1000:.0f} ms", bar, f"[dim]{meaning}[/]"
        )
    facts = [f"{record.audio_s:.1f} s of speech"]
    if timings.stt_compute_ms:
        facts.append(f"{timings.stt_compute_ms:.0f} ms of recognition in all")
    if timings.tool_ms is not None:
        facts.append(f"tools {timings.tool_ms:.0f} ms")
    if timings.tokens_per_s:
        facts.append(
            f"{timings.generated_tokens} tokens at {timings.tokens_per_s:.0f}/s,"
            f" {timings.prompt_tokens_evaluated} read, {timings.prompt_tokens_reused} kept"
        )
    facts.append(f"memory {memory_mb['worker']:.0f} + {memory_mb['app']:.0f} MB")
    table.caption = " · ".join(facts)
    table.caption_justify = "left"
    return table


def _bar(offset_s: float, length_s: float, whole_s: float) -> str:
    if whole_s <= 0:
        return ""
    before = round(BAR_CELLS * offset_s / whole_s)
    cells = max(1, round(BAR_CELLS * length_s / whole_s))
    return " " * before + "[cyan]" + "━" * cells + "[/]"
