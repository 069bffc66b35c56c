"""What turns reach beyond themselves: the worker, the listeners, the tools, the history.

Owns no behaviour; the conversation lends these to whoever keeps the turns of now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.worker.messages import (
    EndJudged,
    PartialTranscript,
    ReplyText,
    SpeechChunk,
    StageFailed,
    ToolRequested,
    Transcript,
    TurnDone,
    TurnStopped,
)

if TYPE_CHECKING:
    from assistant.dialogue.history import History
    from assistant.dialogue.worker_line import WorkerLine
    from assistant.events import Event

TurnMessage = (
    PartialTranscript
    | Transcript
    | EndJudged
    | ReplyText
    | SpeechChunk
    | ToolRequested
    | TurnDone
    | TurnStopped
    | StageFailed
)
"""What the worker says of one turn."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Lent by the conversation; used on its thread only.

    Attributes:
        line: the worker.
        on_event: takes events.
        history: what the conversation remembers.
        run_tool: starts a tool call; its answer comes through the inbox.
        only_looks: whether a tool changes nothing.
        new_turn_id: makes turn ids.
        begin_anew: makes the worker read the history again.
    """

    line: WorkerLine
    on_event: Callable[[Event], None]
    history: History
    run_tool: Callable[[ToolRequested], None]
    only_looks: Callable[[str], bool]
    new_turn_id: Callable[[], int]
    begin_anew: Callable[[], None]
