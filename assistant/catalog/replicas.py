"""Replicas: models with random weights in the real ones' shape, for measuring only, and never mixed up.

Owns the rule by which a replica takes a model's place: all downloaded models at once, when
``SARAI_REPLICAS=1`` is in the environment (processes started from here inherit it), and none otherwise. It
builds none; `assistant.replicas` does.

A replica lies in a folder of its own in the cache. Each GGUF and ONNX file in it says so itself, and the
folder's record says which files belong to it; a file without both is never loaded as a replica, and a replica
in the folder of a real model never has the hash the catalogue wants.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from assistant import paths
from assistant.catalog.entries import CatalogEntry, Record
from assistant.catalog.onnx_header import read_onnx_header
from assistant.engines.gguf_check import read_gguf_header
from assistant.errors import ModelError

VARIABLE = "SARAI_REPLICAS"
GGUF_MARK = "general.sarai.replica"
ONNX_MARK = "sarai.replica"
FOLDER = "replicas"
RECORD_NAME = "replica.json"

BUILDER = 1
"""Changes whenever the builders write something else: what an older one left is built anew."""


class ReplicaRecord(Record):
    """What lies in a replica's folder.

    Attributes:
        model: id of the catalogue entry in whose shape it is.
        builder: see :data:`BUILDER`.
        files: name → size in bytes.
    """

    model: str
    builder: int
    files: Mapping[str, int]


def are_wanted() -> bool:
    """Whether replicas serve in place of every model that would have to be downloaded."""
    return os.environ.get(VARIABLE, "") not in {"", "0"}


def want() -> None:
    """Have replicas serve, in this process and those it starts."""
    os.environ[VARIABLE] = "1"


def stands_in(entry: CatalogEntry) -> bool:
    """Whether a replica serves, or would have to, in place of this model."""
    return are_wanted() and entry.is_downloaded


def folder_of(entry: CatalogEntry) -> Path:
    """Where a replica of this model lies, whether or not it is there."""
    return paths.cache_dir() / FOLDER / entry.id


def is_built(entry: CatalogEntry) -> bool:
    """Whether a replica of this model is here, whole and marked."""
    try:
        replica_paths(entry)
    except ModelError:
        return False
    return True


def replica_paths(entry: CatalogEntry) -> dict[str, Path]:
    """Return where each file of the replica is, by name, having made sure that each is one.

    Raises:
        ModelError: ``replica_missing``, or ``model_corrupt`` when a file is not what the record says or does
            not say itself that it is a replica.
    """
    folder = folder_of(entry)
    record = _record(folder)
    if record is None or record.model != entry.id or record.builder != BUILDER:
        raise ModelError(
            "replica_missing",
            f"There is no replica of {entry.id} here.",
            f"Run `assistant models replica {entry.id}`, or unset {VARIABLE}.",
        )
    found = {file.name: folder / file.path for file in entry.files}
    for name, path in found.items():
        size = path.stat().st_size if path.is_file() else None
        if size != record.files.get(name) or not _is_marked(path):
            raise ModelError(
                "model_corrupt",
                f"The replica of {entry.id} is not loaded: {name} is not the file that was built.",
                f"Run `assistant models replica {entry.id}`.",
            )
    return found


def write_record(entry: CatalogEntry, folder: Path) -> ReplicaRecord:
    """Note what lies in ``folder`` now; as :func:`folder_of` the entry it then counts as its replica.

    Raises:
        OSError: the folder cannot be written, or a file is missing.
    """
    files = {file.name: (folder / file.path).stat().st_size for file in entry.files}
    record = ReplicaRecord(model=entry.id, builder=BUILDER, files=files)
    (folder / RECORD_NAME).write_text(record.model_dump_json(indent=1), encoding="utf-8")
    return record


def _record(folder: Path) -> ReplicaRecord | None:
    try:
        return ReplicaRecord.model_validate_json((folder / RECORD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def _is_marked(path: Path) -> bool:
    """Whether the file says that it is a replica; only model files can, the rest goes by the record."""
    if path.suffix == ".gguf":
        return read_gguf_header(path).metadata.get(GGUF_MARK) in (True, 1)
    if path.suffix == ".onnx":
        return read_onnx_header(path).metadata.get(ONNX_MARK) == "true"
    return True
