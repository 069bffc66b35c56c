"""The real audio stack for tests: a PulseAudio server of their own, or a skip that says what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pulse import Pulse, why_not

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def pulse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulse]:
    missing = why_not()
    if missing:
        pytest.skip(missing)
    server = Pulse(tmp_path_factory.mktemp("pulse"))
    yield server
    server.stop()


@pytest.fixture
def pulse(pulse_server: Pulse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """The server, with everything plugged in, and this process pointed at it."""
    for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, pulse_server.environment[name])
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    yield pulse_server
    pulse_server.make_whole()
