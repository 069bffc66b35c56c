"""Runs the thinker's tool calls beside the conversation thread, so that a cancel is heard meanwhile.

Owns the threads of calls in progress. The tools, their limits and their errors are the registry's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from assistant.dialogue.inbox import ToolAnswered
from assistant.engines.base import ToolSpec
from assistant.metrics import now_s
from assistant.tools.registry import ToolRegistry
from assistant.worker.messages import ToolRequested


class ToolCalls:
    """Calls in progress.

    Args:
        tools: what may be called.
        limit_s: seconds one call may take.
        answer: takes each result, on the call's own thread.
    """

    def __init__(
        self, tools: ToolRegistry, limit_s: float, answer: Callable[[ToolAnswered], None]
    ) -> None:
        self._tools = tools
        self._limit_s = limit_s
        self._answer = answer
        self._threads: set[threading.Thread] = set()

    def begin(self, requested: ToolRequested, life: int) -> None:
        """Start a call; conversation thread only.

        Args:
            requested: what the thinker asked for.
            life: which worker asked, so that an answer for a dead one is not sent to the next.
        """
        thread = threading.Thread(
            target=self._call,
            args=(requested, life),
            name=f"tool-call-{requested.name}",
            daemon=True,
        )
        self._threads = {t for t in self._threads if t.is_alive()} | {thread}
        thread.start()

    def join(self) -> None:
        """Wait until every call has ended or reached its limit."""
        for thread in self._threads:
            thread.join(self._limit_s + 1.0)

    def _call(self, requested: ToolRequested, life: int) -> None:
        started = now_s()
        result = self._tools.run(requested.name, requested.arguments, self._limit_s)
        self._answer(ToolAnswered(requested, life, result, (now_s() - started) * 1000.0))


def specs(tools: ToolRegistry) -> tuple[ToolSpec, ...]:
    """Return the registry's tools in the form engines take."""
    return tuple(ToolSpec(tool.name, tool.description, tool.parameters) for tool in tools.specs())
