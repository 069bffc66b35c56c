"""Replicas as people build them: models with random weights in a set's shape, to measure a computer with.

Owns building and taking them away; that they serve only when asked for is `assistant.catalog.replicas`' rule.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.api.models import with_own_sets
from assistant.catalog.catalog import Catalog
from assistant.downloads.progress import PullProgress
from assistant.settings import Settings, load_settings

__all__ = ["remove_replicas", "replicate"]


def replicate(
    name: str,
    on_progress: Callable[[PullProgress], None] = lambda _progress: None,
    *,
    again: bool = False,
    settings: Settings | None = None,
) -> list[str]:
    """Build models with random weights in the shape of a set's or model's own, to measure with. Blocks.

    Returns the ids of those built; ``again`` builds those that are here too.

    Raises:
        ModelError: one sentence says why they cannot be had.
    """
    from assistant.replicas.build import build

    catalog = with_own_sets(settings or load_settings(), Catalog.load())
    return build(name, catalog, on_progress, again=again)


def remove_replicas(name: str, settings: Settings | None = None) -> list[str]:
    """Take away the replicas of a set or model; returns the ids of those that were here."""
    from assistant.replicas.build import remove as take_away

    return take_away(name, with_own_sets(settings or load_settings(), Catalog.load()))
