"""Writes small ONNX graphs: a thin layer over `onnx.helper` that names intermediate values by itself.

Owns no model; `tests.fakes.tiny_asr` and `tests.fakes.tiny_tts` build those with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Shape = Sequence[int | str]
TYPES = {
    "float32": TensorProto.FLOAT,
    "int64": TensorProto.INT64,
    "int32": TensorProto.INT32,
    "bool": TensorProto.BOOL,
}


class Graph:
    """Nodes and weights of one graph; ``seed`` makes its random weights repeatable."""

    def __init__(self, seed: int = 0, prefix: str = "") -> None:
        self.random = np.random.default_rng(seed)
        self._prefix = prefix
        self._nodes: list[Any] = []
        self._weights: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._count = 0

    def _name(self) -> str:
        self._count += 1
        return f"{self._prefix}v{self._count}"

    def input(self, name: str, kind: str, shape: Shape) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, TYPES[kind], list(shape)))
        return name

    def output(self, name: str, kind: str, shape: Shape, value: str) -> None:
        """Give out ``value`` under ``name``."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TYPES[kind], list(shape)))

    def const(self, value: Any, dtype: Any = np.float32) -> str:
        name = self._name()
        self._weights.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def ints(self, *values: int) -> str:
        return self.const(list(values), np.int64)

    def weight(self, *shape: int, scale: float | None = None) -> str:
        """A random matrix that keeps the size of what it multiplies."""
        deviation = shape[0] ** -0.5 if scale is None else scale
        return self.const(self.random.standard_normal(shape) * deviation)

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        return self.ops(kind, *inputs, count=1, **attributes)[0]

    def ops(self, kind: str, *inputs: str, count: int, **attributes: Any) -> list[str]:
        names = [self._name() for _ in range(count)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def branch(self) -> Any:
        """The graph as a branch of an If: what is used from outside is simply named."""
        return helper.make_graph(
            self._nodes, f"{self._prefix}branch", [], self._outputs, self._weights
        )

    def save(self, path: Path, metadata: Mapping[str, str] | None = None) -> Path:
        graph = helper.make_graph(self._nodes, "tiny", self._inputs, self._outputs, self._weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        for key, value in (metadata or {}).items():
            entry = model.metadata_props.add()
            entry.key, entry.value = key, value
        onnx.checker.check_model(model)
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, str(path))
        return path
