"""Where the command line writes: answers to standard output, everything about them to standard error."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rich.console import Console

out = Console(soft_wrap=True)
"""For what was asked for; the only thing there with ``--json``."""

err = Console(stderr=True)
"""For progress, tables about a run, and problems."""


def print_json_line(value: Mapping[str, object]) -> None:
    """Print one JSON object on one line of standard output."""
    out.print(json.dumps(value, ensure_ascii=False), highlight=False, markup=False)
