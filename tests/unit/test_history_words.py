"""Searching: what is found, and what is shown of it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.history.store import HistoryStore
from assistant.history.words import Span, excerpt, folded, marked, query_words
from tests.fakes.past import NOON, minutes, past_turn


@pytest.fixture
def store(tmp_path: Path) -> HistoryStore:
    return HistoryStore(tmp_path / "history.sqlite3")


def found(store: HistoryStore, query: str) -> list[str]:
    return [each.line.title for each in store.search(query)]


def hits(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans if span.is_hit]


def whole(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def test_words_are_found_in_question_answer_and_title_by_their_beginning(
    store: HistoryStore,
) -> None:
    store.add("a", [past_turn("set an alarm", "For when?")])
    store.add("b", [past_turn("hello", "The alarms are set.", at=NOON + minutes(1))])
    store.add("c", [past_turn("alarming news", at=NOON + minutes(2))])
    store.add("d", [past_turn("nothing of it", at=NOON + minutes(3))])
    store.rename(store.lines()[0].id, "Alarm clocks")
    assert found(store, "alarm") == ["Alarm clocks", "Alarming news", "Hello", "Set an alarm"]
    assert found(store, "larm") == []


def test_every_word_must_be_in_one_turn(store: HistoryStore) -> None:
    store.add("a", [past_turn("milk", "yes"), past_turn("bread", "no", at=NOON + minutes(1))])
    store.add("b", [past_turn("buy bread", "and milk", at=NOON + minutes(2))])
    assert found(store, "milk bread") == ["Buy bread"]
    assert found(store, "milk yes") == ["Milk"]


def test_case_and_accents_do_not_count(store: HistoryStore) -> None:
    store.add("a", [past_turn("¿Qué hora es, señor ÁLVAREZ?", "Mañana")])
    for query in ("que", "QUÉ", "senor", "alvarez", "manana", "man\u0303ana"):
        result = store.search(query)
        assert len(result) == 1, query
        assert hits(result[0].excerpts[0]), query


@pytest.mark.parametrize("word", ["1ª", "½", "ŀ", "ﬁn", "naïve", "Straße", "ǆep", "ήτα", "ёж"])
def test_a_word_typed_as_it_stands_there_is_found_whatever_its_letters(
    store: HistoryStore, word: str
) -> None:
    store.add("a", [past_turn(f"is {word} there", "yes")])
    (result,) = store.search(word)
    assert hits(result.excerpts[0]) == [word]


@pytest.mark.parametrize("query", ["", "  ", "?!", '"', "*", "'); DROP TABLE turns; --", "_"])
def test_what_has_no_words_finds_nothing_and_breaks_nothing(
    store: HistoryStore, query: str
) -> None:
    store.add("a", [past_turn()])
    assert found(store, query) == []
    assert found(store, "time") == ["What time is it"]


@pytest.mark.parametrize("query", ['"time"', "time*", "time AND", "NEAR(time)", "(time", "time:"])
def test_signs_of_a_query_language_mean_nothing(store: HistoryStore, query: str) -> None:
    store.add("a", [past_turn("and what time is near")])
    assert found(store, query) == ["And what time is near"]


def test_the_newest_hits_of_a_conversation_are_shown_and_all_are_counted(
    store: HistoryStore,
) -> None:
    turns = [past_turn(f"milk {n}", "ok", at=NOON + minutes(n)) for n in range(5)]
    store.add("a", turns)
    (result,) = store.search("milk")
    assert result.hit_count == 5
    assert [whole(spans) for spans in result.excerpts] == ["milk 4", "milk 3", "milk 2"]
    assert hits(result.title) == ["Milk"]


def test_the_excerpt_is_of_the_text_that_has_the_words(store: HistoryStore) -> None:
    store.add("a", [past_turn("what is for lunch", "Bread and cheese.")])
    (result,) = store.search("cheese")
    assert result.excerpts == (
        (Span("Bread and ", is_hit=False), Span("cheese", is_hit=True), Span(".", is_hit=False)),
    )


def test_after_a_change_of_layout_triggers_keep_the_index_true(store: HistoryStore) -> None:
    turn = past_turn("about milk")
    store.add("a", [turn])
    store.delete([store.lines()[0].id])
    assert found(store, "milk") == []
    store.add("b", [past_turn("about bread")])
    assert found(store, "milk") == []
    assert found(store, "bread") == ["About bread"]


# --- pure functions ---------------------------------------------------------------------------------

LETTERS = "aábcñxyzÄß1 .,'-\n"


@given(st.text(), st.text())
def test_marking_changes_no_character(text: str, query: str) -> None:
    assert whole(marked(text, query_words(query))) == text


@given(st.text(alphabet=LETTERS), st.text(alphabet=LETTERS))
def test_marks_stand_at_whole_words_that_begin_as_asked(text: str, query: str) -> None:
    words = query_words(query)
    spans = marked(text, words)
    for before, after in pairwise(spans):
        assert not (before.is_hit and after.is_hit), "two words touch"
    marked_words = hits(spans)
    expected = [
        word
        for word in re.findall(r"[^\W_]+", text)
        if any(folded(word).startswith(folded(one)) for one in words)
    ]
    assert marked_words == expected


@given(st.text(), st.text(), st.integers(20, 200))
def test_an_excerpt_is_short_on_one_line_and_shows_a_hit_if_there_is_one(
    text: str, query: str, characters: int
) -> None:
    words = query_words(query)
    spans = excerpt(text, words, characters)
    shown = whole(spans)
    assert len(shown) <= characters + len("… " + " …")
    assert shown.removeprefix("… ").removesuffix(" …") in " ".join(text.split())


def test_an_excerpt_shows_the_hit_in_its_surroundings() -> None:
    text = " ".join(["before"] * 40 + ["needle"] + ["after"] * 40)
    shown = whole(excerpt(text, ("needle",), 90))
    assert shown.startswith("… before before")
    assert shown.endswith("after after …")


@given(
    before=st.lists(st.sampled_from(["alpha", "be", "gamma", "ändern"]), min_size=0, max_size=60),
    after=st.lists(st.sampled_from(["alpha", "be", "gamma", "ändern"]), max_size=60),
)
def test_an_excerpt_of_a_long_text_is_taken_around_the_hit(
    before: list[str], after: list[str]
) -> None:
    text = " ".join([*before, "needle", *after])
    spans = excerpt(text, ("needle",), 90)
    assert hits(spans) == ["needle"]
    shown = whole(spans)
    assert shown.startswith(("… ", text[:10]))
    inner = shown.removeprefix("… ").removesuffix(" …")
    assert set(inner.split()) <= {"alpha", "be", "gamma", "ändern", "needle"}, "a word was cut"


@settings(deadline=None, max_examples=30)
@given(st.text(alphabet=LETTERS, max_size=30), st.text(alphabet=LETTERS, min_size=1, max_size=4))
@example("Äxx", "ax")
@example("ßa", "ss")
def test_what_is_found_is_what_is_marked(
    tmp_path_factory: pytest.TempPathFactory, text: str, query: str
) -> None:
    """SQLite's folding of letters and ours are the same, so a result always shows why it is one."""
    store = HistoryStore(tmp_path_factory.getbasetemp() / "words" / "history.sqlite3")
    store.delete_everything()
    store.add("a", [past_turn("0", text)])
    words = query_words(query)
    all_there = bool(words) and all(marked_one(text, word) for word in words)
    assert bool(store.search(query)) == (all_there or (bool(words) and set(words) <= {"0"}))


def marked_one(text: str, word: str) -> bool:
    return bool(hits(marked(text, (word,))))
