"""`assistant bench cancel` through the real worker and the starter set."""

from __future__ import annotations

from assistant.bench.cancel import measure_cancels
from assistant.settings import Settings


def test_every_cancel_is_counted_once_and_by_what_it_met(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    steps: list[None] = []
    found = measure_cancels(Settings(), 3, lambda: steps.append(None))
    assert len(steps) == 6
    assert found.replicas == ()
    runs = [figure.runs for figure in (found.reading, found.writing) if figure is not None]
    assert sum(runs) + found.too_late == 6
    assert found.reading is not None
    assert found.writing is not None
