"""The history page, as a person uses it: read, find, rename, delete and bring back, export."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QItemSelectionModel, QLocale, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget

from assistant.api.history import ConversationLine, History
from assistant.events import TurnFinished
from assistant.history.past import ToolCall
from assistant.history.store import HistoryStore
from assistant.metrics import TurnTimings
from assistant.settings import Settings
from assistant.settings.desktop import HistorySettings
from tests.fakes.past import past_turn
from tests.window.conftest import Scripted, spin_until
from ui.pages.history import UNDO_KIND, HistoryPage
from ui.session import Session, Trouble
from ui.shown import history as shown_module
from ui.shown.history_rows import Group, group_of, group_title, moment_text, rows_of, when_text
from ui.theme import Space
from ui.widgets.card_column import CardColumn
from ui.widgets.latency_bar import LatencyBar
from ui.widgets.past_view import html_with_hits

NOW = datetime.now(UTC)


@pytest.fixture
def store(session: Session) -> HistoryStore:
    store = HistoryStore()
    tool = ToolCall("get_time", {}, {"time": "12:00"}, 2.0)
    store.add(
        "clock",
        [
            past_turn("what time is it", "It is noon.", at=NOON_TODAY, tools=(tool,)),
            past_turn("and the year", "It is <2026> & more.", at=NOON_TODAY + timedelta(minutes=1)),
        ],
    )
    store.add("milk", [past_turn("about milk", "Milk is white.", at=NOW - timedelta(days=1))])
    store.add("bread", [past_turn("about bread", "No milk.", at=NOW - timedelta(days=60))])
    return store


NOON_TODAY = NOW - timedelta(seconds=90)


@pytest.fixture
def page(session: Session, store: HistoryStore) -> Iterator[HistoryPage]:
    page = HistoryPage(session)
    page.resize(900, 700)
    page.show()
    spin_until(lambda: page.shown.rows, "the list")
    yield page
    if shiboken6.isValid(page):
        page.close()


def titles(page: HistoryPage) -> list[str]:
    return [row.line.title for row in page.shown.rows]


def id_of(page: HistoryPage, title: str) -> int:
    return next(row.line.id for row in page.shown.rows if row.line.title == title)


def open_one(page: HistoryPage, title: str) -> None:
    page.list.choose(id_of(page, title))
    spin_until(lambda: page.shown.open and page.shown.open.past.line.title == title, title)
    count = len(page.shown.open.past.turns) if page.shown.open else 0
    spin_until(lambda: len(page.view.column.cards) == count, "its turns")


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def wait_for_errands(session: Session) -> None:
    """Until every errand is over and its end was taken."""
    spin_until(lambda: not any(one.name == "window-errand" for one in threading.enumerate()))
    over: list[None] = []
    session.run(lambda: None, over.append)
    spin_until(lambda: over)


# --- reading ----------------------------------------------------------------------------------------


def test_conversations_are_listed_newest_first_under_their_days(page: HistoryPage) -> None:
    assert titles(page) == ["What time is it", "About milk", "About bread"]
    assert [row.heading.kind if row.heading else None for row in page.shown.rows] == [
        "today",
        "yesterday",
        "month",
    ]
    assert "Choose a conversation to read it." in texts(page)


def test_a_chosen_conversation_is_shown_as_it_was_said_with_its_latency(page: HistoryPage) -> None:
    open_one(page, "What time is it")
    first, second = page.view.column.cards
    assert "what time is it" in texts(first)
    assert "It is noon." in texts(first)
    assert "Clock" in texts(first)
    assert "It is <2026> & more." in texts(second)
    (bar,) = first.findChildren(LatencyBar)
    assert "480 ms" in bar.explanation()


def test_a_running_conversation_grows_on_the_page(
    page: HistoryPage, store: HistoryStore, scripted: Scripted
) -> None:
    open_one(page, "What time is it")
    store.add("clock", [past_turn("one more", "Yes.", at=NOW)])
    scripted.facade.tell(TurnFinished(1, "one more", "Yes.", TurnTimings()))
    spin_until(lambda: len(page.view.column.cards) == 3, "the new turn")
    assert page.shown.row_of(id_of(page, "What time is it")).line.turn_count == 3


def test_what_another_program_writes_is_there_when_the_page_is_opened_again(
    page: HistoryPage, store: HistoryStore
) -> None:
    page.hide()
    store.add("other", [past_turn("from the terminal", at=NOW)])
    page.show()
    spin_until(lambda: "From the terminal" in titles(page), "the new conversation")


def test_a_long_conversation_is_shown_a_part_at_a_time(
    page: HistoryPage, store: HistoryStore
) -> None:
    turns = [past_turn(f"question {n}", at=NOW + timedelta(seconds=n)) for n in range(70)]
    store.add("long", turns)
    page.shown.reload()
    spin_until(lambda: "Question 0" in titles(page))
    page.list.choose(id_of(page, "Question 0"))
    later = next(
        one for one in page.view.findChildren(QWidget) if one.property("text") == "Show later turns"
    )
    spin_until(later.isVisible, "the way on")
    assert len(page.view.column.cards) == 60
    later.click()  # type: ignore[attr-defined]
    spin_until(lambda: len(page.view.column.cards) == 70, "the rest")
    spin_until(lambda: not later.isVisible())


def test_cards_stand_below_each_other_whole_at_any_width(
    page: HistoryPage, store: HistoryStore
) -> None:
    long = "words that go on and on " * 12
    turns = [past_turn(f"{n} {long}", long, at=NOW + timedelta(seconds=n)) for n in range(12)]
    store.add("long", turns)
    page.shown.reload()
    spin_until(lambda: len(page.shown.rows) == 4)
    page.list.choose(page.shown.rows[0].line.id)
    spin_until(lambda: len(page.view.column.cards) == 12)
    heights = []
    for width in (1100, 700, 1000):
        page.resize(width, 600)
        spin_until(lambda: stands_well(page.view.column), f"its order at {width} px")
        heights.append(page.view.column.height())
    assert heights[1] > heights[2] >= heights[0], "narrower is higher"


def stands_well(column: CardColumn) -> bool:
    top = 0
    for card in column.cards:
        is_whole = card.height() == card.heightForWidth(card.width())
        if (card.x(), card.y(), card.width()) != (0, top, column.width()) or not is_whole:
            return False
        top += card.height() + Space.L
    return top > 0 and column.height() == top - Space.L


# --- finding ----------------------------------------------------------------------------------------


def test_searching_lists_what_has_the_words_and_marks_them(page: HistoryPage) -> None:
    QTest.keyClicks(page.box, "mil")
    spin_until(lambda: titles(page) == ["About milk", "About bread"], "the results")
    spans = [span for spans in page.shown.rows[1].excerpts for span in spans]
    assert [span.text for span in spans if span.is_hit] == ["milk"]
    open_one(page, "About bread")
    assert any(">milk</b>" in text for text in texts(page.view.column.cards[0]))
    page.box.clear()
    spin_until(lambda: len(page.shown.rows) == 3, "everything again")
    spin_until(
        lambda: (
            page.view.column.cards
            and not any("</b>" in text for text in texts(page.view.column.cards[0]))
        ),
        "no marks",
    )


def test_nothing_found_is_said(page: HistoryPage) -> None:
    page.box.setText("zebra")
    spin_until(lambda: page.shown.state == "nothing_found")
    assert "Nothing found" in texts(page)
    page.box.setFocus()
    QTest.keyClick(page.box, Qt.Key.Key_Escape)
    spin_until(lambda: len(page.shown.rows) == 3)


def test_an_answer_that_comes_too_late_is_dropped(session: Session, store: HistoryStore) -> None:
    """The first search is still under way when the second is answered."""
    release = threading.Event()

    class Slow(History):
        def search(self, query, limit=100):
            if query == "milk":
                assert release.wait(10)
            return super().search(query, limit)

    page = HistoryPage(session, opener=Slow)
    page.box.setText("milk")
    page.shown.reload()
    page.box.setText("bread")
    page.shown.reload()
    spin_until(lambda: titles(page) == ["About bread"])
    release.set()
    wait_for_errands(session)
    assert titles(page) == ["About bread"]


def test_a_conversation_that_is_read_too_late_does_not_replace_the_one_chosen_since(
    session: Session, store: HistoryStore
) -> None:
    release = threading.Event()

    class Slow(History):
        def conversation(self, conversation_id):
            if conversation_id == 1:
                assert release.wait(10)
            return super().conversation(conversation_id)

    page = HistoryPage(session, opener=Slow)
    page.shown.choose(1)
    page.shown.choose(2)
    spin_until(lambda: page.shown.open)
    release.set()
    wait_for_errands(session)
    assert page.shown.open is not None
    assert page.shown.open.past.line.title == "About milk"


def test_the_first_hit_of_a_long_conversation_is_in_sight(
    page: HistoryPage, store: HistoryStore
) -> None:
    turns = [past_turn(f"question {n}", at=NOW + timedelta(seconds=n)) for n in range(90)]
    store.add("long", [*turns, past_turn("needle", at=NOW + timedelta(seconds=100))])
    page.box.setText("needle")
    spin_until(lambda: titles(page) == ["Question 0"])
    page.list.choose(page.shown.rows[0].line.id)
    spin_until(lambda: len(page.view.column.cards) == 91, "all its turns up to the hit")
    last = page.view.column.cards[-1]
    spin_until(lambda: not last.visibleRegion().isEmpty(), "the hit in sight")


def test_marking_leaves_tags_and_entities_alone() -> None:
    marked = html_with_hits('<span style="color:red">lt &lt; b</span>', ("lt", "span"))
    assert marked.startswith('<span style="color:red"><b style=')
    assert marked.endswith("</b> &lt; b</span>")


# --- renaming, deleting, bringing back --------------------------------------------------------------


def test_a_conversation_is_renamed_in_its_place(page: HistoryPage, store: HistoryStore) -> None:
    open_one(page, "About milk")
    page.view.rename_button.click()
    assert page.view.box.isVisible()
    page.view.box.selectAll()
    QTest.keyClicks(page.view.box, "Dairy")
    QTest.keyClick(page.view.box, Qt.Key.Key_Return)
    spin_until(lambda: "Dairy" in titles(page), "the new title")
    assert not page.view.box.isVisible()
    assert "Dairy" in texts(page.view)
    assert [line.title for line in store.lines()][1] == "Dairy"


def test_escape_keeps_the_old_title(page: HistoryPage, store: HistoryStore) -> None:
    open_one(page, "About milk")
    page.view.rename()
    QTest.keyClicks(page.view.box, "Dairy")
    QTest.keyClick(page.view.box, Qt.Key.Key_Escape)
    assert not page.view.box.isVisible()
    assert "About milk" in texts(page.view)
    page.shown.reload()
    assert "About milk" in [line.title for line in store.lines()]


def test_deleting_asks_nothing_and_can_be_undone(
    page: HistoryPage, store: HistoryStore, scripted: Scripted
) -> None:
    open_one(page, "About milk")
    page.view.delete_button.click()
    spin_until(lambda: "About milk" not in titles(page), "it to go")
    (trouble,) = scripted.troubles
    assert trouble.message == "“About milk” was deleted."
    assert (trouble.action, trouble.is_notice) == ("Undo", True)
    assert trouble.act is not None
    trouble.act()
    spin_until(lambda: "About milk" in titles(page), "it to come back")
    assert len(store.lines()) == 3


def test_after_a_while_what_was_deleted_is_gone_from_the_disk(
    page: HistoryPage, store: HistoryStore, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    over: list[str] = []
    session.trouble_over.connect(over.append)
    page.shown._forgetting.setInterval(20)
    open_one(page, "About milk")
    page.view.delete_button.click()
    spin_until(lambda: UNDO_KIND in over, "the offer to end")
    spin_until(lambda: b"Milk is white" not in store.path.read_bytes(), "the words to go")
    page.shown.undo()
    assert len(store.lines()) == 2


def test_a_second_deletion_makes_the_first_one_final(
    page: HistoryPage, store: HistoryStore, session: Session
) -> None:
    page.shown.delete([id_of(page, "About milk")])
    spin_until(lambda: len(page.shown.rows) == 2)
    page.shown.delete([id_of(page, "About bread")])
    spin_until(lambda: len(page.shown.rows) == 1)
    spin_until(lambda: b"Milk is white" not in store.path.read_bytes())
    page.shown.undo()
    spin_until(lambda: titles(page) == ["What time is it", "About bread"])


def test_the_delete_key_deletes_and_the_next_conversation_is_open(page: HistoryPage) -> None:
    open_one(page, "What time is it")
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    spin_until(lambda: titles(page) == ["About milk", "About bread"])
    spin_until(lambda: page.shown.open and page.shown.open.past.line.title == "About milk")


def test_several_are_deleted_and_brought_back_together(
    page: HistoryPage, scripted: Scripted
) -> None:
    page.list.selectAll()
    assert "3 conversations are chosen" in " ".join(texts(page)).replace("(s)", "s")
    page._several.delete.click()
    spin_until(lambda: page.shown.state == "empty")
    assert "No conversations yet" in texts(page)
    act = scripted.troubles[-1].act
    assert act is not None
    act()
    spin_until(lambda: len(page.shown.rows) == 3)


def test_a_single_turn_is_deleted_and_brought_back(page: HistoryPage, scripted: Scripted) -> None:
    open_one(page, "What time is it")
    page.view.column.cards[0].delete_wanted.emit(0)
    spin_until(lambda: len(page.view.column.cards) == 1, "the turn to go")
    assert scripted.troubles[-1].message == "The turn was deleted."
    act = scripted.troubles[-1].act
    assert act is not None
    act()
    spin_until(lambda: len(page.view.column.cards) == 2, "the turn to come back")


def test_an_old_answer_can_be_heard_again_and_a_failed_question_asked_again(
    page: HistoryPage, store: HistoryStore, scripted: Scripted
) -> None:
    open_one(page, "About milk")
    page.view.column.cards[0].repeat_wanted.emit(0)
    assert scripted.facade.called("say") == ["Milk is white."]
    store.add("broken", [past_turn("tell me", "", failure="It broke.", at=NOW)])
    page.shown.reload()
    spin_until(lambda: "Tell me" in titles(page))
    open_one(page, "Tell me")
    wanted: list[str] = []
    scripted.session.page_wanted.connect(wanted.append)
    page.view.column.cards[0].again_wanted.emit(0)
    assert wanted == ["conversation"]
    assert scripted.facade.called("ask") == ["tell me"]


def test_going_on_with_a_conversation_is_offered_only_where_somebody_can(page: HistoryPage) -> None:
    open_one(page, "About milk")
    assert not page.view.continue_button.isVisible()
    page.offer_continuing()
    wanted: list[object] = []
    page.continue_wanted.connect(wanted.append)
    page.view.continue_button.click()
    (past,) = wanted
    assert past.pairs() == (("about milk", "Milk is white."),)  # type: ignore[attr-defined]


def test_a_page_made_anew_meanwhile_is_not_missed_and_its_offer_to_undo_still_holds(
    page: HistoryPage, scripted: Scripted, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the window's language changes."""
    slips: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *slip: slips.append(slip))
    store = HistoryStore()
    page.shown.delete([id_of(page, "About milk")])
    spin_until(lambda: scripted.troubles)
    page.shown.reload()
    page.list.choose(id_of(page, "About bread"))
    page.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    wait_for_errands(scripted.session)
    act = scripted.troubles[-1].act
    assert act is not None
    act()
    spin_until(lambda: len(store.lines()) == 3, "it to come back")
    assert len(scripted.troubles) == 1
    assert slips == []


# --- export -----------------------------------------------------------------------------------------


def dialog_of(page: HistoryPage) -> QFileDialog:
    assert page._dialog is not None
    return page._dialog


@pytest.mark.parametrize(
    ("kind", "ending", "sign"),
    [("markdown", "md", "# About milk"), ("json", "json", '"about milk"'), ("srt", "srt", " --> ")],
)
def test_one_conversation_is_exported_where_the_person_says(
    page: HistoryPage, tmp_path: Path, kind: str, ending: str, sign: str
) -> None:
    troubles: list[Trouble] = []
    page._session.trouble.connect(troubles.append)
    open_one(page, "About milk")
    page.view.export_wanted.emit(kind)
    dialog = dialog_of(page)
    assert not dialog.isModal() or dialog.isVisible()  # a dialog that lets the page go on
    assert dialog.defaultSuffix() == ending
    assert dialog.selectedFiles()[0].endswith(f"About milk.{ending}")
    target = tmp_path / f"out.{ending}"
    dialog.fileSelected.emit(str(target))
    dialog.close()
    spin_until(lambda: troubles, "the word that it is done")
    assert troubles[0].message == f"Saved as out.{ending}."
    assert sign in target.read_text("utf-8")


def test_all_conversations_are_exported_at_once(
    page: HistoryPage, scripted: Scripted, tmp_path: Path
) -> None:
    page.export(None, "json", tmp_path / "all.json")
    spin_until(lambda: scripted.troubles)
    document = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert len(document["conversations"]) == 3
    page.ask_where(None, "srt")
    assert dialog_of(page).fileMode() == QFileDialog.FileMode.Directory
    dialog_of(page).close()
    page.export(None, "srt", tmp_path / "films")
    spin_until(lambda: len(scripted.troubles) == 2)
    assert len(list((tmp_path / "films").glob("*.srt"))) == 3


def test_an_export_that_fails_is_said(
    page: HistoryPage, scripted: Scripted, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    page.export(None, "json", tmp_path / "file" / "all.json")
    spin_until(lambda: scripted.troubles)
    assert scripted.troubles[0].message == "The file could not be written."


# --- when something is wrong ------------------------------------------------------------------------


def test_an_empty_history_says_what_will_be_there(session: Session) -> None:
    page = HistoryPage(session)
    page.show()
    spin_until(lambda: page.shown.state == "empty")
    assert "No conversations yet" in texts(page)
    assert not page.box.isVisible()
    assert not HistoryStore().path.exists()


def test_a_damaged_file_is_said_on_the_page_with_a_way_on(
    page: HistoryPage, store: HistoryStore
) -> None:
    content = store.path.read_bytes()
    store.path.write_bytes(b"damaged " * 1000)
    page.shown.reload()
    spin_until(lambda: page.shown.state == "failed")
    assert "The history file is damaged." in texts(page)
    store.path.write_bytes(content)
    page._nothing.button.click()
    spin_until(lambda: len(page.shown.rows) == 3, "the way on")


def test_a_change_that_fails_is_a_banner(
    page: HistoryPage, store: HistoryStore, scripted: Scripted
) -> None:
    open_one(page, "About milk")
    store.path.write_bytes(b"damaged " * 1000)
    page.view.rename()
    page.view.box.setText("Dairy")
    QTest.keyClick(page.view.box, Qt.Key.Key_Return)
    spin_until(lambda: scripted.troubles)
    assert scripted.troubles[0].message == "The history file is damaged."
    assert "About milk" in texts(page.view), "the old title is back"


def test_a_conversation_deleted_by_another_program_closes_quietly(
    page: HistoryPage, store: HistoryStore, scripted: Scripted
) -> None:
    milk = id_of(page, "About milk")
    store.delete([milk])
    page.list.choose(milk)
    wait_for_errands(scripted.session)
    assert page.shown.open is None
    assert scripted.troubles == []


def test_when_nothing_is_kept_the_page_says_so_and_leads_to_the_setting(
    page: HistoryPage, session: Session
) -> None:
    assert "Conversations are not being kept." not in texts(page)
    session.settings_changed.emit(Settings(history=HistorySettings(keep=False)))
    assert "Conversations are not being kept." in texts(page)


# --- room and keys ----------------------------------------------------------------------------------


def test_in_a_narrow_window_list_and_conversation_take_turns(page: HistoryPage) -> None:
    page.resize(420, 600)
    assert page.list.isVisible()
    assert not page.view.isVisible()
    open_one(page, "About milk")
    assert not page.list.isVisible()
    assert page.view.isVisible()
    page.view.back.click()
    assert page.list.isVisible()
    assert not page.view.isVisible()
    page.resize(900, 600)
    open_one(page, "About milk")
    assert page.list.isVisible()
    assert page.view.isVisible()
    assert not page.view.back.isVisible()


def test_arrow_keys_go_from_conversation_to_conversation(page: HistoryPage) -> None:
    page.list.setFocus()
    open_one(page, "What time is it")
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    spin_until(lambda: page.shown.open and page.shown.open.past.line.title == "About milk")


def test_a_reloaded_list_keeps_what_is_chosen(page: HistoryPage, store: HistoryStore) -> None:
    open_one(page, "About bread")
    store.add("other", [past_turn("from the terminal", at=NOW)])
    page.shown.reload()
    spin_until(lambda: len(page.shown.rows) == 4)
    assert page.list.ids() == [id_of(page, "About bread")]
    assert page.shown.open is not None


def test_a_long_list_is_read_as_one_scrolls(
    page: HistoryPage, store: HistoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_module, "PAGE", 2)
    page.shown._limit = 2
    page.shown.reload()
    spin_until(lambda: len(page.shown.rows) == 2 and page.shown.has_more)
    page.list.more_wanted.emit()
    spin_until(lambda: len(page.shown.rows) == 3)
    assert not page.shown.has_more


def test_every_row_and_control_has_a_name_for_screen_readers(page: HistoryPage) -> None:
    open_one(page, "About milk")
    index = page.list.model().index(0, 0)
    text = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert text.startswith("What time is it, ")
    for control in (page.box, page.list, page.export_all, page.view.rename_button):
        assert control.accessibleName()
    for control in (page.view.export_button, page.view.delete_button, page.view.area):
        assert control.accessibleName()
    assert QAccessible.queryAccessibleInterface(page.list) is not None


def test_selecting_more_with_the_keyboard_offers_what_suits_several(page: HistoryPage) -> None:
    open_one(page, "What time is it")
    model = page.list.model()
    page.list.selectionModel().select(model.index(1, 0), QItemSelectionModel.SelectionFlag.Select)
    assert page._right.currentWidget() is page._several
    assert page.shown.open is None


# --- days and times ---------------------------------------------------------------------------------

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("day", "group"),
    [
        ("2026-11-22T00:01", Group("today", TODAY)),  # a clock that was set back
        ("2026-11-21T23:59", Group("today", TODAY)),
        ("2026-11-21T00:00", Group("today", TODAY)),
        ("2026-11-20T23:59", Group("yesterday", date(2026, 11, 20))),
        ("2026-11-19T12:00", Group("weekday", date(2026, 11, 19))),
        ("2026-11-15T00:00", Group("weekday", date(2026, 11, 15))),
        ("2026-11-14T23:59", Group("month", date(2026, 11, 1))),
        ("2026-10-31T12:00", Group("month", date(2026, 10, 1))),
        ("2025-11-21T12:00", Group("month", date(2025, 11, 1))),
    ],
)
def test_a_moment_belongs_to_its_day_within_a_week_and_then_to_its_month(
    day: str, group: Group
) -> None:
    assert group_of(datetime.fromisoformat(day), TODAY) == group


def test_a_day_with_several_conversations_has_one_heading() -> None:
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    lines = [ConversationLine(n, "k", "T", moment, moment - timedelta(hours=n), 1) for n in (1, 2)]
    headings = [row.heading for row in rows_of(lines, TODAY, UTC)]
    assert headings == [Group("yesterday", date(2026, 11, 20)), None]


def test_days_are_those_of_the_place_not_of_greenwich() -> None:
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    line = ConversationLine(1, "k", "T", moment, moment, 1)
    east = timezone(timedelta(hours=2))
    assert rows_of([line], TODAY, east)[0].heading == Group("today", TODAY)
    assert rows_of([line], TODAY, UTC)[0].heading == Group("yesterday", date(2026, 11, 20))


def test_headings_and_times_are_in_words_of_the_language(qapp: object) -> None:
    before = QLocale()
    try:
        QLocale.setDefault(QLocale("en_GB"))
        assert group_title(Group("today", TODAY)) == "Today"
        assert group_title(Group("weekday", date(2026, 11, 19))) == "Thursday"
        assert group_title(Group("month", date(2026, 10, 1))) == "October 2026"
        moment = datetime(2026, 10, 31, 14, 5, tzinfo=UTC)
        assert when_text(moment, TODAY, UTC) == "31 Oct, 14:05"
        assert moment_text(moment, UTC) == "Saturday, 31 October 2026, 14:05"
        QLocale.setDefault(QLocale("es_ES"))
        assert group_title(Group("month", date(2026, 10, 1))) == "Octubre 2026"
        assert when_text(moment, TODAY, UTC) == "31 oct, 14:05"
    finally:
        QLocale.setDefault(before)
