"""A file on its way: what has arrived of it, its running hash, and its last step to its final name.

Owns the files in the folder of arrivals. A part is named by the hash it must end with, so that a later
attempt, another set or another program finds it. Only :meth:`Part.finish` gives a file its final name,
and only with the right content.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from assistant import paths
from assistant.catalog.entries import MODELS_FOLDER
from assistant.downloads.troubles import not_written

ARRIVALS = ".arriving"
READ_BYTES = 1 << 20


def arrivals_dir() -> Path:
    """The folder of unfinished files, on the same disk as the models."""
    return paths.data_dir() / MODELS_FOLDER / ARRIVALS


class Part:
    """What has arrived of one file; use in a ``with`` block, from one thread.

    Args:
        sha256: of the complete file.
        name: for messages.

    Raises:
        ModelError: ``disk_full`` or ``folder_not_writable``, from every method that writes.
    """

    def __init__(
        self, sha256: str, name: str, open_file: Callable[[Path], BinaryIO] | None = None
    ) -> None:
        self.name = name
        self.path = arrivals_dir() / f"{sha256}.part"
        self.size = 0
        self._sha256 = sha256
        self._facts = self.path.with_suffix(".json")
        self._open_file = open_file or _open_for_update
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        with self._told():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._open_file(self.path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # a full disk says so a second time
                self._file.close()
            self._file = None
            if self.size == 0:
                self.discard()

    @property
    def is_right(self) -> bool:
        """Whether what has arrived is the complete file."""
        return self._hash.hexdigest() == self._sha256

    def take_up(self, cancelled: Callable[[], bool], most: int | None) -> bool:
        """Hash what an earlier attempt left; False when cancelled on the way.

        A part longer than ``most``, the size of the complete file, is thrown away.
        """
        assert self._file is not None
        self._hash, self.size = hashlib.sha256(), 0
        self._file.seek(0)
        while chunk := self._file.read(READ_BYTES):
            if cancelled():
                return False
            self._hash.update(chunk)
            self.size += len(chunk)
        if most is not None and self.size > most:
            self.restart()
        return True

    def write(self, chunk: bytes) -> None:
        """Append what came."""
        assert self._file is not None
        with self._told():
            self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def restart(self) -> int:
        """Throw away what has arrived; returns how many bytes that were."""
        assert self._file is not None
        lost, self.size, self._hash = self.size, 0, hashlib.sha256()
        with self._told():
            self._file.seek(0)
            self._file.truncate()
        self._facts.unlink(missing_ok=True)
        return lost

    def finish(self, target: Path) -> None:
        """Give the file its final name, on the disk for good; the part is then gone."""
        assert self._file is not None
        assert self.is_right, "only the right content may be kept"
        with self._told(target):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.path, target)  # noqa: PTH105  atomic, also over a file on Windows
            _sync_folder(target.parent)
        self._facts.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove what has arrived."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self.path.unlink(missing_ok=True)
        self._facts.unlink(missing_ok=True)

    # --- which version of the file this is a part of ---------------------------------------------------

    @property
    def etag(self) -> str | None:
        """What the server called the version that this is a part of; None = not known."""
        try:
            facts = json.loads(self._facts.read_text(encoding="utf-8"))
            etag = facts["etag"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return etag if isinstance(etag, str) else None

    @etag.setter
    def etag(self, value: str | None) -> None:
        with contextlib.suppress(OSError):  # without it the part is only judged by its hash
            if value is None:
                self._facts.unlink(missing_ok=True)
            else:
                self._facts.write_text(json.dumps({"etag": value}), encoding="utf-8")

    @contextlib.contextmanager
    def _told(self, where: Path | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise not_written(exc, self.name, (where or self.path).parent) from exc


def _open_for_update(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    return os.fdopen(descriptor, "r+b")


def _sync_folder(folder: Path) -> None:
    """Write the folder itself to the disk, where the system can (not on Windows)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
