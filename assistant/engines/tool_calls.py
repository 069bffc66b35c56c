"""Finds, reads and writes the tool calls in a model's text.

Owns the notation: LFM2's Pythonic list ``<|tool_call_start|>[f(a="x", n=2)]<|tool_call_end|>``, the same as
JSON, and both without their markers. Deliberately does not know whether a tool exists or runs it.

Everything here is pure and never raises on model text: a small model writes anything.
"""

from __future__ import annotations

import ast
import json
import keyword
import math
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.engines.base import ToolCall

CALL_START: Final = "<|tool_call_start|>"
CALL_END: Final = "<|tool_call_end|>"

_HIDDEN: Final = {
    CALL_START: CALL_END,
    "<tool_call>": "</tool_call>",
    "<think>": "</think>",
}
"""Start → end of what must not be spoken. The first is LFM2's, the second the Hermes form (one JSON object)
of Qwen and others, the third a reasoning block."""

MARKERS: Final = frozenset((*_HIDDEN, *_HIDDEN.values()))
"""Spellings that :class:`CallFilter` must see, even where they are control tokens."""

_ANY_START: Final = re.compile("|".join(map(re.escape, _HIDDEN)))
_THOUGHT: Final = "<think>"
_MAX_CALL_CHARS: Final = 16_384
"""No sane call is longer; bounds the work of the parsers."""
_LITERAL_NAMES: Final = {"true": True, "false": False, "null": None}
_UNMARKED: Final = re.compile(r"\[\s{0,4}[A-Za-z_][\w.]{0,63}\(")
_UNMARKED_PREFIX: Final = re.compile(r"\[\s{0,4}(?:[A-Za-z_][\w.]{0,63})?")
_UNMARKED_JSON: Final = ('[{"name"', '{"name"')


class _MalformedError(ValueError):
    """Not a call; never leaves this module."""


# --- reading ------------------------------------------------------------------------------------------


def parse_tool_calls(text: str) -> tuple[ToolCall, ...]:
    """Return the calls ``text`` (without markers) consists of; empty if any part of it is not a call.

    Accepts ``[f(a="x"), g()]``, a single ``f()``, and JSON ``[{"name": …, "arguments": {…}}]`` or one such
    object.
    Values are literals only; JSON's ``true``, ``false`` and ``null`` count in both notations.
    """
    text = text.strip()
    if not text or len(text) > _MAX_CALL_CHARS:
        return ()
    try:
        if text.startswith("{") or re.match(r"\[\s*\{", text):
            return _from_json(text)
        return _from_python(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        # ast signals too deep a nesting with the last two.
        return ()


def _from_json(text: str) -> tuple[ToolCall, ...]:
    found = json.loads(text)
    calls = []
    for item in found if isinstance(found, list) else [found]:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise _MalformedError
        arguments = item.get("arguments", item.get("parameters", {}))
        if isinstance(arguments, str):  # some models write the object as a text
            arguments = json.loads(arguments or "{}")
        if not isinstance(arguments, dict):
            raise _MalformedError
        calls.append(ToolCall(_name(item["name"]), _checked(arguments)))
    return tuple(calls)


def _from_python(text: str) -> tuple[ToolCall, ...]:
    tree = _parse_expression(text)
    nodes = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
    return tuple(_call(node) for node in nodes)


def _parse_expression(text: str) -> ast.expr:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "invalid escape sequence" and the like
        try:
            return ast.parse(text, mode="eval").body
        except SyntaxError:
            # A line break inside a quoted text is the one slip that can be mended without guessing.
            return ast.parse(text.replace("\n", "\\n"), mode="eval").body


def _call(node: ast.expr) -> ToolCall:
    if not isinstance(node, ast.Call) or node.args:
        raise _MalformedError
    arguments: dict[str, object] = {}
    for argument in node.keywords:
        if argument.arg is None or argument.arg in arguments:
            raise _MalformedError
        arguments[argument.arg] = _literal(argument.value)
    return ToolCall(_name(ast.unparse(node.func)), _checked(arguments))


def _literal(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.Name(id=name) if name in _LITERAL_NAMES:
            return _LITERAL_NAMES[name]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_literal(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            pairs = [
                (_literal(k), _literal(v))
                for k, v in zip(keys, values, strict=True)
                if k is not None
            ]
            if len(pairs) != len(keys) or not all(isinstance(key, str) for key, _ in pairs):
                raise _MalformedError
            return {str(key): value for key, value in pairs}
        case _:
            raise _MalformedError


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.-]{0,127}", text):
        raise _MalformedError
    return text


def _checked(arguments: dict[str, object]) -> dict[str, object]:
    """Refuse what could not be written as JSON in UTF-8 (not-a-number, lone surrogates)."""
    json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode()
    return arguments


# --- writing ------------------------------------------------------------------------------------------


def write_tool_calls(calls: Sequence[ToolCall], *, markers: bool = True) -> str:
    """Return the calls in LFM2's notation, with its markers unless told otherwise."""
    if all(_is_pythonic(call) for call in calls):
        text = "[" + ", ".join(_written_call(call) for call in calls) + "]"
    else:  # an argument such as "from" cannot be a keyword in Python
        items = [{"name": call.name, "arguments": dict(call.arguments)} for call in calls]
        text = json.dumps(items, ensure_ascii=False)
    return CALL_START + text + CALL_END if markers else text


def _is_pythonic(call: ToolCall) -> bool:
    names = [*call.name.split("."), *call.arguments]
    return all(
        name.isascii() and name.isidentifier() and not keyword.iskeyword(name) for name in names
    )


def _written_call(call: ToolCall) -> str:
    arguments = (f"{name}={_written_value(value)}" for name, value in call.arguments.items())
    return f"{call.name}({', '.join(arguments)})"


def _written_value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        inner = (f"{_written_value(str(k))}: {_written_value(v)}" for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written_value(item) for item in value) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    return repr(value)


# --- streaming ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpokenRest:
    """What a finished reply leaves.

    Attributes:
        text: visible text that was still held back.
        tool_calls: all calls of the reply, in order.
        malformed: text of calls that could not be read; to be logged, not spoken.
    """

    text: str
    tool_calls: tuple[ToolCall, ...]
    malformed: tuple[str, ...]


class CallFilter:
    """Splits a reply, as it streams, into text to speak and calls to make.

    Nothing of a call ever appears in the text. Text that may yet turn out to be one is held back: at most
    the beginning of a marker, and at the start of a reply what looks like ``[name(``, ``{"name"`` or a known
    tool's ``name(``. The outcome does not depend on how the reply was cut.

    A marked call that cannot be read is kept out of the text and reported as malformed; so is an unmarked
    one that begins with a known tool's name; any other unreadable "call" was prose and becomes text.
    """

    def __init__(self, tool_names: Iterable[str] = ()) -> None:
        self._bare = tuple(f"{name}(" for name in tool_names)
        self._held = ""
        self._marker = ""
        self._may_be_unmarked = True
        self._calls: list[ToolCall] = []
        self._malformed: list[str] = []

    def push(self, text: str) -> str:
        """Take more of the reply; return what of it can be spoken now."""
        self._held += text
        if "<" not in self._held and not self._marker and not self._may_be_unmarked:
            spoken, self._held = (
                self._held,
                "",
            )  # nearly every token takes this way: no marker without <
            return spoken
        spoken = ""
        while True:
            if self._marker:
                inside, end, rest = self._held.partition(_HIDDEN[self._marker])
                if not end:
                    return spoken
                self._close(inside)
                self._held = rest
                continue
            found = _ANY_START.search(self._held)
            if found:
                spoken += self._held[: found.start()]
                self._held = self._held[found.end() :]
                self._marker = found[0]
                self._may_be_unmarked = False
                continue
            if self._may_be_unmarked and self._looks_unmarked():
                return spoken
            keep = self._marker_beginning()
            cut = len(self._held) - keep
            spoken, self._held = spoken + self._held[:cut], self._held[cut:]
            return spoken

    def finish(self) -> SpokenRest:
        """The reply is over; the filter is spent."""
        text = ""
        if self._marker:
            self._close(self._held)
        elif self._may_be_unmarked:
            text = self._finish_unmarked()
        else:
            text = self._held
        self._held = ""
        return SpokenRest(text, tuple(self._calls), tuple(self._malformed))

    def _marker_beginning(self) -> int:
        """Length of the longest end of the held text that may be the beginning of a marker."""
        start = self._held.rfind("<")  # markers hold one only, at their beginning
        tail = self._held[start:] if start >= 0 else ""
        return len(tail) if tail and any(marker.startswith(tail) for marker in _HIDDEN) else 0

    def _looks_unmarked(self) -> bool:
        """Whether the reply so far is the beginning of an unmarked call; once False, False for good."""
        text = self._held.lstrip()
        compact = "".join(text.split())
        if (
            not text
            or _UNMARKED.match(text)
            or _UNMARKED_PREFIX.fullmatch(text)
            or any(compact.startswith(p) or p.startswith(compact) for p in _UNMARKED_JSON)
            or any(text.startswith(name) or name.startswith(text) for name in self._bare)
        ):
            return True
        self._may_be_unmarked = False
        return False

    def _close(self, inside: str) -> None:
        marker, self._marker = self._marker, ""
        if marker == _THOUGHT:
            return
        calls = parse_tool_calls(inside)
        self._calls.extend(calls)
        if not calls:
            self._malformed.append(inside)

    def _finish_unmarked(self) -> str:
        text = self._held.lstrip()
        bracketed = text.startswith(("[", "{"))
        known = any(text.startswith((name, "[" + name)) for name in self._bare)
        if bracketed or known:
            ends = [place for place, char in enumerate(text, 1) if char in ")]}"]
            for end in [len(text), *reversed(ends[-8:])]:  # a few: what follows a call is short
                calls = parse_tool_calls(text[:end])
                if calls:
                    self._calls.extend(calls)
                    return text[end:].strip()
        if known:
            self._malformed.append(text)
            return ""
        return self._held
