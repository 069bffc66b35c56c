"""What the window asks of a running assistant, and what stands in for one until it is there.

Owns the Protocol that `assistant.api.Assistant` follows and the scripted one of the tests; runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.api.history import PastConversation
    from assistant.events import Event
    from assistant.settings import Settings

SILENCE_DBFS = -120.0
"""The level without a microphone."""


class Facade(Protocol):
    """A running assistant. The first group may block and is for `Session.run`; the others return at once."""

    settings: Settings

    def start(self) -> None:
        """Start the worker; events tell the rest."""
        ...

    def go_live(self) -> None:
        """Open microphone and loudspeaker; raises AudioError."""
        ...

    def stop(self) -> None:
        """End everything; idempotent."""
        ...

    def apply(self, settings: Settings) -> None:
        """Go on with other settings."""
        ...

    def memory_mb(self) -> dict[str, float]:
        """Resident megabytes of ``worker`` and ``app``."""
        ...

    # --- these return at once ---------------------------------------------------------------------------

    def restart(self) -> None:
        """Start a worker again after the last one was given up."""
        ...

    def ask(self, text: str) -> int:
        """Begin a typed turn; returns its id."""
        ...

    def say(self, text: str) -> int:
        """Begin a turn that only speaks; returns its id."""
        ...

    def begin_conversation(self) -> None:
        """Forget this conversation and begin another."""
        ...

    def go_on_with(self, past: PastConversation) -> None:
        """Go on with a conversation of the history."""
        ...

    def forget_turn(self, turn_id: int) -> None:
        """Delete a turn from the history."""
        ...

    def remember_turn(self, turn_id: int) -> None:
        """Undo `forget_turn`."""
        ...

    def talk_key(self, *, is_down: bool) -> None:
        """The talk key went down or up."""
        ...

    def talk(self, *, on: bool) -> None:
        """Begin or end a spoken turn."""
        ...

    def mute(self, *, on: bool) -> None:
        """Stop or go on listening by itself."""
        ...

    def cancel(self) -> None:
        """Cancel every turn begun so far."""
        ...

    def worker_pid(self) -> int:
        """Process id of the worker; 0 when there is none."""
        ...

    @property
    def level_dbfs(self) -> float:
        """The microphone's level now."""
        ...


MakeFacade = Callable[["Settings", Callable[["Event"], None]], Facade]
"""Makes a façade that is not started from the settings and what takes its events; may take a second."""


class NotYet:
    """Stands in while the assistant is being made: keeps what is asked, ignores the rest."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.asked: list[str] = []
        self.is_muted = False
        self.past: PastConversation | None = None

    def start(self) -> None:
        """Nothing to start."""

    def go_live(self) -> None:
        """Nothing to open."""

    def stop(self) -> None:
        """Nothing to stop."""

    def apply(self, settings: Settings) -> None:
        """The assistant that is being made must be told by whoever waits for it."""

    def restart(self) -> None:
        """The session begins anew by itself."""

    def memory_mb(self) -> dict[str, float]:
        """No worker yet."""
        return {"worker": 0.0, "app": 0.0}

    def ask(self, text: str) -> int:
        """Keep the question for later; no turn yet, so 0."""
        self.asked.append(text)
        return 0

    def say(self, text: str) -> int:  # noqa: ARG002
        """Nobody can speak yet."""
        return 0

    def begin_conversation(self) -> None:
        """It begins anyway."""
        self.past = None

    def go_on_with(self, past: PastConversation) -> None:
        """Remember it for later."""
        self.past = past

    def forget_turn(self, turn_id: int) -> None:
        """No turn was kept yet."""

    def remember_turn(self, turn_id: int) -> None:
        """None was forgotten."""

    def talk_key(self, *, is_down: bool) -> None:
        """Nobody listens yet."""

    def talk(self, *, on: bool) -> None:
        """Nobody listens yet."""

    def mute(self, *, on: bool) -> None:
        """Remember it for later."""
        self.is_muted = on

    def cancel(self) -> None:
        """Forget what was asked."""
        self.asked.clear()

    def worker_pid(self) -> int:
        """No worker."""
        return 0

    @property
    def level_dbfs(self) -> float:
        """Silence."""
        return SILENCE_DBFS
