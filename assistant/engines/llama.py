"""The thinker on llama.cpp: an append-only conversation that never reads a token twice without need.

Owns the course of a reply: sampling, speakable text, tool calls, and the way back from a cancelled, failed
or abandoned one. Deliberately does not run tools, split text into speakable pieces, keep the conversation's
tokens (:mod:`assistant.engines.token_history` does), or touch llama.cpp itself
(:mod:`assistant.engines.model_context` does).
"""

from __future__ import annotations

import codecs
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

from assistant.engines.base import (
    CancelToken,
    ChatMessage,
    GenerationDone,
    PromptDone,
    TextDelta,
    ThinkerOutput,
    ToolCall,
    ToolSpec,
)
from assistant.engines.chat_template import ChatTemplate
from assistant.engines.model_context import EvaluationCancelledError, ModelContext
from assistant.engines.sampling import Sampling
from assistant.engines.token_history import Mark, TokenHistory
from assistant.engines.tool_calls import MARKERS, CallFilter, write_tool_calls
from assistant.errors import ModelError, TurnError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LlamaThinker", "Sampling"]

logger = logging.getLogger(__name__)

_REPLY_SHARE: Final = 4
"""At most a quarter of the context is kept free for the reply, whatever ``max_tokens`` says."""


class LlamaThinker:
    """A :class:`~assistant.engines.base.Thinker` over one GGUF file, loaded and warmed up.

    Args:
        model_path: the GGUF file; its chat template is used.
        context_tokens: size of the conversation's memory; the attribute of the same name says what
            it really is (never more than the model was trained for).
        threads: compute threads. One is right for models of a few million parameters: threads wait
            spinning for each other after each of some 300 small steps a token, and on a busy machine
            that costs more than the help gains.
        batch_tokens: prompt tokens evaluated at once.
        sampling: how tokens are chosen.
        use_mmap: map the file instead of reading it.
        flash_attention: use the fused attention.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        context_tokens: int = 2048,
        threads: int = 2,
        batch_tokens: int = 512,
        sampling: Sampling | None = None,
        use_mmap: bool = False,
        flash_attention: bool = True,
    ) -> None:
        self._context = ModelContext(
            model_path,
            context_tokens=context_tokens,
            threads=threads,
            batch_tokens=batch_tokens,
            sampling=sampling or Sampling(),
            use_mmap=use_mmap,
            flash_attention=flash_attention,
        )
        self.context_tokens = self._context.context_tokens
        try:
            self._history = TokenHistory(self._context, self._load_template(model_path))
        except ModelError:
            self._context.close()
            raise
        # Control tokens other than the marks of calls are never text.
        self._silent = frozenset(
            token for text, token in self._context.control_texts.items() if text not in MARKERS
        )
        self._open_reply: object | None = None
        self._prompt_length = 0

    def _load_template(self, model_path: Path) -> ChatTemplate:
        source = self._context.header.metadata.get("tokenizer.chat_template")
        if not isinstance(source, str):
            raise ModelError(
                "model_unfit",
                f"The model {model_path.name} has no chat template, so it cannot hold a conversation.",
                "Choose an instruction-tuned (chat) model.",
            )
        return ChatTemplate(
            source,
            bos=self._context.special_text("bos") if self._context.adds_bos else "",
            eos=self._context.special_text("eos"),
            control_texts=self._context.control_texts,
        )

    # --- the conversation -----------------------------------------------------------------------------

    def start(self, history: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        """Forget everything and process ``history``; starting with the same again restores it at once.

        Raises:
            TurnError: ``context_full`` if even its last turn does not fit; the conversation is empty then.
        """
        self._drop_open_reply()
        self._history.restart(history, tools)

    def reply(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken, max_tokens: int
    ) -> Iterator[ThinkerOutput]:
        """Append ``messages`` and yield one PromptDone, deltas, one GenerationDone.

        Work begins with the first ``next``. Cancelled, failed or abandoned (generator closed, or another
        method called meanwhile), the conversation is exactly as before the call. A reply cancelled
        while its prompt is read yields no PromptDone. A call the parser cannot read is neither spoken nor
        reported: the reason is ``stop`` and the text what stood beside it, often empty.

        Exhausting the iterator lets the thinker close the turn and take its snapshot while nobody waits.

        Raises:
            TurnError: ``context_full`` if this turn alone does not fit; ``evaluation_failed``.
        """
        self._drop_open_reply()
        reply = self._open_reply = object()
        self._history.begin_reply()
        try:
            expected: object | None = reply
            for output in self._generate(tuple(messages), cancel, max_tokens):
                if type(output) is GenerationDone:
                    # From here on it is part of the conversation.
                    self._open_reply = expected = None
                yield output
                if self._open_reply is not expected:
                    return
        except EvaluationCancelledError:
            tokens = max(0, len(self._history.tokens) - self._prompt_length)
            self._roll_back(reply)
            yield GenerationDone("cancelled", (), tokens)
        finally:
            self._roll_back(reply)

    def append(self, messages: Sequence[ChatMessage]) -> None:
        """Add and evaluate messages without generating.

        Raises:
            TurnError: as :meth:`reply`; the conversation is as before then.
        """
        self._drop_open_reply()
        before = self._history.now()
        try:
            self._history.extend(tuple(messages), generate=False, room=0)
            self._history.evaluate_pending(None)
        except (TurnError, ModelError):
            self._history.return_to(before)
            raise

    def complete(self, prompt: str, *, max_tokens: int = 128) -> str:
        """Answer one question outside the conversation, under the same system message.

        Tools are not run here: if the model only wants to call one, the call's text is returned.
        """
        self._drop_open_reply()
        before = self._history.now()
        start = self._history.start
        system = tuple(message for message in start.messages if message.role == "system")
        fresh = bool(system) and system == start.messages
        text = ""
        calls: tuple[ToolCall, ...] = ()
        try:
            self._history.return_to(start if fresh else Mark())
            question = (*(() if fresh else system), ChatMessage("user", prompt))
            for output in self._generate(question, CancelToken(), max_tokens):
                if isinstance(output, TextDelta):
                    text += output.text
                elif isinstance(output, GenerationDone):
                    calls = output.tool_calls
                    break
        finally:
            self._history.return_to(before)
        return text if text or not calls else write_tool_calls(calls, markers=False)

    def mark(self) -> int:
        """Take a snapshot; returns its id, valid until a rewind behind it or a start."""
        self._drop_open_reply()
        return self._history.mark()

    def rewind(self, mark: int) -> None:
        """Return to a snapshot; later marks are forgotten, this one stays.

        Raises:
            KeyError: no such mark.
        """
        self._history.marked(mark)  # an unknown mark leaves an open reply alone
        self._drop_open_reply()
        self._history.rewind(mark)

    # --- what it costs --------------------------------------------------------------------------------

    @property
    def token_ids(self) -> tuple[int, ...]:
        """The conversation's tokens, as the model read and wrote them."""
        return tuple(self._history.tokens)

    @property
    def evaluated_tokens(self) -> int:
        """Tokens evaluated since loading, generated ones included."""
        return self._context.evaluated_total

    def set_threads(self, n_decode: int, n_prompt: int) -> None:
        """Use so many threads for generation and for prompts from the next token on.

        Under a busy second core (speech being synthesised) one thread is faster than two: llama.cpp's
        threads wait spinning for each other.
        """
        self._context.set_threads(max(1, n_decode), max(1, n_prompt))

    def memory_bytes(self) -> int:
        """Return the bytes of weights, caches, work buffers and snapshots."""
        return self._context.memory_bytes() + self._history.snapshot_bytes()

    def close(self) -> None:
        """Free the model; idempotent. A reply still open ends at its next step."""
        self._open_reply = None
        self._context.close()
        self._history.drop_snapshots()

    # --- generating -----------------------------------------------------------------------------------

    def _generate(
        self, messages: tuple[ChatMessage, ...], cancel: CancelToken, max_tokens: int
    ) -> Iterator[ThinkerOutput]:
        """The reply itself; leaves the conversation extended, the caller cares for the way back."""
        if max_tokens < 1:
            raise ValueError("max_tokens must be at least 1")
        context, history, silent = self._context, self._history, self._silent
        self._prompt_length = len(history.tokens)
        if cancel.cancelled:
            raise EvaluationCancelledError
        history.extend(
            messages, generate=True, room=min(max_tokens, self.context_tokens // _REPLY_SHARE)
        )
        tokens = history.tokens
        self._prompt_length = len(tokens)
        if len(tokens) == context.evaluated:
            raise ValueError("there is nothing to answer")
        evaluated = history.evaluate_pending(cancel)
        context.reset_sampler()
        yield PromptDone(evaluated, len(tokens) - evaluated)

        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        calls = CallFilter(tool.name for tool in history.tools)
        limit = min(max_tokens, self.context_tokens - len(tokens))
        reason: Literal["stop", "length"] = "length"
        count = 0
        while not context.closed:
            token = context.sample()
            count += 1
            if token in context.end_tokens:
                reason = "stop"
                break
            tokens.append(token)
            text = "" if token in silent else decoder.decode(context.piece(token))
            spoken = calls.push(text) if text else ""
            if cancel.cancelled:
                raise EvaluationCancelledError
            if spoken:
                yield TextDelta(spoken)
                if cancel.cancelled:
                    raise EvaluationCancelledError
            if count >= limit:
                break
            context.step(token)
        spoken = calls.push(decoder.decode(b"", final=True))
        rest = calls.finish()
        if spoken + rest.text:
            yield TextDelta(spoken + rest.text)
            if cancel.cancelled:
                raise EvaluationCancelledError
        for malformed in rest.malformed:
            logger.debug("unreadable tool call, not spoken: %r", malformed)
        history.keep_sampled(self._prompt_length, rest.tool_calls)
        changes = history.changes
        yield GenerationDone("tool_calls" if rest.tool_calls else reason, rest.tool_calls, count)
        if not rest.tool_calls and history.changes == changes and not context.closed:
            # Nobody waits now: read the end of the turn, so that the next one is read alone.
            history.settle()

    def _roll_back(self, reply: object) -> None:
        """Undo ``reply`` unless it is done or was undone already."""
        if self._open_reply is reply:
            self._open_reply = None
            self._history.undo_reply()

    def _drop_open_reply(self) -> None:
        if self._context.closed:
            raise RuntimeError("this thinker is closed")
        if self._open_reply is not None:
            self._roll_back(self._open_reply)
