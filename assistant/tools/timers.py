"""Owns the running timers: several at once, named or not, each ringing exactly once unless cancelled.

It deliberately makes no sound and remembers nothing when the program ends.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Annotated, Final, Protocol, Self

from assistant.speech.spoken import parse_duration, say_duration
from assistant.tools.tool import Tool, ToolProblem, tool

__all__ = ["Timer", "TimerBoard", "Waiting", "tools"]

MAX_TIMERS: Final = 50
MAX_DURATION_S: Final = 366 * 86_400.0
THREAD_NAME: Final = "timer-board"
_JOIN_S: Final = 2.0
_EVERYTHING: Final = frozenset({"all", "every", "everything", "all of them", "all timers", "both"})
_EVERY_ONE: Final = frozenset({"it", "that", "this", "one"})

_log = logging.getLogger(__name__)


class Waiting(Protocol):
    """A lock one can wait under, until told or until time has passed: `threading.Condition` is one."""

    def __enter__(self) -> object: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> bool | None: ...

    def wait(self, timeout: float | None = None) -> bool:
        """Give up the lock until `notify_all`, or for `timeout` seconds of the board's clock."""
        ...

    def notify_all(self) -> None:
        """End every wait."""
        ...


@dataclass(frozen=True, slots=True)
class Timer:
    """One running timer.

    Attributes:
        number: how many timers were set before it; the identity.
        name: as the person named it, empty for none.
        duration_s: what it was set to.
        due_s: the reading of the board's clock at which it rings.
    """

    number: int
    name: str
    duration_s: float
    due_s: float


class TimerBoard:
    """All timers of one program, and the one thread that rings them.

    `start` and `stop` are idempotent, and `with` does both; timers set before `start` ring once it
    runs. Every method may be called from any thread; `on_due(name, duration_s)` is called without the
    lock, on the board's thread. That thread sleeps until the next timer is due and never polls.

    Args:
        on_due: told of each timer that rings. What it raises is logged, not passed on.
        monotonic: the clock, in seconds.
        waiting: the lock and alarm; tests give one that follows their own clock.
    """

    def __init__(
        self,
        on_due: Callable[[str, float], None],
        *,
        monotonic: Callable[[], float],
        waiting: Waiting | None = None,
    ) -> None:
        self._on_due = on_due
        self._monotonic = monotonic
        self._changed: Waiting = waiting if waiting is not None else threading.Condition()
        self._timers: list[Timer] = []
        self._set_so_far = 0
        self._thread: threading.Thread | None = None

    def set(self, duration_s: float, name: str = "") -> Timer:
        """Return the timer that runs from now on.

        Raises:
            ToolProblem: If the duration is not above zero, over a year, the name in use already, or
                the board full.
        """
        if not 0 < duration_s <= MAX_DURATION_S:
            raise ToolProblem("A timer lasts more than nothing and at most a year.")
        with self._changed:
            if name and any(timer.name == name for timer in self._timers):
                raise ToolProblem(f"There is already a {name} timer.")
            if len(self._timers) >= MAX_TIMERS:
                raise ToolProblem(f"There are already {MAX_TIMERS} timers.")
            due_s = self._monotonic() + duration_s
            timer = Timer(self._set_so_far, name, duration_s, due_s)
            self._set_so_far += 1
            self._timers = sorted(
                [*self._timers, timer], key=lambda each: (each.due_s, each.number)
            )
            self._changed.notify_all()
        return timer

    def running(self) -> tuple[tuple[Timer, float], ...]:
        """Return the timers and the seconds each has left (0 when just due), the next to ring first."""
        with self._changed:
            now_s = self._monotonic()
            return tuple((timer, max(timer.due_s - now_s, 0.0)) for timer in self._timers)

    def cancel(self, timers: Iterable[Timer]) -> tuple[Timer, ...]:
        """Return those of `timers` that were running; none of them will ring."""
        doomed = {timer.number for timer in timers}
        with self._changed:
            cancelled = tuple(timer for timer in self._timers if timer.number in doomed)
            self._timers = [timer for timer in self._timers if timer.number not in doomed]
            self._changed.notify_all()
        return cancelled

    def ring_due(self) -> float | None:
        """Ring what is due and return the seconds until the next timer, `None` when there is none.

        For a program that has a loop of its own and so no need of `start`.
        """
        while self._ring_one():
            pass
        with self._changed:
            return self._seconds_to_next()

    def start(self) -> None:
        """Let timers ring from now on."""
        with self._changed:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._ring_on, name=THREAD_NAME, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """No timer rings after this returns; those running are kept, and ring late after a new `start`.

        Called by `on_due` itself it returns at once, and that ring is the last.
        """
        with self._changed:
            thread, self._thread = self._thread, None
            self._changed.notify_all()
        if thread is None or thread is threading.current_thread():
            return
        thread.join(_JOIN_S)
        if thread.is_alive():
            _log.error("The timer thread did not end within %.0f s.", _JOIN_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _seconds_to_next(self) -> float | None:
        return max(self._timers[0].due_s - self._monotonic(), 0.0) if self._timers else None

    def _ring_one(self) -> bool:
        """Ring one timer that is due, if there is one."""
        with self._changed:
            if self._seconds_to_next() != 0:
                return False
            timer = self._timers.pop(0)
        try:
            self._on_due(timer.name, timer.duration_s)
        except Exception:  # noqa: BLE001 - the next timer must ring whatever became of this one
            _log.exception("Announcing a timer failed.")
        return True

    def _ring_on(self) -> None:
        """Run on the board's thread until another thread, or none, has taken its place."""
        me = threading.current_thread()
        while True:
            with self._changed:
                # The wait is computed under the lock it gives up, so no change can slip in between.
                while self._thread is me and (left_s := self._seconds_to_next()) != 0:
                    # Some systems cannot wait for months at once.
                    self._changed.wait(left_s and min(left_s, threading.TIMEOUT_MAX))
                if self._thread is not me:
                    return
            self._ring_one()


def tools(board: TimerBoard) -> Iterable[Tool]:
    """Return the timer tools on this board."""
    spoken = _SpokenTimers(board)
    yield tool("set_timer", "Sets a timer, which may have a name.", spoken.set_timer)
    yield tool(
        "list_timers",
        "Tells which timers run and how long each has left.",
        spoken.list_timers,
        only_looks=True,
    )
    yield tool("cancel_timer", "Cancels a timer, or all of them.", spoken.cancel_timer)


class _SpokenTimers:
    """The board as the thinker uses it: words in, sentences' worth of words out."""

    def __init__(self, board: TimerBoard) -> None:
        self._board = board

    def set_timer(
        self,
        duration: Annotated[str, "how long: five minutes"],
        name: Annotated[str | None, "what it is for: pasta"] = None,
    ) -> dict[str, str]:
        """Return `{"set": "5 minutes"}`, with "name" when it has one."""
        duration_s = parse_duration(duration)
        if duration_s is None:
            raise ToolProblem(f"I don't understand the duration {duration.strip()[:60]!r}.")
        called = _timer_name(name)
        timer = self._board.set(duration_s, called)
        answer = {"set": say_duration(timer.duration_s)}
        return {**answer, "name": called} if called else answer

    def list_timers(self) -> dict[str, str]:
        """Return `{"timers": "pasta, 3 minutes 20 seconds left; 9 minutes left"}` or "none"."""
        said = [
            f"{timer.name}, {say_duration(_whole(left_s))} left"
            if timer.name
            else f"{say_duration(_whole(left_s))} left"
            for timer, left_s in self._board.running()
        ]
        return {"timers": "; ".join(said) or "none"}

    def cancel_timer(
        self, name: Annotated[str | None, "which one: pasta, or all; left out: the only one"] = None
    ) -> dict[str, str]:
        """Return `{"cancelled": "pasta timer"}` or "all timers"; without a name only one may run."""
        running = [timer for timer, _left_s in self._board.running()]
        if not running:
            raise ToolProblem("There is no timer to cancel.")
        wanted = " ".join((name or "").casefold().strip(" .?!").split())
        if wanted in _EVERYTHING:
            self._board.cancel(running)
            return {"cancelled": "all timers"}
        called = _timer_name(name)
        chosen = _matching(running, called) if called else running
        if not chosen:
            raise ToolProblem(f"There is no {called} timer.")
        if len(chosen) > 1 and not called:
            raise ToolProblem(_which(chosen))
        # Of several of one length the person means the one set last.
        cancelled = self._board.cancel([max(chosen, key=lambda timer: timer.number)])
        if not cancelled:
            raise ToolProblem("That timer has just rung.")
        return {"cancelled": _title(cancelled[0])}


def _timer_name(name: str | None) -> str:
    """Return "pasta" for "the pasta timer.", and nothing for "timer" or "it"."""
    words = (name or "").casefold().strip(" .?!").split()
    while words and words[0] in {"a", "an", "the", "my", "for"}:
        words.pop(0)
    while words and words[-1] in {"timer", "timers"}:
        words.pop()
    called = " ".join(words)
    return "" if called in _EVERY_ONE else called


def _matching(running: list[Timer], called: str) -> list[Timer]:
    """Return the timers of that name, else those of that length ("the five minute timer")."""
    named = [timer for timer in running if timer.name == called]
    duration_s = parse_duration(called)
    if named or duration_s is None:
        return named
    return [timer for timer in running if timer.duration_s == duration_s]


def _title(timer: Timer) -> str:
    """Return "pasta timer", or for one without a name "5 minute timer"."""
    if timer.name:
        return f"{timer.name} timer"
    said = say_duration(timer.duration_s).split()
    return f"{said[0]} {said[1].removesuffix('s')} timer" if len(said) == 2 else "timer"  # noqa: PLR2004


def _which(timers: list[Timer]) -> str:
    """Return the question which of several timers is meant."""
    titles = list(
        dict.fromkeys(
            f"the {_title(timer)}"
            if timer.name or _title(timer) != "timer"
            else f"the one for {say_duration(timer.duration_s)}"
            for timer in timers
        )
    )
    if len(titles) == 1:
        return f"Should I cancel {titles[0]} set last or all {len(timers)} of them?"
    return f"Which timer should I cancel: {', '.join(titles[:-1])} or {titles[-1]}?"


def _whole(left_s: float) -> float:
    """Round up, so that a timer set a moment ago has its whole length left, and none has zero."""
    return float(max(-int(-left_s // 1), 1))
