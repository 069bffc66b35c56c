"""The session's figures: P50 and P95 are those of the script, whatever happens between the turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import (
    ReplyUpdated,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
    WorkerReady,
)
from assistant.metrics import TurnTimings, distribution
from tests.window.conftest import Scripted, spin_until
from tests.window.fakes.facade import TIMINGS
from ui.shown import figures as module
from ui.shown.figure_keeper import figures_of
from ui.shown.figures import SessionFigures
from ui.widgets.chart import ticks

STARTER = WorkerReady({"stt": "sphinx", "thinker": "sarai", "tts": "espeak"}, 1.0)
OTHER = WorkerReady({"stt": "sphinx", "thinker": "lfm", "tts": "espeak"}, 1.0)


class ScriptedClock:
    """Wall and monotonic clock that go when they are told to."""

    def __init__(self) -> None:
        self.s = 5000.0

    def clock(self) -> float:
        return self.s

    def wall(self) -> datetime:
        return datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(seconds=self.s - 5000.0)


def _figures(clock: ScriptedClock | None = None) -> SessionFigures:
    clock = clock or ScriptedClock()
    return SessionFigures(wall=clock.wall, clock=clock.clock)


def _answered(e2e_ms: float, timings: TurnTimings = TIMINGS) -> TurnFinished:
    assert timings.endpoint is not None
    heard = timings.endpoint + e2e_ms / 1000.0
    return TurnFinished(1, "a question", "an answer", replace(timings, first_audio=heard))


@given(st.lists(st.floats(1.0, 60_000.0), min_size=1, max_size=60))
def test_p50_and_p95_are_those_of_the_script(e2e_ms: list[float]) -> None:
    figures = _figures()
    for each in e2e_ms:
        figures.add(_answered(each))
    shown, wanted = figures.e2e(), distribution(e2e_ms)
    assert shown is not None
    assert shown.runs == len(e2e_ms)
    for name in ("p50", "p95", "min", "max"):
        assert getattr(shown, name) == pytest.approx(getattr(wanted, name), abs=1e-6)
    felt = figures.mouth_to_ear()
    assert felt is not None
    assert felt.p95 == pytest.approx(wanted.p95 + 400.0, abs=1e-6)


def test_only_answered_questions_count() -> None:
    figures = _figures()
    for event in (
        TurnStarted(1),
        ReplyUpdated(1, "words"),
        TurnCancelled(1),
        TurnFailed(2, "llm", "x", "It failed.", ""),
        TurnFinished(3, "", "", TurnTimings()),
        TurnFinished(4, "", "read aloud again", TurnTimings(endpoint=1.0, first_audio=1.2)),
    ):
        figures.add(event)
    assert figures.turns == []
    assert figures.e2e() is None
    assert figures.mouth_to_ear() is None
    assert figures.last is None
    figures.add(TurnInterrupted(5, "question", "an answer", "an", TIMINGS))
    assert [(row.number, row.is_interrupted) for row in figures.turns] == [(1, True)]


def test_a_turn_without_sound_has_a_row_but_no_latency() -> None:
    figures = _figures()
    figures.add(_answered(280.0))
    silent = replace(TIMINGS, first_audio=None)
    figures.add(TurnInterrupted(2, "question", "an answer", "", silent))
    assert len(figures.turns) == 2
    spread = figures.e2e()
    assert spread is not None
    assert spread.runs == 1


def test_figures_of_other_models_are_kept_but_never_mixed() -> None:
    figures = _figures()
    figures.add(STARTER)
    for e2e_ms in (100.0, 200.0, 300.0):
        figures.add(_answered(e2e_ms))
    figures.add(OTHER)
    figures.add(_answered(2000.0))
    spread = figures.e2e()
    assert spread is not None
    assert (spread.runs, spread.p50) == (1, pytest.approx(2000.0))
    assert len(figures.turns) == 4
    assert [row.number for row in figures.comparable] == [4]


def test_stage_figures_are_those_of_the_bar() -> None:
    figures = _figures()
    figures.add(_answered(280.0))
    stages = {stage: spread.p50 for stage, spread in figures.stages().items()}
    assert stages == {
        "wait": pytest.approx(420.0),
        "stt": pytest.approx(80.0),
        "llm": pytest.approx(108.0),
        "tool": pytest.approx(12.0),
        "tts": pytest.approx(60.0),
    }


def test_rows_tell_when_they_ended() -> None:
    clock = ScriptedClock()
    figures = _figures(clock)
    clock.s += 90.0
    figures.add(_answered(280.0))
    assert figures.turns[0].ended == datetime(2026, 11, 21, 12, 1, 30, tzinfo=UTC)


def test_memory_is_kept_from_beginning_to_end_however_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MEMORY_SAMPLES", 100)
    clock = ScriptedClock()
    figures = _figures(clock)
    for index in range(1000):
        figures.add_memory(300.0 + index, 140.0)
        clock.s += 5.0
    assert len(figures.memory) <= 100
    assert (figures.memory[0].at_s, figures.memory[0].worker_mb) == (0.0, 300.0)
    assert (figures.memory[-1].at_s, figures.memory[-1].total_mb) == (4995.0, 1439.0)
    assert [one.at_s for one in figures.memory] == sorted(one.at_s for one in figures.memory)


def test_the_session_is_followed_from_its_first_event(scripted: Scripted) -> None:
    figures = figures_of(scripted.session)
    assert figures_of(scripted.session) is figures
    scripted.facade.memory = {"worker": 412.3, "app": 148.2}
    scripted.facade.tell(STARTER, _answered(280.0))
    spin_until(lambda: figures.turns and figures.memory)
    assert figures.memory[0].app_mb > 0
    spread = figures.e2e()
    assert spread is not None
    assert spread.p50 == pytest.approx(280.0)


@given(st.floats(0.01, 1e7), st.integers(1, 12))
def test_scales_end_above_the_highest_value_in_round_steps(top: float, most: int) -> None:
    at = ticks(top, most)
    assert at[0] == 0.0
    assert at[-1] >= top * (1 - 1e-9)
    assert len(at) <= most + 1
    assert at[-2] < top
    step = f"{at[1]:e}"
    assert step[0] in "125"
    assert set(step.split("e", maxsplit=1)[0][1:]) <= {".", "0"}
