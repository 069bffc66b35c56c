"""The worker process: loads the set's models, then runs hearing, thinking and speaking.

Owns the child's end of the pipe and its threads:

| thread | may block on | never does |
|---|---|---|
| main (reader) | the pipe | inference: it must take Cancel and Ping at once |
| `stt`, `llm`, `tts` | their inbox, their engine | read the pipe |

Never imports Qt or sounddevice, never opens a socket. Ctrl-C is the parent's business.
"""

from __future__ import annotations

import faulthandler
import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, cast

from assistant.errors import AssistantError
from assistant.metrics import TurnTimings, now_s
from assistant.worker import log_relay
from assistant.worker.allocator import set_limits
from assistant.worker.hearing import Heard, Hearing
from assistant.worker.messages import (
    AmendTurn,
    AskText,
    Cancel,
    EndUtterance,
    Exiting,
    Loading,
    OpenUtterance,
    Ping,
    Pong,
    PoolStatsRead,
    ReadPoolStats,
    Ready,
    Reply,
    Request,
    Shutdown,
    SpeakText,
    StartConversation,
    StartFailed,
    ToolResult,
    TurnAudio,
)
from assistant.worker.scope import CancelScope, Heartbeat
from assistant.worker.speaking import Speaking
from assistant.worker.stage import Stage
from assistant.worker.thinking import ReplyLimits, Thinking
from assistant.worker.thread_plan import ThreadPlan

if TYPE_CHECKING:
    from assistant.engines.base import Recognizer, Synthesizer, Thinker
    from assistant.pool.lease import Lease
    from assistant.pool.pool import EngineLoader, ModelPool
    from assistant.settings import Settings

STOP_TIMEOUT_S = 1.5
"""How long the stages may take to end after Shutdown; the parent terminates the process soon after."""

logger = logging.getLogger(__name__)


def main(
    connection: Connection,
    settings: Settings,
    load_engine: EngineLoader | None,
    roles: Sequence[str],
    started_s: float,
    *,
    log_level: int = logging.WARNING,
) -> None:
    """Run the worker until Shutdown or until the parent is gone; the child process's entry point.

    Args:
        connection: the child's end of the pipe.
        settings: of the whole program.
        load_engine: makes an engine from its settings; None means the real ones. Tests pass others.
        roles: which of ``stt``, ``thinker``, ``tts`` to load.
        started_s: when the parent started the process, on the shared clock.
        log_level: from which on records are told to the parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # before heavy imports: Ctrl-C goes to the parent
    faulthandler.enable()
    set_limits()
    send = _sender(connection)
    log_relay.install(send, log_level)
    worker = _Worker(settings, load_engine, roles, send, started_s)
    loading = threading.Thread(target=worker.load, name="loading", daemon=True)
    loading.start()
    try:
        while True:
            if worker.take(cast("Request", connection.recv())):
                break
    except (EOFError, OSError):
        logger.debug("the parent is gone")
    worker.close()
    send(Exiting())


def _sender(connection: Connection) -> Callable[[Reply], None]:
    lock = threading.Lock()

    def send(message: Reply) -> None:
        try:
            with lock:
                connection.send(message)
        except (BrokenPipeError, OSError):
            pass  # the parent is gone; the reader sees that too and ends the process

    return send


class _Worker:
    """The stages and the models behind them; `take` runs on the reader thread, `load` on its own."""

    def __init__(
        self,
        settings: Settings,
        load_engine: EngineLoader | None,
        roles: Sequence[str],
        send: Callable[[Reply], None],
        started_s: float,
    ) -> None:
        self._settings = settings
        self._load_engine = load_engine
        self._roles = tuple(roles)
        self._send = send
        self._started_s = started_s
        self._scope = CancelScope()
        self._heartbeat = Heartbeat()
        self._pool: ModelPool | None = None
        self._hearing: Hearing | None = None
        self._thinking: Thinking | None = None
        self._speaking: Speaking | None = None

    def load(self) -> None:
        """Load every model of the active set; sends Ready, or StartFailed with the reason."""
        try:
            self._load()
        except AssistantError as exc:
            logger.debug("start failed", exc_info=True)
            self._send(StartFailed(exc.code, exc.message, exc.hint))
        except Exception as exc:
            logger.exception("start failed")
            self._send(
                StartFailed(
                    "worker_start_failed",
                    f"The models could not be loaded: {exc}.",
                    "Run `assistant doctor`.",
                )
            )

    def _load(self) -> None:
        from assistant.pool.pool import ModelPool

        pool = ModelPool(self._settings, load_engine=self._load_engine)
        self._pool = pool
        leases: dict[str, Lease] = {}
        for role in self._roles:
            self._send(Loading(role, pool.resolve(role)))
            leases[role] = pool.get(role)
        self._build_stages({role: lease.engine for role, lease in leases.items()})
        self._send(
            Ready(
                models={role: lease.name for role, lease in leases.items()},
                load_s=now_s() - self._started_s,
                fallbacks=tuple(_remarks(leases.values())),
                replicas=tuple(role for role, lease in leases.items() if lease.is_replica),
            )
        )

    def _build_stages(self, engines: Mapping[str, object]) -> None:
        """Start the stages that the roles allow; a voice alone can say things without a thinker."""
        if "tts" in engines:
            synthesizer = cast("Synthesizer", engines["tts"])
            language = self._settings.language
            self._speaking = Speaking(
                synthesizer, self._send, self._scope, self._heartbeat, language
            )
            self._speaking.warm_up()
            self._thinking = Thinking(
                cast("Thinker | None", engines.get("thinker")),
                self._speaking,
                ReplyLimits(
                    self._settings.max_reply_tokens("thinker"),
                    self._settings.conversation.max_tool_rounds,
                ),
                send=self._send,
                scope=self._scope,
                heartbeat=self._heartbeat,
                threads=ThreadPlan.of(self._settings),
            )
        if "stt" in engines:
            self._hearing = Hearing(
                cast("Recognizer", engines["stt"]),
                self._send,
                self._scope,
                self._heartbeat,
                on_heard=self._thinking.post if self._thinking and "thinker" in engines else None,
                judge_end=self._pool.judge_end() if self._pool else None,
            )
        for stage in self._stages():
            stage.start()

    def _stages(self) -> tuple[Stage[Any], ...]:
        stages = (self._hearing, self._thinking, self._speaking)
        return tuple(stage for stage in stages if stage is not None)

    def take(self, message: Request) -> bool:
        """Dispatch one message; returns True for Shutdown. Reader thread; never blocks."""
        match message:
            case Ping():
                busy, beat = self._heartbeat.read()
                self._send(Pong(message.sequence, busy, beat))
            case Shutdown():
                return True
            case ReadPoolStats():
                stats = asdict(self._pool.stats()) if self._pool else {}
                self._send(PoolStatsRead(stats))
            case _:
                self._dispatch(message)
        return False

    def _dispatch(
        self,
        message: StartConversation
        | OpenUtterance
        | TurnAudio
        | EndUtterance
        | AskText
        | SpeakText
        | ToolResult
        | Cancel
        | AmendTurn,
    ) -> None:
        if isinstance(message, Cancel):
            if message.and_older:
                self._scope.cancel(message.generation)
            else:
                self._scope.withdraw(message.generation)
            for stage in (self._hearing, self._thinking):
                if stage is not None:
                    stage.post(message)
        elif isinstance(message, OpenUtterance | TurnAudio | EndUtterance):
            if self._hearing is not None:
                self._hearing.post(message)
        elif self._thinking is not None:
            self._thinking.post(_typed(message) if isinstance(message, AskText) else message)

    def close(self) -> None:
        """Stop the stages and free the models."""
        self._scope.cancel(2**62)
        if self._thinking is not None:
            self._thinking.post(Cancel(2**62))  # it may be waiting for a tool
        for stage in self._stages():
            if not stage.stop(STOP_TIMEOUT_S):
                logger.warning("the %s stage did not end in time", stage.name)
                return  # freeing a model that is in use would crash; the process ends anyway
        if self._pool is not None:
            self._pool.close()


def _remarks(leases: Iterable[Lease]) -> Iterator[str]:
    """What the person should know about who serves."""
    for lease in leases:
        if lease.fallback_reason:
            yield lease.fallback_reason
        if lease.is_replica:
            yield f"{lease.name} is a replica with random weights: what it does means nothing."


def _typed(message: AskText) -> Heard:
    """A typed question counts as heard the moment it was submitted."""
    typed = TurnTimings(endpoint=message.submitted, stt_done=message.submitted)
    return Heard(message.turn_id, message.generation, message.text, message.heard or typed)
