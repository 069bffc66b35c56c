"""A long evening on the simulated sound system: interruptions, lost devices, and no turn lost.

Real conversation, real worker process, real listener and loudspeaker; scripted are the engines, the voice
activity detector (loud is speech) and the person.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import psutil
import pytest

from assistant.api import Assistant
from assistant.audio.simulated import SimulatedBackend
from assistant.events import Event, ReplyStarted, TurnFailed, TurnFinished, TurnInterrupted
from assistant.settings import PoolSettings, Settings, WorkerSettings
from tests.fakes.engines import ScriptedLoader, spell

SETTINGS = Settings(
    worker=WorkerSettings(ping_interval_s=1.0, memory_cap_mb=500),
    pool=PoolSettings(budget_mb=300),
    audio={"echo": "none"},
)
UTTERANCE = 60  # characters at least: 0.6 s of speech


class LoudIsSpeech:
    """Judges by level alone."""

    def judge(self, frame: np.ndarray) -> float:
        return 1.0 if float(np.abs(frame).mean()) > 0.05 else 0.0

    def reset(self) -> None:
        pass


class Evening:
    """A person in front of the assistant, and what was answered."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a repeatable evening
        self.backend = SimulatedBackend(record=False)
        self.events: list[Event] = []
        self.answered: list[str] = []
        self.interrupted = 0

    def take(self, event: Event) -> None:
        """On the conversation thread."""
        if isinstance(event, ReplyStarted | TurnFailed):
            self.events.append(event)
        if isinstance(event, TurnFinished):
            self.answered.append(event.transcript)
        if isinstance(event, TurnInterrupted):
            self.answered.append(event.transcript)
            self.interrupted += 1

    def speak(self, text: str) -> None:
        padded = text.rjust(UTTERANCE, "_")
        self.backend.say(spell(padded))
        self.backend.run(len(padded) / 100)

    def until(self, condition: Callable[[], bool]) -> None:
        """Let time pass; the worker is another process, so simulated hours may go by."""
        assert self.backend.run_until(condition, seconds=6_000.0), self.answered[-4:]

    def turn(self, number: int) -> None:
        """One question, and sometimes an accident."""
        asked = f"question {number} " + "x" * self.rng.randint(1, 80)
        heard = len(self.answered)
        self.events.clear()
        accident = self.rng.random()
        if accident < 0.03:
            self.backend.unplug("mic")
            self.backend.run(1.5)
            self.backend.plug("mic")
            self.backend.run(2.0)
        self.speak(asked)
        if accident > 0.9:
            self.backend.unplug("spk")
            self.backend.run(1.0)
            self.backend.plug("spk")
        if 0.1 < accident < 0.35:
            self.until(lambda: bool(self.events) or len(self.answered) > heard)
            self.backend.run(self.rng.uniform(0.0, 0.5))
            self.speak(f"instead {number}")
            self.until(lambda: f"instead {number}" in self.answered)
        self.until(lambda: asked in self.answered)
        self.backend.run(1.6)  # the stretch is closed: longer than the longest pause


def run_evening(tmp_path, monkeypatch, turns: int) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    evening = Evening(seed=20261120)
    process = psutil.Process()
    with Assistant(SETTINGS, on_event=evening.take, load_engine=ScriptedLoader()) as assistant:
        assistant.wait_until_ready()
        assistant.go_live(evening.backend, LoudIsSpeech())
        evening.backend.run(1.0)
        for number in range(turns):
            evening.turn(number)
            if number == turns // 4:
                early = process.memory_info().rss
        grown_mb = (process.memory_info().rss - early) / 1e6

    questions = [text for text in evening.answered if text.startswith("question")]
    assert [text.split()[1] for text in questions] == [str(n) for n in range(turns)]
    assert evening.interrupted > turns // 20
    assert grown_mb < 8.0, f"{grown_mb:.1f} MB more after {turns} turns"


def test_no_turn_is_lost_to_interruptions_and_unplugged_devices(tmp_path, monkeypatch) -> None:
    run_evening(tmp_path, monkeypatch, 40)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_thousand_turns_leave_nothing_behind(tmp_path, monkeypatch) -> None:
    run_evening(tmp_path, monkeypatch, 2000)
