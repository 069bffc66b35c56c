"""The weights and operators inside an ONNX file, and whether the weights are all there.

Owns finding them, in the file or in those beside it; nothing is copied, what is looked at is mapped. It runs
nothing. Source of the field numbers: ``onnx/onnx.proto`` of onnx 1.19 (GraphProto, NodeProto, TensorProto).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.catalog.onnx_header import (
    GRAPH_INITIALIZER,
    MODEL_GRAPH,
    TENSOR_NAME,
    TYPES,
    mapped,
    not_whole,
)
from assistant.catalog.protobuf import fields, text, varint, whole

NODE, NODE_INPUT, NODE_OUTPUT, NODE_TYPE, NODE_ATTRIBUTE = 1, 1, 2, 4, 5
ATTRIBUTE_TENSOR, ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS = 5, 6, 11
CONSTANT: Final = "Constant"
TENSOR_DIMS, TENSOR_TYPE, TENSOR_RAW, TENSOR_EXTERNAL, TENSOR_LOCATION = 1, 2, 9, 13, 14
EXTERNAL: Final = 1
"""TensorProto.DataLocation: the weights lie in another file."""

ITEM_BYTES: Final = {
    "float32": 4,
    "uint8": 1,
    "int8": 1,
    "int32": 4,
    "int64": 8,
    "bool": 1,
    "float16": 2,
    "float64": 8,
}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A stretch of another file.

    Attributes:
        location: that file, relative to the folder of the ONNX file, with ``/``.
        offset: in bytes.
        length: in bytes; None = the file does not say.
    """

    location: str
    offset: int
    length: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """One constant of a graph.

    Attributes:
        type: as in `assistant.catalog.onnx_header.TYPES`.
        content: its bytes, as numpy would write them; None = elsewhere, or written as single numbers.
        elsewhere: where they are instead.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    content: memoryview | None
    elsewhere: Elsewhere | None = None

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Their size; 0 for types we do not know."""
        return self.count * ITEM_BYTES.get(self.type, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a file computes with.

    Attributes:
        weights: by name.
        operators: how often each occurs.
        inputs_of: operator → what its nodes are given, in the order of the file.

    Branches and loops are looked into: an audio core may keep a role in a branch of its own.
    """

    weights: Mapping[str, Weight]
    operators: Mapping[str, int]
    inputs_of: Mapping[str, tuple[tuple[str, ...], ...]]


def read_contents(path: Path) -> Contents:
    """Return weights and operators of an ONNX file.

    Raises:
        ModelError: ``model_corrupt`` when it is no ONNX file or ends too early.
        OSError: it cannot be read.
    """
    try:
        return _contents(mapped(path))
    except (ValueError, IndexError, UnicodeDecodeError) as exc:
        raise not_whole(path) from exc


def missing_weights(path: Path, contents: Contents) -> Iterator[str]:
    """Yield in words which of the weights that should lie beside ``path`` do not, wholly."""
    needed: dict[str, int] = {}
    for weight in contents.weights.values():
        place = weight.elsewhere
        if place is None:
            continue
        if place.length is not None and weight.bytes and place.length != weight.bytes:
            yield (
                f"the weights {weight.name} take {weight.bytes} bytes,"
                f" but {place.length} are said to lie in {place.location}"
            )
        end = place.offset + (weight.bytes if place.length is None else place.length)
        needed[place.location] = max(needed.get(place.location, 0), end)
    for location, size in needed.items():
        file = _beside(path, location)
        if file is None:
            yield f"its weights are said to lie in {location}, outside of its folder"
        elif not file.is_file():
            yield f"its weights {location} are missing"
        elif file.stat().st_size < size:
            yield f"its weights {location} have {file.stat().st_size} bytes instead of {size}"


def numbers(path: Path, weight: Weight) -> NDArray[Any] | None:
    """Return a weight's numbers, mapped; None where they are not kept as bytes or are of another type.

    Raises:
        ValueError: there are fewer bytes than numbers.
        OSError: the file beside it cannot be read.
    """
    if weight.type not in ITEM_BYTES:
        return None
    content = weight.content
    place = weight.elsewhere
    if place is not None:
        file = _beside(path, place.location)
        if file is None:
            raise ValueError(f"{place.location} lies outside of the model's folder")
        content = mapped(file)[place.offset : place.offset + weight.bytes]
    if content is None:
        return None
    return np.frombuffer(content, weight.type, weight.count).reshape(weight.shape)


def spoilt_weights(path: Path, contents: Contents) -> Iterator[tuple[str, int]]:
    """Yield (weight, how many of its numbers are none). Infinities are left: attention masks have them."""
    for weight in contents.weights.values():
        if not weight.type.startswith("float"):
            continue
        values = numbers(path, weight)
        if values is not None and (spoilt := int(np.isnan(values).sum())):
            yield weight.name, spoilt


def _beside(path: Path, location: str) -> Path | None:
    pure = PurePosixPath(location)
    if not location or pure.is_absolute() or ".." in pure.parts or "\\" in location:
        return None
    return path.parent / location


# --- reading --------------------------------------------------------------------------------------------


def _contents(content: memoryview) -> Contents:
    weights: dict[str, Weight] = {}
    operators: Counter[str] = Counter()
    inputs_of: dict[str, list[tuple[str, ...]]] = {}
    graphs = [
        value
        for number, value in fields(content)
        if number == MODEL_GRAPH and isinstance(value, memoryview)
    ]
    if not graphs:
        raise ValueError("no model")
    while graphs:
        for part, inner in fields(graphs.pop()):
            if not isinstance(inner, memoryview):
                continue
            if part == GRAPH_INITIALIZER:
                weight = _weight(inner)
                weights[weight.name] = weight
            elif part == NODE:
                operator, given, made, attributes = _node(inner)
                operators[operator] += 1
                inputs_of.setdefault(operator, []).append(given)
                for kind, value in attributes:
                    if kind in {ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS}:
                        graphs.append(value)
                    elif kind == ATTRIBUTE_TENSOR and operator == CONSTANT:
                        weights[made] = _weight(value, made)
    return Contents(weights, operators, {one: tuple(all_) for one, all_ in inputs_of.items()})


def _node(
    node: memoryview,
) -> tuple[str, tuple[str, ...], str, list[tuple[int, memoryview]]]:
    """Return operator, inputs, first output, and the attributes' values by kind."""
    operator, made = "", ""
    given: list[str] = []
    attributes: list[tuple[int, memoryview]] = []
    for number, value in fields(node):
        if not isinstance(value, memoryview):
            continue
        if number == NODE_INPUT:
            given.append(bytes(value).decode())
        elif number == NODE_OUTPUT:
            made = made or bytes(value).decode()
        elif number == NODE_TYPE:
            operator = bytes(value).decode()
        elif number == NODE_ATTRIBUTE:
            attributes += [
                (kind, inner) for kind, inner in fields(value) if isinstance(inner, memoryview)
            ]
    return operator, tuple(given), made, attributes


def _weight(tensor: memoryview, name: str = "") -> Weight:
    shape: list[int] = []
    raw: memoryview | None = None
    where: dict[str, str] = {}
    for number, value in fields(tensor):
        if number == TENSOR_DIMS:
            shape += [value] if isinstance(value, int) else _packed(value)
        elif number == TENSOR_RAW and isinstance(value, memoryview):
            raw = value
        elif number == TENSOR_EXTERNAL and isinstance(value, memoryview):
            where[text(value, 1)] = text(value, 2)
    code = whole(tensor, TENSOR_TYPE)
    kind = TYPES.get(code, str(code))
    elsewhere = None
    if whole(tensor, TENSOR_LOCATION) == EXTERNAL:
        length = int(where["length"]) if "length" in where else None
        elsewhere = Elsewhere(where.get("location", ""), int(where.get("offset", "0")), length)
    return Weight(name or text(tensor, TENSOR_NAME), kind, tuple(shape), raw, elsewhere)


def _packed(content: memoryview) -> Iterator[int]:
    position = 0
    while position < len(content):
        value, position = varint(content, position)
        yield value
