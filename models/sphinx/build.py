"""Builds `mixed.lm.bin`, `domain.lm.bin` and `words.dict` from the grammar and the wheel's own model.

Run `python models/sphinx/build.py`. The result depends only on `domain.txt`, the options and the
pocketsphinx wheel. Owns the recipe: its options, the vocabulary, the order of the steps; counting,
mixing and the files are modules beside it. Does not decode or measure.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from counting import as_trigrams, count_domain
from grammar import sentences
from mixing import mix, prune
from trie_file import read_general, write
from trigrams import restrict

HERE = Path(__file__).parent
SEED = 20261120
# Words the English dictionary of the wheel lacks, in its phone set.
EXTRA_PRONUNCIATIONS = {
    "sarai": ["S AH R AY", "S AA R AY"],
    "coldplay": ["K OW L D P L EY"],
    "unmute": ["AH N M Y UW T"],
    "unpause": ["AH N P AO Z"],
    "factorial": ["F AE K T AO R IY AH L"],
    "preheat": ["P R IY HH IY T"],
    "radiohead": ["R EY D IY OW HH EH D"],
}


def read_pronunciations(dictionary: Path) -> dict[str, list[str]]:
    """Return the pronunciations of every word in the wheel's dictionary, and of ours."""
    pronunciations: dict[str, list[str]] = defaultdict(list)
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        if line.strip():
            word, phones = line.split(maxsplit=1)
            pronunciations[word.split("(")[0]].append(phones)
    pronunciations.update(EXTRA_PRONUNCIATIONS)
    return pronunciations


def main() -> None:
    from pocketsphinx import get_model_path

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "artefacts")
    parser.add_argument("--sentences", type=int, default=200_000)
    parser.add_argument("--discount", type=float, default=0.6)
    parser.add_argument("--prior", type=float, default=0.85)
    parser.add_argument("--later-prior", type=float, default=0.08)
    parser.add_argument("--vocabulary", type=int, default=30_000)
    parser.add_argument("--bi-threshold", type=float, default=2.7e-7)
    parser.add_argument("--tri-threshold", type=float, default=2.7e-7)
    options = parser.parse_args()

    pronunciations = read_pronunciations(Path(get_model_path("en-us/cmudict-en-us.dict")))
    counted = count_domain(
        sentences(HERE / "domain.txt", options.sentences, SEED), options.discount
    )
    spoken = {gram[0] for gram in counted if len(gram) == 1}
    missing = sorted(w for w in spoken if w not in pronunciations and not w.startswith("<"))
    missing = [w for w in missing if w != "</s>"]
    if missing:
        raise SystemExit(f"no pronunciation for: {' '.join(missing)}")
    general = read_general(Path(get_model_path("en-us/en-us.lm.bin")))
    usable = [
        (logp, word)
        for logp, word in zip(general.uni_logp, general.words, strict=True)
        if word in pronunciations and word not in spoken
    ]
    frequent = {word for _, word in sorted(usable, reverse=True)[: options.vocabulary]}
    words = sorted(frequent | spoken)

    options.out.mkdir(parents=True, exist_ok=True)
    domain = as_trigrams(counted, sorted(spoken))
    write(domain, options.out / "domain.lm.bin")
    general = restrict(general, words)
    mixed = mix(
        as_trigrams(counted, words),
        general,
        prune(general, options.bi_threshold, options.tri_threshold),
        prior=options.prior,
        later_prior=options.later_prior,
    )
    write(mixed, options.out / "mixed.lm.bin")
    with (options.out / "words.dict").open("w", encoding="utf-8") as out:
        for word in words:
            for variant, phones in enumerate(pronunciations.get(word, []), 1):
                out.write(f"{word}{f'({variant})' if variant > 1 else ''} {phones}\n")
    print(f"{len(words)} words, {len(mixed.bi)} bigrams, {len(mixed.tri)} trigrams")


if __name__ == "__main__":
    main()
