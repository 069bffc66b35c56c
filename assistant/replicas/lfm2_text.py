"""Vocabulary and chat templates of the LFM2 replicas.

Owns what makes a replica's prompts about as long as the real ones, and written the same way. Not the real
vocabulary: the same size, the real control tokens, and English words from our own dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

VOCABULARY: Final = 65_536
CONTROL: Final = (
    "<|pad|>",
    "<|startoftext|>",
    "<|endoftext|>",
    "<|fim_pre|>",
    "<|fim_mid|>",
    "<|fim_suf|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|tool_list_start|>",
    "<|tool_list_end|>",
    "<|tool_call_start|>",
    "<|tool_call_end|>",
    "<|tool_response_start|>",
    "<|tool_response_end|>",
)
"""By id; the real files have these names (shared reference, A.2 and A.3)."""

PAD, BOS, EOS = 0, 1, 7
RESERVED: Final = 500
"""Control tokens in all; the rest of them are placeholders."""

Dialect = Literal["lfm2", "lfm2.5"]

_WORD: Final = re.compile(r"[a-z]{2,14}")
_SPACE: Final = "\u0120"  # how byte-level BPE writes a space
_BARE_SHARE: Final = 0.3
"""Of the vocabulary, for words without a space before them: after a quotation mark or line break."""


def byte_alphabet() -> list[str]:
    """Return the character that stands for each byte in byte-level BPE (GPT-2's table)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def vocabulary(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return 65,536 tokens and the merges that lead to them; short words come first.

    Each word is built from left to right. Merges of words after a space have the lower ranks, so that a
    word is found whole whether or not its bare form is known too.
    """
    tokens = [*CONTROL, *(f"<|reserved_{n}|>" for n in range(len(CONTROL), RESERVED))]
    tokens += byte_alphabet()
    known = set(tokens)
    merges: list[str] = []
    chosen = sorted(
        {word for word in words if _WORD.fullmatch(word)}, key=lambda one: (len(one), one)
    )
    spaced_end = VOCABULARY - int(VOCABULARY * _BARE_SHARE)
    for limit, spelled in (
        (spaced_end, (_SPACE + word for word in chosen)),
        (VOCABULARY, iter(chosen)),
    ):
        for token, merge in _steps(spelled, known):
            if len(tokens) == limit:
                break
            known.add(token)
            tokens.append(token)
            merges.append(merge)
    tokens += [f"<|filler_{n}|>" for n in range(VOCABULARY - len(tokens))]
    return tokens, merges


def _steps(spelled: Iterable[str], known: set[str]) -> Iterator[tuple[str, str]]:
    for word in spelled:
        for end in range(2, len(word) + 1):
            if word[:end] not in known:
                yield word[:end], f"{word[: end - 1]} {word[end - 1]}"


_HEAD: Final = (
    "{{- bos_token -}}"
    "{%- set ns = namespace(system='', rest=messages) -%}"
    "{%- if messages and messages[0]['role'] == 'system' -%}"
    "{%- set ns.system = messages[0]['content'] -%}{%- set ns.rest = messages[1:] -%}"
    "{%- endif -%}"
    "{%- if tools -%}"
    "{%- set ns.system = ns.system + ('\n' if ns.system else '') + 'List of tools: OPEN[' -%}"
    "{%- for tool in tools -%}"
    "{%- set ns.system = ns.system + (tool if tool is string else tool | tojson)"
    " + ('' if loop.last else ', ') -%}"
    "{%- endfor -%}"
    "{%- set ns.system = ns.system + ']CLOSE' -%}"
    "{%- endif -%}"
    "{%- if ns.system -%}{{- '<|im_start|>system\n' + ns.system + '<|im_end|>\n' -}}{%- endif -%}"
    "{%- for message in ns.rest -%}"
    "{%- set content = message['content'] -%}"
)
_TAIL: Final = (
    "{{- '<|im_start|>' + message['role'] + '\n' + content + '<|im_end|>\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}"
)
_WRAPPED: Final = (
    "{%- if message['role'] == 'tool' -%}"
    "{%- set content = '<|tool_response_start|>' + content + '<|tool_response_end|>' -%}"
    "{%- endif -%}"
)
_WITHOUT_THOUGHTS: Final = (
    "{%- if message['role'] == 'assistant' and '</think>' in content -%}"
    "{%- set content = content.split('</think>')[-1] | trim -%}"
    "{%- endif -%}"
)


def chat_template(dialect: Dialect) -> str:
    """Return a template that writes tools and their answers as that generation's own does.

    Source: shared reference A.3. LFM2 marks the list of tools and wraps answers; LFM2.5 does neither, and
    leaves thoughts out of earlier replies.
    """
    if dialect == "lfm2":
        head = _HEAD.replace("OPEN", "<|tool_list_start|>").replace("CLOSE", "<|tool_list_end|>")
        return head + _WRAPPED + _TAIL
    return _HEAD.replace("OPEN", "").replace("CLOSE", "") + _WITHOUT_THOUGHTS + _TAIL
