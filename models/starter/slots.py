"""What fills the slots of the templates: numbers, durations, places, days, units, items, notes.

Every function takes the random generator and `typed`: False gives what a recogniser writes (lower
case, number words), True what a person types (digits, capitals). It knows nothing of tools or answers.
"""

# ruff: noqa: E501, SIM905, RUF001 (word tables; every slot takes the same arguments)

from __future__ import annotations

import random
from pathlib import Path

DATA = Path(__file__).parent / "data"
WORDS = (DATA / "words.txt").read_text(encoding="utf-8").split()
PLACES = [
    p
    for line in (DATA / "places.txt").read_text(encoding="utf-8").splitlines()
    for p in line.split(";")
]
SENTENCES = (DATA / "sentences.txt").read_text(encoding="utf-8").splitlines()

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def number_words(n: int) -> str:
    """`n` (0 to 999,999,999) in words as a recogniser writes them: no hyphens."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f" {ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        rest = n % 100
        return f"{ONES[n // 100]} hundred" + (f" {number_words(rest)}" if rest else "")
    if n < 1_000_000:
        rest = n % 1000
        return f"{number_words(n // 1000)} thousand" + (f" {number_words(rest)}" if rest else "")
    rest = n % 1_000_000
    return f"{number_words(n // 1_000_000)} million" + (f" {number_words(rest)}" if rest else "")


def size(rng: random.Random) -> int:
    """A whole number; small ones are frequent."""
    shape = rng.random()
    if shape < 0.4:
        return rng.randint(1, 12)
    if shape < 0.75:
        return rng.randint(10, 100)
    if shape < 0.93:
        return rng.choice(
            (rng.randint(100, 999), 100 * rng.randint(1, 20), 50 * rng.randint(2, 20))
        )
    return rng.choice(
        (rng.randint(1000, 9999), 1000 * rng.randint(1, 99), rng.randint(10000, 999999))
    )


def number(rng: random.Random, typed: bool) -> str:
    n = size(rng)
    if typed:
        return rng.choice((str(n), str(n), f"{n:,}")) if n > 999 else str(n)
    words = number_words(n)
    if "hundred " in words and rng.random() < 0.4:
        words = words.replace("hundred ", "hundred and ")
    if words.startswith("one ") and rng.random() < 0.3:
        words = "a" + words[3:]
    return words


def decimal(rng: random.Random, typed: bool) -> str:
    whole, part = rng.randint(0, 120), rng.choice((rng.randint(1, 9), rng.randint(1, 99)))
    if typed:
        return f"{whole}.{part}"
    return f"{number_words(whole)} point " + " ".join(ONES[int(c)] for c in str(part))


def pseudo_word(rng: random.Random) -> str:
    onset = "b c d f g h j k l m n p r s t v w z bl br ch cl cr dr fl fr gl gr pl pr sh sk sl sm sn sp st str sw th tr".split()
    nucleus = "a e i o u ai ea ee ie oa oo ou".split()
    coda = ["", "", "", *"b d g k l m n p r s t x ck ll mp nd ng nk nt rd rk rn rt ss st".split()]
    return "".join(
        rng.choice(onset) + rng.choice(nucleus) + rng.choice(coda)
        for _ in range(rng.choice((1, 2, 2, 3)))
    )


def babble(rng: random.Random) -> str:
    """A made-up word of vocabulary pieces, so that even a token of few real words is often copied."""
    return "".join(rng.choice(PIECES) for _ in range(rng.choice((1, 1, 2, 2, 3))))


# Training only (`train.py` sets both): the test keeps to words a person could say.
PIECES: list[str] = []
BABBLE_RATE = 0.0


def word(rng: random.Random) -> str:
    if BABBLE_RATE and rng.random() < BABBLE_RATE:
        return babble(rng)
    return pseudo_word(rng) if rng.random() < 0.08 else rng.choice(WORDS)


def random_words(rng: random.Random, low: int, high: int) -> str:
    return " ".join(word(rng) for _ in range(rng.randint(low, high)))


# --- durations -------------------------------------------------------------------------------------
def count(rng: random.Random, typed: bool, low: int, high: int) -> str:
    n = rng.randint(low, high)
    if not typed and n > 1 and rng.random() < 0.3:
        n = rng.choice([x for x in (2, 3, 5, 10, 15, 20, 30, 40, 45, 50, 60, 90) if x <= high])
    return str(n) if typed else number_words(n)


def unit_of(n: str, unit: str) -> str:
    return unit if n in {"1", "one"} else unit + "s"


def duration(rng: random.Random, typed: bool) -> str:
    shape = rng.random()
    if typed and shape < 0.12:
        n = rng.randint(1, 90)
        return rng.choice(
            (f"{n} min", f"{n} sec", f"{n}m", f"{n}s", f"{rng.randint(1, 12)}h", f"{n} mins", f"{n} secs",
             f"{rng.randint(1, 9)} hr", f"{rng.randint(2, 9)} hrs", f"{rng.randint(1, 5)}h {n % 60}m")
        )  # fmt: skip
    if shape < 0.55:
        unit = rng.choices(("minute", "second", "hour", "day"), (70, 16, 13, 1))[0]
        n = count(rng, typed, 1, {"minute": 90, "second": 99, "hour": 24, "day": 7}[unit])
        return f"{n} {unit_of(n, unit)}"
    if shape < 0.68:
        return rng.choice(
            ("half an hour", "an hour", "a minute", "an hour and a half", "a quarter of an hour", "half a minute",
             "three quarters of an hour", "a minute and a half", "one hour", "a couple of minutes", "a half hour",
             "half an hour", "an hour and a quarter", "a few minutes", "quarter of an hour", "one minute")
        )  # fmt: skip
    if shape < 0.78:
        n = rng.randint(1, 12)
        unit = rng.choice(("hours", "hours", "minutes"))
        if typed:
            return f"{n}.5 {unit}" if rng.random() < 0.6 else f"{n} and a half {unit}"
        return f"{number_words(n)} and a half {unit}"
    first, second = rng.choice((("hour", "minute"), ("hour", "minute"), ("minute", "second")))
    a = count(rng, typed, 1, 12)
    b = count(rng, typed, 1, 59)
    joint = rng.choice((" and ", " and ", " ", ", " if typed else " "))
    head = (
        f"{'an' if first == 'hour' else 'a'} {first}"
        if a in {"1", "one"} and rng.random() < 0.6
        else f"{a} {unit_of(a, first)}"
    )
    return f"{head}{joint}{b} {unit_of(b, second)}"


def duration_adjective(rng: random.Random, typed: bool) -> str:
    """What stands before "timer": "five minute", "half hour", "90 second"."""
    if rng.random() < 0.12:
        return rng.choice(("half hour", "one hour", "two hour", "half minute", "quarter hour"))
    unit = rng.choices(("minute", "second", "hour"), (72, 16, 12))[0]
    n = count(rng, typed, 1, {"minute": 90, "second": 99, "hour": 12}[unit])
    return f"{n}-{unit}" if typed and rng.random() < 0.25 else f"{n} {unit}"


# --- places and days -------------------------------------------------------------------------------
def place(rng: random.Random, typed: bool) -> str:
    name = rng.choice(PLACES) if rng.random() < 0.88 else " ".join(
        w.capitalize() for w in ([word(rng)] if rng.random() < 0.7 else [word(rng), word(rng)])
    )  # fmt: skip
    return name if typed and rng.random() < 0.85 else name.lower()


MONTHS = (
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
HOLIDAYS = (
    "christmas,christmas eve,new year's eve,new year's day,halloween,valentine's day,independence day,"
    "thanksgiving,easter,labor day,mother's day,father's day,memorial day,st patrick's day,boxing day,april fools day,"
    "good friday,new year's,earth day,columbus day,veterans day"
).split(",")
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()


def ordinal(n: int, typed: bool) -> str:
    if typed:
        return f"{n}" + (
            "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
        )
    if n <= 20:
        return ORDINALS[n - 1]
    return f"{TENS[n // 10]} {ORDINALS[n % 10 - 1]}" if n % 10 else {30: "thirtieth"}[n]


def day(rng: random.Random, typed: bool) -> str:
    shape = rng.random()
    if shape < 0.28:
        text = rng.choice(
            ("tomorrow", "tomorrow", "tomorrow", "yesterday", "the day after tomorrow", "the day before yesterday",
             "this weekend", "a week from today", "a week from tomorrow", "next week", "two weeks from today",
             "next month", "the end of the month", "a month from now", "a year from now", "a week from now")
        )  # fmt: skip
    elif shape < 0.52:
        weekday = rng.choice(WEEKDAYS)
        text = (
            rng.choice(
                (
                    "next ",
                    "next ",
                    "this ",
                    "last ",
                    "the coming ",
                    "",
                    "this coming ",
                    "a week from ",
                )
            )
            + weekday
        )
    elif shape < 0.68:
        text = rng.choice(HOLIDAYS)
        if typed:
            text = text.capitalize()
    elif shape < 0.84:
        n = rng.randint(2, 30)
        unit = rng.choice(("days", "weeks", "weeks", "months", "years"))
        amount = str(n) if typed else number_words(n)
        text = rng.choice((f"in {amount} {unit}", f"in {amount} {unit}", f"{amount} {unit} from now", f"{amount} {unit} ago",
                           f"{amount} {unit} from today", "in a week", "in a month"))  # fmt: skip
    else:
        month, n = rng.choice(MONTHS), rng.randint(1, 30)
        text = rng.choice(
            (
                f"{month} {ordinal(n, typed)}",
                f"the {ordinal(n, typed)} of {month}",
                f"{month} {ordinal(n, typed)}",
            )
        )
        if typed and rng.random() < 0.5:
            text = f"{month} {n}"
    return text if typed else text.lower()


# --- arithmetic and units --------------------------------------------------------------------------
def operand(rng: random.Random, typed: bool) -> str:
    return decimal(rng, typed) if rng.random() < 0.1 else number(rng, typed)


def expression(rng: random.Random, typed: bool) -> str:
    shape = rng.random()
    a, b = operand(rng, typed), operand(rng, typed)
    if shape < 0.58:
        if typed and rng.random() < 0.75:
            sign = rng.choice("+-*/+-*/x×÷^")
            gap = rng.choice((" ", " ", ""))
            text = f"{a}{gap}{sign}{gap}{b}"
            if rng.random() < 0.2:
                text += f"{gap}{rng.choice('+-*/')}{gap}{operand(rng, typed)}"
            elif rng.random() < 0.1:
                text = f"({text}){gap}{rng.choice('+-*/')}{gap}{operand(rng, typed)}"
            return text
        names = (
            "plus",
            "plus",
            "minus",
            "minus",
            "times",
            "times",
            "divided by",
            "multiplied by",
            "over",
            "times",
        )
        text = f"{a} {rng.choice(names)} {b}"
        if rng.random() < 0.2:
            text += f" {rng.choice(('plus', 'minus', 'times', 'divided by'))} {operand(rng, typed)}"
        return text
    if shape < 0.75:
        percent = rng.choice(
            ("5", "10", "15", "20", "25", "30", "50", "75", "18", str(rng.randint(1, 99)))
        )
        if typed:
            return rng.choice(
                (f"{percent}% of {b}", f"{percent} percent of {b}", f"{percent} % of {b}")
            )
        return f"{number_words(int(percent))} percent of {b}"
    if shape < 0.85:
        return (
            rng.choice(
                ("square root of ", "the square root of ", "cube root of ", "the cube root of ")
            )
            + a
        )
    if shape < 0.93:
        return rng.choice(
            (
                f"{a} squared",
                f"{a} cubed",
                f"{a} to the power of {b}",
                f"{a} to the {rng.choice(ORDINALS[2:10])} power",
            )
        )
    return (
        rng.choice(
            (
                "half of ",
                "a third of ",
                "a quarter of ",
                "two thirds of ",
                "three quarters of ",
                "a tenth of ",
                "half of ",
            )
        )
        + b
    )


UNITS = {
    "length": "miles,kilometers,meters,feet,inches,centimeters,millimeters,yards,kilometres,metres,nautical miles,light years",
    "mass": "pounds,kilograms,grams,ounces,kilos,tons,stone,milligrams,tonnes,metric tons",
    "volume": "liters,gallons,cups,pints,quarts,milliliters,tablespoons,teaspoons,fluid ounces,litres,cubic meters",
    "temperature": "celsius,fahrenheit,kelvin",
    "speed": "miles per hour,kilometers per hour,meters per second,knots,feet per second",
    "area": "acres,hectares,square feet,square meters,square miles,square kilometers",
    "time": "minutes,hours,seconds,days,weeks,years,months,milliseconds",
    "data": "megabytes,gigabytes,kilobytes,terabytes,bytes,bits",
    "energy": "calories,joules,kilojoules,kilowatt hours,kilocalories",
    "pressure": "psi,bar,pascals,atmospheres",
}
ABBREVIATIONS = {
    "length": "km,mi,m,ft,in,cm,mm,yd", "mass": "kg,g,lb,lbs,oz,mg", "volume": "l,ml,gal,oz,tbsp,tsp", "temperature": "°C,°F,C,F,K",
    "speed": "mph,km/h,m/s,kph", "data": "MB,GB,KB,TB", "area": "m2,sq ft,km2", "time": "min,h,s", "energy": "kWh,kJ,kcal", "pressure": "psi,bar,Pa",
}  # fmt: skip
SINGULAR = {
    "feet": "foot", "inches": "inch", "celsius": "celsius", "fahrenheit": "fahrenheit", "kelvin": "kelvin", "stone": "stone",
    "miles per hour": "mile per hour", "kilometers per hour": "kilometer per hour", "meters per second": "meter per second",
    "feet per second": "foot per second", "square feet": "square foot", "square inches": "square inch", "psi": "psi", "bar": "bar",
}  # fmt: skip


def singular(unit: str) -> str:
    return SINGULAR.get(unit, unit[:-1] if unit.endswith("s") and len(unit) > 3 else unit)


def unit_pair(rng: random.Random, typed: bool) -> tuple[str, str]:
    kind = rng.choices(list(UNITS), (30, 16, 16, 12, 6, 4, 6, 4, 3, 3))[0]
    source = ABBREVIATIONS if typed and rng.random() < 0.45 and kind in ABBREVIATIONS else UNITS
    first, second = rng.sample(source[kind].split(","), 2)
    return first, second


def amount(rng: random.Random, typed: bool) -> str:
    shape = rng.random()
    if shape < 0.7:
        return number(rng, typed)
    if shape < 0.85:
        return decimal(rng, typed)
    n = rng.randint(1, 40)
    if shape < 0.94:
        return f"{n}.5" if typed else f"{number_words(n)} and a half"
    return f"-{n}" if typed else f"minus {number_words(n)}"
