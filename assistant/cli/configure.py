"""Settings as the command line gives them: a file, a set, or the usual places."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.settings import Settings, load_settings


def configured(settings_file: Path | None, model_set: str | None) -> Settings:
    """Return the settings in force; ``--set`` overrides file and environment.

    Raises:
        SettingsError: naming every problem at once.
    """
    env = dict(os.environ)
    if model_set is not None:
        env["SARAI_SET"] = model_set
    return load_settings(settings_file, env=env)
