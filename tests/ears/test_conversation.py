"""A conversation as people have it: spoken into the real sound system, heard from it, understood back."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from assistant.api import Assistant
from assistant.audio.files import read_audio
from assistant.catalog.meaning import MIN_WORDS_READ_BACK, words_found
from assistant.events import (
    Event,
    LoudspeakerChanged,
    ReplyStarted,
    ToolUsed,
    TurnFinished,
    TurnInterrupted,
)
from assistant.settings import Settings
from tests.live.pulse import Pulse, Samples

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]
QUESTION = ROOT / "tests" / "data" / "what_time_is_it.wav"
PATIENCE_S = 40.0
REPLY_RATE_HZ = 24_000
WELL_KNOWN = "add milk to my shopping list"
"""The recogniser understands this of this voice at the desk; of many a time of day it does not."""


class Told:
    """Events in order, with a way to wait for more of one kind."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.all.append(event)
            self._changed.notify_all()

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.all if isinstance(event, kind)]

    def wait(self, kind: type[Event], count: int) -> Event:
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.of(kind)) >= count, PATIENCE_S)
            assert enough, f"no {kind.__name__} number {count}: {self.names()}"
            return self.of(kind)[count - 1]

    def names(self) -> list[str]:
        return [type(event).__name__ for event in self.all if type(event).__name__ != "ReplyAudio"]


@pytest.fixture
def question() -> Samples:
    """A person asking for the time, with quiet around: 16 kHz."""
    audio = read_audio(QUESTION, 16_000)
    quiet = np.zeros(4_000, np.float32)
    return np.concatenate([quiet, audio.samples, quiet])


@contextmanager
def conversation(home: Path, mode: str) -> Iterator[tuple[Assistant, Told]]:
    os.environ["SARAI_HOME"] = str(home)
    told = Told()
    settings = Settings(listening={"mode": mode}, audio={"earcons": False})
    try:
        with Assistant(settings, on_event=told) as assistant:
            assistant.wait_until_ready()
            assistant.go_live()
            yield assistant, told
    finally:
        del os.environ["SARAI_HOME"]


def understood(recording: Samples, folder: Path) -> str:
    """What our own recogniser makes of what came out of the loudspeaker.

    A microphone in front of it would add a room's noise; in digital silence the recogniser is lost.
    """
    noise = np.random.default_rng(1).normal(0.0, 0.001, recording.size)
    path = written(recording + noise, folder / "heard.wav")
    ran = subprocess.run(
        [sys.executable, "-m", "assistant", "transcribe", str(path)],
        env={**os.environ, "SARAI_HOME": str(folder)}, cwd=ROOT,
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    return ran.stdout


def written(recording: Samples, path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, REPLY_RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.clip(recording, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def test_five_turns_hands_free(pulse: Pulse, question: Samples, tmp_path: Path) -> None:
    answers: list[Samples] = []
    with conversation(tmp_path, "hands_free") as (assistant, told):
        for turn in range(1, 6):
            with pulse.listening(REPLY_RATE_HZ) as heard:
                pulse.speak(question)
                finished = told.wait(TurnFinished, turn)
            answers += heard
            assert finished.transcript == "what time is it"
            assert finished.timings.output_latency_ms is not None
        with pulse.listening(REPLY_RATE_HZ) as heard:
            assistant.say(WELL_KNOWN)
            told.wait(TurnFinished, 6)

    assert len(told.of(ToolUsed)) == 5
    assert not told.of(TurnInterrupted), "it heard itself"
    assert words_found(WELL_KNOWN, understood(heard[0], tmp_path)) >= MIN_WORDS_READ_BACK
    for answer in answers:
        assert (np.abs(answer) > 0.05).sum() > REPLY_RATE_HZ // 4, "an answer was not heard"


def test_five_turns_with_the_talk_key(pulse: Pulse, question: Samples, tmp_path: Path) -> None:
    with conversation(tmp_path, "push_to_talk") as (assistant, told):
        pulse.speak(question)  # nobody holds the key: not a turn
        for turn in range(1, 6):
            assistant.talk(on=True)
            pulse.speak(question)
            assistant.talk(on=False)
            finished = told.wait(TurnFinished, turn)
            assert finished.transcript == "what time is it"
            assert finished.timings.soft_end is None

    assert len(told.of(TurnFinished)) == 5


def test_a_loudspeaker_pulled_out_mid_sentence_does_not_end_the_conversation(
    pulse: Pulse, question: Samples, tmp_path: Path
) -> None:
    with conversation(tmp_path, "hands_free") as (assistant, told):
        assistant.ask("what notes do i have")
        told.wait(TurnFinished, 1)
        pulse.speak(question)
        told.wait(ReplyStarted, 2)
        pulse.unplug("spk")
        pulse.plug("spk")
        told.wait(TurnFinished, 2)
        pulse.speak(question)
        assert told.wait(TurnFinished, 3).transcript == "what time is it"

    states = [event.state for event in told.of(LoudspeakerChanged)]
    assert states in ([], ["lost", "open"])  # PulseAudio may move the stream without our noticing
