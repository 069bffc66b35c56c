"""`bench voice`: the judge agrees with the original, and the round trip counts words."""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.bench.dnsmos import SpeechJudge
from assistant.bench.voice import SENTENCES, measure_voices
from assistant.cli.app import app
from assistant.errors import ModelError, SettingsError
from assistant.settings import load_settings
from assistant.speech.normalize import normalize
from assistant.speech.word_errors import spoken_words


def voiced(seconds: float) -> np.ndarray[Any, Any]:
    """Something with pitch, syllables and breath."""
    time_s = np.arange(int(seconds * 16_000)) / 16_000
    tone = sum(np.sin(2 * np.pi * 140 * n * time_s) / n for n in range(1, 12))
    breath = np.random.default_rng(0).normal(0, 0.05, time_s.size)
    wave = 0.1 * tone * np.abs(np.sin(2 * np.pi * 3 * time_s)) + 0.1 * breath
    return wave.astype(np.float32)


@pytest.mark.parametrize("seconds", [0.7, 4.0, 9.5, 12.0])
def test_the_judge_says_what_the_original_says(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 0.01 on the scale of 1 to 5; the original's second model, not used here, gets no sound."""
    pytest.importorskip("speechmos", reason="speechmos is not installed")
    for name, contents in {"librosa": {}, "requests": {"session": None}}.items():
        stand_in = types.ModuleType(name)
        vars(stand_in).update(contents)
        monkeypatch.setitem(sys.modules, name, stand_in)
    from speechmos import dnsmos

    monkeypatch.setattr(
        dnsmos.DNSMOS, "audio_melspec", lambda *_, **__: np.zeros((900, 120), np.float32)
    )
    wave = voiced(seconds)
    original = dnsmos.run(wave, 16_000)
    ours = SpeechJudge().rate(wave)
    assert ours.signal == pytest.approx(original["sig_mos"], abs=0.01)
    assert ours.background == pytest.approx(original["bak_mos"], abs=0.01)
    assert ours.overall == pytest.approx(original["ovrl_mos"], abs=0.01)


def test_without_the_judges_package_one_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ModelError) as caught:
        SpeechJudge()
    assert caught.value.code == "judge_missing"
    assert "judges" in caught.value.hint


def test_a_voice_is_spoken_heard_and_counted() -> None:
    settings = load_settings(env=dict(os.environ))
    steps: list[str] = []
    texts = ["Set a timer for five minutes.", "What time is it?"]
    (report,) = measure_voices(
        settings,
        ["espeak-ng"],
        [settings.model_name("stt")],
        judge=None,
        sentences=texts,
        on_step=steps.append,
    )
    assert report.sentences == 2
    assert 1 < report.audio_s < 10
    assert report.mean_opinion() is None
    (heard,) = report.heard
    assert heard.words == sum(len(spoken_words(text)) for text in texts)
    assert heard.errors >= 0
    answer = report.as_json()
    assert answer["replica"] is False
    assert answer["dnsmos"] is None
    assert len(steps) == 2


def test_a_voice_is_given_words_for_digits_and_they_are_what_is_counted() -> None:
    settings = load_settings(env=dict(os.environ))
    (report,) = measure_voices(
        settings, ["espeak-ng"], ["stt"], judge=None, sentences=["It is 5:30 PM."]
    )
    assert report.heard[0].words == len(spoken_words(normalize("It is 5:30 PM."))) > 4


def test_two_voices_are_compared_blind_by_two_recognisers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Through the command: the voices of one synthesiser, so that nothing is won by chance."""
    monkeypatch.setattr("assistant.bench.dnsmos.SpeechJudge.__init__", _no_judge)
    sentences = tmp_path / "said.txt"
    sentences.write_text("# kinds\ncommand\tStop the music.\nWhat time is it?\n", encoding="utf-8")
    said = ["espeak-ng", "tts", "--sentences", str(sentences), "--set", "starter"]
    heard_by = ["--heard-by", "stt", "--heard-by", "stt:general"]
    told = CliRunner().invoke(app, ["bench", "voice", *said, *heard_by, "--json"])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert answer["not_judged"].startswith("No judge here.")
    first, last = answer["voices"]
    assert set(first["word_error_rate"]) == {"stt", "stt:general"}
    assert first["word_error_rate"]["stt"]["words"] == 7
    assert answer["compared"]["with"] == last["voice"]
    (differences,) = answer["compared"]["voices"].values()
    assert [one["measure"] for one in differences] == [
        "word errors by stt",
        "word errors by stt:general",
        "first sound P95",
    ]


def _no_judge(_self: object) -> None:
    raise ModelError("judge_missing", "No judge here.", "None is needed.")


def test_what_does_not_speak_is_no_voice() -> None:
    settings = load_settings(env=dict(os.environ))
    with pytest.raises(SettingsError) as caught:
        measure_voices(settings, [settings.model_name("stt")], [], judge=None)
    assert caught.value.code == "not_a_voice"


@pytest.mark.parametrize("language", SENTENCES)
def test_no_sentence_is_asked_twice(language: str) -> None:
    assert len(set(SENTENCES[language])) == len(SENTENCES[language]) >= 12
