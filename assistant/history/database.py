"""The file the history is kept in: opening it, writing to it as a whole or not at all, keeping it aside.

Owns the connection's settings and what SQLite's errors mean in plain words. Knows no table but through
`migrations`. A connection lives for one piece of work: so any thread may ask, several programs may share
the file, and one that is deleted or replaced meanwhile is noticed at once.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import AssistantError
from assistant.history.migrations import migrate

BUSY_S = 5.0
"""How long to wait for another program that writes; a turn is written in some milliseconds."""

Identity = tuple[int, int]
"""Device and number of a file: another file under the same name has another."""

_REFUSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}

logger = logging.getLogger(__name__)


class Database:
    """One history file; every method may be called from any thread and by several programs at once.

    Raises in every method AssistantError: ``history_disk_full``, ``history_read_only``,
    ``history_damaged``, ``history_busy``, ``history_newer`` or ``history_unusable``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Give a connection to read with, or None if there is no file; makes none."""
        with in_plain_words():
            if not self.path.exists():
                yield None
                return
            with closing(self._connect_to_read()) as db:
                yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside a transaction, committed at the end or undone as a whole.

        Makes folder and file if need be, readable for this person only.
        """
        with in_plain_words():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(self._connect()) as db:
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:  # a full disk has ended it already
                        db.execute("ROLLBACK")
                    raise

    def give_back_room(self) -> None:
        """Leave no trace of what was deleted, neither in the file nor beside it, and shrink it."""
        with in_plain_words():
            if not self.path.exists():
                return
            with closing(self._connect()) as db:
                for words in ("turn_words", "title_words"):
                    # Deleted words stay in the index, marked as such, until its parts are merged.
                    db.execute(f"INSERT INTO {words} ({words}) VALUES ('optimize')")  # noqa: S608
                db.execute("PRAGMA incremental_vacuum").fetchall()
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def identity(self) -> Identity | None:
        """Return which file it is now; None if there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def keep_aside(self, damaged: Identity | None) -> Path | None:
        """Move the damaged file out of the way, and what belongs to it; returns where it is now.

        Does nothing and returns None if another program has done so already.
        """
        with in_plain_words():
            if damaged is None or self.identity() != damaged:
                return None
            day = datetime.now(UTC).astimezone().date().isoformat()
            aside = self.path.with_name(f"{self.path.name}.broken-{day}")
            number = 1
            while aside.exists():
                number += 1
                aside = self.path.with_name(f"{self.path.name}.broken-{day}-{number}")
            self.path.rename(aside)
            journal = Path(f"{self.path}-wal")
            if journal.exists():
                journal.rename(Path(f"{aside}-wal"))
            Path(f"{self.path}-shm").unlink(missing_ok=True)
        logger.error("%s was damaged; it is kept as %s.", self.path, aside)
        return aside

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _connect_to_read(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError as error:
            if _primary_code(error) not in _REFUSED:
                raise
        # On a disk that cannot be written to, SQLite reads only what it is told nobody else changes.
        db = sqlite3.connect(f"{self.path.absolute().as_uri()}?immutable=1", uri=True)
        try:
            migrate(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Set up a fresh connection."""
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        migrate(db)
        # After the first layout: `auto_vacuum` cannot be chosen any more once this has written.
        try:
            db.execute("PRAGMA journal_mode = WAL").fetchall()
        except sqlite3.OperationalError as error:
            if _primary_code(error) != sqlite3.SQLITE_BUSY:  # another one is just doing so
                raise


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn what SQLite and the file system say into a sentence for people."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        logger.info("history: %s: %s", type(error).__name__, error)
        raise _plain(error) from error


def _plain(error: sqlite3.Error | OSError) -> AssistantError:
    code = _primary_code(error)
    if code == sqlite3.SQLITE_FULL or _number(error) in {errno.ENOSPC, errno.EDQUOT}:
        return AssistantError(
            "history_disk_full",
            "The disk is full, so the history cannot be changed.",
            "Make some room on the disk.",
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return AssistantError(
            "history_damaged",
            "The history file is damaged.",
            "It is kept aside, and a new one begun, with the next conversation.",
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return AssistantError(
            "history_busy",
            "Another program is using the history at this moment.",
            "Try again in a moment.",
        )
    if code in _REFUSED or isinstance(error, OSError):
        return AssistantError(
            "history_read_only",
            "The folder of the history does not let this program write.",
            "Allow writing there; `assistant doctor` shows the folder.",
        )
    return AssistantError(
        "history_unusable",
        "The history cannot be used.",
        "Run with --verbose to see why.",
    )


def _primary_code(error: sqlite3.Error | OSError) -> int | None:
    """Return SQLite's primary result code, the low byte of the extended one."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def _number(error: sqlite3.Error | OSError) -> int | None:
    return error.errno if isinstance(error, OSError) else None
