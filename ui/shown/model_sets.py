"""The model sets as they are shown: installed, being fetched, in use; questions first, and what goes wrong.

Owns what is under way. Fetches nothing itself: `assistant.api.models` does, off the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.errors import AssistantError
from ui.shown.model_catalogue import (
    Catalogue,
    Imported,
    Question,
    Removal,
    Report,
    UnderWay,
    Work,
    real_catalogue,
    size_text,
)
from ui.translated import translated

if TYPE_CHECKING:
    from assistant.api.models import PullProgress, SetCard
    from assistant.settings import Settings
    from ui.session import Session

LOOK_MS = 100
"""Progress comes as fast as the network; people can read ten figures a second."""


class ModelSets(QObject):
    """The sets and what is under way with them.

    Args:
        session: the running assistant.
        catalogue: returns the catalogue; called on another thread.
    """

    listed = Signal()
    """The cards are others."""

    changed = Signal(str)
    """What is asked, under way or wrong with the set of that name (empty: the import) is another."""

    def __init__(
        self, session: Session, catalogue: Callable[[], Catalogue] = real_catalogue
    ) -> None:
        super().__init__(session)
        self._session = session
        self._catalogue = catalogue
        self._under_way: dict[str, UnderWay] = {}
        self._said: dict[str, tuple[str, bool]] = {}
        self._questions: dict[str, Question] = {}
        self.cards: tuple[SetCard, ...] = ()
        self.is_known = False
        self.problem = ""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._tell_progress)
        session.settings_changed.connect(self._settings_changed)

    @classmethod
    def of(cls, session: Session) -> ModelSets:
        """Return the session's one: a download goes on while pages are made anew."""
        return session.findChild(cls) or cls(session)

    def refresh(self) -> None:
        """Look at the sets anew."""
        settings = self._session.settings
        self._session.run(lambda: self._catalogue().sets(settings), self._took, self._not_taken)

    @property
    def is_calm(self) -> bool:
        """Whether nothing shall move on the screen but what says something."""
        return self._session.settings.window.reduced_motion

    def under_way(self, name: str) -> UnderWay | None:
        """What is being done to a set, or (empty name) to an import."""
        return self._under_way.get(name)

    def said(self, name: str) -> tuple[str, bool]:
        """What came of the last work on a set, and whether it was good; empty for nothing."""
        return self._said.get(name, ("", True))

    def question(self, name: str) -> Question | None:
        """What is asked about a set before something is done to it."""
        return self._questions.get(name)

    def dismiss(self, name: str) -> None:
        """Do nothing of what was asked."""
        self._questions.pop(name, None)
        self.changed.emit(name)

    # --- what people do -------------------------------------------------------------------------------

    def use(self, name: str) -> None:
        """Talk with another set from the next turn on, in a language it knows."""
        self._begin(name, "switching")
        changes: dict[str, object] = {"set": name}
        languages = self._card(name).languages
        if languages and self._session.settings.language not in languages:
            changes["language"] = languages[0]
        self._session.change_settings(
            changes, lambda: self._end(name), lambda problem: self._failed(name, problem)
        )

    def pull(self, name: str) -> None:
        """Download a set; where its licence restricts its use, only after a yes to that."""
        card = self._card(name)
        if not card.restricts_commercial_use:
            self._pull(name)
            return
        notes = " ".join(translated(note) for note in card.licence_notes)
        text = self.tr("Before you download: {0}").format(notes or ", ".join(card.licences))
        self._ask(name, Question(text, self.tr("Agree and download"), lambda: self._pull(name)))

    def cancel(self, name: str) -> None:
        """End a download, check or import soon; what has come stays for the next attempt."""
        work = self._under_way.get(name)
        if work is not None:
            work.is_cancelled = True
            self.changed.emit(name)

    def remove(self, name: str) -> None:
        """Ask whether to delete the files of a set that no other set uses."""
        settings = self._session.settings

        def planned(removal: Removal) -> None:
            size = size_text(removal.bytes)
            text = self.tr("Remove it? That frees {0}; you can download it again.").format(size)
            yes = self.tr("Remove")
            self._ask(name, Question(text, yes, lambda: self._remove(name), is_dangerous=True))

        self._session.run(
            lambda: self._catalogue().plan_removal(name, settings),
            planned,
            lambda problem: self._failed(name, problem),
        )

    def verify(self, name: str) -> None:
        """Check every file of a set against what it should be."""
        work = self._begin(name, "checking")

        def checked(reports: tuple[Report, ...]) -> None:
            wrong = ", ".join(report.model for report in reports if not report.ok)
            self._end(name, self.tr("Every file is as it should be."))
            if wrong and not work.is_cancelled:
                text = self.tr("Damaged: {0}. Download it again.").format(wrong)
                self._say(name, text, is_good=False)

        self._session.run(
            lambda: self._catalogue().verify(name, lambda: work.is_cancelled),
            checked,
            lambda problem: self._failed(name, problem),
        )

    def import_from(self, path: Path) -> None:
        """Take models from a folder or file, by their content."""
        work = self._begin("", "fetching")

        def note(progress: PullProgress) -> None:
            work.progress = progress

        def done(imported: Imported) -> None:
            self._end("", self._imported(imported, path.name))

        self._timer.start()
        self._session.run(
            lambda: self._catalogue().import_from(path, note, lambda: work.is_cancelled),
            done,
            lambda problem: self._failed("", problem),
        )

    # --- doing it -------------------------------------------------------------------------------------

    def _card(self, name: str) -> SetCard:
        return next(card for card in self.cards if card.name == name)

    def _ask(self, name: str, question: Question) -> None:
        self._said.pop(name, None)
        self._questions[name] = question
        self.changed.emit(name)

    def _pull(self, name: str) -> None:
        work = self._begin(name, "fetching")
        settings = self._session.settings

        def note(progress: PullProgress) -> None:
            work.progress = progress  # the timer tells it, on the GUI thread

        self._timer.start()
        self._session.run(
            lambda: self._catalogue().pull(name, note, lambda: work.is_cancelled, settings),
            lambda _result: self._end(name, self.tr("Downloaded and checked.")),
            lambda problem: self._failed(name, problem),
        )

    def _remove(self, name: str) -> None:
        self._begin(name, "removing")
        settings = self._session.settings
        self._session.run(
            lambda: self._catalogue().remove(name, settings),
            lambda _removal: self._end(name, self.tr("Removed.")),
            lambda problem: self._failed(name, problem),
        )

    def _imported(self, imported: Imported, source: str) -> str:
        parts = []
        if imported.complete:
            parts.append(self.tr("Complete now: {0}.").format(", ".join(imported.complete)))
        parts += [
            self.tr("{0} still lacks {1}.").format(model, ", ".join(lacks))
            for model, lacks in imported.incomplete.items()
        ]
        return " ".join(parts) or self.tr("Everything in {0} was here already.").format(source)

    # --- what comes of it -----------------------------------------------------------------------------

    def _begin(self, name: str, work: Work) -> UnderWay:
        under_way = self._under_way[name] = UnderWay(work)
        self._said.pop(name, None)
        self._questions.pop(name, None)
        self.changed.emit(name)
        return under_way

    def _end(self, name: str, said: str = "") -> None:
        work = self._under_way.pop(name, None)
        if work is not None and work.is_cancelled:
            said = self.tr("Stopped.")
            if work.work == "fetching":
                said += " " + self.tr("What has come is kept for the next time.")
        if not any(one.work == "fetching" for one in self._under_way.values()):
            self._timer.stop()
        self._say(name, said, is_good=True)
        self.refresh()

    def _say(self, name: str, text: str, *, is_good: bool) -> None:
        if text:
            self._said[name] = (text, is_good)
        self.changed.emit(name)

    def _failed(self, name: str, problem: Exception) -> None:
        work = self._under_way.get(name)
        was_cancelled = work is not None and work.is_cancelled
        self._end(name)
        if not was_cancelled:
            self._say(name, self._sentence(problem), is_good=False)

    def _sentence(self, problem: Exception) -> str:
        if isinstance(problem, AssistantError):
            return f"{translated(problem.message)} {translated(problem.hint)}".strip()
        self._session.report(problem)
        return self.tr("That did not work.")

    def _took(self, cards: tuple[SetCard, ...]) -> None:
        is_news = cards != self.cards or not self.is_known or bool(self.problem)
        self.cards, self.problem, self.is_known = cards, "", True
        if is_news:
            self.listed.emit()

    def _not_taken(self, problem: Exception) -> None:
        self.problem, self.is_known = self._sentence(problem), True
        self.listed.emit()

    def _settings_changed(self, settings: Settings) -> None:
        if any(card.is_active != (card.name == settings.set) for card in self.cards):
            self.refresh()

    def _tell_progress(self) -> None:
        for name, work in tuple(self._under_way.items()):
            if work.work == "fetching":
                self.changed.emit(name)
