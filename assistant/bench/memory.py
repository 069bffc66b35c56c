"""What everything resident takes together: RSS and PSS of every process, once loaded, in and after each turn.

Owns the turns and the counting. The bounds are for what is held after each turn; what was needed while it
ran, looked at several times a second, is told beside it: work memory is given back when the answer ends. PSS
divides pages that processes share among them, so its sum is what the machine really gives; RSS counts them in
each. Source: ``/proc/PID/smaps_rollup`` by way of psutil; systems without PSS (macOS, Windows) count by RSS,
and the report says so.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Self

import psutil

from assistant.bench.sample_speech import sample_speech
from assistant.metrics import Distribution, distribution, percentile

if TYPE_CHECKING:
    from assistant.api import Assistant
    from assistant.settings import Settings

CLIP_S: Final = 4.0
BOUNDS_MB: Final = {"standard": 1500.0, "standard-es": 1500.0, "light": 900.0, "light-es": 900.0}
"""P99 over 100 turns, from issue 5, "it is done when"; megabytes of 10^6 bytes."""
MOST_FAILED: Final = 3
"""Turns that may fail; they are not counted, and one more ends the measurement."""
WATCH_S: Final = 0.2
"""Between two looks within a turn; each takes some ms of this process's time."""


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """One process at one moment, in megabytes of 10^6 bytes; ``pss_mb`` is None where it is unknown."""

    name: str
    rss_mb: float
    pss_mb: float | None

    @property
    def counted_mb(self) -> float:
        """What it adds to the sum."""
        return self.rss_mb if self.pss_mb is None else self.pss_mb


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All processes of the program at one moment."""

    processes: tuple[ProcessMemory, ...]

    @property
    def total_mb(self) -> float:
        """The sum: of PSS where that is known, else of RSS."""
        return sum(one.counted_mb for one in self.processes)

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        rows = [asdict(one) for one in self.processes]
        return {"total_mb": round(self.total_mb, 1), "processes": rows}


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """What was found.

    Attributes:
        by: ``pss`` or ``rss``, which was summed.
        loaded: when every model was loaded and had run once.
        peaks_mb: the largest sum seen in each turn, its end included.
        turns_mb: the sum after each turn.
        last: after the last turn.
        largest: the moment of the largest sum.
        bound_mb: promised for this set; None = nothing is.
        failed: sentences of turns that failed; they are not counted.
    """

    by: str
    loaded: Snapshot
    peaks_mb: tuple[float, ...]
    turns_mb: tuple[float, ...]
    last: Snapshot
    largest: Snapshot
    bound_mb: float | None
    failed: tuple[str, ...]

    @property
    def p99_mb(self) -> float:
        """99th percentile of what was held after each turn: what the bound is for."""
        return percentile(sorted(self.turns_mb), 99.0)

    @property
    def peak_p99_mb(self) -> float:
        """99th percentile of the most that each turn needed while it ran."""
        return percentile(sorted(self.peaks_mb), 99.0)

    @property
    def peaks(self) -> Distribution:
        """The most that each turn needed."""
        return distribution(self.peaks_mb)

    @property
    def spread(self) -> Distribution:
        """What was held after each turn."""
        return distribution(self.turns_mb)

    def missed(self) -> list[str]:
        """Return a sentence for each bound that was not kept, and one if turns failed."""
        found = []
        if self.bound_mb is not None and self.p99_mb > self.bound_mb:
            found.append(f"Together {self.p99_mb:.0f} MB (P99), not {self.bound_mb:.0f} MB.")
        if self.failed:
            found.append(f"Turns that failed, and are not counted: {len(self.failed)}.")
        return found

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        return {
            "by": self.by,
            "turns": len(self.turns_mb),
            "loaded": self.loaded.as_json(),
            "most_in_turns_mb": {**asdict(self.peaks), "p99": self.peak_p99_mb},
            "after_turns_mb": {**asdict(self.spread), "p99": self.p99_mb},
            "last": self.last.as_json(),
            "largest": self.largest.as_json(),
            "peaks_mb": [round(value, 1) for value in self.peaks_mb],
            "turns_mb": [round(value, 1) for value in self.turns_mb],
            "bound_p99_mb": self.bound_mb,
            "failed": self.failed,
            "missed": self.missed(),
        }


def measure_memory(
    assistant: Assistant,
    *,
    turns: int,
    on_turn: Callable[[], None] = lambda: None,
) -> MemoryReport:
    """Speak to a running assistant this often, in one conversation, and count in and after each answer.

    Raises:
        AssistantError: more than :data:`MOST_FAILED` turns failed.
        ValueError: none did not.
    """
    clip = sample_speech(CLIP_S)
    loaded = snapshot()
    peaks: list[Snapshot] = []
    found: list[Snapshot] = []
    failed: list[str] = []
    for _ in range(turns):
        with _Watch() as watch:
            record = assistant.hear_and_wait(clip, live=False)
        on_turn()
        if record.failure is not None:
            failed.append(record.failure.message)
            if len(failed) > MOST_FAILED:
                raise record.failure
            continue  # a worker that is gone takes no memory: that is no figure
        found.append(snapshot())
        peaks.append(max(found[-1], *watch.seen, key=_total))
    if not found:
        raise ValueError("not one turn could be counted")
    has_pss = all(one.pss_mb is not None for one in loaded.processes)
    return MemoryReport(
        by="pss" if has_pss else "rss",
        loaded=loaded,
        peaks_mb=tuple(one.total_mb for one in peaks),
        turns_mb=tuple(one.total_mb for one in found),
        last=found[-1],
        largest=max(peaks, key=_total),
        bound_mb=BOUNDS_MB.get(assistant.settings.set),
        failed=tuple(failed),
    )


class _Watch:
    """Looks again and again, on a thread of its own, as long as the ``with`` block runs."""

    def __init__(self) -> None:
        self.seen: list[Snapshot] = [snapshot()]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="memory-watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(WATCH_S):
            self.seen.append(snapshot())


def _total(one: Snapshot) -> float:
    return one.total_mb


def snapshot() -> Snapshot:
    """Return this process and all its descendants; one that ends meanwhile is left out."""
    own = psutil.Process()
    found = []
    for process in (own, *own.children(recursive=True)):
        try:
            found.append(_memory(process, "app" if process.pid == os.getpid() else ""))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return Snapshot(tuple(found))


def _memory(process: psutil.Process, name: str) -> ProcessMemory:
    full = process.memory_full_info()
    pss: int | None = getattr(full, "pss", None)
    return ProcessMemory(
        name=name or _name(process),
        rss_mb=round(full.rss / 1e6, 1),
        pss_mb=None if pss is None else round(pss / 1e6, 1),
    )


def _name(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    if "resource_tracker" in words:
        return "multiprocessing's resource tracker"
    return "worker" if "multiprocessing" in words else process.name()


def with_short_replies(settings: Settings, tokens: int) -> Settings:
    """Return settings whose thinker stops after so many tokens: random weights rarely do by themselves."""
    name = settings.model_name("thinker")
    model = settings.models[name]
    if not hasattr(model, "max_reply_tokens"):
        return settings
    short = model.model_copy(update={"max_reply_tokens": tokens})
    return settings.model_copy(update={"models": {**settings.models, name: short}})
