"""The notation of tool calls: read, written, and kept out of the text that is spoken."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.engines.base import ToolCall
from assistant.engines.tool_calls import CallFilter, parse_tool_calls, write_tool_calls

# No timing bounds: the machine may be busy.
relaxed = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

NAMES = ["get_time", "set_timer"]
START, END = "<|tool_call_start|>", "<|tool_call_end|>"

READABLE: dict[str, tuple[ToolCall, ...]] = {
    "[get_time()]": (ToolCall("get_time"),),
    "get_time()": (ToolCall("get_time"),),
    '[get_time(place="Tokyo")]': (ToolCall("get_time", {"place": "Tokyo"}),),
    " [ get_time( place = 'New York' ) ] \n": (ToolCall("get_time", {"place": "New York"}),),
    '[f(a="x", n=2, r=-1.5)]': (ToolCall("f", {"a": "x", "n": 2, "r": -1.5}),),
    "[f(a=True, b=false, c=null, d=None)]": (
        ToolCall("f", {"a": True, "b": False, "c": None, "d": None}),
    ),
    '[f(a=["x", 1], b={"k": [true]}, c=(1, 2))]': (
        ToolCall("f", {"a": ["x", 1], "b": {"k": [True]}, "c": [1, 2]}),
    ),
    '[f(a="1"), g(b="2")]': (ToolCall("f", {"a": "1"}), ToolCall("g", {"b": "2"})),
    'f(a="1"), g()': (ToolCall("f", {"a": "1"}), ToolCall("g")),
    '[take_note(text="call \\"Ana\\"\\nsoon")]': (
        ToolCall("take_note", {"text": 'call "Ana"\nsoon'}),
    ),
    '[take_note(text="two\nlines")]': (ToolCall("take_note", {"text": "two\nlines"}),),
    '[take_note(text="it\'s [here] (now)")]': (
        ToolCall("take_note", {"text": "it's [here] (now)"}),
    ),
    '[home.lights.set(on="yes")]': (ToolCall("home.lights.set", {"on": "yes"}),),
    '[{"name": "f", "arguments": {"from": "x", "n": null}}]': (
        ToolCall("f", {"from": "x", "n": None}),
    ),
    '{"name": "f", "arguments": "{\\"a\\": 1}"}': (ToolCall("f", {"a": 1}),),
    '[{"name": "f"}, {"name": "g", "parameters": {"a": true}}]': (
        ToolCall("f"),
        ToolCall("g", {"a": True}),
    ),
}
UNREADABLE = [
    "",
    "[]",
    "[get_time(]",
    "[get_time(place=",
    "[get_time",
    "get_time",
    '[get_time("Tokyo")]',
    "[get_time(place=Tokyo)]",
    "[get_time(place=other())]",
    '[get_time(place="a" + "b")]',
    '[get_time(place=f"{x}")]',
    "[f(a=1, a=2)]",
    "[f(**{'a': 1})]",
    "[f(*x)]",
    '[f(), "text"]',
    "[f(a=b'bytes')]",
    "[f(a=1e999)]",
    "[f(a=...)]",
    '[f(a="\\ud800")]',
    "[f(a={1: 2})]",
    "[f()()]",
    "[lambda: 1]",
    "[__import__('os').system('x')]",
    '[{"name": 1}]',
    '[{"name": "f", "arguments": [1]}]',
    '{"arguments": {}}',
    '{"name": "f", "arguments": {"a": NaN}}',
    "[" * 5000,
    "f(a=" + "[" * 3000 + "]" * 3000 + ")",
    "f(a=" + "-" * 5000 + "1)",
    "[f(a='" + "x" * 20_000 + "')]",
    "\x00",
]


@pytest.mark.parametrize("text", READABLE)
def test_every_form_of_a_call_is_read(text: str) -> None:
    assert parse_tool_calls(text) == READABLE[text]


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: repr(text[:30]))
def test_what_is_not_a_call_gives_none(text: str) -> None:
    assert parse_tool_calls(text) == ()


@relaxed
@given(st.text(alphabet=st.sampled_from(list("[](){}=,.:\"'\\ \nabf12-_*<|>")), max_size=60))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    parse_tool_calls(text)
    parse_tool_calls(f"[f({text})]")
    parse_tool_calls(f'[{{"name": {text}')


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
identifiers = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True)
calls_strategy = st.lists(
    st.builds(ToolCall, identifiers, st.dictionaries(identifiers, values, max_size=4)),
    min_size=1,
    max_size=3,
).map(tuple)


@relaxed
@given(calls_strategy)
def test_written_calls_are_read_back_as_they_were(calls: tuple[ToolCall, ...]) -> None:
    assert parse_tool_calls(write_tool_calls(calls, markers=False)) == calls


def test_the_written_form_is_the_one_the_starter_is_trained_on() -> None:
    call = ToolCall("set_timer", {"duration": "five minutes"})
    assert write_tool_calls([call]) == (
        '<|tool_call_start|>[set_timer(duration="five minutes")]<|tool_call_end|>'
    )


# --- the filter ---------------------------------------------------------------------------------------


def filtered(pieces: list[str]) -> tuple[str, tuple[ToolCall, ...], tuple[str, ...]]:
    calls = CallFilter(NAMES)
    spoken = "".join(calls.push(piece) for piece in pieces)
    rest = calls.finish()
    return spoken + rest.text, rest.tool_calls, rest.malformed


TIME = ToolCall("get_time")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("It is noon.", ("It is noon.", (), ())),
        (f"{START}[get_time()]{END}", ("", (TIME,), ())),
        (f"One moment. {START}[get_time()]{END} Done.", ("One moment.  Done.", (TIME,), ())),
        (f"{START}[get_time()]{END}{START}[get_time()]{END}", ("", (TIME, TIME), ())),
        (f"{START}[get_time()]", ("", (TIME,), ())),
        (f"{START}[get_time({END}", ("", (), ("[get_time(",))),
        (f"{START}{END}", ("", (), ("",))),
        ('<tool_call>\n{"name": "get_time", "arguments": {}}\n</tool_call>', ("", (TIME,), ())),
        ("<think>[get_time()] would do</think>It is noon.", ("It is noon.", (), ())),
        ("<think>and never stops", ("", (), ())),
        ("[get_time()]", ("", (TIME,), ())),
        ("\n[get_time()] Let me look.", ("Let me look.", (TIME,), ())),
        ("get_time()", ("", (TIME,), ())),
        ('[{"name": "get_time"}]', ("", (TIME,), ())),
        ("[get_time(", ("", (), ("[get_time(",))),
        ("get_time(place=", ("", (), ("get_time(place=",))),
        ("[unknown(", ("[unknown(", (), ())),
        ("[laughs] Hello.", ("[laughs] Hello.", (), ())),
        ("[see note (below)] Hello.", ("[see note (below)] Hello.", (), ())),
        ("get_time is a tool.", ("get_time is a tool.", (), ())),
        ("Use get_time() for it.", ("Use get_time() for it.", (), ())),
        ("a < b <| c <|tool", ("a < b <| c <|tool", (), ())),
        ("", ("", (), ())),
        ("  ", ("  ", (), ())),
    ],
)
def test_calls_are_separated_from_what_is_spoken(
    reply: str, outcome: tuple[str, tuple[ToolCall, ...], tuple[str, ...]]
) -> None:
    assert filtered([reply]) == outcome
    assert filtered(list(reply)) == outcome


fragments = st.sampled_from(
    [START, END, START[:7], END[5:], "<think>", "</think>", "[get_time()]", "[", "get_", "time(", ")]",
     '{"name"', ": 1}", " ", "\n", "hello", "<", "<|", "|>", "[note(", '[get_time(place="x")]', "é😀"]
)  # fmt: skip


@relaxed
@given(st.lists(fragments, max_size=8).map("".join), st.data())
def test_a_reply_means_the_same_however_it_is_cut(reply: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=6)))
    pieces = [reply[a:b] for a, b in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    assert filtered(pieces) == filtered([reply])


@relaxed
@given(st.lists(fragments, max_size=8).map("".join))
def test_nothing_between_markers_is_ever_spoken(noise: str) -> None:
    inside = noise.replace(END, "")
    spoken, _, _ = filtered(list(f"before {START}{inside}{END}after"))
    assert spoken == "before after"


@relaxed
@given(
    st.text(
        st.characters(
            exclude_characters="<[{g \n\t\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0",
            exclude_categories=["Z"],
        ),
        min_size=1,
    )
)
def test_plain_text_is_never_held_back(text: str) -> None:
    assert CallFilter(["get_time"]).push(text) == text
