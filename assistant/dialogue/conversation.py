"""The one thread that decides: turns, tools, and what happens when the worker dies.

    any thread ──public methods──► inbox ──► conversation thread ──► worker (requests)
    worker-reader thread ──replies, loss──► inbox          │
    tool threads ──results──► inbox                        └──► on_event(...)

Owns the history, the current turn and the worker's succession. Holds no audio, runs no model, blocks on
nothing but its inbox. Public methods may be called from any thread; methods with an underscore run on the
conversation thread.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.dialogue.history import History
from assistant.dialogue.inbox import (
    BeginTurn,
    CancelTurns,
    FromWorker,
    Inbox,
    Stop,
    ToolAnswered,
)
from assistant.dialogue.restarts import RestartBudget
from assistant.dialogue.tool_calls import ToolCalls, specs
from assistant.engines.base import Samples
from assistant.errors import WorkerError
from assistant.events import (
    Event,
    ModelLoading,
    ReplyAudio,
    ReplyUpdated,
    TimerDue,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnStarted,
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)
from assistant.metrics import SILENCE_AMPLITUDE, now_s
from assistant.worker.client import ALL_ROLES, WorkerClient, WorkerLoss
from assistant.worker.messages import (
    AskText,
    Cancel,
    ConversationStarted,
    EndUtterance,
    Exiting,
    Loading,
    OpenUtterance,
    PartialTranscript,
    PoolStatsRead,
    Ready,
    Reply,
    ReplyText,
    Request,
    SpeakText,
    SpeechChunk,
    StageFailed,
    StartConversation,
    ToolRequested,
    ToolResult,
    Transcript,
    TurnAudio,
    TurnDone,
    TurnStopped,
)

if TYPE_CHECKING:
    from assistant.pool.pool import EngineLoader
    from assistant.settings import Settings
    from assistant.tools.registry import ToolRegistry

WAITING_REQUESTS = 4096
"""Requests kept while the worker starts: two minutes of 30 ms blocks. Overflow: the turn fails."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Turn:
    turn_id: int
    generation: int
    first_audio: float | None = None


class Conversation:
    """A conversation with one worker after another behind it.

    Args:
        settings: of the whole program.
        tools: what the thinker may call; started and stopped by the caller.
        on_event: takes every event, on the conversation thread; must not block for long.
        load_engine: makes engines in the worker; None means the real ones.
        roles: which models to load.
    """

    def __init__(
        self,
        settings: Settings,
        tools: ToolRegistry,
        on_event: Callable[[Event], None],
        *,
        load_engine: EngineLoader | None = None,
        roles: Sequence[str] = ALL_ROLES,
    ) -> None:
        self._settings = settings
        self._tools = tools
        self._on_event = on_event
        self._load_engine = load_engine
        self._roles = roles
        self._inbox: queue.SimpleQueue[Inbox] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="conversation", daemon=True)
        self._ids = threading.Lock()
        self._last_turn_id = 0
        self._client: WorkerClient | None = None
        self._life = 0
        self._worker_ready = False
        self._given_up: WorkerLoss | None = None
        limits = settings.worker
        self._restarts = RestartBudget(limits.restart_limit, limits.restart_window_s)
        self._history = History(settings.conversation.system_prompt)
        self._turns: dict[int, _Turn] = {}  # by generation (= turn id), oldest first
        self._waiting: deque[Request] = deque()
        limit_s = settings.conversation.tool_limit_s
        self._tool_calls = ToolCalls(tools, limit_s, self._inbox.put)

    # --- from any thread ------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread and the worker; events tell the rest."""
        self._thread.start()

    def stop(self) -> None:
        """End everything: cancel, stop the worker, join; idempotent, not from an event callback."""
        self._inbox.put(Stop())
        if self._thread.is_alive():
            self._thread.join()

    def ask_text(self, text: str) -> int:
        """Begin a typed turn; returns its id."""
        turn_id = self._new_turn_id()
        self._inbox.put(BeginTurn(turn_id, AskText(turn_id, turn_id, text, now_s())))
        return turn_id

    def say(self, text: str) -> int:
        """Begin a turn that only speaks ``text``; returns its id."""
        turn_id = self._new_turn_id()
        self._inbox.put(BeginTurn(turn_id, SpeakText(turn_id, turn_id, text, now_s())))
        return turn_id

    def listen(self, *, reply: bool = True) -> int:
        """Begin a spoken turn; follow with :meth:`hear` and :meth:`end_of_speech`."""
        turn_id = self._new_turn_id()
        self._inbox.put(BeginTurn(turn_id, OpenUtterance(turn_id, turn_id, reply)))
        return turn_id

    def hear(self, turn_id: int, samples: Samples) -> None:
        """Hand over microphone samples: float32, shape (n,), mono, at the recogniser's rate."""
        self._inbox.put(TurnAudio(turn_id, turn_id, samples))

    def end_of_speech(self, turn_id: int, last_speech_s: float | None) -> None:
        """The endpoint is now; ``last_speech_s`` is when the last sample of speech was captured."""
        self._inbox.put(EndUtterance(turn_id, turn_id, last_speech_s, now_s()))

    def cancel(self) -> None:
        """Cancel all turns begun so far."""
        self._inbox.put(CancelTurns())

    def timer_due(self, name: str, duration_s: float) -> None:
        """A timer ran out; told as an event."""
        self._inbox.put(TimerDue(name, duration_s))

    @property
    def worker(self) -> WorkerClient | None:
        """The worker of now, to look at (process id, memory); None before the first."""
        return self._client

    def _new_turn_id(self) -> int:
        with self._ids:
            self._last_turn_id += 1
            return self._last_turn_id

    # --- the conversation thread ----------------------------------------------------------------------

    def _run(self) -> None:
        self._start_worker()
        while not isinstance(item := self._inbox.get(), Stop):
            self._take(item)
        self._cancel_turns()
        if self._client is not None:
            self._client.stop()
        self._tool_calls.join()

    def _take(self, item: Inbox) -> None:
        match item:
            case FromWorker():
                if item.life == self._life:
                    self._from_worker(item.message)
            case BeginTurn():
                self._begin(item)
            case TurnAudio() | EndUtterance():
                if item.generation in self._turns:
                    self._send(item)
            case CancelTurns():
                self._cancel_turns()
            case ToolAnswered():
                self._tool_answered(item)
            case TimerDue():
                self._on_event(item)
            case Stop():
                raise AssertionError("handled by the loop")

    def _begin(self, item: BeginTurn) -> None:
        self._turns[item.turn_id] = _Turn(item.turn_id, item.turn_id)
        self._on_event(TurnStarted(item.turn_id))
        if self._given_up is not None:
            self._fail_turns(self._given_up.code, self._given_up.message, self._given_up.hint)
            return
        if isinstance(item.request, AskText):
            self._on_event(TranscriptUpdated(item.turn_id, item.request.text, is_final=True))
        self._send(item.request)

    def _cancel_turns(self) -> None:
        if not self._turns:
            return
        newest = max(self._turns)
        if self._worker_ready:
            self._send(Cancel(newest))  # the worker answers each with TurnStopped, or TurnDone
        else:
            self._waiting.clear()
            for turn in self._take_turns():
                self._on_event(TurnCancelled(turn.turn_id))

    def _send(self, request: Request) -> None:
        if not self._worker_ready:
            if len(self._waiting) < WAITING_REQUESTS:
                self._waiting.append(request)
            else:
                self._waiting.clear()
                self._fail_turns(
                    "worker_slow",
                    "The models took too long to load.",
                    "Ask again when it is ready.",
                )
            return
        assert self._client is not None
        try:
            self._client.send(request)
        except WorkerError:
            logger.debug("the worker is gone; its loss will be reported")

    # --- what the worker says -------------------------------------------------------------------------

    def _from_worker(self, message: Reply | WorkerLoss) -> None:
        match message:
            case WorkerLoss():
                self._lost(message)
            case Loading():
                self._on_event(ModelLoading(message.role, message.name))
            case Ready():
                self._ready(message)
            case ToolRequested():
                self._tool_calls.begin(message, self._life)
            case StageFailed():
                self._stage_failed(message)
            case PartialTranscript() | Transcript() | ReplyText() | SpeechChunk():
                if (turn := self._turns.get(message.generation)) is not None:
                    self._progress(turn, message)
            case TurnDone():
                self._done(message)
            case TurnStopped():
                if self._turns.pop(message.generation, None) is not None:
                    self._on_event(TurnCancelled(message.turn_id))
            case ConversationStarted():
                logger.debug("history processed in %.0f ms", message.compute_ms)
            case PoolStatsRead() | Exiting():
                logger.debug("%s", message)
            case _:
                logger.error("unexpected message %r", message)

    def _progress(
        self, turn: _Turn, message: PartialTranscript | Transcript | ReplyText | SpeechChunk
    ) -> None:
        match message:
            case PartialTranscript():
                self._on_event(TranscriptUpdated(turn.turn_id, message.text, is_final=False))
            case Transcript():
                self._on_event(TranscriptUpdated(turn.turn_id, message.text, is_final=True))
            case ReplyText():
                self._on_event(ReplyUpdated(turn.turn_id, message.delta))
            case SpeechChunk():
                samples = message.samples
                samples.flags.writeable = False
                self._on_event(ReplyAudio(turn.turn_id, samples, message.rate_hz, message.text))
                audible = samples.size and bool((abs(samples) >= SILENCE_AMPLITUDE).any())
                if turn.first_audio is None and audible:
                    turn.first_audio = now_s()

    def _done(self, message: TurnDone) -> None:
        self._history.add_turn(message.messages)
        turn = self._turns.pop(message.generation, None)
        if turn is None:
            return
        timings = replace(message.timings, first_audio=turn.first_audio, finished=now_s())
        self._on_event(TurnFinished(message.turn_id, message.transcript, message.reply, timings))

    def _stage_failed(self, message: StageFailed) -> None:
        logger.warning("%s: %s\n%s", message.stage, message.message, message.traceback_text)
        if self._turns.pop(message.generation, None) is not None:
            self._on_event(
                TurnFailed(
                    message.turn_id,
                    message.stage,
                    message.code,
                    message.message,
                    message.hint,
                )
            )

    # --- tools ----------------------------------------------------------------------------------------

    def _tool_answered(self, answered: ToolAnswered) -> None:
        requested = answered.requested
        if answered.life != self._life or requested.generation not in self._turns:
            return
        self._on_event(
            ToolUsed(
                requested.turn_id,
                requested.name,
                requested.arguments,
                answered.result,
                answered.duration_ms,
            )
        )
        self._send(
            ToolResult(
                requested.turn_id, requested.generation, requested.call_index, answered.result
            )
        )

    # --- the worker's succession ----------------------------------------------------------------------

    def _start_worker(self) -> None:
        self._life += 1
        life = self._life
        self._worker_ready = False
        self._client = WorkerClient(
            self._settings,
            on_reply=lambda message: self._inbox.put(FromWorker(life, message)),
            on_lost=lambda loss: self._inbox.put(FromWorker(life, loss)),
            load_engine=self._load_engine,
            roles=self._roles,
        )
        self._on_event(WorkerStarting(attempt=self._restarts.spent + 1))
        self._client.start()

    def _ready(self, message: Ready) -> None:
        self._worker_ready = True
        self._send(StartConversation(self._history.messages(), specs(self._tools)))
        waiting = list(self._waiting)
        self._waiting.clear()
        for request in waiting:
            self._send(request)
        self._on_event(WorkerReady(message.models, message.load_s, message.fallbacks))

    def _lost(self, loss: WorkerLoss) -> None:
        was_ready = self._worker_ready
        self._worker_ready = False
        if self._client is not None:
            self._client.stop()
        restart = not loss.at_start and self._restarts.spend(now_s())
        if not restart:
            self._given_up = loss
        self._on_event(WorkerLost(loss.code, loss.message, loss.hint, restarting=restart))
        if was_ready or not restart:
            self._waiting.clear()
            hint = "It is being restarted; ask again." if restart else loss.hint
            self._fail_turns(loss.code, loss.message, hint)
        if restart:
            self._start_worker()

    def _fail_turns(self, code: str, message: str, hint: str) -> None:
        for turn in self._take_turns():
            self._on_event(TurnFailed(turn.turn_id, "worker", code, message, hint))

    def _take_turns(self) -> list[_Turn]:
        turns = list(self._turns.values())
        self._turns.clear()
        return turns
