"""Is there room for a model? Looked at before the first byte is written."""

from __future__ import annotations

import shutil

from assistant import paths
from assistant.catalog.entries import MODELS_FOLDER
from assistant.downloads.troubles import disk_too_small

RESERVE_BYTES = 200_000_000
"""Left free on the disk: a full one breaks other programs, and history and notes of ours."""


def make_sure_of_room(what: str, needed_bytes: int) -> None:
    """Refuse what would fill the disk.

    Raises:
        ModelError: ``disk_full``, with how much is needed and free.
    """
    folder = paths.data_dir() / MODELS_FOLDER
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if needed_bytes + RESERVE_BYTES > free:
        raise disk_too_small(what, needed_bytes + RESERVE_BYTES, free, existing)
