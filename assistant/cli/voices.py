"""The list of voices that `assistant say --voice` takes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rich.table import Table

from assistant.cli.configure import configured
from assistant.cli.console import err, out

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES: Final = {
    "en": "Hello, I am your assistant. It is twenty past nine, and it will rain in the afternoon.",
    "es": "Hola, soy tu asistente. Son las nueve y veinte, y por la tarde va a llover.",
}
"""What a voice says when nothing is given, by language."""


def show_voices(settings: Path | None, model_set: str | None, *, as_json: bool) -> None:
    """Print every voice: those of models that are here, and of those that could be pulled."""
    from assistant.pool.voices import voices

    found = voices(configured(settings, model_set))
    if as_json:
        rows = [{"name": one.name, **asdict(one)} for one in found]
        out.print_json(json.dumps({"voices": rows}))
        return
    table = Table(title="Voices", title_justify="left")
    for column in ("", "--voice", "language", ""):
        table.add_column(column)
    for one in found:
        state = "" if one.is_here else f"assistant models pull {one.model}"
        mark = "●" if one.is_active else ""
        table.add_row(mark, one.name, ", ".join(one.languages), state)
    out.print(table)
    err.print("● in use. Hear one with `assistant say --voice NAME`.", style="dim")
