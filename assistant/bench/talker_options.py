"""The ways in which ONNX Runtime can run the talker, and which of them to keep on this machine.

Owns the list and the choice, not the measuring. A way that is not clearly better than the program's usual one
is not kept: what differs by less than the noise would change with every measurement.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.catalog.tuning import GraphLevel, TunedModel
from assistant.engines.onnx_session import SessionPlan

if TYPE_CHECKING:
    from assistant.metrics import Distribution

LEVELS: Final[Sequence[GraphLevel]] = ("disabled", "basic", "extended", "all")
CPU: Final = "CPUExecutionProvider"
REMOTE: Final = frozenset({"AzureExecutionProvider"})
"""Providers that would send the work to another computer: never tried."""

CLEARLY: Final = 0.95
"""A way must take at most this share of the usual one's time, with the same threads, to be kept instead."""

WORTH_A_THREAD: Final = 0.9
"""More threads must take at most this share of the time of fewer: the thinker wants the cores too."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of running the talker.

    Attributes:
        threads: of one operator.
        graph_level: how far the runtime rewrites the graph.
        parallel: independent operators run side by side.
        spinning: threads wait for work awake. Compared, but never kept: they starve the thinker.
        provider: of ONNX Runtime.
    """

    threads: int
    graph_level: GraphLevel = "all"
    parallel: bool = False
    spinning: bool = False
    provider: str = CPU

    def open(self, path: Path) -> Any:
        """Return a new ``onnxruntime.InferenceSession``."""
        import onnxruntime

        runtime: Any = onnxruntime  # untyped
        plan = SessionPlan(
            self.threads,
            graph_level=self.graph_level,
            parallel=self.parallel,
            spinning=self.spinning,
        )
        options = plan.options()
        return runtime.InferenceSession(
            str(path), options, providers=list(dict.fromkeys([self.provider, CPU]))
        )

    def in_words(self) -> str:
        """Return a phrase for a table."""
        words = [f"{self.threads} thread{'s' if self.threads > 1 else ''}", self.graph_level]
        words += ["parallel"] if self.parallel else []
        words += ["spinning"] if self.spinning else []
        words += [self.provider.removesuffix("ExecutionProvider")] if self.provider != CPU else []
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class TimedWay:
    """What one way took, in ms at the length compared."""

    way: Way
    int8_ms: Distribution
    fp32_ms: Distribution


def ways(cores: int, providers: Sequence[str]) -> list[Way]:
    """Return the ways to compare; the usual one of each number of threads comes first."""
    threads = sorted({1, min(2, cores), cores} if cores <= 4 else {1, 2, 4})  # noqa: PLR2004
    usual = [Way(count) for count in threads]
    sequential = [
        Way(count, level, spinning=spinning)
        for count, level, spinning in itertools.product(threads, LEVELS, (False, True))
    ]
    parallel = [
        Way(count, parallel=True, spinning=spinning)
        for count, spinning in itertools.product(threads, (False, True))
    ]
    others = [Way(1, provider=provider) for provider in providers if provider not in {CPU, *REMOTE}]
    return list(dict.fromkeys([*usual, *sequential, *parallel, *others]))


def local_providers() -> list[str]:
    """Return the providers of the installed runtime that compute on this computer."""
    import onnxruntime

    runtime: Any = onnxruntime  # untyped
    return [one for one in runtime.get_available_providers() if one not in REMOTE]


def best(timed: Sequence[TimedWay], most_threads: int) -> TimedWay:
    """Return the way to keep: the fastest of INT8 among those that the program may use.

    Only CPU ways that do not spin, with at most ``most_threads``, are kept. The usual way stays unless
    another is clearly faster, and more threads are taken only where they are worth it. What counts is each
    one's quickest run: the one that nothing else on the machine disturbed.
    """
    allowed = [
        one
        for one in timed
        if one.way.threads <= most_threads and not one.way.spinning and one.way.provider == CPU
    ]
    assert allowed, "the usual way with one thread is always there"
    found: TimedWay | None = None
    for threads in sorted({one.way.threads for one in allowed}):
        same = [one for one in allowed if one.way.threads == threads]
        usual = next((one for one in same if one.way == Way(threads)), same[0])
        fastest = min(same, key=lambda one: one.int8_ms.min)
        clearly = fastest.int8_ms.min <= CLEARLY * usual.int8_ms.min
        chosen = fastest if clearly else usual
        if found is None or chosen.int8_ms.min <= WORTH_A_THREAD * found.int8_ms.min:
            found = chosen
    assert found is not None
    return found


def tuned(chosen: TimedWay) -> TunedModel:
    """Return the kept way in the form of `assistant.catalog.tuning`."""
    way = chosen.way
    return TunedModel(
        threads=way.threads,
        graph_level=way.graph_level,
        parallel=way.parallel,
        median_ms=round(chosen.int8_ms.p50, 3),
    )
