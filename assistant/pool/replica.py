"""Whether what serves is a replica: a model with random weights, for measuring only.

Owns that question for models as the settings name them; the rule is `assistant.catalog.replicas`'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.catalog import replicas
from assistant.catalog.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.settings import ModelSettings, Settings


def is_replica(model: ModelSettings) -> bool:
    """Whether a replica serves, or would have to, in place of this model.

    Raises:
        ModelError: the catalogue is wrong or lacks it.
    """
    return replicas.are_wanted() and replicas.stands_in(Catalog.load().entry(model.catalogue))


def replica_roles(settings: Settings, roles: Sequence[str]) -> tuple[str, ...]:
    """Return those of the roles that a replica would serve, before anything is loaded."""
    if not replicas.are_wanted():
        return ()
    return tuple(role for role in roles if is_replica(settings.models[settings.model_name(role)]))
