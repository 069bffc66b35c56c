"""The crossing from the assistant's threads to the window's."""

from __future__ import annotations

import threading

from PySide6.QtWidgets import QApplication

from assistant.events import ReplyUpdated
from tests.window.conftest import spin_until
from ui.bridge import EventBridge


def test_events_of_several_threads_arrive_on_the_window_s_each_in_its_order(
    qapp: QApplication,
) -> None:
    bridge = EventBridge()
    got: list[tuple[int, str]] = []
    where: set[int] = set()

    def take(event: object) -> None:
        assert isinstance(event, ReplyUpdated)
        got.append((event.turn_id, event.delta))
        where.add(threading.get_ident())

    bridge.event.connect(take)

    def speak(speaker: int) -> None:
        for number in range(200):
            bridge.post(ReplyUpdated(speaker, str(number)))

    speakers = [threading.Thread(target=speak, args=(speaker,)) for speaker in (1, 2, 3)]
    for thread in speakers:
        thread.start()
    for thread in speakers:
        thread.join()
    assert got == []  # nothing happens between two lines of the window's own code
    spin_until(lambda: len(got) == 600)
    for speaker in (1, 2, 3):
        words = [delta for who, delta in got if who == speaker]
        assert words == [str(number) for number in range(200)]
    assert where == {threading.get_ident()}


def test_after_it_is_closed_not_even_what_is_under_way_arrives(qapp: QApplication) -> None:
    bridge = EventBridge()
    got: list[object] = []
    bridge.event.connect(got.append)
    bridge.post(ReplyUpdated(1, "late"))
    bridge.close()
    bridge.post(ReplyUpdated(1, "later"))
    qapp.processEvents()
    assert got == []
