"""The models page: what a set costs and gives, fetching it with progress, stopping, importing, removing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from assistant.api import models as real_models
from assistant.api.models import ModelCard, PullProgress, SetCard
from assistant.catalog.verify import Check, Report
from assistant.downloads.importing import Imported
from assistant.downloads.remove import Removal
from assistant.errors import ModelError
from assistant.settings import Settings
from tests.window.conftest import Scripted, spin_until
from ui.pages.models import ModelsTab
from ui.shown.model_catalogue import progress_text, size_text
from ui.shown.model_sets import ModelSets
from ui.shown.settings_form import SettingsForm
from ui.widgets.set_card import SetCardView


def model(name: str, **what: object) -> ModelCard:
    known = ModelCard(
        name=name, role="stt", title=f"The {name}", summary="", languages=("en",), bytes=400_000_000,
        download_bytes=400_000_000, memory_mb=520, memory_source="", licence="MIT", licence_note="",
        restricts_commercial_use=False, source="", is_installed=False, is_active=False, is_shipped=False,
        not_available="", speed=(), quality=(),
    )  # fmt: skip
    return replace(known, **what)  # type: ignore[arg-type]


def card(name: str, **what: object) -> SetCard:
    known = SetCard(
        name=name, title=name.capitalize(), summary=f"The {name} set.", languages=("en",),
        disk_bytes=400_000_000, download_bytes=400_000_000, memory_mb=520, memory_note="",
        licences=("MIT",), licence_notes=(), restricts_commercial_use=False, models={}, options=(),
        is_installed=False, is_active=False, is_usable=True, speed_here="not measured",
        quality=("word errors: 2.4 %",), cards=(model(f"{name}-stt"),),
    )  # fmt: skip
    return replace(known, **what)  # type: ignore[arg-type]


SHIPPED = (model("own", is_shipped=True, is_installed=True),)
STARTER = card(
    "starter",
    is_installed=True,
    is_active=True,
    download_bytes=0,
    disk_bytes=55_000_000,
    cards=SHIPPED,
)


@dataclass
class FakeCatalogue:
    """Follows `assistant.api.models`, with a network the test is.

    Attributes:
        cards: what there is.
        go_on: set to let a download end.
        problem: raised by the next call, if set.
        calls: what was asked.
    """

    cards: list[SetCard] = field(default_factory=lambda: [STARTER, card("light")])
    go_on: threading.Event = field(default_factory=threading.Event)
    reports: list[PullProgress] = field(default_factory=list)
    problem: Exception | None = None
    damaged: bool = False
    calls: list[tuple[str, object]] = field(default_factory=list)

    def sets(self, _settings: Settings) -> tuple[SetCard, ...]:
        return tuple(self.cards)

    def pull(
        self,
        name: str,
        on_progress: Callable[[PullProgress], None],
        cancelled: Callable[[], bool],
        _settings: Settings,
    ) -> bool:
        self._called("pull", name)
        for report in self.reports:
            on_progress(report)
        while not self.go_on.wait(0.005):
            if cancelled():
                return False
        self._install(name)
        return True

    def import_from(
        self, path: Path, _on_progress: object, _cancelled: Callable[[], bool]
    ) -> Imported:
        self._called("import", path)
        return Imported(("a.bin",), ("light-stt",), {"light-tts": ("voice.onnx",)})

    def plan_removal(self, name: str, _settings: Settings) -> Removal:
        self._called("plan", name)
        return Removal((f"{name}-stt",), 400_000_000, {})

    def remove(self, name: str, _settings: Settings) -> Removal:
        self._called("remove", name)
        self.cards = [replace(one, is_installed=one.name != name) for one in self.cards]
        return Removal((f"{name}-stt",), 400_000_000, {})

    def verify(self, name: str, _cancelled: Callable[[], bool]) -> tuple[Report, ...]:
        self._called("verify", name)
        return (Report("light-stt", "stt", (Check("sha256", not self.damaged, ""),)),)

    def _called(self, what: str, name: object) -> None:
        self.calls.append((what, name))
        if self.problem is not None:
            raise self.problem

    def _install(self, name: str) -> None:
        self.cards = [
            replace(one, is_installed=one.is_installed or one.name == name) for one in self.cards
        ]


@pytest.fixture
def catalogue() -> FakeCatalogue:
    return FakeCatalogue()


@pytest.fixture
def tab(scripted: Scripted, catalogue: FakeCatalogue) -> Iterator[ModelsTab]:
    sets = ModelSets(scripted.session, lambda: catalogue)
    form = SettingsForm(scripted.session, scripted.session)
    made = ModelsTab(scripted.session, form, sets=sets)
    made.resize(640, 1400)
    made.show()
    spin_until(lambda: len(made.cards) == len(catalogue.cards))
    yield made
    catalogue.go_on.set()
    made.close()
    made.deleteLater()


def texts(view: SetCardView) -> str:
    return "\n".join(one.text() for one in view.findChildren(QLabel) if one.isVisibleTo(view))


def click(button: QAbstractButton) -> None:
    spin_until(button.isVisible)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def visible(view: SetCardView) -> set[str]:
    names = ("use", "pull", "cancel", "yes", "no")
    return {name for name in names if getattr(view, name).isVisible()}


# --- what is known ----------------------------------------------------------------------------------


def test_a_card_says_size_memory_licence_speed_and_languages(tab: ModelsTab) -> None:
    said = texts(tab.cards["light"])
    for text in ("The light set.", "400 MB", "520 MB", "MIT", "not measured", "English"):
        assert text in said
    assert "word errors" not in said  # that is under Details
    details = tab.cards["light"]._details
    click(details)
    assert "word errors: 2.4 %" in texts(tab.cards["light"])


def test_the_set_in_use_is_marked_and_cannot_be_removed(tab: ModelsTab) -> None:
    starter = tab.cards["starter"]
    assert "In use" in texts(starter)
    assert visible(starter) == set()
    assert not starter.remove.isEnabled()


def test_the_sets_of_the_spoken_language_come_first(
    scripted: Scripted, catalogue: FakeCatalogue, tab: ModelsTab
) -> None:
    catalogue.cards = [STARTER, card("light"), card("claro", languages=("es",))]
    scripted.session.change_settings({"language": "es"})
    spin_until(lambda: scripted.session.settings.language == "es")
    tab.sets.refresh()
    spin_until(lambda: "claro" in tab.cards)
    order = [tab._list.itemAt(n).widget() for n in range(tab._list.count())]
    assert order[0] is tab.cards["claro"]


def test_a_replica_is_called_one(catalogue: FakeCatalogue, tab: ModelsTab) -> None:
    catalogue.cards = [STARTER, card("light", is_replica=True, is_installed=True)]
    tab.sets.refresh()
    spin_until(lambda: "random weights" in texts(tab.cards["light"]))


def test_a_set_that_cannot_be_had_says_why(catalogue: FakeCatalogue, tab: ModelsTab) -> None:
    blocked = (model("x", not_available="not pinned yet: no hash is published"),)
    catalogue.cards = [STARTER, card("light", cards=blocked)]
    tab.sets.refresh()
    spin_until(lambda: "no hash is published" in texts(tab.cards["light"]))
    assert not tab.cards["light"].pull.isEnabled()


def test_the_real_catalogue_can_be_shown(scripted: Scripted) -> None:
    form = SettingsForm(scripted.session, scripted.session)
    made = ModelsTab(scripted.session, form)
    made.show()
    spin_until(lambda: len(made.cards) == len(real_models.sets(Settings())))
    assert "In use" in texts(made.cards["starter"])
    made.close()


# --- fetching ---------------------------------------------------------------------------------------


def test_a_download_shows_its_progress_and_ends_with_a_usable_set(
    tab: ModelsTab, catalogue: FakeCatalogue
) -> None:
    catalogue.reports = [
        PullProgress("light", "fetching", "a.bin", 100_000_000, 400_000_000, 2e6, 150.0)
    ]
    light = tab.cards["light"]
    click(light.pull)
    spin_until(lambda: "100 MB of 400 MB · 2 MB a second · about 2 min left" in texts(light))
    assert light._progress.value() == 250
    assert visible(light) == {"cancel"}
    catalogue.go_on.set()
    spin_until(lambda: visible(light) == {"use"})
    assert "Downloaded and checked." in texts(light)


def test_a_download_can_be_stopped_and_says_that_nothing_is_lost(
    tab: ModelsTab, catalogue: FakeCatalogue
) -> None:
    light = tab.cards["light"]
    click(light.pull)
    spin_until(light.cancel.isVisible)
    click(light.cancel)
    spin_until(lambda: visible(light) == {"pull"})
    assert "Stopped. What has come is kept for the next time." in texts(light)


def test_a_download_goes_on_while_the_page_is_made_anew(
    tab: ModelsTab, catalogue: FakeCatalogue, scripted: Scripted
) -> None:
    click(tab.cards["light"].pull)
    again = ModelsTab(scripted.session, tab.form)  # the session's own
    again.show()
    spin_until(lambda: "light" in again.cards and again.cards["light"].cancel.isVisible())
    catalogue.go_on.set()
    spin_until(again.cards["light"].use.isVisible)
    again.close()


def test_a_failed_download_is_explained_in_the_card_and_may_be_tried_again(
    tab: ModelsTab, catalogue: FakeCatalogue, scripted: Scripted
) -> None:
    catalogue.problem = ModelError("download_failed", "The server did not answer.", "Try later.")
    light = tab.cards["light"]
    click(light.pull)
    spin_until(lambda: "The server did not answer. Try later." in texts(light))
    assert visible(light) == {"pull"}
    assert scripted.troubles == []


def test_a_restricting_licence_is_told_before_the_download(
    tab: ModelsTab, catalogue: FakeCatalogue
) -> None:
    note = "Free to use, but commercially only below 10 million dollars."
    catalogue.cards = [
        STARTER, card("light", restricts_commercial_use=True, licence_notes=(note,))
    ]  # fmt: skip
    tab.sets.refresh()
    light = tab.cards["light"]
    spin_until(lambda: note in texts(light))
    click(light.pull)
    assert visible(light) == {"yes", "no"}
    assert f"Before you download: {note}" in texts(light)
    click(light.no)
    assert visible(light) == {"pull"}
    assert catalogue.calls == []
    click(light.pull)
    click(light.yes)
    spin_until(lambda: catalogue.calls == [("pull", "light")])


def test_progress_is_said_in_words() -> None:
    report = PullProgress("x", "waiting", "", 0, 2_400_000_000, None, None, "Another one runs.")
    assert progress_text(report) == "Waiting · 0 MB of 2.4 GB\nAnother one runs."
    report = PullProgress("x", "fetching", "", 1, 2_400_000_000, 3e5, 12.0)
    assert "less than a minute left" in progress_text(report)
    assert progress_text(None)


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_text(n) for n in (0, 300, 7_800_000, 999_000_000, 1_240_000_000)] == [
        "0 MB", "1 MB", "8 MB", "999 MB", "1.2 GB",
    ]  # fmt: skip


# --- using, checking, removing, importing -----------------------------------------------------------


def test_another_set_is_used_at_a_click_with_a_language_it_knows(
    tab: ModelsTab, catalogue: FakeCatalogue, scripted: Scripted
) -> None:
    asked: list[dict[str, object]] = []
    scripted.session.change_settings = (  # type: ignore[method-assign]
        lambda changes, done=None, _failed=None: (asked.append(dict(changes)), done and done())
    )
    catalogue.cards = [STARTER, card("claro", languages=("es",), is_installed=True)]
    tab.sets.refresh()
    spin_until(lambda: "claro" in tab.cards)
    click(tab.cards["claro"].use)
    assert asked == [{"set": "claro", "language": "es"}]


@pytest.fixture
def installed(tab: ModelsTab, catalogue: FakeCatalogue) -> SetCardView:
    catalogue.cards = [STARTER, card("light", is_installed=True, download_bytes=0)]
    tab.sets.refresh()
    light = tab.cards["light"]
    spin_until(lambda: visible(light) == {"use"})
    return light


def test_removing_asks_first_and_says_what_it_frees(
    installed: SetCardView, catalogue: FakeCatalogue
) -> None:
    installed.remove.trigger()
    spin_until(lambda: visible(installed) == {"yes", "no"})
    assert "frees 400 MB" in texts(installed)
    assert catalogue.calls == [("plan", "light")]
    click(installed.yes)
    spin_until(lambda: visible(installed) == {"pull"})
    assert catalogue.calls[-1] == ("remove", "light")


@pytest.mark.parametrize(
    ("damaged", "said"),
    [(False, "Every file is as it should be."), (True, "Damaged: light-stt. Download it again.")],
)
def test_checking_the_files_tells_what_came_of_it(
    installed: SetCardView, catalogue: FakeCatalogue, damaged: bool, said: str
) -> None:
    catalogue.damaged = damaged
    installed.verify.trigger()
    spin_until(lambda: said in texts(installed))


def test_an_import_says_what_is_complete_and_what_is_still_missing(
    tab: ModelsTab, catalogue: FakeCatalogue, tmp_path: Path
) -> None:
    tab.sets.import_from(tmp_path)
    spin_until(tab._imported.text)
    spin_until(tab._folder.isEnabled)
    assert tab._imported.text() == "Complete now: light-stt. light-tts still lacks voice.onnx."
    assert catalogue.calls == [("import", tmp_path)]


def test_an_import_of_nothing_is_explained(
    tab: ModelsTab, catalogue: FakeCatalogue, tmp_path: Path
) -> None:
    catalogue.problem = ModelError("import_empty", "None of these files is known.", "")
    tab.sets.import_from(tmp_path)
    spin_until(lambda: tab._imported.text() == "None of these files is known.")
