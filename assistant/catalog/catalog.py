"""The catalogue of models: what each is, whose it is, which files it has and where they lie.

Owns the typed form of `models/catalogue.yaml` and the way from an entry to files on this machine. It
looks only whether files are there and as big as they should be; what is inside them is
`assistant.catalog.verify`'s question, and how a model is run stands in the settings.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from assistant import paths
from assistant.errors import ModelError
from assistant.settings.checks import nearest
from assistant.settings.source import read_file

CATALOGUE_NAME = "catalogue.yaml"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class CatalogFile(_Record):
    """One file of a model.

    Attributes:
        path: relative to the folder of shipped models, to ``package``, or to the downloaded model.
        package: the installed Python package that carries the file; None = see ``path``.
        text: lines may end as the system writes them (pocketsphinx's wheel for Windows has CR LF);
            size and hash are those with LF.
        bytes: its exact size; None = not pinned yet, which verification refuses.
        sha256: of its content; None = not pinned yet.
    """

    path: str = Field(min_length=1)
    package: str | None = None
    text: bool = False
    bytes: int | None = Field(default=None, ge=0)
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _stays_inside(self) -> Self:
        path = Path(self.path)
        if path.is_absolute() or ".." in path.parts or "\\" in self.path:
            raise ValueError(f"{self.path!r} must be a relative path with / and without ..")
        return self

    @property
    def name(self) -> str:
        """The last part of the path, by which engines ask for the file."""
        return Path(self.path).name


class Quality(_Record):
    """One measured figure.

    Attributes:
        measure: what was measured, in words.
        value: the figure, in ``unit``.
        measured_on: on which test data.
        source: who measured, and with what.
    """

    measure: str
    value: float
    unit: str
    measured_on: str
    source: str


class Signature(_Record):
    """What the file must say about itself; None = not checked.

    Attributes:
        architecture: of a GGUF, its ``general.architecture``.
    """

    architecture: str | None = None


class CatalogEntry(_Record):
    """One model.

    Attributes:
        id: its name in the catalogue; the settings refer to it.
        licence: SPDX identifier, or the licence's name.
        restricts_commercial_use: whether that licence does.
        source: in words, where the files come from.
        repository: where a download comes from; None = it comes with the program.
        revision: exact revision of ``repository``.
        memory_mb: measured growth of the process when loaded and used; None = not measured yet.
        rate_hz: audio rate the model works at.
    """

    id: ModelId
    role: Literal["stt", "thinker", "tts", "vad"]
    engine: str
    title: str
    languages: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    licence: str
    restricts_commercial_use: bool
    source: str
    repository: str | None = None
    revision: str | None = None
    files: Annotated[tuple[CatalogFile, ...], Field(strict=False, min_length=1)]
    memory_mb: int | None = Field(default=None, ge=0)
    rate_hz: int | None = Field(default=None, ge=8000, le=48_000)
    quality: Annotated[tuple[Quality, ...], Field(strict=False)] = ()
    signature: Signature = Signature()

    @model_validator(mode="after")
    def _names_and_revision(self) -> Self:
        names = [file.name for file in self.files]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two files are called {', '.join(twice)}")
        if (self.repository is None) != (self.revision is None):
            raise ValueError("repository and revision belong together")
        return self

    @property
    def total_bytes(self) -> int | None:
        """The size of all files, or None while one is not pinned."""
        sizes = [file.bytes for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def paths(self) -> dict[str, Path]:
        """Return where each file should be, by file name, whether or not it is there."""
        return {file.name: self._folder(file) / file.path for file in self.files}

    def resolve(self) -> dict[str, Path]:
        """Return where each file is, by file name.

        Raises:
            ModelError: ``model_missing`` when a file is not there, ``model_corrupt`` when one has another
                size than the catalogue says (half a download).
        """
        found = self.paths()
        missing = [name for name, path in found.items() if not path.is_file()]
        if missing:
            raise ModelError(
                "model_missing",
                f"The model {self.id} is not here: {', '.join(missing)} missing.",
                self._how_to_get(),
            )
        for file in self.files:
            if file.text:
                continue  # its size depends on the system; verification reads it
            size = found[file.name].stat().st_size
            if file.bytes is not None and size != file.bytes:
                raise ModelError(
                    "model_corrupt",
                    f"The model {self.id} is damaged: {file.name} has {size} bytes"
                    f" instead of {file.bytes}.",
                    self._how_to_get(),
                )
        return found

    def _folder(self, file: CatalogFile) -> Path:
        if file.package is not None:
            spec = importlib.util.find_spec(file.package)
            # A folder that cannot exist, so that the file is reported as missing.
            return (
                Path(spec.origin).parent if spec and spec.origin else Path(file.package, "absent")
            )
        if self.repository is not None:
            return paths.data_dir() / "models" / self.id
        return paths.packaged_models()

    def _how_to_get(self) -> str:
        packages = sorted({file.package for file in self.files if file.package})
        if self.repository is not None:
            return f"Run `assistant models pull {self.id}`."
        if packages:
            return f"Install {' and '.join(packages)} again ({self.source})."
        return f"Install the program again, or restore the files ({self.source})."


class Catalog:
    """All known models, by id."""

    def __init__(self, entries: Mapping[str, CatalogEntry]) -> None:
        self.entries = dict(entries)

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Return the catalogue that comes with the program, or the one in ``path``.

        Raises:
            ModelError: ``catalogue_invalid`` with one line for every problem.
            SettingsError: the file is missing or unreadable.
        """
        path = path or paths.packaged_models() / CATALOGUE_NAME
        layer = read_file(path, 0)
        problems = [str(flaw) for flaw in layer.flaws]
        known = {"schema_version", "models"}
        problems += [f"{path}: unknown key {key}" for key in layer.tree if key not in known]
        if layer.tree.get("schema_version") != 1 and not problems:
            problems.append(f"{path}: schema_version must be 1")
        models = layer.tree.get("models")
        entries: dict[str, CatalogEntry] = {}
        for model_id, record in (models if isinstance(models, dict) else {}).items():
            try:
                entries[model_id] = _entry(model_id, record)
            except ValidationError as exc:
                place = layer.place(("models", model_id))
                problems += [f"{place}: {text}" for text in _sentences(model_id, exc)]
        if not entries and not problems:
            problems.append(f"{path}: has no models")
        if problems:
            raise ModelError(
                "catalogue_invalid",
                "\n".join(["The catalogue of models has problems:", *problems]),
                "Install the program again, or correct the file.",
            )
        return cls(entries)

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


def _entry(model_id: str, record: object) -> CatalogEntry:
    fields: Any = {"id": model_id, **record} if isinstance(record, dict) else record
    return CatalogEntry.model_validate(fields)


def _sentences(model_id: str, error: ValidationError) -> list[str]:
    return [
        f"{'.'.join([model_id, *map(str, details['loc'])])}: {details['msg']}"
        for details in error.errors(include_url=False)
    ]
