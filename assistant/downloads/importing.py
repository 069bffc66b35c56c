"""Takes models from a folder, a zip or tar file, or a USB stick, without any network.

Owns recognising files: by size first, then by hash, never by name, so that a renamed file is found and
another file of the right name is not. The originals stay where they are.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from assistant.catalog.catalog import Catalog
from assistant.catalog.entries import ArchiveOrigin, CatalogEntry, CatalogFile
from assistant.catalog.seals import seal
from assistant.downloads.missing import needs
from assistant.downloads.parts import READ_BYTES
from assistant.downloads.progress import Cancelled, OnProgress, Reporter
from assistant.downloads.room import make_sure_of_room
from assistant.downloads.unpack import readable, store, unpack_tar
from assistant.errors import ModelError


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought.

    Attributes:
        files: names of the files that were taken.
        complete: ids of models that are complete now and were not before.
        incomplete: id of a model of which something was found → names of what it still lacks.
        was_cancelled: it stopped early; what was taken until then stays.
    """

    files: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    incomplete: dict[str, tuple[str, ...]] = field(default_factory=dict)
    was_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that may be one of ours: its name, its size, and how to read it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    path: Path | None = None


def import_models(
    source: Path, catalog: Catalog, on_progress: OnProgress, cancelled: Cancelled
) -> Imported:
    """Take everything from ``source`` that is in the catalogue and not here yet. Blocks.

    Raises:
        ModelError: ``import_missing``, ``import_unreadable``, ``import_empty``, ``disk_full`` or
            ``folder_not_writable``.
    """
    if not source.exists():
        raise ModelError(
            "import_missing", f"There is no {source}.", "Check the path; is the stick plugged in?"
        )
    wanted = [
        need.entry for need in needs([e for e in catalog.entries.values() if e.is_downloaded])
    ]
    taking = _Taking(catalog, wanted, Reporter(str(source), 0, on_progress, cancelled))
    with readable(source):
        for candidate in _candidates(source):
            if not taking.consider(candidate):
                return taking.result(was_cancelled=True)
    result = taking.result(was_cancelled=False)
    if not result.files and not taking.known:
        raise ModelError(
            "import_empty",
            f"{source} holds no file of the catalogue.",
            "Files are recognised by their content; `assistant models list --all` names them.",
        )
    return result


class _Taking:
    """One import on its way.

    Attributes:
        known: names of files that are in the catalogue but were here already.
    """

    def __init__(self, catalog: Catalog, wanted: list[CatalogEntry], reporter: Reporter) -> None:
        self._reporter = reporter
        self._wanted = wanted
        self._files: list[str] = []
        self._touched: dict[str, CatalogEntry] = {}
        self.known: list[str] = []
        self._sizes: dict[int, list[tuple[CatalogEntry, CatalogFile]]] = {}
        for entry in catalog.entries.values():
            for one in entry.files if entry.is_downloaded and entry.is_pinned else ():
                self._sizes.setdefault(one.bytes or 0, []).append((entry, one))
        self._archives = [
            (entry, entry.origin)
            for entry in catalog.entries.values()
            if isinstance(entry.origin, ArchiveOrigin)
        ]

    def consider(self, candidate: _Candidate) -> bool:
        """Take the file if it is one of ours; False when cancelled."""
        same_size = self._sizes.get(candidate.size, [])
        archives = [
            (entry, origin)
            for entry, origin in self._archives
            if origin.bytes == candidate.size
            or (origin.bytes is None and origin.url.endswith(f"/{candidate.name}"))
        ]
        if not same_size and not archives:
            return True
        self._reporter.total_bytes += candidate.size
        self._reporter.begin("checking", candidate.name)
        sha256 = self._hash(candidate)
        if sha256 is None:
            return False
        for entry, one in same_size:
            if one.sha256 == sha256 and not self._place(candidate, entry, one):
                return False
        for entry, origin in archives:
            if origin.sha256 == sha256 and not self._unpack(candidate, entry):
                return False
        return True

    def result(self, *, was_cancelled: bool) -> Imported:
        """Say what was taken."""
        self._reporter.end()
        lacking = {need.entry.id: need.files for need in needs(list(self._touched.values()))}
        return Imported(
            tuple(dict.fromkeys(self._files)),
            tuple(e.id for e in self._wanted if e.id in self._touched and e.id not in lacking),
            {model: tuple(one.name for one in files) for model, files in lacking.items()},
            was_cancelled,
        )

    def _hash(self, candidate: _Candidate) -> str | None:
        digest = hashlib.sha256()
        with closing(candidate.open()) as source:
            while chunk := source.read(READ_BYTES):
                if self._reporter.cancelled():
                    return None
                digest.update(chunk)
                self._reporter.add(len(chunk))
        return digest.hexdigest()

    def _place(self, candidate: _Candidate, entry: CatalogEntry, one: CatalogFile) -> bool:
        target = entry.path_of(one)
        if not any(one in need.files for need in needs([entry])):
            self.known.append(one.name)
            return True
        make_sure_of_room(candidate.name, candidate.size)
        self._reporter.total_bytes += candidate.size
        self._reporter.begin("copying", one.name)
        with closing(candidate.open()) as source:
            taken = store(source, one.sha256 or "", one.name, (target,), self._reporter)
        if taken:
            seal(entry, one)
            self._files.append(one.name)
            self._touched[entry.id] = entry
        return taken is not None

    def _unpack(self, candidate: _Candidate, entry: CatalogEntry) -> bool:
        missing = [one for need in needs([entry]) for one in need.files]
        if not missing:
            self.known.append(candidate.name)
            return True
        if candidate.path is None:
            raise ModelError(
                "import_unreadable",
                f"{candidate.name} is an archive inside an archive.",
                "Unpack the outer one first and import the folder.",
            )
        size = sum(one.bytes or 0 for one in missing)
        make_sure_of_room(candidate.name, size)
        self._reporter.begin("unpacking", candidate.name)
        members = {
            one.remote_path: (one.sha256 or "", one.bytes or 0, entry.path_of(one))
            for one in missing
        }
        if not unpack_tar(candidate.path, members, self._reporter):
            return False
        for one in missing:
            seal(entry, one)
        self._files += [one.name for one in missing]
        self._touched[entry.id] = entry
        return True


def _candidates(source: Path) -> Iterator[_Candidate]:
    """Yield every plain file in a folder (and in what lies in it), in a zip, or the file itself."""
    if source.is_dir():
        for folder, folders, names in os.walk(source):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                if path.is_file():  # also through a link, as the hub's own cache has them
                    yield from _candidates(path)
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    opener = _opener(archive, member)
                    yield _Candidate(Path(member.filename).name, member.file_size, opener)
        yield _plain(source)
    else:
        yield _plain(source)


def _plain(path: Path) -> _Candidate:
    return _Candidate(path.name, path.stat().st_size, lambda: path.open("rb"), path)


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(member)
