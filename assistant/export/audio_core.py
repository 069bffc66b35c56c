"""Several graphs become one, of which a session runs one role at a time.

Owns gates and metadata. Pure: protobuf in, protobuf out; it reads and writes no file and runs nothing. The
rules are those of docs/export.md:

- everything of a role is renamed to ``role/name``, also the names of axes, so that roles cannot touch;
- every input gets a default, so that a run needs to give only those of its own role;
- a role's nodes are a branch of an ``If`` that asks whether the role's first input was given: its default is
  empty, and a role that was not asked for costs nothing and gives empty outputs.

Sources: ONNX IR, "an initializer of the same name as an input is its default" (since IR version 4).
``RunOptions.only_execute_path_to_fetches`` would be the other way to run one role, but ONNX Runtime's
released packages ignore it (``#ifdef ENABLE_TRAINING`` in ``sequential_executor.cc``; measured with 1.31.1:
all nodes ran). The branches need no option and work in every runtime.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.export.joining import (
    Joined,
    free_axes,
    inner_graphs,
    metadata_of,
    port,
    replace,
    replace_outputs,
    unfit,
)

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto

ROLES: Final = ("stt_encode", "stt_decode", "tts_encode", "vocode")
"""What the assistant's audio core does; the joining itself takes any names."""

MARK: Final = "sarai.audio_core"
"""Metadata key of every file made here; the value is the version of these rules."""

RULES: Final = "1"


__all__ = ["MARK", "ROLES", "merge", "port", "roles_of", "single"]


def merge(
    parts: Mapping[str, ModelProto],
    metadata: Mapping[str, str] | None = None,
    defaults: Mapping[str, float] | None = None,
) -> ModelProto:
    """Return one model that does what each of the parts does, all inputs optional.

    Args:
        parts: role → its graph, with its weights inside (``onnx.load`` reads external ones too); left as is.
        metadata: further keys for the whole, such as ``licence``. A part's own metadata becomes
            ``role/key``; a ``licence`` that is not given here is made of the parts'.
        defaults: ``role/input`` → the number its default is full of (0 without), such as a speed of 1. An
            input that has a default already keeps it.

    The metadata ``roles`` is JSON: role →
    ``{"inputs": {name: port}, "outputs": {name: port}, "gate": name}``,
    a port being ``{"name", "type", "shape"}``. A role runs when its gate is given, which is its first input
    with an axis of free length.

    Raises:
        ModelError: ``model_unfit``: a part is no plain graph, or the parts do not go together.
    """
    joined = Joined(parts, defaults or {})
    core = joined.model("audio_core")
    roles = {}
    for role, model in joined.parts.items():
        gate = _gate(model.graph, role, joined.own_defaults[role])
        joined.take_defaults(core, role, gate)
        _lift(core, model.graph, joined.weights)
        core.graph.node.extend(_gated(role, model.graph, gate))
        core.graph.input.extend(model.graph.input)
        core.graph.output.extend(model.graph.output)
        roles[role] = {
            "inputs": _ports(role, model.graph.input),
            "outputs": _ports(role, model.graph.output),
            "gate": gate,
        }
    joined.finish(core)
    said = {MARK: RULES, "roles": json.dumps(roles), **metadata_of(parts), **(metadata or {})}
    for key, value in said.items():
        core.metadata_props.add(key=key, value=value)
    return core


def roles_of(metadata: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return what the metadata of an audio core says of its roles; empty = it is none.

    Args:
        metadata: e.g. ``session.get_modelmeta().custom_metadata_map``.
    """
    if MARK not in metadata:
        return {}
    try:
        found = json.loads(metadata["roles"])
    except (KeyError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def single(core: ModelProto, role: str) -> ModelProto:
    """Return one role of an audio core as a graph of its own, with its own names; all its inputs are needed.

    Raises:
        ModelError: ``model_unfit``: it is no audio core, or has no such role.
    """
    import onnx

    said = {entry.key: entry.value for entry in core.metadata_props}
    if role not in roles_of(said):
        raise unfit(f"There is no {role} in it")
    start = port(role, "")
    gated = next(node for node in core.graph.node if node.name == port(role, "role"))
    branch = next(one.g for one in gated.attribute if one.name == "then_branch")
    made = onnx.ModelProto(ir_version=core.ir_version, producer_name=core.producer_name)
    made.opset_import.extend(core.opset_import)
    made.graph.name = role
    used = set(_names(branch))
    front = [node for node in core.graph.node if node.op_type == "Cast" and node.output[0] in used]
    used |= {node.input[0] for node in front}
    made.graph.node.extend([*front, *branch.node])
    inputs = [one for one in core.graph.input if one.name.startswith(start)]
    given = {one.name for one in inputs}
    lifted = [one for one in core.graph.initializer if one.name in used - given]
    made.graph.initializer.extend([*branch.initializer, *lifted])
    made.graph.input.extend(inputs)
    made.graph.output.extend(one for one in core.graph.output if one.name.startswith(start))
    inside = port(role, "inside/") + start
    every = {*used, *given, *_names(made.graph), *(one.name for one in made.graph.output)}
    replace(made.graph, {name: name.removeprefix(inside).removeprefix(start) for name in every})
    for one in (*made.graph.input, *made.graph.output):
        for axis in one.type.tensor_type.shape.dim:
            if axis.dim_param:
                axis.dim_param = axis.dim_param.removeprefix(start)
    for key, value in said.items():
        if key.startswith(start):
            made.metadata_props.add(key=key.removeprefix(start), value=value)
    return made


def _names(graph: GraphProto) -> Iterator[str]:
    """Yield the names of all values in a graph, also those inside of its branches."""
    for node in graph.node:
        yield from (*node.input, *node.output)
        for inner in inner_graphs(node):
            yield from _names(inner)
    yield from (one.name for one in (*graph.initializer, *graph.output))


# --- gates ---------------------------------------------------------------------------------


def _gate(graph: GraphProto, role: str, own_defaults: set[str]) -> str:
    """Return the input whose being given starts the role, its axes such that it can be empty."""
    needed = [one for one in graph.input if one.name not in own_defaults]
    if not needed:
        raise unfit(f"The graph for {role} needs no input, so nothing could start it")
    free = [one for one in needed if free_axes(one)]
    gate = (free or needed)[0]
    if not gate.type.tensor_type.shape.dim:
        raise unfit(f"{gate.name} of {role} is a single number and cannot be left empty")
    if not free:  # its first axis may be empty now
        gate.type.tensor_type.shape.dim[0].dim_param = port(role, "batch")
    return str(gate.name)


def _lift(core: ModelProto, graph: GraphProto, shared: frozenset[str]) -> None:
    """Move weights, and the nodes that only cast them, out of a role's graph and in front of all.

    Inside of a branch ONNX Runtime keeps them twice (an audio core of 39 MB took 87; 1.31.1, 2026-11-21).
    """
    outputs = {one.name for one in graph.output}
    weights = {one.name: one for one in graph.initializer if one.name not in outputs}
    kept = [one for one in graph.initializer if one.name in outputs]
    core.graph.initializer.extend(weights.values())
    known = shared | weights.keys()
    nodes: list[NodeProto] = []
    for node in graph.node:
        is_ready = node.op_type == "Cast" and node.input[0] in known
        (core.graph.node if is_ready and node.output[0] not in outputs else nodes).append(node)
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)


def _gated(role: str, graph: GraphProto, gate: str) -> list[NodeProto]:
    """Return the role's graph as a branch that is only taken when the gate is not empty."""
    import onnx
    from onnx import helper, numpy_helper

    names = {one.name: port(role, f"inside/{one.name}") for one in graph.output}
    work = onnx.GraphProto(name=f"{role}_at_work")
    for field in ("node", "output", "initializer", "sparse_initializer", "value_info"):
        getattr(work, field).extend(getattr(graph, field))
    given = {one.name for one in graph.input} | {one.name for one in graph.initializer}
    replace(work, {name: new for name, new in names.items() if name not in given})
    for name in names.keys() & given:  # what only passes through
        work.node.append(helper.make_node("Identity", [name], [names[name]]))
        replace_outputs(work, {name: names[name]})

    rest = onnx.GraphProto(name=f"{role}_at_rest")
    for one in graph.output:
        rest.node.append(_empty(one, port(role, f"at_rest/{one.name}")))
        value = rest.output.add()
        value.CopyFrom(one)
        value.name = port(role, f"at_rest/{one.name}")
        value.type.tensor_type.ClearField("shape")
    size, nothing, wanted = (port(role, f"gate/{name}") for name in ("size", "nothing", "wanted"))
    zero = numpy_helper.from_array(np.array(0, np.int64))
    return [
        helper.make_node("Size", [gate], [size], name=size),
        helper.make_node("Constant", [], [nothing], name=nothing, value=zero),
        helper.make_node("Greater", [size, nothing], [wanted], name=wanted),
        helper.make_node(
            "If",
            [wanted],
            [one.name for one in graph.output],
            name=port(role, "role"),
            then_branch=work,
            else_branch=rest,
        ),
    ]


def _empty(one: ValueInfoProto, name: str) -> NodeProto:
    """Return a constant of an output's type and rank with nothing in it."""
    from onnx import helper, numpy_helper

    tensor = one.type.tensor_type
    shape = [axis.dim_value for axis in tensor.shape.dim] or [0]
    if all(shape):
        shape[0] = 0
    value = np.zeros(shape, helper.tensor_dtype_to_np_dtype(tensor.elem_type))
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))


# --- what the file says of itself -----------------------------------------------------------------------


def _ports(role: str, values: Any) -> dict[str, dict[str, object]]:
    from onnx import helper

    def cut(name: str) -> str:
        return str(name).removeprefix(f"{role}/")

    return {
        cut(value.name): {
            "name": value.name,
            "type": helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).name,
            "shape": [
                axis.dim_value if axis.HasField("dim_value") else cut(axis.dim_param)
                for axis in value.type.tensor_type.shape.dim
            ],
        }
        for value in values
    }
