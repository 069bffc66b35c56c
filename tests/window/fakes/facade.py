"""A scripted assistant for the window: it does nothing by itself, remembers what it was asked, and says what
the test makes it say, from another thread as the real one does."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.api.history import PastConversation
from assistant.api.settings import save_changes
from assistant.errors import AudioError
from assistant.events import (
    Event,
    ReplyStarted,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnCommitted,
    TurnFinished,
    TurnStarted,
)
from assistant.metrics import TurnTimings
from assistant.settings import Settings

TIMINGS = TurnTimings(
    last_speech=99.6,
    endpoint=100.0,
    stt_done=100.080,
    prompt_done=100.120,
    first_token=100.130,
    first_piece=100.200,
    tts_first=100.260,
    first_audio=100.280,
    finished=101.5,
    stt_compute_ms=310.0,
    tool_ms=12.0,
    output_latency_ms=20.0,
    prompt_tokens_evaluated=31,
    prompt_tokens_reused=220,
    generated_tokens=24,
    decode_s=0.4,
)
"""Figures easy to say: e2e 280 ms, mouth to ear 680, STT 80, LLM 120, TTS 60, 60 tokens a second."""


class ScriptedFacade:
    """Follows `ui.facade.Facade`.

    Attributes:
        calls: what was asked of it, in order: ``("ask", "what time is it")``, ``("talk_key", True)``, …
        no_audio: raised by `go_live`, if set.
    """

    def __init__(self, settings: Settings, on_event: Callable[[Event], None]) -> None:
        self.settings = settings
        self.calls: list[tuple[Any, ...]] = []
        self.no_audio: AudioError | None = None
        self.level = -120.0
        self.memory = {"worker": 310.0, "app": 140.0}
        self.pid = 4711
        self._on_event = on_event
        self._ids = itertools.count(1)
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="scripted-facade", daemon=True)

    def tell(self, *events: Event) -> None:
        """Say these events, in order, on the assistant's thread."""
        for event in events:
            self._events.put(event)

    def called(self, name: str) -> list[Any]:
        """What the calls of this name were given."""
        return [call[1] if len(call) > 1 else None for call in self.calls if call[0] == name]

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            self._on_event(event)

    # --- the façade ----------------------------------------------------------------------------------

    def start(self) -> None:
        self.calls.append(("start",))
        self._thread.start()

    def go_live(self) -> None:
        self.calls.append(("go_live",))
        if self.no_audio is not None:
            raise self.no_audio

    def stop(self) -> None:
        self.calls.append(("stop",))
        self._events.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def apply(self, settings: Settings) -> None:
        self.calls.append(("apply", settings))
        self.settings = settings

    def restart(self) -> None:
        self.calls.append(("restart",))

    def memory_mb(self) -> dict[str, float]:
        return dict(self.memory)

    def ask(self, text: str) -> int:
        self.calls.append(("ask", text))
        return next(self._ids)

    def say(self, text: str) -> int:
        self.calls.append(("say", text))
        return next(self._ids)

    def begin_conversation(self) -> None:
        self.calls.append(("begin_conversation",))

    def go_on_with(self, past: PastConversation) -> None:
        self.calls.append(("go_on_with", past))

    def forget_turn(self, turn_id: int) -> None:
        self.calls.append(("forget_turn", turn_id))

    def remember_turn(self, turn_id: int) -> None:
        self.calls.append(("remember_turn", turn_id))

    def talk_key(self, *, is_down: bool) -> None:
        self.calls.append(("talk_key", is_down))

    def talk(self, *, on: bool) -> None:
        self.calls.append(("talk", on))

    def mute(self, *, on: bool) -> None:
        self.calls.append(("mute", on))

    def cancel(self) -> None:
        self.calls.append(("cancel",))

    def worker_pid(self) -> int:
        return self.pid

    @property
    def level_dbfs(self) -> float:
        return self.level


class ScriptedDisk:
    """The real settings file, on a disk that can be full.

    Attributes:
        problem: raised instead of saving, if set.
    """

    problem: Exception | None = None

    def save(self, changes: Mapping[str, object]) -> Path | None:
        if self.problem is not None:
            raise self.problem
        return save_changes(changes)


def turn(
    turn_id: int,
    question: str,
    answer: str,
    *,
    timings: TurnTimings = TIMINGS,
    tools: Iterable[ToolUsed] = (),
) -> list[Event]:
    """The events of a spoken turn that goes well."""
    words = answer.split(" ")
    deltas = [word if n == 0 else f" {word}" for n, word in enumerate(words)]
    return [
        TurnStarted(turn_id),
        TranscriptUpdated(turn_id, question[: len(question) // 2], is_final=False),
        TranscriptUpdated(turn_id, question, is_final=True),
        TurnCommitted(turn_id, 1),
        *tools,
        *(ReplyUpdated(turn_id, delta) for delta in deltas),
        ReplyStarted(turn_id, 20.0),
        TurnFinished(turn_id, question, answer, timings),
    ]
