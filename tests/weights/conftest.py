"""The folders that the gallery of impostors hangs in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant import paths
from assistant.catalog.graph_roles import CORE_ROLES


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the genuine files, and the core's parts, each in a file of its own."""
    from tests.weights.gallery import ARTEFACTS, VOICE, onnx, part_of

    folder = tmp_path_factory.mktemp("single")
    core = onnx.load(ARTEFACTS / "audio_core.onnx")
    for role in CORE_ROLES:
        onnx.save_model(part_of(core, role), folder / f"{role}.onnx")
    for name in VOICE:
        shutil.copyfile(ARTEFACTS / name, folder / name)
    return folder


@pytest.fixture
def shelf(tmp_path: Path, single: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models of its own, with the genuine voice in it, whole and in parts."""
    from tests.weights.gallery import ARTEFACTS, VOICE

    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path)
    for name in (
        VOICE
    ):  # copies: an impostor that is written in the place of a link changes the genuine file
        shutil.copyfile(ARTEFACTS / name, tmp_path / name)
    for role in CORE_ROLES:
        shutil.copyfile(single / f"{role}.onnx", tmp_path / f"{role}.onnx")
    return tmp_path
