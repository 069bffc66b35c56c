"""`bench talker`: which way is kept, what counts as missed, and a whole run on a talker of the true size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.bench.talker import (
    COMPARED,
    LENGTHS,
    TalkerReport,
    choose,
    compare,
    in_turns,
)
from assistant.bench.talker_options import CPU, TimedWay, Way, best, tuned, ways
from assistant.catalog import tuning
from assistant.catalog.talker_products import Products, read_products, write_fp32
from assistant.cli.app import app
from assistant.metrics import Distribution, distribution


def flat(ms: float) -> Distribution:
    return distribution([ms])


def timed(way: Way, int8_ms: float) -> TimedWay:
    return TimedWay(way, flat(int8_ms), flat(10 * int8_ms))


# --- which ways there are, and which is kept ----------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(1, 256), st.booleans())
def test_the_usual_ways_come_first_and_none_needs_more_than_the_machine_has(
    cores: int, is_fast: bool
) -> None:
    providers = [CPU, "AzureExecutionProvider", *(["CUDAExecutionProvider"] if is_fast else [])]
    found = ways(cores, providers)
    assert found[0] == Way(1)
    assert len(set(found)) == len(found)
    assert max(way.threads for way in found) <= cores
    used = {way.provider for way in found}
    assert "AzureExecutionProvider" not in used, "that one would send the sound away"
    assert ("CUDAExecutionProvider" in used) is is_fast


def test_the_usual_way_stays_where_another_is_hardly_faster() -> None:
    usual, other = timed(Way(1), 1.00), timed(Way(1, "basic"), 0.97)
    assert best([usual, other], 1) is usual


def test_a_clearly_faster_way_is_kept() -> None:
    usual, other = timed(Way(1), 1.00), timed(Way(1, "basic"), 0.90)
    assert best([usual, other], 1) is other


def test_a_second_thread_must_be_worth_it() -> None:
    one = timed(Way(1), 1.00)
    assert best([one, timed(Way(2), 0.95)], 2) is one
    two = timed(Way(2), 0.70)
    assert best([one, two], 2) is two
    assert best([one, two], 1) is one


def test_no_way_is_kept_that_spins_or_needs_what_the_program_does_not_open() -> None:
    usual = timed(Way(1), 1.0)
    spinning = timed(Way(1, spinning=True), 0.1)
    elsewhere = timed(Way(1, provider="CUDAExecutionProvider"), 0.1)
    assert best([usual, spinning, elsewhere], 2) is usual


def test_what_is_kept_comes_back_for_this_machine_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.paths.cache_dir", lambda: tmp_path)
    kept = tuned(timed(Way(2, "extended", parallel=True), 0.8))
    assert tuning.save("this machine", {"sarai-voice/talker": kept})
    assert tuning.load("this machine") == {"sarai-voice/talker": kept}
    assert (kept.threads, kept.graph_level, kept.parallel) == (2, "extended", True)
    assert tuning.load("another machine") == {}


# --- the verdict --------------------------------------------------------------------------------------------


def report(int8: float = 1.0, fp32: float = 4.0, agreement: float = 0.995) -> TalkerReport:
    return TalkerReport(
        voice="v",
        way=Way(1),
        fp32_ms={length: flat(fp32 * length / 50) for length in LENGTHS},
        int8_ms={length: flat(int8 * length / 50) for length in LENGTHS},
        agreement=agreement,
        frames=1000,
        compared=(timed(Way(1), int8),),
        kept=False,
    )


def test_a_report_that_keeps_every_bound_misses_none() -> None:
    assert report().missed() == []


def test_half_the_time_of_fp32_is_just_enough() -> None:
    assert report(int8=2.0, fp32=4.0).missed() == []
    assert report(int8=2.1, fp32=4.0).missed() == [
        "INT8 takes 52% of FP32's time at S = 50, more than 50%.",
        "INT8 takes 52% of FP32's time at S = 100, more than 50%.",
    ]


def test_slower_than_the_seeds_is_said() -> None:
    missed = report(int8=4.2, fp32=100.0).missed()
    assert "INT8 takes 4.20 ms at S = 50; the seeds' took 4.16." in missed


def test_different_choices_are_said() -> None:
    (sentence,) = report(agreement=0.98).missed()
    assert sentence.startswith("INT8 and FP32 choose the same sound for 98.00% of 1000 frames")


def test_the_line_through_the_medians_is_found() -> None:
    fits = report(int8=1.0).fits()
    assert fits["int8"].slope == pytest.approx(0.02)
    assert fits["int8"].start == pytest.approx(0.0, abs=1e-9)
    assert fits["int8"].in_words().startswith("0.0200·S ")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`assistant bench talker` with a measurement made up beforehand."""

    def measured(*, on_step: Callable[[int, int], None], **asked: object) -> TalkerReport:
        assert asked == {"runs": 60, "most_threads": 2, "keep": False}
        on_step(1, 2)
        return report(agreement=0.9)

    monkeypatch.setattr("assistant.bench.talker.measure_talker", measured)

    def run(*options: str) -> str:
        found = CliRunner().invoke(app, ["bench", "talker", "--no-keep", *options])
        assert found.exit_code == 0, found.output
        return found.stdout

    return run


def test_the_table_stands_beside_the_seeds_figures(bench: Callable[..., str]) -> None:
    told = bench()
    for words in ("2.21", "4.16", "6.98", "12 to 15", "best: 1 thread, all; not kept", "90.00%"):
        assert words in told


def test_the_command_answers_one_object(bench: Callable[..., str]) -> None:
    told = json.loads(bench("--json"))
    assert told["models"] == {"tts": "sarai-voice", "replica": False}
    assert told["runs"] == 60
    assert len(told["missed"]) == 1
    assert set(told["machine"]) >= {"processor", "cores"}


def test_everything_is_told_as_json() -> None:
    told = json.loads(json.dumps(report().as_json()))
    assert set(told["lengths"]) == {"10", "50", "100", "200"}
    assert told["lengths"]["50"]["seeds_fp32_ms"] == "4.16"
    assert told["fit_ms"]["seeds"] == "0.07·S + 1.5"
    assert told["compared"]["length"] == COMPARED


# --- measuring ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Products]:
    draw = np.random.default_rng(0)
    products = Products(
        draw.normal(0, 1, (32, 8)).astype(np.float32),
        draw.normal(0, 1, 8).astype(np.float32),
        draw.normal(0, 1, (8, 40)).astype(np.float32),
    )
    path = tmp_path_factory.mktemp("talker") / "talker.onnx"
    write_fp32(products, path)
    return path, products


def test_the_fp32_talker_that_is_written_computes_its_products(
    small: tuple[Path, Products],
) -> None:
    path, products = small
    hidden = np.random.default_rng(1).normal(0, 1, (450, 32)).astype(np.float32)
    again = read_products(path)
    for name in ("first", "bias", "second"):
        assert (getattr(again, name) == getattr(products, name)).all()
    chosen = choose(Way(1).open(path), hidden)
    assert chosen.tolist() == products.logits(hidden).argmax(axis=1).tolist()


def test_every_way_runs_and_is_timed_in_both_precisions(small: tuple[Path, Products]) -> None:
    path, _ = small
    tried, seen = ways(2, [CPU]), []
    hidden = np.zeros((COMPARED, 32), np.float32)
    found = compare(
        tried, {"int8": path, "fp32": path}, hidden, runs=6, on_way=lambda: seen.append(1)
    )
    assert [one.way for one in found] == tried
    assert all(one.int8_ms.runs == one.fp32_ms.runs == 6 for one in found)
    assert len(seen) == 3 * len(tried)


def test_warm_ups_do_not_count(small: tuple[Path, Products]) -> None:
    path, _ = small
    sessions = {"one": Way(1).open(path), "two": Way(1).open(path)}
    times = in_turns(sessions, np.zeros((5, 32), np.float32), runs=4)
    assert {name: len(several) for name, several in times.items()} == {"one": 4, "two": 4}
    assert min(times["one"]) > 0
