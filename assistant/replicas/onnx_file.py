"""Writes ONNX files with random weights, each drawn only when the file is written.

Owns the file and the two ways in which the real files are quantised. Knows no model. Source of the field
numbers: ``onnx/onnx.proto`` (ModelProto, GraphProto, TensorProto); of the nodes around a quantised product:
what ``onnxruntime.quantization.quantize_dynamic`` writes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from assistant.catalog.replicas import ONNX_MARK

Shape = Sequence[int | str]
Kind = Literal["float32", "int64", "int32", "bool"]
Integer = Literal["uint8", "int8"]

UNIFORM_DEVIATION: Final = 73.9
"""Standard deviation of all 256 values of a byte alike."""

_GRAPH, _INITIALIZER, _RAW_DATA = 7, 5, 9
_BYTES: Final = 2  # wire type of protobuf


@dataclass(frozen=True, slots=True)
class _Weight:
    name: str
    shape: tuple[int, ...]
    type: np.dtype[Any]
    deviation: float
    mean: float = 0.0


class GraphFile:
    """One graph in the making.

    Args:
        quantised: type of the weights of matrix products; None = float32.
        convolutions: whether convolutions are quantised too (as the exporters of NeMo models do).
        opset: of the standard operators.
    """

    def __init__(
        self, quantised: Integer | None = None, *, convolutions: bool = False, opset: int = 17
    ) -> None:
        from onnx import helper

        self._helper: Any = helper
        self._quantised: Integer | None = quantised
        self._convolutions = convolutions
        self._opset = opset
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._weights: list[_Weight] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._activations: dict[str, list[str]] = {}
        self._given: dict[str, str] = {}  # value → the output it is
        self._count = 0

    # --- values ---------------------------------------------------------------------------------------

    def input(self, name: str, kind: Kind, shape: Shape) -> str:
        """Declare an input."""
        self._inputs.append(self._port(name, kind, shape))
        return name

    def output(self, name: str, kind: Kind, shape: Shape, value: str) -> None:
        """Give out ``value`` under ``name``; an input, or what is given out twice, is copied."""
        is_input = any(port.name == value for port in self._inputs)
        if is_input or value in self._given:
            self._nodes.append(self._helper.make_node("Identity", [value], [name]))
        else:
            self._given[value] = name
        self._outputs.append(self._port(name, kind, shape))

    def const(self, value: Any, dtype: Any = np.float32) -> str:
        """Return a small constant."""
        from onnx import numpy_helper

        name = self._name()
        self._constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def ints(self, *values: int) -> str:
        """Return a constant list of int64."""
        return self.const(list(values), np.int64)

    def weight(self, *shape: int, deviation: float | None = None, mean: float = 0.0) -> str:
        """Return random float32 weights; as a matrix [in, out] they keep the size of what they multiply."""
        return self._drawn(
            shape, "float32", shape[0] ** -0.5 if deviation is None else deviation, mean
        )

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and return that."""
        return self.ops(kind, *inputs, count=1, **attributes)[0]

    def ops(self, kind: str, *inputs: str, count: int, **attributes: Any) -> list[str]:
        """Add a node and return its outputs."""
        names = [self._name() for _ in range(count)]
        self._nodes.append(self._helper.make_node(kind, list(inputs), names, **attributes))
        return names

    # --- layers ---------------------------------------------------------------------------------------

    def linear(
        self, value: str, inside: int, outside: int, *, bias: bool = True, gain: float = 1.0
    ) -> str:
        """Return ``value`` [..., inside] times random weights, quantised if matrix products are."""
        deviation = gain * inside**-0.5
        if self._quantised is None:
            product = self.op("MatMul", value, self.weight(inside, outside, deviation=deviation))
        else:
            product = self._integers("MatMulInteger", value, (inside, outside), deviation)
        return self.op("Add", product, self.weight(outside, deviation=0.02)) if bias else product

    def conv(
        self, value: str, shape: tuple[int, ...], *, bias: bool = True, **attributes: Any
    ) -> str:
        """Return a convolution with random weights of ``shape`` (out, in / groups, kernel...)."""
        deviation = math.prod(shape[1:]) ** -0.5
        if not self._convolutions:
            biases = (self.weight(shape[0], deviation=0.02),) if bias else ()
            weights = self.weight(*shape, deviation=deviation)
            return self.op("Conv", value, weights, *biases, **attributes)
        assert self._quantised is not None
        product = self._integers("ConvInteger", value, shape, deviation, **attributes)
        if not bias:
            return product
        spread = (1, shape[0], *(1 for _ in shape[2:]))
        biases_ = self.op("Reshape", self.weight(shape[0], deviation=0.02), self.ints(*spread))
        return self.op("Add", product, biases_)

    def norm(self, value: str, width: int) -> str:
        """Return ``value`` normalised over its last axis."""
        return self.op(
            "LayerNormalization",
            value,
            self.weight(width, deviation=0.02, mean=1.0),
            self.weight(width, deviation=0.02),
            axis=-1,
            epsilon=1e-5,
        )

    def swish(self, value: str) -> str:
        """Return ``value`` times its sigmoid."""
        return self.op("Mul", value, self.op("Sigmoid", value))

    def _integers(
        self, kind: str, value: str, shape: tuple[int, ...], deviation: float, **attributes: Any
    ) -> str:
        assert self._quantised is not None
        if value not in self._activations:
            self._activations[value] = self.ops("DynamicQuantizeLinear", value, count=3)
        numbers, scale, zero = self._activations[value]
        weights = self._drawn(shape, self._quantised, deviation)
        middle = 128 if self._quantised == "uint8" else 0
        weights_zero = self.const(middle, np.dtype(self._quantised))
        product = self.op(kind, numbers, weights, zero, weights_zero, **attributes)
        scales = self.op("Mul", scale, self.const(deviation / UNIFORM_DEVIATION))
        return self.op("Mul", self.op("Cast", product, to=1), scales)  # 1 = float

    def _drawn(self, shape: Sequence[int], kind: str, deviation: float, mean: float = 0.0) -> str:
        name = self._name()
        self._weights.append(_Weight(name, tuple(shape), np.dtype(kind), deviation, mean))
        return name

    def _name(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _port(self, name: str, kind: Kind, shape: Shape) -> Any:
        numbers = {"float32": 1, "int32": 6, "int64": 7, "bool": 9}
        return self._helper.make_tensor_value_info(name, numbers[kind], list(shape))

    # --- the file -------------------------------------------------------------------------------------

    def save(
        self,
        path: Path,
        on_bytes: Callable[[int], None] = lambda _count: None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Write the graph, marked as a replica; ``on_bytes`` is told how many bytes each weight added.

        Raises:
            OSError: it cannot be written.
        """
        helper = self._helper
        for node in self._nodes:
            for ends in (node.input, node.output):
                ends[:] = [self._given.get(name, name) for name in ends]
        graph: Any = helper.make_graph(
            self._nodes, "replica", self._inputs, self._outputs, self._constants
        )
        model: Any = helper.make_model(
            helper.make_graph([], "", [], []),
            opset_imports=[helper.make_opsetid("", self._opset)],
            ir_version=9,
            producer_name="sarai replica, random weights",
        )
        model.ClearField("graph")
        for key, value in {**(metadata or {}), ONNX_MARK: "true"}.items():
            model.metadata_props.add(key=key, value=value)
        heads = [self._head(weight) for weight in self._weights]
        nodes = graph.SerializeToString()
        body = len(nodes) + sum(
            len(head) + math.prod(weight.shape) * weight.type.itemsize
            for head, weight in zip(heads, self._weights, strict=True)
        )
        random = np.random.default_rng(0)
        with path.open("wb") as file:
            file.write(model.SerializeToString())
            file.write(_tag(_GRAPH, body) + nodes)
            for head, weight in zip(heads, self._weights, strict=True):
                numbers = _random(random, weight)
                file.write(head)
                numbers.tofile(file)
                on_bytes(numbers.nbytes)

    def _head(self, weight: _Weight) -> bytes:
        """Everything of the weight's initialiser but its numbers."""
        from onnx import TensorProto

        kind = self._helper.np_dtype_to_tensor_dtype(weight.type)
        about = TensorProto(dims=weight.shape, data_type=kind, name=weight.name)
        size = math.prod(weight.shape) * weight.type.itemsize
        tensor: bytes = about.SerializeToString() + _tag(_RAW_DATA, size)
        return _tag(_INITIALIZER, len(tensor) + size) + tensor


def _random(random: np.random.Generator, weight: _Weight) -> np.ndarray[Any, Any]:
    if weight.type != np.float32:
        return random.integers(0, 256, weight.shape, np.uint8).view(weight.type)
    drawn = random.standard_normal(weight.shape, np.float32)
    drawn *= np.float32(weight.deviation)
    drawn += np.float32(weight.mean)
    return drawn


def _tag(number: int, length: int) -> bytes:
    """The key of a field of bytes, and how many there are."""
    return _varint(number << 3 | _BYTES) + _varint(length)


def _varint(value: int) -> bytes:
    digits = bytearray()
    while True:
        digit, value = value & 0x7F, value >> 7
        digits.append(digit | (0x80 if value else 0))
        if not value:
            return bytes(digits)
