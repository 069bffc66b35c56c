"""LFM2 and LFM2.5 with random weights: a GGUF of the real architecture, names, shapes and quantisation.

Owns the tensor table and the random blocks, which are written in their quantised form directly, one tensor
at a time. Source of names, shapes and keys: shared reference A.1 and A.2; which tensors of a Q4_K_M file are
Q6_K: ``llama_tensor_get_type`` of llama.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from assistant.catalog.replicas import GGUF_MARK
from assistant.replicas.lfm2_text import (
    BOS,
    EOS,
    PAD,
    RESERVED,
    VOCABULARY,
    Dialect,
    chat_template,
    vocabulary,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Quantisation = Literal["Q4_K_M", "Q4_0"]
Block = Literal["F32", "Q4_K", "Q4_0", "Q6_K"]

ATTENTION_LAYERS: Final = frozenset({2, 5, 8, 10, 12, 14})
LAYERS: Final = 16
HEAD: Final = 64
KEY_VALUE_HEADS: Final = 8
KERNEL: Final = 3
CONTEXT: Final = 128_000
FILE_TYPES: Final = {"Q4_K_M": 15, "Q4_0": 2}
"""``llama_ftype`` of llama.cpp."""


@dataclass(frozen=True, slots=True)
class Lfm2:
    """What distinguishes one replica from another.

    Attributes:
        width: of the residual stream.
        feed_forward: width of the gated product.
        quantisation: of the file.
        dialect: how tools are written.
        layers: how many; the real ones have 16.
    """

    width: int
    feed_forward: int
    quantisation: Quantisation
    dialect: Dialect
    layers: int = LAYERS


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    shape: tuple[int, ...]
    block: Block


def write_lfm2(
    path: Path, model: Lfm2, words: Iterable[str], on_bytes: Callable[[int], None]
) -> None:
    """Write the file; ``on_bytes`` is told how many bytes each tensor added.

    Raises:
        ImportError: the library gguf is not installed.
        OSError: it cannot be written.
    """
    import gguf

    writer: Any = gguf.GGUFWriter(path, "lfm2")
    _add_keys(writer, model, words)
    tensors = list(_tensors(model))
    for tensor in tensors:
        kind = gguf.GGMLQuantizationType[tensor.block]
        shape, dtype = _stored(tensor)
        size = math.prod(shape) * dtype.itemsize
        writer.add_tensor_info(
            tensor.name, shape, dtype, size, raw_dtype=None if tensor.block == "F32" else kind
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(0)
    for tensor in tensors:
        weights = _random(random, tensor)
        writer.write_tensor_data(weights)
        on_bytes(weights.nbytes)
    writer.close()


def _add_keys(writer: Any, model: Lfm2, words: Iterable[str]) -> None:
    attention = [layer in ATTENTION_LAYERS for layer in range(model.layers)]
    writer.add_bool(GGUF_MARK, val=True)
    writer.add_name(f"replica of {model.dialect} {model.width} (random weights)")
    writer.add_file_type(FILE_TYPES[model.quantisation])
    writer.add_quantization_version(2)
    writer.add_block_count(model.layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(model.width)
    writer.add_feed_forward_length(model.feed_forward)
    writer.add_head_count(model.width // HEAD)
    writer.add_head_count_kv([KEY_VALUE_HEADS if attends else 0 for attends in attention])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1e6)
    writer.add_vocab_size(VOCABULARY)
    writer.add_shortconv_l_cache(KERNEL)
    tokens, merges = vocabulary(words)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("lfm2")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * RESERVED + [1] * (VOCABULARY - RESERVED))  # 3 control, 1 normal
    writer.add_token_merges(merges)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_pad_token_id(PAD)
    writer.add_add_bos_token(value=True)
    writer.add_chat_template(chat_template(model.dialect))


def _tensors(model: Lfm2) -> Iterator[_Tensor]:
    width, wide = model.width, model.feed_forward
    usual: Block = "Q4_K" if model.quantisation == "Q4_K_M" else "Q4_0"
    attending = [layer for layer in range(model.layers) if layer in ATTENTION_LAYERS]
    yield _Tensor("token_embd.weight", (VOCABULARY, width), "Q6_K")
    yield _Tensor("token_embd_norm.weight", (width,), "F32")
    for layer in range(model.layers):

        def tensor(name: str, *shape: int, block: Block = usual, layer: int = layer) -> _Tensor:
            return _Tensor(f"blk.{layer}.{name}.weight", shape, block)

        yield tensor("attn_norm", width, block="F32")
        yield tensor("ffn_norm", width, block="F32")
        yield tensor("ffn_gate", wide, width)
        yield tensor("ffn_up", wide, width)
        yield tensor("ffn_down", width, wide, block=_finer(usual, layer, model.layers))
        if layer in ATTENTION_LAYERS:
            keys = KEY_VALUE_HEADS * HEAD
            number = attending.index(layer)
            yield tensor("attn_q", width, width)
            yield tensor("attn_k", keys, width)
            yield tensor("attn_v", keys, width, block=_finer(usual, number, len(attending)))
            yield tensor("attn_output", width, width)
            yield tensor("attn_q_norm", HEAD, block="F32")
            yield tensor("attn_k_norm", HEAD, block="F32")
        else:
            yield tensor("shortconv.conv", width, KERNEL, block="F32")
            yield tensor("shortconv.in_proj", 3 * width, width)
            yield tensor("shortconv.out_proj", width, width)


def _finer(usual: Block, number: int, count: int) -> Block:
    """Q6_K for the first and last eighth and every third between: ``use_more_bits`` of llama.cpp."""
    outer = number < count // 8 or number >= 7 * count // 8
    more = outer or (number - count // 8) % 3 == 2  # noqa: PLR2004  the third of three
    return "Q6_K" if more and usual == "Q4_K" else usual


_BLOCKS: Final[dict[Block, tuple[int, int]]] = {
    "Q4_K": (256, 144),
    "Q4_0": (32, 18),
    "Q6_K": (256, 210),
}
"""Weights and bytes of a block."""


def _stored(tensor: _Tensor) -> tuple[tuple[int, ...], np.dtype[Any]]:
    if tensor.block == "F32":
        return tensor.shape, np.dtype(np.float32)
    weights, size = _BLOCKS[tensor.block]
    *rows, row = tensor.shape
    return (*rows, row // weights * size), np.dtype(np.uint8)


def _random(random: np.random.Generator, tensor: _Tensor) -> np.ndarray[Any, Any]:
    """Return random weights around zero whose products keep the size of what they multiply."""
    if tensor.block == "F32":
        if len(tensor.shape) > 1:
            return random.normal(0, KERNEL**-0.5, tensor.shape).astype(np.float32)
        return random.normal(1, 0.02, tensor.shape).astype(np.float32)
    shape, _ = _stored(tensor)
    _, size = _BLOCKS[tensor.block]
    blocks = random.integers(0, 256, (math.prod(shape) // size, size), np.uint8)
    deviation = tensor.shape[-1] ** -0.5
    match tensor.block:
        case "Q4_0":  # scale, then 4-bit numbers less 8
            blocks[:, :2] = _half(deviation / 4.6)
        case "Q4_K":  # scale and offset, eight 6-bit factors each (here all 32), 4-bit numbers
            blocks[:, 0:2] = _half(deviation / (32 * 4.6))
            blocks[:, 2:4] = _half(7.5 * deviation / (32 * 4.6))
            blocks[:, 4:12] = 32 | 2 << 6
            blocks[:, 12:16] = 0
        case "Q6_K":  # 6-bit numbers less 32, sixteen 8-bit factors (here all 8), scale
            blocks[:, 192:208] = 8
            blocks[:, 208:210] = _half(deviation / (8 * 18.5))
    return blocks.reshape(shape)


def _half(value: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(np.float16(value).tobytes(), np.uint8)
