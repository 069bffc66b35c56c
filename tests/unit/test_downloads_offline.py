"""Looking at models opens no connection, and does not even load what could."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fakes.model_server import home

__all__ = ["home"]  # a fixture

LOOK = """
import sys
from assistant.api import models
models.sets(); models.models(); models.parts("standard")
models.verify("starter"); models.plan_removal("light")
able = {"httpx2", "httpcore2", "huggingface_hub", "ssl", "asyncio", "requests", "urllib3", "http.client"}
print(sorted(able & sys.modules.keys()))
"""


@pytest.mark.usefixtures("home")
def test_looking_at_models_loads_nothing_that_could_connect() -> None:
    result = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.stderr == ""
    assert result.stdout.strip() == "[]"


def test_the_worker_never_loads_the_downloader() -> None:
    look = "import sys, assistant.worker.main; print([m for m in sys.modules if 'downloads' in m])"
    result = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=False, timeout=60
    )
    assert "assistant.downloads" not in result.stdout.replace("assistant.settings.downloads", "")
