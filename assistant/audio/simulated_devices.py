"""The devices of the simulated sound system: what is in the air, and the streams that carry it.

Owns one device's sounds and faults. The clock and the order of things are
`assistant.audio.simulated`'s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.audio.device_events import DeviceKind
from assistant.errors import AudioError

TICKS_A_SECOND = 7_056_000
"""The least common multiple of 16, 22.05, 24, 32, 44.1 and 48 kHz: every sample lies on a tick."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class EchoPath:
    """How the loudspeaker is heard in the microphone.

    Attributes:
        impulse_response: float32, shape (n,), at the microphone's rate; ``[1.0]`` is a bare delay.
        delay_s: before it begins; at least one block (10 ms).
        level: factor on top.
    """

    impulse_response: Samples
    delay_s: float
    level: float = 1.0


@dataclass(slots=True, eq=False)
class SimulatedDevice:
    """One device. Its rate is the only one it has; None: whatever is asked for.

    Attributes:
        name: as listed.
        kind: ``input`` or ``output``.
        rate_hz: its rate, or None.
        channels: how many it has; a microphone's all carry the same.
        latency_s: what it reports.
        is_plugged: whether it is there.
        is_stalled: whether its streams hang: they claim to run, but no callback comes.
        losing: blocks still to be lost, to be reported with the block after them.
    """

    name: str
    kind: DeviceKind
    rate_hz: int | None = None
    channels: int = 1
    latency_s: float = 0.0
    is_plugged: bool = True
    is_stalled: bool = False
    losing: int = 0
    _sounds: deque[tuple[int, Samples]] = field(default_factory=deque)
    """Before this microphone: the tick a sound begins at, and its samples at the device's rate."""

    def rate_for(self, asked_hz: int) -> int:
        """Return the rate a stream gets."""
        return asked_hz if self.rate_hz is None else self.rate_hz

    def sound(self, begin: int, samples: Samples) -> None:
        """Let samples (at the device's rate) reach the microphone from the tick ``begin`` on."""
        self._sounds.append((begin, samples))

    def captured(self, end: int, frames: int, rate_hz: int) -> Samples:
        """Return the sum of what reached the microphone in the ``frames`` before the tick ``end``."""
        block = np.zeros(frames, np.float32)
        ticks = TICKS_A_SECOND // rate_hz
        begin = end - frames * ticks
        for at, samples in self._sounds:
            first = round((at - begin) / ticks)
            if first < frames:
                part = samples[max(0, -first) : max(0, frames - first)]
                block[max(0, first) : max(0, first) + part.size] += part
        while self._sounds and self._sounds[0][0] + self._sounds[0][1].size * ticks <= end:
            self._sounds.popleft()
        return np.clip(block, -1.0, 1.0, out=block)


class SimulatedStream:
    """An open simulated device; see :class:`assistant.audio.backend.AudioStream`.

    Args:
        device: what it is open on.
        rate_hz: as asked for.
        block_frames: as asked for, at that rate.
        now: the tick of the opening.
        on_close: told of its end.
    """

    def __init__(
        self,
        device: SimulatedDevice,
        *,
        rate_hz: int,
        block_frames: int,
        now: int,
        on_close: Callable[[SimulatedStream], None],
    ) -> None:
        self.device = device
        self.name = device.name
        self.rate_hz = device.rate_for(rate_hz)
        if TICKS_A_SECOND % self.rate_hz:
            raise AudioError("device_busy", f"{self.rate_hz} Hz is not simulated.")
        self.channels = device.channels
        self.latency_s = device.latency_s
        self.block_frames = max(1, block_frames * self.rate_hz // rate_hz)
        self.serve: Callable[[bool], None] = lambda _lost: None
        self._on_close = on_close
        self._block_ticks = self.block_frames * (TICKS_A_SECOND // self.rate_hz)
        self.due = now + (self._block_ticks if device.kind == "input" else 0)
        """Tick of the next callback: a microphone's at the end of its block, a loudspeaker's at the start."""
        self._is_open = True
        self._lost = False

    @property
    def is_running(self) -> bool:
        """Whether the device is there, and was all the time."""
        if not self.device.is_plugged:
            self._is_open = False
        return self._is_open

    def is_due(self, end: int) -> bool:
        """Whether a callback falls into the step that ends at the tick ``end``."""
        return self.is_running and (
            self.due < end or (self.due == end and self.device.kind == "input")
        )

    def close(self) -> None:
        """Take the stream out of the simulation."""
        self._is_open = False
        self._on_close(self)

    def exchange(self) -> None:
        """Move one block, unless the device hangs or loses it."""
        self.due += self._block_ticks
        if self.device.is_stalled:
            self._lost = True
        elif self.device.losing:
            self.device.losing -= 1
            self._lost = True
        else:
            lost, self._lost = self._lost, False
            self.serve(lost)


class SimulatedAttendant:
    """See :class:`assistant.audio.backend.Attendant`.

    Args:
        work: what is to be done.
        every: ticks after which it is done without being woken.
        on_stop: told of its end.
    """

    def __init__(
        self,
        work: Callable[[], None],
        every: int,
        on_stop: Callable[[SimulatedAttendant], None],
    ) -> None:
        self._work = work
        self._every = every
        self._on_stop = on_stop
        self._is_woken = False
        self._is_stopped = False
        self._done_at = 0

    def wake(self) -> None:
        """Have the work done at the end of the step."""
        self._is_woken = True

    def stop(self) -> None:
        """Have it done no more; waits for a step on another thread."""
        self._is_stopped = True
        self._on_stop(self)

    def is_due(self, now: int) -> bool:
        """Whether it was woken, or its time has come."""
        return self._is_woken or now - self._done_at >= self._every

    def do(self, now: int) -> None:
        """Do the work."""
        self._is_woken = False
        self._done_at = now
        if not self._is_stopped:
            self._work()
