"""Builds `mixed.lm.bin`, `domain.lm.bin` and `words.dict` from the grammar and the wheel's own model.

Run `python models/sphinx/build.py`. The result depends only on `domain.txt`, the options and the
pocketsphinx wheel. Owns counting, mixing and pruning; does not decode or measure.

The mixture is Bayesian in the history: P(w|h) = l(h) P_domain(w|h) + (1 - l(h)) P_general(w|h) with
l(h) = b P_domain(h) / (b P_domain(h) + (1 - b) P_general(h)). It is what a mixture of two whole
sentence models becomes when only the last two words are remembered, so a command is scored almost
wholly by the domain model and a read sentence almost wholly by the general one.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from grammar import sentences
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HERE = Path(__file__).parent
SEED = 20261120
# pocketsphinx keeps probabilities as logarithms to this base (its `logbase` default).
LOG_BASE = 1.0001
# lm_trie_quant.c: every probability and back-off weight is an index into a table of 2**16 floats.
QUANT_BITS = 16
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


@dataclass(frozen=True)
class Trigrams:
    """A back-off trigram model as flat arrays; probabilities are natural logarithms.

    `bi` and `tri` hold word numbers in spoken order, one n-gram a row.
    """

    words: list[str]
    uni_logp: Floats
    uni_bo: Floats
    bi: Ints
    bi_logp: Floats
    bi_bo: Floats
    tri: Ints
    tri_logp: Floats


def _unpack(
    memory: NDArray[np.uint8], count: int, total_bits: int, fields: list[int]
) -> list[Ints]:
    """Return each bit field of `count` packed little-endian records of `total_bits` bits."""
    start = np.arange(count, dtype=np.int64) * total_bits
    columns = []
    for bits in fields:
        first = start >> 3
        value = np.zeros(count, dtype=np.uint64)
        for byte in range(5):  # 7 bits of misalignment + at most 32 bits
            value |= memory[first + byte].astype(np.uint64) << np.uint64(8 * byte)
        value >>= (start & 7).astype(np.uint64)
        columns.append((value & np.uint64((1 << bits) - 1)).astype(np.int64))
        start = start + bits
    return columns


def read_general(path: Path) -> Trigrams:
    """Return the wheel's binary trie model (layout: lm_trie.c and lm_trie_quant.c of 5.1.1).

    `NGramModel.write` of 5.1.1 ends in a segmentation fault when it turns this file into ARPA text,
    hence the reader of our own. The trie is keyed by the last word first.
    """
    blob = path.read_bytes()
    header = b"Trie Language Model"
    if not blob.startswith(header) or blob[len(header)] != 3:
        raise ValueError(f"{path} is not a pocketsphinx trigram trie")
    at = len(header) + 1
    n_uni, n_bi, n_tri = (int(n) for n in np.frombuffer(blob, "<u4", 3, at))
    at += 12 + 4
    size = 1 << QUANT_BITS
    bi_p, bi_bo, tri_p = np.frombuffer(blob, "<f4", 3 * size, at).reshape(3, size)
    at += 12 * size
    record = np.dtype([("prob", "<f4"), ("bo", "<f4"), ("next", "<u4")])
    unigrams = np.frombuffer(blob, record, n_uni + 1, at)
    at += record.itemsize * (n_uni + 1)

    word_bits, next_bits = int(n_uni).bit_length(), int(n_tri).bit_length()
    bi_bits, tri_bits = word_bits + 2 * QUANT_BITS + next_bits, word_bits + QUANT_BITS
    bi_bytes = ((1 + n_bi) * bi_bits + 7) // 8 + 8
    tri_bytes = ((1 + n_tri) * tri_bits + 7) // 8 + 8
    memory = np.frombuffer(blob, np.uint8, bi_bytes + tri_bytes, at)
    at += bi_bytes + tri_bytes
    first, bo_index, p_index, next_tri = _unpack(
        memory[:bi_bytes], n_bi + 1, bi_bits, [word_bits, QUANT_BITS, QUANT_BITS, next_bits]
    )
    oldest, tri_index = _unpack(memory[bi_bytes:], n_tri, tri_bits, [word_bits, QUANT_BITS])
    text = blob[at + 4 :].split(b"\0")[:n_uni]

    scale = math.log(LOG_BASE)
    # The header counts a few records more than the tree reaches (that is what breaks `write`).
    reached = unigrams["next"].astype(np.int64)
    n_bi = int(reached[-1])
    next_tri = next_tri[: n_bi + 1]
    n_tri = int(next_tri[-1])
    oldest, tri_index = oldest[:n_tri], tri_index[:n_tri]
    last = np.repeat(np.arange(n_uni), np.diff(reached))
    bi = np.stack([first[:n_bi], last], axis=1)
    parent = np.repeat(np.arange(n_bi), np.diff(next_tri))
    tri = np.concatenate([oldest[:, None], bi[parent]], axis=1)
    return Trigrams(
        words=[word.decode() for word in text],
        uni_logp=unigrams["prob"][:n_uni].astype(np.float64) * scale,
        uni_bo=unigrams["bo"][:n_uni].astype(np.float64) * scale,
        bi=bi,
        bi_logp=bi_p[p_index[:n_bi]].astype(np.float64) * scale,
        bi_bo=bi_bo[bo_index[:n_bi]].astype(np.float64) * scale,
        tri=tri,
        tri_logp=tri_p[tri_index].astype(np.float64) * scale,
    )


def count_domain(corpus: list[str], discount: float) -> dict[tuple[str, ...], tuple[float, float]]:
    """Return (probability, back-off weight) of every n-gram of the corpus.

    Interpolated absolute discounting (Ney, Essen and Kneser 1994): `discount` is taken from each
    count and what it frees is given to the shorter history.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for sentence in corpus:
        words = ["<s>", *sentence.split(), "</s>"]
        for order in (1, 2, 3):
            counts.update(zip(*(words[k:] for k in range(order)), strict=False))
    total: Counter[tuple[str, ...]] = Counter()
    kinds: Counter[tuple[str, ...]] = Counter()
    for gram, count in counts.items():
        if gram != ("<s>",):  # the start is never predicted
            total[gram[:-1]] += count
            kinds[gram[:-1]] += 1
    freed = {h: discount * kinds[h] / total[h] for h in total}
    model: dict[tuple[str, ...], tuple[float, float]] = {}
    for gram in sorted(counts, key=len):
        history = gram[:-1]
        lower = model[gram[1:]][0] if history else 1 / kinds[()]
        probability = (counts[gram] - discount) / total[history] + freed[history] * lower
        model[gram] = (1e-30 if gram == ("<s>",) else probability, freed.get(gram, 1.0))
    return model


def as_trigrams(model: dict[tuple[str, ...], tuple[float, float]], words: list[str]) -> Trigrams:
    """Return the counted model over the vocabulary `words`; words it never saw get log(0)."""
    number = {word: i for i, word in enumerate(words)}
    uni_logp, uni_bo = np.full(len(words), -np.inf), np.zeros(len(words))
    grams: dict[int, list[tuple[list[int], float, float]]] = defaultdict(list)
    for gram, (p, bo) in model.items():
        if len(gram) == 1:
            uni_logp[number[gram[0]]], uni_bo[number[gram[0]]] = math.log(p), math.log(bo)
        else:
            grams[len(gram)].append(([number[w] for w in gram], math.log(p), math.log(bo)))
    bi, tri = grams[2], grams[3]
    return Trigrams(
        words=words,
        uni_logp=uni_logp,
        uni_bo=uni_bo,
        bi=np.array([g[0] for g in bi], dtype=np.int64),
        bi_logp=np.array([g[1] for g in bi]),
        bi_bo=np.array([g[2] for g in bi]),
        tri=np.array([g[0] for g in tri], dtype=np.int64),
        tri_logp=np.array([g[1] for g in tri]),
    )


def restrict(model: Trigrams, words: list[str]) -> Trigrams:
    """Return `model` over the vocabulary `words` (other n-grams dropped, new words get log(0))."""
    number = {word: i for i, word in enumerate(words)}
    new = np.array([number.get(word, -1) for word in model.words])
    bi, tri = new[model.bi], new[model.tri]
    keep_bi, keep_tri = (bi >= 0).all(axis=1), (tri >= 0).all(axis=1)
    uni_logp, uni_bo = np.full(len(words), -np.inf), np.zeros(len(words))
    uni_logp[new[new >= 0]], uni_bo[new[new >= 0]] = (
        model.uni_logp[new >= 0],
        model.uni_bo[new >= 0],
    )
    return Trigrams(
        words,
        uni_logp,
        uni_bo,
        bi[keep_bi],
        model.bi_logp[keep_bi],
        model.bi_bo[keep_bi],
        tri[keep_tri],
        model.tri_logp[keep_tri],
    )


class Scorer:
    """Log probabilities of any n-gram under a back-off model, many at a time."""

    def __init__(self, model: Trigrams) -> None:
        self._model, self._size = model, len(model.words)
        bi_key, tri_key = self.key(model.bi), self.key(model.tri)
        self._bi_order, self._tri_order = np.argsort(bi_key), np.argsort(tri_key)
        self._bi_key, self._tri_key = bi_key[self._bi_order], tri_key[self._tri_order]

    def key(self, grams: Ints) -> Ints:
        """Return one number per row of word numbers."""
        key = grams[:, 0].copy()
        for column in range(1, grams.shape[1]):
            key = key * self._size + grams[:, column]
        return key

    @staticmethod
    def _find(keys: Ints, order: Ints, wanted: Ints) -> tuple[NDArray[np.bool_], Ints]:
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return keys[at] == wanted, order[at]

    def one(self, grams: Ints) -> Floats:
        """Log P(w) for rows (w,)."""
        return self._model.uni_logp[grams[:, 0]]

    def two(self, grams: Ints) -> Floats:
        """Log P(w|v) for rows (v, w)."""
        found, at = self._find(self._bi_key, self._bi_order, self.key(grams))
        backed_off = self._model.uni_bo[grams[:, 0]] + self._model.uni_logp[grams[:, 1]]
        return np.where(found, self._model.bi_logp[at], backed_off)

    def three(self, grams: Ints) -> Floats:
        """Log P(w|u, v) for rows (u, v, w)."""
        found, at = self._find(self._tri_key, self._tri_order, self.key(grams))
        history, bi_at = self._find(self._bi_key, self._bi_order, self.key(grams[:, :2]))
        backed_off = np.where(history, self._model.bi_bo[bi_at], 0.0) + self.two(grams[:, 1:])
        return np.where(found, self._model.tri_logp[at], backed_off)


def prune(model: Trigrams, bi_threshold: float, tri_threshold: float) -> tuple[Ints, Ints]:
    """Return the bigrams and trigrams worth keeping, closed so that every trigram is reachable.

    Worth is P(n-gram) times what its own probability differs from the backed-off one, the leading
    term of Stolcke's relative entropy criterion (1998).
    """
    scorer, bi, tri = Scorer(model), model.bi, model.tri
    joint = model.uni_logp[bi[:, 0]] + model.bi_logp
    shorter = model.uni_bo[bi[:, 0]] + model.uni_logp[bi[:, 1]]
    keep_bi = np.exp(joint) * np.abs(model.bi_logp - shorter) > bi_threshold
    keep_bi |= bi[:, 0] == model.words.index("<s>")
    history = scorer.two(tri[:, :2]) + model.uni_logp[tri[:, 0]]
    without = Trigrams(**{**vars(model), "tri": tri[:1], "tri_logp": model.tri_logp[:1]})
    gain = np.abs(model.tri_logp - Scorer(without).three(tri))
    tri = tri[np.exp(history + model.tri_logp) * gain > tri_threshold]
    bi = np.unique(np.concatenate([bi[keep_bi], tri[:, :2], tri[:, 1:]]), axis=0)
    return bi, tri


def mix(
    domain: Trigrams,
    general: Trigrams,
    kept: tuple[Ints, Ints],
    *,
    prior: float,
    later_prior: float,
) -> Trigrams:
    """Return the mixture over the `kept` n-grams of the general model and all of the domain's.

    `prior` is the share of utterances that are in the domain, `later_prior` the share of words once
    the sentence start is out of sight (smaller: open sentences are longer than commands).
    """
    d, g = Scorer(domain), Scorer(general)
    words, start = general.words, general.words.index("<s>")

    def share(domain_logp: Floats, general_logp: Floats, at_start: NDArray[np.bool_]) -> Floats:
        p = np.where(at_start, prior, later_prior)
        odds = np.log(p / (1 - p))
        return 1 / (1 + np.exp(np.clip(general_logp - domain_logp - odds, -50, 50)))

    def blend(weight: Floats, domain_logp: Floats, general_logp: Floats) -> Floats:
        return np.log(weight * np.exp(domain_logp) + (1 - weight) * np.exp(general_logp) + 1e-12)

    def back_off(p: Floats, lower: Floats, group: Ints, groups: int) -> Floats:
        explicit = np.bincount(group, weights=np.exp(p), minlength=groups)
        covered = np.bincount(group, weights=np.exp(lower), minlength=groups)
        left = np.clip(1 - explicit, 1e-6, 1) / np.clip(1 - covered, 1e-6, 1)
        return np.asarray(np.log(left))

    bi = np.unique(np.concatenate([kept[0], domain.bi]), axis=0)
    tri = np.unique(np.concatenate([kept[1], domain.tri]), axis=0)
    uni = np.arange(len(words))[:, None]
    uni_logp = blend(np.full(len(words), later_prior), d.one(uni), g.one(uni))
    uni_logp[start] = -100.0
    uni_logp -= math.log(np.exp(uni_logp).sum())

    # Log probabilities of the histories; the sentence start is certain in both models.
    first = bi[:, 0]
    at_start = first == start
    domain_h = np.where(at_start, 0.0, domain.uni_logp[first])
    general_h = np.where(at_start, 0.0, general.uni_logp[first])
    bi_logp = blend(share(domain_h, general_h, at_start), d.two(bi), g.two(bi))
    uni_bo = back_off(bi_logp, uni_logp[bi[:, 1]], first, len(words))

    keys, wanted = d.key(bi), d.key(tri[:, :2])
    parent = np.searchsorted(keys, wanted)  # np.unique sorted bi, and the closure guarantees a hit
    if not np.array_equal(keys[parent], wanted):
        raise ValueError("a trigram's history is missing among the bigrams")
    weight = share(domain_h + d.two(bi), general_h + g.two(bi), at_start)[parent]
    tri_logp = blend(weight, d.three(tri), g.three(tri))
    lower = bi_logp[np.searchsorted(keys, d.key(tri[:, 1:]))]
    bi_bo = back_off(tri_logp, lower, parent, len(bi))
    return Trigrams(words, uni_logp, uni_bo, bi, bi_logp, bi_bo, tri, tri_logp)


def write(model: Trigrams, path: Path) -> None:
    """Write `model` as a pocketsphinx binary trie (through ARPA text, which its library reads)."""
    from pocketsphinx import Config, LogMath, NGramModel

    ten = math.log(10)
    words = model.words
    with tempfile.TemporaryDirectory() as folder:
        arpa = Path(folder) / "model.arpa"
        with arpa.open("w", encoding="utf-8") as out:
            out.write("\\data\\\n")
            for order, grams in enumerate((words, model.bi, model.tri), 1):
                out.write(f"ngram {order}={len(grams)}\n")
            out.write("\n\\1-grams:\n")
            for word, p, bo in zip(words, model.uni_logp / ten, model.uni_bo / ten, strict=True):
                out.write(f"{max(p, -99):.4f} {word} {bo:.4f}\n")
            out.write("\n\\2-grams:\n")
            rows = zip(model.bi.tolist(), model.bi_logp / ten, model.bi_bo / ten, strict=True)
            for (v, w), p, bo in rows:
                out.write(f"{p:.4f} {words[v]} {words[w]} {bo:.4f}\n")
            out.write("\n\\3-grams:\n")
            for (u, v, w), p in zip(model.tri.tolist(), model.tri_logp / ten, strict=True):
                out.write(f"{p:.4f} {words[u]} {words[v]} {words[w]}\n")
            out.write("\n\\end\\\n")
        NGramModel(Config(), LogMath(LOG_BASE), str(arpa)).write(str(path))


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

    pronunciations: dict[str, list[str]] = defaultdict(list)
    dictionary = Path(get_model_path("en-us/cmudict-en-us.dict"))
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        if line.strip():
            word, phones = line.split(maxsplit=1)
            pronunciations[word.split("(")[0]].append(phones)
    pronunciations.update(EXTRA_PRONUNCIATIONS)

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
