"""Spoken quantities: what a person says becomes the number or time a tool computes with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from assistant.speech.spoken import parse_duration, parse_number, say_duration

NUMBERS = [
    ("twenty five", "25"),
    ("twenty-five", "25"),
    ("a hundred and five", "105"),
    ("one hundred and twenty three million four hundred thousand and six", "123400006"),
    ("three hundred and sixty five thousand", "365000"),
    ("a thousand and five", "1005"),
    ("twelve hundred", "1200"),
    ("three point one four", "3.14"),
    ("three point fourteen", "3.14"),
    ("zero point oh five", "0.05"),
    ("point five", "0.5"),
    ("minus two", "-2"),
    ("negative three and a half", "-3.5"),
    ("half", "0.5"),
    ("a quarter", "0.25"),
    ("three quarters", "0.75"),
    ("one and a half", "1.5"),
    ("two hundred and three quarters", "200.75"),
    ("half a million", "500000"),
    ("a quarter of a million", "250000"),
    ("two and a half million", "2500000"),
    ("a million and a half", "1500000"),
    ("two point five thousand", "2500"),
    ("a dozen", "12"),
    ("half a dozen", "6"),
    ("nineteen eighty four", "1984"),
    ("nineteen oh five", "1905"),
    ("1,000", "1000"),
    ("1,234,567.5", "1234567.5"),
    ("12.5", "12.5"),
    (".5", "0.5"),
    ("-5", "-5"),
    ("\N{MINUS SIGN} 5", "-5"),
    ("2.5 million", "2500000"),
    ("1/2", "0.5"),
    ("2 1/2", "2.5"),
    ("1½", "1.5"),
    ("Five.", "5"),
    ("zero", "0"),
]
NOT_ONE_NUMBER = [
    "",
    "a",
    "and",
    "third",
    "oh five",
    "one two three",
    "two fifty",
    "five and",
    "five point",
    "five ten",
    "twenty zero",
    "hundred hundred",
    "one thousand two million",
    "1,00",
    "1,0000",
    "1/0",
    "5 apples",
    "$5",
    "5-10",
    ".",
    "\u0661/\u0660",
    "half past",
    "five " * 60,
]
DURATIONS = [
    ("five minutes", 300),
    ("an hour and a half", 5400),
    ("hour and a half", 5400),
    ("90 seconds", 90),
    ("1h 20m", 4800),
    ("1h20m", 4800),
    ("two and a half hours", 9000),
    ("half an hour", 1800),
    ("a half hour", 1800),
    ("a quarter of an hour", 900),
    ("three quarters of an hour", 2700),
    ("two hours and a quarter", 8100),
    ("a minute", 60),
    ("one hour twenty", 4800),
    ("five minutes thirty", 330),
    ("two hours and thirty", 9000),
    ("twenty five minutes and ten seconds", 1510),
    ("one hour, twenty minutes and five seconds", 4805),
    ("a couple of minutes", 120),
    ("for ten minutes", 600),
    ("5-minute", 300),
    ("1:30", 90),
    ("1:30:00", 5400),
    ("1.5h", 5400),
    ("500 ms", 0.5),
    ("two weeks and a day", 1_296_000),
    ("zero seconds", 0),
]
NOT_A_DURATION = [
    "",
    "an",
    "h",
    "90",
    "five months",
    "minus five minutes",
    "five minutes five minutes",
    "one day twelve",
    "five minutes and",
    "an hour ninety",
    "minutes five o'clock",
    "1:75",
]


@pytest.mark.parametrize(("words", "value"), NUMBERS)
def test_a_spoken_number_has_its_value(words: str, value: str) -> None:
    assert parse_number(words) == Decimal(value)


@pytest.mark.parametrize("words", NOT_ONE_NUMBER)
def test_what_is_not_exactly_one_number_is_none(words: str) -> None:
    assert parse_number(words) is None


def test_thirds_keep_twenty_eight_digits() -> None:
    assert parse_number("two thirds") == Decimal(2) / Decimal(3)


@settings(deadline=None)
@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_every_whole_number_in_words_is_read_back(value: int) -> None:
    assert parse_number(num2words(value).replace(",", "")) == value
    assert parse_number(f"{value:,}") == value


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_every_decimal_in_words_is_read_back(value: Decimal) -> None:
    assert parse_number(num2words(value).replace(",", "")) == value


@settings(deadline=None)
@given(st.integers(0, 10**5), st.sampled_from(["half", "third", "quarter", "fifth", "tenth"]))
def test_and_a_fraction_adds_it(whole: int, part: str) -> None:
    words = f"{num2words(whole).replace(',', '')} and one {part}"
    denominator = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}[part]
    assert parse_number(words) == Decimal(whole * denominator + 1) / denominator


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert isinstance(parse_number(text), Decimal | None)
    assert isinstance(parse_duration(text), float | None)


_WORDS = st.sampled_from(
    [
        *(
            "a",
            "an",
            "and",
            "half",
            "quarter",
            "quarters",
            "of",
            "one",
            "five",
            "ten",
            "twenty",
            "hundred",
        ),
        *(
            "thousand",
            "million",
            "point",
            "oh",
            "minus",
            "dozen",
            "couple",
            "third",
            "1",
            "2.5",
            "1/2",
            "½",
        ),
        *("-", ".", "hour", "hours", "minute", "m", "s", "h", ":", ",", "for"),
    ]
)


@settings(deadline=None)
@given(st.lists(_WORDS, max_size=9).map(" ".join))
def test_any_row_of_number_words_is_a_number_or_none(text: str) -> None:
    assert isinstance(parse_number(text), Decimal | None)
    duration = parse_duration(text)
    assert duration is None or duration >= 0


@pytest.mark.parametrize(("words", "seconds"), DURATIONS)
def test_a_spoken_duration_lasts_its_seconds(words: str, seconds: float) -> None:
    assert parse_duration(words) == pytest.approx(seconds)


@pytest.mark.parametrize("words", NOT_A_DURATION)
def test_what_is_not_exactly_one_duration_is_none(words: str) -> None:
    assert parse_duration(words) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (1.5, "1.5 seconds"),
        (9.96, "10 seconds"),
        (59.6, "1 minute"),
        (300, "5 minutes"),
        (5400, "1 hour 30 minutes"),
        (90_061, "1 day 1 hour 1 minute 1 second"),
    ],
)
def test_a_duration_is_said_in_its_largest_units(seconds: float, words: str) -> None:
    assert say_duration(seconds) == words


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_a_said_duration_is_read_back(seconds: int) -> None:
    assert parse_duration(say_duration(seconds)) == seconds


@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan")])
def test_an_impossible_duration_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="duration"):
        say_duration(seconds)
