"""The doctor page: the state in one sentence, what to do for each point, everything to copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget

from assistant.api.doctor import Finding
from assistant.settings import Settings
from tests.window.conftest import Scripted, spin_until
from ui.pages.doctor import DoctorPage

OK = Finding("python", "ok", "3.11.7")
WARN = Finding("display", "warn", "there is none", "Use the terminal.")
FAIL = Finding("model x", "fail", "is damaged", "Run `assistant models verify`.")


class Patient:
    """What is examined; the test says how it is."""

    def __init__(self) -> None:
        self.findings = [OK, WARN]
        self.asked: list[bool] = []
        self.log = "one\ntwo\n"
        self.problem: Exception | None = None

    def examine(self, _settings: Settings, hashes: bool) -> list[Finding]:
        self.asked.append(hashes)
        if self.problem is not None:
            raise self.problem
        return self.findings

    def read_log(self) -> str:
        return self.log


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
def page(scripted: Scripted, patient: Patient) -> Iterator[DoctorPage]:
    made = DoctorPage(scripted.session, examine=patient.examine, read_log=patient.read_log)
    made.resize(640, 900)
    made.show()
    spin_until(made._again.isEnabled)
    yield made
    made.close()
    made.deleteLater()


def texts(page: DoctorPage) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.isVisible()]


def look_again(page: DoctorPage) -> None:
    QTest.mouseClick(page._again, Qt.MouseButton.LeftButton)
    spin_until(page._again.isEnabled)


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([OK], "Everything the assistant needs is here"),
        ([OK, WARN], "It works, with limits"),
        ([OK, WARN, FAIL], "Something is broken"),
    ],
)
def test_the_state_is_one_sentence(
    page: DoctorPage, patient: Patient, findings: list[Finding], said: str
) -> None:
    patient.findings = findings
    look_again(page)
    assert said in texts(page)


def test_what_needs_attention_stands_open_with_what_to_do_and_the_rest_is_folded(
    page: DoctorPage,
) -> None:
    spin_until(lambda: "Display" in texts(page))
    said = texts(page)
    assert "There is none" in said
    assert "Use the terminal." in said
    assert "Python" not in said
    assert "3.11.7" not in said
    page._cards[-1].unfold()
    spin_until(lambda: "3.11.7" in texts(page))


def test_nobody_examines_twice_unasked_and_the_files_are_read_only_if_wanted(
    page: DoctorPage, patient: Patient
) -> None:
    assert patient.asked == [False]
    page.hide()
    page.show()
    assert patient.asked == [False]
    page._hashes.setChecked(True)
    look_again(page)
    assert patient.asked == [False, True]


def test_report_and_log_are_copied_as_plain_text(page: DoctorPage) -> None:
    log = page.findChild(QPlainTextEdit)
    assert log is not None
    spin_until(lambda: log.toPlainText() == "one\ntwo\n")
    QTest.mouseClick(page._copy_report, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == (
        "ok    python: 3.11.7\nWARN  display: there is none\n      -> Use the terminal."
    )
    QTest.mouseClick(page._copy_log, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "one\ntwo\n"


def test_an_examination_that_fails_is_told_and_can_be_repeated(
    page: DoctorPage, patient: Patient, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    patient.problem = RuntimeError("odd")
    look_again(page)
    assert "odd" in scripted.troubles[-1].message
    assert "odd" in caplog.text
    patient.problem = None
    look_again(page)
    assert "It works, with limits" in texts(page)


def test_each_point_has_a_name_that_says_its_state(page: DoctorPage) -> None:
    found = {one.accessibleName() for one in page.findChildren(QWidget)}
    assert {"Display: Limited", "Python: All is well"} <= found
