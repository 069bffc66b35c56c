"""The models and sets there are without any file of the person's own.

Owns these values; `config/sarai.yaml` says the same to people, and a test holds the two together. What a
model's files are, and whether they are installed, is the catalogue's business.
"""

from __future__ import annotations

from typing import Final, Literal

from assistant.settings.models import (
    EarsSettings,
    EspeakNgSettings,
    KokoroSettings,
    LlamaCppSettings,
    ModelSet,
    ModelSettings,
    OnnxAsrSettings,
    PiperSettings,
    PocketsphinxSettings,
    PocketTtsSettings,
    Sampling,
    TalkerSettings,
)

LFM2_SAMPLING: Final = Sampling(temperature=0.3, top_k=0, min_p=0.15, repeat_penalty=1.05)
"""Liquid AI's advice for LFM2 (model cards of LFM2-350M and LFM2-1.2B)."""

LFM25_SAMPLING: Final = Sampling(temperature=0.1, top_k=50, repeat_penalty=1.05)
"""Liquid AI's advice for LFM2.5 Instruct (model card of LFM2.5-1.2B-Instruct)."""

LFM_BATCH_TOKENS: Final = 128
"""Work memory grows with the batch: 30 MB less than with 512, prompts as fast (docs/adr/0016-memory.md)."""


def default_sets() -> dict[str, ModelSet]:
    """Return the sets that the catalogue offers under the same names."""
    return {
        "starter": ModelSet(stt="pocketsphinx-mixed", thinker="sarai-starter", tts="espeak-ng"),
        "talker": ModelSet(stt="sarai-ears", thinker="sarai-starter", tts="sarai-voice"),
        "light": ModelSet(stt="parakeet-110m-en", thinker="lfm2.5-350m", tts="piper-en-norman"),
        "light-es": ModelSet(stt="fastconformer-es", thinker="lfm2.5-350m", tts="piper-es-davefx"),
        "standard": ModelSet(stt="parakeet-110m-en", thinker="lfm2.5-1.2b", tts="pocket-tts-en"),
        "standard-es": ModelSet(
            stt="fastconformer-es", thinker="lfm2.5-1.2b", tts="piper-es-davefx"
        ),
    }


def default_models() -> dict[str, ModelSettings]:
    """Return every model of the catalogue, as it is run unless the person says otherwise."""
    models: dict[str, ModelSettings] = {
        "pocketsphinx-mixed": PocketsphinxSettings(
            engine="pocketsphinx",
            catalogue="pocketsphinx-mixed",
            permanent=True,
            load_on_startup=True,
        ),
        "sarai-starter": LlamaCppSettings(
            engine="llama_cpp",
            catalogue="sarai-starter",
            threads=1,
            permanent=True,
            load_on_startup=True,
        ),
        "espeak-ng": EspeakNgSettings(
            engine="espeak_ng", catalogue="espeak-ng", permanent=True, load_on_startup=True
        ),
        "sarai-ears": EarsSettings(
            engine="ears", catalogue="sarai-ears", fallback=("pocketsphinx-mixed",)
        ),
        "sarai-voice": TalkerSettings(
            engine="talker", catalogue="sarai-voice", fallback=("espeak-ng",)
        ),
    }
    models |= {name: _lfm(name, LFM25_SAMPLING) for name in _LFM25}
    models |= {name: _lfm(name, LFM2_SAMPLING) for name in _LFM2}
    models |= {
        "parakeet-110m-en": _recognizer("parakeet-110m-en", "en", arena=False),
        "fastconformer-es": _recognizer("fastconformer-es", "es", arena=False),
        "whisper-tiny": _recognizer("whisper-tiny", arena=False),
        "whisper-base": _recognizer("whisper-base", arena=False),
        "canary-180m-flash": _recognizer("canary-180m-flash"),
        "pocket-tts-en": _pocket("pocket-tts-en", "alba"),
        "pocket-tts-es": _pocket("pocket-tts-es", "lola"),
    }
    models |= {
        name: PiperSettings(engine="piper", catalogue=name, memory_arena=False) for name in _PIPER
    }
    return models | {"kokoro": KokoroSettings(engine="kokoro", catalogue="kokoro", threads=2)}


_LFM25: Final = ("lfm2.5-350m", "lfm2.5-350m-qad", "lfm2.5-1.2b", "lfm2.5-1.2b-qad")
_LFM2: Final = ("lfm2-350m", "lfm2-1.2b")
_PIPER: Final = (
    "piper-en-norman",
    "piper-en-alba",
    "piper-en-ljspeech",
    "piper-es-davefx",
    "piper-es-ald",
)


def _lfm(name: str, sampling: Sampling) -> LlamaCppSettings:
    return LlamaCppSettings(
        engine="llama_cpp", catalogue=name, batch_tokens=LFM_BATCH_TOKENS, sampling=sampling
    )


def _recognizer(
    name: str, language: Literal["en", "es"] | None = None, *, arena: bool = True
) -> OnnxAsrSettings:
    return OnnxAsrSettings(
        engine="onnx_asr",
        catalogue=name,
        threads=2,
        memory_arena=arena,
        language=language,
    )


def _pocket(name: str, voice: str) -> PocketTtsSettings:
    return PocketTtsSettings(engine="pocket_tts", catalogue=name, voice=voice)
