"""What the assistant says on its own account; pure."""

from __future__ import annotations

from typing import Literal


def timer_sentence(name: str, language: Literal["en", "es"]) -> str:
    """Return what is said when a timer runs out; ``name`` may be empty."""
    if language == "es":
        return (
            f"El temporizador de {name} ha terminado." if name else "El temporizador ha terminado."
        )
    return f"Your {name} timer is done." if name else "Your timer is done."
