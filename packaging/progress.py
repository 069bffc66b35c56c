"""Owns running a long command while showing how far it is; it does not know what the command does."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

POLL_S = 0.5
QUIET_INTERVAL_S = 15.0
"""How often a line appears where no terminal can overwrite it (CI logs)."""

TAIL_BYTES = 65536
"""How much of a growing log is looked at: some fifty of ninja's long verbose lines."""

_NINJA_STEP = re.compile(r"^\s*\[(\d+)/(\d+)\]", re.MULTILINE)
_PIP_STEP = re.compile(
    r"^\s*(Collecting|Downloading|Building|Installing collected packages)\b:?\s*(\S*)", re.MULTILINE
)


class SetupError(Exception):
    """Set-up cannot go on; the text is one plain sentence and what to do next."""


def say(text: str) -> None:
    """Print one line at once (make and CI buffer otherwise)."""
    print(text, flush=True)


def clock(seconds: float) -> str:
    """Minutes and seconds, as 3:07."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def ninja_progress(output: str) -> tuple[int, int] | None:
    """The last ``[done/total]`` that ninja printed in this text, if any."""
    steps = _NINJA_STEP.findall(output)
    return (int(steps[-1][0]), int(steps[-1][1])) if steps else None


def pip_activity(output: str) -> str:
    """What pip does last in this text, in a few words ("Downloading numpy"), or nothing."""
    steps = _PIP_STEP.findall(output)
    if not steps:
        return ""
    verb, what = steps[-1]
    if verb.startswith("Installing"):
        return "installing"
    return f"{verb.lower()} {Path(what).name.split('-')[0]}"


def run_logged(
    command: Sequence[str],
    *,
    label: str,
    log: Path,
    describe: Callable[[str, float], str],
    advice: str,
    env: Mapping[str, str] | None = None,
) -> float:
    """Run a command with all its output in ``log`` and a live line on the terminal; seconds it took.

    ``describe`` gets the end of the output so far and the seconds since the start, and says how far it is.

    Raises:
        SetupError: the command failed; its last 30 lines were printed, the error holds ``advice``.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    live = sys.stdout.isatty()
    start_s = time.monotonic()
    shown_s = (
        start_s - QUIET_INTERVAL_S + 2.0
    )  # the first line of a log comes early: short steps print none
    with log.open("wb") as sink:
        process = subprocess.Popen(
            list(command),
            stdout=sink,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=env and dict(env),
        )
        try:
            while True:
                try:
                    status = process.wait(POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    now_s = time.monotonic()
                    if not live and now_s - shown_s < QUIET_INTERVAL_S:
                        continue
                    shown_s = now_s
                    line = f"{label}: {describe(_tail(log), now_s - start_s)}"
                    print(f"\r\033[K{line}" if live else line, end="" if live else "\n", flush=True)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            if live:
                print("\r\033[K", end="", flush=True)
    took_s = time.monotonic() - start_s
    if status:
        say(f"{label}: failed. The last lines of {log}:")
        for line in _tail(log).splitlines()[-30:]:
            say(f"    {line[:300]}")
        raise SetupError(advice)
    return took_s


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        return file.read().decode("utf-8", errors="replace")
