"""Rows of the history file and the values they stand for.

Owns the order of the columns. Runs no SQL.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.history.past import (
    ConversationLine,
    PastTurn,
    ToolCall,
    stamps,
    storable,
    timings_from,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

END_OF_TIME_MS = 2**62
"""Later than any moment."""

TURN_COLUMNS = (
    "key, at_ms, ending, transcript, reply, heard, failure, tools, timings, models, set_name"
)


def to_ms(moment: datetime) -> int:
    """Return milliseconds since 1970, UTC."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """Return the moment that so many milliseconds since 1970 are, in UTC."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def row_of(turn: PastTurn) -> tuple[object, ...]:
    """Return a turn's values in the order of `TURN_COLUMNS`."""
    return (
        turn.key,
        to_ms(turn.at),
        turn.ending,
        storable(turn.transcript),
        storable(turn.reply),
        None if turn.heard is None else storable(turn.heard),
        storable(turn.failure),
        _json([asdict(tool) for tool in turn.tools]),
        _json(stamps(turn.timings)),
        _json(dict(turn.models)),
        turn.set_name,
    )


def turn_of(row: Sequence[Any]) -> PastTurn:
    """Return the turn of a row in the order of `TURN_COLUMNS`."""
    key, at_ms, ending, transcript, reply, heard, failure, tools, timings, models, set_name = row
    return PastTurn(
        key=key,
        at=from_ms(at_ms),
        ending=ending,
        transcript=transcript,
        reply=reply,
        heard=heard,
        failure=failure,
        tools=tuple(ToolCall(**each) for each in json.loads(tools)),
        timings=timings_from(json.loads(timings)),
        models=json.loads(models),
        set_name=set_name,
    )


def line_of(row: Sequence[Any]) -> ConversationLine:
    """Return the conversation of a row: id, key, title, first and newest turn, count of turns."""
    conversation_id, key, title, started_at_ms, updated_at_ms, turn_count = row
    return ConversationLine(
        conversation_id, key, title, from_ms(started_at_ms), from_ms(updated_at_ms), turn_count
    )


def _json(value: object) -> str:
    return storable(json.dumps(value, ensure_ascii=False, default=str))
