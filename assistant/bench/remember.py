"""Keeps how fast a set answered, so that the list of sets can say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.catalog.speed import remember_speed

if TYPE_CHECKING:
    from assistant.bench.turn import TurnBench

FEWEST_TURNS: Final = 5
"""Fewer say too little to be shown."""


def remember_turns(set_name: str, bench: TurnBench, *, replica: bool) -> None:
    """Keep the time from the end of a turn to the first sound; too few turns are not kept."""
    waits = bench.figures_ms.get("e2e")
    if waits is not None and waits.runs >= FEWEST_TURNS:
        remember_speed(set_name, waits.p50, waits.p95, waits.runs, replica=replica)
