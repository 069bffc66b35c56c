"""A Piper voice of medium quality (VITS) with random weights: phonemes in, 22 kHz sound out.

Owns that graph and the JSON file beside it. Source: shared reference C.3; dimensions of Piper's medium voices
(VITS with residual blocks of the second kind), whose sum is the real file's size.

Two things are simpler than in the real graph and cost about as much: the splines of the duration predictor
are affine maps behind the same networks, and relative positions are looked up instead of shifted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from assistant.replicas.onnx_file import GraphFile

SYMBOLS: Final = 256
WIDTH: Final = 192
HEADS: Final = 2
HEAD: Final = WIDTH // HEADS
FEED_FORWARD: Final = 768
LAYERS: Final = 6
WINDOW: Final = 4
FLOWS: Final = 4
WAVE_LAYERS: Final = 4
UPSAMPLED: Final = ((8, 16), (8, 16), (4, 8))
"""Stride and kernel."""
RESIDUAL: Final = ((3, (1, 2)), (5, (2, 6)), (7, (3, 12)))
"""Kernel and dilations."""
DECODER_WIDTH: Final = 256
RATE_HZ: Final = 22_050
_FRAMES_PER_ID: Final = 3.0
"""Frames of 256 samples: a phoneme and the pad behind it take 70 ms, as in speech."""


def write_piper(path: Path, on_bytes: Callable[[int], None]) -> None:
    """Write ``input``, ``input_lengths``, ``scales`` → ``output`` [B, 1, samples]."""
    graph = GraphFile()
    graph.input("input", "int64", ["batch", "phonemes"])
    graph.input("input_lengths", "int64", ["batch"])
    graph.input("scales", "float32", [3])
    noise, length, noise_of_lengths = (
        graph.op("Gather", "scales", graph.const(number, np.int64)) for number in range(3)
    )
    count = graph.op("Shape", "input", start=1, end=2)
    mask = _mask(graph, count, "input_lengths")
    hidden = _encoder(graph, count, mask)
    both = graph.op("Mul", graph.conv(hidden, (2 * WIDTH, WIDTH, 1)), mask)
    mean, log_deviation = graph.ops("Split", both, count=2, axis=1)
    frames = _durations(graph, hidden, mask, noise_of_lengths, length)
    path_of, frame_mask = _alignment(graph, frames)
    mean = graph.op("MatMul", mean, path_of)
    deviation = graph.op(
        "Exp", graph.op("Mul", graph.op("MatMul", log_deviation, path_of), graph.const(0.1))
    )
    random = graph.op("RandomNormalLike", mean)
    latent = graph.op("Add", mean, graph.op("Mul", graph.op("Mul", random, deviation), noise))
    for _ in range(FLOWS):
        latent = _coupling(graph, latent, frame_mask)
    wave = _decoder(graph, graph.op("Mul", latent, frame_mask))
    graph.output("output", "float32", ["batch", 1, "samples"], wave)
    graph.save(path, on_bytes)


def write_piper_config(path: Path, voice: str) -> None:
    """Write what Piper must know of the voice: rate, language, and a number for each phoneme."""
    symbols = "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœɐɑɒɔɕɖəɚɛɜɡɣɪɫɬɭɲɳɹɻɾʀʁʂʃʉʊʌʎʏʐʒʔʝˈˌːβθχᵻ\u0329"  # noqa: RUF001
    facts = {
        "replica": True,
        "audio": {"sample_rate": RATE_HZ, "quality": "medium"},
        "espeak": {"voice": voice},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": {symbol: [number] for number, symbol in enumerate(symbols)},
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
    }
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False), encoding="utf-8")


def _mask(graph: GraphFile, count: str, lengths: str) -> str:
    """Return [B, 1, T] as float32: 1 before the end."""
    numbers = _numbers(graph, count)
    inside = graph.op("Less", numbers, graph.op("Unsqueeze", lengths, graph.ints(1)))
    return graph.op("Unsqueeze", graph.op("Cast", inside, to=1), graph.ints(1))


def _numbers(graph: GraphFile, count: str) -> str:
    zero, one = graph.const(0, np.int64), graph.const(1, np.int64)
    return graph.op("Range", zero, graph.op("Squeeze", count), one)


# --- text -----------------------------------------------------------------------------------------------


def _encoder(graph: GraphFile, count: str, mask: str) -> str:
    rows = graph.op("Gather", graph.weight(SYMBOLS, WIDTH, deviation=1.0), "input")
    value = graph.op("Mul", graph.op("Transpose", rows, perm=[0, 2, 1]), mask)
    numbers = _numbers(graph, count)
    column = graph.op("Unsqueeze", numbers, graph.ints(1))
    distance = graph.op("Sub", graph.op("Unsqueeze", numbers, graph.ints(0)), column)
    edge = WINDOW + 1  # further away counts as nothing
    distance = graph.op("Clip", distance, graph.const(-edge, np.int64), graph.const(edge, np.int64))
    distance = graph.op("Add", distance, graph.const(edge, np.int64))
    for _ in range(LAYERS):
        value = _normed(graph, graph.op("Add", value, _attention(graph, value, mask, distance)))
        wide = graph.conv(value, (FEED_FORWARD, WIDTH, 3), pads=[1, 1])
        narrow = graph.conv(graph.op("Relu", wide), (WIDTH, FEED_FORWARD, 3), pads=[1, 1])
        value = _normed(graph, graph.op("Add", value, graph.op("Mul", narrow, mask)))
    return graph.op("Mul", value, mask)


def _normed(graph: GraphFile, columns: str) -> str:
    rows = graph.norm(graph.op("Transpose", columns, perm=[0, 2, 1]), WIDTH)
    return graph.op("Transpose", rows, perm=[0, 2, 1])


def _attention(graph: GraphFile, value: str, mask: str, distance: str) -> str:
    def heads(*, perm: tuple[int, ...]) -> str:
        split = graph.op(
            "Reshape", graph.conv(value, (WIDTH, WIDTH, 1)), graph.ints(0, HEADS, HEAD, -1)
        )
        return graph.op("Transpose", split, perm=list(perm))

    query, keys, contents = (
        heads(perm=(0, 1, 3, 2)),
        heads(perm=(0, 1, 2, 3)),
        heads(perm=(0, 1, 3, 2)),
    )
    query = graph.op("Mul", query, graph.const(HEAD**-0.5))
    scores = graph.op("MatMul", query, keys)
    kinds = 2 * WINDOW + 3
    near = graph.op("MatMul", query, graph.weight(HEAD, kinds, deviation=HEAD**-0.5))
    places = graph.op("Expand", distance, graph.op("Shape", scores))
    scores = graph.op("Add", scores, graph.op("GatherElements", near, places, axis=3))
    visible = graph.op("Unsqueeze", graph.op("Cast", mask, to=9), graph.ints(1))  # 9 = bool
    scores = graph.op("Where", visible, scores, graph.const(-1e4))
    shares = graph.op("Softmax", scores, axis=-1)
    mixed = graph.op("MatMul", shares, contents)
    shares = graph.op("Unsqueeze", shares, graph.ints(3))
    one_hot = graph.op(
        "OneHot", distance, graph.const(kinds, np.int64), graph.const([0.0, 1.0]), axis=-1
    )
    by_kind = graph.op("Squeeze", graph.op("MatMul", shares, one_hot), graph.ints(3))
    mixed = graph.op(
        "Add", mixed, graph.op("MatMul", by_kind, graph.weight(kinds, HEAD, deviation=0.1))
    )
    columns = graph.op("Transpose", mixed, perm=[0, 1, 3, 2])
    columns = graph.op("Reshape", columns, graph.ints(0, WIDTH, -1))
    return graph.conv(columns, (WIDTH, WIDTH, 1))


# --- durations ------------------------------------------------------------------------------------------


def _durations(graph: GraphFile, hidden: str, mask: str, noise: str, length: str) -> str:
    """Return how many frames [B, 1, T] each phoneme takes."""
    value = graph.conv(hidden, (WIDTH, WIDTH, 1))
    value = graph.conv(_separable(graph, value, mask), (WIDTH, WIDTH, 1))
    condition = graph.op("Mul", value, mask)
    pair = graph.op("Concat", mask, mask, axis=1)
    random = graph.op("Mul", graph.op("RandomNormalLike", pair), noise)
    first, second = graph.ops("Split", random, count=2, axis=1)
    for _ in range(FLOWS - 1):
        first, second = second, first
        inner = graph.op("Add", graph.conv(first, (WIDTH, 1, 1)), condition)
        inner = graph.conv(_separable(graph, inner, mask), (29, WIDTH, 1))
        part = graph.op("Slice", inner, graph.ints(0), graph.ints(2), graph.ints(1))
        scale, shift = graph.ops("Split", graph.op("Tanh", part), count=2, axis=1)
        second = graph.op("Add", graph.op("Mul", second, graph.op("Exp", scale)), shift)
    log = graph.op("Mul", graph.op("Tanh", second), graph.const(0.5))
    frames = graph.op("Mul", graph.op("Exp", log), graph.const(_FRAMES_PER_ID))
    return graph.op("Ceil", graph.op("Mul", graph.op("Mul", frames, length), mask))


def _separable(graph: GraphFile, value: str, mask: str) -> str:
    for dilation in (1, 3, 9):
        near = graph.conv(
            graph.op("Mul", value, mask),
            (WIDTH, 1, 3),
            group=WIDTH,
            pads=[dilation, dilation],
            dilations=[dilation],
        )
        near = _gelu(graph, _normed(graph, near))
        near = _gelu(graph, _normed(graph, graph.conv(near, (WIDTH, WIDTH, 1))))
        value = graph.op("Add", value, near)
    return graph.op("Mul", value, mask)


def _gelu(graph: GraphFile, value: str) -> str:
    error = graph.op("Erf", graph.op("Mul", value, graph.const(2**-0.5)))
    half = graph.op("Mul", value, graph.const(0.5))
    return graph.op("Mul", half, graph.op("Add", error, graph.const(1.0)))


def _alignment(graph: GraphFile, frames: str) -> tuple[str, str]:
    """Return which frame belongs to which phoneme [B, T, F], and the mask of frames [B, 1, F]."""
    total = graph.op("ReduceSum", frames, graph.ints(1, 2), keepdims=0)
    total = graph.op("Cast", graph.op("Max", total, graph.const(1.0)), to=7)  # 7 = int64
    most = graph.op("ReduceMax", total, keepdims=1)
    mask = _mask(graph, most, total)
    ends = graph.op("CumSum", frames, graph.const(2, np.int64))
    ends = graph.op("Transpose", ends, perm=[0, 2, 1])
    starts = graph.op("Sub", ends, graph.op("Transpose", frames, perm=[0, 2, 1]))
    numbers = graph.op("Cast", _numbers(graph, most), to=1)
    begun = graph.op("GreaterOrEqual", numbers, starts)
    path = graph.op("And", begun, graph.op("Less", numbers, ends))
    return graph.op("Cast", path, to=1), mask


# --- sound ----------------------------------------------------------------------------------------------


def _coupling(graph: GraphFile, value: str, mask: str) -> str:
    """Undo one step of the flow: one half of the channels is shifted by what the other half says."""
    first, second = graph.ops("Split", value, count=2, axis=1)
    inner = graph.op("Mul", graph.conv(second, (WIDTH, WIDTH // 2, 1)), mask)
    skipped = ""
    for layer in range(WAVE_LAYERS):
        wide = graph.conv(inner, (2 * WIDTH, WIDTH, 5), pads=[2, 2])
        left, right = graph.ops("Split", wide, count=2, axis=1)
        gated = graph.op("Mul", graph.op("Tanh", left), graph.op("Sigmoid", right))
        if layer == WAVE_LAYERS - 1:
            skip = graph.conv(gated, (WIDTH, WIDTH, 1))
        else:
            residual, skip = graph.ops(
                "Split", graph.conv(gated, (2 * WIDTH, WIDTH, 1)), count=2, axis=1
            )
            inner = graph.op("Mul", graph.op("Add", inner, residual), mask)
        skipped = graph.op("Add", skipped, skip) if skipped else skip
    mean = graph.conv(graph.op("Mul", skipped, mask), (WIDTH // 2, WIDTH, 1))
    return graph.op("Concat", second, graph.op("Mul", graph.op("Sub", first, mean), mask), axis=1)


def _decoder(graph: GraphFile, value: str) -> str:
    width = DECODER_WIDTH
    value = graph.conv(value, (width, WIDTH, 7), pads=[3, 3])
    for stride, kernel in UPSAMPLED:
        value = graph.op("LeakyRelu", value, alpha=0.1)
        weights = graph.weight(
            width, width // 2, kernel, deviation=(width * kernel / stride) ** -0.5
        )
        padding = (kernel - stride) // 2
        value = graph.op(
            "ConvTranspose",
            value,
            weights,
            graph.weight(width // 2, deviation=0.02),
            strides=[stride],
            pads=[padding, padding],
        )
        width //= 2
        value = _residuals(graph, value, width)
    value = graph.conv(graph.op("LeakyRelu", value, alpha=0.01), (1, width, 7), pads=[3, 3])
    return graph.op("Tanh", graph.op("Mul", value, graph.const(0.1)))


def _residuals(graph: GraphFile, value: str, width: int) -> str:
    total = ""
    for kernel, dilations in RESIDUAL:
        inner = value
        for dilation in dilations:
            padding = dilation * (kernel - 1) // 2
            near = graph.conv(
                graph.op("LeakyRelu", inner, alpha=0.1),
                (width, width, kernel),
                pads=[padding, padding],
                dilations=[dilation],
            )
            inner = graph.op("Add", inner, near)
        total = graph.op("Add", total, inner) if total else inner
    return graph.op("Mul", total, graph.const(1 / len(RESIDUAL)))
