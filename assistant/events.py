"""What the outside (terminal, window, history) may see of a running assistant, in the order it happens.

Frozen values without behaviour. Positions and durations carry their unit in the name. Nothing here knows
how the events are made; see `assistant.metrics` for what each stamp means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.metrics import TurnTimings

Stage = Literal["stt", "llm", "tool", "tts"]


# --- the worker's life --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkerStarting:
    """The worker process was started and loads its models; sent again on every restart."""

    attempt: int


@dataclass(frozen=True, slots=True)
class ModelLoading:
    """One model of the set is being loaded now (for a progress line)."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """Every model of the set is loaded and warm.

    Attributes:
        models: model name by role (``stt``, ``thinker``, ``tts``).
        load_s: seconds from process start to ready.
        fallbacks: sentences about models that did not load and what serves instead; usually empty.
        replicas: roles whose model has random weights, for measuring only; usually empty.
    """

    models: Mapping[str, str]
    load_s: float
    fallbacks: tuple[str, ...] = ()
    replicas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """The worker is gone; ``restarting`` says whether another one is being started.

    Attributes:
        code: ``worker_crashed``, ``worker_hung``, ``worker_too_big``, ``worker_start_timeout``, or the
            code of the model that did not load.
        message: one plain sentence.
        hint: what to do next; may be empty.
    """

    code: str
    message: str
    hint: str
    restarting: bool


@dataclass(frozen=True, slots=True)
class ModelsRefused:
    """Other models were asked for and cannot serve; those before them serve on.

    Attributes as in WorkerLost.
    """

    code: str
    message: str
    hint: str


# --- one turn -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A turn has begun: speech is arriving or text was typed."""

    turn_id: int


@dataclass(frozen=True, slots=True)
class TranscriptUpdated:
    """What was heard so far; the last one of a turn has ``is_final`` and is empty if nothing was said."""

    turn_id: int
    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class TurnCommitted:
    """The user's turn is over for certain: from here on the answer may be heard.

    Attributes:
        revision: how often the user had paused and gone on, plus one.
    """

    turn_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class ToolUsed:
    """A tool was called and answered.

    Attributes:
        name: the tool.
        arguments: as the thinker gave them.
        result: the tool's JSON object; ``{"error": sentence}`` when it could not.
        duration_ms: time inside the tool.
    """

    turn_id: int
    name: str
    arguments: Mapping[str, object]
    result: Mapping[str, object]
    duration_ms: float


@dataclass(frozen=True, slots=True)
class ReplyUpdated:
    """More reply text; concatenate the deltas."""

    turn_id: int
    delta: str


@dataclass(frozen=True, slots=True, eq=False)
class ReplyAudio:
    """Reply audio, in order; the turn's end event says that no more follows.

    Attributes:
        samples: float32, shape (n,), mono, read-only, at ``rate_hz``.
        text: the piece of text that begins with these samples; empty on its later chunks.
    """

    turn_id: int
    samples: NDArray[np.float32]
    rate_hz: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The first audible sample of the reply went to the loudspeaker.

    Attributes:
        latency_ms: what the device says it takes from there to the air.
    """

    turn_id: int
    latency_ms: float


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The turn is over and part of the conversation."""

    turn_id: int
    transcript: str
    reply: str
    timings: TurnTimings


@dataclass(frozen=True, slots=True)
class TurnInterrupted:
    """The reply was cut short, by speech or by the cancel key; the conversation keeps what was heard.

    Attributes:
        reply: all of the answer text there was.
        heard: the part of it that was played.
    """

    turn_id: int
    transcript: str
    reply: str
    heard: str
    timings: TurnTimings


@dataclass(frozen=True, slots=True)
class TurnCancelled:
    """The turn was cancelled; nothing of it stays in the conversation."""

    turn_id: int


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """The turn ended with an error; the conversation goes on.

    Attributes:
        stage: where it failed.
        code: stable text.
        message: one plain sentence.
        hint: what to do next.
    """

    turn_id: int
    stage: Stage | Literal["worker"]
    code: str
    message: str
    hint: str


# --- on its own ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer set by the timers tool ran out; ``name`` may be empty."""

    name: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class MicrophoneChanged:
    """The microphone was opened, lost, found again, or delivers only zeros.

    Attributes:
        name: of the device; may be empty.
        message: one plain sentence if something is wrong, otherwise empty.
    """

    name: str
    state: Literal["open", "lost", "silent"]
    message: str = ""


@dataclass(frozen=True, slots=True)
class LoudspeakerChanged:
    """The loudspeaker was opened, lost or found again; attributes as in MicrophoneChanged."""

    name: str
    state: Literal["open", "lost"]
    message: str = ""


@dataclass(frozen=True, slots=True)
class SpeechIgnored:
    """Something was said that is no turn: a "mhm", the reply's own echo, no wake phrase, or no words.

    Attributes:
        text: what was understood; may be empty.
    """

    text: str


@dataclass(frozen=True, slots=True)
class ListeningChanged:
    """Whether the microphone counts now: False while muted, or without the talk key."""

    is_listening: bool


@dataclass(frozen=True, slots=True)
class TalkChanged:
    """Whether somebody holds the microphone open: by key, tap, button or global key, in either mode.

    False also when that ended by itself: cancelled, the longest turn reached, the microphone lost. Word of it
    comes after the hand: while a release may still be a bouncing contact, it counts as held.
    """

    is_talking: bool


@dataclass(frozen=True, slots=True)
class HistoryTrouble:
    """What is said cannot be written down now; it is kept in memory and tried again.

    Attributes as in WorkerLost.
    """

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class HistoryWritten:
    """What was held back has been written down after all."""


TurnEnd = TurnFinished | TurnInterrupted | TurnCancelled | TurnFailed
TurnEvent = (
    TurnStarted
    | TranscriptUpdated
    | TurnCommitted
    | ToolUsed
    | ReplyUpdated
    | ReplyAudio
    | ReplyStarted
    | TurnEnd
)
WorkerEvent = WorkerStarting | ModelLoading | WorkerReady | WorkerLost | ModelsRefused
DeviceEvent = (
    MicrophoneChanged | LoudspeakerChanged | ListeningChanged | TalkChanged | SpeechIgnored
)
HistoryEvent = HistoryTrouble | HistoryWritten
Event = WorkerEvent | TurnEvent | DeviceEvent | HistoryEvent | TimerDue
