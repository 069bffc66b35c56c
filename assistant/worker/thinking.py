"""The thinking stage: a question in, answer text and tool requests out, pieces handed to the voice.

Owns the thinker and the course of one reply (prompt → tokens → tools → tokens). Does not run tools: they
live in the parent, where the user's data is. A turn that is cancelled or fails is rewound to the mark
taken before it, so that the thinker's memory and the parent's history never differ.
"""

from __future__ import annotations

import json
import queue
from dataclasses import dataclass, replace

from assistant.engines.base import (
    CancelToken,
    ChatMessage,
    GenerationDone,
    PromptDone,
    TextDelta,
    Thinker,
    ToolCall,
)
from assistant.errors import AssistantError, TurnError
from assistant.metrics import TurnTimings, now_s
from assistant.speech.chunker import PieceChunker
from assistant.worker.hearing import Heard
from assistant.worker.messages import (
    AmendTurn,
    Cancel,
    ConversationStarted,
    ReplyText,
    SpeakText,
    StartConversation,
    StartFailed,
    ToolRequested,
    ToolResult,
    TurnDone,
    TurnStopped,
)
from assistant.worker.scope import CancelScope, Heartbeat
from assistant.worker.speaking import Piece, Speaking, Speech
from assistant.worker.stage import Send, Stage
from assistant.worker.thread_plan import ThreadPlan, ThreadSwitch

ThinkingItem = StartConversation | Heard | SpeakText | AmendTurn | ToolResult | Cancel


class _StoppedError(Exception):
    """The turn in hand was cancelled."""


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """How far one reply may go.

    Attributes:
        max_tokens: per pass of the thinker.
        max_tool_rounds: passes that may end in tool calls before the turn fails.
    """

    max_tokens: int
    max_tool_rounds: int


class Thinking(Stage[ThinkingItem]):
    """Answers one question at a time, in order; without a thinker it only passes SpeakText on."""

    name = "llm"

    def __init__(
        self,
        thinker: Thinker | None,
        speaking: Speaking,
        limits: ReplyLimits,
        *,
        send: Send,
        scope: CancelScope,
        heartbeat: Heartbeat,
        threads: ThreadPlan | None = None,
    ) -> None:
        super().__init__(send, scope, heartbeat)
        self._thinker = thinker
        self._threads = ThreadSwitch(thinker, threads)
        self._speaking = speaking
        self._limits = limits
        self._tool_inbox: queue.Queue[ToolResult | Cancel] = queue.Queue()
        self._last_done: tuple[int, int] | None = None  # generation, and the mark before it

    def post(self, item: ThinkingItem) -> None:
        """Queue an item; tool results and cancels overtake, for a turn may be waiting for them."""
        if isinstance(item, ToolResult | Cancel):
            self._tool_inbox.put(item)
        else:
            super().post(item)

    def _handle(self, item: ThinkingItem) -> None:
        match item:
            case StartConversation():
                self._start(item)
            case Heard() | SpeakText():
                self._turn(item)
            case AmendTurn():
                self._amend(item)
            case ToolResult() | Cancel():
                raise AssertionError("tool results and cancels have their own inbox")

    def _start(self, item: StartConversation) -> None:
        if self._thinker is None:
            return
        started = now_s()
        try:
            self._thinker.start(item.history, item.tools)
        except AssistantError as exc:
            self._send(StartFailed(exc.code, exc.message, exc.hint))
        else:
            self._send(ConversationStarted((now_s() - started) * 1000.0))

    def _amend(self, item: AmendTurn) -> None:
        """Put other messages in a turn's place; one that was cancelled in time has left none."""
        if self._thinker is None:
            return
        try:
            if self._last_done is not None and self._last_done[0] == item.generation:
                self._thinker.rewind(self._last_done[1])
                self._last_done = None
            if item.messages:
                self._thinker.append(item.messages)
        except Exception as exc:  # noqa: BLE001 - the border where any engine's failure becomes data
            self._fail(item.turn_id, item.generation, exc)

    def _turn(self, item: Heard | SpeakText) -> None:
        turn = _Turn(item, self._scope.token(item.generation))
        mark = self._thinker.mark() if self._thinker else 0
        try:
            turn.check()
            if isinstance(item, SpeakText):
                self._recite(turn, item)
            else:
                self._answer(turn, item)
            self._finish_speech(turn)
        except _StoppedError:
            self._take_back(turn, mark)
            self._send(TurnStopped(item.turn_id, item.generation))
        except Exception as exc:  # noqa: BLE001 - the border where any engine's failure becomes data
            turn.token.cancel()  # what is still queued to be spoken
            self._take_back(turn, mark)
            stage = self._speaking.name if exc is turn.speech.error else self.name
            self._fail(item.turn_id, item.generation, exc, stage)
        else:
            self._last_done = (item.generation, mark)
            self._send(
                TurnDone(
                    item.turn_id,
                    item.generation,
                    item.text if isinstance(item, Heard) else "",
                    turn.reply,
                    tuple(turn.messages),
                    turn.timings,
                )
            )
        finally:
            self._scope.forget(item.generation)

    def _take_back(self, turn: _Turn, mark: int) -> None:
        """Leave no trace of the turn: not in the thinker's memory, not in the voice's queue."""
        if self._thinker is not None:
            self._thinker.rewind(mark)
        self._drain(turn)

    def _recite(self, turn: _Turn, item: SpeakText) -> None:
        turn.timings = TurnTimings(endpoint=item.submitted)
        for piece in [*turn.chunker.feed(item.text), *turn.chunker.flush()]:
            self._say(turn, piece)

    def _answer(self, turn: _Turn, heard: Heard) -> None:
        turn.timings = heard.timings
        messages = [ChatMessage("user", heard.text)]
        for _ in range(self._limits.max_tool_rounds + 1):
            turn.messages.extend(messages)
            text, done = self._pass(turn, messages)
            turn.messages.append(ChatMessage("assistant", text, done.tool_calls))
            if done.reason != "tool_calls":
                return
            messages = [self._run_tool(turn, call) for call in done.tool_calls]
        raise TurnError(
            "llm",
            "too_many_tools",
            "The language model kept calling tools without answering.",
            "Ask again in other words.",
        )

    def _pass(self, turn: _Turn, messages: list[ChatMessage]) -> tuple[str, GenerationDone]:
        """One run of the thinker: stream its text, return it with how it ended."""
        text = ""
        done: GenerationDone | None = None
        prompt_done = now_s()
        assert self._thinker is not None, "questions come only to a worker with a thinker"
        outputs = self._thinker.reply(
            messages, cancel=turn.token, max_tokens=self._limits.max_tokens
        )
        for output in outputs:
            self._heartbeat.tick()
            self._threads.follow(speaking=self._speaking.is_computing)
            match output:
                case PromptDone():
                    prompt_done = now_s()
                    turn.saw_prompt(output, prompt_done)
                case TextDelta():
                    text += output.text
                    turn.saw_text(output.text)
                    self._send(ReplyText(turn.turn_id, turn.generation, output.text))
                    for piece in turn.chunker.feed(output.text):
                        self._say(turn, piece)
                case GenerationDone():
                    turn.saw_end(output, now_s() - prompt_done)
                    if output.reason == "cancelled":
                        raise _StoppedError
                    for piece in turn.chunker.flush():
                        self._say(turn, piece)
                    done = (
                        output  # not left yet: the thinker closes the turn while the voice speaks
                    )
        if done is None or not (text.strip() or done.tool_calls):
            # Nothing, or only a call that cannot be read: say so rather than make up an answer.
            raise TurnError(
                "llm",
                "no_answer",
                "The language model gave no answer.",
                "Ask again in other words.",
            )
        return text, done

    def _run_tool(self, turn: _Turn, call: ToolCall) -> ChatMessage:
        """Ask the parent for a tool's result and wait for it; the thread is not 'busy' meanwhile."""
        index = turn.tool_calls
        turn.tool_calls += 1
        self._send(ToolRequested(turn.turn_id, turn.generation, index, call.name, call.arguments))
        asked = now_s()
        while True:
            with self._heartbeat.waiting():
                answer = self._tool_inbox.get()
            turn.check()
            if (
                isinstance(answer, ToolResult)
                and answer.generation == turn.generation
                and answer.call_index == index
            ):
                break
        turn.timings = replace(
            turn.timings, tool_ms=(turn.timings.tool_ms or 0.0) + (now_s() - asked) * 1000.0
        )
        return ChatMessage("tool", json.dumps(dict(answer.result), ensure_ascii=False))

    def _say(self, turn: _Turn, piece: str) -> None:
        if turn.timings.first_piece is None:
            turn.timings = replace(turn.timings, first_piece=now_s())
        self._speaking.post(Piece(turn.speech, piece))

    def _finish_speech(self, turn: _Turn) -> None:
        self._drain(turn)
        turn.check()
        if turn.speech.error is not None:
            raise turn.speech.error
        turn.timings = replace(turn.timings, tts_first=turn.speech.first_s)

    def _drain(self, turn: _Turn) -> None:
        """Wait until the voice has worked off this turn; on a cancel it does so at once."""
        self._speaking.post(Piece(turn.speech, None))
        with self._heartbeat.waiting():
            turn.speech.done.wait()


class _Turn:
    """What one reply has come to so far."""

    def __init__(self, item: Heard | SpeakText, token: CancelToken) -> None:
        self.turn_id = item.turn_id
        self.generation = item.generation
        self.token = token
        self.speech = Speech(item.turn_id, item.generation)
        self.chunker = PieceChunker()
        self.timings = TurnTimings()
        self.reply = ""
        self.messages: list[ChatMessage] = []
        self.tool_calls = 0

    def check(self) -> None:
        if self.token.cancelled:
            raise _StoppedError

    def saw_prompt(self, done: PromptDone, at_s: float) -> None:
        first = self.timings.prompt_done is None
        self.timings = replace(
            self.timings,
            prompt_done=at_s if first else self.timings.prompt_done,
            prompt_tokens_reused=(
                done.reused_tokens if first else self.timings.prompt_tokens_reused
            ),
            prompt_tokens_evaluated=self.timings.prompt_tokens_evaluated + done.evaluated_tokens,
        )

    def saw_text(self, text: str) -> None:
        self.reply += text
        if self.timings.first_token is None:
            self.timings = replace(self.timings, first_token=now_s())

    def saw_end(self, done: GenerationDone, decode_s: float) -> None:
        self.timings = replace(
            self.timings,
            generated_tokens=self.timings.generated_tokens + done.generated_tokens,
            decode_s=(self.timings.decode_s or 0.0) + decode_s,
        )
