"""Every setting there is: its type, unit, range, default and what it means.

Owns the shape of the settings and their defaults; `config/sarai.yaml` says the same to people, and
a test holds the two together. It reads no file and no environment: `assistant.settings.load` does.

Everything here is frozen and can be pickled, so the worker process gets the very same object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from assistant.errors import SettingsError
from assistant.settings.checks import cross_check, nearest
from assistant.settings.default_models import default_models, default_sets
from assistant.settings.desktop import HistorySettings, KeySettings, WindowSettings
from assistant.settings.downloads import DownloadSettings
from assistant.settings.live import AudioSettings, ListeningSettings
from assistant.settings.models import (
    LlamaCppSettings,
    ModelSet,
    ModelSettings,
    Name,
    Section,
)

SCHEMA_VERSION: Literal[1] = 1
"""The layout this program reads; older ones are migrated (`assistant.settings.migrations`)."""

CROSS_CHECK = "cross_check"
"""Error type of problems between keys, which pydantic alone cannot see."""

STARTER_SYSTEM_PROMPT = (
    "You are Sarai, an offline voice assistant. Answer in one or two short sentences."
    " Use a tool when one fits."
)
"""The sentence the starter thinker was trained with; another wording makes it worse."""


class PoolSettings(Section):
    """How much the loaded models may take together."""

    budget_mb: int = Field(
        default=2000,
        ge=64,
        le=1_000_000,
        title="Memory budget",
        description="Megabytes for all loaded models together (64 to 1000000).",
    )
    sweep_s: float = Field(
        default=5.0,
        ge=0.1,
        le=3600,
        title="Sweep",
        description="Seconds between looks for idle models (0.1 to 3600).",
    )


class WorkerSettings(Section):
    """How the worker process is watched."""

    start_timeout_s: float = Field(
        default=60.0,
        ge=1,
        le=3600,
        title="Start limit",
        description="Seconds it may take until its models are loaded (1 to 3600).",
    )
    ping_interval_s: float = Field(
        default=1.0,
        ge=0.05,
        le=60,
        title="Ping interval",
        description="Seconds between two questions whether it is alive (0.05 to 60).",
    )
    hang_timeout_s: float = Field(
        default=30.0,
        ge=0.2,
        le=600,
        title="Hang limit",
        description="Seconds without an answer after which it is replaced (0.2 to 600).",
    )
    stop_timeout_s: float = Field(
        default=3.0,
        ge=0.1,
        le=60,
        title="Stop limit",
        description="Seconds it may take to end by itself before it is killed (0.1 to 60).",
    )
    memory_cap_mb: int = Field(
        default=3000,
        ge=128,
        le=1_000_000,
        title="Memory cap",
        description="Megabytes above which it is replaced (128 to 1000000, above pool.budget_mb).",
    )
    restart_limit: int = Field(
        default=3,
        ge=0,
        le=100,
        title="Restart limit",
        description="Restarts within restart_window_s before giving up (0 to 100).",
    )
    restart_window_s: float = Field(
        default=60.0,
        ge=1,
        le=86_400,
        title="Restart window",
        description="Seconds over which restarts are counted (1 to 86400).",
    )


class ConversationSettings(Section):
    """What the thinker is told, and how far it may go with tools."""

    system_prompt: str = Field(
        default=STARTER_SYSTEM_PROMPT,
        min_length=1,
        max_length=8000,
        title="System prompt",
        description="What the thinker is told about itself (1 to 8000 characters).",
    )
    max_tool_rounds: int = Field(
        default=3,
        ge=0,
        le=20,
        title="Tool rounds",
        description="Times it may call tools in one turn (0 to 20).",
    )
    tool_limit_s: float = Field(
        default=2.0,
        ge=0.1,
        le=120,
        title="Tool limit",
        description="Seconds one tool may take (0.1 to 120).",
    )


class Settings(Section):
    """Everything a person may choose; `Settings()` is the same as the packaged file."""

    schema_version: Literal[1] = Field(
        default=SCHEMA_VERSION,
        title="Layout of this file",
        description="Number of the layout (1); raised when keys are renamed.",
    )
    language: Literal["en", "es"] = Field(
        default="en", title="Language", description="Language you speak: en or es."
    )
    set: Name = Field(
        default="starter", title="Model set", description="Which entry of `sets` is used."
    )
    sets: Mapping[Name, ModelSet] = Field(
        default_factory=default_sets,
        title="Model sets",
        description="Named choices of one model for each role.",
    )
    aliases: Mapping[Name, Name] = Field(
        default_factory=lambda: {"tiny": "thinker"},
        title="Aliases",
        description="Other names for a role of the active set (stt, thinker, tts) or for a model.",
    )
    models: Mapping[Name, ModelSettings] = Field(
        default_factory=default_models,
        title="Models",
        description="How each model is run; the files behind it are in the catalogue.",
    )
    pool: PoolSettings = Field(
        default_factory=PoolSettings,
        title="Model pool",
        description="How much the loaded models may take together.",
    )
    worker: WorkerSettings = Field(
        default_factory=WorkerSettings,
        title="Worker process",
        description="How the worker process is watched.",
    )
    conversation: ConversationSettings = Field(
        default_factory=ConversationSettings,
        title="Conversation",
        description="What the thinker is told, and how far it may go with tools.",
    )

    audio: AudioSettings = Field(
        default_factory=AudioSettings,
        title="Audio",
        description="Which devices are used, and what is heard of the machinery.",
    )
    listening: ListeningSettings = Field(
        default_factory=ListeningSettings,
        title="Listening",
        description="When the microphone counts, and when a turn is over.",
    )
    keys: KeySettings = Field(
        default_factory=KeySettings,
        title="Keys",
        description="Keys that work in every program.",
    )
    window: WindowSettings = Field(
        default_factory=WindowSettings,
        title="Window",
        description="How the window looks and behaves.",
    )
    history: HistorySettings = Field(
        default_factory=HistorySettings,
        title="History",
        description="What is kept of conversations.",
    )
    downloads: DownloadSettings = Field(
        default_factory=DownloadSettings,
        title="Downloads",
        description="From where models are fetched when you ask for them.",
    )

    @model_validator(mode="after")
    def _keys_fit_together(self) -> Self:
        problems = cross_check(self.model_dump())
        if problems:
            text = "; ".join(f"{'.'.join(p.key)}: {p.text}" for p in problems)
            raise PydanticCustomError(CROSS_CHECK, "{text}", {"text": text})
        return self

    @property
    def active_set(self) -> ModelSet:
        """The model names of the set in use."""
        return self.sets[self.set]

    def max_reply_tokens(self, name: str) -> int:
        """Return the token limit of a thinker's reply; ``name`` as in :meth:`model_name`."""
        model = self.models[self.model_name(name)]
        if isinstance(model, LlamaCppSettings):
            return model.max_reply_tokens
        raise SettingsError(
            "model_unfit",
            f"The model {name!r} is not a thinker and has no reply limit.",
            "Name a model that serves as thinker.",
        )

    def model_name(self, name: str) -> str:
        """Return the model meant by a model's name, by a role of the active set, or by an alias.

        Raises:
            SettingsError: ``model_unknown``, naming the nearest known name.
        """
        meant = self.aliases.get(name, name)
        roles: dict[str, str] = self.active_set.model_dump()
        meant = roles.get(meant, meant)
        if meant in self.models:
            return meant
        known = [*self.models, *roles, *self.aliases]
        raise SettingsError(
            "model_unknown",
            f"There is no model called {name!r} in the settings{nearest(name, known)}.",
            f"Known names: {', '.join(known)}.",
        )
