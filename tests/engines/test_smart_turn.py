"""The Smart Turn engine: its features against Whisper's own, its errors, a run of a model made here.

The model made here has the real one's interface and no training: it proves the way, not the judgement.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.engines.smart_turn import SmartTurn, features
from assistant.errors import ModelError

# --- an ONNX file by hand: the few protobuf fields that onnx.proto (v1) gives a model --------------


def field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return bytes([*varint(number << 3), *varint(value)])
    content = value.encode() if isinstance(value, str) else value
    return bytes([*varint(number << 3 | 2), *varint(len(content))]) + content


def varint(value: int) -> Iterator[int]:
    while value > 127:
        yield value & 127 | 128
        value >>= 7
    yield value


def tensor(name: str, *shape: int) -> bytes:
    dims = b"".join(field(1, field(1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))


def node(kind: str, source: str, target: str, attributes: bytes = b"") -> bytes:
    return field(1, source) + field(2, target) + field(4, kind) + attributes


def mean_model(name: str, *shape: int) -> bytes:
    """sigmoid(mean(input)): a number that depends on every feature."""
    keep = field(5, field(1, "keepdims") + field(3, 0) + field(20, 2))
    graph = (
        field(1, node("ReduceMean", name, "mean", keep))
        + field(1, node("Sigmoid", "mean", "probability"))
        + field(2, "mean")
        + field(11, tensor(name, *shape))
        + field(12, tensor("probability"))
    )
    return field(1, 8) + field(8, field(1, "") + field(2, 13)) + field(7, graph)


def chirp() -> np.ndarray:
    """Three seconds, rising from 200 Hz, three times a second louder and softer."""
    t = np.arange(3 * 16000) / 16000
    swell = (1 + np.sin(2 * np.pi * 3 * t)) / 2
    return (0.3 * np.sin(2 * np.pi * (200 * t + 150 * t * t)) * swell).astype(np.float32)


# --- features -----------------------------------------------------------------------------------


def test_features_are_those_of_whispers_own_extractor() -> None:
    # transformers 5.23 WhisperFeatureExtractor(feature_size=80, chunk_length=8), do_normalize=True, on the
    # chirp padded with zeros on the left to 8 s; the whole array agreed to 5e-5 (2026-11).
    found = features(chirp())
    assert found.shape == (80, 800)
    assert found.dtype == np.float32
    places = {
        (0, 799): 0.5414,
        (5, 520): 1.459,
        (10, 600): 1.1873,
        (20, 650): 0.7167,
        (60, 790): -0.1106,
    }
    for place, value in places.items():
        assert found[place] == pytest.approx(value, abs=2e-4)
    assert float(found.mean()) == pytest.approx(-0.048911, abs=1e-5)


def test_only_the_last_eight_seconds_count() -> None:
    random = np.random.default_rng(1)
    last = random.standard_normal(8 * 16000).astype(np.float32)
    before = random.standard_normal(3 * 16000).astype(np.float32)
    np.testing.assert_array_equal(features(np.concatenate((before, last))), features(last))


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(16000, np.float32)])
def test_silence_gives_finite_features(samples: np.ndarray) -> None:
    assert np.isfinite(features(samples)).all()


# --- the model ----------------------------------------------------------------------------------


def test_a_model_of_the_right_interface_answers(tmp_path: Path) -> None:
    path = tmp_path / "smart-turn-test.onnx"
    path.write_bytes(mean_model("input_features", 1, 80, 800))
    answer = SmartTurn(path).probability(chirp())
    assert answer == pytest.approx(1 / (1 + math.exp(0.048911)), abs=1e-4)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "model_missing"),
        (b"not a model", "model_corrupt"),
        (mean_model("input", 1, 128000), "model_unfit"),
        (mean_model("input_features", 1, 80, 3000), "model_unfit"),
    ],
)
def test_what_is_no_smart_turn_model_is_refused(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        SmartTurn(path)
    assert caught.value.code == code
    assert caught.value.hint
