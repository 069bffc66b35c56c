"""Brings settings written for an older layout to the present one, one version at a time.

A file says its layout in ``schema_version``; a file that does not say is taken as version 1, the
first one, for ever. Nothing is written back: the file stays as the person wrote it, and each start
migrates it again in memory. There is no step yet: version 1 is the only layout there has been.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes any mapping of version n (partial ones too) and returns it as version n + 1."""

MIGRATIONS: Sequence[Migration] = ()
"""``MIGRATIONS[n - 1]`` goes from version n to n + 1; never edit one that was released."""

FIRST_VERSION = 1


def migrate(
    tree: Mapping[str, Any], migrations: Sequence[Migration] = MIGRATIONS
) -> tuple[dict[str, Any], str]:
    """Return the tree in the present layout, and a sentence when it cannot be brought there.

    A ``schema_version`` of another type is left for the schema to refuse; true, which Python counts
    as 1, is refused here.
    """
    migrated = copy.deepcopy(dict(tree))
    present = FIRST_VERSION + len(migrations)
    version = migrated.get("schema_version", FIRST_VERSION)
    if isinstance(version, bool):
        return {}, "must be a whole number"
    if not isinstance(version, int):
        return migrated, ""
    if version > present:
        return {}, (
            f"is layout {version}, written for a newer program; this one knows up to {present}:"
            " update the program, or write the settings anew"
        )
    if version < FIRST_VERSION:
        return {}, f"is {version}, but layouts are numbered from {FIRST_VERSION}"
    for step in migrations[version - FIRST_VERSION :]:
        migrated = step(migrated)
    if migrated:
        migrated["schema_version"] = present
    return migrated, ""
