"""What people rely on when they set timers; time passes here only when a test says so."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tools.timers import THREAD_NAME, TimerBoard, tools
from assistant.tools.tool import ToolProblem

PATIENCE_S = 20.0


class SteppedTime:
    """A clock and the alarm that follows it: a wait ends when the clock is moved, never by itself."""

    def __init__(self) -> None:
        lock = threading.RLock()
        self._alarm, self._observer = threading.Condition(lock), threading.Condition(lock)
        self._now_s = 0.0
        self._changes = 0
        self._seen = -1
        self.waits: list[float | None] = []

    def __call__(self) -> float:
        return self._now_s

    def __enter__(self) -> object:
        return self._alarm.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self._alarm.__exit__(kind, error, trace)

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        self._seen = self._changes
        self._observer.notify_all()
        return self._alarm.wait(PATIENCE_S)

    def notify_all(self) -> None:
        self._changes += 1
        self._alarm.notify_all()

    def advance(self, seconds: float) -> None:
        with self._alarm:
            self._now_s += seconds
            self.notify_all()

    def settle(self) -> None:
        """Return once the board's thread sleeps and knows of every change."""
        with self._alarm:
            assert self._observer.wait_for(lambda: self._seen == self._changes, PATIENCE_S)


class Spoken:
    """The timer tools by name, and what has rung."""

    def __init__(self) -> None:
        self.time = SteppedTime()
        self.rung: list[tuple[str, float]] = []
        self.board = TimerBoard(
            lambda name, duration_s: self.rung.append((name, duration_s)),
            monotonic=self.time,
            waiting=self.time,
        )
        self._functions = {each.name: each.function for each in tools(self.board)}

    def __call__(self, called: str, /, **arguments: str) -> dict[str, object]:
        return dict(self._functions[called](**arguments))

    def problem(self, called: str, /, **arguments: str) -> str:
        with pytest.raises(ToolProblem) as problem:
            self._functions[called](**arguments)
        return str(problem.value)


def board_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


@pytest.fixture
def spoken() -> Iterator[Spoken]:
    made = Spoken()
    with made.board:
        yield made
    assert board_threads() == []


def test_a_timer_rings_once_when_its_time_has_come(spoken: Spoken) -> None:
    assert spoken("set_timer", duration="five minutes", name="the pasta timer") == {
        "set": "5 minutes",
        "name": "pasta",
    }
    spoken.time.advance(299.9)
    spoken.time.settle()
    assert spoken.rung == []
    spoken.time.advance(0.1)
    spoken.time.settle()
    spoken.time.advance(1000)
    spoken.time.settle()
    assert spoken.rung == [("pasta", 300.0)]


def test_the_thread_sleeps_until_the_next_timer_and_never_polls(spoken: Spoken) -> None:
    spoken.time.settle()
    spoken("set_timer", duration="ten minutes")
    spoken.time.settle()
    spoken("set_timer", duration="five minutes")
    spoken.time.settle()
    spoken.time.advance(300)
    spoken.time.settle()
    spoken("cancel_timer")
    spoken.time.settle()
    assert spoken.time.waits == [None, 600.0, 300.0, 300.0, None]
    assert len(board_threads()) == 1


def test_timers_are_listed_with_what_they_have_left_the_next_one_first(spoken: Spoken) -> None:
    assert spoken("list_timers") == {"timers": "none"}
    assert spoken("set_timer", duration="ten minutes") == {"set": "10 minutes"}
    spoken("set_timer", duration="260 seconds", name="pasta")
    spoken.time.advance(60)
    assert spoken("list_timers") == {"timers": "pasta, 3 minutes 20 seconds left; 9 minutes left"}


def test_the_only_timer_can_be_cancelled_without_a_name(spoken: Spoken) -> None:
    spoken("set_timer", duration="five minutes")
    assert spoken("cancel_timer") == {"cancelled": "5 minute timer"}
    spoken.time.advance(1000)
    spoken.time.settle()
    assert spoken.rung == []
    assert spoken.problem("cancel_timer") == "There is no timer to cancel."


def test_of_several_timers_the_assistant_asks_which(spoken: Spoken) -> None:
    spoken("set_timer", duration="five minutes")
    spoken("set_timer", duration="ten minutes", name="pasta")
    sentence = "Which timer should I cancel: the 5 minute timer or the pasta timer?"
    assert spoken.problem("cancel_timer") == sentence
    assert spoken.problem("cancel_timer", name="it") == sentence
    assert spoken.problem("cancel_timer", name="tea") == "There is no tea timer."
    assert spoken("cancel_timer", name="Pasta timer.") == {"cancelled": "pasta timer"}
    assert spoken("cancel_timer", name="five minute") == {"cancelled": "5 minute timer"}


def test_of_several_timers_of_one_length_the_one_set_last_is_cancelled(spoken: Spoken) -> None:
    spoken("set_timer", duration="five minutes")
    spoken.time.advance(60)
    spoken("set_timer", duration="five minutes")
    sentence = "Should I cancel the 5 minute timer set last or all 2 of them?"
    assert spoken.problem("cancel_timer") == sentence
    assert spoken("cancel_timer", name="the five minute timer") == {"cancelled": "5 minute timer"}
    assert spoken("list_timers") == {"timers": "4 minutes left"}


def test_all_timers_can_be_cancelled_at_once(spoken: Spoken) -> None:
    spoken("set_timer", duration="five minutes")
    spoken("set_timer", duration="ten minutes", name="pasta")
    assert spoken("cancel_timer", name="all") == {"cancelled": "all timers"}
    assert spoken("list_timers") == {"timers": "none"}


def test_what_cannot_be_set_is_refused_in_one_sentence(spoken: Spoken) -> None:
    assert (
        spoken.problem("set_timer", duration="blorp") == "I don't understand the duration 'blorp'."
    )
    span = "A timer lasts more than nothing and at most a year."
    assert spoken.problem("set_timer", duration="zero seconds") == span
    assert spoken.problem("set_timer", duration="three hundred weeks") == span
    spoken("set_timer", duration="an hour", name="pasta")
    assert spoken.problem("set_timer", duration="an hour", name="Pasta") == (
        "There is already a pasta timer."
    )


def test_a_failing_announcement_does_not_stop_the_next_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stepped, rung = SteppedTime(), []

    def announce(name: str, _duration_s: float) -> None:
        rung.append(name)
        if name == "first":
            raise RuntimeError("no loudspeaker")

    with TimerBoard(announce, monotonic=stepped, waiting=stepped) as board:
        board.set(1.0, "first")
        board.set(2.0, "second")
        stepped.advance(2.0)
        stepped.settle()
    assert rung == ["first", "second"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_starting_and_stopping_twice_is_harmless_and_timers_outlast_a_stop() -> None:
    spoken = Spoken()
    spoken.board.stop()
    spoken.board.start()
    (thread,) = board_threads()
    spoken.board.start()
    assert board_threads() == [thread]
    spoken.board.set(5.0, "tea")
    spoken.board.stop()
    spoken.board.stop()
    spoken.time.advance(10)
    assert spoken.rung == []
    with spoken.board:
        spoken.time.settle()
    assert spoken.rung == [("tea", 5.0)]


def test_a_ring_may_stop_the_board_and_is_then_the_last() -> None:
    stepped, rung, stopped = SteppedTime(), [], threading.Event()

    def announce(name: str, _duration_s: float) -> None:
        rung.append(name)
        board.stop()
        stopped.set()

    board = TimerBoard(announce, monotonic=stepped, waiting=stepped)
    board.set(1.0, "first")
    board.set(1.0, "second")
    stepped.advance(1.0)
    board.start()
    (thread,) = board_threads()
    assert stopped.wait(PATIENCE_S)
    thread.join(PATIENCE_S)
    assert rung == ["first"]


def test_the_real_clock_and_lock_ring_too() -> None:
    rang = threading.Event()
    with TimerBoard(lambda _name, _duration_s: rang.set(), monotonic=time.monotonic) as board:
        board.set(0.01)
        assert rang.wait(PATIENCE_S)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(1, 50)),
        st.tuples(st.just("cancel"), st.integers(0, 20)),
        st.tuples(st.just("pass"), st.integers(0, 40)),
    ),
    max_size=30,
)


def play(
    steps: list[tuple[str, int]],
    board: TimerBoard,
    stepped: SteppedTime,
    settle: Callable[[], object],
) -> tuple[list[float], list[float]]:
    """Follow the steps; return the due times of timers that should ring, in order, and of the others.

    Each duration is made unlike all others, so that what rings can be told apart.
    """
    running: list[tuple[float, float]] = []
    timers, due, never = [], [], []
    for count, (step, value) in enumerate(steps):
        if step == "set":
            timer = board.set(value + count / 1024)
            timers.append(timer)
            running.append((timer.due_s, timer.duration_s))
        elif step == "cancel" and timers:
            timer = timers[value % len(timers)]
            alive = (timer.due_s, timer.duration_s) in running
            assert bool(board.cancel([timer])) == alive
            if alive:
                running.remove((timer.due_s, timer.duration_s))
                never.append(timer.duration_s)
        elif step == "pass":
            stepped.advance(value)
            settle()
            rings = sorted(each for each in running if each[0] <= stepped())
            running = [each for each in running if each[0] > stepped()]
            due += [duration_s for _due_s, duration_s in rings]
    assert len(board.running()) == len(running)
    return due, never + [duration_s for _due_s, duration_s in running]


@settings(deadline=None)
@given(STEPS)
def test_in_any_order_each_timer_rings_exactly_once_or_never_when_cancelled(
    steps: list[tuple[str, int]],
) -> None:
    spoken = Spoken()
    due, never = play(steps, spoken.board, spoken.time, spoken.board.ring_due)
    rung = [duration_s for _name, duration_s in spoken.rung]
    assert rung == due
    assert not set(rung) & set(never)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_the_same_holds_with_the_thread_that_rings_them(steps: list[tuple[str, int]]) -> None:
    spoken = Spoken()
    with spoken.board:
        due, never = play(steps, spoken.board, spoken.time, spoken.time.settle)
    rung = [duration_s for _name, duration_s in spoken.rung]
    assert rung == due
    assert not set(rung) & set(never)
