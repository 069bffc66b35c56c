"""The worker's log records, formatted there and replayed in the parent's logging tree.

Owns one handler. Does not decide levels or files: the parent's logging set-up does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from assistant.worker.messages import LogLine


class RelayHandler(logging.Handler):
    """Sends each record through the pipe as text.

    Formatting happens in the worker, because arguments and exceptions may not survive pickling.
    """

    def __init__(self, send: Callable[[LogLine], None]) -> None:
        super().__init__()
        self._send = send
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Relay one record; any thread."""
        try:
            self._send(LogLine(record.name, record.levelno, self.format(record)))
        except Exception:  # noqa: BLE001 - logging must never take the program down
            self.handleError(record)


def install(send: Callable[[LogLine], None], level: int) -> None:
    """Make this process log through ``send`` only; called once, at the worker's start."""
    root = logging.getLogger()
    root.handlers[:] = [RelayHandler(send)]
    root.setLevel(level)


def replay(line: LogLine, pid: int) -> None:
    """Put a relayed line into this process's logging tree, marked with the worker's pid."""
    logging.getLogger(line.logger).log(line.level, "[worker %d] %s", pid, line.text)
