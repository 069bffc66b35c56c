"""What the pipeline relies on: a tool call always ends, with a result or one plain sentence."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tools.registry import MAX_STUCK, ToolContext, ToolProblem, ToolRegistry, tool

PATIENCE_S = 20.0


def a_context(folder: Path) -> ToolContext:
    return ToolContext(
        lambda: datetime(2026, 11, 20, 15, 42, tzinfo=UTC),
        lambda: 0.0,
        folder,
        lambda _name, _s: None,
    )


def greet(
    name: Annotated[str, "whom"], times: int = 1, loud: bool | None = None, list_: str = ""
) -> Mapping[str, object]:
    return {"greeting": " ".join([f"hello {name}"] * times) + ("!" if loud else "") + list_}


GREET = tool("greet", "Says hello.", greet)


def test_the_schema_is_read_off_the_signature() -> None:
    assert GREET.parameters == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "whom"},
            "times": {"type": "integer"},
            "loud": {"type": "boolean"},
            "list": {"type": "string"},
        },
        "required": ["name"],
    }


def test_a_signature_that_no_schema_can_say_is_the_authors_mistake() -> None:
    def takes_anything(thing: object) -> Mapping[str, object]:
        return {"thing": thing}

    def takes_many(*things: str) -> Mapping[str, object]:
        return {"things": things}

    def says_nothing(thing) -> Mapping[str, object]:  # type: ignore[no-untyped-def]
        return {"thing": thing}

    for function in (takes_anything, takes_many, says_nothing):
        with pytest.raises(TypeError):
            tool("broken", "Cannot be described.", function)
    with pytest.raises(ValueError, match="not a tool name"):
        tool("Say Hello", "Has no name a model could write.", greet)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"name": "Ada"}, {"greeting": "hello Ada"}),
        ({"name": "Ada", "times": "2", "loud": True}, {"greeting": "hello Ada hello Ada!"}),
        ({"name": 5, "loud": None, "list": " "}, {"greeting": "hello 5"}),
        ({}, {"error": "The greet tool needs to be told the name."}),
        ({"name": "  "}, {"error": "The greet tool needs to be told the name."}),
        (
            {"name": "Ada", "colour": "red"},
            {"error": "The greet tool does not know what 'colour' is."},
        ),
        ({"name": "Ada", "list_": "x"}, {"error": "The greet tool does not know what 'list_' is."}),
        ({"name": ["Ada"]}, {"error": "The name of the greet tool must be words."}),
        ({"name": True}, {"error": "The name of the greet tool must be words."}),
        (
            {"name": "Ada", "times": "many"},
            {"error": "The times of the greet tool must be a whole number."},
        ),
        (
            {"name": "Ada", "times": 1.5},
            {"error": "The times of the greet tool must be a whole number."},
        ),
        (
            {"name": "Ada", "loud": "yes"},
            {"error": "The loud of the greet tool must be yes or no."},
        ),
    ],
)
def test_arguments_are_checked_against_the_schema(
    arguments: dict[str, object], answer: dict[str, object]
) -> None:
    assert ToolRegistry([GREET]).run("greet", arguments, PATIENCE_S) == answer


def test_an_unknown_tool_is_an_error_sentence() -> None:
    assert ToolRegistry().run("fly", {}) == {"error": "I have no tool called fly."}


def test_a_failing_tool_is_an_error_sentence_and_a_log_entry(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> Mapping[str, object]:
        raise ZeroDivisionError

    def refuse() -> Mapping[str, object]:
        raise ToolProblem("It is too late for that.")

    def babble() -> Any:
        return "words"

    registry = ToolRegistry([tool(f.__name__, "Does not work.", f) for f in (fail, refuse, babble)])
    assert registry.run("refuse", {}, PATIENCE_S) == {"error": "It is too late for that."}
    assert caplog.records == []
    assert registry.run("fail", {}, PATIENCE_S) == {"error": "The fail tool failed."}
    assert registry.run("babble", {}, PATIENCE_S) == {"error": "The babble tool failed."}
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert "ZeroDivisionError" in caplog.text


def test_tools_that_hang_are_given_up_and_only_a_few_may_linger(
    caplog: pytest.LogCaptureFixture,
) -> None:
    release, ended = threading.Event(), threading.Semaphore(0)

    def hang() -> Mapping[str, object]:
        release.wait(PATIENCE_S)
        ended.release()
        return {"done": "late"}

    registry = ToolRegistry([tool("hang", "Takes its time.", hang), GREET])
    try:
        for _ in range(MAX_STUCK):
            assert registry.run("hang", {}, 0.01) == {"error": "The hang tool took too long."}
        stuck = [thread for thread in threading.enumerate() if thread.name == "tool-hang"]
        assert len(stuck) == MAX_STUCK
        assert all(thread.daemon for thread in stuck)
        refused = {"error": "Too many of my tools hang at the moment."}
        assert registry.run("greet", {"name": "Ada"}, PATIENCE_S) == refused
    finally:
        release.set()
    assert caplog.text.count("was given up") == MAX_STUCK
    for _ in range(MAX_STUCK):
        assert ended.acquire(timeout=PATIENCE_S)
    for thread in stuck:
        thread.join(PATIENCE_S)
    assert registry.run("greet", {"name": "Ada"}, PATIENCE_S) == {"greeting": "hello Ada"}


def test_the_built_in_tools_are_those_of_the_contract(tmp_path: Path) -> None:
    registry = ToolRegistry.load(a_context(tmp_path))
    contract = {
        "get_time": ([], ["place"]),
        "get_date": ([], ["day"]),
        "calculate": (["expression"], []),
        "convert": (["amount", "from_unit", "to_unit"], []),
        "set_timer": (["duration"], ["name"]),
        "list_timers": ([], []),
        "cancel_timer": ([], ["name"]),
        "add_to_list": (["item"], ["list"]),
        "remove_from_list": (["item"], ["list"]),
        "read_list": ([], ["list"]),
        "take_note": (["text"], []),
        "read_notes": ([], []),
    }
    offered: dict[str, Any] = {each.name: each.parameters for each in registry.specs()}
    assert {
        name: (
            schema["required"],
            [key for key in schema["properties"] if key not in schema["required"]],
        )
        for name, schema in offered.items()
    } == contract
    assert registry.problems == ()


def test_a_whole_conversation_of_calls_through_the_registry(tmp_path: Path) -> None:
    with ToolRegistry.load(a_context(tmp_path)) as registry:
        calls: list[tuple[str, dict[str, object], dict[str, object]]] = [
            ("get_time", {}, {"time": "3:42 PM"}),
            ("get_time", {"place": "tokyo"}, {"time": "12:42 AM", "place": "Tokyo"}),
            (
                "get_date",
                {"day": "tomorrow"},
                {"date": "Saturday, November 21, 2026", "day": "tomorrow"},
            ),
            ("calculate", {"expression": "twelve times seven"}, {"result": "84"}),
            (
                "convert",
                {"amount": 5, "from_unit": "miles", "to_unit": "kilometers"},
                {"result": "8.05 kilometers"},
            ),
            ("set_timer", {"duration": "an hour and a half"}, {"set": "1 hour 30 minutes"}),
            ("list_timers", {}, {"timers": "1 hour 30 minutes left"}),
            ("cancel_timer", {}, {"cancelled": "timer"}),
            ("add_to_list", {"item": "milk", "list": None}, {"added": "milk", "list": "shopping"}),
            ("read_list", {"list": "shopping"}, {"list": "shopping", "items": "milk"}),
            ("remove_from_list", {"item": "milk"}, {"removed": "milk", "list": "shopping"}),
            ("take_note", {"text": "buy stamps"}, {"noted": "buy stamps"}),
            ("read_notes", {}, {"notes": "buy stamps"}),
            ("get_time", {"place": "blorp"}, {"error": "I don't know a place called Blorp."}),
        ]
        for name, arguments, answer in calls:
            assert registry.run(name, arguments, PATIENCE_S) == answer
    assert {thread.name for thread in threading.enumerate()} == {"MainThread"}


def installed(folder: Path, name: str, code: str) -> None:
    """Lay out a package with an entry point, as an installer would."""
    (folder / f"{name}.py").write_text(code, "utf-8")
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8"
    )
    (metadata / "entry_points.txt").write_text(
        f"[assistant.tools]\n{name} = {name}:tools\n", "utf-8"
    )


def test_other_peoples_tools_are_found_and_their_faults_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    head = "from assistant.tools.registry import tool\n"
    installed(
        tmp_path,
        "plug_moon",
        head + "def tools(context):\n"
        "    def get_moon() -> dict[str, object]:\n"
        "        return {'moon': 'full', 'year': str(context.now().year)}\n"
        "    yield tool('get_moon', 'Tells the phase of the moon.', get_moon)\n",
    )
    installed(tmp_path, "plug_broken", "raise ImportError('no such library')\n")
    installed(
        tmp_path,
        "plug_greedy",
        head + "def tools(context):\n    yield tool('get_time', 'Is mine now.', lambda: {})\n",
    )
    installed(tmp_path, "plug_wrong", "def tools(context):\n    return ['get_moon']\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry = ToolRegistry.load(a_context(tmp_path))
    assert registry.run("get_moon", {}, PATIENCE_S) == {"moon": "full", "year": "2026"}
    assert registry.run("get_time", {}, PATIENCE_S) == {"time": "3:42 PM"}
    names = [problem.split()[3] for problem in registry.problems]
    assert names == ["plug_broken", "plug_greedy", "plug_wrong"]
    assert all("cannot be used" in problem for problem in registry.problems)
    assert len(caplog.records) == len(names)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["five minutes", "tokyo", "miles", "all"]),
)


# Those that compute; the others keep what they are told.
COMPUTING = [
    "get_time",
    "get_date",
    "calculate",
    "convert",
    "set_timer",
    "list_timers",
    "cancel_timer",
]


@settings(deadline=None)
@given(st.data())
def test_whatever_a_model_writes_the_answer_is_flat_json(data: st.DataObject) -> None:
    registry = ToolRegistry.load(a_context(Path("nowhere")))
    parameters: dict[str, Any] = {each.name: each.parameters for each in registry.specs()}
    for called in data.draw(st.lists(st.sampled_from(COMPUTING), min_size=1, max_size=4)):
        keys = st.sampled_from([*parameters[called]["properties"], "other"])
        arguments = data.draw(st.dictionaries(keys, VALUES, max_size=3))
        answer = registry.run(called, arguments, PATIENCE_S)
        assert answer
        assert all(isinstance(key, str) and isinstance(value, str) for key, value in answer.items())
    assert not Path("nowhere").exists()
