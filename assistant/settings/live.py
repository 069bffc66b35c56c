"""The settings of a live conversation: devices, listening, interrupting.

Owns these two sections of the schema; see `assistant.settings.schema` for the whole.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assistant.settings.models import Section


class AudioSettings(Section):
    """Which devices are used, and what is heard of the machinery."""

    input_device: str | None = Field(
        default=None,
        max_length=200,
        title="Microphone",
        description="Name or part of the name of a microphone; null = the system's default.",
    )
    output_device: str | None = Field(
        default=None,
        max_length=200,
        title="Loudspeaker",
        description="Name or part of the name of a loudspeaker; null = the system's default.",
    )
    earcons: bool = Field(
        default=True, title="Earcons", description="Short sounds for listening and thinking."
    )
    echo: Literal["cancel", "half_duplex", "none"] = Field(
        default="cancel",
        title="Own voice",
        description="The assistant's voice in the microphone: cancel (take it out), half_duplex (do not"
        " listen while it speaks), none (headphones).",
    )


class ListeningSettings(Section):
    """When the microphone counts, and when a turn is over."""

    mode: Literal["hands_free", "push_to_talk"] = Field(
        default="hands_free",
        title="Mode",
        description="hands_free (just speak) or push_to_talk (only while the talk key says so).",
    )
    talk_key: Literal["hold", "tap", "auto"] = Field(
        default="auto",
        title="Talk key",
        description="hold it while speaking, tap it before and after, or auto (told apart by duration).",
    )
    vad_threshold: float = Field(
        default=0.5,
        ge=0.05,
        le=0.95,
        title="Speech threshold",
        description="Speech probability from which a frame counts as speech (0.05 to 0.95).",
    )
    soft_end_ms: int = Field(
        default=200,
        ge=90,
        le=600,
        title="Soft end",
        description="Milliseconds of silence after which work begins on trial (90 to 600).",
    )
    shortest_pause_ms: int = Field(
        default=400,
        ge=200,
        le=3000,
        title="Shortest pause",
        description="Milliseconds of silence that end a complete-sounding turn (200 to 3000).",
    )
    pause_ms: int = Field(
        default=600,
        ge=200,
        le=3000,
        title="Pause",
        description="Milliseconds of silence that end a turn (200 to 3000).",
    )
    longest_pause_ms: int = Field(
        default=1500,
        ge=200,
        le=5000,
        title="Longest pause",
        description='Milliseconds of silence after "and", "um" and the like (200 to 5000).',
    )
    longest_turn_s: float = Field(
        default=60.0,
        ge=5,
        le=600,
        title="Longest turn",
        description="Seconds after which a turn is ended in any case (5 to 600).",
    )
    barge_in: bool = Field(
        default=True, title="Interrupting", description="Speaking stops the assistant's answer."
    )
    wake_phrase: str = Field(
        default="",
        max_length=60,
        title="Wake phrase",
        description='Words a turn must begin with in hands_free, such as "hey computer"; empty = none.',
    )
    wake_window_s: float = Field(
        default=20.0,
        ge=0,
        le=600,
        title="Wake window",
        description="Seconds after an answer in which the wake phrase is not needed (0 to 600).",
    )
