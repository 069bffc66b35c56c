"""Pocket TTS with random weights: language model, flow head, text table, and the files beside the graphs.

Owns those three graphs, the tokenizer, a voice and `bundle.json`; the audio decoder is
`assistant.replicas.mimi`'s. `mimi_encoder` is left out: only cloning a voice needs it, and the catalogue does
not fetch it. Source: shared reference C.1; layers of pocket-tts (`transformer.py`, `mlp.py`); matrix products
with weights are int8, as its exporter makes them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.replicas.onnx_file import GraphFile
from assistant.replicas.streaming import State, StatefulGraph

WIDTH: Final = 1024
HEADS: Final = 16
HEAD: Final = WIDTH // HEADS
FEED_FORWARD: Final = 4096
LAYERS: Final = 6
LATENT: Final = 32
FLOW_WIDTH: Final = 512
FLOW_LAYERS: Final = 6
TOKENS: Final = 4000
POSITIONS: Final = 1000
VOICE_POSITIONS: Final = 126
"""Positions of the language model that the real voice files fill, by their size."""
FRAME_SAMPLES: Final = 1920
_PERIOD: Final = 10_000.0

_END_GAIN: Final = 3.0
_END_BIAS: Final = -10.0
"""So that the end comes after some seconds: random layers signal it now and then, as the noise falls."""

OnBytes = Callable[[int], None]


def write_text_conditioner(path: Path, on_bytes: OnBytes) -> None:
    """Write ``token_ids`` [1, n] → ``embeddings`` [1, n, 1024]; the last row of the table is padding."""
    graph = GraphFile()
    graph.input("token_ids", "int64", [1, "tokens"])
    table = graph.weight(TOKENS + 1, WIDTH, deviation=1.0)
    found = graph.op("Gather", table, "token_ids")
    graph.output("embeddings", "float32", [1, "tokens", WIDTH], found)
    graph.save(path, on_bytes)


def write_flow_main(path: Path, on_bytes: OnBytes) -> list[State]:
    """Write the language model: frames and text in, the next frame's conditioning out; return its states."""
    graph = StatefulGraph("int8")
    graph.input("sequence", "float32", [1, "frames", LATENT])
    graph.input("text_embeddings", "float32", [1, "tokens", WIDTH])
    begins = graph.op("IsNaN", "sequence")
    frames = graph.op("Where", begins, graph.weight(LATENT, deviation=1.0), "sequence")
    frames = graph.linear(frames, LATENT, WIDTH, bias=False)
    value = graph.op("Concat", "text_embeddings", frames, axis=1)
    for layer in range(LAYERS):
        value = _layer(graph, value, f"transformer.layers.{layer}.self_attn")
    value = graph.norm(value, WIDTH)
    last = graph.op("Gather", value, graph.const(-1, np.int64), axis=1)
    end = graph.linear(last, WIDTH, 1, bias=False, gain=_END_GAIN)
    end = graph.op("Add", end, graph.const([_END_BIAS]))
    graph.output("conditioning", "float32", [1, WIDTH], last)
    graph.output("eos_logit", "float32", [1, 1], end)
    graph.save(path, on_bytes)
    return graph.states


def _layer(graph: StatefulGraph, value: str, module: str) -> str:
    value = graph.op("Add", value, _attention(graph, graph.norm(value, WIDTH), module))
    wide = graph.linear(graph.norm(value, WIDTH), WIDTH, FEED_FORWARD, bias=False)
    narrow = graph.linear(graph.gelu(wide), FEED_FORWARD, WIDTH, bias=False)
    return graph.op("Add", value, narrow)


def _attention(graph: StatefulGraph, value: str, module: str) -> str:
    cache = graph.state(module, "cache", "float32", (2, 1, POSITIONS, HEADS, HEAD), "nan")
    end = graph.state(module, "current_end", "float32", (0,), "empty")
    step = graph.state(module, "step", "int64", (1,), "zeros")
    all_three = graph.linear(value, WIDTH, 3 * WIDTH, bias=False)
    split = graph.op("Reshape", all_three, graph.ints(0, -1, 3, HEADS, HEAD))
    query, key, content = (
        graph.op("Gather", split, graph.const(part, np.int64), axis=2) for part in range(3)
    )
    length = graph.op("Shape", value, start=1, end=2)
    after = graph.op("Add", step, length)
    query, key = (graph.rotated(part, step, length, HEAD, _PERIOD) for part in (query, key))
    new = graph.op(
        "Concat",
        graph.op("Unsqueeze", key, graph.ints(0)),
        graph.op("Unsqueeze", content, graph.ints(0)),
        axis=0,
    )
    places = graph.op("Reshape", graph.numbers(step, length), graph.ints(1, 1, -1, 1, 1))
    places = graph.op("Expand", places, graph.op("Shape", new))
    filled = graph.op("ScatterElements", cache, places, new, axis=2)
    graph.give_back(cache, filled)
    graph.give_back(end, end)
    graph.give_back(step, after)
    used = graph.op("Slice", filled, graph.ints(0), after, graph.ints(2))
    keys = graph.op("Gather", used, graph.const(0, np.int64), axis=0)
    contents = graph.op("Gather", used, graph.const(1, np.int64), axis=0)
    # Row i may look at everything up to position step + i.
    rows = graph.op("Unsqueeze", graph.numbers(step, length), graph.ints(1))
    columns = graph.op("Unsqueeze", graph.numbers(graph.ints(0), after), graph.ints(0))
    mask = graph.op("LessOrEqual", columns, rows)
    mixed = graph.attended(query, keys, contents, mask, HEAD)
    return graph.linear(
        graph.op("Reshape", mixed, graph.ints(0, -1, WIDTH)), WIDTH, WIDTH, bias=False
    )


# --- the flow head --------------------------------------------------------------------------------------


def write_flow(path: Path, on_bytes: OnBytes) -> None:
    """Write ``c``, ``s``, ``t``, ``x`` → ``flow_dir``: an MLP of six blocks."""
    graph = GraphFile("int8")
    graph.input("c", "float32", [1, WIDTH])
    for name in "st":
        graph.input(name, "float32", [1, 1])
    graph.input("x", "float32", [1, LATENT])
    times = graph.op("Add", _time(graph, "s"), _time(graph, "t"))
    condition = graph.linear("c", WIDTH, FLOW_WIDTH)
    condition = graph.op("Add", condition, graph.op("Mul", times, graph.const(0.5)))
    control = graph.swish(condition)
    value = graph.linear("x", LATENT, FLOW_WIDTH)
    for _ in range(FLOW_LAYERS):
        shift, scale, gate = graph.ops(
            "Split", graph.linear(control, FLOW_WIDTH, 3 * FLOW_WIDTH), count=3, axis=1
        )
        inner = _modulated(graph, graph.norm(value, FLOW_WIDTH), shift, scale)
        inner = graph.linear(
            graph.swish(graph.linear(inner, FLOW_WIDTH, FLOW_WIDTH)), FLOW_WIDTH, FLOW_WIDTH
        )
        value = graph.op("Add", value, graph.op("Mul", gate, inner))
    shift, scale = graph.ops(
        "Split", graph.linear(control, FLOW_WIDTH, 2 * FLOW_WIDTH), count=2, axis=1
    )
    last = _modulated(graph, graph.norm(value, FLOW_WIDTH), shift, scale)
    graph.output("flow_dir", "float32", [1, LATENT], graph.linear(last, FLOW_WIDTH, LATENT))
    graph.save(path, on_bytes)


def _time(graph: GraphFile, name: str) -> str:
    frequencies = np.exp(-math.log(_PERIOD) * np.arange(128) / 128)
    angles = graph.op("Mul", name, graph.const(frequencies))
    waves = graph.op("Concat", graph.op("Cos", angles), graph.op("Sin", angles), axis=1)
    inner = graph.swish(graph.linear(waves, 256, FLOW_WIDTH))
    return graph.norm(graph.linear(inner, FLOW_WIDTH, FLOW_WIDTH), FLOW_WIDTH)


def _modulated(graph: GraphFile, value: str, shift: str, scale: str) -> str:
    scaled = graph.op("Mul", value, graph.op("Add", scale, graph.const(1.0)))
    return graph.op("Add", scaled, shift)


# --- beside the graphs ----------------------------------------------------------------------------------


def write_bundle(
    path: Path, language: str, flow_states: Sequence[State], decoder_states: Sequence[State]
) -> None:
    """Write `bundle.json` (schema 2), by which the engine knows the states."""
    facts: dict[str, Any] = {
        "replica": True,
        "schema_version": 2,
        "bundle_name": language,
        "language": language,
        "sample_rate": 24_000,
        "frame_rate": 12.5,
        "samples_per_frame": FRAME_SAMPLES,
        "latent_dim": LATENT,
        "conditioning_dim": WIDTH,
        "tokenizer_file": "tokenizer.model",
        "insert_bos_before_voice": True,
        "bos_before_voice_file": "bos_before_voice.npy",
        "max_token_per_chunk": 50,
        "pad_with_spaces_for_short_inputs": False,
        "remove_semicolons": False,
        "model_recommended_frames_after_eos": None,
        "predefined_voices": ["alba"],
        "flow_lm_state_manifest": [state.entry(n) for n, state in enumerate(flow_states)],
        "mimi_state_manifest": [state.entry(n) for n, state in enumerate(decoder_states)],
    }
    path.write_text(json.dumps(facts, indent=1), encoding="utf-8")


def write_bos(path: Path) -> None:
    """Write the vector that comes before a voice's embeddings, float32 [1, 1, 1024]."""
    np.save(path, np.random.default_rng(0).standard_normal((1, 1, WIDTH)).astype(np.float32))


def write_voice(path: Path, on_bytes: OnBytes) -> None:
    """Write the language model's caches after ten seconds of a voice, as safetensors."""
    shape = (2, 1, VOICE_POSITIONS, HEADS, HEAD)
    size = math.prod(shape) * 4
    header: dict[str, Any] = {"__metadata__": {"replica": "true"}}
    for layer in range(LAYERS):
        module, start = f"transformer.layers.{layer}.self_attn", layer * (size + 8)
        header[f"{module}/cache"] = {
            "dtype": "F32",
            "shape": shape,
            "data_offsets": [start, start + size],
        }
        header[f"{module}/offset"] = {
            "dtype": "I64",
            "shape": [1],
            "data_offsets": [start + size, start + size + 8],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    random = np.random.default_rng(0)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _ in range(LAYERS):
            file.write(random.standard_normal(shape, np.float32).tobytes())
            file.write(VOICE_POSITIONS.to_bytes(8, "little"))
            on_bytes(size)


def write_tokenizer(path: Path, words: Iterable[str]) -> None:
    """Write a SentencePiece model of 4,000 pieces: letters, and the commonest parts of English words."""
    from sentencepiece import sentencepiece_model_pb2

    messages: Any = sentencepiece_model_pb2  # its classes appear at run time
    model = messages.ModelProto()
    begins, inside = _parts(words)
    letters = ["\N{LOWER ONE EIGHTH BLOCK}", *map(chr, range(0x21, 0x7F)), *"áéíóúüñÁÉÍÓÚÜÑ¿¡"]
    kinds = {"<unk>": 2, "<s>": 3, "</s>": 3, "<pad>": 3}  # 2 unknown, 3 control, 1 normal
    half = (TOKENS - len(kinds) - len(letters)) // 2
    parts = [*begins[:half], *inside[: TOKENS - len(kinds) - len(letters) - half]]
    for piece in (*kinds, *letters, *parts):
        score = 0.0 if piece in kinds else -12.0 if len(piece) == 1 else -8.0
        model.pieces.add(piece=piece, score=score, type=kinds.get(piece, 1))
    model.trainer_spec.model_type = 1  # unigram
    model.trainer_spec.vocab_size = len(model.pieces)
    model.trainer_spec.unk_id, model.trainer_spec.bos_id = 0, 1
    model.trainer_spec.eos_id, model.trainer_spec.pad_id = 2, 3
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    path.write_bytes(model.SerializeToString())


def _parts(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return beginnings of words (▁ first) and other parts of them, the commonest first."""
    begins: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for word in words:
        if word.isascii() and word.isalpha():
            for size in (2, 3, 4, 5):
                begins[f"\N{LOWER ONE EIGHTH BLOCK}{word[:size]}"] += 1
                inside.update(
                    word[start : start + size] for start in range(1, len(word) - size + 1)
                )
    return [part for part, _ in begins.most_common()], [part for part, _ in inside.most_common()]
