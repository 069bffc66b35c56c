"""Removing models: what goes, what stays, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import paths
from assistant.downloads.parts import arrivals_dir
from assistant.downloads.remove import plan_removal, remove
from assistant.errors import ModelError
from tests.fakes.model_server import ModelServer, home
from tests.fakes.model_shelf import Shelf, fill

__all__ = ["home"]  # a fixture

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A shelf of which everything is here."""
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path / "shelf")
    server = ModelServer.__new__(ModelServer)
    server.files = {}
    monkeypatch.setattr(ModelServer, "url", "http://127.0.0.1:9")
    shelf = fill(server, tmp_path / "shelf")
    for model in ("ear", "brain", "mouth"):
        for name, path in shelf.catalog.entry(model).paths().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(shelf.contents[name])
    return shelf


def test_a_model_goes_with_its_folder(shelf: Shelf) -> None:
    entry = shelf.catalog.entry("mouth")
    removal = remove("mouth", shelf.catalog, in_use=())
    assert removal.models == ("mouth",)
    assert removal.bytes == entry.total_bytes
    assert not entry.folder.exists()


def test_what_another_set_here_needs_stays_and_is_named(shelf: Shelf) -> None:
    removal = remove("good", shelf.catalog, in_use=())
    assert removal.models == ("brain",)
    assert removal.kept == {"ear": "is also used by Better", "mouth": "is also used by Better"}
    assert shelf.catalog.entry("ear").is_here()
    assert not shelf.catalog.entry("brain").is_here()


def test_a_set_that_is_incomplete_anyway_holds_nothing_back(shelf: Shelf) -> None:
    (shelf.file.parent / "x.gguf").unlink()  # of Better
    assert remove("good", shelf.catalog, in_use=()).models == ("ear", "brain", "mouth")


def test_what_ships_with_the_program_stays(shelf: Shelf) -> None:
    removal = remove("better", shelf.catalog, in_use=())
    assert removal.kept["shipped"] == "comes with the program"
    assert shelf.catalog.entry("shipped").is_here()
    with pytest.raises(ModelError, match="shipped comes with the program, so it stays") as caught:
        remove("shipped", shelf.catalog, in_use=())
    assert caught.value.code == "model_shipped"


def test_what_is_in_use_stays(shelf: Shelf) -> None:
    with pytest.raises(ModelError, match="brain is in use, so it stays") as caught:
        remove("brain", shelf.catalog, in_use={"brain"})
    assert caught.value.code == "model_in_use"
    assert remove("good", shelf.catalog, in_use={"brain"}).kept["brain"] == "is in use"
    assert shelf.catalog.entry("brain").is_here()


def test_unfinished_downloads_go_too(shelf: Shelf) -> None:
    sha256 = shelf.catalog.entry("brain").files[0].sha256
    arrivals_dir().mkdir(parents=True)
    part = arrivals_dir() / f"{sha256}.part"
    part.write_bytes(b"half")
    remove("brain", shelf.catalog, in_use=())
    assert not part.exists()


def test_a_file_of_the_persons_own_in_the_folder_stays(shelf: Shelf) -> None:
    own = shelf.catalog.entry("brain").folder / "notes.txt"
    own.write_text("mine")
    remove("brain", shelf.catalog, in_use=())
    assert own.read_text() == "mine"


def test_a_plan_changes_nothing(shelf: Shelf) -> None:
    plan = plan_removal("good", shelf.catalog, in_use=())
    assert shelf.catalog.entry("brain").is_here()
    assert remove("good", shelf.catalog, in_use=()) == plan


def test_removing_what_is_not_here_frees_nothing(shelf: Shelf) -> None:
    remove("brain", shelf.catalog, in_use=())
    assert remove("brain", shelf.catalog, in_use=()).bytes == 0
