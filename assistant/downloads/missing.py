"""What a model lacks on this computer: the difference between the catalogue and the disk.

Owns that comparison, by name and size only. It fetches nothing, and hashes nothing: downloads and imports
are hashed as they arrive, and `assistant models verify` hashes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.catalog.entries import ArchiveOrigin, CatalogEntry, CatalogFile
from assistant.downloads.parts import arrivals_dir


@dataclass(frozen=True, slots=True)
class Need:
    """What one model lacks.

    Attributes:
        entry: the model.
        files: those that are missing or have the wrong size.
    """

    entry: CatalogEntry
    files: tuple[CatalogFile, ...]

    @property
    def archive(self) -> ArchiveOrigin | None:
        """The archive to fetch for these files, if they come in one."""
        return self.entry.origin if isinstance(self.entry.origin, ArchiveOrigin) else None

    @property
    def file_bytes(self) -> int:
        """What the missing files take on the disk."""
        return sum(file.bytes or 0 for file in self.files)

    @property
    def fetch_bytes(self) -> int:
        """What travels; where nobody quotes an archive's size, that of its files."""
        return (self.archive.bytes or self.file_bytes) if self.archive else self.file_bytes

    @property
    def remaining_bytes(self) -> int:
        """What travels, less what earlier attempts left."""
        if self.archive is not None:
            return max(0, self.fetch_bytes - _arrived(self.archive.sha256))
        return sum(max(0, (one.bytes or 0) - _arrived(one.sha256 or "")) for one in self.files)

    @property
    def write_bytes(self) -> int:
        """What the disk must still take: parts that lie there already count as written."""
        return self.remaining_bytes + (self.file_bytes if self.archive else 0)


def needs(entries: Sequence[CatalogEntry]) -> list[Need]:
    """Return what is missing of these models, by name and size of the files.

    Raises:
        ModelError: ``model_missing`` for one that ships with the program, which no download can mend.
    """
    found = []
    for entry in entries:
        missing = tuple(file for file in entry.files if not has_size(entry.path_of(file), file))
        if missing and not entry.is_downloaded:
            entry.resolve()  # says which, and what to do
        if missing:
            found.append(Need(entry, missing))
    return found


def _arrived(sha256: str) -> int:
    try:
        return (arrivals_dir() / f"{sha256}.part").stat().st_size
    except OSError:
        return 0


def has_size(path: Path, file: CatalogFile) -> bool:
    """Return whether a file is there with the size the catalogue says."""
    try:
        found = path.stat()
    except OSError:
        return False
    return path.is_file() and (file.text or file.bytes is None or found.st_size == file.bytes)
