"""`python -m ui`: the window without the command line around it."""

from __future__ import annotations

import sys


def main() -> int:
    """Open the window; a spawned worker re-imports this module, so nothing heavy is at the top."""
    from assistant.errors import AssistantError
    from ui.entry import open_window

    try:
        return open_window(sys.argv[1:])
    except AssistantError as exc:
        sys.stderr.write(f"{exc.message}\n{exc.hint}\n")
        return exc.exit_code


if __name__ == "__main__":
    sys.exit(main())
