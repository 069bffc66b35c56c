"""From spoken English to the phoneme ids our own voice was trained with: symbols, look-up, sentence marks.

Owns the symbols (ARPAbet, as cmudict writes it) and how a sentence is marked; the training of the voice
(`models/talker/train`) uses this very module. Numbers, dates and abbreviations are the normaliser's; words
the lexicon lacks are the letter-to-sound model's, which is passed in. Why phonemes come so:
docs/adr/0012-phonemes.md.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.speech.normalize import normalize

PAD, START, END, WORD = range(4)
COMMA, STOP, RISING, FALLING, BANG, COLON = range(4, 10)
CONSONANTS: Final = tuple("B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split())  # noqa: SIM905 - easier to read
VOWELS: Final = tuple("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())  # noqa: SIM905
SYMBOLS: Final = (
    ["_", "^", "$", " ", ",", ".", "?", "?w", "!", ":"]
    + list(CONSONANTS)
    + [vowel + stress for vowel in VOWELS for stress in "012"]
)
ID: Final = {symbol: at for at, symbol in enumerate(SYMBOLS)}
FIRST_PHONE: Final = 10
SILENT: Final = frozenset(range(1, FIRST_PHONE))

_MARKS: Final = {",": COMMA, ";": COLON, ":": COLON, ".": STOP, "!": BANG}
_PIECE: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[,;:.!?]")
_ASKING_WORDS: Final = frozenset(
    ["what", "when", "where", "which", "who", "whom", "whose", "why", "how"]
)
_VOICELESS: Final = frozenset(["P", "T", "K", "F", "TH"])
_HISSING: Final = frozenset(["S", "Z", "SH", "ZH", "CH", "JH"])

LONGEST_ABBREVIATION: Final = 5
"""Letters up to which an unknown word in capitals is spelt."""

Pronounce = Callable[[str], Sequence[str]]
"""A word of lower-case letters to its phones with stress, such as ``["HH", "AH0", "L", "OW1"]``."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for the encoder.

    Attributes:
        ids: phoneme ids: start mark, words separated by the word mark, a mark at every punctuation, end mark.
        text: the words as they are spoken.
    """

    ids: tuple[int, ...]
    text: str


class FrontEnd:
    """Turns text into sentences of phoneme ids; has no state that changes, so any thread may use it."""

    def __init__(self, lexicon: Mapping[str, Sequence[str]], letter_to_sound: Pronounce) -> None:
        self._lexicon = lexicon
        self._letter_to_sound = letter_to_sound

    def sentences(self, text: str) -> list[Sentence]:
        """Return the sentences of any text; none if nothing in it can be said."""
        return self.read(normalize(text))

    def read(self, spoken: str) -> list[Sentence]:
        """Return the sentences of text that is normalised already."""
        out: list[Sentence] = []
        pieces: list[str] = []
        for piece in _PIECE.findall(spoken):
            # A word in another script has no letter to go by; it is left out.
            if piece[0].isalpha() and not _plain(piece).strip("'"):
                continue
            pieces.append(piece)
            if piece in ".!?":
                if _has_words(pieces):
                    out.append(self._sentence(pieces))
                pieces = []
        if _has_words(pieces):
            out.append(
                self._sentence([*pieces, "."] if pieces[-1] not in ",;:" else [*pieces[:-1], "."])
            )
        return out

    def pronounce(self, word: str) -> Sequence[str]:
        """Return the phones of one word, however it is written."""
        plain = _plain(word)
        if found := self._lexicon.get(plain):
            return found
        stem, apostrophe, ending = plain.partition("'")
        if apostrophe and ending == "s" and stem:
            phones = list(self.pronounce(stem))
            last = phones[-1]
            return [
                *phones,
                *(("IH0", "Z") if last in _HISSING else ("S",) if last in _VOICELESS else ("Z",)),
            ]
        if word.isupper() and 1 < len(word) <= LONGEST_ABBREVIATION and word.isalpha():
            return [phone for letter in plain for phone in self._letter(letter)]
        return self._letter_to_sound(plain.replace("'", "")) or self._letter("h")

    def _letter(self, letter: str) -> Sequence[str]:
        return ["EY1"] if _plain(letter) == "a" else self._lexicon[_plain(letter)[0]]

    def _sentence(self, pieces: list[str]) -> Sentence:
        words = [piece for piece in pieces if piece[0].isalpha()]
        ids, at_word, pending = [START], 0, False
        for at, piece in enumerate(pieces):
            if piece[0].isalpha():
                if pending:
                    ids.append(WORD)
                ids += (ID[phone] for phone in self._in_context(words, at_word))
                at_word, pending = at_word + 1, True
            elif at_word:
                mark = _MARKS.get(piece) or question_mark(words)
                # "Well, - yes": of several marks in a row the first one stays, the last decides the sentence.
                if ids[-1] >= FIRST_PHONE:
                    ids.append(mark)
                elif at == len(pieces) - 1:
                    ids[-1] = mark
                pending = False
        return Sentence((*ids, END), " ".join(words))

    def _in_context(self, words: list[str], at: int) -> Sequence[str]:
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if len(word) == 1 and word.isupper() and word != "I":
            near = (*words[max(at - 1, 0) : at], following)
            if word != "A" or any(len(other) == 1 and other.isupper() for other in near):
                return self._letter(word)
        if word.lower() == "the" and following:
            starts_with_vowel = self.pronounce(following)[0][:2] in VOWELS
            return ["DH", "IY0"] if starts_with_vowel else ["DH", "AH0"]
        return self.pronounce(word)


def _has_words(pieces: Sequence[str]) -> bool:
    return any(piece[0].isalpha() for piece in pieces)


def question_mark(words: Sequence[str]) -> int:
    """Return the mark of a question: rising unless it asks with a question word or offers a choice."""
    lower = [word.lower() for word in words]
    is_falling = bool(lower) and (lower[0] in _ASKING_WORDS or "or" in lower)
    return FALLING if is_falling else RISING


def read_lexicon(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the pronunciations kept in a gzipped file of lines ``word PHONE PHONE …``."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {word: tuple(phones) for word, *phones in map(str.split, lines)}


def _plain(word: str) -> str:
    """Return the word in ASCII lower-case letters and apostrophes: "Café" is "cafe"."""
    folded = unicodedata.normalize(
        "NFKD", word.lower().replace("ß", "ss").replace("ø", "o").replace("æ", "ae")
    )
    return "".join(letter for letter in folded if letter in "abcdefghijklmnopqrstuvwxyz'")
