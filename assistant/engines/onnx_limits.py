"""How new an ONNX file may be for the ONNX Runtime that is installed here.

Owns finding that out, by trying: the runtime has no function that says it, and a table would age. It looks
at no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

OLDEST_IR: Final = 10
"""Every ONNX Runtime we run with (1.31 and later) reads it."""

OLDEST_OPSET: Final = 21
"""The same for the standard operators."""

_TRIES: Final = 40
"""Versions tried beyond the oldest: more than there will be for years."""


@dataclass(frozen=True, slots=True)
class RuntimeLimits:
    """The newest that the installed runtime reads.

    Attributes:
        version: of the runtime itself.
        ir_version: of the file format.
        opset: of the standard operators.
    """

    version: str
    ir_version: int
    opset: int


@cache
def runtime_limits() -> RuntimeLimits:
    """Return what the installed ONNX Runtime reads; takes some milliseconds, once."""
    import onnxruntime

    runtime: Any = onnxruntime  # untyped
    options = runtime.SessionOptions()
    options.log_severity_level = 4  # the refusals are the answer

    def loads(ir_version: int, opset: int) -> bool:
        try:
            runtime.InferenceSession(
                _smallest(ir_version, opset), options, providers=["CPUExecutionProvider"]
            )
        except Exception:  # noqa: BLE001 - onnxruntime's own classes derive from nothing more precise
            return False
        return True

    ir_version, opset = OLDEST_IR, OLDEST_OPSET
    while ir_version < OLDEST_IR + _TRIES and loads(ir_version + 1, OLDEST_OPSET):
        ir_version += 1
    while opset < OLDEST_OPSET + _TRIES and loads(OLDEST_IR, opset + 1):
        opset += 1
    return RuntimeLimits(str(runtime.__version__), ir_version, opset)


def _smallest(ir_version: int, opset: int) -> bytes:
    """Return a model that gives one float32 back as it is.

    Source of the field numbers: ``onnx/onnx.proto`` of onnx 1.19.
    """
    port = _field(2, _field(1, b"\x08\x01" + _field(2, _field(1, b"\x08\x01"))))
    node = _field(1, b"x") + _field(2, b"y") + _field(4, b"Identity")
    graph = (
        _field(1, node)
        + _field(2, b"smallest")
        + _field(11, _field(1, b"x") + port)
        + _field(12, _field(1, b"y") + port)
    )
    return (
        bytes([1 << 3, ir_version])
        + _field(7, graph)
        + _field(8, _field(1, b"") + bytes([2 << 3, opset]))
    )


def _field(number: int, content: bytes) -> bytes:
    assert len(content) < 1 << 7, "the length must fit into one byte"
    return bytes([number << 3 | 2, len(content)]) + content
