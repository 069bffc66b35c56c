"""A model in use: the handle between the pool and whoever runs the model.

Owns one reference. Does not load or free anything itself.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from assistant.engines.base import Thinker
from assistant.errors import ModelError
from assistant.pool.loading import Engine


class Lease:
    """A model in use; give it back with :meth:`release` or leave the ``with`` block.

    Attributes:
        requested: the name that was asked for.
        name: the model that serves.
        fallback_reason: one sentence when ``name`` is not what was requested, else empty.
        engine: the loaded engine.
        is_replica: it has random weights; what it says means nothing.
    """

    def __init__(
        self,
        *,
        key: str,
        requested: str,
        name: str,
        engine: Engine,
        fallback_reason: str,
        give_back: Callable[[Lease], None],
        is_replica: bool = False,
    ) -> None:
        self.requested = requested
        self.name = name
        self.engine = engine
        self.fallback_reason = fallback_reason
        self.is_replica = is_replica
        self.key = key
        self._give_back = give_back
        self._released = False

    def __call__(self, prompt: str, *, max_tokens: int = 128) -> str:
        """Answer one prompt outside any conversation; only thinkers can."""
        if not isinstance(self.engine, Thinker):
            raise ModelError(
                "not_a_thinker",
                f"{self.name} is not a language model and cannot answer a prompt.",
                "Ask the pool for a thinker, such as `tiny`.",
            )
        return self.engine.complete(prompt, max_tokens=max_tokens)

    def release(self) -> None:
        """Give the model back; idempotent."""
        if not self._released:
            self._released = True
            self._give_back(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.release()
