"""Takes downloaded models off this computer, and says what it leaves and why.

Owns the decision what may go: never what ships with the program, nothing the set in use needs, and no
model that another set on this computer needs too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assistant.catalog.catalog import Catalog
from assistant.catalog.entries import ArchiveOrigin, CatalogEntry
from assistant.catalog.seals import SEALS_NAME
from assistant.downloads.parts import arrivals_dir
from assistant.errors import ModelError


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing would take, or took.

    Attributes:
        models: ids of the models that go.
        bytes: what that frees.
        kept: id of a model that stays → why, in words.
    """

    models: tuple[str, ...]
    bytes: int
    kept: dict[str, str]


def plan_removal(name: str, catalog: Catalog, in_use: Collection[str]) -> Removal:
    """Return what :func:`remove` would do; changes nothing.

    ``name`` is a set or a model; ``in_use`` are the ids of the models of the set in use.

    Raises:
        ModelError: ``model_shipped`` or ``model_in_use`` when it is one model that must stay,
            ``model_unknown``.
    """
    going, kept = [], {}
    for entry in catalog.chosen(name):
        reason = _reason_to_stay(entry, name, catalog, in_use)
        if reason is None:
            going.append(entry)
        else:
            kept[entry.id] = reason[1]
            if name not in catalog.sets:
                raise ModelError(reason[0], f"{entry.id} {reason[1]}, so it stays.", reason[2])
    freed = sum(path.stat().st_size for entry in going for path in _leftovers(entry))
    return Removal(tuple(entry.id for entry in going), freed, kept)


def remove(name: str, catalog: Catalog, in_use: Collection[str]) -> Removal:
    """Remove a set's or one model's files and unfinished downloads; returns what went.

    Raises:
        ModelError: as :func:`plan_removal`, or ``file_in_use`` when the system refuses.
    """
    removal = plan_removal(name, catalog, in_use)
    for model in removal.models:
        entry = catalog.entry(model)
        for path in _leftovers(entry):
            try:
                path.unlink(missing_ok=True)
            except OSError as exc:
                raise ModelError(
                    "file_in_use",
                    f"{path.name} of {model} cannot be removed: {exc.strerror or exc}.",
                    "Close other windows of this program and try again.",
                ) from exc
        folders = {entry.path_of(file).parent for file in entry.files} | {entry.folder}
        for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):  # it holds something that is not ours
                folder.rmdir()
    return removal


def _reason_to_stay(
    entry: CatalogEntry, name: str, catalog: Catalog, in_use: Collection[str]
) -> tuple[str, str, str] | None:
    """Return (code, why in words, what to do), or None when it may go."""
    if not entry.is_downloaded:
        return "model_shipped", "comes with the program", "Uninstall the program to remove it."
    if entry.id in in_use:
        return "model_in_use", "is in use", "Choose another set in the settings first."
    if name not in catalog.sets:
        return None  # asked for by its own name
    others = [
        offered.title
        for offered in catalog.sets.values()
        if offered.id != name
        and entry.id in offered.models.values()
        and all(catalog.entry(model).is_here() for model in offered.models.values())
    ]
    if others:
        return "model_shared", f"is also used by {' and '.join(others)}", ""
    return None


def _leftovers(entry: CatalogEntry) -> list[Path]:
    """Return every file of a model that is here, whole or unfinished."""
    hashes = [file.sha256 for file in entry.files if file.sha256]
    if isinstance(entry.origin, ArchiveOrigin):
        hashes.append(entry.origin.sha256)
    seals = entry.folder / SEALS_NAME
    unfinished = [
        path for sha256 in hashes for path in arrivals_dir().glob(f"{sha256}*") if path.is_file()
    ]
    return [path for path in (*entry.paths().values(), seals) if path.is_file()] + unfinished
