"""Writing the running conversation down: nothing is lost, nothing waits for the disk, and off means off."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import AssistantError
from assistant.events import (
    Event,
    ReplyAudio,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
    WorkerReady,
)
from assistant.history import recorder as recorder_module
from assistant.history.database import Database
from assistant.history.past import PastTurn
from assistant.history.recorder import HistoryRecorder
from assistant.history.store import HistoryStore
from assistant.history.writing import PAUSE
from assistant.metrics import TurnTimings
from assistant.settings import Settings
from assistant.settings.desktop import HistorySettings
from tests.fakes.past import NOON, TIMINGS, minutes, past_turn, said

READY = WorkerReady({"stt": "ears", "thinker": "brain", "tts": "mouth"}, 1.0)


def settings(*, keep: bool = True, keep_days: int = 0) -> Settings:
    return Settings(history=HistorySettings(keep=keep, keep_days=keep_days))


class Rig:
    """A recorder on a scripted clock."""

    def __init__(self, path: Path, store: HistoryStore | None = None, **kept: int) -> None:
        self.now = NOON
        self.now_s = 1000.0
        self.troubles: list[AssistantError] = []
        self.written = 0
        self.store = store if store is not None else HistoryStore(path)
        self.recorder = HistoryRecorder(
            settings(**kept),  # type: ignore[arg-type]
            self.troubles.append,
            on_written=self._count,
            store=self.store,
            clock=lambda: self.now,
            monotonic=lambda: self.now_s,
        )
        self._turn = 0

    def _count(self) -> None:
        self.written += 1

    def wait(self, by: timedelta) -> None:
        self.now += by
        self.now_s += by.total_seconds()

    def take(self, *events: Event) -> None:
        for event in events:
            self.recorder.take(event)

    def say(self, question: str, answer: str = "yes") -> int:
        self._turn += 1
        self.take(*said(self._turn, question, answer))
        return self._turn

    def turns(self) -> list[list[str]]:
        """The questions of every conversation, newest conversation first, once all is written."""
        assert self.recorder.settle()
        found = [self.store.conversation(line.id) for line in self.store.lines()]
        return [[turn.transcript for turn in each.turns] for each in found if each is not None]

    def turn(self) -> PastTurn:
        """The only turn there is."""
        assert self.recorder.settle()
        (line,) = self.store.lines()
        conversation = self.store.conversation(line.id)
        assert conversation is not None
        (turn,) = conversation.turns
        return turn


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sarai" / "history.sqlite3"


@pytest.fixture
def rig(path: Path):
    rig = Rig(path)
    yield rig
    rig.recorder.stop()


# --- what is kept -----------------------------------------------------------------------------------


def test_a_turn_is_kept_with_tools_models_set_and_every_stages_time(rig: Rig) -> None:
    start = rig.now_s
    stamps = {
        name: getattr(TIMINGS, name) + start
        for name in ("last_speech", "soft_end", "endpoint", "stt_done", "prompt_done")
    } | {
        name: getattr(TIMINGS, name) + start
        for name in ("first_token", "first_piece", "tts_first", "first_audio", "finished")
    }
    tool = ToolUsed(1, "tell_time", {"place": "here"}, {"time": "12:00"}, 2.0)
    events = said(1, "what time is it", "It is noon.", replace(TIMINGS, **stamps), [tool])
    rig.take(READY, events[0])
    rig.wait(timedelta(seconds=3))
    rig.take(*events[1:])
    turn = rig.turn()
    assert turn.at == NOON
    assert (turn.transcript, turn.reply, turn.heard) == ("what time is it", "It is noon.", None)
    assert turn.ending == "finished"
    assert [(call.name, call.arguments, call.result) for call in turn.tools] == [
        ("tell_time", {"place": "here"}, {"time": "12:00"})
    ]
    assert turn.timings == TIMINGS
    assert turn.timings.as_json()["mouth_to_ear"] == 480.0
    assert turn.models == READY.models
    assert turn.set_name == Settings().set


def test_an_interrupted_turn_keeps_what_was_heard(rig: Rig) -> None:
    rig.take(TurnStarted(1), TurnInterrupted(1, "go on", "one two three", "one two", TurnTimings()))
    turn = rig.turn()
    assert (turn.ending, turn.reply, turn.heard) == ("interrupted", "one two three", "one two")


def test_of_a_turn_that_failed_the_question_is_kept_and_why(rig: Rig) -> None:
    rig.take(
        TurnStarted(1),
        TranscriptUpdated(1, "tell me", is_final=True),
        ReplyUpdated(1, "Once "),
        ReplyUpdated(1, "upon"),
        TurnFailed(1, "tts", "tts_failed", "The voice broke.", "Ask again."),
    )
    turn = rig.turn()
    assert (turn.ending, turn.transcript, turn.reply) == ("failed", "tell me", "Once upon")
    assert turn.failure == "The voice broke."


def test_cancelled_and_empty_turns_and_what_is_only_read_aloud_are_not_kept(
    rig: Rig, path: Path
) -> None:
    rig.take(
        TurnStarted(1),
        TranscriptUpdated(1, "never mind", is_final=True),
        TurnCancelled(1),
        TurnFinished(1, "never mind", "", TurnTimings()),  # cannot come; changes nothing
        *said(2, "", ""),
        *said(3, "", "read aloud"),
        TurnStarted(4),
        TurnFailed(4, "stt", "stt_failed", "The ears broke.", ""),
    )
    assert rig.turns() == []
    assert not path.exists()


def test_turns_that_overlap_are_kept_apart(rig: Rig) -> None:
    one, two = said(1, "one", "first"), said(2, "two", "second")
    rig.take(one[0], two[0], *two[1:3], *one[1:], *two[3:])
    assert sorted(rig.turns()[0]) == ["one", "two"]


def test_sound_is_not_held_in_memory(rig: Rig) -> None:
    samples = np.zeros(10, np.float32)
    rig.take(TurnStarted(1), ReplyAudio(1, samples, 16_000, "hi"))
    import sys

    assert sys.getrefcount(samples) <= 3  # this name, the event's, the call's


# --- where one conversation ends --------------------------------------------------------------------


def test_turns_soon_after_each_other_are_one_conversation_and_a_long_pause_ends_it(
    rig: Rig,
) -> None:
    rig.say("one")
    rig.wait(PAUSE)
    rig.say("two")
    rig.wait(PAUSE + timedelta(seconds=1))
    rig.say("three")
    assert rig.turns() == [["three"], ["one", "two"]]


def test_a_conversation_can_be_begun_anew(rig: Rig) -> None:
    rig.say("one")
    rig.recorder.begin_anew()
    rig.wait(minutes(1))
    rig.say("two")
    assert rig.turns() == [["two"], ["one"]]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_turn_cut_short_by_beginning_anew_belongs_to_the_conversation_it_was_begun_in(
    rig: Rig, is_first: bool
) -> None:
    if not is_first:
        rig.say("one")
    rig.take(TurnStarted(70))
    rig.recorder.begin_anew()
    rig.take(TurnInterrupted(70, "cut short", "long answer", "long", TurnTimings()))
    rig.wait(minutes(1))
    rig.say("new")
    assert rig.turns() == [["new"], ["cut short"] if is_first else ["one", "cut short"]]


def test_a_past_conversation_can_be_gone_on_with_however_old_it_is(path: Path) -> None:
    HistoryStore(path).add("past", [past_turn("long ago", at=NOON - timedelta(days=400))])
    rig = Rig(path)
    rig.say("new")
    rig.wait(minutes(1))
    rig.recorder.go_on_with(rig.store.lines()[-1].key)
    rig.say("again")
    rig.say("and again")
    assert rig.turns() == [["long ago", "again", "and again"], ["new"]]
    rig.recorder.stop()


def test_the_next_run_of_the_program_begins_a_new_conversation(path: Path) -> None:
    for question in ("one", "two"):
        rig = Rig(path)
        rig.wait(minutes(1) if question == "two" else minutes(0))
        rig.say(question)
        rig.recorder.stop()
    assert [line.title for line in rig.store.lines()] == ["Two", "One"]


def test_when_the_running_conversation_is_deleted_the_next_turn_begins_another(rig: Rig) -> None:
    rig.say("one")
    assert rig.turns() == [["one"]]
    deleted = rig.store.lines()[0].id
    rig.store.hide([deleted])
    rig.say("two")
    rig.say("three")
    assert rig.turns() == [["two", "three"]]
    rig.store.unhide([deleted])
    assert sorted(rig.turns()) == [["one"], ["two", "three"]]


# --- single turns -----------------------------------------------------------------------------------


def test_a_turn_can_be_forgotten_and_remembered(rig: Rig) -> None:
    rig.say("one")
    second = rig.say("two")
    rig.recorder.forget_turn(second)
    assert rig.turns() == [["one"]]
    rig.recorder.remember_turn(second)
    assert rig.turns() == [["one", "two"]]
    rig.recorder.forget_turn(999)
    assert rig.turns() == [["one", "two"]]


# --- off --------------------------------------------------------------------------------------------


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def test_switched_off_not_a_byte_is_written(tmp_path: Path, path: Path) -> None:
    rig = Rig(path, keep=False)
    rig.recorder.start()
    rig.take(READY)
    rig.say("a secret")
    rig.recorder.settle()
    rig.recorder.stop()
    assert list(tmp_path.iterdir()) == []


def test_switched_off_an_old_history_stays_as_it_is_to_the_byte(tmp_path: Path, path: Path) -> None:
    HistoryStore(path).add("past", [past_turn("long ago")])
    before = everything_in(tmp_path)
    rig = Rig(path, keep=False)
    rig.recorder.start()
    rig.say("a secret")
    rig.recorder.stop()
    assert everything_in(tmp_path) == before


def test_switching_off_takes_hold_at_once_and_on_again_with_the_next_turn(rig: Rig) -> None:
    rig.say("kept")
    secret = said(50, "a secret", "shh")
    rig.take(*secret[:3])
    rig.recorder.apply(settings(keep=False))
    rig.take(*secret[3:5])
    rig.recorder.apply(settings(keep=True))
    rig.take(*secret[5:])  # begun while it was off for a while
    rig.say("kept too")
    assert sorted(each for group in rig.turns() for each in group) == ["kept", "kept too"]
    assert b"a secret" not in rig.store.path.read_bytes()


def test_switching_off_forgets_what_was_waiting_for_room_on_the_disk(path: Path) -> None:
    path.parent.write_bytes(b"a file where the folder should be")
    rig = Rig(path)
    rig.say("a secret")
    assert rig.recorder.settle()
    rig.recorder.apply(settings(keep=False))
    assert rig.recorder.settle()
    path.parent.unlink()
    rig.recorder.apply(settings(keep=True))
    rig.say("kept")
    assert rig.turns() == [["kept"]]
    rig.recorder.stop()


# --- not for ever -----------------------------------------------------------------------------------


def with_old_ones(path: Path) -> HistoryStore:
    store = HistoryStore(path)
    for days in (1, 29, 31, 400):
        store.add(f"{days}", [past_turn(f"{days} days", at=NOON - timedelta(days=days))])
    return store


@pytest.mark.parametrize("keep", [True, False])
def test_what_is_too_old_is_deleted_at_the_start(path: Path, keep: bool) -> None:
    with_old_ones(path)
    rig = Rig(path, keep=keep, keep_days=30)
    rig.recorder.start()
    assert rig.turns() == [["1 days"], ["29 days"]]
    rig.recorder.stop()


def test_without_a_limit_nothing_is_ever_too_old(path: Path) -> None:
    with_old_ones(path)
    rig = Rig(path)
    rig.recorder.start()
    assert len(rig.turns()) == 4
    rig.recorder.apply(settings(keep_days=30))
    assert len(rig.turns()) == 2
    rig.recorder.stop()


def test_what_is_too_old_is_deleted_daily(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "TIDY_S", 0.01)
    store = with_old_ones(path)
    rig = Rig(path, keep_days=30)
    rig.recorder.start()
    assert len(rig.turns()) == 2
    rig.now = NOON + timedelta(days=2)
    until(lambda: len(store.lines()) == 1)
    rig.recorder.stop()


def test_what_was_deleted_a_while_ago_is_gone_for_good_and_the_latest_can_be_undone(
    path: Path,
) -> None:
    store = HistoryStore(path)
    store.add("a", [past_turn("about milk")])
    (line,) = store.lines()
    store.hide([line.id])
    rig = Rig(path)
    rig.now = datetime.now(NOON.tzinfo) + timedelta(seconds=50)
    rig.recorder.start()
    rig.recorder.settle()
    store.unhide([line.id])
    assert len(store.lines()) == 1
    store.hide([line.id])
    rig.now += timedelta(seconds=20)
    rig.recorder.stop()
    store.unhide([line.id])
    assert store.lines() == ()


# --- trouble ----------------------------------------------------------------------------------------


def until(condition, patience_s: float = 10.0) -> None:
    """Wait for another thread."""
    deadline = time.monotonic() + patience_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(0.01)


class SmallDisk(Database):
    """A database on a disk with so many pages of room; SQLite itself says when it is full."""

    pages = 60

    def _prepare(self, db: sqlite3.Connection) -> None:
        super()._prepare(db)
        db.execute(f"PRAGMA max_page_count = {self.pages}").fetchall()


def small_disk(path: Path) -> tuple[HistoryStore, SmallDisk]:
    store = HistoryStore(path)
    disk = SmallDisk(path)
    store._database = disk
    return store, disk


LONG = "so much to say " * 1000


def test_a_full_disk_is_said_once_and_all_is_written_when_there_is_room_again(path: Path) -> None:
    store, disk = small_disk(path)
    rig = Rig(path, store)
    count = 0
    while not rig.troubles:
        count += 1
        assert count < 50
        rig.say(f"question {count}", LONG)
        assert rig.recorder.settle()
    for _ in range(3):
        count += 1
        rig.say(f"question {count}", LONG)
    assert rig.recorder.settle()
    (trouble,) = rig.troubles
    assert trouble.code == "history_disk_full"
    assert trouble.message == "The disk is full, so the history cannot be changed."
    assert "held in memory" in trouble.hint
    assert len(rig.turns()[0]) < count
    assert rig.written == 0
    disk.pages = 100_000
    rig.say("one more")
    assert rig.turns() == [[*(f"question {n}" for n in range(1, count + 1)), "one more"]]
    assert rig.written == 1
    assert len(rig.troubles) == 1
    rig.recorder.stop()


def test_what_is_held_back_is_tried_again_without_a_new_turn(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "RETRY_S", 0.01)
    path.parent.write_bytes(b"a file where the folder should be")
    rig = Rig(path)
    rig.say("held back")
    assert rig.recorder.settle()
    assert [trouble.code for trouble in rig.troubles] == ["history_read_only"]
    path.parent.unlink()
    until(lambda: rig.written == 1)
    assert rig.turns() == [["held back"]]
    rig.recorder.stop()


def test_stopping_is_the_last_try(path: Path) -> None:
    path.parent.write_bytes(b"a file where the folder should be")
    rig = Rig(path)
    rig.say("held back")
    assert rig.recorder.settle()
    path.parent.unlink()
    rig.recorder.stop()
    assert [line.title for line in rig.store.lines()] == ["Held back"]


def test_what_is_lost_at_the_end_is_in_the_log(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.write_bytes(b"a file where the folder should be")
    rig = Rig(path)
    rig.say("lost")
    rig.recorder.stop()
    assert "1 changes to the history could not be written" in caplog.text


def test_a_second_kind_of_trouble_is_said_too_and_the_first_again_after_all_was_well(
    path: Path,
) -> None:
    path.parent.write_bytes(b"a file where the folder should be")
    rig = Rig(path)

    def codes() -> list[str]:
        assert rig.recorder.settle()
        return [trouble.code for trouble in rig.troubles]

    rig.say("one")
    rig.say("two")
    assert codes() == ["history_read_only"]
    path.parent.unlink()
    rig.say("three")
    assert codes() == ["history_read_only"]
    path.rename(path.with_suffix(".kept"))
    path.mkdir()
    rig.say("four")
    assert codes() == ["history_read_only", "history_read_only"]
    path.rmdir()
    rig.recorder.stop()


@pytest.mark.parametrize("when", ["before the start", "in the middle"])
def test_a_damaged_file_is_kept_aside_and_a_new_one_has_the_whole_conversation(
    path: Path, caplog: pytest.LogCaptureFixture, when: str
) -> None:
    path.parent.mkdir()
    damage = b"this was a database once" * 400
    rig = Rig(path)
    if when == "before the start":
        path.write_bytes(damage)
        rig.say("one")
    else:
        rig.say("one")
        rig.recorder.forget_turn(rig.say("forgotten before"))
        brought_back = rig.say("one and a half")
        rig.recorder.forget_turn(brought_back)
        rig.recorder.remember_turn(brought_back)
        assert rig.recorder.settle()
        path.write_bytes(damage)
    forgotten = rig.say("two")
    rig.recorder.forget_turn(forgotten)
    rig.say("three")
    kept = ["one", "three"] if when == "before the start" else ["one", "one and a half", "three"]
    assert rig.turns() == [kept]
    assert [trouble.code for trouble in rig.troubles] == ["history_damaged"]
    assert rig.troubles[0].message == "The history file was damaged; a new one was begun."
    (aside,) = path.parent.glob("*.broken-*")
    assert aside.name == f"history.sqlite3.broken-{datetime.now().astimezone().date().isoformat()}"
    assert aside.read_bytes() == damage
    assert "is kept as" in caplog.text
    rig.recorder.stop()


def test_damage_deep_inside_the_file_is_found_when_it_matters(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(path)
    for number in range(30):
        rig.say(f"question {number}", LONG)
    assert rig.recorder.settle()
    content = bytearray(path.read_bytes())
    content[4096:-4096] = b"\x5a" * (len(content) - 8192)
    path.write_bytes(bytes(content))
    rig.say("after the damage")
    assert rig.turns() == [[*(f"question {number}" for number in range(30)), "after the damage"]]
    assert [trouble.code for trouble in rig.troubles] == ["history_damaged"]
    rig.recorder.stop()


def test_a_second_damaged_file_of_a_day_does_not_replace_the_first(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    for text in (b"first " * 1000, b"second " * 1000):
        path.write_bytes(text)
        rig = Rig(path)
        rig.say("hello")
        rig.recorder.stop()
    assert sorted(one.read_bytes()[:5] for one in path.parent.glob("*.broken-*")) == [
        b"first",
        b"secon",
    ]


def test_two_programs_that_find_the_same_damage_keep_it_aside_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(b"damaged " * 1000)
    store = HistoryStore(path)
    found_damaged = store.identity()
    rig = Rig(path)
    rig.say("from the window")
    assert rig.recorder.settle()
    assert store.keep_aside(found_damaged) is None  # the other program comes late
    assert rig.turns() == [["from the window"]]
    rig.recorder.stop()


def test_damage_that_another_program_has_just_kept_aside_is_its_to_tell(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Late(HistoryStore):
        """Finds the file damaged, and meanwhile the other program replaces it."""

        is_late = False

        def add(self, conversation_key: str, turns) -> bool:
            if not self.is_late:
                self.is_late = True
                other = HistoryStore(path)
                other.keep_aside(other.identity())
                other.add("other", [past_turn("from the terminal")])
                raise AssistantError("history_damaged", "The history file is damaged.", "")
            return super().add(conversation_key, turns)

    path.parent.mkdir()
    path.write_bytes(b"damaged " * 1000)
    rig = Rig(path, Late(path))
    rig.recorder._tidy = lambda: None  # the start would find the damage before
    rig.say("from the window")
    assert sorted(rig.turns()) == [["from the terminal"], ["from the window"]]
    assert rig.troubles == []
    rig.recorder.stop()


def test_a_newer_file_is_said_and_left_alone(path: Path) -> None:
    HistoryStore(path).add("a", [past_turn()])
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    rig = Rig(path)
    rig.say("hello")
    assert rig.recorder.settle()
    rig.recorder.apply(settings(keep=False))
    rig.recorder.stop()
    assert [trouble.code for trouble in rig.troubles] == ["history_newer"]
    assert path.read_bytes() == before


# --- never in the way -------------------------------------------------------------------------------


def test_the_conversation_goes_on_while_the_disk_stands_still(path: Path) -> None:
    """`take` returns although the history thread is inside a write that does not end."""
    release = threading.Event()
    entered = threading.Event()

    class StandingStill(HistoryStore):
        def add(self, conversation_key: str, turns) -> bool:
            entered.set()
            assert release.wait(30)
            return super().add(conversation_key, turns)

    rig = Rig(path, StandingStill(path))
    rig.say("first")
    assert entered.wait(10)
    for number in range(500):
        rig.say(f"question {number}")
    assert not release.is_set()
    release.set()
    assert len(rig.turns()[0]) == 501
    rig.recorder.stop()


def test_a_disk_that_stands_still_for_ever_does_not_take_all_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "INBOX_TURNS", 5)
    release = threading.Event()
    entered = threading.Event()

    class StandingStill(HistoryStore):
        def add(self, conversation_key: str, turns) -> bool:
            entered.set()
            assert release.wait(30)
            return super().add(conversation_key, turns)

    rig = Rig(path, StandingStill(path))
    rig.say("first")
    assert entered.wait(10)
    for number in range(20):
        rig.say(f"question {number}")
    assert [trouble.code for trouble in rig.troubles] == ["history_too_slow"]
    release.set()
    rig.recorder.stop()
    assert rig.store.lines()[0].turn_count == 6


def test_after_the_stop_nothing_is_taken_and_a_second_stop_is_nothing(rig: Rig, path: Path) -> None:
    rig.recorder.stop()
    rig.say("too late")
    rig.recorder.stop()
    assert not rig.recorder.settle(0.01)
    assert not path.exists()
    assert rig.troubles == []


def record(path: Path, who: str, turns: int) -> None:
    rig = Rig(path)
    for number in range(turns):
        rig.say(f"{who} {number}")
    rig.recorder.stop()
    assert not rig.troubles


def test_window_and_terminal_write_at_once(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    terminal = context.Process(target=record, args=(path, "terminal", 20))
    terminal.start()
    record(path, "window", 20)
    terminal.join()
    assert terminal.exitcode == 0
    found = [HistoryStore(path).conversation(line.id) for line in HistoryStore(path).lines()]
    talks = sorted([turn.transcript for turn in each.turns] for each in found if each is not None)
    assert talks == [[f"{who} {n}" for n in range(20)] for who in ("terminal", "window")]
