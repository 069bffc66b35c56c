"""The live conversation on this machine's real devices: cost of listening, lost blocks, the talk key.

Owns the measurement. It asks by keyboard, so that nobody has to speak; the microphone runs all the while.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from assistant.audio.playback import REST_AFTER_S, PlaybackStats
from assistant.events import Event, TurnCommitted, TurnFinished, TurnInterrupted
from assistant.metrics import Distribution, distribution, now_s

if TYPE_CHECKING:
    from assistant.api import Assistant
    from assistant.audio.capture import CaptureStats

QUESTIONS = (
    "what is seven times eight",
    "tell me a joke",
    "what is the capital of france",
    "what time is it in tokyo",
    "how many miles are ten kilometers",
)
ASK_EVERY_S = 0.4
"""Faster than answers are heard, so that the thinker is busy and replies are cut off most of the time."""

HOLD_S = 0.4
"""How long the talk key is held: longer than a tap."""

BETWEEN_PRESSES_S = 0.2
"""A press sooner after a release than a finger can is taken for a bouncing contact, and rightly ignored."""

WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What was found.

    Attributes:
        idle_percent: CPU of this process while only listening, in percent of one core.
        idle_s: for how long.
        busy_s: how long questions were asked.
        questions: how many, and of these
        interrupted: how many were cut off by the next.
        microphone: its counts over the whole time.
        loudspeaker: likewise.
        presses: how often the talk key was held, and
        key_up_ms: talk key up → endpoint, of those that became a turn.
    """

    idle_percent: float
    idle_s: float
    busy_s: float
    questions: int
    interrupted: int
    microphone: CaptureStats
    loudspeaker: PlaybackStats
    presses: int
    key_up_ms: Distribution


class Ears:
    """Events of the assistant, with the moment each came."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, Event]] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        """Keep an event; conversation thread."""
        if isinstance(event, TurnCommitted | TurnFinished | TurnInterrupted):
            with self._changed:
                self._seen.append((now_s(), event))
                self._changed.notify_all()

    def wait(self, kind: type[Event], after_s: float) -> float | None:
        """Return when the first event of a kind after a moment came; None if none does."""

        def found() -> float | None:
            return next((at for at, e in self._seen if at >= after_s and isinstance(e, kind)), None)

        with self._changed:
            self._changed.wait_for(lambda: found() is not None, WAIT_S)
            return found()

    def count(self, kind: type[Event]) -> int:
        """Return how many events of a kind came."""
        with self._changed:
            return sum(isinstance(event, kind) for _, event in self._seen)


def measure_live(
    assistant: Assistant,
    ears: Ears,
    *,
    idle_s: float,
    busy_s: float,
    presses: int,
    on_phase: Callable[[str], None] = lambda _phase: None,
) -> LiveReport:
    """Measure a running, live assistant whose events go to ``ears``; blocks for all that time."""
    pause = threading.Event()  # never set: waits for a time
    process = psutil.Process()
    pause.wait(REST_AFTER_S + 2.0)  # the devices settle, and the loudspeaker rests
    on_phase("listening")
    before, began = process.cpu_times(), now_s()
    pause.wait(idle_s)
    after, idle_took = process.cpu_times(), now_s() - began
    idle = (after.user + after.system - before.user - before.system) / idle_took * 100.0

    on_phase("the talk key")
    delays = [_press(assistant, ears, pause) for _ in range(presses)]

    on_phase("answering")
    questions, began = itertools.cycle(QUESTIONS), now_s()
    asked = 0
    while now_s() - began < busy_s:
        assistant.ask(next(questions))
        asked += 1
        pause.wait(ASK_EVERY_S)
    assistant.cancel()
    microphone, loudspeaker = assistant.audio_stats()
    return LiveReport(
        idle_percent=idle,
        idle_s=idle_took,
        busy_s=now_s() - began,
        questions=asked,
        interrupted=ears.count(TurnInterrupted),
        microphone=microphone,
        loudspeaker=loudspeaker,
        presses=presses,
        key_up_ms=distribution([delay for delay in delays if delay is not None]),
    )


def _press(assistant: Assistant, ears: Ears, pause: threading.Event) -> float | None:
    assistant.talk_key(is_down=True)
    pause.wait(HOLD_S)
    up_s = now_s()
    assistant.talk_key(is_down=False)
    at_s = ears.wait(TurnCommitted, up_s)
    if at_s is None:
        return None
    ears.wait(TurnFinished, up_s)
    pause.wait(BETWEEN_PRESSES_S)
    return (at_s - up_s) * 1000.0
