"""One window for each person: the second start, and commands such as `assistant toggle`, reach the first.

Owns a local socket that only this person may open (a Unix-domain socket in a folder of theirs, a named pipe
on Windows; never the network) and the few words spoken on it: one line with the command, one line back. What
a command does is the window's business.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Literal, cast, get_args

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from assistant import paths
from assistant.errors import AssistantError

logger = logging.getLogger(__name__)

Command = Literal["show", "hide", "toggle", "cancel", "quit"]
COMMANDS: tuple[str, ...] = get_args(Command)

PATIENCE_MS = 2_000
"""How long a command waits for the running window, which may be busy opening."""

LONGEST_LINE = 64
"""Bytes; the longest command has six. Whoever sends more is not one of ours."""


class Instance(QObject):
    """The claim to be the running window, and the commands that others send.

    Signals:
        command: one of `Command`, on the GUI thread.
    """

    command = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._lines: dict[QLocalSocket, bytes] = {}

    def claim(self) -> bool:
        """Become the running window; False when there is one already.

        What a killed window left behind is removed. Two that start at once cannot both win: a lock file
        (which the system forgets with its process) covers the moment between looking and listening.

        Raises:
            AssistantError: ``instance_folder``, when the folder for the socket belongs to somebody else.
        """
        name = server_name()
        lock = QLockFile(lock_file())
        lock.setStaleLockTime(0)
        if not lock.tryLock(PATIENCE_MS):
            return False
        try:
            if ask("ping", name) is not None:
                return False
            QLocalServer.removeServer(name)
            if not self._server.listen(name):
                # Better a window that others cannot find than none.
                logger.error("no other start will find this window: %s", self._server.errorString())
            return True
        finally:
            lock.unlock()

    def close(self) -> None:
        """Give up the claim; idempotent."""
        self._server.close()

    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._lines[socket] = b""
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._forget)

    def _read(self) -> None:
        socket = cast("QLocalSocket", self.sender())
        line = self._lines.get(socket, b"") + socket.readAll().data()
        self._lines[socket] = line
        if not line.endswith(b"\n") and len(line) <= LONGEST_LINE:
            return
        text = line.strip().decode("ascii", "replace")
        is_known = text in COMMANDS or text == "ping"
        socket.write(b"ok\n" if is_known else b"unknown\n")
        socket.flush()
        socket.disconnectFromServer()
        if text in COMMANDS:
            self.command.emit(text)

    def _forget(self) -> None:
        socket = cast("QLocalSocket", self.sender())
        self._lines.pop(socket, None)
        socket.deleteLater()


def ask(command: str, name: str | None = None) -> bool | None:
    """Send one command to the running window; blocks for at most some seconds.

    Returns:
        Whether it knew the command; None when no window runs.
    """
    socket = QLocalSocket()
    socket.connectToServer(name or server_name())
    if not socket.waitForConnected(PATIENCE_MS):
        return None
    socket.write(f"{command}\n".encode("ascii"))
    socket.waitForBytesWritten(PATIENCE_MS)
    answer = b""
    while not answer.endswith(b"\n") and socket.waitForReadyRead(PATIENCE_MS):
        answer += socket.readAll().data()
    socket.abort()
    return answer == b"ok\n"


def server_name() -> str:
    """Return where the window of this person, with these settings, listens.

    Raises:
        AssistantError: ``instance_folder``.
    """
    # A home of one's own ($SARAI_HOME) is an assistant of one's own.
    home = hashlib.sha256(os.fsencode(paths.config_dir())).hexdigest()[:12]
    name = f"sarai-window-{home}"
    if sys.platform == "win32":
        return f"{name}-{os.environ.get('USERNAME', '')}"
    return str(_private_folder() / name)


def lock_file() -> str:
    """Return the file that is locked while a window makes its claim."""
    if sys.platform == "win32":
        return str(Path(tempfile.gettempdir()) / f"{server_name()}.lock")
    return f"{server_name()}.lock"


def _private_folder() -> Path:
    """The folder the system gives each person for sockets, or one like it: 0700, and theirs."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and Path(given).is_dir():
        return Path(given)
    folder = Path(tempfile.gettempdir()) / f"sarai-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise AssistantError(
            "instance_folder",
            f"The folder {folder} belongs to somebody else or is open to others.",
            "Remove it, or set XDG_RUNTIME_DIR to a folder that only you can open.",
        )
    return folder
