"""Reads one source of settings and remembers where each key stood.

Knows YAML and lines; knows nothing of what the keys mean. YAML beyond plain mappings, lists and
scalars (anchors, merge keys, tags for objects) is refused, and so is a key written twice, of which
plain YAML silently keeps the last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

Key = tuple[str, ...]

MAX_FILE_BYTES = 1_000_000
"""A bigger settings file is a mistake (a model, a device), and would take seconds to parse."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key was written.

    Attributes:
        source: a file, or the name of an environment variable.
        line: 1-based; None for the environment or a file as a whole.
        layer: later layers win; 0 is the packaged file.
    """

    source: str
    line: int | None = None
    layer: int = 0

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One problem as the person reads it: place, key (may be empty), what is wrong."""

    place: Place
    key: Key
    text: str

    def __str__(self) -> str:
        parts = [str(self.place), ".".join(self.key), self.text]
        line = ": ".join(part for part in parts if part)
        # Foreign text may hold line breaks and terminal commands; a flaw is one harmless line.
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


@dataclass(slots=True)
class Layer:
    """What one source says.

    Attributes:
        tree: plain mappings, lists and scalars.
        places: where each key and list item stands; ``()`` is the source as a whole.
        spelled: how each scalar was written, before YAML gave it a type.
        flaws: what was wrong already while reading.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    places: dict[Key, Place] = field(default_factory=dict)
    spelled: dict[Key, str] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def place(self, key: Key) -> Place:
        """Where ``key`` stands, or the nearest key above it that stands anywhere."""
        while key and key not in self.places:
            key = key[:-1]
        return self.places[key]


def read_file(path: Path, layer: int) -> Layer:
    """Return what the file says; a file that is not YAML gives a layer with one flaw.

    Raises:
        SettingsError: ``settings_missing`` or ``settings_unreadable``.
    """
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as exc:
        raise SettingsError(
            "settings_missing",
            f"There is no settings file {path}.",
            "Check the name; without one the packaged settings are used.",
        ) from exc
    except OSError as exc:
        raise SettingsError(
            "settings_unreadable",
            f"The settings file {path} cannot be read: {exc.strerror}.",
            "Check that it is a file and that you may read it.",
        ) from exc
    place = Place(str(path), None, layer)
    if len(raw) > MAX_FILE_BYTES:
        return _flawed(place, "is too big for a settings file (more than 1 MB)")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _flawed(place, "is not text in UTF-8")
    return read_text(text, place)


def read_text(text: str, place: Place) -> Layer:
    """Return what YAML text says; ``place`` names its source."""
    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        result = Layer(places={(): place})
        reader = _Reader(loader, place, result)
        tree = {} if node is None else reader.read(node, ())
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else None
        return _flawed(Place(place.source, line, place.layer), f"is not valid YAML: {exc.problem}")
    except yaml.YAMLError as exc:
        return _flawed(place, f"is not valid YAML: {' '.join(str(exc).split())}")
    except RecursionError:
        return _flawed(place, "is nested too deeply")
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(tree, dict):
        return _flawed(place, "must be a mapping of keys to values, such as `language: en`")
    result.tree = tree
    return result


def read_value(text: str) -> object:
    """Return one YAML value, or the text itself where it is no valid YAML."""
    layer = read_text(f"value: {text}", Place(""))
    return text if layer.flaws else layer.tree.get("value", text)


_UNREADABLE = object()
"""Stands for a value that was reported already, so that it is not reported again as missing."""


def _flawed(place: Place, text: str) -> Layer:
    return Layer(places={(): place}, flaws=[Flaw(place, (), text)])


class _Reader:
    """Turns a YAML node tree into plain values, filling the layer's places on the way."""

    def __init__(self, loader: yaml.SafeLoader, place: Place, layer: Layer) -> None:
        self._loader = loader
        self._whole = place
        self._layer = layer
        self._seen: set[int] = set()

    def read(self, node: yaml.Node, key: Key) -> Any:
        if isinstance(node, yaml.ScalarNode):
            self._layer.spelled[key] = node.value
            return self._scalar(node, key)
        if id(node) in self._seen:
            self._flaw(node, key, "repeats another part by a YAML alias (*); write it out")
            return _UNREADABLE
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        items = []
        for index, item in enumerate(node.value):
            item_key = (*key, str(index))
            self._layer.places[item_key] = self._place(item)
            value = self.read(item, item_key)
            if value is not _UNREADABLE:
                items.append(value)
        return items

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            name = self._name(key_node, key)
            if name is None:
                continue
            child = (*key, name)
            if child in self._layer.places:
                first = self._layer.places[child].line
                self._flaw(key_node, child, f"is written twice; the first is in line {first}")
                continue
            self._layer.places[child] = self._place(key_node)
            value = self.read(value_node, child)
            if value is not _UNREADABLE:
                values[name] = value
        return values

    def _name(self, node: yaml.Node, parent: Key) -> str | None:
        """The key as text, or None after reporting what it is instead."""
        written = str(node.value) if isinstance(node, yaml.ScalarNode) else "a list or mapping"
        if written == "<<":
            self._flaw(node, parent, "merge keys (<<) are not supported; write the keys out")
            return None
        value = self._scalar(node, parent) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(value, str):
            return value
        self._flaw(
            node,
            parent,
            f"the key {written} is no word to YAML; put it in quotes",
        )
        return None

    def _scalar(self, node: yaml.ScalarNode, key: Key) -> object:
        try:
            return self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError) as exc:
            reason = exc.problem if isinstance(exc, yaml.MarkedYAMLError) else str(exc)
            self._flaw(node, key, f"cannot be read: {reason}")
            return _UNREADABLE

    def _place(self, node: yaml.Node) -> Place:
        return Place(self._whole.source, node.start_mark.line + 1, self._whole.layer)

    def _flaw(self, node: yaml.Node, key: Key, text: str) -> None:
        self._layer.flaws.append(Flaw(self._place(node), key, text))
