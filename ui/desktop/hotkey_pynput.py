"""Keys everywhere on Windows and macOS, by pynput. Untested: we had no such machine.

Owns pynput's listener. It cannot keep the key from the program in front, and macOS asks the person once to
allow it (System Settings → Privacy & Security → Accessibility and Input Monitoring).
"""

from __future__ import annotations

import importlib
from typing import Any

from ui.desktop.global_keys import Bindings, KeyBackend, KeyName, OnKey, OnProblem, unavailable
from ui.desktop.hotkey import KeyCombination, Modifier

_MODIFIERS: dict[str, Modifier] = {"ctrl": "Ctrl", "alt": "Alt", "shift": "Shift", "cmd": "Meta"}
_NAMES = {
    "Escape": "esc",
    "Return": "enter",
    "PageUp": "page_up",
    "PageDown": "page_down",
    "ScrollLock": "scroll_lock",
    "Print": "print_screen",
}
"""pynput's names where they are not ours in small letters."""

_CHARACTERS = {
    "Comma": ",",
    "Period": ".",
    "Minus": "-",
    "Plus": "+",
    "Slash": "/",
    "Semicolon": ";",
}


class PynputKeys(KeyBackend):
    """Watches every key and picks out the combinations."""

    def __init__(self, on_key: OnKey, on_problem: OnProblem) -> None:
        super().__init__(on_key, on_problem)
        self._listener: Any = None
        self._watch = CombinationWatch({})

    def start(self, bindings: Bindings) -> None:
        """Begin to listen on pynput's thread."""
        try:
            keyboard = importlib.import_module("pynput.keyboard")
        except ImportError as exc:
            self.on_problem(unavailable(str(exc)))
            return
        self._watch = CombinationWatch({name: one.keys for name, one in bindings.items()})

        def heard(key: Any, *, is_down: bool) -> None:
            name = pynput_name(self._listener.canonical(key))
            for change in self._watch.heard(name, is_down=is_down):
                self.on_key(*change)

        self._listener = keyboard.Listener(
            on_press=lambda key: heard(key, is_down=True),
            on_release=lambda key: heard(key, is_down=False),
        )
        self._listener.start()

    def stop(self) -> None:
        """Stop listening; idempotent."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None


class CombinationWatch:
    """Tells from single keys when a combination begins and ends; repeats change nothing."""

    def __init__(self, combinations: dict[KeyName, KeyCombination]) -> None:
        self._combinations = combinations
        self._modifiers: set[Modifier] = set()
        self._down: dict[KeyName, KeyCombination] = {}

    def heard(self, name: str, *, is_down: bool) -> list[tuple[KeyName, bool]]:
        """Take a key by pynput's name; return what begins or ends with it."""
        modifier = _MODIFIERS.get(name)
        if modifier is not None:
            (self._modifiers.add if is_down else self._modifiers.discard)(modifier)
            return []
        if is_down:
            begun: list[tuple[KeyName, bool]] = []
            for which, keys in self._combinations.items():
                fits = name == wanted_name(keys.key) and self._modifiers == keys.modifiers
                if fits and which not in self._down:
                    self._down[which] = keys
                    begun.append((which, True))
            return begun
        over = [which for which, keys in self._down.items() if name == wanted_name(keys.key)]
        for which in over:
            del self._down[which]
        return [(which, False) for which in over]


def wanted_name(key: str) -> str:
    """Return pynput's name for one of our keys."""
    return _NAMES.get(key) or _CHARACTERS.get(key) or key.lower()


def pynput_name(key: Any) -> str:
    """Return the name of pynput's key: of a `Key`, or the character of a `KeyCode`."""
    return str(getattr(key, "name", None) or getattr(key, "char", None) or "")
