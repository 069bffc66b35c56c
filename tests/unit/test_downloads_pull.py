"""Pulling sets and models: what is fetched, what is not, and in which words it is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import paths
from assistant.catalog import seals
from assistant.catalog.seals import sealed_paths
from assistant.catalog.verify import check_files
from assistant.downloads import transfer
from assistant.downloads.parts import arrivals_dir
from assistant.downloads.progress import PullProgress
from assistant.downloads.pull import mirrored, pull
from assistant.errors import ModelError
from assistant.settings.downloads import DownloadSettings
from tests.fakes.model_server import (
    Corrupt,
    ModelServer,
    Redirect,
    Stall,
    Status,
    Truncate,
    home,
    loopback,
)
from tests.fakes.model_shelf import BRAIN, EAR, MOUTH, MOUTH_WORDS, Shelf, fill, tar_of

__all__ = ["home", "loopback"]  # fixtures

pytestmark = pytest.mark.usefixtures("loopback", "home")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def shelf(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(transfer, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path / "shelf")
    return fill(server, tmp_path / "shelf")


def fetch(shelf: Shelf, name: str, **changes: object) -> list[PullProgress]:
    seen: list[PullProgress] = []
    settings = shelf.settings.model_copy(update=changes)
    assert pull(name, shelf.catalog, settings, seen.append, lambda: False)
    return seen


def refusal(shelf: Shelf, name: str, **changes: object) -> ModelError:
    with pytest.raises(ModelError) as caught:
        fetch(shelf, name, **changes)
    return caught.value


def is_right(shelf: Shelf, *models: str) -> bool:
    entries = [shelf.catalog.entry(model) for model in models]
    return all(
        check.ok for entry in entries for check in check_files(entry) if "gguf" not in check.name
    )


def leftovers() -> list[str]:
    return [path.name for path in arrivals_dir().iterdir() if path.suffix != ".lock"]


# --- what is fetched ------------------------------------------------------------------------------------


def test_a_set_arrives_from_hub_archive_and_web(shelf: Shelf, server: ModelServer) -> None:
    seen = fetch(shelf, "good")
    assert is_right(shelf, "ear", "brain", "mouth")
    assert leftovers() == []
    assert [r.path for r in server.gets()] == [EAR, BRAIN, MOUTH]
    last = seen[-1]
    assert (last.stage, last.done_bytes) == ("done", last.total_bytes)
    assert [one.done_bytes for one in seen] == sorted(one.done_bytes for one in seen)
    assert all(0 <= one.done_bytes <= one.total_bytes for one in seen)
    travelled = sum(len(server.files[path]) for path in (EAR, BRAIN, MOUTH))
    assert last.total_bytes == travelled + len(server.files[MOUTH_WORDS])  # copied from the ear


def test_a_file_that_another_model_has_is_copied_not_fetched(
    shelf: Shelf, server: ModelServer
) -> None:
    fetch(shelf, "ear")
    fetch(shelf, "mouth")
    assert is_right(shelf, "mouth")
    assert server.gets(MOUTH_WORDS) == []


def test_a_damaged_file_of_another_model_is_not_copied(shelf: Shelf, server: ModelServer) -> None:
    fetch(shelf, "ear")
    words = shelf.catalog.entry("ear").paths()["words.txt"]
    words.write_bytes(bytes(len(words.read_bytes())))
    fetch(shelf, "mouth")
    assert is_right(shelf, "mouth")
    assert len(server.gets(MOUTH_WORDS)) == 1


def test_what_is_here_is_left_alone(shelf: Shelf, server: ModelServer) -> None:
    fetch(shelf, "good")
    server.requests.clear()
    assert [one.stage for one in fetch(shelf, "good")] == ["done"]
    assert server.requests == []


def test_only_what_is_missing_or_has_another_size_is_fetched(
    shelf: Shelf, server: ModelServer
) -> None:
    fetch(shelf, "good")
    server.requests.clear()
    shelf.catalog.entry("mouth").paths()["mouth.onnx"].write_bytes(b"half")
    fetch(shelf, "good")
    assert [request.path for request in server.gets()] == [MOUTH]
    assert is_right(shelf, "ear", "brain", "mouth")


def test_an_archive_is_fetched_again_for_one_missing_file(
    shelf: Shelf, server: ModelServer
) -> None:
    fetch(shelf, "ear")
    shelf.catalog.entry("ear").paths()["words.txt"].unlink()
    fetch(shelf, "ear")
    assert is_right(shelf, "ear")
    assert leftovers() == []


def test_an_archive_cut_off_goes_on(shelf: Shelf, server: ModelServer) -> None:
    server.fail(EAR, Truncate(40_000))
    fetch(shelf, "ear")
    assert [request.first_byte for request in server.gets(EAR)] == [0, 40_000]
    assert is_right(shelf, "ear")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"ear-1/model.onnx": b"short"}, "is not the file the catalogue describes"),
        ({"ear-1/model.onnx": bytes(90_000)}, "is not the file the catalogue describes"),
        ({"ear-1/README": b"hello"}, "lacks model.onnx, tokens.txt"),
        ({"ear-1/deeper/model.onnx": b""}, "lacks model.onnx, tokens.txt"),
    ],
)
def test_an_archive_with_something_else_in_it_gives_no_file(
    server: ModelServer, tmp_path: Path, members: dict[str, bytes], sentence: str
) -> None:
    shelf = fill(server, tmp_path / "shelf", archive=tar_of(members))
    assert sentence in refusal(shelf, "ear").message
    assert not shelf.catalog.entry("ear").folder.exists()


# --- the hub --------------------------------------------------------------------------------------------


def test_the_hub_is_asked_for_the_pinned_commit_and_told_nothing(
    shelf: Shelf, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(shelf, "brain")
    head, get = server.requests
    assert (head.method, get.method) == ("HEAD", "GET")
    assert head.path == get.path == BRAIN
    assert "secret" not in str(head.headers) + str(get.headers)
    assert "torch" not in head.headers["user-agent"]


def test_other_content_on_the_hub_is_noticed_before_it_travels(
    shelf: Shelf, server: ModelServer
) -> None:
    server.files[BRAIN] = bytes(len(server.files[BRAIN]))
    assert refusal(shelf, "brain").code == "download_corrupt"
    assert server.gets() == []


def test_another_size_on_the_hub_is_noticed_before_it_travels(
    shelf: Shelf, server: ModelServer
) -> None:
    server.files[BRAIN] += b"more"
    assert "offers 250004 bytes as brain.gguf" in refusal(shelf, "brain").message
    assert server.gets() == []


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "download_refused"), (403, "download_refused"), (404, "download_gone")],
)
def test_what_the_hub_does_not_give_is_one_sentence(
    shelf: Shelf, server: ModelServer, status: int, code: str
) -> None:
    server.fail(BRAIN, Status(status))
    error = refusal(shelf, "brain")
    assert error.code == code
    assert error.message.count("\n") == 0
    assert "brain.gguf" in error.message


def test_a_hub_that_is_busy_is_asked_again(shelf: Shelf, server: ModelServer) -> None:
    server.fail(BRAIN, Status(503))
    fetch(shelf, "brain")
    assert is_right(shelf, "brain")


def test_a_hub_that_stays_busy_is_given_up(shelf: Shelf, server: ModelServer) -> None:
    server.fail(BRAIN, *[Status(503)] * 9)
    assert refusal(shelf, "brain").code == "download_failed"


def test_the_hubs_redirect_to_its_store_is_followed(shelf: Shelf, server: ModelServer) -> None:
    with ModelServer({"/store": shelf.contents["brain.gguf"]}) as store:
        server.fail(BRAIN, Redirect(f"{store.url}/store"))
        fetch(shelf, "brain")
        assert len(store.gets("/store")) == 1
    assert is_right(shelf, "brain")


# --- refusals before the first byte ---------------------------------------------------------------------


def test_a_model_without_pins_is_never_fetched(shelf: Shelf, server: ModelServer) -> None:
    error = refusal(shelf, "unknown")
    assert error.code == "model_not_pinned"
    assert error.message == "unknown cannot be downloaded yet: nobody quotes it."
    assert server.requests == []


def test_downloads_can_be_switched_off(shelf: Shelf, server: ModelServer) -> None:
    error = refusal(shelf, "good", allowed=False)
    assert error.code == "downloads_off"
    assert "models import" in error.hint
    assert server.requests == []


def test_what_is_here_needs_no_permission(shelf: Shelf) -> None:
    fetch(shelf, "good")
    assert fetch(shelf, "good", allowed=False)[-1].stage == "done"


def test_too_little_room_is_said_before_anything_is_fetched(
    shelf: Shelf, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage("/")._replace(free=200_100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    error = refusal(shelf, "good")
    assert error.code == "disk_full"
    assert re.fullmatch(
        r"good needs 200 MB on the disk of /.*: \d+ kB more must be free\.", error.message
    )
    assert error.exit_code == 3
    assert server.requests == []


def test_what_arrived_earlier_needs_no_room_again(
    shelf: Shelf, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fail(BRAIN, Truncate(200_000), *[Status(503)] * 9)
    refusal(shelf, "brain")
    server.faults.clear()
    nearly_full = shutil.disk_usage("/")._replace(free=200_060_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: nearly_full)
    fetch(shelf, "brain")
    assert server.gets(BRAIN)[-1].first_byte == 200_000


def test_a_model_that_ships_cannot_be_mended_by_a_download(shelf: Shelf) -> None:
    (shelf.file.parent / "x.gguf").unlink()
    error = refusal(shelf, "better")
    assert error.code == "model_missing"
    assert error.hint.startswith("Install the program again")


def test_an_unknown_name_gets_the_nearest_one(shelf: Shelf) -> None:
    assert "did you mean 'good'" in refusal(shelf, "goood").message


# --- wrong bytes, and the end of the process ------------------------------------------------------------


def test_wrong_bytes_never_become_a_model(shelf: Shelf, server: ModelServer) -> None:
    server.fail(MOUTH, Corrupt(59_999))
    assert refusal(shelf, "good").code == "download_corrupt"
    entry = shelf.catalog.entry("mouth")
    assert not entry.is_here()
    assert not entry.paths()["mouth.onnx"].exists()
    fetch(shelf, "good")
    assert is_right(shelf, "ear", "brain", "mouth")


PROGRAM = """
import sys
from pathlib import Path
from assistant.catalog.catalog import Catalog
from assistant.downloads.pull import pull
from assistant.settings.downloads import DownloadSettings
def tell(report):
    print(report.stage, report.done_bytes, flush=True)
pull("brain", Catalog.load(Path(sys.argv[1])), DownloadSettings(hub=sys.argv[2]), tell, lambda: False)
"""


def test_a_file_changed_since_it_arrived_is_never_loaded(shelf: Shelf) -> None:
    fetch(shelf, "brain")
    entry = shelf.catalog.entry("brain")
    path = entry.paths()["brain.gguf"]
    assert sealed_paths(entry) == {"brain.gguf": path}
    content = bytearray(path.read_bytes())
    content[77] ^= 1
    path.write_bytes(content)
    assert entry.is_here()  # its size is right
    with pytest.raises(ModelError, match=r"not loaded: brain\.gguf is not the file") as caught:
        sealed_paths(entry)
    assert caught.value.code == "model_corrupt"


def test_a_right_file_put_there_by_hand_is_loaded_and_hashed_once(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = shelf.catalog.entry("brain")
    entry.folder.mkdir(parents=True)
    entry.paths()["brain.gguf"].write_bytes(shelf.contents["brain.gguf"])
    assert sealed_paths(entry)
    monkeypatch.setattr(seals, "size_and_sha256", None)  # a second hash would fail
    assert sealed_paths(entry)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"brain.gguf": 1}', '{"brain.gguf": {"size": 1}}']
)
def test_a_damaged_seal_only_costs_a_hash(shelf: Shelf, text: str) -> None:
    fetch(shelf, "brain")
    entry = shelf.catalog.entry("brain")
    (entry.folder / seals.SEALS_NAME).write_text(text)
    assert sealed_paths(entry)
    assert (
        json.loads((entry.folder / seals.SEALS_NAME).read_text())["brain.gguf"]["size"] == 250_000
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit here")
def test_a_disk_that_takes_no_more_is_one_sentence_and_the_rest_comes_later(
    shelf: Shelf, server: ModelServer
) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    result = subprocess.run(
        [sys.executable, "-c", limited + PROGRAM, str(shelf.file), server.url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ModelError: The disk became full while brain.gguf was written to" in result.stderr
    fetch(shelf, "brain")
    assert 0 < server.gets(BRAIN)[-1].first_byte <= 100_000
    assert is_right(shelf, "brain")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_download_killed_in_the_middle_goes_on(shelf: Shelf, server: ModelServer) -> None:
    server.fail(BRAIN, Stall(150_000))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(shelf.file), server.url],
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        for line in program.stdout:
            if line.startswith("fetching") and int(line.split()[1]) == 150_000:
                os.kill(program.pid, signal.SIGKILL)
                break
    assert program.returncode == -signal.SIGKILL
    assert not shelf.catalog.entry("brain").is_here()
    fetch(shelf, "brain")
    first, second = (request.first_byte for request in server.gets(BRAIN))
    assert first == 0
    assert 140_000 < second <= 150_000  # the last few kilobytes may have been in a buffer
    assert is_right(shelf, "brain")
    assert leftovers() == []


def test_cancelling_keeps_what_came(shelf: Shelf, server: ModelServer) -> None:
    server.fail(BRAIN, Stall(100_000))
    seen: list[PullProgress] = []
    done = pull(
        "brain",
        shelf.catalog,
        shelf.settings.model_copy(update={"stall_timeout_s": 600.0}),
        seen.append,
        lambda: seen[-1].done_bytes == 100_000,
    )
    assert not done
    fetch(shelf, "brain")
    assert server.gets(BRAIN)[-1].first_byte == 100_000


# --- mirrors --------------------------------------------------------------------------------------------


def test_a_mirror_has_files_under_their_own_host() -> None:
    settings = DownloadSettings(mirror="https://mirror.example/models/")
    url = "https://host.example/a/b.tar"
    assert mirrored(url, settings) == "https://mirror.example/models/host.example/a/b.tar"
    assert mirrored(url, DownloadSettings()) == url


@pytest.mark.parametrize(
    "url", ["http://mirror.example", "ftp://x/y", "mirror.example", "https://"]
)
def test_a_mirror_that_is_not_encrypted_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        DownloadSettings(hub=url)


@pytest.mark.parametrize("url", ["https://mirror.example", "http://127.0.0.1:8080/hub"])
def test_an_encrypted_mirror_or_one_on_this_computer_is_taken(url: str) -> None:
    assert DownloadSettings(hub=url).hub == url
