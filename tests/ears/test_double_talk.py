"""Interrupting the assistant, through the whole listener: a measured room, recordings of people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.files import read_audio
from assistant.bench.echo_path import EchoPath, at_dbfs, room_noise
from assistant.bench.speech_marks import speech_spans
from assistant.listening.double_talk import DoubleTalkVad, vad_beside
from assistant.listening.echo import ReferenceLine, WebRtcEchoCanceller
from assistant.listening.listener import Listener
from assistant.listening.reports import Report, SpeechHeard
from assistant.listening.vad import GatedVad
from assistant.settings.live import ListeningSettings

DATA = Path(__file__).parents[1] / "data"
RATE = 16_000
BLOCK = 160
ROOM = EchoPath(delay_ms=80, level_db=-6, room="measured")
"""The assistant at -20 dBFS, its echo at -26 dBFS."""


def recording(name: str) -> NDArray[np.float32]:
    return read_audio(DATA / name).samples


def assistant(seconds: float) -> NDArray[np.float32]:
    names = ("what_time_is_it.wav", "set_a_timer_for_5_minutes.flac", "enciende_el_ventilador.flac")
    once = np.concatenate([at_dbfs(recording(name), -20) for name in names])
    return np.resize(once, int(seconds * RATE))


def interrupted_at(
    near: NDArray[np.float32], played: NDArray[np.float32], *, second_ear: bool = True
) -> float | None:
    """Return the second at which 300 ms of speech were judged; the assistant speaks on.

    Not in the first four seconds, in which the canceller learns the room.
    """
    canceller, reference = WebRtcEchoCanceller(), ReferenceLine()
    vad = vad_beside(canceller.hears_playback)
    if not second_ear:
        vad = DoubleTalkVad(GatedVad(), canceller.hears_playback)
    reports: list[Report] = []
    listener = Listener(ListeningSettings(), reports.append, canceller, reference, vad)
    for at in range(0, len(near) - BLOCK + 1, BLOCK):
        reference.put(played[at : at + BLOCK], at / RATE)
        listener.take(near[at : at + BLOCK], at, at / RATE + 0.006)
        if at < 4 * RATE:
            reports.clear()
        if any(isinstance(one, SpeechHeard) and one.speech_ms >= 300 for one in reports):
            return (at + BLOCK) / RATE
    return None


def test_a_user_10_db_below_the_echo_is_heard_as_soon_as_300_ms_allow() -> None:
    """And not 100 ms later, when the canceller's suppression lets the user through."""
    played = assistant(12)
    guest = at_dbfs(recording("the_egyptian_background.flac"), -36)
    near = ROOM.echo(played) + room_noise(len(played), -70, 1)
    start = int(8.9 * RATE)
    near[start : start + len(guest)] += guest[: len(near) - start]
    onset_s = (start + speech_spans(guest)[0][0]) / RATE
    heard_s = interrupted_at(near, played)
    assert heard_s is not None
    assert 0.2 < heard_s - onset_s < 0.45
    later_s = interrupted_at(near, played, second_ear=False)
    assert later_s is None or later_s - heard_s > 0.05


def test_the_assistant_does_not_interrupt_itself() -> None:
    played = assistant(20)
    near = ROOM.echo(played) + room_noise(len(played), -70, 2)
    assert interrupted_at(near, played) is None
