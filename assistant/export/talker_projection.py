"""Qwen2.5-Omni's two products become the talker of the seeds: two files, FP32 and INT8.

Owns the contract of that file: names, shapes, IR version, where the weights lie. It computes
``codec_head(thinker_to_talker_proj(h))``, without the 24 layers that stand between the two in the model, so
it cannot speak (docs/talker.md, "What the two products can and cannot do"); it is a load to measure with.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.errors import ModelError
from assistant.export.compare import CLOSE, close, same
from assistant.export.files import growing, sizes
from assistant.export.quantize import int8
from assistant.export.sources import Source
from assistant.export.steps import Check, Exported, OnStep, Steps, agree, need
from assistant.export.torch_graph import describe, session

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import ModelProto, ValueInfoProto

CONTRACT: Final = (3584, 896, 8448)
"""Width of hidden_states, between the products, and of audio_logits. Source: design.md §6, 7B's sizes."""

FIRST, BIAS, SECOND = (
    "thinker_to_talker_proj.weight",
    "thinker_to_talker_proj.bias",
    "codec_head.weight",
)
"""Tensors of ``Qwen2_5OmniTalkerForConditionalGeneration``; a whole Omni puts ``talker.`` before them."""

WITHIN: Final = "talker."
OPSET: Final = 17
IR_VERSION: Final = 10
LENGTHS: Final = (1, 50)
CANNOT_SPEAK: Final = (
    "These two products cannot speak by themselves: the 24 layers between them are not in the file"
    " (docs/talker.md)."
)
NAMES: Final = ("find the tensors", "write the graph", "compare", "quantise", "compare again")


def export_talker_projection(
    source: Source, target: Path, on_step: OnStep, *, any_size: bool = False
) -> Exported:
    """Write ``target`` with ``target.data``, and the same in INT8 beside it, ``NAME_int8.onnx``.

    Args:
        source: a folder or repository of a whole Qwen2.5-Omni or its talker; of its shards, only those with
            the three tensors are fetched and read.
        target: the FP32 file.
        on_step: told about each step.
        any_size: also take other sizes than the contract's, such as those of the 3B model.

    Raises:
        ModelError: it cannot be read, does not fit together, or the result differs; nothing is left then.
    """
    need("the talker's projection", "onnx", "onnxruntime")
    import onnx

    steps = Steps(NAMES, on_step)
    steps.begin(NAMES[0])
    first, bias, second = _tensors(source, any_size=any_size)
    count = first.size + bias.size + second.size
    with growing(target.parent, count * 10) as folder:
        path, small = folder / target.name, folder / f"{target.stem}_int8.onnx"
        steps.begin(NAMES[1])
        model = projection(first, bias, second)
        onnx.save_model(
            model,
            path,
            save_as_external_data=True,
            location=f"{target.name}.data",
            size_threshold=0,
            convert_attribute=False,
        )
        steps.begin(NAMES[2])
        checks = [_contract(path, first.shape[0], second.shape[1])]
        hidden = [_hidden(length, first.shape[0]) for length in LENGTHS]
        wanted = [((one @ first + bias) @ second).astype(np.float32) for one in hidden]
        checks += [
            same(f"FP32, {length} positions, against numpy", one, _run(path, given))
            for length, one, given in zip(LENGTHS, wanted, hidden, strict=True)
        ]
        steps.begin(NAMES[3])
        int8(path, small)
        describe(small, {"role": "talker", "precision": "int8", "source": source.name})
        steps.begin(NAMES[4])
        checks += [_contract(small, first.shape[0], second.shape[1])]
        logits = _run(small, hidden[-1])
        checks += [close("INT8 against FP32", wanted[-1], logits, CLOSE)]
        agree("the talker's projection", tuple(checks))
        share = float(np.mean(wanted[-1].argmax(-1) == logits.argmax(-1)))
        made = sizes(folder)
    steps.end()
    agreement = (
        f"INT8 chooses the same code as FP32 at {share:.0%} of {LENGTHS[-1]} positions of random"
        " hidden states."
    )
    notes = (CANNOT_SPEAK, agreement)
    return Exported("talker projection", target.parent, made, count * 4, tuple(checks), notes)


def projection(
    first: NDArray[np.float32], bias: NDArray[np.float32], second: NDArray[np.float32]
) -> ModelProto:
    """Return MatMul, Add, MatMul as a graph: hidden_states [batch, seq, in] → audio_logits [batch, seq, out].

    Args:
        first: float32 [in, between].
        bias: float32 [between].
        second: float32 [between, out].
    """
    from onnx import helper, numpy_helper

    weights = [
        numpy_helper.from_array(np.ascontiguousarray(value), name)
        for name, value in (("first", first), ("bias", bias), ("second", second))
    ]
    nodes = [
        helper.make_node("MatMul", ["hidden_states", "first"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["inner"]),
        helper.make_node("MatMul", ["inner", "second"], ["audio_logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "talker",
        [_port("hidden_states", first.shape[0])],
        [_port("audio_logits", second.shape[1])],
        weights,
    )
    model: ModelProto = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="sarai",
    )
    helper.set_model_props(model, {"role": "talker", "precision": "fp32"})
    return model


def _port(name: str, width: int) -> ValueInfoProto:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "seq", width])


def _tensors(
    source: Source, *, any_size: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    names = [f"{WITHIN}{name}" for name in (FIRST, BIAS, SECOND)]
    found = source.tensors({*names, FIRST, BIAS, SECOND})
    own = {name.removeprefix(WITHIN): value for name, value in found.items()}
    if lacking := [name for name in (FIRST, BIAS, SECOND) if name not in own]:
        raise _unfit(source, f"it has no tensor {' and no '.join(lacking)}")
    _check_shapes(source, own, any_size=any_size)
    return own[FIRST].T, own[BIAS], own[SECOND].T


def _check_shapes(
    source: Source, own: Mapping[str, NDArray[np.float32]], *, any_size: bool
) -> None:
    first, bias, second = (own[name].shape for name in (FIRST, BIAS, SECOND))
    fits = len(first) == len(second) == 2 and first[0] == second[1] and bias == (first[0],)  # noqa: PLR2004
    if not fits:
        shapes = ", ".join(f"{n} {list(own[n].shape)}" for n in (FIRST, BIAS, SECOND))
        raise _unfit(source, f"the shapes do not go together ({shapes})")
    sizes_ = (first[1], first[0], second[0])
    if sizes_ != CONTRACT and not any_size:
        raise _unfit(
            source,
            f"its sizes are {' → '.join(map(str, sizes_))}, the talker's {' → '.join(map(str, CONTRACT))}",
            "Give Qwen2.5-Omni-7B, or --any-size to have it all the same.",
        )
    if not all(bool(np.isfinite(own[name]).all()) for name in (FIRST, BIAS, SECOND)):
        raise _unfit(source, "its weights are not all numbers")


def _unfit(source: Source, why: str, hint: str = "Give a whole Qwen2.5-Omni.") -> ModelError:
    return ModelError("model_unfit", f"{source.name} has no projection to export: {why}.", hint)


def _hidden(length: int, width: int) -> NDArray[np.float32]:
    return np.random.default_rng(length).standard_normal((1, length, width)).astype(np.float32)


def _run(path: Path, hidden: NDArray[np.float32]) -> NDArray[np.float32]:
    made: NDArray[np.float32] = session(path).run(["audio_logits"], {"hidden_states": hidden})[0]
    return made


def _contract(path: Path, wide: int, out: int) -> Check:
    """Check names, types, shapes and versions as the file itself says them."""
    from assistant.catalog.onnx_header import Port, read_onnx_header

    header = read_onnx_header(path)
    inputs = {"hidden_states": Port("float32", ("batch", "seq", wide))}
    outputs = {"audio_logits": Port("float32", ("batch", "seq", out))}
    ok = (header.ir_version, header.inputs, header.outputs) == (IR_VERSION, inputs, outputs)
    found = f"IR {header.ir_version}, {dict(header.inputs)} → {dict(header.outputs)}"
    said = f"IR {IR_VERSION}, hidden_states [batch, seq, {wide}] → audio_logits [batch, seq, {out}]"
    return Check(f"contract of {path.name}", ok, said if ok else found)
