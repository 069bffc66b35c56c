"""Owns the conversion of everyday units, as people name them.

A table of exact factors (`unit_table`) rather than a library: `pint` needed 570 ms to import and read its
definitions on this project's two-core machine (November 2026), and it evaluates what it is given. It
deliberately reads no compound amounts ("six feet two").
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated

from assistant.speech.number_words import number_tokens, read_number
from assistant.tools.figures import plain_number
from assistant.tools.tool import Tool, ToolContext, ToolProblem, tool
from assistant.tools.unit_table import Unit, unit_names

__all__ = ["convert", "tools"]


def tools(_context: ToolContext) -> Iterable[Tool]:
    """Return the conversion tool."""
    yield tool("convert", "Converts an amount from one unit to another.", convert, only_looks=True)


def convert(
    amount: Annotated[str, "how much: five, 2.5"],
    from_unit: Annotated[str, "the unit it is in: miles"],
    to_unit: Annotated[str, "the unit it should be in: kilometers"],
) -> dict[str, str]:
    """Return `{"result": "8.05 kilometers"}`: at most two decimals, below 0.1 three digits.

    Raises:
        ToolProblem: If the amount is no number, a unit unknown, or the two measure different things.
    """
    value = _amount(amount)
    start, end = _pair(from_unit, to_unit)
    in_base = value * start.factor + start.offset
    if start.dimension == "temperature" and in_base < 0:
        raise ToolProblem("Nothing can be colder than absolute zero.")
    result = (in_base - end.offset) / end.factor
    digits = plain_number(result, exact_places=2, places=2, tiny_digits=3)
    return {"result": f"{digits} {end.singular if digits == '1' else end.plural}"}


def _amount(words: str) -> Fraction:
    tokens = [token for token in number_tokens(words) if token not in {"about", "of"}]
    if tokens in (["a"], ["an"]):
        return Fraction(1)
    if tokens[-1:] in (["a"], ["an"]):  # "half a"
        tokens.pop()
    read = read_number(tokens, 0)
    if read is None or read[1] != len(tokens):
        raise ToolProblem(f"I don't understand the amount {words.strip()[:60]!r}.")
    if max(abs(read[0].numerator), read[0].denominator) > 10**60:
        raise ToolProblem("That number is too big for me.")
    return read[0]


def _pair(from_unit: str, to_unit: str) -> tuple[Unit, Unit]:
    """Return the two units; of names with two meanings (ounce, degree, k) the one that fits."""
    starts, ends = _candidates(from_unit), _candidates(to_unit)
    if starts == ends == _temperatures():
        raise ToolProblem("I need to know which degrees to convert between.")
    for start in starts:
        for end in ends:
            # "70 degrees in celsius": bare degrees are those of the other scale.
            if start.dimension == end.dimension and (start != end or len(starts) == len(ends) == 1):
                return start, end
    for start in starts:
        if start in ends:
            return start, start
    raise ToolProblem(f"{starts[0].plural.capitalize()} cannot be converted to {ends[0].plural}.")


def _candidates(said: str) -> tuple[Unit, ...]:
    name = _plain(said)
    names = unit_names()
    if name in {"degree", "degrees", "deg"}:
        return _temperatures()
    if name not in names:
        long = [known for known in names if len(known) > 3]  # noqa: PLR2004 - "ml" is near anything
        near = difflib.get_close_matches(name, long, n=1, cutoff=0.8) if len(name) > 3 else []  # noqa: PLR2004
        if not near:
            raise ToolProblem(f"I don't know the unit {said.strip()[:60]!r}.")
        name = near[0]
    return names[name]


def _temperatures() -> tuple[Unit, ...]:
    fahrenheit, celsius = unit_names()["fahrenheit"][0], unit_names()["celsius"][0]
    return (fahrenheit, celsius)


def _plain(said: str) -> str:
    """Return a unit as the table spells it: "sq. ft." as "square foot"-like words, "km/h" as "km per h"."""
    name = said.strip().casefold().replace("\N{DEGREE SIGN}", " degrees ").replace("°", " degrees ")
    name = re.sub(r"\b(?:square|sq\.?)\s+", "square ", name.replace("metre", "meter"))
    name = re.sub(r"\b(?:cubic|cu\.?)\s+", "cubic ", name)
    name = re.sub(
        r"([a-z]+)(?:²|\^?2)$", r"square \1", re.sub(r"([a-z]+)(?:³|\^?3)$", r"cubic \1", name)
    )
    name = re.sub(r"\s*/\s*|\s+(?:an|a|each)\s+(?=hour|minute|second)", " per ", name)
    name = re.sub(r"[.,?!-]+", " ", name).strip()
    return re.sub(r"^(?:an?|the|of)\s+", "", re.sub(r"\s+", " ", name))
