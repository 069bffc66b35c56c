"""Exported conversations: what was said is in them, as it was said, in a shape that other programs read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.api.history import History, file_name
from assistant.errors import AssistantError
from assistant.history.export import ExportFormat, Names, as_json, as_markdown, escaped
from assistant.history.past import PastConversation, PastTurn, ToolCall, storable
from assistant.history.store import HistoryStore
from assistant.history.subtitles import CUE_LINES, LINE_CHARACTERS, as_srt, cues, timecode
from assistant.metrics import TurnTimings
from tests.fakes.past import NOON, TIMINGS, minutes, past_conversation, past_turn

EXAMPLE = past_conversation(
    [
        past_turn(
            "what time is it",
            "It is noon.",
            tools=(ToolCall("tell_time", {"place": "here"}, {"time": "12:00"}, 2.25),),
        ),
        past_turn("go on", "One two three", heard="One", at=NOON + timedelta(seconds=4)),
        past_turn("more", "", failure="The voice broke.", at=NOON + timedelta(seconds=10)),
    ],
    "What time is it",
)

# --- Markdown ---------------------------------------------------------------------------------------


def test_markdown_has_a_heading_the_turns_and_their_figures() -> None:
    assert as_markdown([EXAMPLE], UTC) == (
        "# What time is it\n"
        "\n"
        "2026-11-21 12:00\n"
        "\n"
        "**You** · 12:00:00\n"
        "\n"
        "> what time is it\n"
        "\n"
        "- tell\\_time(place='here') → time: 12:00\n"
        "\n"
        "**Sarai**\n"
        "\n"
        "> It is noon.\n"
        "\n"
        "*stt 80 ms · llm 120 ms · tts 60 ms · e2e 80 ms · mouth to ear 480 ms*\n"
        "\n"
        "**You** · 12:00:04\n"
        "\n"
        "> go on\n"
        "\n"
        "**Sarai** · interrupted\n"
        "\n"
        "> One\n"
        "\n"
        "*stt 80 ms · llm 120 ms · tts 60 ms · e2e 80 ms · mouth to ear 480 ms*\n"
        "\n"
        "**You** · 12:00:10\n"
        "\n"
        "> more\n"
        "\n"
        "**failed**: The voice broke.\n"
        "\n"
        "*stt 80 ms · llm 120 ms · tts 60 ms · e2e 80 ms · mouth to ear 480 ms*\n"
    )


def test_markdown_speaks_the_language_it_is_told() -> None:
    spanish = Names("Tú", "Sarai", "interrumpida", "error")
    text = as_markdown([EXAMPLE], UTC, spanish)
    assert "**Tú** · 12:00:00" in text
    assert "· interrumpida" in text
    assert "**error**" in text


def shown(markdown: str) -> list[tuple[str, str]]:
    """What a reader of Markdown shows: (kind of block, its text), with links and tables as on GitHub."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    blocks, kinds = [], []
    for token in reader.parse(markdown):
        if token.nesting == 1:
            kinds.append(token.type.removesuffix("_open"))
        elif token.nesting == -1:
            kinds.pop()
        elif token.type == "inline":
            text = ""
            for child in token.children or []:
                assert child.type in {"text", "text_special", "hardbreak", "softbreak"} or (
                    child.type.startswith(("strong", "em"))
                ), child
                text += "\n" if child.type.endswith("break") else child.content
            blocks.append((">".join(kinds), text))
        else:
            blocks.append((token.type, token.content))
    return blocks


TRICKY_LINES = [
    "# no heading",
    "1. no list",
    "2) no list",
    "- no list",
    "+ no list",
    "* * *",
    "---",
    "a\n===",
    "    no code",
    "```\nno code\n```",
    "[no](link)",
    "![no](image)",
    "<b>no</b>",
    "&copy;",
    "https://no.link",
    "www.no.link",
    "<https://no.link>",
    "a | b\n--|--\n1 | 2",
    "~~no~~",
    "ends with \\",
    "\\",
    "> no quotation",
    "$x$",
    "[^1]: no note",
]

TRICKY = st.one_of(
    st.text(),
    st.text(alphabet="#*_`~<>[]()!|\\&;:-+=.123ab \n\t$/w"),
    st.sampled_from(TRICKY_LINES),
).map(storable)


@given(TRICKY.filter(str.strip), TRICKY.filter(str.strip))
def test_markdown_shows_what_was_said_and_nothing_of_it_becomes_a_mark(
    question: str, answer: str
) -> None:
    conversation = past_conversation([past_turn(question, answer, timings=TurnTimings())], question)
    blocks = shown(as_markdown([conversation], UTC))
    assert [kind for kind, _text in blocks] == [
        "heading",
        "paragraph",
        "paragraph",
        "blockquote>paragraph",
        "paragraph",
        "blockquote>paragraph",
    ]
    texts = [text for _kind, text in blocks]
    assert texts[0].split() == question.split()
    assert texts[3].split() == question.split()
    assert texts[5].split() == answer.split()
    assert len(texts[3].splitlines()) == len([one for one in lines_of(question) if one.strip()])


@pytest.mark.parametrize("line", TRICKY_LINES)
def test_what_looks_like_markdown_is_shown_as_it_was_said(line: str) -> None:
    text = f"{line}\nand {line}"
    conversation = past_conversation([past_turn(text, text, timings=TurnTimings())], line)
    blocks = shown(as_markdown([conversation], UTC))
    assert [content.split() for _kind, content in blocks] == [
        line.split(),
        ["2026-11-21", "12:00"],
        ["You", "·", "12:00:00"],
        text.split(),
        ["Sarai"],
        text.split(),
    ]


def lines_of(text: str) -> list[str]:
    return text.strip().splitlines()


@given(st.text().filter(str.strip))
def test_bare_links_are_broken_for_readers_that_would_make_them_clickable(text: str) -> None:
    line = escaped(" ".join(f"{text} https://a.b www.c.d".split()))
    assert "https://" not in line
    assert "www." not in line


# --- JSON -------------------------------------------------------------------------------------------


def test_json_has_everything_that_is_kept() -> None:
    document = json.loads(as_json([EXAMPLE]))
    assert document["export_version"] == 1
    (conversation,) = document["conversations"]
    assert conversation["title"] == "What time is it"
    first, second, third = conversation["turns"]
    assert first == {
        "at": "2026-11-21T12:00:00+00:00",
        "transcript": "what time is it",
        "reply": "It is noon.",
        "heard": None,
        "ending": "finished",
        "failure": None,
        "tools": [
            {
                "name": "tell_time",
                "arguments": {"place": "here"},
                "result": {"time": "12:00"},
                "duration_ms": 2.2,
            }
        ],
        "timings_ms": TIMINGS.as_json(),
        "tokens": {"evaluated": 31, "reused": 220, "generated": 24, "per_s": 60.0},
        "models": {"set": "starter", "stt": "ears", "thinker": "brain", "tts": "mouth"},
    }
    assert (second["ending"], second["heard"]) == ("interrupted", "One")
    assert (third["ending"], third["failure"]) == ("failed", "The voice broke.")


@given(st.text(), st.text(), st.one_of(st.none(), st.text()))
def test_json_gives_every_text_back(question: str, answer: str, heard: str | None) -> None:
    conversation = past_conversation([past_turn(question, answer, heard=heard)], question)
    (turn,) = json.loads(as_json([conversation]))["conversations"][0]["turns"]
    assert (turn["transcript"], turn["reply"], turn["heard"]) == (question, answer, heard)


# --- subtitles --------------------------------------------------------------------------------------


def test_subtitles_stand_where_things_were_said() -> None:
    assert as_srt(EXAMPLE) == (
        "1\n00:00:00,000 --> 00:00:01,176\nYou: what time is it\n"
        "\n"
        "2\n00:00:01,480 --> 00:00:03,000\nSarai: It is noon.\n"
        "\n"
        "3\n00:00:04,000 --> 00:00:05,000\nYou: go on\n"
        "\n"
        "4\n00:00:05,480 --> 00:00:07,000\nSarai: One —\n"
        "\n"
        "5\n00:00:10,000 --> 00:00:11,000\nYou: more\n"
        "\n"
        "6\n00:00:11,480 --> 00:00:13,000\nSarai: The voice broke.\n"
    )


@given(st.integers(0, 10**10))
def test_a_timecode_gives_its_milliseconds_back(milliseconds: int) -> None:
    code = timecode(milliseconds)
    found = re.fullmatch(r"(\d{2,}):([0-5]\d):([0-5]\d),(\d{3})", code)
    assert found is not None, code
    hours, minute, second, rest = map(int, found.groups())
    assert ((hours * 60 + minute) * 60 + second) * 1000 + rest == milliseconds


moments = st.one_of(st.none(), st.floats(-1.0, 30.0))


@st.composite
def talks(draw: Callable[..., object]) -> PastConversation:
    """Conversations with any timings, turns that overlap, long and short texts."""
    at = NOON
    turns: list[PastTurn] = []
    for _ in range(draw(st.integers(1, 5))):  # type: ignore[call-overload]
        at += timedelta(milliseconds=draw(st.integers(0, 20_000)))  # type: ignore[arg-type]
        timings = TurnTimings(
            last_speech=draw(moments),  # type: ignore[arg-type]
            endpoint=draw(moments),  # type: ignore[arg-type]
            first_piece=draw(moments),  # type: ignore[arg-type]
            first_audio=draw(moments),  # type: ignore[arg-type]
            finished=draw(moments),  # type: ignore[arg-type]
        )
        texts = st.one_of(st.text(), st.text(alphabet="ab <>{}-\n", max_size=300))
        turns.append(
            past_turn(
                draw(texts.filter(str.strip)),  # type: ignore[arg-type]
                draw(texts),  # type: ignore[arg-type]
                heard=draw(st.one_of(st.none(), st.text(max_size=20))),  # type: ignore[arg-type]
                at=at,
                timings=timings,
            )
        )
    return past_conversation(turns)


@given(talks())
def test_subtitles_are_in_order_and_none_overlaps_or_is_empty(
    conversation: PastConversation,
) -> None:
    found = cues(conversation)
    assert found[0].start_ms >= 0
    for cue in found:
        assert cue.start_ms < cue.end_ms
        lines = cue.text.split("\n")
        assert 1 <= len(lines) <= CUE_LINES
        assert all(line.strip() for line in lines), "an empty line would end the subtitle"
        assert all(len(line) <= LINE_CHARACTERS for line in lines)
        assert "-->" not in cue.text
    for one, following in pairwise(found):
        assert one.end_ms <= following.start_ms


@given(talks())
def test_subtitles_read_as_a_player_reads_them_say_every_word_in_order(
    conversation: PastConversation,
) -> None:
    text = as_srt(conversation)
    blocks = text.split("\n\n") if text else []
    said = ""
    for number, block in enumerate(blocks, start=1):
        head, times, *lines = block.rstrip("\n").split("\n")
        assert head == str(number)
        assert re.fullmatch(r"\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}", times)
        said += " " + " ".join(lines)
    expected = ""
    for turn in conversation.turns:
        expected += f" You: {turn.transcript}"
        answer = turn.reply if turn.heard is None else f"{turn.heard} —"
        if answer:
            expected += f" Sarai: {answer}"
    plain = said.replace("\u200b", "").replace("→", "-->")
    assert "".join(plain.split()) == "".join(expected.replace("→", "-->").split())
    assert not re.search(r"[<{]\S", said.replace("<\u200b", "").replace("{\u200b", ""))


def test_a_long_answer_is_shared_out_over_the_time_it_was_heard() -> None:
    answer = " ".join(["word"] * 60)
    timings = TurnTimings(endpoint=1.0, first_audio=2.0, finished=22.0)
    found = cues(past_conversation([past_turn("go", answer, timings=timings)]))[1:]
    assert len(found) > 3
    assert (found[0].start_ms, found[-1].end_ms) == (2000, 22_000)
    speeds = [len(cue.text) / (cue.end_ms - cue.start_ms) for cue in found]
    assert max(speeds) / min(speeds) < 1.05


def test_what_would_end_or_colour_a_subtitle_is_shown_instead() -> None:
    text = "1 --> 2 <i>no</i> {\\an8}up"
    question = cues(past_conversation([past_turn(text, "")]))[0].text
    assert question == "You: 1 → 2 <\u200bi>no<\u200b/i> {\u200b\\an8}up"


def test_words_with_hyphens_stay_whole() -> None:
    text = "a well-known word-by-word up-to-date half-finished two-and-a-half"
    found = cues(past_conversation([past_turn(text, "")]))
    assert [word for cue in found for word in cue.text.split()] == ["You:", *text.split()]


def test_a_long_answer_in_no_time_still_has_its_order() -> None:
    rushed = TurnTimings(endpoint=0.0, first_audio=0.001, finished=0.002)
    turns = [
        past_turn("go", "word " * 200, timings=rushed),
        past_turn("on", "", at=NOON + timedelta(milliseconds=15)),
    ]
    found = cues(past_conversation(turns))
    assert len(found) > 12
    assert all(cue.start_ms < cue.end_ms for cue in found)
    assert all(one.end_ms <= following.start_ms for one, following in pairwise(found))


def test_typed_questions_and_unspoken_answers_stay_long_enough_to_be_read() -> None:
    silent = TurnTimings(endpoint=0.0, first_piece=0.2)
    question, answer = cues(past_conversation([past_turn("hi", "a" * 34, timings=silent)]))
    assert question.end_ms == answer.start_ms == 200
    assert answer.end_ms - answer.start_ms == math.ceil((34 + len("Sarai: ")) / 17 * 1000)


# --- files ------------------------------------------------------------------------------------------


@pytest.fixture
def history(tmp_path: Path) -> History:
    path = tmp_path / "history.sqlite3"
    store = HistoryStore(path)
    store.add("a", [past_turn("first / question?")])
    store.add("b", [past_turn("second", at=NOON + minutes(5))])
    return History(path)


def test_all_conversations_go_into_one_file_oldest_first(history: History, tmp_path: Path) -> None:
    target = tmp_path / "out" / "all.md"
    assert history.export(None, ExportFormat.markdown, target) == (target,)
    text = target.read_text("utf-8")
    assert text.index("# First / question?") < text.index("# Second")


def test_subtitles_of_all_conversations_are_a_file_each(history: History, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    written = history.export(None, ExportFormat.srt, folder)
    day = NOON.astimezone().date().isoformat()
    assert [path.name for path in written] == [f"{day} First question 1.srt", f"{day} Second 2.srt"]
    assert written[1].read_text("utf-8").startswith("1\n00:00:00,000 --> ")


def test_subtitles_of_all_conversations_go_into_a_folder_even_if_there_is_only_one(
    history: History, tmp_path: Path
) -> None:
    history.delete([1])
    (written,) = history.export(None, ExportFormat.srt, tmp_path / "out")
    assert written.parent == tmp_path / "out"


def test_subtitles_of_one_conversation_are_one_file(history: History, tmp_path: Path) -> None:
    target = tmp_path / "one.srt"
    assert history.export([2], ExportFormat.srt, target) == (target,)
    assert "You: second" in target.read_text("utf-8")


@given(st.text(min_size=1))
def test_a_file_name_suits_every_system(title: str) -> None:
    name = file_name(past_conversation([past_turn()], title), ExportFormat.markdown)
    assert re.fullmatch(r"2026-11-2[012] [\w\- ]*1\.md", name), name
    assert len(name) < 90


def test_a_file_that_cannot_be_written_is_said_and_leaves_no_half(
    history: History, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    with pytest.raises(AssistantError) as problem:
        history.export(None, ExportFormat.json, tmp_path / "file" / "x.json")
    assert problem.value.code == "export_failed"
    (tmp_path / "taken").mkdir()
    with pytest.raises(AssistantError):
        history.export(None, ExportFormat.json, tmp_path / "taken")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".sqlite3") == [
        "file",
        "taken",
    ]


def test_a_conversation_that_is_not_there_is_said(history: History, tmp_path: Path) -> None:
    with pytest.raises(AssistantError) as problem:
        history.export([99], ExportFormat.json, tmp_path / "x.json")
    assert problem.value.code == "history_no_conversation"
    assert not (tmp_path / "x.json").exists()


def test_the_moment_of_export_is_not_in_it_so_the_same_talk_is_the_same_file() -> None:
    assert as_json([EXAMPLE]) == as_json([EXAMPLE])
    assert str(datetime.now(UTC).year) not in as_srt(EXAMPLE)
