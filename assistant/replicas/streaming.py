"""Graphs that take states and give them back: caches, what a convolution still needs, positions.

Owns the names of states and what attention over a cache and streaming convolutions are made of. No model.
Source: pocket-tts (`conv.py`, `rope.py`, `mimi_transformer.py`), whose exporter makes each state an input
``state_N`` and an output ``out_state_N``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from assistant.replicas.onnx_file import GraphFile, Integer, Kind

Fill = Literal["nan", "zeros", "ones", "empty"]


@dataclass(frozen=True, slots=True)
class State:
    """One line of a state manifest; see :class:`assistant.engines.pocket_bundle.StateSpec`."""

    module: str
    key: str
    kind: Kind
    shape: tuple[int, ...]
    fill: Fill

    def entry(self, index: int) -> dict[str, object]:
        """Return the line as it stands in `bundle.json`."""
        return {
            "index": index,
            "input_name": f"state_{index}",
            "output_name": f"out_state_{index}",
            "module": self.module,
            "key": self.key,
            "path": f"{self.module}/{self.key}",
            "shape": list(self.shape),
            "dtype": self.kind,
            "fill": self.fill,
        }


class StatefulGraph(GraphFile):
    """A graph that declares its states as it goes.

    Attributes:
        states: in the order of their numbers.
    """

    def __init__(self, quantised: Integer | None = None) -> None:
        super().__init__(quantised)
        self.states: list[State] = []

    def state(self, module: str, key: str, kind: Kind, shape: tuple[int, ...], fill: Fill) -> str:
        """Declare a state and return its input; :meth:`give_back` must follow."""
        name = f"state_{len(self.states)}"
        self.states.append(State(module, key, kind, shape, fill))
        return self.input(name, kind, shape)

    def give_back(self, state: str, value: str) -> None:
        """Give out the new value of a state."""
        about = self.states[int(state.removeprefix("state_"))]
        self.output(f"out_{state}", about.kind, about.shape, value)

    def unused(self, module: str, key: str, kind: Kind, shape: tuple[int, ...], fill: Fill) -> None:
        """Declare a state that goes through unchanged."""
        state = self.state(module, key, kind, shape, fill)
        self.give_back(state, state)

    # --- transformers ---------------------------------------------------------------------------------

    def gelu(self, value: str) -> str:
        """Return the exact GELU."""
        error = self.op("Erf", self.op("Mul", value, self.const(2**-0.5)))
        half = self.op("Mul", value, self.const(0.5))
        return self.op("Mul", half, self.op("Add", error, self.const(1.0)))

    def numbers(self, start: str, count_or_end: str) -> str:
        """Return int64 from ``start`` [1] on, as many as ``count_or_end`` [1] says."""
        zero, one = self.const(0, np.int64), self.const(1, np.int64)
        counted = self.op("Range", zero, self.op("Squeeze", count_or_end), one)
        return self.op("Add", counted, start)

    def rotated(self, value: str, start: str, length: str, size: int, period: float) -> str:
        """Return ``value`` [1, T, H, size] turned by its positions, which begin at ``start``."""
        half = size // 2
        frequencies = np.exp(-np.log(period) * np.arange(half) / half)
        places = self.op("Cast", self.numbers(start, length), to=1)
        angles = self.op(
            "Mul", self.op("Unsqueeze", places, self.ints(1, 2)), self.const(frequencies)
        )
        cos, sin = self.op("Cos", angles), self.op("Sin", angles)
        heads = self.op("Shape", value)
        pairs = self.op(
            "Reshape",
            value,
            self.op(
                "Concat",
                self.op("Slice", heads, self.ints(0), self.ints(3)),
                self.ints(half, 2),
                axis=0,
            ),
        )
        real, turned = (
            self.op("Gather", pairs, self.const(part, np.int64), axis=4) for part in range(2)
        )
        new_real = self.op("Sub", self.op("Mul", real, cos), self.op("Mul", turned, sin))
        new_turned = self.op("Add", self.op("Mul", real, sin), self.op("Mul", turned, cos))
        axis = self.ints(4)
        both = (self.op("Unsqueeze", part, axis) for part in (new_real, new_turned))
        return self.op("Reshape", self.op("Concat", *both, axis=4), heads)

    def attended(self, query: str, keys: str, contents: str, mask: str, size: int) -> str:
        """Return attention [1, T, H, size] of ``query`` over ``keys`` and ``contents`` [1, S, H, size].

        ``mask`` [T, S] says what may be looked at.
        """
        query = self.op("Transpose", query, perm=[0, 2, 1, 3])
        keys = self.op("Transpose", keys, perm=[0, 2, 3, 1])
        contents = self.op("Transpose", contents, perm=[0, 2, 1, 3])
        scores = self.op("Mul", self.op("MatMul", query, keys), self.const(size**-0.5))
        scores = self.op("Where", mask, scores, self.const(-1e9))
        mixed = self.op("MatMul", self.op("Softmax", scores, axis=-1), contents)
        return self.op("Transpose", mixed, perm=[0, 2, 1, 3])

    # --- convolutions ---------------------------------------------------------------------------------

    def streaming_conv(
        self, value: str, module: str, inside: int, outside: int, kernel: int
    ) -> str:
        """Return a convolution [1, outside, T] that remembers the last ``kernel`` - 1 columns."""
        before = kernel - 1
        previous = self.state(f"{module}", "previous", "float32", (1, inside, before), "zeros")
        self.unused(module, "first", "bool", (1,), "ones")
        if before:
            value = self.op("Concat", previous, value, axis=2)
            kept = self.op("Slice", value, self.ints(-before), self.ints(2**31), self.ints(2))
            self.give_back(previous, kept)
        else:
            self.give_back(previous, previous)
        return self.conv(value, (outside, inside, kernel))

    def streaming_upsample(
        self,
        value: str,
        module: str,
        inside: int,
        outside: int,
        stride: int,
        *,
        group: int = 1,
        bias: bool = True,
    ) -> str:
        """Return a transposed convolution of kernel 2·stride whose overlap waits for the next call."""
        partial = self.state(module, "partial", "float32", (1, outside, stride), "zeros")
        deviation = (2 * inside / group) ** -0.5
        weights = self.weight(inside, outside // group, 2 * stride, deviation=deviation)
        wide = self.op("ConvTranspose", value, weights, strides=[stride], group=group)
        axis = self.ints(2)
        head = self.op("Slice", wide, self.ints(0), self.ints(stride), axis)
        middle = self.op("Slice", wide, self.ints(stride), self.ints(-stride), axis)
        self.give_back(partial, self.op("Slice", wide, self.ints(-stride), self.ints(2**31), axis))
        whole = self.op("Concat", self.op("Add", head, partial), middle, axis=2)
        if not bias:
            return whole
        return self.op("Add", whole, self.weight(1, outside, 1, deviation=0.02))
