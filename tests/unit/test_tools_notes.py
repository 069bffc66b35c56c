"""What people rely on when they dictate notes and lists: nothing is lost."""

from __future__ import annotations

import errno
import json
import logging
import os
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tools.notes import FILE_NAME, MAX_CHARACTERS, Notebook, tools
from assistant.tools.tool import ToolContext, ToolProblem


class Spoken:
    """The note tools by name."""

    def __init__(self, folder: Path) -> None:
        context = ToolContext(
            lambda: datetime.now(UTC), lambda: 0.0, folder, lambda _name, _duration_s: None
        )
        self._functions = {each.name: each.function for each in tools(context)}

    def __call__(self, called: str, /, **arguments: str) -> dict[str, object]:
        return dict(self._functions[called](**arguments))

    def problem(self, called: str, /, **arguments: str) -> str:
        with pytest.raises(ToolProblem) as problem:
            self._functions[called](**arguments)
        return str(problem.value)


@pytest.fixture
def spoken(tmp_path: Path) -> Spoken:
    return Spoken(tmp_path / "sarai")


def test_a_list_grows_is_read_and_shrinks(spoken: Spoken) -> None:
    assert spoken("read_list") == {"list": "shopping", "items": "empty"}
    assert spoken("add_to_list", item="some milk") == {"added": "milk", "list": "shopping"}
    assert spoken("add_to_list", item="eggs", list_="my Shopping list.") == {
        "added": "eggs",
        "list": "shopping",
    }
    assert spoken("read_list", list_="shopping") == {"list": "shopping", "items": "milk, eggs"}
    assert spoken("remove_from_list", item="the egg") == {"removed": "eggs", "list": "shopping"}
    assert spoken("read_list") == {"list": "shopping", "items": "milk"}


def test_lists_of_other_names_are_kept_apart(spoken: Spoken) -> None:
    spoken("add_to_list", item="hammer", list_="hardware")
    spoken("add_to_list", item="call mom", list_="to-do list")
    assert spoken("read_list", list_="todo") == {"list": "to do", "items": "call mom"}
    assert spoken("read_list") == {"list": "shopping", "items": "empty"}


def test_what_is_there_twice_or_not_at_all_is_said_in_one_sentence(spoken: Spoken) -> None:
    spoken("add_to_list", item="milk")
    assert spoken.problem("add_to_list", item="Milk") == "Milk is already on the shopping list."
    assert (
        spoken.problem("remove_from_list", item="bread")
        == "There is no bread on the shopping list."
    )
    assert spoken.problem("take_note", text="  ") == "There is nothing to write down."
    assert spoken.problem("take_note", text="x" * (MAX_CHARACTERS + 1)) == (
        "That is too long to write down."
    )


def test_notes_are_read_back_in_the_order_they_were_taken(spoken: Spoken) -> None:
    assert spoken("read_notes") == {"notes": "none"}
    assert spoken("take_note", text="call the plumber") == {"noted": "call the plumber"}
    spoken("take_note", text="buy stamps")
    assert spoken("read_notes") == {"notes": "call the plumber; buy stamps"}


def test_of_very_many_notes_the_latest_are_read_and_the_rest_counted(spoken: Spoken) -> None:
    for number in range(23):
        spoken("take_note", text=f"note {number}")
    said = str(spoken("read_notes")["notes"]).split("; ")
    assert said == [*(f"note {number}" for number in range(3, 23)), "and 3 earlier"]


def test_another_program_on_the_same_folder_sees_every_change(tmp_path: Path) -> None:
    Spoken(tmp_path)("take_note", text="buy stamps")
    assert Spoken(tmp_path)("read_notes") == {"notes": "buy stamps"}


# Few examples: each write is flushed to the disk.
@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.text(min_size=1, max_size=50).filter(str.strip), max_size=3),
    st.text(min_size=1, max_size=20),
)
def test_any_text_comes_back_as_it_was_given(texts: list[str], list_name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        notebook = Notebook(Path(folder))
        kept = []
        for text in texts:
            notebook.add_note(text)
            try:
                notebook.add_item(text, list_name)
            except ToolProblem:  # a plural of one before it
                continue
            kept.append(text)
        again = Notebook(Path(folder))
        assert again.notes() == tuple(texts)
        assert again.items(list_name) == tuple(kept)


def test_half_of_a_character_is_replaced_not_refused(tmp_path: Path) -> None:
    Notebook(tmp_path).add_note("broken \ud800 text")
    assert Notebook(tmp_path).notes() == ("broken ? text",)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\x00\xff",
        b"{",
        b"[]",
        b'{"notes": 5}',
        b'{"notes": ["a"], "unknown": 1}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage)
    (tmp_path / f"{FILE_NAME}.corrupt-1").write_bytes(b"an older one")
    notebook = Notebook(tmp_path)
    notebook.add_note("buy stamps")
    assert notebook.notes() == ("buy stamps",)
    assert (tmp_path / f"{FILE_NAME}.corrupt-1").read_bytes() == b"an older one"
    assert (tmp_path / f"{FILE_NAME}.corrupt-2").read_bytes() == damage
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "corrupt-2" in caplog.text


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    newer = json.dumps({"schema_version": 99, "pages": []})
    (tmp_path / FILE_NAME).write_text(newer, "utf-8")
    with pytest.raises(ToolProblem, match="newer version"):
        Notebook(tmp_path).add_note("buy stamps")
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert (tmp_path / FILE_NAME).read_text("utf-8") == newer


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_is_said_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    notebook = Notebook(tmp_path)
    notebook.add_note("call the plumber")

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full) if step == "fsync" else disk.setattr(Path, "replace", full)
        with pytest.raises(ToolProblem) as problem:
            notebook.add_note("buy stamps")
    assert str(problem.value) == "I could not save that, because the disk is full."
    assert "cannot be written" in caplog.text
    assert notebook.notes() == ("call the plumber",)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_a_folder_that_cannot_be_used_is_said_in_one_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    spoken = Spoken(tmp_path / "file")
    assert spoken.problem("take_note", text="buy stamps") == "I cannot read your notes."
    assert "cannot be read" in caplog.text


def test_many_threads_at_once_lose_nothing(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    threads = [
        threading.Thread(
            target=lambda writer=writer: [notebook.add_note(f"{writer} {n}") for n in range(5)]
        )
        for writer in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(notebook.notes()) == sorted(
        f"{writer} {n}" for writer in range(6) for n in range(5)
    )
