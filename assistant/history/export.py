"""Past conversations as documents: Markdown for people, JSON for programs; subtitles are in `subtitles`.

Pure functions: values in, text out, the same every time. What was said is shown as it was said: nothing in
it can become a heading, a link or any other mark of the format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from assistant.history.past import PastConversation, PastTurn, ToolCall

EXPORT_VERSION = 1
"""Layout of the exported JSON; raised when a key changes its name or meaning."""

_MARKS = re.compile(r"([\\`*_\[\]<>&~|$])|(?<=:)/(?=/)|(?<=www)\.")
"""What may mean something anywhere in a line: CommonMark 0.31 §2.4; on GitHub also $, |, ~ and bare links."""

_LINE_MARKS = re.compile(r"^(?=[#+\-=])|^(\d+)(?=[.)])")
"""What may mean something at the beginning of a line: headings and lists."""

_STAGES = (
    ("stt", "stt"),
    ("first_piece", "llm"),
    ("tool", "tools"),
    ("tts_first", "tts"),
    ("e2e", "e2e"),
    ("mouth_to_ear", "mouth to ear"),
)


class ExportFormat(StrEnum):
    """What conversations can be exported as."""

    markdown = "markdown"
    json = "json"
    srt = "srt"

    @property
    def ending(self) -> str:
        """Ending of such files, with the dot."""
        return {"markdown": ".md", "json": ".json", "srt": ".srt"}[self.value]


@dataclass(frozen=True, slots=True)
class Names:
    """Who speaks, in the language of the document; and the words around it."""

    you: str = "You"
    assistant: str = "Sarai"
    interrupted: str = "interrupted"
    failed: str = "failed"


def as_markdown(
    conversations: Sequence[PastConversation],
    zone: tzinfo | None = None,
    names: Names | None = None,
) -> str:
    """Return a Markdown document: a heading for each conversation, then its turns.

    Args:
        conversations: in the order they are to appear.
        zone: of the times shown; None means this computer's.
        names: who speaks.
    """
    names = names if names is not None else Names()
    parts = [_markdown(each, zone, names) for each in conversations]
    return "\n".join(parts)


def _markdown(conversation: PastConversation, zone: tzinfo | None, names: Names) -> str:
    line = conversation.line
    blocks = [
        f"# {_one_line(line.title)}",
        escaped(f"{_local(line.started_at, zone):%Y-%m-%d %H:%M}"),
    ]
    for turn in conversation.turns:
        time = escaped(f"{_local(turn.at, zone):%H:%M:%S}")
        blocks.append(f"**{escaped(names.you)}** · {time}")
        blocks.append(_quoted(turn.transcript))
        blocks += [_tool(call) for call in turn.tools]
        blocks += _answer(turn, names)
        figures = _figures(turn)
        if figures:
            blocks.append(f"*{escaped(figures)}*")
    return "\n\n".join(blocks) + "\n"


def _answer(turn: PastTurn, names: Names) -> list[str]:
    blocks = []
    if turn.reply:
        note = f" · {escaped(names.interrupted)}" if turn.heard is not None else ""
        blocks += [f"**{escaped(names.assistant)}**{note}", _quoted(turn.answer or "…")]
    if turn.failure:
        blocks.append(f"**{escaped(names.failed)}**: {_one_line(turn.failure)}")
    return blocks


def _tool(call: ToolCall) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in call.arguments.items())
    got = ", ".join(f"{name}: {value}" for name, value in call.result.items())
    return f"- {_one_line(f'{call.name}({given}) → {got}')}"


def _figures(turn: PastTurn) -> str:
    timings = turn.timings.as_json()
    found = [(name, timings[key]) for key, name in _STAGES]
    return " · ".join(f"{name} {value:.0f} ms" for name, value in found if value is not None)


def _quoted(text: str) -> str:
    """Return the text as a quotation; its line breaks stay (a backslash ends each line)."""
    lines = [escaped(" ".join(line.split())) for line in text.strip().splitlines()]
    lines = [line for line in lines if line]
    return "> " + "\\\n> ".join(lines)


def _one_line(text: str) -> str:
    return escaped(" ".join(text.split()))


def escaped(line: str) -> str:
    """Return a line that Markdown shows as it is."""
    safe = _MARKS.sub(r"\\\g<0>", line)
    return _LINE_MARKS.sub(r"\1\\", safe)


def as_json(conversations: Sequence[PastConversation]) -> str:
    """Return a JSON document with everything that is kept, times in UTC (ISO 8601)."""
    document = {
        "export_version": EXPORT_VERSION,
        "conversations": [conversation_json(each) for each in conversations],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def conversation_json(conversation: PastConversation) -> dict[str, object]:
    """Return one conversation as `as_json` writes it."""
    line = conversation.line
    return {
        "id": line.id,
        "title": line.title,
        "started_at": line.started_at.isoformat(),
        "updated_at": line.updated_at.isoformat(),
        "turns": [_turn_json(turn) for turn in conversation.turns],
    }


def _turn_json(turn: PastTurn) -> dict[str, object]:
    timings = turn.timings
    return {
        "at": turn.at.isoformat(),
        "transcript": turn.transcript,
        "reply": turn.reply,
        "heard": turn.heard,
        "ending": turn.ending,
        "failure": turn.failure or None,
        "tools": [
            {
                "name": call.name,
                "arguments": dict(call.arguments),
                "result": dict(call.result),
                "duration_ms": round(call.duration_ms, 1),
            }
            for call in turn.tools
        ],
        "timings_ms": timings.as_json(),
        "tokens": {
            "evaluated": timings.prompt_tokens_evaluated,
            "reused": timings.prompt_tokens_reused,
            "generated": timings.generated_tokens,
            "per_s": None if timings.tokens_per_s is None else round(timings.tokens_per_s, 1),
        },
        "models": {"set": turn.set_name, **turn.models},
    }


def _local(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment.astimezone(zone)
