"""The tray icon: the state at a glance, and a menu for what one does without the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

import pytest
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from assistant.events import (
    ReplyStarted,
    TranscriptUpdated,
    TurnCommitted,
    TurnFinished,
    TurnStarted,
    WorkerLost,
    WorkerReady,
)
from assistant.settings import Settings
from assistant.settings.recover import LoadedSettings
from tests.window.conftest import spin_until
from tests.window.fakes.facade import TIMINGS, ScriptedFacade
from ui.app import Program
from ui.desktop.mark import SIZES, MarkState, mark
from ui.desktop.tray import LOOKS, Tray
from ui.session import Session, Trouble

READY = WorkerReady({"stt": "a", "thinker": "b", "tts": "c"}, 1.0)


class Watched(Tray):
    """A tray that notes what it shows, in order, each once."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.states: list[MarkState] = []
        super().__init__(parent)

    def show_state(self, state: MarkState, trouble: str = "") -> None:
        if not self.states or self.states[-1] != state:
            self.states.append(state)
        super().show_state(state, trouble)


class Running:
    """The whole program on a scripted assistant, and its tray."""

    def __init__(self, app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ui.desktop.tray.Tray", Watched)
        settings = Settings()
        quiet = settings.keys.model_copy(
            update={"everywhere": False}
        )  # no real keyboard is touched
        self.facades: list[ScriptedFacade] = []
        self.program = Program(
            app,
            LoadedSettings(settings.model_copy(update={"keys": quiet}), None),
            make_facade=self._make,
        )
        spin_until(lambda: self.program.keys is not None, "the tray")
        spin_until(lambda: self.session.is_live, "the scripted devices")

    def _make(self, settings: Settings, on_event: Callable[..., None]) -> ScriptedFacade:
        self.facades.append(ScriptedFacade(settings, on_event))
        return self.facades[-1]

    @property
    def session(self) -> Session:
        return self.program.session

    @property
    def facade(self) -> ScriptedFacade:
        return self.facades[-1]

    @property
    def tray(self) -> Watched:
        assert isinstance(self.program.tray, Watched)
        return self.program.tray

    def entry(self, text: str) -> QAction:
        return next(one for one in self.tray.menu.actions() if one.text() == text)

    def be_ready(self) -> None:
        self.facade.tell(READY)
        spin_until(lambda: self.tray.states[-1] == "idle", "the models")


@pytest.fixture
def running(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    running = Running(qapp, monkeypatch)
    yield running
    running.program.end()
    running.program.window.close()
    running.program.window.deleteLater()
    running.program.deleteLater()


def test_a_spoken_turn_shows_each_state_in_order(running: Running) -> None:
    running.facade.tell(
        READY,
        TurnStarted(1),
        TranscriptUpdated(1, "what", is_final=False),
        TurnCommitted(1, 1),
        ReplyStarted(1, 20.0),
        TurnFinished(1, "what", "Nothing.", TIMINGS),
    )
    spin_until(lambda: running.tray.states[-1] == "idle" and len(running.tray.states) > 4)
    shown = running.tray.states
    assert shown[shown.index("idle") :] == ["idle", "listening", "thinking", "speaking", "idle"]


def test_the_icon_says_muted_and_the_menu_shows_it(running: Running) -> None:
    running.be_ready()
    running.entry("Mute microphone").trigger()
    assert running.tray.states[-1] == "muted"
    assert running.facade.called("mute") == [True]
    assert running.entry("Mute microphone").isChecked()
    assert "muted" in running.tray.tooltip


def test_trouble_shows_until_it_is_over_and_says_what_it_is(running: Running) -> None:
    running.be_ready()
    running.session.trouble.emit(Trouble("microphone", "The microphone was unplugged."))
    assert running.tray.states[-1] == "trouble"
    assert running.tray.tooltip.endswith("The microphone was unplugged.")
    running.session.trouble_over.emit("microphone")
    assert running.tray.states[-1] == "idle"


def test_mere_news_is_no_trouble(running: Running) -> None:
    running.session.trouble.emit(Trouble("update", "Settings saved.", is_notice=True))
    assert running.tray.states == ["starting"]


@pytest.mark.allow_warnings("the loss of the worker is logged")
def test_a_worker_that_is_gone_for_good_is_trouble(running: Running) -> None:
    running.facade.tell(READY, WorkerLost("worker_crashed", "It died.", "", restarting=False))
    spin_until(lambda: running.tray.states[-1] == "trouble")


def test_the_menu_talks_and_stops_and_switches_the_overlay(running: Running) -> None:
    running.facade.tell(READY, TurnStarted(1), TurnCommitted(1, 1))
    spin_until(lambda: running.tray.states[-1] == "thinking")
    running.entry("Talk").trigger()
    assert running.facade.called("talk") == [True]
    running.entry("Stop the answer").trigger()
    assert ("cancel",) in running.facade.calls
    running.entry("Latency overlay").trigger()
    spin_until(lambda: running.session.settings.window.overlay)
    assert running.entry("Latency overlay").isChecked()


def test_nothing_can_be_stopped_or_said_before_it_is_ready(running: Running) -> None:
    assert not running.entry("Talk").isEnabled()
    assert not running.entry("Stop the answer").isEnabled()
    running.facade.tell(READY)
    spin_until(lambda: running.entry("Talk").isEnabled())


def test_a_click_asks_for_the_window_and_a_middle_click_mutes(running: Running) -> None:
    asked: list[str] = []
    running.tray.show_asked.connect(lambda: asked.append("show"))
    icon = running.tray.findChild(QSystemTrayIcon)
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    icon.activated.emit(QSystemTrayIcon.ActivationReason.MiddleClick)
    assert asked == ["show"]
    assert running.session.is_muted


def test_the_first_entry_offers_what_is_not_so(running: Running) -> None:
    running.tray.show_window_state(is_shown=False)
    assert running.entry("Show window")
    running.tray.show_window_state(is_shown=True)
    assert running.entry("Hide window")


def test_a_hidden_start_without_a_tray_asks_for_the_window(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.desktop.tray.LOOK_MS", 0)
    looks: list[int] = []

    def look() -> bool:
        looks.append(1)
        return False

    monkeypatch.setattr(Tray, "is_there", staticmethod(look))
    missing: list[bool] = []
    running.tray.missing.connect(lambda: missing.append(True))
    running.tray.wait_for_tray()
    spin_until(lambda: missing)
    assert len(looks) == LOOKS + 1


def test_every_state_has_a_shape_of_its_own_at_every_size(qapp: object) -> None:
    for size in SIZES:
        shapes = {_shape(state, size) for state in get_args(MarkState) if state != "starting"}
        assert len(shapes) == len(get_args(MarkState)) - 1, f"two states look alike at {size} px"


def _shape(state: MarkState, size: int) -> bytes:
    """Where the white is, whatever the ground's colour."""
    image = mark(state).pixmap(QSize(size, size)).toImage()
    image = image.convertToFormat(QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither)
    return bytes(image.constBits())
