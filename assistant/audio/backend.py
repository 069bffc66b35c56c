"""What the program asks of a sound system, so that a simulated one can stand in for PortAudio.

Owns the Protocols and their values; `assistant.audio.portaudio` and `assistant.audio.simulated` follow
them. Knows no device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone or loudspeaker as the sound system lists it.

    Attributes:
        name: what people see and what settings remember.
        inputs: channels it can record; 0 for a loudspeaker.
        outputs: channels it can play; 0 for a microphone.
        rate_hz: its own rate.
        is_default_input: whether the system records from it unless told otherwise.
        is_default_output: whether the system plays to it unless told otherwise.
    """

    name: str
    inputs: int
    outputs: int
    rate_hz: int
    is_default_input: bool = False
    is_default_output: bool = False


TakeBlock = Callable[[NDArray[np.float32], bool], None]
"""Takes a captured block: float32, shape (frames, channels), valid only during the call; whether samples
were lost before it. Runs on the sound system's own thread: copy, count, return."""

FillBlock = Callable[[NDArray[np.float32], bool], None]
"""Fills a block to play in place: float32, shape (frames,), mono; whether the device ran dry before it.
Runs on the sound system's own thread: copy, count, return."""


class AudioStream(Protocol):
    """An open device, running until :meth:`close`."""

    name: str
    """The device that was opened, also where the default was asked for."""
    rate_hz: int
    channels: int
    latency_s: float
    """What the device reports: between the callback and the air."""

    @property
    def is_running(self) -> bool:
        """Whether the device still delivers or takes blocks; False after an unplug."""
        ...

    def close(self) -> None:
        """Stop and free the device; idempotent, not from its callback."""
        ...


class Attendant(Protocol):
    """Work beside the callbacks, see :meth:`AudioBackend.attend`."""

    def wake(self) -> None:
        """Have the work done soon; never blocks, any thread, also a callback."""
        ...

    def stop(self) -> None:
        """End it; when this returns the work is not running, unless the work itself called. Idempotent."""
        ...


class AudioBackend(Protocol):
    """A sound system."""

    def now_s(self) -> float:
        """Seconds on the clock of all its callbacks: :func:`assistant.metrics.now_s`, or simulated."""
        ...

    def attend(self, name: str, work: Callable[[], None], every_s: float) -> Attendant:
        """Have ``work`` done after every wake and at least every ``every_s``, never twice at once.

        On a thread called ``name``; in a simulation on the thread that steps it.
        """
        ...

    def devices(self) -> tuple[Device, ...]:
        """List what is there now (a fresh look, not the list from program start)."""
        ...

    def open_input(
        self, device: str | None, rate_hz: int, block_frames: int, take: TakeBlock
    ) -> AudioStream:
        """Record from the named device (None: the default), at ``rate_hz`` or what it can do instead.

        Raises:
            AudioError: ``no_portaudio``, ``no_input_device``, ``input_device_unknown`` or ``device_busy``.
        """
        ...

    def open_output(
        self, device: str | None, rate_hz: int, block_frames: int, fill: FillBlock
    ) -> AudioStream:
        """Play to the named device (None: the default), at ``rate_hz`` or what it can do instead.

        Raises:
            AudioError: ``no_portaudio``, ``no_output_device``, ``output_device_unknown`` or
                ``device_busy``.
        """
        ...
