"""Sentences that ask for nothing, and the free slots of small talk."""

# ruff: noqa: PLR0911 (one case per slot reads best as a flat match)

from __future__ import annotations

import random
import re

import chat
import slots
import things
from asking import Style
from patterns import draw
from slots import random_words


def fill_words(text: str, rng: random.Random, style: Style) -> str:
    """Free slots of chat and unknown questions."""

    def one(match: re.Match[str]) -> str:
        match match[1]:
            case "word":
                return slots.word(rng)
            case "subject" | "verb" | "object":
                return fill_words(rng.choice(chat.SENTENCE_PARTS[match[1]].split("|")), rng, style)
            case "smallnumber":
                return slots.number(rng, style.typed)
            case "verbword":
                return rng.choice(things.VERBS)
            case "weekday":
                return rng.choice(slots.WEEKDAYS).lower()
            case "letter":
                return rng.choice("abcdefghijklmnopqrstuvwxyz")
            case "person":
                return (
                    f"{rng.choice(things.FIRST_NAMES)} {slots.word(rng)}"
                    if rng.random() < 0.7
                    else random_words(rng, 2, 2)
                )
            case "sentence":
                return " ".join(rng.choice(slots.SENTENCES).split()[: rng.randint(3, 8)])
            case "task":
                return things.task(rng, False)
            case "hour":
                return (
                    rng.choice(
                        (
                            slots.number_words(rng.randint(1, 12)),
                            slots.number_words(rng.randint(1, 12)) + " thirty",
                            f"half past {slots.number_words(rng.randint(1, 12))}",
                        )
                    )
                    if not style.typed
                    else f"{rng.randint(1, 12)}:{rng.choice(('00', '30', '15'))}"
                )
            case "ampm":
                return (
                    rng.choice(("a m", "p m", "in the morning", "o'clock", "tonight"))
                    if not style.typed
                    else rng.choice(("am", "pm", "AM", "PM"))
                )
            case "place":
                return slots.place(rng, style.typed)
            case "day":
                return slots.day(rng, style.typed)
            case "name":
                return things.timer_name(rng, False)
            case "duration":
                return slots.duration(rng, style.typed)
            case "list":
                return things.list_name(rng, False)
            case "number":
                return slots.number(rng, style.typed)
            case other:
                raise ValueError(other)

    return re.sub(r"\{(\w+)\}", one, text)


def statement(rng: random.Random, style: Style) -> str:
    shape = rng.random()
    if shape < 0.08:
        return f"{statement(rng, style)} {statement(rng, style)}"
    if shape < 0.28:
        return fill_words(draw(f"({chat.DECOYS})", rng), rng, style)
    if shape < 0.33:
        return " ".join(slots.pseudo_word(rng) for _ in range(rng.randint(1, 8)))
    if shape < 0.5:
        return rng.choice(slots.SENTENCES)
    if shape < 0.85:
        parts = [
            rng.choice(chat.SENTENCE_PARTS[k].split("|"))
            for k in ("subject", "verb", "object", "tail")
        ]
        if rng.random() < 0.35:
            parts += [
                rng.choice(
                    ("and", "but", "who", "which", "because", "when", "that", "so", "then", "where")
                ),
                *(
                    rng.choice(chat.SENTENCE_PARTS[k].split("|"))
                    for k in ("subject", "verb", "object")
                ),
            ]
        if rng.random() < 0.2:
            parts.insert(
                0,
                rng.choice(
                    (
                        "and",
                        "but",
                        "then",
                        "so",
                        "when",
                        "for",
                        "let",
                        "if",
                        "in the end",
                        "after that",
                        "yet",
                        "once",
                        "at that",
                    )
                ),
            )
        words = " ".join(" ".join(p for p in parts if p).split()).split()
        start = rng.randint(0, 3) if rng.random() < 0.2 else 0
        return fill_words(" ".join(words[start:]), rng, style)
    if shape < 0.95:
        return random_words(rng, 1, 8)
    return " ".join(slots.number_words(slots.size(rng)) for _ in range(rng.randint(1, 4)))
