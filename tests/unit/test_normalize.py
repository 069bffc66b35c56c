"""What the voice is given: every number, sign and mark of writing becomes words a person would say."""

# ruff: noqa: RUF001 - typographic signs are what is tested
from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.speech.normalize import Language, normalize

ENGLISH = [
    # times and dates
    ("It's 3:42 PM in Tokyo.", "It's three forty-two P M in Tokyo."),
    ("Meet at 15:00 or 3:00.", "Meet at fifteen hundred or three o'clock."),
    ("At 9:05 a.m. tomorrow", "At nine oh five A M tomorrow"),
    ("See you at 5 p.m. Bring it.", "See you at five P M. Bring it."),
    ("7am, 12:00 AM, 00:30", "seven A M, twelve A M, zero thirty"),
    ("10:30:15", "ten thirty and fifteen seconds"),
    ("Today is 2026-11-20.", "Today is November twentieth, twenty twenty-six."),
    ("November 20, 2026", "November twentieth, twenty twenty-six"),
    ("20 November 2026", "the twentieth of November, twenty twenty-six"),
    ("11/20/2026", "November twentieth, twenty twenty-six"),
    ("31/12/1999", "December thirty-first, nineteen ninety-nine"),
    ("on Nov. 5th", "on November fifth"),
    # years against counts
    ("In 1999 it rained.", "In nineteen ninety-nine it rained."),
    ("1999 items were sold.", "one thousand nine hundred and ninety-nine items were sold."),
    ("born in 1905, died in 2005", "born in nineteen oh five, died in two thousand and five"),
    ("6 × 200 = 1200", "six times two hundred equals one thousand two hundred"),
    ("the 1990s and the '90s", "the nineteen nineties and the nineties"),
    ("1990-1995", "nineteen ninety to nineteen ninety-five"),
    # numbers
    ("1,000,000 and 3.14", "one million and three point one four"),
    ("-3 and .5 and 007", "minus three and zero point five and zero zero seven"),
    ("the 3rd, 21st and 112th", "the third, twenty-first and one hundred and twelfth"),
    ("1/2 cup, 3/4, 15/7", "one half cup, three quarters, fifteen over seven"),
    ("2 1/2 and 1½", "two and one half and one and one half"),
    ("open 24/7", "open twenty-four seven"),
    ("5-10 minutes, pages 3–5", "five to ten minutes, pages three to five"),
    ("50% of 5-10%", "fifty percent of five to ten percent"),
    ("Call 555-1234.", "Call five five five, one two three four."),
    ("(555) 123-4567", "five five five, one two three, four five six seven"),
    ("account 5551234567", "account five five five one two three four five six seven"),
    ("v1.2.3", "one point two point three"),
    ("1e5", "one times ten to the power of five"),
    ("No. 5 on p. 12", "number five on page twelve"),
    ("Henry VIII and World War II", "Henry VIII and World War II"),
    ("COVID-19, MP3 and 3D", "COVID nineteen, MP three and three D"),
    # money
    ("$5.20 and €3", "five dollars and twenty cents and three euros"),
    ("$1, $0.99, £2.01", "one dollar, ninety-nine cents, two pounds and one penny"),
    ("$1,234.56", "one thousand two hundred and thirty-four dollars and fifty-six cents"),
    ("$2.5 million or $5M", "two point five million dollars or five million dollars"),
    ("-$5 and 50¢", "minus five dollars and fifty cents"),
    ("$5-10", "five to ten dollars"),
    # units
    ("5 km is 3.1 miles, 1 km", "five kilometers is three point one miles, one kilometer"),
    ("20°C, -5 °F and 45°", "twenty degrees Celsius, minus five degrees Fahrenheit and forty-five degrees"),
    ("3 mph, 100 km/h", "three miles per hour, one hundred kilometers per hour"),
    ("8.05 kilometers", "eight point zero five kilometers"),
    ("10 m² and 10 m", "ten square meters and ten meters"),
    ("6 ft. tall, 5'10\"", "six feet tall, five feet ten inches"),
    ("16GB at 2.4 GHz", "sixteen gigabytes at two point four gigahertz"),
    # mathematics and signs
    ("6 × 10 = 60", "six times ten equals sixty"),
    ("10 / 2 = 5 and 7 - 2 = 5", "ten divided by two equals five and seven minus two equals five"),
    ("2^3 = 8, x²", "two cubed equals eight, x squared"),
    ("3*4 and 10 ÷ 2 + 1", "three times four and ten divided by two plus one"),
    ("2 < 3", "two is less than three"),
    (r"$\frac{1}{2} \times 4 = 2$", "one half times four equals two"),
    ("Tom & Jerry", "Tom and Jerry"),
    ("C++ and C#", "C plus plus and C sharp"),
    ("@home #1 #fun ~5", "at home number one hashtag fun about five"),
    # abbreviations
    ("Dr. Smith and Mr. Lee vs. Mrs. Ray", "Doctor Smith and Mister Lee versus Missus Ray"),
    ("fruit, e.g. apples, etc. Next.", "fruit, for example apples, et cetera. Next."),
    ("the U.S. Army", "the U S Army"),
    ("I live in the U.S.", "I live in the U S."),
    ("Baker St. in St. Louis", "Baker Street in Saint Louis"),
    ("NASA", "NASA"),
    # addresses
    ("Visit example.com.", "Visit example dot com."),
    ("https://www.example.com/a/b?c=d is it", "example dot com is it"),
    ("john.doe@example.com", "john dot doe at example dot com"),
    ("Open file.txt now", "Open file dot txt now"),
    # markup
    ("**Bold**, *italic*, __more__ and `code`", "Bold, italic, more and code"),
    ("[the link](http://a.b/c?d=1) ![image](x.png)", "the link image"),
    ("## Heading\nText", "Heading. Text"),
    ("- one\n* two\n+ three", "one. two. three"),
    ("1. First\n2. Second", "one, First. two, Second"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b. one, two"),
    ("```python\nprint\n```", "print"),
    ("> quoted\n---\n<b>bold</b> &amp; more", "quoted. bold and more"),
    ("half of a **bold pair", "half of a bold pair"),
    ("snake_case", "snake case"),
    # what cannot be said
    ("Great! 😀🎉 Go 👍🏽.", "Great! Go."),
    ("1️⃣ First :)", "First"),
    ('He said "hello" (quietly) — and left.', "He said hello, quietly, and left."),
    ("Wait... what?! No!!!", "Wait... what? No!"),
    ("“Rock ’n’ roll” isn’t twenty-five", "Rock n roll isn't twenty-five"),
    ("a\u200bb\x00c e\u0301", "ab c é"),
    ("٣ cats, ｆｕｌｌ", "three cats, full"),
    ("*** --- !!!", ""),
    ("", ""),
]  # fmt: skip

SPANISH = [
    ("Son las 3:42 p. m. en Tokio.", "Son las tres y cuarenta y dos de la tarde en Tokio."),
    ("A las 15:00 y a la 1:30.", "A las quince y a la una y treinta."),
    ("El 20 de noviembre de 2026", "El veinte de noviembre de dos mil veintiséis"),
    ("2026-11-20", "veinte de noviembre de dos mil veintiséis"),
    ("20/11/2026", "veinte de noviembre de dos mil veintiséis"),
    ("1 de mayo", "uno de mayo"),
    ("3,14 y 3.14", "tres coma uno cuatro y tres punto uno cuatro"),
    ("1.000 y 1.234,56", "mil y mil doscientos treinta y cuatro coma cinco seis"),
    ("1,000 personas", "mil personas"),
    ("€3,50 y 5,20 €", "tres euros con cincuenta céntimos y cinco euros con veinte céntimos"),
    ("$1 y $2 millones", "un dólar y dos millones de dólares"),
    ("21 personas y 21 libros", "veintiuna personas y veintiún libros"),
    ("200 personas", "doscientas personas"),
    ("1 hora y 1 libro", "una hora y un libro"),
    ("31 días", "treinta y un días"),
    ("En 1999 había 501 cosas.", "En mil novecientos noventa y nueve había quinientas una cosas."),
    ("20 °C y -5°C", "veinte grados Celsius y menos cinco grados Celsius"),
    ("50 %", "cincuenta por ciento"),
    ("21 km a 100 km/h", "veintiún kilómetros a cien kilómetros por hora"),
    ("1 h y 1 lb", "una hora y una libra"),
    ("el 1.º y la 2ª", "el primero y la segunda"),
    ("n.º 5", "número cinco"),
    ("1/2, 3/4, 2/3 y 1/5", "un medio, tres cuartos, dos tercios y un quinto"),
    ("Sr. Pérez y Dra. López", "señor Pérez y doctora López"),
    ("fruta, p. ej. peras, etc. Fin.", "fruta, por ejemplo peras, etcétera. Fin."),
    ("los EE. UU. y Ud.", "los Estados Unidos y usted."),
    ("¿Qué hora es? ¡Hola!", "¿Qué hora es? ¡Hola!"),
    ("6 × 10 = 60", "seis por diez es igual a sesenta"),
    ("5 + 3 - 2 ÷ 2", "cinco más tres menos dos dividido entre dos"),
    ("x²", "x al cuadrado"),
    ("ejemplo.com", "ejemplo punto com"),
    ("ana@correo.es", "ana arroba correo punto es"),
    ("5-10 minutos", "cinco a diez minutos"),
    ("Tel. 555-1234", "teléfono cinco cinco cinco, uno dos tres cuatro"),
    ("**Negrita**\n- uno", "Negrita. uno"),
    ("Tom & Ana 😀", "Tom y Ana"),
    ("-3 y 007", "menos tres y cero cero siete"),
    ("Juan «el bueno» — dijo", "Juan el bueno, dijo"),
]  # fmt: skip

_FRAGMENTS = st.sampled_from([
    "$", "5", "12", "1999", "3:42", " ", "  ", "\n", "- ", "# ", "**", "*", "`", "```", "_", "|", "km", "°C",
    "%", "1/2", "Dr.", "e.g.", "etc.", "vs", "a.m.", "U.S.", "J. ", "St.", "PM", "x", "^", "²", "½", "(", ")",
    "[", "](", "http://a.b", "example.com", "@", "#", "&", "+", "=", "<", ">", "-", "–", "—", "...", "…", "!",
    "?", ",", ".", ":", ";", "'", '"', "’", "the", "In", "Hello", "días", "uno", "November", "20", "2026",
    "No.",
    "º", "ª", "n.º", "EE. UU.", "p. ej.", "~", "\\", "{", "}", "\\frac{1}{2}", "😀", "\u200d", "\u0301", "é",
    "¿", "¡", "/", "w/", "3rd", "0", "k", "M", "€", "¢", "v1.2", "'s", "T", "1e5",
])  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_FRAGMENTS, max_size=25).map("".join))
_LANGUAGES: st.SearchStrategy[Language] = st.sampled_from(("en", "es"))
_SPEAKABLE = re.compile(r"(?:[^\W\d_]+|[ ,.;:!?¿¡'-])*")


@pytest.mark.parametrize(("written", "spoken"), ENGLISH)
def test_english_is_said_as_people_say_it(written: str, spoken: str) -> None:
    assert normalize(written) == spoken


@pytest.mark.parametrize(("written", "spoken"), SPANISH)
def test_spanish_is_said_as_people_say_it(written: str, spoken: str) -> None:
    assert normalize(written, "es") == spoken


@settings(max_examples=200, deadline=None)
@given(_TEXTS, _LANGUAGES)
@example("1" * 3000, "es")
@example("#" * 3000 + "*a " * 1000 + "000," * 500, "en")
@example("9" * 30 + "th " + "9" * 30 + "/" + "8" * 30, "en")
@example("99:99:99 99/99/9999 0/0 2^99999999", "en")
def test_any_text_becomes_letters_spaces_and_plain_punctuation(
    text: str, language: Language
) -> None:
    spoken = normalize(text, language)
    assert _SPEAKABLE.fullmatch(spoken)
    assert spoken == " ".join(spoken.split())
    assert not spoken or any(character.isalpha() for character in spoken)


@settings(max_examples=200, deadline=None)
@given(_TEXTS, _LANGUAGES)
@example("J. R. R. a b. c " * 300, "en")
def test_normalising_twice_changes_nothing(text: str, language: Language) -> None:
    spoken = normalize(text, language)
    assert normalize(spoken, language) == spoken


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**12))
def test_a_number_sounds_the_same_with_and_without_separators(value: int) -> None:
    if value >= 10**9 and value % 1000:
        return  # ten digits in a row are read one by one
    said = normalize(f"there are {value:,} of them")
    assert said == normalize(f"there are {value} of them") or 1100 <= value < 2100


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{4,9}", fullmatch=True), min_size=1, max_size=12))
def test_plain_words_are_left_as_they_are(words: list[str]) -> None:
    assert normalize(" ".join(words)) == " ".join(words)
