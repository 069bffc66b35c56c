"""`python -m assistant` and the `assistant` command."""

from __future__ import annotations

import sys

OPENS_THE_WINDOW: tuple[list[str], ...] = ([], ["run"], ["run", "--hidden"])


def main() -> None:
    """Run the command line; a spawned worker re-imports this module, so nothing heavy is at the top."""
    if sys.argv[1:] in OPENS_THE_WINDOW:
        open_window(sys.argv[2:])
    from assistant.cli.app import run

    run()


def open_window(arguments: list[str]) -> None:
    """Open the window and end with it, without the command line's libraries: they take 0.15 s to load.

    Returns only where it cannot be opened; the command line then says why.
    """
    import importlib

    from assistant.errors import AssistantError

    try:
        sys.exit(importlib.import_module("ui.entry").open_window(arguments))
    except (AssistantError, ImportError):
        return


if __name__ == "__main__":
    main()
