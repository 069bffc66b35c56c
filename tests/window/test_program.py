"""The whole program without a screen: start, settings that are broken or cannot be written, the end."""

from __future__ import annotations

import linecache
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from assistant import paths
from assistant.events import Event, WorkerLost, WorkerReady
from assistant.settings import Settings, load_settings
from assistant.settings.recover import load_settings_or_defaults
from tests.window.conftest import spin_until
from tests.window.fakes.facade import ScriptedFacade, turn
from ui.app import Program
from ui.guard import Guard
from ui.widgets.banner import Banner

Start = Callable[..., Program]


class Made:
    """The assistants that were made."""

    def __init__(self) -> None:
        self.facades: list[ScriptedFacade] = []

    def __call__(self, settings: Settings, on_event: Callable[[Event], None]) -> ScriptedFacade:
        self.facades.append(ScriptedFacade(settings, on_event))
        return self.facades[-1]


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def start(qapp: QApplication, made: Made, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setenv("SARAI__KEYS__EVERYWHERE", "false")
    running: list[Program] = []

    def begin(**options: bool) -> Program:
        loaded = load_settings_or_defaults()
        running.append(Program(qapp, loaded, make_facade=made, **options))
        spin_until(lambda: running[-1].session.is_live)
        spin_until(lambda: running[-1].tray is not None)
        return running[-1]

    yield begin
    for program in running:
        program.end()
        program.deleteLater()
    qapp.setStyleSheet("")


def banners(program: Program) -> list[Banner]:
    return [one for one in program.window.findChildren(Banner) if not one.isHidden()]


def click(banner: Banner) -> None:
    (button,) = banner.findChildren(QPushButton)
    button.click()


def test_the_window_is_shown_before_the_assistant_is_made(
    qapp: QApplication, made: Made, start: Start
) -> None:
    seen: list[bool] = []
    program = start()
    assert program.window.isVisible()
    assert not seen
    assert [call[0] for call in made.facades[0].calls] == ["start", "go_live"]


def test_sources_that_qt_has_read_are_not_kept(made: Made, start: Start) -> None:
    program = start()
    linecache.getlines(__file__)
    assert linecache.cache
    program.session.event.emit(WorkerReady(models={}, load_s=0.1))
    assert not linecache.cache


def test_other_starts_and_commands_drive_the_one_window(made: Made, start: Start) -> None:
    program = start()
    program.obey("hide")
    assert not program.window.isVisible()
    program.obey("show")
    assert program.window.isVisible()
    program.obey("toggle")
    program.obey("cancel")
    assert made.facades[0].calls[-2:] == [("talk", True), ("cancel",)]


def test_a_hidden_start_shows_nothing_until_it_is_asked_to(start: Start) -> None:
    program = start(is_hidden=True)
    assert not program.window.isVisible()
    program.obey("show")
    assert program.window.isVisible()


def test_a_settings_file_that_is_broken_is_told_and_what_is_right_in_it_holds(
    start: Start,
) -> None:
    file = paths.user_settings_file()
    file.parent.mkdir(parents=True)
    file.write_text("window:\n  appearance: dark\n  overlay_opacity: huge\n", encoding="utf-8")
    program = start()
    (banner,) = [one for one in banners(program) if one.trouble.kind == "settings"]
    assert "overlay_opacity" in banner.trouble.message
    assert "broken" in banner.trouble.hint
    assert program.session.settings.window.appearance == "dark"
    assert list(file.parent.glob("*.broken-*"))


def test_a_file_that_breaks_while_the_window_is_open_is_kept_aside_and_the_change_holds(
    start: Start,
) -> None:
    program = start()
    file = paths.user_settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\x00\xff: [broken")
    program.session.change_settings({"window.reduced_motion": True})
    spin_until(lambda: banners(program))
    assert str(file) in banners(program)[0].trouble.hint
    assert load_settings().window.reduced_motion


def test_a_full_disk_is_told_and_one_click_saves_later(start: Start) -> None:
    program = start()
    program.window.conversation.bar.box.setText("half a sen")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))  # every write fails as on a full disk
    try:
        program.session.change_settings({"window.reduced_motion": True})
        spin_until(lambda: banners(program))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    (banner,) = banners(program)
    assert banner.trouble.message == "Your settings were not saved: the disk is full."
    assert program.session.settings.window.reduced_motion  # it holds meanwhile
    click(banner)
    spin_until(lambda: not banners(program))
    spin_until(lambda: load_settings().window.reduced_motion)
    assert program.window.conversation.bar.box.text() == "half a sen"


def test_language_and_appearance_change_at_once_and_words_stay(made: Made, start: Start) -> None:
    program = start()
    made.facades[0].tell(*turn(1, "hello", "Hello there."))
    spin_until(lambda: program.window.conversation.shown.entries)
    program.session.change_settings({"window.language": "es", "window.appearance": "dark"})
    spin_until(lambda: program.session.settings.window.language == "es")
    (entry,) = program.window.conversation.shown.entries
    assert entry.key == 1
    program.session.change_settings({"window.language": "en", "window.appearance": "light"})
    spin_until(lambda: program.session.settings.window.language == "en")


def test_the_window_comes_back_where_it_was(start: Start, tmp_path: Path) -> None:
    first = start()
    first.window.resize(700, 640)
    first.window.remember()
    assert start().window.size() == first.window.size()


def test_a_slip_in_a_slot_is_told_and_the_window_stays(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    program = start()
    guard = Guard(program.unforeseen, lambda: None)
    slip = QTimer()
    slip.timeout.connect(lambda: 1 // 0)
    slip.setSingleShot(True)
    slip.start(0)
    spin_until(lambda: banners(program))
    guard.close()
    assert "division" in banners(program)[0].trouble.message
    assert "ZeroDivisionError" in caplog.text
    assert program.window.isVisible()


def test_ctrl_c_and_the_end_of_the_session_end_it_well(qapp: QApplication) -> None:
    ended: list[bool] = []
    before = signal.getsignal(signal.SIGTERM)
    guard = Guard(lambda _failure: None, lambda: ended.append(True))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
    spin_until(lambda: ended)
    guard.close()
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_log_is_kept_while_the_window_is_open(start: Start) -> None:
    program = start()
    spin_until((paths.log_dir() / "sarai.log").exists)
    assert program.window.isVisible()


def test_the_tray_says_what_keeps_one_from_talking(made: Made, start: Start) -> None:
    program = start()
    tell = made.facades[0].tell
    tell(WorkerReady({}, 1.0))
    assert program.tray is not None
    tray = program.tray
    spin_until(lambda: "ready" in tray.tooltip)
    tell(WorkerLost("worker_crashed", "The worker was killed.", "", restarting=False))
    spin_until(lambda: "killed" in tray.tooltip)
    click(banners(program)[0])
    tell(WorkerReady({}, 1.0))
    spin_until(lambda: "ready" in tray.tooltip)
