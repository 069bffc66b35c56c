"""Owns how a tool writes a number down: short, in digits, ready to be said or copied.

No thousands separators: a small model copies "1234567" more surely than "1,234,567", and the speech
normaliser reads both alike. It deliberately knows nothing of units or currencies.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_LARGEST_PLAIN: Final = 10**18
_SMALLEST_PLAIN: Final = Fraction(1, 10**9)


def plain_number(value: Fraction, *, exact_places: int, places: int, tiny_digits: int) -> str:
    """Return `value` in decimal digits, exactly where that is short.

    Args:
        value: the number.
        exact_places: a value that needs no more decimals than this is written exactly.
        places: any other is rounded (half away from zero) to this many decimals …
        tiny_digits: … or, below 0.1, to this many significant digits.

    Trailing zeros are dropped. From 10**18 on, and below a billionth, the answer is in powers of ten:
    "about 1.2677 times 10 to the power of 30".
    """
    size = abs(value)
    if size >= _LARGEST_PLAIN or 0 < size < _SMALLEST_PLAIN:
        exponent = _exponent(size)
        mantissa = _rounded(value / Fraction(10) ** exponent, places)
        if mantissa.lstrip("-") == "10":
            mantissa, exponent = mantissa[:-1], exponent + 1
        return f"about {mantissa} times 10 to the power of {exponent}"
    if (value * 10**exact_places).denominator == 1:
        return _rounded(value, exact_places)
    if size < Fraction(1, 10):
        places = max(places, tiny_digits - 1 - _exponent(size))
    return _rounded(value, places)


def _exponent(size: Fraction) -> int:
    """Return the power of ten of the first significant digit of a positive number."""
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    return exponent if Fraction(10) ** exponent <= size else exponent - 1


def _rounded(value: Fraction, places: int) -> str:
    """Return `value` rounded half away from zero, without trailing zeros and without "-0"."""
    scaled = (abs(value) * 10**places + Fraction(1, 2)).__floor__()
    whole, part = divmod(scaled, 10**places)
    digits = f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".") if places else str(whole)
    return f"-{digits}" if value < 0 and scaled else digits
