"""`assistant models …` as a person uses it, with a server on this computer."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from assistant import paths
from assistant.api import models as models_api
from assistant.catalog.speed import remember_speed
from assistant.cli import models_view
from assistant.cli.app import run
from assistant.cli.console import err, out
from assistant.downloads import transfer
from assistant.downloads.progress import PullProgress
from tests.fakes.model_server import Corrupt, ModelServer, Status, Truncate, home, loopback
from tests.fakes.model_shelf import BRAIN, MOUTH, Shelf, fill

__all__ = ["home", "loopback"]  # fixtures

pytestmark = pytest.mark.usefixtures("loopback", "home")


@dataclass(frozen=True)
class Result:
    """What a command said and how it ended."""

    code: int
    output: str
    said: str

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.output)
        return found


Command = Callable[..., Result]


@pytest.fixture
def assistant(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    for console in (out, err):
        monkeypatch.setattr(console, "_width", 80)

    def command(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["assistant", *arguments])
        capsys.readouterr()
        code = 0
        try:
            run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return command


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def shelf(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A small catalogue instead of ours, on the server."""
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path / "shelf")
    monkeypatch.setattr(transfer, "FIRST_PAUSE_S", 0.0)
    shelf = fill(server, tmp_path / "shelf")
    monkeypatch.setattr(models_api, "_downloads", lambda _settings: shelf.settings)
    return shelf


class Terminal(io.StringIO):
    """A person who types."""

    def isatty(self) -> bool:
        return True


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


# --- the shop window, with the real catalogue -----------------------------------------------------------


def test_the_list_shows_every_set_with_its_price_and_terms(assistant: Command) -> None:
    result = assistant("models", "list")
    assert result.code == 0
    shown = lines(result.output)
    assert "● Starter starter in use" in shown
    assert "Standard standard 967 MB to download" in shown
    assert "language English" in shown
    assert "memory about 1560 MB from replicas and estimates" in shown
    assert "speed here not measured" in shown
    assert "licences CC-BY-4.0 · LFM Open License v1.0" in shown
    assert any("commercially only below 10 million US dollars" in line for line in shown)
    assert "get it assistant models pull standard" in shown
    assert "word errors, clean read speech: 2.4 % (LibriSpeech test-clean;" in shown
    assert "published with the model)" in shown


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("what", [(), ("--all",), ("standard",), ("kokoro",)], ids=str)
def test_no_line_is_wider_than_the_terminal(
    assistant: Command, monkeypatch: pytest.MonkeyPatch, width: int, what: tuple[str, ...]
) -> None:
    monkeypatch.setattr(out, "_width", width)
    result = assistant("models", "list", *what)
    assert max(len(line) for line in result.output.splitlines()) <= width


def test_what_a_bench_measured_here_is_shown(assistant: Command) -> None:
    remember_speed("starter", 312.4, 480.0, 30, replica=False)
    shown = lines(assistant("models", "list").output)
    assert "speed here answers in 312 ms (P95 480 ms, 30 turns)" in shown


def test_a_figure_from_replicas_says_so(assistant: Command) -> None:
    remember_speed("light", 300.0, 400.0, 30, replica=True)
    shown = lines(assistant("models", "list").output)
    assert "speed here answers in 300 ms (P95 400 ms, 30 turns), with replicas" in shown


def test_a_damaged_file_of_measured_speeds_counts_as_none(assistant: Command) -> None:
    paths.cache_dir().mkdir(parents=True)
    for text in ("{", "[]", '{"starter": 5}', '{"starter": {"median_ms": "fast"}}'):
        (paths.cache_dir() / "speed.json").write_text(text)
        assert "not measured" in assistant("models", "list").output


def test_one_model_is_shown_with_every_figure_and_its_source(assistant: Command) -> None:
    shown = " ".join(lines(assistant("models", "list", "parakeet-110m-en").output))
    assert "word errors, other read speech: 5.2 % (LibriSpeech test-other;" in shown
    assert (
        "a 4 s sentence understood: 33 ms (2 cores of a Xeon with AVX512-VNNI; our replica" in shown
    )


def test_a_model_without_pins_says_so(assistant: Command) -> None:
    assert "not pinned yet: no public list" in assistant("models", "list", "pocket-tts-es").output
    result = assistant("models", "pull", "pocket-tts-es", "--yes")
    assert result.code == 3
    assert "pocket-tts-es cannot be downloaded yet" in result.said


def test_the_list_is_one_json_object(assistant: Command) -> None:
    found = assistant("models", "list", "--json").json
    assert found["set"] == "starter"
    assert isinstance(found["sets"], list)
    assert isinstance(found["models"], list)
    standard = next(card for card in found["sets"] if card["name"] == "standard")
    assert standard["download_bytes"] == 966_891_393
    assert standard["models"]["thinker"] == "lfm2.5-1.2b"
    assert not standard["is_installed"]
    assert standard["restricts_commercial_use"]


# --- pull -----------------------------------------------------------------------------------------------


def test_a_set_is_pulled_verified_listed_and_removed(assistant: Command, shelf: Shelf) -> None:
    result = assistant("models", "pull", "good", "--yes")
    assert (result.code, lines(result.said)) == (0, ["✓ good is here."])
    assert assistant("models", "verify", "mouth").code == 0
    assert "✓ installed" in assistant("models", "list").output
    assert lines(assistant("models", "pull", "good").said) == ["✓ good was here already."]
    result = assistant("models", "remove", "good", "--yes")
    assert "- ear stays: it is also used by Better." in lines(result.said)
    assert not shelf.catalog.entry("brain").is_here()


def test_licences_are_shown_and_asked_for_before_anything_is_fetched(
    assistant: Command, shelf: Shelf, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    result = assistant("models", "pull", "good")
    assert result.code == 1
    assert "Odd Licence" in result.said
    assert "Only on Sundays." in result.said
    assert "under these licences? [y/N]" in result.said
    assert "Nothing was done." in result.said
    assert server.requests == []
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert assistant("models", "pull", "good").code == 0
    assert shelf.catalog.entry("brain").is_here()


def test_what_has_arrived_already_is_not_counted_again(
    assistant: Command, shelf: Shelf, server: ModelServer
) -> None:
    server.fail(BRAIN, Truncate(200_000), *[Status(503)] * 9)
    assert assistant("models", "pull", "brain", "--yes").code == 3
    found = assistant("models", "list", "--json").json
    assert isinstance(found["models"], list)
    brain = next(card for card in found["models"] if card["name"] == "brain")
    assert (brain["bytes"], brain["download_bytes"]) == (250_000, 50_000)


def test_with_nobody_to_ask_nothing_is_fetched(
    assistant: Command, shelf: Shelf, server: ModelServer
) -> None:
    result = assistant("models", "pull", "good")
    assert result.code == 3
    assert "Add --yes to agree." in result.said
    assert server.requests == []


def test_a_failed_pull_is_one_sentence_and_exit_code_3(
    assistant: Command, shelf: Shelf, server: ModelServer
) -> None:
    server.fail(MOUTH, Corrupt(5))
    result = assistant("models", "pull", "mouth", "--yes")
    assert result.code == 3
    assert "Traceback" not in result.said
    assert result.said.startswith("✗ What 127.0.0.1 sent as mouth.onnx is not the file")
    server.fail(BRAIN, Status(404))
    found = assistant("models", "pull", "brain", "--yes", "--json").json
    assert isinstance(found["error"], dict)
    assert found["error"]["code"] == "download_gone"


def test_pull_answers_in_json(assistant: Command, shelf: Shelf) -> None:
    found = assistant("models", "pull", "mouth", "--yes", "--json").json
    assert found == {"name": "mouth", "complete": True, "fetched": ["mouth"]}


def test_an_unknown_name_is_refused_with_the_nearest(assistant: Command, shelf: Shelf) -> None:
    for command in ("pull", "remove", "verify", "list"):
        result = assistant("models", command, "goood")
        assert result.code == 3
        assert "did you mean 'good'" in result.said


# --- import, verify, remove -----------------------------------------------------------------------------


def test_a_folder_is_imported(assistant: Command, shelf: Shelf, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "some file").write_bytes(shelf.contents["brain.gguf"])
    (stick / "other file").write_bytes(shelf.contents["ear.onnx"])
    result = assistant("models", "import", str(stick))
    assert lines(result.said) == ["✓ brain is here.", "- ear still lacks words.txt."]
    assert assistant("models", "import", str(stick)).said == "Everything of it was here already.\n"
    found = assistant("models", "import", str(stick), "--json").json
    assert found == {"files": [], "complete": [], "incomplete": {}, "was_cancelled": False}


def test_an_import_of_nothing_is_one_sentence(assistant: Command, tmp_path: Path) -> None:
    result = assistant("models", "import", str(tmp_path / "nowhere"))
    assert result.code == 3
    assert result.said.startswith("✗ There is no ")


def test_a_damaged_file_is_found_by_verify(assistant: Command, shelf: Shelf) -> None:
    assistant("models", "pull", "mouth", "--yes")
    path = shelf.catalog.entry("mouth").paths()["mouth.onnx"]
    path.write_bytes(bytes(path.stat().st_size))
    result = assistant("models", "verify", "mouth")
    assert result.code == 3
    assert "✗ file mouth.onnx: its sha256 is" in result.output
    assert assistant("models", "verify", "mouth", "--json").json["ok"] is False


def test_what_ships_is_never_removed(assistant: Command, shelf: Shelf) -> None:
    result = assistant("models", "remove", "shipped", "--yes")
    assert result.code == 3
    assert "shipped comes with the program, so it stays." in result.said


def test_removing_is_asked_for(
    assistant: Command, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant("models", "pull", "mouth", "--yes")
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert assistant("models", "remove", "mouth").code == 1
    assert shelf.catalog.entry("mouth").is_here()


# --- the bar --------------------------------------------------------------------------------------------


def test_the_bar_shows_speed_time_and_notes() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, color_system=None)
    with models_view.progress_bar(console) as bar:
        report = PullProgress("x", "fetching", "a.onnx", 180_000_000, 397_000_000, 12.3e6, 18.0)
        models_view.advance(bar, report)
        bar.refresh()
        models_view.advance(bar, PullProgress("x", "waiting", "a.onnx", 1, 2, note="hub: busy"))
    shown = screen.getvalue()
    assert "fetching a.onnx" in shown
    assert " 45 %" in shown
    assert "180 MB of 397 MB  12.3 MB/s  0:18" in shown
    assert "hub: busy" in shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0:01"), (17.9, "0:18"), (725, "12:05"), (3753, "1:02:33"), (1e9, "more than 4 days")],
)
def test_a_span_of_time_is_written_as_on_a_clock(seconds: float, text: str) -> None:
    assert models_view.duration(seconds) == text
