"""The user's side of a dialogue: a wording, its slots filled, dressed, and written as it would reach us.

Owns how words are said and misheard; what is asked comes from a wording module.
"""

# ruff: noqa: E501

from __future__ import annotations

import functools
import random
import re
from dataclasses import dataclass, field
from types import ModuleType

import noise
import slots
import things
from patterns import Template, bare_form, draw, expand_all
from slots import random_words

Message = tuple[str, str]
Pieces = list[tuple[str, bool]]


@dataclass
class Style:
    """How the user's words reach us: typed or spoken, and how badly heard (0 = perfectly)."""

    typed: bool = False
    noise_rate: float = 0.0
    noise_seed: int | None = (
        None  # the test: mistakes drawn apart, so that the question stays the same
    )


@dataclass
class Exchange:
    """Messages of one topic; `expected` keeps what a test must find."""

    messages: list[Message] = field(default_factory=list)
    kind: str = ""
    call: tuple[str, dict[str, str]] | None = None
    result: dict[str, str] = field(default_factory=dict)


def fill(pattern: str, rng: random.Random, typed: bool) -> tuple[Pieces, dict[str, str]]:
    """Pieces of the sentence and the arguments its slots give."""
    pieces: Pieces = []
    args: dict[str, str] = {}
    units = slots.unit_pair(rng, typed)
    temps = rng.sample(("celsius", "fahrenheit", "kelvin"), 2)
    for part in re.split(r"(\{[^}]*\})", pattern):
        if not part.startswith("{"):
            if part.strip():
                pieces.append((part.strip(), False))
            continue
        name, _, kind = part[1:-1].partition(":")
        if name == "any":  # a carrier word it has never seen there
            pieces.append(
                (rng.choice(things.VERBS) if rng.random() < 0.2 else slots.word(rng), False)
            )
            continue
        value = {
            "place": slots.place, "day": slots.day, "expression": slots.expression, "amount": slots.amount, "text": things.note,
            "duration": slots.duration_adjective if kind == "adj" else slots.duration,
            "name": things.task if kind == "task" else things.timer_name, "ignored": things.timer_name, "list": things.list_name,
            "item": {"bare": things.bare_item, "todo": things.todo_item}.get(kind, things.item),
            "a": slots.operand, "b": slots.operand, "from_unit": lambda *_: units[0], "to_unit": lambda *_: units[1],
        }[name](rng, typed)  # fmt: skip
        if kind == "temp":
            value = temps[0 if name == "from_unit" else 1]
            value = value.capitalize() if typed and rng.random() < 0.5 else value
        elif kind == "one":
            value = slots.singular(value)
            if pieces and pieces[-1][0].split()[-1] in {"a", "an"}:
                fixed = "an" if value[0] in "aeiou" else "a"
                pieces[-1] = (" ".join([*pieces[-1][0].split()[:-1], fixed]), False)
        if name in {"item", "text", "name"} and not kind and value.endswith(("?", ".")):
            value = value[:-1]
        pieces.append((value, True))
        if name != "ignored":
            args[name] = value
    return pieces, args


@functools.cache
def held_out() -> frozenset[str]:
    """Wordings kept for the tests: training draws again when it meets one."""
    import templates_fresh
    import templates_test

    kept = (templates_test, templates_fresh)
    forms = (expand_all(t.pattern) for wordings in kept for t in wordings.build())
    return frozenset(bare_form(e) for expanded in forms for e in expanded)


def drawn_wording(
    templates: list[Template], wording: ModuleType, rng: random.Random
) -> tuple[Template, str]:
    """One template and one of its wordings, never one that is kept for the tests while training."""
    while True:
        template = rng.choice(templates)
        drawn = draw(template.pattern, rng)
        if not is_training_carrier(wording) or bare_form(drawn) not in held_out():
            return template, drawn


def is_training_carrier(wording: ModuleType) -> bool:
    return wording.__name__ == "templates_train"


def dress(
    pieces: Pieces, is_request: bool, wording: ModuleType, rng: random.Random, is_open_end: bool
) -> Pieces:
    """With "please", "can you" and the like around."""
    pieces = list(pieces)
    if is_training_carrier(wording) and rng.random() < 0.1:
        # words it has no use for: it must find its way without knowing every carrier
        spot = rng.randint(0, 1)
        if spot == 0 or pieces[0][1] or len(pieces[0][0].split()) < 3:
            pieces.insert(0, (random_words(rng, 1, 3), False))
        else:
            words = pieces[0][0].split()
            words.insert(rng.randint(1, len(words) - 1), slots.word(rng))
            pieces[0] = (" ".join(words), False)
    if rng.random() < 0.38:
        pieces.insert(
            0,
            (rng.choice(wording.REQUEST_BEFORE if is_request else wording.QUESTION_BEFORE), False),
        )
    if not is_open_end and rng.random() < 0.18:
        pieces.append((rng.choice(wording.AFTER), False))
    return pieces


def write(pieces: Pieces, style: Style, rng: random.Random, is_question: bool = False) -> str:
    """The sentence as the recogniser or a keyboard gives it."""
    if not style.typed:
        merged: Pieces = []
        for text, is_slot in pieces:
            if merged and not is_slot and not merged[-1][1]:
                merged[-1] = (f"{merged[-1][0]} {text}", False)
            else:
                merged.append((text, is_slot))
        if style.noise_rate:
            source = (
                rng if style.noise_seed is None else random.Random(f"{style.noise_seed} {merged}")
            )
            return noise.noisy(merged, source, style.noise_rate)
        return " ".join(text for text, _ in merged)
    care = rng.random()
    out = [
        (re.sub(r"\bi\b", "I", t).replace("sarai", "Sarai") if not s and care < 0.7 else t)
        for t, s in pieces
    ]
    if (
        len(pieces) > 1
        and not pieces[0][1]
        and pieces[0][0].split()[0]
        in {"hey", "okay", "ok", "so", "sarai", "hi", "hello", "um", "well"}
        and rng.random() < 0.5
    ):
        out[0] += ","
    if (
        len(pieces) > 2
        and not pieces[-1][1]
        and pieces[-1][0] in {"please", "thanks", "thank you", "sarai"}
        and rng.random() < 0.4
    ):
        out[-2] += ","
    text = " ".join(out)
    if care < 0.75 and not pieces[0][1]:
        text = text[0].upper() + text[1:]
    if care < 0.65:
        text += "?" if is_question and rng.random() < 0.85 else rng.choice((".", ".", "", "!"))
    return text


def drawn_style(rng: random.Random) -> Style:
    draw_ = rng.random()
    if draw_ < 0.27:
        return Style(typed=True)
    if draw_ < 0.58:
        return Style()
    return Style(noise_rate=rng.uniform(0.03, 0.28))
