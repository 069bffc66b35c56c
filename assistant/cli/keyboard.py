"""Single keys from the terminal, and a talk key without key-up events.

A terminal repeats a held key and never says that it was let go: `HeldKey` infers holding and tapping from
the presses alone. Owns the terminal's mode while it reads; decides nothing about turns.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

REPEAT_GAP_S = 0.12
"""Repeats of a held key come every 30 to 50 ms; two taps of a finger are further apart."""

POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A talk key in a terminal: talking begins with the first press.

    It ends with a second tap, or, once repeats show that the key is held, when they stop. Times in
    seconds on any one clock.
    """

    is_talking: bool = False
    is_held: bool = False
    last_press_s: float = 0.0
    second_tap: bool = False

    def pressed(self, at_s: float) -> HeldKey:
        """Return the state after a press."""
        if not self.is_talking:
            return HeldKey(is_talking=True, last_press_s=at_s)
        if at_s - self.last_press_s < REPEAT_GAP_S:
            return replace(self, is_held=True, second_tap=False, last_press_s=at_s)
        return replace(self, second_tap=True, last_press_s=at_s)

    def waited(self, at_s: float) -> HeldKey:
        """Return the state when nothing was pressed until now."""
        quiet = at_s - self.last_press_s > REPEAT_GAP_S
        if quiet and (self.is_held or self.second_tap):
            return HeldKey()
        return self


class Keyboard:
    """Calls back with each key while in its `with` block; does nothing without a terminal.

    Args:
        on_key: takes one character, on the keyboard's thread.
        on_quiet: called about every 20 ms without a key, on the same thread.
    """

    def __init__(self, on_key: Callable[[str], None], on_quiet: Callable[[], None]) -> None:
        self._on_key = on_key
        self._on_quiet = on_quiet
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if sys.stdin.isatty():
            self._thread = threading.Thread(target=self._read, name="keyboard", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _read(self) -> None:
        if sys.platform == "win32":
            import msvcrt

            while not self._stop.wait(POLL_S):
                if msvcrt.kbhit():
                    self._on_key(msvcrt.getwch())
                else:
                    self._on_quiet()
            return
        import select
        import termios
        import tty

        number = sys.stdin.fileno()
        before = termios.tcgetattr(number)
        tty.setcbreak(number)
        try:
            while not self._stop.is_set():
                ready, _, _ = select.select([sys.stdin], [], [], POLL_S)
                if not ready:
                    self._on_quiet()
                    continue
                key = sys.stdin.read(1)
                if not key:
                    return
                self._on_key(key)
        finally:
            termios.tcsetattr(number, termios.TCSADRAIN, before)
