"""What the models page talks about: the catalogue behind it, what is under way, and what is asked first.

Owns these values and how sizes are written. Does nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QCoreApplication, QLocale

from ui.translated import translated

if TYPE_CHECKING:
    from assistant.api.models import PullProgress, SetCard
    from assistant.settings import Settings

MINUTE_S = 60

Work = Literal["fetching", "removing", "checking", "switching"]


class Catalogue(Protocol):
    """What the page needs of `assistant.api.models`; every call may block."""

    def sets(self, settings: Settings) -> tuple[SetCard, ...]:
        """List the sets."""
        ...

    def pull(
        self,
        name: str,
        on_progress: Callable[[PullProgress], None],
        cancelled: Callable[[], bool],
        settings: Settings,
    ) -> object:
        """Download what is missing of a set."""
        ...

    def import_from(
        self,
        path: Path,
        on_progress: Callable[[PullProgress], None],
        cancelled: Callable[[], bool],
    ) -> Imported:
        """Take models from a folder or file."""
        ...

    def plan_removal(self, name: str, settings: Settings) -> Removal:
        """Say what removing would do."""
        ...

    def remove(self, name: str, settings: Settings) -> Removal:
        """Delete a set's files."""
        ...

    def verify(self, name: str, cancelled: Callable[[], bool]) -> tuple[Report, ...]:
        """Check a set's files."""
        ...


class Imported(Protocol):
    """See `assistant.downloads.importing.Imported`."""

    @property
    def files(self) -> tuple[str, ...]:
        """What was taken."""
        ...

    @property
    def complete(self) -> tuple[str, ...]:
        """Models that are complete now."""
        ...

    @property
    def incomplete(self) -> dict[str, tuple[str, ...]]:
        """Models that still lack something."""
        ...


class Removal(Protocol):
    """See `assistant.downloads.remove.Removal`."""

    @property
    def bytes(self) -> int:
        """What it frees."""
        ...


class Report(Protocol):
    """See `assistant.catalog.verify.Report`."""

    @property
    def model(self) -> str:
        """Which model."""
        ...

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        ...


def real_catalogue() -> Catalogue:
    """Return this computer's catalogue."""
    from assistant.api import models

    return models


@dataclass(slots=True)
class UnderWay:
    """Something that is being done to a set, or to an import.

    Attributes:
        work: what.
        progress: of a download; None before the first report.
        is_cancelled: whether it shall end soon.
    """

    work: Work
    progress: PullProgress | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked before something is done to a set.

    Attributes:
        text: what they should know.
        yes: label of the button that goes on.
        act: goes on.
        is_dangerous: something is lost.
    """

    text: str
    yes: str
    act: Callable[[], None]
    is_dangerous: bool = False


def size_text(count: float) -> str:
    """Return a size as people say it, 731 MB or 1.2 GB, in the window's language."""
    gigabyte, megabyte = 1e9, 1e6
    if count >= gigabyte:
        return QLocale().toString(count / gigabyte, "f", 1) + " GB"
    return QLocale().toString(max(1, round(count / megabyte)) if count else 0) + " MB"


def progress_text(progress: PullProgress | None) -> str:
    """Return how far a download or import is, in words."""
    translate = QCoreApplication.translate
    if progress is None:
        return translate("SetCardView", "Beginning …")
    stages = {
        "waiting": translate("SetCardView", "Waiting"),
        "checking": translate("SetCardView", "Checking what is here"),
        "unpacking": translate("SetCardView", "Unpacking"),
        "copying": translate("SetCardView", "Copying"),
    }
    parts = [stages[progress.stage]] if progress.stage in stages else []
    if progress.total_bytes:
        done, total = size_text(progress.done_bytes), size_text(progress.total_bytes)
        parts.append(translate("SetCardView", "{0} of {1}").format(done, total))
    if progress.bytes_per_s:
        speed = size_text(progress.bytes_per_s)
        parts.append(translate("SetCardView", "{0} a second").format(speed))
    if progress.eta_s is not None and progress.stage != "done":
        if progress.eta_s < MINUTE_S:
            parts.append(translate("SetCardView", "less than a minute left"))
        else:
            minutes = round(progress.eta_s / MINUTE_S)
            parts.append(translate("SetCardView", "about {0} min left").format(minutes))
    text = " · ".join(parts)
    return f"{text}\n{translated(progress.note)}" if progress.note else text
