"""What the ears learn to hear: sentences and the phones they stand for. Owns the choice of text and labels.

Nearly half is what people say to assistants (the grammar of `models/sphinx`), more than a third is prose
(`data/sentences.txt`), the rest are words of the recogniser's vocabulary in any order, so that rare sounds
and single words occur. Says nothing about voices.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from dimensions import SEED

HERE = Path(__file__).parent
SPHINX = HERE.parents[1] / "sphinx"
PHONES = tuple(
    (  # noqa: SIM905 - easier to read
        "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W "
        "Y Z ZH"
    ).split()
)
BLANK = 0  # of CTC; phone i has the unit i + 1
UNITS = ("<blank>", *PHONES)

_ID = {phone: at + 1 for at, phone in enumerate(PHONES)}
_WORD = re.compile(r"[a-z']+")
_DIGITS = "zero oh one two three four five six seven eight nine ten".split()  # noqa: SIM905
_HELD_OUT_EVERY = 40  # of the prose
_LETTER_NAMES = set("bcdefghjklmnopqrstuvwxyz")


def read_dictionary() -> dict[str, tuple[int, ...]]:
    """Return the first pronunciation, as units, of every word the recogniser knows."""
    known: dict[str, tuple[int, ...]] = {}
    for line in (SPHINX / "artefacts" / "words.dict").read_text("utf-8").splitlines():
        word, *phones = line.split()
        if "(" not in word:
            known[word] = tuple(_ID[phone] for phone in phones)
    return known


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def prose() -> tuple[list[str], list[str]]:
    """Return the sentences to learn from and those held out."""
    lines = (HERE.parent / "data" / "sentences.txt").read_text("utf-8").splitlines()
    held = lines[::_HELD_OUT_EVERY]
    return [line for at, line in enumerate(lines) if at % _HELD_OUT_EVERY], held


def domain(count: int, seed: int) -> list[str]:
    """Return sentences of the assistant's grammar; a sentence held out may well have a training twin."""
    sys.path.insert(0, str(SPHINX))
    import grammar

    return grammar.sentences(SPHINX / "domain.txt", count, seed)


def _jumble(rng: random.Random, vocabulary: Sequence[str]) -> str:
    kind = rng.random()
    if kind < 0.25:
        return " ".join(rng.choices(_DIGITS, k=rng.choice([1, 1, 1, 2, 3, 4])))
    return " ".join(rng.choices(vocabulary, k=rng.choice([1, 1, 2, 3, 4, 6])))


def choose(count: int) -> list[str]:
    """Return `count` training sentences, words of the dictionary only, in any order."""
    known = read_dictionary()
    rng = random.Random(SEED + 1)
    vocabulary = sorted(w for w in known if len(w) > 1 and "'" not in w)
    read = [text for text in prose()[0] if usable(text, known)]
    asked = [text for text in dict.fromkeys(domain(8 * count, SEED)) if usable(text, known)]
    # A grammar draws short sentences again and again; longer ones teach more.
    rng.shuffle(asked)
    texts: list[str] = []
    prose_at = 0
    for number in range(count):
        kind = rng.random()
        if kind < 0.45:
            texts.append(asked[number % len(asked)])
        elif kind < 0.82:
            texts.append(read[prose_at % len(read)])
            prose_at += 1
        else:
            texts.append(_jumble(rng, vocabulary))
    return texts


def usable(text: str, known: dict[str, tuple[int, ...]]) -> bool:
    """Say whether every word has a pronunciation and nothing is left that a voice might read otherwise."""
    words = words_of(text)
    plain = re.sub(r"[\s,.;:!?\"-]", "", text.lower()) == "".join(words)
    no_letters = not any(w in _LETTER_NAMES for w in words)
    return plain and no_letters and 1 <= len(words) <= 24 and all(w in known for w in words)


def units(text: str, known: dict[str, tuple[int, ...]]) -> list[int]:
    return [unit for word in words_of(text) for unit in known[word]]
