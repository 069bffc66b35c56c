"""Owns money, telephone numbers, ordinals, fractions, ranges, units, lone years and plain numbers.

It deliberately finds; `number_names` names.
"""

# ruff: noqa: RUF001 - typographic signs are what this module is about
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.speech.normalize import number_names as names
from assistant.speech.normalize.lexicon import LEXICONS, Language, Lexicon, Noun
from assistant.speech.normalize.number_names import Gender
from assistant.speech.normalize.rules import Rule


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NUMBERS: Final[dict[Language, str]] = {
    "en": r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\d.])\.\d+)",
    "es": (
        r"(?:\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?"
        r"|\d+(?:[.,]\d+)?|(?<![\d.])\.\d+)"
    ),
}
# What a minus sign may follow: not a number or word, else it is a range, a subtraction or a hyphen.
_SIGN: Final = r"(?:(?<![\w.,)\]%°])(?<![\d)] )[-−])?"
_YEAR_CUES: Final = _words(
    "in since by from until till to before after around year of during circa early late mid the and "
    "between through for fiscal class summer winter spring fall autumn january february march april "
    "may june july august september october november december"
)
_FUNCTION_WORDS: Final = _words(
    "and to was is were are when the by in with for or a an had has he she it they we i at on of as "
    "but that which who until through after before because while it's there did does do so if from "
    "than then not his her their its"
)
# An unbroken row of this many digits is a telephone or account number.
_ROW_DIGITS_MIN: Final = 10
_FIRST_YEAR, _LAST_YEAR = 1100, 2099
# Below this a number without a cue is not taken for a year.
_FIRST_CERTAIN_YEAR: Final = 1300
_ES_MASCULINE_IN_A: Final = _words(
    "día días problema problemas programa programas mapa mapas sistema sistemas idioma idiomas "
    "planeta planetas tema temas poema poemas kilogramos grama gramas"
)

_ES_NO_NOUNS: Final = _words(
    "y o a de del en es por más menos con e u que al la el las los son se no entre para hasta sobre "
    "punto coma mil millones era fue elevado menor igual dividido cada x"
)
_ES_FEMININE: Final = ("a", "ción", "sión", "dad")
_ES_FEMININE_PLURAL: Final = ("as", "ciones", "siones", "dades")


def _alternatives(
    signs: dict[str, Noun] | dict[str, str] | dict[str, tuple[Noun, Noun | None]],
) -> str:
    return "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))


@dataclass(frozen=True)
class Amounts:
    """Rules for money, telephone numbers, ordinals, fractions, ranges, units and plain numbers."""

    language: Language

    @property
    def _lexicon(self) -> Lexicon:
        return LEXICONS[self.language]

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which they must run."""
        number = _NUMBERS[self.language]
        coins = _alternatives(self._lexicon.currencies)
        units = _alternatives(self._lexicon.units)
        # "$5M", "$5 million", but not "$5 m".
        sizes = _alternatives(self._lexicon.magnitudes)
        size = rf"(?:(?<=\d)|\s(?=\w\w\w))({sizes})\b"
        words = self._lexicon.words
        to = f" {words['to']} "
        before = r"(?<![\w.])"
        return (
            (
                re.compile(
                    rf"({_SIGN})({coins})\s?({number})(?:\s?[-–—]\s?(?:{coins})?({number}))?"
                    rf"(?:{size})?"
                ),
                lambda m: self._money(m[1], m[2], m[3], m[4], m[5]),
            ),
            (
                re.compile(
                    rf"{before}({_SIGN})({number})(?:\s?[-–—]\s?({number}))?(?:{size})?"
                    rf"\s?({coins})(?!\w)"
                ),
                lambda m: self._money(m[1], m[5], m[2], m[3], m[4]),
            ),
            (
                re.compile(
                    r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)"
                    r"|(?<![\w.-])\d{3}-\d{4}(?![\w-])|(?<!\w)\+\d[\d -]{5,16}\d(?!\w)"
                ),
                lambda m: self._groups(m[0]),
            ),
            (
                re.compile(r"(?<![\w.])\d+(?:-\d+){2,}(?![\w-])"),
                lambda m: self._groups(m[0]),
            ),
            (
                re.compile(r"(?<![\d.])v?(\d+(?:\.\d+){2,})(?!\d)"),
                lambda m: self._version(m[1]) if self.language == "en" else self._dotted(m[1]),
            ),
            *self._named_rules(),
            (
                re.compile(
                    rf"{before}({number})\s?(?:[-–—]|\.\.\.?)\s?({number})(?=\s?%|\s?(?:{units})(?!\w))"
                ),
                lambda m: f"{self._number(m[1])}{to}{m[2]}",
            ),
            (
                re.compile(r"(?<![\w.])(\d{1,2})\s?'\s?(\d{1,2})\s?(?:\"|'')"),
                lambda m: (
                    f"{self._number(m[1])} {words['feet']} {self._number(m[2])} {words['inches']}"
                ),
            ),
            (
                re.compile(rf"{before}({number})[eE]\+?(-?\d+)(?!\w)"),
                lambda m: f"{m[1]} {words['times']} 10 {words['power']} {m[2]}",
            ),
            (
                re.compile(r"(?<![\w.,])(\d{3,})\s?[x×]\s?(\d{3,})(?!\w)"),
                lambda m: f"{self._number(m[1])} {words['by']} {self._number(m[2])}",
            ),
            (re.compile(r"(?<=\d)[x×](?!\w)"), lambda _: f" {words['times']} "),
            (
                re.compile(r"(?<![\w.,/])(?:(\d+)\s+)?(\d+)/(\d+)(?![\w/]|[.,]\d)"),
                self._fraction,
            ),
            (
                re.compile(rf"({_SIGN})({number})\s?%"),
                lambda m: f"{self._signed(m[1], m[2])} {words['percent']}",
            ),
            (
                re.compile(
                    rf"({_SIGN})(?<![\w^.])({number})[ \u00a0-]?({units})(?![\w/^°])(?:\.(?=\s[a-z]))?"
                ),
                self._unit,
            ),
            (
                re.compile(
                    rf"(?<![\w.$-])({number})(?:\s?–\s?|—)({number})(?![\w=])"
                    rf"|(?<![\w.$-])({number})-({number})(?![\w=]|\s?=)"
                ),
                self._range,
            ),
            (re.compile(r"(?<=[\w)])\^[({]?(-?\d+)[)}]?"), self._power),
            (
                re.compile(
                    r"(\d|\))\s?(\*{1,2}|/|[-−]|x)\s?(?=\(?\d)(?<!\d-)(?<!\d−)|(\d) [-−] (?=\d)"
                ),
                self._operator,
            ),
            (
                re.compile(r"(?<![\w.,])(1\d{3}|20\d\d)(?![\w%°]|[.,:/-]\d)"),
                self._four_digits,
            ),
            (
                re.compile(rf"({_SIGN})({number})(\s?(?:k|K|M|bn)(?![\w'’]))?(?=(\s+\w+)?)"),
                self._plain,
            ),
        )

    def _named_rules(self) -> tuple[Rule, ...]:
        """Return the rules for ordinals, decades and "No. 5"."""
        words = self._lexicon.words
        if self.language == "es":
            return (
                (
                    re.compile(
                        r"(?<![\w.,])(\d{1,4})(?:\.?([ºª])|\.?(er|ro|do|to|mo|vo|no|ra|da|ta|ma|va|na))(?!\w)"
                    ),
                    lambda m: names.ordinal(
                        int(m[1]), "es", "f" if m[2] == "ª" or (m[3] or "").endswith("a") else "m"
                    ),
                ),
                (
                    re.compile(r"\b[nN](?:\.\s?[ºo°]|[º°]|úm\.|ro\.)\s?(?=\d)"),
                    lambda _: f"{words['number']} ",
                ),
                (re.compile(r"\bp(?:ágs?|p)?\.\s?(?=\d)"), lambda _: f"{words['page']} "),
            )
        return (
            (
                re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b", re.IGNORECASE),
                lambda m: names.ordinal(int(m[1].replace(",", "")), "en"),
            ),
            (re.compile(r"(?<!\w)['’]?((?:1[1-9]|20)?\d0)['’]?s\b"), self._decade),
            (re.compile(r"\b(?:[Nn]o\.|[Nn]º)\s?(?=\d)"), lambda _: f"{words['number']} "),
            (re.compile(r"\bpp?\.\s?(?=\d)"), lambda _: f"{words['page']} "),
            (re.compile(r"\b[Ff]ig\.\s?(?=\d)"), lambda _: f"{words['figure']} "),
        )

    def _number(self, text: str, gender: Gender = "") -> str:
        return names.number(text, self.language, gender)

    def _signed(self, sign: str, text: str, gender: Gender = "") -> str:
        minus = f"{self._lexicon.words['minus']} " if sign else ""
        return minus + self._number(text, gender)

    def _counted(self, text: str, noun: Noun, sign: str = "") -> str:
        """Return a number and the noun in the number's form."""
        one = names.plain(text, self.language) == "1"
        spoken = self._signed(sign, text, "f" if noun.feminine else "m")
        return f"{spoken} {noun.one if one else noun.many}"

    def _money(self, sign: str, coin: str, amount: str, upper: str | None, size: str | None) -> str:
        main, part = self._lexicon.currencies[coin]
        magnitude = f" {self._lexicon.magnitudes[size]}" if size else ""
        to = self._lexicon.words["to"]
        if upper or magnitude:
            lower = f"{self._signed(sign, amount)} {to} {self._number(upper)}" if upper else ""
            of = " de" if self.language == "es" and magnitude.startswith((" mill", " bill")) else ""
            single = self._signed(sign, amount, "m")
            if self.language == "es" and magnitude == " millones" and amount == "1":
                magnitude = " millón"
            return f"{lower or single}{magnitude}{of} {main.many}"
        whole, _, cents = names.plain(amount, self.language).partition(".")
        if part is None or len(cents) != 2:  # noqa: PLR2004 - hundredths
            return self._counted(amount, main, sign)
        small = self._counted(str(int(cents)), part)
        if not int(whole) and int(cents):
            return (f"{self._lexicon.words['minus']} " if sign else "") + small
        spoken = self._counted(str(int(whole)), main, sign)
        joint = " con " if self.language == "es" else " and "
        return spoken + (joint + small if int(cents) else "")

    def _groups(self, text: str) -> str:
        """Return a telephone-like number digit by digit, with a pause between its groups."""
        plus = f"{self._lexicon.words['plus']} " if text.startswith("+") else ""
        return plus + ", ".join(
            names.digits(part, self.language) for part in re.findall(r"\d+", text)
        )

    def _version(self, text: str) -> str:
        point = f" {self._lexicon.words['point']} "
        return point.join(names.cardinal(part, self.language) for part in text.split("."))

    def _dotted(self, text: str) -> str:
        thousands = re.fullmatch(r"\d{1,3}(?:\.\d{3})+", text)
        return self._number(text) if thousands else self._version(text)

    def _fraction(self, m: re.Match[str]) -> str:
        top, bottom = m[2], m[3]
        if max(len(top), len(bottom)) > 6:  # noqa: PLR2004 - rather an identifier
            return self._groups(m[0])
        if (top, bottom) in {("24", "7"), ("9", "11")}:
            return f"{self._number(top)} {self._number(bottom)}"
        spoken = names.fraction(int(top), int(bottom), self.language)
        if not m[1]:
            return spoken
        return f"{self._number(m[1])} {self._lexicon.words['and']} {spoken}"

    def _unit(self, m: re.Match[str]) -> str:
        return self._counted(m[2], self._lexicon.units[m[3]], m[1])

    def _range(self, m: re.Match[str]) -> str:
        first, second = m[1] or m[3], m[2] or m[4]
        to = self._lexicon.words["to"]
        return f"{self._year_or_number(first)} {to} {self._year_or_number(second)}"

    def _power(self, m: re.Match[str]) -> str:
        words = self._lexicon.words
        named = {"2": words["squared"], "3": words["cubed"]}.get(m[1])
        return f" {named or words['power'] + ' ' + m[1]} "

    def _operator(self, m: re.Match[str]) -> str:
        words = self._lexicon.words
        if m[3]:
            return f"{m[3]} {words['minus']} "
        name = {"*": "times", "x": "times", "**": "power", "/": "divided by"}.get(m[2], "minus")
        return f"{m[1]} {words[name]} "

    def _decade(self, m: re.Match[str]) -> str:
        value = int(m[1])
        spoken = names.year(value, "en") if value > 99 else names.cardinal(m[1], "en")  # noqa: PLR2004 - with its century
        return spoken[:-1] + "ies" if spoken.endswith("y") else spoken + "s"

    def _year_or_number(self, text: str) -> str:
        is_year = re.fullmatch(r"1[1-9]\d\d|20\d\d", text)
        return names.year(int(text), self.language) if is_year else self._number(text)

    def _four_digits(self, m: re.Match[str]) -> str:
        """Return a year where the words around it speak for one, else a number."""
        value = int(m[1])
        if self.language == "es" or not _FIRST_YEAR <= value <= _LAST_YEAR:
            return m[0]
        before = re.search(r"(\w+|\S)\W*$", m.string[: m.start()])
        after = re.match(r"\s*([^\W\d_]+|\S?)", m.string[m.end() :])
        previous = m.string[: m.start()].rstrip()[-1:]
        following = after[1] if after else ""
        if (
            before and before[1].lower() in _YEAR_CUES and previous.isalpha()
        ) or value > _LAST_YEAR:
            return names.year(value, "en")
        if previous in set("=+*/×÷−-#$<>^~") or following in set("=+*/×÷−^%°"):
            return m[0]
        counts = following[:1].islower() and following.lower() not in _FUNCTION_WORDS
        if counts or value < _FIRST_CERTAIN_YEAR or value % 100 == 0:
            return m[0]
        return names.year(value, "en")

    def _plain(self, m: re.Match[str]) -> str:
        """Return any other number, kept apart from letters that touch it."""
        size = (m[3] or "").strip()
        digits = re.sub(r"\D", "", m[2])
        is_row = len(digits) == len(m[2]) and len(digits) >= _ROW_DIGITS_MIN
        if is_row and not digits.endswith("000"):
            return f" {names.digits(digits, self.language)} "
        gender: Gender = _gender_of(m[2], (m[4] or "").strip()) if self.language == "es" else ""
        spoken = self._signed(m[1], m[2], gender)
        if size and not (size == "K" and m[2] in {"2", "4", "8"}):
            spoken += f" {self._lexicon.magnitudes.get(size, size)}"
        elif size:
            spoken += f" {size}"
        return f" {spoken} "


def _gender_of(number: str, word: str) -> Gender:
    """Return the likely gender of the Spanish noun after a number; none if it counts nothing."""
    lowered = word.lower()
    if not lowered.isalpha() or lowered in _ES_NO_NOUNS:
        return ""
    endings = _ES_FEMININE if number == "1" else _ES_FEMININE_PLURAL
    if lowered.endswith(endings) and lowered not in _ES_MASCULINE_IN_A:
        return "f"
    return "m" if number == "1" or lowered.endswith("s") else ""
