"""How much of a reply was heard when it was cut short: played samples → words.

Pure. Owns the estimate only; the words of a piece are taken to be spread evenly over its samples, which
is within a word or two for pieces of a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def heard_text(pieces: Sequence[tuple[str, int]], played: int) -> str:
    """Return the words that had begun to sound by then.

    Args:
        pieces: text of each piece and its samples, in the order of speaking.
        played: samples of the whole reply given to the device.
    """
    heard: list[str] = []
    for text, samples in pieces:
        if played <= 0:
            break
        words = text.split()
        share = min(1.0, played / samples) if samples else 1.0
        heard += words[: math.ceil(len(words) * share)]
        played -= samples
    return " ".join(heard)
