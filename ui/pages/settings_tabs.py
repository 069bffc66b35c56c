"""The pages of settings that are nothing but fields: voice, conversation, keys, appearance.

Owns which settings stand together and under which headings. The fields themselves come from the model.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from assistant.settings import Settings
from ui import theme
from ui.session import Session
from ui.shown.settings_form import SettingsForm
from ui.widgets.form import Card, Row, centred, label
from ui.widgets.form_controls import Control
from ui.widgets.form_keys import KeysControl
from ui.widgets.form_row import SettingRow

COLUMN_WIDTH = 720
"""Lines of text longer than this are hard to read."""

_NOT_FOR_PEOPLE = frozenset(
    {
        "engine", "catalogue", "permanent", "load_on_startup", "idle_unload_s", "fallback",
        "expected_memory_mb", "threads",
    }
)  # fmt: skip
"""Of a model's settings: how it is kept in memory, which the file is the place for."""

_SAMPLE = {"en": "This is how I sound. Nothing I say leaves your computer.",
           "es": "Así sueno yo. Nada de lo que digo sale de tu ordenador."}  # fmt: skip


class SettingsTab(QWidget):
    """One page of settings: a title and cards in one column.

    Args:
        session: the running assistant.
        form: where the settings are edited.
    """

    def __init__(self, session: Session, form: SettingsForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.form = form
        self.rows: dict[str, SettingRow] = {}
        self._card_of: dict[str, Card] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.Space.XL, theme.Space.XL, theme.Space.XL, theme.Space.XL)
        column = QWidget(self)
        self.column = QVBoxLayout(column)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.Space.XL)
        outer.addLayout(centred(column, COLUMN_WIDTH))
        outer.addStretch(1)
        self.column.addWidget(label(self.heading(), "title"))
        self.build()

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page, for the search."""
        del settings
        return ()

    def heading(self) -> str:
        """Return the title of the page."""
        raise NotImplementedError

    def build(self) -> None:
        """Put the cards on the page."""
        raise NotImplementedError

    def card(
        self, title: str = "", text: str = "", keys: Iterable[str] = (), *, folds: bool = False
    ) -> Card:
        """Add a card with these settings."""
        made = Card(title, text, folds=folds)
        for key in keys:
            self.add(made, key)
        self.column.addWidget(made)
        return made

    def add(self, card: Card, key: str, control: Control | None = None) -> SettingRow:
        """Add a setting to a card."""
        row = SettingRow(self.form, self.form.field(key), control)
        self.rows[key] = row
        self._card_of[key] = card
        card.add(row)
        return row

    def reveal(self, key: str) -> SettingRow | None:
        """Return the row of a setting, unfolded if it was folded away; None if it is not here."""
        row = self.rows.get(key)
        if row is not None:
            self._card_of[key].unfold()
        return row

    def hideEvent(self, event: QHideEvent) -> None:
        """What was changed in the last moment is saved at once."""
        self.form.save()
        super().hideEvent(event)


class VoiceTab(SettingsTab):
    """Languages, and how the assistant sounds."""

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page."""
        return ("language", "window.language", *cls._voice_keys(settings))

    @staticmethod
    def _voice_keys(settings: Settings) -> tuple[str, ...]:
        name = settings.active_set.tts
        fields = type(settings.models[name]).model_fields
        return tuple(f"models.{name}.{field}" for field in fields if field not in _NOT_FOR_PEOPLE)

    def heading(self) -> str:
        """Return the title."""
        return self.tr("Voice and language")

    def build(self) -> None:
        """Put the cards on the page."""
        self.card(self.tr("Language"), "", ("language", "window.language"))
        settings = self.session.settings
        model = settings.active_set.tts
        text = self.tr("Settings of {0}, which speaks now.").format(model)
        voice = self.card(self.tr("Voice"), text, self._voice_keys(settings))
        row = Row(self.tr("Listen"), self.tr("Says a sentence with the voice as it is set."))
        listen = QPushButton(theme.icon("play"), self.tr("Listen"))
        listen.setAccessibleDescription(self.tr("Says a sentence with the voice as it is set."))
        listen.clicked.connect(self._say)
        row.beside(listen)
        voice.add(row)

    def _say(self) -> None:
        self.session.assistant.say(_SAMPLE[self.session.settings.language])


class ConversationTab(SettingsTab):
    """When a turn begins and ends, interrupting, and what the model is told."""

    BEGIN = ("listening.mode", "listening.wake_phrase", "listening.wake_window_s")
    END = ("listening.pause_ms", "listening.barge_in")
    MIND = ("conversation.system_prompt",)
    FINE = (
        "listening.shortest_pause_ms",
        "listening.longest_pause_ms",
        "listening.soft_end_ms",
        "listening.longest_turn_s",
        "listening.vad_threshold",
        "conversation.max_tool_rounds",
        "conversation.tool_limit_s",
    )

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page."""
        del settings
        return (*cls.BEGIN, *cls.END, *cls.MIND, *cls.FINE)

    def heading(self) -> str:
        """Return the title."""
        return self.tr("Conversation")

    def build(self) -> None:
        """Put the cards on the page."""
        self.card(self.tr("Your turn begins"), "", self.BEGIN)
        text = self.tr("Shorter pauses make answers come sooner; longer ones let you think.")
        self.card(self.tr("Your turn ends"), text, self.END)
        self.card(self.tr("The assistant's mind"), "", self.MIND)
        self.card(self.tr("Fine tuning"), "", self.FINE, folds=True)
        self.rows["listening.wake_window_s"].depends(
            "listening.wake_phrase", lambda: bool(self.form.value("listening.wake_phrase"))
        )


class KeysTab(SettingsTab):
    """The keys that work everywhere."""

    KEYS = ("keys.everywhere", "listening.talk_key")
    CAPTURED = ("keys.talk", "keys.cancel")

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page."""
        del settings
        return (*cls.CAPTURED, *cls.KEYS)

    def heading(self) -> str:
        """Return the title."""
        return self.tr("Keys")

    def build(self) -> None:
        """Put the cards on the page."""
        text = self.tr("In this window Space talks and Esc stops the answer, whatever is set here.")
        card = self.card(self.tr("From anywhere"), text)
        for key in self.CAPTURED:
            self.add(card, key, KeysControl())
        for key in self.KEYS:
            self.add(card, key)


class AppearanceTab(SettingsTab):
    """Looks, the tray, the overlay."""

    LOOKS = ("window.appearance", "window.reduced_motion")
    OVERLAY = ("window.overlay", "window.overlay_opacity")
    START = ("window.autostart", "window.start_hidden", "window.close_to_tray")

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page."""
        del settings
        return (*cls.LOOKS, *cls.OVERLAY, *cls.START)

    def heading(self) -> str:
        """Return the title."""
        return self.tr("Appearance")

    def build(self) -> None:
        """Put the cards on the page."""
        self.card(self.tr("Looks"), "", self.LOOKS)
        self.card(self.tr("Latency overlay"), "", self.OVERLAY)
        self.card(self.tr("Start and tray"), "", self.START)
