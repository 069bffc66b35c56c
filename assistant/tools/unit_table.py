"""Owns the table of everyday units: every name people use, and its exact factor.

Sources of the factors: NIST Special Publication 811 (2008), appendix B.8, and for what is defined there
by other units, NIST Handbook 44, appendix C. Customary volumes are those of the United States, "ton" is
the short ton, a "calorie" the thermochemical small one, a year 365 days (SP 811), a month a twelfth of it.
Everything rests on the international foot, the acre too (the survey foot was withdrawn after 2022).
Decimal prefixes of bits and bytes are decimal (SP 811, 4.3); "kibibyte" and the like are binary. It
deliberately knows no currencies and converts nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

__all__ = ["Unit", "unit_names"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `value * factor + offset` is the amount in the base unit of its dimension."""

    dimension: str
    singular: str
    plural: str
    factor: Fraction
    offset: Fraction = Fraction(0)


Named = tuple[Unit, set[str]]
"""A unit and every name it goes by."""

# dimension: lines of "factor in base units; singular; plural; other names, ..."
_TABLE: Final[dict[str, str]] = {
    "length": """
        1; meter; meters; m, metre, metres
        1e-9; nanometer; nanometers; nm, nanometre, nanometres
        1e-6; micrometer; micrometers; um, micron, microns, micrometre, micrometres
        1e-3; millimeter; millimeters; mm, millimetre, millimetres, millis
        1e-2; centimeter; centimeters; cm, centimetre, centimetres, centis
        1e-1; decimeter; decimeters; dm, decimetre, decimetres
        1e3; kilometer; kilometers; km, kms, kilometre, kilometres, k, clicks
        0.0254; inch; inches; in, inchs, "
        0.3048; foot; feet; ft, foots, feets, feed, '
        0.9144; yard; yards; yd, yds
        1609.344; mile; miles; mi, statute mile, statute miles
        1852; nautical mile; nautical miles; nmi, sea mile, sea miles
        201.168; furlong; furlongs;
        1.8288; fathom; fathoms;
        149597870700; astronomical unit; astronomical units; au
        9460730472580800; light year; light years; lightyear, lightyears, ly
    """,
    "mass": """
        1; kilogram; kilograms; kg, kgs, kilo, kilos, kilogramme, kilogrammes
        1e-9; microgram; micrograms; mcg, ug
        1e-6; milligram; milligrams; mg, milligramme, milligrammes
        1e-3; gram; grams; g, gr, gramme, grammes, grahams
        1e3; metric ton; metric tons; tonne, tonnes, t, metric tonne, metric tonnes
        0.45359237; pound; pounds; lb, lbs
        0.028349523125; ounce; ounces; oz, ozs
        6.35029318; stone; stones;
        907.18474; ton; tons; short ton, short tons, us ton, us tons
        1016.0469088; long ton; long tons; imperial ton, imperial tons
        0.0002; carat; carats; ct
        0.00006479891; grain; grains;
    """,
    "volume": """
        1; liter; liters; l, litre, litres, leader, leaders
        1e-3; milliliter; milliliters; ml, mls, millilitre, millilitres, cc, ccs
        1e-2; centiliter; centiliters; cl, centilitre, centilitres
        1e-1; deciliter; deciliters; dl, decilitre, decilitres
        1e2; hectoliter; hectoliters; hl, hectolitre, hectolitres
        3.785411784; gallon; gallons; gal, gals, us gallon, us gallons
        0.946352946; quart; quarts; qt, qts
        0.473176473; pint; pints; pt, pts, us pint, us pints
        0.2365882365; cup; cups; cupful, cupfuls
        0.0295735295625; fluid ounce; fluid ounces; fl oz, floz, fluid oz, ounce, ounces, oz
        0.01478676478125; tablespoon; tablespoons; tbsp, tbs, table spoon, table spoons
        0.00492892159375; teaspoon; teaspoons; tsp, tsps, teaspoonful, teaspoonfuls, tea spoon, tea spoons
        4.54609; imperial gallon; imperial gallons; uk gallon, uk gallons, british gallon, british gallons
        0.56826125; imperial pint; imperial pints; uk pint, uk pints, british pint, british pints
        158.987294928; barrel; barrels; bbl, oil barrel, oil barrels
    """,
    "area": """
        4046.8564224; acre; acres; ac
        1e4; hectare; hectares; ha
    """,
    "time": """
        1; second; seconds; s, sec, secs
        1e-9; nanosecond; nanoseconds; ns
        1e-6; microsecond; microseconds; us
        1e-3; millisecond; milliseconds; ms, msec
        60; minute; minutes; min, mins
        3600; hour; hours; h, hr, hrs
        86400; day; days; d
        604800; week; weeks; wk, wks
        1209600; fortnight; fortnights;
        2628000; month; months;
        31536000; year; years; yr, yrs
        315360000; decade; decades;
        3153600000; century; centuries;
        31536000000; millennium; millennia; millenniums
    """,
    "speed": """
        463/900; knot; knots; kt, kts, kn
        299792458; speed of light; times the speed of light; light speed
    """,
    "data": """
        1; bit; bits; b
        8; byte; bytes;
    """,
    "energy": """
        1; joule; joules; j, jewel, jewels
        1e3; kilojoule; kilojoules; kj
        1e6; megajoule; megajoules; mj
        4.184; calorie; calories; cal, cals, small calorie, small calories
        4184; kilocalorie; kilocalories; kcal, kcals, food calorie, food calories
        3600; watt hour; watt hours; wh
        3.6e6; kilowatt hour; kilowatt hours; kwh, kwhs
        3.6e9; megawatt hour; megawatt hours; mwh
        1055.05585262; british thermal unit; british thermal units; btu, btus
        1.3558179483314004; foot pound; foot pounds; ft lb, ft lbs
        1.602176634e-19; electronvolt; electronvolts; ev, electron volt, electron volts
    """,
}
_TEMPERATURES: Final = (
    # NIST SP 811, B.8: T/K = t/°C + 273.15 = (t/°F + 459.67) / 1.8
    ("kelvin", "kelvins", Fraction(1), Fraction(0), "k, degrees kelvin, degree kelvin"),
    ("degree Celsius", "degrees Celsius", Fraction(1), Fraction("273.15"),
     "c, celsius, centigrade, degrees c, degree c, deg c, degrees centigrade, degree centigrade, degc"),
    ("degree Fahrenheit", "degrees Fahrenheit", Fraction(5, 9), Fraction("459.67") * Fraction(5, 9),
     "f, fahrenheit, farenheit, degrees f, degree f, deg f, degf"),
)  # fmt: skip
_DATA_PREFIXES: Final = (
    ("kilo", "k", 10**3), ("mega", "m", 10**6), ("giga", "g", 10**9), ("tera", "t", 10**12),
    ("peta", "p", 10**15), ("kibi", "ki", 2**10), ("mebi", "mi", 2**20), ("gibi", "gi", 2**30),
    ("tebi", "ti", 2**40),
)  # fmt: skip
_COMMON_LENGTHS: Final = frozenset(
    {"meter", "centimeter", "millimeter", "kilometer", "inch", "foot", "yard", "mile"}
)
_PER: Final = {
    "hour": (3600, ("h", "hr")),
    "minute": (60, ("min",)),
    "second": (1, ("s", "sec")),
}
_SPEEDS: Final = {"mile": {"mph"}, "kilometer": {"kph", "kmh", "km h"}}


@cache
def unit_names() -> dict[str, tuple[Unit, ...]]:
    """Return every known name in small letters, and the units it may mean ("ounce" is two)."""
    names: dict[str, tuple[Unit, ...]] = defaultdict(tuple)
    listed = [*_listed(), *_data_sizes()]
    for unit, called in (*listed, *_made_of_lengths(listed)):
        for name in {unit.singular.casefold(), unit.plural.casefold(), *called}:
            names[name] += (unit,)
    return dict(names)


def _listed() -> Iterator[Named]:
    for dimension, lines in _TABLE.items():
        for line in lines.strip().splitlines():
            factor, singular, plural, others = (part.strip() for part in line.split(";"))
            over, _, under = factor.partition("/")
            value = Fraction(over) / Fraction(under or 1)
            yield Unit(dimension, singular, plural, value), _names_in(others)
    for singular, plural, value, offset, others in _TEMPERATURES:
        yield Unit("temperature", singular, plural, value, offset), _names_in(others)


def _names_in(others: str) -> set[str]:
    return {other.strip() for other in others.split(",") if other.strip()}


def _data_sizes() -> Iterator[Named]:
    for long, short, size in _DATA_PREFIXES:
        for kind, letter, bits in (("byte", "b", 8), ("bit", "bit", 1)):
            unit = Unit("data", f"{long}{kind}", f"{long}{kind}s", Fraction(size * bits))
            yield unit, {short + letter, f"{short}{letter}s", f"{long} {kind}", f"{long} {kind}s"}


def _made_of_lengths(listed: list[Named]) -> Iterator[Named]:
    """Make squares, cubes and speeds of the common lengths."""
    for length, called in listed:
        if length.singular not in _COMMON_LENGTHS:
            continue
        spellings = {length.singular, length.plural, *called}
        # A cubic meter is a thousand liters, the base of volumes.
        for power, word, dimension, base in (
            (2, "square", "area", 1),
            (3, "cubic", "volume", 1000),
        ):
            names = {f"{word} {name}" for name in spellings}
            factor = length.factor**power * base
            yield (
                Unit(dimension, f"{word} {length.singular}", f"{word} {length.plural}", factor),
                names,
            )
        for time, (seconds, shorts) in _PER.items():
            names = {f"{name} per {short}" for name in spellings for short in (time, *shorts)}
            if time == "hour":
                names |= _SPEEDS.get(length.singular, set())
            singular, plural = f"{length.singular} per {time}", f"{length.plural} per {time}"
            yield Unit("speed", singular, plural, length.factor / seconds), names
