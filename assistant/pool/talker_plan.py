"""How the talker's own session is opened: as `assistant bench talker` found best on this computer.

Owns that rule and the name under which the finding is kept, apart from what was found for the whole voice.
Measures nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.catalog import tuning
from assistant.pool.tuned import chosen_by_person

if TYPE_CHECKING:
    from assistant.catalog.tuning import TunedModel
    from assistant.engines.onnx_session import SessionPlan
    from assistant.settings import TalkerSettings


def tuning_key(voice: str) -> str:
    """Return under which name the finding for the talker of a voice (catalogue id) is kept."""
    return f"{voice}/talker"


def tuned_talker(voice: str) -> TunedModel | None:
    """Return what was found for the talker of a voice on this computer, or None."""
    return tuning.load(tuning.fingerprint()).get(tuning_key(voice))


def talker_plan(model: TalkerSettings, plan: SessionPlan, found: TunedModel | None) -> SessionPlan:
    """Return the plan of the talker's session.

    Args:
        model: of the voice. Threads that the person chose are the most that the talker gets.
        plan: of the voice's other sessions, which holds for whatever was not found.
        found: see :func:`tuned_talker`.
    """
    if found is None:
        return plan
    threads = found.threads
    if "threads" in chosen_by_person(model):
        threads = min(threads, model.threads)
    return replace(plan, threads=threads, graph_level=found.graph_level, parallel=found.parallel)
