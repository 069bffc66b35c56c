"""One role of an ONNX file, run by itself: a file of its own, or one role of an audio core.

Owns the way from names of a role to those in the file. What goes in and comes out is the caller's business;
that no other role runs is the file's (its roles are branches: docs/export.md).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.engines.onnx_session import SessionPlan, open_session
from assistant.errors import ModelError

logger = logging.getLogger(__name__)


class RoleGraph:
    """A loaded role; one thread at a time.

    Args:
        path: the ONNX file.
        role: in words for errors.
        names: of the role's inputs and outputs → those in the file; a name that is not there is the same.
        plan: threads and memory.

    Raises:
        ModelError: ``model_missing`` or ``model_corrupt``.
    """

    def __init__(
        self,
        path: Path,
        role: str,
        *,
        names: Mapping[str, str] | None = None,
        plan: SessionPlan | None = None,
    ) -> None:
        self._path = path
        self._role = role
        self._names = dict(names or {})
        plan = plan or SessionPlan()
        self._session: Any = open_session(path, plan, role, inputs=(), outputs=())

    def run(self, feeds: Mapping[str, NDArray[Any]], outputs: Sequence[str]) -> list[NDArray[Any]]:
        """Return the named outputs.

        Raises:
            ModelError: ``model_unfit``: it has no such inputs or outputs, or fails on these.
        """
        import onnxruntime

        runtime: Any = onnxruntime  # untyped
        options = runtime.RunOptions()
        options.log_severity_level = 4  # what goes wrong is raised; nothing else may print
        own = {self._names.get(name, name): value for name, value in feeds.items()}
        try:
            found = self._session.run(
                [self._names.get(name, name) for name in outputs], own, options
            )
        except Exception as exc:  # onnxruntime's own classes derive from nothing more precise
            logger.info("%s does not run as %s: %s", self._path, self._role, exc)
            raise ModelError(
                "model_unfit",
                f"{self._path.name} loads, but fails when it is run as {self._role}.",
                "Use the files the catalogue names (`assistant models list`).",
            ) from exc
        return [np.asarray(one) for one in found]
