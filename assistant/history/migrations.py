"""The layout of the history file, and how older layouts become the newest.

Owns `PRAGMA user_version`: the number of steps a file has been through; 0 is an empty file. A step is never
changed once it was released; a new layout is a new step at the end. Opens no file and keeps none aside.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from assistant.errors import AssistantError

FIRST = """
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: what a screen shows cannot become another
    key TEXT NOT NULL UNIQUE,              -- given by the program that recorded it
    title TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,        -- all times: milliseconds since 1970, UTC
    updated_at_ms INTEGER NOT NULL,
    hidden_at_ms INTEGER                   -- deleted, but it may still be undone
);
CREATE INDEX conversations_by_time ON conversations (updated_at_ms DESC, id DESC);

CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    at_ms INTEGER NOT NULL,
    ending TEXT NOT NULL CHECK (ending IN ('finished', 'interrupted', 'failed')),
    transcript TEXT NOT NULL,
    reply TEXT NOT NULL,
    heard TEXT,
    failure TEXT NOT NULL,
    tools TEXT NOT NULL,                   -- JSON: [{name, arguments, result, duration_ms}]
    timings TEXT NOT NULL,                 -- JSON: metrics.TurnTimings, moments in seconds since at_ms
    models TEXT NOT NULL,                  -- JSON: {role: name}
    set_name TEXT NOT NULL,
    hidden_at_ms INTEGER
);
CREATE INDEX turns_of_conversation ON turns (conversation_id, at_ms, id);

CREATE VIRTUAL TABLE turn_words USING fts5 (
    transcript, reply, content='turns', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
);
CREATE TRIGGER turn_added AFTER INSERT ON turns BEGIN
    INSERT INTO turn_words (rowid, transcript, reply) VALUES (new.id, new.transcript, new.reply);
END;
CREATE TRIGGER turn_removed AFTER DELETE ON turns BEGIN
    INSERT INTO turn_words (turn_words, rowid, transcript, reply)
    VALUES ('delete', old.id, old.transcript, old.reply);
END;
CREATE TRIGGER turn_changed AFTER UPDATE OF transcript, reply ON turns BEGIN
    INSERT INTO turn_words (turn_words, rowid, transcript, reply)
    VALUES ('delete', old.id, old.transcript, old.reply);
    INSERT INTO turn_words (rowid, transcript, reply) VALUES (new.id, new.transcript, new.reply);
END;

CREATE VIRTUAL TABLE title_words USING fts5 (
    title, content='conversations', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
);
CREATE TRIGGER title_added AFTER INSERT ON conversations BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER title_removed AFTER DELETE ON conversations BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
END;
CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversations BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
END;
"""

STEPS: Sequence[str] = (FIRST,)
"""SQL from version n to n + 1, in order; each runs as a whole or not at all."""


def version_of(db: sqlite3.Connection) -> int:
    """Return how many steps the file has been through."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, steps: Sequence[str] = STEPS) -> None:
    """Bring the file to the newest layout; one that is there already is only looked at.

    Several programs may do this at once: each step is one transaction that looks at the version again.

    Raises:
        AssistantError: ``history_newer``: a newer program wrote it; it is left as it is.
        sqlite3.Error: the step did not work; the file is as before it.
    """
    while (version := version_of(db)) != len(steps):
        if version > len(steps):
            raise AssistantError(
                "history_newer",
                "The history was written by a newer version of this program.",
                "Install the newer version again to read it.",
            )
        if version == 0:
            # Only possible while there is no table; lets `store` give freed pages back to the disk.
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("BEGIN IMMEDIATE")
        try:
            if version_of(db) == version:
                for statement in _statements(steps[version]):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version + 1}")  # takes no parameters
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def _statements(script: str) -> list[str]:
    """Return the statements of a script: `executescript` would commit before the first."""
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    if pending.strip():
        statements.append(pending)
    return statements
