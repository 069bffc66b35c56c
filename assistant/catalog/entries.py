"""What the catalogue says of one model: whose it is, which files it has, where they come from.

Owns the typed form of an entry and the way to its files on this machine. It fetches nothing
(`assistant.downloads` does) and looks into no file (`assistant.catalog.verify` does).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from assistant import paths
from assistant.errors import ModelError

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Repository = Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$", max_length=140)]
SecureUrl = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+/\S+$")]
ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
Role = Literal["stt", "thinker", "tts", "endpoint"]

MODELS_FOLDER = "models"
"""Below the folder of the person's data: one folder for each downloaded model, named by its id."""


class Record(BaseModel):
    """A mapping that refuses unknown keys, wrong types, NaN and later changes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class HubOrigin(Record):
    """A repository on a model hub.

    Attributes:
        revision: the exact commit; None = our sources quote none, and the hashes alone pin the files.
    """

    kind: Literal["hub"]
    repository: Repository
    revision: Commit | None


class WebOrigin(Record):
    """Single files under one address, such as the attachments of a release."""

    kind: Literal["web"]
    base: SecureUrl


class ArchiveOrigin(Record):
    """A tar file that holds the files of the model, all in one folder.

    Attributes:
        bytes: its size; None = our sources quote none, and the hash alone pins it.
    """

    kind: Literal["archive"]
    url: SecureUrl
    bytes: int | None = Field(ge=1)
    sha256: Sha256


Origin = Annotated[HubOrigin | WebOrigin | ArchiveOrigin, Field(discriminator="kind")]


class CatalogFile(Record):
    """One file of a model.

    Attributes:
        path: relative to the folder of shipped models, to ``package``, or to the downloaded model.
        package: the installed Python package that carries the file; None = see ``path``.
        text: lines may end as the system writes them (pocketsphinx's wheel for Windows has CR LF);
            size and hash are those with LF.
        remote: its path where it comes from; None = the same as ``path``.
        origin: where it comes from, if not from where the rest of the model does.
        bytes: its exact size; None = not pinned yet, which verification refuses.
        sha256: of its content; None = not pinned yet.
    """

    path: str = Field(min_length=1)
    package: str | None = None
    text: bool = False
    remote: str | None = None
    origin: Origin | None = None
    bytes: int | None = Field(default=None, ge=0)
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _stays_inside(self) -> Self:
        for path in filter(None, (self.path, self.remote)):
            pure = PurePosixPath(path)
            if pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path:
                raise ValueError(f"{path!r} must be a relative path with / and without ..")
        return self

    @property
    def name(self) -> str:
        """The last part of the path, by which engines ask for the file."""
        return PurePosixPath(self.path).name

    @property
    def remote_path(self) -> str:
        """Its path where it comes from."""
        return self.remote or self.path

    @property
    def is_pinned(self) -> bool:
        """Whether its size and content are known beforehand."""
        return self.bytes is not None and self.sha256 is not None


class Figure(Record):
    """One figure, and how one knows.

    Attributes:
        measure: what was measured, in words.
        value: the figure, in ``unit``.
        measured_on: on which test data, or which machine.
        source: who measured, and with what.
        replica: measured with a model of the same shape and size but random weights.
    """

    measure: str
    value: float
    unit: str
    measured_on: str
    source: str
    replica: bool = False

    def in_words(self) -> str:
        """Return one line: the figure, on what, and who says so."""
        figure = f"{self.measure}: {self.value:g} {self.unit}".rstrip()
        return f"{figure} ({self.measured_on}; {self.source})"


class Tensor(Record):
    """One input or output of a graph; an axis of free length has a name instead of a number."""

    type: Literal["float32", "int64", "int32", "bool"]
    shape: Annotated[tuple[int | str, ...], Field(strict=False)]


class Graph(Record):
    """What one ONNX file takes and gives; ``states`` beyond these are allowed when true."""

    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    states: bool = False


class Signature(Record):
    """What the files must say about themselves; None or empty = not checked.

    Attributes:
        architecture: of a GGUF, its ``general.architecture``.
        graphs: of ONNX files, by file name.
    """

    architecture: str | None = None
    graphs: Mapping[str, Graph] = Field(default_factory=dict)


class CatalogEntry(Record):
    """One model.

    Attributes:
        id: its name in the catalogue; the settings refer to it.
        summary: one sentence for someone who chooses; may be empty.
        licence: SPDX identifier, or the licence's name.
        licence_note: what is unusual about the licence, in plain words; empty = nothing.
        restricts_commercial_use: whether that licence does.
        source: in words, where the files come from.
        origin: where a download comes from; None = it comes with the program.
        not_pinned_because: why hashes are missing; such a model is shown, but never downloaded.
        memory_mb: growth of the process when loaded and used; None = not measured yet.
        memory_source: how one knows; empty = measured here with the model itself.
        rate_hz: audio rate the model works at.
    """

    id: ModelId
    role: Role
    engine: str
    title: str
    summary: str = ""
    languages: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    licence: str
    licence_note: str = ""
    restricts_commercial_use: bool
    source: str
    origin: Origin | None = None
    not_pinned_because: str | None = None
    files: Annotated[tuple[CatalogFile, ...], Field(strict=False, min_length=1)]
    memory_mb: int | None = Field(default=None, ge=0)
    memory_source: str = ""
    rate_hz: int | None = Field(default=None, ge=8000, le=48_000)
    speed: Annotated[tuple[Figure, ...], Field(strict=False)] = ()
    quality: Annotated[tuple[Figure, ...], Field(strict=False)] = ()
    signature: Signature = Signature()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [file.name for file in self.files]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two files are called {', '.join(twice)}")
        if self.origin is None and any(file.origin for file in self.files):
            raise ValueError("a file has an origin, but the model has none")
        if self.origin is not None and any(file.package for file in self.files):
            raise ValueError("a model is either downloaded or in a package, not both")
        unpinned = [file.name for file in self.files if not file.is_pinned]
        if self.origin is not None and bool(unpinned) != bool(self.not_pinned_because):
            raise ValueError(
                f"no pin for {', '.join(unpinned)}: give bytes and sha256, or say not_pinned_because"
                if unpinned
                else "everything is pinned, so not_pinned_because is wrong"
            )
        strange = sorted(set(self.signature.graphs) - set(names))
        if strange:
            raise ValueError(f"the signature names files that are not there: {', '.join(strange)}")
        return self

    @property
    def total_bytes(self) -> int | None:
        """The size of all files, or None while one is not pinned."""
        sizes = [file.bytes for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def is_downloaded(self) -> bool:
        """Whether its files are fetched by the person, not shipped with the program."""
        return self.origin is not None

    @property
    def is_pinned(self) -> bool:
        """Whether every file's size and content are known beforehand."""
        return all(file.is_pinned for file in self.files)

    @property
    def folder(self) -> Path:
        """Where the files of a downloaded model lie."""
        return paths.data_dir() / MODELS_FOLDER / self.id

    def path_of(self, file: CatalogFile) -> Path:
        """Where one file should be, whether or not it is there."""
        if file.package is not None:
            spec = importlib.util.find_spec(file.package)
            # A folder that cannot exist, so that the file is reported as missing.
            origin = spec.origin if spec else None
            folder = Path(origin).parent if origin else Path(file.package, "absent")
            return folder / file.path
        if self.is_downloaded:
            return self.folder / file.path
        return paths.packaged_models() / file.path

    def paths(self) -> dict[str, Path]:
        """Return where each file should be, by file name, whether or not it is there."""
        return {file.name: self.path_of(file) for file in self.files}

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

    def is_here(self) -> bool:
        """Whether every file is on this machine with the right size."""
        try:
            self.resolve()
        except ModelError:
            return False
        return True

    def _how_to_get(self) -> str:
        packages = sorted({file.package for file in self.files if file.package})
        if self.is_downloaded:
            return f"Run `assistant models pull {self.id}`."
        if packages:
            return f"Install {' and '.join(packages)} again ({self.source})."
        return f"Install the program again, or restore the files ({self.source})."


class CatalogSet(Record):
    """One offer: a model for each role that go well together.

    Attributes:
        id: the same name as in the settings' ``sets``.
        title: for a shop window.
        summary: one or two sentences for someone who chooses.
        stt, thinker, tts: ids of the models.
        options: ids of models that may take a role instead.
    """

    id: ModelId
    title: str
    summary: str
    stt: ModelId
    thinker: ModelId
    tts: ModelId
    options: Annotated[tuple[ModelId, ...], Field(strict=False)] = ()

    @property
    def models(self) -> dict[str, str]:
        """The id of the model in each role."""
        return {"stt": self.stt, "thinker": self.thinker, "tts": self.tts}
