"""The models as people choose them: sets with their price in bytes, memory and licence terms.

Owns what the window and the terminal show of sets, and the actions on them: pull, import, verify, remove.
Every function but :func:`sets` may block for long and is meant for a thread of its own; none needs the
assistant to run. Whether the person agrees to licence and size is asked by whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.catalog import replicas
from assistant.catalog.catalog import Catalog, CatalogEntry, CatalogSet
from assistant.catalog.speed import measured_speed
from assistant.catalog.verify import Report, check_files
from assistant.downloads.progress import PullProgress
from assistant.downloads.troubles import as_size
from assistant.settings import Settings, load_settings
from assistant.settings.downloads import DownloadSettings

if TYPE_CHECKING:
    from assistant.downloads.importing import Imported
    from assistant.downloads.remove import Removal

__all__ = [
    "ModelCard",
    "PullProgress",
    "SetCard",
    "as_size",
    "import_from",
    "models",
    "parts",
    "plan_removal",
    "pull",
    "remove",
    "sets",
    "verify",
    "with_own_sets",
]

NOT_MEASURED = "not measured"
PARTS = {
    "stt": "the recogniser",
    "thinker": "the thinker",
    "tts": "the voice",
    "endpoint": "the ear for the end of a turn",
}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model as it is shown.

    Attributes:
        name: its id in the catalogue.
        role: ``stt``, ``thinker``, ``tts`` or ``vad``.
        summary: one sentence; may be empty.
        languages: ISO 639-1.
        bytes: size of its files; None = not known.
        download_bytes: what still has to be fetched, less what earlier attempts left; None = not known.
        memory_mb: growth of the process in megabytes; None = not measured.
        memory_source: how one knows; empty = measured with the model itself.
        licence_note: what is unusual about the licence; empty = nothing.
        source: whose it is and where it comes from.
        is_installed: every file is here with the right size.
        is_active: the set in use uses it.
        is_shipped: it comes with the program.
        not_available: why it cannot be downloaded; empty = it can.
        speed, quality: figures as sentences, each with who measured it on what.
        is_replica: what is installed has random weights (for measuring only).
    """

    name: str
    role: str
    title: str
    summary: str
    languages: tuple[str, ...]
    bytes: int | None
    download_bytes: int | None
    memory_mb: int | None
    memory_source: str
    licence: str
    licence_note: str
    restricts_commercial_use: bool
    source: str
    is_installed: bool
    is_active: bool
    is_shipped: bool
    not_available: str
    speed: tuple[str, ...]
    quality: tuple[str, ...]
    is_replica: bool = False


@dataclass(frozen=True, slots=True)
class SetCard:
    """One set as it is shown.

    Attributes:
        name: its name in settings and commands.
        languages: ISO 639-1, those that all its models know.
        disk_bytes: size of all its files; None = not known.
        download_bytes: what still has to be fetched; 0 when it is here, None = not known.
        memory_mb: sum of what is known of its models, in megabytes; None = nothing is known.
        memory_note: what the sum leaves out or rests on; empty = measured for all.
        licences: each once, in the order of the roles.
        licence_notes: what is unusual about them, in plain words.
        models: role → name of the model in the catalogue.
        options: names of models that may take a role instead.
        is_installed: every file of every model is here with the right size.
        is_active: the settings use it.
        is_usable: the settings know a set of this name (else it can be fetched, but not used yet).
        speed_here: what was measured on this computer, or ``not measured``.
        quality: figures as sentences, each with who measured it on what.
        is_replica: what is installed has random weights (for measuring only).
    """

    name: str
    title: str
    summary: str
    languages: tuple[str, ...]
    disk_bytes: int | None
    download_bytes: int | None
    memory_mb: int | None
    memory_note: str
    licences: tuple[str, ...]
    licence_notes: tuple[str, ...]
    restricts_commercial_use: bool
    models: Mapping[str, str]
    options: tuple[str, ...]
    is_installed: bool
    is_active: bool
    is_usable: bool
    speed_here: str
    quality: tuple[str, ...]
    is_replica: bool = False
    cards: tuple[ModelCard, ...] = field(default=(), repr=False)


# --- what there is -------------------------------------------------------------------------------------


def sets(settings: Settings | None = None, catalog: Catalog | None = None) -> tuple[SetCard, ...]:
    """Return every set on offer and every set of the person's own; reads file sizes, a millisecond.

    Raises:
        ModelError: ``catalogue_invalid``.
    """
    settings = settings or load_settings()
    offered = with_own_sets(settings, catalog or Catalog.load())
    in_use = active_models(settings)
    return tuple(_set_card(one, settings, offered, in_use) for one in offered.sets.values())


def with_own_sets(settings: Settings, catalog: Catalog) -> Catalog:
    """Return the catalogue with the person's own sets, and with their choice of models in the others."""
    offers = dict(catalog.sets)
    for name in settings.sets:
        roles = _roles(settings, name)
        offer = offers.get(name)
        if set(roles.values()) <= catalog.entries.keys() and (
            offer is None or offer.models != roles
        ):  # the person's own choice of models
            offers[name] = CatalogSet(
                id=name,
                title=offer.title if offer else name,
                summary=offer.summary if offer else "A set from your own settings.",
                options=offer.options if offer else (),
                **roles,
            )
    return Catalog(catalog.entries, offers)


def models(
    settings: Settings | None = None, catalog: Catalog | None = None
) -> tuple[ModelCard, ...]:
    """Return every model of the catalogue, in its order."""
    in_use = active_models(settings or load_settings())
    catalog = catalog or Catalog.load()
    return tuple(_model_card(entry, in_use) for entry in catalog.entries.values())


def parts(name: str, settings: Settings | None = None) -> tuple[ModelCard, ...]:
    """Return the models of a set, or the one model of that name.

    Raises:
        ModelError: ``model_unknown``, naming the nearest known name.
    """
    settings = settings or load_settings()
    in_use = active_models(settings)
    chosen = with_own_sets(settings, Catalog.load()).chosen(name)
    return tuple(_model_card(entry, in_use) for entry in chosen)


def active_models(settings: Settings) -> frozenset[str]:
    """Return the catalogue ids of the models of the set in use."""
    return frozenset(_roles(settings, settings.set).values())


def _roles(settings: Settings, name: str) -> dict[str, str]:
    chosen = settings.sets[name].model_dump()
    return {role: settings.models[model].catalogue for role, model in chosen.items()}


def _set_card(
    offer: CatalogSet, settings: Settings, catalog: Catalog, in_use: frozenset[str]
) -> SetCard:
    cards = tuple(_model_card(catalog.entry(model), in_use) for model in offer.models.values())
    measured = measured_speed(offer.id)
    return SetCard(
        name=offer.id,
        title=offer.title,
        summary=offer.summary,
        languages=_common(card.languages for card in cards),
        disk_bytes=_sum(card.bytes for card in cards),
        download_bytes=_sum(card.download_bytes for card in cards),
        memory_mb=sum(card.memory_mb or 0 for card in cards) or None,
        memory_note=_memory_note(cards),
        licences=_once(card.licence for card in cards),
        licence_notes=_once(card.licence_note for card in cards if card.licence_note),
        restricts_commercial_use=any(card.restricts_commercial_use for card in cards),
        models=offer.models,
        options=offer.options,
        is_installed=all(card.is_installed for card in cards),
        is_active=offer.id == settings.set,
        is_usable=offer.id in settings.sets,
        speed_here=measured.in_words() if measured else NOT_MEASURED,
        quality=tuple(text for card in cards for text in card.quality),
        is_replica=any(card.is_replica for card in cards),
        cards=cards,
    )


def _model_card(entry: CatalogEntry, in_use: frozenset[str]) -> ModelCard:
    from assistant.downloads.missing import needs

    is_replica = replicas.stands_in(entry) and replicas.is_built(entry)
    is_here = is_replica or (not replicas.stands_in(entry) and entry.is_here())
    missing = needs([entry]) if entry.is_downloaded else []
    fetch_bytes = sum(need.remaining_bytes for need in missing) if entry.is_pinned else None
    return ModelCard(
        name=entry.id,
        role=entry.role,
        title=entry.title,
        summary=entry.summary,
        languages=entry.languages,
        bytes=entry.total_bytes,
        download_bytes=0 if is_here else fetch_bytes,
        memory_mb=entry.memory_mb,
        memory_source=entry.memory_source,
        licence=entry.licence,
        licence_note=entry.licence_note,
        restricts_commercial_use=entry.restricts_commercial_use,
        source=entry.source,
        is_installed=is_here,
        is_active=entry.id in in_use,
        is_shipped=not entry.is_downloaded,
        not_available=f"not pinned yet: {entry.not_pinned_because}"
        if entry.not_pinned_because
        else "",
        speed=tuple(figure.in_words() for figure in entry.speed),
        quality=tuple(figure.in_words() for figure in entry.quality),
        is_replica=is_replica,
    )


def _memory_note(cards: Iterable[ModelCard]) -> str:
    cards = tuple(cards)
    parts = []
    if any(card.memory_mb is not None and card.memory_source for card in cards):
        parts.append("from replicas and estimates")
    unknown = [PARTS[card.role] for card in cards if card.memory_mb is None]
    if unknown:
        parts.append(f"{' and '.join(unknown)} not counted")
    return ", ".join(parts)


def _common(languages: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    first, *others = languages
    return tuple(language for language in first if all(language in other for other in others))


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _sum(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


# --- what one can do -----------------------------------------------------------------------------------


def pull(
    name: str,
    on_progress: Callable[[PullProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
    settings: Settings | None = None,
) -> bool:
    """Fetch what a set or model lacks; False when cancelled. Blocks.

    ``on_progress`` runs on the calling thread, at most ten times a second; ``cancelled`` is asked about
    as often. What has arrived of an unfinished download is kept, and the next pull goes on from there.

    Raises:
        ModelError: one sentence says why it cannot be had, and nothing half is ever taken for a model.
    """
    from assistant.downloads.pull import pull as fetch

    settings = settings or load_settings()
    catalog = with_own_sets(settings, Catalog.load())
    return fetch(name, catalog, _downloads(settings), on_progress, cancelled)


def import_from(
    path: Path,
    on_progress: Callable[[PullProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Imported:
    """Take models from a folder, archive, file or USB stick, recognised by content; opens no socket.

    Raises:
        ModelError: ``import_empty`` when nothing of it is in the catalogue, ``disk_full`` and the like.
    """
    from assistant.downloads.importing import import_models

    return import_models(path, Catalog.load(), on_progress, cancelled)


def plan_removal(name: str, settings: Settings | None = None) -> Removal:
    """Return what :func:`remove` would take and what it would leave, and why; changes nothing."""
    from assistant.downloads.remove import plan_removal as plan

    settings = settings or load_settings()
    return plan(name, with_own_sets(settings, Catalog.load()), active_models(settings))


def remove(name: str, settings: Settings | None = None) -> Removal:
    """Remove a set's or one model's files; what ships, is in use or shared with another set stays.

    Raises:
        ModelError: ``model_shipped``, ``model_in_use`` or ``file_in_use``.
    """
    from assistant.downloads.remove import remove as take_away

    settings = settings or load_settings()
    return take_away(name, with_own_sets(settings, Catalog.load()), active_models(settings))


def verify(
    name: str,
    cancelled: Callable[[], bool] = lambda: False,
    settings: Settings | None = None,
) -> tuple[Report, ...]:
    """Hash every file of a set or model again and compare; a second for each gigabyte or so.

    The reports end early when cancelled. A missing file is a failed check, not an error.

    Raises:
        ModelError: ``model_unknown``.
    """
    reports = []
    for entry in with_own_sets(settings or load_settings(), Catalog.load()).chosen(name):
        if cancelled():
            break
        reports.append(Report(entry.id, entry.role, tuple(check_files(entry))))
    return tuple(reports)


def _downloads(settings: Settings) -> DownloadSettings:
    found = getattr(settings, "downloads", None)
    return found if isinstance(found, DownloadSettings) else DownloadSettings()
