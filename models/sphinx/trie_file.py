"""Trigram models in pocketsphinx's binary trie files: reading the wheel's, writing ours.

Owns the layout of the file; knows nothing of what the models are for.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from trigrams import Ints, Trigrams

# pocketsphinx keeps probabilities as logarithms to this base (its `logbase` default).
LOG_BASE = 1.0001
# lm_trie_quant.c: every probability and back-off weight is an index into a table of 2**16 floats.
QUANT_BITS = 16


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
