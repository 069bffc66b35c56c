"""From a model's settings to a loaded, warm engine: the one list of engines there is.

Owns the mapping engine name → constructor and the warm-up run. Does not count, budget or evict
(`assistant.pool.pool` does) and does not know where files live (`assistant.catalog` does).
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.engines.base import CancelToken, Recognizer, Samples, Synthesizer, Thinker
from assistant.errors import ModelError
from assistant.pool.tuned import session_plan, tuned_for, with_tuning
from assistant.settings import (
    EarsSettings,
    EspeakNgSettings,
    KokoroSettings,
    LlamaCppSettings,
    ModelSettings,
    OnnxAsrSettings,
    PiperSettings,
    PocketsphinxSettings,
    PocketTtsSettings,
    TalkerSettings,
)

if TYPE_CHECKING:
    from assistant.catalog.catalog import Catalog
    from assistant.catalog.tuning import TunedModel
    from assistant.engines.onnx_session import SessionPlan
    from assistant.pool.pool import EngineLoader
    from assistant.settings import Settings

Engine = Recognizer | Thinker | Synthesizer
OnnxSettings = (
    OnnxAsrSettings
    | PiperSettings
    | KokoroSettings
    | PocketTtsSettings
    | EarsSettings
    | TalkerSettings
)

_POOL_KEYS = {
    "permanent",
    "load_on_startup",
    "idle_unload_s",
    "fallback",
    "expected_memory_mb",
    "max_reply_tokens",
}
"""Settings that concern the pool or the caller; two models that differ only here share one engine."""

SMART_TURN = "smart-turn"
"""Id of its entry in the catalogue."""

WARM_UP_SAMPLES = 16_000
"""A second of silence: enough to touch every page of a recogniser once."""

logger = logging.getLogger(__name__)


def identity(model: ModelSettings) -> str:
    """Return the same text for models whose loaded engine would be the same."""
    return json.dumps(model.model_dump(exclude=_POOL_KEYS), sort_keys=True)


class CatalogLoader:
    """Loads real engines from the files the catalogue names.

    Args:
        catalog: names the files.
        tuning: how a model runs best here; None = what was kept for this computer, see `models tune`.
    """

    def __init__(
        self,
        catalog: Catalog,
        tuning: Callable[[ModelSettings], TunedModel | None] | None = None,
    ) -> None:
        self._catalog = catalog
        self._tuning = tuning or tuned_for

    def expected_bytes(self, model: ModelSettings) -> int:
        """Memory to have free before loading: the user's figure, else the catalogue's."""
        megabytes = model.expected_memory_mb
        if megabytes is None:
            megabytes = self._catalog.entry(model.catalogue).memory_mb
        return int((megabytes or 0) * 1_000_000)

    def load(self, model: ModelSettings) -> Engine:
        """Return a loaded engine that has run once.

        Raises:
            ModelError: a file is missing or damaged, or the engine refuses it.
        """
        from assistant.catalog.seals import sealed_paths

        files = sealed_paths(self._catalog.entry(model.catalogue))
        tuned = self._tuning(model)
        model = with_tuning(model, tuned)
        engine: Engine
        match model:
            case PocketsphinxSettings():
                from assistant.engines.pocketsphinx import PocketsphinxRecognizer

                engine = PocketsphinxRecognizer(
                    model.decoding,
                    language_model=files.get(f"{model.decoding}.lm.bin"),
                    dictionary=files.get("words.dict"),
                )
            case LlamaCppSettings():
                from assistant.engines.llama import LlamaThinker, Sampling

                (path,) = files.values()
                engine = LlamaThinker(
                    path,
                    context_tokens=model.context_tokens,
                    threads=model.threads,
                    batch_tokens=model.batch_tokens,
                    sampling=Sampling(**model.sampling.model_dump()),
                    use_mmap=model.use_mmap,
                    flash_attention=model.flash_attention,
                )
            case EspeakNgSettings():
                from assistant.engines.espeak import EspeakSynthesizer

                engine = EspeakSynthesizer(model.voice, model.rate_wpm, model.pitch)
            case (
                OnnxAsrSettings()
                | PiperSettings()
                | KokoroSettings()
                | PocketTtsSettings()
                | EarsSettings()
                | TalkerSettings()
            ):
                engine = _onnx_engine(model, files, session_plan(model, tuned))
        warm_up(engine)
        return engine

    def judge_end(self) -> Callable[[Samples], float] | None:
        """Return Smart Turn where it is installed and loads; without it the words alone decide."""
        from assistant.catalog.seals import sealed_paths
        from assistant.engines.smart_turn import SmartTurn

        try:
            (path,) = sealed_paths(self._catalog.entry(SMART_TURN)).values()
            return SmartTurn(path).probability
        except ModelError as exc:
            logger.info("without Smart Turn: %s", exc.message)
            return None


def _onnx_engine(model: OnnxSettings, files: Mapping[str, Path], plan: SessionPlan) -> Engine:
    match model:
        case OnnxAsrSettings():
            from assistant.engines.onnx_asr import OnnxAsrRecognizer

            return OnnxAsrRecognizer(
                _folder(files),
                language=model.language or "en",
                partial_ms=model.partial_ms,
                plan=plan,
            )
        case PiperSettings():
            from assistant.engines.piper import PiperSynthesizer

            (voice,) = (path for name, path in files.items() if name.endswith(".onnx"))
            return PiperSynthesizer(voice, speaker=model.speaker, speed=model.speed, plan=plan)
        case KokoroSettings():
            from assistant.engines.kokoro import KokoroSynthesizer

            (graph,) = (path for name, path in files.items() if name.endswith(".onnx"))
            (voices,) = (path for name, path in files.items() if name.endswith(".bin"))
            return KokoroSynthesizer(graph, voices, voice=model.voice, speed=model.speed, plan=plan)
        case EarsSettings():
            from assistant.engines.ears import EarsRecognizer

            return EarsRecognizer(files, plan=plan)
        case TalkerSettings():
            from assistant.engines.talker import TalkerSynthesizer
            from assistant.pool.talker_plan import talker_plan, tuned_talker

            return TalkerSynthesizer(
                files,
                speed=model.speed,
                pitch_semitones=model.pitch_semitones,
                plan=plan,
                talker_plan=talker_plan(model, plan, tuned_talker(model.catalogue)),
            )
        case PocketTtsSettings():
            from assistant.engines.pocket_tts import PocketTtsSynthesizer

            return PocketTtsSynthesizer(
                files["bundle.json"].parent,
                model.voice,
                temperature=model.temperature,
                plan=plan,
            )


def _folder(files: Mapping[str, Path]) -> Path:
    """Return the folder all of a model's files lie in or below."""
    return Path(os.path.commonpath([path.parent for path in files.values()]))


def expected_bytes(settings: Settings, roles: Sequence[str], loader: EngineLoader | None) -> int:
    """Return the memory that the active set's models for these roles are expected to take.

    Args:
        settings: of the whole program.
        roles: of ``stt``, ``thinker``, ``tts``.
        loader: makes engines; None means the real ones of the catalogue.

    Raises:
        ModelError: a model is not in the catalogue.
    """
    from assistant.catalog.catalog import Catalog

    loader = loader or CatalogLoader(Catalog.load())
    models = [settings.models[settings.model_name(role)] for role in roles]
    return sum(loader.expected_bytes(model) for model in models)


def for_language(settings: Settings) -> Settings:
    """Return settings in which recognisers that may follow the person's language listen for it."""
    models = {
        name: model.model_copy(update={"language": settings.language})
        if isinstance(model, OnnxAsrSettings) and model.language is None
        else model
        for name, model in settings.models.items()
    }
    return settings.model_copy(update={"models": models})


def warm_up(engine: Engine) -> None:
    """Run the engine once, so that the first turn pays for no page fault or lazy table."""
    import numpy as np

    match engine:
        case Recognizer():
            stream = engine.open()
            stream.feed(np.zeros(WARM_UP_SAMPLES, np.float32))
            stream.finish()
        case Synthesizer():
            for _ in engine.synthesize("Ready.", cancel=CancelToken()):
                pass
        case Thinker():
            pass  # LlamaThinker runs a token when it is made
