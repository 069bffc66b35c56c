"""The latency overlay: the script's figures, where the person put it, as solid as they like it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from assistant.events import TurnFinished
from assistant.metrics import distribution
from assistant.settings import load_settings
from tests.window.conftest import Scripted, spin_until
from tests.window.fakes.facade import TIMINGS
from ui.desktop.places import Places
from ui.overlay import Overlay
from ui.shown.figure_keeper import figures_of
from ui.shown.latency import in_ms, in_words


@pytest.fixture
def overlay(scripted: Scripted) -> Overlay:
    """The overlay, shown because the setting says so."""
    made = Overlay(scripted.session)
    assert not made.isVisible()
    scripted.session.change_settings({"window.overlay": True})
    spin_until(made.isVisible)
    return made


def _press(widget: QWidget, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def _mouse(widget: QWidget, kind: QEvent.Type, on_screen: QPoint) -> None:
    is_down = kind != QEvent.Type.MouseButtonRelease
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.LeftButton if is_down else Qt.MouseButton.NoButton
    local = QPointF(widget.mapFromGlobal(on_screen))
    no_keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        widget, QMouseEvent(kind, local, QPointF(on_screen), button, held, no_keys)
    )


def _turn_wheel(widget: QWidget, notches: int) -> None:
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(widget.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_it_floats_above_other_windows_without_a_frame_and_takes_no_focus(overlay: Overlay) -> None:
    flags = overlay.windowFlags()
    assert flags & Qt.WindowType.FramelessWindowHint
    assert flags & Qt.WindowType.WindowStaysOnTopHint
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_before_the_first_turn_it_says_so(overlay: Overlay) -> None:
    panel = overlay.panel
    assert panel.bar.accessibleDescription() == "No figures yet"
    assert [label.text() for label in (*panel.e2e, *panel.mouth_to_ear)] == ["—"] * 4
    assert panel.tokens.text() == "No tokens yet"


def test_it_shows_the_scripts_figures(scripted: Scripted, overlay: Overlay) -> None:
    scripted.facade.memory = {"worker": 412.2, "app": 148.1}
    spoken_after_ms = [280.0, 310.0, 295.0, 700.0, 264.0]
    for number, e2e_ms in enumerate(spoken_after_ms):
        timings = replace(TIMINGS, first_audio=100.0 + e2e_ms / 1000.0)
        scripted.facade.tell(TurnFinished(number, "question", "answer", timings))
    panel = overlay.panel
    spin_until(lambda: len(panel.spark.values_ms) == 5)
    assert panel.spark.values_ms == pytest.approx(spoken_after_ms)
    e2e = distribution(spoken_after_ms)
    assert [label.text() for label in panel.e2e] == [in_ms(e2e.p50), in_ms(e2e.p95)]
    assert [label.text() for label in panel.e2e] == ["295 ms", "622 ms"]
    assert [label.text() for label in panel.mouth_to_ear] == ["695 ms", "1022 ms"]
    assert panel.bar.accessibleDescription() == in_words(timings)
    assert panel.tokens.text() == "60 tokens/s · 220 tokens reused"
    figures_of(scripted.session).add_memory(412.2, 148.1)
    assert panel.memory.text() == "560 MB · models 412 · window 148"


def test_the_sparkline_has_the_last_thirty_turns(scripted: Scripted, overlay: Overlay) -> None:
    figures = figures_of(scripted.session)
    for number in range(40):
        timings = replace(TIMINGS, first_audio=100.1 + number / 100.0)
        figures.add(TurnFinished(number, "question", "answer", timings))
    values = overlay.panel.spark.values_ms
    assert len(values) == 30
    assert (round(values[0]), round(values[-1])) == (200, 490)
    assert overlay.panel.spark.accessibleDescription() == (
        "30 turns, from 200 ms to 490 ms, the last 490 ms"
    )


def test_it_catches_up_when_it_is_shown_again(scripted: Scripted, overlay: Overlay) -> None:
    overlay.hide()
    figures_of(scripted.session).add(TurnFinished(1, "question", "answer", TIMINGS))
    overlay.show()
    assert overlay.panel.e2e[0].text() == "280 ms"


def test_the_setting_shows_and_hides_it(scripted: Scripted, overlay: Overlay) -> None:
    scripted.session.change_settings({"window.overlay": False})
    spin_until(lambda: not overlay.isVisible())


def test_escape_hides_it_for_good(scripted: Scripted, overlay: Overlay) -> None:
    _press(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    spin_until(lambda: not scripted.session.settings.window.overlay)
    assert load_settings().window.overlay is False


def test_the_wheel_changes_how_solid_it_is_and_that_is_kept(
    scripted: Scripted, overlay: Overlay
) -> None:
    assert overlay.opacity == 0.9
    _turn_wheel(overlay, -3)
    assert overlay.opacity == 0.75
    assert overlay.windowOpacity() == pytest.approx(0.75, abs=0.01)
    spin_until(lambda: scripted.session.settings.window.overlay_opacity == 0.75)
    assert load_settings().window.overlay_opacity == 0.75


def test_it_never_fades_from_sight(overlay: Overlay) -> None:
    _turn_wheel(overlay, -60)
    assert overlay.opacity == 0.3
    _turn_wheel(overlay, 60)
    assert overlay.opacity == 1.0


def test_the_settings_page_changes_it_too(scripted: Scripted, overlay: Overlay) -> None:
    scripted.session.change_settings({"window.overlay_opacity": 0.5})
    spin_until(lambda: overlay.opacity == 0.5)


def test_its_menu_chooses_an_opacity(scripted: Scripted, overlay: Overlay) -> None:
    actions = {action.text(): action for action in overlay.menu().actions()}
    assert actions["90 %"].isChecked()
    actions["60 %"].trigger()
    assert overlay.opacity == 0.6
    spin_until(lambda: scripted.session.settings.window.overlay_opacity == 0.6)


def test_it_is_dragged_and_found_again_where_it_was_left(
    scripted: Scripted, overlay: Overlay
) -> None:
    overlay.move(100, 100)
    for kind, at in (
        (QEvent.Type.MouseButtonPress, QPoint(120, 110)),
        (QEvent.Type.MouseMove, QPoint(160, 150)),
        (QEvent.Type.MouseMove, QPoint(220, 180)),
        (QEvent.Type.MouseButtonRelease, QPoint(220, 180)),
        (QEvent.Type.MouseMove, QPoint(300, 300)),
    ):
        _mouse(overlay, kind, at)
    assert overlay.pos() == QPoint(200, 170)
    spin_until(lambda: Places().point("overlay") == QPoint(200, 170))
    again = Overlay(scripted.session)
    spin_until(again.isVisible)
    assert again.pos() == QPoint(200, 170)


def test_it_comes_back_from_a_screen_that_is_gone(scripted: Scripted) -> None:
    Places().remember_point("overlay", QPoint(9000, 9000))
    overlay = Overlay(scripted.session)
    overlay.show()
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.contains(overlay.geometry())


def test_arrow_keys_move_it(overlay: Overlay) -> None:
    overlay.move(100, 100)
    _press(overlay, Qt.Key.Key_Right)
    _press(overlay, Qt.Key.Key_Down)
    assert overlay.pos() == QPoint(116, 116)
