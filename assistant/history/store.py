"""Past conversations in their file: adding, listing, finding, renaming, deleting.

Owns the SQL. Deleting is in two steps, so that it can be undone: `hide`, and then `purge` for good. Decides
nothing about when (`recorder`) and nothing about looks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant import paths
from assistant.history.database import Database, Identity
from assistant.history.past import (
    ConversationLine,
    PastConversation,
    PastTurn,
    storable,
    title_from,
)
from assistant.history.rows import END_OF_TIME_MS, TURN_COLUMNS, line_of, row_of, to_ms, turn_of
from assistant.history.words import Span, excerpt, marked, match_expression, query_words

FILE_NAME = "history.sqlite3"

MAX_TITLE_CHARACTERS = 200
"""Longest title a person may give."""

EXCERPTS = 3
"""Excerpts shown of one conversation in a list of results."""

_LINES = """
SELECT c.id, c.key, c.title, c.started_at_ms, c.updated_at_ms, count(*)
FROM conversations c JOIN turns t ON t.conversation_id = c.id
WHERE c.hidden_at_ms IS NULL AND t.hidden_at_ms IS NULL AND {condition}
GROUP BY c.id ORDER BY c.updated_at_ms DESC, c.id DESC LIMIT ?
"""
_IS_FOUND = """(
c.id IN (SELECT rowid FROM title_words WHERE title_words MATCH ?)
OR c.id IN (
    SELECT f.conversation_id FROM turn_words JOIN turns f ON f.id = turn_words.rowid
    WHERE turn_words MATCH ? AND f.hidden_at_ms IS NULL
))"""


def history_file() -> Path:
    """Return where the history of this person is."""
    return paths.data_dir() / FILE_NAME


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that has what was looked for.

    Attributes:
        title: its title, hits marked.
        excerpts: of the newest matching turns; none if only the title matches.
        hit_count: how many of its turns match.
    """

    line: ConversationLine
    title: tuple[Span, ...]
    excerpts: tuple[tuple[Span, ...], ...]
    hit_count: int


class HistoryStore:
    """The conversations in one file; every method may be called from any thread and blocks for the disk.

    Every method raises AssistantError, see `database.Database`. Reading makes no file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._database = Database(path if path is not None else history_file())

    @property
    def path(self) -> Path:
        """The file; it may not be there."""
        return self._database.path

    # --- adding and changing --------------------------------------------------------------------------

    def add(self, conversation_key: str, turns: Iterable[PastTurn]) -> bool:
        """Add turns to the conversation of that key, which begins with them if there is none.

        Turns that are there already are left as they are. Returns False, and adds none, if the
        conversation was deleted meanwhile.
        """
        with self._database.writing() as db:
            for turn in turns:
                conversation = _conversation_for(db, conversation_key, turn)
                if conversation is None:
                    return False
                db.execute(
                    f"INSERT INTO turns ({TURN_COLUMNS}, conversation_id)"  # noqa: S608 - a constant
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                    (*row_of(turn), conversation),
                )
                db.execute(
                    "UPDATE conversations SET updated_at_ms = max(updated_at_ms, ?) WHERE id = ?",
                    (to_ms(turn.at), conversation),
                )
            _give_title(db, conversation_key)
        return True

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title; an empty one is ignored."""
        clean = " ".join(storable(title).split())[:MAX_TITLE_CHARACTERS]
        if clean:
            self._change(
                "UPDATE conversations SET title = ? WHERE id = ?", [(clean, conversation_id)]
            )

    def hide(self, conversation_ids: Iterable[int]) -> None:
        """Delete conversations so that `unhide` can bring them back."""
        now_ms = to_ms(datetime.now(UTC))
        self._change(
            "UPDATE conversations SET hidden_at_ms = ? WHERE id = ? AND hidden_at_ms IS NULL",
            [(now_ms, each) for each in conversation_ids],
        )

    def unhide(self, conversation_ids: Iterable[int]) -> None:
        """Bring back what `hide` took away."""
        self._change(
            "UPDATE conversations SET hidden_at_ms = NULL WHERE id = ?",
            [(each,) for each in conversation_ids],
        )

    def hide_turn(self, key: str) -> None:
        """Delete one turn so that `unhide_turn` can bring it back."""
        self._set_turn_hidden(key, to_ms(datetime.now(UTC)))

    def unhide_turn(self, key: str) -> None:
        """Bring back what `hide_turn` took away."""
        self._set_turn_hidden(key, None)

    # --- deleting for good ----------------------------------------------------------------------------

    def purge(self, conversation_ids: Iterable[int]) -> int:
        """Delete those of the conversations that are hidden; returns how many."""
        ids = tuple(conversation_ids)
        return self._delete(f"hidden_at_ms IS NOT NULL AND id IN ({_marks(ids)})", ids)

    def purge_hidden_before(self, moment: datetime) -> int:
        """Delete conversations and turns that were hidden before; returns how many conversations."""
        before = (to_ms(moment),)
        return self._delete("hidden_at_ms < ?", before, "hidden_at_ms < ?", before)

    def delete(self, conversation_ids: Iterable[int]) -> int:
        """Delete conversations; returns how many there were."""
        ids = tuple(conversation_ids)
        return self._delete(f"id IN ({_marks(ids)})", ids)

    def delete_everything(self) -> int:
        """Delete every conversation; returns how many there were."""
        return self._delete("1", ())

    def delete_older_than(self, days: int, now: datetime) -> int:
        """Delete the conversations whose newest turn is older; returns how many there were."""
        return self._delete("updated_at_ms < ?", (to_ms(now - timedelta(days=days)),))

    # --- reading --------------------------------------------------------------------------------------

    def lines(
        self, limit: int = 200, after: ConversationLine | None = None
    ) -> tuple[ConversationLine, ...]:
        """Return conversations, newest first; `after` is the last one of those already known."""
        known = (END_OF_TIME_MS, 0) if after is None else (to_ms(after.updated_at), after.id)
        with self._database.reading() as db:
            if db is None:
                return ()
            statement = _LINES.format(condition="(c.updated_at_ms, c.id) < (?, ?)")
            return tuple(line_of(row) for row in db.execute(statement, (*known, limit)))

    def conversation(self, conversation_id: int) -> PastConversation | None:
        """Return a conversation with its turns; None if there is none, or it was deleted."""
        with self._database.reading() as db:
            if db is None:
                return None
            db.execute("BEGIN")  # both answers are about one moment
            row = db.execute(_LINES.format(condition="c.id = ?"), (conversation_id, 1)).fetchone()
            turns = db.execute(
                f"SELECT {TURN_COLUMNS} FROM turns"  # noqa: S608 - a constant
                " WHERE conversation_id = ? AND hidden_at_ms IS NULL ORDER BY at_ms, id",
                (conversation_id,),
            ).fetchall()
        if row is None:
            return None
        return PastConversation(line_of(row), tuple(turn_of(each) for each in turns))

    def search(self, query: str, limit: int = 100) -> tuple[Found, ...]:
        """Return conversations with every word of the query in one turn or in the title, newest first.

        Words are found by their beginning; case and accents do not count.
        """
        words = query_words(query)
        with self._database.reading() as db:
            if db is None or not words:
                return ()
            expression = match_expression(words)
            statement = _LINES.format(condition=_IS_FOUND)
            db.execute("BEGIN")
            rows = db.execute(statement, (expression, expression, limit)).fetchall()
            return tuple(_found(db, line_of(row), words) for row in rows)

    # --- the file -------------------------------------------------------------------------------------

    def identity(self) -> Identity | None:
        """Return which file it is now; see `Database.identity`."""
        return self._database.identity()

    def keep_aside(self, damaged: Identity | None) -> Path | None:
        """Move a damaged file out of the way; see `Database.keep_aside`."""
        return self._database.keep_aside(damaged)

    # --- inside ---------------------------------------------------------------------------------------

    def _change(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows and self.path.exists():
            with self._database.writing() as db:
                db.executemany(statement, rows)

    def _set_turn_hidden(self, key: str, moment_ms: int | None) -> None:
        if not self.path.exists():
            return
        with self._database.writing() as db:
            db.execute("UPDATE turns SET hidden_at_ms = ? WHERE key = ?", (moment_ms, key))
            found = db.execute(
                "SELECT c.key FROM turns t JOIN conversations c ON c.id = t.conversation_id"
                " WHERE t.key = ?",
                (key,),
            ).fetchone()
            if found is not None:
                _give_title(db, found[0])

    def _delete(
        self,
        which: str,
        values: Sequence[object],
        which_turns: str = "0",
        turn_values: Sequence[object] = (),
    ) -> int:
        """Delete conversations, turns, and conversations left without any; leave no trace in the file."""
        gone = f"SELECT id FROM conversations WHERE {which}"  # noqa: S608 - conditions of this module
        turns = f"conversation_id IN ({gone}) OR {which_turns}"
        every = (*values, *turn_values)
        with self._database.reading() as db:  # where there is nothing to delete, nothing is written
            if db is None:
                return 0
            found = f"SELECT EXISTS ({gone}) OR EXISTS (SELECT 1 FROM turns WHERE {turns})"  # noqa: S608
            if not db.execute(found, (*values, *every)).fetchone()[0]:
                return 0
        with self._database.writing() as db:
            db.execute(f"DELETE FROM turns WHERE {turns}", every)  # noqa: S608
            count = db.execute(
                f"DELETE FROM conversations WHERE {which}"  # noqa: S608
                " OR NOT EXISTS (SELECT 1 FROM turns t WHERE t.conversation_id = conversations.id)",
                values,
            ).rowcount
        self._database.give_back_room()
        return count


def _conversation_for(db: sqlite3.Connection, key: str, turn: PastTurn) -> int | None:
    """Return the id of the conversation a turn belongs to, made if need be; None if it is hidden."""
    row = db.execute(
        "SELECT id, hidden_at_ms IS NULL FROM conversations WHERE key = ?", (key,)
    ).fetchone()
    if row is not None:
        return int(row[0]) if row[1] else None
    at_ms = to_ms(turn.at)
    cursor = db.execute(
        "INSERT INTO conversations (key, title, started_at_ms, updated_at_ms) VALUES (?, ?, ?, ?)",
        (key, title_from(storable(turn.transcript)), at_ms, at_ms),
    )
    return cursor.lastrowid


def _give_title(db: sqlite3.Connection, key: str) -> None:
    """Name a conversation after its first question that is not deleted, unless the person has named it."""
    turns = db.execute(
        "SELECT c.id, c.title, t.transcript, t.hidden_at_ms IS NULL"
        " FROM conversations c JOIN turns t ON t.conversation_id = c.id"
        " WHERE c.key = ? ORDER BY t.at_ms, t.id",
        (key,),
    ).fetchall()
    first = next((turn for turn in turns if turn[3]), None)
    if first is None:
        return
    conversation, title, question, _is_shown = first
    if title != title_from(question) and any(title == title_from(turn[2]) for turn in turns):
        db.execute(
            "UPDATE conversations SET title = ? WHERE id = ?", (title_from(question), conversation)
        )


def _found(db: sqlite3.Connection, line: ConversationLine, words: Sequence[str]) -> Found:
    rows = db.execute(
        "SELECT t.transcript, t.reply FROM turn_words JOIN turns t ON t.id = turn_words.rowid"
        " WHERE turn_words MATCH ? AND t.conversation_id = ? AND t.hidden_at_ms IS NULL"
        " ORDER BY t.at_ms DESC, t.id DESC",
        (match_expression(words), line.id),
    ).fetchall()
    excerpts = tuple(_best(texts, words) for texts in rows[:EXCERPTS])
    return Found(line, marked(line.title, words), excerpts, len(rows))


def _best(texts: Sequence[str], words: Sequence[str]) -> tuple[Span, ...]:
    """Return an excerpt of the text with the most different hits; of the question, where they are even."""
    excerpts = [excerpt(text, words) for text in texts]
    return max(excerpts, key=lambda spans: len({span.text for span in spans if span.is_hit}))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
