"""Settings as a window changes them: checked, saved, explained in place.

Owns no rule of its own: it is the facade of `assistant.settings.save` and `assistant.settings.recover`.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.settings import Settings
from assistant.settings.recover import LoadedSettings, load_settings_or_defaults
from assistant.settings.save import changed_settings, check_changes, save_changes

__all__ = [
    "LoadedSettings",
    "changed_settings",
    "load_settings_or_defaults",
    "problems_with",
    "save_changes",
]


def problems_with(settings: Settings, changes: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong with the changes, by dotted key; empty when nothing is. Pure; any thread."""
    return check_changes(settings, changes)[1]
