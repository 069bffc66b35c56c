"""The segmenter: stretches of speech out of verdicts, told as stories and as properties."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.listening.segmenter import (
    Began,
    Ended,
    Event,
    Heard,
    InPause,
    Limits,
    Resumed,
    State,
    Verdict,
    advance,
    close,
    press,
)
from assistant.settings.live import ListeningSettings

T = TypeVar("T")

FRAME = 100
"""A round frame length, so that the stories read in hundreds; the machine takes frames of any length."""

LIMITS = Limits(
    threshold=0.5,
    keep_threshold=0.3,
    onset_frames=2,
    window_frames=3,
    pre_roll=400,
    soft_end=200,
    shortest_speech=300,
    longest_pause=500,
    longest=5000,
)


PROBABILITIES = {"#": 0.9, "+": 0.4, "o": 0.15, "?": 0.06, ".": 0.0}


def run(
    story: str, limits: Limits = LIMITS, state: State | None = None, start_at: int = 0
) -> tuple[State, list[Event]]:
    """Play one frame a letter: speech is sure (#), kept only (+), likely (o), doubtful (?), none (.)."""
    state, events = state or State(free_from=start_at), list[Event]()
    for number, letter in enumerate(story):
        at = start_at + number * FRAME
        verdict = Verdict(at, at + FRAME, PROBABILITIES[letter])
        state, now = advance(state, verdict, limits)
        events += now
    return state, events


def kinds(events: list[Event]) -> str:
    """B(egan) h(eard) P(aused) R(esumed) E(nded)."""
    letters = {Began: "B", Heard: "h", InPause: "P", Resumed: "R", Ended: "E"}
    return "".join(letters[type(event)] for event in events)


def only(events: list[Event], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("......", ""),
        ("..#.....", ""),  # one frame is no onset
        ("..#.#", "B"),
        ("..#..#", ""),  # two of four are not two of three
        ("###", "Bh"),
        ("####..", "BhhhhP"),
        ("####.....", "BhhhhPhPhPhPE"),
        ("####...##.", "BhhhhPhPhPhRh"),
        ("####.#....", "BhhhhhhPhPhP"),  # a gap shorter than the soft end is no pause
        ("####...#..", "BhhhhPhPhPhPE"),  # one frame does not resume ...
        ("####++++..", "BhhhhhhhhP"),  # hysteresis: 0.4 keeps speech going ...
        ("####.++...", "BhhhhPhPhPhPE"),  # ... but does not bring it back
        ("++++++++++", ""),
        ("##.......", "BhhE"),  # too short, known at the soft end
    ],
)
def test_a_story_has_this_sequence_of_events(story: str, expected: str) -> None:
    assert kinds(run(story)[1]) == expected


def test_the_pre_roll_reaches_back_from_the_first_frame_of_the_onset() -> None:
    _, events = run(".......#.#")
    assert events == [Began(start_at=300, stop_at=1000, onset_at=700)]


@pytest.mark.parametrize(
    ("story", "start_at"),
    [
        ("......##", 200),  # nothing doubtful: only the pre-roll
        ("......??##", 200),
        ("......?..?##", 200),
        ("......?....?##", 200),  # over four frames without a doubt ...
        ("......?.....?##", 800),  # ... not over five
        ("......#...?##", 200),  # one sure frame is no onset, but it is a doubt
    ],
)
def test_an_onset_reaches_back_to_where_the_doubt_began(story: str, start_at: int) -> None:
    (began,) = only(run(story)[1], Began)
    assert began.start_at == start_at
    assert began.onset_at == story.rindex("##") * FRAME


def test_it_reaches_back_no_further_than_allowed_nor_into_speech_already_reported() -> None:
    (began,) = only(run("?" * 50 + "##", replace(LIMITS, reach_back_frames=10))[1], Began)
    assert began.start_at == 5000 - 1000 - 400
    _, events = run("####....." + "?" * 3 + "##", replace(LIMITS, pre_roll=4000))
    assert only(events, Began)[1].start_at == 400
    _, events = run("####.?.?##", replace(LIMITS, soft_end=100, longest_pause=900, pre_roll=0))
    assert only(events, Resumed)[0].start_at == 500


@pytest.mark.parametrize(
    ("story", "speech"),
    [
        ("....######", 600),
        ("..oo######", 800),
        ("o..o######", 1000),  # over a gap of two frames ...
        ("o...o######", 700),  # ... not of three
        ("oooooooo#########", 1400),  # at most five
        ("..??######", 600),
        ("....#.#.####", 800),  # gaps shorter than the soft end are part of the speech
        ("####...###", 700),  # longer ones are not
        ("oooo###", 500),  # at most two thirds of what is sure
    ],
)
def test_how_long_somebody_has_been_speaking(story: str, speech: int) -> None:
    """Likely frames right before the onset and short gaps count."""
    assert only(run(story)[1], Heard)[-1].speech == speech


def test_what_is_only_likely_does_not_make_a_click_an_utterance() -> None:
    _, events = run("oooo##..")
    assert only(events, Ended) == [Ended("too_short", 600)]


def test_a_stretch_cannot_begin_before_the_microphone_did() -> None:
    _, events = run("##", start_at=5000)
    assert events == [Began(start_at=5000, stop_at=5200, onset_at=5000)]


def test_a_pause_says_where_speech_ended_and_how_long_it_lasts() -> None:
    _, events = run("####...")
    assert only(events, InPause) == [InPause(400, 200, 400), InPause(400, 300, 400)]


def test_a_resumption_hands_over_the_silence_before_it_but_no_word_of_before() -> None:
    _, events = run("####...##")
    assert only(events, Resumed) == [Resumed(start_at=400, stop_at=900, onset_at=700)]


def test_frames_from_before_a_pause_do_not_resume_it() -> None:
    _, events = run("####.#....", replace(LIMITS, soft_end=100, longest_pause=300, window_frames=5))
    assert only(events, Resumed) == []


def test_after_a_resumption_the_next_pause_is_measured_from_the_new_end() -> None:
    _, events = run("####...##...")
    assert only(events, InPause)[-1] == InPause(last_speech_at=900, silence=300, speech=600)


def test_judged_speech_leaves_out_pauses_and_pre_roll() -> None:
    _, events = run("....####...###")
    assert only(events, Heard)[-1].speech == 700


def test_too_short_speech_may_become_the_pre_roll_of_real_speech() -> None:
    _, events = run("##...####")
    assert only(events, Ended) == [Ended("too_short", 200)]
    assert only(events, Began)[1].start_at == 100


def test_the_silence_at_the_end_of_a_stretch_may_become_pre_roll_but_not_its_speech() -> None:
    _, events = run("####.....##")
    assert only(events, Began)[1] == Began(start_at=500, stop_at=1100, onset_at=900)
    _, events = run("####.....##", replace(LIMITS, pre_roll=4000))
    assert only(events, Began)[1].start_at == 400


def test_speech_that_never_ends_is_closed_at_the_longest_and_goes_on_without_a_hole() -> None:
    _, events = run("#" * 60)
    ended = only(events, Ended)
    assert ended == [Ended("max_length", 5000)]
    assert only(events, Began)[1].start_at == 5000


def test_a_held_key_reports_everything_without_pauses_until_it_is_let_go() -> None:
    state, events = press(State(), 1000, LIMITS)
    assert events == [Began(start_at=600, stop_at=1000, onset_at=1000)]
    state, events = run("....####........", state=state, start_at=1000)
    assert kinds(events) == "h" * 16
    state, events = close(state, 2650, "key_up")
    assert events == [Heard(2600, 2650, 400), Ended("key_up", 1800)]
    assert state == State(free_from=2650)


def test_a_key_held_in_silence_ends_without_last_speech() -> None:
    state, _ = press(State(), 0, LIMITS)
    state, _ = run("....", state=state)
    assert close(state, 400, "key_up")[1] == [Ended("key_up", None)]


def test_a_key_pressed_while_somebody_speaks_holds_that_stretch() -> None:
    state, _ = run("####...")
    state, events = press(state, 700, LIMITS)
    assert events == []
    state, events = run("..........", state=state, start_at=700)
    assert kinds(events) == "h" * 10
    assert close(state, 1700, "key_up")[1] == [Ended("key_up", 400)]


def test_closing_when_nothing_is_open_says_nothing() -> None:
    assert close(State(), 700, "lost") == (State(free_from=700), [])


def test_the_default_settings_give_limits_in_samples() -> None:
    limits = Limits.of(ListeningSettings())
    assert (limits.pre_roll, limits.soft_end, limits.longest_pause) == (8000, 3200, 24000)
    assert limits.keep_threshold < limits.threshold


# --- properties -------------------------------------------------------------------------------------

GRAMMAR = re.compile(r"(Bh*(P+h*(Rh*)?)*E)*(Bh*(P+h*(Rh*)?)*)?")
"""Of `reports.py`, with SpeechHeard between pauses too."""

probabilities = st.lists(
    st.sampled_from([0.0, 0.0, 0.35, 0.6, 0.95, 0.95]) | st.floats(0, 1), max_size=150
)
actions = st.lists(
    st.sampled_from([0.0, 0.0, 0.0, 0.4, 0.95, 0.95, 0.95, "press", "close"]), max_size=150
)


@st.composite
def some_limits(draw: st.DrawFn) -> Limits:
    onset_frames = draw(st.integers(1, 5))
    soft_end = draw(st.integers(1, 800))
    threshold = draw(st.floats(0.1, 0.9))
    return Limits(
        threshold=threshold,
        keep_threshold=threshold * draw(st.floats(0, 1)),
        onset_frames=onset_frames,
        window_frames=onset_frames + draw(st.integers(0, 3)),
        pre_roll=draw(st.integers(0, 2000)),
        soft_end=soft_end,
        shortest_speech=draw(st.integers(0, 1500)),
        longest_pause=soft_end + draw(st.integers(0, 2000)),
        longest=draw(st.integers(1, 6000)),
        lead_frames=(lead_frames := draw(st.integers(0, 3))),
        reach_back_frames=lead_frames + draw(st.integers(0, 10)),
    )


@given(probabilities, some_limits())
@settings(max_examples=150)
def test_any_verdicts_give_a_well_formed_report(values: list[float], limits: Limits) -> None:
    state, events = State(), list[Event]()
    for number, probability in enumerate(values):
        state, now = advance(
            state, Verdict(number * FRAME, (number + 1) * FRAME, probability), limits
        )
        events += now
        assert len(state.frames) <= limits.window_frames + limits.reach_back_frames
    assert GRAMMAR.fullmatch(kinds(events)), kinds(events)
    assert (state.stretch is not None) == (kinds(events).count("B") > kinds(events).count("E"))


@given(actions, some_limits())
@settings(max_examples=150)
def test_no_sample_is_lost_or_doubled_within_a_stretch_and_no_speech_between_two(
    values: list[float | str], limits: Limits
) -> None:
    """With a talk key at any moment, and stretches that are closed at any moment."""
    state, events, at = State(), list[Event](), 0
    for value in values:
        if value == "press":
            state, now = press(state, at, limits)
        elif value == "close":
            state, now = close(state, at, "key_up")
        else:
            assert isinstance(value, float)
            state, now = advance(state, Verdict(at, at + FRAME, value), limits)
            at += FRAME
        events += now
    reported_to, spoken_to, is_open = 0, 0, False
    for event in events:
        match event:
            case Began(start_at, stop_at, onset_at):
                assert not is_open
                assert spoken_to <= start_at <= onset_at <= stop_at
                assert onset_at - start_at <= limits.pre_roll + FRAME * limits.reach_back_frames
                reported_to, is_open = stop_at, True
            case Heard(start_at, stop_at, speech):
                assert is_open
                assert start_at == reported_to
                assert 0 < stop_at - start_at <= FRAME
                assert speech <= stop_at
                reported_to = stop_at
            case InPause(last_speech_at, silence, _):
                assert is_open
                assert silence >= limits.soft_end
                assert last_speech_at + silence == reported_to
            case Resumed(start_at, stop_at, onset_at):
                assert is_open
                assert spoken_to <= start_at <= onset_at <= stop_at == reported_to
            case Ended(reason, last_speech_at):
                assert is_open
                assert last_speech_at is None or last_speech_at <= reported_to
                is_open = False
                if reason != "too_short":
                    spoken_to = max(spoken_to, last_speech_at or 0)
    assert is_open == (state.stretch is not None)
