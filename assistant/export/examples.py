"""Made-up inputs for a graph, to compare it with another form of itself.

Owns guessing what a graph takes: by type, shape and the few names our contracts give (docs/talker.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from onnx import GraphProto

FULL_OF: Final = {"speed": 1.0, "phase": 0.0, "pitch_semitones": 0.0}
"""Inputs that are settings, not signals."""

FIRST_SYMBOLS: Final = 40
"""Ids stay below: every vocabulary we know is larger."""

ZERO: Final = ("anchor_frame", "first_frame")
LENGTH_WORDS: Final = ("length", "lengths", "_len")


def examples_for(graph: GraphProto, length: int, seed: int = 0) -> dict[str, Any]:
    """Return an array for every input that has no default.

    Args:
        graph: says names, types and shapes; the first axis of free length is one long, others ``length``.
        length: of those axes.
        seed: another one gives other numbers.
    """
    from onnx import helper

    random = np.random.default_rng(seed)
    defaults = {weight.name for weight in graph.initializer}
    made: dict[str, Any] = {}
    for one in graph.input:
        if one.name in defaults:
            continue
        tensor = one.type.tensor_type
        shape = [
            axis.dim_value if axis.HasField("dim_value") else (length if place else 1)
            for place, axis in enumerate(tensor.shape.dim)
        ]
        kind = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        made[one.name] = _value(one.name, shape, kind, length, random)
    return made


def _value(
    name: str, shape: list[int], kind: np.dtype[Any], length: int, random: np.random.Generator
) -> Any:
    short = name.rpartition("/")[2]
    if short in FULL_OF:
        return np.full(shape, FULL_OF[short], kind)
    if short in ZERO:
        return np.zeros(shape, kind)
    if kind == np.bool_ or "mask" in short:
        return np.ones(shape, kind)
    if any(word in short for word in LENGTH_WORDS):
        return np.full(shape, length, kind)
    if kind.kind in "iu":
        return random.integers(1, FIRST_SYMBOLS, shape).astype(kind)
    return random.standard_normal(shape).astype(kind)
