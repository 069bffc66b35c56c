"""Puts pydantic's refusals into sentences with the allowed range and the nearest known name.

Knows the schema and pydantic's error types; knows neither files nor lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from assistant.settings.checks import Problem, nearest
from assistant.settings.models import ENGINES, ModelSettings
from assistant.settings.schema import CROSS_CHECK, Settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WANTED = {
    "bool": "must be true or false",
    "int": "must be a whole number",
    "float": "must be a number",
    "finite_number": "must be an ordinary number",
    "string": "must be text",
    "string_too_short": "must not be empty or that short",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "must be a name of lower-case letters, digits, '-', '_' and '.'",
    "tuple": "must be a list, such as [a, b]",
    "too_long": "is a list with too many items",
    "model": "must be a mapping of keys to values",
    "model_attributes": "must be a mapping of keys to values",
    "mapping": "must be a mapping of names to values",
    "dict": "must be a mapping of names to values",
    "missing": "is missing",
}
"""What was wanted, by pydantic's error type without its ``_type`` or ``_parsing`` ending."""


def describe(error: ValidationError, tree: Mapping[str, Any]) -> list[Problem]:
    """Return one problem for each refusal, except those of `checks`: the caller runs these."""
    return [
        _problem(details, tree)
        for details in error.errors(include_url=False)
        if details["type"] != CROSS_CHECK
    ]


def wants_text(key: tuple[str, ...], tree: Mapping[str, Any]) -> bool:
    """Whether the key's value is text or one of some words, so that ``no`` there means the word."""
    annotation, _ = _schema_at(key, tree)
    words = get_args(annotation)
    return annotation is str or (bool(words) and all(isinstance(word, str) for word in words))


def _problem(details: ErrorDetails, tree: Mapping[str, Any]) -> Problem:
    key, value = _plain_key(details["loc"], tree), details["input"]
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(key[:-1], tree)
        text = f"unknown key{nearest(key[-1], known)}; known here: {', '.join(known)}"
        return Problem(key, text)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        engine = value.get("engine") if isinstance(value, Mapping) else None
        known = list(ENGINES)
        if engine is None:
            return Problem(key, f"has no engine; known engines: {', '.join(known)}")
        text = f"unknown engine {_shown(engine)}{nearest(str(engine), known)}; known: "
        return Problem((*key, "engine"), text + ", ".join(known))
    if kind == "literal_error":
        wanted = f"must be {str(context['expected']).replace(chr(39), '')}"
        if isinstance(value, str):
            allowed = [str(word) for word in get_args(_schema_at(key, tree)[0])]
            wanted += nearest(value, allowed)
    elif kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        name, bound = next(iter(context.items()))
        wanted = f"must be {_BOUND[name]} {bound}"
    else:
        stem = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_from_float")
        wanted = _WANTED.get(stem) or details["msg"].lower()
    if kind == "missing":
        return Problem(key, f"{wanted}. {_schema_at(key, tree)[1]}".strip())
    return Problem(key, f"{wanted} (is {_shown(value)}). {_schema_at(key, tree)[1]}".strip())


_BOUND = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}


def _shown(value: object) -> str:
    """The value as the person would write it in YAML, shortened."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    text = repr(value) if isinstance(value, str) else str(value)
    most = 60
    return text if len(text) <= most else text[:most] + "…"


def _plain_key(loc: tuple[int | str, ...], tree: Mapping[str, Any]) -> tuple[str, ...]:
    """Drop what pydantic adds: the engine's tag after a model's name, and its ``[key]`` mark."""
    parts = [str(part) for part in loc if part != "[key]"]
    if len(parts) > 2 and parts[0] == "models" and parts[2] in ENGINES:  # noqa: PLR2004
        model = tree.get("models", {}).get(parts[1])
        if isinstance(model, Mapping) and model.get("engine") == parts[2]:
            del parts[2]
    return tuple(parts)


def _schema_at(key: tuple[str, ...], tree: Mapping[str, Any]) -> tuple[Any, str]:
    """The annotation and the description of a key; (None, "") for a key that does not exist."""
    annotation: Any = Settings
    description = ""
    value: Any = tree
    for part in key:
        value = value.get(part) if isinstance(value, Mapping) else None
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(part)
            if field is None:
                return None, ""
            annotation, description = field.annotation, field.description or ""
        elif get_origin(annotation) is Mapping:
            annotation = get_args(annotation)[1]
            if annotation == ModelSettings:
                engine = value.get("engine") if isinstance(value, Mapping) else None
                annotation = ENGINES.get(str(engine))
        elif get_origin(annotation) is tuple:
            annotation = get_args(annotation)[0]
        else:
            return None, ""
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
    return annotation, description


def _known_keys(key: tuple[str, ...], tree: Mapping[str, Any]) -> list[str]:
    annotation, _ = _schema_at(key, tree)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return list(annotation.model_fields)
    return []
