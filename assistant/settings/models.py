"""The settings of the models: which serves which role, and how each engine runs its own.

Owns one class for each engine. Where a model's files lie and what they must contain is the
catalogue's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.settings.checks import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
Names = Annotated[tuple[Name, ...], Field(strict=False)]  # YAML has lists, not tuples


class Section(BaseModel):
    """A mapping that refuses unknown keys, wrong types, NaN and later changes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ModelSet(Section):
    """Which model serves each role."""

    stt: Name = Field(title="Speech to text", description="Name of the model that hears you.")
    thinker: Name = Field(title="Thinker", description="Name of the model that answers.")
    tts: Name = Field(title="Text to speech", description="Name of the model that speaks.")


class _Model(Section):
    role: ClassVar[Role]

    catalogue: Name = Field(
        title="Catalogue entry",
        description="Id of the entry in models/catalogue.yaml that says which files belong to it.",
    )
    permanent: bool = Field(
        default=False,
        title="Permanent",
        description="Once loaded it is never unloaded to make room.",
    )
    load_on_startup: bool = Field(
        default=False,
        title="Load on start-up",
        description="Loaded before the assistant says it is ready, even outside the active set.",
    )
    idle_unload_s: float | None = Field(
        default=None,
        ge=1,
        le=86_400,
        title="Unload when idle",
        description="Seconds without use after which it is unloaded (1 to 86400); null = never.",
    )
    fallback: Names = Field(
        default=(),
        max_length=4,
        title="Fallback",
        description="Models of the same role tried in this order when this one does not load.",
    )
    expected_memory_mb: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        title="Expected memory",
        description="Megabytes to keep free for it (1 to 1000000); null = the catalogue's figure.",
    )


class Sampling(Section):
    """How the next token is chosen."""

    temperature: float = Field(
        default=0.0,
        ge=0,
        le=2,
        title="Temperature",
        description="Randomness (0 to 2); 0 = always the likeliest token.",
    )
    top_k: int = Field(
        default=40,
        ge=0,
        le=1000,
        title="Top k",
        description="Choose among this many likeliest tokens (0 to 1000); 0 = all.",
    )
    top_p: float = Field(
        default=1.0,
        gt=0,
        le=1,
        title="Top p",
        description="Choose among the likeliest tokens of this total probability (above 0, to 1).",
    )
    min_p: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Min p",
        description="Drop tokens below this share of the likeliest one's probability (0 to 1).",
    )
    repeat_penalty: float = Field(
        default=1.0,
        ge=0.5,
        le=2,
        title="Repeat penalty",
        description="Above 1 discourages words used already (0.5 to 2); 1 = off.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=4_294_967_294,
        title="Seed",
        description="Start of the random numbers (0 to 4294967294): same seed, same answer.",
    )


class LlamaCppSettings(_Model):
    """A thinker in a GGUF file, run by llama.cpp."""

    role: ClassVar[Role] = "thinker"

    engine: Literal["llama_cpp"] = Field(
        title="Engine", description="The program that runs the model: llama_cpp."
    )
    context_tokens: int = Field(
        default=2048,
        ge=256,
        le=131_072,
        title="Context",
        description="Tokens of conversation it can remember (256 to 131072).",
    )
    threads: int = Field(
        default=2, ge=1, le=64, title="Threads", description="CPU threads it may use (1 to 64)."
    )
    batch_tokens: int = Field(
        default=512,
        ge=16,
        le=4096,
        title="Batch",
        description="Prompt tokens processed at once (16 to 4096), at most context_tokens.",
    )
    max_reply_tokens: int = Field(
        default=200,
        ge=8,
        le=4096,
        title="Longest reply",
        description="Tokens after which a reply is cut (8 to 4096), at most context_tokens.",
    )
    sampling: Sampling = Field(
        default_factory=Sampling,
        title="Sampling",
        description="How the next token is chosen.",
    )
    use_mmap: bool = Field(
        default=False,
        title="Map the file",
        description="Map the file instead of reading it; true costs about twice the memory.",
    )
    flash_attention: bool = Field(
        default=True,
        title="Flash attention",
        description="Use the fused attention kernels; false only to hunt for errors.",
    )


class PocketsphinxSettings(_Model):
    """A recogniser run by PocketSphinx."""

    role: ClassVar[Role] = "stt"

    engine: Literal["pocketsphinx"] = Field(
        title="Engine", description="The program that runs the model: pocketsphinx."
    )
    decoding: Literal["mixed", "domain", "general"] = Field(
        default="mixed",
        title="Language model",
        description=(
            "What it expects to hear: mixed (commands and open speech), domain (commands only) or"
            " general (open speech only)."
        ),
    )


class EspeakNgSettings(_Model):
    """A voice of eSpeak NG."""

    role: ClassVar[Role] = "tts"

    engine: Literal["espeak_ng"] = Field(
        title="Engine", description="The program that runs the model: espeak_ng."
    )
    voice: str = Field(
        default="en-us",
        min_length=2,
        max_length=64,
        title="Voice",
        description="Name of an eSpeak NG voice, such as en-us, en-gb, es or es-419.",
    )
    rate_wpm: int = Field(
        default=165, ge=80, le=450, title="Rate", description="Words a minute (80 to 450)."
    )
    pitch: int = Field(
        default=50, ge=0, le=100, title="Pitch", description="From low (0) to high (100)."
    )


class _OnnxModel(_Model):
    threads: int = Field(
        default=1, ge=1, le=64, title="Threads", description="CPU threads it may use (1 to 64)."
    )
    memory_arena: bool = Field(
        default=True,
        title="Keep work memory",
        description="Keep freed work memory for the next run; false takes less memory and more time.",
    )
    prepacking: bool = Field(
        default=True,
        title="Reorder weights",
        description="Keep a reordered copy of the weights; false takes less memory and more time.",
    )


class OnnxAsrSettings(_OnnxModel):
    """A recogniser in ONNX files, run by onnx-asr."""

    role: ClassVar[Role] = "stt"

    engine: Literal["onnx_asr"] = Field(
        title="Engine", description="The program that runs the model: onnx_asr."
    )
    language: Literal["en", "es"] | None = Field(
        default=None,
        title="Language",
        description=(
            "Language it listens for, en or es; null = the one you speak. Models of one language take"
            " no notice."
        ),
    )
    partial_ms: int = Field(
        default=300,
        ge=100,
        le=5000,
        title="Partial text every",
        description="Milliseconds of new speech until the text so far is renewed (100 to 5000).",
    )


class PiperSettings(_OnnxModel):
    """A Piper voice."""

    role: ClassVar[Role] = "tts"

    engine: Literal["piper"] = Field(
        title="Engine", description="The program that runs the model: piper."
    )
    speaker: str | None = Field(
        default=None,
        max_length=64,
        title="Speaker",
        description="Name of the speaker in a voice of several; null = its first.",
    )
    speed: float = Field(
        default=1.0,
        ge=0.5,
        le=2,
        title="Speed",
        description="How fast it speaks (0.5 to 2); 1 = as recorded.",
    )


class KokoroSettings(_OnnxModel):
    """A voice of Kokoro."""

    role: ClassVar[Role] = "tts"

    engine: Literal["kokoro"] = Field(
        title="Engine", description="The program that runs the model: kokoro."
    )
    voice: str = Field(
        default="af_heart",
        min_length=2,
        max_length=64,
        title="Voice",
        description="Name of one of its voices, such as af_heart, bf_emma, ef_dora or em_alex.",
    )
    speed: float = Field(
        default=1.0,
        ge=0.5,
        le=2,
        title="Speed",
        description="How fast it speaks (0.5 to 2); 1 = as recorded.",
    )


class PocketTtsSettings(_OnnxModel):
    """A voice of Pocket TTS."""

    role: ClassVar[Role] = "tts"

    engine: Literal["pocket_tts"] = Field(
        title="Engine", description="The program that runs the model: pocket_tts."
    )
    voice: str = Field(
        default="alba",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=64,
        title="Voice",
        description="Name of a voice that lies beside the model, such as alba or lola.",
    )
    temperature: float = Field(
        default=0.3,
        ge=0,
        le=2,
        title="Temperature",
        description="Liveliness (0 to 2); 0 = always sounds the same.",
    )


class EarsSettings(_OnnxModel):
    """Our own recogniser: the audio core and a search for words."""

    role: ClassVar[Role] = "stt"

    engine: Literal["ears"] = Field(
        title="Engine", description="The program that runs the model: ears."
    )


class TalkerSettings(_OnnxModel):
    """Our own voice: text encoder, talker and vocoder."""

    role: ClassVar[Role] = "tts"

    engine: Literal["talker"] = Field(
        title="Engine", description="The program that runs the model: talker."
    )
    speed: float = Field(
        default=1.0,
        ge=0.5,
        le=2,
        title="Speed",
        description="How fast it speaks (0.5 to 2); 1 = as trained.",
    )
    pitch_semitones: float = Field(
        default=0.0,
        ge=-4.5,
        le=4.5,
        title="Pitch",
        description="Semitones above or below the trained voice (-4.5 to 4.5).",
    )


ModelSettings = Annotated[
    LlamaCppSettings
    | PocketsphinxSettings
    | EspeakNgSettings
    | OnnxAsrSettings
    | PiperSettings
    | KokoroSettings
    | PocketTtsSettings
    | EarsSettings
    | TalkerSettings,
    Field(discriminator="engine"),
]

ENGINES: Mapping[
    str,
    type[
        LlamaCppSettings
        | PocketsphinxSettings
        | EspeakNgSettings
        | OnnxAsrSettings
        | PiperSettings
        | KokoroSettings
        | PocketTtsSettings
        | EarsSettings
        | TalkerSettings
    ],
] = {
    "llama_cpp": LlamaCppSettings,
    "pocketsphinx": PocketsphinxSettings,
    "espeak_ng": EspeakNgSettings,
    "onnx_asr": OnnxAsrSettings,
    "piper": PiperSettings,
    "kokoro": KokoroSettings,
    "pocket_tts": PocketTtsSettings,
    "ears": EarsSettings,
    "talker": TalkerSettings,
}
"""The settings class of each engine, by the engine's name in the file."""
