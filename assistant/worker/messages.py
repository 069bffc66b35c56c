"""Everything that crosses the border between the window's process and the worker, in pipeline order.

Plain frozen values, pickled through one pipe. ``turn_id`` names the turn; ``generation`` is on everything
that can be cancelled: ``Cancel(g)`` makes every message of generation <= g stale, on both sides (or only
those of g). Times are
seconds on :func:`assistant.metrics.now_s`, which both processes share.

Nothing here has behaviour; `assistant.worker.client` and `assistant.worker.main` speak it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.engines.base import ChatMessage, Samples, ToolSpec
from assistant.events import Stage
from assistant.metrics import TurnTimings

# === to the worker ====================================================================================


@dataclass(frozen=True, slots=True)
class StartConversation:
    """First message after Ready, and again to begin anew: read this history, know these tools.

    The worker answers :class:`ConversationStarted`.
    """

    history: tuple[ChatMessage, ...]
    tools: tuple[ToolSpec, ...]


@dataclass(frozen=True, slots=True)
class OpenUtterance:
    """The user begins to speak; TurnAudio follows, then EndUtterance.

    Attributes:
        reply: False when only the transcript is wanted.
    """

    turn_id: int
    generation: int
    reply: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class TurnAudio:
    """More microphone audio: float32, shape (n,), mono, at the recogniser's rate."""

    turn_id: int
    generation: int
    samples: Samples


@dataclass(frozen=True, slots=True)
class EndUtterance:
    """The endpoint: the turn is the user's no longer. The worker answers Transcript, then replies.

    Attributes:
        last_speech: when the last sample of speech was captured; None if unknown.
        endpoint: when it was decided that the turn is over.
    """

    turn_id: int
    generation: int
    last_speech: float | None
    endpoint: float


@dataclass(frozen=True, slots=True)
class AskText:
    """A question in words: typed, or heard and judged before.

    Attributes:
        submitted: when; for typed text this is the endpoint.
        heard: the stamps of a question that was spoken; None for a typed one.
    """

    turn_id: int
    generation: int
    text: str
    submitted: float
    heard: TurnTimings | None = None


@dataclass(frozen=True, slots=True)
class SpeakText:
    """Say this text as it is; no recogniser, no thinker, nothing added to the conversation."""

    turn_id: int
    generation: int
    text: str
    submitted: float


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The answer to one ToolRequested."""

    turn_id: int
    generation: int
    call_index: int
    result: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop all work of this generation; handled while an engine runs.

    Attributes:
        and_older: also that of every older generation.
    """

    generation: int
    and_older: bool = True


@dataclass(frozen=True, slots=True)
class AmendTurn:
    """What a turn has added to the conversation is taken back, and ``messages`` stand in its place.

    Sent for the newest turn only, after its Cancel: it may be over already, or never have begun.
    """

    turn_id: int
    generation: int
    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you alive? Answered at once by the worker's reader thread with Pong."""

    sequence: int


@dataclass(frozen=True, slots=True)
class ReadPoolStats:
    """Asks for PoolStatsRead."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Cancel everything, free the models, answer Exiting and end."""


Request = (
    StartConversation
    | OpenUtterance
    | TurnAudio
    | EndUtterance
    | AskText
    | SpeakText
    | ToolResult
    | Cancel
    | AmendTurn
    | Ping
    | ReadPoolStats
    | Shutdown
)


# === from the worker ==================================================================================


@dataclass(frozen=True, slots=True)
class Loading:
    """A model is being loaded; sent before each of the set."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Ready:
    """All models of the set are loaded and warm; the worker waits for StartConversation.

    Attributes:
        models: name of the model that really serves, by role.
        load_s: seconds from process start.
        fallbacks: one sentence for each model that serves in another's place.
        replicas: roles whose model has random weights; what it says means nothing.
    """

    models: Mapping[str, str]
    load_s: float
    fallbacks: tuple[str, ...]
    replicas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartFailed:
    """A model did not load, or the history cannot be read; the parent ends the process after this."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ConversationStarted:
    """The history is processed.

    Attributes:
        compute_ms: how long that took.
    """

    compute_ms: float


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """What is heard so far; may still change."""

    turn_id: int
    generation: int
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """The final transcript; empty when no speech was found."""

    turn_id: int
    generation: int
    text: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class EndJudged:
    """Whether the user has finished, by how it sounded; sent after Transcript where Smart Turn is installed.

    Attributes:
        probability: in [0, 1] that nothing more comes.
    """

    turn_id: int
    generation: int
    probability: float


@dataclass(frozen=True, slots=True)
class ReplyText:
    """More answer text."""

    turn_id: int
    generation: int
    delta: str


@dataclass(frozen=True, slots=True)
class ToolRequested:
    """The thinker wants a tool run; the worker waits for ToolResult (or Cancel)."""

    turn_id: int
    generation: int
    call_index: int
    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class SpeechChunk:
    """Reply audio, in order; the piece's ``text`` rides on its first chunk, empty on the others."""

    turn_id: int
    generation: int
    samples: Samples
    rate_hz: int
    text: str


@dataclass(frozen=True, slots=True)
class TurnDone:
    """The turn ended well; all its SpeechChunks were sent before.

    Attributes:
        transcript: what the thinker was asked.
        reply: all of the answer text.
        messages: what the turn added to the conversation, for replay after a restart.
        timings: the worker's stamps; the receiver adds its own (first_audio, finished).
    """

    turn_id: int
    generation: int
    transcript: str
    reply: str
    messages: tuple[ChatMessage, ...]
    timings: TurnTimings


@dataclass(frozen=True, slots=True)
class TurnStopped:
    """The turn was cancelled and rolled back; a result, not an error."""

    turn_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class StageFailed:
    """One stage of the turn failed; the turn is rolled back, the worker goes on.

    Attributes:
        traceback_text: for the log, never for the screen.
    """

    turn_id: int
    generation: int
    stage: Stage
    code: str
    message: str
    hint: str
    traceback_text: str


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to Ping.

    Attributes:
        busy: whether a turn is being worked on.
        beat: grows with every token, audio chunk and stage; standing still while busy means hung.
    """

    sequence: int
    busy: bool
    beat: int


@dataclass(frozen=True, slots=True)
class PoolStatsRead:
    """The answer to ReadPoolStats: see `assistant.pool.pool.PoolStats`, as plain mappings."""

    stats: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log record of the worker, formatted there, to be replayed in the parent's logging tree."""

    logger: str
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Exiting:
    """The models are freed; the process ends now."""


Reply = (
    Loading
    | Ready
    | StartFailed
    | ConversationStarted
    | PartialTranscript
    | Transcript
    | EndJudged
    | ReplyText
    | ToolRequested
    | SpeechChunk
    | TurnDone
    | TurnStopped
    | StageFailed
    | Pong
    | PoolStatsRead
    | LogLine
    | Exiting
)
