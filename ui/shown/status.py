"""The status line: which models serve, and how far their loading is.

Owns what the line says; pure. What went wrong is for `ui.shown.troubles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from PySide6.QtCore import QCoreApplication

from assistant.events import (
    Event,
    ModelLoading,
    ModelsRefused,
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)

translate = QCoreApplication.translate

Phase = Literal["starting", "loading", "ready", "restarting", "stopped"]

ROLES = 3
"""Recogniser, thinker, voice: how many models a set loads."""


@dataclass(frozen=True, slots=True)
class StatusShown:
    """The life of the worker.

    Attributes:
        phase: where it is.
        loading: role and name of the model that is being loaded.
        begun: how many models were begun to be loaded.
        models: name by role, once ready.
        load_s: seconds from process start to ready.
        fallbacks: sentences about models that did not load and what serves instead.
    """

    phase: Phase = "starting"
    loading: tuple[str, str] = ("", "")
    begun: int = 0
    models: Mapping[str, str] = field(default_factory=dict)
    load_s: float = 0.0
    fallbacks: tuple[str, ...] = ()

    @property
    def progress(self) -> float | None:
        """Share of the loading that is done, 0 to 1; None when nothing is loading."""
        if self.phase in {"ready", "stopped"}:
            return None
        return max(0, self.begun - 1) / ROLES

    def sentence(self, set_name: str) -> str:
        """Return what the line says."""
        match self.phase:
            case "starting":
                return translate("Status", "Starting…")
            case "restarting":
                return translate("Status", "Starting again…")
            case "loading":
                role, name = self.loading
                return translate("Status", "Loading the {0}: {1}").format(role_name(role), name)
            case "stopped":
                return translate("Status", "Stopped")
            case "ready":
                return translate("Status", "Ready with the set “{0}”").format(set_name)

    def details(self) -> str:
        """Return the models that serve, one a line; empty until they are ready."""
        if self.phase != "ready":
            return ""
        lines = [f"{role_name(role)}: {name}" for role, name in self.models.items()]
        lines.append(translate("Status", "Loaded in {0} s").format(f"{self.load_s:.1f}"))
        return "\n".join([*lines, *self.fallbacks])


def folded(status: StatusShown, event: Event) -> StatusShown:
    """Return the status after an event; pure."""
    match event:
        case WorkerStarting():
            phase: Phase = "restarting" if event.attempt > 1 else "starting"
            return StatusShown(phase)
        case ModelLoading():
            is_first = status.phase == "ready"  # other models, while those before serve on
            begun = 1 if is_first else status.begun + (event.role != status.loading[0])
            return replace(status, phase="loading", loading=(event.role, event.name), begun=begun)
        case WorkerReady():
            return StatusShown(
                "ready",
                models=dict(event.models),
                load_s=event.load_s,
                fallbacks=event.fallbacks,
            )
        case WorkerLost():
            return StatusShown("restarting" if event.restarting else "stopped")
        case ModelsRefused():
            return replace(status, phase="ready" if status.models else "stopped")
        case _:
            return status


def role_name(role: str) -> str:
    """Return what a role of a set is called on the screen."""
    match role:
        case "stt":
            return translate("Status", "recogniser")
        case "thinker":
            return translate("Status", "thinker")
        case "tts":
            return translate("Status", "voice")
        case _:
            return role
