"""The line to the worker: requests wait while one loads, and a lost one is replaced.

Owns the worker's succession and the requests kept meanwhile. Does not know what a turn is. Everything
but :attr:`client` runs on the conversation thread.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.dialogue.inbox import FromWorker
from assistant.dialogue.restarts import RestartBudget
from assistant.errors import WorkerError
from assistant.events import Event, WorkerLost, WorkerReady, WorkerStarting
from assistant.metrics import now_s
from assistant.worker.client import WorkerClient, WorkerLoss
from assistant.worker.messages import Ready, Request, StartConversation

if TYPE_CHECKING:
    from assistant.pool.pool import EngineLoader
    from assistant.settings import Settings

WAITING_REQUESTS = 4096
"""Requests kept while the worker starts: two minutes of 30 ms blocks. Overflow: the turn fails."""

logger = logging.getLogger(__name__)


class WorkerLine:
    """One worker after another.

    Args:
        settings: of the whole program.
        put: takes what workers say, into the conversation's inbox; any thread.
        on_event: takes the events of their lives.
        on_turns_lost: told (code, message, hint) when the turns in progress cannot go on.
        load_engine: makes engines in the worker; None means the real ones.
        roles: which models to load.
    """

    def __init__(
        self,
        settings: Settings,
        put: Callable[[FromWorker], None],
        on_event: Callable[[Event], None],
        on_turns_lost: Callable[[str, str, str], None],
        *,
        load_engine: EngineLoader | None,
        roles: Sequence[str],
    ) -> None:
        self._settings = settings
        self._put = put
        self._on_event = on_event
        self._on_turns_lost = on_turns_lost
        self._load_engine = load_engine
        self._roles = roles
        self._waiting: deque[Request] = deque()
        limits = settings.worker
        self._restarts = RestartBudget(limits.restart_limit, limits.restart_window_s)
        self.client: WorkerClient | None = None
        self.life = 0
        self.is_ready = False
        self.given_up: WorkerLoss | None = None

    def start(self) -> None:
        """Start a worker; events tell the rest."""
        self.life += 1
        life = self.life
        self.is_ready = False
        self.client = WorkerClient(
            self._settings,
            on_reply=lambda message: self._put(FromWorker(life, message)),
            on_lost=lambda loss: self._put(FromWorker(life, loss)),
            load_engine=self._load_engine,
            roles=self._roles,
        )
        self._on_event(WorkerStarting(attempt=self._restarts.spent + 1))
        try:
            self.client.start()
        except (OSError, RuntimeError) as exc:
            # No memory for a process, or a program without `if __name__ == "__main__":`.
            logger.debug("no worker process", exc_info=True)
            why = str(exc).strip().partition("\n")[0]
            self.lost(
                WorkerLoss(
                    "worker_not_started",
                    f"The worker process could not be started: {why}",
                    'In a script of your own, start the assistant under if __name__ == "__main__".',
                    at_start=True,
                )
            )

    def stop(self) -> None:
        """End the worker; idempotent."""
        if self.client is not None:
            self.client.stop()

    def send(self, request: Request) -> None:
        """Send a request now, or when the worker is ready."""
        if not self.is_ready:
            if len(self._waiting) < WAITING_REQUESTS:
                self._waiting.append(request)
            else:
                self._waiting.clear()
                self._on_turns_lost(
                    "worker_slow",
                    "The models took too long to load.",
                    "Ask again when it is ready.",
                )
            return
        assert self.client is not None
        try:
            self.client.send(request)
        except WorkerError:
            logger.debug("the worker is gone; its loss will be reported")

    def forget_waiting(self) -> None:
        """Drop the requests that no worker has seen yet."""
        self._waiting.clear()

    def ready(self, message: Ready, begin: StartConversation) -> None:
        """The models are loaded: begin the conversation, then send what waited."""
        self.is_ready = True
        self.send(begin)
        waiting = list(self._waiting)
        self._waiting.clear()
        for request in waiting:
            self.send(request)
        self._on_event(WorkerReady(message.models, message.load_s, message.fallbacks))

    def lost(self, loss: WorkerLoss) -> None:
        """The worker is gone: start another, or give up; its turns are told."""
        was_ready = self.is_ready
        self.is_ready = False
        self.stop()
        restart = not loss.at_start and self._restarts.spend(now_s())
        if not restart:
            self.given_up = loss
        self._on_event(WorkerLost(loss.code, loss.message, loss.hint, restarting=restart))
        if was_ready or not restart:
            self._waiting.clear()
            hint = "It is being restarted; ask again." if restart else loss.hint
            self._on_turns_lost(loss.code, loss.message, hint)
        if restart:
            self.start()
