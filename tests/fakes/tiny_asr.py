"""Writes tiny recognisers with random weights and the interfaces of the real ones.

Names, types, ranks, states and vocabularies follow the exports that onnx-asr 0.12 reads: NeMo CTC (Parakeet,
FastConformer), NeMo TDT, Canary and Whisper with its merged decoder. They hear nothing: what they write
depends on the audio, and on nothing else, which is all that the code around them can be tested with.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.fakes.tiny_graph import Graph

SYLLABLES = [a + b for a in "bdkmnst" for b in "aeiou"]
TOKENS = ["<unk>", *(f"\u2581{one}" for one in SYLLABLES[:18]), *SYLLABLES[18:]]
"""A small SentencePiece vocabulary; ``▁`` begins a word."""

WIDTH = 16


def _vocabulary(folder: Path, tokens: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{token} {number}\n" for number, token in enumerate(tokens))
    (folder / "vocab.txt").write_text(lines, encoding="utf-8")


def _subsampled(graph: Graph, mels: int) -> str:
    """``audio_signal`` [B, mels, T] → [B, T/8, WIDTH], as a FastConformer's 8x subsampling does."""
    kernel = graph.const(graph.random.standard_normal((WIDTH, mels, 8)) * (8 * mels) ** -0.5)
    # Padded so that T/8 is rounded up like NeMo's three strided convolutions.
    hidden = graph.op("Conv", "audio_signal", kernel, strides=[8], pads=[0, 7])
    return graph.op("Tanh", graph.op("Transpose", hidden, perm=[0, 2, 1]))


def write_ctc(folder: Path, *, seed: int = 0, name: str = "model.int8.onnx") -> Path:
    """Parakeet-TDT-CTC-110M (CTC head) and FastConformer-CTC: `model`, `vocab.txt`, blank last."""
    _vocabulary(folder, [*TOKENS, "<blk>"])
    graph = Graph(seed)
    graph.input("audio_signal", "float32", ["batch", 80, "frames"])
    graph.input("length", "int64", ["batch"])
    hidden = _subsampled(graph, 80)
    logits = graph.op("MatMul", hidden, graph.weight(WIDTH, len(TOKENS) + 1, scale=2.0))
    shape = ["batch", "frames_out", len(TOKENS) + 1]
    graph.output("logprobs", "float32", shape, graph.op("LogSoftmax", logits, axis=-1))
    graph.save(folder / name)
    return folder


def write_tdt(folder: Path, *, seed: int = 0) -> Path:
    """Parakeet-TDT: encoder [B, D, T/8], decoder with two states [2, B, 8] and 5 durations."""
    _vocabulary(folder, [*TOKENS, "<blk>"])
    (folder / "config.json").write_text('{"model_type": "nemo-conformer-tdt"}')
    graph = Graph(seed)
    graph.input("audio_signal", "float32", ["batch", 80, "frames"])
    graph.input("length", "int64", ["batch"])
    hidden = graph.op("Transpose", _subsampled(graph, 80), perm=[0, 2, 1])
    graph.output("outputs", "float32", ["batch", WIDTH, "frames_out"], hidden)
    lengths = graph.op("Div", graph.op("Add", "length", graph.ints(7)), graph.ints(8))
    graph.output("encoded_lengths", "int64", ["batch"], lengths)
    graph.save(folder / "encoder-model.int8.onnx")

    size, state = len(TOKENS) + 1, 8
    graph = Graph(seed + 1)
    graph.input("encoder_outputs", "float32", ["batch", WIDTH, "frames"])
    graph.input("targets", "int32", ["batch", "tokens"])
    graph.input("target_length", "int32", ["batch"])
    for number in "12":
        graph.input(f"input_states_{number}", "float32", [2, "batch", state])
    heard = graph.op("Squeeze", "encoder_outputs", graph.ints(2))
    said = graph.op("Gather", graph.weight(size, state, scale=1.0), "targets")
    said = graph.op("Squeeze", said, graph.ints(1))
    first = graph.op("Gather", "input_states_1", graph.const(0, np.int64), axis=0)
    second = graph.op("Gather", "input_states_2", graph.const(1, np.int64), axis=0)
    mixed = graph.op("Tanh", graph.op("Add", said, graph.op("Sub", first, second)))
    logits = graph.op(
        "Add",
        graph.op("MatMul", heard, graph.weight(WIDTH, size + 5, scale=2.0)),
        graph.op("MatMul", mixed, graph.weight(state, size + 5, scale=0.5)),
    )
    out = graph.op("Unsqueeze", logits, graph.ints(1, 2))
    graph.output("outputs", "float32", ["batch", 1, 1, size + 5], out)
    for number, source in ("1", "input_states_1"), ("2", "input_states_2"):
        new = graph.op("Tanh", graph.op("Add", source, graph.op("Unsqueeze", mixed, graph.ints(0))))
        graph.output(f"output_states_{number}", "float32", [2, "batch", state], new)
    graph.save(folder / "decoder_joint-model.int8.onnx")
    return folder


CANARY_PROMPT = [
    "\u2581",
    *(
        f"<|{one}|>"
        for one in (
            "startofcontext",
            "startoftranscript",
            "emo:undefined",
            "en",
            "es",
            "pnc",
            "nopnc",
            "noitn",
            "notimestamp",
            "nodiarize",
            "endoftext",
        )
    ),
]


def write_canary(folder: Path, *, seed: int = 0) -> Path:
    """Canary: encoder with 128 mels and a mask, decoder with one growing memory per layer."""
    tokens = [*CANARY_PROMPT, *TOKENS]
    _vocabulary(folder, tokens)
    config = {"model_type": "nemo-conformer-aed", "features_size": 128}
    (folder / "config.json").write_text(json.dumps(config))
    graph = Graph(seed)
    graph.input("audio_signal", "float32", ["batch", 128, "frames"])
    graph.input("length", "int64", ["batch"])
    hidden = _subsampled(graph, 128)
    graph.output("encoder_embeddings", "float32", ["batch", "frames_out", WIDTH], hidden)
    shape = graph.op("Shape", hidden, start=0, end=2)
    ones = graph.op("ConstantOfShape", shape, value=_tensor([1], np.int64))
    graph.output("encoder_mask", "int64", ["batch", "frames_out"], ones)
    graph.save(folder / "encoder-model.int8.onnx")

    graph, layers = Graph(seed + 1), 2
    graph.input("input_ids", "int64", ["batch", "tokens"])
    graph.input("encoder_embeddings", "float32", ["batch", "frames_out", WIDTH])
    graph.input("encoder_mask", "int64", ["batch", "frames_out"])
    graph.input("decoder_mems", "float32", [layers, "batch", "past", WIDTH])
    said = graph.op("Gather", graph.weight(len(tokens), WIDTH, scale=1.0), "input_ids")
    layer = graph.op("Unsqueeze", said, graph.ints(0))
    new = graph.op("Concat", layer, graph.op("Tanh", layer), axis=0)
    memory = graph.op("Concat", "decoder_mems", new, axis=2)
    graph.output("decoder_hidden_states", "float32", [layers, "batch", "all", WIDTH], memory)
    past = graph.op("ReduceMean", memory, axes=[0, 2], keepdims=0)
    past = graph.op("Mul", past, graph.const(5.0))
    weights = graph.op("Unsqueeze", graph.op("Cast", "encoder_mask", to=1), graph.ints(2))
    heard = graph.op("Mul", "encoder_embeddings", weights)
    heard = graph.op("ReduceMean", heard, axes=[1], keepdims=1)
    state = graph.op(
        "Add", graph.op("Add", said, heard), graph.op("Unsqueeze", past, graph.ints(1))
    )
    logits = graph.op("MatMul", state, graph.weight(WIDTH, len(tokens), scale=1.0))
    end = np.zeros(len(tokens), np.float32)
    end[tokens.index("<|endoftext|>")] = 0.15
    logits = graph.op("Add", logits, graph.op("Mul", _length(graph, memory, 2), graph.const(end)))
    graph.output("logits", "float32", ["batch", "tokens", len(tokens)], logits)
    graph.save(folder / "decoder-model.int8.onnx")
    return folder


WHISPER_ADDED = [
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|es|>",
    "<|transcribe|>",
    "<|notimestamps|>",
]


def write_whisper(folder: Path, *, seed: int = 0, ends: float = 1.5) -> Path:
    """Whisper as onnx-community exports it: encoder, and the merged decoder that keeps its past.

    ``ends`` is how much likelier the end becomes with every token; 0 = it never comes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = [one.replace("\u2581", "\u0120") for one in TOKENS[1:]]
    (folder / "vocab.json").write_text(
        json.dumps({word: number for number, word in enumerate(words)}), encoding="utf-8"
    )
    added = {token: len(words) + number for number, token in enumerate(WHISPER_ADDED)}
    (folder / "added_tokens.json").write_text(json.dumps(added))
    (folder / "config.json").write_text(json.dumps({"model_type": "whisper", "num_mel_bins": 80}))
    graph = Graph(seed)
    graph.input("input_features", "float32", ["batch", 80, 3000])
    kernel = graph.const(graph.random.standard_normal((WIDTH, 80, 2)) * 0.2)
    hidden = graph.op("Conv", "input_features", kernel, strides=[2])
    hidden = graph.op("Tanh", graph.op("Transpose", hidden, perm=[0, 2, 1]))
    graph.output("last_hidden_state", "float32", ["batch", 1500, WIDTH], hidden)
    graph.save(folder / "encoder_model_quantized.onnx")
    end = np.zeros(len(words) + len(added), np.float32)
    end[added["<|endoftext|>"]] = ends or -1e4
    _write_merged_decoder(folder / "decoder_model_merged_quantized.onnx", end, seed + 1)
    return folder


def _write_merged_decoder(path: Path, end: np.ndarray, seed: int) -> None:
    size, heads, head = len(end), 2, 8
    graph = Graph(seed)
    graph.input("input_ids", "int64", ["batch", "tokens"])
    graph.input("encoder_hidden_states", "float32", ["batch", "frames", WIDTH])
    graph.input("use_cache_branch", "bool", [1])
    parts = [f"{side}.{part}" for side in ("decoder", "encoder") for part in ("key", "value")]
    past_shape = ["batch", heads, "past", head]
    for part in parts:
        graph.input(f"past_key_values.0.{part}", "float32", past_shape)
    table = graph.weight(size, WIDTH, scale=1.0)
    said = graph.op("Gather", table, "input_ids")
    split = graph.op("Reshape", said, graph.ints(0, 0, heads, head))
    new = graph.op("Transpose", split, perm=[0, 2, 1, 3])
    to_logits = graph.weight(WIDTH, size, scale=1.0)
    shapes = [("logits", ["batch", "tokens", size])] + [
        (f"present.0.{part}", past_shape) for part in parts
    ]

    def branch(*, cached: bool) -> object:
        inner = Graph(prefix="c_" if cached else "f_")
        if cached:
            own = {
                part: inner.op("Concat", f"past_key_values.0.decoder.{part}", new, axis=2)
                for part in ("key", "value")
            }
            heard = "past_key_values.0.encoder.key"
            given = inner.const(np.zeros((0, heads, 1, head)))  # as the real export: keep yours
        else:
            own = dict.fromkeys(("key", "value"), inner.op("Identity", new))
            frames = inner.op("Reshape", "encoder_hidden_states", inner.ints(0, 0, heads, head))
            heard = given = inner.op("Transpose", frames, perm=[0, 2, 1, 3])
        mean = inner.op("ReduceMean", heard, axes=[2], keepdims=0)
        past = inner.op("ReduceMean", own["value"], axes=[2], keepdims=0)
        past = inner.op("Mul", past, inner.const(5.0))
        context = inner.op("Reshape", inner.op("Add", mean, past), inner.ints(0, 1, WIDTH))
        logits = inner.op("MatMul", inner.op("Add", said, context), to_logits)
        longer = inner.op("Mul", _length(inner, own["key"], 2), inner.const(end))
        values = [inner.op("Add", logits, longer), own["key"], own["value"], given, given]
        for (name, shape), value in zip(shapes, values, strict=True):
            inner.output(("c_" if cached else "f_") + name, "float32", shape, value)
        return inner.branch()

    answers = graph.ops(
        "If",
        "use_cache_branch",
        count=len(shapes),
        then_branch=branch(cached=True),
        else_branch=branch(cached=False),
    )
    for (name, shape), value in zip(shapes, answers, strict=True):
        graph.output(name, "float32", shape, value)
    graph.save(path)


def _length(graph: Graph, value: str, axis: int) -> str:
    size = graph.op("Shape", value, start=axis, end=axis + 1)
    return graph.op("Cast", size, to=1)


def _tensor(value: list[int], dtype: type) -> object:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.asarray(value, dtype))
