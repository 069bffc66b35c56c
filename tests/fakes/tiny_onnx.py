"""ONNX files with any inputs and outputs, written by hand: enough for a reader, and for ONNX Runtime.

Each output is the identity of the first input, so the file even runs where the types agree.
"""

from __future__ import annotations

from collections.abc import Mapping

Shape = tuple[int | str, ...]
TYPES = {"float32": 1, "int32": 6, "int64": 7, "bool": 9}


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def port(name: str, type_name: str, shape: Shape) -> bytes:
    axes = b"".join(
        message(1, number(1, axis) if isinstance(axis, int) else message(2, axis)) for axis in shape
    )
    tensor = number(1, TYPES[type_name]) + message(2, axes)
    return message(1, name) + message(2, message(1, tensor))


def onnx_bytes(
    inputs: Mapping[str, tuple[str, Shape]],
    outputs: Mapping[str, tuple[str, Shape]],
    *,
    metadata: Mapping[str, str] | None = None,
    with_default: str | None = None,
    weights: int = 0,
) -> bytes:
    """Return a model; ``with_default`` names an input that has an initializer (a scalar zero)."""
    first = next(iter(inputs))
    graph = b"".join(
        message(1, message(1, first) + message(2, name) + message(4, "Identity"))
        for name in outputs
    )
    graph += message(2, "graph")
    if with_default is not None:
        zero = number(2, TYPES[inputs[with_default][0]])
        graph += message(5, zero + message(8, with_default) + message(9, bytes(4)))
    if weights:
        tensor = number(1, weights) + number(2, 1) + message(8, "weights")
        graph += message(5, tensor + message(9, bytes(4 * weights)))
    graph += b"".join(message(11, port(name, *one)) for name, one in inputs.items())
    graph += b"".join(message(12, port(name, *one)) for name, one in outputs.items())
    facts = b"".join(
        message(14, message(1, key) + message(2, value)) for key, value in (metadata or {}).items()
    )
    return number(1, 8) + message(7, graph) + message(8, message(1, "") + number(2, 17)) + facts
