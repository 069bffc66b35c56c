"""Owns the vocabulary of spoken arithmetic: which words mean which operator.

It deliberately knows no grammar and computes nothing; numbers pass through as they are.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.speech.number_words import number_tokens

__all__ = ["arithmetic_tokens", "misheard"]

# Longest first; "the" is gone before these are looked for. Recognisers write "time" for "times".
_PHRASES: Final[tuple[tuple[str, str], ...]] = (
    ("to power of", "^"), ("raised to power of", "^"), ("raised to power", "^"), ("to power", "^"),
    ("raised to", "^"), ("* *", "^"), ("**", "^"),
    ("square root of", "sqrt"), ("square root", "sqrt"), ("root of", "sqrt"), ("√", "sqrt"),
    ("cube root of", "cbrt"), ("cube root", "cbrt"), ("cubic root of", "cbrt"),
    ("square of", "square"), ("cube of", "cube"), ("factorial of", "product_to"),
    ("sum of", "total"), ("total of", "total"), ("add", "total"), ("sum", "total"),
    ("product of", "multiply"), ("quotient of", "divide"), ("average of", "average"),
    ("mean of", "average"), ("difference between", "difference"), ("difference of", "difference"),
    ("remainder of", "remainder"), ("remainder when", "remainder"), ("half of", "half of"),
    ("added to", "+"), ("plus", "+"), ("take away", "-"), ("subtracted by", "-"),
    ("subtracted from", "rsub"), ("taken from", "rsub"), ("minus", "-"), ("less", "-"),
    ("negative", "-"), ("\N{EN DASH}", "-"),
    ("multiplied by", "*"), ("multiply by", "*"), ("times by", "*"), ("times", "*"), ("time", "*"),
    ("x", "*"), ("\N{MULTIPLICATION SIGN}", "*"), ("·", "*"),
    ("is divided by", "/"), ("divided by", "/"), ("divide by", "/"), ("divided with", "/"),
    ("over", "/"), ("÷", "/"), ("modulo", "mod"), ("modulus", "mod"),
    ("per cent", "%"), ("percent", "%"), ("percentage", "%"),
    ("discount on", "off"), ("off of", "off"), ("tip on", "of"), ("tip for", "of"), ("tax on", "of"),
    ("²", "squared"), ("³", "cubed"),
    ("open parenthesis", "("), ("open bracket", "("), ("open paren", "("), ("parenthesis", "("),
    ("close parenthesis", ")"), ("close bracket", ")"), ("close paren", ")"),
)  # fmt: skip
_REPLACEMENTS: Final = tuple(
    (tuple(said.split()), meant)
    for said, meant in sorted(_PHRASES, key=lambda pair: -len(pair[0].split()))
)
_LEAD_INS: Final = frozenset(
    {
        "what", "'", "s", "is", "whats", "how", "much", "many", "calculate", "compute", "evaluate", "tell",
        "me", "please", "can", "you", "do",
    }
)  # fmt: skip
_LEAD_OUTS: Final = frozenset({"equals", "equal", "=", "is", "please", "?"})
# What a recogniser writes for a number word, where nothing but a number would make sense.
_HOMOPHONES: Final = {"for": "four", "fore": "four", "won": "one", "ate": "eight", "too": "two"}


def arithmetic_tokens(expression: str) -> list[str]:
    """Return number words, literals and operator names, without polite words around them."""
    text = re.sub(r"(?<=[0-9)])!", " factorial ", expression)
    tokens = [word for word in number_tokens(text) if word != "the"]
    tokens = ["!" if word == "factorial" else word for word in tokens]
    while tokens and tokens[0] in _LEAD_INS:
        tokens.pop(0)
    while tokens and (
        tokens[-1] in _LEAD_OUTS or tokens[-2:] in (["equal", "to"], ["equals", "to"])
    ):
        tokens.pop()
    found: list[str] = []
    at = 0
    while at < len(tokens):
        for said, meant in _REPLACEMENTS:
            if tuple(tokens[at : at + len(said)]) == said:
                found += meant.split()
                at += len(said)
                break
        else:
            found.append(tokens[at])
            at += 1
    return found


def misheard(tokens: list[str]) -> tuple[list[str], list[str]]:
    """Return the tokens with recogniser slips ("for", "won") as numbers, without and with "to" as two."""
    heard = [_HOMOPHONES.get(word, word) for word in tokens]
    return heard, ["two" if word == "to" else word for word in heard]
