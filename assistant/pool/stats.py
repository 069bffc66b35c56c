"""What the pool tells of itself: plain values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelStats:
    """One loaded model.

    Attributes:
        measured_bytes: growth of the process's resident memory while it loaded, or the engine's own
            count where that is larger.
        idle_s: since its last release; 0 while in use.
    """

    name: str
    measured_bytes: int
    references: int
    permanent: bool
    idle_s: float
    load_s: float


@dataclass(frozen=True, slots=True)
class PoolStats:
    """The pool at one moment."""

    models: tuple[ModelStats, ...]
    used_bytes: int
    budget_bytes: int
    hits: int
    loads: int
    evictions: int
    failures: tuple[str, ...]
