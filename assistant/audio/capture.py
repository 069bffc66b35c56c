"""The microphone: blocks of any device in, exact 10 ms frames at 16 kHz out, with their position and time.

Owns the input stream and the frames' numbering. Judges nothing: whether a frame is speech is the
listener's business.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.audio.backend import Attendant, AudioBackend, AudioStream
from assistant.audio.device_events import DeviceEvent, InputHeard, InputSilent
from assistant.audio.framing import FRAME_SAMPLES, LISTENING_RATE_HZ, Frames, StreamResampler
from assistant.audio.keeper import DeviceKeeper
from assistant.audio.stream_clock import StreamClock

BLOCK_SAMPLES = 2 * FRAME_SAMPLES
"""20 ms: half the wakes of 10 ms blocks and half the CPU, and through PulseAudio even earlier, since it
hands those over in bursts of 30 ms (docs/audio.md)."""

PATIENT_BLOCKS = 4
"""That many are taken at once while nobody speaks: 80 ms. A wake of the thread costs more than its work for a
quiet block; one in four halves what listening takes all day (docs/audio.md)."""

QUEUE_BLOCKS = 500
"""Bound between callback and thread: 10 s. Overflow: the newest block is dropped and counted."""

WATCH_S = 0.1
"""How often the device is looked after when no block comes."""

SILENT_AFTER_S = 2.0
"""Zeros for so long mean a muted or suspended source; a real converter is never so quiet."""

GATED_SILENT_AFTER_S = 60.0
"""Unless it has come back from zeros by itself before: a headset that gates its noise, or a monitor, sends
them whenever nobody speaks."""

FILL_S = 1.0
"""Gaps up to this are filled with silence; of longer ones the rest is only counted into the position."""

UNFLAGGED_GAP_S = 0.1
"""A delay that stays counts as lost sound from here on, even if the device admits no loss."""

LOWEST_DBFS = -100.0

FRAMES_A_SECOND = LISTENING_RATE_HZ // FRAME_SAMPLES

logger = logging.getLogger(__name__)

OnAudio = Callable[[NDArray[np.float32], int, float], None]
Block = tuple[int, NDArray[np.float32], float, float, bool]
"""Lane, samples (mono), arrival, the device's latency then, whether samples were lost before."""


@dataclass(frozen=True, slots=True)
class CaptureStats:
    """How the microphone has done since it was started.

    Attributes:
        blocks: blocks the device delivered.
        xruns: times the device or our queue lost samples.
        lost_samples: samples at 16 kHz that were replaced by silence or skipped in the position.
        device: name of the device in use; empty while there is none.
        rate_hz: its rate.
        latency_s: what it reports between air and callback.
        losses: times a device was lost.
    """

    blocks: int = 0
    xruns: int = 0
    lost_samples: int = 0
    device: str = ""
    rate_hz: int = 0
    latency_s: float = 0.0
    losses: int = 0


class Microphone:
    """A microphone that stays open from :meth:`start` to :meth:`stop`, whatever happens to the device.

    Args:
        backend: the sound system.
        device: name or part of it; None: the default.
        on_audio: takes ``samples`` (float32, shape (160,), mono, 16 kHz), ``position`` (index of the
            first since the start; it grows by 160 a frame, and by more only over a gap longer than
            `FILL_S`: shorter gaps are filled with silence) and ``captured_s`` (when the last of them
            was in the air). On the ``capture`` thread.
        on_event: takes losses, returns and silence, on the same thread (those of the start: on the
            caller's).
        on_rest: told when the device was let go, see :meth:`rest`, on the same thread.
        on_wake: called with the time after every wake of that thread, see :meth:`wake`, when all that was
            delivered has been taken.
        may_wait: asked on that thread then, whether the next blocks may be taken some at a time.
    """

    def __init__(
        self,
        backend: AudioBackend,
        device: str | None,
        on_audio: OnAudio,
        on_event: Callable[[DeviceEvent], None],
        *,
        on_rest: Callable[[], None] = lambda: None,
        on_wake: Callable[[float], None] = lambda _now_s: None,
        may_wait: Callable[[], bool] = lambda: False,
    ) -> None:
        self._backend = backend
        self._device = device
        self._on_rest = on_rest
        self._on_wake = on_wake
        self._may_wait = may_wait
        self._rests = False
        self._on_audio = on_audio
        self._tell = on_event
        self._lifecycle = threading.RLock()
        self._attendant: Attendant | None = None
        self.level_dbfs = LOWEST_DBFS
        """Loudness of the latest block; the latest value only."""
        self._fresh()

    def _fresh(self) -> None:
        self._is_stopped = False
        self._is_patient = False
        self._selected: tuple[str | None] | None = None
        self._queue: queue.SimpleQueue[Block] = queue.SimpleQueue()
        self._keeper = DeviceKeeper(
            "input",
            self._backend,
            self._device,
            open_device=self._open,
            on_adopt=self._adopt,
            on_event=self._tell,
        )
        self._overflows = 0
        self._dropped_block = False
        self._blocks = 0
        self._xruns = 0
        self._lost_samples = 0
        self._position = 0
        self._sound_s = 0.0
        self._clock = StreamClock()
        self._frames = Frames()
        self._resampler = StreamResampler(LISTENING_RATE_HZ, LISTENING_RATE_HZ)
        self._rate_hz = LISTENING_RATE_HZ
        self._interrupted = False
        self._rose = False
        self._zeros_s = 0.0
        self._is_silent = False
        self._gated = ""
        """The device that was silent and came back by itself."""

    def start(self) -> None:
        """Have the microphone deliver; idempotent, any thread.

        Raises:
            AudioError: no device can be opened.
        """
        with self._lifecycle:
            if self._attendant is not None:
                return
            self._fresh()
            self._keeper.open_first()
            self._attendant = self._backend.attend("capture", self._work, WATCH_S)

    def stop(self) -> None:
        """Have the device closed; nothing is delivered afterwards. Idempotent, any thread."""
        with self._lifecycle:
            attendant, self._attendant = self._attendant, None
            if attendant is None:
                return
            self._is_stopped = True
            attendant.stop()
            self._keeper.close()
            self.level_dbfs = LOWEST_DBFS

    def select(self, device: str | None) -> None:
        """Use another device from now on, also for later starts; any thread."""
        with self._lifecycle:
            self._device = device
            self._selected = (device,)
            self.wake()

    def rest(self, on: bool) -> None:
        """Let the device go, or take it again; nothing is delivered meanwhile. Any thread."""
        self._rests = on
        self.wake()

    def wake(self) -> None:
        """Have ``on_wake`` called soon, also if no block comes; any thread."""
        with self._lifecycle:
            if self._attendant is not None:
                self._attendant.wake()

    def stats(self) -> CaptureStats:
        """Return how it has done since the start; any thread."""
        stream = self._keeper.stream
        return CaptureStats(
            blocks=self._blocks,
            xruns=self._xruns + self._overflows,
            lost_samples=self._lost_samples,
            device=stream.name if stream else "",
            rate_hz=stream.rate_hz if stream else 0,
            latency_s=stream.latency_s if stream else 0.0,
            losses=self._keeper.losses,
        )

    # --- on the sound system's thread

    def _open(self, device: str | None, lane: int) -> AudioStream:
        def take(block: NDArray[np.float32], lost: bool) -> None:
            keeper = self._keeper
            if keeper.lane != lane:
                return
            now_s = self._backend.now_s()
            keeper.block_came(now_s)
            if self._queue.qsize() >= QUEUE_BLOCKS:
                self._overflows += 1
                self._dropped_block = True
                return
            mono = block[:, 0].copy() if block.shape[1] == 1 else block.mean(axis=1)
            stream = keeper.stream
            latency_s = stream.latency_s if stream is not None else 0.0
            self._queue.put((lane, mono, now_s, latency_s, lost or self._dropped_block))
            self._dropped_block = False
            enough = PATIENT_BLOCKS if self._is_patient else 1
            if self._attendant is not None and self._queue.qsize() >= enough:
                self._attendant.wake()

        return self._backend.open_input(device, LISTENING_RATE_HZ, BLOCK_SAMPLES, take)

    # --- on the capture thread

    def _work(self) -> None:
        selected, self._selected = self._selected, None
        if selected is not None:
            self._keeper.select(selected[0])
        while True:
            try:
                block = self._queue.get_nowait()
            except queue.Empty:
                break
            self._hear(*block)
        self._on_wake(self._backend.now_s())
        self._is_patient = self._may_wait()
        self._rest_or_rise()
        self._keeper.look_after()

    def _rest_or_rise(self) -> None:
        if self._rests and self._keeper.stream is not None:
            self._keeper.rest()
            self.level_dbfs = LOWEST_DBFS
            self._on_rest()
        elif not self._rests and self._keeper.is_resting:
            self._rose = True
            self._keeper.rise()

    def _adopt(self, stream: AudioStream) -> None:
        self._interrupted = self._blocks > 0
        self._zeros_s = 0.0
        if stream.rate_hz != self._rate_hz:
            # What the old resampler still holds, a millisecond, is part of the gap.
            self._rate_hz = stream.rate_hz
            self._resampler = StreamResampler(stream.rate_hz, LISTENING_RATE_HZ)

    def _hear(
        self, lane: int, mono: NDArray[np.float32], now_s: float, latency_s: float, lost: bool
    ) -> None:
        if lane != self._keeper.lane:
            return
        self._blocks += 1
        self._xruns += lost
        length_s = mono.size / self._rate_hz
        arrived_s = now_s - latency_s
        if lost or self._interrupted:
            self._interrupted = False
            self._skip(self._clock.late_s(self._sound_s + length_s, arrived_s))
            self._rose = False
            self._clock.restart()
        late_s = self._clock.note(self._sound_s + length_s, arrived_s)
        if late_s >= UNFLAGGED_GAP_S:
            self._clock.shift(-late_s)
            self._skip(late_s)
        self._sound_s += length_s
        self._measure(mono, length_s)
        self._deliver(self._resampler.take(mono))

    def _skip(self, gap_s: float) -> None:
        """Count lost sound into the position: silence first, beyond `FILL_S` a jump; after a rest a jump."""
        frames = round(gap_s * FRAMES_A_SECOND)
        if frames <= 0:
            return
        filled = 0 if self._rose else min(frames, int(FILL_S * FRAMES_A_SECOND))
        self._deliver(np.zeros(filled * FRAME_SAMPLES, np.float32))
        self._position += (frames - filled) * FRAME_SAMPLES
        self._sound_s += frames / FRAMES_A_SECOND
        if not self._rose:  # nobody wanted those
            self._lost_samples += frames * FRAME_SAMPLES

    def _deliver(self, samples: NDArray[np.float32]) -> None:
        for frame in self._frames.cut(samples):
            if self._is_stopped:
                return  # by whoever took the frame before
            position, self._position = self._position, self._position + FRAME_SAMPLES
            captured_s = self._clock.at_s(self._position / LISTENING_RATE_HZ)
            self._on_audio(frame, position, captured_s)

    def _measure(self, mono: NDArray[np.float32], length_s: float) -> None:
        power = float(np.dot(mono, mono)) / max(1, mono.size)
        self.level_dbfs = max(LOWEST_DBFS, 10 * math.log10(power)) if power > 0 else LOWEST_DBFS
        stream = self._keeper.stream
        name = stream.name if stream is not None else ""
        if power > 0:
            self._zeros_s = 0.0
            if self._is_silent:
                self._is_silent = False
                self._gated = name
                self._tell(InputHeard(name))
            return
        self._zeros_s += length_s
        limit_s = GATED_SILENT_AFTER_S if name == self._gated else SILENT_AFTER_S
        if not self._is_silent and self._zeros_s >= limit_s:
            self._is_silent = True
            self._tell(InputSilent(name, self._zeros_s))
