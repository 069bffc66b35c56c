"""The settings while they are being edited: checked at once, saved a moment later.

Owns what is edited and not saved yet. Shows nothing, and knows no setting by name but the two keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from assistant.api.settings import problems_with
from assistant.errors import SettingsError
from assistant.settings.save import key_of, value_at
from ui.desktop.hotkey import parse_keys
from ui.shown.settings_fields import SPECIAL_KINDS, Field, default_of, field_of
from ui.shown.settings_words import explained

if TYPE_CHECKING:
    from ui.session import Session

SAVE_AFTER_MS = 300
"""A slider moves through many values; the one it stays at is saved."""


class SettingsForm(QObject):
    """What is being edited; changes are checked at once and saved a moment later.

    Args:
        session: whose settings they are.
        save_after_ms: how long a value must stay before it is saved.
    """

    changed = Signal(str)
    """Value, problem or default of the field with this key may be another."""

    def __init__(
        self, session: Session, parent: QObject | None = None, save_after_ms: int = SAVE_AFTER_MS
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._edited: dict[str, object] = {}
        self._problems: dict[str, str] = {}
        self._known: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(save_after_ms)
        self._timer.timeout.connect(self.save)
        session.settings_changed.connect(self._take)
        app = QCoreApplication.instance()
        if app is not None:  # what was changed in the last moment is saved too
            app.aboutToQuit.connect(self.save)

    def field(self, key: str) -> Field:
        """Return the field of a key; from now on its changes are told."""
        self._known.add(key)
        return field_of(self._session.settings, key)

    def value(self, key: str) -> Any:
        """What the field holds now, saved or not."""
        if key in self._edited:
            return self._edited[key]
        tree = self._session.settings.model_dump()
        return value_at(tree, key_of(key, tree))

    def problem(self, key: str) -> str:
        """What is wrong with it, for people; empty when nothing is."""
        return self._problems.get(key, "")

    def is_default(self, key: str) -> bool:
        """Whether it holds its default."""
        return bool(self.value(key) == default_of(self._session.settings, key))

    def edit(self, key: str, value: object) -> None:
        """Put another value in; a right one is saved soon, a wrong one stays with its explanation."""
        if self.value(key) == value and key not in self._problems:
            return
        self._edited[key] = value
        self._check()
        self.changed.emit(key)
        self._timer.start()

    def reset(self, key: str) -> None:
        """Put the default in."""
        self.edit(key, default_of(self._session.settings, key))
        self.save()

    def save(self) -> None:
        """Save what is right, now."""
        self._timer.stop()
        wrong = self._wrong()
        right = {key: value for key, value in self._edited.items() if key not in wrong}
        if right:
            self._session.change_settings(right, lambda: self._saved(right))

    # --- checking -------------------------------------------------------------------------------------

    def _wrong(self) -> dict[str, str]:
        """What is wrong with what is edited: all together, and what is left without the wrong ones."""
        found = self._keys_wrong()
        candidates = {key: value for key, value in self._edited.items() if key not in found}
        while problems := problems_with(self._session.settings, candidates):
            found |= problems
            left = {key: value for key, value in candidates.items() if key not in problems}
            if left == candidates:  # blamed on a key that is not edited here; save nothing of it
                return found | dict.fromkeys(candidates, next(iter(problems.values())))
            candidates = left
        return found

    def _keys_wrong(self) -> dict[str, str]:
        found = {}
        for key, value in self._edited.items():
            if SPECIAL_KINDS.get(key) == "keys":
                try:
                    parse_keys(str(value))
                except SettingsError as exc:
                    found[key] = exc.message
        if self.value("keys.talk") == self.value("keys.cancel"):
            key = "keys.talk" if "keys.talk" in self._edited else "keys.cancel"
            text = QCoreApplication.translate(
                "SettingsForm", "These keys already stop the answer or begin a turn."
            )
            found.setdefault(key, text)
        return found

    def _check(self) -> None:
        before = self._problems
        self._problems = {
            key: explained(
                text,
                is_share=key in self._edited and field_of(self._session.settings, key).is_share,
            )
            for key, text in self._wrong().items()
        }
        for key in before.keys() | self._problems.keys():
            if before.get(key) != self._problems.get(key):
                self.changed.emit(key)

    # --- saving ---------------------------------------------------------------------------------------

    def _saved(self, saved: Mapping[str, object]) -> None:
        if not shiboken6.isValid(self):
            return
        for key, value in saved.items():
            if self._edited.get(key) == value:
                self._edited.pop(key, None)
        self._check()

    def _take(self, _settings: object) -> None:
        for key in self._known:
            self.changed.emit(key)
