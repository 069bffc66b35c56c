"""Reads ONNX files that people name, and says in one sentence what is wrong with them.

Owns that reading. Changes no graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import ModelError
from assistant.export.sources import corrupt

if TYPE_CHECKING:
    from onnx import ModelProto

MOST_BYTES: Final = 2**31 - 1
"""Of a file with its weights inside. Source: protobuf's limit for one message."""


def load(path: Path) -> ModelProto:
    """Return an ONNX file with all its weights.

    Raises:
        ModelError: ``model_missing`` or ``model_corrupt``.
    """
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    if not path.is_file():
        raise ModelError(
            "model_missing", f"There is no file {path}.", "Give the path of an ONNX file."
        )
    try:
        model: ModelProto = onnx.load(path, load_external_data=False)
        missing = _missing_data(model, path)
        if missing is None:
            onnx.load_external_data_for_model(model, str(path.parent))
    except (DecodeError, OSError, ValueError, onnx.checker.ValidationError) as exc:
        raise corrupt(path) from exc
    if missing is not None:
        raise ModelError(
            "model_missing",
            f"{path.name} keeps its weights in {missing}, which is not beside it.",
            "Put both files into one folder.",
        )
    if not model.graph.node:
        raise corrupt(path)
    return model


def size_of(parts: Mapping[str, ModelProto]) -> int:
    """Return the bytes of several graphs together.

    Raises:
        ModelError: ``model_unfit``: more than one file can hold.
    """
    total = int(sum(model.ByteSize() for model in parts.values()))
    if total > MOST_BYTES:
        raise ModelError(
            "model_unfit",
            f"The graphs are {total / 1e9:.1f} GB together, and one ONNX file holds 2 GB.",
            "Quantise them first.",
        )
    return total


def _missing_data(model: ModelProto, path: Path) -> str | None:
    """Return the name of a file with weights that is not there; None = all are."""
    for weight in model.graph.initializer:
        for entry in weight.external_data:
            if entry.key == "location" and not (path.parent / entry.value).is_file():
                return str(entry.value)
    return None
