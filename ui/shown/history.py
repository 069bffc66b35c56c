"""Past conversations as they are shown: the list by days or by what was looked for, and the one that is open.

Owns what is shown and every errand to the file, off the GUI thread. Holds no widget. Answers that come after
the person has gone on (typed another letter, opened another conversation) are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from assistant.errors import AssistantError
from assistant.events import Event, TurnFailed, TurnFinished, TurnInterrupted
from ui.shown.history_rows import Row, rows_of

if TYPE_CHECKING:
    # At run time only inside errands: importing the facade takes a while, which must not hold up the window.
    from assistant.api.history import History, Names, PastConversation, PastTurn
    from ui.session import Session

    Change = Callable[[History], object]

T = TypeVar("T")

PAGE = 100
"""Conversations read at a time."""

MOST_FOUND = 100

TYPING_MS = 150
"""Pause in typing after which one looks: shorter than a glance at the list, longer than between two keys."""

SETTLING_MS = 800
"""After a turn's end until it is in the file; writing takes some milliseconds on a free disk."""

UNDO_MS = 20_000
"""How long a deletion can be undone; the history keeps what was deleted for a minute."""

ExportKind = Literal["markdown", "json", "srt"]
State = Literal["loading", "empty", "nothing_found", "list", "failed"]


@dataclass(frozen=True, slots=True)
class Open:
    """The conversation that is open.

    Attributes:
        words: what one looks for; its hits are to be marked.
        first_hit: index of the first turn that has all of them; None if there is none.
    """

    past: PastConversation
    words: tuple[str, ...] = ()
    first_hit: int | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """Something that was deleted and can still be brought back."""

    title: str
    count: int
    is_turn: bool
    undo: Change
    purge: Change


def open_history() -> History:
    """Return this person's history; imports for a while, so inside errands only."""
    from assistant.api.history import History

    return History()


class HistoryShown(QObject):
    """The history as the page shows it; GUI thread only.

    Args:
        session: does the errands.
        opener: opens the history, on another thread.
        today: the date of now, here.
    """

    rows_changed = Signal()
    open_changed = Signal()
    deleted = Signal(object)
    """A `Deleted`, to be offered for undoing; None when that is over."""
    exported = Signal(object)
    """The paths that were written."""
    export_failed = Signal(object)

    def __init__(
        self,
        session: Session,
        opener: Callable[[], History] = open_history,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._opener = opener
        self._today = today
        self.rows: tuple[Row, ...] = ()
        self.state: State = "loading"
        self.failure: AssistantError | None = None
        self.query = ""
        self.open: Open | None = None
        self.has_more = False
        self._wanted_id: int | None = None
        self._open_query = ""
        self._list_age = 0
        self._open_age = 0
        self._limit = PAGE
        self._undoable: Deleted | None = None
        self._typing = self._timer(TYPING_MS, self.reload)
        self._settling = self._timer(SETTLING_MS, self.reload)
        self._forgetting = self._timer(UNDO_MS, self.forget_deleted)
        session.event.connect(self._take)

    def _run(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Do an errand; who is gone when it is over (a page made anew in another language) hears nothing."""

        def over(result: T) -> None:
            if shiboken6.isValid(self):
                done(result)

        def broken(problem: Exception) -> None:
            if shiboken6.isValid(self):
                failed(problem)

        self._session.run(work, over, broken)

    def _timer(self, interval_ms: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(then)
        return timer

    # --- the list ---------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list anew, and the open conversation if it has changed."""
        self._list_age += 1
        self._run(
            partial(_read, self._opener, self.query, self._limit, self._today()),
            partial(self._loaded, self._list_age, self.query),
            partial(self._not_loaded, self._list_age),
        )

    def search(self, query: str) -> None:
        """Show the conversations with these words, soon; all of them if there are none."""
        if query.strip() != self.query:
            self.query = query.strip()
            self._limit = PAGE
            self._typing.start()

    def read_more(self) -> None:
        """Read more of a long list."""
        if self.has_more:
            self.has_more = False
            self._limit += PAGE
            self.reload()

    def row_of(self, conversation_id: int) -> Row | None:
        """Return the row of a conversation; None if it is not in the list."""
        return next((row for row in self.rows if row.line.id == conversation_id), None)

    def _loaded(self, age: int, query: str, rows: tuple[Row, ...]) -> None:
        if age != self._list_age:
            return
        before = None if self.open is None else self.row_of(self.open.past.line.id)
        self.rows = rows
        self.failure = None
        limit = min(self._limit, MOST_FOUND) if query else self._limit
        self.has_more = len(rows) >= limit and not query
        self.state = "list" if rows else "nothing_found" if query else "empty"
        self.rows_changed.emit()
        if self.open is not None and self._wanted_id == self.open.past.line.id:
            row = self.row_of(self._wanted_id)
            if (
                row is None
                or before is None
                or row.line != before.line
                or query != self._open_query
            ):
                self._read_open(self._wanted_id)

    def _not_loaded(self, age: int, problem: Exception) -> None:
        if age != self._list_age:
            return
        if not isinstance(problem, AssistantError):
            self._session.report(problem, "history")
            problem = AssistantError("history_unusable", "The history cannot be used.")
        self.rows, self.state, self.failure = (), "failed", problem
        self.rows_changed.emit()

    def _take(self, event: Event) -> None:
        if isinstance(event, TurnFinished | TurnInterrupted | TurnFailed):
            self._settling.start()

    # --- the open conversation --------------------------------------------------------------------------

    def choose(self, conversation_id: int | None) -> None:
        """Open a conversation; None closes the one that is open."""
        if conversation_id is None:
            self._wanted_id = None
            self._open_age += 1
            if self.open is not None:
                self.open = None
                self.open_changed.emit()
        elif conversation_id != self._wanted_id:
            self._read_open(conversation_id)

    def _read_open(self, conversation_id: int) -> None:
        self._wanted_id = conversation_id
        self._open_query = self.query
        self._open_age += 1
        self._run(
            partial(_read_one, self._opener, conversation_id, self.query),
            partial(self._opened, self._open_age),
            partial(self._not_opened, self._open_age),
        )

    def _opened(self, age: int, opened: Open) -> None:
        if age == self._open_age and opened != self.open:
            self.open = opened
            self.open_changed.emit()

    def _not_opened(self, age: int, problem: Exception) -> None:
        if age != self._open_age:
            return
        self.choose(None)
        if not (isinstance(problem, AssistantError) and problem.code == "history_no_conversation"):
            self._session.report(problem, "history")  # one that is gone is simply closed

    # --- changes ----------------------------------------------------------------------------------------

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""
        row = self.row_of(conversation_id)
        if title.strip() and (row is None or title.strip() != row.line.title):
            self._change(
                lambda history: history.rename(conversation_id, title), failed=self._show_again
            )

    def delete(self, conversation_ids: Sequence[int]) -> None:
        """Delete conversations; for a while that can be undone."""
        ids = tuple(conversation_ids)
        row = self.row_of(ids[0]) if ids else None
        if row is None:
            return
        deleted = Deleted(
            row.line.title,
            len(ids),
            is_turn=False,
            undo=lambda history: history.unhide(ids),
            purge=lambda history: history.purge(ids),
        )
        self._change(lambda history: history.hide(ids), partial(self._offer_undo, deleted))

    def delete_turn(self, key: str) -> None:
        """Delete one turn of the open conversation; for a while that can be undone."""
        if self.open is None:
            return
        deleted = Deleted(
            self.open.past.line.title,
            1,
            is_turn=True,
            undo=lambda history: history.unhide_turn(key),
            purge=lambda _history: None,  # with everything hidden, when the assistant tidies
        )
        self._change(lambda history: history.hide_turn(key), partial(self._offer_undo, deleted))

    def undo(self) -> None:
        """Bring back what was deleted last."""
        undoable, self._undoable = self._undoable, None
        if undoable is None:
            return
        if not shiboken6.isValid(self):  # the offer outlives the page
            opener = self._opener
            self._session.run(lambda: undoable.undo(opener()))
            return
        self._forgetting.stop()
        self.deleted.emit(None)
        self._change(undoable.undo)

    def forget_deleted(self) -> None:
        """What was deleted last cannot be brought back any more, and is gone from the disk."""
        undoable, self._undoable = self._undoable, None
        if undoable is not None:
            self._forgetting.stop()
            self.deleted.emit(None)
            purge, opener = undoable.purge, self._opener

            def gone() -> None:
                purge(opener())

            self._run(gone, _nothing, _nothing)

    def _offer_undo(self, deleted: Deleted) -> None:
        self.forget_deleted()
        self._undoable = deleted
        self._forgetting.start()
        self.deleted.emit(deleted)

    def _show_again(self) -> None:
        """Show the open conversation as it is: a change of it did not take place."""
        if self.open is not None:
            self.open = replace(self.open)
            self.open_changed.emit()

    def _change(
        self,
        change: Change,
        done: Callable[[], None] = lambda: None,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        def changed(_nothing: None) -> None:
            done()
            self.reload()

        def did_not(problem: Exception) -> None:
            failed()
            self._session.report(problem, "history")

        def work() -> None:
            change(self._opener())

        self._run(work, changed, did_not)

    # --- export -----------------------------------------------------------------------------------------

    def export(
        self, conversation_ids: Sequence[int] | None, kind: ExportKind, target: Path, names: Names
    ) -> None:
        """Write conversations (None: all) to a file or, subtitles of several, into a folder."""

        def write() -> tuple[Path, ...]:
            from assistant.api.history import ExportFormat

            return self._opener().export(conversation_ids, ExportFormat(kind), target, names)

        self._run(write, self._exported, self._not_exported)

    def _exported(self, written: tuple[Path, ...]) -> None:
        self.exported.emit(written)

    def _not_exported(self, problem: Exception) -> None:
        self.export_failed.emit(problem)


# --- errands; on another thread -------------------------------------------------------------------------


def _read(opener: Callable[[], History], query: str, limit: int, today: date) -> tuple[Row, ...]:
    history = opener()
    if query:
        return rows_of(history.search(query, MOST_FOUND), today)
    return rows_of(history.lines(limit), today)


def _read_one(opener: Callable[[], History], conversation_id: int, query: str) -> Open:
    from assistant.api.history import marked, query_words

    past = opener().conversation(conversation_id)
    words = query_words(query)

    def has_all(turn: PastTurn) -> bool:
        text = f"{turn.transcript}\n{turn.reply}"
        return all(any(span.is_hit for span in marked(text, (word,))) for word in words)

    hits = (index for index, turn in enumerate(past.turns) if has_all(turn))
    return Open(past, words, next(hits, None) if words else None)


def _nothing(_result: object) -> None:
    """What could not be purged now is when the assistant tidies."""
