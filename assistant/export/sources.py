"""Where a model to export lies: in a folder here, or on the hub, of which only what is asked for is fetched.

Owns finding files, and reading config.json, the index of shards and single tensors. Builds no model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS: Final = "model.safetensors"
INDEX: Final = "model.safetensors.index.json"
CONFIG: Final = "config.json"

REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+")

Fetch = Callable[[str, str], Path | None]
"""Takes a repository and a file's path in it, gives the fetched file; None = the repository has none."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with a model, or a repository that turns into one file by file.

    Attributes:
        name: as the person wrote it.
        folder: where the files are, or arrive.
        fetch: brings a file of a repository; None = the folder is all there is.
    """

    name: str
    folder: Path
    fetch: Fetch | None = None

    def find(self, name: str) -> Path | None:
        """Return a file, or None if there is none of that name.

        Raises:
            ModelError: it is there and cannot be fetched.
        """
        if self.fetch is not None:
            return self.fetch(self.name, name)
        path = self.folder / name
        return path if path.is_file() else None

    def file(self, name: str) -> Path:
        """Return a file.

        Raises:
            ModelError: ``model_missing``, or it cannot be fetched.
        """
        path = self.find(name)
        if path is None:
            raise ModelError(
                "model_missing",
                f"{self.name} has no file {name}.",
                "Give the folder that holds config.json and the weights as .safetensors.",
            )
        return path

    def json(self, name: str) -> dict[str, Any]:
        """Return what a JSON file holds.

        Raises:
            ModelError: ``model_missing`` or ``model_corrupt``.
        """
        path = self.file(name)
        try:
            found = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as exc:
            raise corrupt(path) from exc
        if not isinstance(found, dict):
            raise corrupt(path)
        return found

    # --- weights --------------------------------------------------------------------------------------

    def shards(self, wanted: Callable[[str], bool]) -> list[Path]:
        """Return the files that hold the tensors whose names are wanted, and fetch no other.

        Raises:
            ModelError: there are no weights as .safetensors, or the index is no index.
        """
        if self.find(INDEX) is None:
            return [self.file(WEIGHTS)]
        index = self.json(INDEX)
        places = index.get("weight_map")
        if not isinstance(places, dict) or not all(
            isinstance(one, str) and Path(one).name == one for one in places.values()
        ):
            raise corrupt(self.folder / INDEX)
        return [self.file(one) for one in sorted({p for t, p in places.items() if wanted(t)})]

    def tensors(self, names: Collection[str]) -> dict[str, NDArray[np.float32]]:
        """Return those of the tensors that are there, as float32; reads no other, wherever they lie.

        Raises:
            ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit`` (other types than floats).
        """
        found = {}
        for path in self.shards(lambda name: name in names):
            with opened(path) as file:
                for name in file.keys():  # noqa: SIM118 - no dictionary
                    if name in names:
                        found[name] = _as_float32(file.get_tensor(name), name)
        return found


def local(path: Path) -> Source:
    """Return a folder as a source.

    Raises:
        ModelError: ``model_missing``.
    """
    if not path.is_dir():
        raise ModelError(
            "model_missing",
            f"There is no folder {path}.",
            "Give a folder with config.json and .safetensors, or a repository of the hub as OWNER/NAME.",
        )
    return Source(str(path), path)


def check_class(source: Source, config: Mapping[str, Any], *classes: str) -> str:
    """Return which of the classes the model is by its config.json.

    Raises:
        ModelError: ``model_unfit``: none of them.
    """
    said = config.get("architectures") or []
    for name in said if isinstance(said, list) else []:
        if name in classes:
            return str(name)
    what = ", ".join(map(str, said)) if said else str(config.get("model_type") or "nothing known")
    raise ModelError(
        "model_unfit",
        f"{source.name} is {what} by its config.json, not {' or '.join(classes)}.",
        "Give a model of that class; docs/export.md lists what each command takes.",
    )


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Give an open .safetensors file for a ``with`` block; its tensors come as numpy arrays.

    Raises:
        ModelError: ``model_corrupt``: it is no such file, or not all of it.
    """
    import ml_dtypes  # noqa: F401 - teaches numpy bfloat16, which such files mostly hold
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            yield file
    except (SafetensorError, OSError) as exc:
        raise corrupt(path) from exc


def corrupt(path: Path) -> ModelError:
    """Return the error for a file that is there and cannot be read."""
    return ModelError(
        "model_corrupt",
        f"{path} is damaged, or not all of it is there.",
        "Fetch the model again.",
    )


def _as_float32(value: Any, name: str) -> NDArray[np.float32]:
    import numpy as np

    if value.dtype.name not in {"float32", "float16", "bfloat16", "float64"}:
        raise ModelError(
            "model_unfit",
            f"The tensor {name} is {value.dtype.name}; only floats can be exported.",
            "Give the model as it was published, not a quantised form of it.",
        )
    number: NDArray[np.float32] = value.astype(np.float32)
    return number
