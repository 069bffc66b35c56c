"""How fast a set answered on this computer, as the benchmarks found.

Owns one small file in the cache. It measures nothing: `assistant bench` does, and writes here.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from assistant import paths
from assistant.catalog.entries import Record

logger = logging.getLogger(__name__)

FILE_NAME = "speed.json"


class MeasuredSpeed(Record):
    """What one bench found for one set.

    Attributes:
        median_ms: from the end of a turn to the first sound of the answer, the median.
        p95_ms: the same, 95th percentile.
        turns: how many were measured.
        measured_on: the day, ISO.
        replica: a model with random weights took part.
    """

    median_ms: float
    p95_ms: float
    turns: int
    measured_on: str
    replica: bool

    def in_words(self) -> str:
        """Return one phrase for a list of sets."""
        text = f"answers in {self.median_ms:.0f} ms (P95 {self.p95_ms:.0f} ms, {self.turns} turns)"
        return f"{text}, with replicas" if self.replica else text


def measured_speed(set_name: str) -> MeasuredSpeed | None:
    """Return what was last measured for a set, or None; a damaged file counts as none."""
    try:
        return MeasuredSpeed.model_validate(_read()[set_name])
    except (KeyError, ValidationError):
        return None


def remember_speed(
    set_name: str, median_ms: float, p95_ms: float, turns: int, *, replica: bool
) -> None:
    """Keep what a bench found; a file that cannot be written is only logged."""
    known = _read()
    known[set_name] = MeasuredSpeed(
        median_ms=round(median_ms, 1),
        p95_ms=round(p95_ms, 1),
        turns=turns,
        measured_on=datetime.now().astimezone().date().isoformat(),
        replica=replica,
    ).model_dump()
    path = _path()
    new = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(known, indent=1), encoding="utf-8")
        os.replace(new, path)  # noqa: PTH105  atomic, also over an existing file on Windows
    except OSError as exc:
        logger.info("the measured speed could not be kept: %s", exc)


def _path() -> Path:
    return paths.cache_dir() / FILE_NAME


def _read() -> dict[str, dict[str, object]]:
    try:
        known = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
