"""Writes what a person changed into their own settings file, whole or not at all.

Owns that file as far as the program writes it: only changed keys stand there, and what a person wrote
beside them stays. What the file says together with the other layers is `assistant.settings.load`'s.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant import paths
from assistant.errors import SettingsError
from assistant.settings.checks import Problem, cross_check
from assistant.settings.migrations import migrate
from assistant.settings.schema import SCHEMA_VERSION, Settings
from assistant.settings.source import Key, Place, read_file, read_text
from assistant.settings.wording import describe
from assistant.settings.yaml_text import edited, written

HEADER = f"""\
# Your settings of the assistant. Only what differs from the defaults stands here; the program writes it,
# and you may too. {paths.SETTINGS_NAME} of the installation shows every key with its range.
schema_version: {SCHEMA_VERSION}
"""

_SAVING = threading.Lock()
"""Reading, changing and replacing the file is one step."""


# --- changing values --------------------------------------------------------------------------------


def key_of(dotted: str, tree: Mapping[str, Any]) -> Key:
    """Return the parts of ``models.lfm2.5.threads``; names that exist in ``tree`` may hold dots."""
    parts = dotted.split(".")
    key: list[str] = []
    section: Any = tree
    while parts:
        known = section if isinstance(section, Mapping) else {}
        lengths = range(len(parts), 0, -1)
        length = next((n for n in lengths if ".".join(parts[:n]) in known), 1)
        key.append(".".join(parts[:length]))
        section = known.get(key[-1])
        del parts[:length]
    return tuple(key)


def value_at(tree: Mapping[str, Any], key: Key) -> Any:
    """Return the value of a key; None where there is none."""
    value: Any = tree
    for part in key:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def check_changes(
    settings: Settings, changes: Mapping[str, object]
) -> tuple[Settings | None, dict[str, str]]:
    """Return the settings with the changes, or None, and what is wrong with them by dotted key.

    A problem between keys is told at the one that was changed. Pure; a millisecond.
    """
    tree = settings.model_dump()
    keys = {key_of(dotted, tree): dotted for dotted in changes}
    for key, dotted in keys.items():
        section = tree
        for part in key[:-1]:
            section = section.setdefault(part, {})
        section[key[-1]] = changes[dotted]
    changed = None
    found: list[Problem] = []
    try:
        changed = Settings.model_validate(tree)
    except ValidationError as exc:
        found = describe(exc, tree)
        found += cross_check(tree)
    texts: dict[str, str] = {}
    for problem in found:
        blamed = next((k for k in (problem.key, *problem.with_keys) if k in keys), problem.key)
        texts.setdefault(keys.get(blamed, ".".join(blamed)), problem.text)
    return changed, texts


def changed_settings(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """Return the settings with the changes (dotted keys).

    Raises:
        SettingsError: ``settings_invalid``, one line for every problem.
    """
    changed, problems = check_changes(settings, changes)
    if changed is None:
        lines = [f"{key}: {text}" for key, text in problems.items()]
        raise SettingsError(
            "settings_invalid",
            "\n".join(["These settings do not work:", *lines]),
            "Choose values in the ranges given.",
        )
    return changed


# --- the file ---------------------------------------------------------------------------------------


def save_changes(changes: Mapping[str, object], file: Path | None = None) -> Path | None:
    """Have the person's file say the changes, and nothing that equals the defaults.

    Blocks on the disk; any thread but the window's.

    Args:
        changes: dotted keys; checked before with :func:`changed_settings`.
        file: the person's file; None = the usual one. A link is followed.

    Returns:
        Where the former file was kept, if it could not be changed in place; else None.

    Raises:
        SettingsError: ``settings_not_saved``; the file is as it was.
    """
    file = paths.user_settings_file() if file is None else file
    with _SAVING, _refusals(file):
        file = file.resolve()
        text = HEADER
        layer = read_file(file, 1) if file.exists() else read_text(text, Place(str(file)))
        tree, problem = migrate(layer.tree)
        usable = not layer.flaws and not problem
        if usable and file.exists():
            text = file.read_bytes().decode("utf-8-sig")
        elif not usable:
            text, tree = HEADER, {"schema_version": SCHEMA_VERSION}
        elif tree != layer.tree | {"schema_version": tree.get("schema_version")}:
            text, usable = written(tree), False
        result, kept_comments = _changed_text(text, tree, changes)
        kept = None
        if file.exists() and not (usable and kept_comments):
            kept = keep_aside(file, "broken" if layer.flaws or problem else "before")
        if result != text or not file.exists():
            write_whole(file, result)
        return kept


def _changed_text(
    text: str, tree: Mapping[str, Any], changes: Mapping[str, object]
) -> tuple[str, bool]:
    packaged = read_file(paths.packaged_settings_file(), 0).tree
    known = packaged | {"models": packaged["models"] | dict(value_at(tree, ("models",)) or {})}
    put: dict[Key, object] = {}
    drop: list[Key] = []
    for dotted, value in changes.items():
        key = key_of(dotted, known)
        exists = key[-1] in (value_at(packaged, key[:-1]) or {})
        # A model with another engine than the packaged one starts afresh: what it lacks is not the default.
        afresh = key[0] == "models" and value_at(tree, (*key[:2], "engine")) is not None
        value = list(value) if isinstance(value, tuple) else value  # noqa: PLW2901 - YAML has lists
        if exists and value_at(packaged, key) == value and not afresh:
            drop.append(key)
        else:
            put[key] = value
    return edited(text, put=put, drop=drop)


def keep_aside(file: Path, why: str) -> Path:
    """Rename a file to ``NAME.WHY-DATE`` beside it, which needs no room on the disk; returns the new path."""
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    kept = file.with_name(f"{file.name}.{why}-{stamp}")
    number = 2
    while kept.exists():
        kept = file.with_name(f"{file.name}.{why}-{stamp}-{number}")
        number += 1
    return file.rename(kept)


def write_whole(file: Path, text: str) -> None:
    """Replace the file by the text in one step; a former file keeps its permissions."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())
        if file.exists():
            Path(name).chmod(file.stat().st_mode & 0o777)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _refusals(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        full = exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "the disk is full" if full else (exc.strerror or str(exc))
        hint = (
            "Free some space, then save again."
            if full
            else f"Check that you may write into {file.parent}, then save again."
        )
        raise SettingsError(
            "settings_not_saved", f"Your settings were not saved: {reason}.", hint
        ) from exc
