"""The conversation of one thinker: its messages, their tokens, and the state llama.cpp has of them.

Owns the bookkeeping between the three, and every way back to an earlier one. Deliberately samples nothing
and knows no cancelled or abandoned replies (:mod:`assistant.engines.llama` does).

How the past stays unread: a reply's sampled ids stay in the conversation as they are, and only the
difference between the rendered conversation before and after new messages is tokenised. LFM2 is a hybrid
model whose state cannot be cut back, so every way back restores a snapshot. Only a template that rewrites
the past, or a full context, cost a full evaluation; both are logged.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.engines.base import CancelToken, ChatMessage, ToolCall, ToolSpec
from assistant.engines.chat_template import ChatTemplate, SampledMessage
from assistant.engines.model_context import ModelContext, Snapshot
from assistant.errors import TurnError

__all__ = ["Mark", "TokenHistory"]

logger = logging.getLogger(__name__)

_KEPT_SNAPSHOTS: Final = 2
"""Marks whose state is kept; older ones keep their tokens only and are read again when needed. The worker
goes back to the mark before the turn in hand or before the last one. A state is 25 MB in a full context of
2048 tokens (LFM2): eight made the worker grow by 150 MB over a conversation (replicas, 2026-11-21)."""
_SHORTEST_REPLY: Final = 16
"""Tokens of room below which a turn does not fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A conversation as it was: ``text`` is what ``tokens`` spell, the snapshot covers their beginning."""

    messages: tuple[ChatMessage, ...] = ()
    text: str = ""
    tokens: tuple[int, ...] = ()
    snapshot: Snapshot = Snapshot(0, None)  # noqa: RUF009 - frozen


class TokenHistory:
    """A conversation over ``context``, empty at first; nobody else may restore or clear that context.

    Threads: as for the context, one at a time.

    Attributes:
        tokens: the conversation's ids, some of them perhaps not evaluated yet. Whoever samples appends to
            the list, and then calls :meth:`keep_sampled` or returns to an earlier mark.
        tools: what the template is told of tools.
        start: the conversation as :meth:`restart` left it.
        changes: differs whenever messages were added or the conversation returned to a mark since.
    """

    def __init__(self, context: ModelContext, template: ChatTemplate) -> None:
        self._context = context
        self._template = template
        self._messages: tuple[ChatMessage, ...] = ()
        self._text = ""
        self.tokens: list[int] = []
        self.tools: tuple[ToolSpec, ...] = ()
        self.start = Mark()
        self.changes = 0
        self._before_reply = Mark()
        self._latest: Mark | None = None
        self._marks: dict[int, Mark] = {}
        self._next_mark = 1

    # --- going on -------------------------------------------------------------------------------------

    def restart(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        """Forget everything, marks too, and evaluate ``messages``; the same as last time cost nothing.

        Raises:
            TurnError: as :meth:`extend`; the conversation is empty then.
        """
        self._marks.clear()
        self.return_to(Mark())
        self.tools = tuple(tools)
        earlier, self.start = self.start, Mark()
        if messages:
            self.extend(tuple(messages), generate=False, room=0)
        if self.tokens == list(earlier.tokens):
            self._context.restore(earlier.snapshot)
        self.evaluate_pending(None)
        self.start = self.now()

    def extend(self, new: tuple[ChatMessage, ...], *, generate: bool, room: int) -> None:
        """Add messages (and the opening of a reply) to text and tokens; evaluates nothing yet.

        Whole old turns are dropped where fewer than ``room`` tokens would stay free.

        Raises:
            TurnError: ``context_full`` if the last turn alone does not fit; nothing is added then.
        """
        messages = (*self._messages, *new)
        text = self._render(messages, generate=generate)
        if text.startswith(self._text):
            tokens = [*self.tokens, *self._context.tokenize(text[len(self._text) :])]
        else:
            logger.info("the chat template rewrites the past: the conversation is read again")
            tokens = self._context.tokenize(text)
        if len(tokens) + room > self._context.context_tokens:
            messages, text, tokens = self._shorten(messages, tokens, generate=generate, room=room)
        self._messages, self._text = messages, text
        self._latest = None
        self.changes += 1
        if tokens[: self._context.evaluated] != self.tokens[: self._context.evaluated]:
            self._context.restore(self._best_snapshot(tokens))
        self.tokens = tokens

    def evaluate_pending(self, cancel: CancelToken | None) -> int:
        """Evaluate the tokens not evaluated yet; returns how many that were.

        Raises:
            EvaluationCancelledError, TurnError: as :meth:`ModelContext.evaluate`; return to a mark then.
        """
        pending = self.tokens[self._context.evaluated :]
        if pending:
            self._latest = None
            self._context.evaluate(pending, cancel)
        return len(pending)

    def keep_sampled(self, since: int, calls: tuple[ToolCall, ...]) -> None:
        """Make ``tokens[since:]`` an assistant message whose text is exactly what they spell."""
        pieces = b"".join(map(self._context.piece, self.tokens[since:]))
        written = pieces.decode(errors="replace")
        self._messages = (*self._messages, SampledMessage("assistant", written, calls))
        self._text += written
        self._latest = None

    def settle(self) -> None:
        """Evaluate the end of the last turn and take a snapshot, unless the next must make room first."""
        if len(self.tokens) + _SHORTEST_REPLY > self._context.context_tokens:
            return
        text = self._render(self._messages, generate=False)
        if text.startswith(self._text):
            self.tokens += self._context.tokenize(text[len(self._text) :])
            self._text = text
            self.evaluate_pending(None)
            self.now()

    # --- ways back ------------------------------------------------------------------------------------

    def now(self) -> Mark:
        """Return the conversation as it is; copied once, however often asked."""
        if self._latest is None:
            self._latest = Mark(
                self._messages, self._text, tuple(self.tokens), self._context.snapshot()
            )
        return self._latest

    def return_to(self, mark: Mark) -> None:
        """Be as at ``mark`` again; without its snapshot, what no other one covers is pending then."""
        if self._context.closed:
            return
        snapshot = mark.snapshot
        if snapshot.state is None and mark.tokens:
            snapshot = self._best_snapshot(mark.tokens)
        self._context.restore(snapshot)
        self._messages, self._text, self.tokens = mark.messages, mark.text, list(mark.tokens)
        self._latest = mark if snapshot is mark.snapshot else None
        self.changes += 1

    def begin_reply(self) -> None:
        """Remember the conversation as it is for :meth:`undo_reply`."""
        self._before_reply = self.now()

    def undo_reply(self) -> None:
        """Be as at the last :meth:`begin_reply` again."""
        self.return_to(self._before_reply)

    def mark(self) -> int:
        """Keep the conversation as it is; returns a number for :meth:`rewind`."""
        number, self._next_mark = self._next_mark, self._next_mark + 1
        self._marks[number] = self.now()
        for old in list(self._marks)[:-_KEPT_SNAPSHOTS]:
            self._marks[old] = dataclasses.replace(self._marks[old], snapshot=Snapshot(0, None))
        return number

    def marked(self, number: int) -> Mark:
        """Return what :meth:`mark` kept under ``number``.

        Raises:
            KeyError: no such mark, or none any more.
        """
        return self._marks[number]

    def rewind(self, number: int) -> None:
        """Be as at the mark again; later marks are forgotten, this one stays.

        Raises:
            KeyError: as :meth:`marked`.
        """
        found = self.marked(number)
        self._marks = {one: kept for one, kept in self._marks.items() if one <= number}
        self.return_to(found)

    def snapshot_bytes(self) -> int:
        """Return the bytes of all snapshots held, each counted once."""
        marks = [*self._marks.values(), self.start, self._before_reply, self._latest or Mark()]
        return sum({id(mark.snapshot): mark.snapshot.size_bytes for mark in marks}.values())

    def drop_snapshots(self) -> None:
        """Free all snapshots and forget all marks; the tokens stay readable."""
        self._marks.clear()
        self.start = self._before_reply = Mark()
        self._latest = None

    # --- inside ---------------------------------------------------------------------------------------

    def _render(self, messages: tuple[ChatMessage, ...], *, generate: bool) -> str:
        return self._template.render(messages, self.tools, add_generation_prompt=generate)

    def _shorten(
        self, messages: tuple[ChatMessage, ...], tokens: list[int], *, generate: bool, room: int
    ) -> tuple[tuple[ChatMessage, ...], str, list[int]]:
        """Drop whole turns after the system message, oldest first, until a quarter of the context is free.

        More than needed, because dropping costs a full evaluation: it should not happen every turn.
        """
        context_tokens = self._context.context_tokens
        roles = [message.role for message in messages]
        system = next((n for n, role in enumerate(roles) if role != "system"), len(roles))
        turns = [n for n, role in enumerate(roles) if role == "user"]
        goal = min(context_tokens * 3 // 4, context_tokens - room)
        kept, text = messages, self._render(messages, generate=generate)
        for first in turns[1:]:
            if len(tokens) <= goal:
                break
            kept = (*messages[:system], *messages[first:])
            text = self._render(kept, generate=generate)
            tokens = self._context.tokenize(text)
        if len(tokens) + min(room, _SHORTEST_REPLY) > context_tokens:
            raise TurnError(
                "llm",
                "context_full",
                f"This is too long for the thinker: {len(tokens)} of {context_tokens} tokens.",
                "Say it in fewer words, or raise the thinker's context_tokens in the settings.",
            )
        if kept is not messages:
            logger.info("context full: %d old messages dropped", len(messages) - len(kept))
        return kept, text, tokens

    def _best_snapshot(self, tokens: Sequence[int]) -> Snapshot:
        """The longest snapshot at hand that is a true beginning of ``tokens``."""
        best = Snapshot(0, None)
        for mark in (self.start, self._before_reply, *self._marks.values()):
            length = mark.snapshot.evaluated
            if best.evaluated < length < len(tokens) and mark.tokens[:length] == tuple(
                tokens[:length]
            ):
                best = mark.snapshot
        return best
