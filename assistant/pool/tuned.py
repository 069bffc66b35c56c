"""Which threads and session options a model gets: the settings', or what was found best on this computer.

Owns that rule. A value the person changed away from the program's default holds; only where the default
stands does the tuning take its place, so nobody's choice is overruled by a measurement. Measures nothing
(`assistant.bench.tune` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from assistant.catalog import tuning
from assistant.engines.onnx_session import GraphLevel, SessionPlan
from assistant.pool.replica import is_replica
from assistant.settings import ModelSettings
from assistant.settings.default_models import default_models

if TYPE_CHECKING:
    from assistant.catalog.tuning import TunedModel
    from assistant.engines.onnx_session import SessionPlan as Plan

AXES: Final = ("threads", "memory_arena", "prepacking")
"""What settings and tuning both say."""

GRAPH_LEVELS: Final[Mapping[str, GraphLevel]] = {
    "parakeet-110m-en": "extended",
    "fastconformer-es": "extended",
}
"""By catalogue id, until it is tuned here: ``all`` for the others. What ``all`` adds is another layout for
convolutions, which 8-bit ones cannot use: 55 and 57 ms for 4 s with it, 50 and 53 without (replica, 45 runs
of each in turns, twice, 2 cores, 2026-11-21)."""


def untuned_level(model: ModelSettings) -> GraphLevel:
    """Return how far a model's graph is rewritten before anything was measured here."""
    return GRAPH_LEVELS.get(model.catalogue, "all")


def tuned_for(model: ModelSettings) -> TunedModel | None:
    """Return what was found for this model on this computer, or None; replicas have their own."""
    if not hasattr(model, "threads"):
        return None
    found = tuning.load(tuning.fingerprint(), replica=is_replica(model))
    return found.get(model.catalogue)


def chosen_by_person(model: ModelSettings) -> frozenset[str]:
    """Return those of :data:`AXES` whose value is not the program's default."""
    default = default_models().get(model.catalogue)
    return frozenset(
        axis
        for axis in AXES
        if default is None or getattr(model, axis, None) != getattr(default, axis, None)
    )


def with_tuning(model: ModelSettings, tuned: TunedModel | None) -> ModelSettings:
    """Return the model's settings with what was found, where the person has not chosen otherwise."""
    if tuned is None:
        return model
    theirs = chosen_by_person(model)
    found: dict[str, Any] = {
        axis: getattr(tuned, axis) for axis in AXES if axis not in theirs and hasattr(model, axis)
    }
    return model.model_copy(update=found)


def session_plan(model: ModelSettings, tuned: TunedModel | None) -> Plan:
    """Return how the sessions of a model in ONNX files are opened."""
    model = with_tuning(model, tuned)
    return SessionPlan(
        **{axis: getattr(model, axis) for axis in AXES},
        graph_level=tuned.graph_level if tuned else untuned_level(model),
        parallel=tuned.parallel if tuned else False,
    )
