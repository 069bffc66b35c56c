"""What can go wrong with a download, as the sentences people read.

Owns the wording. Decides nothing about trying again: `assistant.downloads.transfer` does.
"""

from __future__ import annotations

import errno
from pathlib import Path

from assistant.errors import ModelError

AGAIN = "Run the command again later; what has arrived is kept."
KILOBYTE, MEGABYTE, GIGABYTE = 10**3, 10**6, 10**9
FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


class TryAgain(Exception):  # noqa: N818  not an error of ours: it ends one attempt
    """One attempt ended before the file was complete; another may succeed.

    Args:
        sentence: why, for people.
        after_s: seconds the server asked to wait; None = it did not say.
    """

    def __init__(self, sentence: str, after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.after_s = after_s


def as_size(count: float) -> str:
    """Return a number of bytes as people write it: 731 MB, 1.2 GB."""
    if count >= GIGABYTE:
        return f"{count / GIGABYTE:.1f} GB"
    if count >= MEGABYTE:
        return f"{count / MEGABYTE:.0f} MB"
    return f"{max(1, round(count / KILOBYTE))} kB" if count else "0 kB"


def disk_too_small(what: str, needed: int, free: int, folder: Path) -> ModelError:
    """For the look before the download begins."""
    return ModelError(
        "disk_full",
        f"{what} needs {as_size(needed)} on the disk of {folder}: {as_size(needed - free)} more must be"
        " free.",
        "Free some space there, or set SARAI_HOME to a folder on another disk.",
    )


def not_written(problem: OSError, file: str, folder: Path) -> ModelError:
    """For a disk that refuses to take a file."""
    if problem.errno in FULL:
        return ModelError(
            "disk_full",
            f"The disk became full while {file} was written to {folder}.",
            "Free some space there and run the command again; what has arrived is kept.",
        )
    return ModelError(
        "folder_not_writable",
        f"{file} cannot be written to {folder}: {problem.strerror or problem}.",
        "Make that folder writable, or set SARAI_HOME to another one.",
    )


def refused(status: int, file: str, host: str) -> ModelError:
    """For an answer that another attempt will not change."""
    if status in {401, 403}:
        return ModelError(
            "download_refused",
            f"{host} does not give out {file} (HTTP {status}).",
            "Its owner may ask people to sign in first: download it in a browser, then use"
            " `assistant models import FOLDER`.",
        )
    if status in {404, 410}:
        return ModelError(
            "download_gone",
            f"{file} is no longer at {host} (HTTP {status}).",
            "Look for a newer version of this program, or get the file elsewhere and use"
            " `assistant models import FOLDER`: only its content counts.",
        )
    return ModelError("download_refused", f"{host} refused to send {file} (HTTP {status}).", AGAIN)


def gave_up(file: str, host: str, last: str) -> ModelError:
    """For attempts that brought nothing new."""
    return ModelError("download_failed", f"{file} could not be fetched from {host}: {last}.", AGAIN)


def other_content(file: str, host: str) -> ModelError:
    """For a complete download with the wrong hash."""
    return ModelError(
        "download_corrupt",
        f"What {host} sent as {file} is not the file the catalogue describes, so it was thrown away.",
        "Try another network or mirror (a proxy may change files), or use"
        " `assistant models import FOLDER`.",
    )


def other_size(file: str, host: str, offered: int, wanted: int) -> ModelError:
    """For a server that announces another file than ours."""
    return ModelError(
        "download_corrupt",
        f"{host} offers {offered} bytes as {file} instead of the {wanted} of the catalogue, so nothing"
        " was fetched.",
        "Look for a newer version of this program, or check the mirror in the settings.",
    )
