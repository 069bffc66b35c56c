"""A thread that waits on a descriptor until it is told to stop.

Owns the pipe that wakes it. What is read there is its owner's business.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import Protocol

JOIN_S = 2.0


class HasFileno(Protocol):
    """Something `select` can wait on."""

    def fileno(self) -> int:
        """Return the descriptor."""
        ...


class ListeningThread:
    """Runs `body` on a named thread; `body` waits with :meth:`wait` and returns when that says so."""

    def __init__(self, name: str, body: Callable[[], None]) -> None:
        self._reading, self._writing = os.pipe()
        self._thread = threading.Thread(target=body, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self, source: HasFileno) -> bool:
        """Wait until there is something to read; False when it is time to end."""
        ready, _, _ = select.select([source.fileno(), self._reading], [], [])
        return self._reading not in ready

    def stop(self) -> None:
        """Wake the thread and wait for its end; once."""
        os.write(self._writing, b".")
        self._thread.join(JOIN_S)
        if not self._thread.is_alive():  # else the descriptors would be pulled from under it
            os.close(self._reading)
            os.close(self._writing)
