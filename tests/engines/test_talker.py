"""Our own voice through its engine: the kept files, streamed, cancelled, and refused when they are wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.engines.base import CancelToken
from assistant.engines.onnx_session import SessionPlan
from assistant.engines.talker import TalkerSynthesizer
from assistant.errors import ModelError, TurnError
from assistant.speech.normalize import normalize

ARTEFACTS = Path(__file__).parents[2] / "models" / "talker" / "artefacts"
FILES = {
    name: ARTEFACTS / name
    for name in (
        "lexicon.txt.gz",
        "letters.onnx",
        "audio_core.onnx",
        "talker_int8.onnx",
    )
}
pytestmark = pytest.mark.weights
LONG = "The kitchen timer rings in ten minutes, and the second one in an hour and a half. " * 4


@pytest.fixture(scope="module")
def voice() -> Iterator[TalkerSynthesizer]:
    opened = TalkerSynthesizer(FILES, plan=SessionPlan(threads=2))
    yield opened
    opened.close()


def said(voice: TalkerSynthesizer, text: str) -> list[np.ndarray]:
    return list(voice.synthesize(normalize(text), cancel=CancelToken()))


def loudest_hz(sound: np.ndarray) -> float:
    """The pitch of a sound: the period at which it resembles itself most, 80 to 400 Hz."""
    spectrum = np.abs(np.fft.rfft(sound, 2 * sound.size)) ** 2
    alike = np.fft.irfft(spectrum)
    lags = np.arange(24_000 // 400, 24_000 // 80)
    return 24_000 / float(lags[int(np.argmax(alike[lags]))])


def test_it_sounds_as_it_did_when_it_was_trained(voice: TalkerSynthesizer) -> None:
    """The reference was written by the training's own inference (models/talker/train/reference.py)."""
    with np.load(ARTEFACTS / "reference.npz") as kept:
        expected = kept["sound"].astype(np.float32) / 32767
    sound = np.concatenate(said(voice, "It is late."))
    assert sound.dtype == np.float32
    assert sound.size == expected.size
    # Kernels of other CPUs round differently, and a token in a hundred may then be its neighbour.
    assert float(np.corrcoef(sound, expected)[0, 1]) > 0.98


def test_the_first_sound_needs_only_the_first_words(voice: TalkerSynthesizer) -> None:
    chunks = said(voice, LONG)
    assert chunks[0].size == 24 * 240, "a quarter of a second"
    assert len(chunks) > 10
    assert sum(chunk.size for chunk in chunks) > 24_000 * 15


def test_chunks_join_without_a_click(voice: TalkerSynthesizer) -> None:
    chunks = said(voice, LONG)
    whole = np.concatenate(chunks)
    joints = np.cumsum([chunk.size for chunk in chunks])[:-1]
    steps = np.abs(np.diff(whole))
    assert steps[joints - 1].max() < np.quantile(steps, 0.9999)


def test_nothing_to_say_gives_no_sound(voice: TalkerSynthesizer) -> None:
    assert said(voice, "") == said(voice, "…!?") == []


def test_cancelling_ends_it_before_the_next_chunk(voice: TalkerSynthesizer) -> None:
    cancel = CancelToken()
    chunks = []
    for chunk in voice.synthesize(normalize(LONG), cancel=cancel):
        chunks.append(chunk)
        if len(chunks) == 3:
            cancel.cancel()
    assert len(chunks) == 3


def test_speed_and_pitch_change_length_and_pitch() -> None:
    text = "This is a sentence of an ordinary length."
    quick = TalkerSynthesizer(FILES, speed=1.5)
    low = TalkerSynthesizer(FILES, pitch_semitones=-4.0)
    plain = TalkerSynthesizer(FILES)
    lengths = [sum(map(len, said(one, text))) for one in (quick, low, plain)]
    assert lengths[0] / lengths[2] == pytest.approx(1 / 1.5, abs=0.05)
    assert lengths[1] == pytest.approx(lengths[2], rel=0.05)
    high, deep = (loudest_hz(np.concatenate(said(one, text))) for one in (plain, low))
    assert 12 * np.log2(deep / high) == pytest.approx(-4.0, abs=1.0)
    for one in (quick, low, plain):
        one.close()
        one.close()
    with pytest.raises(TurnError, match="closed"):
        said(plain, text)


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("fault", ["missing", "half", "other"])
def test_a_wrong_file_is_one_sentence(tmp_path: Path, name: str, fault: str) -> None:
    for file in FILES.values():
        (tmp_path / file.name).symlink_to(file)
    wrong = tmp_path / name
    wrong.unlink()
    if fault == "half":
        content = FILES[name].read_bytes()
        wrong.write_bytes(content[: len(content) // 2])
    elif fault == "other":
        other = "talker_int8.onnx" if name == "letters.onnx" else "letters.onnx"
        shutil.copy(FILES[other], wrong)
    with pytest.raises(ModelError) as refused:
        TalkerSynthesizer({file.name: tmp_path / file.name for file in FILES.values()})
    assert refused.value.code in {"model_missing", "model_corrupt", "model_unfit"}
    assert name in refused.value.message
    assert refused.value.hint
