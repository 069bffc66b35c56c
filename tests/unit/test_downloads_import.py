"""Importing from folders, archives and sticks: by content alone, and without any network."""

from __future__ import annotations

import errno
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import paths
from assistant.catalog.verify import check_files
from assistant.downloads.importing import Imported, import_models
from assistant.downloads.parts import arrivals_dir
from assistant.downloads.progress import PullProgress
from assistant.errors import ModelError
from tests.fakes.model_server import ModelServer, home
from tests.fakes.model_shelf import EAR, Shelf, fill

__all__ = ["home"]  # a fixture

pytestmark = pytest.mark.usefixtures("home")


class NoServer(ModelServer):
    """Only the files; it never listens, and a test that connected would fail."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return "http://127.0.0.1:9"


@pytest.fixture
def server() -> ModelServer:
    return NoServer()


@pytest.fixture
def shelf(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path / "shelf")
    return fill(server, tmp_path / "shelf")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def take(
    shelf: Shelf, source: Path, cancelled: Callable[[], bool] = lambda: False
) -> tuple[Imported, list[PullProgress]]:
    seen: list[PullProgress] = []
    return import_models(source, shelf.catalog, seen.append, cancelled), seen


def is_right(shelf: Shelf, model: str) -> bool:
    checks = check_files(shelf.catalog.entry(model))
    return all(check.ok for check in checks if "gguf" not in check.name)


def test_files_are_found_in_any_folder_under_any_name(shelf: Shelf, stick: Path) -> None:
    (stick / "a" / "b").mkdir(parents=True)
    (stick / "a" / "b" / "renamed.bin").write_bytes(shelf.contents["brain.gguf"])
    (stick / "holiday.jpg").write_bytes(b"not a model")
    found, seen = take(shelf, stick)
    assert found == Imported(("brain.gguf",), ("brain",), {})
    assert is_right(shelf, "brain")
    assert seen[-1].done_bytes == seen[-1].total_bytes
    assert (stick / "a" / "b" / "renamed.bin").exists()


def test_a_file_of_the_right_name_and_size_with_other_content_is_not_taken(
    shelf: Shelf, stick: Path
) -> None:
    (stick / "brain.gguf").write_bytes(bytes(len(shelf.contents["brain.gguf"])))
    with pytest.raises(ModelError, match="holds no file of the catalogue") as caught:
        take(shelf, stick)
    assert caught.value.code == "import_empty"
    assert not shelf.catalog.entry("brain").folder.exists()


def test_one_file_may_serve_several_models(shelf: Shelf, stick: Path) -> None:
    for name, content in shelf.contents.items():
        (stick / name).write_bytes(content)
    found, _ = take(shelf, stick)
    assert sorted(found.complete) == ["brain", "ear", "mouth"]
    assert all(is_right(shelf, model) for model in found.complete)


def test_half_a_model_is_kept_and_says_what_it_lacks(shelf: Shelf, stick: Path) -> None:
    (stick / "ear.onnx").write_bytes(shelf.contents["ear.onnx"])
    found, _ = take(shelf, stick)
    assert found.complete == ()
    assert found.incomplete == {"ear": ("words.txt",)}


def test_a_zip_is_read_without_unpacking_it_all(shelf: Shelf, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "models.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/in/it/brain.gguf", shelf.contents["brain.gguf"])
        archive.writestr("../../evil.gguf", shelf.contents["mouth.onnx"])
    found, _ = take(shelf, tmp_path / "models.zip")
    assert "brain" in found.complete
    assert is_right(shelf, "brain")
    assert not list(tmp_path.rglob("evil.gguf"))  # its own paths decide nothing


def test_the_archive_of_a_release_is_unpacked(
    shelf: Shelf, server: ModelServer, stick: Path
) -> None:
    (stick / "ear.tar.bz2").write_bytes(server.files[EAR])
    found, _ = take(shelf, stick)
    assert found.complete == ("ear",)
    assert is_right(shelf, "ear")
    assert (stick / "ear.tar.bz2").exists()


def test_one_single_file_may_be_named(shelf: Shelf, stick: Path) -> None:
    (stick / "x").write_bytes(shelf.contents["brain.gguf"])
    assert take(shelf, stick / "x")[0].complete == ("brain",)


def test_a_cache_full_of_links_is_read(shelf: Shelf, stick: Path, tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(shelf.contents["brain.gguf"])
    (stick / "brain.gguf").symlink_to(tmp_path / "blob")
    (stick / "broken").symlink_to(tmp_path / "nowhere")
    (stick / "loop").symlink_to(stick, target_is_directory=True)
    assert take(shelf, stick)[0].complete == ("brain",)
    assert not shelf.catalog.entry("brain").paths()["brain.gguf"].is_symlink()


def test_what_is_here_already_is_left_alone(shelf: Shelf, stick: Path) -> None:
    (stick / "brain.gguf").write_bytes(shelf.contents["brain.gguf"])
    take(shelf, stick)
    assert take(shelf, stick)[0] == Imported()


def test_a_damaged_file_here_is_replaced_when_its_size_is_wrong(shelf: Shelf, stick: Path) -> None:
    (stick / "brain.gguf").write_bytes(shelf.contents["brain.gguf"])
    take(shelf, stick)
    shelf.catalog.entry("brain").paths()["brain.gguf"].write_bytes(b"half")
    assert take(shelf, stick)[0].complete == ("brain",)
    assert is_right(shelf, "brain")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "import_missing"),
        (lambda path: path.mkdir(), "import_empty"),
        (lambda path: path.write_bytes(b""), "import_empty"),
        (lambda path: path.write_bytes(b"PK\x05\x06" + bytes(18)), "import_empty"),
        (lambda path: path.write_bytes(half_a_zip()), "import_empty"),
    ],
    ids=["nothing", "empty folder", "empty file", "empty zip", "half a zip"],
)
def test_what_holds_nothing_is_said_in_one_sentence(
    shelf: Shelf, tmp_path: Path, make: Callable[[Path], object], code: str
) -> None:
    source = tmp_path / "source"
    make(source)
    with pytest.raises(ModelError) as caught:
        take(shelf, source)
    assert caught.value.code == code
    assert str(source) in caught.value.message


def half_a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", bytes(1000))
    return file.getvalue()[:600]


def test_a_damaged_zip_is_said_in_one_sentence(shelf: Shelf, tmp_path: Path) -> None:
    source = tmp_path / "models.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("brain.gguf", shelf.contents["brain.gguf"])
    content = bytearray(source.read_bytes())
    content[1000:1100] = bytes(100)
    source.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read") as caught:
        take(shelf, source)
    assert caught.value.code == "import_unreadable"
    assert not shelf.catalog.entry("brain").is_here()


def test_a_stick_pulled_out_in_the_middle_is_said_in_one_sentence(
    shelf: Shelf, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / "brain.gguf").write_bytes(shelf.contents["brain.gguf"])
    real_open = Path.open

    def pulled_out(path: Path, *arguments: object) -> object:
        if path.parent == stick:
            raise OSError(errno.EIO, "Input/output error")
        return real_open(path, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", pulled_out)
    with pytest.raises(ModelError, match="Input/output error") as caught:
        take(shelf, stick)
    assert caught.value.code == "import_unreadable"


def test_too_little_room_is_said_before_anything_is_copied(
    shelf: Shelf, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / "brain.gguf").write_bytes(shelf.contents["brain.gguf"])
    full = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(ModelError, match="more must be free") as caught:
        take(shelf, stick)
    assert caught.value.code == "disk_full"


def test_cancelling_leaves_no_half_file(shelf: Shelf, stick: Path) -> None:
    (stick / "brain.gguf").write_bytes(shelf.contents["brain.gguf"])
    stages: list[str] = []
    found = import_models(
        stick,
        shelf.catalog,
        lambda report: stages.append(report.stage),
        lambda: "copying" in stages,
    )
    assert found.was_cancelled
    assert not shelf.catalog.entry("brain").is_here()
    assert list(arrivals_dir().glob("*.part")) == []
