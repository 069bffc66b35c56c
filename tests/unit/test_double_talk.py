"""Listening harder while the assistant speaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.listening.double_talk import GOOD_LEAK_DB, DoubleTalkVad, lifted

FRAME = np.zeros(512, np.float32)


class ScriptedVad:
    """Says the same probability of every frame."""

    def __init__(self, probability: float) -> None:
        self.probability = probability
        self.resets = 0

    def judge(self, frame: np.ndarray) -> float:
        return self.probability

    def reset(self) -> None:
        self.resets += 1


def test_a_doubtful_frame_counts_as_speech_only_while_the_assistant_speaks() -> None:
    speaking = False
    vad = DoubleTalkVad(ScriptedVad(0.2), lambda: speaking)
    assert vad.judge(FRAME) == pytest.approx(0.2)
    speaking = True
    assert vad.judge(FRAME) > 0.5


def test_forgetting_reaches_the_detector() -> None:
    inner = ScriptedVad(0.5)
    DoubleTalkVad(inner, lambda: False).reset()
    assert inner.resets == 1


class ScriptedEar:
    """A second ear that says what it is told, of as many frames as it was given."""

    def __init__(self, probability: float, leak_db: float) -> None:
        self.probability = probability
        self.leak_db = leak_db
        self.samples = 0
        self.forgotten = 0

    def take(self, near: np.ndarray, far: np.ndarray) -> None:
        assert near.shape == far.shape
        self.samples += near.size

    def judge(self) -> float:
        return self.probability if self.samples >= 512 else 0.0

    def forget(self) -> None:
        self.forgotten += 1


@pytest.mark.parametrize(
    ("speaking", "leak_db", "expected"),
    [
        (False, GOOD_LEAK_DB - 1, 0.2),  # nobody is heard: as always
        (True, GOOD_LEAK_DB - 1, 0.8),  # the second ear knows better ...
        (True, GOOD_LEAK_DB + 1, 0.8),
    ],
)
def test_the_second_ear_counts_while_the_assistant_speaks(
    speaking: bool, leak_db: float, expected: float
) -> None:
    vad = DoubleTalkVad(ScriptedVad(0.2), lambda: speaking, ScriptedEar(0.8, leak_db))
    vad.overhear(FRAME, FRAME)
    assert vad.judge(FRAME) == pytest.approx(expected)


def test_odds_are_raised_only_where_the_second_ear_hears_badly() -> None:
    for leak_db, expected in ((GOOD_LEAK_DB - 1, 0.2), (GOOD_LEAK_DB + 1, lifted(0.2))):
        vad = DoubleTalkVad(ScriptedVad(0.2), lambda: True, ScriptedEar(0.0, leak_db))
        assert vad.judge(FRAME) == pytest.approx(expected)


def test_forgetting_reaches_the_second_ear() -> None:
    ear = ScriptedEar(0.5, 0.0)
    DoubleTalkVad(ScriptedVad(0.5), lambda: False, ear).reset()
    assert ear.forgotten == 1


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_raising_keeps_order_and_range(one: float, two: float) -> None:
    less, more = sorted((one, two))
    assert 0 <= lifted(less) <= lifted(more) <= 1
    assert lifted(less) >= less - 1e-12
