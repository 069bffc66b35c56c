"""One window for each person, and the commands that reach it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from assistant.errors import AssistantError
from tests.window.conftest import spin_until
from ui.desktop.instance import Instance, ask, server_name

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))


@pytest.fixture
def running(qapp: QApplication) -> Instance:
    instance = Instance(qapp)
    assert instance.claim()
    yield instance
    instance.close()
    instance.deleteLater()


def answer_to(line: bytes) -> bytes:
    """What the running window answers; asked without waiting, as both ends are in this process."""
    socket = QLocalSocket()
    socket.connected.connect(lambda: socket.write(line))
    over: list[bool] = []
    socket.disconnected.connect(lambda: over.append(True))
    socket.connectToServer(server_name())
    spin_until(lambda: over)
    return socket.readAll().data()


@pytest.mark.parametrize("command", ["show", "hide", "toggle", "cancel", "quit"])
def test_each_command_reaches_the_running_window(running: Instance, command: str) -> None:
    heard: list[str] = []
    running.command.connect(heard.append)
    assert answer_to(f"{command}\n".encode()) == b"ok\n"
    spin_until(lambda: heard)
    assert heard == [command]


def test_an_unknown_command_is_refused_and_does_nothing(running: Instance) -> None:
    heard: list[str] = []
    running.command.connect(heard.append)
    assert answer_to(b"format\n") == b"unknown\n"
    assert answer_to(b"x" * 500) == b"unknown\n"
    assert answer_to(b"toggle\n") == b"ok\n"
    spin_until(lambda: heard)
    assert heard == ["toggle"]


def test_nobody_answers_where_no_window_runs(qapp: QApplication) -> None:
    assert ask("toggle") is None


def test_only_the_first_window_gets_the_claim(running: Instance) -> None:
    program = (
        "from PySide6.QtCore import QCoreApplication\n"
        "from ui.desktop.instance import Instance\n"
        "app = QCoreApplication([])\n"
        "raise SystemExit(0 if Instance(app).claim() else 7)\n"
    )
    second = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    spin_until(lambda: second.poll() is not None)
    assert second.returncode == 7


def test_what_a_killed_window_left_behind_does_not_stop_the_next(
    qapp: QApplication, tmp_path: Path
) -> None:
    program = (
        "import os, sys\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from ui.desktop.instance import Instance\n"
        "app = QCoreApplication([])\n"
        "assert Instance(app).claim()\n"
        "os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == 9
    assert Path(server_name()).exists()
    instance = Instance(qapp)
    assert instance.claim()
    instance.close()


def test_a_closed_window_leaves_nothing_behind(qapp: QApplication) -> None:
    instance = Instance(qapp)
    assert instance.claim()
    instance.close()
    assert not Path(server_name()).exists()
    assert ask("show") is None


def test_only_its_owner_may_open_the_socket(running: Instance) -> None:
    assert Path(server_name()).stat().st_mode & 0o077 == 0


def test_another_home_is_another_assistant(
    running: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = server_name()
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "other"))
    assert server_name() != name
    assert ask("show") is None


def test_without_a_runtime_folder_a_private_one_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = Path(server_name()).parent
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_open_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"sarai-{os.getuid()}").mkdir(mode=0o755)
    with pytest.raises(AssistantError, match="belongs to somebody else or is open to others"):
        server_name()


def test_the_socket_is_no_network_socket(running: Instance) -> None:
    assert isinstance(running.findChild(QLocalServer), QLocalServer)
    assert Path(server_name()).is_socket()


# --- the commands of the command line -----------------------------------------------------------------


def run_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    program = "import sys; from assistant.__main__ import main; sys.argv[0] = 'assistant'; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["toggle", "cancel"])
def test_a_command_to_no_window_says_so_and_how_to_start_it(command: str) -> None:
    done = run_command(command)
    assert done.returncode == 5
    assert "window is not running" in done.stderr
    assert "assistant run" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["toggle", "cancel"])
def test_a_command_to_a_running_window_is_obeyed(running: Instance, command: str) -> None:
    heard: list[str] = []
    running.command.connect(heard.append)
    results: list[subprocess.CompletedProcess[str]] = []
    thread = threading.Thread(target=lambda: results.append(run_command(command)))
    thread.start()
    spin_until(lambda: results)
    thread.join()
    assert results[0].returncode == 0, results[0].stderr
    assert heard == [command]


def test_without_a_display_one_sentence_says_what_to_use_instead() -> None:
    done = run_command("run", QT_QPA_PLATFORM="")
    assert done.returncode == 5
    assert "needs a display" in done.stderr
    assert "assistant chat" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_display_that_does_not_answer_is_no_crash() -> None:
    done = run_command("run", QT_QPA_PLATFORM="", DISPLAY=":987")
    assert done.returncode == 5
    assert ":987 does not answer" in done.stderr
