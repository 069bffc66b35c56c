"""`python -m assistant` and the `assistant` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; a spawned worker re-imports this module, so nothing heavy is at the top."""
    from assistant.cli.app import run

    run()


if __name__ == "__main__":
    main()
