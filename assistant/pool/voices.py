"""Which voices there are, and settings that speak with one of them.

Owns their names: a model (``piper-en-alba``), or a model's voice (``kokoro/bf_emma``, or ``bf_emma`` where
one model has it). Names are read from files beside the models; no model is loaded for it.
"""

from __future__ import annotations

import difflib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.catalog.catalog import Catalog
from assistant.catalog.seals import sealed_paths
from assistant.errors import AssistantError, ModelError
from assistant.settings import EspeakNgSettings, KokoroSettings, PiperSettings, PocketTtsSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assistant.settings import ModelSettings, Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """One voice.

    Attributes:
        model: name of the model in the settings.
        voice: the model's own name of the voice; empty = it has only one.
        languages: codes of what it speaks.
        is_here: the model's files are on this computer; without them only its usual voice is known.
        is_active: the set in use speaks with it.
    """

    model: str
    voice: str
    languages: tuple[str, ...]
    is_here: bool
    is_active: bool

    @property
    def name(self) -> str:
        """What ``--voice`` takes."""
        return f"{self.model}/{self.voice}" if self.voice else self.model


def voices(settings: Settings) -> list[VoiceChoice]:
    """Return every voice of every model that speaks, those of the set in use first."""
    catalog, active = Catalog.load(), settings.model_name("tts")
    found = []
    for name, model in settings.models.items():
        if model.role != "tts":
            continue
        entry = catalog.entry(model.catalogue)
        files = _files(catalog, model)
        usual = _usual(model)
        for voice in (_names(model, files) if files is not None else ()) or (usual,):
            languages = _languages(model, voice) or entry.languages
            is_active = name == active and voice == usual
            found.append(VoiceChoice(name, voice, languages, files is not None, is_active))
    return sorted(found, key=lambda one: (one.model != active, not one.is_here))


def with_voice(settings: Settings, name: str) -> Settings:
    """Return settings whose set speaks with the voice of this name, and with no other if it does not load.

    The language becomes the voice's where it does not speak the one in force: numbers are read in it.

    Raises:
        ModelError: ``voice_unknown``, naming what is nearest.
    """
    model, voice = _find(settings, name)
    chosen = settings.models[model]
    if not voice and (usual := _usual(chosen)):
        voice = usual
    changed: dict[str, object] = {"fallback": ()}
    if voice:
        changed["speaker" if isinstance(chosen, PiperSettings) else "voice"] = voice
    models = {**settings.models, model: chosen.model_copy(update=changed)}
    one_set = settings.sets[settings.set].model_copy(update={"tts": model})
    sets = {**settings.sets, settings.set: one_set}
    speaks = _languages(chosen, voice) or Catalog.load().entry(chosen.catalogue).languages
    language = settings.language if settings.language in speaks else speaks[0]
    return settings.model_copy(update={"models": models, "sets": sets, "language": language})


def _find(settings: Settings, name: str) -> tuple[str, str]:
    """Return model and voice; the voice is empty for the model's usual one."""
    speaking = [key for key, model in settings.models.items() if model.role == "tts"]
    if name in speaking:
        return name, ""
    known = voices(settings)
    for one in known:
        if name in (one.name, one.voice):
            return one.model, one.voice
    names = [*speaking, *(one.name for one in known), *(one.voice for one in known if one.voice)]
    near = difflib.get_close_matches(name, names, n=3) or sorted(speaking)
    raise ModelError(
        "voice_unknown",
        f"There is no voice {name!r}.",
        f"Did you mean {', '.join(near)}? `assistant say --list-voices` shows all.",
    )


def _files(catalog: Catalog, model: ModelSettings) -> Mapping[str, Path] | None:
    try:
        return sealed_paths(catalog.entry(model.catalogue))
    except ModelError:
        return None


def _usual(model: ModelSettings) -> str:
    """The voice the settings say; empty where there is only one."""
    return getattr(model, "voice", None) or getattr(model, "speaker", None) or ""


def _names(model: ModelSettings, files: Mapping[str, Path]) -> tuple[str, ...]:
    """Return a model's voices; none where it has one or they cannot be read, which loading will tell."""
    try:
        match model:
            case EspeakNgSettings():
                from assistant.engines.espeak import EspeakSynthesizer

                engine = EspeakSynthesizer(model.voice, model.rate_wpm, model.pitch)
                try:
                    return tuple(one.name for one in engine.voices())
                finally:
                    engine.close()
            case KokoroSettings():
                from assistant.engines.kokoro import voice_names

                return voice_names(next(p for n, p in files.items() if n.endswith(".bin")))
            case PiperSettings():
                from assistant.engines.piper import speaker_names

                return speaker_names(next(p for n, p in files.items() if n.endswith(".json")))
            case PocketTtsSettings():
                from assistant.engines.pocket_bundle import voice_names as beside

                return beside(files["bundle.json"].parent)
            case _:
                pass  # they have one voice
    except AssistantError as exc:
        logger.info("the voices of %s are not readable: %s", model.catalogue, exc.message)
    return ()


def _languages(model: ModelSettings, voice: str) -> tuple[str, ...]:
    """What a single voice speaks, where its name says so; empty = what its model does."""
    if isinstance(model, KokoroSettings):
        return ("es",) if voice.startswith("e") else ("en",)
    if isinstance(model, EspeakNgSettings):
        return (voice.partition("-")[0],)
    return ()
