"""The main window: side bar, banners, pages, status line, and the talk key while the window has the keyboard.

Owns which page is open. Pages are made when they are first shown; each owns what is on it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.desktop.places import Places
from ui.pages.conversation import ConversationPage
from ui.session import Session, Trouble
from ui.shown.conversation import ConversationShown
from ui.shown.talk import TalkShown
from ui.shown.troubles import TroubleTeller, WaysOn
from ui.theme import Space
from ui.widgets.banner import BannerStack
from ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from assistant.api.history import PastConversation

NAME = "window"
SIZE = QSize(980, 760)
SMALLEST = QSize(420, 520)

SIDE_PX = 190
NARROW_PX = 760
"""Below this width the side bar shows icons only."""

ICON_PX = 20

PAGES = ("conversation", "session", "history", "settings", "doctor")


class MainWindow(QWidget):
    """The window.

    Args:
        session: the running assistant.
        places: remembers where it stood and which page was open.
        stays: asked when it is closed: whether the program goes on without it.
    """

    shown_changed = Signal(bool)
    """Whether the window is on the screen."""

    talk_changed = Signal(object)
    """The TalkShown of now, for the tray."""

    quit_wanted = Signal()

    def __init__(
        self,
        session: Session,
        places: Places | None = None,
        stays: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__()
        self._session = session
        self._places = places or Places()
        self._stays = stays
        self._pages: dict[str, QWidget] = {}
        self._teller = TroubleTeller(
            session,
            WaysOn(
                restart=session.restart,
                ask=self._ask,
                choose_devices=partial(self.open_page, "settings/audio"),
                choose_models=partial(self.open_page, "settings/models"),
                choose_privacy=partial(self.open_page, "settings/privacy"),
            ),
        )
        self.setMinimumSize(SMALLEST)
        self.banners = BannerStack()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._build(ConversationShown())
        self._places.restore(self, NAME, SIZE)
        session.trouble.connect(self._tell)
        session.trouble_over.connect(self.banners.over)
        session.page_wanted.connect(self.open_page)
        for number, page in enumerate(PAGES, start=1):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.activated.connect(partial(self.open_page, page))
        QShortcut(QKeySequence(QKeySequence.StandardKey.New), self).activated.connect(
            self._begin_anew
        )
        QShortcut(QKeySequence(QKeySequence.StandardKey.Quit), self).activated.connect(
            self.quit_wanted
        )

    # --- building ---------------------------------------------------------------------------------------

    def _build(self, shown: ConversationShown) -> None:
        self.setWindowTitle(self.tr("Sarai"))
        self._body = QWidget()
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side_bar())
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self._stack = QStackedWidget()
        self.status = StatusLine(self._session)
        right.addWidget(self.banners)
        right.addWidget(self._stack, 1)
        right.addWidget(self.status)
        row.addLayout(right, 1)
        self._column.addWidget(self._body)
        self.conversation = ConversationPage(self._session, shown)
        self.conversation.welcome_is_over = self._places.text("welcome") == "over"
        self.conversation.understood.connect(partial(self._places.remember_text, "welcome", "over"))
        self.conversation.bar.talk_changed.connect(self.talk_changed)
        self._pages = {"conversation": self.conversation}
        self._stack.addWidget(self.conversation)
        self.conversation.show_welcome()
        self.open_page("conversation")

    def _side_bar(self) -> QWidget:
        side = QFrame()
        side.setObjectName("side")
        column = QVBoxLayout(side)
        column.setContentsMargins(Space.S, Space.L, Space.S, Space.L)
        column.setSpacing(Space.XS)
        self._name = QLabel("Sarai")
        theme.set_type(self._name, "title")
        self._name.setContentsMargins(Space.M, 0, 0, Space.S)
        column.addWidget(self._name)
        self._new = QPushButton(self.tr("New conversation"))
        self._new.setIcon(theme.icon("plus"))
        self._new.setIconSize(QSize(ICON_PX, ICON_PX))
        self._new.setProperty("kind", "nav")
        self._new.setAccessibleName(self._new.text())
        self._new.setToolTip(f"{self._new.text()} (Ctrl+N)")
        self._new.clicked.connect(self._begin_anew)
        column.addWidget(self._new)
        column.addSpacing(Space.S)
        self._group = QButtonGroup(side)
        self._nav: dict[str, QPushButton] = {}
        for number, (page, icon, label) in enumerate(
            (
                ("conversation", "conversation", self.tr("Conversation")),
                ("session", "speed", self.tr("Session")),
                ("history", "history", self.tr("History")),
                ("settings", "settings", self.tr("Settings")),
                ("doctor", "doctor", self.tr("Help")),
            ),
            start=1,
        ):
            if page == "settings":
                column.addStretch(1)
            button = QPushButton(label)
            button.setIcon(theme.icon(icon))
            button.setIconSize(QSize(ICON_PX, ICON_PX))
            button.setProperty("kind", "nav")
            button.setCheckable(True)
            button.setAccessibleName(label)
            button.setToolTip(f"{label} (Ctrl+{number})")
            button.clicked.connect(partial(self.open_page, page))
            self._group.addButton(button)
            self._nav[page] = button
            column.addWidget(button)
        self._side = side
        return side

    # --- pages ------------------------------------------------------------------------------------------

    def open_page(self, name: str, *_: object) -> None:
        """Show a page, such as ``settings`` or ``settings/models``, and make it if it is not there."""
        page_name, _slash, section = name.partition("/")
        page = self._pages.get(page_name)
        if page is None:
            page = self._made(page_name)
            self._pages[page_name] = page
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self._nav[page_name].setChecked(True)
        show_section = getattr(page, "show_section", None)
        if section and show_section is not None:
            show_section(section)
        if page is self.conversation:
            self.conversation.bar.box.setFocus()
            self.banners.over("turn")

    def _made(self, name: str) -> QWidget:
        match name:
            case "session":
                from ui.pages.session import SessionPage

                return SessionPage(self._session)
            case "history":
                from ui.pages.history import HistoryPage

                history = HistoryPage(self._session)
                history.offer_continuing()
                history.continue_wanted.connect(self._go_on_with)
                return history
            case "settings":
                from ui.pages.settings import SettingsPage

                return SettingsPage(self._session)
            case _:
                from ui.pages.doctor import DoctorPage

                return DoctorPage(self._session)

    def _begin_anew(self) -> None:
        """Begin another conversation; the one before is in the history."""
        self._session.begin_conversation()
        self.open_page("conversation")

    def _go_on_with(self, past: PastConversation) -> None:
        self._session.begin_conversation(past)
        self.open_page("conversation")

    def _tell(self, trouble: Trouble) -> None:
        is_seen = trouble.kind == "turn" and self._stack.currentWidget() is self.conversation
        if not is_seen:  # a failed turn says so itself, with the same button
            self.banners.tell(trouble)

    def _ask(self, question: str) -> None:
        self.open_page("conversation")
        self.conversation.ask(question)

    def retranslate(self) -> None:
        """Make every page anew, in the language installed by now; what was said and typed stays."""
        draft, status, talk = self.conversation.bar.box.text(), self.status.status, self.talk
        shown = self._stack.currentWidget()
        name = next(name for name, page in self._pages.items() if page is shown)
        section = getattr(shown, "section", "")
        former = self._body
        self.conversation.leave()
        self.banners.setParent(None)
        self._build(self.conversation.shown)
        self.status.show_status(status)
        self.conversation.bar.box.setText(draft)
        self.conversation.bar.show_talk(talk)
        self._column.removeWidget(former)
        former.hide()
        former.deleteLater()
        self.open_page(f"{name}/{section}" if section else name)

    # --- keys -------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space is the talk key, Escape cancels, wherever no control wants them for itself."""
        match event.key():
            case Qt.Key.Key_Space:
                if not event.isAutoRepeat():
                    self.conversation.bar.press(is_down=True)
            case Qt.Key.Key_Escape:
                self.conversation.cancel()
            case _:
                super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `keyPressEvent`."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.conversation.bar.press(is_down=False)
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Whoever goes to another window has let go of the key, though its release arrives there."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.conversation.bar.press(is_down=False)

    # --- on the screen ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the side bar its words only where there is room."""
        super().resizeEvent(event)
        self._fit_side()

    def _fit_side(self) -> None:
        is_narrow = self.width() < NARROW_PX
        self._name.setVisible(not is_narrow)
        for button in (self._new, *self._nav.values()):
            button.setText("" if is_narrow else button.accessibleName())
        self._side.setFixedWidth(Space.S * 2 + 48 if is_narrow else SIDE_PX)

    @property
    def talk(self) -> TalkShown:
        """What the talk control shows."""
        return self.conversation.bar.talk

    def cancel(self) -> None:
        """Stop whatever goes on."""
        self.conversation.cancel()

    def remember(self) -> None:
        """Keep the window's place for the next start."""
        self._places.remember(self, NAME)
        self._places.write()

    def bring(self) -> None:
        """Come to the front."""
        self.show()
        self.shown_changed.emit(True)
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay in the tray, or end the program."""
        self.remember()
        event.accept()
        self.shown_changed.emit(False)
        if not self._stays():
            self.quit_wanted.emit()
