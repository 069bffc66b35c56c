"""What `bench talker` found is how the talker is opened, unless the person chose fewer threads."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.catalog import tuning
from assistant.catalog.tuning import TunedModel
from assistant.engines.onnx_session import SessionPlan
from assistant.pool.talker_plan import talker_plan, tuned_talker, tuning_key
from assistant.settings import TalkerSettings, load_settings

PLAN = SessionPlan(threads=1, memory_arena=False)
FOUND = TunedModel(threads=2, graph_level="basic", parallel=True, median_ms=0.9)


def voice(**changed: object) -> TalkerSettings:
    model = load_settings(env={}).models["sarai-voice"]
    assert isinstance(model, TalkerSettings)
    return model.model_copy(update=changed)


def test_without_a_finding_the_talker_is_opened_like_the_rest_of_the_voice() -> None:
    assert talker_plan(voice(), PLAN, None) == PLAN


def test_a_finding_holds_and_leaves_the_rest_as_it_is() -> None:
    assert talker_plan(voice(), PLAN, FOUND) == SessionPlan(
        threads=2, memory_arena=False, graph_level="basic", parallel=True
    )


@pytest.mark.parametrize(("chosen", "given"), [(4, 2), (8, 2)])
def test_threads_that_the_person_chose_are_the_most(chosen: int, given: int) -> None:
    assert talker_plan(voice(threads=chosen), PLAN, FOUND).threads == given
    many = FOUND.model_copy(update={"threads": 16})
    assert talker_plan(voice(threads=chosen), PLAN, many).threads == chosen


def test_what_the_bench_keeps_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.paths.cache_dir", lambda: tmp_path)
    assert tuned_talker("sarai-voice") is None
    whole = TunedModel(threads=1, median_ms=30.0)
    tuning.save(tuning.fingerprint(), {"sarai-voice": whole, tuning_key("sarai-voice"): FOUND})
    assert tuned_talker("sarai-voice") == FOUND
    assert tuning.load(tuning.fingerprint())["sarai-voice"] == whole
