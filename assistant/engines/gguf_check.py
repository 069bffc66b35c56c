"""Says whether a GGUF file is whole, before llama.cpp may touch it.

Owns reading the header: metadata, tensor table, and whether every tensor lies inside the file.
Deliberately reads no weights: a flipped bit in them is found by the catalogue's sha256, not here.

Why at all: llama.cpp answers some broken files with ``abort()``, which would take the process along.
Source of the layout: the GGUF version 3 specification, ``docs/gguf.md`` of ggml.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC: Final = b"GGUF"
_STRING: Final = 8
_ARRAY: Final = 9
_SCALARS: Final = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<B", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
"""Metadata value types with a fixed size; 7 is a boolean."""

_BLOCK_SIZES: Final = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 40),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
    22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8),
    29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip
"""Tensor type → (elements, bytes) of a block. Source: ``GGML_QUANT_SIZES`` of gguf 0.19.0."""

_KEPT_ARRAY_LENGTH: Final = 1024
"""Longer arrays (vocabularies) are measured but not kept."""

_LIMITS: Final = {
    "block_count": (1, 512),
    "context_length": (1, 1 << 24),
    "embedding_length": (1, 1 << 17),
    "feed_forward_length": (1, 1 << 20),
    "attention.head_count": (1, 1024),
    "attention.head_count_kv": (0, 1024),
    "attention.key_length": (1, 4096),
    "attention.value_length": (1, 4096),
    "shortconv.l_cache": (2, 64),
    "vocab_size": (1, 1 << 22),
    "rope.dimension_count": (0, 4096),
}
"""Plausible ranges; llama.cpp allocates or divides by some of these without looking (found by fuzzing)."""

_POSITIVE_FLOATS: Final = ("attention.layer_norm_rms_epsilon", "rope.freq_base")
_REDOWNLOAD: Final = "Fetch the model again: assistant models pull."


@dataclass(frozen=True, slots=True)
class ArrayLength:
    """Stands in the metadata for an array too long to keep; ``distinct`` counts different texts."""

    length: int
    distinct: int = 0


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """One line of the tensor table; ``shape`` in GGUF order (fastest first)."""

    name: str
    shape: tuple[int, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What the head of a whole GGUF file says.

    Attributes:
        architecture: ``general.architecture``, e.g. ``lfm2``.
        metadata: scalars, strings, short arrays as lists, long ones as :class:`ArrayLength`.
        tensors: by name.
    """

    architecture: str
    metadata: Mapping[str, object]
    tensors: Mapping[str, TensorEntry]


class _CorruptError(Exception):
    """The bytes contradict the format; the text says where."""


def read_gguf_header(path: Path) -> GgufHeader:
    """Return the header of a complete, plausible GGUF file.

    Raises:
        ModelError: ``model_missing`` (no such file), ``model_corrupt`` (not a GGUF, truncated, damaged) or
            ``model_unfit`` (a version this program cannot read).
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (FileNotFoundError, IsADirectoryError) as exc:
        raise ModelError(
            "model_missing",
            f"The thinker's model file is not there: {path}.",
            "Fetch it with: assistant models pull.",
        ) from exc
    except ValueError as exc:  # mmap refuses an empty file
        raise _corrupt(path, "it is empty") from exc
    except OSError as exc:
        raise ModelError(
            "model_missing",
            f"The thinker's model file cannot be opened: {path}.",
            "Check the file's permissions.",
        ) from exc
    with mapped:
        try:
            return _parse(path, mapped)
        except _CorruptError as exc:
            raise _corrupt(path, str(exc)) from exc


def _corrupt(path: Path, why: str) -> ModelError:
    return ModelError(
        "model_corrupt", f"The thinker's model file {path.name} is damaged: {why}.", _REDOWNLOAD
    )


class _Reader:
    """Takes values off the mapped file, never past its end."""

    def __init__(self, mapped: mmap.mmap) -> None:
        self._mapped = mapped
        self._end = len(mapped)
        self.position = 0

    def scalar(self, form: str) -> int | float:
        size = struct.calcsize(form)
        if self.position + size > self._end:
            raise _CorruptError("it ends inside its header")
        value: int | float = struct.unpack_from(form, self._mapped, self.position)[0]
        self.position += size
        return value

    def count(self, form: str = "<Q") -> int:
        return int(self.scalar(form))

    def raw(self, length: int) -> bytes:
        if length > self._end - self.position:
            raise _CorruptError("it ends inside its header")
        start = self.position
        self.position += length
        return self._mapped[start : self.position]

    def string(self) -> str:
        try:
            return self.raw(self.count()).decode()
        except UnicodeDecodeError as exc:
            raise _CorruptError("a text in its header is not UTF-8") from exc

    def value(self, kind: int) -> object:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self._array()
        if kind not in _SCALARS:
            raise _CorruptError(f"its header holds an unknown value type {kind}")
        return self.scalar(_SCALARS[kind])

    def _array(self) -> object:
        kind, length = self.count("<I"), self.count()
        if kind == _STRING:
            if length > self._end:  # before looping over an invented length
                raise _CorruptError("it ends inside its header")
            texts = [self.raw(self.count()) for _ in range(length)]
            if length > _KEPT_ARRAY_LENGTH:
                return ArrayLength(length, len(set(texts)))
            return [text.decode(errors="surrogateescape") for text in texts]
        if kind not in _SCALARS:
            raise _CorruptError(f"its header holds an array of unknown type {kind}")
        form = _SCALARS[kind]
        raw = self.raw(length * struct.calcsize(form))
        if length > _KEPT_ARRAY_LENGTH:
            return ArrayLength(length)
        return [item[0] for item in struct.iter_unpack(form, raw)]


def _parse(path: Path, mapped: mmap.mmap) -> GgufHeader:
    reader = _Reader(mapped)
    if reader.raw(min(4, len(mapped))) != _MAGIC:
        raise _CorruptError("it is not a GGUF file")
    version = reader.count("<I")
    if version not in (2, 3):
        if version == 0 or version > 0xFFFF:  # noqa: PLR2004 - byte-swapped 2 and 3 are above
            raise ModelError(
                "model_unfit",
                f"The model file {path.name} is written for another kind of computer.",
                "Choose the ordinary (little-endian) file of this model.",
            )
        raise ModelError(
            "model_unfit",
            f"The model file {path.name} has GGUF version {version}; versions 2 and 3 are readable.",
            "Choose a current file of this model.",
        )
    tensor_count, key_count = reader.count(), reader.count()
    metadata: dict[str, object] = {}
    for _ in range(key_count):
        key = reader.string()
        if not key or key in metadata:
            raise _CorruptError("a key of its header is empty or occurs twice")
        metadata[key] = reader.value(reader.count("<I"))
    tensors, offsets = _read_tensor_table(reader, tensor_count)
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
        raise _CorruptError("its alignment is not a power of two")
    _check_extent(tensors, offsets, alignment, reader.position, len(mapped))
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str) or not architecture:
        raise _CorruptError("it does not name its architecture")
    _check_plausible(architecture, metadata)
    if architecture == "lfm2":
        _check_lfm2(metadata, tensors)
    return GgufHeader(architecture, metadata, tensors)


def _read_tensor_table(
    reader: _Reader, tensor_count: int
) -> tuple[dict[str, TensorEntry], dict[str, int]]:
    tensors: dict[str, TensorEntry] = {}
    offsets: dict[str, int] = {}
    for _ in range(tensor_count):
        name = reader.string()
        shape = tuple(reader.count() for _ in range(_dimensions(reader.count("<I"))))
        kind, offset = reader.count("<I"), reader.count()
        if not name or name in tensors:
            raise _CorruptError("a tensor has no name or the name of another")
        if kind not in _BLOCK_SIZES:
            raise _CorruptError(f"tensor {name} has the unknown type {kind}")
        elements, size = _BLOCK_SIZES[kind]
        if any(extent < 1 for extent in shape) or shape[0] % elements:
            raise _CorruptError(f"tensor {name} has an impossible shape")
        tensors[name] = TensorEntry(name, shape, math.prod(shape) // elements * size)
        offsets[name] = offset
    if not tensors:
        raise _CorruptError("it holds no tensors")
    return tensors, offsets


def _dimensions(count: int) -> int:
    if not 1 <= count <= 4:  # noqa: PLR2004 - GGML_MAX_DIMS
        raise _CorruptError("a tensor has an impossible number of dimensions")
    return count


def _check_extent(
    tensors: Mapping[str, TensorEntry],
    offsets: Mapping[str, int],
    alignment: int,
    header_end: int,
    file_size: int,
) -> None:
    """Tensors must follow each other without gap or overlap and end inside the file."""
    start = -(-header_end // alignment) * alignment
    expected = 0
    for name, tensor in tensors.items():
        if offsets[name] != expected:
            raise _CorruptError(f"tensor {name} is not where it should be")
        if start + expected + tensor.size_bytes > file_size:
            missing = start + expected + tensor.size_bytes - file_size
            raise _CorruptError(
                f"it ends inside tensor {name}, at least {missing} bytes are missing"
            )
        expected += -(-tensor.size_bytes // alignment) * alignment


def _check_plausible(architecture: str, metadata: Mapping[str, object]) -> None:
    for name, (low, high) in _LIMITS.items():
        value = metadata.get(f"{architecture}.{name}")
        for item in value if isinstance(value, list) else [value]:
            if item is not None and not (isinstance(item, int) and low <= item <= high):
                raise _CorruptError(f"its {name} of {item} is impossible")
    for name in _POSITIVE_FLOATS:
        value = metadata.get(f"{architecture}.{name}")
        if value is not None and not (
            isinstance(value, int | float) and math.isfinite(value) and value > 0
        ):
            raise _CorruptError(f"its {name} of {value} is impossible")
    vocabulary = metadata.get("tokenizer.ggml.tokens")
    tokens = _length(vocabulary)
    distinct = vocabulary.distinct if isinstance(vocabulary, ArrayLength) else None
    if isinstance(vocabulary, list):
        distinct = len(set(vocabulary))
    if distinct != tokens:
        raise _CorruptError("a word of its vocabulary occurs twice")
    for name in ("token_type", "scores"):
        length = _length(metadata.get(f"tokenizer.ggml.{name}"))
        if length is not None and length != tokens:
            raise _CorruptError("the parts of its vocabulary differ in length")
    for key, value in metadata.items():
        if key.startswith("tokenizer.ggml.") and key.endswith("_token_id"):
            # 0xFFFFFFFF is written for "none" by some converters.
            valid = isinstance(value, int) and (value < (tokens or 0) or value == 0xFFFFFFFF)  # noqa: PLR2004
            if not valid:
                raise _CorruptError(f"its {key} is outside the vocabulary")


def _length(array: object) -> int | None:
    if isinstance(array, list):
        return len(array)
    return array.length if isinstance(array, ArrayLength) else None


def _check_lfm2(metadata: Mapping[str, object], tensors: Mapping[str, TensorEntry]) -> None:
    """Shapes must agree with the metadata; names as in real LFM2 files (llama.cpp ``lfm2.cpp``)."""

    def number(name: str) -> int:
        value = metadata.get(f"lfm2.{name}")
        if not isinstance(value, int):
            raise _CorruptError(f"its {name} is missing")
        return value

    width, blocks, heads = (
        number("embedding_length"), number("block_count"), number("attention.head_count"),
    )  # fmt: skip
    kv_heads = metadata.get("lfm2.attention.head_count_kv")
    per_layer = kv_heads if isinstance(kv_heads, list) else [kv_heads] * blocks
    if len(per_layer) < blocks or any(
        not isinstance(n, int) or (n and heads % n) for n in per_layer
    ):
        raise _CorruptError("its attention heads do not fit its layers")
    if width % heads:
        raise _CorruptError("its width does not fit its attention heads")
    tokens = _length(metadata.get("tokenizer.ggml.tokens"))
    embedding = tensors.get("token_embd.weight")
    if embedding is None or embedding.shape != (width, tokens):
        raise _CorruptError("its embedding does not fit its vocabulary")
    for n in range(blocks):
        if f"blk.{n}.attn_norm.weight" not in tensors:
            raise _CorruptError(f"layer {n} is missing")
