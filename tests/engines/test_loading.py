"""Every model of the packaged settings loads from files named as the catalogue names them.

The files are tiny stand-ins with random weights and the real interfaces; names, folders and settings are
real.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from assistant.catalog.catalog import Catalog
from assistant.engines.base import Recognizer, Synthesizer, Thinker
from assistant.errors import ModelError
from assistant.pool.loading import CatalogLoader
from assistant.settings import (
    ROLES,
    KokoroSettings,
    LlamaCppSettings,
    OnnxAsrSettings,
    PiperSettings,
    PocketTtsSettings,
    Settings,
)
from tests.fakes import tiny_asr, tiny_tts
from tests.fakes.chat_templates import LFM25
from tests.fakes.tiny_gguf import write_gguf

CATALOG = Catalog.load()
DOWNLOADED = [
    name
    for name, model in Settings().models.items()
    if CATALOG.entry(model.catalogue).is_downloaded
]


def fill(folder: Path, name: str) -> None:
    """Write the stand-in of a model into ``folder``."""
    names = [file.path for file in CATALOG.entry(name).files]
    match Settings().models[name]:
        case LlamaCppSettings():
            write_gguf(folder / names[0], template=LFM25)
        case OnnxAsrSettings():
            if "model.int8.onnx" in names:
                tiny_asr.write_ctc(folder)
            elif "decoder-model.int8.onnx" in names:
                tiny_asr.write_canary(folder)
            else:
                tiny_asr.write_whisper(folder)
        case PiperSettings():
            language = "es" if "-es-" in name else "en-us"
            path = tiny_tts.write_piper(folder / "made", voice=language)
            for target in names:
                suffix = ".json" if target.endswith(".json") else ""
                shutil.move(path.with_name(path.name + suffix), folder / target)
        case KokoroSettings():
            tiny_tts.write_kokoro(folder)
        case PocketTtsSettings() as model:
            language = "spanish" if name.endswith("-es") else "english_2026-04"
            tiny_tts.write_pocket(folder, language=language)
            voice = folder / "voices" / "alba.safetensors"
            voice.rename(voice.with_stem(model.voice))


def catalog_of_stand_ins(name: str) -> Catalog:
    """The real entry, with the stand-ins' pins for the real ones'."""
    entry = CATALOG.entry(name)
    files = []
    for file in entry.files:
        content = entry.path_of(file).read_bytes()
        pins = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        files.append(file.model_copy(update=pins))
    return Catalog({name: entry.model_copy(update={"files": tuple(files)})})


@pytest.mark.parametrize("name", DOWNLOADED)
def test_a_model_loads_from_the_files_the_catalogue_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    model = Settings().models[name]
    with pytest.raises(ModelError, match="is not here") as caught:
        CatalogLoader(CATALOG).load(model)
    assert caught.value.code == "model_missing"

    entry = CATALOG.entry(name)
    entry.folder.mkdir(parents=True)
    fill(entry.folder, name)
    engine = CatalogLoader(catalog_of_stand_ins(name)).load(model)
    try:
        role = {"stt": Recognizer, "thinker": Thinker, "tts": Synthesizer}[entry.role]
        assert isinstance(engine, role)
        if isinstance(engine, Synthesizer):
            assert engine.rate_hz == 24_000
        if isinstance(engine, Recognizer):
            assert engine.rate_hz == entry.rate_hz
        if isinstance(engine, Recognizer | Synthesizer):
            assert set(engine.languages) <= set(entry.languages)
            assert engine.languages[0] == ("es" if "-es" in name else "en")
    finally:
        engine.close()


def test_there_is_a_model_for_each_entry_and_a_set_for_each_offer() -> None:
    settings = Settings()
    entries = {model.catalogue for model in settings.models.values()}
    assert entries == {name for name, entry in CATALOG.entries.items() if entry.role in ROLES}
    for offered in CATALOG.sets.values():
        assert settings.sets[offered.id].model_dump() == offered.models
        assert set(offered.options) <= set(settings.models)
