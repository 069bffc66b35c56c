"""How each model runs best on this computer, as measuring found; kept with the machine it holds for.

Owns one small file in the cache. It measures and chooses nothing: `assistant models tune` and `assistant
bench talker` do, and write here. A machine is its processor, its usable cores and the version of the
runtime: where one of them changes, what was found no longer holds and the settings do again.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import platform
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError

from assistant import paths
from assistant.catalog.entries import Record

logger = logging.getLogger(__name__)

FILE_NAME: Final = "tuning.json"
RUNTIMES: Final = ("onnxruntime", "llama-cpp-python")
"""Distributions whose version is part of a machine."""

GraphLevel = Literal["disabled", "basic", "extended", "all"]


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


class TunedModel(Record):
    """The way of running one model that was found best, and what it cost.

    Attributes:
        threads: of one operator; for a thinker, of one token.
        graph_level: how far ONNX Runtime rewrites the graph.
        memory_arena: freed work memory is kept for the next run.
        prepacking: a reordered copy of the weights is kept.
        parallel: independent operators run side by side.
        median_ms: of one run, whatever the measurer took for one.
        memory_mb: growth of the process with it; None = not measured.
        measured_on: the day, ISO.
    """

    threads: int = Field(ge=1, le=256)
    graph_level: GraphLevel = "all"
    memory_arena: bool = True
    prepacking: bool = True
    parallel: bool = False
    median_ms: float = Field(ge=0)
    memory_mb: float | None = None
    measured_on: str = Field(default_factory=_today)


def fingerprint() -> str:
    """Return one line that is the same as long as what was measured here holds."""
    versions = " ".join(f"{name} {_version(name)}" for name in RUNTIMES)
    return f"{processor()}, {usable_cores()} cores, {versions}"


def processor() -> str:
    """Return what the processor calls itself."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load(machine: str, *, replica: bool = False) -> dict[str, TunedModel]:
    """Return what was found on a machine, by catalogue id; what is damaged counts as not there.

    Args:
        machine: a :func:`fingerprint`.
        replica: found with models of random weights, kept apart from what real ones gave.
    """
    found = {}
    for model, values in _models(_read(), machine, replica=replica).items():
        try:
            found[model] = TunedModel.model_validate(values)
        except ValidationError:
            logger.info("what was found for %s in %s is not readable", model, FILE_NAME)
    return found


def save(machine: str, chosen: Mapping[str, TunedModel], *, replica: bool = False) -> bool:
    """Keep what was found, beside what is known of other models and machines; returns whether it was kept.

    Raises nothing: a file that cannot be written is logged.
    """
    known = _read()
    models = _models(known, machine, replica=replica)
    models |= {model: tuned.model_dump() for model, tuned in chosen.items()}
    return _write(_with(known, machine, models, replica=replica))


def forget(machine: str, models: tuple[str, ...] | None = None, *, replica: bool = False) -> bool:
    """Drop what was found for these models, or for all; returns whether anything was known of them."""
    known = _read()
    old = _models(known, machine, replica=replica)
    kept = {} if models is None else {name: old[name] for name in old if name not in models}
    return kept != old and _write(_with(known, machine, kept, replica=replica))


# --- the file: machine → "real" or "replica" → catalogue id → values -------------------------------------


def _path() -> Path:
    return paths.cache_dir() / FILE_NAME


def _weights(replica: bool) -> str:
    return "replica" if replica else "real"


def _read() -> dict[str, Any]:
    try:
        known = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _models(known: Mapping[str, Any], machine: str, *, replica: bool) -> dict[str, Any]:
    here = known.get(machine)
    models = here.get(_weights(replica)) if isinstance(here, dict) else None
    return dict(models) if isinstance(models, dict) else {}


def _with(
    known: Mapping[str, Any], machine: str, models: dict[str, Any], *, replica: bool
) -> dict[str, Any]:
    here = known.get(machine)
    here = dict(here) if isinstance(here, dict) else {}
    return {**known, machine: {**here, _weights(replica): models}}


def _write(known: Mapping[str, Any]) -> bool:
    path = _path()
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(known, indent=1), encoding="utf-8")
        os.replace(new, path)  # noqa: PTH105  atomic, also over an existing file on Windows
    except OSError as exc:
        logger.info("the tuning could not be kept: %s", exc)
        return False
    return True


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "none"
