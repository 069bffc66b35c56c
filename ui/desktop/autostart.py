"""Starting at login, by a .desktop file in the folder the desktop reads (XDG autostart specification).

Owns that one file. On Windows and macOS it can do nothing yet and says so.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from assistant.errors import AssistantError
from ui.desktop import APP_ID

_ESCAPED = str.maketrans({'"': r"\"", "`": r"\`", "$": r"\$", "\\": r"\\"})
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
"""Characters that need quotes in Exec. Source: Desktop Entry Specification, "The Exec key"."""


def autostart_file() -> Path:
    """Return the file that starts the assistant at login."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "autostart" / f"{APP_ID}.desktop"


def set_autostart(*, on: bool, start_hidden: bool = True, file: Path | None = None) -> None:
    """Start at login, or no longer; touches the disk, so not for the GUI thread.

    Raises:
        AssistantError: ``autostart_unsupported`` on Windows and macOS, ``autostart_failed`` when the file
            cannot be written or removed.
    """
    if sys.platform in ("win32", "darwin"):
        if not on:
            return
        raise AssistantError(
            "autostart_unsupported",
            "Starting at login is not built for this system yet.",
            "Add the command `assistant run --hidden` to your login items yourself.",
        )
    file = file or autostart_file()
    try:
        if on:
            file.parent.mkdir(parents=True, exist_ok=True)
            text = desktop_entry(start_hidden=start_hidden)
            unfinished = file.with_suffix(".new")
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(file)
        else:
            file.unlink(missing_ok=True)
    except OSError as exc:
        raise AssistantError(
            "autostart_failed",
            f"The file {file} could not be changed: {exc.strerror or exc}.",
            "See whether the disk is full or the folder is write-protected.",
        ) from exc


def desktop_entry(*, start_hidden: bool) -> str:
    """Return the .desktop file's text."""
    command = [*_own_command(), "run", *(["--hidden"] if start_hidden else [])]
    return "\n".join(
        [
            "[Desktop Entry]",
            "Type=Application",
            "Name=Sarai",
            "Comment=Offline voice assistant",
            "Comment[es]=Asistente de voz sin conexión",
            f"Exec={' '.join(_quoted(part) for part in command)}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
            "",
        ]
    )


def _own_command() -> list[str]:
    """The installed command beside this Python, or else this Python itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    beside = Path(sys.executable).parent / "assistant"
    if beside.is_file():
        return [str(beside)]
    found = shutil.which("assistant")
    return [found] if found else [sys.executable, "-m", "assistant"]


def _quoted(part: str) -> str:
    """Return the part as the Exec key wants it: %% for %, quotes where a character is reserved."""
    part = part.replace("%", "%%")
    if part and not _RESERVED & set(part):
        return part
    # The specification wants the escaping of strings on top, so each backslash is doubled once more.
    return '"' + part.translate(_ESCAPED).replace("\\", "\\\\") + '"'
