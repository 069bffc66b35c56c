"""Remembers which files of a downloaded model were found right, so that a wrong one is never loaded.

Owns one small file in each model's folder. A file is hashed once when it arrives, and again only when its
size or its time of change is another than then: whoever copies or edits a file there makes it hashed before
the next load. Bits that rot on the disk change neither; `assistant models verify` finds those.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from pydantic import ValidationError

from assistant.catalog import replicas
from assistant.catalog.entries import CatalogEntry, CatalogFile, Record
from assistant.catalog.verify import size_and_sha256
from assistant.errors import ModelError

SEALS_NAME = ".seals.json"

logger = logging.getLogger(__name__)


class Seal(Record):
    """What a file was like when its content was right."""

    size: int
    changed_ns: int
    sha256: str


def sealed_paths(entry: CatalogEntry) -> dict[str, Path]:
    """Return where each file is, by name, having made sure that each is what the catalogue says.

    As quick as looking at the files' sizes, except for files that changed since: those are hashed, about a
    second for each gigabyte. What ships with the program is only looked at for its size. While replicas
    are wanted it is they who are returned, each marked as one, or nothing at all.

    Raises:
        ModelError: ``model_missing`` or ``replica_missing``, or ``model_corrupt`` when a file has another
            size or content.
    """
    if replicas.stands_in(entry):
        return replicas.replica_paths(entry)
    found = entry.resolve()
    if not entry.is_downloaded:
        return found
    seals = _read(entry)
    for file in entry.files:
        path = found[file.name]
        if seals.get(file.name) == _seal(path, file):
            continue
        if file.sha256 is None or size_and_sha256(path)[1] != file.sha256:
            raise ModelError(
                "model_corrupt",
                f"The model {entry.id} is not loaded: {file.name} is not the file the catalogue"
                " describes.",
                f"Run `assistant models remove {entry.id}` and `assistant models pull {entry.id}`.",
            )
        seal(entry, file)
    return found


def seal(entry: CatalogEntry, file: CatalogFile) -> None:
    """Remember that this file is right now; a folder that cannot be written is only logged."""
    seals = _read(entry)
    path = entry.folder / SEALS_NAME
    new = path.with_name(f"{SEALS_NAME}.{os.getpid()}.new")
    try:
        seals[file.name] = _seal(entry.path_of(file), file)
        text = json.dumps({name: one.model_dump() for name, one in seals.items()}, indent=1)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as exc:
        logger.info("%s: the seal of %s could not be kept: %s", entry.id, file.name, exc)


def _seal(path: Path, file: CatalogFile) -> Seal:
    found = path.stat()
    return Seal(size=found.st_size, changed_ns=found.st_mtime_ns, sha256=file.sha256 or "")


def _read(entry: CatalogEntry) -> dict[str, Seal]:
    try:
        seals = json.loads((entry.folder / SEALS_NAME).read_text(encoding="utf-8"))
        return {name: Seal.model_validate(one) for name, one in seals.items()}
    except (OSError, ValueError, AttributeError, ValidationError):
        return {}
