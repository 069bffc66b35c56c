"""The doctor page: what works on this machine, what does not, what to do, and the log to copy.

Owns the page. The findings are `assistant.api.doctor`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from assistant import paths
from ui import theme
from ui.pages.settings_privacy import Mark
from ui.pages.settings_tabs import COLUMN_WIDTH
from ui.session import Session
from ui.translated import translated
from ui.widgets.form import Card, Row, centred, label, while_alive

if TYPE_CHECKING:
    from assistant.api.doctor import Finding
    from assistant.settings import Settings

_WORDS = frozenset(
    {"python", "settings", "memory", "display", "catalogue", "microphone", "loudspeaker"}
)

LOG_LINES = 200
LOG_ROWS = 14

Examine = Callable[["Settings", bool], "list[Finding]"]


def real_examination(settings: Settings, hashes: bool) -> list[Finding]:
    """Look at this installation."""
    from assistant.api.doctor import examine_installation

    return examine_installation(settings, hashes=hashes)


def real_log() -> str:
    """Return the end of this computer's log."""
    from assistant.api.logs import log_tail

    return log_tail(LOG_LINES)


class DoctorPage(QWidget):
    """The state of the installation, and the log.

    Args:
        session: the running assistant.
        examine: looks at the installation, on another thread.
        read_log: returns the end of the log, on another thread.
    """

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        *,
        examine: Examine = real_examination,
        read_log: Callable[[], str] = real_log,
    ) -> None:
        super().__init__(parent)
        self._session, self._examine, self._read_log = session, examine, read_log
        self._findings: list[Finding] = []
        self._is_running = False
        self._was_run = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._area)
        self._build()

    def _build(self) -> None:
        page = QWidget()
        outer = QVBoxLayout(page)
        outer.setContentsMargins(theme.Space.XL, theme.Space.XL, theme.Space.XL, theme.Space.XL)
        column = QWidget()
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.Space.XL)
        outer.addLayout(centred(column, COLUMN_WIDTH))
        outer.addStretch(1)
        self._column.addWidget(label(self.tr("Help"), "title"))
        self._build_summary()
        self._places = QVBoxLayout()
        self._places.setSpacing(theme.Space.XL)
        self._column.addLayout(self._places)
        self._cards: list[Card] = []
        self._build_log()
        self._area.setWidget(page)
        self._area.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        self._show()

    def _build_summary(self) -> None:
        card = Card()
        self._summary = Row("", role="heading")
        self._mark = Mark(28)
        self._summary.in_front(self._mark)
        self._again = QPushButton(theme.icon("refresh"), self.tr("Look again"))
        self._again.setAccessibleDescription(self.tr("Examines the installation anew"))
        self._again.clicked.connect(self.run)
        self._copy_report = QPushButton(theme.icon("copy"), self.tr("Copy"))
        self._copy_report.setAccessibleName(self.tr("Copy the report"))
        self._copy_report.clicked.connect(self._copy_findings)
        self._hashes = QCheckBox(self.tr("Also read every model file (takes longer)"))
        self._summary.beside(self._copy_report)
        self._summary.beside(self._again)
        self._summary.below(self._hashes)
        card.add(self._summary)
        self._column.addWidget(card)

    def _build_log(self) -> None:
        card = Card(
            self.tr("Log"),
            self.tr("What the program notes of its own work; conversations are not in it."),
        )
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(theme.Space.S, theme.Space.M, theme.Space.S, theme.Space.M)
        column.setSpacing(theme.Space.S)
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setAccessibleName(self.tr("The end of the log"))
        self._log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(theme.font("small").pointSizeF())
        self._log.setFont(fixed)
        self._log.setFixedHeight(self._log.fontMetrics().lineSpacing() * LOG_ROWS)
        self._log.setPlaceholderText(self.tr("The log is empty."))
        self._log.setTabChangesFocus(True)
        column.addWidget(self._log)
        buttons = QHBoxLayout()
        self._copy_log = QPushButton(theme.icon("copy"), self.tr("Copy the log"))
        self._copy_log.clicked.connect(self._copy_all)
        self._open_logs = QPushButton(theme.icon("folder"), self.tr("Open the folder"))
        self._open_logs.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.log_dir())))
        )
        for button in (self._copy_log, self._open_logs):
            button.setIconSize(QSize(16, 16))
            buttons.addWidget(button)
        self._copied = label("", "small", muted=True)
        buttons.addWidget(self._copied, 1)
        column.addLayout(buttons)
        card.add(box)
        self._column.addWidget(card)

    # --- looking --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Examine at the first look, and read the log at each."""
        super().showEvent(event)
        if not self._was_run:
            self.run()
        else:
            self._session.run(self._read_log, while_alive(self, self._show_log))

    def run(self) -> None:
        """Examine the installation, off the GUI thread."""
        if self._is_running:
            return
        self._is_running = self._was_run = True
        settings, hashes = self._session.settings, self._hashes.isChecked()
        self._session.run(
            lambda: self._examine(settings, hashes),
            while_alive(self, self._took),
            while_alive(self, self._failed),
        )
        self._session.run(self._read_log, while_alive(self, self._show_log))
        self._show()

    def _took(self, findings: list[Finding]) -> None:
        self._is_running = False
        self._findings = findings
        self._show()

    def _failed(self, problem: Exception) -> None:
        self._is_running = False
        self._session.report(problem)
        self._show()

    # --- showing --------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._again.setEnabled(not self._is_running)
        self._copy_report.setEnabled(bool(self._findings))
        bad = [one for one in self._findings if one.status != "ok"]
        if self._is_running:
            self._mark.show_mark("doctor", "muted", self.tr("Looking"))
            self._summary.title.setText(self.tr("Looking at the installation …"))
        elif any(one.status == "fail" for one in bad):
            self._mark.show_mark("error", "danger", self.tr("Something is broken"))
            self._summary.title.setText(self.tr("Something is broken"))
            self._summary.set_text(self.tr("What to do stands below each point."))
        elif bad:
            self._mark.show_mark("warning", "warning", self.tr("It works, with limits"))
            self._summary.title.setText(self.tr("It works, with limits"))
            self._summary.set_text(self.tr("What to do stands below each point."))
        elif self._findings:
            self._mark.show_mark("success", "success", self.tr("All is well"))
            self._summary.title.setText(self.tr("Everything the assistant needs is here"))
            self._summary.set_text("")
        if self._is_running:
            return
        for card in self._cards:
            card.deleteLater()
        self._cards = []
        good = [one for one in self._findings if one.status == "ok"]
        self._list(self.tr("Needs attention"), bad, folds=False)
        self._list(self.tr("In order: {0}").format(len(good)), good, folds=True)

    def _list(self, title: str, findings: list[Finding], *, folds: bool) -> None:
        if not findings:
            return
        card = Card(title, folds=folds)
        for finding in findings:
            card.add(FindingRow(finding))
        self._places.addWidget(card)
        self._cards.append(card)

    def _show_log(self, text: str) -> None:
        if text != self._log.toPlainText():
            self._log.setPlainText(text)
            bar = self._log.verticalScrollBar()
            bar.setValue(bar.maximum())
        self._copy_log.setEnabled(bool(text))

    # --- copying --------------------------------------------------------------------------------------

    def report_text(self) -> str:
        """The findings as plain text, to be sent to somebody who helps."""
        marks = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}
        lines = []
        for one in self._findings:
            lines.append(f"{marks[one.status]}  {one.name}: {one.detail}")
            if one.what_to_do:
                lines.append(f"      -> {one.what_to_do}")
        return "\n".join(lines)

    def _copy_findings(self) -> None:
        QGuiApplication.clipboard().setText(self.report_text())
        self._summary.set_text(self.tr("The report is on the clipboard."))

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self._log.toPlainText())
        self._copied.setText(self.tr("Copied."))


class FindingRow(Row):
    """One finding: state, what was found, what to do."""

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        # Names of packages and files stay as they are; words begin like sentences.
        is_words = finding.name in _WORDS or " " in finding.name
        name, detail = translated(finding.name), _quoted(translated(finding.detail))
        name = name[:1].upper() + name[1:] if is_words else name
        detail = detail if detail.startswith("/") else detail[:1].upper() + detail[1:]
        super().__init__(name, detail, parent)
        mark = Mark(20)
        match finding.status:
            case "ok":
                mark.show_mark("success", "success", self.tr("All is well"))
            case "warn":
                mark.show_mark("warning", "warning", self.tr("Limited"))
            case "fail":
                mark.show_mark("error", "danger", self.tr("Broken"))
        self.in_front(mark)
        self._outer.setContentsMargins(theme.Space.S, theme.Space.S, theme.Space.S, theme.Space.S)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(f"{name}: {mark.accessibleName()}")
        if finding.what_to_do:
            todo = label(_quoted(translated(finding.what_to_do)), "small")
            todo.setContentsMargins(20 + theme.Space.L, 0, 0, 0)
            todo.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.below(todo)


def _quoted(text: str) -> str:
    """Return the text with `commands` in quotes, as one writes them for people."""
    return re.sub(r"`([^`]+)`", r"“\1”", text)
