"""The talker's two products: the contract, what they compute, and INT8 against FP32."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HOME = Path(__file__).parents[2] / "models" / "talker"
HIDDEN, VOCABULARY, CODES = 3584, 8448, 8192


@pytest.fixture(scope="module")
def weights() -> Iterator[Any]:
    """The builder of the products, FP32 weights rebuilt from the kept codebook."""
    before, path = set(sys.modules), list(sys.path)
    sys.path.insert(0, str(HOME / "train"))
    yield importlib.import_module("talker_weights")
    sys.path[:] = path
    for name in set(sys.modules) - before:
        if str(HOME) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="module")
def centroids() -> np.ndarray:
    with np.load(HOME / "artefacts" / "codebook.npz") as kept:
        return kept["centroids"].astype(np.float32)


@pytest.fixture(scope="module")
def talker(weights: Any, centroids: np.ndarray) -> Any:
    return weights.build(centroids)


@pytest.fixture(scope="module")
def session() -> Any:
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(str(HOME / "artefacts" / "talker_int8.onnx"), options)


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    """Hidden states of sentences nobody trained on, [frames, 3584]."""
    with np.load(HOME / "artefacts" / "reference.npz") as kept:
        source, gain, offset = kept["source"], kept["gain"], kept["offset"]
        vectors = np.pad(kept["vectors"].astype(np.float32), ((0, 0), (0, 1)))
    return vectors[:, source] * gain + offset


def fp32(talker: Any, hidden: np.ndarray) -> np.ndarray:
    inner = hidden @ (talker.first * talker.first_scale) + talker.bias
    return inner @ (talker.second * talker.second_scale)


def test_it_keeps_the_contract_of_the_seeds(session: Any) -> None:
    (given,), (made,) = session.get_inputs(), session.get_outputs()
    assert (given.name, given.type, given.shape[-1]) == ("hidden_states", "tensor(float)", HIDDEN)
    assert (made.name, made.type, made.shape[-1]) == ("audio_logits", "tensor(float)", VOCABULARY)
    assert session.get_modelmeta().custom_metadata_map["role"] == "talker"
    # First field of a ModelProto: `ir_version`, a varint with tag 8.
    assert (HOME / "artefacts" / "talker_int8.onnx").read_bytes()[:2] == bytes([8, 10])


def test_int8_chooses_what_fp32_chooses(session: Any, talker: Any, spoken: np.ndarray) -> None:
    made = session.run(None, {"hidden_states": spoken[None].astype(np.float32)})[0][0]
    assert len(spoken) > 1000
    assert np.mean(made.argmax(1) == fp32(talker, spoken).argmax(1)) >= 0.99


def test_the_greatest_logit_is_the_nearest_centroid(
    talker: Any, weights: Any, spoken: np.ndarray, centroids: np.ndarray
) -> None:
    with np.load(HOME / "artefacts" / "reference.npz") as kept:
        vectors = kept["vectors"].astype(np.float32)
    distance = (centroids**2).sum(1) - 2 * vectors @ centroids.T
    chosen = fp32(talker, spoken).argmax(1)
    row = np.arange(len(chosen))
    # Centroids are kept on seven bits; where two are about as near, the other one may win.
    assert np.mean(chosen == distance.argmin(1)) > 0.95
    assert np.max(distance[row, chosen] - distance.min(1)) < 1.0


def test_control_ids_never_win(session: Any, spoken: np.ndarray) -> None:
    made = session.run(None, {"hidden_states": spoken[None].astype(np.float32)})[0][0]
    assert made.argmax(1).max() < CODES


def test_a_frame_does_not_depend_on_its_neighbours(session: Any, spoken: np.ndarray) -> None:
    some = spoken[None, :40].astype(np.float32)
    whole = session.run(None, {"hidden_states": some})[0]
    halves = [
        session.run(None, {"hidden_states": part})[0] for part in (some[:, :13], some[:, 13:])
    ]
    assert np.concatenate(halves, 1).argmax(2).tolist() == whole.argmax(2).tolist()
