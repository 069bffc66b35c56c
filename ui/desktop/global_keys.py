"""The talk and the cancel key, wherever the keyboard is: which way this desktop offers, and trouble with it.

Owns the choice of the back end. It does not decide what a press means: that is the assistant's talk key.
"""

from __future__ import annotations

import logging
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from assistant.errors import AssistantError, SettingsError
from assistant.settings.desktop import KeySettings
from ui.desktop.hotkey import KeyCombination, parse_keys

logger = logging.getLogger(__name__)

KeyName = Literal["talk", "cancel"]


@dataclass(frozen=True, slots=True)
class Binding:
    """One key and what it is for.

    Attributes:
        keys: what the person presses.
        label: a few words for the desktop's own list of keys.
    """

    keys: KeyCombination
    label: str


Bindings = Mapping[KeyName, Binding]
OnKey = Callable[[KeyName, bool], None]
"""Takes a key and whether it is down now; called on the back end's thread, must return at once."""

OnProblem = Callable[[AssistantError], None]
"""Takes a sentence about a key that does not work; called on the back end's thread."""


class KeyBackend(ABC):
    """One way to hear keys in every program; `start` and `stop` are for the GUI thread and hardly wait."""

    def __init__(self, on_key: OnKey, on_problem: OnProblem) -> None:
        self.on_key = on_key
        self.on_problem = on_problem

    @abstractmethod
    def start(self, bindings: Bindings) -> None:
        """Begin to take the keys on a thread of its own; problems are told there."""

    @abstractmethod
    def stop(self) -> None:
        """Give every key back and end the thread; idempotent."""


class GlobalKeys(QObject):
    """The two keys as the settings name them.

    Args:
        on_talk: takes whether the talk key is down; any thread.
        on_cancel: called when the cancel key goes down; any thread.
        choose: makes the back end; None means the one that fits this desktop.

    Signals:
        trouble: an AssistantError with a sentence about a key that does not work.
    """

    trouble = Signal(object)

    def __init__(
        self,
        on_talk: Callable[[bool], None],
        on_cancel: Callable[[], None],
        choose: Callable[[OnKey, OnProblem], KeyBackend | None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_talk = on_talk
        self._on_cancel = on_cancel
        self._choose = choose or backend_here
        self._backend: KeyBackend | None = None
        self._applied: KeySettings | None = None

    def apply(self, keys: KeySettings) -> None:
        """Take these keys and give back the ones before; nothing happens where they are the same."""
        if keys == self._applied:
            return
        self.stop()
        self._applied = keys
        bindings = self._bindings(keys) if keys.everywhere else {}
        if not bindings:
            return
        self._backend = self._choose(self._key, self.trouble.emit)
        if self._backend is None:
            self.trouble.emit(unavailable())
        else:
            self._backend.start(bindings)

    def stop(self) -> None:
        """Give every key back; idempotent."""
        if self._backend is not None:
            self._backend.stop()
        self._backend = None
        self._applied = None

    def _bindings(self, keys: KeySettings) -> Bindings:
        bindings: dict[KeyName, Binding] = {}
        wanted: tuple[tuple[KeyName, str, str], ...] = (
            ("talk", keys.talk, self.tr("Talk to the assistant")),
            ("cancel", keys.cancel, self.tr("Stop the answer")),
        )
        for name, text, label in wanted:
            try:
                parsed = parse_keys(text)
            except SettingsError as problem:
                self.trouble.emit(problem)
                continue
            if any(parsed == other.keys for other in bindings.values()):
                self.trouble.emit(
                    SettingsError(
                        "keys_twice",
                        f"The talk key and the cancel key are both {parsed}.",
                        "Choose another one in the settings.",
                    )
                )
                continue
            bindings[name] = Binding(parsed, label)
        return bindings

    def _key(self, name: KeyName, is_down: bool) -> None:
        if name == "talk":
            self._on_talk(is_down)
        elif is_down:
            self._on_cancel()


def unavailable(why: str = "") -> AssistantError:
    """Return the sentence for a desktop that has no keys for programs in the background."""
    if why:
        logger.info("no keys that work everywhere: %s", why)
    return AssistantError(
        "keys_unavailable",
        "This desktop gives programs no keys that work everywhere.",
        "Bind the command `assistant toggle` to a key in your desktop's keyboard settings.",
    )


def backend_here(on_key: OnKey, on_problem: OnProblem) -> KeyBackend | None:
    """Return the back end for this desktop; None where there is none.

    A Wayland session is asked through its portal even when X programs run in it too: a grab there would
    only work while such a program has the keyboard.
    """
    if sys.platform in ("win32", "darwin"):
        from ui.desktop.hotkey_pynput import PynputKeys

        return PynputKeys(on_key, on_problem)
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        from ui.desktop.hotkey_portal import PortalKeys

        return PortalKeys(on_key, on_problem)
    if os.environ.get("DISPLAY"):
        from ui.desktop.hotkey_x11 import X11Keys

        return X11Keys(on_key, on_problem)
    return None
