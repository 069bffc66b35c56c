"""The Protocols every engine follows, and the plain values that cross them.

Owns the vocabulary between the pipeline and the models. Deliberately knows no concrete engine: adding
one is one module plus one catalogue entry.

Threads: an engine is used by one thread at a time (the worker's turn thread, or its speech thread for
synthesisers); only :class:`CancelToken` may be touched from several threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono audio: float32, shape (n,), nominally in [-1, 1], at a rate named beside it."""


class CancelToken:
    """Says, from any thread, that the work in hand is no longer wanted.

    Engines poll it once per token or audio chunk, or have themselves called; cancelled work ends quietly
    (cancelled is a result, not an error).
    """

    def __init__(self) -> None:
        # Held while callbacks run, so that one that was unsubscribed is not running any more either.
        self._lock = threading.RLock()
        self._cancelled = False
        self._callbacks: dict[object, Callable[[], None]] = {}

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called; never blocks."""
        return self._cancelled

    def cancel(self) -> None:
        """Mark the work unwanted and call whoever asked for it; idempotent, any thread."""
        with self._lock, ExitStack() as calls:
            self._cancelled = True
            callbacks, self._callbacks = self._callbacks, {}
            for callback in reversed(callbacks.values()):
                calls.callback(callback)  # each is called, in order, even when another one raises

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have ``callback`` called once, when the work is cancelled: now if it is already; any thread.

        The callback runs in the cancelling thread: it must be short and wait for nothing.

        Returns:
            What ends that, idempotent, any thread: once it has returned, the callback neither runs nor
            will, and nothing here refers to it.
        """
        key = object()
        with self._lock:
            if self._cancelled:
                callback()
            else:
                self._callbacks[key] = callback

        def unsubscribe() -> None:
            with self._lock:
                self._callbacks.pop(key, None)

        return unsubscribe


# --- speech to text -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a recogniser heard.

    Attributes:
        text: words as the engine writes them; empty when no speech was found.
        confidence: in [0, 1], or None where the engine has none.
        is_final: False for a partial that may still change.
    """

    text: str
    confidence: float | None = None
    is_final: bool = True


@runtime_checkable
class RecognizerStream(Protocol):
    """One utterance being recognised."""

    def feed(self, samples: Samples) -> str | None:
        """Take more audio (any length); return the partial text when it changed, else None."""
        ...

    def finish(self) -> Recognition:
        """Return the final text; the stream is spent afterwards."""
        ...

    def cancel(self) -> None:
        """Forget the utterance; idempotent."""
        ...


@runtime_checkable
class Recognizer(Protocol):
    """Speech to text. ``rate_hz`` is the only rate :meth:`RecognizerStream.feed` accepts."""

    rate_hz: int
    languages: tuple[str, ...]

    def open(self) -> RecognizerStream:
        """Start an utterance; an engine serves one at a time."""
        ...

    def close(self) -> None:
        """Free the model; idempotent."""
        ...


# --- the thinker --------------------------------------------------------------------------------------

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call the thinker asked for.

    Attributes:
        name: the tool's name, as the model wrote it (it may not exist).
        arguments: by keyword; values are JSON scalars, lists or objects.
    """

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation.

    Attributes:
        role: who speaks.
        content: the text; for role ``tool`` the result as a JSON object; for an assistant message that
            called tools, the text beside the calls (often empty).
        tool_calls: the calls of an assistant message.
    """

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it: name, one sentence, JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PromptDone:
    """The prompt is processed; the first token comes next.

    Attributes:
        evaluated_tokens: tokens the model had to read now.
        reused_tokens: tokens of earlier turns whose state was kept.
    """

    evaluated_tokens: int
    reused_tokens: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More answer text; concatenated deltas are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class GenerationDone:
    """The thinker stopped.

    Attributes:
        reason: ``stop`` (end token), ``tool_calls``, ``length`` (token limit) or ``cancelled``.
        tool_calls: what it wants done when the reason is ``tool_calls``.
        generated_tokens: tokens sampled, the end token included.
    """

    reason: Literal["stop", "tool_calls", "length", "cancelled"]
    tool_calls: tuple[ToolCall, ...]
    generated_tokens: int


ThinkerOutput = PromptDone | TextDelta | GenerationDone


@runtime_checkable
class Thinker(Protocol):
    """A language model holding one append-only conversation.

    The caller owns the meaning of the history; the engine owns its tokens and state. ``reply`` appends
    messages and generates; when it ends normally the sampled reply is part of the conversation.
    """

    context_tokens: int

    def start(self, history: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        """Forget everything and process ``history`` (system message first); keep a snapshot of it."""
        ...

    def reply(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken, max_tokens: int
    ) -> Iterator[ThinkerOutput]:
        """Append ``messages`` (user or tool) and yield one PromptDone, deltas, one GenerationDone.

        After a cancel the unfinished messages and reply are rolled back to the state before the call.
        """
        ...

    def mark(self) -> int:
        """Take a snapshot of the conversation as it is; returns its id (cheap: some MB, some ms)."""
        ...

    def rewind(self, mark: int) -> None:
        """Return to a snapshot, forgetting what came later; unknown ids raise KeyError."""
        ...

    def append(self, messages: Sequence[ChatMessage]) -> None:
        """Add messages without generating (what was really heard of an interrupted reply)."""
        ...

    def complete(self, prompt: str, *, max_tokens: int = 128) -> str:
        """Answer one question outside the conversation (the seeds' ``get("tiny")("prompt")``)."""
        ...

    def close(self) -> None:
        """Free the model; idempotent."""
        ...


# --- text to speech -----------------------------------------------------------------------------------


@runtime_checkable
class Synthesizer(Protocol):
    """Text to speech. ``rate_hz`` is the rate of every chunk :meth:`synthesize` yields."""

    rate_hz: int
    languages: tuple[str, ...]

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        """Speak one piece of normalised text; yields chunks as they are ready, ends early on cancel."""
        ...

    def close(self) -> None:
        """Free the model; idempotent."""
        ...
