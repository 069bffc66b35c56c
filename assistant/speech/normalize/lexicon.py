"""Owns the words of each language that stand for signs, units, currencies and abbreviations.

It deliberately holds tables only; the rules that use them are the same for every language.
"""

# ruff: noqa: RUF001 - typographic signs are what this module is about
from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["en", "es"]


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted noun.

    Attributes:
        one: Singular.
        many: Plural.
        feminine: Whether Spanish number words before it take the feminine form.
    """

    one: str
    many: str
    feminine: bool = False


def _nouns(*lines: str, feminine: bool = False) -> dict[str, Noun]:
    """Read "km kms: kilometre/kilometres" lines into one entry for each sign."""
    table = {}
    for line in lines:
        signs, _, forms = line.partition(": ")
        one, _, many = forms.partition("/")
        table.update(dict.fromkeys(signs.split(), Noun(one, many or one, feminine)))
    return table


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words.

    Attributes:
        signs: Replacement for each single character, without the spaces around it.
        units: Unit signs (case matters) as they are written after a number.
        currencies: Currency signs and codes: the main coin, then the hundredth part if it has one.
        abbreviations: Lower case, without the last full stop, to the words.
        months: Names, January first.
        magnitudes: What may stand between a number and its currency, to the word.
        words: Single words the rules need, by their English name.
    """

    signs: dict[str, str]
    units: dict[str, Noun]
    currencies: dict[str, tuple[Noun, Noun | None]]
    abbreviations: dict[str, str]
    months: tuple[str, ...]
    magnitudes: dict[str, str]
    words: dict[str, str]


_EN_CENT = Noun("cent", "cents")
_EN_DOLLAR = (Noun("dollar", "dollars"), _EN_CENT)
_EN_EURO = (Noun("euro", "euros"), _EN_CENT)
_EN_POUND = (Noun("pound", "pounds"), Noun("penny", "pence"))
_EN_YEN = (Noun("yen", "yen"), None)

ENGLISH: Final = Lexicon(
    signs={
        "&": "and", "@": "at", "%": "percent", "+": "plus", "=": "equals", "×": "times", "⋅": "times",
        "÷": "divided by", "−": "minus", "±": "plus or minus", "≈": "is approximately",
        "≠": "is not equal to", "≤": "is at most", "≥": "is at least", "√": "the square root of",
        "π": "pi", "∞": "infinity", "°": "degrees", "$": "dollars", "€": "euros", "£": "pounds",
        "¥": "yen", "¢": "cents", "§": "section", "№": "number", "µ": "micro",
    },
    units=_nouns(
        "km: kilometer/kilometers", "m: meter/meters", "cm: centimeter/centimeters",
        "mm: millimeter/millimeters", "mi: mile/miles", "ft: foot/feet", "yd yds: yard/yards",
        "kg: kilogram/kilograms", "g: gram/grams", "mg: milligram/milligrams",
        "lb lbs: pound/pounds", "oz: ounce/ounces", "l L: liter/liters",
        "ml mL: milliliter/milliliters", "mph: mile per hour/miles per hour",
        "km/h kph kmh: kilometer per hour/kilometers per hour",
        "m/s: meter per second/meters per second", "ft/s: foot per second/feet per second",
        "°C ºC ℃: degree Celsius/degrees Celsius", "°F ºF ℉: degree Fahrenheit/degrees Fahrenheit",
        "° º: degree/degrees", "KB kB: kilobyte/kilobytes", "MB: megabyte/megabytes",
        "GB: gigabyte/gigabytes", "TB: terabyte/terabytes", "GiB: gibibyte/gibibytes",
        "MiB: mebibyte/mebibytes", "Mbps Mb/s: megabit per second/megabits per second",
        "Hz: hertz", "kHz: kilohertz", "MHz: megahertz", "GHz: gigahertz", "W: watt/watts",
        "kW: kilowatt/kilowatts", "kWh: kilowatt hour/kilowatt hours", "V: volt/volts",
        "mAh: milliamp hour/milliamp hours", "dB: decibel/decibels", "px: pixel/pixels",
        "ms: millisecond/milliseconds", "s sec secs: second/seconds", "min mins: minute/minutes",
        "h hr hrs: hour/hours", "m^2 sqm: square meter/square meters",
        "km^2: square kilometer/square kilometers", "cm^2: square centimeter/square centimeters",
        "ft^2: square foot/square feet", "m^3: cubic meter/cubic meters",
        "cm^3: cubic centimeter/cubic centimeters", "kcal: kilocalorie/kilocalories",
        "cal: calorie/calories", "rpm: revolution per minute/revolutions per minute",
        "fps: frame per second/frames per second", "ha: hectare/hectares",
        "psi: pound per square inch/pounds per square inch",
    ),
    currencies={
        "$": _EN_DOLLAR, "US$": _EN_DOLLAR, "USD": _EN_DOLLAR, "€": _EN_EURO, "EUR": _EN_EURO,
        "£": _EN_POUND, "GBP": _EN_POUND, "¥": _EN_YEN, "JPY": _EN_YEN,
        "₹": (Noun("rupee", "rupees"), Noun("paisa", "paise")), "¢": (_EN_CENT, None),
    },
    abbreviations={
        "dr": "Doctor", "mr": "Mister", "mrs": "Missus", "ms": "Miz", "prof": "Professor",
        "rev": "Reverend", "gen": "General", "col": "Colonel", "sgt": "Sergeant", "capt": "Captain",
        "lt": "Lieutenant", "sen": "Senator", "rep": "Representative", "gov": "Governor",
        "hon": "Honorable", "jr": "Junior", "sr": "Senior", "e.g": "for example", "eg": "for example",
        "i.e": "that is", "ie": "that is", "etc": "et cetera", "vs": "versus", "cf": "compare",
        "viz": "namely", "approx": "approximately", "dept": "department", "ave": "Avenue",
        "blvd": "Boulevard", "rd": "Road", "mt": "Mount", "inc": "Incorporated",
        "ltd": "Limited", "corp": "Corporation", "est": "established", "a.k.a": "also known as",
        "jan": "January", "feb": "February", "apr": "April", "aug": "August",
        "sep": "September", "sept": "September", "oct": "October", "nov": "November", "dec": "December",
        "figs": "figures", "pp": "pages", "vol": "volume", "ph.d": "PhD",
    },
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    magnitudes={
        "k": "thousand", "K": "thousand", "M": "million", "m": "million", "B": "billion",
        "bn": "billion", "T": "trillion", "thousand": "thousand", "million": "million",
        "billion": "billion", "trillion": "trillion",
    },
    words={
        "point": "point", "minus": "minus", "percent": "percent", "to": "to", "and": "and",
        "over": "over", "number": "number", "dot": "dot", "at": "at", "slash": "slash",
        "dash": "dash", "underscore": "underscore", "plus": "plus", "about": "about",
        "times": "times", "by": "by", "divided by": "divided by", "power": "to the power of",
        "squared": "squared", "cubed": "cubed", "less": "is less than", "greater": "is greater than",
        "hashtag": "hashtag", "sharp": "sharp", "page": "page", "figure": "figure", "with": "with",
        "without": "without", "feet": "feet", "inches": "inches", "equals": "equals",
        "oclock": "o'clock", "hundred": "hundred", "second": "second", "seconds": "seconds",
        "root": "the square root of", "of": "of",
    },
)  # fmt: skip

_ES_CENT = Noun("céntimo", "céntimos")
_ES_DOLLAR = (Noun("dólar", "dólares"), Noun("centavo", "centavos"))
_ES_EURO = (Noun("euro", "euros"), _ES_CENT)
_ES_POUND = (Noun("libra", "libras", feminine=True), Noun("penique", "peniques"))
_ES_YEN = (Noun("yen", "yenes"), None)

SPANISH: Final = Lexicon(
    signs={
        "&": "y", "@": "arroba", "%": "por ciento", "+": "más", "=": "es igual a", "×": "por",
        "⋅": "por", "÷": "dividido entre", "−": "menos", "±": "más o menos", "≈": "es aproximadamente",
        "≠": "no es igual a", "≤": "es menor o igual que", "≥": "es mayor o igual que",
        "√": "la raíz cuadrada de", "π": "pi", "∞": "infinito", "°": "grados", "$": "dólares",
        "€": "euros", "£": "libras", "¥": "yenes", "¢": "centavos", "§": "sección", "№": "número",
        "µ": "micro",
    },
    units=_nouns(
        "km: kilómetro/kilómetros", "m: metro/metros", "cm: centímetro/centímetros",
        "mm: milímetro/milímetros", "ft: pie/pies", "kg: kilogramo/kilogramos", "g: gramo/gramos",
        "mg: miligramo/miligramos", "l L: litro/litros", "ml mL: mililitro/mililitros",
        "km/h kph kmh: kilómetro por hora/kilómetros por hora",
        "m/s: metro por segundo/metros por segundo", "°C ºC ℃: grado Celsius/grados Celsius",
        "°F ºF ℉: grado Fahrenheit/grados Fahrenheit", "°: grado/grados",
        "KB kB: kilobyte/kilobytes", "MB: megabyte/megabytes", "GB: gigabyte/gigabytes",
        "TB: terabyte/terabytes", "Mbps Mb/s: megabit por segundo/megabits por segundo",
        "Hz: hercio/hercios", "kHz: kilohercio/kilohercios", "MHz: megahercio/megahercios",
        "GHz: gigahercio/gigahercios", "W: vatio/vatios", "kW: kilovatio/kilovatios",
        "kWh: kilovatio hora/kilovatios hora", "V: voltio/voltios", "dB: decibelio/decibelios",
        "px: píxel/píxeles", "ms: milisegundo/milisegundos", "s seg: segundo/segundos",
        "min: minuto/minutos", "m^2: metro cuadrado/metros cuadrados",
        "km^2: kilómetro cuadrado/kilómetros cuadrados",
        "cm^2: centímetro cuadrado/centímetros cuadrados", "m^3: metro cúbico/metros cúbicos",
        "ha: hectárea/hectáreas",
    ) | _nouns(
        "mi: milla/millas", "mph: milla por hora/millas por hora", "yd: yarda/yardas",
        "lb lbs: libra/libras", "oz: onza/onzas", "h hr hrs: hora/horas", "cal: caloría/calorías",
        "kcal: kilocaloría/kilocalorías", "rpm: revolución por minuto/revoluciones por minuto",
        feminine=True,
    ),
    currencies={
        "$": _ES_DOLLAR, "US$": _ES_DOLLAR, "USD": _ES_DOLLAR, "€": _ES_EURO, "EUR": _ES_EURO,
        "£": _ES_POUND, "GBP": _ES_POUND, "¥": _ES_YEN, "JPY": _ES_YEN,
        "₹": (Noun("rupia", "rupias", feminine=True), None), "¢": (_ES_DOLLAR[1], None),
    },
    abbreviations={
        "dr": "doctor", "dra": "doctora", "sr": "señor", "sra": "señora", "srta": "señorita",
        "sres": "señores", "prof": "profesor", "profa": "profesora", "ud": "usted", "uds": "ustedes",
        "vd": "usted", "vds": "ustedes", "etc": "etcétera", "p.ej": "por ejemplo", "ej": "ejemplo",
        "p. ej": "por ejemplo", "av": "avenida", "avda": "avenida", "dña": "doña",
        "aprox": "aproximadamente", "tel": "teléfono", "núm": "número", "vs": "versus",
        "ee. uu": "Estados Unidos", "ee.uu": "Estados Unidos", "depto": "departamento",
        "art": "artículo", "cía": "compañía", "gral": "general", "vol": "volumen",
        "a. c": "antes de Cristo", "d. c": "después de Cristo", "i.e": "es decir", "e.g": "por ejemplo",
    },
    months=(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
        "octubre", "noviembre", "diciembre",
    ),
    magnitudes={
        "mil": "mil", "millón": "millón", "millones": "millones", "M": "millones",
        "billones": "billones", "k": "mil", "K": "mil",
    },
    words={
        "point": "punto", "comma": "coma", "minus": "menos", "percent": "por ciento", "to": "a",
        "and": "y", "over": "sobre", "number": "número", "dot": "punto", "at": "arroba",
        "slash": "barra", "dash": "guion", "underscore": "guion bajo", "plus": "más",
        "about": "unos", "times": "por", "by": "por", "divided by": "dividido entre",
        "power": "elevado a", "squared": "al cuadrado", "cubed": "al cubo", "less": "es menor que",
        "greater": "es mayor que", "hashtag": "hashtag", "sharp": "sharp", "page": "página",
        "figure": "figura", "with": "con", "without": "sin", "feet": "pies", "inches": "pulgadas",
        "equals": "es igual a", "hundred": "cien", "second": "segundo", "seconds": "segundos",
        "root": "la raíz cuadrada de", "of": "de",
    },
)  # fmt: skip

LEXICONS: Final[dict[Language, Lexicon]] = {"en": ENGLISH, "es": SPANISH}
