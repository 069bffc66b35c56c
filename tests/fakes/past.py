"""Past turns to put into a history, and the events such turns come from."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from assistant.events import (
    Event,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnCommitted,
    TurnFinished,
    TurnStarted,
)
from assistant.history.past import ConversationLine, PastConversation, PastTurn, ToolCall
from assistant.metrics import TurnTimings

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

_numbers = itertools.count(1)

TIMINGS = TurnTimings(
    last_speech=1.0,
    soft_end=1.2,
    endpoint=1.4,
    stt_done=1.28,
    prompt_done=1.32,
    first_token=1.33,
    first_piece=1.4,
    tts_first=1.46,
    first_audio=1.48,
    finished=3.0,
    stt_compute_ms=310.0,
    prompt_tokens_evaluated=31,
    prompt_tokens_reused=220,
    generated_tokens=24,
    decode_s=0.4,
)
"""Seconds since the turn began: stt 80 ms, llm 120, tts 60, e2e 80, mouth to ear 480."""


def past_turn(
    question: str = "what time is it",
    answer: str = "It is noon.",
    *,
    at: datetime = NOON,
    heard: str | None = None,
    failure: str = "",
    tools: tuple[ToolCall, ...] = (),
    timings: TurnTimings = TIMINGS,
) -> PastTurn:
    """A turn with a key of its own."""
    return PastTurn(
        key=f"turn-{next(_numbers)}",
        at=at,
        ending="failed" if failure else "finished" if heard is None else "interrupted",
        transcript=question,
        reply=answer,
        heard=heard,
        failure=failure,
        tools=tools,
        timings=timings,
        models={"stt": "ears", "thinker": "brain", "tts": "mouth"},
        set_name="starter",
    )


def past_conversation(turns: Sequence[PastTurn], title: str = "A talk") -> PastConversation:
    """The conversation of these turns, as a store would give it back."""
    line = ConversationLine(1, "conversation", title, turns[0].at, turns[-1].at, len(turns))
    return PastConversation(line, tuple(turns))


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def said(
    turn_id: int,
    question: str,
    answer: str,
    timings: TurnTimings | None = None,
    tools: Sequence[ToolUsed] = (),
) -> list[Event]:
    """The events of a turn that ended well."""
    return [
        TurnStarted(turn_id),
        TranscriptUpdated(turn_id, question[:3], is_final=False),
        TranscriptUpdated(turn_id, question, is_final=True),
        TurnCommitted(turn_id, 1),
        *tools,
        ReplyUpdated(turn_id, answer[:5]),
        ReplyUpdated(turn_id, answer[5:]),
        TurnFinished(turn_id, question, answer, timings if timings is not None else TurnTimings()),
    ]
