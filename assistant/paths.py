"""Where everything lives: the only module that knows.

Answers with paths and creates nothing; whoever writes there makes the folder. Two kinds of places:

* what belongs to the person (settings, notes, caches, logs): the folders the operating system names
  for it, or everything below ``$SARAI_HOME`` when that is set (tests, portable installations);
* what belongs to the program (packaged settings, catalogue, shipped models): the repository in a
  checkout or an editable installation, ``assistant/_data`` in a wheel, the bundle when frozen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from assistant.errors import AssistantError

APP = "sarai"
HOME_VARIABLE = "SARAI_HOME"
SETTINGS_NAME = "sarai.yaml"


# --- the person's ---------------------------------------------------------------------------------


def config_dir() -> Path:
    """The folder of the person's own settings."""
    return _home("config") or platformdirs.user_config_path(APP, appauthor=False)


def data_dir() -> Path:
    """The folder of what must not be lost: notes, lists, history, downloaded models."""
    return _home("data") or platformdirs.user_data_path(APP, appauthor=False)


def cache_dir() -> Path:
    """The folder of what can be made again."""
    return _home("cache") or platformdirs.user_cache_path(APP, appauthor=False)


def log_dir() -> Path:
    """The folder of log files."""
    return _home("logs") or platformdirs.user_log_path(APP, appauthor=False)


def user_settings_file() -> Path:
    """The person's settings; usually absent, and then the packaged ones hold."""
    return config_dir() / SETTINGS_NAME


def _home(name: str) -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser().absolute() / name if home else None


# --- the program's --------------------------------------------------------------------------------


def packaged_config() -> Path:
    """The folder of the settings that come with the program."""
    return _packaged_root() / "config"


def packaged_models() -> Path:
    """The folder of the catalogue and of the models that come with the program."""
    return _packaged_root() / "models"


def packaged_settings_file() -> Path:
    """The settings file that comes with the program: every key with its default."""
    return packaged_config() / SETTINGS_NAME


def find_settings_file(path: Path) -> Path:
    """Return ``path``, or the packaged file when ``path`` is its relative name and not found here.

    So ``config/sarai.yaml`` means the same from every working folder.
    """
    if not path.is_absolute() and not path.exists() and path == Path("config", SETTINGS_NAME):
        return packaged_settings_file()
    return path


def _packaged_root() -> Path:
    """The first folder that holds the packaged settings: frozen bundle, wheel, checkout."""
    package = Path(__file__).resolve().parent
    roots = [package / "_data", package.parent]
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's loader; the bundle's folder
    if bundle is not None:
        roots = [Path(bundle) / "assistant" / "_data", Path(bundle), *roots]
    for root in roots:
        if (root / "config" / SETTINGS_NAME).is_file():
            return root
    raise AssistantError(
        "installation_incomplete",
        "The program's own settings file is missing from its installation.",
        "Install the program again.",
    )
