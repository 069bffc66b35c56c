"""Speed, remaining time and how often people are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.downloads.progress import EVERY_S, Meter, PullProgress, Reporter
from assistant.downloads.troubles import as_size


class Clock:
    """Time as a test sets it."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_speed_is_that_of_the_last_seconds() -> None:
    meter = Meter(window_s=10.0)
    meter.add(0.0, 0)
    for second in range(1, 11):
        meter.add(float(second), 1000)
    assert meter.bytes_per_s() == pytest.approx(1000.0)
    for second in range(11, 31):
        meter.add(float(second), 0)
    assert meter.bytes_per_s() == 0.0


def test_there_is_no_speed_from_one_moment() -> None:
    meter = Meter()
    assert meter.bytes_per_s() is None
    meter.add(5.0, 1000)
    assert meter.bytes_per_s() is None


@given(st.lists(st.tuples(st.floats(0.001, 3.0), st.integers(0, 10**9)), min_size=2, max_size=60))
def test_speed_is_never_more_than_the_fastest_moment(steps: list[tuple[float, int]]) -> None:
    meter, now_s = Meter(), 0.0
    meter.add(now_s, 0)
    for span_s, count in steps:
        now_s += span_s
        meter.add(now_s, count)
    speed = meter.bytes_per_s()
    assert speed is None or 0 <= speed <= 1.001 * max(count / span for span, count in steps)


def test_people_are_told_ten_times_a_second_and_at_every_change() -> None:
    clock, seen = Clock(), list[PullProgress]()
    reporter = Reporter("x", 10_000, seen.append, lambda: False, clock)
    reporter.begin("fetching", "a")
    for _ in range(100):
        clock.now_s += EVERY_S / 10
        reporter.add(10)
    assert len(seen) in {10, 11}
    reporter.begin("checking", "b")
    assert (seen[-1].stage, seen[-1].file, seen[-1].done_bytes) == ("checking", "b", 1000)


def test_the_remaining_time_follows_from_the_speed() -> None:
    clock, seen = Clock(), list[PullProgress]()
    reporter = Reporter("x", 10_000, seen.append, lambda: False, clock)
    reporter.begin("fetching", "a")
    clock.now_s = 1.0
    reporter.add(2000)
    assert seen[-1].bytes_per_s == pytest.approx(2000.0)
    assert seen[-1].eta_s == pytest.approx(4.0)


def test_a_stall_has_no_end_in_sight() -> None:
    clock, seen = Clock(), list[PullProgress]()
    reporter = Reporter("x", 10_000, seen.append, lambda: False, clock)
    reporter.begin("fetching", "a")
    clock.now_s = 20.0
    reporter.add(0)
    assert seen[-1].eta_s is None


def test_more_than_expected_never_shows_more_than_everything() -> None:
    seen = list[PullProgress]()
    reporter = Reporter("x", 10, seen.append, lambda: False, Clock())
    reporter.add(25)
    reporter.tell()
    assert seen[-1].done_bytes == seen[-1].total_bytes == 25


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (59_339, "59 kB"),
        (730_895_168, "731 MB"),
        (1_234_567_890, "1.2 GB"),
    ],
)
def test_sizes_are_written_as_people_write_them(count: int, text: str) -> None:
    assert as_size(count) == text
