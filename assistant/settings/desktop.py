"""The settings of the desktop program: keys, looks, what is kept.

Owns these sections of the schema; see `assistant.settings.schema` for the whole.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assistant.settings.models import Section


class KeySettings(Section):
    """Keys that work in every program, not only in the window."""

    everywhere: bool = Field(
        default=True,
        title="Talk key everywhere",
        description="The talk key works whatever program has the keyboard.",
    )
    talk: str = Field(
        default="Ctrl+Alt+Space",
        min_length=1,
        max_length=60,
        title="Talk key",
        description="Keys pressed together to talk, joined by +.",
    )
    cancel: str = Field(
        default="Ctrl+Alt+Escape",
        min_length=1,
        max_length=60,
        title="Cancel key",
        description="Keys pressed together to stop the answer, joined by +.",
    )


class WindowSettings(Section):
    """How the window looks and behaves."""

    language: Literal["system", "en", "es"] = Field(
        default="system",
        title="Window language",
        description="Language of the window: system, en or es.",
    )
    appearance: Literal["system", "light", "dark"] = Field(
        default="system", title="Appearance", description="Colours: system, light or dark."
    )
    reduced_motion: bool = Field(
        default=False, title="Less motion", description="No animations and no moving level rings."
    )
    start_hidden: bool = Field(
        default=False, title="Start hidden", description="Start with the tray icon only."
    )
    autostart: bool = Field(
        default=False, title="Start at login", description="Start when you log in."
    )
    close_to_tray: bool = Field(
        default=True,
        title="Stay in the tray",
        description="Closing the window leaves the assistant running where there is a tray.",
    )
    overlay: bool = Field(
        default=False,
        title="Latency overlay",
        description="Show the small panel with the latency of each turn.",
    )
    overlay_opacity: float = Field(
        default=0.9,
        ge=0.3,
        le=1.0,
        title="Overlay opacity",
        description="How solid the overlay is (0.3 to 1.0).",
    )


class HistorySettings(Section):
    """What is kept of conversations."""

    keep: bool = Field(
        default=True,
        title="Keep conversations",
        description="Write conversations to this computer's disk; off = nothing is written.",
    )
    keep_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        title="Keep for",
        description="Days after which conversations are deleted (0 to 36500, 0 = never).",
    )
