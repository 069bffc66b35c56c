"""Judging blind: nobody can tell whose a clip is, all are as loud, and chance is not called a difference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bench.voice import Heard, VoiceReport
from assistant.bench.voice_blind import (
    LEVEL_DB,
    Difference,
    Shuffled,
    levelled,
    mean_difference,
    rate_difference,
)
from assistant.metrics import distribution

RATE_HZ = 16_000


def tone(seconds: float, height: float, hertz: float = 200.0) -> np.ndarray:
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (height * np.sin(2 * np.pi * hertz * time_s)).astype(np.float32)


def level_db(wave: np.ndarray) -> float:
    return float(10 * np.log10((wave.astype(np.float64) ** 2).mean()))


@settings(deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(0, 99))
def test_what_is_said_of_a_clip_comes_back_to_its_voice_and_sentence(
    sizes: list[int], seed: int
) -> None:
    spoken = {
        f"voice {n}": [(f"{n}.{at}", tone(0.1, 0.5)) for at in range(size)]
        for n, size in enumerate(sizes)
    }
    shuffled: Shuffled[str] = Shuffled(spoken, RATE_HZ, seed)
    back = shuffled.sorted([clip.text for clip in shuffled.clips])
    assert back == {voice: [text for text, _ in clips] for voice, clips in spoken.items()}


def test_a_clip_names_no_voice_and_their_order_is_another_each_time() -> None:
    spoken = {voice: [(str(at), tone(0.1, 0.5)) for at in range(20)] for voice in ("a", "b")}
    orders = {
        tuple(clip.text for clip in Shuffled(spoken, RATE_HZ, seed).clips) for seed in range(3)
    }
    assert len(orders) == 3
    straight = tuple(str(at) for at in range(20)) * 2
    assert straight not in orders
    fields = set(type(Shuffled(spoken, RATE_HZ).clips[0]).__slots__)
    assert fields == {"text", "wave"}


@pytest.mark.parametrize("height", [0.003, 0.05, 0.9])
def test_every_voice_is_as_loud(height: float) -> None:
    pause = np.zeros(RATE_HZ, np.float32)
    wave = np.concatenate([tone(1.0, height), pause])
    spoken = levelled(wave, RATE_HZ)[:RATE_HZ]
    assert level_db(spoken) == pytest.approx(LEVEL_DB, abs=0.1)


def test_silence_stays_silence_and_a_click_is_not_clipped() -> None:
    assert not levelled(np.zeros(RATE_HZ, np.float32), RATE_HZ).any()
    click = np.zeros(RATE_HZ, np.float32)
    click[100] = 0.01
    assert np.abs(levelled(click, RATE_HZ)).max() <= 1.0
    assert levelled(np.zeros(3, np.float32), RATE_HZ).shape == (3,)


# --- differences --------------------------------------------------------------------------------------------


def test_equal_voices_differ_by_nothing() -> None:
    counts = [(1, 8), (0, 7), (3, 9)]
    assert rate_difference(counts, counts) == (0.0, 0.0)
    assert mean_difference([2.0, 3.0], [2.0, 3.0]) == (0.0, 0.0)


def test_a_large_difference_is_one_and_a_small_one_is_chance() -> None:
    draw = np.random.default_rng(0)
    bad = [(int(draw.integers(4, 8)), 8) for _ in range(24)]
    good = [(int(draw.integers(0, 3)), 8) for _ in range(24)]
    points, error = rate_difference(bad, good)
    assert points > 10 * error > 0
    assert Difference("word errors", points, error, "points", less_is_better=True).is_worse
    assert not Difference("word errors", -points, error, "points", less_is_better=True).is_worse
    one, other = [(n % 2, 8) for n in range(24)], [((n + 1) % 2, 8) for n in range(24)]
    points, error = rate_difference([(1, 8), *one], [(0, 8), *other])
    assert not Difference("word errors", points, error, "points", less_is_better=True).is_worse


def test_more_of_what_is_better_is_not_worse() -> None:
    assert Difference("DNSMOS", -0.3, 0.05, "", less_is_better=False).is_worse
    assert not Difference("DNSMOS", 0.3, 0.05, "", less_is_better=False).is_worse
    assert not Difference("DNSMOS", -0.05, 0.05, "", less_is_better=False).is_worse
    slower = Difference("first sound P95", 12.0, None, "ms", less_is_better=True)
    assert slower.in_words() == "first sound P95 +12 ms: worse"


def test_a_report_is_compared_by_each_recogniser() -> None:
    def said(errors: int, ms: float) -> VoiceReport:
        heard = tuple(Heard(name, ((errors, 10), (errors, 10)), False) for name in ("a", "b"))
        first = distribution([ms])
        return VoiceReport("v", "en", False, 2, 4.0, first, 20.0, heard)

    found = said(1, 20.0).against(said(4, 5.0))
    assert [(one.measure, round(one.value, 6), one.is_worse) for one in found] == [
        ("word errors by a", -30.0, False),
        ("word errors by b", -30.0, False),
        ("first sound P95", 15.0, True),
    ]
