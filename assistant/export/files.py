"""New files that are there whole or not at all.

Owns the folder in which they grow and the last step to their names. Knows nothing about what is in them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

from assistant.downloads.troubles import FULL, as_size
from assistant.errors import ModelError

RESERVE_BYTES = 50_000_000
"""Left free on the disk besides what is written: a full one breaks other programs."""


@contextlib.contextmanager
def growing(folder: Path, needed_bytes: int) -> Iterator[Path]:
    """Give an empty folder for a ``with`` block; at its end the files in it get their names in ``folder``.

    If the block fails, nothing of it is left, and files of the same names that were there stay.

    Args:
        folder: made if it is not there.
        needed_bytes: what will be written at most, together with what is only needed on the way.

    Raises:
        ModelError: ``disk_full`` or ``folder_not_writable``, also for an OSError out of the block.
    """
    made = _missing_ancestors(folder)
    new = folder / f".export.{os.getpid()}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _look_for_room(folder, needed_bytes)
        _clear(folder)
        new.mkdir()
        yield new
        for file in sorted(new.iterdir(), key=lambda file: file.suffix == ".onnx"):  # data first
            file.replace(folder / file.name)
    except OSError as exc:
        raise _not_written(exc, folder) from exc
    finally:
        shutil.rmtree(new, ignore_errors=True)
        for one in reversed(made):
            with contextlib.suppress(OSError):  # not empty: it worked
                one.rmdir()


def sizes(folder: Path) -> dict[str, int]:
    """Return file name → bytes of all files in a folder."""
    return {file.name: file.stat().st_size for file in sorted(folder.iterdir()) if file.is_file()}


def _missing_ancestors(folder: Path) -> list[Path]:
    return [path for path in (*reversed(folder.parents), folder) if not path.exists()]


def _clear(folder: Path) -> None:
    """Remove what exports left that were killed."""
    for left in folder.glob(".export.*.new"):
        number = left.name.split(".")[2]
        mine = number == str(os.getpid())
        if mine or (number.isdecimal() and not psutil.pid_exists(int(number))):
            shutil.rmtree(left, ignore_errors=True)


def _look_for_room(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    lacking = needed_bytes + RESERVE_BYTES - free
    if lacking > 0:
        raise ModelError(
            "disk_full",
            f"The export needs {as_size(needed_bytes)} on the disk of {folder}:"
            f" {as_size(lacking)} more must be free.",
            "Free some space there, or choose a folder on another disk.",
        )


def _not_written(problem: OSError, folder: Path) -> ModelError:
    if problem.errno in FULL:
        return ModelError(
            "disk_full",
            f"The disk became full while the export was written to {folder}; nothing was kept.",
            "Free some space there, or choose a folder on another disk.",
        )
    return ModelError(
        "folder_not_writable",
        f"The export cannot be written to {folder}: {problem.strerror or problem}.",
        "Make that folder writable, or choose another one.",
    )
