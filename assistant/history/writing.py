"""What waits to be written, in order, and what becomes of it when the disk does not take it.

Owns the current conversation: which key it has, and its turns, so that they can be written again into a new
file when the old one turns out damaged. Used by the `history` thread only; has no clock of its own.
"""

from __future__ import annotations

import logging
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from assistant.errors import AssistantError
from assistant.history.past import PastTurn
from assistant.history.store import HistoryStore

PAUSE = timedelta(hours=1)
"""Silence after which the next turn begins a new conversation (docs/adr/0011-history.md)."""

DAMAGED = AssistantError(
    "history_damaged",
    "The history file was damaged; a new one was begun.",
    "The old one is kept beside it; `assistant doctor` shows the folder.",
)
HELD_BACK = {
    "history_disk_full": "Make some room on the disk; what is said is held in memory and written then.",
    "history_read_only": "Allow writing there; what is said is held in memory and written then.",
    "history_busy": "What is said is held in memory and written when the other program is done.",
}
"""What to do about trouble that passes, by code."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AddTurn:
    """A turn is over.

    Attributes:
        is_former: it was begun in the conversation before this one.
    """

    turn: PastTurn
    is_former: bool = False


@dataclass(frozen=True, slots=True)
class HideTurn:
    """A turn is to be deleted."""

    key: str


@dataclass(frozen=True, slots=True)
class UnhideTurn:
    """A deleted turn is wanted back."""

    key: str


Change = AddTurn | HideTurn | UnhideTurn


class Writing:
    """Changes to the history in the order they came, written when the disk takes them."""

    def __init__(
        self,
        store: HistoryStore,
        on_trouble: Callable[[AssistantError], None],
        on_written: Callable[[], None],
    ) -> None:
        self._store = store
        self._on_trouble = on_trouble
        self._on_written = on_written
        self._waiting: deque[tuple[str, Change]] = deque()
        self._key: str | None = None
        self._former_key: str | None = None
        self._turns: dict[str, PastTurn] = {}
        self._hidden: set[str] = set()
        self._troubles: set[str] = set()

    @property
    def waiting(self) -> int:
        """How many changes are not written yet."""
        return len(self._waiting)

    def begin(self, key: str | None) -> None:
        """Let the next turn go to the conversation of that key; None: to a new one."""
        self._former_key = self._key
        self._key = key
        self._turns.clear()
        self._hidden.clear()

    def add(self, change: Change) -> None:
        """Take a change, to be written by the next `write`."""
        if isinstance(change, AddTurn) and change.is_former:
            self._former_key = self._former_key or uuid.uuid4().hex
            self._waiting.append((self._former_key, change))
            return
        match change:
            case AddTurn():
                if self._turns and change.turn.at - self._newest().at > PAUSE:
                    self.begin(None)
                self._turns[change.turn.key] = change.turn
            case HideTurn():
                self._hidden.add(change.key)
            case UnhideTurn():
                self._hidden.discard(change.key)
        if self._key is None:
            self._key = uuid.uuid4().hex
        self._waiting.append((self._key, change))

    def drop(self) -> None:
        """Forget everything that waits, and the conversation."""
        self._waiting.clear()
        self.begin(None)

    def write(self) -> None:
        """Write what waits, as far as the disk takes it."""
        while self._waiting:
            if not self.attempt(self._write_first):
                return
            if self._troubles and not self._waiting:
                self._troubles.clear()
                self._on_written()

    def end(self) -> None:
        """Say what is lost now that the program ends."""
        if self._waiting:
            logger.error("%d changes to the history could not be written", len(self._waiting))

    def attempt(self, work: Callable[[], None]) -> bool:
        """Do work on the file; returns whether it was done. Trouble is told, once for each kind."""
        file = self._store.identity()
        try:
            work()
        except AssistantError as error:
            if error.code != "history_damaged":
                self._tell(error)
                return False
        else:
            return True
        try:  # damaged: a new file, with all of this conversation in it
            aside = self._store.keep_aside(file)
            self._waiting.extendleft(reversed(self._again()))
            work()
        except AssistantError as error:
            self._tell(error)
            return False
        if aside is not None:
            self._on_trouble(DAMAGED)
        return True

    def _write_first(self) -> None:
        """Write the first change that waits, with all turns after it that belong to the same conversation."""
        key, first = self._waiting[0]
        match first:
            case AddTurn():
                turns = self._turns_in_front(key)
                if self._store.add(key, turns):
                    count = len(turns)
                else:
                    self._rename(
                        key, uuid.uuid4().hex
                    )  # it was deleted meanwhile: these begin a new one
                    count = 0
            case HideTurn():
                self._store.hide_turn(first.key)
                count = 1
            case UnhideTurn():
                self._store.unhide_turn(first.key)
                count = 1
        for _ in range(count):
            self._waiting.popleft()

    def _turns_in_front(self, key: str) -> list[PastTurn]:
        turns = []
        for other, change in self._waiting:
            if other != key or not isinstance(change, AddTurn):
                break
            turns.append(change.turn)
        return turns

    def _rename(self, old: str, new: str) -> None:
        waiting = {change.turn.key for key, change in self._waiting if isinstance(change, AddTurn)}
        self._waiting = deque((new if key == old else key, each) for key, each in self._waiting)
        if self._key == old:
            self._key = new
            self._turns = {key: turn for key, turn in self._turns.items() if key in waiting}

    def _again(self) -> list[tuple[str, Change]]:
        """Return the turns of this conversation that were written already."""
        waiting = {each.turn.key for _key, each in self._waiting if isinstance(each, AddTurn)}
        if self._key is None:
            return []
        return [
            (self._key, AddTurn(turn))
            for key, turn in self._turns.items()
            if key not in self._hidden and key not in waiting
        ]

    def _newest(self) -> PastTurn:
        return next(reversed(self._turns.values()))

    def _tell(self, error: AssistantError) -> None:
        if error.code not in self._troubles:
            self._troubles.add(error.code)
            hint = HELD_BACK.get(error.code, error.hint)
            self._on_trouble(AssistantError(error.code, error.message, hint))
