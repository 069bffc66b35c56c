"""What the worker's three stage threads share: an inbox with a bound, and one way to fail.

Owns the loop around a stage; the stages themselves (hearing, thinking, speaking) own the work.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import traceback
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from assistant.errors import AssistantError
from assistant.events import Stage as StageName
from assistant.worker.messages import Reply, StageFailed
from assistant.worker.scope import CancelScope, Heartbeat

Send = Callable[[Reply], None]
Item = TypeVar("Item")

INBOX_ITEMS = 4096
"""Bound of a stage's inbox: 4096 blocks of 30 ms are two minutes of speech not yet recognised.

Overflow policy: the newest item is dropped and logged; a stage that far behind is hung and the heartbeat
ends it."""

BROKEN_STAGE_EXIT_CODE = 70
"""Exit code of a worker whose own stage logic failed (EX_SOFTWARE of sysexits.h)."""

logger = logging.getLogger(__name__)


class Stage(Generic[Item]):
    """A named thread that takes items from its inbox one at a time until :meth:`stop`.

    Attributes:
        name: of the thread and of the stage in errors (``stt``, ``llm``, ``tts``).
    """

    name: ClassVar[StageName]

    def __init__(self, send: Send, scope: CancelScope, heartbeat: Heartbeat) -> None:
        self._send = send
        self._scope = scope
        self._heartbeat = heartbeat
        self._inbox: queue.Queue[Item | None] = queue.Queue(maxsize=INBOX_ITEMS)
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def post(self, item: Item) -> None:
        """Queue an item; any thread, never blocks."""
        try:
            self._inbox.put_nowait(item)
        except queue.Full:
            logger.warning("the %s stage is two minutes behind; an item was dropped", self.name)

    def stop(self, timeout_s: float) -> bool:
        """End the thread after the item in hand; returns whether it ended in time."""
        self._inbox.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while (item := self._inbox.get()) is not None:
                with self._heartbeat.working():
                    self._handle(item)
        except Exception:
            # A stage that is gone would leave turns waiting for ever: better a dead worker, which the
            # parent sees at once and restarts.
            logger.critical("the %s stage broke down", self.name, exc_info=True)
            os._exit(BROKEN_STAGE_EXIT_CODE)

    def _handle(self, item: Item) -> None:
        raise NotImplementedError

    def _fail(
        self, turn_id: int, generation: int, exc: Exception, stage: StageName | None = None
    ) -> None:
        """Report a failed turn as data; the stage goes on with its next item.

        ``stage`` names where it failed when that was not here.
        """
        stage = stage or self.name
        if isinstance(exc, AssistantError):
            code, message, hint = exc.code, exc.message, exc.hint
        else:
            code = f"{stage}_failed"
            message = f"The {_STAGE_WORDS[stage]} failed unexpectedly."
            hint = "Try again; if it happens again, run `assistant doctor` and look at the log."
        self._send(
            StageFailed(
                turn_id=turn_id,
                generation=generation,
                stage=stage,
                code=code,
                message=message,
                hint=hint,
                traceback_text="".join(traceback.format_exception(exc)),
            )
        )


_STAGE_WORDS: dict[StageName, str] = {
    "stt": "speech recognition",
    "llm": "language model",
    "tool": "tool",
    "tts": "voice",
}
