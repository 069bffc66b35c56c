"""Real engines in the real worker, with a thinker's file that is missing or damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assistant.api import Assistant
from assistant.catalog.catalog import Catalog, CatalogFile
from assistant.catalog.entries import HubOrigin
from assistant.errors import ModelError
from assistant.pool.loading import CatalogLoader
from assistant.settings import Settings
from tests.fakes.tiny_gguf import write_gguf


def with_brain(home: Path, content: bytes | None) -> CatalogLoader:
    """A loader whose starter thinker is a file in the person's folder, with this content."""
    catalog = Catalog.load()
    entry = catalog.entry("sarai-starter").model_copy(
        update={
            "origin": HubOrigin(kind="hub", repository="somebody/brain", revision=None),
            "files": (brain_file(content),),
        }
    )
    if content is not None:
        folder = home / "data" / "models" / entry.id
        folder.mkdir(parents=True)
        (folder / "brain.gguf").write_bytes(content)
    return CatalogLoader(Catalog({**catalog.entries, entry.id: entry}))


def brain_file(content: bytes | None) -> CatalogFile:
    found = content or b""
    digest = hashlib.sha256(found).hexdigest()
    return CatalogFile(path="brain.gguf", bytes=len(found), sha256=digest)


def tiny_brain(tmp_path: Path) -> bytes:
    path = tmp_path / "tiny.gguf"
    write_gguf(path)
    return path.read_bytes()


@pytest.mark.allow_warnings("a model that does not load is logged")
@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda _whole: None, "model_missing"),
        (lambda _whole: b"", "model_corrupt"),
        (lambda _whole: b"this is not a GGUF file at all" * 100, "model_corrupt"),
        (lambda whole: whole[: len(whole) // 2], "model_corrupt"),
        (lambda whole: whole[:-1], "model_corrupt"),
        (lambda whole: whole[:4] + b"\xff" * (len(whole) - 4), "model_unfit"),
    ],
    ids=["missing", "empty", "text", "half", "one byte short", "impossible version"],
)
def test_a_thinker_that_cannot_be_loaded_is_a_failed_start_with_one_sentence(
    tmp_path, monkeypatch, damage, code
):
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    loader = with_brain(tmp_path, damage(tiny_brain(tmp_path)))
    with (
        Assistant(Settings(), load_engine=loader, roles=("thinker",)) as assistant,
        pytest.raises(ModelError) as caught,
    ):
        assistant.wait_until_ready()

    assert caught.value.code == code
    assert caught.value.exit_code == 3
    assert caught.value.hint
    assert "Traceback" not in caught.value.message
    assert "\n" not in caught.value.message


def test_a_sound_thinker_loads(tmp_path, monkeypatch):
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    loader = with_brain(tmp_path, tiny_brain(tmp_path))
    with Assistant(Settings(), load_engine=loader, roles=("thinker",)) as assistant:
        assert assistant.wait_until_ready().models == {"thinker": "sarai-starter"}
