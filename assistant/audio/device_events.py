"""What happens to devices and to what is played, in the order it happens.

Owns the values. Does not say what a conversation makes of them. Times (`*_s`) are seconds on the sound
system's clock, which is :func:`assistant.metrics.now_s` outside simulations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DeviceKind = Literal["input", "output"]


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The device in use, or the chosen one at the start, is not there; another one is looked for.

    Attributes:
        kind: ``input`` or ``output``.
        name: the device that is gone.
        message: one sentence for people.
    """

    kind: DeviceKind
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """After a loss (or a choice) sound flows again through ``name``.

    Attributes:
        kind: ``input`` or ``output``.
        name: the device now in use.
        is_chosen: whether it is the one asked for; False while the default stands in for it.
    """

    kind: DeviceKind
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class InputSilent:
    """The microphone has delivered nothing but zeros for ``seconds``: muted, or suspended. Sent once."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class InputHeard:
    """After :class:`InputSilent`: the microphone delivers sound again."""

    name: str


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    """The first audible sample of a generation was handed to the device.

    Attributes:
        generation: as given to ``play``.
        at_s: when it was handed over.
        latency_s: what the device reports on top of that; kept apart.
    """

    generation: int
    at_s: float
    latency_s: float


@dataclass(frozen=True, slots=True)
class Played:
    """An ended generation was handed over to its last sample.

    Attributes:
        generation: as given to ``play``.
        played_samples: all that was given for it, trimmed silence included.
        rate_hz: the rate they were given at.
    """

    generation: int
    played_samples: int
    rate_hz: int


@dataclass(frozen=True, slots=True)
class Flushed:
    """Generations up to ``generation`` are silent; nothing of them will be handed over any more.

    Attributes:
        generation: as given to ``flush``.
        reply: the newest generation of those that had anything; -1 if none had.
        played_samples: how far that one was played, as an index into what was given for it.
        rate_hz: the rate that was given at; 0 where nothing was.
        at_s: when the device got the last sample of them (of its fade-out), or the flush if none sounded.
    """

    generation: int
    reply: int
    played_samples: int
    rate_hz: int
    at_s: float


DeviceEvent = (
    DeviceLost | DeviceBack | InputSilent | InputHeard | PlaybackStarted | Played | Flushed
)
