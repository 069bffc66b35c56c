"""The privacy page: what is kept, where, and a live look that nothing leaves the computer.

Owns the live look. What it finds is the operating system's word, not the program's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from assistant import paths
from assistant.settings import Settings
from ui import theme
from ui.icons import paint_icon
from ui.pages.settings_tabs import SettingsTab
from ui.session import Session
from ui.shown.settings_form import SettingsForm
from ui.widgets.form import Card, Row, label, while_alive

if TYPE_CHECKING:
    from assistant.api.doctor import Connections

LOOK_EVERY_MS = 5_000


def real_connections() -> Connections:
    """Ask the operating system."""
    from assistant.api.doctor import open_connections

    return open_connections()


class Mark(QWidget):
    """An icon in the colour of what it says."""

    def __init__(self, side: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._icon = "info"
        self._tone: theme.ColourName = "muted"
        self.setFixedSize(side, side)

    def show_mark(self, icon: str, tone: theme.ColourName, meaning: str) -> None:
        """Show another icon; ``meaning`` says it in words."""
        self._icon, self._tone = icon, tone
        self.setAccessibleName(meaning)
        self.setToolTip(meaning)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(0, 0, self._side, self._side)
        paint_icon(painter, place, self._icon, theme.colour(self._tone))


class PrivacyTab(SettingsTab):
    """History, and the proof that nothing leaves."""

    HISTORY = ("history.keep", "history.keep_days")

    def __init__(
        self,
        session: Session,
        form: SettingsForm,
        parent: QWidget | None = None,
        *,
        connections: Callable[[], Connections] | None = None,
    ) -> None:
        self._connections = connections or real_connections
        self._is_looking = False
        super().__init__(session, form, parent)

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page."""
        del settings
        return cls.HISTORY

    def heading(self) -> str:
        """Return the title."""
        return self.tr("Privacy")

    def build(self) -> None:
        """Put the cards on the page."""
        card = self.card(self.tr("Nothing leaves this computer"))
        self._build_proof(card)
        self.card(self.tr("Conversations"), "", self.HISTORY)
        self.rows["history.keep_days"].depends(
            "history.keep", lambda: bool(self.form.value("history.keep"))
        )
        places = self.card(self.tr("Where things are"))
        for title, folder in (
            (self.tr("Conversations, notes and models"), paths.data_dir()),
            (self.tr("Your settings"), paths.config_dir()),
            (self.tr("Logs"), paths.log_dir()),
        ):
            places.add(self._place_row(title, folder))
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def _build_proof(self, card: Card) -> None:
        self._now = Row(self.tr("Looking …"))
        self._mark = Mark()
        self._now.in_front(self._mark)
        self._again = QPushButton(theme.icon("refresh"), self.tr("Look again"))
        self._again.setAccessibleDescription(
            self.tr("Asks the operating system for the assistant's internet connections")
        )
        self._again.clicked.connect(self.look)
        self._now.beside(self._again)
        card.add(self._now)
        proof = Row(self.tr("How you can know"))
        proof.below(
            label(
                self.tr(
                    "Hearing, thinking and speaking are done by models on this computer. Only downloading a"
                    " model opens a connection, and only when you ask for it."
                ),
                muted=True,
            )
        )
        proof.below(
            label(
                self.tr(
                    "The program is tested with the network forbidden: its tests fail at the first attempt to"
                    " use it, and a check refuses code outside the downloader that could open a connection."
                    " This page asks the operating system every few seconds which connections there are."
                ),
                muted=True,
            )
        )
        card.add(proof)

    def _place_row(self, title: str, folder: Path) -> Row:
        row = Row(title, str(folder))
        row.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        button = QPushButton(theme.icon("folder"), self.tr("Open"))
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(self.tr("Open the folder: {0}").format(title))
        button.clicked.connect(lambda: self._open(folder))
        row.beside(button)
        return row

    def _open(self, folder: Path) -> None:
        def made() -> None:
            folder.mkdir(parents=True, exist_ok=True)

        def show(_nothing: None) -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

        self.session.run(made, show)

    # --- the live look --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Look now, and again every few seconds."""
        super().showEvent(event)
        self._timer.start()
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking."""
        self._timer.stop()
        super().hideEvent(event)

    def look(self) -> None:
        """Ask the operating system for our internet connections."""
        if not self._is_looking:
            self._is_looking = True
            self.session.run(
                self._connections,
                while_alive(self, self._seen),
                while_alive(self, self._not_seen),
            )

    def _seen(self, seen: Connections) -> None:
        self._is_looking = False
        looked_at = self._looked_at(seen.processes)
        if seen.found:
            self._mark.show_mark("warning", "warning", self.tr("There are connections"))
            self._now.title.setText(self.tr("The assistant has open internet connections"))
            lines = [
                f"{one.process} ({one.pid}): {one.local} → {one.remote}"
                if one.remote
                else self.tr("{0} ({1}): listens at {2}").format(one.process, one.pid, one.local)
                for one in seen.found
            ]
            self._now.set_text("\n".join([*lines, looked_at]))
        elif seen.unknown:
            self._mark.show_mark("info", "muted", self.tr("Not known"))
            self._now.title.setText(self.tr("The system does not tell about every process"))
            self._now.set_text(looked_at)
        else:
            self._mark.show_mark("success", "success", self.tr("No connection"))
            self._now.title.setText(self.tr("No internet connection is open"))
            self._now.set_text(looked_at)

    def _looked_at(self, processes: int) -> str:
        if processes == 1:
            return self.tr("One process of the assistant was looked at, just now.")
        return self.tr("{0} processes of the assistant were looked at, just now.").format(processes)

    def _not_seen(self, problem: Exception) -> None:
        self._is_looking = False
        self._timer.stop()
        self.session.report(problem)
