"""The talk key: what counts as a press, and what it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.listening.talk_key import (
    SETTLE_S,
    TAP_S,
    Decision,
    Ignored,
    KeyDown,
    KeyUp,
    Mode,
    StartTalking,
    StopTalking,
    TalkKey,
    key_event,
    settle,
    stopped,
)


def play(mode: Mode, script: str) -> tuple[TalkKey, list[Decision]]:
    """Press and release at the given milliseconds ("down 0 up 500"), then let everything settle."""
    key, decisions = TalkKey(mode), []
    words = script.split()
    at_s = 0.0
    for name, at_ms in zip(words[::2], words[1::2], strict=True):
        at_s = float(at_ms) / 1000
        if key.settles_s is not None and key.settles_s <= at_s:
            key, settled = settle(key, key.settles_s)
            decisions += settled
        key, now = key_event(key, KeyDown(at_s) if name == "down" else KeyUp(at_s))
        decisions += now
    key, settled = settle(key, at_s + 1)
    return key, decisions + settled


def meaning(decisions: list[Decision]) -> str:
    """'start 0 stop 500'; ignored ones left out."""
    told = [d for d in decisions if not isinstance(d, Ignored)]
    names = {StartTalking: "start", StopTalking: "stop"}
    return " ".join(f"{names[type(d)]} {d.at_s * 1000:.0f}" for d in told)


@pytest.mark.parametrize(
    ("mode", "script", "expected"),
    [
        ("hold", "down 0 up 1000", "start 0 stop 1000"),
        ("hold", "down 0 up 100", "start 0 stop 100"),
        ("hold", "down 0 up 1000 down 2000 up 2500", "start 0 stop 1000 start 2000 stop 2500"),
        ("tap", "down 0 up 100", "start 0"),
        ("tap", "down 0 up 2000", "start 0"),
        ("tap", "down 0 up 100 down 3000 up 3100", "start 0 stop 3000"),
        ("tap", "down 0 up 100 down 3000 up 5000", "start 0 stop 3000"),
        ("auto", "down 0 up 299", "start 0"),
        ("auto", "down 0 up 301", "start 0 stop 301"),
        ("auto", "down 0 up 100 down 2000 up 2100", "start 0 stop 2000"),
        ("auto", "down 0 up 100 down 2000 up 4000 down 5000 up 6000",
         "start 0 stop 2000 start 5000 stop 6000"),
    ],
)  # fmt: skip
def test_a_press_means_what_its_mode_says(mode: Mode, script: str, expected: str) -> None:
    assert meaning(play(mode, script)[1]) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        # Windows, macOS: the press comes again and again, the release once.
        ("down 0 down 500 down 533 down 566 up 1000", "start 0 stop 1000"),
        # X11: each repetition is a release and a press.
        ("down 0 up 500 down 500 up 533 down 534 up 566 down 580 up 1000", "start 0 stop 1000"),
        # Slower than any of that and faster than any finger: the release counts, the press does not.
        ("down 0 up 500 down 520 up 900", "start 0 stop 500"),
        # A contact that bounces, on the way down and on the way up.
        ("down 0 up 4 down 6 up 9 down 12 up 800 down 805 up 812", "start 0 stop 812"),
        ("up 10 down 100 up 900", "start 100 stop 900"),
        ("down 0 up 900 up 910", "start 0 stop 900"),
    ],
)
@pytest.mark.parametrize("mode", ["hold", "auto"])
def test_repeats_and_bounces_are_no_presses(mode: Mode, script: str, expected: str) -> None:
    assert meaning(play(mode, script)[1]) == expected


def test_a_bounce_does_not_make_a_tap_two() -> None:
    assert meaning(play("tap", "down 0 up 60 down 70 up 130")[1]) == "start 0"


def test_a_release_counts_only_once_it_has_settled() -> None:
    key, _ = key_event(TalkKey("hold"), KeyDown(0.0))
    key, waiting = key_event(key, KeyUp(1.0))
    assert waiting == [Ignored("waiting")]
    assert settle(key, 1.0 + SETTLE_S / 2) == (key, [])
    assert key.settles_s is not None
    key, settled = settle(key, key.settles_s)
    assert settled == [StopTalking(1.0)]
    assert key.settles_s is None


def test_a_press_that_comes_before_anybody_asked_settles_the_release_first() -> None:
    key, _ = key_event(TalkKey("hold"), KeyDown(0.0))
    key, _ = key_event(key, KeyUp(1.0))
    key, decisions = key_event(key, KeyDown(2.0))
    assert decisions == [StopTalking(1.0), StartTalking(2.0)]


def test_a_key_still_down_after_a_cancel_means_nothing_until_pressed_again() -> None:
    key, _ = key_event(TalkKey("hold"), KeyDown(0.0))
    key = stopped(key)
    key, decisions = key_event(key, KeyDown(0.5))
    assert decisions == [Ignored("repeat")]
    key, _ = key_event(key, KeyUp(1.0))
    key, decisions = settle(key, 1.1)
    assert decisions == [Ignored("second_tap")]
    key, decisions = key_event(key, KeyDown(2.0))
    assert decisions == [StartTalking(2.0)]


@st.composite
def scripts(draw: st.DrawFn) -> list[KeyDown | KeyUp]:
    steps = draw(
        st.lists(st.tuples(st.booleans(), st.integers(0, 60) | st.integers(0, 900)), max_size=40)
    )
    at_ms, events = 0, list[KeyDown | KeyUp]()
    for is_down, wait_ms in steps:
        at_ms += wait_ms
        events.append(KeyDown(at_ms / 1000) if is_down else KeyUp(at_ms / 1000))
    return events


@given(scripts(), st.sampled_from(["hold", "tap", "auto"]))
def test_talking_starts_and_stops_in_turn_and_in_order(
    events: list[KeyDown | KeyUp], mode: Mode
) -> None:
    key, told = TalkKey(mode), list[Decision]()
    for event in events:
        key, now = key_event(key, event)
        told += [d for d in now if not isinstance(d, Ignored)]
        assert key.talking == (bool(told) and isinstance(told[-1], StartTalking))
    kinds = [type(d) for d in told]
    assert kinds == [StartTalking, StopTalking] * (len(kinds) // 2) + [StartTalking] * (
        len(kinds) % 2
    )
    times = [d.at_s for d in told if not isinstance(d, Ignored)]
    assert times == sorted(times)


@given(scripts(), st.sampled_from(["hold", "tap", "auto"]))
def test_asking_early_and_often_whether_it_settled_changes_nothing(
    events: list[KeyDown | KeyUp], mode: Mode
) -> None:
    asked, unasked = TalkKey(mode), TalkKey(mode)
    first, second = list[Decision](), list[Decision]()
    for event in events:
        asked, early = settle(asked, event.at_s)
        asked, now = key_event(asked, event)
        first += [*early, *now]
        unasked, now = key_event(unasked, event)
        second += now
    assert (asked, first) == (unasked, second)


@given(scripts())
def test_in_hold_a_key_that_stays_up_never_listens(events: list[KeyDown | KeyUp]) -> None:
    key = TalkKey("hold")
    for event in events:
        key, _ = key_event(key, event)
    if key.down_s is None or key.up_s is not None:
        key, _ = settle(key, 1e6)
        assert not key.talking


@given(st.floats(0.001, 5.0))
def test_auto_draws_the_line_at_the_length_of_a_tap(lasted_s: float) -> None:
    key, _ = key_event(TalkKey("auto"), KeyDown(10.0))
    key, _ = key_event(key, KeyUp(10.0 + lasted_s))
    key, _ = settle(key, 100.0)
    assert key.talking == (10.0 + lasted_s - 10.0 < TAP_S)
