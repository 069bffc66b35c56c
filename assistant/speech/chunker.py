"""Owns where the thinker's text is cut into pieces for the synthesiser.

It deliberately changes no character: what a piece sounds like is `normalize`'s work.
"""

# ruff: noqa: RUF001 - typographic dashes and quotation marks are what this module is about
from __future__ import annotations

import re
from enum import IntEnum
from typing import Final, NamedTuple

# A comma may end the first piece after this many words: enough sound to cover the next synthesis.
FIRST_CLAUSE_WORDS: Final = 2
# Without punctuation the first piece ends after about this many words, at the latest the second.
FIRST_PIECE_WORDS: Final = 8
FIRST_PIECE_WORDS_MAX: Final = 11
# A sentence longer than the first ends its piece at its next clause; none grows past the second.
LONG_SENTENCE_CHARACTERS: Final = 100
PIECE_CHARACTERS_MAX: Final = 200
# A clause shorter than this is not worth a piece of its own when a long sentence has to be split.
_CLAUSE_CHARACTERS_MIN: Final = 40


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CLOSERS: Final = "\"'”’»)]}*_`~"
_CLAUSE_ENDS: Final = ",;:–—"
_DASHES: Final = frozenset({"-", "--", "–", "—"})
_CLOSED_BEFORE_LOWER_CASE: Final = re.compile(r"[!?.…][\"'”’»)\]]")

# A full stop after these never ends a sentence: a name, an example or a comparison follows.
_NEVER_LAST: Final = _words(
    "dr mr mrs ms prof rev gen col sgt capt lt sen rep gov hon mt ft e.g i.e vs cf viz eg ie "
    "sr sra srta sres dra d dña ud uds vd p.ej ej ee av avda núm"
)
# After these it ends a sentence only if the next word starts with a capital letter.
_MAYBE_LAST: Final = _words(
    "etc inc ltd co corp jr st a.m p.m am pm approx est dept a.c d.c ca uu p pp pág págs"
)
# After these it ends no sentence if a digit follows: "No. 5", "Sept. 3", "p. 12".
_BEFORE_DIGITS: Final = _words(
    "no nos fig vol ch sec art jan feb mar apr jun jul aug sep sept oct nov dec"
)
_INITIALS: Final = re.compile(r"(?:[A-ZÁÉÍÓÚÑ]\.)+[A-ZÁÉÍÓÚÑ]|[A-HJ-Z]")
_LIST_NUMBER: Final = re.compile(r"\W*(?:\d{1,3}|[A-Za-z])")
_FENCE_OPENER: Final = re.compile(r"\s*(?:```|~~~)[\w+-]*")
# Ending a piece after one of these sounds torn: a cut without punctuation waits for the next word.
_LEANING: Final = _words(
    "a an the of to in on at by for with from and or but as is are was were be my your his "
    "her its our their this that than el la los las un una de del al en por para con y o que "
    "es son su sus mi tu lo se"
)


class _Gap(IntEnum):
    """What lies between two words, from "do not cut" to "always cut"."""

    INSIDE = 0
    WORD = 1
    CLAUSE = 2
    SENTENCE = 3
    LINE = 4


class _Cut(NamedTuple):
    """A place where the text collected so far may be cut."""

    position: int
    gap: _Gap


class PieceChunker:
    """Cuts one answer, arriving in arbitrary deltas, into pieces that can be spoken at once.

    The first piece is short, later ones are sentences. Every decision is taken when the first
    letter or digit after a gap arrives and looks only at the text up to it, so the pieces never
    depend on how the text was divided into deltas. Pieces keep their white space: joined, they are
    the text without leading and trailing white space. Each holds a letter or digit unless the
    whole text has none.

    No thread, clock or model; one thread at a time may call. `flush` makes it ready for the next
    answer.
    """

    _text: list[str]
    _cuts: list[_Cut]
    _gap_start: int | None
    _has_word: bool
    _line_start: bool
    _first: bool

    def __init__(self) -> None:
        self._reset()

    def feed(self, delta: str) -> list[str]:
        """Return the pieces that this further text completes, often none."""
        pieces: list[str] = []
        for character in delta:
            if character.isalnum():
                if self._gap_start is not None and self._has_word:
                    pieces += self._close_gap(character)
                self._gap_start = None
                self._has_word = True
            elif not self._text and character.isspace():
                self._line_start |= character == "\n"
                continue
            elif self._gap_start is None:
                self._gap_start = len(self._text)
            self._text.append(character)
        return pieces

    def flush(self) -> list[str]:
        """Return what is left as a last piece, if any; the machine is ready for a next answer."""
        rest = "".join(self._text).rstrip()
        self._reset()
        return [rest] if rest else []

    def _reset(self) -> None:
        self._text = []
        self._cuts = []
        self._gap_start = None
        self._has_word = False
        self._line_start = True
        self._first = True

    def _close_gap(self, following: str) -> list[str]:
        """Decide about the gap before `following`; return what it or the limit cuts off."""
        start = self._gap_start or 0
        gap = "".join(self._text[start:])
        if not any(character.isspace() for character in gap) and "—" not in gap:
            return []
        text = "".join(self._text)
        kind = _classify(text[:start], gap, following, line_start=self._line_start)
        cut = _Cut(start + _split(gap), kind)
        pieces = []
        if self._is_wanted(cut, text[:start]):
            pieces.append(self._cut_off(cut.position))
        else:
            self._cuts.append(cut)
            while start > PIECE_CHARACTERS_MAX and (forced := self._best_cut()):
                pieces.append(self._cut_off(forced))
                start -= forced
        return pieces

    def _is_wanted(self, cut: _Cut, before: str) -> bool:
        """Return whether the piece should end at this gap, although more would fit."""
        if cut.gap in {_Gap.INSIDE, _Gap.LINE, _Gap.SENTENCE}:
            return cut.gap != _Gap.INSIDE
        words = len(self._cuts) + 1
        if not self._first:
            return cut.gap == _Gap.CLAUSE and len(before) >= LONG_SENTENCE_CHARACTERS
        if cut.gap == _Gap.CLAUSE:
            return words >= FIRST_CLAUSE_WORDS
        leaning = before.rsplit(maxsplit=1)[-1].lower() in _LEANING
        return words >= (FIRST_PIECE_WORDS_MAX if leaning else FIRST_PIECE_WORDS)

    def _best_cut(self) -> int | None:
        """Return where to split text that grew too long: at a clause, else at a word."""
        fitting = [cut for cut in self._cuts if cut.position <= PIECE_CHARACTERS_MAX]
        cuts = fitting or self._cuts[:1]
        wishes = ((_Gap.CLAUSE, _CLAUSE_CHARACTERS_MIN), (_Gap.WORD, 1), (_Gap.INSIDE, 1))
        for gap, minimum in wishes:
            for cut in reversed(cuts):
                if cut.gap >= gap and cut.position >= minimum:
                    return cut.position
        return None

    def _cut_off(self, position: int) -> str:
        """Take the text up to `position` off as a piece."""
        piece = "".join(self._text[:position])
        del self._text[:position]
        self._cuts = [
            _Cut(cut.position - position, cut.gap) for cut in self._cuts if cut.position > position
        ]
        self._line_start = "\n" in piece[len(piece.rstrip()) :]
        self._first = False
        return piece


def _split(gap: str) -> int:
    """Return where in a gap the next piece starts: what opens belongs to it."""
    run = re.search(r"\s*\n\s*", gap)
    if run:
        return run.end()
    last_space = max((at for at, character in enumerate(gap) if character.isspace()), default=-1)
    return last_space + 1 if last_space >= 0 else gap.rindex("—") + 1


def _classify(before: str, gap: str, following: str, *, line_start: bool) -> _Gap:
    """Return how strongly the text may be cut between `before` and `following`.

    Args:
        before: The piece so far, ending with a letter or digit.
        gap: What follows it, without letters and digits, with white space or a dash in it.
        following: The letter or digit after the gap.
        line_start: Whether `before` starts a line.
    """
    if "\n" in gap or "\r" in gap:
        return _Gap.INSIDE if _FENCE_OPENER.fullmatch(before) else _Gap.LINE
    tokens = gap[: _split(gap)].split()
    attached = "" if gap[0].isspace() else tokens[0]
    kind = max((_punctuation(token) for token in tokens), default=_Gap.WORD)
    word = before.rsplit(maxsplit=1)[-1].lstrip("([{¿¡\"'“‘«*_`~")
    stopped = attached.rstrip(_CLOSERS)
    if stopped == ".":
        kind = min(kind, _full_stop(word, following))
        if line_start and _LIST_NUMBER.fullmatch(before):
            kind = _Gap.INSIDE
    elif stopped.endswith(("..", "…")) and following.islower():
        kind = min(kind, _Gap.CLAUSE)
    if kind == _Gap.SENTENCE and following.islower() and _CLOSED_BEFORE_LOWER_CASE.match(attached):
        kind = _Gap.CLAUSE
    if kind <= _Gap.CLAUSE and (word[-1].isdigit() or following.isdigit()):
        # "20, 2026", "5 km", "June 3" stay together; a clause may still end with a number.
        together = kind == _Gap.WORD or (
            stopped == "," and word[-1].isdigit() and following.isdigit()
        )
        kind = _Gap.INSIDE if together else kind
    return _Gap.INSIDE if _has_open_span(before + attached) else kind


def _punctuation(token: str) -> _Gap:
    """Return how strong a boundary one token of punctuation is by itself."""
    stopped = token.rstrip(_CLOSERS)
    if stopped.endswith((".", "!", "?", "…")):
        return _Gap.SENTENCE
    if stopped in _DASHES or stopped.endswith(tuple(_CLAUSE_ENDS)):
        return _Gap.CLAUSE
    return _Gap.WORD


def _full_stop(word: str, following: str) -> _Gap:
    """Return what one full stop after `word` means, judged by the next word's first character."""
    lowered = word.lower()
    if lowered in _NEVER_LAST or _INITIALS.fullmatch(word):
        return _Gap.INSIDE
    if lowered in _MAYBE_LAST and not following.isupper():
        return _Gap.INSIDE
    if lowered in _BEFORE_DIGITS and following.isdigit():
        return _Gap.INSIDE
    return _Gap.SENTENCE


def _has_open_span(text: str) -> bool:
    """Return whether emphasis, inline code or a link is begun but not ended in `text`."""
    if text.count("`") % 2 or text.count("**") % 2:
        return True
    link = text.rfind("[")
    return link >= 0 and not re.search(r"\](?!\()|\]\([^)]*\)", text[link:])
