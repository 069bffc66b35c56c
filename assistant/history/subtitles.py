"""A past conversation as subtitles (SubRip, .srt): who said what when, from its beginning.

Pure functions. The format has no standard and no way to escape; what players agree on is described at
https://en.wikipedia.org/wiki/SubRip: number, "HH:MM:SS,mmm --> HH:MM:SS,mmm", text, empty line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.history.export import Names
from assistant.history.past import PastConversation, PastTurn

LINE_CHARACTERS = 42
"""Longest line and"""
CUE_LINES = 2
"""most lines of a subtitle: what the BBC's and Netflix's guides allow."""

READING_CHARACTERS_PER_S = 17.0
"""Where it is not known how long something was said: the reading speed of the same guides for adults."""

SHORTEST_MS = 1000
"""Shortest time on the screen, if the next subtitle leaves it."""

_MARKUP = re.compile(r"([<{&])(?=\S)")


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle; milliseconds since the conversation began."""

    start_ms: int
    end_ms: int
    text: str


def as_srt(conversation: PastConversation, names: Names | None = None) -> str:
    """Return the subtitles of a conversation."""
    blocks = [
        f"{number}\n{timecode(cue.start_ms)} --> {timecode(cue.end_ms)}\n{cue.text}\n"
        for number, cue in enumerate(cues(conversation, names), start=1)
    ]
    return "\n".join(blocks)


def timecode(milliseconds: int) -> str:
    """Return "01:02:03,004"; more than 99 hours have more digits."""
    seconds, ms = divmod(milliseconds, 1000)
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    return f"{hours:02d}:{m:02d}:{s:02d},{ms:03d}"


def cues(conversation: PastConversation, names: Names | None = None) -> tuple[Cue, ...]:
    """Return the subtitles in order: none overlap, none is empty."""
    names = names if names is not None else Names()
    said = [each for turn in conversation.turns for each in _said(conversation, turn, names)]
    result: list[Cue] = []
    for index, (start_ms, end_ms, text) in enumerate(said):
        start = max(start_ms, result[-1].end_ms if result else 0)
        following = said[index + 1][0] if index + 1 < len(said) else None
        end = max(end_ms, start + SHORTEST_MS)
        if following is not None:
            end = min(end, following)
        pieces = _pieces(text)
        result += _shared_out(start, max(end, start + len(pieces)), pieces)
    return tuple(result)


def _said(
    conversation: PastConversation, turn: PastTurn, names: Names
) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, text) of question and answer, as far as they are known to have been said."""
    began_ms = _ms((turn.at - conversation.line.started_at).total_seconds())
    timings = turn.timings
    asked_s = timings.last_speech if timings.last_speech is not None else timings.endpoint
    asked_ms = began_ms + (_ms(asked_s) if asked_s is not None else 0)
    question = f"{names.you}: {turn.transcript}"
    yield began_ms, max(asked_ms, began_ms + _reading_ms(question)), question
    answer = turn.answer if turn.heard is None else f"{turn.answer} —".strip()
    if not turn.reply and turn.failure:
        answer = turn.failure
    if not answer:
        return
    answer = f"{names.assistant}: {answer}"
    first_s = timings.first_audio if timings.first_audio is not None else timings.first_piece
    start_ms = max(asked_ms + 1, began_ms + _ms(first_s)) if first_s is not None else asked_ms + 1
    last_ms = began_ms + _ms(timings.finished) if timings.finished is not None else 0
    yield start_ms, last_ms if last_ms > start_ms else start_ms + _reading_ms(answer), answer


def _reading_ms(text: str) -> int:
    return max(SHORTEST_MS, _ms(len(text) / READING_CHARACTERS_PER_S))


def _ms(seconds: float) -> int:
    return round(seconds * 1000.0)


def _pieces(text: str) -> list[str]:
    """Return the text in pieces of so many lines; its words stay whole and in order."""
    safe = _MARKUP.sub("\\1\u200b", " ".join(text.split()).replace("-->", "→"))
    lines = textwrap.wrap(safe, LINE_CHARACTERS, break_on_hyphens=False)
    return [
        "\n".join(lines[first : first + CUE_LINES]) for first in range(0, len(lines), CUE_LINES)
    ]


def _shared_out(start_ms: int, end_ms: int, pieces: list[str]) -> Iterator[Cue]:
    """Yield the pieces one after the other, each with time for its share of the characters."""
    total = sum(map(len, pieces))
    done = 0
    begin = start_ms
    for index, piece in enumerate(pieces):
        done += len(piece)
        left = len(pieces) - index - 1  # each of those that follow needs a millisecond
        end = start_ms + round((end_ms - start_ms) * done / total)
        end = min(max(end, begin + 1), end_ms - left)
        yield Cue(begin, end, piece)
        begin = end
