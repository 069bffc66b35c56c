"""Owns the notes and lists a person dictates, in one JSON file that is never half written.

The file is read anew for every call, so that two running programs see each other's changes; it is
replaced whole, so that a crash or a full disk leaves the old one. It deliberately keeps no dates, no order
but that of arrival, and no lock between processes: of two changes within a few milliseconds one may win.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.tools.tool import Tool, ToolContext, ToolProblem, tool

__all__ = ["FILE_NAME", "SCHEMA_VERSION", "Notebook", "tools"]

FILE_NAME: Final = "notes.json"
SCHEMA_VERSION: Final = 1
MAX_CHARACTERS: Final = 2000
"""Longest note or item; more is a mishap of the model, not something said."""
MAX_ENTRIES: Final = 1000
_READ_OUT: Final = 20
"""Entries named in an answer: what a listener bears, and what a small model's context holds."""
_DEFAULT_LIST: Final = "shopping"
_TO_DO: Final = frozenset({"todo", "to-do", "to do", "to dos", "todos"})

_log = logging.getLogger(__name__)


class _Pages(BaseModel):
    """The file's content. `extra="forbid"`: an unknown key is another program's, not ours to drop."""

    model_config = ConfigDict(extra="forbid", strict=True)

    schema_version: int = SCHEMA_VERSION
    notes: list[str] = []
    lists: dict[str, list[str]] = {}


class Notebook:
    """Notes and named lists in `folder`; every method may be called from any thread.

    Every method raises `ToolProblem` when the file cannot be read or written; what was there before
    is then still there. A file that is no notebook is kept aside as `notes.json.corrupt-1` (and so on) and
    a new one begun.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME
        self._lock = threading.Lock()

    def notes(self) -> tuple[str, ...]:
        """Return all notes, oldest first."""
        with self._lock:
            return tuple(self._read().notes)

    def items(self, list_name: str) -> tuple[str, ...]:
        """Return what is on a list, oldest first; nothing for a list there is not."""
        with self._lock:
            return tuple(self._read().lists.get(list_name, ()))

    def add_note(self, text: str) -> None:
        """Keep a note."""

        def change(pages: _Pages) -> None:
            _append(pages.notes, _storable(text))

        self._change(change)

    def add_item(self, item: str, list_name: str) -> None:
        """Put an item on a list, which begins with it if need be.

        Raises:
            ToolProblem: Also if it is on the list already.
        """

        def change(pages: _Pages) -> None:
            items = pages.lists.setdefault(_storable(list_name), [])
            if any(_same(item, other) for other in items):
                raise ToolProblem(f"{_capitalised(item)} is already on the {list_name} list.")
            _append(items, _storable(item))

        self._change(change)

    def remove_item(self, item: str, list_name: str) -> str:
        """Take an item off a list and return it as it stood there.

        Raises:
            ToolProblem: Also if it is not on the list.
        """
        removed: list[str] = []

        def change(pages: _Pages) -> None:
            items = pages.lists.get(list_name, [])
            for place, other in enumerate(items):
                if _same(item, other):
                    removed.append(items.pop(place))
                    return
            raise ToolProblem(f"There is no {item} on the {list_name} list.")

        self._change(change)
        return removed[0]

    def _change(self, change: Callable[[_Pages], None]) -> None:
        with self._lock:
            pages = self._read()
            change(pages)
            self._write(pages)

    def _read(self) -> _Pages:
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return _Pages()
        except OSError as error:
            _log.exception("The notes in %s cannot be read.", self._file)
            raise ToolProblem("I cannot read your notes.") from error
        try:
            parsed = json.loads(content)
            version = parsed.get("schema_version") if isinstance(parsed, dict) else None
            if isinstance(version, int) and version > SCHEMA_VERSION:
                raise ToolProblem("Your notes were written by a newer version of this program.")
            return _Pages.model_validate(parsed)
        except (ValueError, RecursionError, ValidationError) as error:
            return self._begin_anew(error)

    def _begin_anew(self, error: Exception) -> _Pages:
        number = 1
        while (aside := self._file.with_name(f"{FILE_NAME}.corrupt-{number}")).exists():
            number += 1
        try:
            self._file.rename(aside)
        except OSError as refused:
            _log.exception("%s is damaged and cannot be kept aside.", self._file)
            raise ToolProblem("Your notes are damaged, and I cannot put them aside.") from refused
        _log.error("%s is damaged (%s); it is kept as %s.", self._file, type(error).__name__, aside)
        return _Pages()

    def _write(self, pages: _Pages) -> None:
        content = json.dumps(pages.model_dump(), indent=1).encode("ascii")
        temporary: str | None = None
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{FILE_NAME}.", dir=self._file.parent)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(self._file)
        except OSError as error:
            if temporary is not None:
                with suppress(OSError):
                    Path(temporary).unlink()
            _log.exception("The notes in %s cannot be written.", self._file)
            reason = "the disk is full" if error.errno == errno.ENOSPC else "the folder refuses"
            raise ToolProblem(f"I could not save that, because {reason}.") from error


def tools(context: ToolContext) -> Iterable[Tool]:
    """Return the note and list tools on the notebook in the context's data folder."""
    spoken = _SpokenNotebook(Notebook(context.data_dir))
    yield tool("add_to_list", "Puts an item on a list.", spoken.add_to_list)
    yield tool("remove_from_list", "Takes an item off a list.", spoken.remove_from_list)
    yield tool("read_list", "Tells what is on a list.", spoken.read_list, only_looks=True)
    yield tool("take_note", "Keeps a note.", spoken.take_note)
    yield tool("read_notes", "Tells the notes that were taken.", spoken.read_notes, only_looks=True)


class _SpokenNotebook:
    """The notebook as the thinker uses it: words in, words out."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def add_to_list(
        self,
        item: Annotated[str, "what to add: milk"],
        list_: Annotated[str, "which list"] = _DEFAULT_LIST,
    ) -> dict[str, str]:
        """Return `{"added": "milk", "list": "shopping"}`."""
        added, name = _item_words(item), _list_name(list_)
        self._notebook.add_item(added, name)
        return {"added": added, "list": name}

    def remove_from_list(
        self,
        item: Annotated[str, "what to take off: milk"],
        list_: Annotated[str, "which list"] = _DEFAULT_LIST,
    ) -> dict[str, str]:
        """Return `{"removed": "milk", "list": "shopping"}`."""
        name = _list_name(list_)
        return {"removed": self._notebook.remove_item(_item_words(item), name), "list": name}

    def read_list(self, list_: Annotated[str, "which list"] = _DEFAULT_LIST) -> dict[str, str]:
        """Return `{"list": "shopping", "items": "milk, eggs, bread"}`, items "empty" for none."""
        name = _list_name(list_)
        return {"list": name, "items": _read_out(self._notebook.items(name), ", ") or "empty"}

    def take_note(self, text: Annotated[str, "what to note"]) -> dict[str, str]:
        """Return `{"noted": "call the plumber"}`."""
        noted = text.strip()
        self._notebook.add_note(noted)
        return {"noted": noted}

    def read_notes(self) -> dict[str, str]:
        """Return `{"notes": "call the plumber; buy stamps"}` or "none"."""
        return {"notes": _read_out(self._notebook.notes(), "; ") or "none"}


def _storable(text: str) -> str:
    """Return the text without broken halves of characters, which no file in Unicode can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _append(entries: list[str], text: str) -> None:
    if not text.strip():
        raise ToolProblem("There is nothing to write down.")
    if len(text) > MAX_CHARACTERS:
        raise ToolProblem("That is too long to write down.")
    if len(entries) >= MAX_ENTRIES:
        raise ToolProblem(f"There are already {MAX_ENTRIES} entries.")
    entries.append(text)


def _read_out(entries: tuple[str, ...], between: str) -> str:
    """Join the entries; of very many the latest, and how many more there are."""
    said = between.join(entries[-_READ_OUT:])
    more = len(entries) - _READ_OUT
    return f"{said}{between}and {more} earlier" if more > 0 else said


def _item_words(item: str) -> str:
    """Return the item without an article: "some milk." is "milk"."""
    words = item.strip(" .?!,").split()
    if len(words) > 1 and words[0].casefold() in {"a", "an", "the", "some", "my"}:
        words.pop(0)
    return " ".join(words)


def _list_name(said: str) -> str:
    """Return "shopping" for "my Shopping list"."""
    words = said.casefold().strip(" .?!,").split()
    while len(words) > 1 and words[0] in {"a", "an", "the", "my", "our"}:
        words.pop(0)
    while len(words) > 1 and words[-1] in {"list", "lists"}:
        words.pop()
    name = " ".join(words)
    if name in {"", "list", "the", "my"}:
        return _DEFAULT_LIST
    return "to do" if name in _TO_DO else name[:MAX_CHARACTERS]


def _same(item: str, other: str) -> bool:
    """Return whether two items are one but for case, article and plural."""
    return _stem(item) == _stem(other)


def _stem(item: str) -> str:
    words = _item_words(item).casefold()
    return words.removesuffix("s") if len(words) > 3 else words  # noqa: PLR2004 - "gas" is no plural


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
