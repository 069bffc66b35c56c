"""Owns arithmetic as it is said or typed: "twelve times seven", "15 percent of 80", "(3+4)*2".

A small recursive-descent parser over exact fractions. It deliberately evaluates nothing as Python and
knows no variables, equations or units.

    sum      = product {("+" | "-" | "and" | "rsub") product}
    product  = portion {("*" | "/" | "mod") portion}          # also a number before a parenthesis
    portion  = signed {("of" | "off") signed}                 # "half of ten", "15 percent off 80"
    signed   = "-" signed | power
    power    = postfix ["^" signed]
    postfix  = primary {"%" | "squared" | "cubed" | "factorial"}
    primary  = number | "(" sum ")" | function arguments
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Annotated, Final

from assistant.speech.number_words import read_number
from assistant.tools.arithmetic_words import arithmetic_tokens, misheard
from assistant.tools.figures import plain_number
from assistant.tools.tool import Tool, ToolContext, ToolProblem, tool

__all__ = ["calculate", "evaluate", "tools"]

MAX_DIGITS: Final = 1000
"""Digits a value on the way may have, above and below the fraction bar; the bound on time and memory."""
_MAX_DEPTH: Final = 40
# Roots and broken powers are not exact; 40 digits leave every shown digit right.
_INEXACT: Final = Context(prec=40, Emax=10**6, Emin=-(10**6))

_POWERS: Final = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_SEPARATORS: Final = {
    "total": {"and", ",", "to", "with", "+"},
    "multiply": {"and", ",", "by", "with", "*"},
    "divide": {"and", ",", "by", "/"},
    "average": {"and", ","},
    "difference": {"and", ","},
    "remainder": {"and", ",", "by", "/", "mod"},
    "subtract": {"from"},
    "take": {"from"},
}
_PREFIXES: Final = frozenset(
    {"sqrt", "cbrt", "square", "cube", "product_to", "double", "twice", "triple"}
)


@dataclass(frozen=True, slots=True)
class _Value:
    """A number on the way; `percent` while it is nothing but "X percent"."""

    number: Fraction
    percent: bool = False


class _NotUnderstood(Exception):  # noqa: N818 - caught at once and put into a sentence
    """The words do not follow the grammar."""


def tools(_context: ToolContext) -> Iterable[Tool]:
    """Return the arithmetic tool."""
    yield tool("calculate", "Works out arithmetic.", calculate, only_looks=True)


def calculate(
    expression: Annotated[str, "what to work out, as said: twelve times seven"],
) -> dict[str, str]:
    """Return `{"result": digits}`; see `evaluate` for what is understood.

    Values that need at most six decimals are exact, others are rounded to four ("0.3333").

    Raises:
        ToolProblem: If it is no arithmetic, has no answer, or one too big to say.
    """
    value = evaluate(expression)
    return {"result": plain_number(value, exact_places=6, places=4, tiny_digits=4)}


def evaluate(expression: str) -> Fraction:
    """Return the value of arithmetic in words, digits or both; exact but for roots and broken powers.

    "And" between numbers adds; "80 plus 15 percent" adds 15 percent of 80, as a shop would. Recogniser
    slips ("time" for "times", "for" for "four") are read as numbers where nothing else fits.

    Raises:
        ToolProblem: If it is no arithmetic, has no answer, or one of more than `MAX_DIGITS` digits.
    """
    tokens = arithmetic_tokens(expression)
    for reading in (tokens, *misheard(tokens)):
        try:
            return _Parser(reading).whole()
        except _NotUnderstood:
            continue
    raise ToolProblem(f"I don't understand the calculation {expression.strip()[:80]!r}.")


class _Parser:
    """One reading of the tokens; each method consumes what it names and returns its value."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = list(tokens)
        self._at = 0
        self._depth = 0

    def whole(self) -> Fraction:
        value = self._sum(joining=True)
        if self._at != len(self._tokens):
            raise _NotUnderstood
        return value.number

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._next()
        if token and token in wanted:
            self._at += 1
            return token
        return ""

    def _sum(self, *, joining: bool) -> _Value:
        left = self._product()
        while operator := self._take("+", "-", "rsub", *(("and",) if joining else ())):
            right = self._product()
            amount = right.number
            if right.percent and not left.percent:
                amount *= left.number
            if operator == "rsub":
                left = _Value(_bounded(right.number - left.number))
            else:
                total = left.number - amount if operator == "-" else left.number + amount
                left = _Value(_bounded(total), left.percent and right.percent)
        return left

    def _product(self) -> _Value:
        left = self._portion()
        while True:
            operator = self._take("*", "/", "mod") or ("*" if self._next() == "(" else "")
            if not operator:
                return left
            right = self._portion().number
            if operator == "*":
                left = _Value(_bounded(left.number * right))
            elif operator == "/":
                left = _Value(_divided(left.number, right))
            else:
                left = _Value(_remainder(left.number, right))

    def _portion(self) -> _Value:
        left = self._signed()
        while operator := self._take("of", "off"):
            share = left.number if operator == "of" else 1 - left.number
            left = _Value(_bounded(share * self._signed().number))
        return left

    def _signed(self) -> _Value:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _NotUnderstood
        try:
            if self._take("-"):
                value = self._signed()
                return _Value(-value.number, value.percent)
            self._take("+")
            return self._power()
        finally:
            self._depth -= 1

    def _power(self) -> _Value:
        base = self._postfix()
        if self._take("^"):
            return _Value(_power(base.number, self._signed().number))
        if self._next() == "to" and self._at + 1 < len(self._tokens):
            exponent = _POWERS.get(self._tokens[self._at + 1])
            if exponent is not None:
                self._at += 2
                self._take("power")
                return _Value(_power(base.number, Fraction(exponent)))
        return base

    def _postfix(self) -> _Value:
        value = self._primary()
        while operator := self._take("%", "squared", "cubed", "!"):
            match operator:
                case "%":
                    value = _Value(value.number / 100, percent=True)
                case "!":
                    value = _Value(_factorial(value.number))
                case _:
                    exponent = Fraction(2 if operator == "squared" else 3)
                    value = _Value(_power(value.number, exponent))
        return value

    def _primary(self) -> _Value:
        token = self._next()
        if self._take("("):
            value = self._sum(joining=True)
            if not self._take(")"):
                raise _NotUnderstood
            return _Value(value.number)
        if token in _PREFIXES:
            self._at += 1
            return _Value(_applied(token, self._signed().number))
        if token in _SEPARATORS:
            self._at += 1
            return _Value(_combined(token, self._arguments(_SEPARATORS[token])))
        return _Value(self._number())

    def _arguments(self, separators: set[str]) -> list[Fraction]:
        """Read "A and B and C"; "two hundred and five" is one number only when it must not be two."""
        start = self._at
        values = self._separated(separators)
        if len(values) < 2 and "and" in self._tokens[start : self._at]:  # noqa: PLR2004 - a pair
            rest = [("," if word == "and" else word) for word in self._tokens[start:]]
            self._tokens[start:] = rest
            self._at = start
            values = self._separated(separators)
        if len(values) < 2:  # noqa: PLR2004 - a pair
            raise _NotUnderstood
        return values

    def _separated(self, separators: set[str]) -> list[Fraction]:
        values = [self._portion().number]
        while self._take(*separators):
            self._take("and")  # "two, three, and four"
            values.append(self._portion().number)
        return values

    def _number(self) -> Fraction:
        following = self._tokens[self._at + 1 : self._at + 2]
        # "3/4" is a division here, which matters in 2^3/4 and 12/4/3.
        window = self._tokens[: self._at + 1] if following == ["/"] else self._tokens
        read = read_number(window, self._at)
        if read is None:
            raise _NotUnderstood
        value, self._at = read
        return _bounded(value)


def _bounded(value: Fraction) -> Fraction:
    """Return the value if it is small enough to go on with."""
    bits = MAX_DIGITS * math.log2(10)
    if value.numerator.bit_length() > bits or value.denominator.bit_length() > bits:
        raise ToolProblem("That number is too big for me.")
    return value


def _divided(dividend: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise ToolProblem("Nothing can be divided by zero.")
    return _bounded(dividend / divisor)


def _remainder(dividend: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise ToolProblem("Nothing can be divided by zero.")
    return dividend % divisor


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent < 0:
        raise ToolProblem("Nothing can be divided by zero.")
    if base in {0, 1} or exponent == 0:
        return base if exponent else Fraction(1)
    if base == -1 and exponent.denominator == 1:
        return Fraction(-1 if exponent % 2 else 1)
    # Digits of the result, before any work is done on it.
    widest = max(abs(base.numerator), base.denominator).bit_length()
    if abs(exponent) * widest > 2 * MAX_DIGITS * math.log2(10):
        raise ToolProblem("That number is too big for me.")
    if exponent.denominator == 1:
        return _bounded(base**exponent.numerator)
    if base < 0:
        raise ToolProblem("That has no answer among the ordinary numbers.")
    numerator = _root(base.numerator, exponent.denominator)
    denominator = _root(base.denominator, exponent.denominator)
    if numerator is not None and denominator is not None:
        return _bounded(Fraction(numerator, denominator) ** exponent.numerator)
    power = _INEXACT.power(_decimal(base), _decimal(exponent))
    return _bounded(Fraction(power))


def _root(number: int, degree: int) -> int | None:
    """Return the whole root of this degree, or `None` if there is none."""
    if degree == 2:  # noqa: PLR2004 - the square root
        root = math.isqrt(number)
    else:
        guess = _INEXACT.power(Decimal(number), _INEXACT.divide(Decimal(1), Decimal(degree)))
        root = int(guess.to_integral_value(context=_INEXACT))
    return root if root**degree == number else None


def _decimal(value: Fraction) -> Decimal:
    return _INEXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or value < 0:
        raise ToolProblem("Only whole numbers from zero up have a factorial.")
    if value > 400:  # noqa: PLR2004 - 400! has 869 digits, 500! would pass MAX_DIGITS
        raise ToolProblem("That number is too big for me.")
    return Fraction(math.factorial(int(value)))


def _applied(function: str, value: Fraction) -> Fraction:
    match function:
        case "sqrt":
            if value < 0:
                raise ToolProblem(
                    "A negative number has no square root among the ordinary numbers."
                )
            return _power(value, Fraction(1, 2))
        case "cbrt":
            root = _power(abs(value), Fraction(1, 3))
            return -root if value < 0 else root
        case "square" | "cube":
            return _power(value, Fraction(2 if function == "square" else 3))
        case "product_to":
            return _factorial(value)
        case _:
            return _bounded(value * (3 if function == "triple" else 2))


def _combined(function: str, values: list[Fraction]) -> Fraction:
    if function == "total":
        return _bounded(sum(values, Fraction(0)))
    if function == "average":
        return _bounded(sum(values, Fraction(0)) / len(values))
    if function == "multiply":
        return _bounded(math.prod(values, start=Fraction(1)))
    if len(values) != 2:  # noqa: PLR2004 - a pair
        raise _NotUnderstood
    first, second = values
    pairs: dict[str, Callable[[], Fraction]] = {
        "divide": lambda: _divided(first, second),
        "remainder": lambda: _remainder(first, second),
        "difference": lambda: _bounded(abs(first - second)),
        "subtract": lambda: _bounded(second - first),
        "take": lambda: _bounded(second - first),
    }
    return pairs[function]()
