"""A sound system made of arrays: any devices, one clock that counts samples, nothing waits.

Owns the simulated devices and their clock. Runs no thread: the one who calls :meth:`SimulatedBackend.run`
is sound card and capture thread in one, so that a conversation is repeatable to the sample.

    backend = SimulatedBackend()
    backend.say(samples)            # into the microphone, from now on
    backend.run(2.5)                # as fast as possible; paced=True: in real time
    heard = backend.take_played()   # sample for sample what the loudspeaker was given
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from assistant.audio.backend import AudioStream, Device, FillBlock, TakeBlock
from assistant.audio.choosing import choose
from assistant.audio.device_events import DeviceKind
from assistant.audio.simulated_devices import (
    TICKS_A_SECOND,
    EchoPath,
    Samples,
    SimulatedAttendant,
    SimulatedDevice,
    SimulatedStream,
)
from assistant.metrics import now_s

__all__ = ["EchoPath", "SimulatedBackend", "SimulatedDevice"]

STEP_S = 0.01

MOST_WAKES = 4
"""Work may wake other work within a step; more rounds than that would be two waking each other."""


class SimulatedBackend:
    """See :class:`assistant.audio.backend.AudioBackend`.

    Args:
        devices: the first of either kind is the default, and the next one when it is unplugged. Default:
            a microphone ``mic`` at 16 kHz and a loudspeaker ``spk`` at the rate asked for.
        echo: an acoustic path from every loudspeaker to every microphone; their rates must be equal
            (give the loudspeaker 16 kHz).
        record: keep what is played for :meth:`take_played`.
    """

    def __init__(
        self,
        devices: Sequence[SimulatedDevice] | None = None,
        *,
        echo: EchoPath | None = None,
        record: bool = True,
    ) -> None:
        if devices is None:
            devices = (
                SimulatedDevice("mic", "input", 16_000),
                SimulatedDevice("spk", "output", 16_000 if echo is not None else None),
            )
        self._devices = {device.name: device for device in devices}
        self._echo = echo
        self._record = record
        self._start_s = now_s()
        self._ticks = 0
        self._streams: list[SimulatedStream] = []
        self._attendants: list[SimulatedAttendant] = []
        self._played: dict[str, list[Samples]] = {}
        self._stepping = threading.RLock()

    # --- the test's side

    def say(self, samples: Samples, rate_hz: int = 16_000, after_s: float = 0.0) -> None:
        """Let everybody in the room hear samples (mono), beginning ``after_s`` from now; they add up."""
        begin = self._ticks + round(after_s * TICKS_A_SECOND)
        for device in self._devices.values():
            if device.kind == "input":
                device.sound(begin, _at_rate(samples, rate_hz, device.rate_for(16_000)))

    def step(self) -> None:
        """Let 10 ms pass: loudspeakers take what they play, microphones deliver, then all work is done."""
        with self._stepping:
            end = self._ticks + round(STEP_S * TICKS_A_SECOND)
            while due := [stream for stream in self._streams if stream.is_due(end)]:
                # At the same moment the loudspeaker goes first: its block begins where the other's ends.
                stream = min(due, key=lambda s: (s.due, s.device.kind == "input"))
                self._ticks = max(self._ticks, stream.due)
                stream.exchange()
            self._ticks = end
            self._attend()

    def run(self, seconds: float, *, paced: bool = False) -> None:
        """Let time pass, as fast as possible or, ``paced``, in real time."""
        began_s = time.monotonic()
        for index in range(round(seconds / STEP_S)):
            self.step()
            if paced:
                time.sleep(max(0.0, began_s + (index + 1) * STEP_S - time.monotonic()))

    def run_until(self, condition: Callable[[], bool], seconds: float = 60.0) -> bool:
        """Let time pass until the condition holds; return whether it did within ``seconds``."""
        for _ in range(round(seconds / STEP_S)):
            if condition():
                return True
            self.step()
        return condition()

    def take_played(self, device: str | None = None) -> Samples:
        """Return all that was played since the last call (float32, mono, the stream's rate) and forget it.

        None: on the loudspeaker that was used first.
        """
        with self._stepping:
            name = device or next(iter(self._played), "")
            blocks = self._played.get(name, [])
            taken = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
            blocks.clear()
            return taken

    def unplug(self, name: str) -> None:
        """Pull a device out: its streams stop, and it is no longer listed."""
        self._devices[name].is_plugged = False

    def plug(self, name: str) -> None:
        """Put it back; streams that were open stay dead."""
        self._devices[name].is_plugged = True

    def stall(self, name: str, *, on: bool = True) -> None:
        """Let a device hang (or go on): still listed and open, but no callback comes."""
        self._devices[name].is_stalled = on

    def lose_blocks(self, name: str, count: int) -> None:
        """Lose the next blocks of a device, as if the callback had been too late for them."""
        self._devices[name].losing += count

    # --- the program's side

    def now_s(self) -> float:
        """Return the simulated time: that of the construction plus the samples since."""
        return self._start_s + self._ticks / TICKS_A_SECOND

    def attend(self, name: str, work: Callable[[], None], every_s: float) -> SimulatedAttendant:
        """Have the work done in :meth:`step`, after the callbacks."""
        del name
        attendant = SimulatedAttendant(work, round(every_s * TICKS_A_SECOND), self._stopped)
        self._attendants.append(attendant)
        return attendant

    def devices(self) -> tuple[Device, ...]:
        """List what is plugged in."""
        first: dict[DeviceKind, str] = {}
        for device in self._devices.values():
            if device.is_plugged:
                first.setdefault(device.kind, device.name)
        return tuple(
            Device(
                name=device.name,
                inputs=device.channels if device.kind == "input" else 0,
                outputs=device.channels if device.kind == "output" else 0,
                rate_hz=device.rate_for(48_000),
                is_default_input=device.kind == "input" and first["input"] == device.name,
                is_default_output=device.kind == "output" and first["output"] == device.name,
            )
            for device in self._devices.values()
            if device.is_plugged
        )

    def open_input(
        self, device: str | None, rate_hz: int, block_frames: int, take: TakeBlock
    ) -> AudioStream:
        """Record from a device; see the protocol."""
        stream = self._stream("input", device, rate_hz, block_frames)
        found = stream.device

        def exchange(lost: bool) -> None:
            block = found.captured(self._ticks, stream.block_frames, stream.rate_hz)
            take(np.repeat(block[:, None], found.channels, axis=1), lost)

        return self._opened(stream, exchange)

    def open_output(
        self, device: str | None, rate_hz: int, block_frames: int, fill: FillBlock
    ) -> AudioStream:
        """Play to a device; see the protocol."""
        stream = self._stream("output", device, rate_hz, block_frames)
        if self._record:
            self._played.setdefault(stream.name, [])

        def exchange(lost: bool) -> None:
            block = np.zeros(stream.block_frames, np.float32)
            fill(block, lost)
            if self._record:
                self._played[stream.name].append(block)
            self._echoed(block, stream)

        return self._opened(stream, exchange)

    def _stream(
        self, kind: DeviceKind, name: str | None, rate_hz: int, block_frames: int
    ) -> SimulatedStream:
        return SimulatedStream(
            self._devices[choose(self.devices(), name, kind).name],
            rate_hz=rate_hz,
            block_frames=block_frames,
            now=self._ticks,
            on_close=self._closed,
        )

    def _opened(self, stream: SimulatedStream, exchange: Callable[[bool], None]) -> AudioStream:
        stream.serve = exchange
        with self._stepping:
            self._streams.append(stream)
        return stream

    def _closed(self, stream: SimulatedStream) -> None:
        with self._stepping:
            if stream in self._streams:
                self._streams.remove(stream)

    def _stopped(self, attendant: SimulatedAttendant) -> None:
        with self._stepping:
            if attendant in self._attendants:
                self._attendants.remove(attendant)

    def _attend(self) -> None:
        for _ in range(MOST_WAKES):
            busy = [attendant for attendant in self._attendants if attendant.is_due(self._ticks)]
            if not busy:
                return
            for attendant in busy:
                attendant.do(self._ticks)

    def _echoed(self, block: Samples, stream: SimulatedStream) -> None:
        echo = self._echo
        if echo is None or not block.any():
            return
        samples = np.convolve(block, echo.impulse_response).astype(np.float32) * echo.level
        begin = self._ticks + round(echo.delay_s * TICKS_A_SECOND)
        for device in self._devices.values():
            if device.kind == "input":
                assert device.rate_for(16_000) == stream.rate_hz, "an echo path needs equal rates"
                device.sound(begin, samples)


def _at_rate(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    samples = np.asarray(samples, np.float32)
    if from_hz == to_hz:
        return samples
    import soxr  # type: ignore[import-untyped]

    return np.asarray(soxr.resample(samples, from_hz, to_hz), np.float32)
