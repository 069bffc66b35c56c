"""Voices by name: of a model, or one of its own; nobody is asked to guess."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import paths
from assistant.catalog import replicas
from assistant.cli.app import app
from assistant.errors import ModelError
from assistant.pool.loading import for_language
from assistant.pool.voices import voices, with_voice
from assistant.settings import (
    EspeakNgSettings,
    KokoroSettings,
    OnnxAsrSettings,
    Settings,
    load_settings,
)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    monkeypatch.delenv(replicas.VARIABLE, raising=False)


def starter(**env: str) -> Settings:
    return load_settings(env={"SARAI_SET": "starter", **env})


def test_every_model_that_speaks_is_listed_and_the_one_in_use_is_marked() -> None:
    found = voices(starter())
    models = {one.model for one in found}
    speaking = {name for name, model in starter().models.items() if model.role == "tts"}
    assert models == speaking
    assert [one.name for one in found if one.is_active] == ["espeak-ng/en-us"]
    assert found[0].model == "espeak-ng"
    away = {one.model for one in found if not one.is_here}
    assert {"kokoro", "piper-en-norman", "pocket-tts-en"} <= away


def test_a_model_is_chosen_by_its_name() -> None:
    changed = with_voice(starter(), "piper-en-alba")
    assert changed.model_name("tts") == "piper-en-alba"
    assert changed.models["piper-en-alba"].fallback == ()
    assert changed.model_name("stt") == starter().model_name("stt")


@pytest.mark.parametrize("name", ["en-gb", "espeak-ng/en-gb"])
def test_a_voice_is_chosen_with_or_without_its_model(name: str) -> None:
    changed = with_voice(starter(), name)
    model = changed.models[changed.model_name("tts")]
    assert isinstance(model, EspeakNgSettings)
    assert model.voice == "en-gb"
    assert changed.language == "en"


def test_a_spanish_voice_reads_numbers_in_spanish() -> None:
    assert with_voice(starter(), "piper-es-davefx").language == "es"
    assert with_voice(starter(SARAI__LANGUAGE="es"), "kokoro").language == "en"  # af_heart
    model = with_voice(starter(), "kokoro").models["kokoro"]
    assert isinstance(model, KokoroSettings)
    assert model.voice == "af_heart"


def test_an_unknown_voice_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(ModelError, match="no voice 'piper-en-alma'") as caught:
        with_voice(starter(), "piper-en-alma")
    assert caught.value.code == "voice_unknown"
    assert "piper-en-alba" in caught.value.hint


def test_the_command_lists_voices_without_saying_anything() -> None:
    shown = CliRunner().invoke(app, ["say", "--list-voices"])
    assert shown.exit_code == 0, shown.output
    assert "espeak-ng/en-us" in shown.output


def test_recognisers_listen_for_the_language_the_person_speaks() -> None:
    def heard(settings: Settings) -> str | None:
        model = for_language(settings).models["whisper-base"]
        assert isinstance(model, OnnxAsrSettings)
        return model.language

    assert heard(starter()) == "en"
    assert heard(starter(SARAI__LANGUAGE="es")) == "es"
    said = starter(SARAI__LANGUAGE="es", SARAI__MODELS__WHISPER_BASE__LANGUAGE="en")
    assert heard(said) == "en"
