"""How long a cancel takes: from `Assistant.cancel` until the turn is told to be over.

Owns the two moments at which it is tried: while the thinker still reads a long question, and while it
writes its answer. Goes through the whole program, worker process and pipes included.
"""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from assistant.api import Assistant
from assistant.events import Event, ReplyUpdated, TurnCancelled, TurnFailed, TurnFinished
from assistant.metrics import Distribution, distribution, now_s
from assistant.settings import Settings

LONG_QUESTION = " ".join(["tell me the story of the old house and the garden behind it"] * 40)
"""About 500 words: some tenths of a second to some seconds to read, and still within a small context."""

SHORT_QUESTION = "tell me everything you can do"

EARLIEST_S, LATEST_S = 0.01, 0.06
"""When the cancel comes after the question, drawn evenly: at whatever the thinker is doing then."""

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Cancels:
    """What was measured, in ms.

    Attributes:
        reading: cancels that came before the first word of the answer; None if there was none.
        writing: cancels that came at its first word; None if every answer was over before.
        too_late: turns that ended by themselves before the cancel took effect; not in the figures.
        replicas: roles whose model has random weights.
    """

    reading: Distribution | None
    writing: Distribution | None
    too_late: int
    replicas: tuple[str, ...]


def measure_cancels(
    settings: Settings, rounds: int, on_step: Callable[[], None] = lambda: None
) -> Cancels:
    """Return the delays of ``rounds`` cancels of each kind.

    Raises:
        ModelError: a model did not load.
    """
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    draw = random.Random(len(LONG_QUESTION))  # the same moments in every run
    pause = threading.Event()  # never set: waits until a moment
    reading: list[float] = []
    writing: list[float] = []
    with Assistant(settings, on_event=news.put) as assistant:
        ready = assistant.wait_until_ready()
        for _ in range(rounds):
            assistant.begin_conversation()
            turn_id = assistant.ask(LONG_QUESTION)
            pause.wait(draw.uniform(EARLIEST_S, LATEST_S))
            delay_ms, was_writing = _cancelled(assistant, news, turn_id)
            if delay_ms is not None and not was_writing:
                reading.append(delay_ms)
            on_step()
            assistant.begin_conversation()
            turn_id = assistant.ask(SHORT_QUESTION)
            while not isinstance(event := _next(news), ReplyUpdated | TurnFinished | TurnFailed):
                pass
            if isinstance(event, ReplyUpdated):
                delay_ms, _ = _cancelled(assistant, news, turn_id)
                if delay_ms is not None:
                    writing.append(delay_ms)
            on_step()
    too_late = 2 * rounds - len(reading) - len(writing)
    return Cancels(
        distribution(reading) if reading else None,
        distribution(writing) if writing else None,
        too_late,
        ready.replicas,
    )


def _cancelled(
    assistant: Assistant, news: queue.SimpleQueue[Event], turn_id: int
) -> tuple[float | None, bool]:
    """Cancel; returns the delay in ms, None if the turn ended by itself, and whether words came before."""
    began_s = now_s()
    assistant.cancel()
    was_writing = False
    while True:
        match _next(news):
            case ReplyUpdated():
                was_writing = True
            case TurnCancelled(turn_id=over) if over == turn_id:
                return (now_s() - began_s) * 1000, was_writing
            case TurnFinished(turn_id=over) | TurnFailed(turn_id=over) if over == turn_id:
                return None, was_writing
            case _:
                pass


def _next(news: queue.SimpleQueue[Event]) -> Event:
    return news.get(timeout=PATIENCE_S)
