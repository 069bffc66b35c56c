"""How long a pause must be: the policy's table and what always holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.listening.endpoint import needed_pause_ms
from assistant.settings.live import ListeningSettings

DEFAULT = ListeningSettings()
SHORT, ORDINARY, LONG = DEFAULT.shortest_pause_ms, DEFAULT.pause_ms, DEFAULT.longest_pause_ms
COMPLETE, UNKNOWN, OPEN = "what time is it", "hello there my friend", "set a timer for"


@pytest.mark.parametrize(
    ("text", "smart_turn", "expected"),
    [
        (COMPLETE, None, SHORT),
        (UNKNOWN, None, ORDINARY),
        (OPEN, None, LONG),
        ("", None, ORDINARY),
        (UNKNOWN, 0.9, SHORT),
        (UNKNOWN, 0.1, LONG),
        (UNKNOWN, 0.5, ORDINARY),
        (COMPLETE, 0.9, SHORT),
        (COMPLETE, 0.1, ORDINARY),
        (OPEN, 0.9, ORDINARY),
        (OPEN, 0.1, LONG),
    ],
)
def test_text_and_sound_vote_for_the_pause(
    text: str, smart_turn: float | None, expected: int
) -> None:
    assert needed_pause_ms(text, DEFAULT, smart_turn) == expected


@settings(deadline=None)
@given(
    st.text(max_size=60),
    st.none() | st.floats(0, 1),
    st.tuples(*[st.integers(200, 3000)] * 3),
)
def test_the_pause_is_always_one_of_the_three_set(
    text: str, smart_turn: float | None, pauses: tuple[int, int, int]
) -> None:
    short, ordinary, long = pauses
    chosen = ListeningSettings(shortest_pause_ms=short, pause_ms=ordinary, longest_pause_ms=long)
    assert needed_pause_ms(text, chosen, smart_turn) in pauses


@settings(deadline=None)
@given(st.text(max_size=60), st.floats(0, 1), st.floats(0, 1))
def test_a_surer_model_never_makes_the_user_wait_longer(text: str, one: float, two: float) -> None:
    less, more = sorted((one, two))
    assert needed_pause_ms(text, DEFAULT, more) <= needed_pause_ms(text, DEFAULT, less)
