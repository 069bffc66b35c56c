"""The starter's byte-level BPE tokenizer: digits one by one, words the same with and without a space before.

A space is merged only into a few hundred frequent words; every other word has the same tokens
wherever it stands, so that copying it into a tool call is copying tokens. Splitting is GPT-2's
expression after single digits, which llama.cpp calls `smollm`.
"""

# ruff: noqa: E501 (calls with many settings)

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = (
    "<|pad|>", "<|startoftext|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|tool_call_start|>", "<|tool_call_end|>",
    "<|tool_response_start|>", "<|tool_response_end|>",
)  # fmt: skip
PAD, BOS, END_OF_TEXT, IM_START, IM_END = range(5)
PRE_TOKENIZER_NAME = "smollm"  # as llama-vocab.cpp names this expression
SPACED_WORDS = 700


def train(texts: list[str], size: int) -> Tokenizer:
    """A tokenizer of `size` tokens, specials first."""
    base = Tokenizer(models.BPE())
    base.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(" ", "isolated"), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])  # fmt: skip
    trainer = trainers.BpeTrainer(
        vocab_size=size - SPACED_WORDS, special_tokens=list(SPECIAL), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )  # fmt: skip
    base.train_from_iterator(texts, trainer)
    model = json.loads(base.to_str())["model"]
    vocab: dict[str, int] = model["vocab"]
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]]

    after_space: Counter[str] = Counter()
    for text in texts:
        after_space.update(re.findall(r"(?<= )[^\W\d_]+", text))
        after_space.update(re.findall(r"(?<= )[^\w\s<>|]+", text))
    for word, _ in after_space.most_common():
        if len(vocab) >= size:
            break
        tokens = base.encode(word).tokens
        if len(tokens) == 1 and "Ġ" + tokens[0] not in vocab:
            vocab["Ġ" + tokens[0]] = len(vocab)
            merges.append(("Ġ", tokens[0]))
    return finished(vocab, merges)


def finished(vocab: dict[str, int], merges: list[tuple[str, ...]]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[(a, b) for a, b in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])  # fmt: skip
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def load(path: Path) -> Tokenizer:
    return Tokenizer.from_file(str(path))


def messages_to_text(messages: Iterable[tuple[str, str]]) -> str:
    """ChatML as in the chat template, for training the tokenizer and the prompts."""
    return SPECIAL[BOS] + "".join(
        f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in messages
    )


def encode_dialogue(
    tokenizer: Tokenizer, messages: Iterable[tuple[str, str]]
) -> tuple[list[int], list[bool]]:
    """Token ids and which of them the model has to predict (what the assistant says, with its `<|im_end|>`)."""
    ids, learned = [BOS], [False]
    for role, text in messages:
        head = tokenizer.encode(f"<|im_start|>{role}\n", add_special_tokens=False).ids
        body = tokenizer.encode(f"{text}<|im_end|>", add_special_tokens=False).ids
        tail = tokenizer.encode("\n", add_special_tokens=False).ids
        ids += head + body + tail
        learned += [False] * len(head) + [role == "assistant"] * len(body) + [False] * len(tail)
    return ids, learned
