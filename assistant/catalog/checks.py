"""One verdict on a model. Owns its form; what is looked at is for others to say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One verdict.

    Attributes:
        name: what was looked at.
        ok: None = could not be looked at, which ``detail`` explains.
        detail: what was found, in words.
    """

    name: str
    ok: bool | None
    detail: str
