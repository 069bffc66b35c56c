"""The loudspeaker: replies queued by generation, heard in order, silenced within one block.

Owns the output stream and tells what was really played. Decides nothing: when to stop, pause or duck is
the conversation's business, and the mixing itself is `assistant.audio.mixer`'s.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.audio.backend import Attendant, AudioBackend, AudioStream
from assistant.audio.device_events import DeviceEvent
from assistant.audio.earcons import Earcon, earcon
from assistant.audio.intake import Intake
from assistant.audio.keeper import DeviceKeeper
from assistant.audio.mixer import MIX_RATE_HZ, Mixer
from assistant.audio.output_rate import OutputRate
from assistant.audio.tap import PlayedTap

BLOCK_FRAMES = MIX_RATE_HZ // 100
"""10 ms: a flush is heard within one, and the echo canceller works in such frames."""

WATCH_S = 0.1

REST_AFTER_S = 10.0
"""Silence after which the device is closed until it is wanted: an open one costs 3 % of a core for
nothing (docs/audio.md). Longer than the pauses within a conversation."""

logger = logging.getLogger(__name__)

OnPlayed = Callable[[NDArray[np.float32], float], None]


@dataclass(frozen=True, slots=True)
class PlaybackStats:
    """How the loudspeaker has done since it was started.

    Attributes:
        blocks: blocks the device took.
        underruns: times a reply that had begun and not ended had nothing to play.
        xruns: times the device ran dry while a reply was heard: the callback came late.
        dropped: samples (at the rates given) dropped because five minutes were queued already.
        device: name of the device in use; empty while there is none.
        rate_hz: its rate.
        latency_s: what it reports between callback and air.
        losses: times a device was lost.
    """

    blocks: int = 0
    underruns: int = 0
    xruns: int = 0
    dropped: int = 0
    device: str = ""
    rate_hz: int = 0
    latency_s: float = 0.0
    losses: int = 0


class Loudspeaker:
    """A loudspeaker that is there from :meth:`start` to :meth:`stop`, whatever happens to the device.

    All methods may be called from any thread and return at once, but `start` and `stop`. While there is
    no device, what is queued waits; it goes on where it was on the next one. After `REST_AFTER_S` of
    silence the device is closed; whatever is to be heard opens it again, :meth:`prepare` does so ahead.

    Args:
        backend: the sound system.
        device: name or part of it; None: the default.
        on_event: takes what happens, on the ``playback`` thread (of a start or stop: on the caller's).
        on_played: takes all that the device was given, silence too: ``samples`` (float32, shape
            (160,), mono, 16 kHz) and ``at_s``, when the device took the first of them (its latency comes
            on top). On the ``playback`` thread.
    """

    def __init__(
        self,
        backend: AudioBackend,
        device: str | None,
        on_event: Callable[[DeviceEvent], None],
        on_played: OnPlayed | None = None,
    ) -> None:
        self._backend = backend
        self._device = device
        self._on_event = on_event
        self._on_played = on_played
        self._lifecycle = threading.RLock()
        self._intake_lock = threading.Lock()
        """Keeps chunks of a generation in order while they are resampled; never taken in the callback."""
        self._lock = threading.Lock()
        """Guards the mixer; held for no longer than a block takes to fill."""
        self._attendant: Attendant | None = None
        self._fresh()

    def _fresh(self) -> None:
        self._mixer = Mixer()
        self._intakes: dict[int, Intake] = {}
        self._outbox: queue.SimpleQueue[DeviceEvent] = queue.SimpleQueue()
        self._tap = PlayedTap(self._on_played) if self._on_played is not None else None
        self._rate = OutputRate(MIX_RATE_HZ)
        self._blocks = 0
        self._xruns = 0
        self._wanted_s = self._backend.now_s()
        self._new_keeper()

    def _new_keeper(self) -> None:
        self._selected: tuple[str | None] | None = None
        self._keeper = DeviceKeeper(
            "output",
            self._backend,
            self._device,
            open_device=self._open,
            on_adopt=self._adopt,
            on_event=self._outbox.put,
        )

    def start(self) -> None:
        """Have the device open, playing silence until something is queued; idempotent.

        Raises:
            AudioError: no device can be opened.
        """
        with self._lifecycle:
            if self._attendant is not None:
                return
            self._wanted_s = self._backend.now_s()
            self._new_keeper()
            self._keeper.open_first()
            self._attendant = self._backend.attend("playback", self._work, WATCH_S)
            self._attendant.wake()

    def stop(self) -> None:
        """Have the device closed and all that waits dropped; idempotent."""
        with self._lifecycle:
            attendant, self._attendant = self._attendant, None
            if attendant is None:
                return
            attendant.stop()
            self._keeper.close()
            self._settle()
            self._tell()
            with self._intake_lock, self._lock:
                self._fresh()

    def select(self, device: str | None) -> None:
        """Use another device from now on, also for later starts; what is heard goes on there."""
        with self._lifecycle:
            self._device = device
            self._selected = (device,)
            self._wake()

    # --- what is to be heard

    def prepare(self) -> None:
        """Have the device open soon, for something may be heard: opening takes some 0.1 s."""
        self._wanted_s = self._backend.now_s()
        if self._keeper.is_resting:
            self._wake()

    def play(self, generation: int, samples: NDArray[np.float32], rate_hz: int) -> None:
        """Queue samples (float32, shape (n,), mono) of a reply; leading silence is left out.

        Generations only grow: playing a newer one ends those before it, and what comes for a flushed or
        overtaken one is dropped. One generation has one rate.
        """
        with self._intake_lock:
            with self._lock:
                reply = self._mixer.reply(generation, rate_hz)
            if reply is None:
                return
            intake = self._intakes.get(generation)
            if intake is None:
                self._intakes = {generation: Intake(rate_hz)}  # older ones have ended
                intake = self._intakes[generation]
            ready = intake.take(samples)
            with self._lock:
                self._mixer.put(reply, ready)
        self.prepare()

    def end(self, generation: int) -> None:
        """Say that nothing more comes; when the last sample was handed over, `Played` follows."""
        with self._intake_lock:
            intake = self._intakes.pop(generation, None)
            with self._lock:
                reply = self._mixer.reply(generation, intake.rate_hz if intake else MIX_RATE_HZ)
                if reply is None:
                    return
                if intake is not None:
                    self._mixer.put(reply, intake.rest())
                self._mixer.end(generation)
        self.prepare()

    def flush(self, generation: int) -> None:
        """Have all generations up to this one silent within one block; `Flushed` follows."""
        now_s = self._backend.now_s()
        with self._lock:
            self._mixer.flush(generation, now_s)
        self._wake()

    def duck(self, on: bool) -> None:
        """Lower replies by 12 dB, or bring them back; a flush that leaves nothing ends it."""
        with self._lock:
            self._mixer.duck(on=on)

    def pause(self) -> None:
        """Stop replies where they are, within 5 ms; a flush that leaves nothing ends it."""
        with self._lock:
            self._mixer.pause(on=True)

    def resume(self) -> None:
        """Go on from where :meth:`pause` stopped."""
        with self._lock:
            self._mixer.pause(on=False)

    def earcon(self, name: Earcon) -> None:
        """Play a short sound over everything; it belongs to no generation."""
        samples = earcon(name, MIX_RATE_HZ)
        with self._lock:
            self._mixer.earcon(samples)
        self.prepare()

    # --- what has been heard

    def played_samples(self, generation: int) -> int:
        """How far the device was given the generation: an index into what was given to :meth:`play`.

        Trimmed silence counts. Known for the last 16 generations.
        """
        with self._lock:
            return self._mixer.played_samples(generation)

    @property
    def is_speaking(self) -> bool:
        """Whether a reply has begun to be heard and has not come to its end; False while paused."""
        with self._lock:
            return self._mixer.is_speaking

    @property
    def latency_s(self) -> float:
        """What the device reports between the callback and the air."""
        stream = self._keeper.stream
        return stream.latency_s if stream is not None else 0.0

    def stats(self) -> PlaybackStats:
        """Return how it has done since the start."""
        stream = self._keeper.stream
        return PlaybackStats(
            blocks=self._blocks,
            underruns=self._mixer.underruns,
            xruns=self._xruns,
            dropped=self._mixer.dropped,
            device=stream.name if stream else "",
            rate_hz=stream.rate_hz if stream else 0,
            latency_s=self.latency_s,
            losses=self._keeper.losses,
        )

    # --- on the sound system's thread

    def _open(self, device: str | None, lane: int) -> AudioStream:
        is_first = True

        def fill(block: NDArray[np.float32], ran_dry: bool) -> None:
            nonlocal is_first
            keeper = self._keeper
            if keeper.lane != lane:
                block.fill(0.0)
                return
            now_s = self._backend.now_s()
            keeper.block_came(now_s)
            latency_s = self.latency_s
            with self._lock:
                mixer = self._mixer
                self._rate.fill(block, mixer, now_s, latency_s)
                self._xruns += ran_dry and mixer.is_speaking
                events, mixer.events = mixer.events, []
            self._blocks += 1
            for event in events:
                self._outbox.put(event)
            if self._tap is not None:
                self._tap.put(block, self._rate.rate_hz, now_s, broken=ran_dry or is_first)
            is_first = False
            if events or self._tap is not None:
                self._wake()

        return self._backend.open_output(device, MIX_RATE_HZ, BLOCK_FRAMES, fill)

    def _wake(self) -> None:
        attendant = self._attendant
        if attendant is not None:
            attendant.wake()

    # --- on the playback thread

    def _work(self) -> None:
        selected, self._selected = self._selected, None
        if selected is not None:
            self._keeper.select(selected[0])
        if self._tap is not None:
            self._tap.deliver()
        self._rest_or_rise()
        self._keeper.look_after()
        if self._keeper.stream is None:
            self._settle()
        self._tell()

    def _rest_or_rise(self) -> None:
        with self._lock:
            if not self._mixer.is_idle:
                self._wanted_s = self._backend.now_s()
        is_wanted = self._backend.now_s() - self._wanted_s < REST_AFTER_S
        if is_wanted and self._keeper.is_resting:
            self._keeper.rise()
        elif not is_wanted:
            self._keeper.rest()

    def _adopt(self, stream: AudioStream) -> None:
        with self._lock:
            self._rate = OutputRate(stream.rate_hz)

    def _settle(self) -> None:
        """Report flushes although no device takes blocks."""
        with self._lock:
            self._mixer.settle()
            events, self._mixer.events = self._mixer.events, []
        for event in events:
            self._outbox.put(event)

    def _tell(self) -> None:
        while not self._outbox.empty():
            self._on_event(self._outbox.get_nowait())
