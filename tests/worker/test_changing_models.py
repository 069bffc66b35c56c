"""Other models in a running conversation, through real worker processes; only the engines are scripted."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from assistant.api import Assistant
from assistant.audio.simulated import SimulatedBackend
from assistant.errors import AudioError
from assistant.events import (
    Event,
    ModelsRefused,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnStarted,
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)
from assistant.settings import PoolSettings, Settings, WorkerSettings
from tests.fakes.engines import ScriptedLoader, spell

MEGABYTE = 1_000_000


def thinker(catalogue: str) -> dict[str, object]:
    return {"engine": "llama_cpp", "catalogue": catalogue}


def settings_with(set_name: str = "starter", **other: object) -> Settings:
    starter = Settings()
    stt, tts = starter.active_set.stt, starter.active_set.tts
    sets = {
        name: {"stt": stt, "thinker": f"{name}-thinker", "tts": tts}
        for name in ("larger", "huge", "broken")
    }
    models = {name: thinker(name) for name in ("larger-thinker", "huge-thinker", "broken-thinker")}
    return Settings(
        set=set_name,
        sets={**starter.sets, **sets},
        models={**starter.models, **models},
        worker=WorkerSettings(ping_interval_s=0.1, memory_cap_mb=600),
        pool=PoolSettings(budget_mb=500),
        **other,
    )


LOADER = ScriptedLoader(
    broken={"broken-thinker": "The file is damaged."},
    # The scripted worker itself takes some 60 MB: "huge" fits alone, but not beside another.
    sizes={"larger-thinker": 100 * MEGABYTE, "huge-thinker": 490 * MEGABYTE},
)


class Recorder:
    def __init__(self) -> None:
        self.all: list[Event] = []
        self._news: queue.Queue[Event] = queue.Queue()

    def __call__(self, event: Event) -> None:
        self.all.append(event)
        self._news.put(event)

    def next(self, *kinds: type[Event]) -> Event:
        while True:
            event = self._news.get(timeout=30)
            if isinstance(event, kinds):
                return event

    def drain(self) -> list[Event]:
        """What came since the last look."""
        found = []
        while not self._news.empty():
            found.append(self._news.get_nowait())
        return found


class NobodySpeaks:
    def judge(self, frame: object) -> float:
        return 0.0

    def reset(self) -> None:
        pass


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def assistant(recorder: Recorder, tmp_path, monkeypatch) -> Iterator[Assistant]:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    with Assistant(settings_with(), on_event=recorder, load_engine=LOADER) as running:
        running.wait_until_ready()
        recorder.next(WorkerReady)
        yield running


def test_another_set_serves_the_same_conversation(assistant: Assistant, recorder: Recorder) -> None:
    assistant.ask_and_wait("one")
    first = assistant.worker_pid()

    assistant.apply(settings_with("larger"))
    ready = recorder.next(WorkerReady, ModelsRefused)

    assert isinstance(ready, WorkerReady)
    assert ready.models["thinker"] == "larger-thinker"
    assert assistant.ask_and_wait("remember?").reply == "You said one."
    assert assistant.worker_pid() != first


def test_a_turn_under_way_is_finished_by_the_models_it_began_with(
    assistant: Assistant, recorder: Recorder
) -> None:
    turn_id = assistant.listen()
    assistant.hear(turn_id, spell("held "))
    assistant.apply(settings_with("larger"))
    pause = threading.Event()
    while not assistant._conversation._line.wants_to_switch:  # until it is loaded and waits
        pause.wait(0.01)
    assistant.hear(turn_id, spell("over"))
    assistant.end_of_speech(turn_id)

    kinds = [type(recorder.next(WorkerReady, TurnFinished)) for _ in range(2)]
    assert kinds == [TurnFinished, WorkerReady]
    assert assistant.ask_and_wait("remember?").reply == "You said held over."


@pytest.mark.allow_warnings
def test_a_set_that_does_not_load_leaves_the_old_one_serving(
    assistant: Assistant, recorder: Recorder
) -> None:
    pid = assistant.worker_pid()
    assistant.apply(settings_with("broken"))

    refused = recorder.next(ModelsRefused, WorkerReady)

    assert isinstance(refused, ModelsRefused)
    assert "The file is damaged." in refused.message
    assert assistant.worker_pid() == pid
    assert assistant.ask_and_wait("hello").reply == "You said hello."
    assert not any(isinstance(event, WorkerLost) for event in recorder.all)


def test_a_set_too_large_to_stand_beside_the_old_one_takes_its_place(
    assistant: Assistant, recorder: Recorder
) -> None:
    assistant.ask_and_wait("one")
    before = psutil.Process(assistant.worker_pid())

    assistant.apply(settings_with("huge"))
    recorder.next(WorkerStarting)
    assert not before.is_running()
    ready = recorder.next(WorkerReady)

    assert isinstance(ready, WorkerReady)
    assert ready.models["thinker"] == "huge-thinker"
    assert assistant.ask_and_wait("remember?").reply == "You said one."


@pytest.mark.allow_warnings
def test_a_large_set_that_does_not_load_brings_the_old_one_back(recorder, tmp_path, monkeypatch):
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    loader = ScriptedLoader(
        broken={"broken-thinker": "The file is damaged."},
        sizes={"broken-thinker": 490 * MEGABYTE},
    )
    with Assistant(settings_with(), on_event=recorder, load_engine=loader) as assistant:
        assistant.ask_and_wait("one")
        recorder.next(WorkerReady)
        assistant.apply(settings_with("broken"))
        refused = recorder.next(ModelsRefused, WorkerReady, WorkerLost)
        assert isinstance(refused, ModelsRefused)
        ready = recorder.next(WorkerReady, WorkerLost)
        assert isinstance(ready, WorkerReady)
        assert ready.models["thinker"] == "sarai-starter"
        assert assistant.ask_and_wait("remember?").reply == "You said one."


def test_changing_twice_at_once_ends_with_the_last_wish(
    assistant: Assistant, recorder: Recorder
) -> None:
    assistant.apply(settings_with("broken"))
    assistant.apply(settings_with("larger"))
    ready = recorder.next(WorkerReady, ModelsRefused)
    assert isinstance(ready, WorkerReady)
    assert ready.models["thinker"] == "larger-thinker"


def test_what_the_thinker_is_told_changes_with_the_next_turn(
    assistant: Assistant, recorder: Recorder
) -> None:
    assistant.apply(settings_with(conversation={"system_prompt": "You are a pirate."}))
    recorder.next(WorkerReady)
    history = assistant._conversation._outside.history.messages()
    assert [message.content for message in history] == ["You are a pirate."]


def test_settings_of_the_desktop_disturb_no_worker(
    assistant: Assistant, recorder: Recorder
) -> None:
    pid = assistant.worker_pid()
    assistant.apply(settings_with(window={"overlay": True}, history={"keep": False}))
    assert assistant.ask_and_wait("hello").reply == "You said hello."
    assert assistant.worker_pid() == pid
    assert not assistant._conversation._line.wants_to_switch


@pytest.mark.allow_warnings
def test_a_worker_that_was_given_up_can_be_started_again(recorder, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    settings = settings_with().model_copy(update={"worker": WorkerSettings(restart_limit=0)})
    with Assistant(settings, on_event=recorder, load_engine=LOADER) as assistant:
        assistant.ask_and_wait("one")
        assert assistant.ask_and_wait("die").failure is not None
        recorder.next(WorkerLost)
        assistant.restart()
        assistant.wait_until_ready()
        assert assistant.ask_and_wait("remember?").reply == "You said one."


def test_other_pauses_and_devices_come_without_a_restart(
    assistant: Assistant, recorder: Recorder
) -> None:
    backend = SimulatedBackend()
    assistant.go_live(backend, NobodySpeaks())
    pid = assistant.worker_pid()
    assistant.apply(settings_with(listening={"pause_ms": 900}, audio={"echo": "none"}))
    backend.run(0.5)
    microphone, _ = assistant.audio_stats()
    assert microphone.device == "mic"
    assert assistant.worker_pid() == pid

    backend.unplug("mic")
    backend.unplug("spk")
    with pytest.raises(AudioError):
        assistant.apply(settings_with(audio={"echo": "half_duplex"}))
    backend.plug("mic")
    backend.plug("spk")


def test_without_sound_devices_typed_questions_are_answered_all_the_same(
    assistant: Assistant, recorder: Recorder
) -> None:
    with pytest.raises(AudioError):
        assistant.go_live(SimulatedBackend([]), NobodySpeaks())
    assert assistant.ask_and_wait("hello").reply == "You said hello."


@pytest.fixture
def question_under_way(assistant: Assistant, recorder: Recorder) -> Iterator[int]:
    """A typed question whose answer waits until the test is through with what it does meanwhile."""
    os.kill(assistant.worker_pid(), signal.SIGSTOP)
    turn_id = assistant.ask("hello")
    recorder.next(TurnStarted)
    yield turn_id
    over = recorder.next(TurnFinished, TurnCancelled, TurnFailed)
    assert isinstance(over, TurnFinished)
    assert (over.turn_id, over.reply) == (turn_id, "You said hello.")


def test_a_typed_question_under_way_is_answered_before_the_devices_take_over(
    assistant: Assistant, question_under_way: int
) -> None:
    """The window's "Try again" on the microphone's banner goes live while somebody may have asked."""
    assistant.go_live(SimulatedBackend(), NobodySpeaks())
    os.kill(assistant.worker_pid(), signal.SIGCONT)


def test_a_typed_question_under_way_outlives_devices_that_cannot_be_opened(
    assistant: Assistant, question_under_way: int
) -> None:
    with pytest.raises(AudioError):
        assistant.go_live(SimulatedBackend([]), NobodySpeaks())
    os.kill(assistant.worker_pid(), signal.SIGCONT)


def test_pauses_change_and_muting_lets_the_microphone_go_but_for_the_talk_key(
    assistant: Assistant, recorder: Recorder
) -> None:
    class LoudIsSpeech:
        def judge(self, frame: np.ndarray) -> float:
            return 1.0 if float(np.abs(frame).mean()) > 0.05 else 0.0

        def reset(self) -> None:
            pass

    def asks(text: str) -> str:
        backend.say(spell(text.rjust(60, "_")))
        finished: list[TurnFinished] = []

        def answered() -> bool:
            finished.extend(e for e in recorder.drain() if isinstance(e, TurnFinished))
            return bool(finished)

        assert backend.run_until(answered, seconds=6_000.0), text
        backend.run(1.6)
        return finished[0].reply

    backend = SimulatedBackend(record=False)
    headphones = {"audio": {"echo": "none"}}  # a canceller would change how the spelling sounds
    assistant.apply(settings_with(**headphones))
    assistant.go_live(backend, LoudIsSpeech())
    for number in range(3):
        assert asks(f"question {number}") == f"You said question {number}."
        assistant.cancel()
    assistant.apply(settings_with(listening={"pause_ms": 700}, **headphones))
    assert asks("question four") == "You said question four."
    for is_muted, device in ((True, ""), (False, "mic")):
        assistant.mute(on=is_muted)
        assert backend.run_until(lambda: assistant.audio_stats()[0].device == device, 6_000.0)  # noqa: B023
    backend.run(1.0)
    assert asks("question five") == "You said question five."

    assistant.mute(on=True)
    assert backend.run_until(lambda: assistant.audio_stats()[0].device == "", 6_000.0)
    assistant.talk(on=True)
    recorder.drain()
    began = lambda: any(isinstance(e, TurnStarted) for e in recorder.drain())  # noqa: E731
    assert backend.run_until(began, 6_000.0)
    backend.say(spell("question six".rjust(60, "_")))
    backend.run(0.8)
    assistant.talk(on=False)
    replies: list[str] = []

    def answered() -> bool:
        replies.extend(e.reply for e in recorder.drain() if isinstance(e, TurnFinished))
        return bool(replies)

    assert backend.run_until(answered, 6_000.0)
    assert replies == ["You said question six."]
    assert assistant.audio_stats()[0].device == "", "muted again"
