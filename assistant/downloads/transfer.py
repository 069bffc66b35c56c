"""One file, from its address to its final name, however often it takes.

Owns trying again, waiting for another program that fetches the same file, and the hash at the end. A
file is either complete and right, or does not have its final name.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.downloads.http import Patience, fetch, host_of
from assistant.downloads.parts import Part, arrivals_dir
from assistant.downloads.progress import Cancelled, Reporter
from assistant.downloads.troubles import TryAgain, gave_up, not_written, other_content
from assistant.settings.downloads import DownloadSettings

if TYPE_CHECKING:
    import filelock

logger = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Pauses between attempts double from the first to the longest."""

LONGEST_ASKED_PAUSE_S = 300.0
"""A server that asks for a longer pause gets none: the person is told instead."""

POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to fetch.

    Attributes:
        name: for people.
        url: its address.
        sha256: what its content must hash to.
        bytes: its size; None = not known.
        check: asks whether the address has this file, before anything is fetched; may raise TryAgain.
    """

    name: str
    url: str
    sha256: str
    bytes: int | None
    check: Callable[[], None] | None = None


def transfer(
    wanted: Wanted,
    target: Path,
    settings: DownloadSettings,
    reporter: Reporter,
    *,
    pause: Callable[[float, Cancelled], bool] | None = None,
) -> bool:
    """Put the file at ``target``; False when cancelled. What has arrived is kept for the next time.

    ``pause`` sleeps so many seconds and is False when cancelled; tests give their own.

    Raises:
        ModelError: it cannot be had; one sentence says why.
    """
    lock = _lock_of(wanted)
    if not _acquire(lock, wanted, reporter):
        return False
    try:
        if _is_here(target, wanted):  # another program was faster
            reporter.add(wanted.bytes or target.stat().st_size)
            return True
        with Part(wanted.sha256, wanted.name) as part:
            return _complete(part, wanted, target, settings, reporter, pause=pause or _pause)
    finally:
        lock.release()


def _complete(
    part: Part,
    wanted: Wanted,
    target: Path,
    settings: DownloadSettings,
    reporter: Reporter,
    *,
    pause: Callable[[float, Cancelled], bool],
) -> bool:
    reporter.begin("checking", wanted.name)
    if not part.take_up(reporter.cancelled, wanted.bytes):
        return False
    reporter.set_aside(-part.size)
    is_pieced = part.size > 0  # of several answers, which need not fit together
    is_second = False
    patience = Patience(settings.connect_timeout_s, settings.stall_timeout_s)
    furthest, vain, is_checked = part.size, 0, False
    while True:
        reporter.begin("fetching", wanted.name)
        try:
            if wanted.check is not None and not is_checked:
                wanted.check()
                is_checked = True
            is_all_here = part.is_right or part.size == wanted.bytes
            if not is_all_here and not fetch(wanted.url, part, wanted.bytes, patience, reporter):
                return False
        except TryAgain as again:
            logger.info("%s: %s", wanted.name, again.sentence)
            is_pieced = is_pieced or part.size > 0
            vain = 0 if part.size > furthest else vain + 1
            furthest = max(furthest, part.size)
            too_long = (again.after_s or 0.0) > LONGEST_ASKED_PAUSE_S
            if vain >= settings.attempts or too_long:
                raise gave_up(wanted.name, host_of(wanted.url), again.sentence) from again
            seconds = again.after_s
            if seconds is None:
                seconds = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** max(0, vain - 1))
            note = f"{host_of(wanted.url)}: {again.sentence}; next attempt in {seconds:.0f} s"
            reporter.begin("waiting", wanted.name, note)
            if not pause(seconds, reporter.cancelled):
                return False
            continue
        if part.is_right:
            part.finish(target)
            reporter.tell()
            return True
        reporter.set_aside(part.restart())
        if is_second or not is_pieced:
            part.discard()
            raise other_content(wanted.name, host_of(wanted.url))
        # The part may have been of another version, or damaged on the disk: once more from the start.
        is_second, furthest = True, 0


def _is_here(target: Path, wanted: Wanted) -> bool:
    try:
        size = target.stat().st_size
    except OSError:
        return False
    return wanted.bytes is None or size == wanted.bytes


def _pause(seconds: float, cancelled: Cancelled) -> bool:
    until_s = time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0:
        if cancelled():
            return False
        time.sleep(min(POLL_S, left_s))
    return not cancelled()


# --- one program at a time -----------------------------------------------------------------------------


def _lock_of(wanted: Wanted) -> filelock.BaseFileLock:
    import filelock

    folder = arrivals_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise not_written(exc, wanted.name, folder) from exc
    # The system frees it when its holder dies, however that happens.
    return filelock.FileLock(folder / f"{wanted.sha256}.lock", timeout=0)


def _acquire(lock: filelock.BaseFileLock, wanted: Wanted, reporter: Reporter) -> bool:
    import filelock

    said = False
    while True:
        try:
            lock.acquire()
        except filelock.Timeout:
            if not said:
                note = "another window or terminal is fetching this file; waiting for it"
                reporter.begin("waiting", wanted.name, note)
                said = True
            if not _pause(POLL_S, reporter.cancelled):
                return False
        except OSError as exc:
            raise not_written(exc, wanted.name, arrivals_dir()) from exc
        else:
            return True
