"""Owns what a synthesiser is given to say: written text in, plain words out.

It deliberately does not cut text into pieces (`chunker`) and writes no phonemes (the synthesiser does).
"""

# ruff: noqa: RUF001 - typographic signs are what this module is about
from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from assistant.speech.normalize import number_names as names
from assistant.speech.normalize.lexicon import LEXICONS, Language
from assistant.speech.normalize.markup import strip_markup
from assistant.speech.normalize.quantities import speak_quantities
from assistant.speech.normalize.web import speak_addresses

__all__ = ["Language", "normalize"]

# Passes until nothing changes any more; ordinary text needs one and a second to see that.
_PASSES_MAX: Final = 6
# Some patterns take quadratic time on hostile text, so none sees more than this at once. A piece from
# the chunker is far shorter.
_PART_CHARACTERS_MAX: Final = 1000

_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_KEYCAP: Final = re.compile("[0-9#*]\ufe0f?\u20e3")
_EMOTICON: Final = re.compile(r"(?<!\S)(?:[:;][-o']?[)(DPp3|/\\]+|<3)(?!\S)")
_SUPERSCRIPT: Final = re.compile("[⁻]?[⁰¹²³⁴-⁹]+")
_SPACED_DIGITS: Final = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_VULGAR: Final = re.compile("(?<=[0-9])([¼½¾⅐-⅞])|([¼½¾⅐-⅞])")
# Signs with a meaning that NFKC would turn into something else.
_KEPT_SIGNS: Final = frozenset("ºª℃℉№°…´¨¯¸")
_SIMPLE_SIGNS: Final = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "′": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "‐": "-", "‑": "-", "‒": "–", "―": "—", "∕": "/", "⁄": "/", "∗": "*", "✕": "×", "✖": "×", "∙": "⋅",
    "␣": " ", "…": "...", "©": "", "®": "", "™": "", "℗": "", "\u200b": "", "\ufeff": "", "\u00ad": "",
    "μ": "µ", "∼": "~", "→": " – ", "⇒": " – ", "➡": " – ",
})  # fmt: skip

_DOTTED_ACRONYM: Final = re.compile(r"(?<!\w)(?:[A-Z]\.){2,}[A-Z]?(?!\w)")
_SPACED_INITIALS: Final = re.compile(r"(?<!\w)(?:[A-Z]\.\s){1,4}[A-Z]\.(?=\s[A-Z])")
_HALF_OF_DAY: Final = re.compile(r"(?<![\w.])([aApP])\.\s?[mM]\.(?!\w)")
_RUN: Final = re.compile(r"[\s,.;:!?]*[,.;:!?][\s,.;:!?]*")
_INNER_DOT: Final = re.compile(r"(?<=\w)\.(?=[^\W\d_])")
_DROPPED: Final = re.compile(r"[^\w\s,.;:!?¿¡'-]|_")
_LOOSE_APOSTROPHE: Final = re.compile(r"(?<!\w)'|'(?!\w)")
_LOOSE_HYPHEN: Final = re.compile(r"(?<!\w)-+|-+(?!\w)|--+")
_LOOSE_OPENER: Final = re.compile(r"[¿¡]+(?![\w¿¡])")
_PLURAL_IN_BRACKETS: Final = re.compile(r"(?<=\w)\((s|es|a|as|os)\)")
_CLEAN: Final = re.compile(r"[^\W\d_]*(?:[ ,'-][^\W\d_]+)*[.!?]?")


def normalize(text: str, language: Language = "en") -> str:
    """Return what a synthesiser should say for this piece of text.

    The result holds letters, single spaces and `, . ; : ! ? ' -` (and `¿ ¡`), nothing else: no digits,
    markup, emoji or control characters. It is empty if nothing in the text can be said. Normalising
    the result again changes nothing. Any string is accepted; nothing is raised.

    Args:
        text: One piece of an answer, as the thinker wrote it.
        language: Whose words and habits of writing numbers to use.
    """
    spoken = text
    for _ in range(_PASSES_MAX):
        before = spoken
        spoken = " ".join(filter(None, (_pass(part, language) for part in _parts(before))))
        if spoken == before:
            return spoken
    # No text known to need this; it only makes the promise of a fixed result unconditional.
    return " ".join(re.findall(r"[^\W\d_]+", spoken))


def _parts(text: str) -> list[str]:
    """Return the text in parts of bounded length, cut at a line, else at a space, else anywhere."""
    parts = []
    while len(text) > _PART_CHARACTERS_MAX:
        head = text[:_PART_CHARACTERS_MAX]
        cut = (head.rfind("\n") + 1) or (head.rfind(" ") + 1) or _PART_CHARACTERS_MAX
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]


def _pass(text: str, language: Language) -> str:
    text = _to_plain_characters(text)
    text = strip_markup(text)
    text = _EMOTICON.sub(" ", text)
    text = speak_addresses(text, language)
    text = _speak_abbreviations(text, language)
    if re.search("[0-9]", text):
        text = speak_quantities(text, language)
    text = _speak_signs(text, language)
    text = re.sub("[0-9]", lambda digit: f" {names.digits(digit[0], language)} ", text)
    return _tidy(text)


def _to_plain_characters(text: str) -> str:
    """Return NFC text in which digits are ASCII and no control, private or lone character is left."""
    if text.isascii():
        return text if text.isprintable() else _CONTROL.sub(" ", text)
    text = _KEYCAP.sub(" ", unicodedata.normalize("NFC", text))
    text = _SPACED_DIGITS.sub("", text)
    text = _VULGAR.sub(_vulgar_fraction, text)
    text = _SUPERSCRIPT.sub(
        lambda m: "^" + unicodedata.normalize("NFKC", m[0]).replace("−", "-"), text
    )
    text = text.translate(_SIMPLE_SIGNS)
    return unicodedata.normalize("NFC", "".join(map(_plain_character, text)))


def _vulgar_fraction(m: re.Match[str]) -> str:
    return (" " if m[1] else "") + unicodedata.normalize("NFKC", m[0]).replace("⁄", "/")


@cache
def _plain_character(character: str) -> str:
    """Return what stands for one character, nothing or a space if it cannot be said."""
    if character.isascii():
        return character if character.isprintable() or character == "\n" else " "
    if character in _KEPT_SIGNS:
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in {"No", "Nl"}:
        plain = unicodedata.normalize("NFKC", character)
        return plain if plain.isascii() else " "
    if category in {"Cf", "Mn", "Me"}:
        return "" if category != "Mn" else character
    if category[0] == "L":
        return unicodedata.normalize("NFKC", character)
    if category[0] in "SP":
        wide = unicodedata.normalize("NFKC", character)
        return wide if wide.isascii() and len(wide) == 1 else character
    return character if category == "Mc" else ("\n" if category in {"Zl", "Zp"} else " ")


@cache
def _abbreviation_pattern(language: Language) -> re.Pattern[str]:
    known = sorted(LEXICONS[language].abbreviations, key=len, reverse=True)
    either = "|".join(re.escape(word).replace(r"\ ", r"\s?") for word in known)
    return re.compile(rf"(?<![\w.])({either})\.(?!\w)|(?<![\w.])(vs|etc)(?![\w.])", re.IGNORECASE)


def _speak_abbreviations(text: str, language: Language) -> str:
    lexicon = LEXICONS[language]

    def expand(m: re.Match[str]) -> str:
        written = m[1] or m[2]
        short = re.sub(r"\.\s", ". ", written.lower())
        words = lexicon.abbreviations.get(short) or lexicon.abbreviations[short.replace(". ", ".")]
        if words[0].isupper() and written[0].islower() and short not in _ANY_CASE:
            return m[0]
        ends = short in _MAY_END or not m.string[m.end() :].strip()
        return words + (_sentence_stop(m) if ends else "")

    if language == "en":
        text = re.sub(r"\bSt\.(?=\s[A-Z])", "Saint", text)
        text = re.sub(r"(?<=\w )St\.", "Street", text)
    text = re.sub(r"(?<!\w)w/(?=\s?\w)", f"{lexicon.words['with']} ", text)
    text = re.sub(r"(?<!\w)(?:w/o|with /o)(?=\s)", lexicon.words["without"], text)
    text = _abbreviation_pattern(language).sub(expand, text)
    text = _HALF_OF_DAY.sub(
        lambda m: m[0] if _after_digit(m) else f"{m[1].upper()} M{_sentence_stop(m)}", text
    )
    text = _SPACED_INITIALS.sub(lambda m: m[0].replace(".", ""), text)
    # A name may follow "U.S.", so only the end of the text is taken for the end of a sentence.
    return _DOTTED_ACRONYM.sub(
        lambda m: (
            " ".join(re.findall("[A-Z]", m[0]))
            + ("" if m.string[m.end() :].strip() else _sentence_stop(m))
        ),
        text,
    )


# After these a capital letter means a new sentence; after titles, a name.
_MAY_END: Final = frozenset(
    {"etc", "inc", "ltd", "corp", "approx", "ph.d", "ee. uu", "ee.uu", "a. c", "d. c"}
)
# Names' titles must be capitalised ("5 ms." is no lady), but for those that are nothing else.
_ANY_CASE: Final = frozenset({"dr", "mr", "mrs"})


def _after_digit(m: re.Match[str]) -> bool:
    return m.string[: m.start()].rstrip()[-1:].isdigit()


def _sentence_stop(m: re.Match[str]) -> str:
    """Return a full stop if the abbreviation's own one also ended a sentence."""
    following = m.string[m.end() :].lstrip("\"')")
    return (
        "."
        if m[0].endswith(".") and (not following.strip() or _CAPITAL_NEXT.match(following))
        else ""
    )


_CAPITAL_NEXT: Final = re.compile(r"\s+[\"'(¿¡]*[A-ZÁÉÍÓÚÑ]")


def _speak_signs(text: str, language: Language) -> str:
    lexicon = LEXICONS[language]
    words = lexicon.words
    if text.isascii() and not _DROPPED.search(text):
        return text
    text = re.sub(r"\b([CF])#", rf"\1 {words['sharp']}", text)
    text = re.sub(r"(?<=\w)(?:\+\+)", f" {words['plus']} {words['plus']} ", text)
    text = re.sub(
        r"#\s?(?=(?:zero|one|two|three|four|five|six|seven|eight|nine|ten)\b)|#(?=\s*\d)",
        f"{words['number']} ",
        text,
    )
    text = re.sub(r"#(?=\w)", f"{words['hashtag']} ", text)
    text = re.sub(r"~\s?(?=\w)", f" {words['about']} ", text)
    text = re.sub(r"(?<=\w) ?<= ?(?=\w)", " ≤ ", re.sub(r"(?<=\w) ?>= ?(?=\w)", " ≥ ", text))
    text = re.sub(r"(?<=\w)\s+<\s+(?=\w)", f" {words['less']} ", text)
    text = re.sub(r"(?<=\w)\s+>\s+(?=\w)", f" {words['greater']} ", text)
    text = _PLURAL_IN_BRACKETS.sub(r"\1", text)
    text = re.sub(r"\(\)", "", text)
    text = re.sub(r"\s[-–—]+\s|\s*—\s*|--+", ", ", text)
    text = re.sub(r"[(){}\[\]|•·]", ", ", text)
    text = re.sub(r"(?<=\w)–(?=\w)", "-", text)
    return re.sub(
        "|".join(map(re.escape, lexicon.signs)), lambda sign: f" {lexicon.signs[sign[0]]} ", text
    )


def _tidy(text: str) -> str:
    """Return the text with single spaces, one mark where several stood, and nothing unspeakable."""
    text = text.replace('"', "")
    text = _DROPPED.sub(" ", text)
    text = re.sub(r"(?<=[a-z])\.(?=[A-Z])", ". ", text)
    text = _LOOSE_OPENER.sub(" ", _LOOSE_HYPHEN.sub(" ", _LOOSE_APOSTROPHE.sub(" ", text)))
    text = _RUN.sub(_one_mark, text)
    text = " ".join(text.split()).lstrip(" ,.;:!?-")
    text = unicodedata.normalize("NFC", text)
    return text if any(map(str.isalpha, text)) else ""


def _one_mark(run: re.Match[str]) -> str:
    """Return the strongest mark of a run of punctuation."""
    marks = re.sub(r"\s", "", run[0])
    for mark in "?!":
        if mark in marks:
            return mark + " "
    if ".." in marks:
        return "... "
    return next(mark for mark in ".;:," if mark in marks) + " "
