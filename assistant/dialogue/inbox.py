"""What the conversation thread is told, by whom.

Plain values in one queue: public methods of the conversation, the worker's reader thread and tool threads
put them there; only the conversation thread takes them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.events import Event, TimerDue
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

if TYPE_CHECKING:
    from assistant.audio.device_events import DeviceEvent
    from assistant.dialogue.devices import Ears, Voice
    from assistant.listening.reports import Report
    from assistant.settings import Settings


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


@dataclass(frozen=True, slots=True)
class GoLive:
    """There are devices now, or others: turns come from the microphone, replies go to the loudspeaker.

    Attributes:
        settings: to go by from now on, as far as devices and listening are concerned.
    """

    voice: Voice
    ears: Ears
    settings: Settings


@dataclass(frozen=True, slots=True)
class LeaveLive:
    """The devices are gone for good: turns are typed, and what is said is told as an event."""


@dataclass(frozen=True, slots=True)
class ChangeModels:
    """Have the models of these settings serve from the next turn on."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class BeginConversation:
    """Forget this conversation and begin another, or go on with an old one.

    Attributes:
        pairs: question and answer of each turn so far.
    """

    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tell:
    """Something for whoever listens to the events, in its place among them."""

    event: Event


@dataclass(frozen=True, slots=True, eq=False)
class ListenerSaid:
    """The listener reports speech."""

    report: Report


@dataclass(frozen=True, slots=True)
class DeviceSaid:
    """Something happened to a sound device, or to what it plays."""

    event: DeviceEvent


@dataclass(frozen=True, slots=True)
class TalkKey:
    """The talk key went down or up, at ``at_s``."""

    is_down: bool
    at_s: float


@dataclass(frozen=True, slots=True)
class Talk:
    """Begin or end a turn by a button that knows its state."""

    on: bool


@dataclass(frozen=True, slots=True)
class Mute:
    """Stop listening by itself, or go on."""

    on: bool


Inbox = (
    FromWorker
    | ToolAnswered
    | BeginTurn
    | TurnAudio
    | EndUtterance
    | TimerDue
    | CancelTurns
    | GoLive
    | LeaveLive
    | ChangeModels
    | BeginConversation
    | Tell
    | ListenerSaid
    | DeviceSaid
    | TalkKey
    | Talk
    | Mute
    | Stop
)
