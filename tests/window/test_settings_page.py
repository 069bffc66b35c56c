"""The settings page: finding a setting, changing it by mouse and keys, seeing what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QToolButton, QWidget

from assistant.api.devices import DeviceChoice, DeviceLists, Step, Trial
from assistant.api.doctor import Connection, Connections
from assistant.errors import AudioError
from assistant.settings.live import AudioSettings
from tests.window.conftest import Scripted, spin_until
from ui.pages import settings_audio, settings_privacy
from ui.pages.settings import PLACES, SettingsPage
from ui.pages.settings_audio import AudioTab
from ui.pages.settings_privacy import PrivacyTab
from ui.shown.settings_form import SettingsForm
from ui.shown.trial import MicrophoneTrial
from ui.widgets.form_number import NumberControl, _Figure
from ui.widgets.form_row import SettingRow
from ui.widgets.form_switch import Switch

LISTS = DeviceLists(
    (DeviceChoice("Built-in", True), DeviceChoice("Jabra Link (hw:2,0)", False)),
    (DeviceChoice("default", True), DeviceChoice("HDMI (hw:1,3)", False)),
)


@pytest.fixture(autouse=True)
def _no_real_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_audio, "real_devices", lambda: LISTS)
    monkeypatch.setattr(settings_privacy, "real_connections", lambda: Connections(2, ()))


@pytest.fixture
def page(scripted: Scripted) -> Iterator[SettingsPage]:
    made = SettingsPage(scripted.session)
    made.resize(900, 700)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def row(page: SettingsPage, section: str, key: str) -> SettingRow:
    page.show_section(section)
    return page.tab(section).rows[key]


# --- pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", [place.name for place in PLACES])
def test_every_page_opens_and_every_control_on_it_has_a_name_and_takes_the_keyboard(
    page: SettingsPage, section: str
) -> None:
    page.show_section(section)
    tab = page.tab(section)
    assert tab.isVisible()
    for one in tab.rows.values():
        assert one.control.main.accessibleName().startswith(one.field.title)
        assert one.control.main.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_each_setting_stands_on_one_page_only(scripted: Scripted) -> None:
    keys = [key for place in PLACES for key in place.tab.keys(scripted.session.settings)]
    assert len(keys) == len(set(keys)) > 35


def test_the_pages_fit_a_small_window(page: SettingsPage) -> None:
    page.resize(620, 500)
    for place in PLACES:
        page.show_section(place.name)
        tab = page.tab(place.name)
        assert tab.minimumSizeHint().width() <= 620 - 188, place.name


# --- changing ---------------------------------------------------------------------------------------


def test_a_switch_is_turned_by_a_click_and_by_the_space_bar(
    page: SettingsPage, scripted: Scripted
) -> None:
    one = row(page, "appearance", "window.overlay")
    switch = one.findChild(Switch)
    assert switch is not None
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    spin_until(lambda: scripted.session.settings.window.overlay)
    assert switch.isChecked()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    spin_until(lambda: not scripted.session.settings.window.overlay)


def test_a_choice_is_shown_in_words_and_saved_as_the_model_wants_it(
    page: SettingsPage, scripted: Scripted
) -> None:
    combo = row(page, "appearance", "window.appearance").findChild(QComboBox)
    assert combo is not None
    assert [combo.itemText(n) for n in range(combo.count())] == ["As the system", "Light", "Dark"]
    QTest.keyClick(combo, Qt.Key.Key_End)
    spin_until(lambda: scripted.session.settings.window.appearance == "dark")


def test_a_figure_typed_beyond_its_range_is_explained_in_place_and_mended_by_reset(
    page: SettingsPage, scripted: Scripted
) -> None:
    one = row(page, "conversation", "listening.pause_ms")
    figure = one.findChild(_Figure)
    assert figure is not None
    figure.selectAll()
    QTest.keyClicks(figure, "9000")
    QTest.keyClick(figure, Qt.Key.Key_Return)
    texts = [label.text() for label in one.findChildren(QLabel) if label.isVisible()]
    assert "Must be at most 3000 (is 9000)." in texts
    assert figure.property("wrong") is True
    reset = next(button for button in one.findChildren(QToolButton) if button.isVisible())
    assert reset.accessibleName() == "Back to the default: Pause"
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert figure.value() == 600
    assert figure.property("wrong") is False
    assert not reset.isVisible()
    assert scripted.session.settings.listening.pause_ms == 600


def test_arrows_and_slider_stop_at_the_ends_of_the_range(page: SettingsPage) -> None:
    one = row(page, "conversation", "listening.pause_ms")
    control = one.control
    assert isinstance(control, NumberControl)
    control.set_value(3000)
    figure = one.findChild(_Figure)
    assert figure is not None
    figure.stepUp()
    assert figure.value() == 3000


def test_the_wheel_scrolls_the_page_and_changes_nothing_by_accident(
    page: SettingsPage, scripted: Scripted
) -> None:
    figure = row(page, "conversation", "listening.pause_ms").findChild(_Figure)
    assert figure is not None
    page.search.setFocus()
    at = QPointF(figure.rect().center())
    wheel = QWheelEvent(
        at, QPointF(figure.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(figure, wheel)
    assert figure.value() == 600
    assert scripted.session.settings.listening.pause_ms == 600


def test_text_is_saved_while_typing_pauses_and_the_cursor_stays(
    page: SettingsPage, scripted: Scripted
) -> None:
    line = row(page, "conversation", "listening.wake_phrase").findChild(QLineEdit)
    assert line is not None
    window = row(page, "conversation", "listening.wake_window_s")
    assert not window.isEnabled()
    QTest.keyClicks(line, "hey computer")
    assert window.isEnabled()
    line.setCursorPosition(3)
    spin_until(lambda: scripted.session.settings.listening.wake_phrase == "hey computer")
    assert line.cursorPosition() == 3


def test_leaving_the_page_saves_what_was_typed_last(page: SettingsPage, scripted: Scripted) -> None:
    line = row(page, "conversation", "listening.wake_phrase").findChild(QLineEdit)
    assert line is not None
    QTest.keyClicks(line, "hola")
    page.hide()
    spin_until(lambda: scripted.session.settings.listening.wake_phrase == "hola")


def test_days_to_keep_say_for_ever_at_zero_and_one_day_in_the_singular(
    page: SettingsPage, scripted: Scripted
) -> None:
    figure = row(page, "privacy", "history.keep_days").findChild(_Figure)
    assert figure is not None
    assert figure.text() == "for ever"
    figure.stepUp()
    assert figure.text() == "1 day"
    figure.stepUp()
    assert figure.text() == "2 days"
    spin_until(lambda: scripted.session.settings.history.keep_days == 2)


# --- keys -------------------------------------------------------------------------------------------


def test_a_key_combination_is_captured_by_pressing_it(
    page: SettingsPage, scripted: Scripted
) -> None:
    field = row(page, "keys", "keys.talk").control.main
    QTest.keyClick(field, Qt.Key.Key_Space)  # begins capturing, as on any button
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyPress(field, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    QTest.keyPress(field, Qt.Key.Key_Shift, held)
    QTest.keyClick(field, Qt.Key.Key_F9, held)
    spin_until(lambda: scripted.session.settings.keys.talk == "Ctrl+Shift+F9")
    assert field.accessibleName() == "Talk key: Ctrl+Shift+F9"


def test_escape_leaves_the_capturing_without_a_change(
    page: SettingsPage, scripted: Scripted
) -> None:
    field = row(page, "keys", "keys.talk").control.main
    QTest.keyClick(field, Qt.Key.Key_Space)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QTest.keyClick(field, Qt.Key.Key_F9)
    assert field.accessibleName() == "Talk key: Ctrl+Alt+Space"
    assert QWidget.keyboardGrabber() is None
    assert scripted.session.settings.keys.talk == "Ctrl+Alt+Space"


def test_a_letter_alone_is_explained_and_not_saved(page: SettingsPage, scripted: Scripted) -> None:
    one = row(page, "keys", "keys.talk")
    QTest.keyClick(one.control.main, Qt.Key.Key_Space)
    QTest.keyClick(one.control.main, Qt.Key.Key_A)
    assert page.form.problem("keys.talk")
    assert scripted.session.settings.keys.talk == "Ctrl+Alt+Space"


# --- search -----------------------------------------------------------------------------------------


def test_a_search_finds_by_title_first_and_by_the_words_of_the_help(page: SettingsPage) -> None:
    titles = [hit.title for hit in page.found("pause")]
    assert titles[0] in ("Pause", "Shortest pause", "Longest pause")
    assert "Overlay opacity" in [hit.title for hit in page.found("solid")]
    assert page.found("zzz") == []


def test_return_in_the_search_goes_to_the_setting_even_where_it_is_folded_away(
    page: SettingsPage,
) -> None:
    page.search.setFocus()
    QTest.keyClicks(page.search, "speech threshold")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    one = page.tab("conversation").rows["listening.vad_threshold"]
    spin_until(lambda: one.isVisible() and page.focusWidget() is one.control.main)
    assert page.search.text() == ""


# --- audio ------------------------------------------------------------------------------------------


def test_the_pickers_offer_what_is_plugged_in_and_remember_what_is_not(
    page: SettingsPage, scripted: Scripted
) -> None:
    combo = row(page, "audio", "audio.input_device").findChild(QComboBox)
    assert combo is not None
    spin_until(lambda: combo.count() == 3)
    assert combo.itemText(0) == "System default (Built-in)"
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_End)
    spin_until(lambda: scripted.session.settings.audio.input_device == "Jabra Link (hw:2,0)")
    scripted.session.change_settings({"audio.input_device": "Gone (hw:9,9)"})
    spin_until(lambda: combo.currentText() == "Gone (hw:9,9) (not connected)")
    scripted.session.change_settings({"audio.input_device": "jabra"})
    spin_until(lambda: combo.currentText() == "Jabra Link (hw:2,0)")
    scripted.session.change_settings({"audio.input_device": "Jabra Link (hw:5,0)"})  # replugged
    spin_until(lambda: scripted.session.settings.audio.input_device == "Jabra Link (hw:5,0)")
    assert combo.currentText() == "Jabra Link (hw:2,0)"


def test_the_default_stands_in_the_picker_once(page: SettingsPage) -> None:
    combo = row(page, "audio", "audio.output_device").findChild(QComboBox)
    assert combo is not None
    spin_until(lambda: combo.count() == 2)
    assert [combo.itemText(n) for n in range(2)] == ["System default", "HDMI (hw:1,3)"]


def test_the_level_is_followed_while_the_page_is_shown(
    page: SettingsPage, scripted: Scripted
) -> None:
    page.show_section("audio")
    scripted.facade.level = -22.0
    spin_until(lambda: shown_text(page, "\N{MINUS SIGN}22 dBFS"))
    scripted.facade.level = -120.0
    spin_until(lambda: shown_text(page, "No microphone is open."))


def shown_text(page: SettingsPage, text: str) -> bool:
    return any(label.text() == text and label.isVisible() for label in page.findChildren(QLabel))


GOOD = Trial("good", "Jabra", "HDMI", -21.4, 0.0, 0, 0)


def audio_tab(scripted: Scripted, run: Callable[..., Trial | None]) -> AudioTab:
    form = SettingsForm(scripted.session, scripted.session)
    trial = MicrophoneTrial(scripted.session, run)
    made = AudioTab(scripted.session, form, devices=lambda: LISTS, trial=trial)
    made.resize(600, 900)
    made.show()
    return made


def test_record_and_play_says_what_it_found_and_the_conversation_does_not_listen_meanwhile(
    scripted: Scripted,
) -> None:
    muted: list[bool] = []

    def run(
        _audio: AudioSettings, on_step: Callable[[Step, float, float], None], _cancelled: object
    ) -> Trial:
        muted.append(scripted.session.is_muted)
        on_step("recording", 0.5, -20.0)
        return GOOD

    tab = audio_tab(scripted, run)
    (button,) = [one for one in tab.findChildren(QWidget) if one is tab._button]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    spin_until(tab._verdict.text)
    assert tab._verdict.text() == (
        "Good: your voice arrives clearly, at -21 dBFS. Recorded with Jabra, played on HDMI."
    )
    assert muted == [True]
    assert not scripted.session.is_muted
    assert scripted.facade.called("mute") == [True, False]


@pytest.mark.parametrize(
    ("trial", "said", "tone"),
    [
        (Trial("zeros", "Jabra", "", -100.0, 0.0, 0, 0), "only silence", "danger"),
        (Trial("clipping", "Jabra", "HDMI", -3.0, 0.021, 0, 0), "2.1 %", "warning"),
        (Trial("quiet", "Jabra", "HDMI", -48.0, 0.0, 0, 0), "-48 dBFS", "warning"),
        (Trial("no_speech", "Jabra", "HDMI", -50.0, 0.0, 0, 0), "nobody seems to speak", "warning"),
        (Trial("good", "Jabra", "HDMI", -20.0, 0.0, 1600, 0), "Some sound was lost", "warning"),
    ],
)
def test_each_finding_has_its_sentence(
    scripted: Scripted, trial: Trial, said: str, tone: str
) -> None:
    shown_trial = MicrophoneTrial(scripted.session, lambda *_: trial)
    shown_trial.start()
    spin_until(lambda: not shown_trial.is_running)
    assert said in shown_trial.sentence
    assert shown_trial.tone == tone


def test_a_device_that_stood_in_for_the_chosen_one_is_named(scripted: Scripted) -> None:
    scripted.session.change_settings({"audio.input_device": "Shure"})
    spin_until(lambda: scripted.session.settings.audio.input_device == "Shure")
    shown_trial = MicrophoneTrial(scripted.session, lambda *_: GOOD)
    shown_trial.start()
    spin_until(lambda: not shown_trial.is_running)
    assert "Shure is not there; another one stood in for it." in shown_trial.sentence
    assert shown_trial.tone == "warning"


def test_a_device_that_fails_the_test_is_told_in_place_and_one_may_try_again(
    scripted: Scripted,
) -> None:
    def run(*_: object) -> Trial:
        raise AudioError("device_busy", "The microphone is used by another program.", "Close it.")

    shown_trial = MicrophoneTrial(scripted.session, run)
    shown_trial.start()
    spin_until(lambda: not shown_trial.is_running)
    assert shown_trial.sentence == "The microphone is used by another program. Close it."
    assert not scripted.session.is_muted
    assert scripted.troubles == []


def test_leaving_the_page_ends_the_test(scripted: Scripted) -> None:
    cancelled: list[bool] = []

    def run(_audio: AudioSettings, _on_step: object, is_cancelled: Callable[[], bool]) -> None:
        while not is_cancelled():
            pass
        cancelled.append(True)

    tab = audio_tab(scripted, run)
    tab._trial.start()
    tab.hide()
    spin_until(lambda: cancelled and not tab._trial.is_running)
    assert tab._verdict.text() == ""


# --- privacy ----------------------------------------------------------------------------------------


def privacy_tab(scripted: Scripted, seen: Connections) -> PrivacyTab:
    form = SettingsForm(scripted.session, scripted.session)
    made = PrivacyTab(scripted.session, form, connections=lambda: seen)
    made.resize(600, 900)
    made.show()
    return made


def test_no_connection_is_said_with_how_many_processes_were_looked_at(scripted: Scripted) -> None:
    tab = privacy_tab(scripted, Connections(3, ()))
    spin_until(lambda: tab._now.title.text() == "No internet connection is open")
    assert tab._now.text.text() == "3 processes of the assistant were looked at, just now."
    assert tab._mark.accessibleName() == "No connection"


def test_an_open_connection_is_named(scripted: Scripted) -> None:
    one = Connection("python", 42, "10.0.0.2:5000", "93.184.216.34:443")
    tab = privacy_tab(scripted, Connections(3, (one,)))
    spin_until(lambda: "open internet connections" in tab._now.title.text())
    assert "python (42): 10.0.0.2:5000 → 93.184.216.34:443" in tab._now.text.text()


def test_with_history_off_there_is_nothing_to_keep_for_days(scripted: Scripted) -> None:
    tab = privacy_tab(scripted, Connections(1, ()))
    days = tab.rows["history.keep_days"]
    assert days.isEnabled()
    tab.form.edit("history.keep", False)
    assert not days.isEnabled()
    tab.close()  # saves
    spin_until(lambda: not scripted.session.settings.history.keep)
