"""The conversation through the real worker process; only the engines are scripted."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.api import Assistant
from assistant.errors import ModelError, WorkerError
from assistant.events import (
    Event,
    ModelLoading,
    ReplyAudio,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnFailed,
    TurnFinished,
    TurnStarted,
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)
from assistant.settings import PoolSettings, Settings, WorkerSettings
from tests.fakes.engines import ScriptedLoader, spell

WATCHFUL = WorkerSettings(
    ping_interval_s=0.1, hang_timeout_s=4.0, stop_timeout_s=2.0, memory_cap_mb=500, restart_limit=3
)


class Recorder:
    """Events in order, with a way to wait for one."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._news: queue.Queue[Event] = queue.Queue()

    def __call__(self, event: Event) -> None:
        self.all.append(event)
        self._news.put(event)

    def wait_for(self, kind: type[Event]) -> Event:
        while True:
            event = self._news.get(timeout=30)
            if isinstance(event, kind):
                return event

    def shape(self) -> list[str]:
        """Kinds in order, runs of the same kind folded."""
        names = [type(event).__name__ for event in self.all]
        return [n for i, n in enumerate(names) if i == 0 or names[i - 1] != n]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def assistant(recorder: Recorder, tmp_path, monkeypatch) -> Iterator[Assistant]:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    settings = Settings(worker=WATCHFUL, pool=PoolSettings(budget_mb=300))
    with Assistant(settings, on_event=recorder, load_engine=ScriptedLoader()) as running:
        running.wait_until_ready()
        yield running


def test_a_typed_turn_tells_its_story_in_order(assistant: Assistant, recorder: Recorder) -> None:
    record = assistant.ask_and_wait("hello there")

    assert record.reply == "You said hello there."
    assert record.audio_s > 0.1
    assert recorder.shape()[:4] == [
        "WorkerStarting",
        "ModelLoading",
        "WorkerReady",
        "TurnStarted",
    ]
    assert [type(e) for e in recorder.all if type(e) in (TurnStarted, TurnFinished)] == [
        TurnStarted,
        TurnFinished,
    ]
    assert type(recorder.all[-1]) is TurnFinished
    assert [e.role for e in recorder.all if isinstance(e, ModelLoading)] == [
        "stt",
        "thinker",
        "tts",
    ]


def test_a_spoken_turn_shows_partial_and_final_transcript(
    assistant: Assistant, recorder: Recorder
) -> None:
    record = assistant.hear_and_wait(spell("what time is it"), live=False)

    assert record.transcript == "what time is it"
    assert record.reply == "You said what time is it."
    heard = [(e.text, e.is_final) for e in recorder.all if isinstance(e, TranscriptUpdated)]
    assert heard[-1] == ("what time is it", True)
    assert all(not is_final for _, is_final in heard[:-1])
    assert len(heard) > 2


def test_every_stamp_of_a_spoken_turn_is_in_order(assistant: Assistant) -> None:
    timings = assistant.hear_and_wait(spell("what time is it"), live=False).timings

    stamps = [
        timings.last_speech,
        timings.endpoint,
        timings.stt_done,
        timings.prompt_done,
        timings.first_token,
        timings.first_piece,
        timings.tts_first,
        timings.first_audio,
        timings.finished,
    ]
    assert None not in stamps
    assert stamps == sorted(stamps)


def test_silence_ends_the_turn_without_asking_the_thinker(assistant: Assistant) -> None:
    record = assistant.hear_and_wait(spell("   "), live=False)

    assert (record.transcript, record.reply, record.failure) == ("", "", None)
    assert assistant.ask_and_wait("remember?").reply == "You said nothing."


def test_a_transcript_alone_leaves_no_trace_in_the_conversation(assistant: Assistant) -> None:
    assert assistant.hear_and_wait(spell("secret"), reply=False, live=False).transcript == "secret"
    assert assistant.ask_and_wait("remember?").reply == "You said nothing."


def test_a_tool_is_called_and_its_result_reaches_the_answer(
    assistant: Assistant, recorder: Recorder
) -> None:
    record = assistant.ask_and_wait("use read_notes")

    assert [(t.name, dict(t.result)) for t in record.tools] == [("read_notes", {"notes": "none"})]
    assert record.reply == 'The tool says {"notes": "none"}.'
    order = [type(e) for e in recorder.all if isinstance(e, ToolUsed | ReplyUpdated)]
    assert order[0] is ToolUsed


def test_an_unknown_tool_is_answered_with_a_sentence(assistant: Assistant) -> None:
    record = assistant.ask_and_wait("use teleporter")

    assert "error" in record.tools[0].result
    assert "error" in record.reply


def test_a_cancelled_turn_is_forgotten_by_both_sides(
    assistant: Assistant, recorder: Recorder
) -> None:
    assistant.ask("talk forever")
    recorder.wait_for(ReplyAudio)
    assistant.cancel()
    record = assistant.ask_and_wait("remember?")

    assert record.reply == "You said nothing."
    names = [type(e).__name__ for e in recorder.all if type(e).__name__.startswith("Turn")]
    assert sorted(names) == ["TurnCancelled", "TurnFinished", "TurnStarted", "TurnStarted"]
    assert names[-1] == "TurnFinished"


def test_no_audio_of_a_cancelled_turn_follows_its_end(
    assistant: Assistant, recorder: Recorder
) -> None:
    first = assistant.ask("talk forever")
    recorder.wait_for(ReplyAudio)
    assistant.cancel()
    assistant.ask_and_wait("hello")

    ended = next(i for i, e in enumerate(recorder.all) if type(e).__name__ == "TurnCancelled")
    assert not [e for e in recorder.all[ended:] if getattr(e, "turn_id", None) == first][1:]


@pytest.mark.parametrize(
    ("text", "stage", "code"),
    [
        ("fail", "llm", "llm_failed"),
        ("unspeakable", "tts", "tts_mute"),
    ],
)
@pytest.mark.allow_warnings
def test_a_failing_stage_ends_the_turn_and_not_the_conversation(
    assistant: Assistant, recorder: Recorder, text: str, stage: str, code: str
) -> None:
    assistant.ask_and_wait("first")
    record = assistant.ask_and_wait(text)

    failed = next(e for e in recorder.all if isinstance(e, TurnFailed))
    assert (failed.stage, failed.code) == (stage, code)
    assert record.failure is not None
    assert "Traceback" not in failed.message
    assert assistant.ask_and_wait("remember?").reply == "You said first."


@pytest.mark.allow_warnings
def test_a_failing_recogniser_ends_the_turn_and_not_the_conversation(assistant: Assistant) -> None:
    record = assistant.hear_and_wait(spell("i am deaf now"), live=False)

    assert record.failure is not None
    assert record.failure.code == "stt_deaf"
    assert assistant.hear_and_wait(spell("hello"), live=False).reply == "You said hello."


@pytest.mark.allow_warnings
@pytest.mark.parametrize(
    ("poison", "code"),
    [("die", "worker_crashed"), ("hang", "worker_hung"), ("balloon", "worker_too_big")],
)
def test_a_lost_worker_is_reported_replaced_and_told_the_conversation(
    assistant: Assistant, recorder: Recorder, poison: str, code: str
) -> None:
    assistant.ask_and_wait("my name is ada")
    before = assistant.worker_pid()
    record = assistant.ask_and_wait(poison)

    assert record.failure is not None
    assert record.failure.code == code
    lost = next(e for e in recorder.all if isinstance(e, WorkerLost))
    assert (lost.code, lost.restarting) == (code, True)
    assert assistant.ask_and_wait("remember?").reply == "You said my name is ada."
    assert assistant.worker_pid() != before
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


@pytest.mark.allow_warnings
def test_kill_nine_while_it_answers_keeps_the_conversation(
    assistant: Assistant, recorder: Recorder
) -> None:
    assistant.ask_and_wait("my name is ada")
    assistant.ask("talk forever")
    recorder.wait_for(ReplyUpdated)
    os.kill(assistant.worker_pid(), signal.SIGKILL)

    lost = recorder.wait_for(WorkerLost)
    assert isinstance(lost, WorkerLost)
    assert "killed" in lost.message
    recorder.wait_for(WorkerReady)
    assert assistant.ask_and_wait("remember?").reply == "You said my name is ada."


@pytest.mark.allow_warnings
def test_a_worker_that_keeps_dying_is_given_up_and_says_so(
    assistant: Assistant, recorder: Recorder
) -> None:
    for _ in range(WATCHFUL.restart_limit + 1):
        assistant.ask_and_wait("die")

    last = [e for e in recorder.all if isinstance(e, WorkerLost)][-1]
    assert last.restarting is False
    record = assistant.ask_and_wait("hello")
    assert isinstance(record.failure, WorkerError)
    assert len([e for e in recorder.all if isinstance(e, WorkerStarting)]) == 4


@pytest.mark.allow_warnings
def test_a_model_that_does_not_load_is_a_failed_start_with_its_reason(
    recorder, tmp_path, monkeypatch
):
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    loader = ScriptedLoader(broken={"llama_cpp": "The file brain.gguf is damaged."})
    with Assistant(
        Settings(worker=WATCHFUL, pool=PoolSettings(budget_mb=300)),
        on_event=recorder,
        load_engine=loader,
    ) as assistant:
        with pytest.raises(ModelError) as caught:
            assistant.wait_until_ready()
        assert caught.value.message == "The file brain.gguf is damaged."
        assert caught.value.exit_code == 3
        assert assistant.ask_and_wait("hello").failure is not None
    assert not [e for e in recorder.all if isinstance(e, WorkerReady)]


@pytest.mark.allow_warnings
def test_a_start_that_takes_too_long_is_given_up(recorder, tmp_path, monkeypatch):
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    limits = WATCHFUL.model_copy(update={"start_timeout_s": 3.0})
    loader = ScriptedLoader(stuck="espeak_ng")
    with Assistant(
        Settings(worker=limits, pool=PoolSettings(budget_mb=300)),
        on_event=recorder,
        load_engine=loader,
    ) as assistant:
        with pytest.raises(WorkerError) as caught:
            assistant.wait_until_ready()
        assert caught.value.code == "worker_start_timeout"


def test_questions_asked_before_the_worker_is_ready_are_answered(recorder, tmp_path, monkeypatch):
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    settings = Settings(worker=WATCHFUL, pool=PoolSettings(budget_mb=300))
    with Assistant(settings, on_event=recorder, load_engine=ScriptedLoader()) as assistant:
        assert assistant.ask_and_wait("too early").reply == "You said too early."


def test_stopping_twice_and_without_starting_is_harmless(recorder, tmp_path, monkeypatch):
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    assistant = Assistant(Settings(), on_event=recorder, load_engine=ScriptedLoader())
    assistant.stop()
    assistant.start()
    assistant.stop()
    assistant.stop()


def test_the_worker_holds_neither_qt_nor_sounddevice(assistant: Assistant) -> None:
    maps = Path(f"/proc/{assistant.worker_pid()}/maps").read_text(encoding="utf-8").lower()
    assert "libqt6" not in maps
    assert "portaudio" not in maps


@pytest.mark.allow_warnings("the fault is logged")
def test_an_error_of_our_own_ends_the_turn_instead_of_leaving_it_waiting(
    assistant: Assistant, recorder: Recorder, monkeypatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug in the conversation")

    monkeypatch.setattr(assistant._conversation._plain, "worker_said", broken)
    record = assistant.ask_and_wait("hello there")
    assert record.failure is not None
    assert record.failure.code == "conversation_broken"
    assert not recorder.wait_for(WorkerLost).restarting
