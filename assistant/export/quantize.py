"""Weights in fewer bits: INT8 for matrix products, half precision for what is only kept.

Owns what is quantised and what never is. INT8: MatMul with constant weights, one scale a column, the other
side quantised as it comes; convolutions and recurrent layers stay, whose integer forms are slower than
float32 in ONNX Runtime (measured by others, docs/export.md). Half precision: weights only, with a Cast
behind each: the arithmetic stays float32, for which x86 has operators.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.export.quiet import quiet
from assistant.export.steps import first_line, not_made

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, TensorProto

SMALLEST_HALVED: Final = 256
"""Weights with fewer numbers stay as they are: halving them saves nothing."""


def int8(source: Path, target: Path) -> None:
    """Write the model with the constant weights of its matrix products as INT8, one scale a column.

    Seven of the eight bits are used: CPUs without VNNI overflow with eight (``reduce_range``).
    """
    from onnxruntime import quantization

    quantizer: Any = quantization  # untyped
    try:
        with quiet():
            quantizer.quantize_dynamic(
                source,
                target,
                op_types_to_quantize=["MatMul"],
                per_channel=True,
                reduce_range=True,
                weight_type=quantizer.QuantType.QInt8,
                extra_options={"MatMulConstBOnly": True, "WeightSymmetric": True},
            )
    except OSError:
        raise
    except Exception as exc:  # it has no classes of its own
        raise not_made(f"ONNX Runtime could not quantise it ({first_line(exc)})") from exc


def halved(model: ModelProto) -> ModelProto:
    """Return the model, changed in place: large float32 weights in half precision, cast when loaded."""
    import onnx
    from onnx import helper, numpy_helper

    inputs = {one.name for one in model.graph.input}
    casts = []
    for weight in model.graph.initializer:
        is_small = math.prod(weight.dims) < SMALLEST_HALVED
        if weight.data_type != onnx.TensorProto.FLOAT or is_small or weight.name in inputs:
            continue
        name, half = weight.name, f"{weight.name}_half"
        number = numpy_helper.to_array(weight)
        weight.CopyFrom(numpy_helper.from_array(_as_half(number), half))
        casts.append(helper.make_node("Cast", [half], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def _as_half(number: np.ndarray) -> np.ndarray:
    """Round to half precision, what is too large to its largest number."""
    most = float(np.finfo(np.float16).max)
    half: np.ndarray = np.clip(number, -most, most).astype(np.float16)
    return half


def unhalved(model: ModelProto) -> ModelProto:
    """Return the model, changed in place: weights that a Cast turns into float32 are float32."""
    import onnx
    from onnx import numpy_helper

    weights = {weight.name: weight for weight in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        weight = weights.get(node.input[0]) if node.op_type == "Cast" else None
        if weight is None or node.attribute[0].i != onnx.TensorProto.FLOAT:
            nodes.append(node)
            continue
        number = numpy_helper.to_array(weight).astype(np.float32)
        model.graph.initializer.append(numpy_helper.from_array(number, node.output[0]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    drop_unused(model.graph)
    return model


def share_table(model: ModelProto) -> bool:
    """Keep an embedding that is also the last product's weights only once, as that product's INT8.

    A row of the embedding is a column of the product's weights, which has a scale of its own: the row is
    taken out of the INT8 and scaled. Whisper's two copies would be half of the file. Changes the model in
    place; False = it has no such pair.
    """
    import onnx
    from onnx import helper, numpy_helper

    weights = {weight.name: weight for weight in model.graph.initializer}
    for place, node in enumerate(model.graph.node):
        table = weights.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or table.data_type != onnx.TensorProto.FLOAT or _axis(node) != 0:
            continue
        rows = numpy_helper.to_array(table)
        found = _as_columns(rows, weights)
        if found is None:
            continue
        name, scale = found
        made = [
            helper.make_node("Gather", [name, node.input[1]], [f"{name}_taken"], axis=1),
            helper.make_node("Cast", [f"{name}_taken"], [f"{name}_float"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Gather", [scale, node.input[1]], [f"{name}_scales"], axis=0),
            helper.make_node("Mul", [f"{name}_float", f"{name}_scales"], [f"{name}_columns"]),
            # [D, B, T] to [B, T, D]
            helper.make_node("Transpose", [f"{name}_columns"], list(node.output), perm=[1, 2, 0]),
        ]  # fmt: skip
        nodes = list(model.graph.node)
        nodes[place : place + 1] = made
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        drop_unused(model.graph)
        return True
    return False


def _axis(node: object) -> int:
    return next((one.i for one in node.attribute if one.name == "axis"), 0)  # type: ignore[attr-defined]


def _as_columns(rows: np.ndarray, weights: dict[str, TensorProto]) -> tuple[str, str] | None:
    """Return the INT8 weights, and their scales, whose columns are the rows."""
    from onnx import numpy_helper

    for name, weight in weights.items():
        scale = f"{name.removesuffix('_quantized')}_scale"
        if not name.endswith("_quantized") or scale not in weights:
            continue
        if list(weight.dims) != list(rows.shape[::-1]):
            continue
        scales = numpy_helper.to_array(weights[scale])
        numbers = numpy_helper.to_array(weight)
        if scales.shape == (rows.shape[0],) and np.allclose(
            numbers.T * scales[:, None], rows, rtol=0, atol=0.51 * float(scales.max())
        ):
            return name, scale
    return None


def drop_unused(graph: GraphProto) -> None:
    """Take out the weights that no node and no output uses."""
    used = set(_used(graph)) | {one.name for one in graph.output}
    kept = [weight for weight in graph.initializer if weight.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _used(graph: GraphProto) -> Iterator[str]:
    for node in graph.node:
        yield from node.input
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else ()), *attribute.graphs):
                yield from _used(inner)
                yield from (one.name for one in inner.output)
