"""The settings page: a list of pages and a search to the left, the page to the right.

Owns which pages there are and finding a setting by its words. A page is made when it is first shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.pages.models import ModelsTab
from ui.pages.settings_audio import AudioTab
from ui.pages.settings_privacy import PrivacyTab
from ui.pages.settings_tabs import (
    AppearanceTab,
    ConversationTab,
    KeysTab,
    SettingsTab,
    VoiceTab,
)
from ui.session import Session
from ui.shown.settings_form import SettingsForm
from ui.widgets.form import label

LIST_WIDTH = 188
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the list."""

    name: str
    icon: str
    tab: type[SettingsTab]


@dataclass(frozen=True, slots=True)
class Hit:
    """A setting that was found: its key, its title, and its page's name and icon."""

    key: str
    title: str
    page: str
    icon: str


PLACES = (
    Place("audio", "audio", AudioTab),
    Place("voice", "voice", VoiceTab),
    Place("models", "models", ModelsTab),
    Place("conversation", "conversation", ConversationTab),
    Place("keys", "keyboard", KeysTab),
    Place("appearance", "appearance", AppearanceTab),
    Place("privacy", "privacy", PrivacyTab),
)


class SettingsPage(QWidget):
    """Every setting, on pages.

    Args:
        session: the running assistant.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.form = SettingsForm(session, self)
        self._shown = PLACES[0].name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._side = QFrame(self)
        self._side.setFixedWidth(LIST_WIDTH)
        self._list = QVBoxLayout(self._side)
        self._list.setContentsMargins(theme.Space.M, theme.Space.XL, theme.Space.S, theme.Space.M)
        self._list.setSpacing(theme.Space.XS)
        row.addWidget(self._side)
        self._stack = QStackedWidget(self)
        row.addWidget(self._stack, 1)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._take_first)
        self._list.addWidget(self.search)
        self._list.addSpacing(theme.Space.S)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for place in PLACES:
            button = QPushButton(theme.icon(place.icon), "")
            button.setCheckable(True)
            button.setProperty("kind", "nav")
            button.setIconSize(QSize(18, 18))
            button.clicked.connect(partial(self.show_section, place.name))
            self._group.addButton(button)
            self._buttons[place.name] = button
            self._list.addWidget(button)
        self._list.addStretch(1)
        self._areas: dict[str, QScrollArea] = {}
        self._found = _Found(self)
        self._stack.addWidget(self._found)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._to_search)
        session.settings_changed.connect(self._rebuild_voice)
        self._voice_keys = tuple(VoiceTab.keys(session.settings))
        self._name_all()
        self.show_section(self._shown)

    def _name_all(self) -> None:
        names = {
            "audio": self.tr("Audio"),
            "voice": self.tr("Voice"),
            "models": self.tr("Models"),
            "conversation": self.tr("Conversation"),
            "keys": self.tr("Keys"),
            "appearance": self.tr("Appearance"),
            "privacy": self.tr("Privacy"),
        }
        for name, button in self._buttons.items():
            button.setText(names[name])
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the settings"))

    # --- pages ----------------------------------------------------------------------------------------

    @property
    def section(self) -> str:
        """The page that is shown, so that a page made anew in another language shows it too."""
        return self._shown

    def show_section(self, name: str) -> None:
        """Show the page of that name: audio, voice, models, conversation, keys, appearance or privacy."""
        self._shown = name
        self.search.clear()
        self._stack.setCurrentWidget(self._area(name))
        self._buttons[name].setChecked(True)

    def show_setting(self, key: str) -> None:
        """Show the page with this setting, and the setting on it."""
        for place in PLACES:
            if key in place.tab.keys(self._session.settings):
                self.show_section(place.name)
                QTimer.singleShot(0, self, partial(self._point_at, place.name, key))
                return

    def _point_at(self, name: str, key: str) -> None:
        row = self.tab(name).reveal(key)
        if row is not None:
            row.flash()
            # What was folded gets its place when its page is laid out anew.
            area = self._area(name)
            QTimer.singleShot(0, area, partial(area.ensureWidgetVisible, row, 0, 80))

    def tab(self, name: str) -> SettingsTab:
        """Return the page of that name."""
        tab = self._area(name).widget()
        assert isinstance(tab, SettingsTab)
        return tab

    def _area(self, name: str) -> QScrollArea:
        area = self._areas.get(name)
        if area is None:
            place = next(one for one in PLACES if one.name == name)
            area = self._areas[name] = QScrollArea()
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tab = place.tab(self._session, self.form)
            area.setWidget(tab)
            area.viewport().setAutoFillBackground(False)
            tab.setAutoFillBackground(False)
            self._stack.addWidget(area)
        return area

    def _forget(self, *names: str) -> None:
        """Make these pages anew when they are shown next, or now."""
        for name in names:
            area = self._areas.pop(name, None)
            if area is not None:
                self._stack.removeWidget(area)
                area.deleteLater()
        if self._shown in names and not self.search.text():
            self.show_section(self._shown)

    def _rebuild_voice(self, settings: object) -> None:
        del settings
        keys = tuple(VoiceTab.keys(self._session.settings))
        if keys != self._voice_keys:
            self._voice_keys = keys
            self._forget("voice")

    # --- search ---------------------------------------------------------------------------------------

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def found(self, text: str) -> list[Hit]:
        """Return every setting whose words contain all words of ``text``, those by their title first."""
        words = text.casefold().split()
        hits = []
        for place in PLACES:
            page = self._buttons[place.name].text()
            for key in place.tab.keys(self._session.settings):
                field = self.form.field(key)
                rank = [field.title, f"{page} {field.title} {field.help}"]
                inside = [all(word in one.casefold() for word in words) for one in rank]
                if any(inside):
                    hits.append((inside.index(True), Hit(key, field.title, page, place.icon)))
        hits.sort(key=lambda hit: hit[0])
        return [hit for _rank, hit in hits[:MOST_FOUND]]

    def _find(self, text: str) -> None:
        if not text.strip():
            self._stack.setCurrentWidget(self._area(self._shown))
            self._buttons[self._shown].setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)
        self._found.show_hits(self.found(text))
        self._stack.setCurrentWidget(self._found)

    def _take_first(self) -> None:
        hits = self.found(self.search.text())
        if hits:
            self.show_setting(hits[0].key)


class _Found(QWidget):
    """What the search has found."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._page = page
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.Space.XL, theme.Space.XL, theme.Space.XL, theme.Space.XL)
        outer.setSpacing(theme.Space.XS)
        self._title = label("", "title")
        outer.addWidget(self._title)
        outer.addSpacing(theme.Space.S)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.Space.XS)
        outer.addLayout(self._list)
        outer.addStretch(1)

    def show_hits(self, hits: list[Hit]) -> None:
        """List settings."""
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._title.setText(self.tr("Found") if hits else self.tr("Nothing found"))
        for hit in hits:
            button = QPushButton(theme.icon(hit.icon), f"{hit.title}   \N{MIDDLE DOT}   {hit.page}")
            button.setIconSize(QSize(18, 18))
            button.setProperty("kind", "nav")
            button.clicked.connect(partial(self._page.show_setting, hit.key))
            self._list.addWidget(button)
