"""How a model runs best here: found within the set's memory, kept with the machine, overruled by people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import paths
from assistant.bench import tune as bench
from assistant.bench.memory import BOUNDS_MB
from assistant.catalog import replicas, tuning
from assistant.catalog.tuning import TunedModel
from assistant.pool.tuned import chosen_by_person, session_plan, tuned_for, with_tuning
from assistant.settings import Settings, load_settings
from assistant.worker.thread_plan import ThreadPlan

HERE = "a processor, 2 cores"


home = pytest.mark.usefixtures("own_home")


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    monkeypatch.delenv(replicas.VARIABLE, raising=False)


def light() -> Settings:
    return load_settings(env={"SARAI_SET": "light"})


def way(ms: float, mb: float, *, threads: int = 1) -> TunedModel:
    return TunedModel(threads=threads, median_ms=ms, memory_mb=mb)


# --- what is kept -------------------------------------------------------------------------------------


@home
def test_what_was_found_is_kept_for_this_machine_and_these_weights_only() -> None:
    found = {"parakeet-110m-en": way(30, 200)}
    assert tuning.save(HERE, found)
    assert tuning.load(HERE) == found
    assert tuning.load("another processor, 2 cores") == {}
    assert tuning.load(HERE, replica=True) == {}


@home
def test_models_found_later_are_kept_beside_the_earlier_ones() -> None:
    tuning.save(HERE, {"a": way(1, 1)})
    tuning.save(HERE, {"a": way(2, 1), "b": way(3, 1)}, replica=True)
    tuning.save(HERE, {"b": way(4, 1)})
    assert {name: one.median_ms for name, one in tuning.load(HERE).items()} == {"a": 1, "b": 4}
    assert tuning.forget(HERE, ("a",))
    assert not tuning.forget(HERE, ("a",))
    assert list(tuning.load(HERE)) == ["b"]
    assert list(tuning.load(HERE, replica=True)) == ["a", "b"]


@home
@pytest.mark.parametrize("text", ["", "[]", "{", '{"a processor, 2 cores": {"real": {"a": {}}}}'])
def test_a_damaged_file_counts_as_nothing_and_is_written_anew(text: str) -> None:
    path = paths.cache_dir() / tuning.FILE_NAME
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    assert tuning.load(HERE) == {}
    assert tuning.save(HERE, {"b": way(1, 1)})
    assert list(tuning.load(HERE)) == ["b"]


@home
def test_a_machine_is_its_processor_its_cores_and_its_runtimes() -> None:
    line = tuning.fingerprint()
    assert tuning.processor() in line
    assert f"{tuning.usable_cores()} cores" in line
    assert "onnxruntime 1." in line
    assert line == tuning.fingerprint()


# --- what it does -------------------------------------------------------------------------------------


@home
def test_a_model_runs_the_way_that_was_found() -> None:
    model = light().models["parakeet-110m-en"]
    assert tuned_for(model) is None
    assert session_plan(model, None).threads == 2
    found = TunedModel(threads=1, graph_level="basic", prepacking=False, median_ms=1)
    tuning.save(tuning.fingerprint(), {"parakeet-110m-en": found})
    plan = session_plan(model, tuned_for(model))
    assert (plan.threads, plan.graph_level, plan.prepacking) == (1, "basic", False)


@home
def test_what_the_person_said_holds_whatever_was_found() -> None:
    env = {"SARAI_SET": "light", "SARAI__MODELS__PARAKEET_110M_EN__PREPACKING": "false"}
    model = load_settings(env=env).models["parakeet-110m-en"]
    assert chosen_by_person(model) == {"prepacking"}
    plan = session_plan(model, TunedModel(threads=1, median_ms=1))
    assert (plan.threads, plan.prepacking) == (1, False)


@home
def test_the_thread_plan_counts_the_threads_that_were_found() -> None:
    settings = light()
    assert ThreadPlan.of(settings, cores=4) == ThreadPlan(alone=2, while_speaking=2)
    tuning.save(tuning.fingerprint(), {"lfm2.5-350m": way(20, 300, threads=4)})
    assert ThreadPlan.of(settings, cores=4) == ThreadPlan(alone=4, while_speaking=3)


@home
def test_a_model_without_threads_has_nothing_to_tune() -> None:
    settings = load_settings(env={})
    model = settings.models["pocketsphinx-mixed"]
    assert tuned_for(model) is None
    assert with_tuning(model, way(1, 1)) == model


# --- how it is found ----------------------------------------------------------------------------------


def test_the_fastest_way_wins_unless_the_set_would_break_its_bound() -> None:
    ways = [way(30, 250), way(20, 400), way(60, 100)]
    assert bench.choose(ways, 500).median_ms == 20
    assert bench.choose(ways, 300).median_ms == 30
    assert bench.choose(ways, 50).memory_mb == 100


def test_of_ways_as_fast_as_each_other_the_smallest_wins() -> None:
    assert bench.choose([way(30, 250), way(31, 180), way(34, 100)], 500).memory_mb == 180


@given(
    st.lists(st.builds(way, st.floats(1, 1e3), st.floats(1, 1e3)), min_size=1),
    st.floats(0, 1e3),
)
def test_what_is_chosen_fits_if_anything_does(ways: list[TunedModel], allowed: float) -> None:
    chosen = bench.choose(ways, allowed)
    assert chosen in ways
    fitting = [one for one in ways if (one.memory_mb or 0) <= allowed]
    if fitting:
        assert chosen in fitting
        assert chosen.median_ms <= 1.06 * min(one.median_ms for one in fitting)
    else:
        assert chosen.memory_mb == min(one.memory_mb or 0 for one in ways)


def test_a_voice_leaves_half_of_the_cores_to_the_thinker() -> None:
    start = way(1, 1)
    assert [one.threads for one in bench.ways_from(start, "threads", "tts", 8)] == [2, 4]
    assert [one.threads for one in bench.ways_from(start, "threads", "stt", 8)] == [2, 4, 8]
    assert bench.ways_from(start, "threads", "tts", 2) == []


def imagined(cost: Callable[[TunedModel], tuple[float, float]]) -> tuple[list[str], object]:
    """A measure that runs nothing, and what it was asked."""
    asked: list[str] = []

    def measure(_settings: Settings, role: str, one: TunedModel, _runs: int) -> TunedModel:
        asked.append(role)
        ms, mb = cost(one)
        return one.model_copy(update={"median_ms": ms, "memory_mb": mb})

    return asked, measure


@home
def test_each_model_of_the_set_is_tuned_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "usable_cores", lambda: 2)
    asked, measure = imagined(lambda one: (100 / one.threads, 150 + 100 * one.prepacking))
    found = list(bench.tune(light(), measure=measure))  # type: ignore[arg-type]
    assert [one.role for one in found] == ["stt", "thinker", "tts"]
    by_role = {one.role: one.chosen for one in found}
    assert by_role["stt"].threads == by_role["thinker"].threads == 2
    assert by_role["tts"].threads == 1
    assert not by_role["stt"].prepacking  # as fast, and smaller
    assert set(asked) == {"stt", "thinker", "tts"}
    kept = tuning.load(tuning.fingerprint())
    assert kept["piper-en-norman"] == by_role["tts"]


@home
def test_a_busy_minute_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings' way is measured while the computer is busy; measured again it is the faster one."""
    monkeypatch.setattr(tuning, "usable_cores", lambda: 2)
    took = iter((120.0, 100.0, 80.0, 100.0))
    _, measure = imagined(lambda _one: (next(took), 100))
    (found,) = bench.tune(light(), roles=("thinker",), measure=measure)  # type: ignore[arg-type]
    assert [one.threads for one in found.trials] == [2, 1]
    assert [one.median_ms for one in found.trials] == [80.0, 100.0]
    assert found.chosen.threads == 2


@home
def test_what_would_break_the_sets_bound_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "usable_cores", lambda: 1)
    _, measure = imagined(lambda one: (10, 900) if one.prepacking else (50, 100))
    found = list(bench.tune(light(), roles=("stt",), measure=measure))  # type: ignore[arg-type]
    assert found[0].allowed_mb < BOUNDS_MB["light"]
    assert found[0].chosen.memory_mb == 100


@home
def test_what_the_person_said_is_not_tried_otherwise() -> None:
    env = {"SARAI_SET": "light", "SARAI__MODELS__PARAKEET_110M_EN__THREADS": "1"}
    _, measure = imagined(lambda _one: (1, 1))
    (found,) = bench.tune(load_settings(env=env), roles=("stt",), measure=measure)  # type: ignore[arg-type]
    assert {one.threads for one in found.trials} == {1}


@home
def test_forgetting_goes_back_to_the_settings() -> None:
    settings = light()
    tuning.save(tuning.fingerprint(), {"parakeet-110m-en": way(1, 1)})
    assert bench.forget(settings) == ["parakeet-110m-en"]
    assert bench.forget(settings) == []
    assert tuned_for(settings.models["parakeet-110m-en"]) is None
