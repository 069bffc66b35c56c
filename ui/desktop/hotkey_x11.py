"""Keys everywhere under X11: the server gives us the key alone, wherever the keyboard is.

Owns a connection to the X server and one thread that reads it. It asks the server for a *passive grab* of
each combination, so no other program sees the key, and knows the release from the keyboard's repeating: the
server says release and press at each repeat, but the key itself stays down in its key map.

Why not pynput 1.8, which serves on Windows and macOS: it listens by the RECORD extension. Tried on Xvfb with
openbox, the combination held for 1.5 s: the program in front got 42 key events, pynput reported 20 presses;
here it is none and one. Its Linux package also needs a compiler (evdev).
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
from collections.abc import Iterable
from typing import Any

from assistant.errors import SettingsError
from ui.desktop.global_keys import Bindings, KeyBackend, KeyName, OnKey, OnProblem, unavailable
from ui.desktop.hotkey import KeyCombination, Modifier, keysym
from ui.desktop.listening_thread import ListeningThread

logger = logging.getLogger(__name__)


class X11Keys(KeyBackend):
    """Passive grabs on the root window."""

    def __init__(self, on_key: OnKey, on_problem: OnProblem) -> None:
        super().__init__(on_key, on_problem)
        self._thread: ListeningThread | None = None
        self._bindings: Bindings = {}

    def start(self, bindings: Bindings) -> None:
        """Grab every combination on the thread."""
        self._bindings = bindings
        self._thread = ListeningThread("hotkey-x11", self._listen)
        self._thread.start()

    def stop(self) -> None:
        """Give every key back; idempotent."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def _listen(self) -> None:
        display, error = _xlib("display"), _xlib("error")

        try:
            connection = display.Display(_local_only(os.environ["DISPLAY"]))
        except (error.DisplayError, OSError) as exc:
            self.on_problem(unavailable(str(exc)))
            return
        try:
            self._read(connection, _Grabs(connection, self._bindings))
        except (error.ConnectionClosedError, OSError):
            logger.info("the X server has gone")
        finally:
            with contextlib.suppress(error.ConnectionClosedError, OSError):
                connection.close()

    def _read(self, connection: Any, grabs: _Grabs) -> None:
        core = _xlib("X")

        self._tell(grabs.take())
        thread = self._thread
        assert thread is not None
        while True:
            while connection.pending_events():
                event = connection.next_event()
                if event.type == core.MappingNotify:
                    connection.refresh_keyboard_mapping(event)
                    self._tell(grabs.take())
                elif event.type in (core.KeyPress, core.KeyRelease):
                    change = grabs.change(event)
                    if change is not None:
                        self.on_key(*change)
            if not thread.wait(connection):
                return

    def _tell(self, problems: list[SettingsError]) -> None:
        for problem in problems:
            self.on_problem(problem)


class _Grabs:
    """The grabbed combinations by key code, and which of them are down."""

    def __init__(self, connection: Any, bindings: Bindings) -> None:
        self._connection = connection
        self._root = connection.screen().root
        self._bindings = dict(bindings)
        self._names: dict[tuple[int, int], KeyName] = {}
        self._down: dict[int, KeyName] = {}
        self._locks = 0

    def take(self) -> list[SettingsError]:
        core = _xlib("X")

        for code, _mask in self._names:
            self._root.ungrab_key(code, core.AnyModifier)
        self._names.clear()
        locks = _lock_masks(self._connection)
        self._locks = sum(locks)
        problems = []
        for name, binding in self._bindings.items():
            problem = self._take_one(name, binding.keys, locks)
            if problem is not None:
                problems.append(problem)
        return problems

    def _take_one(
        self, name: KeyName, keys: KeyCombination, locks: list[int]
    ) -> SettingsError | None:
        symbols, core, error = _xlib("XK"), _xlib("X"), _xlib("error")

        code = self._connection.keysym_to_keycode(symbols.string_to_keysym(keysym(keys.key)))
        if not code:
            return SettingsError(
                "keys_missing",
                f"The keyboard has no {keys.key} key, so {keys} cannot be used.",
                "Choose other keys in the settings.",
            )
        mask = _mask(keys.modifiers)
        refused = error.CatchError(error.BadAccess)
        for extra in _combinations(locks):  # the key counts whatever lock is on
            self._root.grab_key(
                code, mask | extra, False, core.GrabModeAsync, core.GrabModeAsync, onerror=refused
            )
        self._connection.sync()
        if refused.get_error():
            for extra in _combinations(locks):
                self._root.ungrab_key(code, mask | extra)
            self._connection.sync()
            return SettingsError(
                "keys_taken",
                f"Another program has {keys} already.",
                "Choose other keys in the settings, or free these in the other program.",
            )
        self._names[code, mask] = name
        return None

    def change(self, event: Any) -> tuple[KeyName, bool] | None:
        """Return the name and whether it is down, where the event changes that."""
        core = _xlib("X")

        code: int = event.detail
        if event.type == core.KeyPress:
            name = self._names.get((code, event.state & _ALL_MODIFIERS & ~self._locks))
            if name is None or code in self._down:
                return None
            self._down[code] = name
            return name, True
        if code not in self._down or self._is_physically_down(code):
            return None
        return self._down.pop(code), False

    def _is_physically_down(self, code: int) -> bool:
        keys: list[int] = self._connection.query_keymap()
        return bool(keys[code // 8] >> (code % 8) & 1)


_SHIFT, _LOCK, _CONTROL, _ALT, _META = 1, 2, 4, 8, 64
_ALL_MODIFIERS = 0xFF
"""Bits of X's core protocol: Shift, Lock, Control, Mod1 (Alt everywhere), Mod4 (Super everywhere)."""


def _local_only(name: str) -> str:
    """Return the display's name so that python-xlib does not try TCP where the local socket is missing."""
    return f"unix/{name}" if name.startswith(":") else name


def _mask(modifiers: Iterable[Modifier]) -> int:
    bits: dict[Modifier, int] = {"Ctrl": _CONTROL, "Alt": _ALT, "Shift": _SHIFT, "Meta": _META}
    return sum(bits[one] for one in modifiers)


def _lock_masks(connection: Any) -> list[int]:
    """Bits of caps, number and scroll lock on this keyboard."""
    symbols = _xlib("XK")

    masks = [_LOCK]
    mapping = connection.get_modifier_mapping()
    for symbol in (symbols.XK_Num_Lock, symbols.XK_Scroll_Lock):
        code = connection.keysym_to_keycode(symbol)
        masks += [1 << index for index, codes in enumerate(mapping) if code and code in codes]
    return list(dict.fromkeys(masks))


def _combinations(bits: list[int]) -> list[int]:
    sums = [0]
    for bit in bits:
        sums += [one | bit for one in sums]
    return sums


def _xlib(name: str) -> Any:
    """Return a module of python-xlib, which has no types; imported when first needed."""
    return importlib.import_module(f"Xlib.{name}")
