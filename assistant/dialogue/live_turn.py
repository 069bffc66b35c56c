"""One generation of a live turn: what came of it so far, and what still waits for its commit.

Owns the record. `assistant.dialogue.live` fills it and acts on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.dialogue.heard import heard_text
from assistant.engines.base import ChatMessage, ToolCall
from assistant.events import ToolUsed
from assistant.metrics import TurnTimings, now_s
from assistant.worker.messages import ReplyText, SpeechChunk, ToolRequested, TurnDone

Held = ReplyText | SpeechChunk | ToolRequested
"""What must not reach anybody before the commit."""


@dataclass(slots=True)
class LiveTurn:
    """A generation in the worker and what the outside may know of it.

    Attributes:
        question: the words it is asked; empty until there is a transcript.
        ended_probability: Smart Turn's, that the user has finished; None where it is not installed.
        is_announced: TurnStarted was sent.
        is_committed: its reply may be heard and its tools may act.
        held: messages that wait for the commit, in order.
        pieces: text and samples of each piece given to the loudspeaker.
        tools_used: calls made on trial, to be told at the commit.
        life: which worker works on it.
        steps: messages of finished tool rounds, for a history cut short.
    """

    turn_id: int
    generation: int
    revision: int = 1
    question: str = ""
    ended_probability: float | None = None
    is_announced: bool = False
    is_committed: bool = False
    held: list[Held] = field(default_factory=list)
    pieces: list[tuple[str, int]] = field(default_factory=list)
    steps: list[ChatMessage] = field(default_factory=list)
    tools_used: list[ToolUsed] = field(default_factory=list)
    reply: str = ""
    life: int = 0
    done: TurnDone | None = None
    finish_s: float | None = None
    last_speech_s: float | None = None
    commit_s: float | None = None
    first_audio_s: float | None = None
    output_latency_ms: float | None = None

    def spoken(self, text: str, samples: int) -> None:
        """Count a chunk given to the loudspeaker; its piece's text rides on the first chunk."""
        if text or not self.pieces:
            self.pieces.append((text, samples))
        else:
            known, before = self.pieces[-1]
            self.pieces[-1] = (known, before + samples)

    def heard(self, played: int) -> str:
        """Return the words heard after so many samples."""
        return heard_text(self.pieces, played)

    def used(self, name: str, arguments: dict[str, object], result_json: str) -> None:
        """Keep a tool call that has happened."""
        call = ToolCall(name, arguments)
        self.steps.append(ChatMessage("assistant", "", (call,)))
        self.steps.append(ChatMessage("tool", result_json))

    def remembered(self, heard: str) -> tuple[ChatMessage, ...]:
        """Return what the conversation keeps of an interrupted turn: question, tool calls, words heard.

        Nothing if nobody noticed anything of it.
        """
        if not heard and not self.steps:
            return ()
        asked = ChatMessage("user", self.question)
        return (asked, *self.steps, ChatMessage("assistant", heard or "…"))

    def timings(self) -> TurnTimings:
        """Return the worker's stamps with those of the outside."""
        known = self.done.timings if self.done else TurnTimings()
        trial = self.finish_s is not None and self.commit_s != self.finish_s
        return replace(
            known,
            last_speech=self.last_speech_s or known.last_speech,
            soft_end=self.finish_s if trial else None,
            endpoint=self.commit_s or known.endpoint,
            first_audio=self.first_audio_s,
            output_latency_ms=self.output_latency_ms,
            finished=now_s(),
        )
