"""What people rely on when they look back: all that was said is there, and what they delete is gone."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import sys
import threading
import unicodedata
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import AssistantError
from assistant.history.migrations import STEPS, migrate, version_of
from assistant.history.past import PastTurn, ToolCall, storable, title_from
from assistant.history.store import HistoryStore
from tests.fakes.past import NOON, minutes, past_turn


@pytest.fixture
def store(tmp_path: Path) -> HistoryStore:
    return HistoryStore(tmp_path / "sarai" / "history.sqlite3")


def titles(store: HistoryStore) -> list[str]:
    return [line.title for line in store.lines()]


def ids(store: HistoryStore) -> dict[str, int]:
    return {line.title: line.id for line in store.lines()}


def turns(store: HistoryStore, title: str) -> tuple[PastTurn, ...]:
    found = store.conversation(ids(store)[title])
    assert found is not None
    return found.turns


# --- keeping ----------------------------------------------------------------------------------------


def test_a_turn_comes_back_with_everything_that_was_kept(store: HistoryStore) -> None:
    tool = ToolCall("set_timer", {"duration": "five minutes"}, {"seconds": 300}, 1.5)
    turn = past_turn("set a timer", "It is set — ¡cinco!", heard="It is", tools=(tool,))
    assert store.add("talk", [turn])
    assert turns(store, "Set a timer") == (turn,)


def test_turns_of_one_key_are_one_conversation_named_after_its_first_question(
    store: HistoryStore,
) -> None:
    store.add("a", [past_turn("what time is it"), past_turn("and the day", at=NOON + minutes(1))])
    store.add("b", [past_turn("tell me a joke", at=NOON + minutes(2))])
    store.add("a", [past_turn("and the year", at=NOON + minutes(3))])
    store.add("a", [past_turn("written late", at=NOON + minutes(1.5))])
    lines = store.lines()
    assert [(line.title, line.turn_count) for line in lines] == [
        ("What time is it", 4),
        ("Tell me a joke", 1),
    ]
    assert lines[0].started_at == NOON
    assert lines[0].updated_at == NOON + minutes(3)
    asked = [turn.transcript for turn in turns(store, "What time is it")]
    assert asked == ["what time is it", "and the day", "written late", "and the year"]


def test_a_turn_given_twice_is_kept_once(store: HistoryStore) -> None:
    turn = past_turn()
    store.add("talk", [turn])
    store.add("talk", [turn])
    assert turns(store, "What time is it") == (turn,)


def test_a_long_list_comes_in_pages_without_gap_or_repetition(store: HistoryStore) -> None:
    for number in range(7):  # some of them at the same moment
        store.add(f"c{number}", [past_turn(f"question {number}", at=NOON + minutes(number // 3))])
    found, last = [], None
    while page := store.lines(limit=3, after=last):
        found += [line.title for line in page]
        last = page[-1]
    assert found == [f"Question {number}" for number in (6, 5, 4, 3, 2, 1, 0)]


def test_only_the_person_may_read_the_file(store: HistoryStore) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows keeps a person's folders to the person by itself")
    store.add("talk", [past_turn()])
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_looking_makes_no_file(store: HistoryStore) -> None:
    assert store.lines() == ()
    assert store.search("time") == ()
    assert store.conversation(1) is None
    store.hide([1])
    store.unhide([1])
    store.rename(1, "other")
    assert store.delete([1]) == store.delete_everything() == 0
    assert not store.path.parent.exists()


def test_half_of_a_character_and_controls_are_replaced_not_refused(store: HistoryStore) -> None:
    store.add("talk", [past_turn("a \ud800 b\x00c", "bell\x07")])
    assert turns(store, "A ? b c")[0].reply == "bell "


@settings(deadline=None, max_examples=25)  # few examples: each is written to the disk
@given(question=st.text(min_size=1).filter(str.strip), reply=st.text())
def test_any_text_comes_back_as_it_was_said(
    tmp_path_factory: pytest.TempPathFactory, question: str, reply: str
) -> None:
    store = HistoryStore(tmp_path_factory.getbasetemp() / "any-text" / "history.sqlite3")
    turn = past_turn(question, reply)
    store.add(turn.key, [turn])
    found = store.conversation(max(line.id for line in store.lines(limit=1000)))
    assert found is not None
    assert found.turns[0].transcript == storable(question)
    assert found.turns[0].reply == storable(reply)


@given(st.text())
def test_text_is_stored_without_change_but_for_controls_and_composition(text: str) -> None:
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"}
    )
    stored = storable(text)
    if text == plain:
        assert stored == text
    assert storable(stored) == stored


@given(st.text())
def test_a_title_is_short_on_one_line_and_begins_as_the_question_does(question: str) -> None:
    title = title_from(question)
    assert len(title) <= 61  # a first letter may become two: ß, SS
    assert "\n" not in title
    words = " ".join(question.split())
    assert words.upper().startswith(title.removesuffix("…").rstrip().upper()) or not words


# --- renaming and deleting --------------------------------------------------------------------------


def test_a_new_title_is_shown_and_found(store: HistoryStore) -> None:
    store.add("talk", [past_turn()])
    store.rename(ids(store)["What time is it"], "  Clocks\nand watches ")
    store.add("talk", [past_turn("more", at=NOON + minutes(1))])
    assert titles(store) == ["Clocks and watches"]
    assert [found.line.title for found in store.search("watch")] == ["Clocks and watches"]
    store.rename(ids(store)["Clocks and watches"], "   ")
    assert titles(store) == ["Clocks and watches"]


def test_a_deleted_conversation_is_nowhere_until_it_is_brought_back(store: HistoryStore) -> None:
    store.add("a", [past_turn("about milk")])
    store.add("b", [past_turn("about bread")])
    before = store.lines()
    milk = ids(store)["About milk"]
    store.hide([milk])
    assert titles(store) == ["About bread"]
    assert store.search("milk") == ()
    assert store.conversation(milk) is None
    store.unhide([milk])
    assert store.lines() == before


def test_what_is_said_in_a_deleted_conversation_is_not_added_to_it(store: HistoryStore) -> None:
    store.add("a", [past_turn("about milk")])
    store.hide([ids(store)["About milk"]])
    assert not store.add("a", [past_turn("more milk")])
    assert titles(store) == []


def test_purging_spares_what_is_not_deleted(store: HistoryStore) -> None:
    store.add("a", [past_turn("about milk")])
    store.add("b", [past_turn("about bread")])
    by_title = ids(store)
    store.hide([by_title["About milk"]])
    assert store.purge(by_title.values()) == 1
    store.unhide(by_title.values())
    assert titles(store) == ["About bread"]


def test_a_single_turn_can_be_deleted_and_brought_back(store: HistoryStore) -> None:
    first, second = past_turn("about milk"), past_turn("about bread", at=NOON + minutes(1))
    store.add("a", [first, second])
    store.hide_turn(second.key)
    assert turns(store, "About milk") == (first,)
    assert store.search("bread") == ()
    store.unhide_turn(second.key)
    assert turns(store, "About milk") == (first, second)


def test_with_its_first_turn_a_conversation_loses_the_title_made_of_it(store: HistoryStore) -> None:
    first, second = past_turn("about milk"), past_turn("about bread", at=NOON + minutes(1))
    store.add("a", [first, second])
    store.hide_turn(first.key)
    assert turns(store, "About bread") == (second,)
    assert store.search("milk") == ()
    store.unhide_turn(first.key)
    assert turns(store, "About milk") == (first, second)
    store.rename(ids(store)["About milk"], "Mine")
    store.hide_turn(first.key)
    assert titles(store) == ["Mine"]


def test_without_its_last_turn_a_conversation_is_gone(store: HistoryStore) -> None:
    first, second = past_turn("about milk"), past_turn("about bread", at=NOON + minutes(1))
    store.add("a", [first, second])
    store.hide_turn(second.key)
    store.hide_turn(first.key)
    assert store.lines() == ()
    store.add("a", [past_turn("about eggs", at=NOON + minutes(2))])
    assert titles(store) == ["About eggs"]
    store.delete([ids(store)["About eggs"]])
    store.add("b", [first, second])
    store.hide_turn(second.key)
    store.hide_turn(first.key)
    assert store.purge_hidden_before(NOON + timedelta(days=36_500)) == 1
    store.unhide_turn(second.key)
    assert store.lines() == ()
    assert b"bout" not in store.path.read_bytes()


def test_old_conversations_go_and_those_still_in_use_stay(store: HistoryStore) -> None:
    store.add("old", [past_turn("old", at=NOON - timedelta(days=31))])
    store.add("long", [past_turn("long", at=NOON - timedelta(days=31))])
    store.add("long", [past_turn("new", at=NOON - timedelta(days=29))])
    assert store.delete_older_than(30, NOON) == 1
    assert titles(store) == ["Long"]
    assert len(turns(store, "Long")) == 2


@pytest.mark.parametrize("way", ["delete", "purge", "too old"])
def test_no_byte_of_what_was_deleted_stays_on_the_disk(store: HistoryStore, way: str) -> None:
    long = "verysecret " * 2000  # so long that it fills pages of its own
    store.add("a", [past_turn("xylophone " + long, "marimba " + long)])
    store.add("b", [past_turn("tomorrow", at=NOON + timedelta(days=2))])
    before = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert b"xylophone" in before
    secret = ids(store)[title_from("xylophone " + long)]
    size = store.path.stat().st_size
    other = sqlite3.connect(store.path)  # another program that looks: the journal outlives our work
    other.execute("SELECT count(*) FROM turns").fetchone()
    match way:
        case "delete":
            store.delete([secret])
        case "purge":
            store.hide([secret])
            store.purge([secret])
        case "too old":
            store.delete_older_than(1, NOON + timedelta(days=2))
    after = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    other.close()
    assert b"tomorrow" in after
    for word in (b"xylophone", b"verysecret", b"marimba"):
        assert word not in after.lower()
    assert store.path.stat().st_size < size


def test_numbers_of_deleted_conversations_are_never_given_again(store: HistoryStore) -> None:
    store.add("a", [past_turn("about milk")])
    first = ids(store)["About milk"]
    store.delete([first])
    store.add("b", [past_turn("about bread")])
    assert ids(store)["About bread"] > first


# --- several at once --------------------------------------------------------------------------------


def add_turns(path: Path, writer: str, count: int) -> None:
    store = HistoryStore(path)
    for number in range(count):
        store.add(writer, [PastTurn(f"{writer}{number}", NOON, "finished", f"{writer} {number}")])


def test_threads_on_a_new_file_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    threads = [threading.Thread(target=add_turns, args=(path, f"w{n}", 5)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.turn_count for line in HistoryStore(path).lines()] == [5, 5, 5, 5]


def test_two_programs_on_a_new_file_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=add_turns, args=(path, "window", 10))
    other.start()
    add_turns(path, "terminal", 10)
    other.join()
    assert other.exitcode == 0
    assert [line.turn_count for line in HistoryStore(path).lines()] == [10, 10]


# --- when the file is not what it should be ---------------------------------------------------------


def code_of(problem: pytest.ExceptionInfo[AssistantError]) -> str:
    assert problem.value.message
    assert problem.value.hint
    return problem.value.code


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 300, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_damaged_file_is_said_and_left_for_the_recorder(
    store: HistoryStore, content: bytes
) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(content)
    with pytest.raises(AssistantError) as problem:
        store.lines()
    assert code_of(problem) == "history_damaged"
    with pytest.raises(AssistantError):
        store.add("talk", [past_turn()])
    assert store.path.read_bytes() == content


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AssistantError) as problem:
        HistoryStore(tmp_path / "file" / "history.sqlite3").add("talk", [past_turn()])
    assert code_of(problem) == "history_read_only"


def test_on_a_disk_that_refuses_changes_one_can_still_read(store: HistoryStore) -> None:
    """SQLite cannot open its journal beside the file: here a folder stands where it should be."""
    store.add("talk", [past_turn("what time is it, señor?")])
    Path(f"{store.path}-wal").mkdir()
    assert titles(store) == ["What time is it, señor?"]
    assert len(store.search("time")) == 1
    with pytest.raises(AssistantError) as problem:
        store.add("talk", [past_turn()])
    assert code_of(problem) == "history_read_only"


def test_another_program_that_holds_the_file_for_long_is_said(
    store: HistoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.history.database.BUSY_S", 0.01)
    store.add("talk", [past_turn()])
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(AssistantError) as problem:
            store.add("talk", [past_turn()])
    assert code_of(problem) == "history_busy"
    assert store.lines()[0].turn_count == 1


# --- layouts ----------------------------------------------------------------------------------------


def test_a_file_of_version_0_gets_the_newest_layout(store: HistoryStore) -> None:
    store.path.parent.mkdir()
    with closing(sqlite3.connect(store.path)) as db:
        assert version_of(db) == 0
        db.execute("VACUUM")  # makes it a database, though an empty one
    assert store.path.stat().st_size > 0
    assert store.lines() == ()
    store.add("talk", [past_turn()])
    with closing(sqlite3.connect(store.path)) as db:
        assert version_of(db) == len(STEPS)
    assert titles(store) == ["What time is it"]


def test_a_layout_another_program_makes_at_the_same_moment_is_not_made_twice(
    store: HistoryStore,
) -> None:
    """Both have seen version 0; the other one is quicker."""
    store.path.parent.mkdir()

    class Late(sqlite3.Connection):
        is_late = False

        def execute(self, statement: str, *arguments: object) -> sqlite3.Cursor:
            if statement == "BEGIN IMMEDIATE" and not self.is_late:
                self.is_late = True
                assert store.lines() == ()
            return super().execute(statement, *arguments)

    store.path.touch()
    with closing(sqlite3.connect(store.path, isolation_level=None, factory=Late)) as db:
        migrate(db)
        assert db.is_late
        assert version_of(db) == len(STEPS)


def test_a_later_step_changes_the_layout_and_keeps_what_is_there(store: HistoryStore) -> None:
    store.add("talk", [past_turn()])
    step = "ALTER TABLE turns ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm';\n"
    with closing(sqlite3.connect(store.path, isolation_level=None)) as db:
        migrate(db, [*STEPS, step])
        assert version_of(db) == len(STEPS) + 1
        assert db.execute("SELECT mood, transcript FROM turns").fetchall() == [
            ("calm", "what time is it")
        ]


def test_a_step_that_fails_leaves_the_file_as_it_was(store: HistoryStore) -> None:
    store.add("talk", [past_turn()])
    step = "ALTER TABLE turns ADD COLUMN mood TEXT;\nDROP TABLE nothing;\n"
    with closing(sqlite3.connect(store.path, isolation_level=None)) as db:
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, [*STEPS, step])
        assert version_of(db) == len(STEPS)
        columns = [row[1] for row in db.execute("PRAGMA table_info(turns)")]
    assert "mood" not in columns
    assert titles(store) == ["What time is it"]


def test_a_file_of_a_newer_program_is_left_alone(store: HistoryStore) -> None:
    store.add("talk", [past_turn()])
    with closing(sqlite3.connect(store.path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = store.path.read_bytes()
    for work in (store.lines, lambda: store.add("talk", [past_turn()]), store.delete_everything):
        with pytest.raises(AssistantError) as problem:
            work()
        assert code_of(problem) == "history_newer"
    assert store.path.read_bytes() == before
