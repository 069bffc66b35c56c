"""Piper voices: the same sound as piper-tts alone, cancelling, bad files.

The voices are tiny, with random weights and the interface of the real ones: they prove the way, not the
voice.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from piper import PiperVoice, SynthesisConfig

from assistant.engines.base import CancelToken, Synthesizer
from assistant.engines.piper import PiperSynthesizer
from assistant.errors import ModelError, TurnError
from tests.fakes import tiny_tts

TEXT = "Hello there, how are you? It is nine o'clock."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny_tts.write_piper(tmp_path)


def say(voice: PiperSynthesizer, text: str) -> list[np.ndarray]:
    return list(voice.synthesize(text, cancel=CancelToken()))


def alone(path: Path, text: str, settings: SynthesisConfig | None = None) -> np.ndarray:
    voice = PiperVoice.load(path)
    return np.concatenate([one.audio_float_array for one in voice.synthesize(text, settings)])


def test_the_sound_is_that_of_piper_alone_at_24_khz(path: Path) -> None:
    voice = PiperSynthesizer(path)
    assert isinstance(voice, Synthesizer)
    assert (voice.rate_hz, voice.languages, voice.voices()) == (24_000, ("en",), ())
    chunks = say(voice, TEXT)
    assert len(chunks) > 5
    wanted = soxr.resample(alone(path, TEXT), 22_050, 24_000, quality="HQ")
    found = np.concatenate(chunks)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted[: len(found)], atol=1e-4)
    assert abs(len(found) - len(wanted)) <= 2


def test_a_spanish_voice_speaks_spanish_sounds(tmp_path: Path) -> None:
    path = tiny_tts.write_piper(tmp_path, voice="es", rate_hz=24_000)
    voice = PiperSynthesizer(path)
    assert voice.languages == ("es",)
    text = "¿Qué hora es? Buenos días."
    np.testing.assert_allclose(np.concatenate(say(voice, text)), alone(path, text), atol=1e-6)


def test_speed_and_speaker_are_used(tmp_path: Path) -> None:
    path = tiny_tts.write_piper(tmp_path, rate_hz=24_000, speakers=3)
    slow = np.concatenate(say(PiperSynthesizer(path, speed=0.5), TEXT))
    usual = np.concatenate(say(PiperSynthesizer(path), TEXT))
    assert len(slow) == 2 * len(usual)
    other = PiperSynthesizer(path, speaker="speaker2")
    assert other.voices() == ("speaker0", "speaker1", "speaker2")
    wanted = alone(path, TEXT, SynthesisConfig(speaker_id=2))
    np.testing.assert_allclose(np.concatenate(say(other, TEXT)), wanted, atol=1e-6)
    assert np.abs(wanted - usual).mean() > 0.01
    with pytest.raises(ModelError, match=r"no speaker 'bob'.*speaker1"):
        PiperSynthesizer(path, speaker="bob")


@pytest.mark.parametrize("text", ["", "  ", "... !", "…", "\0"])
def test_nothing_to_speak_is_no_sound(path: Path, text: str) -> None:
    assert say(PiperSynthesizer(path), text) == []


@pytest.mark.parametrize("text", ["a[[b]]c", "漢字 ok", "a\0b", "x" * 2000])
def test_strange_text_is_spoken_or_not_but_never_an_error(path: Path, text: str) -> None:
    for chunk in say(PiperSynthesizer(path), text):
        assert np.isfinite(chunk).all()


def test_brackets_in_what_is_said_are_not_taken_for_phonemes(path: Path) -> None:
    one = np.concatenate(say(PiperSynthesizer(path), "call [[hello]] now"))
    other = np.concatenate(say(PiperSynthesizer(path), "call now"))
    assert len(one) > len(other)
    raw = alone(path, "call [[hello]] now")
    assert len(one) != len(soxr.resample(raw, 22_050, 24_000))


def test_a_cancel_ends_the_stream_quietly(path: Path) -> None:
    voice = PiperSynthesizer(path)
    whole = np.concatenate(say(voice, TEXT))
    cancel = CancelToken()
    stream = voice.synthesize(TEXT, cancel=cancel)
    next(stream)
    cancel.cancel()
    assert list(stream) == []
    assert list(voice.synthesize(TEXT, cancel=cancel)) == []
    np.testing.assert_array_equal(np.concatenate(say(voice, TEXT)), whole)


def test_a_cancel_ends_a_running_computation(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = PiperSynthesizer(path)
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


def test_a_closed_voice_says_so(path: Path) -> None:
    voice = PiperSynthesizer(path)
    voice.close()
    voice.close()
    with pytest.raises(TurnError, match="closed"):
        say(voice, "Hello.")


def test_no_failure_of_the_graph_leaves_as_a_traceback(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = PiperSynthesizer(path)

    def broken(*_: Any) -> None:
        raise RuntimeError("kernel failed")

    monkeypatch.setattr(voice._session, "run", broken)
    with pytest.raises(TurnError, match="middle of a sentence"):
        say(voice, "Hello.")


# --- bad files ----------------------------------------------------------------------------------


def refused(path: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        PiperSynthesizer(path)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_missing_and_truncated_files_are_reported(path: Path, suffix: str) -> None:
    file = path.with_name(path.name + suffix)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    error = refused(path)
    assert (error.code, file.name in error.message) == ("model_corrupt", True)
    file.unlink()
    assert refused(path).code == "model_missing"


def test_a_graph_of_another_kind_is_refused(path: Path, tmp_path: Path) -> None:
    other, _ = tiny_tts.write_kokoro(tmp_path / "other")
    path.write_bytes(other.read_bytes())
    assert refused(path).code == "model_unfit"


@pytest.mark.parametrize("kind", ["pinyin", "japanese", "hebrew", "thai", "martian"])
def test_phonemes_that_would_need_more_than_is_installed_are_refused(path: Path, kind: str) -> None:
    file = path.with_name(path.name + ".json")
    facts = json.loads(file.read_text())
    facts["phoneme_type"] = kind
    file.write_text(json.dumps(facts))
    assert refused(path).code == "model_unfit"


def test_a_description_without_a_rate_is_refused(path: Path) -> None:
    file = path.with_name(path.name + ".json")
    facts = json.loads(file.read_text())
    del facts["audio"]
    file.write_text(json.dumps(facts))
    assert refused(path).code == "model_unfit"
