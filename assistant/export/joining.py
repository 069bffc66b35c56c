"""Several graphs side by side in one: names that cannot touch, one opset, weights they share, defaults.

Owns that joining. Pure: protobuf in, protobuf out. What makes an audio core or a chain of it is
`assistant.export.audio_core`'s and `assistant.export.chain`'s.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.errors import ModelError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

IR_VERSION: Final = 10
SHARED_FROM_BYTES: Final = 1024
"""Equal weights of several roles are kept once from this size on."""

_FIRST_IR_WITH_DEFAULTS: Final = 4
_ROLE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_OWN_DOMAIN: Final = ("", "ai.onnx")
_SHARED: Final = "shared/"


def port(role: str, name: str) -> str:
    """Return what an input or output of a role's own graph is called in the joined one."""
    return f"{role}/{name}"


def union(
    parts: Mapping[str, ModelProto], defaults: Mapping[str, float] | None = None
) -> ModelProto:
    """Return one model with all nodes of all parts side by side, named and with defaults.

    It runs all of them; the beginning of a graph that connects them.

    Raises:
        ModelError: ``model_unfit``.
    """
    joined = Joined(parts, defaults or {})
    whole = joined.model("union")
    for role, model in joined.parts.items():
        joined.take_defaults(whole, role)
        for field in ("node", "input", "output", "value_info", "initializer", "sparse_initializer"):
            getattr(whole.graph, field).extend(getattr(model.graph, field))
    joined.finish(whole)
    for key, value in metadata_of(parts).items():
        whole.metadata_props.add(key=key, value=value)
    return whole


class Joined:
    """The parts under their new names, checked and in one opset, and what they share.

    Attributes:
        parts: role → its graph, renamed, without the defaults of inputs and without shared weights.
        own_defaults: role → the inputs that had a default themselves.
    """

    def __init__(self, parts: Mapping[str, ModelProto], defaults: Mapping[str, float]) -> None:
        if not parts:
            raise unfit("There is no graph to join")
        for role in parts:
            if not _ROLE_NAME.fullmatch(role):
                raise unfit(f"A role cannot be called {role!r}: small letters, digits and _ only")
        own = {role: _copied(role, model) for role, model in parts.items()}
        self._opset = max(_opset(model) for model in own.values())
        self.parts = {role: _raised(role, model, self._opset) for role, model in own.items()}
        self._shared: dict[str, TensorProto] = {}
        self._defaults: dict[str, list[TensorProto]] = {}
        self.own_defaults: dict[str, set[str]] = {}
        self._given = dict(defaults)
        shared = shared_weights(self.parts)
        for role, model in self.parts.items():
            rename(model.graph, role, shared.get(role, {}))
            self._take_out(role, model.graph)

    def _take_out(self, role: str, graph: GraphProto) -> None:
        inputs = {one.name for one in graph.input}
        kept = []
        self._defaults[role] = []
        for weight in graph.initializer:
            if weight.name in inputs:
                self._defaults[role].append(weight)
            elif weight.name.startswith(_SHARED):
                self._shared[weight.name] = weight
            else:
                kept.append(weight)
        del graph.initializer[:]
        graph.initializer.extend(kept)
        self.own_defaults[role] = {weight.name for weight in self._defaults[role]}

    @property
    def weights(self) -> frozenset[str]:
        """The names of the weights that several roles share."""
        return frozenset(self._shared)

    def model(self, name: str) -> ModelProto:
        """Return a model with nothing in it but versions."""
        import onnx

        made = onnx.ModelProto(
            ir_version=max(IR_VERSION, *(one.ir_version for one in self.parts.values())),
            producer_name="sarai",
        )
        made.graph.name = name
        for domain, version in _domains(self.parts, self._opset).items():
            made.opset_import.add(domain=domain, version=version)
        return made

    def take_defaults(self, model: ModelProto, role: str, gate: str = "") -> None:
        """Give ``model`` the defaults of a role's inputs, the gate's being empty."""
        own = self._defaults[role]
        graph = self.parts[role].graph
        made = _defaults(graph, role, gate, self.own_defaults[role], self._given)
        model.graph.initializer.extend([*own, *made])

    def finish(self, model: ModelProto) -> None:
        """Give ``model`` what the roles share."""
        model.graph.initializer.extend(self._shared.values())
        if self._given:
            raise unfit(f"There is no input {' or '.join(self._given)} that lacks a default")


# --- what a part must be --------------------------------------------------------------------------------


def _copied(role: str, model: ModelProto) -> ModelProto:
    """Return a part with its own functions written out, and checked."""
    import onnx
    from onnx import inliner

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    if not copy.graph.node or not copy.graph.output:
        raise unfit(f"The graph for {role} computes nothing")
    if any(weight.data_location == onnx.TensorProto.EXTERNAL for weight in copy.graph.initializer):
        raise unfit(f"The weights of {role} were not loaded with its graph")
    if copy.functions:
        copy = inliner.inline_local_functions(copy)
    if copy.ir_version < _FIRST_IR_WITH_DEFAULTS:  # there, every weight is an input too
        weights = {weight.name for weight in copy.graph.initializer}
        inputs = [one for one in copy.graph.input if one.name not in weights]
        del copy.graph.input[:]
        copy.graph.input.extend(inputs)
    for one in (*copy.graph.input, *copy.graph.output):
        if not one.type.HasField("tensor_type") or not one.type.tensor_type.elem_type:
            raise unfit(f"{one.name} of {role} is no tensor")
    for one in copy.graph.input:
        if not one.type.tensor_type.HasField("shape"):
            raise unfit(f"The graph for {role} does not say how many axes {one.name} has")
    return copy


def _opset(model: ModelProto) -> int:
    return max((one.version for one in model.opset_import if one.domain in _OWN_DOMAIN), default=1)


def _raised(role: str, model: ModelProto, opset: int) -> ModelProto:
    """Return the part in the newest opset among the parts: one file has one."""
    from onnx import version_converter

    if _opset(model) == opset:
        return model
    try:
        return version_converter.convert_version(model, opset)
    except Exception as exc:  # the converter raises RuntimeError and its own, unexported classes
        raise unfit(
            f"The graph for {role} has opset {_opset(model)}, another part {opset},"
            " and it cannot be raised to that"
        ) from exc


def _domains(parts: Mapping[str, ModelProto], opset: int) -> dict[str, int]:
    found = {"": opset}
    for role, model in parts.items():
        for one in model.opset_import:
            if one.domain in _OWN_DOMAIN:
                continue
            if found.setdefault(one.domain, one.version) != one.version:
                raise unfit(
                    f"The graph for {role} uses version {one.version} of the operators {one.domain},"
                    f" another part version {found[one.domain]}"
                )
    return found


# --- names ----------------------------------------------------------------------------------------------


def rename(graph: GraphProto, role: str, shared: Mapping[str, str]) -> None:
    """Put the role before every name, also inside of branches and loops, which see the names outside.

    ``shared`` gives names that become something else, such as those of :func:`shared_weights`.
    """

    def new(name: str) -> str:
        return shared.get(name) or (port(role, name) if name else "")

    for node in graph.node:
        node.name = port(role, node.name) if node.name else ""
        node.input[:] = [new(name) for name in node.input]
        node.output[:] = [new(name) for name in node.output]
        for inner in inner_graphs(node):
            rename(inner, role, shared)
    for weight in graph.initializer:
        weight.name = new(weight.name)
    for sparse in graph.sparse_initializer:
        sparse.values.name = new(sparse.values.name)
    for value in (*graph.input, *graph.output, *graph.value_info):
        value.name = new(value.name)
        _rename_axes(value, role)
    del graph.quantization_annotation[:]  # a hint for tools, which would name what is no more


def _rename_axes(value: ValueInfoProto, role: str) -> None:
    for axis in value.type.tensor_type.shape.dim:
        if axis.dim_param:
            axis.dim_param = port(role, axis.dim_param)


def shared_weights(parts: Mapping[str, ModelProto]) -> dict[str, dict[str, str]]:
    """Return role → its weight → the one name under which several parts' equal weights are kept."""
    found: dict[bytes, list[tuple[str, str]]] = {}
    for role, model in parts.items():
        inputs = {one.name for one in model.graph.input}
        for weight in model.graph.initializer:
            if weight.name not in inputs and len(weight.raw_data) >= SHARED_FROM_BYTES:
                found.setdefault(_fingerprint(weight), []).append((role, weight.name))
    names: dict[str, dict[str, str]] = {}
    for places in found.values():
        if len({role for role, _ in places}) > 1:
            first = port(*places[0])
            for role, name in places:
                names.setdefault(role, {})[name] = f"{_SHARED}{first}"
    return names


def _fingerprint(weight: TensorProto) -> bytes:
    head = f"{weight.data_type} {list(weight.dims)} ".encode()
    return hashlib.sha256(head + weight.raw_data).digest()


# --- defaults ------------------------------------------------------------------------------------------


def free_axes(one: ValueInfoProto) -> list[int]:
    """Return the places of the axes of free length."""
    axes = one.type.tensor_type.shape.dim
    return [place for place, axis in enumerate(axes) if not axis.HasField("dim_value")]


def _defaults(
    graph: GraphProto, role: str, gate: str, own: set[str], given: dict[str, float]
) -> list[TensorProto]:
    """Return a default for every input without one of its ``own``; takes from ``given``.

    Axes of free length are 1 long, those of the gate 0.
    """
    from onnx import helper, numpy_helper

    made = []
    for one in graph.input:
        if one.name in own:
            continue
        tensor = one.type.tensor_type
        free = 0 if one.name == gate else 1
        shape = [
            axis.dim_value if axis.HasField("dim_value") else free for axis in tensor.shape.dim
        ]
        kind = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        if kind == np.dtype(object):
            raise unfit(f"{one.name} of {role} is text, which an audio core has none of")
        value = np.full(shape, given.pop(one.name, 0), kind)
        made.append(numpy_helper.from_array(value, one.name))
    return made


# --- small changes -------------------------------------------------------------------------------------


def replace(graph: GraphProto, names: Mapping[str, str]) -> None:
    """Give values other names, also inside of branches and loops."""
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
        for inner in inner_graphs(node):
            replace(inner, names)
    for one in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        one.name = names.get(one.name, one.name)


def replace_outputs(graph: GraphProto, names: Mapping[str, str]) -> None:
    """Give the outputs alone other names."""
    for one in graph.output:
        one.name = names.get(one.name, one.name)


def inner_graphs(node: NodeProto) -> Iterator[GraphProto]:
    """Yield the branches or loop bodies of a node."""
    for attribute in node.attribute:
        yield from (*([attribute.g] if attribute.HasField("g") else ()), *attribute.graphs)


# --- metadata ------------------------------------------------------------------------------------------


def metadata_of(parts: Mapping[str, ModelProto]) -> dict[str, str]:
    """Return the parts' metadata under their roles, and the licence of all."""
    own = dict(_own_metadata(parts))
    licences = [own[key] for role in parts if (key := port(role, "licence")) in own]
    known = {"licence": "; ".join(dict.fromkeys(licences))} if licences else {}
    return {**own, **known}


def _own_metadata(parts: Mapping[str, ModelProto]) -> Iterator[tuple[str, str]]:
    for role, model in parts.items():
        for entry in model.metadata_props:
            yield port(role, entry.key), entry.value


def unfit(why: str) -> ModelError:
    """Return the error for parts that cannot be joined."""
    return ModelError("model_unfit", f"{why}.", "See docs/export.md for what the parts must be.")
