"""One life of the worker process, seen from the parent: start, talk, watch, end.

Owns the process, the parent's end of the pipe, and the thread that reads it. Does not restart anything:
whoever owns the conversation decides that (`assistant.dialogue.conversation`).

What it notices, and how:

| what | how | code |
|---|---|---|
| crash, SIGKILL | end of the pipe or the process sentinel, at once | ``worker_crashed`` |
| hang | no Pong, or busy with a heartbeat that stands still, for ``hang_timeout_s`` | ``worker_hung`` |
| memory balloon | resident memory above ``memory_cap_mb`` at a ping | ``worker_too_big`` |
| models that do not load | StartFailed, or no Ready within ``start_timeout_s`` | the model's code |
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, cast

from assistant.audio.priority import prefer_this_thread
from assistant.errors import WorkerError
from assistant.metrics import now_s
from assistant.worker import log_relay
from assistant.worker.messages import (
    Exiting,
    LogLine,
    Ping,
    Pong,
    Ready,
    Reply,
    Request,
    Shutdown,
    StartFailed,
)

if TYPE_CHECKING:
    from assistant.pool.pool import EngineLoader
    from assistant.settings import Settings

ALL_ROLES = ("stt", "thinker", "tts")
"""The models of a set, in the order they are loaded."""

KILL_JOIN_S = 10.0
"""A killed process is gone within milliseconds, or seconds when gigabytes must be freed on a busy machine."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerLoss:
    """Why a worker is no more.

    Attributes:
        code: see the module's table.
        message: one plain sentence.
        hint: what the person can do; empty when a restart is all it takes.
        at_start: it never became ready, so starting it again would fail the same way.
    """

    code: str
    message: str
    hint: str
    at_start: bool


class _LostError(Exception):
    """Carries the loss from where it is noticed to the end of the reader thread."""

    def __init__(self, loss: WorkerLoss) -> None:
        super().__init__(loss.message)
        self.loss = loss


class WorkerClient:
    """Supervises one worker process.

    Args:
        settings: handed to the worker as they are.
        on_reply: takes every message of the worker except Pong and LogLine; called on the reader thread.
        on_lost: called once on the reader thread when the process ended without :meth:`stop`; the
            process is dead and reaped by then.
        load_engine: makes engines in the worker; None means the real ones.
        roles: which models to load.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        on_reply: Callable[[Reply], None],
        on_lost: Callable[[WorkerLoss], None],
        load_engine: EngineLoader | None = None,
        roles: Sequence[str] = ALL_ROLES,
    ) -> None:
        self._settings = settings
        self._on_reply = on_reply
        self._on_lost = on_lost
        self._load_engine = load_engine
        self._roles = tuple(roles)
        context = multiprocessing.get_context("spawn")
        self._context = context
        self._process: multiprocessing.process.BaseProcess | None = None
        self._send_lock = threading.Lock()
        self._stopping = threading.Event()
        self._exited = threading.Event()  # the worker said Exiting
        self._reader = threading.Thread(target=self._read, name="worker-reader", daemon=True)
        self._started_s = 0.0
        self._ready = False
        self._ping_sequence = 0
        self._ping_sent_s: float | None = None
        self._last_pong_s = 0.0
        self._last_beat = -1
        self._last_progress_s = 0.0
        self._next_watch_s = 0.0

    # --- life -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process and the reader thread; returns at once, Ready or a loss follows."""
        from assistant.worker.main import main

        self._connection, child_end = self._context.Pipe()
        self._started_s = now_s()
        process = self._context.Process(
            target=main,
            args=(child_end, self._settings, self._load_engine, self._roles, self._started_s),
            kwargs={"log_level": logger.getEffectiveLevel()},
            name="assistant-worker",
            daemon=True,
        )
        process.start()
        child_end.close()  # or the end of the pipe would never be seen
        self._process = process
        self._reader.start()

    @property
    def pid(self) -> int:
        """The worker's process id; 0 before :meth:`start`."""
        return (self._process.pid or 0) if self._process else 0

    def resident_bytes(self) -> int:
        """Resident memory (RSS) of the worker; 0 when it is gone. Any thread."""
        import psutil

        try:
            return int(psutil.Process(self.pid).memory_info().rss) if self.pid else 0
        except psutil.NoSuchProcess:
            return 0

    def send(self, request: Request) -> None:
        """Send one message; any thread.

        Raises:
            WorkerError: ``worker_gone``: the process has ended; a loss was or will be reported.
        """
        try:
            with self._send_lock:
                self._connection.send(request)
        except (BrokenPipeError, OSError) as exc:
            raise WorkerError("worker_gone", "The worker process is not running.") from exc

    def stop(self) -> None:
        """End the process: ask, wait, terminate, kill; blocks at most ``stop_timeout_s`` plus seconds.

        Idempotent; not to be called from the reader thread.
        """
        if self._process is None:
            return
        self._stopping.set()
        try:
            self.send(Shutdown())
        except WorkerError:
            pass
        else:
            self._exited.wait(self._settings.worker.stop_timeout_s)
            self._process.join(0.5)
        self._end_process()
        self._reader.join()

    def _end_process(self) -> None:
        process = self._process
        assert process is not None
        if process.is_alive():
            process.terminate()
            process.join(1.0)
        if process.is_alive():
            process.kill()
        process.join(KILL_JOIN_S)
        if process.is_alive():
            logger.error("the worker process %s could not be ended", process.pid)

    # --- the reader thread ----------------------------------------------------------------------------

    def _read(self) -> None:
        prefer_this_thread(heirs=False)  # it takes reply audio in; a late one keeps sound waiting
        loss: WorkerLoss | None = None
        try:
            while True:
                self._step()
        except _LostError as lost:
            loss = lost.loss
        except (EOFError, OSError):
            loss = None
        assert self._process is not None
        if not self._stopping.is_set():
            if loss is None:
                self._process.join(1.0)
                loss = self._crash()
            self._end_process()
            logger.error("worker lost: %s (%s)", loss.message, loss.code)
        self._connection.close()
        self._exited.set()
        if loss is not None and not self._stopping.is_set():
            self._on_lost(loss)

    def _step(self) -> None:
        assert self._process is not None
        interval_s = self._settings.worker.ping_interval_s
        ready = wait([self._connection, self._process.sentinel], interval_s / 2)
        if self._connection in ready:
            self._take(cast("Reply", self._connection.recv()))
        elif ready:
            raise EOFError
        if now_s() >= self._next_watch_s and not self._stopping.is_set():
            self._next_watch_s = now_s() + interval_s / 2
            self._watch(interval_s)

    def _take(self, message: Reply) -> None:
        match message:
            case Pong():
                self._last_pong_s = now_s()
                self._ping_sent_s = None
                if not message.busy or message.beat != self._last_beat:
                    self._last_progress_s = self._last_pong_s
                    self._last_beat = message.beat
            case LogLine():
                log_relay.replay(message, self.pid)
            case StartFailed():
                raise _LostError(WorkerLoss(message.code, message.message, message.hint, True))
            case Exiting():
                self._exited.set()
            case Ready():
                self._ready = True
                self._last_pong_s = self._last_progress_s = now_s()
                self._on_reply(message)
            case _:
                self._on_reply(message)

    def _watch(self, interval_s: float) -> None:
        """Notice a start that takes too long, a hang, a balloon; send the next ping."""
        now = now_s()
        limits = self._settings.worker
        self._check_memory()
        if not self._ready:
            if now - self._started_s > limits.start_timeout_s:
                raise _LostError(
                    WorkerLoss(
                        "worker_start_timeout",
                        f"The models did not load within {limits.start_timeout_s:.0f} seconds.",
                        "Raise worker.start_timeout_s in the settings, or run `assistant doctor`.",
                        at_start=True,
                    )
                )
            return
        if now - min(self._last_pong_s, self._last_progress_s) > limits.hang_timeout_s:
            raise _LostError(
                WorkerLoss(
                    "worker_hung",
                    f"The worker made no progress for {limits.hang_timeout_s:g} seconds.",
                    "",
                    at_start=False,
                )
            )
        due = now - self._last_pong_s >= interval_s and self._ping_sent_s is None
        # A sender that is blocked on a full pipe holds the lock: then no ping is needed, the missing
        # Pong counts all the same.
        if due and self._send_lock.acquire(blocking=False):
            try:
                self._ping_sequence += 1
                self._ping_sent_s = now
                self._connection.send(Ping(self._ping_sequence))
            finally:
                self._send_lock.release()

    def _check_memory(self) -> None:
        cap = self._settings.worker.memory_cap_mb
        used = self.resident_bytes() / 1_000_000
        if used > cap:
            raise _LostError(
                WorkerLoss(
                    "worker_too_big",
                    f"The worker grew to {used:.0f} MB, above its cap of {cap} MB.",
                    "Raise worker.memory_cap_mb in the settings, or choose a smaller model set.",
                    at_start=False,
                )
            )

    def _crash(self) -> WorkerLoss:
        assert self._process is not None
        code = self._process.exitcode
        how = "was killed" if code is not None and code < 0 else "ended"
        detail = f" (signal {-code})" if code is not None and code < 0 else f" (exit code {code})"
        return WorkerLoss(
            "worker_crashed",
            f"The worker process {how} unexpectedly{detail}.",
            "" if self._ready else "Run `assistant doctor`.",
            at_start=not self._ready,
        )
