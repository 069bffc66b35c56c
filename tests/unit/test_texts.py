"""What a transcript tells about the turn: "mhm", our own voice, the wake phrase, a finished sentence."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.listening.texts import (
    completeness,
    is_backchannel,
    repeats_reply,
    strip_wake_phrase,
)

words = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=1, max_size=12)
anything = st.text(max_size=80)

# --- backchannels -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["mhm", "Okay.", "yeah", "Right", "uh huh", "mm-hmm", "I see", "sí, claro", "vale", "yes yes"],
)
def test_a_word_of_listening_is_a_backchannel(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "stop",
        "no",
        "wait",
        "okay stop",
        "yeah but",
        "what",
        "yes turn it off",
        "para",
        "espera",
        "ok ok ok",
    ],
)
def test_what_wants_something_is_no_backchannel(text: str) -> None:
    assert not is_backchannel(text)


# --- our own voice ------------------------------------------------------------------------------

REPLY = (
    "It is twenty past five in the afternoon. The weather in Madrid will be sunny tomorrow, with a high of"
    " thirty degrees, and you can stop the timer whenever you like."
)


@pytest.mark.parametrize(
    "heard",
    [
        "the weather in Madrid will be sunny",
        "the whether in my dread will be sunny to moral",
        "twenty past five in the after noon",
        "will be funny to borrow with a high of dirty degrees",
        "you can stop the timer",
    ],
)
def test_what_the_assistant_is_saying_is_found_again_though_misheard(heard: str) -> None:
    assert repeats_reply(heard, REPLY)


@pytest.mark.parametrize(
    "heard",
    [
        "stop",
        "stop the timer",
        "the timer",
        "what is the weather in madrid tomorrow",
        "no I meant the weather in London",
        "thank you that is enough",
        "and what about Barcelona",
        "set a timer for ten minutes",
        "is it going to rain in Madrid",
        "tell me a joke about the rain",
        "",
    ],
)
def test_the_user_is_not_taken_for_an_echo(heard: str) -> None:
    assert not repeats_reply(heard, REPLY)


@settings(deadline=None)
@given(words)
def test_a_long_enough_text_repeats_itself(said: list[str]) -> None:
    text = " ".join(["so", *said])
    letters = text.replace(" ", "")
    assert repeats_reply(text, text) == (len(text.split()) >= 3 and len(letters) >= 10)


@settings(deadline=None)
@given(anything, anything)
def test_one_or_two_words_are_always_believed(reply: str, more: str) -> None:
    assert not repeats_reply("stop", reply)
    assert not repeats_reply("turn off", f"{reply} turn off {more}")


@settings(deadline=None)
@given(anything)
def test_nothing_repeats_a_silent_assistant(text: str) -> None:
    assert not repeats_reply(text, "")


# --- the wake phrase ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("hey computer what time is it", "what time is it"),
        ("Hey, computer! What time is it?", "What time is it?"),
        ("hay computer, stop", "stop"),
        ("um hey computers turn on the light", "turn on the light"),
        ("heycomputer go", "go"),
        ("hey com puter go", "go"),
        ("hey commuter go", "go"),
        ("hey computer", ""),
    ],
)
def test_the_rest_after_the_wake_phrase_is_given_as_it_was_written(text: str, rest: str) -> None:
    assert strip_wake_phrase(text, "hey computer") == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hey",
        "computer",
        "the computer is broken",
        "they compute things",
        "he completed it",
        "what is a hey computer",
    ],
)
def test_a_turn_without_the_wake_phrase_is_told(text: str) -> None:
    assert strip_wake_phrase(text, "hey computer") is None


def test_accents_and_spanish_wake_phrases_do_not_matter_to_the_match() -> None:
    assert strip_wake_phrase("Óye ordenador, ¿qué hora es?", "oye ordenador") == "¿qué hora es?"


@settings(deadline=None)
@given(words, words)
def test_a_phrase_said_exactly_is_always_found(phrase: list[str], rest: list[str]) -> None:
    text = " ".join(phrase + rest)
    found = strip_wake_phrase(text, " ".join(phrase))
    assert found is not None
    assert text.endswith(found)


@settings(deadline=None)
@given(anything)
def test_no_wake_phrase_asks_for_nothing(text: str) -> None:
    assert strip_wake_phrase(text, "") == text


@settings(deadline=None)
@given(anything, st.text(min_size=1, max_size=20))
def test_the_rest_is_always_the_end_of_the_text(text: str, phrase: str) -> None:
    found = strip_wake_phrase(text, phrase)
    assert found is None or text.endswith(found)


# --- does it sound finished? --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "Yes.",
        "never mind",
        "what time is it",
        "What's the weather?",
        "set a timer for ten minutes",
        "turn the lamp on",
        "tell me a joke",
        "what is the capital of France",
        "please turn off the light",
        "pause timer",
        "qué hora es",
        "enciende la luz del salón",
        "pon un temporizador de cinco minutos",
        "gracias",
    ],
)
def test_commands_and_questions_that_are_whole_sound_complete(text: str) -> None:
    assert completeness(text) == "complete"


@pytest.mark.parametrize(
    "text",
    [
        "um",
        "and",
        "turn off the",
        "set a timer for",
        "remind me to",
        "I want to know,",
        "what is two plus",
        "I would like...",
        "the weather in",
        "because",
        "the.",
        "pon la",
        "quiero",
        "enciende el",
        "y",
        "recuérdame que",
    ],
)
def test_what_asks_for_more_sounds_open(text: str) -> None:
    assert completeness(text) == "open"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...?",
        "what are you looking for",
        "hello there my friend",
        "set a timer for five",
        "play",
        "hey computer",
        "when a man looks for something",
        "I was in Madrid yesterday.",
    ],
)
def test_the_rest_is_left_to_the_ordinary_pause(text: str) -> None:
    assert completeness(text) == "unknown"


@settings(deadline=None)
@given(anything, st.sampled_from(["and", "the", "um", "with", "porque", "del"]))
def test_a_word_that_asks_for_more_is_never_complete_at_the_end(text: str, last: str) -> None:
    assert completeness(f"{text} {last}") != "complete"


@settings(deadline=None)
@given(st.lists(st.sampled_from(["what", "time", "is", "it", "set", "the", "timer", "and", "qué"])))
def test_case_and_a_full_stop_change_nothing(parts: list[str]) -> None:
    text = " ".join(parts)
    assert completeness(text.upper() + ".") == completeness(text)
