"""`assistant devices`: which microphones and loudspeakers there are, and whether they work."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from assistant.cli.configure import configured
from assistant.cli.console import err, out
from assistant.errors import AudioError, SettingsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.audio.backend import AudioBackend, Device
    from assistant.audio.device_events import DeviceEvent

RECORD_S = 3.0
TONE_S = 1.0
METER_CELLS = 40
QUIETEST_DBFS = -60.0
"""Left end of the level meter: a quiet room on a laptop's microphone."""

PATIENCE_S = 20.0
"""After that a loudspeaker that takes nothing is given up."""


def devices(
    *,
    test_tone: Annotated[
        bool, typer.Option("--test-tone", help="Play a short tone on the loudspeaker.")
    ] = False,
    record_and_play: Annotated[
        bool,
        typer.Option("--record-and-play", help="Record three seconds, then play them."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List microphones and loudspeakers, and try them out."""
    from assistant.audio.portaudio import PortAudioBackend

    backend = PortAudioBackend()
    chosen = _chosen()
    found = backend.devices()
    if not found:
        raise AudioError(
            "no_device",
            "There is neither a microphone nor a loudspeaker.",
            "Plug one in, or check the sound settings of your system.",
        )
    problems = _problems(found, chosen)
    result: dict[str, object] = {"devices": _described(found, chosen)}
    if not as_json:
        _print(found, chosen)
        for problem in problems:
            err.print(f"[yellow]![/] {problem.message} {problem.hint}", highlight=False)
    if test_tone:
        result["test_tone"] = _test_tone(backend, chosen["output"])
    if record_and_play:
        result["recording"] = _record_and_play(backend, chosen, silent=as_json)
    if as_json:
        out.print_json(json.dumps(result))


def _chosen() -> dict[str, str | None]:
    """Return the names in the settings; defaults where those cannot be read (`doctor` tells why)."""
    try:
        audio = configured(None, None).audio
    except SettingsError:
        return {"input": None, "output": None}
    return {"input": audio.input_device, "output": audio.output_device}


def _match(found: tuple[Device, ...], kind: str, wanted: str | None) -> str:
    from assistant.audio.choosing import choose

    try:
        return choose(found, wanted, "input" if kind == "input" else "output").name
    except AudioError:
        return ""


def _problems(found: tuple[Device, ...], chosen: dict[str, str | None]) -> list[AudioError]:
    from assistant.audio.choosing import choose

    problems = []
    for kind in ("input", "output"):
        try:
            choose(found, chosen[kind], "input" if kind == "input" else "output")
        except AudioError as exc:
            problems.append(exc)
    return problems


def _described(found: tuple[Device, ...], chosen: dict[str, str | None]) -> list[dict[str, object]]:
    names = {kind: _match(found, kind, chosen[kind]) for kind in ("input", "output")}
    return [
        asdict(device)
        | {
            "is_chosen_input": device.inputs > 0 and device.name == names["input"],
            "is_chosen_output": device.outputs > 0 and device.name == names["output"],
        }
        for device in found
    ]


def _print(found: tuple[Device, ...], chosen: dict[str, str | None]) -> None:
    for kind, title in (("input", "Microphones"), ("output", "Loudspeakers")):
        table = Table(
            box=None, padding=(0, 1), show_header=False, title_justify="left", title=title
        )
        name_in_use = _match(found, kind, chosen[kind])
        for device in found:
            channels = device.inputs if kind == "input" else device.outputs
            if not channels:
                continue
            is_default = device.is_default_input if kind == "input" else device.is_default_output
            table.add_row(
                "[green]●[/]" if device.name == name_in_use else " ",
                Text(device.name),
                f"[dim]{device.rate_hz} Hz, {channels} channel{'s'[: channels > 1]}[/]",
                "[dim]default[/]" if is_default else "",
            )
        out.print(table)
    out.print("[dim]● in use. To choose: audio.input_device and audio.output_device.[/]")


def _test_tone(backend: AudioBackend, device: str | None) -> dict[str, object]:
    import numpy as np

    rate_hz = 24_000
    time_s = np.arange(round(TONE_S * rate_hz)) / rate_hz
    edge = np.clip(np.minimum(time_s, TONE_S - time_s) / 0.02, 0, 1)
    tone = (0.2 * edge * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32)
    err.print("Playing a tone of one second …", highlight=False)
    return _play(backend, device, tone, rate_hz)


def _play(
    backend: AudioBackend, device: str | None, samples: NDArray[np.float32], rate_hz: int
) -> dict[str, object]:
    """Play and wait until it was heard; say what the device reported.

    Raises:
        AudioError: no loudspeaker, or one that takes nothing.
    """
    from assistant.audio.device_events import DeviceLost, Played
    from assistant.audio.playback import Loudspeaker

    done = threading.Event()

    def note(event: DeviceEvent) -> None:
        if isinstance(event, Played):
            done.set()
        elif isinstance(event, DeviceLost):
            err.print(f"[yellow]![/] {event.message}", highlight=False)

    speaker = Loudspeaker(backend, device, note)
    speaker.start()
    try:
        speaker.play(0, samples, rate_hz)
        speaker.end(0)
        if not done.wait(samples.size / rate_hz + PATIENCE_S):
            raise AudioError(
                "output_device_dead",
                "The loudspeaker takes no sound.",
                "Check that it is not suspended, or choose another one.",
            )
        time.sleep(speaker.latency_s + 0.05)  # what the device still holds
        stats = speaker.stats()
    finally:
        speaker.stop()
    return {"device": stats.device, "rate_hz": stats.rate_hz, "latency_s": stats.latency_s,
            "xruns": stats.xruns}  # fmt: skip


def _record_and_play(
    backend: AudioBackend, chosen: dict[str, str | None], *, silent: bool
) -> dict[str, object]:
    import numpy as np

    from assistant.audio.capture import Microphone
    from assistant.audio.framing import LISTENING_RATE_HZ

    frames: list[NDArray[np.float32]] = []
    full = threading.Event()

    def take(samples: NDArray[np.float32], position: int, _captured_s: float) -> None:
        frames.append(samples)
        if position + samples.size >= RECORD_S * LISTENING_RATE_HZ:
            full.set()

    microphone = Microphone(backend, chosen["input"], take, lambda _event: None)
    microphone.start()
    try:
        with Live(console=err, refresh_per_second=15, transient=True, auto_refresh=False) as live:
            deadline_s = time.monotonic() + RECORD_S + PATIENCE_S
            while not full.wait(1 / 15) and time.monotonic() < deadline_s:
                if not silent:
                    live.update(_meter(microphone.level_dbfs), refresh=True)
        stats = microphone.stats()
    finally:
        microphone.stop()
    samples = np.concatenate([*frames, np.zeros(0, np.float32)])
    if not samples.any():
        raise AudioError(
            "input_device_dead",
            "The microphone delivers only zeros." if frames else "The microphone delivers nothing.",
            "Unmute it in the sound settings, or choose another one.",
        )
    level_dbfs = 10 * float(np.log10(np.mean(np.square(samples)) + 1e-10))
    if not silent:
        err.print(
            f"Recorded {samples.size / LISTENING_RATE_HZ:.1f} s at {level_dbfs:.0f} dBFS. Playing …",
            highlight=False,
        )
    played = _play(backend, chosen["output"], samples, LISTENING_RATE_HZ)
    return {
        "device": stats.device,
        "rate_hz": stats.rate_hz,
        "level_dbfs": round(level_dbfs, 1),
        "xruns": stats.xruns,
        "lost_samples": stats.lost_samples,
        "played": played,
    }


def _meter(level_dbfs: float) -> Text:
    filled = round(METER_CELLS * (1 - max(QUIETEST_DBFS, level_dbfs) / QUIETEST_DBFS))
    return Text.assemble(
        "Speak now  ",
        ("█" * filled, "green" if level_dbfs < -3 else "red"),  # noqa: PLR2004 - near clipping
        ("·" * (METER_CELLS - filled), "dim"),
        f" {level_dbfs:5.0f} dBFS",
    )
