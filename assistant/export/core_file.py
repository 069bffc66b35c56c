"""Graphs of single roles become an audio core on the disk, compared with them role by role.

Owns the file and the comparison; how graphs are joined is `assistant.export.audio_core`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.errors import ModelError
from assistant.export.audio_core import merge, port
from assistant.export.compare import same
from assistant.export.examples import FULL_OF, examples_for
from assistant.export.files import growing, sizes
from assistant.export.graphs import load, size_of
from assistant.export.steps import Check, Exported, OnStep, Steps, agree, need
from assistant.export.torch_graph import run, session

NAMES: Final = ("read the graphs", "join them", "compare each role")
LENGTHS: Final = (32, 160)
"""Of made-up inputs; some graphs take only multiples of a frame."""
SHARED: Final = "Weights that are the same in several roles are kept once."


def export_audio_core(
    files: Mapping[str, Path], target: Path, on_step: OnStep, example: Path | None = None
) -> Exported:
    """Write one file that does what each role's file does, and prove it.

    Args:
        files: role → its graph.
        target: the file.
        on_step: told about each step.
        example: an .npz with inputs to compare with, named ``role/input``; without, they are made up.

    Raises:
        ModelError: a file cannot be read, they do not go together, or the result differs.
    """
    need("an audio core", "onnx", "onnxruntime")
    import onnx

    steps = Steps(NAMES, on_step)
    steps.begin(NAMES[0])
    parts = {role: load(path) for role, path in files.items()}
    original = size_of(parts)
    given = _examples(example) if example else {}
    with growing(target.parent, original * 2) as folder:
        path = folder / target.name
        steps.begin(NAMES[1])
        defaults = {
            port(role, one.name): FULL_OF[one.name]
            for role, model in parts.items()
            for one in model.graph.input
            if one.name in FULL_OF and one.name not in {w.name for w in model.graph.initializer}
        }
        onnx.save(merge(parts, defaults=defaults), path)
        steps.begin(NAMES[2])
        core = session(path)
        checks: list[Check] = []
        for role, model in parts.items():
            own = {
                name.rpartition("/")[2]: value
                for name, value in given.items()
                if name.startswith(port(role, ""))
            }
            feeds = [own] if own else [examples_for(model.graph, length) for length in LENGTHS]
            checks += _compared(role, session(files[role]), core, feeds)
        agree("the audio core", tuple(checks))
        made = sizes(folder)
    steps.end()
    return Exported("audio core", target.parent, made, original, tuple(checks), (SHARED,))


def _examples(path: Path) -> dict[str, Any]:
    try:
        with np.load(path) as file:
            return dict(file)
    except (OSError, ValueError) as exc:
        raise ModelError(
            "model_corrupt", f"{path} is no .npz file with examples.", "Make it with numpy.savez."
        ) from exc


def _compared(role: str, alone: Any, core: Any, feeds: list[dict[str, Any]]) -> list[Check]:
    names = [one.name for one in alone.get_outputs()]
    checks = []
    for number, feed in enumerate(feeds, 1):
        said = f"The graph for {role}"
        wanted = run(alone, names, feed, said)
        own = {port(role, name): value for name, value in feed.items()}
        made = run(core, [port(role, name) for name in names], own, f"{said} in the core")
        checks += [
            same(f"{name} of {role}, example {number}", one, other)
            for name, one, other in zip(names, wanted, made, strict=True)
        ]
    return checks
