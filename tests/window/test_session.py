"""The session: the running assistant as the window sees it."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QApplication

from assistant.errors import AudioError, SettingsError, WorkerError
from assistant.events import Event, ReplyUpdated
from assistant.settings import load_settings
from tests.window.conftest import Scripted, spin_until


def test_every_event_arrives_in_order_on_the_gui_thread(scripted: Scripted) -> None:
    got: list[tuple[Event, bool]] = []
    main = threading.current_thread()
    scripted.session.event.connect(
        lambda event: got.append((event, threading.current_thread() is main))
    )
    said = [ReplyUpdated(1, str(n)) for n in range(500)]
    scripted.facade.tell(*said)
    spin_until(lambda: len(got) == 500)
    assert [event for event, _ in got] == said
    assert all(on_main for _, on_main in got)


def test_the_assistant_is_started_and_goes_live_away_from_the_gui_thread(
    unstarted: Scripted,
) -> None:
    where: list[threading.Thread] = []
    unstarted.shall = lambda _facade: where.append(threading.current_thread())
    unstarted.session.start()
    spin_until(lambda: unstarted.session.is_live)
    assert where[0] is not threading.current_thread()
    assert unstarted.facade.calls == [("start",), ("go_live",)]


def test_what_is_typed_before_the_assistant_is_there_is_asked_then(unstarted: Scripted) -> None:
    unstarted.session.ask("what time is it")
    unstarted.session.start()
    unstarted.session.ask("and the date")
    spin_until(lambda: unstarted.session.is_live)
    assert unstarted.facade.called("ask") == ["what time is it", "and the date"]


def test_without_a_microphone_a_banner_says_so_and_one_click_tries_again(
    unstarted: Scripted,
) -> None:
    def deaf(facade: object) -> None:
        unstarted.facade.no_audio = AudioError(
            "no_microphone", "There is no microphone.", "Plug one in."
        )

    unstarted.shall = deaf
    session = unstarted.session
    over: list[str] = []
    session.trouble_over.connect(over.append)
    session.start()
    spin_until(lambda: unstarted.troubles)
    trouble = unstarted.troubles[0]
    assert (trouble.kind, trouble.message) == ("microphone", "There is no microphone.")
    assert "type" in trouble.hint
    assert not session.is_live
    session.assistant.ask("hello")
    assert unstarted.facade.called("ask") == ["hello"]
    unstarted.facade.no_audio = None
    assert trouble.act is not None
    trouble.act()
    spin_until(lambda: session.is_live)
    assert "microphone" in over


def test_an_assistant_that_cannot_be_made_is_told_with_a_way_on(unstarted: Scripted) -> None:
    def broken(_facade: object) -> None:
        raise WorkerError("worker_not_started", "No memory.", "Close something.")

    unstarted.shall = broken
    unstarted.session.start()
    spin_until(lambda: unstarted.troubles)
    unstarted.shall = lambda _facade: None
    act = unstarted.troubles[0].act
    assert act is not None
    act()
    spin_until(lambda: unstarted.session.is_live)


def test_changed_settings_are_saved_applied_and_told(scripted: Scripted) -> None:
    session = scripted.session
    told: list[object] = []
    session.settings_changed.connect(told.append)
    session.change_settings({"window.overlay": True})
    session.change_settings({"listening.mode": "push_to_talk", "window.overlay": False})
    spin_until(lambda: len(told) == 2)
    assert session.settings.listening.mode == "push_to_talk"
    assert not session.settings.window.overlay
    assert scripted.facade.called("apply")[-1] == session.settings


def test_wrong_settings_change_nothing_and_say_why(scripted: Scripted) -> None:
    session = scripted.session
    before = session.settings
    session.change_settings({"window.overlay_opacity": 7})
    spin_until(lambda: scripted.troubles)
    assert "window.overlay_opacity" in scripted.troubles[0].message
    failed: list[Exception] = []
    session.change_settings({"window.overlay_opacity": 8}, failed=failed.append)
    spin_until(lambda: failed)
    assert len(scripted.troubles) == 1  # who asked to be told of it shows it
    assert session.settings is before
    assert scripted.facade.called("apply") == []


def test_with_a_full_disk_settings_hold_and_one_click_saves_them_later(scripted: Scripted) -> None:
    session = scripted.session
    scripted.disk.problem = SettingsError("settings_not_saved", "The disk is full.", "Make room.")
    session.change_settings({"window.overlay": True})
    spin_until(lambda: scripted.troubles)
    trouble = scripted.troubles[0]
    assert trouble.message == "The disk is full."
    assert session.settings.window.overlay
    scripted.disk.problem = None
    over: list[str] = []
    session.trouble_over.connect(over.append)
    assert trouble.act is not None
    trouble.act()
    spin_until(lambda: over)
    assert load_settings().window.overlay


def test_work_is_done_elsewhere_and_ends_on_the_gui_thread(scripted: Scripted) -> None:
    main = threading.current_thread()
    seen: list[object] = []
    scripted.session.run(
        threading.current_thread,
        lambda worker: seen.extend([worker, threading.current_thread()]),
    )
    spin_until(lambda: seen)
    assert seen[0] is not main
    assert seen[1] is main


@pytest.mark.allow_warnings("an unforeseen failure is logged")
def test_work_that_fails_is_told_to_who_asked_or_else_to_the_person(scripted: Scripted) -> None:
    failed: list[Exception] = []

    def fail() -> None:
        raise ZeroDivisionError("by nothing")

    scripted.session.run(fail, failed=failed.append)
    scripted.session.run(fail)
    spin_until(lambda: failed and scripted.troubles)
    assert isinstance(failed[0], ZeroDivisionError)
    assert "by nothing" in scripted.troubles[0].message


def test_after_the_stop_nothing_comes_through(unstarted: Scripted, qapp: QApplication) -> None:
    session = unstarted.session
    session.start()
    spin_until(lambda: session.is_live)
    got: list[object] = []
    session.event.connect(got.append)
    session.run(lambda: 1, got.append)
    unstarted.facade.tell(ReplyUpdated(1, "late"))
    session.stop()
    qapp.processEvents()
    assert got == []
