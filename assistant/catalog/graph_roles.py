"""What each part of the seeds' chain must be, looked at from outside: nothing here is run.

Owns the contract of a role (docs/talker.md) and the checks of a file against it: the runtime reads it, its
weights are all there and are numbers, its signature, size and layers are those of its role. Whether it means
something is `assistant.catalog.graph_runs`' question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.catalog.checks import Check
from assistant.catalog.entries import Graph, Tensor
from assistant.catalog.onnx_header import (
    OnnxHeader,
    Port,
    read_onnx_header,
    signature_differences,
)
from assistant.catalog.onnx_weights import (
    Contents,
    missing_weights,
    read_contents,
    spoilt_weights,
)
from assistant.engines.onnx_limits import RuntimeLimits
from assistant.errors import ModelError

HIDDEN: Final = 3584
INNER: Final = 896
VOCABULARY: Final = 8448
"""The seeds' contract (docs/talker.md)."""

CODES: Final = 8192
"""Ids below it stand for sounds; the rest are Qwen's control codes."""

TALKER, AUDIO_CORE = "talker", "audio_core"
CORE_ROLES: Final = ("stt_encode", "stt_decode", "tts_encode", "vocode")

_FILES: Final[Mapping[str, str]] = {
    "tts_encode.onnx": "tts_encode",
    "talker.onnx": TALKER,
    "talker_int8.onnx": TALKER,
    "vocode.onnx": "vocode",
    "stt_encode.onnx": "stt_encode",
    "stt_decode.onnx": "stt_decode",
    "audio_core.onnx": AUDIO_CORE,
}
"""What the files of our own chain are called (docs/talker.md)."""

CORE_MARK: Final = "sarai.audio_core"
"""Metadata key of a file that holds several roles, as `assistant export` writes it."""


def _tensor(kind: str, *shape: int | str) -> Tensor:
    return Tensor.model_validate({"type": kind, "shape": shape})


CONTRACTS: Final[Mapping[str, Graph]] = {
    TALKER: Graph(
        inputs={"hidden_states": _tensor("float32", "b", "s", HIDDEN)},
        outputs={"audio_logits": _tensor("float32", "b", "s", VOCABULARY)},
    ),
    "tts_encode": Graph(
        inputs={
            "phoneme_ids": _tensor("int64", "b", "t"),
            "speed": _tensor("float32", "b"),
            "pitch_semitones": _tensor("float32", "b"),
        },
        outputs={
            "hidden_states": _tensor("float32", "b", "s", HIDDEN),
            "frames": _tensor("int64", "b", "t"),
        },
    ),
    "vocode": Graph(
        inputs={
            "audio_ids": _tensor("int64", "b", "s"),
            "phase": _tensor("float32", "b"),
            "anchor_frame": _tensor("int64", 1),
            "first_frame": _tensor("int64", 1),
        },
        outputs={
            "waveform": _tensor("float32", "b", "n"),
            "frame_phases": _tensor("float32", "b", "f"),
        },
    ),
    "stt_encode": Graph(
        inputs={"samples": _tensor("float32", "b", "n")},
        outputs={"features": _tensor("float32", "b", "t", "d")},
        states=True,
    ),
    "stt_decode": Graph(
        inputs={"features": _tensor("float32", "b", "t", "d")},
        outputs={"text_logits": _tensor("float32", "b", "t", "units")},
    ),
}
"""What goes in and comes out. A recogniser's encoder may take and give more, such as what it heard before."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a role takes at least and at most.

    Attributes:
        least_weights: numbers; fewer cannot know what the role needs.
        most_bytes: of all weights.
    """

    least_weights: int
    most_bytes: int


_MB: Final = 1_000_000
MOST_CORE_BYTES: Final = 97 * 1_048_576
"""The seeds' bound for the audio core."""

SIZES: Final[Mapping[str, Size]] = {
    # Exactly the two products; INT8 adds a scale for each column, so a little more is right.
    TALKER: Size(HIDDEN * INNER + INNER * VOCABULARY, 45 * _MB),
    # Ours have 3.7 and 3.0 million. A tenth of a million is less than any speech model that we know of.
    "tts_encode": Size(100_000, MOST_CORE_BYTES),
    "vocode": Size(100_000, MOST_CORE_BYTES),
    "stt_encode": Size(100_000, MOST_CORE_BYTES),
    "stt_decode": Size(1_000, MOST_CORE_BYTES),
    AUDIO_CORE: Size(301_000, MOST_CORE_BYTES),
}

_PRODUCTS: Final = frozenset({"MatMul", "Gemm", "MatMulInteger", "MatMulNBits", "QLinearMatMul"})
_AROUND_PRODUCTS: Final = frozenset(
    {
        "Add",
        "Cast",
        "Constant",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "Identity",
        "Mul",
        "QuantizeLinear",
        "Reshape",
        "Sub",
        "Transpose",
    }
)
"""What may stand beside products without making more of them than one product: sums, scales, shapes."""

_TALKER_PRODUCTS: Final = (f"{HIDDEN}x{INNER}", f"{INNER}x{VOCABULARY}")

LINEAR_ROLES: Final = frozenset({TALKER, "stt_decode"})
"""Roles that a product or two can do: a search for the nearest sound, a choice of letters."""


def check_graph(path: Path, role: str, limits: RuntimeLimits | None = None) -> list[Check]:
    """Return whether a file can be what ``role`` needs: format, weights, role and size.

    Args:
        path: the ONNX file; weights beside it are found.
        role: of :data:`CONTRACTS`, or :data:`AUDIO_CORE`.
        limits: of the installed runtime, see `assistant.engines.onnx_limits`; None = whether it reads the
            file is left open, and the runtime need not be loaded to know.

    Raises:
        OSError: it cannot be read.
    """
    name = path.name
    try:
        header, contents = read_onnx_header(path), read_contents(path)
    except ModelError as exc:
        return [Check(f"format of {name}", ok=False, detail=exc.message)]
    there = list(missing_weights(path, contents))
    checks = [
        _check(f"format of {name}", too_new(header, limits), _versions(header, limits)),
        _check(f"weights of {name}", there, _weights_in_words(contents)),
    ]
    if there:
        return checks
    spoilt = [
        f"{count} of the weights {weight} are no numbers"
        for weight, count in spoilt_weights(path, contents)
    ]
    if spoilt:
        checks[-1] = _check(f"weights of {name}", spoilt, "")
    not_it = [
        *_role_problems(header, role),
        *_signature_problems(header, role),
        *_layer_problems(contents, role),
    ]
    return [
        *checks,
        _check(f"role of {name}", not_it, f"{role}: {_signature_in_words(header, role)}"),
        _check(f"size of {name}", list(_size_problems(contents, role)), f"fits {role}"),
    ]


def _check(name: str, problems: list[str], otherwise: str) -> Check:
    return Check(name, ok=not problems, detail="; ".join(problems) or otherwise)


# --- the single checks ----------------------------------------------------------------------------------


def too_new(header: OnnxHeader, limits: RuntimeLimits | None) -> list[str]:
    """Return in words what of the file is newer than the runtime reads; without limits nothing is."""
    if limits is None:
        return []
    has = f"the ONNX Runtime {limits.version} here reads up to"
    found = []
    if header.ir_version > limits.ir_version:
        found.append(f"is written in IR version {header.ir_version}; {has} {limits.ir_version}")
    if header.opset > limits.opset:
        found.append(f"needs opset {header.opset}; {has} {limits.opset}")
    return found


def _versions(header: OnnxHeader, limits: RuntimeLimits | None) -> str:
    if limits is None:
        return f"IR version {header.ir_version}, opset {header.opset}"
    return (
        f"IR version {header.ir_version} of {limits.ir_version},"
        f" opset {header.opset} of {limits.opset} that the runtime reads"
    )


def _role_problems(header: OnnxHeader, role: str) -> Iterator[str]:
    if role == AUDIO_CORE:
        missing = [one for one in CORE_ROLES if one not in core_ports(header.metadata)]
        if len(missing) == len(CORE_ROLES):
            yield "it says of no role that it can do it"
        elif missing:
            yield f"it cannot do {', '.join(missing)}"
    elif CORE_MARK not in header.metadata and header.metadata.get("role", role) != role:
        yield f"it says that it is {header.metadata['role']}, not {role}"


def _signature_problems(header: OnnxHeader, role: str) -> Iterator[str]:
    ports = core_ports(header.metadata)
    if role == AUDIO_CORE:
        needed = [f"input {name} has no default" for name in header.inputs]
        yield from needed if ports else ()
        for part in (one for one in CORE_ROLES if one in ports):
            for text in _signature_problems(header, part):
                yield f"{part}: {text}"
        return
    inner = _of_role(header, role, ports)
    yield from signature_differences(inner, CONTRACTS[role])


def _of_role(header: OnnxHeader, role: str, ports: Mapping[str, Any]) -> OnnxHeader:
    """Return the header as if the role had a file of its own, without inputs that nobody has to give."""
    given = {**header.inputs, **header.optional}
    outputs = header.outputs
    if role in ports:
        given = _own(ports[role]["inputs"], given)
        outputs = _own(ports[role]["outputs"], outputs)
    needed = CONTRACTS[role].inputs if role in CONTRACTS else given
    inputs = {name: port for name, port in given.items() if name in needed or name in header.inputs}
    return OnnxHeader(header.ir_version, header.opset, inputs, outputs, {})


def _own(ports: Mapping[str, Any], present: Mapping[str, Port]) -> dict[str, Port]:
    names = {name: port["name"] for name, port in ports.items()}
    return {name: present[full] for name, full in names.items() if full in present}


def core_ports(metadata: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return of an audio core role → ``{"inputs": {name: port}, "outputs": …}``; empty = it is none."""
    if CORE_MARK not in metadata:
        return {}
    try:
        found = json.loads(metadata["roles"])
        return {
            role: {kind: dict(ports[kind]) for kind in ("inputs", "outputs")}
            for role, ports in found.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def _signature_in_words(header: OnnxHeader, role: str) -> str:
    if role == AUDIO_CORE:
        return f"{len(header.optional)} inputs, all optional; {len(header.outputs)} outputs"
    inner = _of_role(header, role, core_ports(header.metadata))
    return f"{', '.join(inner.inputs)} → {', '.join(inner.outputs)}"


def _size_problems(contents: Contents, role: str) -> Iterator[str]:
    size = SIZES[role]
    count = sum(weight.count for weight in contents.weights.values())
    total = sum(weight.bytes for weight in contents.weights.values())
    if count < size.least_weights:
        yield f"{count:,} weights are too few for {role}, which takes at least {size.least_weights:,}"
    if total > size.most_bytes:
        yield f"{total:,} bytes of weights are too many for {role}, which takes at most {size.most_bytes:,}"


def _layer_problems(contents: Contents, role: str) -> Iterator[str]:
    shapes = list(_product_shapes(contents))
    if role == TALKER:
        if "MatMulNBits" not in contents.operators and shapes != list(_TALKER_PRODUCTS):
            yield (
                f"its products are with {_listed(shapes)};"
                f" those of a talker are with {_listed(_TALKER_PRODUCTS)}"
            )
    elif role not in LINEAR_ROLES and not set(contents.operators) - _PRODUCTS - _AROUND_PRODUCTS:
        yield (
            f"it is nothing but products with {_listed(shapes)}: weighted sums of what comes in,"
            f" which cannot do the work of {role}"
        )


def _listed(shapes: Iterable[str]) -> str:
    return " and ".join(shapes) or "no weights"


def _product_shapes(contents: Contents) -> Iterator[str]:
    for operator in sorted(_PRODUCTS & set(contents.inputs_of)):
        for given in contents.inputs_of[operator]:
            for weight in (contents.weights[one] for one in given if one in contents.weights):
                if len(weight.shape) > 1:
                    yield "x".join(map(str, weight.shape))


def _weights_in_words(contents: Contents) -> str:
    count = sum(weight.count for weight in contents.weights.values())
    total = sum(weight.bytes for weight in contents.weights.values())
    return f"{count:,} weights, {total:,} bytes"


def roles_of_files(names: Iterable[str]) -> dict[str, str]:
    """Return of the files that the parts of our own chain lie in: name → role."""
    return {name: _FILES[name] for name in names if name in _FILES}
