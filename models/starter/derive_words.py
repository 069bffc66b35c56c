"""Derive the word files in `data/` from the recogniser's own dictionary and language model.

Run once (`python models/starter/derive_words.py`, needs `pocketsphinx`); the result is committed, so
training needs neither this script nor pocketsphinx. It writes

* `words.txt`       the most frequent plain words of the US English language model,
* `sentences.txt`   sentences drawn from that model's trigrams (what a recogniser makes of open speech),
* `confusions.json` for frequent words, the words one phoneme away (a recogniser's likely mistakes).

Dictionary (cmudict) and language model are part of the pocketsphinx wheel, BSD licence.
"""

# ruff: noqa: E501 (word table)

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
SEED = 20261120
# Never put into a list item or a note by chance.
BLOCKED = {
    "fuck", "shit", "bitch", "nigger", "rape", "raped", "rapist", "whore", "cunt", "slut", "sex", "sexual",
    "sexually", "porn", "pornography", "murder", "murdered", "murders", "killed", "killing", "kill", "killer",
    "suicide", "nazi", "nazis", "hitler", "dead", "death", "deaths", "die", "died", "dying", "ass", "damn",
    "hell", "bastard", "gay", "lesbian", "jew", "jews", "jewish", "muslim", "muslims", "islamic", "bomb",
    "bombs", "bombing", "terrorist", "terrorists", "terrorism", "crap", "dick", "cock", "pussy", "fucking",
    "naked", "nude", "breasts", "penis", "vagina", "abortion", "holocaust", "genocide", "slaves", "slave",
    "slavery", "victim", "victims", "shooting", "shot", "gun", "guns", "assault", "abuse", "drugs", "cocaine",
    "heroin", "pissed", "piss", "weapon", "weapons", "corpse", "blood", "bloody", "massacre", "torture", "tortured", "hanged",
    "negro", "negroes", "virgin", "orgy", "incest", "aids", "bullshit", "goddamn", "shitty", "fag", "faggot",
}  # fmt: skip


def phoneme_neighbours(phones: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Keys with one phoneme left out or blanked: equal keys mean distance at most one."""
    keys = {phones}
    for i in range(len(phones)):
        keys.add((*phones[:i], "_", *phones[i + 1 :]))
    return keys


def main() -> None:
    import pocketsphinx

    model = Path(pocketsphinx.get_model_path("en-us"))
    pronunciations: dict[str, tuple[str, ...]] = {}
    for line in (model / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines():
        word, *phones = line.split()
        if "(" not in word and word.replace("'", "").isalpha():
            pronunciations[word] = tuple(phones)
    logmath = pocketsphinx.LogMath()
    lm = pocketsphinx.NGramModel.readfile(str(model / "en-us.lm.bin"))

    unigram = {w: lm.prob([w]) for w in pronunciations}
    floor = min(unigram.values())
    ranked = sorted((w for w in unigram if unigram[w] > floor), key=lambda w: -unigram[w])
    common = [w for w in ranked if w not in BLOCKED]
    plain = [w for w in common if w.isalpha() and len(w) >= 3][:6000]
    (FOLDER / "words.txt").write_text("\n".join(plain) + "\n", encoding="utf-8")

    # Likely mistakes: one phoneme away and frequent.
    vocabulary = common[:20000]
    by_key: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in vocabulary:
        for key in phoneme_neighbours(pronunciations[word]):
            by_key[key].append(word)
    confusions: dict[str, list[str]] = {}
    for word in common[:3000]:
        near: set[str] = set()
        for key in phoneme_neighbours(pronunciations[word]):
            near.update(by_key[key])
        near.discard(word)
        if near:
            confusions[word] = sorted(near, key=lambda w: -unigram[w])[:6]
    with (FOLDER / "confusions.json").open("w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(
            f"{json.dumps(w)}: {json.dumps(near)}" for w, near in sorted(confusions.items())
        ) + "\n}\n")  # fmt: skip

    # Sentences: each word drawn by the trigram's probability among a random few hundred words.
    rng = random.Random(SEED)
    pool = common[:5000]
    frequent = common[:60]
    sentences: list[str] = []
    while len(sentences) < 6000:
        history: list[str] = ["<s>"]
        length = rng.randint(4, 16)
        while len(history) <= length:
            candidates = frequent + rng.sample(pool, 400)
            # pocketsphinx takes the newest word first
            context = [history[-1]] + ([history[-2]] if len(history) > 1 else [])
            weights = [math.exp(logmath.log_to_ln(lm.prob([c, *context]))) for c in candidates]
            history.append(rng.choices(candidates, weights)[0])
        sentences.append(" ".join(history[1:]))
    (FOLDER / "sentences.txt").write_text("\n".join(sentences) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
