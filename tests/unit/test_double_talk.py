"""Listening harder while the assistant speaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.listening.double_talk import DoubleTalkVad, lifted

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


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_raising_keeps_order_and_range(one: float, two: float) -> None:
    less, more = sorted((one, two))
    assert 0 <= lifted(less) <= lifted(more) <= 1
    assert lifted(less) >= less - 1e-12
