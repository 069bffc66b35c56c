"""The session page: charts of the script's figures, and their way to the disk."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QFrame, QWidget

from assistant.events import TurnFinished, TurnInterrupted, WorkerReady
from assistant.metrics import distribution
from tests.window.conftest import Scripted, spin_until
from tests.window.fakes.facade import TIMINGS
from ui.pages.session import SessionPage
from ui.shown.figure_keeper import figures_of
from ui.shown.figures import SessionFigures

E2E_MS = [280.0, 310.0, 295.0, 700.0, 264.0]


@pytest.fixture
def figures(scripted: Scripted) -> SessionFigures:
    """Those of the session."""
    return figures_of(scripted.session)


@pytest.fixture
def page(scripted: Scripted) -> SessionPage:
    """The page, open."""
    made = SessionPage(scripted.session)
    made.resize(900, 1200)
    made.show()
    QApplication.processEvents()
    return made


def _answer(figures: SessionFigures, *e2e_ms: float) -> None:
    for each in e2e_ms:
        timings = replace(TIMINGS, first_audio=100.0 + each / 1000.0)
        figures.add(TurnFinished(1, "question", "answer", timings))


def _press(widget: QWidget, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def test_an_empty_session_says_what_will_be_here(page: SessionPage) -> None:
    assert page.report.subtitle.text().startswith("No answered turn yet")
    assert not page.report.e2e.isVisible()
    assert not page.export_button.isEnabled()


def test_tiles_show_the_scripts_figures(page: SessionPage, figures: SessionFigures) -> None:
    _answer(figures, *E2E_MS)
    figures.add_memory(412.2, 148.1)
    report = page.report
    assert report.e2e.figure.text() == "295 ms"
    assert report.e2e.more.text() == "P95 622 ms"
    assert report.mouth_to_ear.figure.text() == "695 ms"
    assert report.speed.figure.text() == "60 tokens/s"
    assert report.speed.more.text() == "220 tokens reused"
    assert report.memory.figure.text() == "560 MB"
    assert report.memory.more.text() == "models 412, window 148"
    assert report.memory_chart.accessibleDescription().startswith("560 MB now")
    assert page.export_button.isEnabled()


def test_the_distribution_tells_every_stage_and_total(
    page: SessionPage, figures: SessionFigures
) -> None:
    _answer(figures, *E2E_MS)
    e2e = distribution(E2E_MS)
    told = page.report.spreads.accessibleDescription().split("; ")
    assert told[1:] == [
        "Hearing: P50 80 ms, P95 80 ms",
        "Thinking: P50 108 ms, P95 108 ms",
        "Tools: P50 12 ms, P95 12 ms",
        "Voice: P50 60 ms, P95 60 ms",
        f"First sound: P50 {e2e.p50:.0f} ms, P95 {e2e.p95:.0f} ms",
        f"Mouth to ear: P50 {e2e.p50 + 400:.0f} ms, P95 {e2e.p95 + 400:.0f} ms",
    ]


def test_the_newest_turn_is_shown_until_another_is_chosen(
    page: SessionPage, figures: SessionFigures
) -> None:
    _answer(figures, *E2E_MS)
    bar = page.report.bar
    assert "First sound after 264 ms" in bar.accessibleDescription()
    page.report.stages.setFocus()
    for key, e2e in (
        (Qt.Key.Key_Left, "700"),
        (Qt.Key.Key_Left, "295"),
        (Qt.Key.Key_Right, "700"),
        (Qt.Key.Key_Home, "280"),
        (Qt.Key.Key_Left, "280"),
        (Qt.Key.Key_End, "264"),
    ):
        _press(page.report.stages, key)
        assert f"First sound after {e2e} ms" in bar.accessibleDescription()
    assert page.report.stages.accessibleDescription().startswith("Turn 5: ")
    _answer(figures, 111.0)
    assert "First sound after 111 ms" in bar.accessibleDescription()


def test_a_click_on_a_column_chooses_its_turn(page: SessionPage, figures: SessionFigures) -> None:
    _answer(figures, *E2E_MS)
    chart = page.report.stages
    texts = {chart.said_at(QPointF(x, 100)).split(":")[0]: x for x in range(chart.width())}
    at = QPointF(texts["Turn 4"], 100)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    where = QPointF(chart.mapToGlobal(QPoint(int(at.x()), 100)))
    press = QMouseEvent(QEvent.Type.MouseButtonPress, at, where, left, left, none)
    QApplication.sendEvent(chart, press)
    assert "First sound after 700 ms" in page.report.bar.accessibleDescription()


def test_only_the_last_turns_have_room_but_all_are_counted(
    page: SessionPage, figures: SessionFigures
) -> None:
    _answer(figures, *(float(e2e) for e2e in range(100, 400)))
    shown = page.report.stages.shown_rows
    assert 20 < len(shown) < 300
    assert shown[-1].number == 300
    assert "300" in page.report.subtitle.text()


def test_turns_of_other_models_are_named(page: SessionPage, figures: SessionFigures) -> None:
    _answer(figures, 100.0, 200.0)
    figures.add(WorkerReady({"stt": "sphinx", "thinker": "other"}, 1.0))
    _answer(figures, 900.0)
    assert "Models: sphinx, other." in page.report.subtitle.text()
    assert "2 of them had other models" in page.report.subtitle.text()
    assert page.report.e2e.figure.text() == "900 ms"


def test_a_hidden_page_catches_up(page: SessionPage, figures: SessionFigures) -> None:
    page.hide()
    _answer(figures, *E2E_MS)
    page.show()
    assert page.report.e2e.figure.text() == "295 ms"


def test_an_interrupted_turn_is_marked(page: SessionPage, figures: SessionFigures) -> None:
    figures.add(TurnInterrupted(1, "question", "answer", "ans", TIMINGS))
    assert page.report.bar_title.text().endswith("cut short")


@pytest.mark.parametrize("width", [420, 640, 900, 1400])
def test_every_width_can_be_painted(page: SessionPage, figures: SessionFigures, width: int) -> None:
    page.resize(width, 900)
    for turns in (0, 1, 60):
        _answer(figures, *([300.0] * turns))
        figures.add_memory(1500.0, 150.0)
        QApplication.processEvents()
        assert not page.grab().isNull()
    for part in page.report.findChildren(QFrame):
        right = part.mapTo(page.report, part.rect().topRight()).x()
        assert right < page.report.width(), "nothing is cut off"
    assert page.report.width() <= width


@pytest.mark.parametrize("suffix", ["csv", "json", "png"])
def test_the_figures_on_the_screen_are_saved_and_that_is_said(
    scripted: Scripted, page: SessionPage, figures: SessionFigures, tmp_path: Path, suffix: str
) -> None:
    _answer(figures, *E2E_MS)
    QApplication.processEvents()
    path = tmp_path / f"figures.{suffix}"
    size = page.report.size()
    page.save(path, suffix)
    spin_until(lambda: scripted.troubles)
    assert scripted.troubles[-1].is_notice
    assert scripted.troubles[-1].message == f"Saved as figures.{suffix}."
    match suffix:
        case "csv":
            rows = list(csv.DictReader(path.read_text().splitlines()))
            assert [float(row["e2e_ms"]) for row in rows] == E2E_MS
        case "json":
            whole = json.loads(path.read_text())
            assert whole["summary"]["e2e_ms"] == distribution(E2E_MS).as_json()
        case _:
            picture = QImage(str(path))
            assert picture.width() >= 2 * size.width()
            assert picture.height() > 2 * size.height()


def test_a_failed_export_is_a_banner_with_the_way_on(
    scripted: Scripted, page: SessionPage, figures: SessionFigures, tmp_path: Path
) -> None:
    _answer(figures, *E2E_MS)
    page.save(tmp_path / "gone" / "figures.csv", "csv")
    spin_until(lambda: scripted.troubles)
    trouble = scripted.troubles[-1]
    assert not trouble.is_notice
    assert "figures.csv was not saved" in trouble.message
    assert trouble.action == "Choose another place"
    assert trouble.act is not None
    trouble.act()
    dialog = page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "figures.csv"))
    spin_until((tmp_path / "figures.csv").exists)


def test_the_menu_asks_where_without_stopping_the_page(
    page: SessionPage, figures: SessionFigures
) -> None:
    _answer(figures, *E2E_MS)
    for action in page.export_button.menu().actions():
        action.trigger()
    dialogs = page.findChildren(QFileDialog)
    assert {dialog.defaultSuffix() for dialog in dialogs} >= {"png"}
    assert dialogs[-1].isVisible()
    _answer(figures, 111.0, 112.0)
    assert page.report.e2e.figure.text() == "280 ms"
    dialogs[-1].reject()
