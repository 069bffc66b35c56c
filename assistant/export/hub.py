"""Files of hub repositories that no catalogue pins, each fetched when an exporter asks for it.

Opens no socket: `assistant.downloads` does. The catalogue says what its files must hash to; for others
git itself does: what a repository holds of a large file is a pointer with its sha256 and size, which is
fetched first. Source: git-lfs, docs/spec.md, "The Pointer". Small files are in git themselves and are
kept as they come: an exporter that reads nonsense there says so.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant import paths
from assistant.catalog.entries import CatalogFile, HubOrigin
from assistant.downloads.http import Patience, fetch, host_of
from assistant.downloads.hub import LATEST, check_on_hub, hub_address
from assistant.downloads.parts import Part
from assistant.downloads.progress import OnProgress, Reporter
from assistant.downloads.room import make_sure_of_room
from assistant.downloads.transfer import Wanted, transfer
from assistant.downloads.troubles import TryAgain, gave_up, not_written
from assistant.errors import ModelError
from assistant.export.sources import REPOSITORY, Source, local

if TYPE_CHECKING:
    from assistant.settings.downloads import DownloadSettings

FOLDER: Final = "export"
"""Below the folder of the person's data, on the disk of the models: what was fetched."""

POINTER: Final = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*"
    rb"oid sha256:([0-9a-f]{64})\nsize ([0-9]+)\n"
)
REVISION: Final = re.compile(r"\w[\w.-]*")
GONE: Final = "download_gone"


def open_source(
    text: str,
    revision: str,
    settings: Callable[[], DownloadSettings],
    on_progress: OnProgress,
) -> Source:
    """Return the folder called ``text``, or else the hub's repository of that name.

    Args:
        text: as the person wrote it.
        revision: of the repository: a branch, tag or commit.
        settings: gives those of downloads; not asked for a folder.
        on_progress: told about what is fetched, on the calling thread.

    Raises:
        ModelError: ``model_missing``: neither; ``downloads_off``.
    """
    path = Path(text).expanduser()
    if path.is_dir() or not REPOSITORY.fullmatch(text):
        return local(path)
    chosen = settings()
    if not chosen.allowed:
        raise ModelError(
            "downloads_off",
            f"There is no folder {text} here, and downloads are switched off in the settings.",
            "Give a folder with the model, or set downloads.allowed to true.",
        )
    if not REVISION.fullmatch(revision):
        raise ModelError(
            "revision_unusable",
            f"{revision} is no branch, tag or commit.",
            "Give a commit of the repository, or leave --revision out.",
        )
    folder = paths.data_dir() / FOLDER / text.replace("/", "--") / revision
    repository = _Repository(text, revision, folder, chosen, on_progress)
    return Source(text, folder, repository.fetch)


class _Repository:
    def __init__(
        self,
        name: str,
        revision: str,
        folder: Path,
        settings: DownloadSettings,
        on_progress: OnProgress,
    ) -> None:
        self._name, self._revision, self._folder = name, revision, folder
        self._settings, self._on_progress = settings, on_progress
        self._absent: set[str] = set()

    def fetch(self, _repository: str, name: str) -> Path | None:
        """Bring a file here if it is not; None if the repository has none of that name."""
        target = self._folder / name
        if target.is_file():
            return target
        if name in self._absent:
            return None
        try:
            content = self._in_git(name)
        except ModelError as exc:
            if exc.code != GONE:
                raise
            self._absent.add(name)
            return None
        try:
            pointer = POINTER.fullmatch(content)
            if pointer:
                self._large(name, target, pointer[1].decode(), int(pointer[2]))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                arriving = target.with_name(f".{target.name}.new")
                arriving.write_bytes(content)
                arriving.replace(target)
        except OSError as exc:
            raise not_written(exc, name, target.parent) from exc
        return target

    def _address(self, name: str) -> str:
        origin = HubOrigin(kind="hub", repository=self._name, revision=None)
        url = hub_address(origin, CatalogFile(path=name), self._settings.hub)
        return url.replace(f"/resolve/{LATEST}/", f"/resolve/{self._revision}/", 1)

    def _in_git(self, name: str) -> bytes:
        """Return what the repository itself holds of a file: a small file's content, or a pointer."""
        url = self._address(name).replace("/resolve/", "/raw/", 1)
        reporter = self._reporter(0)
        reporter.begin("fetching", name)
        patience = Patience(self._settings.connect_timeout_s, self._settings.stall_timeout_s)
        content = io.BytesIO()
        place = hashlib.sha256(url.encode()).hexdigest()
        with Part(place, name, lambda _path: content) as part:
            try:
                for left in reversed(range(self._settings.attempts)):
                    try:
                        fetch(url, part, None, patience, reporter)
                        break
                    except TryAgain as again:
                        if not left:
                            raise gave_up(name, host_of(url), again.sentence) from again
                        part.restart()
                return content.getvalue()
            finally:
                part.discard()

    def _large(self, name: str, target: Path, sha256: str, size: int) -> None:
        make_sure_of_room(name, size)
        url = self._address(name)
        file = CatalogFile(path=name, bytes=size, sha256=sha256)

        def check() -> None:
            check_on_hub(url, file, self._settings.connect_timeout_s)

        wanted = Wanted(name, url, sha256, size, check)
        reporter = self._reporter(size)
        transfer(wanted, target, self._settings, reporter)
        reporter.end()

    def _reporter(self, total_bytes: int) -> Reporter:
        return Reporter(self._name, total_bytes, self._on_progress, lambda: False)
