"""Microphones and loudspeakers as a window shows them, and a trial of both: record, play back, judge.

Owns the one sound system of the process. Deliberately not the conversation's devices: those are the running
assistant's, which is muted meanwhile.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from assistant.errors import AudioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.audio.backend import AudioBackend, Device
    from assistant.audio.device_events import DeviceEvent
    from assistant.settings.live import AudioSettings

Step = Literal["recording", "playing"]
Verdict = Literal["good", "quiet", "clipping", "no_speech", "zeros"]

RECORD_S = 3.0

STEP_S = 0.05
"""How often progress is told and cancelling is looked at."""

PATIENCE_S = 10.0
"""After that a device that moves nothing is given up; a suspended one takes two seconds to wake."""

FRAME_S = 0.03

QUIET_DBFS = -40.0
"""Speech below is quiet. The loudest twentieth of frames, in 178 recordings: median -18; 5 % below -42."""

FULL_SCALE = 0.999
CLIPPED_SHARE = 5e-4
"""Share of samples at full scale from which one hears it: 24 of 3 s. Of our recordings 5 % have more."""

PLUMBING = re.compile(
    r"^(sysdefault|front|rear|center_lfe|side|surround\d+|dmix|dsnoop|iec958|spdif|lavrate|samplerate|speexrate"
    r"|upmix|vdownmix|null|jack|oss|usbstream|modem|/dev/dsp\d*)(:.*)?$"
)
"""ALSA's further names for devices that are listed under their own. Source: alsa-lib's and alsa-plugins'
configuration files."""


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """One microphone or loudspeaker.

    Attributes:
        name: what the settings remember.
        is_default: the system uses it unless told otherwise.
    """

    name: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class DeviceLists:
    """What is plugged in now.

    Attributes:
        microphones: the default first.
        loudspeakers: the default first.
    """

    microphones: tuple[DeviceChoice, ...]
    loudspeakers: tuple[DeviceChoice, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What recording and playing back has found.

    Attributes:
        verdict: ``zeros`` = muted or suspended, ``no_speech`` = sound, but nobody speaks in it.
        microphone: the device that was recorded.
        loudspeaker: the device it was played on; empty if there was nothing to play.
        level_dbfs: of the loudest twentieth of its frames, as speech is.
        clipped_share: samples at full scale, 0 to 1.
        lost_samples: at 16 kHz, that the microphone lost.
        underruns: times the loudspeaker ran dry.
    """

    verdict: Verdict
    microphone: str
    loudspeaker: str
    level_dbfs: float
    clipped_share: float
    lost_samples: int
    underruns: int


@lru_cache(maxsize=1)
def sound_system() -> AudioBackend:
    """Return the sound system of this process, made at the first call.

    There must be but one: a second one that looks for new devices would end the streams of the first.
    """
    from assistant.audio.portaudio import PortAudioBackend

    return PortAudioBackend()


def list_devices(backend: AudioBackend | None = None) -> DeviceLists:
    """List what is plugged in now, without ALSA's duplicates. Blocks up to half a second; any thread.

    Raises:
        AudioError: ``no_portaudio``.
    """
    found = (backend or sound_system()).devices()
    return DeviceLists(
        _choices(found, lambda device: device.inputs, lambda device: device.is_default_input),
        _choices(found, lambda device: device.outputs, lambda device: device.is_default_output),
    )


def _choices(
    found: tuple[Device, ...], channels: Callable[[Device], int], default: Callable[[Device], bool]
) -> tuple[DeviceChoice, ...]:
    names: dict[str, bool] = {}
    for device in found:
        if channels(device) and (default(device) or not PLUMBING.match(device.name)):
            names[device.name] = names.get(device.name, False) or default(device)
    choices = [DeviceChoice(name, is_default) for name, is_default in names.items()]
    return tuple(sorted(choices, key=lambda choice: not choice.is_default))


def try_out(
    audio: AudioSettings,
    on_step: Callable[[Step, float, float], None] = lambda _step, _share, _level_dbfs: None,
    cancelled: Callable[[], bool] = lambda: False,
    backend: AudioBackend | None = None,
) -> Trial | None:
    """Record `RECORD_S` seconds, play them, and say what was found; None if cancelled.

    Blocks for the time of both; any thread but the window's.

    Args:
        audio: which devices.
        on_step: told some twenty times a second what is done, how much of it (0 to 1), and the level.
        cancelled: looked at as often.
        backend: the sound system; None = this computer's.

    Raises:
        AudioError: a device is missing, busy or dead.
    """
    backend = backend or sound_system()
    recorded = _record(backend, audio.input_device, on_step, cancelled)
    if recorded is None:
        return None
    samples, microphone, lost_samples = recorded
    verdict, level_dbfs, clipped_share = judge(samples)
    if verdict == "zeros":
        return Trial(verdict, microphone, "", level_dbfs, clipped_share, lost_samples, 0)
    played = _play(backend, audio.output_device, samples, on_step, cancelled)
    if played is None:
        return None
    loudspeaker, underruns = played
    return Trial(
        verdict, microphone, loudspeaker, level_dbfs, clipped_share, lost_samples, underruns
    )


def judge(samples: NDArray[np.float32]) -> tuple[Verdict, float, float]:
    """Return the verdict on a recording (mono, 16 kHz), its level and its share of clipped samples."""
    from assistant.audio.bounds import speech_bounds
    from assistant.audio.framing import LISTENING_RATE_HZ

    if not samples.any():
        return "zeros", -100.0, 0.0
    frame = round(FRAME_S * LISTENING_RATE_HZ)
    whole = samples[: max(1, samples.size // frame) * frame]
    rows = whole.reshape(-1, frame) if whole.size >= frame else whole[None, :]
    powers = np.mean(np.square(rows), axis=1)
    level_dbfs = round(10 * float(np.log10(np.percentile(powers, 95) + 1e-10)), 1)
    clipped_share = float(np.mean(np.abs(samples) >= FULL_SCALE))
    if clipped_share > CLIPPED_SHARE:
        return "clipping", level_dbfs, clipped_share
    if speech_bounds(samples, LISTENING_RATE_HZ) is None:
        return "no_speech", level_dbfs, clipped_share
    return ("quiet" if level_dbfs < QUIET_DBFS else "good"), level_dbfs, clipped_share


def _record(
    backend: AudioBackend,
    device: str | None,
    on_step: Callable[[Step, float, float], None],
    cancelled: Callable[[], bool],
) -> tuple[NDArray[np.float32], str, int] | None:
    from assistant.audio.capture import Microphone
    from assistant.audio.framing import LISTENING_RATE_HZ

    wanted = round(RECORD_S * LISTENING_RATE_HZ)
    frames: list[NDArray[np.float32]] = []
    full = threading.Event()

    def take(samples: NDArray[np.float32], position: int, _captured_s: float) -> None:
        frames.append(samples)
        if position + samples.size >= wanted:
            full.set()

    microphone = Microphone(backend, device, take, lambda _event: None)
    microphone.start()
    try:
        deadline_s = time.monotonic() + RECORD_S + PATIENCE_S
        while True:
            if cancelled():
                return None
            if full.wait(STEP_S):
                break
            if time.monotonic() > deadline_s:
                raise AudioError(
                    "input_device_dead",
                    "The microphone delivers nothing.",
                    "Unplug it and plug it in again, or choose another one.",
                )
            done = sum(map(len, tuple(frames))) / wanted
            on_step("recording", min(1.0, done), microphone.level_dbfs)
        stats = microphone.stats()
    finally:
        microphone.stop()
    return np.concatenate(frames)[:wanted], stats.device, stats.lost_samples


def _play(
    backend: AudioBackend,
    device: str | None,
    samples: NDArray[np.float32],
    on_step: Callable[[Step, float, float], None],
    cancelled: Callable[[], bool],
) -> tuple[str, int] | None:
    from assistant.audio.device_events import Played
    from assistant.audio.framing import LISTENING_RATE_HZ
    from assistant.audio.playback import Loudspeaker

    over = threading.Event()

    def note(event: DeviceEvent) -> None:
        if isinstance(event, Played):
            over.set()

    speaker = Loudspeaker(backend, device, note)
    speaker.start()
    try:
        speaker.play(0, samples, LISTENING_RATE_HZ)
        speaker.end(0)
        deadline_s = time.monotonic() + samples.size / LISTENING_RATE_HZ + PATIENCE_S
        while True:
            if cancelled():
                return None
            if over.wait(STEP_S):
                break
            if time.monotonic() > deadline_s:
                raise AudioError(
                    "output_device_dead",
                    "The loudspeaker takes no sound.",
                    "Check that it is not suspended, or choose another one.",
                )
            at = speaker.played_samples(0)
            heard = samples[max(0, at - round(STEP_S * LISTENING_RATE_HZ)) : at]
            power = float(np.mean(np.square(heard))) if heard.size else 0.0
            on_step("playing", min(1.0, at / samples.size), 10 * float(np.log10(power + 1e-10)))
        time.sleep(speaker.latency_s + STEP_S)  # what the device still holds
        stats = speaker.stats()
    finally:
        speaker.stop()
    return stats.device, stats.xruns
