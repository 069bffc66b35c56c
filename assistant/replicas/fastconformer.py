"""FastConformer-CTC 110M with random weights, as the exporters of `sherpa-onnx` write and quantise it.

Owns the graph: 8x subsampling, 17 conformer layers with relative positions, the CTC head. All matrix
products with weights and all convolutions are 8-bit integers, as ``quantize_dynamic`` without further choice
makes them (``export-onnx-ctc.py`` of sherpa-onnx). Source: shared reference B.1; dimensions of NeMo's
FastConformer-Large. Its table of 9,999 positions (20 MB of floats) explains the real file's size.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.replicas.onnx_file import GraphFile, Shape

MELS: Final = 80
WIDTH: Final = 512
HEADS: Final = 8
FEED_FORWARD: Final = 2048
LAYERS: Final = 17
CHANNELS: Final = 256
KERNEL: Final = 9
POSITIONS: Final = 5000
VOCABULARY: Final = 1024
_BLANK_BIAS: Final = -8.0
"""Random layers say nearly the same at every frame; were that the blank, no turn would ever begin."""

_MASKED: Final = -10_000.0


def write_fastconformer(
    path: Path, on_bytes: Callable[[int], None], *, layers: int = LAYERS
) -> None:
    """Write the graph: ``audio_signal`` [B, 80, T], ``length`` [B] → ``logprobs`` [B, T/8, 1025]."""
    graph = GraphFile("uint8", convolutions=True)
    graph.input("audio_signal", "float32", ["batch", MELS, "frames"])
    graph.input("length", "int64", ["batch"])
    value = _subsampled(graph)
    frames = graph.op("Shape", value, start=1, end=2)
    padding = _padding(graph, frames)
    positions = _positions(graph, frames)
    for _ in range(layers):
        value = _layer(graph, value, padding, positions)
    columns = graph.op("Transpose", value, perm=[0, 2, 1])
    logits = graph.conv(columns, (VOCABULARY + 1, WIDTH, 1))
    blank = graph.const(np.eye(VOCABULARY + 1)[-1:].T * _BLANK_BIAS)
    logits = graph.op("Transpose", graph.op("Add", logits, blank), perm=[0, 2, 1])
    shape: Shape = ["batch", "frames_out", VOCABULARY + 1]
    graph.output("logprobs", "float32", shape, graph.op("LogSoftmax", logits, axis=-1))
    graph.save(
        path,
        on_bytes,
        {
            "vocab_size": str(VOCABULARY),
            "subsampling_factor": "8",
            "normalize_type": "per_feature",
            "model_type": "EncDecHybridRNNTCTCBPEModel",
        },
    )


def write_vocabulary(path: Path, words: list[str]) -> None:
    """Write 1,024 pieces and the blank, one ``piece id`` a line; ▁ begins a word."""
    short = sorted({word for word in words if word.isascii() and word.isalpha()}, key=len)
    pieces = ["<unk>", *"abcdefghijklmnopqrstuvwxyz'"]
    pieces += [f"\N{LOWER ONE EIGHTH BLOCK}{word}" for word in short]
    pieces += [f"<filler{number}>" for number in range(VOCABULARY - len(pieces))]
    lines = [*pieces[:VOCABULARY], "<blk>"]
    text = "".join(f"{piece} {number}\n" for number, piece in enumerate(lines))
    path.write_text(text, encoding="utf-8")


def _subsampled(graph: GraphFile) -> str:
    rows = graph.op("Transpose", "audio_signal", perm=[0, 2, 1])
    value = graph.op("Unsqueeze", rows, graph.ints(1))
    half: dict[str, Any] = {"strides": [2, 2], "pads": [1, 1, 1, 1]}
    value = graph.op("Relu", graph.conv(value, (CHANNELS, 1, 3, 3), **half))
    for _ in range(2):
        value = graph.conv(value, (CHANNELS, 1, 3, 3), group=CHANNELS, **half)
        value = graph.op("Relu", graph.conv(value, (CHANNELS, CHANNELS, 1, 1)))
    value = graph.op("Transpose", value, perm=[0, 2, 1, 3])
    flat = CHANNELS * MELS // 8
    return graph.linear(graph.op("Reshape", value, graph.ints(0, -1, flat)), flat, WIDTH)


def _padding(graph: GraphFile, frames: str) -> str:
    """Return which frames [B, T/8] lie behind the end of the audio."""
    length, two = "length", graph.ints(2)
    for _ in range(3):  # a convolution of 3 with stride 2 and 1 of padding
        length = graph.op("Div", graph.op("Add", length, graph.ints(1)), two)
    zero, one = graph.const(0, np.int64), graph.const(1, np.int64)
    numbers = graph.op("Range", zero, graph.op("Squeeze", frames), one)
    return graph.op("GreaterOrEqual", numbers, graph.op("Unsqueeze", length, graph.ints(1)))


def _positions(graph: GraphFile, frames: str) -> str:
    """Return the part [1, 2T-1, WIDTH] of the table of relative positions that this length needs."""
    table = graph.weight(1, 2 * POSITIONS - 1, WIDTH, deviation=0.7)  # of sines and cosines
    start = graph.op("Sub", graph.ints(POSITIONS), frames)
    end = graph.op("Add", graph.ints(POSITIONS - 1), frames)
    return graph.op("Slice", table, start, end, graph.ints(1))


def _layer(graph: GraphFile, value: str, padding: str, positions: str) -> str:
    value = _feed_forward(graph, value)
    value = graph.op("Add", value, _attention(graph, value, padding, positions))
    value = graph.op("Add", value, _convolution(graph, value, padding))
    return graph.norm(_feed_forward(graph, value), WIDTH)


def _feed_forward(graph: GraphFile, value: str) -> str:
    wide = graph.swish(graph.linear(graph.norm(value, WIDTH), WIDTH, FEED_FORWARD))
    narrow = graph.linear(wide, FEED_FORWARD, WIDTH)
    return graph.op("Add", value, graph.op("Mul", narrow, graph.const(0.5)))


def _attention(graph: GraphFile, value: str, padding: str, positions: str) -> str:
    size = WIDTH // HEADS
    value = graph.norm(value, WIDTH)

    def heads(of: str, *, bias: bool = True) -> str:
        split = graph.ints(0, -1, HEADS, size)
        return graph.op("Reshape", graph.linear(of, WIDTH, WIDTH, bias=bias), split)

    query, key, content = heads(value), heads(value), heads(value)
    place = heads(positions, bias=False)
    turned = {"perm": [0, 2, 1, 3]}
    by_key, by_place = (
        graph.op(
            "Transpose", graph.op("Add", query, graph.weight(HEADS, size, deviation=0.02)), **turned
        )
        for _ in range(2)
    )
    keys = graph.op("Transpose", key, perm=[0, 2, 3, 1])
    places = graph.op("Transpose", place, perm=[0, 2, 3, 1])
    scores = graph.op("MatMul", by_key, keys)
    relative = _shifted(graph, graph.op("MatMul", by_place, places), scores)
    scores = graph.op("Mul", graph.op("Add", scores, relative), graph.const(size**-0.5))
    hidden = graph.op("Unsqueeze", padding, graph.ints(1, 2))
    scores = graph.op("Where", hidden, graph.const(_MASKED), scores)
    shares = graph.op("Softmax", scores, axis=-1)
    shares = graph.op("Where", hidden, graph.const(0.0), shares)
    mixed = graph.op("MatMul", shares, graph.op("Transpose", content, **turned))
    mixed = graph.op("Reshape", graph.op("Transpose", mixed, **turned), graph.ints(0, -1, WIDTH))
    return graph.linear(mixed, WIDTH, WIDTH)


def _shifted(graph: GraphFile, by_place: str, like: str) -> str:
    """Move row i of [B, H, T, 2T-1] by i, so that column j is the distance to frame j; cut to ``like``."""
    padded = graph.op("Pad", by_place, graph.ints(0, 0, 0, 1, 0, 0, 0, 0))
    frames = graph.op("Shape", by_place, start=2, end=3)
    shape = graph.op("Concat", graph.ints(0, 0, -1), frames, axis=0)
    tall = graph.op("Reshape", padded, shape)
    cut = graph.op("Slice", tall, graph.ints(1), graph.ints(2**31), graph.ints(2))
    wide = graph.op("Reshape", cut, graph.op("Shape", by_place))
    width = graph.op("Shape", like, start=3, end=4)
    return graph.op("Slice", wide, graph.ints(0), width, graph.ints(3))


def _convolution(graph: GraphFile, value: str, padding: str) -> str:
    columns = graph.op("Transpose", graph.norm(value, WIDTH), perm=[0, 2, 1])
    both = graph.conv(columns, (2 * WIDTH, WIDTH, 1))
    left, right = graph.ops("Split", both, count=2, axis=1)
    gated = graph.op("Mul", left, graph.op("Sigmoid", right))
    hidden = graph.op("Unsqueeze", padding, graph.ints(1))
    gated = graph.op("Where", hidden, graph.const(0.0), gated)
    near = graph.conv(gated, (WIDTH, 1, KERNEL), group=WIDTH, pads=[KERNEL // 2] * 2)
    columns = graph.conv(graph.swish(near), (WIDTH, WIDTH, 1))
    return graph.op("Transpose", columns, perm=[0, 2, 1])
