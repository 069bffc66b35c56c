"""Builds the settings from their layers and reports every problem at once.

Layers, each overriding single keys of the one before:

1. the packaged ``config/sarai.yaml``, which holds every key;
2. one file of the person: the one named by the caller, or else the per-user file when it exists;
3. the environment: ``SARAI__POOL__BUDGET_MB=1500`` for any key, ``SARAI_SET=light`` for the set.

It does not look whether the models behind the names exist; that is the catalogue's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from assistant import paths
from assistant.errors import SettingsError
from assistant.settings.checks import Problem, cross_check
from assistant.settings.migrations import migrate
from assistant.settings.schema import Settings
from assistant.settings.source import Flaw, Key, Layer, Place, read_file, read_value
from assistant.settings.wording import describe, wants_text

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "SARAI__"
SHORT_FORMS: Mapping[str, Key] = {"SARAI_SET": ("set",)}


def load_settings(
    path: Path | None = None,
    *,
    user_file: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings that hold, from the packaged file, the person's file and the environment.

    Args:
        path: a settings file that stands in for the per-user one; it may be partial. None, or the
            packaged file itself (also as ``config/sarai.yaml`` from anywhere), names no such file.
        user_file: the per-user file; None = the usual one, if it exists.
        env: the environment; None = the process's own.

    Raises:
        SettingsError: ``settings_invalid`` with one line for every problem, ``settings_missing`` or
            ``settings_unreadable`` for a file that was named but cannot be opened.
    """
    packaged = paths.packaged_settings_file()
    layers = [_migrated(read_file(packaged, 0))]
    file = _persons_file(path, user_file, packaged)
    if file is not None:
        layers.append(_migrated(read_file(file, 1)))
    merged = _merge(layers)
    merged = _merge([merged, _from_environment(os.environ if env is None else env, merged.tree)])
    settings, problems = _validate(merged.tree)
    flaws = [*merged.flaws, *(_located(problem, merged) for problem in problems)]
    if flaws or settings is None:
        raise _error(flaws)
    return settings


def _persons_file(path: Path | None, user_file: Path | None, packaged: Path) -> Path | None:
    if path is not None:
        named = paths.find_settings_file(path)
        if not (named.exists() and named.samefile(packaged)):
            return named
    if user_file is not None:
        return user_file
    usual = paths.user_settings_file()
    return usual if usual.exists() else None


def _migrated(layer: Layer) -> Layer:
    layer.tree, problem = migrate(layer.tree)
    if problem:
        key = ("schema_version",)
        layer.flaws.append(Flaw(layer.place(key), key, problem))
    return layer


def _merge(layers: Iterable[Layer]) -> Layer:
    merged = Layer()
    for layer in layers:
        merged.tree = _merge_trees(merged.tree, layer.tree, ())
        merged.places.update(layer.places)
        merged.spelled.update(layer.spelled)
        merged.flaws += layer.flaws
    return merged


def _merge_trees(base: Mapping[str, Any], over: Mapping[str, Any], key: Key) -> dict[str, Any]:
    """Lay ``over`` on ``base``; mappings merge, everything else replaces.

    A model that gets another engine starts afresh: the new one does not know the old one's keys.
    """
    result = dict(base)
    for name, value in over.items():
        below = result.get(name)
        if isinstance(below, dict) and isinstance(value, dict):
            engine = below.get("engine")
            if key != ("models",) or value.get("engine", engine) == engine:
                value = _merge_trees(below, value, (*key, name))  # noqa: PLW2901
        result[name] = value
    return result


def _from_environment(env: Mapping[str, str], tree: Mapping[str, Any]) -> Layer:
    """Return what the environment says; empty variables say nothing.

    Letters' case does not matter, and ``_`` may stand for ``-`` and ``.`` in a name that exists.
    """
    layer = Layer()
    for variable in sorted(env):
        if not env[variable].strip():
            continue
        if variable in SHORT_FORMS:
            key = SHORT_FORMS[variable]
        elif variable.upper().startswith(PREFIX):
            key = _key_of(variable[len(PREFIX) :].split("__"), tree)
        else:
            continue
        written = env[variable]
        value = written if wants_text(key, tree) else read_value(written)
        layer.spelled[key] = written
        section = layer.tree
        for depth, part in enumerate(key[:-1], start=1):
            layer.places.setdefault(key[:depth], Place(variable, None, 2))
            following = section.setdefault(part, {})
            # A variable that sets this whole section to a scalar is refused for that already.
            section = following if isinstance(following, dict) else {}
        layer.places[key] = Place(variable, None, 2)
        section[key[-1]] = value
    return layer


def _key_of(parts: list[str], tree: Mapping[str, Any]) -> Key:
    def plain(name: str) -> str:
        return name.lower().replace("-", "_").replace(".", "_")

    key: list[str] = []
    section: Any = tree
    for part in parts:
        names = section if isinstance(section, Mapping) else {}
        name = next((known for known in names if plain(known) == plain(part)), part.lower())
        key.append(name)
        section = names.get(name)
    return tuple(key)


def _validate(tree: Mapping[str, Any]) -> tuple[Settings | None, list[Problem]]:
    problems: list[Problem] = []
    settings = None
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as exc:
        problems = describe(exc, tree)
    return settings, [*problems, *cross_check(tree)]


def _located(problem: Problem, merged: Layer) -> Flaw:
    """Blame the key that was written last: that is where the person made the change."""
    keys = [problem.key, *problem.with_keys]
    place = max((merged.place(key) for key in keys), key=lambda place: place.layer)
    text = problem.text
    written = merged.spelled.get(problem.key, "")
    if written.lower() in ("yes", "no", "on", "off") and isinstance(
        _value_at(problem.key, merged.tree), bool
    ):
        text = (
            f"{text.rstrip('.')}. YAML reads {written} as true or false; '{written}' is the word."
        )
    return Flaw(place, problem.key, text)


def _value_at(key: Key, tree: Mapping[str, Any]) -> object:
    value: object = tree
    for part in key:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _error(flaws: list[Flaw]) -> SettingsError:
    lines = list(dict.fromkeys(str(flaw) for flaw in sorted(flaws, key=_order)))
    count = "one problem" if len(lines) == 1 else f"{len(lines)} problems"
    return SettingsError(
        "settings_invalid",
        "\n".join([f"The settings have {count}:", *lines]),
        f"Correct these places; {paths.packaged_settings_file()} shows every key and its range.",
    )


def _order(flaw: Flaw) -> tuple[int, str, int]:
    return flaw.place.layer, flaw.place.source, flaw.place.line or 0
