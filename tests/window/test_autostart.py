"""Starting at login, and coming back to where one was."""

from __future__ import annotations

import configparser
import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget

from assistant import paths
from assistant.errors import AssistantError
from ui.desktop.autostart import autostart_file, desktop_entry, set_autostart
from ui.desktop.places import GRIP_PX, Places, on_screen

# --- at login -------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def command_in(entry: str) -> list[str]:
    """What the desktop would run: the string's own escapes first, then the quotes of the Exec key."""
    line = next(line for line in entry.splitlines() if line.startswith("Exec="))
    text = re.sub(r"\\(.)", r"\1", line.removeprefix("Exec="))
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|[^ ]+', text)
    bare = [re.sub(r"\\(.)", r"\1", p[1:-1]) if p.startswith('"') else p for p in parts]
    return [part.replace("%%", "%") for part in bare]


def test_switched_on_the_desktop_finds_a_file_that_starts_it_hidden() -> None:
    set_autostart(on=True)
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(autostart_file(), encoding="utf-8")
    assert entry["Desktop Entry"]["Type"] == "Application"
    command = command_in(autostart_file().read_text(encoding="utf-8"))
    assert command[-2:] == ["run", "--hidden"]
    assert os.access(command[0], os.X_OK)


def test_switched_off_the_file_is_gone_and_twice_is_no_error() -> None:
    set_autostart(on=True)
    set_autostart(on=False)
    set_autostart(on=False)
    assert not autostart_file().exists()
    assert not list(autostart_file().parent.iterdir())


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where a folder should be")
    with pytest.raises(AssistantError) as problem:
        set_autostart(on=True)
    assert problem.value.code == "autostart_failed"
    assert problem.value.hint


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_say_honestly_that_it_is_not_built(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    set_autostart(on=False)
    with pytest.raises(AssistantError, match="not built for this system") as problem:
        set_autostart(on=True)
    assert "login items" in problem.value.hint


@pytest.mark.parametrize(
    "folder", ["/srv/ann", "/srv/ann lee", '/a "b"', "/50%/$HOME", "/back\\slash`x`", "/ñ/'q'"]
)
def test_any_folder_survives_the_quoting(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", f"{folder}/assistant")
    entry = desktop_entry(start_hidden=False)
    assert command_in(entry) == [f"{folder}/assistant", "run"]
    assert len(entry.splitlines()) == len(desktop_entry(start_hidden=True).splitlines())


# --- where one was --------------------------------------------------------------------------------------

SCREEN = QRect(0, 0, 1920, 1080)
numbers = st.integers(-10_000, 10_000)
sizes = st.integers(50, 5_000)


@given(numbers, numbers, sizes, sizes)
def test_a_window_can_always_be_pulled_back(x: int, y: int, width: int, height: int) -> None:
    screens = [SCREEN, QRect(1920, 200, 1280, 1024)]
    place = on_screen(QRect(x, y, width, height), screens)
    top = QRect(place.topLeft(), QSize(place.width(), GRIP_PX))
    seen = [top.intersected(screen) for screen in screens]
    assert any(part.width() >= GRIP_PX and part.height() >= GRIP_PX // 2 for part in seen)


@given(st.integers(0, 1000), st.integers(0, 500))
def test_a_place_on_the_screen_is_kept(x: int, y: int) -> None:
    assert on_screen(QRect(x, y, 800, 500), [SCREEN]) == QRect(x, y, 800, 500)


def test_a_window_of_a_screen_that_is_gone_comes_to_the_nearest() -> None:
    place = on_screen(QRect(5000, 100, 800, 600), [SCREEN])
    assert SCREEN.contains(place)


def test_place_page_and_corner_are_there_again_after_a_restart(qapp: QApplication) -> None:
    window = QWidget()
    places = Places()
    places.restore(window, "window", QSize(500, 400))
    window.setGeometry(40, 60, 420, 330)
    places.remember(window, "window")
    places.remember_text("page", "history")
    places.remember_point("overlay", QPoint(7, 9))
    places.write()
    assert (paths.config_dir() / "window.ini").is_file()

    after = Places()
    again = QWidget()
    after.restore(again, "window", QSize(500, 400))
    assert again.geometry() == QRect(40, 60, 420, 330)
    assert after.text("page") == "history"
    assert after.point("overlay") == QPoint(7, 9)
    assert after.point("other") is None


def test_without_a_memory_the_window_opens_in_the_middle(qapp: QApplication) -> None:
    window = QWidget()
    Places().restore(window, "window", QSize(500, 400))
    screen = qapp.primaryScreen().availableGeometry()
    assert window.size() == QSize(500, 400)
    assert (window.geometry().center() - screen.center()).manhattanLength() < 20


def test_a_damaged_memory_is_no_trouble(qapp: QApplication) -> None:
    paths.config_dir().mkdir(parents=True)
    (paths.config_dir() / "window.ini").write_bytes(b"[window]\ngeometry=@ByteArray(\\x1\xff)\nx\0")
    window = QWidget()
    Places().restore(window, "window", QSize(500, 400))
    assert window.size() == QSize(500, 400)
