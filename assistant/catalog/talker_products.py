"""The talker's two products as plain numbers, read out of its file, and the FP32 talker written from them.

Owns that reading and writing. Nothing is trained and nothing rounded: an INT8 file keeps whole numbers and a
scale for each column, and both together are the FP32 weights (docs/talker.md). Source of the field numbers:
``onnx/onnx.proto`` of onnx 1.19.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.catalog.onnx_weights import Contents, Weight, numbers, read_contents
from assistant.catalog.protobuf import written
from assistant.errors import ModelError

Floats = NDArray[np.float32]

IR_VERSION: Final = 10
OPSET: Final = 17
DATA_SUFFIX: Final = ".data"
_FLOAT: Final = 1
_ELSEWHERE: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """What a talker computes: ``(hidden @ first + bias) @ second``.

    Attributes:
        first: float32 [3584, 896].
        bias: float32 [896].
        second: float32 [896, 8448].
    """

    first: Floats
    bias: Floats
    second: Floats

    def logits(self, hidden: Floats) -> Floats:
        """Return audio_logits [frames, 8448] of hidden_states [frames, 3584], in FP32."""
        return np.asarray((hidden @ self.first + self.bias) @ self.second, np.float32)


def read_products(path: Path) -> Products:
    """Return the weights of a talker in FP32 or INT8, with a scale a tensor or a column.

    Raises:
        ModelError: ``model_unfit``: it is not two products with a bias between them, or quantised in
            another way; ``model_corrupt``: no ONNX file, or its weights are not all there.
        OSError: it cannot be read.
    """
    contents = read_contents(path)
    try:
        return _products(path, contents)
    except (KeyError, ValueError, IndexError) as exc:
        raise ModelError(
            "model_unfit",
            f"{path.name} is not two matrix products with a bias between them.",
            "Use the files the catalogue names (`assistant models list`).",
        ) from exc


def _products(path: Path, contents: Contents) -> Products:
    first, second = _matrices(path, contents)
    (bias,) = (
        contents.weights[name]
        for names in contents.inputs_of["Add"]
        for name in names
        if name in contents.weights
    )
    middle = _as_float(path, bias)
    if first.shape[1:] != middle.shape or first.shape[1] != second.shape[0]:
        raise ValueError("the products do not fit together")
    return Products(first, middle, second)


def _matrices(path: Path, contents: Contents) -> Iterator[Floats]:
    for names in contents.inputs_of.get("MatMul", ()):
        yield _as_float(path, contents.weights[names[1]])
    for names in contents.inputs_of.get("MatMulInteger", ()):
        weight = contents.weights[names[1]]
        whole = _stored(path, weight).astype(np.float32)
        if len(names) > 3 and names[3]:  # noqa: PLR2004 - the fourth is the zero of the weights
            whole -= _stored(path, contents.weights[names[3]]).astype(np.float32)
        # Ours, and what ``onnxruntime.quantization`` writes.
        scale = contents.weights[f"{weight.name.removesuffix('_quantized')}_scale"]
        yield whole * _as_float(path, scale)


def _as_float(path: Path, weight: Weight) -> Floats:
    if weight.type != "float32":
        raise ValueError(weight.type)
    found: Floats = _stored(path, weight)
    return found


def _stored(path: Path, weight: Weight) -> NDArray[Any]:
    found = numbers(path, weight)
    if found is None:
        raise ValueError("the weights are not kept as bytes")
    return found


# --- writing --------------------------------------------------------------------------------------------


def write_fp32(products: Products, path: Path) -> None:
    """Write MatMul, Add, MatMul to ``path``, the weights beside it with ``.data`` behind the name.

    Raises:
        OSError: there is no room, or the folder cannot be written.
    """
    location = path.name + DATA_SUFFIX
    weights = {"first": products.first, "bias": products.bias, "second": products.second}
    graph = b"".join(
        written(1, _node(*one))
        for one in (
            ("MatMul", "hidden_states", "first", "product"),
            ("Add", "product", "bias", "inner"),
            ("MatMul", "inner", "second", "audio_logits"),
        )
    )
    graph += written(2, "talker")
    offset = 0
    with path.with_name(location).open("wb") as data:
        for name, weight in weights.items():
            raw = np.ascontiguousarray(weight, np.float32)
            data.write(raw.tobytes())
            graph += written(5, _initializer(name, raw, location, offset))
            offset += raw.nbytes
    graph += written(11, _port("hidden_states", products.first.shape[0]))
    graph += written(12, _port("audio_logits", products.second.shape[1]))
    facts = {"role": "talker", "precision": "fp32", "licence": "GPL-3.0-or-later"}
    path.write_bytes(
        written(1, IR_VERSION)
        + written(2, "sarai")
        + written(7, graph)
        + written(8, written(1, "") + written(2, OPSET))
        + b"".join(written(14, written(1, key) + written(2, text)) for key, text in facts.items())
    )


def _node(operator: str, one: str, other: str, made: str) -> bytes:
    return written(1, one) + written(1, other) + written(2, made) + written(4, operator)


def _initializer(name: str, weight: Floats, location: str, offset: int) -> bytes:
    place = {"location": location, "offset": str(offset), "length": str(weight.nbytes)}
    return (
        b"".join(written(1, length) for length in weight.shape)
        + written(2, _FLOAT)
        + written(8, name)
        + b"".join(written(13, written(1, key) + written(2, text)) for key, text in place.items())
        + written(14, _ELSEWHERE)
    )


def _port(name: str, width: int) -> bytes:
    axes = (written(2, "batch"), written(2, "seq"), written(1, width))
    shape = b"".join(written(1, axis) for axis in axes)
    return written(1, name) + written(2, written(1, written(1, _FLOAT) + written(2, shape)))
