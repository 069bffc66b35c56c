"""The window measured from inside: when it was there, how long it ever stood still, and turns by script.

Owns the probe that `ui.entry` puts into the window when the environment asks for it, as `assistant bench
window` does. It counts no processor time and no memory: `assistant.bench.window` reads those from outside, so
that the probe is not in its own figures.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from assistant.events import (
    Event,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    WorkerReady,
)

if TYPE_CHECKING:
    from ui.app import Program

VARIABLE: Final = "SARAI_MEASURE"
"""A JSON object: ``file`` to write to, ``turns`` to type, ``idle_s`` to do nothing, twice."""

BEAT_MS: Final = 2
"""Between two heartbeats of the GUI thread; a stall is what a beat comes too late by."""

SETTLE_MS: Final = 3_000
"""After the last turn, so that nothing of it is counted as idling."""

REST_MS: Final = 13_000
"""After the last answer, until nothing happens any more: a silent loudspeaker is closed after 10 s."""

FAREWELL_MS: Final = 300
"""Between the last line and the end; `assistant.bench.window` looks every 20 ms."""

QUESTIONS: Final = (
    "what time is it",
    "what is twelve times seven",
    "how many kilometers are ten miles",
    "what is the date today",
    "set a timer for two hours",
    "put milk on the shopping list",
    "what is on the shopping list",
    "cancel the timer",
    "what is the square root of two",
    "tell me about yourself",
)


def install() -> None:
    """The program that `ui.app` makes from now on carries a probe."""
    import ui.app

    wish = json.loads(os.environ[VARIABLE])

    class Measured(ui.app.Program):
        def __init__(self, *arguments: object, **named: object) -> None:
            super().__init__(*arguments, **named)  # type: ignore[arg-type]
            self.probe = Probe(self, Path(wish["file"]), wish["turns"], wish["idle_s"])

    ui.app.Program = Measured  # type: ignore[misc]


class Probe(QObject):
    """Writes one line of JSON for each thing that has happened, with its time on the monotonic clock."""

    def __init__(self, program: Program, file: Path, turns: int, idle_s: float) -> None:
        super().__init__(program)
        self._program = program
        self._session = program.session
        self._file = file
        self._turns_left = turns
        self._idle_ms = round(idle_s * 1000)
        self._is_painted = False
        self._late_ms: list[float] = []
        self._beat_s = 0.0
        self._beats = QTimer(self)
        self._beats.setTimerType(Qt.TimerType.PreciseTimer)
        self._beats.setInterval(BEAT_MS)
        self._beats.timeout.connect(self._beat)
        program.window.installEventFilter(self)
        self._session.event.connect(self._take)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first picture, once it has been painted."""
        if event.type() == QEvent.Type.Paint and not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self._painted)
        return super().eventFilter(watched, event)

    def _painted(self) -> None:
        self._program.window.removeEventFilter(self)
        self._tell("window")

    def _take(self, event: Event) -> None:
        match event:
            case WorkerReady():
                self._tell("ready", models=dict(event.models), load_s=event.load_s)
                self._after(SETTLE_MS, self._begin)
            case TurnFinished() | TurnFailed() | TurnInterrupted() | TurnCancelled():
                self._after(50, self._next)
            case _:
                pass

    def _begin(self) -> None:
        self._session.mute(on=True)  # nobody is to speak in between
        self._tell("begun", is_live=self._session.is_live)
        self._beat_s = time.monotonic()
        self._beats.start()
        self._next()

    def _next(self) -> None:
        if not self._beats.isActive():
            return
        if self._turns_left == 0:
            self._beats.stop()
            worst = sorted(self._late_ms, reverse=True)[:5]
            self._tell(
                "turns", stalls_ms=[round(one, 1) for one in worst], beats=len(self._late_ms)
            )
            self._after(REST_MS, self._idle)
            return
        self._turns_left -= 1
        window = self._program.window
        window.conversation.ask(QUESTIONS[self._turns_left % len(QUESTIONS)])

    def _beat(self) -> None:
        now_s = time.monotonic()
        self._late_ms.append((now_s - self._beat_s) * 1000 - BEAT_MS)
        self._beat_s = now_s

    def _idle(self) -> None:
        names = {str(one.native_id): one.name for one in threading.enumerate()}
        self._tell("idle", threads=names)
        self._after(self._idle_ms, self._listen)

    def _listen(self) -> None:
        self._tell("idle_over")
        self._session.mute(on=False)
        self._after(SETTLE_MS, self._listening)

    def _listening(self) -> None:
        self._tell("listening", is_live=self._session.is_live)
        self._after(self._idle_ms, self._end)

    def _end(self) -> None:
        self._tell("listening_over", level_dbfs=round(self._session.level_dbfs, 1))
        # The threads are to be counted from outside while they are still there.
        self._after(FAREWELL_MS, self._program.window.quit_wanted.emit)

    def _after(self, delay_ms: int, act: Callable[[], None]) -> None:
        QTimer.singleShot(delay_ms, self, act)

    def _tell(self, what: str, **more: object) -> None:
        line = json.dumps({"what": what, "at_s": time.monotonic(), **more})
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
