"""What the conversation thread is told, by whom.

Plain values in one queue: public methods of the conversation, the worker's reader thread and tool threads
put them there; only the conversation thread takes them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.events import TimerDue
from assistant.worker.client import WorkerLoss
from assistant.worker.messages import (
    AskText,
    EndUtterance,
    OpenUtterance,
    Reply,
    SpeakText,
    ToolRequested,
    TurnAudio,
)


@dataclass(frozen=True, slots=True)
class FromWorker:
    """A worker said something, or is gone.

    Attributes:
        life: which worker; a dead one's words are dropped.
    """

    life: int
    message: Reply | WorkerLoss


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """A tool call ended, for the worker of that ``life``."""

    requested: ToolRequested
    life: int
    result: Mapping[str, object]
    duration_ms: float


@dataclass(frozen=True, slots=True)
class BeginTurn:
    """Somebody asks, begins to speak, or wants something said."""

    turn_id: int
    request: AskText | OpenUtterance | SpeakText


@dataclass(frozen=True, slots=True)
class CancelTurns:
    """Cancel every turn begun so far."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the conversation thread."""


Inbox = (
    FromWorker | ToolAnswered | BeginTurn | TurnAudio | EndUtterance | TimerDue | CancelTurns | Stop
)
