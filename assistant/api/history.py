"""Past conversations: looking at them, finding, renaming, deleting and exporting them.

    history = History()
    for line in history.lines():
        print(line.started_at, line.title)

Every method blocks for the disk and may be called from any thread. Writing the running conversation down is
the assistant's (`history.recorder`); deciding what to show is the caller's.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path

from assistant.errors import AssistantError
from assistant.history.export import ExportFormat, Names, as_json, as_markdown, conversation_json
from assistant.history.past import ConversationLine, PastConversation, PastTurn, ToolCall
from assistant.history.store import Found, HistoryStore, history_file
from assistant.history.subtitles import as_srt
from assistant.history.words import Span, marked, query_words

__all__ = [
    "ConversationLine",
    "ExportFormat",
    "Found",
    "History",
    "Names",
    "PastConversation",
    "PastTurn",
    "Span",
    "ToolCall",
    "as_json",
    "as_markdown",
    "as_srt",
    "conversation_json",
    "exported",
    "history_file",
    "marked",
    "query_words",
]

FILE_NAME_CHARACTERS = 60
"""Longest file name made from a title, without date and ending: some systems take 143 bytes in all."""


class History:
    """The conversations kept on this computer.

    Every method raises AssistantError with one plain sentence when the file cannot be used.

    Args:
        path: the file; None means this person's.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._store = HistoryStore(path)

    @property
    def path(self) -> Path:
        """The file; it may not be there."""
        return self._store.path

    # --- looking --------------------------------------------------------------------------------------

    def lines(
        self, limit: int = 200, after: ConversationLine | None = None
    ) -> tuple[ConversationLine, ...]:
        """Return conversations, newest first; `after` is the last one of those already known."""
        return self._store.lines(limit, after)

    def conversation(self, conversation_id: int) -> PastConversation:
        """Return a conversation with its turns, oldest first.

        Raises:
            AssistantError: also if there is none (``history_no_conversation``).
        """
        found = self._store.conversation(conversation_id)
        if found is None:
            raise AssistantError(
                "history_no_conversation",
                "There is no such conversation.",
                "`assistant history list` shows those there are.",
            )
        return found

    def every_conversation(self) -> tuple[PastConversation, ...]:
        """Return all conversations with their turns, oldest first."""
        found = [self._store.conversation(line.id) for line in self._all_lines()]
        return tuple(each for each in reversed(found) if each is not None)

    def search(self, query: str, limit: int = 100) -> tuple[Found, ...]:
        """Return the conversations that have every word of the query, newest first, hits marked."""
        return self._store.search(query, limit)

    # --- changing -------------------------------------------------------------------------------------

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title; an empty one is ignored."""
        self._store.rename(conversation_id, title)

    def hide(self, conversation_ids: Iterable[int]) -> None:
        """Delete conversations so that `unhide` can bring them back, for a minute at least."""
        self._store.hide(conversation_ids)

    def unhide(self, conversation_ids: Iterable[int]) -> None:
        """Bring back what `hide` took away."""
        self._store.unhide(conversation_ids)

    def hide_turn(self, key: str) -> None:
        """Delete one turn so that `unhide_turn` can bring it back, for a minute at least."""
        self._store.hide_turn(key)

    def unhide_turn(self, key: str) -> None:
        """Bring back what `hide_turn` took away."""
        self._store.unhide_turn(key)

    def purge(self, conversation_ids: Iterable[int]) -> None:
        """Delete hidden conversations for good; no trace of them stays in the file."""
        self._store.purge(conversation_ids)

    def delete(self, conversation_ids: Iterable[int]) -> int:
        """Delete conversations for good; returns how many there were."""
        return self._store.delete(conversation_ids)

    def delete_everything(self) -> int:
        """Delete all conversations for good; returns how many there were."""
        return self._store.delete_everything()

    # --- exporting ------------------------------------------------------------------------------------

    def export(
        self,
        conversation_ids: Sequence[int] | None,
        kind: ExportFormat,
        target: Path,
        names: Names | None = None,
        zone: tzinfo | None = None,
    ) -> tuple[Path, ...]:
        """Write conversations to a file; returns what was written.

        A file of that name is replaced whole, or, if the disk refuses, left as it was.

        Args:
            conversation_ids: which, in the order of the document; None means all, oldest first.
            kind: what to write.
            target: the file; for subtitles of all or several conversations, a folder with a file for each.
            names: who speaks, in the language of the document.
            zone: of the times in Markdown; None means this computer's.
        """
        if conversation_ids is None:
            chosen: Sequence[PastConversation] = self.every_conversation()
        else:
            chosen = [self.conversation(each) for each in conversation_ids]
        if kind is ExportFormat.srt and (conversation_ids is None or len(chosen) != 1):
            texts = {target / file_name(each, kind): as_srt(each, names) for each in chosen}
        else:
            texts = {target: exported(chosen, kind, names, zone)}
        for path, text in texts.items():
            _write(path, text)
        return tuple(texts)

    def _all_lines(self) -> list[ConversationLine]:
        lines = list(self._store.lines())
        while more := self._store.lines(after=lines[-1]) if lines else ():
            lines += more
        return lines


def exported(
    conversations: Sequence[PastConversation],
    kind: ExportFormat,
    names: Names | None = None,
    zone: tzinfo | None = None,
) -> str:
    """Return the conversations as one document; subtitles of the first only."""
    match kind:
        case ExportFormat.markdown:
            return as_markdown(conversations, zone, names)
        case ExportFormat.json:
            return as_json(conversations)
        case ExportFormat.srt:
            return as_srt(conversations[0], names) if conversations else ""


def file_name(conversation: PastConversation, kind: ExportFormat) -> str:
    """Return a name for an exported file that every system takes: "2026-11-21 What time is it 7.md"."""
    line = conversation.line
    words = re.sub(r"[^\w\- ]+", "", line.title)[:FILE_NAME_CHARACTERS].strip()
    day = line.started_at.astimezone().date().isoformat()
    return f"{' '.join([day, *words.split(), str(line.id)])}{kind.ending}"


def _write(path: Path, text: str) -> None:
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".export-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise AssistantError(
            "export_failed",
            "The file could not be written.",
            "Choose another folder, or make room on the disk.",
        ) from error
