"""Fetches models: everything a set or model lacks, and nothing that is here already.

Owns the order of work: what is missing, is there room, fetch, unpack. How one file is fetched is
`assistant.downloads.transfer`'s business, and whether the person agreed was asked before.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from assistant.catalog.catalog import Catalog
from assistant.catalog.entries import (
    ArchiveOrigin,
    CatalogFile,
    HubOrigin,
    Origin,
    WebOrigin,
)
from assistant.catalog.seals import seal
from assistant.catalog.verify import size_and_sha256
from assistant.downloads.hub import check_on_hub, hub_address
from assistant.downloads.missing import Need, has_size, needs
from assistant.downloads.parts import arrivals_dir
from assistant.downloads.progress import Cancelled, OnProgress, Reporter
from assistant.downloads.room import make_sure_of_room
from assistant.downloads.transfer import Wanted, transfer
from assistant.downloads.unpack import store, unpack_tar
from assistant.errors import ModelError
from assistant.settings.downloads import DownloadSettings


def pull(
    name: str,
    catalog: Catalog,
    settings: DownloadSettings,
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> bool:
    """Fetch what the set or model ``name`` lacks; False when cancelled. Blocks.

    Raises:
        ModelError: with one sentence; what has arrived is kept for the next time.
    """
    missing = needs(catalog.chosen(name))
    _refuse_early(name, missing, settings)
    reporter = Reporter(name, sum(need.fetch_bytes for need in missing), on_progress, cancelled)
    for need in missing:
        take = _take_archive if need.archive else _take_files
        if not take(need, catalog, settings, reporter):
            return False
    reporter.end()
    return True


def _refuse_early(name: str, missing: list[Need], settings: DownloadSettings) -> None:
    """Find reasons against it before the first byte travels."""
    for need in missing:
        if not need.entry.is_pinned:
            raise ModelError(
                "model_not_pinned",
                f"{need.entry.id} cannot be downloaded yet: {need.entry.not_pinned_because}.",
                "Without a known hash nobody could tell whether the right file arrived.",
            )
    if missing and not settings.allowed:
        raise ModelError(
            "downloads_off",
            "Downloads are switched off in the settings.",
            "Set downloads.allowed to true, or use `assistant models import FOLDER`.",
        )
    if missing:
        make_sure_of_room(name, sum(need.write_bytes for need in missing))


def _take_files(
    need: Need,
    catalog: Catalog,
    settings: DownloadSettings,
    reporter: Reporter,
) -> bool:
    for file in need.files:
        target = need.entry.path_of(file)
        copied = _copy_twin(file, target, catalog, reporter)
        if copied is None:
            return False
        if copied:
            seal(need.entry, file)
            continue
        origin = file.origin or need.entry.origin
        assert origin is not None
        assert file.sha256 is not None
        url = address(origin, file, settings)
        check = None
        if isinstance(origin, HubOrigin):
            check = partial(check_on_hub, url, file, settings.connect_timeout_s)
        wanted = Wanted(file.name, url, file.sha256, file.bytes, check)
        if not transfer(wanted, target, settings, reporter):
            return False
        seal(need.entry, file)
    return True


def _take_archive(
    need: Need,
    _catalog: Catalog,
    settings: DownloadSettings,
    reporter: Reporter,
) -> bool:
    archive = need.archive
    assert archive is not None
    name = archive.url.rpartition("/")[2]
    target = arrivals_dir() / f"{archive.sha256}-{name}"
    wanted = Wanted(name, mirrored(archive.url, settings), archive.sha256, archive.bytes)
    before = reporter.done_bytes
    if not transfer(wanted, target, settings, reporter):
        return False
    # Where nobody quotes the archive's size, its files stood for it until now.
    reporter.total_bytes += reporter.done_bytes - before - need.fetch_bytes
    reporter.begin("unpacking", name)
    members = {
        file.remote_path: (file.sha256 or "", file.bytes or 0, need.entry.path_of(file))
        for file in need.files
    }
    if not unpack_tar(target, members, reporter):
        return False
    for file in need.files:
        seal(need.entry, file)
    target.unlink(missing_ok=True)
    return True


def _copy_twin(
    file: CatalogFile, target: Path, catalog: Catalog, reporter: Reporter
) -> bool | None:
    """Copy the same file from another model that is here; None when cancelled, False if there is none."""
    for entry in catalog.entries.values():
        for other in entry.files if entry.is_downloaded else ():
            path = entry.path_of(other)
            if other.sha256 != file.sha256 or path == target or not has_size(path, file):
                continue
            if size_and_sha256(path)[1] != file.sha256:
                continue  # damaged: the download will be right
            reporter.begin("copying", file.name)
            with path.open("rb") as source:
                return store(source, file.sha256 or "", file.name, (target,), reporter)
    return False


# --- addresses -----------------------------------------------------------------------------------------


def address(origin: Origin, file: CatalogFile, settings: DownloadSettings) -> str:
    """Return where a file is fetched from, mirrors considered."""
    match origin:
        case HubOrigin():
            return hub_address(origin, file, settings.hub)
        case WebOrigin():
            return mirrored(f"{origin.base.rstrip('/')}/{file.remote_path}", settings)
        case ArchiveOrigin():
            return mirrored(origin.url, settings)


def mirrored(url: str, settings: DownloadSettings) -> str:
    """Return the address of the mirror's copy: MIRROR/host/path; without a mirror, ``url``."""
    if settings.mirror is None:
        return url
    return f"{settings.mirror.rstrip('/')}/{url.partition('://')[2]}"
