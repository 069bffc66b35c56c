"""Downloads from a bad server end in the right file or in one plain sentence, and never in half a file."""

from __future__ import annotations

import errno
import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import filelock
import pytest

from assistant import paths
from assistant.downloads import transfer as transfer_module
from assistant.downloads.http import check_redirect
from assistant.downloads.parts import Part, arrivals_dir
from assistant.downloads.progress import PullProgress, Reporter
from assistant.downloads.transfer import Wanted, transfer
from assistant.errors import ModelError
from assistant.settings.downloads import DownloadSettings
from tests.fakes.model_server import (
    Compressed,
    Corrupt,
    IgnoreRange,
    ModelServer,
    NoLength,
    Redirect,
    Stall,
    Status,
    TooMuch,
    Truncate,
    WrongRange,
    home,
    loopback,
)
from tests.fakes.model_shelf import some_bytes

__all__ = ["home", "loopback"]  # fixtures

CONTENT = some_bytes(5, 300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PATH = "/model.bin"

pytestmark = pytest.mark.usefixtures("loopback", "home")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer({PATH: CONTENT}) as server:
        yield server


class Download:
    """One download into ``target``, as often as a test likes."""

    def __init__(self, server: ModelServer, folder: Path) -> None:
        self.server = server
        self.target = folder / "models" / "a-model" / "model.bin"
        self.seen: list[PullProgress] = []
        self.pauses: list[float] = []
        self.cancelled: Callable[[], bool] = lambda: False
        self.during_pause: Callable[[], None] = lambda: None
        self.settings = DownloadSettings(stall_timeout_s=1.0, attempts=3)

    def run(self, **changes: Any) -> bool:
        fields = {"url": self.server.url + PATH, "sha256": SHA256, "bytes": len(CONTENT)}
        wanted = Wanted("model.bin", **{**fields, **changes})
        reporter = Reporter("test", len(CONTENT), self.seen.append, self._is_cancelled)
        return transfer(wanted, self.target, self.settings, reporter, pause=self._pause)

    def _is_cancelled(self) -> bool:
        return self.cancelled()  # whatever it is by then

    def _pause(self, seconds: float, cancelled: Callable[[], bool]) -> bool:
        self.pauses.append(seconds)
        self.during_pause()
        return not cancelled()

    @property
    def starts(self) -> list[int]:
        return [request.first_byte for request in self.server.gets()]

    @property
    def part(self) -> Path:
        return arrivals_dir() / f"{SHA256}.part"

    def is_complete(self) -> bool:
        leftovers = [path.name for path in arrivals_dir().iterdir() if path.suffix != ".lock"]
        return self.target.read_bytes() == CONTENT and leftovers == []


@pytest.fixture
def download(server: ModelServer, home: Path) -> Download:
    return Download(server, home / "data")


# --- good servers ---------------------------------------------------------------------------------------


def test_a_file_arrives_whole_and_in_one_request(download: Download) -> None:
    assert download.run()
    assert download.is_complete()
    assert download.starts == [0]
    last = download.seen[-1]
    assert last.done_bytes == last.total_bytes == len(CONTENT)


def test_a_file_that_is_here_is_not_fetched_again(download: Download) -> None:
    download.run()
    assert download.run()
    assert download.starts == [0]


def test_a_server_that_does_not_say_how_long_the_file_is_will_do(download: Download) -> None:
    download.server.fail(PATH, NoLength())
    assert download.run(bytes=None)
    assert download.is_complete()


def test_redirects_are_followed_and_the_piece_is_asked_for_again_there(download: Download) -> None:
    with ModelServer({"/other": CONTENT}) as other:
        location = other.url.replace("127.0.0.1", "localhost") + "/other"
        download.server.fail(PATH, Redirect(location), Redirect(location))
        other.fail("/other", Truncate(100_000))
        assert download.run()
        assert [request.first_byte for request in other.gets()] == [0, 100_000]
    assert download.is_complete()


def test_no_token_cookie_or_trace_of_the_person_is_sent(download: Download) -> None:
    download.run()
    headers = dict(download.server.requests[0].headers)
    assert headers.pop("user-agent").startswith("sarai-assistant/")
    assert headers.keys() <= {"host", "accept", "accept-encoding", "connection"}
    assert headers["accept-encoding"] == "identity"


# --- bad servers that get there in the end --------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "second_start"),
    [
        (Truncate(100_000), 100_000),
        (Truncate(0), 0),
        (Truncate(100_000, has_length=False), 100_000),
        (Stall(100_000), 100_000),
        (Status(500), 0),
        (Status(502), 0),
        (Status(503), 0),
        (Status(504), 0),
        (Status(429), 0),
        (Status(408), 0),
        (Compressed(), 0),
        (TooMuch(), 0),
    ],
    ids=repr,
)
def test_after_a_fault_the_next_attempt_goes_on(
    download: Download, fault: object, second_start: int
) -> None:
    download.server.fail(PATH, fault)
    assert download.run()
    assert download.is_complete()
    assert download.starts == [0, second_start]


def test_every_piece_may_be_cut_short_as_long_as_something_comes(download: Download) -> None:
    download.server.fail(PATH, *[Truncate(20_000)] * 14)
    assert download.run()
    assert download.starts == [*range(0, 300_000, 20_000)]
    assert download.is_complete()


def test_an_unknown_size_is_fetched_to_the_announced_end(download: Download) -> None:
    download.server.fail(PATH, Truncate(100_000))
    assert download.run(bytes=None)
    assert download.is_complete()


def begun(download: Download, count: int = 100_000) -> None:
    """An earlier attempt that left ``count`` bytes."""
    download.settings = DownloadSettings(stall_timeout_s=1.0, attempts=1)
    download.server.fail(PATH, Truncate(count), Status(503))
    with pytest.raises(ModelError):
        download.run()
    assert download.part.stat().st_size == count
    download.server.requests.clear()
    download.settings = DownloadSettings(stall_timeout_s=1.0, attempts=3)


def test_a_later_run_goes_on_with_the_version_it_had(download: Download) -> None:
    begun(download)
    assert download.run()
    (request,) = download.server.gets()
    assert request.first_byte == 100_000
    assert request.headers["if-range"] == f'"{SHA256}"'
    assert download.is_complete()


def test_progress_counts_what_an_earlier_run_left(download: Download) -> None:
    begun(download)
    download.seen.clear()
    download.run()
    fetching = [one.done_bytes for one in download.seen if one.stage == "fetching"]
    assert fetching[0] == 100_000
    assert fetching == sorted(fetching)


@pytest.mark.parametrize("fault", [IgnoreRange(), WrongRange(), Status(416)], ids=repr)
def test_a_server_that_cannot_go_on_is_asked_from_the_start(
    download: Download, fault: object
) -> None:
    begun(download)
    download.server.fail(PATH, fault)
    assert download.run()
    assert download.is_complete()
    assert max(one.done_bytes for one in download.seen) == len(CONTENT)


def test_another_version_on_the_server_makes_it_begin_again(download: Download) -> None:
    begun(download)
    download.server.etags[PATH] = '"another"'
    assert download.run()
    assert download.starts == [100_000]  # If-Range made the server send the whole file
    assert download.is_complete()


def test_a_weak_etag_is_not_relied_on(download: Download) -> None:
    download.server.etags[PATH] = 'W/"weak"'
    begun(download)
    assert download.run()
    assert "if-range" not in download.server.gets()[0].headers
    assert download.is_complete()


def test_a_part_damaged_on_the_disk_costs_a_second_download_and_nothing_else(
    download: Download,
) -> None:
    begun(download)
    with download.part.open("r+b") as part:
        part.write(b"\0\0\0\0")
    assert download.run()
    assert download.starts == [100_000, 0]
    assert download.is_complete()


def test_a_part_that_is_complete_already_is_only_checked(download: Download) -> None:
    begun(download)
    download.part.write_bytes(CONTENT)
    assert download.run()
    assert download.starts == []
    assert download.is_complete()


def test_a_complete_part_of_unknown_size_is_recognised_by_its_hash(download: Download) -> None:
    begun(download)
    download.part.write_bytes(CONTENT)
    assert download.run(bytes=None)
    assert download.starts == []
    assert download.is_complete()


def test_pieces_of_two_answers_that_do_not_fit_are_fetched_once_more(download: Download) -> None:
    download.server.fail(PATH, Truncate(100_000), Corrupt(200_000))
    assert download.run()
    assert download.starts == [0, 100_000, 0]
    assert download.is_complete()


def test_nothing_is_left_of_a_download_that_never_began(download: Download) -> None:
    download.server.fail(PATH, Status(404))
    with pytest.raises(ModelError):
        download.run()
    assert not download.part.exists()


def test_a_part_that_is_too_long_is_thrown_away(download: Download) -> None:
    begun(download)
    download.part.write_bytes(CONTENT + b"x")
    assert download.run()
    assert download.starts == [0]
    assert download.is_complete()


# --- how it waits ---------------------------------------------------------------------------------------


def test_pauses_grow_while_nothing_comes(download: Download) -> None:
    download.settings = DownloadSettings(attempts=5)
    download.server.fail(PATH, *[Status(503)] * 4)
    assert download.run()
    assert download.pauses == [1.0, 2.0, 4.0, 8.0]
    notes = [one.note for one in download.seen if one.stage == "waiting"]
    assert notes[0] == "127.0.0.1: it answered HTTP 503; next attempt in 1 s"


def test_a_server_that_says_when_to_come_back_is_obeyed(download: Download) -> None:
    download.server.fail(PATH, Status(503, {"Retry-After": "7"}))
    assert download.run()
    assert download.pauses == [7.0]


def test_a_date_to_come_back_that_has_passed_means_now(download: Download) -> None:
    date = {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}
    download.server.fail(PATH, Status(429, date))
    assert download.run()
    assert download.pauses == [0.0]


@pytest.mark.parametrize("text", ["soon", "-3", "99999999999999999999999 GMT"])
def test_a_date_to_come_back_that_makes_no_sense_is_ignored(download: Download, text: str) -> None:
    download.server.fail(PATH, Status(503, {"Retry-After": text}))
    assert download.run()
    assert download.pauses == [1.0]


def test_nobody_waits_an_hour_without_being_told(download: Download) -> None:
    download.server.fail(PATH, Status(429, {"Retry-After": "3600"}))
    with pytest.raises(ModelError, match="HTTP 429") as caught:
        download.run()
    assert caught.value.code == "download_failed"
    assert download.pauses == []


# --- one plain sentence ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faults", "code", "sentence"),
    [
        ([Status(401)], "download_refused", "127.0.0.1 does not give out model.bin (HTTP 401)."),
        ([Status(403)], "download_refused", "127.0.0.1 does not give out model.bin (HTTP 403)."),
        ([Status(404)], "download_gone", "model.bin is no longer at 127.0.0.1 (HTTP 404)."),
        ([Status(410)], "download_gone", "model.bin is no longer at 127.0.0.1 (HTTP 410)."),
        ([Status(400)], "download_refused", "127.0.0.1 refused to send model.bin (HTTP 400)."),
        (
            [Status(500)] * 3,
            "download_failed",
            "model.bin could not be fetched from 127.0.0.1: it answered HTTP 500.",
        ),
        (
            [Truncate(0)] * 3,
            "download_failed",
            "model.bin could not be fetched from 127.0.0.1: the connection broke.",
        ),
        (
            [Redirect(PATH)] * 40,
            "download_failed",
            "model.bin could not be fetched from 127.0.0.1: it redirected in circles.",
        ),
        (
            [Redirect("http://example.invalid/x")],
            "download_unsafe",
            "127.0.0.1 redirects to http://example.invalid, which is not encrypted; nothing was fetched.",
        ),
        (
            [Corrupt(0)],
            "download_corrupt",
            (
                "What 127.0.0.1 sent as model.bin is not the file the catalogue describes, so it was"
                " thrown away."
            ),
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_cannot_be_had_is_said_in_one_sentence(
    download: Download, faults: list[object], code: str, sentence: str
) -> None:
    download.server.fail(PATH, *faults)
    with pytest.raises(ModelError) as caught:
        download.run()
    assert (caught.value.code, caught.value.message) == (code, sentence)
    assert caught.value.hint
    assert caught.value.exit_code == 3
    assert not download.target.exists()


def test_wrong_content_leaves_nothing_behind(download: Download) -> None:
    download.server.fail(PATH, Corrupt(299_999))
    with pytest.raises(ModelError):
        download.run()
    assert not download.target.exists()
    assert not download.part.exists()


def test_wrong_content_after_an_earlier_run_is_fetched_once_more_and_then_given_up(
    download: Download,
) -> None:
    begun(download)
    download.server.fail(PATH, Corrupt(200_000), Corrupt(7))
    with pytest.raises(ModelError) as caught:
        download.run()
    assert caught.value.code == "download_corrupt"
    assert download.starts == [100_000, 0]
    assert not download.target.exists()


def test_a_file_of_another_size_is_refused_before_it_travels(download: Download) -> None:
    with pytest.raises(ModelError, match="offers 300000 bytes") as caught:
        download.run(bytes=299_999)
    assert caught.value.code == "download_corrupt"
    assert not download.target.exists()


def test_a_server_that_is_not_there_is_named(download: Download) -> None:
    with ModelServer() as gone:
        url = gone.url
    with pytest.raises(ModelError, match=r"127\.0\.0\.1: it cannot be reached") as caught:
        download.run(url=url + PATH)
    assert caught.value.code == "download_failed"
    assert len(download.pauses) == 2


@pytest.mark.parametrize(
    ("start", "target", "is_safe"),
    [
        ("https://a.example/x", "https://b.example/y", True),
        ("http://localhost:1/x", "https://b.example/y", True),
        ("http://localhost:1/x", "http://127.0.0.1:2/y", True),
        ("https://a.example/x", "http://a.example/x", False),
        ("https://a.example/x", "http://localhost/x", False),
        ("http://localhost:1/x", "http://a.example/x", False),
        ("https://a.example/x", "ftp://a.example/x", False),
        ("https://a.example/x", "file:///etc/passwd", False),
    ],
)
def test_a_redirect_never_leads_out_of_encryption(start: str, target: str, is_safe: bool) -> None:
    if is_safe:
        check_redirect(start, target)
    else:
        with pytest.raises(ModelError) as caught:
            check_redirect(start, target)
        assert caught.value.code == "download_unsafe"


def test_a_proxy_that_cannot_be_used_is_named(
    download: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "nonsense://somewhere")
    monkeypatch.delenv("NO_PROXY")
    with pytest.raises(ModelError) as caught:
        download.run()
    assert caught.value.code == "proxy_unusable"


def test_the_proxy_of_the_environment_is_used(
    download: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", download.server.url)
    monkeypatch.delenv("NO_PROXY")
    download.server.files["http://models.example/model.bin"] = CONTENT  # as a proxy is asked
    assert download.run(url="http://models.example/model.bin")
    assert download.is_complete()


# --- the disk -------------------------------------------------------------------------------------------


def test_a_disk_that_becomes_full_is_one_sentence_and_keeps_what_came(
    download: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_write = Part.write

    def write(part: Part, chunk: bytes) -> None:
        with part._told():
            if part.size >= 100_000:
                raise OSError(errno.ENOSPC, "No space left on device")
        real_write(part, chunk)

    monkeypatch.setattr(Part, "write", write)
    with pytest.raises(ModelError, match=r"The disk became full while model\.bin was") as caught:
        download.run()
    assert caught.value.code == "disk_full"
    assert download.part.stat().st_size >= 100_000
    monkeypatch.undo()


def test_a_folder_that_cannot_be_written_is_one_sentence(download: Download, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match=r"cannot be written to .*models") as caught:
        download.run()
    assert caught.value.code == "folder_not_writable"


# --- several at once, and stopping ----------------------------------------------------------------------


def test_cancelling_a_stalled_download_takes_a_moment_and_keeps_what_came(
    download: Download,
) -> None:
    download.settings = DownloadSettings(stall_timeout_s=600.0)
    download.server.fail(PATH, Stall(100_000))
    download.cancelled = lambda: download.seen[-1].done_bytes >= 50_000
    assert not download.run()
    assert not download.target.exists()
    assert download.part.stat().st_size >= 50_000
    download.cancelled = lambda: False
    assert download.run()
    assert download.is_complete()


def test_cancelling_between_two_attempts_stops(download: Download) -> None:
    download.server.fail(PATH, Status(503))
    download.cancelled = lambda: bool(download.pauses)
    assert not download.run()


def test_a_second_program_waits_and_finds_the_file(download: Download, server: ModelServer) -> None:
    second = Download(server, paths.data_dir())
    server.fail(PATH, Stall(100_000), Status(404))
    is_waiting = threading.Event()
    second.seen = Notice(lambda one: one.stage == "waiting" and is_waiting.set())
    results: list[bool] = []
    begun_one = threading.Thread(target=lambda: results.append(download.run()), name="first")
    begun_one.start()
    server.sent.acquire(timeout=10)
    waiting = threading.Thread(target=lambda: results.append(second.run()), name="second")
    waiting.start()
    assert is_waiting.wait(10)
    server.faults.clear()
    server.released.set()  # the first one goes on
    begun_one.join(20)
    waiting.join(20)
    assert results == [True, True]
    assert [request.first_byte for request in server.gets()] == [0, 100_000]
    assert download.is_complete()


class Notice(list[PullProgress]):
    """A list that tells what is put into it."""

    def __init__(self, tell: Callable[[PullProgress], object]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, value: PullProgress) -> None:
        super().append(value)
        self._tell(value)


def test_waiting_for_another_program_can_be_cancelled(download: Download) -> None:
    arrivals_dir().mkdir(parents=True)
    with filelock.FileLock(arrivals_dir() / f"{SHA256}.lock"):
        download.cancelled = lambda: download.seen[-1].stage == "waiting"
        assert not download.run()
    assert "another window or terminal" in download.seen[-1].note


def test_the_pauses_of_the_program_itself_can_be_cancelled() -> None:
    asked = iter([False, True])
    assert not transfer_module._pause(600.0, lambda: next(asked))
    assert transfer_module._pause(0.0, lambda: False)
