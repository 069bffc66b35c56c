"""How far two results lie apart, as checks with their bounds.

Owns the measures: the largest difference against the original's spread for float32, the mean one for fewer
bits, and how often the same is chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.export.steps import Check

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME: Final = 1e-3
"""Largest difference of a float32 graph from PyTorch, as a part of the original's standard deviation."""

CLOSE: Final = 0.1
"""Root mean square difference of an INT8 graph, as a part of the original's standard deviation."""

HALF: Final = 0.01
"""The same of a graph with weights in half precision."""


def same(name: str, original: NDArray[np.float32], made: NDArray[np.float32]) -> Check:
    """Check that the largest difference is that of another order of additions."""
    if original.shape != made.shape:
        return _other_shape(name, original, made)
    worst = float(np.max(np.abs(made - original), initial=0.0)) / _spread(original)
    ok = bool(worst <= SAME)  # False for NaN
    return Check(name, ok, f"largest difference {worst:.1e} of the spread, bound {SAME:g}")


def close(
    name: str, original: NDArray[np.float32], made: NDArray[np.float32], bound: float = CLOSE
) -> Check:
    """Check that the mean difference is that of rounded weights."""
    if original.shape != made.shape:
        return _other_shape(name, original, made)
    error = float(np.sqrt(np.mean(np.square(made - original)))) / _spread(original)
    return Check(
        name, bool(error <= bound), f"mean difference {error:.2%} of the spread, bound {bound:g}"
    )


def chosen(
    name: str, original: NDArray[np.float32], made: NDArray[np.float32], least: float
) -> Check:
    """Check how often the greatest of the last axis is the same."""
    share = float(np.mean(original.argmax(-1) == made.argmax(-1)))
    return Check(name, share >= least, f"{share:.1%} the same, bound {least:.0%}")


def identical(name: str, original: NDArray[np.int64], made: NDArray[np.int64]) -> Check:
    """Check that two sequences are one."""
    ok = bool(np.array_equal(original, made))
    detail = (
        f"{original.size} the same" if ok else f"{made.tolist()} instead of {original.tolist()}"
    )
    return Check(name, ok, detail)


def _spread(original: NDArray[np.float32]) -> float:
    spread = float(np.std(original))
    return spread if spread > 0 else 1.0


def _other_shape(name: str, original: NDArray[np.float32], made: NDArray[np.float32]) -> Check:
    return Check(
        name, ok=False, detail=f"shape {list(made.shape)} instead of {list(original.shape)}"
    )
