"""The main window as a person uses it, on a scripted assistant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from assistant.errors import AudioError
from assistant.events import (
    MicrophoneChanged,
    ModelLoading,
    ReplyStarted,
    ReplyUpdated,
    TalkChanged,
    TimerDue,
    ToolUsed,
    TranscriptUpdated,
    TurnCommitted,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)
from assistant.history.past import ConversationLine, Ending, PastConversation, PastTurn
from tests.window.conftest import Scripted, named, spin_until
from tests.window.fakes.facade import TIMINGS, turn
from ui.pages.history import HistoryPage
from ui.pages.settings import SettingsPage
from ui.session import Trouble
from ui.shown.talk import TalkState
from ui.widgets.banner import Banner
from ui.widgets.latency_bar import LatencyBar
from ui.widgets.turn_card import TurnCard
from ui.window import MainWindow

CLOCK = ToolUsed(1, "get_time", {"place": "Madrid"}, {"time": "3:42 PM", "place": "Madrid"}, 12.0)


@pytest.fixture
def window(scripted: Scripted) -> Iterator[MainWindow]:
    made = MainWindow(scripted.session)
    made.show()
    yield made
    made.hide()


def texts(root: QWidget) -> str:
    """All words that can be seen."""
    labels = [one for one in root.findChildren(QLabel) if one.isVisibleTo(root)]
    return "\n".join(label.text() for label in labels)


def cards(window: MainWindow) -> list[TurnCard]:
    found = window.conversation.findChildren(TurnCard)
    return sorted((one for one in found if not one.isHidden()), key=lambda card: card.turn.key)


def button(root: QWidget, text: str) -> QPushButton:
    (found,) = [
        one
        for one in root.findChildren(QPushButton)
        if one.text() == text and one.isVisibleTo(root)
    ]
    return found


def press(widget: QWidget, key: Qt.Key, *, text: str = "", repeats: bool = False) -> None:
    down = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, repeats)
    QApplication.sendEvent(widget, down)


def release(widget: QWidget, key: Qt.Key, *, repeats: bool = False) -> None:
    up = QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier, "", repeats)
    QApplication.sendEvent(widget, up)


def choose_key(scripted: Scripted, kind: str) -> None:
    scripted.session.change_settings({"listening.talk_key": kind})
    spin_until(lambda: scripted.session.settings.listening.talk_key == kind)


# --- talking ------------------------------------------------------------------------------------------


def test_space_is_the_talk_key_and_repeats_do_not_count(
    scripted: Scripted, window: MainWindow
) -> None:
    choose_key(scripted, "hold")
    box = window.conversation.bar.box
    press(box, Qt.Key.Key_Space, text=" ")
    for _ in range(3):
        release(box, Qt.Key.Key_Space, repeats=True)
        press(box, Qt.Key.Key_Space, text=" ", repeats=True)
    assert window.talk.state is TalkState.LISTENING
    release(box, Qt.Key.Key_Space)
    assert scripted.facade.called("talk_key") == [True, False]
    assert window.talk.state is TalkState.IDLE
    assert box.text() == ""


def test_space_in_a_text_that_was_begun_is_a_space(scripted: Scripted, window: MainWindow) -> None:
    box = window.conversation.bar.box
    QTest.keyClicks(box, "what time")
    assert box.text() == "what time"
    assert scripted.facade.called("talk_key") == []


def test_the_mouse_on_the_control_is_the_talk_key_too(
    scripted: Scripted, window: MainWindow
) -> None:
    control = window.conversation.bar.button
    middle = control.rect().center()
    QTest.mousePress(control, Qt.MouseButton.LeftButton, pos=middle)
    assert window.talk.state is TalkState.LISTENING
    assert scripted.facade.called("talk") == []
    QTest.mouseRelease(control, Qt.MouseButton.LeftButton, pos=middle)
    assert scripted.facade.called("talk_key") == [True, False]


def test_a_tap_is_seen_until_the_assistant_says_that_it_is_over(
    scripted: Scripted, window: MainWindow
) -> None:
    press(window, Qt.Key.Key_Space, text=" ")
    release(window, Qt.Key.Key_Space)
    scripted.facade.tell(TalkChanged(is_talking=True))
    spin_until(lambda: window.talk.state is TalkState.LISTENING)
    press(window, Qt.Key.Key_Space, text=" ")
    release(window, Qt.Key.Key_Space)
    assert scripted.facade.called("talk_key") == [True, False, True, False]
    scripted.facade.tell(TalkChanged(is_talking=False))
    spin_until(lambda: window.talk.state is TalkState.IDLE)


def test_a_tap_in_another_program_is_seen_too(scripted: Scripted, window: MainWindow) -> None:
    scripted.facade.tell(TalkChanged(is_talking=True))
    spin_until(lambda: window.talk.state is TalkState.LISTENING)
    assert window.talk.can_cancel
    scripted.facade.tell(TurnStarted(1), TranscriptUpdated(1, "hello", is_final=True))
    scripted.facade.tell(TurnCommitted(1, 1), TalkChanged(is_talking=False))
    spin_until(lambda: window.talk.state is TalkState.THINKING)


def test_a_hand_that_cannot_hold_begins_and_ends_by_enter(
    scripted: Scripted, window: MainWindow
) -> None:
    control = window.conversation.bar.button
    press(control, Qt.Key.Key_Return)
    scripted.facade.tell(TurnStarted(1))
    spin_until(lambda: window.talk.state is TalkState.LISTENING)
    press(control, Qt.Key.Key_Return)
    assert scripted.facade.called("talk") == [True, False]
    assert scripted.facade.called("talk_key") == []


def test_a_key_held_while_another_window_comes_up_is_let_go(
    scripted: Scripted, window: MainWindow, qapp: QApplication
) -> None:
    window.activateWindow()
    spin_until(window.isActiveWindow)
    press(window, Qt.Key.Key_Space, text=" ")
    other = QWidget()
    other.show()
    other.activateWindow()
    spin_until(lambda: not window.isActiveWindow())
    spin_until(lambda: scripted.facade.called("talk_key") == [True, False])


def test_escape_stops_whatever_goes_on(scripted: Scripted, window: MainWindow) -> None:
    press(window.conversation.bar.box, Qt.Key.Key_Escape)
    assert scripted.facade.called("cancel") == [None]


def test_hands_free_and_mute_are_one_click(scripted: Scripted, window: MainWindow) -> None:
    button(window, "Hands-free").click()
    spin_until(lambda: scripted.session.settings.listening.mode == "push_to_talk")
    assert not button(window, "Mute").isEnabled()  # nothing listens by itself
    scripted.facade.tell(TalkChanged(is_talking=True))
    spin_until(lambda: window.talk.state is TalkState.LISTENING)
    button(window, "Hands-free").click()
    spin_until(lambda: scripted.session.settings.listening.mode == "hands_free")
    button(window, "Mute").click()
    assert scripted.facade.called("mute") == [True]
    assert window.talk.is_muted


# --- reading ------------------------------------------------------------------------------------------


def test_a_spoken_turn_can_be_followed_and_ends_with_its_latency(
    scripted: Scripted, window: MainWindow
) -> None:
    tell = scripted.facade.tell
    tell(TurnStarted(1), TranscriptUpdated(1, "what time is", is_final=False))
    spin_until(lambda: "what time is …" in texts(window))
    assert window.talk.state is TalkState.LISTENING
    tell(TranscriptUpdated(1, "what time is it in Madrid", is_final=True), TurnCommitted(1, 1))
    spin_until(lambda: "what time is it in Madrid" in texts(window))
    assert window.talk.state is TalkState.THINKING
    tell(CLOCK, ReplyUpdated(1, "It is "), ReplyUpdated(1, "3:42 PM."), ReplyStarted(1, 20.0))
    spin_until(lambda: "It is 3:42 PM." in texts(window))
    assert "3:42 PM · Madrid" in texts(window)
    assert window.talk.state is TalkState.SPEAKING
    tell(turn(1, "what time is it in Madrid", "It is 3:42 PM.")[-1])
    spin_until(lambda: any(card.turn.state.is_over for card in cards(window)))
    (bar,) = cards(window)[0].findChildren(LatencyBar)
    spin_until(bar.isVisible)
    assert "280 ms" in bar.accessibleDescription()


def test_what_was_cut_off_is_grey_and_the_rest_is_not(
    scripted: Scripted, window: MainWindow
) -> None:
    reply = "Spain is a country. It lies in Europe."
    scripted.facade.tell(
        *turn(1, "tell me about spain", reply)[:-1],
        TurnInterrupted(1, "tell me about spain", reply, "Spain is a country. It", TIMINGS),
    )
    spin_until(lambda: "line-through" in texts(window))
    (line,) = [text for text in texts(window).splitlines() if "line-through" in text]
    assert line.startswith("Spain is a country. It<span")
    assert " lies in Europe.</span>" in line


def test_markup_in_words_is_only_words(scripted: Scripted, window: MainWindow) -> None:
    evil = "<b>bold</b> & <img src=x>"
    scripted.facade.tell(*turn(1, evil, evil)[:-1], TurnInterrupted(1, evil, evil, "", TIMINGS))
    spin_until(lambda: "line-through" in texts(window))
    assert "&lt;b&gt;bold" in texts(window)


def test_a_word_no_line_can_hold_is_broken_and_copied_whole(
    scripted: Scripted, window: MainWindow
) -> None:
    address = "https://example.org/" + "a" * 300
    scripted.facade.tell(*turn(1, address, address))
    spin_until(lambda: named(window, "Copy question and answer"))
    (card,) = cards(window)
    assert card.width() <= window.conversation.area.viewport().width()
    named(window, "Copy question and answer")[0].click()
    assert QGuiApplication.clipboard().text() == f"{address}\n{address}"


def test_a_timer_that_ran_out_stands_there(scripted: Scripted, window: MainWindow) -> None:
    scripted.facade.tell(TimerDue("pasta", 600.0))
    spin_until(lambda: "Timer “pasta” is over (10:00)" in texts(window))


def test_the_loading_of_the_models_can_be_followed(scripted: Scripted, window: MainWindow) -> None:
    tell = scripted.facade.tell
    tell(WorkerStarting(1), ModelLoading("stt", "pocketsphinx-mixed"))
    spin_until(lambda: "Loading the recogniser: pocketsphinx-mixed" in texts(window))
    tell(WorkerReady({"stt": "pocketsphinx-mixed"}, 2.0))
    spin_until(lambda: "Ready with the set “starter”" in texts(window))


# --- what one does with a turn ------------------------------------------------------------------------


def test_a_typed_question_is_asked_and_seen_at_once(scripted: Scripted, window: MainWindow) -> None:
    box = window.conversation.bar.box
    QTest.keyClicks(box, "what is twelve times seven")
    press(box, Qt.Key.Key_Return)
    assert scripted.facade.called("ask") == ["what is twelve times seven"]
    spin_until(lambda: "what is twelve times seven" in texts(window))
    assert box.text() == ""
    press(box, Qt.Key.Key_Up)
    assert box.text() == "what is twelve times seven"


def test_an_answer_can_be_copied_said_again_and_deleted(
    scripted: Scripted, window: MainWindow
) -> None:
    scripted.facade.tell(*turn(7, "hello", "Hello there."))
    spin_until(lambda: named(window, "Repeat aloud"))
    named(window, "Copy question and answer")[0].click()
    assert QGuiApplication.clipboard().text() == "hello\nHello there."
    named(window, "Repeat aloud")[0].click()
    assert scripted.facade.called("say") == ["Hello there."]
    named(window, "Delete")[0].click()
    assert cards(window) == []
    assert scripted.facade.called("forget_turn") == [7]
    button(window.banners, "Undo").click()
    spin_until(lambda: [card.turn.question for card in cards(window)] == ["hello"])
    assert scripted.facade.called("remember_turn") == [7]
    assert banners(window) == []


def test_a_failed_question_is_asked_again_with_one_click(
    scripted: Scripted, window: MainWindow
) -> None:
    window.conversation.ask("tell me a joke")
    scripted.facade.tell(TurnFailed(1, "llm", "llm_failed", "The thinker failed.", ""))
    spin_until(lambda: "The thinker failed." in texts(window))
    button(window, "Ask again").click()
    assert scripted.facade.called("ask") == ["tell me a joke", "tell me a joke"]
    spin_until(lambda: [card.turn.question for card in cards(window)] == ["tell me a joke"])


def test_a_long_conversation_keeps_its_newest_cards_and_brings_back_earlier_ones(
    scripted: Scripted, window: MainWindow
) -> None:
    for number in range(1, 101):
        scripted.facade.tell(*turn(number, f"question {number}", "Yes."))
    spin_until(lambda: cards(window) and cards(window)[-1].turn.turn_id == 100)
    assert len(cards(window)) == 40
    button(window, "Show earlier").click()
    spin_until(lambda: len(cards(window)) == 60)
    assert [card.turn.turn_id for card in cards(window)] == list(range(41, 101))


def test_a_new_conversation_begins_with_an_empty_page(
    scripted: Scripted, window: MainWindow
) -> None:
    scripted.facade.tell(*turn(1, "hello", "Hello there."))
    spin_until(lambda: cards(window))
    button(window, "New conversation").click()
    assert scripted.facade.called("begin_conversation") == [None]
    assert cards(window) == []
    assert "What can I do for you?" in texts(window)
    scripted.facade.tell(*turn(2, "and now", "Yes."))
    spin_until(lambda: [card.turn.question for card in cards(window)] == ["and now"])


def test_a_conversation_of_the_history_goes_on_where_it_ended(
    scripted: Scripted, window: MainWindow
) -> None:
    at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    ends: list[Ending] = ["finished", "interrupted", "failed"]
    past = PastConversation(
        ConversationLine(1, "c", "Hello", at, at, 30),
        tuple(
            PastTurn(
                f"k{n}",
                at,
                ends[n % 3],
                f"question {n}",
                "One two.",
                heard="One" if n % 3 == 1 else None,
            )
            for n in range(30)
        ),
    )
    window.open_page("history")
    page = window.findChild(HistoryPage)
    assert page is not None
    page.continue_wanted.emit(past)
    assert window.conversation.isVisible()
    assert scripted.facade.called("go_on_with") == [past]
    spin_until(lambda: len(cards(window)) == 20)
    assert cards(window)[-1].turn.question == "question 29"
    assert cards(window)[-2].turn.reply_parts == ("One", " two.")
    scripted.facade.tell(*turn(1, "and now", "Yes."))
    spin_until(lambda: cards(window)[-1].turn.question == "and now")


# --- the empty conversation ---------------------------------------------------------------------------


def test_the_first_run_says_what_the_starter_set_is_and_offers_more(
    scripted: Scripted, window: MainWindow
) -> None:
    assert "You are using the starter set" in texts(window)
    pages: list[str] = []
    scripted.session.page_wanted.disconnect()  # only whether it is wanted
    scripted.session.page_wanted.connect(pages.append)
    button(window, "See the larger sets").click()
    assert pages == ["settings/models"]
    button(window, "Stay with this one").click()
    assert "You are using the starter set" not in texts(window)
    again = MainWindow(scripted.session)
    assert "What can I do for you?" in texts(again)
    assert "You are using the starter set" not in texts(again)


def test_a_question_that_is_offered_is_asked(scripted: Scripted, window: MainWindow) -> None:
    button(window, "What time is it?").click()
    assert scripted.facade.called("ask") == ["What time is it?"]
    assert "What can I do for you?" not in texts(window)


# --- troubles -----------------------------------------------------------------------------------------


def banners(window: MainWindow) -> list[Trouble]:
    return [one.trouble for one in window.findChildren(Banner) if not one.isHidden()]


def test_a_lost_worker_is_told_and_the_question_is_one_click_away(
    scripted: Scripted, window: MainWindow
) -> None:
    tell = scripted.facade.tell
    window.conversation.ask("tell me a joke")
    window.conversation.bar.box.setText("half a sen")
    tell(WorkerLost("worker_crashed", "The worker was killed.", "", restarting=True))
    spin_until(lambda: banners(window))
    assert "It is being started again." in texts(window)
    tell(TurnFailed(1, "worker", "worker_crashed", "The worker was killed.", ""))
    tell(WorkerStarting(2), WorkerReady({}, 1.0))
    spin_until(lambda: "The assistant was started again." in texts(window))
    button(window.banners, "Ask again").click()
    assert scripted.facade.called("ask") == ["tell me a joke", "tell me a joke"]
    assert banners(window) == []
    assert window.conversation.bar.box.text() == "half a sen"


def test_a_worker_that_is_given_up_is_started_again_with_one_click(
    scripted: Scripted, window: MainWindow
) -> None:
    tell = scripted.facade.tell
    window.conversation.ask("tell me a joke")
    tell(WorkerLost("worker_crashed", "The worker was killed.", "Look.", restarting=False))
    tell(TurnFailed(1, "worker", "worker_crashed", "The worker was killed.", "Look."))
    spin_until(lambda: banners(window))
    spin_until(lambda: cards(window)[0].turn.state.is_over)
    button(window.banners, "Start again").click()
    assert [call[0] for call in scripted.facade.calls][-2:] == ["restart", "ask"]


def test_a_restart_without_a_question_ends_its_own_banner(
    scripted: Scripted, window: MainWindow
) -> None:
    tell = scripted.facade.tell
    tell(WorkerLost("worker_hung", "The worker hung.", "", restarting=True))
    spin_until(lambda: banners(window))
    tell(WorkerReady({}, 1.0))
    spin_until(lambda: not banners(window))


def test_a_lost_microphone_offers_another_until_it_is_back(
    scripted: Scripted, window: MainWindow
) -> None:
    tell = scripted.facade.tell
    tell(MicrophoneChanged("USB", "lost", "The microphone USB is gone."))
    spin_until(lambda: banners(window))
    assert banners(window)[0].action == "Choose another"
    tell(MicrophoneChanged("USB", "open"))
    spin_until(lambda: not banners(window))


def test_without_a_microphone_one_types(unstarted: Scripted) -> None:
    def deaf(_facade: object) -> None:
        unstarted.facade.no_audio = AudioError("no_microphone", "There is no microphone.", "")

    unstarted.shall = deaf
    window = MainWindow(unstarted.session)
    window.show()
    unstarted.session.start()
    spin_until(lambda: banners(window))
    assert window.talk.state is TalkState.OFF
    window.conversation.ask("what time is it")
    unstarted.facade.tell(*turn(1, "what time is it", "Noon."))
    spin_until(lambda: "Noon." in texts(window))
    button(window.banners, "Try again").click()
    spin_until(lambda: unstarted.facade.called("go_live") == [None, None])


def test_a_failed_turn_is_told_in_a_banner_on_other_pages(
    scripted: Scripted, window: MainWindow
) -> None:
    window.open_page("session")
    window.conversation.ask("tell me a joke")
    scripted.facade.tell(TurnFailed(1, "llm", "llm_failed", "The thinker failed.", ""))
    spin_until(lambda: banners(window))
    button(window.banners, "Ask again").click()
    assert window.conversation.isVisible()
    assert banners(window) == []


# --- the window itself --------------------------------------------------------------------------------


def test_every_control_of_the_first_page_has_a_name_and_can_be_reached_by_tab(
    scripted: Scripted, window: MainWindow
) -> None:
    scripted.facade.tell(*turn(1, "hello", "Hello there."))
    spin_until(lambda: named(window, "Repeat aloud"))
    from PySide6.QtWidgets import QAbstractButton, QLineEdit

    controls = [
        one
        for kind in (QAbstractButton, QLineEdit)
        for one in window.findChildren(kind)
        if one.isVisibleTo(window)
    ]
    assert len(controls) > 10
    for control in controls:
        assert control.accessibleName() or getattr(control, "text", str)(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.accessibleName()


def test_whoever_changes_the_language_stays_on_the_page_of_it(window: MainWindow) -> None:
    def sections() -> list[str]:
        return [one.section for one in window.findChildren(SettingsPage) if one.isVisible()]

    window.open_page("settings/appearance")
    spin_until(lambda: sections() == ["appearance"])
    window.retranslate()
    spin_until(lambda: sections() == ["appearance"])


def test_words_and_draft_outlive_a_change_of_language(
    scripted: Scripted, window: MainWindow
) -> None:
    scripted.facade.tell(*turn(1, "hello", "Hello there."))
    spin_until(lambda: "Hello there." in texts(window))
    window.conversation.bar.box.setText("half a sen")
    window.retranslate()
    spin_until(lambda: "Hello there." in texts(window))
    assert window.conversation.bar.box.text() == "half a sen"
    scripted.facade.tell(*turn(2, "and now", "Still here."))
    spin_until(lambda: "Still here." in texts(window))
    assert [card.turn.turn_id for card in cards(window)] == [1, 2]


def test_a_narrow_window_keeps_its_side_bar_as_icons(window: MainWindow) -> None:
    window.resize(QSize(980, 760))
    assert button(window, "History").isVisible()
    window.resize(QSize(460, 600))
    assert [one.text() for one in named(window, "History")] == [""]


def test_closing_ends_the_program_or_leaves_it_in_the_tray(scripted: Scripted) -> None:
    for stays in (False, True):
        ended: list[bool] = []
        window = MainWindow(scripted.session, stays=lambda stays=stays: stays)
        window.quit_wanted.connect(lambda ended=ended: ended.append(True))
        window.show()
        window.close()
        assert bool(ended) is not stays
