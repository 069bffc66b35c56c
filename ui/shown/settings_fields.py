"""The settings as fields to fill in, made from the model: kinds, ranges, units, words.

Owns that translation. Has no list of settings of its own: a new key in the model is a new field here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from assistant.settings import Settings
from assistant.settings.save import key_of, value_at
from ui.shown.settings_words import field_help, field_title

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

Kind = Literal[
    "switch", "choice", "number", "text", "long_text", "microphone", "loudspeaker", "keys"
]

LONG_TEXT = 500
"""Text that may be longer gets a field of several lines."""

WIDEST_SLIDER = 10_000
"""Steps a slider may have; beyond it the figure is typed."""

UNITS = {"ms": "ms", "s": "s", "mb": "MB", "days": "days", "wpm": "wpm"}
"""The end of a key says its unit (docs: names carry units)."""

SPECIAL_KINDS: Mapping[str, Kind] = {
    "audio.input_device": "microphone",
    "audio.output_device": "loudspeaker",
    "keys.talk": "keys",
    "keys.cancel": "keys",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One setting to fill in.

    Attributes:
        key: dotted, as in the settings file.
        kind: what widget fits.
        title: translated.
        help: translated, without what the widget shows anyway.
        default: what it is unless somebody chooses.
        low: least value of a number.
        high: greatest value of a number.
        step: of a number.
        is_whole: whether a number has no decimals.
        is_share: a number from 0 to 1, shown as percent.
        unit: of a number, as in `UNITS`; empty without one.
        words: what a choice chooses among.
        longest: characters a text may have.
    """

    key: str
    kind: Kind
    title: str
    help: str
    default: object
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    is_whole: bool = True
    is_share: bool = False
    unit: str = ""
    words: tuple[str, ...] = ()
    longest: int = 0

    @property
    def has_slider(self) -> bool:
        """Whether its range is small enough to be dragged through."""
        return self.kind == "number" and (self.high - self.low) / self.step <= WIDEST_SLIDER


def field_of(settings: Settings, key: str) -> Field:
    """Return the field of a dotted key.

    Raises:
        KeyError: there is no such key.
    """
    info = _info(settings, key)
    title, text = field_title(key, info.title or key), field_help(key, info.description or "")
    default = _default(key, info)
    kind, annotation = _kind(key, info), info.annotation
    if kind == "number":
        low, high = _bounds(info)
        is_whole = annotation is int
        is_share = not is_whole and high <= 1
        return Field(
            key, kind, title, text, default, low, high, _step(high - low, is_whole, is_share),
            is_whole, is_share, UNITS.get(key.rpartition("_")[2], ""),
        )  # fmt: skip
    words = tuple(str(word) for word in get_args(annotation)) if kind == "choice" else ()
    longest = next((item.max_length for item in info.metadata if hasattr(item, "max_length")), 0)
    return Field(key, kind, title, text, default, words=words, longest=longest or 0)


def default_of(settings: Settings, key: str) -> object:
    """Return what holds unless somebody chooses: the packaged value, or the model's for a new entry."""
    return _default(key, _info(settings, key))


def _default(key: str, info: FieldInfo) -> object:
    packaged = _packaged()
    parts = key_of(key, packaged)
    above = value_at(packaged, parts[:-1])
    if isinstance(above, Mapping) and parts[-1] in above:
        return above[parts[-1]]
    return info.get_default(call_default_factory=True, validated_data={})


@lru_cache(maxsize=1)
def _packaged() -> dict[str, Any]:
    return Settings().model_dump()


def _info(settings: Settings, key: str) -> FieldInfo:
    parts = key_of(key, settings.model_dump())
    above: Any = settings
    for part in parts[:-1]:
        above = above[part] if isinstance(above, Mapping) else getattr(above, part, None)
    if not isinstance(above, BaseModel) or parts[-1] not in type(above).model_fields:
        raise KeyError(key)
    return type(above).model_fields[parts[-1]]


def _kind(key: str, info: FieldInfo) -> Kind:
    if key in SPECIAL_KINDS:
        return SPECIAL_KINDS[key]
    annotation = info.annotation
    if annotation is bool:
        return "switch"
    if get_origin(annotation) is Literal:
        return "choice"
    if annotation in (int, float):
        return "number"
    longest = max((getattr(item, "max_length", 0) or 0 for item in info.metadata), default=0)
    return "long_text" if longest > LONG_TEXT else "text"


def _bounds(info: FieldInfo) -> tuple[float, float]:
    low, high = -math.inf, math.inf
    for item in info.metadata:
        low = max(low, getattr(item, "ge", low), getattr(item, "gt", low))
        high = min(high, getattr(item, "le", high), getattr(item, "lt", high))
    return low, high


def _step(span: float, is_whole: bool, is_share: bool) -> float:
    if is_share:
        return 0.01
    if is_whole:
        return 10.0 if 300 < span <= WIDEST_SLIDER else 1.0  # noqa: PLR2004 - pauses, in milliseconds
    return 0.1 if span <= 100 else 1.0  # noqa: PLR2004
