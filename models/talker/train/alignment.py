"""Lays the teacher's timed phones along our phonemes. Owns the costs; reads no files.

Both come from relatives of the same dictionary, so nearly all phones agree; where they do not, the cheapest
correspondence is taken, and a sentence that corresponds badly is left out by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

SILENCE = "PAU"
_ALIKE = [
    {"AH", "AX", "IH", "EH", "UH", "AE", "AA", "ER"}, {"AA", "AO", "OW"}, {"IY", "IH", "Y", "EY"},
    {"UW", "UH", "OW", "W"}, {"ER", "R"}, {"T", "D", "DH", "TH", "CH"}, {"S", "Z", "SH", "ZH", "JH"},
    {"N", "M", "NG"}, {"P", "B"}, {"K", "G"}, {"F", "V"}, {"AY", "AE"}, {"L", "AX"},
]  # fmt: skip
_SKIPPED = 1.0  # one of ours that the teacher does not say
_EXTRA = 0.9  # one the teacher says and we do not have


def cost(ours: str, theirs: str) -> float:
    """Return how badly two phones correspond: 0 the same, 0.3 alike, 1.5 different.

    Silence corresponds to marks only.
    """
    if theirs == SILENCE or not ours[0].isalpha():
        return 0.0 if theirs == SILENCE and not ours[0].isalpha() else 9.0
    plain = ours.rstrip("012")
    if plain == theirs or (ours == "AH0" and theirs == "AX"):
        return 0.0
    return 0.3 if any(plain in group and theirs in group for group in _ALIKE) else 1.5


def align(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[int], float]:
    """Return for each of their phones the place of ours it belongs to, and the whole cost.

    Marks (word boundary, punctuation, ends) may stay without any phone at no cost.
    """
    rows, columns = len(ours) + 1, len(theirs) + 1
    total = [[0.0] * columns for _ in range(rows)]
    step = [["ours"] * columns for _ in range(rows)]
    for j in range(1, columns):
        total[0][j], step[0][j] = total[0][j - 1] + _EXTRA, "theirs"
    for i in range(1, rows):
        skip = _SKIPPED if ours[i - 1][0].isalpha() else 0.0
        total[i][0] = total[i - 1][0] + skip
        for j in range(1, columns):
            options = (
                (total[i - 1][j - 1] + cost(ours[i - 1], theirs[j - 1]), "both"),
                (total[i - 1][j] + skip, "ours"),
                (total[i][j - 1] + _EXTRA, "theirs"),
            )
            total[i][j], step[i][j] = min(options)
    places = [0] * len(theirs)
    i, j = rows - 1, columns - 1
    while j:
        move = step[i][j]
        if move == "ours":
            i -= 1
            continue
        places[j - 1] = max(i - 1, 0)
        j -= 1
        i -= move == "both"
    return places, total[-1][-1]


def durations(count: int, places: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Return the frames of each of `count` symbols, given the end frame of each of their phones."""
    out = [0] * count
    for place, (begin, end) in zip(places, pairwise([0, *ends]), strict=True):
        out[place] += end - begin
    return out
