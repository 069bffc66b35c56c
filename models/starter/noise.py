"""Recogniser-like mistakes in a spoken sentence, outside the slots unless asked.

The words one phoneme away come from `data/confusions.json` (derived from cmudict and the recogniser's
language model by `derive_words.py`); the splits and joins below are written by hand from what small
recognisers do. Owns the mistakes, not the sentences.
"""

# ruff: noqa: E501 (word tables)

from __future__ import annotations

import json
import random
from pathlib import Path

CONFUSIONS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data" / "confusions.json").read_text(encoding="utf-8")
)
# Whole phrases that are often heard as something else.
PHRASES: dict[str, tuple[str, ...]] = {
    "what time": ("what time", "what i'm", "what times", "one time", "but time", "at time", "what type"),
    "set a": ("said a", "set the", "sat a", "set up", "said the", "set", "so the", "sent a"),
    "a timer": ("at timer", "the timer", "a time or", "a time her", "a tire", "timer", "a time are", "uh timer"),
    "timer": ("time or", "time her", "timers", "time are", "tie her", "tim are"),
    "timers": ("time hers", "timer", "time is", "time or's"),
    "what is": ("what's", "what his", "what it's", "what does", "but is", "when is", "what it is"),
    "what's": ("what is", "what", "once", "but", "was", "wants", "that's"),
    "how many": ("how any", "how man he", "our many", "how maybe", "and many"),
    "how much": ("how much is", "our much", "how match", "her much"),
    "to the": ("the", "to", "to a", "do the", "into the", "two the"),
    "to my": ("my", "to me", "to mine", "do my", "two my"),
    "add": ("at", "and", "had", "ad", "add a", "as"),
    "list": ("least", "lists", "last", "lest", "this"),
    "shopping list": ("shopping lists", "shopping least", "shop in list", "chopping list"),
    "remove": ("removed", "move", "we move", "the move", "remove the"),
    "convert": ("converts", "can vert", "converted", "come vert", "concert", "covert"),
    "calculate": ("calculator", "calculates", "calculate the", "cal collate", "catch you late"),
    "cancel": ("council", "cancels", "canceled", "counsel", "can sell"),
    "note": ("no", "notes", "know", "node", "not"),
    "take a note": ("take note", "take a no", "taken note", "take the note", "make a note"),
    "read": ("reed", "red", "we'd", "reads", "read the"),
    "date": ("day", "dates", "they", "data", "late"),
    "is it": ("is", "is that", "isn't it", "is in", "as it"),
    "tell me": ("tell", "tells me", "to me", "tell me that", "ten me"),
    "could you": ("could", "can you", "good you", "could he"),
    "sarai": ("sorry", "sarah", "so right", "sir i", "saw i", "sarah i"),
    "for": ("four", "of", "the", "far", "or"),
    "to": ("two", "too", "the", "do", "of"),
    "in": ("and", "an", "on", "in the", "him"),
    "the": ("a", "that", "of the", ""),
    "a": ("the", "of", "uh", ""),
    "are": ("our", "or", "her"),
    "and": ("in", "an", "end"),
    "kilometers": ("kilometer",), "there": ("their", "they're"), "buy": ("by", "bye"), "hour": ("our",),
}  # fmt: skip
FILLERS = (
    "um",
    "uh",
    "the",
    "a",
    "and",
    "oh",
    "er",
    "hm",
    "ah",
    "so",
    "you know",
    "like",
    "it",
    "i",
)
# A tool can still read these.
SLOT_CONFUSIONS = {
    "four": "for",
    "two": "to",
    "minutes": "minute",
    "hours": "hour",
    "seconds": "second",
    "eight": "ate",
}


def noisy(pieces: list[tuple[str, bool]], rng: random.Random, rate: float) -> str:
    """The sentence made of (text, is_slot) pieces with about `rate` of its words outside slots misheard."""
    out: list[str] = []
    for index, (text, is_slot) in enumerate(pieces):
        if is_slot:
            out.append(text)
            continue
        words = text.split()
        before_slot = index + 1 < len(pieces)  # a filler there would read as part of the slot
        i = 0
        while i < len(words):
            draw = rng.random()
            if draw < rate:
                for length in (3, 2, 1):
                    phrase = " ".join(words[i : i + length])
                    fits = phrase in PHRASES and i + length <= len(words)
                    if fits and rng.random() < 0.75:
                        out.append(rng.choice(PHRASES[phrase]))
                        i += length
                        break
                else:
                    near = CONFUSIONS.get(words[i])
                    if near and rng.random() < 0.75:
                        out.append(rng.choice(near))
                    elif len(words[i]) > 3 or rng.random() < 0.4:
                        out.append(words[i])
                    i += 1
                continue
            out.append(words[i])
            if draw > 1 - rate * 0.25:
                out.append(words[i])  # said twice
            elif draw > 1 - rate * 0.6 and not (before_slot and i == len(words) - 1):
                out.append(rng.choice(FILLERS))
            i += 1
    if rng.random() < rate and not pieces[0][1]:
        out.insert(0, rng.choice(FILLERS))
    if rng.random() < rate * 0.5 and not pieces[-1][1]:
        out.append(rng.choice(FILLERS[2:]))
    return " ".join(" ".join(out).split())
