"""Writes the running conversation down as it goes on, and deletes what is too old.

    conversation thread ──take(event)──► turns that are over ──► inbox ──► `history` thread ──► file

Owns the thread, what waits to be written, and where one conversation ends and the next begins. Never makes
the conversation wait: `take` folds an event in memory; only the `history` thread meets the disk. What
cannot be written stays in memory and is tried again; the person is told once.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.events import Event, TurnFailed, TurnFinished, TurnInterrupted, WorkerReady
from assistant.history.folding import Folding, utc_now
from assistant.history.store import HistoryStore
from assistant.history.writing import AddTurn, HideTurn, UnhideTurn, Writing
from assistant.metrics import now_s

if TYPE_CHECKING:
    from assistant.settings import Settings

INBOX_TURNS = 10_000
"""Turns the disk may stand still for: days of talking, some 10 MB. What comes then is dropped, and told."""

RETRY_S = 15.0
"""Between two tries to write what is held back; a new turn is a try as well."""

TIDY_S = 86_400.0
"""Between two looks for conversations that are too old."""

UNDO = timedelta(minutes=1)
"""How long a deleted conversation is left for Undo; windows offer it for some seconds."""

STOP_S = 10.0
"""How long stopping may take: twice the wait for another program that writes."""

TOO_MUCH = AssistantError(
    "history_too_slow",
    "The disk does not answer, so part of this conversation is not kept.",
    "Look after the disk; the conversation itself goes on.",
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Apply:
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Conversation:
    """The next turns belong to this one; None: to a new one."""

    key: str | None


@dataclass(frozen=True, slots=True)
class _Settle:
    """Say so when everything before was tried."""

    done: threading.Event


@dataclass(frozen=True, slots=True)
class _Stop:
    pass


_Item = AddTurn | HideTurn | UnhideTurn | _Apply | _Conversation | _Settle | _Stop


class HistoryRecorder:
    """Keeps what is said while `settings.history.keep` is on; off, it writes nothing at all.

    Public methods never block, except `settle` and `stop`, and may be called from any thread, except
    `take`, which belongs to the thread of the events.

    Args:
        settings: of the whole program.
        on_trouble: takes what went wrong, once for each kind until all is well; on the `history` thread.
        on_written: called when what was held back has been written; on the `history` thread.
        store: where to write; None means this person's history.
        clock: the time of day, UTC.
        monotonic: seconds on the clock of the turns' stamps.
    """

    def __init__(
        self,
        settings: Settings,
        on_trouble: Callable[[AssistantError], None] = lambda _trouble: None,
        *,
        on_written: Callable[[], None] = lambda: None,
        store: HistoryStore | None = None,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = now_s,
    ) -> None:
        self._store = store if store is not None else HistoryStore()
        self._on_trouble = on_trouble
        self._clock = clock
        self._folding = Folding(clock, monotonic)
        self._folding.set_name = settings.set
        self._keeps = settings.history.keep
        self._keep_days = settings.history.keep_days
        self._writing = Writing(self._store, on_trouble, on_written)
        self._keys: dict[int, str] = {}
        self._inbox: queue.Queue[_Item] = queue.Queue(INBOX_TURNS)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        self._was_too_slow = False

    # --- life -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: delete what is too old; returns at once. `take` does so by itself."""
        with self._lock:
            if self._thread is None and not self._is_stopped:
                self._thread = threading.Thread(target=self._run, name="history", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Write what there is and end the thread; idempotent. What still cannot be written is lost."""
        with self._lock:
            thread, self._is_stopped = self._thread, True
        if thread is not None and thread.is_alive():
            try:
                self._inbox.put(_Stop(), timeout=STOP_S)
            except queue.Full:
                logger.exception("the history thread stands still")
                return
            thread.join(STOP_S)
            if thread.is_alive():
                logger.error("the history thread does not end")

    def settle(self, timeout_s: float = STOP_S) -> bool:
        """Wait until everything taken so far was written or tried; returns whether that is so."""
        done = threading.Event()
        return self._put(_Settle(done)) and done.wait(timeout_s)

    # --- what is said ---------------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """Take one event, in order; on the thread of the events."""
        if not self._keeps and not isinstance(event, WorkerReady):
            self._folding.forget()
            return
        over = self._folding.take(event)
        if over is None or not isinstance(event, TurnFinished | TurnInterrupted | TurnFailed):
            return
        self._keys[event.turn_id] = over.turn.key
        is_former = over.conversation != self._folding.conversation
        if (
            not self._put(AddTurn(over.turn, is_former))
            and not self._is_stopped
            and not self._was_too_slow
        ):
            self._was_too_slow = True
            self._on_trouble(TOO_MUCH)

    def apply(self, settings: Settings) -> None:
        """Follow changed settings; switched off, also forget what still waits to be written."""
        self._keeps = settings.history.keep
        self._folding.set_name = settings.set
        self._put(_Apply(settings))

    def begin_anew(self) -> None:
        """Let the next turn begin a new conversation; one that goes on now belongs to this one."""
        self._folding.conversation += 1
        self._put(_Conversation(None))

    def go_on_with(self, conversation_key: str) -> None:
        """Let the next turns belong to a past conversation; one that goes on now belongs to this one."""
        self._folding.conversation += 1
        self._put(_Conversation(conversation_key))

    def forget_turn(self, turn_id: int) -> None:
        """Delete a turn of this conversation from the history."""
        if turn_id in self._keys:
            self._put(HideTurn(self._keys[turn_id]))

    def remember_turn(self, turn_id: int) -> None:
        """Undo `forget_turn`, within the minute."""
        if turn_id in self._keys:
            self._put(UnhideTurn(self._keys[turn_id]))

    def _put(self, item: _Item) -> bool:
        self.start()
        if self._is_stopped:
            return False
        try:
            self._inbox.put_nowait(item)
        except queue.Full:
            return False
        return True

    # --- the history thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        self._tidy()
        tidied_s = now_s()
        item: _Item | None = None
        while not isinstance(item, _Stop):
            item = self._next(tidied_s + TIDY_S - now_s())
            while item is not None and not isinstance(item, _Settle | _Stop):
                self._take_item(item)  # all there is, so that it is written together
                item = self._next(0.0)
            self._writing.write()
            if now_s() >= tidied_s + TIDY_S:
                self._tidy()
                tidied_s = now_s()
            if isinstance(item, _Settle):
                item.done.set()
        self._tidy()
        self._writing.end()

    def _take_item(self, item: _Item) -> None:
        match item:
            case AddTurn() | HideTurn() | UnhideTurn():
                self._writing.add(item)
            case _Apply():
                self._writing.write()  # said while the former settings held
                self._applied(item.settings)
            case _Conversation():
                self._writing.begin(item.key)
            case _Settle() | _Stop():
                pass

    def _next(self, wait_s: float) -> _Item | None:
        if self._writing.waiting:
            wait_s = min(RETRY_S, wait_s)
        try:
            return self._inbox.get(timeout=max(0.0, wait_s))
        except queue.Empty:
            return None

    def _applied(self, settings: Settings) -> None:
        tidies = settings.history.keep_days != self._keep_days
        self._keep_days = settings.history.keep_days
        if not settings.history.keep:
            self._writing.drop()
        if tidies:
            self._tidy()

    def _tidy(self) -> None:
        """Delete for good what was hidden or is too old."""
        now = self._clock()

        def tidied() -> None:
            self._store.purge_hidden_before(now - UNDO)
            if self._keep_days:
                count = self._store.delete_older_than(self._keep_days, now)
                if count:
                    logger.info(
                        "deleted %d conversations older than %d days", count, self._keep_days
                    )

        if self._keeps:
            self._writing.attempt(tidied)
            return
        try:  # nothing is written anyway: a file that cannot be opened is no trouble now
            tidied()
        except AssistantError as error:
            logger.info("the history was not tidied: %s", error)
