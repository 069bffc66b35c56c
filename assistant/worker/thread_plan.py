"""How many threads the thinker takes, alone and while the voice computes.

Owns that rule, as data. Source: shared reference H (measured 2026-11-20): two llama.cpp threads fall from 20
to 1-5 tokens/s as soon as a third thread wants a core, one thread keeps 8-12; so there is never more at work
than there are cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from assistant.catalog.tuning import usable_cores
from assistant.pool.tuned import tuned_for, with_tuning

if TYPE_CHECKING:
    from assistant.settings import Settings


@runtime_checkable
class SwitchesThreads(Protocol):
    """A thinker whose threads can change between two tokens."""

    def set_threads(self, n_decode: int, n_prompt: int) -> None:
        """Use so many threads from the next token on."""
        ...


@dataclass(frozen=True, slots=True)
class ThreadPlan:
    """Threads of the thinker.

    Attributes:
        alone: for prompts always, and for tokens while nobody speaks.
        while_speaking: for tokens while the voice computes.
    """

    alone: int
    while_speaking: int

    @classmethod
    def of(cls, settings: Settings, cores: int | None = None) -> ThreadPlan:
        """Return the plan for the active set on this machine.

        Args:
            settings: say how many threads each model may take.
            cores: None = those this process may use.
        """
        cores = cores or usable_cores()
        models = (settings.models[settings.model_name(role)] for role in ("thinker", "tts"))
        thinker, voice = (
            getattr(with_tuning(model, tuned_for(model)), "threads", 1) for model in models
        )
        return cls(alone=thinker, while_speaking=max(1, min(thinker, cores - voice)))


class ThreadSwitch:
    """Applies a plan between two tokens; used by the thinking thread only.

    Args:
        thinker: whose threads change; one that cannot change them is left alone.
        plan: None = nothing ever changes.
    """

    def __init__(self, thinker: object, plan: ThreadPlan | None) -> None:
        self._thinker = thinker if isinstance(thinker, SwitchesThreads) else None
        self._plan = plan
        self._decode = plan.alone if plan else 0

    def follow(self, *, speaking: bool) -> None:
        """Take as many threads as the plan says; costs nothing when nothing changed."""
        if self._thinker is None or self._plan is None:
            return
        wanted = self._plan.while_speaking if speaking else self._plan.alone
        if wanted != self._decode:
            self._thinker.set_threads(wanted, self._plan.alone)
            self._decode = wanted
