"""The values of the turn machine: what it knows, what it is told, what it wants done.

Frozen and plain; `assistant.dialogue.turns` holds the transitions. A turn is named by (turn_id, revision,
generation): every revision is a new generation in the worker, and only a committed generation is ever
heard or may change anything outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["turn", "none"]
"""Whether a transcript is a turn, or nothing that should be answered (noise, echo, "mhm", no wake phrase)."""

# --- state --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UserTurn:
    """What the user is saying now.

    Attributes:
        over_reply: it began while a reply was to be heard: first ducked, then paused, then judged.
        asks: the worker may answer as soon as it has the transcript; otherwise it is judged first.
        by_key: the talk key says when it ends.
        trial: the worker was told to finish this revision's transcript.
        verdict: of the revision's transcript; None until there is one.
        answered: the worker has finished this revision's answer.
        due: the pause was long enough, only the verdict is awaited.
        paused: the reply was silenced for it.
    """

    turn_id: int
    generation: int
    revision: int = 1
    over_reply: bool = False
    asks: bool = True
    by_key: bool = False
    trial: bool = False
    verdict: Verdict | None = None
    answered: bool = False
    due: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class SpokenReply:
    """The committed turn whose reply is made or heard now."""

    turn_id: int
    generation: int
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """Everything the machine knows."""

    user: UserTurn | None = None
    reply: SpokenReply | None = None
    next_generation: int = 1


# --- news ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Onset:
    """Speech begins, or begins again after a pause, or the talk key is held.

    Attributes:
        turn_id: for a new turn, should this be one.
        must_judge: a transcript is needed before anybody may answer (a wake phrase is asked for).
        may_interrupt: whether speech over a reply counts at all.
    """

    turn_id: int
    by_key: bool = False
    must_judge: bool = False
    may_interrupt: bool = True


@dataclass(frozen=True, slots=True)
class Spoke:
    """The user has spoken for so long in this stretch."""

    speech_ms: float


@dataclass(frozen=True, slots=True)
class Silence:
    """The user pauses; ``is_enough`` when the pause ends the turn."""

    is_enough: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The stretch is closed: the endpoint, unless it ``was_nothing`` (too short to be speech)."""

    was_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The final transcript of a generation came, and what it is."""

    generation: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed question, or something to be said: committed at once."""

    turn_id: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The worker has finished a generation."""

    generation: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The worker stopped or failed a generation; it tells the outside itself."""

    generation: int


@dataclass(frozen=True, slots=True)
class Played:
    """The last sample of a generation was heard."""

    generation: int


@dataclass(frozen=True, slots=True)
class CancelKey:
    """Stop everything."""


News = (
    Onset | Spoke | Silence | Ended | Transcribed | Typed | Answered | Broken | Played | CancelKey
)

# --- actions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a revision in the worker, with all the turn's audio so far; ``asks`` as in UserTurn."""

    turn_id: int
    generation: int
    revision: int
    asks: bool
    is_quiet: bool
    """Nobody is told yet that a turn began: it may be an echo or a "mhm"."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Tell the worker that the revision's audio is complete."""

    turn_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Undo a revision wherever it has got to; nothing of it was heard or done."""

    turn_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class Drop:
    """The user's turn is no turn; its generation was taken back."""

    turn_id: int
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Commit:
    """From now on this generation is heard and its tools may act.

    Attributes:
        ask: its transcript was judged first: put it to the thinker now, under this generation.
    """

    turn_id: int
    generation: int
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Silence a reply for good; the conversation keeps what was heard of it."""

    turn_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class Close:
    """No more audio of this generation comes; tell when it has been heard."""

    generation: int


@dataclass(frozen=True, slots=True)
class Conclude:
    """The turn is over, heard to its end."""

    turn_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class Volume:
    """How the reply sounds while somebody speaks over it."""

    level: Literal["full", "ducked", "paused"]


Action = Open | Finish | TakeBack | Drop | Commit | Interrupt | Close | Conclude | Volume
