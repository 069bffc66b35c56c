"""The small pattern language of the templates: `(a|b|)` alternates, `{arg}` or `{arg:kind}` is a slot.

Owns parsing, drawing and listing of patterns; what fills a slot is in `slots.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Template:
    """One way to ask for a tool; `given` are arguments that the wording implies."""

    tool: str
    pattern: str
    given: dict[str, str] = field(default_factory=dict)
    is_request: bool = (
        False  # takes "please", "can you …"; otherwise it is a question or a fragment
    )


def split_alternatives(text: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for char in text:
        if char == "|" and depth == 0:
            parts.append(current)
            current = ""
            continue
        depth += {"(": 1, ")": -1}.get(char, 0)
        current += char
    return [*parts, current]


def closing(text: str, start: int) -> int:
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise ValueError(f"unbalanced pattern: {text}")


def expand_all(pattern: str) -> Iterator[str]:
    """Every string the pattern stands for, slots left as they are."""
    start = pattern.find("(")
    if start < 0:
        yield tidy(pattern)
        return
    end = closing(pattern, start)
    for choice in split_alternatives(pattern[start + 1 : end]):
        yield from expand_all(pattern[:start] + choice + pattern[end + 1 :])


def draw(pattern: str, rng: random.Random) -> str:
    """One of those strings, each alternative equally likely."""
    while (start := pattern.find("(")) >= 0:
        end = closing(pattern, start)
        choice = rng.choice(split_alternatives(pattern[start + 1 : end]))
        pattern = pattern[:start] + choice + pattern[end + 1 :]
    return tidy(pattern)


def tidy(text: str) -> str:
    return re.sub(r" +", " ", text).strip()


def bare_form(text: str) -> str:
    """For comparing wordings: lower case, no punctuation, slot kinds dropped."""
    text = re.sub(r"\{(\w+):\w+\}", r"{\1}", text.lower())
    return tidy(re.sub(r"[^a-z0-9{}_ ]", "", text.replace("'", "")))


def read_wordings(name: str) -> dict[str, tuple[str, str]]:
    """Tool -> (requests, questions and fragments), one pattern a line, from a file in `data/`."""
    text = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8")
    tables: dict[str, dict[str, str]] = {}
    for heading, rows in re.findall(r"\[(\w+ \w+)\]\n([^\[]*)", text):
        tool, kind = heading.split()
        tables.setdefault(tool, {})[kind] = rows.strip()
    return {tool: (kinds["requests"], kinds["others"]) for tool, kinds in tables.items()}
