"""The program's log file: written while a window is open, read by the doctor page.

Owns the file's name, size and form. What is said in a conversation is no business of the log.
"""

from __future__ import annotations

import logging
import platform
import sys
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path

from assistant import __version__, paths

LOG_NAME = "sarai.log"
LONGEST_BYTES = 1_000_000
KEPT_FILES = 2
"""With the one being written at most 3 MB."""

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

logger = logging.getLogger(__name__)


def log_file() -> Path:
    """Where the log is written."""
    return paths.log_dir() / LOG_NAME


def keep_log(level: int = logging.INFO) -> logging.Handler | None:
    """Have everything logged from now on written to the log file, with a first line that says by whom.

    A disk that refuses costs the log and nothing else. Call it once, before anything worth a line.

    Returns:
        The handler, to be removed by :func:`end_log`; None if the file cannot be written.
    """
    file = log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = _QuietRotatingHandler(
            file, maxBytes=LONGEST_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    except OSError as exc:
        logger.info("no log file: %s", exc)
        return None
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.setLevel(level)
    root = logging.getLogger()
    root.addHandler(handler)
    if root.level == logging.NOTSET or root.level > level:
        root.setLevel(level)
    version = ".".join(map(str, sys.version_info[:3]))
    logger.info("assistant %s, Python %s, %s", __version__, version, platform.platform())
    return handler


def end_log(handler: logging.Handler | None) -> None:
    """Close the log file."""
    if handler is not None:
        logging.getLogger().removeHandler(handler)
        handler.close()


def log_tail(lines: int = 200) -> str:
    """Return the end of the log, empty if there is none yet. Blocks on the disk."""
    try:
        with log_file().open(encoding="utf-8", errors="replace") as file:
            return "".join(deque(file, maxlen=lines))
    except OSError:
        return ""


class _QuietRotatingHandler(RotatingFileHandler):
    """Drops what it cannot write: a full disk must not fill the terminal with tracebacks."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        del record
