"""The figures of this session: one row for each answered turn, their distribution, and memory over time.

Owns what overlay, session page and export show. Measures nothing but when memory was looked at; the
definitions are `assistant.metrics`'. Keeps no word that was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from assistant.events import Event, TurnFinished, TurnInterrupted, WorkerReady
from assistant.metrics import Distribution, TurnTimings, distribution, now_s
from ui.shown.latency import STAGES, Segment, Stage, segments

MEMORY_SAMPLES = 1440
"""Memory samples kept; when there are more, every other one goes. Two hours at one in five seconds."""

TURNS = 2_000
"""Turns kept; a day of talking is a few hundred."""


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One answered turn.

    Attributes:
        number: counted from 1 since the window was opened.
        ended: when it was over, on the wall clock, with its zone.
        is_interrupted: the answer was cut short.
        models: model by role that answered; empty if unknown.
        timings: its stamps.
        segments: its latency bar.
    """

    number: int
    ended: datetime
    is_interrupted: bool
    models: Mapping[str, str]
    timings: TurnTimings
    segments: tuple[Segment, ...]

    def stage_ms(self, stage: Stage) -> float | None:
        """Return the time shown for the stage in the latency bar; None if it did not happen."""
        spent = [one.duration_ms for one in self.segments if one.stage == stage]
        return sum(spent) if spent else None


@dataclass(frozen=True, slots=True)
class MemorySample:
    """Resident memory (RSS) in megabytes of 10^6 bytes, ``at_s`` seconds after the session began."""

    at_s: float
    worker_mb: float
    app_mb: float

    @property
    def total_mb(self) -> float:
        """All processes together."""
        return self.worker_mb + self.app_mb


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """All of a session's figures at one moment, for another thread.

    Attributes:
        began: on the wall clock, with its zone.
        turns: every turn, oldest first.
        comparable: those of them that the models in use now answered.
        memory: every sample kept, oldest first.
    """

    began: datetime
    turns: tuple[TurnRow, ...]
    comparable: tuple[TurnRow, ...]
    memory: tuple[MemorySample, ...]


class SessionFigures(QObject):
    """Collects figures from events; GUI thread only.

    Args:
        wall: the wall clock.
        clock: the monotonic clock, in seconds.
    """

    turn_added = Signal()
    memory_added = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        wall: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        clock: Callable[[], float] = now_s,
    ) -> None:
        super().__init__(parent)
        self._wall = wall
        self._clock = clock
        self._began_s = clock()
        self._models: Mapping[str, str] = {}
        self._turns_so_far = 0
        self.began = wall()
        self.turns: list[TurnRow] = []
        self.memory: list[MemorySample] = []

    def add(self, event: Event) -> None:
        """Take one event; only the ends of answered questions make a row."""
        match event:
            case WorkerReady():
                self._models = dict(event.models)
            case TurnFinished() | TurnInterrupted() if event.transcript:
                self._turns_so_far += 1
                cut = isinstance(event, TurnInterrupted)
                number, timings = self._turns_so_far, event.timings
                bar = segments(timings)
                self.turns.append(TurnRow(number, self._wall(), cut, self._models, timings, bar))
                del self.turns[:-TURNS]
                self.turn_added.emit()
            case _:
                pass

    def add_memory(self, worker_mb: float, app_mb: float) -> None:
        """Take what memory is in use now."""
        at_s = self._clock() - self._began_s
        self.memory.append(MemorySample(at_s, float(worker_mb), float(app_mb)))
        if len(self.memory) > MEMORY_SAMPLES:
            del self.memory[1:-1:2]
        self.memory_added.emit()

    # --- what is shown ----------------------------------------------------------------------------------

    @property
    def last(self) -> TurnRow | None:
        """The last answered turn."""
        return self.turns[-1] if self.turns else None

    @property
    def comparable(self) -> list[TurnRow]:
        """The turns that the models in use now answered: those of others belong to another distribution."""
        last = self.last
        return [] if last is None else [row for row in self.turns if row.models == last.models]

    def record(self) -> SessionRecord:
        """Return everything as it is now."""
        memory = tuple(self.memory)
        return SessionRecord(self.began, tuple(self.turns), tuple(self.comparable), memory)

    def e2e(self) -> Distribution | None:
        """The distribution of ``e2e_ms``; None before the first sound."""
        return spread_of(row.timings.e2e_ms for row in self.comparable)

    def mouth_to_ear(self) -> Distribution | None:
        """The distribution of ``mouth_to_ear_ms``; None before the first spoken turn."""
        return spread_of(row.timings.mouth_to_ear_ms for row in self.comparable)

    def stages(self) -> dict[Stage, Distribution]:
        """The distribution of each stage over the turns in which it happened."""
        found: dict[Stage, Distribution] = {}
        for stage in STAGES:
            spread = spread_of(row.stage_ms(stage) for row in self.comparable)
            if spread is not None:
                found[stage] = spread
        return found


def spread_of(values: Iterable[float | None]) -> Distribution | None:
    """Return the distribution of the known values; None if there is none."""
    known = [value for value in values if value is not None]
    return distribution(known) if known else None
