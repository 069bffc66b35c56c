"""The window measured from outside: real starts, real turns, and what its process takes when idle.

Owns the runs and their figures. It opens the window as a person does, in a process of its own and in a home
of its own, and knows nothing of Qt: what only the window can see, a probe in it writes to a file
(`ui.measure`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import WorkerError
from assistant.metrics import Distribution, distribution

PATIENCE_S = 300.0
LOOK_S = 0.02

BOUNDS: dict[str, tuple[float, str, str]] = {
    "to_window_s": (1.0, "s", "start of the command → the window's first picture"),
    "to_ready_s": (4.0, "s", "start of the command → models loaded and warm"),
    "stall_ms": (50.0, "ms", "longest time the GUI thread stood still during the typed turns"),
    "idle_cpu_percent": (1.0, "% of a core", "window process, microphone muted, nothing happens"),
    "level_cpu_percent": (5.0, "% of a core", "window process, microphone heard, level shown"),
    "memory_mb": (200.0, "MB", "resident memory (RSS) of the window process after the turns"),
}
"""Source: issue 4."""


@dataclass(frozen=True, slots=True)
class WindowReport:
    """What was measured.

    Attributes:
        starts: figures of all starts, seconds.
        figures: the others, one run; None where it could not be measured.
        models: name by role.
        is_live: whether there were a microphone and a loudspeaker.
        notes: sentences about what the figures do not say.
        details: parts of the figures, such as each thread's share.
    """

    starts: dict[str, Distribution]
    figures: dict[str, float | None]
    models: dict[str, str]
    is_live: bool
    notes: tuple[str, ...]
    details: dict[str, object] = field(default_factory=dict)

    def value(self, name: str) -> float | None:
        """Return the figure that the bound is for: the median of the starts, or the one value."""
        return self.starts[name].p50 if name in self.starts else self.figures[name]


def measure_window(
    *, starts: int, turns: int, idle_s: float, on_step: Callable[[str], None]
) -> WindowReport:
    """Open the window several times, and the last time use it; takes some minutes.

    Args:
        starts: how often it is opened to be timed; one more before, to have the files in memory.
        turns: questions typed one after another.
        idle_s: how long it is watched doing nothing, once muted and once listening.
        on_step: takes a word on what is being done.

    Raises:
        WorkerError: ``window_gone``: it ended or hung before its time.
    """
    to_window, to_ready = [], []
    for number in range(starts):
        on_step(f"start {number} of {starts - 1}" if number else "start to warm up")
        with _window(turns=0, idle_s=0.0) as run:
            window_s, ready_s = run.wait_for("window")["at_s"], run.wait_for("ready")["at_s"]
        if number or starts == 1:
            to_window.append(window_s - run.started_s)
            to_ready.append(ready_s - run.started_s)
    with _window(turns=turns, idle_s=idle_s) as run:
        to_window.append(run.wait_for("window")["at_s"] - run.started_s)
        ready = run.wait_for("ready")
        to_ready.append(ready["at_s"] - run.started_s)
        is_live = bool(run.wait_for("begun")["is_live"])
        on_step(f"{turns} typed turns")
        with _heartbeat() as machine_ms:
            stalls = run.wait_for("turns")["stalls_ms"]
        memory_mb = run.memory_mb()
        run.thread_names = run.wait_for("idle")["threads"]
        on_step(f"{idle_s:.0f} s of doing nothing")
        idle, idle_threads = run.cpu_until("idle_over")
        run.wait_for("listening")
        on_step(f"{idle_s:.0f} s of listening")
        level, level_threads = run.cpu_until("listening_over")
    notes = [] if is_live else ["There is no microphone here, so no level moved."]
    return WindowReport(
        starts={"to_window_s": distribution(to_window), "to_ready_s": distribution(to_ready)},
        figures={
            "stall_ms": stalls[0],
            "idle_cpu_percent": idle,
            "level_cpu_percent": level if is_live else None,
            "memory_mb": memory_mb,
        },
        models=ready["models"],
        is_live=is_live,
        notes=tuple(notes),
        details={
            "stalls_ms": stalls,
            "stall_of_an_empty_thread_ms": round(max(machine_ms, default=0.0), 1),
            "idle_cpu_percent_by_thread": idle_threads,
            "level_cpu_percent_by_thread": level_threads,
        },
    )


class _Run:
    """One window, and what its probe has written so far."""

    def __init__(self, process: subprocess.Popen[bytes], file: Path, started_s: float) -> None:
        import psutil

        self.started_s = started_s
        self._popen = process
        self._process = psutil.Process(process.pid)
        self._file = file
        self.thread_names: dict[str, str] = {}

    def wait_for(self, what: str) -> dict[str, Any]:
        deadline_s = time.monotonic() + PATIENCE_S
        while (found := self._found(what)) is None:
            if self._popen.poll() is not None or time.monotonic() > deadline_s:
                raise WorkerError(
                    "window_gone",
                    f"The window ended or stopped answering before “{what}”.",
                    "Open it by hand to see what it says: assistant run",
                )
            time.sleep(LOOK_S)
        return found

    def memory_mb(self) -> float:
        return round(self._process.memory_info().rss / 1e6, 1)

    def cpu_until(self, what: str) -> tuple[float, dict[str, float]]:
        """Per cent of a core from now until then, of the process and of its busiest threads."""
        before, begun_s = self._cpu_s(), time.monotonic()
        at_s = self.wait_for(what)["at_s"]
        after = self._cpu_s()
        per_cent = 100.0 / max(at_s - begun_s, 1e-3)
        names = {key: self._thread_name(key) for key in after if key}
        used: dict[str, float] = {}
        for key, name in names.items():
            share = (after[key] - before.get(key, 0.0)) * per_cent
            used[name] = round(used.get(name, 0.0) + share, 2)
        busiest = sorted(used.items(), key=lambda item: item[1], reverse=True)[:8]
        return round((after[0] - before[0]) * per_cent, 2), dict(busiest)

    def _cpu_s(self) -> dict[int, float]:
        """Processor seconds by thread; 0 is the whole process, threads that have ended included."""
        import psutil

        try:
            whole = self._process.cpu_times()
            threads = self._process.threads()
        except psutil.Error:
            return {0: 0.0}
        return {0: whole.user + whole.system} | {t.id: t.user_time + t.system_time for t in threads}

    def _thread_name(self, thread: int) -> str:
        if thread == self._process.pid:
            return "GUI"
        if str(thread) in self.thread_names:
            return self.thread_names[str(thread)]
        try:
            return Path(f"/proc/{self._process.pid}/task/{thread}/comm").read_text().strip()
        except OSError:
            return "ended"

    def _found(self, what: str) -> dict[str, Any] | None:
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines(keepends=True)
        except FileNotFoundError:
            return None
        told = (json.loads(line) for line in lines if line.endswith("\n"))
        return next((one for one in told if one["what"] == what), None)


@contextmanager
def _window(*, turns: int, idle_s: float) -> Iterator[_Run]:
    with tempfile.TemporaryDirectory(prefix="sarai-bench-") as folder:
        file = Path(folder) / "told"
        environment = os.environ | {
            "SARAI_HOME": folder,
            "SARAI_MEASURE": json.dumps({"file": str(file), "turns": turns, "idle_s": idle_s}),
        }
        started_s = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "run"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield _Run(process, file, started_s)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _heartbeat() -> Iterator[list[float]]:
    """How late a thread that does nothing is woken here at the same time: what the machine itself adds."""
    beat_s = 0.002
    late_ms: list[float] = []
    over = threading.Event()

    def beat() -> None:
        before_s = time.monotonic()
        while not over.wait(beat_s):
            now_s = time.monotonic()
            late_ms.append((now_s - before_s - beat_s) * 1000)
            before_s = now_s

    thread = threading.Thread(target=beat, name="empty-thread", daemon=True)
    thread.start()
    try:
        yield late_ms
    finally:
        over.set()
        thread.join()
