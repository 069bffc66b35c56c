"""From a PyTorch module to an ONNX file, quietly, and from there to a session.

Owns the one way in which modules are traced and the settings of sessions used to compare. Knows no model.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ModelError
from assistant.export.quiet import quiet
from assistant.export.sources import Source, check_class, opened
from assistant.export.steps import first_line, not_made

if TYPE_CHECKING:
    import torch

OPSET: Final = 17
IR_VERSION: Final = 10

Axes = Mapping[str, Mapping[int, str]]
"""Input or output → number of an axis of free length → what that axis is called."""


def to_onnx(
    net: torch.nn.Module, example: tuple[Any, ...], path: Path, axes: Axes, outputs: Sequence[str]
) -> None:
    """Write what ``net`` does with the example, for any lengths of the named axes.

    Traced, not dynamo: that needs a further package and says no more. What tracing can get wrong (a length
    taken for a constant) is what every exporter's comparison at other lengths is for.

    Args:
        net: in ``eval`` mode, its inputs and outputs tensors.
        example: one tensor for each input.
        path: of the file.
        axes: the inputs in their order, then outputs with axes of free length.
        outputs: names.

    Raises:
        ModelError: ``export_failed``.
        OSError: it cannot be written.
    """
    import torch

    inputs = [name for name in axes if name not in outputs]
    try:
        with quiet(), torch.no_grad():
            torch.onnx.export(
                net,
                example,
                str(path),
                input_names=inputs,
                output_names=list(outputs),
                dynamic_axes={name: dict(named) for name, named in axes.items()},
                opset_version=OPSET,
                dynamo=False,
            )
    except OSError:
        raise
    except Exception as exc:  # whatever the model's own code raises when it is traced
        raise not_made(f"PyTorch could not write it as ONNX ({first_line(exc)})") from exc


def as_module(forward: Callable[..., Any], held: torch.nn.Module) -> torch.nn.Module:
    """Return a module that does ``forward`` with the weights of ``held``, ready to be exported."""
    import torch

    kind: Any = type(
        "Exported", (torch.nn.Module,), {"forward": lambda _self, *given: forward(*given)}
    )
    net: torch.nn.Module = kind()
    net.held = held
    return net.eval()


def describe(path: Path, metadata: Mapping[str, str]) -> None:
    """Give a file its IR version and metadata."""
    import onnx

    model = onnx.load(path)
    model.ir_version = IR_VERSION
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.save(model, path)


def pretrained(kind: Any, source: Source, config: Mapping[str, Any]) -> torch.nn.Module:
    """Return a transformers model of class ``kind`` with the source's weights, all of them, as float32.

    Raises:
        ModelError: ``model_unfit``: another class, or weights that do not fit; ``model_missing``,
            ``model_corrupt``.
    """
    import torch

    check_class(source, config, kind.__name__)
    for path in source.shards(lambda _name: True):  # here, all of them, whole
        with opened(path):
            pass
    try:
        with quiet():
            model, report = kind.from_pretrained(
                str(source.folder),
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except (OSError, ValueError, RuntimeError, TypeError) as exc:
        raise _misfit(
            source, f"its weights do not fit its config.json ({first_line(exc)})"
        ) from exc
    lacking = [*report["missing_keys"], *(key for key, *_ in report["mismatched_keys"])]
    if lacking:
        raise _misfit(source, f"it lacks {', '.join(map(str, lacking[:3]))}")
    net: torch.nn.Module = model.eval()
    return net


def _misfit(source: Source, why: str) -> ModelError:
    return ModelError(
        "model_unfit", f"{source.name} cannot be loaded: {why}.", "Fetch the model again."
    )


def session(model: Path | bytes) -> Any:
    """Return a session for comparing, of two threads, of a file or what would be in one.

    Raises:
        ModelError: ``model_unfit``: this ONNX Runtime cannot run the file.
    """
    import onnxruntime

    runtime: Any = onnxruntime  # untyped
    options = runtime.SessionOptions()
    options.intra_op_num_threads = min(2, os.cpu_count() or 1)
    options.log_severity_level = 4
    # Threads that spin take the time of others where many programs run: 120 instead of 30 s for one export.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        source = model if isinstance(model, bytes) else str(model)
        return runtime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # onnxruntime's own classes derive from nothing more precise
        name = "a part" if isinstance(model, bytes) else model.name
        raise ModelError(
            "model_unfit",
            f"ONNX Runtime cannot load {name} ({first_line(exc)}).",
            "Give an ONNX file of operators and versions it knows (`assistant doctor` shows its version).",
        ) from exc


def run(ready: Any, names: Sequence[str], feeds: Mapping[str, Any], what: str) -> list[Any]:
    """Return the outputs of a graph for made-up inputs.

    Raises:
        ModelError: ``model_unfit``: it does not take them.
    """
    try:
        found: list[Any] = ready.run(list(names), dict(feeds))
    except Exception as exc:  # onnxruntime's own classes derive from nothing more precise
        raise ModelError(
            "model_unfit",
            f"{what} cannot be run on made-up inputs, so it cannot be compared ({first_line(exc)}).",
            "An audio core takes real ones with --example FILE.npz, each named ROLE/INPUT.",
        ) from exc
    return found
