"""The live conversation through the real worker process: reports in, sound out; only the engines and the
devices are scripted, so that every moment is the test's to choose."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from assistant.api import Assistant
from assistant.audio.device_events import PlaybackStarted, Played
from assistant.dialogue.conversation import Conversation
from assistant.events import (
    ReplyStarted,
    SpeechIgnored,
    TalkChanged,
    TimerDue,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnCommitted,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
    WorkerReady,
)
from assistant.listening.reports import (
    Paused,
    SpeechBegan,
    SpeechEnded,
    SpeechHeard,
    SpeechResumed,
)
from assistant.metrics import now_s
from assistant.settings import PoolSettings, Settings, WorkerSettings
from tests.fakes.engines import ScriptedLoader, spell
from tests.worker.test_conversation_with_worker import Recorder

WATCHFUL = WorkerSettings(
    ping_interval_s=0.1, hang_timeout_s=4.0, stop_timeout_s=2.0, memory_cap_mb=500, restart_limit=3
)
PIECE = 240  # samples of the scripted voice for one character


class ScriptedVoice:
    """A loudspeaker that plays when the test says so."""

    def __init__(self) -> None:
        self.conversation: Conversation
        self.done: list[str] = []
        self.queued: dict[int, int] = {}
        self.played: dict[int, int] = {}
        self.flushed = -1
        self._news = threading.Condition()

    def play(self, generation: int, samples: np.ndarray, rate_hz: int) -> None:
        with self._news:
            if generation not in self.queued:
                self.done.append(f"play {generation}")
            self.queued[generation] = self.queued.get(generation, 0) + samples.size
            self._news.notify_all()

    def end(self, generation: int) -> None:
        with self._news:
            self.done.append(f"end {generation}")
            self._news.notify_all()

    def flush(self, generation: int) -> None:
        self.flushed = max(self.flushed, generation)
        self.done.append(f"flush {generation}")

    def duck(self, on: bool) -> None:
        if on:
            self.done.append("duck")

    def pause(self) -> None:
        self.done.append("pause")

    def resume(self) -> None:
        pass

    def prepare(self) -> None:
        pass

    def earcon(self, name: str) -> None:
        pass

    def played_samples(self, generation: int) -> int:
        return self.played.get(generation, 0)

    # the test's side

    def wait_for(self, what: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: what in self.done, timeout=30), self.done

    def ends(self) -> set[int]:
        return {int(one.split()[1]) for one in self.done if one.startswith("end")}

    def next_end(self, before: set[int]) -> int:
        with self._news:
            assert self._news.wait_for(lambda: self.ends() - before, timeout=30), self.done
            return min(self.ends() - before)

    def begin_to_play(self, generation: int, samples: int) -> None:
        self.played[generation] = samples
        self.conversation.device_said(PlaybackStarted(generation, now_s(), 0.02))

    def play_out(self, generation: int) -> None:
        self.wait_for(f"end {generation}")
        self.played[generation] = self.queued.get(generation, 0)
        self.conversation.device_said(Played(generation, self.played[generation], 24_000))


class ScriptedEars:
    hears_itself = False

    def __init__(self) -> None:
        self.done: list[str] = []
        self._news = threading.Condition()

    def wait_for(self, what: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: what in self.done, timeout=30), self.done

    def wait_for_count(self, what: str, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.done.count(what) == count, timeout=30), (
                self.done
            )

    def hold(self, on: bool) -> None:
        with self._news:
            self.done.append(f"hold {on}")
            self._news.notify_all()

    def mute(self, on: bool) -> None:
        self.done.append(f"mute {on}")

    def half_duplex(self, speaking: bool) -> None:
        self.done.append(f"half_duplex {speaking}")


class Stage:
    """A running conversation and what a person does in it."""

    def __init__(self, conversation: Conversation, recorder: Recorder, settings: Settings) -> None:
        self.conversation = conversation
        self.recorder = recorder
        self.voice, self.ears = ScriptedVoice(), ScriptedEars()
        self.voice.conversation = conversation
        conversation.go_live(self.voice, self.ears, settings)

    def begins(self, text: str) -> None:
        self.conversation.heard(SpeechBegan(spell(text), 0, now_s()))

    def goes_on(self, text: str, speech_ms: float = 1000.0) -> None:
        self.conversation.heard(SpeechHeard(spell(text), speech_ms))

    def pauses(self, silence_ms: float) -> None:
        self.conversation.heard(Paused(now_s(), silence_ms, 1000.0))

    def resumes(self) -> None:
        self.conversation.heard(SpeechResumed(now_s(), spell("")))

    def asks(self, text: str) -> None:
        """A whole question and a pause long enough for anything."""
        self.begins(text)
        self.pauses(200)
        self.pauses(5000)

    def talk(self) -> list[bool]:
        """When somebody held the microphone open, as it was told."""
        return [one.is_talking for one in self.recorder.all if isinstance(one, TalkChanged)]

    def story(self) -> list[str]:
        """What became of the turns, transcripts and audio left out."""
        told = (
            TurnStarted, TurnCommitted, ToolUsed, ReplyStarted, TurnFinished, TurnInterrupted,
            TurnCancelled, TurnFailed,
        )  # fmt: skip
        return [type(e).__name__ for e in self.recorder.all if isinstance(e, told)]


@pytest.fixture
def stage(tmp_path, monkeypatch) -> Iterator[Stage]:
    yield from _running(tmp_path, monkeypatch, Settings(listening=HOLD, **LIMITS))


HOLD = {"talk_key": "hold"}
LIMITS = {"worker": WATCHFUL, "pool": PoolSettings(budget_mb=300)}


def _running(
    tmp_path, monkeypatch, settings: Settings, ended: float | None = None
) -> Iterator[Stage]:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    recorder = Recorder()
    loader = ScriptedLoader(ended=ended)
    with Assistant(settings, on_event=recorder, load_engine=loader) as assistant:
        assistant.wait_until_ready()
        yield Stage(assistant._conversation, recorder, settings)


def test_a_question_is_answered_and_heard_to_its_end(stage: Stage) -> None:
    stage.asks("hello")
    stage.voice.wait_for("end 1")
    stage.voice.begin_to_play(1, 100)
    stage.voice.play_out(1)
    finished = stage.recorder.wait_for(TurnFinished)

    assert (finished.transcript, finished.reply) == ("hello", "You said hello.")
    assert stage.story() == ["TurnStarted", "TurnCommitted", "ReplyStarted", "TurnFinished"]
    timings = finished.timings
    assert timings.soft_end <= timings.stt_done
    assert timings.soft_end <= timings.endpoint <= timings.first_audio <= timings.finished
    assert timings.output_latency_ms == pytest.approx(20.0)


def test_nothing_is_heard_or_changed_before_the_commit(stage: Stage) -> None:
    stage.begins("use take_note milk")  # this tool writes
    stage.pauses(200)
    wait_for_final_transcript(stage)
    stage.conversation.heard(Paused(now_s(), 210, 1000.0))

    assert stage.story() == ["TurnStarted"]
    assert stage.voice.done == []
    stage.pauses(5000)
    stage.voice.wait_for("end 1")
    assert "ToolUsed" in stage.story()
    assert stage.story().index("TurnCommitted") < stage.story().index("ToolUsed")


def test_going_on_after_a_pause_makes_one_question_of_both_parts(stage: Stage) -> None:
    stage.begins("what is")
    stage.pauses(200)
    wait_for_final_transcript(stage)
    stage.goes_on(" ")
    stage.resumes()
    stage.goes_on("seven")
    stage.pauses(200)
    stage.pauses(5000)
    stage.voice.wait_for("end 2")
    stage.voice.play_out(2)
    finished = stage.recorder.wait_for(TurnFinished)

    assert finished.transcript == "what is seven"
    committed = [e for e in stage.recorder.all if isinstance(e, TurnCommitted)]
    assert [(c.turn_id, c.revision) for c in committed] == [(finished.turn_id, 2)]
    assert stage.voice.done == ["play 2", "end 2"]
    remembers(stage, "what is seven")


@pytest.mark.parametrize(
    ("ended", "too_short", "enough"), [(0.95, 390, 410), (0.5, 590, 610), (0.05, 1490, 1510)]
)
def test_where_smart_turn_is_installed_it_shortens_and_lengthens_the_pause(
    tmp_path, monkeypatch, ended: float, too_short: int, enough: int
) -> None:
    for stage in _running(tmp_path, monkeypatch, Settings(listening=HOLD, **LIMITS), ended):
        stage.begins("blue bicycle")  # words that tell nothing
        stage.pauses(200)
        wait_for_final_transcript(stage)
        pause = threading.Event()
        while stage.conversation._live._replies.get(1).ended_probability is None:
            pause.wait(0.005)
        stage.pauses(too_short)
        stage.conversation.timer_due("", 1.0)  # told at once, so that what came before is done
        stage.recorder.wait_for(TimerDue)
        assert stage.story() == ["TurnStarted"]
        stage.pauses(enough)
        stage.recorder.wait_for(TurnCommitted)


def test_an_interrupted_reply_is_remembered_as_far_as_it_was_heard(stage: Stage) -> None:
    stage.asks("one two three four")
    stage.voice.wait_for("end 1")
    stage.voice.begin_to_play(1, 11 * PIECE)  # "You said on…"
    stage.begins("stop that now please")
    stage.goes_on("", speech_ms=320)
    stage.pauses(200)
    stage.pauses(5000)
    interrupted = stage.recorder.wait_for(TurnInterrupted)

    assert interrupted.reply == "You said one two three four."
    assert interrupted.heard == "You said one"
    stage.voice.wait_for("end 3")
    assert stage.voice.done[:5] == ["play 1", "end 1", "duck", "pause", "flush 1"]
    stage.voice.play_out(3)
    finished = stage.recorder.wait_for(TurnFinished)
    assert finished.transcript == "stop that now please"


@pytest.mark.parametrize("said", ["mhm", "okay", "one two three"])
def test_a_backchannel_or_the_reply_s_own_echo_does_not_interrupt(stage: Stage, said: str) -> None:
    stage.asks("one two three four")
    stage.voice.wait_for("end 1")
    stage.voice.begin_to_play(1, 10 * PIECE)
    stage.begins(said)
    stage.goes_on("", speech_ms=400)
    stage.pauses(200)
    assert stage.recorder.wait_for(SpeechIgnored).text == said
    stage.voice.play_out(1)
    stage.recorder.wait_for(TurnFinished)

    assert stage.story() == ["TurnStarted", "TurnCommitted", "ReplyStarted", "TurnFinished"]
    assert "flush 1" not in stage.voice.done


def test_the_cancel_key_stops_the_reply_and_keeps_what_was_heard(stage: Stage) -> None:
    stage.asks("one two three four")
    stage.voice.wait_for("end 1")
    stage.voice.begin_to_play(1, 8 * PIECE)
    stage.conversation.cancel()
    interrupted = stage.recorder.wait_for(TurnInterrupted)

    assert (interrupted.transcript, interrupted.heard) == ("one two three four", "You said")
    remembers(stage, "one two three four")


def test_a_turn_that_was_taken_back_leaves_no_trace(stage: Stage) -> None:
    stage.begins("forget this")
    stage.pauses(200)
    wait_for_final_transcript(stage)
    stage.conversation.cancel()
    stage.recorder.wait_for(TurnCancelled)
    remembers(stage, "nothing")


def test_the_talk_key_opens_the_microphone_and_ends_the_turn_at_once(stage: Stage) -> None:
    stage.conversation.talk(on=True)
    stage.begins("hello")
    stage.conversation.talk(on=False)
    stage.conversation.heard(SpeechEnded("key_up", now_s()))
    stage.voice.wait_for("end 1")
    stage.voice.play_out(1)
    finished = stage.recorder.wait_for(TurnFinished)

    assert finished.transcript == "hello"
    assert finished.timings.soft_end is None
    assert stage.ears.done == ["hold True", "hold False"]


def test_a_held_key_talks_until_it_is_let_go(stage: Stage) -> None:
    stage.conversation.talk_key(is_down=True)
    stage.begins("hello")
    # a repeating keyboard: released and pressed again at once
    stage.conversation.talk_key(is_down=False)
    stage.conversation.talk_key(is_down=True)
    stage.goes_on(" you")
    stage.conversation.talk_key(is_down=False)
    stage.ears.wait_for("hold False")
    stage.conversation.heard(SpeechEnded("key_up", now_s()))
    stage.voice.play_out(1)

    assert stage.recorder.wait_for(TurnFinished).transcript == "hello you"
    assert stage.ears.done == ["hold True", "hold False"]
    assert stage.talk() == [True, False]  # whoever pressed the key: the window, or the desktop


@pytest.mark.parametrize("why", ["max_length", "lost"])
def test_talking_that_ends_by_itself_is_told(stage: Stage, why: str) -> None:
    stage.conversation.talk(on=True)
    stage.begins("hello")
    stage.conversation.heard(SpeechEnded(why, now_s()))
    stage.voice.play_out(1)
    stage.recorder.wait_for(TurnFinished)
    assert stage.talk() == [True, False]
    stage.conversation.talk(on=True)
    stage.ears.wait_for_count("hold True", 2)
    stage.conversation.cancel()
    stage.ears.wait_for("hold False")
    assert stage.ears.done == ["hold True", "hold True", "hold False"]


def test_a_typed_question_takes_the_reply_s_place(stage: Stage) -> None:
    stage.asks("one two three four")
    stage.voice.wait_for("end 1")
    stage.voice.begin_to_play(1, 4 * PIECE)
    stage.conversation.ask_text("typed")
    stage.recorder.wait_for(TurnInterrupted)
    stage.voice.wait_for("end 2")
    stage.voice.play_out(2)
    assert stage.recorder.wait_for(TurnFinished).reply == "You said typed."


def test_a_lost_microphone_ends_the_turn_with_what_was_heard(stage: Stage) -> None:
    stage.begins("hello")
    stage.conversation.heard(SpeechEnded("lost", now_s()))
    stage.voice.wait_for("end 1")
    stage.voice.play_out(1)
    assert stage.recorder.wait_for(TurnFinished).transcript == "hello"


@pytest.mark.allow_warnings("the worker is killed")
def test_a_killed_worker_fails_the_turn_and_the_next_one_is_answered(stage: Stage) -> None:
    stage.asks("talk forever")
    stage.voice.wait_for("play 1")
    worker = stage.conversation.worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    failed = stage.recorder.wait_for(TurnFailed)
    assert failed.code == "worker_crashed"
    stage.recorder.wait_for(WorkerReady)
    stage.asks("hello")
    stage.voice.wait_for("end 2")
    stage.voice.play_out(2)
    assert stage.recorder.wait_for(TurnFinished).transcript == "hello"


def test_a_timer_is_announced_when_nobody_speaks(stage: Stage) -> None:
    stage.asks("hello")
    stage.voice.wait_for("end 1")
    stage.conversation.timer_due("pasta", 60.0)
    stage.voice.play_out(1)
    stage.recorder.wait_for(TurnFinished)
    stage.voice.wait_for("end 2")
    stage.voice.play_out(2)
    stage.recorder.wait_for(TurnFinished)
    assert stage.voice.queued[2] == len("Your pasta timer is done.") * PIECE


def test_without_the_wake_phrase_nothing_is_answered(tmp_path, monkeypatch) -> None:
    settings = Settings(listening={"wake_phrase": "hey computer", "wake_window_s": 0}, **LIMITS)
    for stage in _running(tmp_path, monkeypatch, settings):
        stage.asks("hello")
        assert stage.recorder.wait_for(SpeechIgnored).text == "hello"
        stage.asks("hey computer what time is it")
        stage.voice.play_out(stage.voice.next_end(set()))
        finished = stage.recorder.wait_for(TurnFinished)
        assert finished.transcript == "what time is it"
        assert stage.story() == ["TurnStarted", "TurnCommitted", "TurnFinished"]


def wait_for_final_transcript(stage: Stage) -> None:
    """Until then: a trial's answer may come before or after the pause is long enough."""
    while True:
        event = stage.recorder.wait_for(TranscriptUpdated)
        assert isinstance(event, TranscriptUpdated)
        if event.is_final:
            return


def remembers(stage: Stage, what: str) -> None:
    """The thinker's own memory, asked through the conversation."""
    before = stage.voice.ends()
    stage.conversation.ask_text("remember?")
    stage.voice.play_out(stage.voice.next_end(before))
    assert stage.recorder.wait_for(TurnFinished).reply == f"You said {what}."


def test_a_click_after_the_endpoint_is_no_turn(stage: Stage) -> None:
    stage.begins("hello")
    stage.goes_on("", speech_ms=900)
    stage.pauses(200)
    stage.pauses(900)  # committed; the stretch is still open
    stage.voice.wait_for("end 1")
    stage.resumes()
    stage.goes_on("", speech_ms=960)
    stage.conversation.heard(Paused(now_s(), 200, 960.0))
    stage.conversation.heard(SpeechEnded("silence", now_s()))
    stage.voice.play_out(1)
    assert stage.recorder.wait_for(TurnFinished).transcript == "hello"
    assert stage.story() == ["TurnStarted", "TurnCommitted", "TurnFinished"]


def test_muting_takes_back_what_is_being_said(stage: Stage) -> None:
    stage.begins("this is private")
    stage.conversation.mute(on=True)
    stage.recorder.wait_for(TurnCancelled)
    remembers(stage, "nothing")
