"""One model set as a card: what it is, what it costs and gives, and what one can do with it.

Owns how it looks. What is under way with the set is `ui.shown.model_sets`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.shown.model_catalogue import UnderWay, progress_text, size_text
from ui.shown.model_sets import ModelSets
from ui.translated import translated
from ui.widgets.facts import Facts
from ui.widgets.form import label, set_tone

if TYPE_CHECKING:
    from assistant.api.models import PullProgress, SetCard

MEGABYTE = 1_000_000


class SetCardView(QFrame):
    """One set.

    Args:
        sets: what is known of it and done to it.
        name: of the set.
    """

    def __init__(self, sets: ModelSets, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sets, self._name = sets, name
        self._card: SetCard | None = None
        self.setProperty("card", True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.Space.L, theme.Space.L, theme.Space.L, theme.Space.L)
        self._column.setSpacing(theme.Space.S)
        head = QHBoxLayout()
        head.setSpacing(theme.Space.M)
        self._title = label("", "heading")
        self._title.setWordWrap(False)
        head.addWidget(self._title)
        self._badge = _Badge()
        head.addWidget(self._badge)
        head.addStretch(1)
        self._build_more(head)
        self._column.addLayout(head)
        self._summary = label("")
        self._column.addWidget(self._summary)
        self._facts = Facts()
        self._column.addWidget(self._facts)
        self._details = QPushButton()
        self._details.setProperty("kind", "flat")
        self._more_facts = Facts()
        self._details.clicked.connect(lambda: self._show_details(on=self._more_facts.isHidden()))
        self._build_work()
        row = QHBoxLayout()
        row.setSpacing(theme.Space.S)
        self._build_buttons(row)
        row.addStretch(1)
        row.addWidget(self._details)
        self._column.addLayout(row)
        self._column.addWidget(self._more_facts)
        self._show_details(on=False)

    def _build_more(self, head: QHBoxLayout) -> None:
        self.more = QToolButton()
        self.more.setIcon(theme.icon("more"))
        self.more.setIconSize(QSize(18, 18))
        self.more.setFixedSize(34, 34)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setProperty("kind", "flat")
        self.more.setToolTip(self.tr("More"))
        menu = QMenu(self.more)
        self.verify = menu.addAction(theme.icon("success"), self.tr("Check the files"))
        self.remove = menu.addAction(theme.icon("delete"), self.tr("Remove from this computer …"))
        self.more.setMenu(menu)
        self.verify.triggered.connect(lambda: self._sets.verify(self._name))
        self.remove.triggered.connect(lambda: self._sets.remove(self._name))
        policy = self.more.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.more.setSizePolicy(policy)
        head.addWidget(self.more)

    def _build_work(self) -> None:
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._work = label("", "small", muted=True)
        self._said = label("", "small")
        self._question = label("")
        for widget in (self._progress, self._work, self._said, self._question):
            self._column.addWidget(widget)

    def _build_buttons(self, row: QHBoxLayout) -> None:
        self.use = QPushButton(theme.icon("check"), self.tr("Use this set"))
        self.pull = QPushButton(theme.icon("download"), self.tr("Download"))
        self.cancel = QPushButton(theme.icon("stop"), self.tr("Stop"))
        self.yes = QPushButton()
        self.no = QPushButton(self.tr("Not now"))
        self.use.clicked.connect(lambda: self._sets.use(self._name))
        self.pull.clicked.connect(lambda: self._sets.pull(self._name))
        self.cancel.clicked.connect(lambda: self._sets.cancel(self._name))
        self.yes.clicked.connect(self._go_on)
        self.no.clicked.connect(lambda: self._sets.dismiss(self._name))
        for button in (self.use, self.pull, self.cancel, self.yes, self.no):
            row.addWidget(button)

    def _go_on(self) -> None:
        question = self._sets.question(self._name)
        if question is not None:
            question.act()

    # --- what is known --------------------------------------------------------------------------------

    def show_card(self, card: SetCard) -> None:
        """Show what is known of the set."""
        self._card = card
        title = translated(card.title)
        self._title.setText(title)
        self.setAccessibleName(title)
        self._summary.setText(translated(card.summary))
        for button, text in (
            (self.use, self.tr("Use the set {0}")),
            (self.pull, self.tr("Download the set {0}")),
            (self.cancel, self.tr("Stop downloading the set {0}")),
            (self.more, self.tr("More about the set {0}")),
            (self._details, self.tr("Details of the set {0}")),
        ):
            button.setAccessibleName(text.format(title))
        self._facts.show_facts(self._known(card))
        self._more_facts.show_facts(self._known_more(card))
        self.show_work()

    def _known(self, card: SetCard) -> list[tuple[str, str]]:
        names = {"en": self.tr("English"), "es": self.tr("Spanish")}
        memory = size_text(card.memory_mb * MEGABYTE) if card.memory_mb else self.tr("not measured")
        licence = ", ".join(card.licences)
        if card.restricts_commercial_use:
            notes = " ".join(translated(note) for note in card.licence_notes)
            licence += "\n" + (notes or self.tr("Commercial use is restricted."))
        return [
            (self.tr("Languages"), ", ".join(names.get(one, one) for one in card.languages)),
            (self.tr("To download"), self._download_text(card)),
            (self.tr("Memory"), memory),
            (self.tr("Speed here"), translated(card.speed_here)),
            (self.tr("Licence"), licence),
        ]

    def _download_text(self, card: SetCard) -> str:
        if card.is_installed:
            size = size_text(card.disk_bytes or 0)
            return self.tr("none, {0} are on this computer").format(size)
        if card.download_bytes is None:
            return self.tr("size not known")
        text = size_text(card.download_bytes)
        if card.disk_bytes and card.disk_bytes - card.download_bytes > MEGABYTE:
            rest = size_text(card.disk_bytes - card.download_bytes)
            text += " " + self.tr("({0} are here already)").format(rest)
        return text

    def _known_more(self, card: SetCard) -> list[tuple[str, str]]:
        roles = {
            "stt": self.tr("Hears"),
            "thinker": self.tr("Thinks"),
            "tts": self.tr("Speaks"),
        }
        facts = [
            (roles.get(one.role, one.role), f"{translated(one.title)} ({one.licence})")
            for one in card.cards
        ]
        quality = "\n".join(translated(one) for one in card.quality)
        facts.append((self.tr("Quality"), quality or self.tr("not measured yet")))
        if card.memory_note:
            facts.append((self.tr("Memory"), translated(card.memory_note)))
        return facts

    def _show_details(self, *, on: bool) -> None:
        self._details.setText(self.tr("Less") if on else self.tr("Details"))
        self._details.setIcon(theme.icon("chevron-up" if on else "chevron-down"))
        self._more_facts.setVisible(on)

    # --- what is under way ----------------------------------------------------------------------------

    def show_work(self) -> None:
        """Show what is asked about the set, done to it, and what came of that."""
        card, work = self._card, self._sets.under_way(self._name)
        if card is None:
            return
        self._badge.show_state(card)
        question = self._sets.question(self._name)
        is_fetching = work is not None and work.work == "fetching"
        is_free = work is None and question is None
        cannot = self._cannot(card)
        self.use.setVisible(is_free and card.is_installed and not card.is_active)
        self.use.setEnabled(not cannot)
        self.pull.setVisible(is_free and not card.is_installed)
        self.pull.setEnabled(not cannot)
        self.cancel.setVisible(work is not None and work.work in ("fetching", "checking"))
        self.cancel.setEnabled(work is not None and not work.is_cancelled)
        self.more.setVisible(work is None and card.is_installed)
        is_ours = any(not one.is_shipped for one in card.cards)
        self.remove.setEnabled(not card.is_active and is_ours)
        self._progress.setVisible(is_fetching)
        self._work.setText(self._working(work) if work is not None else cannot)
        self._work.setVisible(bool(self._work.text()))
        if work is not None and is_fetching:
            self._show_progress(work.progress)
        said, is_good = self._sets.said(self._name)
        self._said.setText(said)
        self._said.setVisible(bool(said) and is_free)
        set_tone(self._said, "success" if is_good else "danger")
        self._question.setVisible(question is not None)
        self.yes.setVisible(question is not None)
        self.no.setVisible(question is not None)
        if question is not None:
            self._question.setText(question.text)
            self.yes.setText(question.yes)
            _set_kind(self.yes, "danger" if question.is_dangerous else "primary")

    def _cannot(self, card: SetCard) -> str:
        """Why the set cannot be had or used; empty if it can."""
        if not card.is_installed:
            missing = [one for one in card.cards if one.not_available and not one.is_installed]
            return translated(missing[0].not_available) if missing else ""
        if not card.is_usable:
            return self.tr("Your settings file has no set of this name yet.")
        return ""

    def _show_progress(self, progress: PullProgress | None) -> None:
        if progress is None or progress.total_bytes <= 0:
            # A range of nothing moves to and fro.
            self._progress.setRange(0, 1 if self._sets.is_calm else 0)
            self._progress.setValue(0)
            return
        self._progress.setRange(0, 1000)
        self._progress.setValue(round(1000 * progress.done_bytes / progress.total_bytes))
        self._progress.setAccessibleDescription(self._work.text())

    def _working(self, work: UnderWay) -> str:
        if work.is_cancelled:
            return self.tr("Stopping …")
        match work.work:
            case "removing":
                return self.tr("Removing …")
            case "checking":
                return self.tr("Checking every file …")
            case "switching":
                return self.tr("Switching …")
            case "fetching":
                return progress_text(work.progress)


class _Badge(QLabel):
    """Whether a set is in use, here, or only a measuring dummy."""

    def __init__(self) -> None:
        super().__init__()
        theme.set_type(self, "small")

    def show_state(self, card: SetCard) -> None:
        if card.is_replica:
            text, tone = self.tr("Replica: random weights, only for measuring"), "warning"
        elif card.is_active:
            text, tone = self.tr("In use"), "success"
        elif card.is_installed:
            text, tone = self.tr("On this computer"), ""
        else:
            text, tone = "", ""
        self.setText(text)
        set_tone(self, tone)


def _set_kind(button: QPushButton, kind: str) -> None:
    if button.property("kind") != kind:
        button.setProperty("kind", kind)
        button.style().unpolish(button)
        button.style().polish(button)
