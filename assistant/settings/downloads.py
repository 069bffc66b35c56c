"""The settings of downloads: from where, how patiently, and whether at all."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from assistant.settings.models import Section

SecureUrl = Annotated[
    str,
    StringConstraints(
        pattern=r"^https://[^\s/]+(/\S*)?$|^http://(127\.0\.0\.1|localhost)[:/]?\S*$"
    ),
]
"""Encrypted, except to this computer: a mirror on the way could otherwise see what is fetched."""


class DownloadSettings(Section):
    """How models are fetched when the person asks for it; nothing is ever fetched unasked."""

    allowed: bool = Field(
        default=True,
        title="Downloads",
        description="Models may be downloaded when you ask for it; false = never, import them instead.",
    )
    hub: SecureUrl | None = Field(
        default=None,
        title="Model hub",
        description="Address of a mirror of the model hub; null = the hub itself.",
    )
    mirror: SecureUrl | None = Field(
        default=None,
        title="Mirror",
        description=(
            "Address of a mirror for all other files, which has them under host/path of their own"
            " address; null = none."
        ),
    )
    connect_timeout_s: float = Field(
        default=15.0,
        ge=1,
        le=300,
        title="Connection limit",
        description="Seconds to reach a server (1 to 300).",
    )
    stall_timeout_s: float = Field(
        default=30.0,
        ge=1,
        le=3600,
        title="Stall limit",
        description="Seconds without a byte until the server is asked again (1 to 3600).",
    )
    attempts: int = Field(
        default=5,
        ge=1,
        le=100,
        title="Attempts",
        description="Tries in a row without a single new byte until it gives up (1 to 100).",
    )
