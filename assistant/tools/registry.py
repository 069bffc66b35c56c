"""Owns which tools there are and that a call always ends: with a result, an error sentence, or a limit.

It deliberately does not know what any tool does, nor when a model calls one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import TracebackType
from typing import Final, Self

from assistant.tools import arithmetic, clock, notes, timers, units
from assistant.tools.tool import Tool, ToolContext, ToolProblem, checked_arguments, tool

__all__ = [
    "ENTRY_POINT_GROUP",
    "Tool",
    "ToolContext",
    "ToolProblem",
    "ToolRegistry",
    "tool",
]

ENTRY_POINT_GROUP: Final = "assistant.tools"
DEFAULT_LIMIT_S: Final = 2.0
MAX_STUCK: Final = 4
"""Overrun calls allowed to linger. Python cannot end a thread from outside; this bounds the harm."""

_log = logging.getLogger(__name__)

ToolMaker = Callable[[ToolContext], Iterable[Tool]]


class ToolRegistry:
    """The tools of one program, by name.

    `load` finds them; `start` and `stop` (or `with`) bracket the time in which timers may ring. Every
    method may be called from any thread.

    Attributes:
        problems: one sentence for each plug-in that could not be used.
        timers: the board behind the timer tools, for those who want to show it.
    """

    def __init__(self, tools: Iterable[Tool] = (), board: timers.TimerBoard | None = None) -> None:
        self.timers = board
        self.problems: tuple[str, ...] = ()
        self._tools: dict[str, Tool] = {}
        self._lock = threading.Lock()
        self._stuck: set[threading.Thread] = set()
        for each in tools:
            self._add(each)

    @classmethod
    def load(cls, context: ToolContext) -> ToolRegistry:
        """Return the built-in tools and those that installed packages offer.

        A package offers tools by an entry point in the group `assistant.tools`: a callable that takes
        the `ToolContext` and returns `Tool`s. One that fails, or that offers a name already
        taken, is logged and listed in `problems`; the rest serve on.
        """
        board = timers.TimerBoard(context.on_timer_due, monotonic=context.monotonic)
        registry = cls(board=board)
        for made in (
            clock.tools(context),
            arithmetic.tools(context),
            units.tools(context),
            timers.tools(board),
            notes.tools(context),
        ):
            for each in made:
                registry._add(each)
        for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
            registry._add_plug_in(point, context)
        return registry

    def specs(self) -> tuple[Tool, ...]:
        """Return every tool, built-in ones first."""
        return tuple(self._tools.values())

    def only_looks(self, name: str) -> bool:
        """Return whether a call of this tool changes nothing; True for one that does not exist."""
        found = self._tools.get(name)
        return found is None or found.only_looks

    def run(
        self, name: str, arguments: Mapping[str, object], limit_s: float = DEFAULT_LIMIT_S
    ) -> Mapping[str, object]:
        """Return what the tool answers, or `{"error": one plain sentence}`; never raises.

        Blocks the caller for `limit_s` seconds at most. A call that takes longer is given up, not
        stopped (nothing can end a Python thread from outside): its daemon thread works on, so it may
        still do what it was asked, but its result is thrown away. While `MAX_STUCK` such threads
        linger, further calls are refused; each one that ends after all makes room again.
        """
        found = self._tools.get(name)
        if found is None:
            return {"error": f"I have no tool called {name}."}
        try:
            keywords = checked_arguments(found, arguments)
        except ToolProblem as problem:
            return {"error": str(problem)}
        return self._run_limited(found, keywords, limit_s)

    def start(self) -> None:
        """Let timers ring from now on; idempotent."""
        if self.timers is not None:
            self.timers.start()

    def stop(self) -> None:
        """No timer rings after this returns; idempotent."""
        if self.timers is not None:
            self.timers.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run_limited(
        self, called: Tool, keywords: Mapping[str, object], limit_s: float
    ) -> Mapping[str, object]:
        answers: list[Mapping[str, object]] = []

        def work() -> None:
            answers.append(_answer(called, keywords))
            with self._lock:
                late = thread in self._stuck
                self._stuck.discard(thread)
            if late:
                _log.info("The tool %s ended after it was given up.", called.name)

        thread = threading.Thread(target=work, name=f"tool-{called.name}", daemon=True)
        with self._lock:
            if len(self._stuck) >= MAX_STUCK:
                return {"error": "Too many of my tools hang at the moment."}
        thread.start()
        thread.join(limit_s)
        with self._lock:
            # `work` takes the same lock after it has answered, so this is either an answer or a
            # thread that will find itself among the stuck.
            if answers:
                return answers[0]
            self._stuck.add(thread)
        _log.error("The tool %s took longer than %g s and was given up.", called.name, limit_s)
        return {"error": f"The {called.name.replace('_', ' ')} tool took too long."}

    def _add(self, added: Tool) -> None:
        if added.name in self._tools:
            raise ValueError(f"There is already a tool called {added.name}.")
        self._tools[added.name] = added

    def _add_plug_in(self, point: EntryPoint, context: ToolContext) -> None:
        try:
            make: ToolMaker = point.load()
            made = tuple(make(context))
            for each in made:
                if not isinstance(each, Tool):
                    raise TypeError(f"{each!r} is not a Tool.")  # noqa: TRY301 - one report for all
                self._add(each)
        except Exception as error:  # noqa: BLE001 - other people's code; reported, not swallowed
            problem = f"The tools of {point.name} ({point.value}) cannot be used: {error}"
            _log.exception("%s", problem)
            self.problems += (problem,)


def _answer(called: Tool, keywords: Mapping[str, object]) -> Mapping[str, object]:
    """Run the tool; whatever goes wrong in it becomes a sentence."""
    said = called.name.replace("_", " ")
    try:
        answer: object = called.function(**keywords)
    except ToolProblem as problem:
        return {"error": str(problem)}
    except Exception:  # noqa: BLE001 - whatever a tool does, the turn goes on
        _log.exception("The tool %s failed.", called.name)
        return {"error": f"The {said} tool failed."}
    if not isinstance(answer, Mapping):
        _log.error("The tool %s answered %r, which is no JSON object.", called.name, answer)
        return {"error": f"The {said} tool failed."}
    return answer
