"""Writes small LFM2-architecture GGUF files: random weights, or weights that follow a script.

Owns the fixture files of the thinker's tests and of its benchmark. Deliberately no language model: a
random file shows speed and bookkeeping, a scripted one says exactly what a test wants to hear, through
the real runtime. Tensor names and metadata keys are those of real LFM2 files.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import gguf
import numpy as np

CHATML = (
    "{{- bos_token -}}"
    "{%- for message in messages -%}"
    "{{- '<|im_start|>' + message['role'] + '\n' -}}"
    "{%- if message['role'] == 'tool' -%}"
    "{{- '<|tool_response_start|>' + message['content'] + '<|tool_response_end|>' -}}"
    "{%- else -%}{{- message['content'] -}}{%- endif -%}"
    "{{- '<|im_end|>\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}"
)
"""The starter's format: ChatML of LFM2, tools not printed."""

SPECIALS = (
    "<|pad|>",
    "<|startoftext|>",
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|tool_call_start|>",
    "<|tool_call_end|>",
    "<|tool_response_start|>",
    "<|tool_response_end|>",
)
WORDS = ("system", "user", "assistant", "tool", " hello", " time", " is", " it", " the", " what")

TensorType = Literal["f32", "q8_0"]


def byte_alphabet() -> list[str]:
    """The 256 characters that stand for bytes in GPT-2's byte-level BPE, by byte value."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {byte: chr(byte) for byte in printable}
    others = (byte for byte in range(256) if byte not in table)
    table |= {byte: chr(256 + place) for place, byte in enumerate(others)}
    return [table[byte] for byte in range(256)]


def written(text: str | bytes) -> str:
    """``text`` in the alphabet of :func:`byte_alphabet` (specials stay as they are)."""
    if text in SPECIALS:
        return str(text)
    alphabet = byte_alphabet()
    raw = text.encode() if isinstance(text, str) else text
    return "".join(alphabet[byte] for byte in raw)


def vocabulary(words: Sequence[str], size: int) -> tuple[list[str], list[str]]:
    """Tokens (specials, bytes, words with the steps to them, fillers up to ``size``) and merges."""
    tokens = [*SPECIALS, *byte_alphabet()]
    merges: list[str] = []
    known = set(tokens)
    for word in words:
        spelled = written(word)
        for end in range(2, len(spelled) + 1):
            if spelled[:end] not in known:
                known.add(spelled[:end])
                tokens.append(spelled[:end])
                merges.append(f"{spelled[: end - 1]} {spelled[end - 1]}")
    tokens += [f"<filler{n}>" for n in range(size - len(tokens))]
    return tokens, merges


def write_gguf(  # noqa: PLR0915 - one file, written from top to bottom
    path: Path,
    *,
    script: Sequence[str | bytes] = (),
    extra_tokens: Sequence[str | bytes] = (),
    seed: int = 0,
    d_model: int = 64,
    feed_forward: int = 128,
    layers: str = "cacca",
    heads: int = 2,
    kv_heads: int = 1,
    vocabulary_size: int = 0,
    context_length: int = 4096,
    tensor_type: TensorType = "f32",
    tied: bool = True,
    template: str | None = CHATML,
    architecture: str = "lfm2",
    metadata: Mapping[str, int] | None = None,
) -> Path:
    """Write a GGUF that llama.cpp loads; returns ``path``.

    Args:
        path: the file to write.
        script: pieces the model says after ``assistant\\n``, each becoming one token; all different, because
            the next token depends on the last one only. Empty: random weights.
        extra_tokens: further vocabulary entries.
        seed: of the weights.
        d_model: width.
        feed_forward: width of the gated product.
        layers: one letter a layer, ``c`` short convolution, ``a`` attention.
        heads: query heads.
        kv_heads: key/value heads of attention layers.
        vocabulary_size: filled up to it.
        context_length: trained length written in the file.
        tensor_type: of the matrices.
        tied: no output matrix of its own; random weights then repeat the last token mostly.
        template: chat template, None for a file without one.
        architecture: ``general.architecture``.
        metadata: integer keys to write besides.
    """
    if len(set(script)) != len(script):
        raise ValueError("a scripted piece may occur only once")
    tokens, merges = vocabulary(WORDS, vocabulary_size)
    for piece in (*script, *extra_tokens):
        if written(piece) not in tokens:
            tokens.append(written(piece))
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(len(layers))
    writer.add_context_length(context_length)
    writer.add_embedding_length(d_model)
    writer.add_feed_forward_length(feed_forward)
    writer.add_head_count(heads)
    writer.add_head_count_kv([kv_heads if kind == "a" else 0 for kind in layers])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1e6)
    writer.add_vocab_size(len(tokens))
    writer.add_shortconv_l_cache(3)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("lfm2")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if t in SPECIALS else gguf.TokenType.NORMAL for t in tokens]
    )
    writer.add_token_merges(merges)
    writer.add_bos_token_id(SPECIALS.index("<|startoftext|>"))
    writer.add_eos_token_id(SPECIALS.index("<|im_end|>"))
    writer.add_pad_token_id(SPECIALS.index("<|pad|>"))
    writer.add_add_bos_token(True)
    if template is not None:
        writer.add_chat_template(template)
    for key, value in (metadata or {}).items():
        writer.add_uint32(key, value)

    quant = {"f32": gguf.GGMLQuantizationType.F32, "q8_0": gguf.GGMLQuantizationType.Q8_0}

    def matrix(name: str, rows: int, columns: int, scale: float | None = None) -> None:
        deviation = columns**-0.5 if scale is None else scale
        values = (rng.standard_normal((rows, columns)) * deviation).astype(np.float32)
        add(name, values)

    def add(name: str, values: np.ndarray) -> None:
        if tensor_type == "f32" or values.ndim == 1:
            writer.add_tensor(name, values)
        else:
            kind = quant[tensor_type]
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)

    ones = np.ones(d_model, np.float32)
    embeddings = rng.standard_normal((len(tokens), d_model)).astype(np.float32)
    add("token_embd.weight", embeddings)
    writer.add_tensor("token_embd_norm.weight", ones)
    if script:
        # With silent blocks the hidden state is the last token's embedding, so a row of the output
        # matrix that equals it makes that row's token follow.
        output = np.zeros_like(embeddings)
        chain = [written("\n"), *(written(piece) for piece in script), "<|im_end|>"]
        for last, following in itertools.pairwise(chain):
            output[tokens.index(following)] += embeddings[tokens.index(last)]
        add("output.weight", output)
    elif not tied:
        matrix("output.weight", len(tokens), d_model)
    out_scale = 0.0 if script else None
    for n, kind in enumerate(layers):
        block = f"blk.{n}."
        writer.add_tensor(block + "attn_norm.weight", ones)
        writer.add_tensor(block + "ffn_norm.weight", ones)
        matrix(block + "ffn_gate.weight", feed_forward, d_model)
        matrix(block + "ffn_up.weight", feed_forward, d_model)
        matrix(block + "ffn_down.weight", d_model, feed_forward, out_scale)
        if kind == "a":
            width = d_model // heads
            matrix(block + "attn_q.weight", d_model, d_model)
            matrix(block + "attn_k.weight", kv_heads * width, d_model)
            matrix(block + "attn_v.weight", kv_heads * width, d_model)
            matrix(block + "attn_output.weight", d_model, d_model, out_scale)
            writer.add_tensor(block + "attn_q_norm.weight", np.ones(width, np.float32))
            writer.add_tensor(block + "attn_k_norm.weight", np.ones(width, np.float32))
        else:
            kernel = (rng.standard_normal((d_model, 3)) * 0.5).astype(np.float32)
            writer.add_tensor(block + "shortconv.conv.weight", kernel)
            matrix(block + "shortconv.in_proj.weight", 3 * d_model, d_model)
            matrix(block + "shortconv.out_proj.weight", d_model, d_model, out_scale)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_starter_sized_gguf(path: Path, seed: int = 0) -> Path:
    """Write random weights in the starter's size (about 8 million parameters), for speed only."""
    return write_gguf(
        path,
        seed=seed,
        d_model=256,
        feed_forward=768,
        layers="ccaccaca",
        heads=4,
        kv_heads=2,
        vocabulary_size=4096,
        tensor_type="q8_0",
        tied=False,
    )
