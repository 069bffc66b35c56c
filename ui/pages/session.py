"""The session page: how quick this session's turns were, as charts, and their export.

Owns the page's layout and the way of an export from the menu to the disk. The figures are
`ui.shown.figures`', the file formats `ui.export`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, QPoint, QRect, QSize, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPainter
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui import export, theme
from ui.session import Trouble
from ui.shown.figure_keeper import figures_of
from ui.widgets.session_report import SessionReport

if TYPE_CHECKING:
    from ui.session import Session

PICTURE_SCALE = 2
"""Pixels of a saved picture for each of the screen's: sharp when printed or shown large."""

SUFFIXES = ("csv", "json", "png")


class SessionPage(QWidget):
    """Figures of the session, and where they can be taken."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._figures = figures_of(session)
        self._dialog: QFileDialog | None = None
        self.setAccessibleName(self.tr("Session"))
        self.report = SessionReport(self._figures, self)
        self.export_button = QPushButton(theme.icon("export"), self.tr("Export"), self)
        self.export_button.setMenu(self._menu())
        self.export_button.setToolTip(self.tr("Save this session's figures; no words are in them."))
        title = QLabel(self.tr("Session"), self)
        theme.set_type(title, "title")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.export_button)
        head.setContentsMargins(theme.Space.XL, theme.Space.XL, theme.Space.XL, 0)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.report)
        self._bar = scroll.verticalScrollBar()
        self._bar.rangeChanged.connect(lambda _least, _most: self._align())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.Space.S)
        column.addLayout(head)
        column.addWidget(scroll)
        self._figures.turn_added.connect(self._allow)
        self._allow()

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for text, suffix in (
            (self.tr("Table (CSV)…"), "csv"),
            (self.tr("Everything (JSON)…"), "json"),
            (self.tr("Picture of this page (PNG)…"), "png"),
        ):
            menu.addAction(text, partial(self.ask_where, suffix))
        return menu

    def _align(self) -> None:
        """Keep the report's right edge below the button's, with and without a scroll bar."""
        taken = self._bar.sizeHint().width() if self._bar.maximum() > 0 else 0
        self.report.set_right_margin(theme.Space.XL - taken)

    def _allow(self) -> None:
        self.export_button.setEnabled(bool(self._figures.turns))

    # --- export -----------------------------------------------------------------------------------------

    def ask_where(self, suffix: str) -> None:
        """A dialog asks where to save; the page goes on meanwhile."""
        if self._dialog is not None:
            self._dialog.deleteLater()
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        name = f"sarai-session-{self._figures.began:%Y-%m-%d-%H%M}.{suffix}"
        dialog = self._dialog = QFileDialog(
            self, self.tr("Export the session"), str(Path(documents) / name)
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"{suffix.upper()} (*.{suffix})")
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen), suffix))
        dialog.open()

    def save(self, path: Path, suffix: str) -> None:
        """``path`` will hold the figures as they are now; a banner tells how it went."""
        make: Callable[[], bytes]
        if suffix == "png":
            make = partial(export.as_png, self.picture())
        else:
            to_bytes = export.as_csv if suffix == "csv" else export.as_json
            make = partial(to_bytes, self._figures.record())
        self._session.run(
            lambda: export.write(path, make()),
            lambda _nothing: self._saved(path),
            lambda problem: self._session.report(
                problem, "export", self.tr("Choose another place"), partial(self.ask_where, suffix)
            ),
        )

    def picture(self) -> QImage:
        """Return the report under its date as a picture, twice as fine as the screen."""
        width = self.report.width() + theme.Space.XL - self.report.right_margin
        head = QRect(theme.Space.XL, theme.Space.L, width, theme.Space.XXL)
        whole = QSize(width, head.bottom() + theme.Space.S + self.report.height())
        picture = QImage(whole * PICTURE_SCALE, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(PICTURE_SCALE)
        picture.fill(theme.colour("window"))
        painter = QPainter(picture)
        painter.setFont(theme.font("title"))
        painter.setPen(theme.colour("text"))
        began = self._figures.began
        day = QDate(began.year, began.month, began.day)
        date = QLocale().toString(day, QLocale.FormatType.LongFormat)
        title = self.tr("Sarai, session of {0}").format(date)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        self.report.render(painter, QPoint(0, whole.height() - self.report.height()))
        painter.end()
        return picture

    def _saved(self, path: Path) -> None:
        message = self.tr("Saved as {0}.").format(path.name)
        folder = QUrl.fromLocalFile(str(path.parent))

        def act() -> None:
            QDesktopServices.openUrl(folder)

        self._session.trouble.emit(
            Trouble(
                "export", message, str(path.parent), self.tr("Open folder"), act, is_notice=True
            )
        )
