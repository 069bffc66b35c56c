"""`assistant history …`, as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assistant.cli.history import app
from assistant.errors import AssistantError
from assistant.history.past import ToolCall
from assistant.history.store import HistoryStore
from tests.fakes.past import NOON, minutes, past_turn


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HistoryStore:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    return HistoryStore()


@pytest.fixture
def filled(store: HistoryStore) -> HistoryStore:
    tool = ToolCall("tell_time", {}, {"time": "12:00"}, 2.0)
    store.add("a", [past_turn("what time is it", "It is [noon].", tools=(tool,))])
    store.add(
        "b", [past_turn("tell me a joke", "Knock knock.", heard="Knock", at=NOON + minutes(1))]
    )
    return store


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=answer)


def printed(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def parsed(*arguments: str) -> Any:
    return json.loads(printed(*arguments, "--json"))


def test_without_a_history_everything_says_so_and_makes_no_file(tmp_path: Path) -> None:
    assert "No conversations" in run("list").stderr
    assert "Nothing was found" in run("search", "time").stderr
    assert parsed("list") == {"conversations": []}
    assert parsed("delete", "--all") == {"deleted": 0}
    assert list(tmp_path.iterdir()) == []


def test_list_shows_the_newest_first(filled: HistoryStore) -> None:
    text = printed("list")
    assert text.index("Tell me a joke") < text.index("What time is it")
    first = parsed("list", "--limit", "1")["conversations"]
    assert first == [
        {
            "id": 2,
            "title": "Tell me a joke",
            "started_at": "2026-11-21T12:01:00+00:00",
            "updated_at": "2026-11-21T12:01:00+00:00",
            "turns": 1,
        }
    ]


def test_show_gives_a_conversation_as_it_was_said(filled: HistoryStore) -> None:
    text = printed("show", "1")
    for part in ("what time is it", "It is [noon].", "tell_time", "stt 80 ms", "e2e 80 ms"):
        assert part in text
    assert "Knock —" in printed("show", "2")
    assert parsed("show", "1")["turns"][0]["reply"] == "It is [noon]."


def test_search_shows_where_the_words_stand(filled: HistoryStore) -> None:
    assert "It is [noon]." in printed("search", "noo")
    (found,) = parsed("search", "is", "noon")["found"]
    assert (found["id"], found["hits"], found["excerpts"]) == (1, 1, ["It is [noon]."])


def test_rename_gives_the_title_that_is_listed(filled: HistoryStore) -> None:
    run("rename", "1", "Clock [bold]")
    assert "Clock [bold]" in printed("list")
    assert run("rename", "1", " ").exit_code == 2
    assert parsed("rename", "1", "Noon")["title"] == "Noon"


def test_delete_asks_first_and_no_means_no(filled: HistoryStore) -> None:
    refused = run("delete", "1", answer="n\n")
    assert refused.exit_code == 1
    assert "Delete “What time is it”?" in refused.stderr
    assert len(filled.lines()) == 2
    assert run("delete", "1", answer="y\n").exit_code == 0
    assert [line.id for line in filled.lines()] == [2]
    assert run("delete", "--all", "--yes").exit_code == 0
    assert filled.lines() == ()


def test_export_prints_or_writes(filled: HistoryStore, tmp_path: Path) -> None:
    assert printed("export", "1").startswith("# What time is it\n")
    assert printed("export", "1", "--format", "srt").startswith("1\n00:00:00,000 --> ")
    assert len(json.loads(printed("export", "--all", "--format", "json"))["conversations"]) == 2
    target = tmp_path / "talks.md"
    assert parsed("export", "--all", "--out", str(target)) == {"written": [str(target)]}
    assert "# Tell me a joke" in target.read_text("utf-8")
    run("export", "--all", "--format", "srt", "--out", str(tmp_path / "srt"))
    assert len(list((tmp_path / "srt").glob("*.srt"))) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("export",),
        ("export", "1", "--all"),
        ("delete",),
        ("export", "--all", "--format", "srt"),
        ("export", "1", "--format", "docx"),
    ],
)
def test_what_cannot_be_meant_is_refused(filled: HistoryStore, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("command", [("show", "99"), ("delete", "99"), ("rename", "99", "x")])
def test_a_number_that_is_not_there_is_said(filled: HistoryStore, command: tuple[str, ...]) -> None:
    result = run(*command)
    assert isinstance(result.exception, AssistantError)
    assert result.exception.code == "history_no_conversation"
    assert len(filled.lines()) == 2


def test_a_damaged_file_is_one_sentence(store: HistoryStore) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(b"damaged " * 1000)
    result = run("list")
    assert isinstance(result.exception, AssistantError)
    assert str(result.exception) == "The history file is damaged."
