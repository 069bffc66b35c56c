"""Key combinations as people write them, such as ``Ctrl+Alt+Space``.

Owns what a combination may be and how each mistake is explained. It grabs no key: `hotkey_x11`,
`hotkey_portal` and `hotkey_pynput` do, chosen by `global_keys`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from assistant.errors import SettingsError

Modifier = Literal["Ctrl", "Alt", "Shift", "Meta"]

MODIFIERS: dict[str, Modifier] = {
    "ctrl": "Ctrl",
    "control": "Ctrl",
    "strg": "Ctrl",
    "alt": "Alt",
    "option": "Alt",
    "shift": "Shift",
    "meta": "Meta",
    "super": "Meta",
    "win": "Meta",
    "windows": "Meta",
    "cmd": "Meta",
    "command": "Meta",
}
"""What people call the four keys, in small letters; the values in the order they are written."""

_ORDER: tuple[Modifier, ...] = ("Ctrl", "Alt", "Shift", "Meta")

_NAMED = (
    "Space",
    "Escape",
    "Tab",
    "Return",
    "Backspace",
    "Insert",
    "Delete",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Up",
    "Down",
    "Left",
    "Right",
    "Pause",
    "ScrollLock",
    "Print",
    "Menu",
    "Comma",
    "Period",
    "Minus",
    "Plus",
    "Slash",
    "Semicolon",
    *(f"F{number}" for number in range(1, 25)),
)
_LETTERS_AND_DIGITS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_OTHER_NAMES = {
    "esc": "Escape",
    "enter": "Return",
    "del": "Delete",
    "ins": "Insert",
    "pgup": "PageUp",
    "pgdown": "PageDown",
    "pgdn": "PageDown",
    "spacebar": "Space",
    "printscreen": "Print",
}

KEYS: dict[str, str] = {
    name.lower(): name for name in (*_NAMED, *_LETTERS_AND_DIGITS)
} | _OTHER_NAMES
"""Every key that may be bound: what people write, in small letters, and its one name."""

ALONE = frozenset({"Pause", "ScrollLock", "Print", "Menu"} | {f"F{n}" for n in range(1, 25)})
"""Keys that nobody types text with, so that they may be bound without another key."""


_KEYSYMS = {
    "Space": "space",
    "Backspace": "BackSpace",
    "PageUp": "Prior",
    "PageDown": "Next",
    "ScrollLock": "Scroll_Lock",
    "Comma": "comma",
    "Period": "period",
    "Minus": "minus",
    "Plus": "plus",
    "Slash": "slash",
    "Semicolon": "semicolon",
}


@dataclass(frozen=True, slots=True)
class KeyCombination:
    """One key with the keys held down with it.

    Attributes:
        modifiers: held down with it.
        key: one of the values of `KEYS`.
    """

    modifiers: frozenset[Modifier]
    key: str

    def __str__(self) -> str:
        """Return it as the settings write it."""
        return "+".join([*(one for one in _ORDER if one in self.modifiers), self.key])


def parse_keys(text: str) -> KeyCombination:
    """Return the combination that `text` names, whatever its capitals and spaces.

    Raises:
        SettingsError: ``keys_wrong``, saying what is wrong and how to write it.
    """
    modifiers: set[Modifier] = set()
    keys: list[str] = []
    for name in (part.strip() for part in text.split("+")):
        found = name.lower().replace(" ", "").replace("_", "")
        modifier = MODIFIERS.get(found)
        if not found:
            raise _wrong(f"“{text}” has no name before or after a +.")
        if modifier is not None:
            modifiers.add(modifier)
        elif found in KEYS:
            keys.append(KEYS[found])
        else:
            raise _unknown(name)
    if not keys:
        raise _wrong(f"“{text}” has no key besides Ctrl, Alt, Shift and Meta.")
    key, *others = keys
    if others:
        raise _wrong(f"“{text}” has two keys, {key} and {others[0]}; only one may be there.")
    if not modifiers - {"Shift"} and key not in ALONE:
        raise _wrong(f"No other program could use “{text}” any more; add Ctrl, Alt or Meta to it.")
    return KeyCombination(frozenset(modifiers), key)


def keysym(key: str) -> str:
    """Return X's name of one of `KEYS`' values (xkbcommon-keysyms.h without XKB_KEY_)."""
    return _KEYSYMS.get(key, key.lower() if len(key) == 1 else key)


def _unknown(name: str) -> SettingsError:
    near = difflib.get_close_matches(name.lower(), [*MODIFIERS, *KEYS], 1)
    if not near:
        return _wrong(f"There is no key called “{name}”.")
    meant = (MODIFIERS | KEYS)[near[0]]
    return _wrong(f"There is no key called “{name}”; did you mean {meant}?")


def _wrong(sentence: str) -> SettingsError:
    return SettingsError("keys_wrong", sentence, "Write keys joined by +, such as Ctrl+Alt+Space.")
