"""The conversation as it is shown: what a person reads, from the events that tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import (
    Event,
    ModelLoading,
    ModelsRefused,
    ReplyStarted,
    ReplyUpdated,
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
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)
from assistant.metrics import TurnTimings
from tests.window.fakes.facade import TIMINGS, turn
from ui.shown import status as status_shown
from ui.shown import talk as talk_shown
from ui.shown.conversation import (
    ConversationShown,
    Removed,
    TimerShown,
    TurnShown,
    TurnState,
    heard_length,
)
from ui.shown.talk import TalkShown, TalkState, folded
from ui.widgets.chips import tool_answer, tool_details, tool_name
from ui.widgets.talk_button import state_text

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CLOCK = ToolUsed(1, "get_time", {"place": "Madrid"}, {"time": "3:42 PM", "place": "Madrid"}, 12.0)


@pytest.fixture
def shown() -> ConversationShown:
    return ConversationShown(lambda: NOON)


def told(shown: ConversationShown, *events: Event) -> None:
    for event in events:
        shown.take(event)


def only(shown: ConversationShown) -> TurnShown:
    (entry,) = shown.entries
    assert isinstance(entry, TurnShown)
    return entry


# --- turns --------------------------------------------------------------------------------------------


def test_a_spoken_turn_is_read_as_it_happens(shown: ConversationShown) -> None:
    told(shown, TurnStarted(1), TranscriptUpdated(1, "what time", is_final=False))
    assert (only(shown).question, only(shown).is_final) == ("what time", False)
    told(shown, TranscriptUpdated(1, "what time is it", is_final=True), TurnCommitted(1, 1))
    assert (only(shown).is_final, only(shown).state) == (True, TurnState.THINKING)
    told(shown, CLOCK, ReplyUpdated(1, "It is "), ReplyUpdated(1, "3:42 PM."))
    assert only(shown).reply == "It is 3:42 PM."
    assert only(shown).tools == (CLOCK,)
    told(shown, ReplyStarted(1, 20.0))
    assert only(shown).state is TurnState.SPEAKING
    told(shown, TurnFinished(1, "what time is it", "It is 3:42 PM.", TIMINGS))
    assert only(shown).state is TurnState.DONE
    assert only(shown).timings == TIMINGS
    assert only(shown).as_text == "what time is it\nIt is 3:42 PM."


def test_a_noise_that_becomes_no_words_is_never_shown(shown: ConversationShown) -> None:
    assert shown.take(TurnStarted(1)) == []
    assert shown.take(TurnCancelled(1)) == []
    told(shown, TurnStarted(2), TurnFinished(2, "", "", TurnTimings()))
    assert shown.entries == ()


def test_words_that_are_taken_back_disappear(shown: ConversationShown) -> None:
    told(shown, TurnStarted(1), TranscriptUpdated(1, "um", is_final=False))
    told(shown, TranscriptUpdated(1, "", is_final=True))
    changes = shown.take(TurnFinished(1, "", "", TurnTimings()))
    assert changes == [Removed(1)]
    assert shown.entries == ()


def test_of_an_interrupted_answer_the_part_that_was_heard_is_told_apart(
    shown: ConversationShown,
) -> None:
    reply = "Spain is a country.  It lies in Europe."
    told(shown, *turn(1, "tell me about spain", reply)[:-1])
    told(shown, TurnInterrupted(1, "tell me about spain", reply, "Spain is a country. It", TIMINGS))
    assert only(shown).reply_parts == ("Spain is a country.  It", " lies in Europe.")
    assert only(shown).as_text == "tell me about spain\nSpain is a country.  It"


@given(st.text(alphabet="ab. \n", max_size=60), st.integers(0, 30))
def test_what_was_heard_is_as_many_words_of_the_answer(reply: str, words: int) -> None:
    heard = " ".join(reply.split()[:words])
    end = heard_length(reply, heard)
    assert reply[:end].split() == heard.split()
    assert end == 0 or not reply[end - 1].isspace() or end == len(reply)


def test_a_failed_question_says_why_and_may_be_asked_again(shown: ConversationShown) -> None:
    shown.typed(1, "tell me a joke")
    told(shown, TurnFailed(1, "llm", "llm_failed", "The thinker failed.", "Ask again."))
    assert only(shown).failure == ("The thinker failed.", "Ask again.")
    assert only(shown).can_ask_again


def test_a_cancelled_question_is_not_lost(shown: ConversationShown) -> None:
    shown.typed(1, "tell me a joke")
    told(shown, TurnCancelled(1))
    assert (only(shown).question, only(shown).can_ask_again) == ("tell me a joke", True)


def test_a_typed_question_stands_there_at_once_and_once(shown: ConversationShown) -> None:
    shown.typed(0, "what time is it")
    assert (only(shown).is_typed, only(shown).state) == (True, TurnState.THINKING)
    shown.typed(1, "what time is it")  # now there is an assistant
    told(shown, *turn(1, "what time is it", "Noon."))
    assert (only(shown).reply, only(shown).turn_id) == ("Noon.", 1)


def test_questions_that_wait_can_be_taken_back(shown: ConversationShown) -> None:
    shown.typed(0, "what time is it")
    shown.given_up()
    assert only(shown).state is TurnState.CANCELLED


def test_what_is_deleted_stays_away_though_more_of_it_comes(shown: ConversationShown) -> None:
    told(shown, *turn(1, "hello", "Hello there.")[:-2])
    shown.delete(only(shown).key)
    told(shown, ReplyUpdated(1, "more"), TurnFinished(1, "hello", "Hello there.", TIMINGS))
    assert shown.entries == ()


def test_what_was_deleted_can_be_had_back_in_its_place(shown: ConversationShown) -> None:
    for number in (1, 2, 3):
        told(shown, *turn(number, f"question {number}", "Yes."))
    second = shown.entries[1]
    shown.delete(second.key)
    shown.restore(second)
    assert shown.entries[1] is second
    assert len(shown.entries) == 3


def test_an_answer_said_again_makes_no_new_entry(shown: ConversationShown) -> None:
    told(shown, *turn(1, "hello", "Hello there."))
    shown.read_again(2, only(shown).key)
    assert only(shown).is_read_again
    told(shown, *turn(2, "", "Hello there."))
    assert not only(shown).is_read_again


def test_what_is_said_without_a_question_makes_no_entry(shown: ConversationShown) -> None:
    told(shown, TimerDue("pasta", 600.0))
    told(shown, TurnStarted(1), TurnCommitted(1, 1), ReplyUpdated(1, "Your pasta timer is done."))
    told(shown, ReplyStarted(1, 0.0), TurnFinished(1, "", "Your pasta timer is done.", TIMINGS))
    assert len(shown.entries) == 1


def test_a_timer_stands_in_the_conversation_with_its_name(shown: ConversationShown) -> None:
    told(shown, TimerDue("pasta", 600.0))
    (entry,) = shown.entries
    assert isinstance(entry, TimerShown)
    assert (entry.name, entry.duration_s, entry.began) == ("pasta", 600.0, NOON)


def test_two_turns_at_once_do_not_mix(shown: ConversationShown) -> None:
    first, second = turn(1, "one", "First answer."), turn(2, "two", "Second answer.")
    for pair in zip(first, second, strict=True):
        told(shown, *pair)
    replies = [entry.reply for entry in shown.entries if isinstance(entry, TurnShown)]
    assert replies == ["First answer.", "Second answer."]


EVENTS = st.one_of(
    st.builds(TurnStarted, st.integers(1, 3)),
    st.builds(
        TranscriptUpdated, st.integers(1, 3), st.sampled_from(["", "a", "a b"]), st.booleans()
    ),
    st.builds(TurnCommitted, st.integers(1, 3), st.just(1)),
    st.builds(ReplyUpdated, st.integers(1, 3), st.sampled_from(["x ", "y"])),
    st.builds(ReplyStarted, st.integers(1, 3), st.just(0.0)),
    st.builds(TurnFinished, st.integers(1, 3), st.just("a"), st.just("x"), st.just(TIMINGS)),
    st.builds(
        TurnInterrupted,
        st.integers(1, 3),
        st.just("a"),
        st.just("x y"),
        st.just("x"),
        st.just(TIMINGS),
    ),
    st.builds(TurnCancelled, st.integers(1, 3)),
    st.builds(
        TurnFailed, st.integers(1, 3), st.just("llm"), st.just("c"), st.just("m"), st.just("h")
    ),
    st.builds(TimerDue, st.just(""), st.just(1.0)),
)


@given(st.lists(EVENTS, max_size=40))
def test_changes_told_and_entries_kept_never_disagree(events: list[Event]) -> None:
    shown = ConversationShown(lambda: NOON)
    seen: dict[int, object] = {}
    for event in events:
        for change in shown.take(event):
            if isinstance(change, Removed):
                del seen[change.key]
            else:
                seen[change.entry.key] = change.entry
    assert tuple(seen.values()) == shown.entries


# --- the talk control ---------------------------------------------------------------------------------


def after(talk: TalkShown, *events: Event) -> TalkShown:
    for event in events:
        talk = talk_shown.folded(talk, event)
    return talk


def test_the_control_shows_listening_thinking_speaking_and_rests() -> None:
    talk = TalkShown(is_live=True)
    assert talk.state is TalkState.IDLE
    first, last = turn(1, "hello", "Hello there.")[:2], turn(1, "hello", "Hello there.")[2:]
    talk = after(talk, *first)
    assert talk.state is TalkState.LISTENING
    talk = after(talk, *last[:2])
    assert talk.state is TalkState.THINKING
    talk = after(talk, *last[2:-1])
    assert talk.state is TalkState.SPEAKING
    assert after(talk, last[-1]).state is TalkState.IDLE


def test_a_new_turn_shows_though_the_former_ends_after_it_began() -> None:
    talk = after(TalkShown(is_live=True), *turn(1, "a", "b")[:-1], TurnStarted(2))
    assert talk.state is TalkState.LISTENING
    talk = after(talk, TurnInterrupted(1, "a", "b", "", TIMINGS))
    assert talk.state is TalkState.LISTENING


def test_by_key_the_control_listens_while_the_key_says_so() -> None:
    talk = TalkShown(is_live=True, is_hands_free=False)
    assert not talk.hears
    talk = after(talk, TalkChanged(is_talking=True))
    assert talk.state is TalkState.LISTENING
    assert talk.hears
    assert after(talk, TalkChanged(is_talking=False)).state is TalkState.IDLE


def test_the_words_below_the_control_say_what_the_talk_key_does() -> None:
    ready = TalkShown(is_live=True, is_ready=True)
    assert state_text(ready) == "Just speak, or hold Space"
    assert state_text(replace(ready, is_tapped=True)) == "Just speak, or press Space"
    assert state_text(replace(ready, is_hands_free=False)) == "Hold Space to talk"
    assert state_text(replace(ready, is_muted=True)) == "Muted: hold Space to talk"
    assert state_text(replace(ready, is_ready=False)).startswith("Getting ready")
    stopped = folded(ready, WorkerLost("worker_crashed", "Gone.", "", restarting=False))
    assert state_text(stopped).startswith("Stopped")
    assert state_text(folded(stopped, WorkerStarting(1))).startswith("Getting ready")


def test_without_devices_the_control_is_off_and_typed_turns_still_show() -> None:
    assert TalkShown().state is TalkState.OFF
    assert after(TalkShown(), *turn(1, "a", "b")[:-2]).state is TalkState.THINKING


def test_speech_that_is_no_question_is_told_until_the_next_turn() -> None:
    talk = after(TalkShown(is_live=True), SpeechIgnored("mhm"))
    assert talk.ignored == "mhm"
    assert after(talk, TurnStarted(1)).ignored is None


# --- status and chips ---------------------------------------------------------------------------------


def test_the_status_line_follows_the_loading() -> None:
    status = status_shown.StatusShown()
    said = []
    for event in (
        WorkerStarting(1),
        ModelLoading("stt", "pocketsphinx-mixed"),
        ModelLoading("thinker", "sarai-starter"),
        ModelLoading("tts", "espeak-ng"),
    ):
        status = status_shown.folded(status, event)
        said.append((status.phase, round(status.progress or 0, 2)))
    assert said == [("starting", 0), ("loading", 0), ("loading", 0.33), ("loading", 0.67)]
    status = status_shown.folded(status, WorkerReady({"stt": "pocketsphinx-mixed"}, 2.44))
    assert status.progress is None
    assert "starter" in status.sentence("starter")
    assert "2.4" in status.details()
    again = status_shown.folded(status, WorkerLost("worker_crashed", "Gone.", "", restarting=True))
    assert again.phase == "restarting"
    other = status_shown.folded(status, ModelLoading("stt", "parakeet"))
    refused = status_shown.folded(other, ModelsRefused("model_missing", "Missing.", ""))
    assert (other.phase, refused.phase) == ("loading", "ready")


def test_a_chip_says_what_was_used_and_what_it_answered() -> None:
    assert tool_name("get_time") == "Clock"
    assert tool_answer(CLOCK) == "3:42 PM · Madrid"
    assert tool_details(CLOCK).splitlines()[0] == "get_time (place: Madrid)"
    assert "12 ms" in tool_details(CLOCK)
    assert tool_name("water_plants") == "water plants"
