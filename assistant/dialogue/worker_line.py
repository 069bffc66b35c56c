"""The line to the worker: requests wait while one loads, a lost one is replaced, other models take over.

Owns the worker's succession and the requests kept meanwhile. Does not know what a turn is. Everything
but :attr:`client` runs on the conversation thread.

Other models come in a worker of their own (docs/adr/0014-changing-models.md): the present one serves until
that one is ready, and for good if it fails. Where both do not fit into the budget together, the present
one ends first and is started again if the other fails.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.dialogue.inbox import FromWorker
from assistant.dialogue.restarts import RestartBudget
from assistant.errors import AssistantError, WorkerError
from assistant.events import (
    Event,
    ModelLoading,
    ModelsRefused,
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)
from assistant.metrics import now_s
from assistant.pool.loading import expected_bytes
from assistant.pool.pool import MEGABYTE
from assistant.worker.client import WorkerClient, WorkerLoss
from assistant.worker.messages import Loading, Ready, Reply, Request, StartConversation

if TYPE_CHECKING:
    from assistant.pool.pool import EngineLoader
    from assistant.settings import Settings

WAITING_REQUESTS = 4096
"""Requests kept while the worker starts: two minutes of 30 ms blocks. Overflow: the turn fails."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Successor:
    """A worker with other settings; ``ready`` is what it said when its models were loaded."""

    settings: Settings
    life: int
    client: WorkerClient
    ready: Ready | None = None


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
        self._lives = 0
        self._successor: _Successor | None = None
        self._instead: Settings | None = None  # wanted, but not beside the present worker
        self._before: Settings | None = None  # of the worker that ended for the present one
        self._ending: list[threading.Thread] = []
        self.client: WorkerClient | None = None
        self.life = 0
        self.is_ready = False
        self.given_up: WorkerLoss | None = None

    def start(self) -> None:
        """Start a worker; events tell the rest."""
        self.is_ready = False
        self.life, self.client = self._new_client(self._settings)
        self._on_event(WorkerStarting(attempt=self._restarts.spent + 1))
        try:
            self.client.start()
        except (OSError, RuntimeError) as exc:
            logger.debug("no worker process", exc_info=True)
            self.lost(_not_started(exc))

    def _new_client(self, settings: Settings) -> tuple[int, WorkerClient]:
        self._lives += 1
        life = self._lives
        client = WorkerClient(
            settings,
            on_reply=lambda message: self._put(FromWorker(life, message)),
            on_lost=lambda loss: self._put(FromWorker(life, loss)),
            load_engine=self._load_engine,
            roles=self._roles,
        )
        return life, client

    def stop(self) -> None:
        """End the worker, and any other that is coming or going; idempotent."""
        self._drop_successor()
        if self.client is not None:
            self.client.stop()
        for thread in self._ending:
            thread.join()
        self._ending.clear()

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
        self._before = None
        self.send(begin)
        waiting = list(self._waiting)
        self._waiting.clear()
        for request in waiting:
            self.send(request)
        self._on_event(
            WorkerReady(message.models, message.load_s, message.fallbacks, message.replicas)
        )

    def lost(self, loss: WorkerLoss) -> None:
        """The worker is gone: start another, or give up; its turns are told."""
        was_ready = self.is_ready
        self.is_ready = False
        if self.client is not None:
            self.client.stop()
        if loss.at_start and self._before is not None:
            self._settings, self._before = self._before, None
            self._on_event(ModelsRefused(loss.code, loss.message, loss.hint))
            self.start()
            return
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

    # --- other settings -------------------------------------------------------------------------------

    def change(self, settings: Settings) -> None:
        """Have other models serve from the next turn on, if they load; events tell."""
        self._drop_successor()
        self._instead = None
        if self.given_up is not None or self.client is None:
            self.given_up, self._settings = None, settings
            self.start()
        elif not self.is_ready or not self._fits_beside(settings):
            self._instead = settings
        else:
            life, client = self._new_client(settings)
            self._successor = _Successor(settings, life, client)
            try:
                client.start()
            except (OSError, RuntimeError) as exc:
                logger.debug("no worker process", exc_info=True)
                self._refused(_not_started(exc))

    def _fits_beside(self, settings: Settings) -> bool:
        assert self.client is not None
        try:
            expected = expected_bytes(settings, self._roles, self._load_engine)
        except AssistantError:
            return True  # the worker will say what is wrong
        return self.client.resident_bytes() + expected <= settings.pool.budget_mb * MEGABYTE

    @property
    def wants_to_switch(self) -> bool:
        """Whether other models wait for the end of a turn; then :meth:`switch`."""
        is_ready = self._successor is not None and self._successor.ready is not None
        return is_ready or self._instead is not None

    def successor_said(self, life: int, message: Reply | WorkerLoss) -> None:
        """Take what a worker says that does not serve yet; of others, nothing."""
        if self._successor is None or life != self._successor.life:
            return
        match message:
            case Loading():
                self._on_event(ModelLoading(message.role, message.name))
            case Ready():
                self._successor.ready = message
            case WorkerLoss():
                self._refused(message)
            case _:
                logger.error("unexpected message %r", message)

    def switch(self, begin: Callable[[Settings], StartConversation]) -> None:
        """Let the other models serve; only between turns.

        Args:
            begin: makes the first message to a worker with these settings.
        """
        successor, self._successor = self._successor, None
        if successor is not None and successor.ready is not None:
            self._end(self.client)
            self._settings = successor.settings
            self.life, self.client = successor.life, successor.client
            self.ready(successor.ready, begin(successor.settings))
        elif self._instead is not None:
            if self.is_ready:  # else nothing serves that one could come back to
                self._before = self._settings
            self._settings, self._instead = self._instead, None
            if self.client is not None:
                self.client.stop()
            self.start()

    @property
    def settings(self) -> Settings:
        """The settings of the worker that serves, or is being started."""
        return self._settings

    def _refused(self, loss: WorkerLoss) -> None:
        self._drop_successor()
        self._on_event(ModelsRefused(loss.code, loss.message, loss.hint))

    def _drop_successor(self) -> None:
        successor, self._successor = self._successor, None
        if successor is not None:
            self._end(successor.client)

    def _end(self, client: WorkerClient | None) -> None:
        """End a worker nobody waits for; that can take seconds."""
        if client is None:
            return
        thread = threading.Thread(target=client.stop, name="worker-ending", daemon=True)
        thread.start()
        self._ending = [*(one for one in self._ending if one.is_alive()), thread]


def _not_started(exc: Exception) -> WorkerLoss:
    """No memory for a process, or a program without `if __name__ == "__main__":`."""
    why = str(exc).strip().partition("\n")[0]
    return WorkerLoss(
        "worker_not_started",
        f"The worker process could not be started: {why}",
        'In a script of your own, start the assistant under if __name__ == "__main__".',
        at_start=True,
    )
