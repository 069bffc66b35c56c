"""Our own ears through their engine: what they hear, in pieces, cancelled; refused when a file is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.audio.files import read_audio
from assistant.engines.audio_core import AudioCore
from assistant.engines.ears import EarsRecognizer
from assistant.errors import ModelError

MODELS = Path(__file__).parents[2] / "models"
ARTEFACTS = MODELS / "talker" / "artefacts"
FILES = {
    "audio_core.onnx": ARTEFACTS / "audio_core.onnx",
    "mixed.lm.bin": MODELS / "sphinx" / "artefacts" / "mixed.lm.bin",
    "words.dict": MODELS / "sphinx" / "artefacts" / "words.dict",
}
QUESTION = Path(__file__).parents[1] / "data" / "what_time_is_it.wav"
RATE_HZ = 16_000

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def ears() -> Iterator[EarsRecognizer]:
    opened = EarsRecognizer(FILES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """One sentence of a synthetic voice, and PyTorch's scores for it (models/talker/train/ears_export.py)."""
    with np.load(ARTEFACTS / "ears_reference.npz") as kept:
        return {
            "samples": kept["samples"].astype(np.float32) / 32767,
            "text_logits": kept["text_logits"].astype(np.float32),
            "text": str(kept["text"]),
        }


def question() -> np.ndarray:
    return read_audio(QUESTION, RATE_HZ).samples


def heard(ears: EarsRecognizer, samples: np.ndarray, step: int | None = None) -> str:
    stream = ears.open()
    for at in range(0, len(samples), step or max(len(samples), 1)):
        stream.feed(samples[at : at + (step or len(samples))])
    return stream.finish().text


def test_the_kept_file_scores_as_the_trained_network_did(reference: dict[str, Any]) -> None:
    core = AudioCore(FILES["audio_core.onnx"])
    encoder = core.role("stt_encode", {"samples": "tensor(float)"}, ["features"])
    decoder = core.role("stt_decode", {"features": "tensor(float)"}, ["text_logits"])
    (features,) = encoder.run(["features"], {"samples": reference["samples"][None]})
    (logits,) = decoder.run(["text_logits"], {"features": features})
    wanted = reference["text_logits"]
    assert logits.shape == (1, *wanted.shape)
    assert np.mean(logits[0].argmax(1) == wanted.argmax(1)) > 0.97
    assert np.abs(logits[0] - wanted).mean() < 0.1


def test_it_hears_what_a_synthetic_voice_says(
    ears: EarsRecognizer, reference: dict[str, Any]
) -> None:
    assert heard(ears, reference["samples"]) == reference["text"]


def test_it_hears_the_bundled_question_of_a_person(ears: EarsRecognizer) -> None:
    stream = ears.open()
    stream.feed(question())
    found = stream.finish()
    assert found.text == "what time is it"
    assert found.is_final
    assert found.confidence is not None
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize("step", [160, 1600, 7777])
def test_it_hears_the_same_however_the_sound_arrives(
    ears: EarsRecognizer, reference: dict[str, Any], step: int
) -> None:
    sound = np.concatenate([reference["samples"]] * 2)
    assert heard(ears, sound, step) == heard(ears, sound)


def test_the_text_grows_while_somebody_speaks(
    ears: EarsRecognizer, reference: dict[str, Any]
) -> None:
    sound = np.concatenate([reference["samples"]] * 3)
    stream = ears.open()
    partials = [
        text
        for at in range(0, len(sound), 1600)
        if (text := stream.feed(sound[at : at + 1600])) is not None
    ]
    assert len(partials) >= 3
    assert len(partials[-1].split()) > len(partials[0].split())
    assert len(stream.finish().text.split()) >= len(partials[-1].split()) - 1


@pytest.mark.parametrize("samples", [0, 1, 160, 399, 800])
def test_a_moment_of_anything_is_survived(ears: EarsRecognizer, samples: int) -> None:
    rng = np.random.default_rng(0)
    assert isinstance(heard(ears, rng.normal(0, 0.1, samples).astype(np.float32)), str)


@pytest.mark.parametrize("seconds", [0.05, 3, 20])
def test_silence_is_no_words(ears: EarsRecognizer, seconds: float) -> None:
    stream = ears.open()
    stream.feed(np.zeros(int(seconds * RATE_HZ), np.float32))
    found = stream.finish()
    assert found.text == ""
    assert found.confidence is None


def test_a_minute_is_heard_to_its_end(ears: EarsRecognizer, reference: dict[str, Any]) -> None:
    times = 60 * RATE_HZ // len(reference["samples"]) + 1
    words = heard(ears, np.tile(reference["samples"], times), RATE_HZ).split()
    assert abs(words.count("minutes") - times) <= times // 8


def test_what_is_no_number_or_too_loud_is_survived(ears: EarsRecognizer) -> None:
    sound = question().copy()
    sound[1000:1100] = np.nan
    sound[2000:2100] = np.inf
    sound[3000:3100] = -50
    assert isinstance(heard(ears, sound), str)


def test_a_cancelled_utterance_is_forgotten(
    ears: EarsRecognizer, reference: dict[str, Any]
) -> None:
    stream = ears.open()
    stream.feed(question())
    stream.cancel()
    stream.cancel()
    with pytest.raises(RuntimeError, match="over"):
        stream.feed(question())
    assert heard(ears, reference["samples"]) == reference["text"]


def test_opening_ends_the_utterance_before(ears: EarsRecognizer) -> None:
    first = ears.open()
    second = ears.open()
    with pytest.raises(RuntimeError, match="over"):
        first.finish()
    second.cancel()


def test_it_is_closed_for_good() -> None:
    ears = EarsRecognizer(FILES)
    ears.close()
    ears.close()
    assert ears.core is None
    with pytest.raises(RuntimeError, match="closed"):
        ears.open()


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("fault", ["missing", "half", "other", "unnamed"])
def test_a_wrong_file_is_one_sentence(tmp_path: Path, name: str, fault: str) -> None:
    files = {file: tmp_path / file for file in FILES}
    for file, path in FILES.items():
        (tmp_path / file).symlink_to(path)
    wrong = tmp_path / name
    wrong.unlink()
    if fault == "half":
        content = FILES[name].read_bytes()
        wrong.write_bytes(content[: len(content) // 2 + 3])
    elif fault == "other":
        other = "audio_core.onnx" if name == "mixed.lm.bin" else "mixed.lm.bin"
        shutil.copy(FILES[other], wrong)
    elif fault == "unnamed":
        del files[name]
    if name == "words.dict" and fault == "half":
        EarsRecognizer(files).close()  # a shorter dictionary is a dictionary
        return
    with pytest.raises(ModelError) as refused:
        EarsRecognizer(files)
    assert refused.value.code in {"model_missing", "model_corrupt", "model_unfit"}
    assert name in refused.value.message
    assert refused.value.hint
