"""What an ONNX file says of itself: inputs, outputs, opset and metadata, read without loading the weights.

Owns that reading and the comparison with a catalogue's signature. It runs nothing and judges no quality; the
weights are `assistant.catalog.onnx_weights`'.
Source of the field numbers: ``onnx/onnx.proto`` of onnx 1.19 (ModelProto, GraphProto, ValueInfoProto).
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.catalog.entries import Graph, Tensor
from assistant.catalog.protobuf import fields, message, text, whole
from assistant.errors import ModelError

TYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    6: "int32",
    7: "int64",
    9: "bool",
    10: "float16",
    11: "float64",
}
"""TensorProto.DataType; others are shown by their number."""

MODEL_IR, MODEL_GRAPH, MODEL_OPSETS, MODEL_METADATA = 1, 7, 8, 14
GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 5, 11, 12
TENSOR_NAME = 8


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output.

    Attributes:
        type: as in :data:`TYPES`; empty = no tensor.
        shape: numbers, or the names of axes of free length; None = the file does not say.
    """

    type: str
    shape: tuple[int | str, ...] | None


@dataclass(frozen=True, slots=True)
class OnnxHeader:
    """What the file says of itself.

    Attributes:
        ir_version: of the file format.
        opset: of the standard operators.
        inputs: those that must be given: an input with a default is left out.
        metadata: key → value, as written by the exporter.
        optional: inputs with a default.
    """

    ir_version: int
    opset: int
    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]
    metadata: Mapping[str, str]
    optional: Mapping[str, Port] = field(default_factory=dict)


def read_onnx_header(path: Path) -> OnnxHeader:
    """Return the header of an ONNX file; takes milliseconds whatever its size.

    Raises:
        ModelError: ``model_corrupt`` when it is no ONNX file or ends too early.
        OSError: it cannot be read.
    """
    try:
        return _header(mapped(path))
    except (ValueError, IndexError, UnicodeDecodeError) as exc:
        raise not_whole(path) from exc


def mapped(path: Path) -> memoryview:
    """Return a file's content without reading it: what is looked at is.

    Raises:
        ValueError: it is empty.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        # Not closed by hand: that fails while an error still holds pieces of it.
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def not_whole(path: Path) -> ModelError:
    """Return the error for a file that is something else, or ends too early."""
    return ModelError(
        "model_corrupt", f"{path.name} is not a whole ONNX file.", "Fetch the model again."
    )


def signature_differences(header: OnnxHeader, wanted: Graph) -> list[str]:
    """Return in words where the file differs from the catalogue; empty = it fits."""
    found = []
    for kind, ports, tensors in (
        ("input", header.inputs, wanted.inputs),
        ("output", header.outputs, wanted.outputs),
    ):
        for name, tensor in tensors.items():
            if name not in ports:
                found.append(f"there is no {kind} {name}")
            elif not _fits(ports[name], tensor):
                found.append(f"{kind} {name} is {_words(ports[name])}")
        if not wanted.states:
            found += [f"there is a further {kind} {name}" for name in ports if name not in tensors]
    return found


def _fits(port: Port, tensor: Tensor) -> bool:
    if port.type != tensor.type:
        return False
    if port.shape is None:
        return True
    return len(port.shape) == len(tensor.shape) and all(
        here == there or isinstance(here, str) or isinstance(there, str)
        for here, there in zip(port.shape, tensor.shape, strict=True)
    )


def _words(port: Port) -> str:
    shape = "" if port.shape is None else f" [{', '.join(map(str, port.shape))}]"
    return f"{port.type}{shape}"


# --- reading --------------------------------------------------------------------------------------------


def _header(content: memoryview) -> OnnxHeader:
    ir_version = opset = 0
    metadata: dict[str, str] = {}
    inputs: dict[str, Port] = {}
    outputs: dict[str, Port] = {}
    defaults: set[str] = set()
    has_graph = False
    for number, value in fields(content):
        if number == MODEL_IR and isinstance(value, int):
            ir_version = value
        elif number == MODEL_OPSETS and isinstance(value, memoryview):
            domain, version = text(value, 1), whole(value, 2)
            opset = version if domain in {"", "ai.onnx"} else opset
        elif number == MODEL_METADATA and isinstance(value, memoryview):
            metadata[text(value, 1)] = text(value, 2)
        elif number == MODEL_GRAPH and isinstance(value, memoryview):
            has_graph = True
            for part, inner in fields(value):
                if not isinstance(inner, memoryview):
                    continue
                if part == GRAPH_INPUT:
                    inputs[text(inner, 1)] = _port(inner)
                elif part == GRAPH_OUTPUT:
                    outputs[text(inner, 1)] = _port(inner)
                elif part == GRAPH_INITIALIZER:
                    defaults.add(text(inner, TENSOR_NAME))
    if not has_graph or not ir_version:
        raise ValueError("no model")
    needed = {name: port for name, port in inputs.items() if name not in defaults}
    optional = {name: port for name, port in inputs.items() if name in defaults}
    return OnnxHeader(ir_version, opset, needed, outputs, metadata, optional)


def _port(info: memoryview) -> Port:
    tensor = message(message(info, 2), 1)  # ValueInfoProto.type, TypeProto.tensor_type
    if tensor is None:
        return Port("", None)
    code = whole(tensor, 1)
    shape = message(tensor, 2)
    if shape is None:
        return Port(TYPES.get(code, str(code)), None)
    axes: list[int | str] = []
    for number, value in fields(shape):
        if number == 1 and isinstance(value, memoryview):
            axis = dict(fields(value))
            length, name = axis.get(1), axis.get(2)
            named = bytes(name).decode() if isinstance(name, memoryview) else ""
            axes.append(length if isinstance(length, int) else named or "?")
    return Port(TYPES.get(code, str(code)), tuple(axes))
