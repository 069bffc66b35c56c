"""Owns what a tool is, what it is given and how it says no; it deliberately runs nothing.

A tool's arguments are described by its function's own signature, so that the function, the schema a
model reads and the check of what the model wrote can never disagree.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

__all__ = ["Tool", "ToolContext", "ToolProblem", "checked_arguments", "tool"]

ToolFunction = Callable[..., Mapping[str, object]]

_JSON_TYPES: Final = {str: "string", int: "integer", float: "number", bool: "boolean"}
_PLAIN: Final = {
    "string": "words",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class ToolProblem(Exception):  # noqa: N818 - an answer for the person, not a fault of the program
    """A tool cannot do what was asked; the text is one plain sentence the assistant may say."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What the program lends its tools.

    Attributes:
        now: the wall clock: an aware datetime in the person's own zone.
        monotonic: seconds on a clock that never jumps, as `time.monotonic`.
        data_dir: the person's own folder for what tools keep; it need not exist yet.
        on_timer_due: called with a timer's name (empty when it has none) and its length in seconds,
            on the timer board's thread; it should return at once.
        language: the conversation's language, as "en".
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    data_dir: Path
    on_timer_due: Callable[[str, float], None]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing the assistant can do.

    Attributes:
        name: what a model writes to call it: lower-case letters, digits, underscores.
        description: one sentence, for the model.
        parameters: JSON schema of the arguments (an object of strings, numbers and booleans).
        function: takes the arguments by keyword and returns a flat JSON object, or raises
            `ToolProblem`. It may be called from any thread.
        only_looks: it changes nothing anywhere, so it may run on trial, before the turn is certain.
    """

    name: str
    description: str
    parameters: Mapping[str, object]
    function: ToolFunction
    only_looks: bool = False


def tool(name: str, description: str, function: ToolFunction, *, only_looks: bool = False) -> Tool:
    """Return the tool whose JSON schema is read off the signature of `function`.

    Parameters are `str`, `int`, `float` or `bool`, each optionally `| None` with a default, and
    may carry a sentence: `Annotated[str, "a city, country or time zone"]`. A trailing underscore
    (`list_`) is not part of the argument's name.

    Raises:
        TypeError: If the signature has anything else; that is a mistake of the tool's author.
        ValueError: If the name is not one a model could write.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a tool name (lower-case letters, digits, underscores).")
    hints = get_type_hints(function, include_extras=True)
    properties: dict[str, object] = {}
    required: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise TypeError(f"{name}: {parameter} cannot be passed by keyword.")
        if parameter.name not in hints:
            raise TypeError(f"{name}: {parameter.name} has no type.")
        argument = parameter.name.removesuffix("_")
        properties[argument] = _schema(name, argument, hints[parameter.name])
        if parameter.default is inspect.Parameter.empty:
            required.append(argument)
    schema = {"type": "object", "properties": properties, "required": required}
    return Tool(name, description, schema, function, only_looks)


def _schema(name: str, argument: str, hint: Any) -> dict[str, object]:
    described: dict[str, object] = {}
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
        sentences = [note for note in notes if isinstance(note, str)]
        described = {"description": sentences[0]} if sentences else {}
    choices = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    if len(choices) != 1 or choices[0] not in _JSON_TYPES:
        raise TypeError(f"{name}: {argument} must be str, int, float or bool, not {hint!r}.")
    return {"type": _JSON_TYPES[choices[0]], **described}


def checked_arguments(tool: Tool, arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the keyword arguments for `tool.function`, or say what is wrong with them.

    Empty words and null count as left out. Small models write "5" for 5 and the other way round, so
    a number is accepted where words are expected, and digits where a number is.

    Raises:
        ToolProblem: For an unknown argument, a missing one, or a value of the wrong type.
    """
    parameters: Any = tool.parameters
    properties: Mapping[str, Mapping[str, str]] = parameters["properties"]
    keywords = {
        parameter.removesuffix("_"): parameter
        for parameter in inspect.signature(tool.function).parameters
    }
    given: dict[str, object] = {}
    for argument, value in arguments.items():
        if argument not in properties:
            raise ToolProblem(f"The {_said(tool.name)} tool does not know what {argument!r} is.")
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        given[keywords[argument]] = _checked(tool, argument, properties[argument]["type"], value)
    for argument in parameters["required"]:
        if keywords[argument] not in given:
            raise ToolProblem(
                f"The {_said(tool.name)} tool needs to be told the {_said(argument)}."
            )
    return given


def _checked(tool: Tool, argument: str, kind: str, value: object) -> object:
    match kind, value:
        case "boolean", bool():
            return value
        case "string", str():
            return value.strip()
        case "string", int() | float() if not isinstance(value, bool):
            return str(value)
        case "integer", int() if not isinstance(value, bool):
            return value
        case "number", int() | float() if not isinstance(value, bool):
            return float(value)
        case "integer" | "number", str():
            try:
                return int(value) if kind == "integer" else float(value)
            except ValueError:
                pass
        case _:
            pass
    raise ToolProblem(
        f"The {_said(argument)} of the {_said(tool.name)} tool must be {_PLAIN[kind]}."
    )


def _said(name: str) -> str:
    return name.replace("_", " ")
