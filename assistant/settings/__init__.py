"""The settings: typed, checked as a whole, with every problem reported at once."""

from __future__ import annotations

from assistant.settings.checks import ROLES, Role
from assistant.settings.load import load_settings
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
from assistant.settings.schema import (
    SCHEMA_VERSION,
    ConversationSettings,
    PoolSettings,
    Settings,
    WorkerSettings,
)

__all__ = [
    "ROLES",
    "SCHEMA_VERSION",
    "ConversationSettings",
    "EarsSettings",
    "EspeakNgSettings",
    "KokoroSettings",
    "LlamaCppSettings",
    "ModelSet",
    "ModelSettings",
    "OnnxAsrSettings",
    "PiperSettings",
    "PocketTtsSettings",
    "PocketsphinxSettings",
    "PoolSettings",
    "Role",
    "Sampling",
    "Settings",
    "TalkerSettings",
    "WorkerSettings",
    "load_settings",
]
