"""The models page: every set as a card, importing, and how much memory the models may take.

Owns the list of cards. What is under way is `ui.shown.model_sets`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from assistant.settings import Settings
from ui import theme
from ui.pages.settings_tabs import SettingsTab
from ui.session import Session
from ui.shown.model_catalogue import progress_text
from ui.shown.model_sets import ModelSets
from ui.shown.settings_form import SettingsForm
from ui.widgets.form import Row, label, set_tone
from ui.widgets.set_card import SetCardView


class ModelsTab(SettingsTab):
    """The sets, and how much memory they may take.

    Args:
        sets: what is known and under way; None = the session's.
    """

    def __init__(
        self,
        session: Session,
        form: SettingsForm,
        parent: QWidget | None = None,
        *,
        sets: ModelSets | None = None,
    ) -> None:
        self.sets = sets or ModelSets.of(session)
        super().__init__(session, form, parent)

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page."""
        del settings
        return ("pool.budget_mb",)

    def heading(self) -> str:
        """Return the title."""
        return self.tr("Models")

    def build(self) -> None:
        """Put the cards on the page."""
        self.column.addWidget(
            label(
                self.tr(
                    "A set is one model that hears, one that thinks and one that speaks. Larger sets"
                    " understand more and sound better. Once a set is on this computer it needs no network."
                ),
                muted=True,
            )
        )
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.Space.L)
        self.column.addLayout(self._list)
        self._note = label("", muted=True)
        self.column.addWidget(self._note)
        self._build_import()
        self.card(self.tr("Memory"), "", ("pool.budget_mb",))
        self.cards: dict[str, SetCardView] = {}
        self.sets.listed.connect(self._show)
        self.sets.changed.connect(self._show_one)
        self._show()

    def _build_import(self) -> None:
        card = self.card(self.tr("Import"))
        row = Row(
            self.tr("Models you have already"),
            self.tr(
                "On a stick, in a folder or in a zip file: models are known by their content, whatever the"
                " files are called."
            ),
        )
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, theme.Space.XS, 0, 0)
        line.setSpacing(theme.Space.S)
        self._folder = QPushButton(theme.icon("folder"), self.tr("From a folder …"))
        self._file = QPushButton(theme.icon("import"), self.tr("From a file …"))
        self._stop = QPushButton(theme.icon("stop"), self.tr("Stop"))
        self._folder.clicked.connect(lambda: self._ask(is_folder=True))
        self._file.clicked.connect(lambda: self._ask(is_folder=False))
        self._stop.clicked.connect(lambda: self.sets.cancel(""))
        for button in (self._folder, self._file, self._stop):
            line.addWidget(button)
        line.addStretch(1)
        row.below(buttons)
        self._imported = label("", "small")
        row.below(self._imported)
        card.add(row)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the sets: something may have been fetched in a terminal."""
        super().showEvent(event)
        self.sets.refresh()

    def _ask(self, *, is_folder: bool) -> None:
        dialog = QFileDialog(self, self.tr("Import models"), str(Path.home()))
        dialog.setFileMode(
            QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.sets.import_from(Path(path))

    def _show(self) -> None:
        language = self.session.settings.language
        cards = sorted(self.sets.cards, key=lambda card: language not in card.languages)
        names = [card.name for card in cards]
        for name in [name for name in self.cards if name not in names]:
            self.cards.pop(name).deleteLater()
        for index, card in enumerate(cards):
            view = self.cards.get(card.name)
            if view is None:
                view = self.cards[card.name] = SetCardView(self.sets, card.name)
            if self._list.indexOf(view) != index:
                self._list.insertWidget(index, view)
            view.show_card(card)
        if self.sets.problem:
            self._note.setText(self.sets.problem)
        else:
            self._note.setText("" if self.sets.is_known else self.tr("Looking at the models …"))
        self._note.setVisible(bool(self._note.text()))
        self._show_import()

    def _show_one(self, name: str) -> None:
        if name in self.cards:
            self.cards[name].show_work()
        elif not name:
            self._show_import()

    def _show_import(self) -> None:
        work = self.sets.under_way("")
        said, is_good = self.sets.said("")
        self._folder.setEnabled(work is None)
        self._file.setEnabled(work is None)
        self._stop.setVisible(work is not None)
        self._imported.setText(said if work is None else progress_text(work.progress))
        self._imported.setVisible(bool(self._imported.text()))
        set_tone(self._imported, "" if work is not None else "success" if is_good else "danger")
