"""What the talk control shows: whether anybody listens, thinks or speaks now.

Owns that state and how events change it; pure. The microphone's level is not here: the control asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from assistant.events import (
    Event,
    ReplyStarted,
    SpeechIgnored,
    TalkChanged,
    TranscriptUpdated,
    TurnCancelled,
    TurnCommitted,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
    WorkerLost,
    WorkerReady,
    WorkerStarting,
)


class TalkState(Enum):
    """What the assistant does, as a person sees it."""

    OFF = "off"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class TalkShown:
    """The talk control.

    Attributes:
        is_live: microphone and loudspeaker are open.
        is_ready: the models are loaded.
        has_stopped: the worker was given up, so they will not be.
        is_hands_free: one just speaks; otherwise only while the talk key says so.
        is_muted: the microphone does not count by itself.
        is_pressed: the talk key or the control is held down now.
        is_key_on: somebody holds the microphone open by hand, held or tapped, here or from any program.
        is_tapped: the talk key is tapped before and after speaking, not held.
        turns: the turns under way and what each does, oldest first.
        ignored: what was last heard and is no question; None if nothing was.
    """

    is_live: bool = False
    is_ready: bool = False
    has_stopped: bool = False
    is_hands_free: bool = True
    is_muted: bool = False
    is_pressed: bool = False
    is_key_on: bool = False
    is_tapped: bool = False
    turns: tuple[tuple[int, TalkState], ...] = ()
    ignored: str | None = None

    @property
    def state(self) -> TalkState:
        """What to show: the hand first, then the newest turn."""
        if self.is_live and (self.is_pressed or self.is_key_on):
            return TalkState.LISTENING
        if self.turns:
            return self.turns[-1][1]
        return TalkState.IDLE if self.is_live else TalkState.OFF

    @property
    def hears(self) -> bool:
        """Whether speech counts now, so that the level is worth showing."""
        by_itself = self.is_hands_free and not self.is_muted and self.state is TalkState.IDLE
        return self.is_live and (by_itself or self.state is TalkState.LISTENING)

    @property
    def can_cancel(self) -> bool:
        """Whether there is something to stop."""
        return bool(self.turns) or self.is_key_on


def folded(talk: TalkShown, event: Event) -> TalkShown:
    """Return the control after an event; pure."""
    match event:
        case TurnStarted():
            talk = replace(_with(talk, event.turn_id, TalkState.LISTENING), ignored=None)
        case TranscriptUpdated():
            # The last word before the pause; whoever goes on speaking is listened to again.
            state = TalkState.THINKING if event.is_final else TalkState.LISTENING
            talk = _with(talk, event.turn_id, state)
        case TurnCommitted():
            talk = replace(_with(talk, event.turn_id, TalkState.THINKING), ignored=None)
        case ReplyStarted():
            talk = _with(talk, event.turn_id, TalkState.SPEAKING)
        case TurnFinished() | TurnInterrupted() | TurnCancelled() | TurnFailed():
            left = tuple(turn for turn in talk.turns if turn[0] != event.turn_id)
            talk = replace(talk, turns=left)
        case TalkChanged():
            talk = replace(talk, is_key_on=event.is_talking)
        case SpeechIgnored():
            talk = replace(talk, ignored=event.text)
        case WorkerReady() | WorkerLost():
            has_stopped = isinstance(event, WorkerLost) and not event.restarting
            is_ready = isinstance(event, WorkerReady)
            talk = replace(talk, is_ready=is_ready, has_stopped=has_stopped)
        case WorkerStarting():
            talk = replace(talk, has_stopped=False)
        case _:
            pass
    return talk


def _with(talk: TalkShown, turn_id: int, state: TalkState) -> TalkShown:
    turns = dict(talk.turns)
    turns[turn_id] = state
    return replace(talk, turns=tuple(sorted(turns.items())))
