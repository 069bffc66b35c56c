"""Settings for a program that must start: what of the person's file is usable, and what became of the rest.

Owns that gentleness, which is the window's. The command line wants `assistant.settings.load` instead, which
refuses a wrong file as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant import paths
from assistant.errors import SettingsError
from assistant.settings.checks import Problem, cross_check
from assistant.settings.load import load_settings
from assistant.settings.migrations import migrate
from assistant.settings.save import HEADER, keep_aside, write_whole
from assistant.settings.schema import Settings
from assistant.settings.source import MAX_FILE_BYTES, Key, Place, read_text
from assistant.settings.wording import describe
from assistant.settings.yaml_text import edited, written


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings to start with.

    Attributes:
        settings: always usable.
        problem: why the person's file or environment could not be used as it is; None if it could.
        kept: where the file was kept as it was; None if it was left in place.
    """

    settings: Settings
    problem: SettingsError | None = None
    kept: Path | None = None


def load_settings_or_defaults(env: Mapping[str, str] | None = None) -> LoadedSettings:
    """Return the settings in force, or the nearest usable ones.

    Wrong keys of the person's file fall back to their defaults and the right ones still hold; a file that is
    not readable as YAML counts for nothing. Either way the file is kept beside its old place as
    ``sarai.yaml.broken-DATE``, and one with the right keys takes its place. Blocks on the disk.
    """
    env = os.environ if env is None else env
    try:
        return LoadedSettings(load_settings(env=env))
    except SettingsError as exc:
        problem = exc
    try:
        settings = load_settings(env={})
    except SettingsError as exc:
        problem = exc
    else:  # the file is well: the environment says something wrong, and counts for nothing now
        return LoadedSettings(settings, problem)
    if problem.code != "settings_invalid":  # a folder in its place, or no permission
        return LoadedSettings(Settings(), _told(problem, None, "The defaults are used."))
    kept = None
    settings, text = _usable_part(paths.user_settings_file())
    try:
        file = paths.user_settings_file().resolve()
        kept = keep_aside(file, "broken")
        if text:
            write_whole(file, text)
    except OSError:
        pass  # nothing is lost: the file stands as it was, or under its new name
    what = "What is right in it is used" if text else "The defaults are used"
    return LoadedSettings(settings, _told(problem, kept, f"{what}."), kept)


def _told(problem: SettingsError, kept: Path | None, used: str) -> SettingsError:
    hint = (
        f"{used} Your file was kept as {kept}." if kept else f"{used} Your file was left as it is."
    )
    return SettingsError(problem.code, problem.message, hint)


def _usable_part(file: Path) -> tuple[Settings, str]:
    """Return the settings that the right keys of the file make, and its text with only those."""
    with file.open("rb") as handle:
        raw = handle.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:  # no settings file at all
        return Settings(), ""
    text = raw.decode("utf-8-sig", "replace")
    layer = read_text(text, Place(str(file)))
    tree, newer = migrate(layer.tree)
    leaves = dict(_leaves(tree))
    dropped: list[Key] = []
    while not newer:
        settings, problems = _laid_on_defaults(leaves)
        if settings is not None:
            break
        wrong = [key for key in leaves if any(_blames(problem, key) for problem in problems)]
        if not wrong:
            leaves.clear()
        for key in wrong:
            del leaves[key]
        dropped += wrong
    else:
        return Settings(), ""
    if not set(leaves) - {("schema_version",)}:
        return Settings(), ""
    if layer.flaws:
        right, _ = edited(HEADER, put=leaves)
    elif tree != layer.tree | {"schema_version": tree["schema_version"]}:
        right = written(tree)
    else:
        right, _ = edited(text, put={}, drop=dropped)
    return settings, right


def _leaves(tree: Mapping[str, Any], key: Key = ()) -> Iterator[tuple[Key, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*key, name))
        else:
            yield (*key, name), value


def _laid_on_defaults(leaves: Mapping[Key, object]) -> tuple[Settings | None, list[Problem]]:
    tree = Settings().model_dump()
    for key, value in leaves.items():
        section = tree
        for part in key[:-1]:
            below = section.get(part)
            if not isinstance(below, dict):
                below = section[part] = {}
            section = below
        section[key[-1]] = value
    try:
        return Settings.model_validate(tree), []
    except ValidationError as exc:
        return None, [*describe(exc, tree), *cross_check(tree)]


def _blames(problem: Problem, key: Key) -> bool:
    """Whether the problem lies at this key, above it or below it."""
    return any(
        key[: len(place)] == place or place[: len(key)] == key
        for place in (problem.key, *problem.with_keys)
    )
