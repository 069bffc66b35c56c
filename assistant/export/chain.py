"""Text encoder, talker and vocoder become one graph: phoneme ids in, waveform out.

Owns how the three are connected: hidden_states, then the greatest of audio_logits (as the engine chooses it,
`assistant.engines.talker`), then sound. The whole sentence is made at once: who wants the first sound early
runs the three graphs one after another.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.errors import ModelError
from assistant.export.audio_core import MARK, single
from assistant.export.compare import same
from assistant.export.examples import FULL_OF, examples_for
from assistant.export.files import growing, sizes
from assistant.export.graphs import load, size_of
from assistant.export.joining import port, replace, union
from assistant.export.steps import Check, Exported, OnStep, Steps, agree, need
from assistant.export.torch_graph import run, session

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, ValueInfoProto

ENCODER, TALKER, VOCODER = "tts_encode", "talker", "vocode"
HIDDEN, LOGITS, IDS, WAVEFORM = "hidden_states", "audio_logits", "audio_ids", "waveform"
LENGTHS: Final = (9, 40, 120)
SEEDS: Final = (1, 2)
NAMES: Final = ("read the graphs", "join them", "compare with the three")


def export_chain(
    encoder: Path, talker: Path, vocoder: Path, target: Path, on_step: OnStep
) -> Exported:
    """Write the chain of three files and prove that it does what they do one after another.

    Args:
        encoder: an audio core, or ``phoneme_ids`` int64 [B, T] … → ``hidden_states`` float32 [B, S, H].
        talker: ``hidden_states`` → ``audio_logits`` float32 [B, S, V].
        vocoder: an audio core, or ``audio_ids`` int64 [B, S] or ``audio_logits`` → ``waveform`` float32
            [B, N].
        target: the file.
        on_step: told about each step.

    Raises:
        ModelError: a file cannot be read, they do not fit together, or the result differs.
    """
    need("a chain", "onnx", "onnxruntime")
    import onnx

    steps = Steps(NAMES, on_step)
    steps.begin(NAMES[0])
    files = {ENCODER: encoder, TALKER: talker, VOCODER: vocoder}
    parts = {role: _part(role, path) for role, path in files.items()}
    original = size_of(parts)
    with growing(target.parent, original * 2) as folder:
        path = folder / target.name
        steps.begin(NAMES[1])
        onnx.save(join(parts), path)
        steps.begin(NAMES[2])
        checks = _compared(parts, path)
        agree("the chain", checks)
        made = sizes(folder)
    steps.end()
    return Exported("chain", target.parent, made, original, checks)


def _part(role: str, path: Path) -> ModelProto:
    """Return a graph, out of the audio core if that is what the file is."""
    model = load(path)
    is_core = any(entry.key == MARK for entry in model.metadata_props)
    return single(model, role) if is_core else model


def join(parts: Mapping[str, ModelProto]) -> ModelProto:
    """Return one model of ``tts_encode``, ``talker`` and ``vocode``; pure.

    Its inputs are the encoder's, under their own names, of which speed and pitch may be left out. Its outputs
    are ``waveform`` and those of the encoder that the talker does not take.

    Raises:
        ModelError: ``model_unfit``: they do not fit together.
    """
    from onnx import helper

    _find(parts[ENCODER].graph.output, HIDDEN, "text encoder")
    hidden_in = _find(parts[TALKER].graph.input, HIDDEN, "talker")
    _find(parts[TALKER].graph.output, LOGITS, "talker")
    _find(parts[VOCODER].graph.output, WAVEFORM, "vocoder")
    takes = {one.name for one in parts[VOCODER].graph.input}
    if not takes & {IDS, LOGITS}:
        raise _unfit(f"the vocoder takes neither {IDS} nor {LOGITS}")
    _same_width(_find(parts[ENCODER].graph.output, HIDDEN, "text encoder"), hidden_in)

    settings = {one.name for one in parts[ENCODER].graph.input} & FULL_OF.keys()
    whole = union(parts, {port(ENCODER, name): FULL_OF[name] for name in settings})
    graph = whole.graph
    way = LOGITS if LOGITS in takes else IDS
    joints = {port(TALKER, HIDDEN), port(VOCODER, way)}
    names = {port(TALKER, HIDDEN): port(ENCODER, HIDDEN)}
    if way == LOGITS:
        names[port(VOCODER, LOGITS)] = port(TALKER, LOGITS)
    else:
        _choose(graph)
    needed = {port(ENCODER, one.name) for one in _needed(parts[ENCODER].graph)} - {
        port(ENCODER, name) for name in settings
    }
    _drop_ports(graph, without_default=needed | joints)
    names |= {one.name: one.name.rpartition("/")[2] for one in (*graph.input, *graph.output)}
    replace(graph, names)
    graph.name = "chain"
    own = {one.key: one.value for one in whole.metadata_props}
    del whole.metadata_props[:]
    helper.set_model_props(whole, {**own, "role": "chain"})
    return whole


def _choose(graph: GraphProto) -> None:
    """Add the choice of ids, right behind the logits."""
    from onnx import helper

    node = helper.make_node(
        "ArgMax", [port(TALKER, LOGITS)], [port(VOCODER, IDS)], axis=-1, keepdims=0
    )
    place = next(i for i, one in enumerate(graph.node) if port(TALKER, LOGITS) in one.output)
    graph.node.insert(place + 1, node)


def _needed(graph: GraphProto) -> list[ValueInfoProto]:
    defaults = {weight.name for weight in graph.initializer}
    return [one for one in graph.input if one.name not in defaults]


def _drop_ports(graph: GraphProto, without_default: set[str]) -> None:
    """Leave the encoder's inputs, the waveform, and what only the encoder gives out.

    What the vocoder alone takes becomes a constant: its default.
    """
    inputs = [one for one in graph.input if one.name.startswith(port(ENCODER, ""))]
    outputs = [
        one
        for one in graph.output
        if one.name == port(VOCODER, WAVEFORM)
        or (one.name.startswith(port(ENCODER, "")) and one.name != port(ENCODER, HIDDEN))
    ]
    weights = [one for one in graph.initializer if one.name not in without_default]
    del graph.initializer[:], graph.input[:], graph.output[:]
    graph.initializer.extend(weights)
    graph.input.extend(inputs)
    graph.output.extend(sorted(outputs, key=lambda one: one.name != port(VOCODER, WAVEFORM)))


def _find(ports: Any, name: str, what: str) -> ValueInfoProto:
    found: ValueInfoProto | None = next((one for one in ports if one.name == name), None)
    if found is None:
        raise _unfit(f"the {what} has no {name}")
    return found


def _same_width(given: ValueInfoProto, taken: ValueInfoProto) -> None:
    widths = [one.type.tensor_type.shape.dim[-1].dim_value for one in (given, taken)]
    if all(widths) and len(set(widths)) > 1:
        raise _unfit(
            f"the text encoder gives {widths[0]} numbers a frame, the talker takes {widths[1]}"
        )


def _unfit(why: str) -> ModelError:
    return ModelError(
        "model_unfit",
        f"The graphs do not make a chain: {why}.",
        "Give a text encoder, a talker and a vocoder of one voice (docs/talker.md has their ports).",
    )


# --- the same as the three ------------------------------------------------------------------------------


def _compared(parts: Mapping[str, ModelProto], chain: Path) -> tuple[Check, ...]:
    three = {role: session(model.SerializeToString()) for role, model in parts.items()}
    one = session(chain)
    checks = []
    for length, seed in itertools.product(LENGTHS, SEEDS):
        feeds = examples_for(parts[ENCODER].graph, length, seed)
        said = f"{length} made-up symbols, take {seed}"
        wanted = _one_after_another(three, feeds)
        (made,) = run(one, [WAVEFORM], feeds, "The chain")
        checks.append(same(f"waveform of {said}", wanted, made))
    return tuple(checks)


def _one_after_another(three: Mapping[str, Any], feeds: Mapping[str, Any]) -> Any:
    (hidden,) = run(three[ENCODER], [HIDDEN], feeds, "The text encoder")
    (logits,) = run(three[TALKER], [LOGITS], {HIDDEN: hidden}, "The talker")
    given = {}
    for one in three[VOCODER].get_inputs():
        if one.name == LOGITS:
            given[LOGITS] = logits
        elif one.name == IDS:
            given[IDS] = logits.argmax(-1)
        else:
            shape = [size if isinstance(size, int) else 1 for size in one.shape]
            given[one.name] = np.zeros(shape, NUMPY[one.type])
    (wave,) = run(three[VOCODER], [WAVEFORM], given, "The vocoder")
    return wave


NUMPY: Final = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32}
