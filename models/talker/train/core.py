"""One file of the four roles: `audio_core.onnx`. Owns which graphs go into it and what it says of itself.

The joining is the program's own (`assistant export audio-core`). `python core.py GRAPHS OUT.onnx`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROLES = ("stt_encode", "stt_decode", "tts_encode", "vocode")
MOST_BYTES = 45_000_000
FEATURES = 192  # of `ears_net`, which needs torch
DEFAULTS = {"tts_encode/speed": 1.0}


def write(graphs: Path, path: Path) -> None:
    """Join `graphs/ROLE.onnx` into `path`, and check that every role runs alone and as before."""
    import onnx

    from assistant.export.audio_core import merge

    parts = {role: onnx.load(graphs / f"{role}.onnx") for role in ROLES}
    core = merge(
        parts,
        {
            "licence": "GPL-3.0-or-later",
            "language": "en",
            "sample_rates": json.dumps({"stt_encode": 16_000, "vocode": 24_000}),
            "source": "models/talker/MODEL_CARD.md",
        },
        DEFAULTS,
    )
    lift(core)
    onnx.checker.check_model(core)
    onnx.save(core, path)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {size:,} bytes, more than {MOST_BYTES:,}")
    worst = {role: differences(parts[role], path, role) for role in ROLES}
    if max(worst.values()) > 1e-5:
        raise SystemExit(f"the joined roles differ from the single graphs: {worst}")
    print(f"core: {path.name} {size:,} bytes; each role gives what its own graph gives", flush=True)


def lift(core: Any) -> None:
    """Move weights, and what only prepares them, out of the roles' branches; in place.

    Inside a branch ONNX Runtime keeps them twice and more: 87 instead of 39 MB (1.31.1, 2026-11-21).
    """
    weights = {weight.name for weight in core.graph.initializer}
    constant = weights - {value.name for value in core.graph.input}
    front = []
    for gate in (node for node in core.graph.node if node.op_type == "If"):
        work = next(a.g for a in gate.attribute if a.name == "then_branch")
        core.graph.initializer.extend(work.initializer)
        constant.update(weight.name for weight in work.initializer)
        del work.initializer[:]
        kept = []
        for node in work.node:
            is_ready = node.op_type == "Cast" and node.input[0] in constant
            constant.update(node.output if is_ready else ())
            (front if is_ready else kept).append(node)
        del work.node[:]
        work.node.extend(kept)
    nodes = [*front, *core.graph.node]
    del core.graph.node[:]
    core.graph.node.extend(nodes)


def single(core: Any, role: str) -> Any:
    """Return one role of a core as a model of its own, with its own names and metadata."""
    import onnx

    prefix = f"{role}/"
    (gated,) = (node for node in core.graph.node if node.name == f"{role}/role")
    work = next(attribute.g for attribute in gated.attribute if attribute.name == "then_branch")
    made = {name: node for node in core.graph.node for name in node.output}
    weights = {weight.name: weight for weight in core.graph.initializer}
    given = {value.name for value in core.graph.input}
    # `lift` put what prepares weights in front of the branches.
    wanted = {name for node in work.node for name in node.input}
    front = [made[name] for name in sorted(wanted & made.keys())]
    wanted |= {name for node in front for name in node.input}

    def own(name: str) -> str:
        return name.replace(f"{prefix}inside/", "").removeprefix(prefix)

    model = onnx.ModelProto(ir_version=core.ir_version, producer_name=core.producer_name)
    model.opset_import.extend(core.opset_import)
    model.graph.name = role
    for node in (*front, *work.node):
        copy = model.graph.node.add()
        copy.CopyFrom(node)
        copy.input[:] = [own(name) for name in node.input]
        copy.output[:] = [own(name) for name in node.output]
    kept = [weights[name] for name in sorted(wanted & weights.keys() - given)]
    for weight in (*work.initializer, *kept):
        copy = model.graph.initializer.add()
        copy.CopyFrom(weight)
        copy.name = own(weight.name)
    for ports, values in (
        (model.graph.input, core.graph.input),
        (model.graph.output, core.graph.output),
    ):
        for value in values:
            if value.name.startswith(prefix):
                copy = ports.add()
                copy.CopyFrom(value)
                copy.name = own(value.name)
                for axis in copy.type.tensor_type.shape.dim:
                    if axis.dim_param:
                        axis.dim_param = axis.dim_param.removeprefix(prefix)
    for entry in core.metadata_props:
        if entry.key.startswith(prefix):
            model.metadata_props.add(key=own(entry.key), value=entry.value)
    return model


def examples(role: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return some inputs of a role, and its outputs."""
    rng = np.random.default_rng(7)
    return {
        "stt_encode": (
            {
                "samples": rng.standard_normal((1, 24_000)).astype(np.float32) * 0.1,
                "level_sum": np.full((1, 64), -40.0, np.float32),
                "level_hops": np.array([5.0], np.float32),
            },
            ["features", "level_sums"],
        ),
        "stt_decode": (
            {"features": rng.standard_normal((1, 12, FEATURES)).astype(np.float32)},
            ["text_logits"],
        ),
        "tts_encode": (
            {
                "phoneme_ids": np.array([[1, 10, 40, 3, 20, 41, 50, 5, 2]]),
                "speed": np.ones(1, np.float32),
                "pitch_semitones": np.zeros(1, np.float32),
            },
            ["hidden_states", "frames"],
        ),
        "vocode": (
            {
                "audio_ids": rng.integers(0, 8192, (1, 50)),
                "phase": np.zeros(1, np.float32),
                "anchor_frame": np.zeros(1, np.int64),
                "first_frame": np.zeros(1, np.int64),
            },
            ["waveform", "frame_phases"],
        ),
    }[role]


def differences(part: Any, joined: Path, role: str) -> float:
    """Return the greatest difference between a role's own graph and the core run for that role only."""
    import onnxruntime

    from assistant.engines.audio_core import AudioCore

    feeds, outputs = examples(role)
    alone = onnxruntime.InferenceSession(
        part.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    core = AudioCore(joined).role(role, {}, outputs)
    return max(
        float(np.abs(a - b).max())
        for a, b in zip(alone.run(outputs, feeds), core.run(outputs, feeds), strict=True)
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
