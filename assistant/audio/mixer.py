"""What the loudspeaker is given next: replies in order, ducked, paused or flushed, and earcons over them.

Owns the queue of samples and how far it has been played. A plain machine: no thread, device or clock.
Everything is at `MIX_RATE_HZ`; played samples are counted at the rate they came in.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.audio.device_events import DeviceEvent, Flushed, PlaybackStarted, Played

MIX_RATE_HZ = 24_000
"""What most synthesisers of the catalogue speak at; twice the highest frequency of our loudest sounds."""

DUCKED = 10 ** (-12 / 20)
"""Level of a ducked reply: -12 dB, still intelligible, no longer in the way."""

RAMP_S = 0.005
"""From full level to silence and back: short against a syllable, long enough not to click."""

LONGEST_QUEUE_S = 300.0
"""Bound of all that waits. Overflow: what comes on top is dropped and counted."""

KEPT_GENERATIONS = 16

_RAMP = round(RAMP_S * MIX_RATE_HZ)
_SLOPE = 1.0 / _RAMP

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """Audio as the mixer takes it.

    Attributes:
        samples: float32, shape (n,), mono, at the mix rate.
        given: samples that came in for it, at their own rate.
        trimmed: leading silence left out of it, at the same rate.
        audible_at: index of the reply's first audible sample (mix rate), if it is in here.
    """

    samples: Samples
    given: int
    trimmed: int = 0
    audible_at: int | None = None


@dataclass(slots=True)
class Reply:
    """One generation's audio.

    Attributes:
        rate_hz: rate at which it came in.
        chunks: what waits, at the mix rate.
        at: samples of the first chunk already played.
        queued: samples that wait.
        played: samples played, at the mix rate.
        trimmed: leading silence left out, at ``rate_hz``.
        given: samples given, at ``rate_hz``.
        audible_at: index (mix rate) of the first audible sample; None until it is known.
    """

    generation: int
    rate_hz: int
    chunks: deque[Samples] = field(default_factory=deque)
    at: int = 0
    queued: int = 0
    played: int = 0
    trimmed: int = 0
    given: int = 0
    audible_at: int | None = None
    is_ended: bool = False
    is_starved: bool = False

    @property
    def played_samples(self) -> int:
        """How far it was played, as an index into what was given."""
        if self.is_ended and not self.queued:
            return self.given
        passed = self.trimmed + self.played * self.rate_hz // MIX_RATE_HZ
        return min(passed, self.given)

    def take(self, most: int) -> Samples:
        """Return the next samples, at most so many, and count them as played."""
        chunk = self.chunks[0]
        samples = chunk[self.at : self.at + most]
        self.at += samples.size
        if self.at == chunk.size:
            self.chunks.popleft()
            self.at = 0
        self.queued -= samples.size
        self.played += samples.size
        return samples


class Mixer:
    """Fills block after block; the caller sees to it that only one thread is in here."""

    def __init__(self) -> None:
        self._replies: dict[int, Reply] = {}
        self._done: dict[int, Reply] = {}
        self._flushed_through = -1
        self._newest = -1
        self._gain = 1.0
        self._is_ducked = False
        self._is_paused = False
        self._earcons: list[Samples] = []
        self._fading: Samples | None = None
        self._flushes: list[Flushed] = []
        self.events: list[DeviceEvent] = []
        """What happened in the last call; the caller empties it."""
        self.underruns = 0
        self.dropped = 0
        self.queued = 0
        self.is_sounding = False

    # --- what is to be played

    def reply(self, generation: int, rate_hz: int) -> Reply | None:
        """Return the generation's queue, new if need be; None if it was flushed or overtaken.

        Generations only grow: a newer one ends all before it.
        """
        if generation <= self._flushed_through or generation in self._done:
            return None
        found = self._replies.get(generation)
        if found is not None:
            return found
        if generation < self._newest:
            return None
        for older in self._replies.values():
            older.is_ended = True
        self._newest = generation
        self._replies[generation] = Reply(generation, rate_hz)
        return self._replies[generation]

    def put(self, reply: Reply, more: Ready) -> None:
        """Queue what came in for a reply."""
        if self._replies.get(reply.generation) is not reply or reply.is_ended:
            return
        if more.audible_at is not None:
            reply.audible_at = more.audible_at
        room = max(0, round(LONGEST_QUEUE_S * MIX_RATE_HZ) - self.queued)
        samples = more.samples[:room]
        lost = (more.samples.size - samples.size) * reply.rate_hz // MIX_RATE_HZ
        self.dropped += lost
        reply.given += more.given - lost
        reply.trimmed += more.trimmed
        if samples.size:
            reply.chunks.append(samples)
            reply.queued += samples.size
            self.queued += samples.size

    def end(self, generation: int) -> None:
        """Nothing more comes for the generation."""
        reply = self._replies.get(generation)
        if reply is not None:
            reply.is_ended = True

    def flush(self, generation: int, now_s: float) -> None:
        """Drop all up to the generation; what sounds fades out in the next block."""
        self._flushed_through = max(self._flushed_through, generation)
        gone = [reply for g, reply in self._replies.items() if g <= generation]
        newest = self._done.get(generation)
        for reply in gone:
            if reply.played and reply.queued and self.is_sounding and self._gain > 0:
                self._fading = self._fade(reply)
            self.queued -= reply.queued
            reply.queued = 0
            reply.chunks.clear()
            del self._replies[reply.generation]
            if newest is None or reply.generation > newest.generation:
                newest = reply
            self._keep(reply)
        if not self._replies:
            self._is_paused = self._is_ducked = False
            self._gain = 1.0
        if newest is None:
            self._flushes.append(Flushed(generation, -1, 0, 0, now_s))
        else:
            played = newest.played_samples
            self._flushes.append(
                Flushed(generation, newest.generation, played, newest.rate_hz, now_s)
            )

    def duck(self, *, on: bool) -> None:
        """Lower the replies to `DUCKED`, or back."""
        self._is_ducked = on

    def pause(self, *, on: bool) -> None:
        """Stop the replies where they are, or go on from there."""
        self._is_paused = on

    def earcon(self, samples: Samples) -> None:
        """Mix a short sound in from the next block on; at most four at once."""
        if len(self._earcons) < 4:  # noqa: PLR2004 - more would only be noise
            self._earcons.append(samples)

    def played_samples(self, generation: int) -> int:
        """How far the generation was played, at its own rate; 0 for one never heard of."""
        reply = self._replies.get(generation) or self._done.get(generation)
        return reply.played_samples if reply is not None else 0

    @property
    def is_speaking(self) -> bool:
        """Whether a reply has begun to be heard and goes on, also while it briefly runs dry.

        False in a pause.
        """
        return not self._is_paused and any(
            reply.played and (reply.queued or not reply.is_ended)
            for reply in self._replies.values()
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left to be played or reported."""
        waiting = self._replies or self._earcons or self._flushes or self.events
        return not waiting and self._fading is None

    # --- what the device is given

    def fill(self, out: Samples, now_s: float, latency_s: float) -> None:
        """Fill the block (mono, mix rate) and note what happened."""
        out.fill(0.0)
        self.is_sounding = False
        self._fill_faded(out, now_s)
        target = 0.0 if self._is_paused else DUCKED if self._is_ducked else 1.0
        at = 0
        while at < out.size and (self._gain > 0 or target > 0):
            reply = self._next()
            if reply is None:
                break
            length = out.size - at
            if self._gain != target:
                length = min(length, max(1, round(abs(target - self._gain) / _SLOPE)))
            samples = reply.take(length)
            self._started(reply, samples.size, now_s + at / MIX_RATE_HZ, latency_s)
            out[at : at + samples.size] += self._levelled(samples, target)
            self.queued -= samples.size
            at += samples.size
            self.is_sounding = True
        else:
            self._mix_earcons(out)
            return
        self._gain = target  # nothing sounds: no ramp is needed
        self._mix_earcons(out)

    def settle(self) -> None:
        """Report what waits for the next block although no device takes blocks."""
        self.is_sounding = False
        self._fading = None
        self.events += self._flushes
        self._flushes.clear()

    def _next(self) -> Reply | None:
        """Return the reply to be heard now, with samples; report those that have come to their end."""
        for reply in list(self._replies.values()):
            if reply.queued:
                reply.is_starved = False
                return reply
            if not reply.is_ended:
                if reply.played and not reply.is_starved:
                    reply.is_starved = True
                    self.underruns += 1
                return None
            del self._replies[reply.generation]
            self._keep(reply)
            self.events.append(Played(reply.generation, reply.given, reply.rate_hz))
        return None

    def _keep(self, reply: Reply) -> None:
        self._done[reply.generation] = reply
        while len(self._done) > KEPT_GENERATIONS:
            del self._done[next(iter(self._done))]

    def _started(self, reply: Reply, length: int, at_s: float, latency_s: float) -> None:
        first = reply.audible_at
        if first is not None and reply.played - length <= first < reply.played:
            ahead = first - (reply.played - length)
            started_s = at_s + ahead / MIX_RATE_HZ
            self.events.append(PlaybackStarted(reply.generation, started_s, latency_s))

    def _levelled(self, samples: Samples, target: float) -> Samples:
        if self._gain == target:
            return samples if target == 1.0 else samples * np.float32(target)
        step = _SLOPE if target > self._gain else -_SLOPE
        gains = self._gain + step * np.arange(1, samples.size + 1)
        gains = np.clip(gains, min(self._gain, target), max(self._gain, target))
        self._gain = float(gains[-1])
        if abs(self._gain - target) < _SLOPE / 2:
            self._gain = target
        return np.asarray(samples * gains, np.float32)

    def _fade(self, reply: Reply) -> Samples:
        """Take up to a ramp's worth of the reply's next samples, falling to silence."""
        length = max(1, round(self._gain / _SLOPE))
        parts = []
        while length and reply.queued:
            part = reply.take(length)
            self.queued -= part.size
            length -= part.size
            parts.append(part)
        samples = np.concatenate(parts)
        return (samples * np.linspace(self._gain, 0, samples.size + 1)[1:]).astype(np.float32)

    def _fill_faded(self, out: Samples, now_s: float) -> None:
        faded, self._fading = self._fading, None
        length = 0
        if faded is not None:
            length = min(faded.size, out.size)
            out[:length] += faded[:length]
        for flushed in self._flushes:
            at_s = now_s + length / MIX_RATE_HZ if length else flushed.at_s
            self.events.append(replace(flushed, at_s=at_s))
        self._flushes.clear()

    def _mix_earcons(self, out: Samples) -> None:
        if not self._earcons:
            return
        for samples in self._earcons:
            length = min(out.size, samples.size)
            out[:length] += samples[:length]
        self._earcons = [e[out.size :] for e in self._earcons if e.size > out.size]
        np.clip(out, -1.0, 1.0, out=out)
