"""Kokoro: the same sound as kokoro-onnx alone, voices, cancelling, bad files.

The model is tiny, with random weights and the interface of the real one: it proves the way, not the voice.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kokoro_onnx import Kokoro

from assistant.engines.base import CancelToken, Synthesizer
from assistant.engines.kokoro import KokoroSynthesizer
from assistant.errors import ModelError, TurnError
from tests.fakes import tiny_tts

TEXT = "Hello there, how are you? It is nine o'clock."


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tiny_tts.write_kokoro(tmp_path)


def say(voice: KokoroSynthesizer, text: str) -> list[np.ndarray]:
    return list(voice.synthesize(text, cancel=CancelToken()))


def alone(files: tuple[Path, Path], text: str, voice: str, language: str) -> np.ndarray:
    kokoro = Kokoro(*map(str, files))
    audio, rate_hz = kokoro.create(text, voice, lang=language)
    kokoro.voices.close()  # type: ignore[attr-defined]
    assert rate_hz == 24_000
    return np.clip(audio, -1, 1)


@pytest.mark.parametrize(
    ("name", "language", "text"),
    [
        ("af_heart", "en-us", TEXT),
        ("bf_emma", "en-gb", TEXT),
        ("ef_dora", "es", "¿Qué hora es? Buenos días."),
    ],
)
def test_the_sound_is_that_of_kokoro_alone(
    files: tuple[Path, Path], name: str, language: str, text: str
) -> None:
    voice = KokoroSynthesizer(*files, voice=name)
    assert isinstance(voice, Synthesizer)
    assert (voice.rate_hz, voice.languages) == (24_000, (language[:2],))
    found = np.concatenate(say(voice, text))
    np.testing.assert_allclose(found, alone(files, text, name, language), atol=1e-6)
    assert found.dtype == np.float32
    assert np.abs(found).mean() > 0.05


def test_a_newer_export_names_its_tokens_otherwise(tmp_path: Path) -> None:
    files = tiny_tts.write_kokoro(tmp_path, tokens="input_ids")
    found = np.concatenate(say(KokoroSynthesizer(*files), TEXT))
    np.testing.assert_allclose(found, alone(files, TEXT, "af_heart", "en-us"), atol=1e-6)


def test_only_voices_of_languages_that_are_read_well_are_offered(
    files: tuple[Path, Path],
) -> None:
    assert KokoroSynthesizer(*files).voices() == ("af_heart", "bf_emma", "ef_dora", "em_alex")
    for name in ("jf_alpha", "nobody", ""):
        with pytest.raises(ModelError, match="no English or Spanish voice") as caught:
            KokoroSynthesizer(*files, voice=name)
        assert "af_heart" in caught.value.hint


def test_speed_reaches_the_model(files: tuple[Path, Path]) -> None:
    # The tiny model is louder instead of faster.
    usual = np.concatenate(say(KokoroSynthesizer(*files), "Good night."))
    half = np.concatenate(say(KokoroSynthesizer(*files, speed=0.5), "Good night."))
    np.testing.assert_allclose(half, usual / 2, atol=1e-6)


@pytest.mark.parametrize("text", ["", "  ", "... !", "…", "\0"])
def test_nothing_to_speak_is_no_sound(files: tuple[Path, Path], text: str) -> None:
    assert say(KokoroSynthesizer(*files), text) == []


@pytest.mark.parametrize("text", ["漢字 ok", "a\0b", "word " * 400])
def test_strange_and_long_text_is_spoken(files: tuple[Path, Path], text: str) -> None:
    chunks = say(KokoroSynthesizer(*files), text)
    assert chunks
    assert all(len(chunk) <= 4800 and np.isfinite(chunk).all() for chunk in chunks)


def test_a_cancel_ends_the_stream_quietly(files: tuple[Path, Path]) -> None:
    voice = KokoroSynthesizer(*files)
    whole = np.concatenate(say(voice, TEXT))
    cancel = CancelToken()
    stream = voice.synthesize(TEXT, cancel=cancel)
    next(stream)
    cancel.cancel()
    assert list(stream) == []
    assert list(voice.synthesize(TEXT, cancel=cancel)) == []
    np.testing.assert_array_equal(np.concatenate(say(voice, TEXT)), whole)


def test_a_cancel_ends_a_running_computation(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = KokoroSynthesizer(*files)
    cancel = CancelToken()
    session = voice._session._session

    class CancelledWhileRunning:
        def run(self, names: Any, feeds: Any, options: Any) -> Any:
            cancel.cancel()
            assert options.terminate
            return session.run(names, feeds, options)

        def __getattr__(self, name: str) -> Any:
            return getattr(session, name)

    monkeypatch.setattr(voice._session, "_session", CancelledWhileRunning())
    assert list(voice.synthesize(TEXT, cancel=cancel)) == []


def test_a_closed_voice_says_so(files: tuple[Path, Path]) -> None:
    voice = KokoroSynthesizer(*files)
    voice.close()
    voice.close()
    with pytest.raises(TurnError, match="closed"):
        say(voice, "Hello.")


# --- bad files ----------------------------------------------------------------------------------


def refused(files: tuple[Path, Path]) -> ModelError:
    with pytest.raises(ModelError) as caught:
        KokoroSynthesizer(*files)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("which", [0, 1])
def test_missing_and_truncated_files_are_reported(files: tuple[Path, Path], which: int) -> None:
    file = files[which]
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    error = refused(files)
    assert (error.code, file.name in error.message) == ("model_corrupt", True)
    file.unlink()
    assert refused(files).code == "model_missing"


def test_a_graph_of_another_kind_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    files[0].write_bytes(tiny_tts.write_piper(tmp_path / "other").read_bytes())
    assert refused(files).code == "model_unfit"


def test_voices_of_another_shape_are_refused(files: tuple[Path, Path]) -> None:
    archive = io.BytesIO()
    np.savez(archive, af_heart=np.zeros((400, 256), np.float32))
    files[1].write_bytes(archive.getvalue())
    assert refused(files).code == "model_unfit"
