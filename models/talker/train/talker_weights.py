"""The talker's two products, constructed: their greatest output is the nearest centroid. Owns the weights.

    hidden_states [B, S, 3584] -> MatMul 896 -> Add -> MatMul 8448 -> audio_logits

For a codec vector x and centroids c_k the greatest 2 c_k.x - |c_k|^2 is the nearest c_k. Nothing is trained.
All room that 81 numbers leave in 3584 and 896 dimensions serves INT8: each number comes many times, each copy
shifted by another part of the rounding step, so that the rounding errors of the copies cancel; two constants
span the range, so that the step of the dynamic quantisation is known beforehand; and all weights lie on the
grid of INT8 already (7 bits: CPUs without VNNI would overflow with 8), so that FP32 and INT8 have the very
same weights.

Run as a program it rebuilds the FP32 talker from the kept codebook, needing numpy and onnx only:
`python talker_weights.py ARTEFACTS OUTPUT_FOLDER`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from dimensions import CODES, DIMENSIONS, HIDDEN, INNER, MELS, VOCABULARY

_PITCH_GAIN = 0.4  # the pitch has the widest range: it is carried smaller, by more copies
_MEL_REACH = 6.4
_STEP = (
    _MEL_REACH * 1.02 / 127
)  # of the rounding of hidden_states and of what lies between the products
_HIDDEN_PITCH = 144  # copies
_INNER_MEL, _INNER_PITCH = 9, 36
_LEVELS = 63  # weights on 7 bits
_TAU = 0.5  # logits are squared distances times this


@dataclass(frozen=True, slots=True)
class Talker:
    """Whole-number weights with one scale a column, and the bias between the products."""

    first: np.ndarray  # int8 [3584, 896]
    first_scale: np.ndarray  # float32 [896]
    bias: np.ndarray  # float32 [896]
    second: np.ndarray  # int8 [896, 8448]
    second_scale: np.ndarray  # float32 [8448]


def _hidden_source() -> np.ndarray:
    """Return which of the 81 numbers each hidden dimension carries; 81 for the constants and the rest."""
    mels = (HIDDEN - 2 - _HIDDEN_PITCH) // MELS
    source = np.full(HIDDEN, DIMENSIONS, np.int64)
    source[: mels * MELS] = np.tile(np.arange(MELS), mels)
    source[mels * MELS : mels * MELS + _HIDDEN_PITCH] = MELS
    return source


def _shifts(source: np.ndarray) -> np.ndarray:
    """Return for each copy its part of the rounding step, even over one step among a number's copies."""
    out = np.zeros(len(source), np.float64)
    for number in range(DIMENSIONS):
        places = np.flatnonzero(source == number)
        out[places] = ((np.arange(len(places)) + 0.5) / len(places) - 0.5) * _STEP
    return out


def spread() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how a codec vector becomes hidden_states: source int64, gain and offset float32, each [3584].

    hidden[i] = limited(vector)[source[i]] * gain[i] + offset[i], where the vector has a 0 behind it.
    """
    source = _hidden_source()
    gain = np.where(source == MELS, _PITCH_GAIN, 1.0)
    offset = _shifts(source)
    offset[-2:] = 127 * _STEP, -128 * _STEP
    return source, gain.astype(np.float32), offset.astype(np.float32)


def limits() -> np.ndarray:
    """Return how large each of the 81 numbers may be, float32."""
    return np.append(np.full(MELS, _MEL_REACH), _MEL_REACH / _PITCH_GAIN).astype(np.float32)


def build(centroids: np.ndarray) -> Talker:
    """Return the weights for centroids [8192, 81]."""
    source, _, offset = spread()
    inner = np.full(INNER, DIMENSIONS, np.int64)
    inner[: _INNER_MEL * MELS] = np.tile(np.arange(MELS), _INNER_MEL)
    inner[_INNER_MEL * MELS :][:_INNER_PITCH] = MELS
    first = ((source[:, None] == inner[None]) & (inner < DIMENSIONS)[None]).astype(
        np.int8
    ) * _LEVELS
    copies = np.maximum((first > 0).sum(0), 1)
    scale = (1 / (copies * _LEVELS)).astype(np.float32)
    bias = _shifts(inner) - (first.astype(np.float64) * offset[:, None]).sum(0) * scale
    constants = np.flatnonzero(inner == DIMENSIONS)
    bias[constants] = 127 * _STEP
    bias[constants[-1]] = -128 * _STEP
    second, second_scale = _second(centroids.astype(np.float64), inner, constants[:-1])
    return Talker(first, scale, bias.astype(np.float32), second, second_scale)


def _second(
    centroids: np.ndarray, inner: np.ndarray, constants: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    gain = np.append(np.ones(MELS), _PITCH_GAIN)
    copies = np.append(np.full(MELS, _INNER_MEL), _INNER_PITCH)
    wanted = 2 * _TAU * centroids / gain  # what all copies of a number weigh together
    length = (centroids**2).sum(1)
    wanted_constant = -_TAU * (length - np.median(length)) / (127 * _STEP)
    most = np.maximum(np.abs(wanted / copies).max(1), np.abs(wanted_constant) / len(constants))
    scale = most * 1.001 / _LEVELS
    second = np.zeros((INNER, VOCABULARY), np.int8)
    for number in range(DIMENSIONS):
        places = np.flatnonzero(inner == number)
        second[places, :CODES] = _shared(wanted[:, number] / scale, len(places))
    # The rounded centroids are the centroids now: their own lengths, so that the nearest of them wins.
    rounded = (
        np.stack([second[inner == n, :CODES].astype(int).sum(0) for n in range(DIMENSIONS)], 1)
        * scale[:, None]
        * gain
        / (2 * _TAU)
    )
    length = (rounded**2).sum(1)
    wanted_constant = -_TAU * (length - np.median(length)) / (127 * _STEP)
    second[constants, :CODES] = _shared(wanted_constant / scale, len(constants))
    second[constants, CODES:] = -_LEVELS
    never = np.full(VOCABULARY - CODES, 2000.0 / (len(constants) * _LEVELS * 127 * _STEP))
    return second, np.concatenate([scale, never]).astype(np.float32)


def _shared(total: np.ndarray, places: int) -> np.ndarray:
    """Return whole numbers [places, columns] that differ by at most one and add up to the rounded total.

    Which places get one more is drawn anew for each column: always the same would favour their shifts.
    """
    whole = np.rint(total).astype(int)
    low, more = np.divmod(whole, places)
    rank = np.random.default_rng(0).random((places, len(total))).argsort(0)
    return np.clip(low[None] + (rank < more[None]), -_LEVELS, _LEVELS).astype(np.int8)


def write_fp32(talker: Talker, path: Path) -> None:
    """Write MatMul, Add, MatMul with the weights in `path`.data (43,126,272 bytes)."""
    import onnx
    from onnx import numpy_helper as to_proto

    weights = [
        to_proto.from_array(talker.first * talker.first_scale, "first"),
        to_proto.from_array(talker.bias, "bias"),
        to_proto.from_array(talker.second * talker.second_scale, "second"),
    ]
    nodes = [
        onnx.helper.make_node("MatMul", ["hidden_states", "first"], ["product"]),
        onnx.helper.make_node("Add", ["product", "bias"], ["inner"]),
        onnx.helper.make_node("MatMul", ["inner", "second"], ["audio_logits"]),
    ]
    model = _model(nodes, weights, "fp32")
    Path(f"{path}.data").unlink(missing_ok=True)
    onnx.save_model(
        model,
        path,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=path.name + ".data",
        size_threshold=0,
        convert_attribute=False,
    )


def write_int8(talker: Talker, path: Path) -> None:
    """Write the same with dynamically quantised inputs of both products (uint8 by int8)."""
    import onnx
    from onnx import numpy_helper as to_proto

    weights = [
        to_proto.from_array(talker.first, "first"), to_proto.from_array(talker.first_scale, "first_scale"),
        to_proto.from_array(talker.bias, "bias"),
        to_proto.from_array(talker.second, "second"),
        to_proto.from_array(talker.second_scale, "second_scale"),
    ]  # fmt: skip
    nodes = []
    for name, given in (("first", "hidden_states"), ("second", "inner")):
        out = "audio_logits" if name == "second" else "product"
        nodes += [
            onnx.helper.make_node(
                "DynamicQuantizeLinear",
                [given],
                [f"{name}_in", f"{name}_in_scale", f"{name}_in_zero"],
            ),
            onnx.helper.make_node(
                "MatMulInteger", [f"{name}_in", name, f"{name}_in_zero"], [f"{name}_sum"]
            ),
            onnx.helper.make_node(
                "Cast", [f"{name}_sum"], [f"{name}_float"], to=onnx.TensorProto.FLOAT
            ),
            onnx.helper.make_node("Mul", [f"{name}_in_scale", f"{name}_scale"], [f"{name}_both"]),
            onnx.helper.make_node("Mul", [f"{name}_float", f"{name}_both"], [out]),
        ]
        if name == "first":
            nodes.append(onnx.helper.make_node("Add", ["product", "bias"], ["inner"]))
    onnx.save_model(_model(nodes, weights, "int8"), path)


def _model(nodes: list, weights: list, precision: str):
    import onnx

    f32 = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes, "talker",
        [onnx.helper.make_tensor_value_info("hidden_states", f32, ["batch", "seq", HIDDEN])],
        [onnx.helper.make_tensor_value_info("audio_logits", f32, ["batch", "seq", VOCABULARY])],
        weights,
    )  # fmt: skip
    model = onnx.helper.make_model(
        graph,
        opset_imports=[onnx.helper.make_opsetid("", 17)],
        ir_version=10,
        producer_name="sarai",
    )
    onnx.helper.set_model_props(
        model, {"role": "talker", "precision": precision, "licence": "GPL-3.0-or-later"}
    )
    return model


def main() -> None:
    artefacts, target = Path(sys.argv[1]), Path(sys.argv[2])
    with np.load(artefacts / "codebook.npz") as kept:
        talker = build(kept["centroids"].astype(np.float32))
    target.mkdir(parents=True, exist_ok=True)
    write_fp32(talker, target / "talker.onnx")
    print(
        f"{target / 'talker.onnx'}.data: {Path(str(target / 'talker.onnx') + '.data').stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main()
