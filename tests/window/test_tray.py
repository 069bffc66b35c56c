"""The tray icon: the state at a glance, and a menu for what one does without the window."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QSystemTrayIcon

from assistant.events import (
    ReplyStarted,
    TranscriptUpdated,
    TurnCommitted,
    TurnFinished,
    TurnStarted,
    WorkerLost,
    WorkerReady,
)
from tests.window.conftest import Scripted, spin_until
from tests.window.fakes.facade import TIMINGS
from ui.desktop.mark import SIZES, MarkState, mark
from ui.desktop.tray import LOOKS, Tray
from ui.desktop.tray_keeper import TrayKeeper
from ui.session import Trouble

READY = WorkerReady({"stt": "a", "thinker": "b", "tts": "c"}, 1.0)


class Watched(Tray):
    """A tray that notes what it shows, in order, each once."""

    def __init__(self) -> None:
        self.states: list[MarkState] = []
        super().__init__()

    def show_state(self, state: MarkState, trouble: str = "") -> None:
        if not self.states or self.states[-1] != state:
            self.states.append(state)
        super().show_state(state, trouble)


class Kept:
    def __init__(self, scripted: Scripted) -> None:
        self.scripted = scripted
        self.tray = Watched()
        self.talked: list[bool] = []
        self.keeper = TrayKeeper(scripted.session, self.tray, lambda: self.talked.append(True))

    def entry(self, text: str) -> QAction:
        return next(one for one in self.tray.menu.actions() if one.text() == text)


@pytest.fixture
def kept(scripted: Scripted) -> Kept:
    kept = Kept(scripted)
    yield kept
    kept.tray.hide()
    kept.tray.deleteLater()


def test_a_spoken_turn_shows_each_state_in_order(kept: Kept) -> None:
    kept.scripted.facade.tell(
        READY,
        TurnStarted(1),
        TranscriptUpdated(1, "what", is_final=False),
        TurnCommitted(1, 1),
        ReplyStarted(1, 20.0),
        TurnFinished(1, "what", "Nothing.", TIMINGS),
    )
    spin_until(lambda: kept.tray.states[-1] == "idle" and len(kept.tray.states) > 4)
    assert kept.tray.states == ["starting", "idle", "listening", "thinking", "speaking", "idle"]


def test_the_icon_says_muted_and_the_menu_shows_it(kept: Kept) -> None:
    kept.scripted.facade.tell(READY)
    spin_until(lambda: kept.tray.states[-1] == "idle")
    kept.entry("Mute microphone").trigger()
    assert kept.tray.states[-1] == "muted"
    assert kept.scripted.facade.called("mute") == [True]
    assert kept.entry("Mute microphone").isChecked()
    assert "muted" in kept.tray.tooltip


def test_trouble_shows_until_it_is_over_and_says_what_it_is(kept: Kept) -> None:
    kept.scripted.facade.tell(READY)
    spin_until(lambda: kept.tray.states[-1] == "idle")
    kept.scripted.session.trouble.emit(Trouble("microphone", "The microphone was unplugged."))
    assert kept.tray.states[-1] == "trouble"
    assert kept.tray.tooltip.endswith("The microphone was unplugged.")
    kept.scripted.session.trouble_over.emit("microphone")
    assert kept.tray.states[-1] == "idle"


def test_mere_news_is_no_trouble(kept: Kept) -> None:
    kept.scripted.session.trouble.emit(Trouble("update", "Settings saved.", is_notice=True))
    assert kept.tray.states == ["starting"]


@pytest.mark.allow_warnings("the loss of the worker is logged")
def test_a_worker_that_is_gone_for_good_is_trouble(kept: Kept) -> None:
    kept.scripted.facade.tell(READY, WorkerLost("worker_crashed", "It died.", "", restarting=False))
    spin_until(lambda: kept.tray.states[-1] == "trouble")


def test_the_menu_talks_and_stops_and_switches_the_overlay(kept: Kept) -> None:
    kept.scripted.facade.tell(READY, TurnStarted(1), TurnCommitted(1, 1))
    spin_until(lambda: kept.tray.states[-1] == "thinking")
    kept.entry("Talk").trigger()
    assert kept.talked == [True]
    kept.entry("Stop the answer").trigger()
    assert ("cancel",) in kept.scripted.facade.calls
    kept.entry("Latency overlay").trigger()
    spin_until(lambda: kept.scripted.session.settings.window.overlay)
    assert kept.entry("Latency overlay").isChecked()


def test_nothing_can_be_stopped_or_said_before_it_is_ready(kept: Kept) -> None:
    assert not kept.entry("Talk").isEnabled()
    assert not kept.entry("Stop the answer").isEnabled()
    kept.scripted.facade.tell(READY)
    spin_until(lambda: kept.entry("Talk").isEnabled())


def test_a_click_asks_for_the_window_and_a_middle_click_mutes(kept: Kept) -> None:
    asked: list[str] = []
    kept.tray.show_asked.connect(lambda: asked.append("show"))
    icon = kept.tray.findChild(QSystemTrayIcon)
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    icon.activated.emit(QSystemTrayIcon.ActivationReason.MiddleClick)
    assert asked == ["show"]
    assert kept.scripted.session.is_muted


def test_the_first_entry_offers_what_is_not_so(kept: Kept) -> None:
    kept.tray.show_window_state(is_shown=False)
    assert kept.entry("Show window")
    kept.tray.show_window_state(is_shown=True)
    assert kept.entry("Hide window")


def test_a_hidden_start_without_a_tray_asks_for_the_window(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.desktop.tray.LOOK_MS", 0)
    looks: list[int] = []

    def look() -> bool:
        looks.append(1)
        return False

    monkeypatch.setattr(Tray, "is_there", staticmethod(look))
    missing: list[bool] = []
    kept.tray.missing.connect(lambda: missing.append(True))
    kept.tray.wait_for_tray()
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
