"""The catalogue of models: which there are, and which sets of them are offered.

Owns reading `models/catalogue.yaml` and refusing a wrong one. What one entry says, and where its files
lie, is `assistant.catalog.entries`; whether the files are what they should be is
`assistant.catalog.verify`'s question, and how a model is run stands in the settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from assistant import paths
from assistant.catalog.entries import CatalogEntry, CatalogFile, CatalogSet, Record
from assistant.errors import ModelError
from assistant.settings.checks import nearest
from assistant.settings.source import Layer, read_file

__all__ = ["Catalog", "CatalogEntry", "CatalogFile", "CatalogSet"]

CATALOGUE_NAME = "catalogue.yaml"

_Kind = TypeVar("_Kind", bound=Record)


class Catalog:
    """All known models and the sets of them that are offered, by id."""

    def __init__(
        self, entries: Mapping[str, CatalogEntry], sets: Mapping[str, CatalogSet] | None = None
    ) -> None:
        self.entries = dict(entries)
        self.sets = dict(sets or {})

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Return the catalogue that comes with the program, or the one in ``path``.

        Raises:
            ModelError: ``catalogue_invalid`` with one line for every problem: a wrong key or value, a
                file to download without a pin, a set that cannot be downloaded.
            SettingsError: the file is missing or unreadable.
        """
        path = path or paths.packaged_models() / CATALOGUE_NAME
        layer = read_file(path, 0)
        problems = [str(flaw) for flaw in layer.flaws]
        known = {"schema_version", "models", "sets"}
        problems += [f"{path}: unknown key {key}" for key in layer.tree if key not in known]
        if layer.tree.get("schema_version") != 1 and not problems:
            problems.append(f"{path}: schema_version must be 1")
        entries = _records(CatalogEntry, layer, "models", problems)
        sets = _records(CatalogSet, layer, "sets", problems)
        if not entries and not problems:
            problems.append(f"{path}: has no models")
        if not problems:
            for offered in sets.values():
                place = layer.place(("sets", offered.id))
                problems += [f"{place}: {offered.id}: {text}" for text in _flaws(offered, entries)]
        if problems:
            raise ModelError(
                "catalogue_invalid",
                "\n".join(["The catalogue of models has problems:", *problems]),
                "Install the program again, or correct the file.",
            )
        return cls(entries, sets)

    def entry(self, model_id: str) -> CatalogEntry:
        """Return one entry.

        Raises:
            ModelError: ``model_unknown``, naming the nearest known id.
        """
        if model_id not in self.entries:
            raise ModelError(
                "model_unknown",
                f"The catalogue has no model {model_id!r}{nearest(model_id, self.entries)}.",
                f"Known models: {', '.join(self.entries)}.",
            )
        return self.entries[model_id]

    def chosen(self, name: str) -> tuple[CatalogEntry, ...]:
        """Return the models of the offered set ``name``, or the one model of that id.

        Raises:
            ModelError: ``model_unknown``, naming the nearest known name.
        """
        if name in self.sets:
            return tuple(self.entries[model] for model in self.sets[name].models.values())
        if name in self.entries:
            return (self.entries[name],)
        known = [*self.sets, *self.entries]
        raise ModelError(
            "model_unknown",
            f"There is no set or model called {name!r}{nearest(name, known)}.",
            f"Sets: {', '.join(self.sets)}. Models: `assistant models list --all`.",
        )


def _records(
    kind: type[_Kind], layer: Layer, section: str, problems: list[str]
) -> dict[str, _Kind]:
    """Return the valid records of a section by id; what is wrong is added to ``problems``."""
    found: dict[str, _Kind] = {}
    tree = layer.tree.get(section)
    for name, record in (tree if isinstance(tree, dict) else {}).items():
        fields: Any = {"id": name, **record} if isinstance(record, dict) else record
        try:
            found[name] = kind.model_validate(fields)
        except ValidationError as exc:
            place = layer.place((section, name))
            problems += [f"{place}: {text}" for text in _sentences(name, exc)]
    return found


def _flaws(offered: CatalogSet, entries: Mapping[str, CatalogEntry]) -> Iterator[str]:
    for role, model in offered.models.items():
        entry = entries.get(model)
        if entry is None:
            yield f"there is no model {model!r}{nearest(model, entries)}"
        elif entry.role != role:
            yield f"{model} is for {entry.role}, not for {role}"
        elif entry.is_downloaded and not entry.is_pinned:
            yield f"{model} is not pinned and could not be downloaded"
    yield from (f"there is no model {name!r}" for name in offered.options if name not in entries)


def _sentences(name: str, error: ValidationError) -> list[str]:
    return [
        f"{'.'.join([name, *map(str, details['loc'])])}: {details['msg']}"
        for details in error.errors(include_url=False)
    ]
