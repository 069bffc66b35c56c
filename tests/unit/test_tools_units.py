"""What people rely on when they ask for a conversion."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tools.tool import ToolProblem
from assistant.tools.unit_table import unit_names
from assistant.tools.units import convert


@pytest.mark.parametrize(
    ("amount", "from_unit", "to_unit", "result"),
    [
        ("five", "miles", "kilometers", "8.05 kilometers"),
        ("5", "mi", "km", "8.05 kilometers"),
        ("a", "mile", "feet", "5280 feet"),
        ("half a", "mile", "metres", "804.67 meters"),
        ("twelve", "inches", "feet", "1 foot"),
        ("seventy two", "degrees fahrenheit", "celsius", "22.22 degrees Celsius"),
        ("100", "°C", "°F", "212 degrees Fahrenheit"),
        ("minus forty", "celsius", "fahrenheit", "-40 degrees Fahrenheit"),
        ("zero", "degrees celsius", "kelvin", "273.15 kelvins"),
        ("seventy", "degrees", "celsius", "21.11 degrees Celsius"),
        ("two and a half", "cups", "milliliters", "591.47 milliliters"),
        ("one", "gallon", "litres", "3.79 liters"),
        ("two", "pints", "cups", "4 cups"),
        ("eight", "ounces", "cups", "1 cup"),
        ("eight", "ounces", "grams", "226.8 grams"),
        ("150", "lbs", "kilos", "68.04 kilograms"),
        ("sixty", "miles per hour", "kilometers an hour", "96.56 kilometers per hour"),
        ("10", "m/s", "km/h", "36 kilometers per hour"),
        ("one", "acre", "square feet", "43560 square feet"),
        ("5", "m²", "sq. ft.", "53.82 square feet"),
        ("ninety", "minutes", "hours", "1.5 hours"),
        ("1", "GB", "megabytes", "1000 megabytes"),
        ("five", "kilobytes", "bytes", "5000 bytes"),
        ("1", "gibibyte", "MiB", "1024 mebibytes"),
        ("500", "kilocalories", "kilojoules", "2092 kilojoules"),
        ("one", "inch", "kilometers", "0.0000254 kilometers"),
        ("ten", "killometers", "miles", "6.21 miles"),
        ("twenty", "celcius", "farenheit", "68 degrees Fahrenheit"),
    ],
)
def test_conversions_as_people_ask_for_them(
    amount: str, from_unit: str, to_unit: str, result: str
) -> None:
    assert convert(amount, from_unit, to_unit) == {"result": result}


@pytest.mark.parametrize(
    ("amount", "from_unit", "to_unit", "sentence"),
    [
        ("five", "pounds", "miles", "Pounds cannot be converted to miles."),
        ("five", "blorps", "miles", "I don't know the unit 'blorps'."),
        ("many", "miles", "feet", "I don't understand the amount 'many'."),
        ("minus 500", "celsius", "kelvin", "Nothing can be colder than absolute zero."),
        ("20", "degrees", "degrees", "I need to know which degrees to convert between."),
    ],
)
def test_what_cannot_be_converted_is_refused_in_one_sentence(
    amount: str, from_unit: str, to_unit: str, sentence: str
) -> None:
    with pytest.raises(ToolProblem) as problem:
        convert(amount, from_unit, to_unit)
    assert str(problem.value) == sentence


# Independent of the table: values of NIST SP 811, appendix B.8, as printed there (seven digits).
NIST = {
    ("inch", "centimeter"): "2.54",
    ("yard", "meter"): "0.9144",
    ("nautical mile", "meter"): "1852",
    ("pound", "kilogram"): "0.4535924",
    ("ounce", "gram"): "28.34952",
    ("ton", "kilogram"): "907.1847",
    ("gallon", "liter"): "3.785412",
    ("imperial gallon", "liter"): "4.54609",
    ("fluid ounce", "milliliter"): "29.57353",
    ("tablespoon", "milliliter"): "14.78676",
    ("teaspoon", "milliliter"): "4.928922",
    ("cup", "liter"): "0.2365882",
    ("mile per hour", "meter per second"): "0.44704",
    ("knot", "meter per second"): "0.5144444",
    ("square foot", "square meter"): "0.09290304",
    ("square mile", "square kilometer"): "2.589988",
    ("cubic foot", "liter"): "28.31685",
    ("kilowatt hour", "megajoule"): "3.6",
    ("british thermal unit", "joule"): "1055.056",
    ("foot pound", "joule"): "1.355818",
    ("calorie", "joule"): "4.184",
}


@pytest.mark.parametrize(("pair", "printed"), NIST.items())
def test_factors_agree_with_what_nist_printed(pair: tuple[str, str], printed: str) -> None:
    start, end = (unit_names()[name][0] for name in pair)
    assert start.dimension == end.dimension
    assert float(start.factor / end.factor) == pytest.approx(float(printed), rel=4e-7)


UNITS = sorted({unit.plural.casefold() for units in unit_names().values() for unit in units})


@settings(deadline=None)
@given(st.integers(1, 10**6), st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_a_unit_by_its_own_name_converts_within_its_dimension_only(
    amount: int, from_unit: str, to_unit: str
) -> None:
    start, end = unit_names()[from_unit][0], unit_names()[to_unit][0]
    kinds = [{unit.dimension for unit in unit_names()[name]} for name in (from_unit, to_unit)]
    if not kinds[0] & kinds[1]:
        with pytest.raises(ToolProblem, match="cannot be converted"):
            convert(str(amount), from_unit, to_unit)
        return
    result = convert(str(amount), from_unit, to_unit)["result"]
    assert result.casefold().endswith((end.plural.casefold(), end.singular.casefold(), "ounces"))
    if result.startswith("about") or start.dimension != end.dimension:
        return
    said = Fraction(result.split()[0])
    exact = (amount * start.factor + start.offset - end.offset) / end.factor
    assert abs(said - exact) <= max(Fraction(1, 200), abs(exact) / 200)


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_words_give_a_result_or_a_sentence(amount: str, from_unit: str, to_unit: str) -> None:
    for words in ((amount, from_unit, to_unit), ("five", from_unit, to_unit)):
        with suppress(ToolProblem):
            assert set(convert(*words)) == {"result"}
