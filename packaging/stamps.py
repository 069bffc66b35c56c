"""Owns the memory of what set-up has already done; it does not do any of it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def key_of(*inputs: object) -> str:
    """One short text that changes when any of a step's inputs changes; a path stands for its content."""
    digest = hashlib.sha256()
    for value in inputs:
        if isinstance(value, Path):
            content = value.read_bytes()
        else:
            content = json.dumps(value, sort_keys=True).encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:16]


class Stamps:
    """The finished steps, kept in one JSON file beside what they made.

    A step forgets its stamp before it starts and sets it after it ends: one that was interrupted runs again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, step: str) -> dict[str, Any]:
        """What was recorded with the step; empty when it has not been done (or the file is unreadable)."""
        found = self._read().get(step, {})
        return found if isinstance(found, dict) else {}

    def is_current(self, step: str, key: str) -> bool:
        """True when the step was finished with exactly these inputs."""
        return self.note(step).get("key") == key

    def forget(self, step: str) -> None:
        """The step counts as not done from here on."""
        steps = self._read()
        if steps.pop(step, None) is not None:
            self._write(steps)

    def done(self, step: str, key: str, **details: object) -> None:
        """The step counts as done with these inputs; ``details`` must be JSON values."""
        self._write({**self._read(), step: {"key": key, **details}})

    def _read(self) -> dict[str, Any]:
        try:
            steps = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return steps if isinstance(steps, dict) else {}

    def _write(self, steps: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(json.dumps(steps, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        partial.replace(self._path)
