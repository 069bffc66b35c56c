"""What people rely on when they ask for a calculation."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from assistant.tools.arithmetic import MAX_DIGITS, calculate, evaluate
from assistant.tools.figures import plain_number
from assistant.tools.tool import ToolProblem

SPOKEN = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("twelve times seven", "84"),
        ("15 percent of 80", "12"),
        ("square root of 81", "9"),
        ("12*7", "84"),
        ("(3+4)*2", "14"),
        ("two to the power of ten", "1024"),
        ("five squared", "25"),
        ("half of ninety", "45"),
        ("a third of ninety", "30"),
        ("100 divided by 8", "12.5"),
        ("ten minus twelve", "-2"),
        ("ten divided by three", "3.3333"),
        ("one divided by seven hundred", "0.001429"),
        ("1234567 times 1", "1234567"),
        ("0.1 + 0.2", "0.3"),
        ("what's 7 times 8?", "56"),
        ("What is 5 plus 5 equal to?", "10"),
        ("add two hundred and five", "205"),
        ("the sum of two hundred and five and six", "211"),
        ("subtract three from ten", "7"),
        ("80 plus 15 percent", "92"),
        ("15% off 80", "68"),
        ("ten plus half of ninety", "55"),
        ("five to the third power", "125"),
        ("cube root of 27", "3"),
        ("5!", "120"),
        ("2^3/4", "2"),
        ("12/4/3", "1"),
        ("-2^2", "-4"),
        ("2**-2", "0.25"),
        ("17 mod 5", "2"),
        ("average of 2, 3 and 4", "3"),
        ("2(3+4)", "14"),
        ("the square root of two", "1.4142"),
        ("2^100", "about 1.2677 times 10 to the power of 30"),
    ],
)
def test_arithmetic_as_people_say_or_type_it(expression: str, result: str) -> None:
    assert calculate(expression) == {"result": result}


@pytest.mark.parametrize(
    ("heard", "result"),
    [
        ("twelve time seven", "84"),
        ("for plus for", "8"),
        ("won plus too", "3"),
        ("ate times to", "16"),
        ("sixty for divided by ate", "8"),
    ],
)
def test_number_words_that_a_recogniser_misspells_are_still_numbers(
    heard: str, result: str
) -> None:
    assert calculate(heard) == {"result": result}


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("1/0", "Nothing can be divided by zero."),
        ("five mod zero", "Nothing can be divided by zero."),
        ("zero to the power of minus one", "Nothing can be divided by zero."),
        ("9**9**9", "That number is too big for me."),
        ("two to the power of a million", "That number is too big for me."),
        ("5000!", "That number is too big for me."),
        ("(10^900)*(10^900)", "That number is too big for me."),
        (
            "square root of minus one",
            "A negative number has no square root among the ordinary numbers.",
        ),
        ("hello world", "I don't understand the calculation 'hello world'."),
        ("__import__('os')", "I don't understand the calculation \"__import__('os')\"."),
        ("five plus", "I don't understand the calculation 'five plus'."),
    ],
)
def test_what_has_no_answer_is_refused_in_one_sentence(expression: str, sentence: str) -> None:
    with pytest.raises(ToolProblem) as problem:
        calculate(expression)
    assert str(problem.value) == sentence


@st.composite
def sums(draw: st.DrawFn) -> list[str]:
    """Numbers and operators in turn, with balanced parentheses around some runs."""
    parts = [str(draw(st.integers(0, 999)))]
    for _ in range(draw(st.integers(0, 6))):
        parts += [draw(st.sampled_from("+-*/")), str(draw(st.integers(0, 999)))]
    if len(parts) > 3 and draw(st.booleans()):
        start = draw(st.integers(0, len(parts) // 2 - 1)) * 2
        end = draw(st.integers(start // 2, len(parts) // 2)) * 2
        parts[start] = "(" + parts[start]
        parts[end] += ")"
    return parts


def by_python(parts: list[str]) -> Fraction | None:
    """Evaluate with Python's own precedence, over fractions."""
    text = "".join(
        part.replace(digits := part.strip("()"), f"Fraction({digits})") if digits_in(part) else part
        for part in parts
    )
    try:
        return Fraction(eval(text, {"Fraction": Fraction}))  # noqa: S307 - the oracle, on our own text
    except ZeroDivisionError:
        return None


def digits_in(part: str) -> bool:
    return part.strip("()").isdecimal()


def by_assistant(expression: str) -> Fraction | None:
    try:
        return evaluate(expression)
    except ToolProblem as problem:
        if str(problem) == "Nothing can be divided by zero.":
            return None
        raise


@settings(deadline=None)
@given(sums(), st.sampled_from(["", " "]))
def test_typed_arithmetic_agrees_with_python(parts: list[str], gap: str) -> None:
    assert by_assistant(gap.join(parts)) == by_python(parts)


def as_recognised(number: int) -> str:
    """Return number words without the punctuation no recogniser writes."""
    return str(num2words(number)).replace(",", "").replace("-", " ")


@settings(deadline=None)
@given(st.lists(st.integers(0, 99_999), min_size=1, max_size=3), st.data())
def test_spoken_arithmetic_agrees_with_python(numbers: list[int], data: st.DataObject) -> None:
    operators = [data.draw(st.sampled_from("+-*/")) for _ in numbers[1:]]
    parts = [str(numbers[0])]
    words = [as_recognised(numbers[0])]
    for operator, number in zip(operators, numbers[1:], strict=True):
        parts += [operator, str(number)]
        words += [SPOKEN[operator], as_recognised(number)]
    assert by_assistant(" ".join(words)) == by_python(parts)


VOCABULARY = """
    plus minus times divided by the square root of ten five half and percent of to power squared
    ( ) ^ ! 12 0 3.5 / % cubed for off average sum from subtract , mod factorial
"""
PIECES = st.sampled_from(VOCABULARY.split())


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map(" ".join)))
def test_any_words_give_a_number_of_bounded_size_or_a_sentence(expression: str) -> None:
    with suppress(ToolProblem):
        value = evaluate(expression)
        assert max(abs(value.numerator), value.denominator) < 10 ** (MAX_DIGITS + 1)


@settings(deadline=None)
@given(st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**6))
def test_a_written_number_is_as_near_as_its_decimals_allow(value: Fraction) -> None:
    written = plain_number(value, exact_places=6, places=4, tiny_digits=4)
    assert "," not in written
    assert abs(Fraction(written) - value) <= Fraction(1, 20_000)
    assert written == "0" or not (written.endswith(".") or written.startswith("-0 "))
    if (value * 10**6).denominator == 1:
        assert Fraction(written) == value
