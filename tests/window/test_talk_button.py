"""The talk control as it is painted: what moves moves, and a cached disc is never the wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.shown.talk import TalkShown
from ui.widgets.level_ring import LOUDEST_DBFS, QUIETEST_DBFS, Level
from ui.widgets.talk_button import TalkButton


@pytest.fixture
def button(qapp: QApplication) -> Iterator[TalkButton]:
    theme.apply(qapp, "light")
    made = TalkButton(lambda: -40.0)
    made.resize(made.sizeHint())
    yield made
    made.deleteLater()
    qapp.setStyleSheet("")


def picture(button: TalkButton) -> QImage:
    return button.grab().toImage()


def test_every_change_of_the_disc_is_seen(qapp: QApplication, button: TalkButton) -> None:
    off = picture(button)
    button.show_talk(TalkShown(is_live=True, is_ready=True), is_calm=False)
    idle = picture(button)
    assert idle != off
    button.setDown(True)
    pressed = picture(button)
    assert pressed != idle
    button.setDown(False)
    assert picture(button) == idle
    theme.apply(qapp, "dark")
    assert picture(button) != idle
    theme.apply(qapp, "light")
    assert picture(button) == idle


def test_the_level_follows_in_steps_that_one_can_see() -> None:
    level = Level()
    seen = [0.0, *(level.share for _ in range(40) if level.follow(LOUDEST_DBFS))]
    assert seen[-1] == pytest.approx(1.0, abs=0.03)
    assert min(b - a for a, b in pairwise(seen)) >= 0.03
    for _ in range(60):
        level.follow(QUIETEST_DBFS)
    assert level.share == 0.0, "nothing is left of a ring nobody speaks into"
    assert not level.follow(QUIETEST_DBFS)


def test_a_slow_swell_is_shown_too() -> None:
    level = Level()
    for step in range(200):
        level.follow(QUIETEST_DBFS + (LOUDEST_DBFS - QUIETEST_DBFS) * step / 400)
    assert level.share == pytest.approx(0.5, abs=0.04)
