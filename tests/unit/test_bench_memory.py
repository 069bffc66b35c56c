"""`bench memory`: every process is counted once, and the bounds hold for the 99th percentile."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from assistant.bench.memory import (
    MemoryReport,
    ProcessMemory,
    Snapshot,
    snapshot,
    with_short_replies,
)
from assistant.settings import LlamaCppSettings, load_settings


def of(*megabytes: float) -> Snapshot:
    return Snapshot(tuple(ProcessMemory(f"p{n}", mb + 10, mb) for n, mb in enumerate(megabytes)))


def report(turns_mb: list[float], bound_mb: float | None) -> MemoryReport:
    """Turns that held this much when they were over, and needed twice as much."""
    peaks = tuple(value * 2 for value in turns_mb)
    return MemoryReport("pss", of(1), peaks, tuple(turns_mb), of(2), of(2), bound_mb, ())


def test_the_sum_is_of_pss_and_of_rss_where_that_is_unknown() -> None:
    assert of(100, 50).total_mb == 150
    assert Snapshot((ProcessMemory("app", 70, None),)).total_mb == 70


def test_this_process_and_its_children_are_counted() -> None:
    code = "import sys; sys.stdout.write('up'); sys.stdout.flush(); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.read(2) == b"up"
        found = snapshot()
        child.communicate(b"")
    names = [one.name for one in found.processes]
    assert names[0] == "app"
    assert len(names) >= 2
    assert found.total_mb > 10
    if sys.platform == "linux":
        assert all(one.pss_mb and one.pss_mb <= one.rss_mb for one in found.processes)


def test_one_turn_in_a_hundred_may_be_above_the_bound_and_no_more() -> None:
    assert report([100.0] * 100 + [900.0], 500).missed() == []
    assert report([100.0] * 97 + [900.0] * 3, 500).missed() == [
        "Together 900 MB (P99), not 500 MB."
    ]
    assert report([900.0], None).missed() == []


def test_the_report_is_plain_values() -> None:
    answer = report([100.0, 110.0], 105).as_json()
    assert answer["turns"] == 2
    assert answer["bound_p99_mb"] == 105
    assert answer["turns_mb"] == [100.0, 110.0]
    assert answer["peaks_mb"] == [200.0, 220.0]
    assert answer["missed"]


def test_a_turn_that_failed_is_told_and_never_passes_for_little_memory() -> None:
    found = MemoryReport("pss", of(1), (90.0,), (80.0,), of(2), of(2), 100, ("The worker died.",))
    assert found.missed() == ["Turns that failed, and are not counted: 1."]


def test_short_replies_change_nothing_else() -> None:
    settings = load_settings(env=dict(os.environ))
    short = with_short_replies(settings, 9)
    name = settings.model_name("thinker")
    before, after = settings.models[name], short.models[name]
    assert isinstance(before, LlamaCppSettings)
    assert isinstance(after, LlamaCppSettings)
    assert after.max_reply_tokens == 9
    assert after == before.model_copy(update={"max_reply_tokens": 9})
    assert {**short.models, name: before} == settings.models


@pytest.mark.parametrize("name", ["light", "standard"])
def test_the_sets_have_a_bound(name: str) -> None:
    from assistant.bench.memory import BOUNDS_MB

    assert BOUNDS_MB[name] in {900, 1500}
