"""What an exporter tells while it works and when it is done.

Owns those values. Shows nothing: `assistant.cli.export` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assistant.errors import ModelError


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison with the original.

    Attributes:
        name: what was compared.
        ok: whether it lies within the stated bound.
        detail: what was found and the bound, in words.
    """

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What an exporter has made.

    Attributes:
        what: of what, in words.
        folder: where the files are.
        sizes: file name → bytes.
        original_bytes: of the same weights where they came from.
        checks: all passed, or the files would not be there.
        notes: what people should know, as sentences.
    """

    what: str
    folder: Path
    sizes: dict[str, int]
    original_bytes: int
    checks: tuple[Check, ...]
    notes: tuple[str, ...] = field(default=())


OnStep = Callable[[int, int, str], None]
"""Told before each step: its number from 0, how many there are, what it is. Number = count at the end."""


class Steps:
    """Counts an exporter's steps.

    Args:
        names: of all of them, in order.
        on_step: told on the thread that works.
    """

    def __init__(self, names: tuple[str, ...], on_step: OnStep) -> None:
        self._names, self._on_step, self._done = names, on_step, 0

    def begin(self, name: str) -> None:
        """Say that this step begins; what comes before it is done."""
        self._done = self._names.index(name)
        self._on_step(self._done, len(self._names), name)

    def end(self) -> None:
        """Say that all are done."""
        self._on_step(len(self._names), len(self._names), "done")


def agree(what: str, checks: tuple[Check, ...]) -> None:
    """Return if all checks passed.

    Raises:
        ModelError: ``export_differs``, with what was found.
    """
    failed = [check for check in checks if not check.ok]
    if failed:
        found = "; ".join(f"{check.name}: {check.detail}" for check in failed)
        raise ModelError(
            "export_differs",
            f"The ONNX form of {what} does not do what the original does, so nothing was kept ({found}).",
            "Say so to the maintainers, with the model's name and the versions of torch and transformers.",
        )


def first_line(problem: BaseException) -> str:
    """Return the beginning of what a library says of a problem, for brackets in a sentence."""
    line = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
    return line[:200].rstrip(".: ")


def not_made(why: str) -> ModelError:
    """Return the error for a library that gives up."""
    return ModelError(
        "export_failed",
        f"The export did not succeed: {why}.",
        "Say so to the maintainers, with the model's name and the versions of torch and transformers.",
    )


TOOLS: Final = "Run `pip install 'sarai-assistant[train]'`."


def need(what: str, *packages: str) -> None:
    """Return if the packages are installed.

    Raises:
        ModelError: ``export_tools_missing``.
    """
    import importlib.util

    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        are = "are" if len(missing) > 1 else "is"
        raise ModelError(
            "export_tools_missing",
            f"Exporting {what} needs {' and '.join(missing)}, which {are} not installed.",
            TOOLS,
        )
