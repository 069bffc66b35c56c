"""`bench voice`: the judge agrees with the original, and the round trip counts words."""

from __future__ import annotations

import os
import sys
import types
from typing import Any

import numpy as np
import pytest

from assistant.bench.dnsmos import SpeechJudge
from assistant.bench.voice import SENTENCES, measure_voice
from assistant.errors import ModelError, SettingsError
from assistant.settings import load_settings
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
    report = measure_voice(
        settings,
        "espeak-ng",
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


def test_what_does_not_speak_is_no_voice() -> None:
    settings = load_settings(env=dict(os.environ))
    with pytest.raises(SettingsError) as caught:
        measure_voice(settings, settings.model_name("stt"), [], judge=None)
    assert caught.value.code == "not_a_voice"


@pytest.mark.parametrize("language", SENTENCES)
def test_no_sentence_is_asked_twice(language: str) -> None:
    assert len(set(SENTENCES[language])) == len(SENTENCES[language]) >= 12
