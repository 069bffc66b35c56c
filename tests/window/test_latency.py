"""The latency bar: the figures on the screen are the script's."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from assistant.metrics import TurnTimings
from tests.window.fakes.facade import TIMINGS
from ui.shown.latency import (
    STAGES,
    Segment,
    definition,
    e2e_definition,
    in_ms,
    in_words,
    marks,
    mouth_to_ear_definition,
    segments,
    stage_name,
    totals,
)
from ui.widgets.latency_bar import LatencyBar

SPECULATED = TurnTimings(
    last_speech=99.3,
    soft_end=99.5,
    stt_done=99.58,
    first_token=99.7,
    first_piece=99.9,
    tts_first=99.98,
    endpoint=100.0,
    first_audio=100.02,
)
"""All the work was done before the turn was over: e2e is 20 ms, and every stage keeps its own."""

TYPED = TurnTimings(
    endpoint=100.0, stt_done=100.0, first_piece=100.34, tts_first=100.41, first_audio=100.43
)


def _spans(timings: TurnTimings) -> list[tuple[str, int, int]]:
    return [(one.stage, round(one.start_ms), round(one.duration_ms)) for one in segments(timings)]


def test_a_spoken_turn_is_shown_stage_by_stage() -> None:
    assert _spans(TIMINGS) == [
        ("wait", -400, 400),
        ("stt", 0, 80),
        ("llm", 80, 108),
        ("tool", 188, 12),
        ("tts", 200, 60),
        ("wait", 260, 20),
    ]
    assert [one.label for one in segments(TIMINGS)] == [
        "400 ms", "80 ms", "108 ms", "12 ms", "60 ms", "20 ms",
    ]  # fmt: skip
    assert totals(TIMINGS) == "First sound after 280 ms · 680 ms after your last word"


def test_work_done_on_trial_keeps_its_true_duration_and_only_totals_shrink() -> None:
    assert _spans(SPECULATED) == [
        ("wait", -700, 200),
        ("stt", -500, 80),
        ("llm", -420, 320),
        ("tts", -100, 80),
        ("wait", -20, 40),
    ]
    assert totals(SPECULATED) == "First sound after 20 ms · 720 ms after your last word"


def test_a_transcript_ready_before_the_turn_was_over_leaves_no_negative_stage() -> None:
    early = replace(SPECULATED, soft_end=None)
    assert early.stt_ms is not None
    assert early.stt_ms < 0
    assert _spans(early)[:2] == [("wait", -700, 280), ("llm", -420, 320)]


def test_typed_text_needs_no_hearing_and_no_pause() -> None:
    assert _spans(TYPED) == [("llm", 0, 340), ("tts", 340, 70), ("wait", 410, 20)]
    assert totals(TYPED) == "First sound after 430 ms"
    assert marks(TYPED).last_speech_ms is None


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("stt_done", ["wait", "tts", "wait"]),
        ("first_piece", ["wait", "stt", "wait"]),
        ("tts_first", ["wait", "stt", "llm", "tool"]),
        ("first_audio", ["wait", "stt", "llm", "tool", "tts"]),
        ("last_speech", ["stt", "llm", "tool", "tts", "wait"]),
        ("endpoint", []),
    ],
)
def test_a_stage_with_a_missing_stamp_is_left_out(missing: str, left: list[str]) -> None:
    holed = replace(TIMINGS, **{missing: None})
    assert [one.stage for one in segments(holed)] == left


def test_tools_that_ran_after_the_first_words_are_no_part_of_the_thinking_before() -> None:
    late = replace(TIMINGS, first_token=100.9, tool_ms=500.0)
    assert [one.stage for one in segments(late)] == ["wait", "stt", "llm", "tts", "wait"]


def test_tools_never_take_more_than_the_thinking_they_are_part_of() -> None:
    odd = replace(TIMINGS, tool_ms=5000.0)
    assert ("tool", 80, 120) in _spans(odd)


@given(
    st.lists(st.floats(0.0, 5.0), min_size=7, max_size=7),
    st.floats(0.0, 1.0),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.floats(0.0, 9000.0),
)
def test_segments_follow_each_other_and_add_up_to_what_was_measured(
    moments: list[float], endpoint_share: float, known: list[bool], tool_ms: float
) -> None:
    """The turn may be found to be over at any moment from the pause to the first sound."""
    names = (
        "last_speech", "soft_end", "stt_done", "first_token", "first_piece", "tts_first", "first_audio",
        "endpoint",
    )  # fmt: skip
    moments = sorted(moments)
    moments.append(moments[1] + (moments[-1] - moments[1]) * endpoint_share)
    stamps = {
        name: 100.0 + at if is_known else None
        for name, at, is_known in zip(names, moments, known, strict=True)
    }
    timings = TurnTimings(**stamps, tool_ms=tool_ms)
    found = segments(timings)
    assert all(one.duration_ms > 0 for one in found)
    for one, following in itertools.pairwise(found):
        assert one.start_ms + one.duration_ms <= following.start_ms + 1e-6

    def spent(*stages: str) -> float:
        return sum(one.duration_ms for one in found if one.stage in stages)

    if timings.endpoint is None:
        assert not found
        return
    for stages, measured in (
        (("llm", "tool"), timings.llm_ms),
        (("tts",), timings.tts_ms),
        (("stt",), timings.stt_ms),
    ):
        assert spent(*stages) == pytest.approx(max(0.0, measured or 0.0), abs=0.11)
    if timings.mouth_to_ear_ms is not None and all(known):
        assert spent(*STAGES) == pytest.approx(timings.mouth_to_ear_ms, abs=0.5)


@pytest.mark.parametrize(
    ("duration_ms", "said"),
    [(0.4, "0.4 ms"), (9.94, "9.9 ms"), (9.96, "10 ms"), (280.4, "280 ms"), (12345.6, "12346 ms")],
)
def test_durations_are_said_as_finely_as_they_matter(duration_ms: float, said: str) -> None:
    assert in_ms(duration_ms) == said


def test_the_bar_says_its_figures_to_people_who_cannot_see_it(qapp: QApplication) -> None:
    bar = LatencyBar()
    assert bar.accessibleDescription() == "No figures yet"
    bar.show_timings(TIMINGS)
    assert bar.accessibleDescription() == in_words(TIMINGS)
    assert bar.accessibleDescription() == (
        "Waiting 400 ms, Hearing 80 ms, Thinking 108 ms, Tools 12 ms, Voice 60 ms, Waiting 20 ms,"
        " First sound after 280 ms · 680 ms after your last word"
    )
    bar.show_timings(None)
    assert bar.accessibleDescription() == "No figures yet"


def test_the_tooltip_has_every_figure_with_its_definition(qapp: QApplication) -> None:
    bar = LatencyBar()
    bar.show_timings(TIMINGS)
    text = bar.explanation()
    for stage, figure in (
        ("wait", "420 ms"), ("stt", "80 ms"), ("llm", "108 ms"), ("tool", "12 ms"), ("tts", "60 ms"),
    ):  # fmt: skip
        assert stage_name(stage) in text  # type: ignore[arg-type]
        assert f">{figure}<" in text
        assert definition(stage) in text  # type: ignore[arg-type]
    for figure, meaning in (("280 ms", e2e_definition()), ("680 ms", mouth_to_ear_definition())):
        assert f">{figure}<" in text
        assert meaning in text


def test_lengths_on_the_screen_are_in_proportion(qapp: QApplication) -> None:
    bar = LatencyBar()
    bar.resize(1000, bar.sizeHint().height())
    slow = replace(TIMINGS, last_speech=98.0, first_audio=102.0, tool_ms=None)
    bar.show_timings(slow)
    places = {one.stage: bar.place_of(one) for one in segments(slow)}
    px_per_ms = 1000 / 4000
    assert places["stt"].left() == pytest.approx(2000 * px_per_ms, abs=0.1)
    assert places["llm"].width() == pytest.approx(120 * px_per_ms, abs=2)


def test_a_quick_turn_has_a_short_bar(qapp: QApplication) -> None:
    bar = LatencyBar()
    bar.resize(1000, bar.sizeHint().height())
    bar.show_timings(TYPED)
    last = segments(TYPED)[-1]
    assert bar.place_of(last).right() == pytest.approx(430, abs=3)


def test_labels_give_way_in_narrow_segments(qapp: QApplication) -> None:
    bar = LatencyBar()
    one = Segment("stt", 0.0, 80.0, "80 ms")
    assert bar.label_in(one, 300) == "Hearing 80 ms"
    assert bar.label_in(one, 60) == "80 ms"
    assert bar.label_in(one, 28) == "80"
    assert bar.label_in(one, 10) == ""


def test_every_state_of_the_bar_can_be_painted(qapp: QApplication) -> None:
    bar = LatencyBar()
    for timings in (None, TurnTimings(), TIMINGS, SPECULATED, TYPED):
        for width in (60, 320, 1600):
            bar.resize(width, bar.sizeHint().height())
            bar.show_timings(timings)
            assert not bar.grab().isNull()
