"""The audio decoder of Pocket TTS (Mimi) with random weights: latent frames in, 24 kHz sound out.

Owns that graph and its 56 states. Source: shared reference C.1; pocket-tts (`mimi_transformer.py`).
Only matrix products are int8, as in the real file; its convolutions are floats. The states of the encoder go
through unused, as they do in the real graph.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from assistant.replicas.streaming import State, StatefulGraph

WIDTH: Final = 512
HEADS: Final = 8
HEAD: Final = WIDTH // HEADS
FEED_FORWARD: Final = 2048
LAYERS: Final = 2
CONTEXT: Final = 250
LATENT: Final = 32
FILTERS: Final = 64
RATIOS: Final = (6, 5, 4)
UPSAMPLE: Final = 16
_LAYER_SCALE: Final = 0.01
_PERIOD: Final = 10_000.0


def write_mimi_decoder(path: Path, on_bytes: Callable[[int], None]) -> list[State]:
    """Write ``latent`` [1, n, 32] → ``audio_frame`` [1, 1, 1920 n]; return its states."""
    graph = StatefulGraph("int8")
    graph.input("latent", "float32", [1, "frames", LATENT])
    value = graph.op("Mul", "latent", graph.weight(LATENT, deviation=0.1, mean=1.0))
    value = graph.op("Add", value, graph.weight(LATENT, deviation=0.1))
    value = graph.op("Transpose", value, perm=[0, 2, 1])
    value = graph.conv(value, (WIDTH, LATENT, 1), bias=False)
    module = "upsample.convtr"
    value = graph.streaming_upsample(value, module, WIDTH, WIDTH, UPSAMPLE, group=WIDTH, bias=False)
    value = graph.op("Transpose", value, perm=[0, 2, 1])
    for layer in range(LAYERS):
        value = _layer(graph, value, f"decoder_transformer.transformer.layers.{layer}.self_attn")
    value = graph.op("Transpose", value, perm=[0, 2, 1])
    graph.output("audio_frame", "float32", [1, 1, "samples"], _seanet(graph, value))
    _encoder_states(graph)
    graph.save(path, on_bytes)
    return graph.states


def _layer(graph: StatefulGraph, value: str, module: str) -> str:
    def scaled(update: str) -> str:
        scale = graph.weight(WIDTH, deviation=0.001, mean=_LAYER_SCALE)
        return graph.op("Mul", update, scale)

    value = graph.op("Add", value, scaled(_attention(graph, graph.norm(value, WIDTH), module)))
    wide = graph.linear(graph.norm(value, WIDTH), WIDTH, FEED_FORWARD, bias=False)
    narrow = graph.linear(graph.gelu(wide), FEED_FORWARD, WIDTH, bias=False)
    return graph.op("Add", value, scaled(narrow))


def _attention(graph: StatefulGraph, value: str, module: str) -> str:
    """Attention over a ring of the last 250 frames."""
    offset = graph.state(module, "offset", "int64", (1,), "zeros")
    cache = graph.state(module, "cache", "float32", (2, 1, HEADS, CONTEXT, HEAD), "zeros")
    end = graph.state(module, "end_offset", "int64", (1,), "zeros")
    length = graph.op("Shape", value, start=1, end=2)
    split = graph.op(
        "Reshape",
        graph.linear(value, WIDTH, 3 * WIDTH, bias=False),
        graph.ints(0, -1, 3, HEADS, HEAD),
    )
    query, key, content = (
        graph.op("Gather", split, graph.const(part, np.int64), axis=2) for part in range(3)
    )
    query, key = (graph.rotated(part, offset, length, HEAD, _PERIOD) for part in (query, key))
    new = graph.op(
        "Concat",
        *(
            graph.op("Unsqueeze", graph.op("Transpose", part, perm=[0, 2, 1, 3]), graph.ints(0))
            for part in (key, content)
        ),
        axis=0,
    )
    room = graph.const(CONTEXT, np.int64)
    places = graph.op("Mod", graph.numbers(end, length), room)
    index = graph.op("Reshape", places, graph.ints(1, 1, 1, -1, 1))
    index = graph.op("Expand", index, graph.op("Shape", new))
    filled = graph.op("ScatterElements", cache, index, new, axis=3)
    after = graph.op("Add", end, length)
    graph.give_back(offset, graph.op("Add", offset, length))
    graph.give_back(cache, filled)
    graph.give_back(end, after)
    mask = _ring_mask(graph, offset, after, length)
    keys, contents = (
        graph.op(
            "Transpose",
            graph.op("Gather", filled, graph.const(part, np.int64), axis=0),
            perm=[0, 2, 1, 3],
        )
        for part in range(2)
    )
    mixed = graph.attended(query, keys, contents, mask, HEAD)
    flat = graph.op("Reshape", mixed, graph.ints(0, -1, WIDTH))
    return graph.linear(flat, WIDTH, WIDTH, bias=False)


def _ring_mask(graph: StatefulGraph, offset: str, after: str, length: str) -> str:
    """Return [T, 250]: which place of the ring each new frame may look at."""
    room, one = graph.const(CONTEXT, np.int64), graph.const(1, np.int64)
    places = graph.const(np.arange(CONTEXT), np.int64)
    last = graph.op("Sub", after, one)
    delta = graph.op("Sub", places, graph.op("Mod", last, room))
    written = graph.op("Add", last, delta)
    earlier = graph.op("Sub", written, room)
    late = graph.op("Greater", delta, graph.const(0, np.int64))
    written = graph.op("Where", late, earlier, written)
    rows = graph.op("Unsqueeze", graph.numbers(offset, length), graph.ints(1))
    age = graph.op("Sub", rows, graph.op("Unsqueeze", written, graph.ints(0)))
    is_past = graph.op("GreaterOrEqual", age, graph.const(0, np.int64))
    is_near = graph.op("Less", age, room)
    exists = graph.op("GreaterOrEqual", written, graph.const(0, np.int64))
    return graph.op("And", graph.op("And", is_past, is_near), exists)


def _seanet(graph: StatefulGraph, value: str) -> str:
    width = FILTERS * 2 ** len(RATIOS)
    value = graph.streaming_conv(value, "decoder.model.0", WIDTH, width, 7)
    number = 2
    for ratio in RATIOS:
        value = graph.op("Elu", value)
        name = f"decoder.model.{number}"
        value = graph.streaming_upsample(value, name, width, width // 2, ratio)
        width //= 2
        name = f"decoder.model.{number + 1}.block"
        inner = graph.streaming_conv(graph.op("Elu", value), f"{name}.1", width, width // 2, 3)
        inner = graph.streaming_conv(graph.op("Elu", inner), f"{name}.3", width // 2, width, 1)
        value = graph.op("Add", value, inner)
        number += 3
    value = graph.streaming_conv(graph.op("Elu", value), f"decoder.model.{number}", width, 1, 3)
    return graph.op("Mul", value, graph.const(0.05))  # random layers are louder than speech


def _encoder_states(graph: StatefulGraph) -> None:
    """What the encoder keeps is part of the model's state though the decoder does not use it."""

    def conv(module: str, channels: int, kept: int) -> None:
        graph.unused(module, "previous", "float32", (1, channels, kept), "zeros")
        graph.unused(module, "first", "bool", (1,), "ones")

    conv("encoder.model.0", 1, 6)
    width, number = FILTERS, 1
    for ratio in reversed(RATIOS):
        conv(f"encoder.model.{number}.block.1", width, 2)
        conv(f"encoder.model.{number}.block.3", width // 2, 0)
        conv(f"encoder.model.{number + 2}", width, ratio)
        width, number = width * 2, number + 3
    conv(f"encoder.model.{number + 1}", width, 2)
    for layer in range(LAYERS):
        module = f"encoder_transformer.transformer.layers.{layer}.self_attn"
        graph.unused(module, "offset", "int64", (1,), "zeros")
        graph.unused(module, "cache", "float32", (2, 1, HEADS, CONTEXT, HEAD), "zeros")
        graph.unused(module, "end_offset", "int64", (1,), "zeros")
    conv("downsample.conv", WIDTH, UPSAMPLE)
