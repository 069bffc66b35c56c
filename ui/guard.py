"""What happens outside any plan: slips, Ctrl+C, the end of the desktop session, Qt's grumbling.

Owns these four hooks of the process. What a person is told of a failure is the caller's.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    QtMsgType,
    qInstallMessageHandler,
)

logger = logging.getLogger(__name__)

LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_qt() -> None:
    """What Qt has to say goes to the log instead of the terminal."""

    def write(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        logger.log(LEVELS[kind], "Qt %s: %s", context.category, text)

    qInstallMessageHandler(write)


class Guard(QObject):
    """Keeps the process from dying of a slip, and lets it end well when it is told to.

    Args:
        tell: takes a failure nobody foresaw, on the GUI thread.
        end: ends the program.
    """

    def __init__(
        self,
        tell: Callable[[Exception], None],
        end: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self._end = end
        self._is_telling = False
        self._former = sys.excepthook
        sys.excepthook = self._unforeseen
        self._pipe: tuple[int, int] | None = None
        if sys.platform != "win32":
            self._listen()

    def close(self) -> None:
        """Leave the process as it was; idempotent."""
        sys.excepthook = self._former
        if self._pipe is not None:
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(-1)
            for number, former in self._signals.items():
                signal.signal(number, former)
            for end in self._pipe:
                os.close(end)
            self._pipe = None

    def _unforeseen(
        self, kind: type[BaseException], failure: BaseException, trace: TracebackType | None
    ) -> None:
        """Qt calls a slot and Python has nobody above it: the person is told, and the window stays."""
        if not isinstance(failure, Exception) or self._is_telling:
            self._former(kind, failure, trace)
            return
        logger.error("unforeseen", exc_info=(kind, failure, trace))
        self._is_telling = True
        try:
            self._tell(failure)
        finally:
            self._is_telling = False

    def _listen(self) -> None:
        """Wake Qt's loop when a signal comes: Python runs its handlers only between its own lines."""
        read, write = os.pipe()
        for end in (read, write):
            os.set_blocking(end, False)
        self._pipe = (read, write)
        self._signals = {
            number: signal.signal(number, lambda *_: None)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(read, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._signalled)

    def _signalled(self) -> None:
        if self._pipe is None:
            return
        came = b""
        with contextlib.suppress(BlockingIOError):
            came = os.read(self._pipe[0], 64)
        if set(came) & {int(number) for number in self._signals}:
            self._end()
