"""Writes tiny voices with random weights and the interfaces of the real ones: Pocket TTS, Piper, Kokoro.

Names, types, ranks and states follow the published exports; sizes do not. They say nothing: the sound depends
on text, voice and earlier frames, and on nothing else.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.fakes.tiny_graph import Graph

# --- Pocket TTS ---------------------------------------------------------------------------------------

LATENT, CONDITIONING = 32, 16
FRAME_SAMPLES = 1920
LAYERS, POSITIONS, HEADS, HEAD = 2, 400, 2, 8
SENTENCES = [
    "Hello there, how are you today?",
    "The time is a quarter past nine.",
    "Set a timer for five minutes, please.",
    "¿Qué hora es? Buenos días, señora.",
    "What a lovely evening; good night!",
]


def write_pocket(folder: Path, *, seed: int = 0, language: str = "english_2026-04") -> Path:
    """A bundle of schema 2 with its five graphs, tokenizer and the voices ``alba`` and ``embedded``."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _write_tokenizer(folder / "tokenizer.model")
    flow = [
        _state(
            number * 3 + place, f"transformer.layers.{number}.self_attn", key, (shape, dtype, fill)
        )
        for number in range(LAYERS)
        for place, (key, shape, dtype, fill) in enumerate(
            [
                ("cache", [2, 1, POSITIONS, HEADS, HEAD], "float32", "nan"),
                ("current_end", [0], "float32", "empty"),
                ("step", [1], "int64", "zeros"),
            ]
        )
    ]
    mimi = [
        _state(0, "decoder.model.0.conv", "previous", ([1, LATENT, 1], "float32", "zeros")),
        _state(1, "decoder.model.0.conv", "first", ([1], "bool", "ones")),
        _state(2, "decoder_transformer", "offset", ([1], "int64", "zeros")),
    ]
    bundle = {
        "schema_version": 2,
        "bundle_name": language,
        "language": language,
        "sample_rate": 24000,
        "frame_rate": 12.5,
        "samples_per_frame": FRAME_SAMPLES,
        "latent_dim": LATENT,
        "conditioning_dim": CONDITIONING,
        "max_token_per_chunk": 50,
        "pad_with_spaces_for_short_inputs": False,
        "remove_semicolons": False,
        "model_recommended_frames_after_eos": None,
        "insert_bos_before_voice": True,
        "tokenizer_file": "tokenizer.model",
        "bos_before_voice_file": "bos_before_voice.npy",
        "predefined_voices": ["alba"],
        "flow_lm_state_manifest": flow,
        "mimi_state_manifest": mimi,
    }
    (folder / "bundle.json").write_text(json.dumps(bundle))
    _write_conditioner(folder / "text_conditioner.onnx", vocabulary, seed)
    _write_main(folder / "flow_lm_main_int8.onnx", seed + 1)
    _write_flow(folder / "flow_lm_flow_int8.onnx", seed + 2)
    _write_decoder(folder / "mimi_decoder_int8.onnx", seed + 3)
    _write_encoder(folder / "mimi_encoder.onnx", seed + 4)
    random = np.random.default_rng(seed + 5)
    voices = folder / "voices"
    voices.mkdir(exist_ok=True)
    bos = random.standard_normal((1, 1, CONDITIONING)).astype(np.float32)
    np.save(folder / "bos_before_voice.npy", bos)
    np.save(
        voices / "embedded.npy", random.standard_normal((1, 7, CONDITIONING)).astype(np.float32)
    )
    write_pocket_voice(voices / "alba.safetensors", seed + 6)
    return folder


def write_pocket_voice(path: Path, seed: int, *, length: int = 12, heads: int = HEADS) -> Path:
    """A voice as Kyutai publishes it: shorter caches than the model's, and how far they are filled."""
    from safetensors.numpy import save_file

    random = np.random.default_rng(seed)
    tensors: dict[str, Any] = {}
    for number in range(LAYERS):
        module = f"transformer.layers.{number}.self_attn"
        cache = random.standard_normal((2, 1, length, heads, HEAD)).astype(np.float32)
        tensors[f"{module}/cache"] = cache
        tensors[f"{module}/offset"] = np.array([length], np.int64)
    save_file(tensors, path)
    return path


def _state(index: int, module: str, key: str, tensor: tuple[list[int], str, str]) -> dict[str, Any]:
    shape, dtype, fill = tensor
    return {
        "index": index,
        "input_name": f"state_{index}",
        "output_name": f"out_state_{index}",
        "module": module,
        "key": key,
        "path": f"{module}/{key}",
        "shape": shape,
        "dtype": dtype,
        "fill": fill,
    }


def _write_tokenizer(path: Path) -> int:
    import sentencepiece

    content = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 4),
        model_writer=content,
        vocab_size=80,
        hard_vocab_limit=False,
        minloglevel=3,
    )
    path.write_bytes(content.getvalue())
    return 80


def _write_conditioner(path: Path, vocabulary: int, seed: int) -> None:
    graph = Graph(seed)
    graph.input("token_ids", "int64", [1, "tokens"])
    rows = graph.op("Gather", graph.weight(vocabulary, CONDITIONING, scale=1.0), "token_ids")
    graph.output("embeddings", "float32", [1, "tokens", CONDITIONING], rows)
    graph.save(path)


def _write_main(path: Path, seed: int) -> None:
    """Writes what comes in at its place in the caches; all that is there decides what comes out."""
    graph = Graph(seed)
    graph.input("sequence", "float32", [1, "frames", LATENT])
    graph.input("text_embeddings", "float32", [1, "tokens", CONDITIONING])
    for number in range(LAYERS):
        graph.input(f"state_{number * 3}", "float32", [2, 1, POSITIONS, HEADS, HEAD])
        graph.input(f"state_{number * 3 + 1}", "float32", ["end"])
        graph.input(f"state_{number * 3 + 2}", "int64", [1])
    begins = graph.op("IsNaN", "sequence")
    frames = graph.op("Where", begins, graph.weight(LATENT, scale=1.0), "sequence")
    frames = graph.op("MatMul", frames, graph.weight(LATENT, CONDITIONING))
    rows = graph.op("Concat", "text_embeddings", frames, axis=1)
    count = graph.op("Shape", rows, start=1, end=2)
    scalar = graph.op("Squeeze", count)
    one = graph.const(1, np.int64)
    context = None
    states: list[tuple[str, str, list[int | str], str]] = []
    for number in range(LAYERS):
        cache, end, step = (f"state_{number * 3 + place}" for place in range(3))
        first = graph.op("Squeeze", step)
        places = graph.op("Range", first, graph.op("Add", first, scalar), one)
        places = graph.op("Unsqueeze", places, graph.ints(1))
        both = graph.op(
            "Tanh", graph.op("MatMul", rows, graph.weight(CONDITIONING, 2 * CONDITIONING))
        )
        both = graph.op("Reshape", both, graph.ints(-1, 2, 1, HEADS, HEAD))
        by_position = graph.op("Transpose", cache, perm=[2, 0, 1, 3, 4])
        written = graph.op("ScatterND", by_position, places, both)
        new = graph.op("Transpose", written, perm=[1, 2, 0, 3, 4])
        grown = graph.op("ConstantOfShape", count)
        grown = graph.op("Concat", end, grown, axis=0)
        states += [
            (f"out_state_{number * 3}", "float32", [2, 1, POSITIONS, HEADS, HEAD], new),
            (f"out_state_{number * 3 + 1}", "float32", ["grown"], grown),
            (f"out_state_{number * 3 + 2}", "int64", [1], graph.op("Add", step, count)),
        ]
        known = graph.op("Where", graph.op("IsNaN", new), graph.const(0.0), new)
        total = graph.op("ReduceSum", known, graph.ints(0, 1, 2), keepdims=0)
        mixed = graph.op("Tanh", graph.op("Reshape", total, graph.ints(1, CONDITIONING)))
        context = mixed if context is None else graph.op("Add", context, mixed)
    assert context is not None
    last = graph.op("Gather", rows, graph.const(-1, np.int64), axis=1)
    out = graph.op(
        "Tanh",
        graph.op(
            "MatMul", graph.op("Add", context, last), graph.weight(CONDITIONING, CONDITIONING)
        ),
    )
    graph.output("conditioning", "float32", [1, CONDITIONING], out)
    # Surer of the end with every position written: -16 + step / 4.
    position = graph.op("Cast", graph.op("Add", "state_2", count), to=1)
    logit = graph.op("Add", graph.op("Mul", position, graph.const(0.25)), graph.const(-16.0))
    graph.output("eos_logit", "float32", [1, 1], graph.op("Unsqueeze", logit, graph.ints(0)))
    for state in states:
        graph.output(*state)
    graph.save(path)


def _write_flow(path: Path, seed: int) -> None:
    graph = Graph(seed)
    graph.input("c", "float32", [1, CONDITIONING])
    graph.input("s", "float32", [1, 1])
    graph.input("t", "float32", [1, 1])
    graph.input("x", "float32", [1, LATENT])
    wanted = graph.op("MatMul", "c", graph.weight(CONDITIONING, LATENT))
    half = graph.op("Mul", "x", graph.const(0.5))
    span = graph.op("Sub", "t", "s")
    graph.output(
        "flow_dir",
        "float32",
        [1, LATENT],
        graph.op("Mul", graph.op("Sub", wanted, half), span),
    )
    graph.save(path)


def _write_decoder(path: Path, seed: int) -> None:
    """Each frame also hears the latent before it, which crosses the border between two calls."""
    graph = Graph(seed)
    graph.input("latent", "float32", [1, "frames", LATENT])
    graph.input("state_0", "float32", [1, LATENT, 1])
    graph.input("state_1", "bool", [1])
    graph.input("state_2", "int64", [1])
    turned = graph.op("Transpose", "latent", perm=[0, 2, 1])
    before = graph.op("Where", "state_1", graph.const(0.0), "state_0")
    whole = graph.op("Concat", before, turned, axis=2)
    kernel = graph.const(graph.random.standard_normal((64, LATENT, 2)) * 0.1)
    hidden = graph.op("Tanh", graph.op("Conv", whole, kernel))
    frames = graph.op("Transpose", hidden, perm=[0, 2, 1])
    wave = graph.op("MatMul", frames, graph.weight(64, FRAME_SAMPLES))
    wave = graph.op("Tanh", graph.op("Reshape", wave, graph.ints(1, 1, -1)))
    graph.output("audio_frame", "float32", [1, 1, "samples"], wave)
    last = graph.op("Slice", turned, graph.ints(-1), graph.ints(1 << 30), graph.ints(2))
    graph.output("out_state_0", "float32", [1, LATENT, 1], last)
    graph.output("out_state_1", "bool", [1], graph.const([False], np.bool_))
    count = graph.op("Shape", "latent", start=1, end=2)
    graph.output("out_state_2", "int64", [1], graph.op("Add", "state_2", count))
    graph.save(path)


def _write_encoder(path: Path, seed: int) -> None:
    graph = Graph(seed)
    graph.input("audio", "float32", [1, 1, "samples"])
    kernel = graph.const(graph.random.standard_normal((CONDITIONING, 1, FRAME_SAMPLES)) * 0.05)
    hidden = graph.op("Conv", "audio", kernel, strides=[FRAME_SAMPLES])
    rows = graph.op("Tanh", graph.op("Transpose", hidden, perm=[0, 2, 1]))
    graph.output("embeddings", "float32", [1, "frames", CONDITIONING], rows)
    graph.save(path)


# --- Piper --------------------------------------------------------------------------------------------


def write_piper(
    folder: Path, *, seed: int = 0, voice: str = "en-us", rate_hz: int = 22050, speakers: int = 1
) -> Path:
    """A VITS voice: 256 samples a phoneme, longer with a larger length scale; returns the ONNX file."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    path = folder / f"tiny-{voice}.onnx"
    graph = Graph(seed)
    graph.input("input", "int64", ["batch", "phonemes"])
    graph.input("input_lengths", "int64", ["batch"])
    graph.input("scales", "float32", [3])
    rows = graph.op("Gather", graph.weight(256, 64, scale=0.3), "input")
    if speakers > 1:
        graph.input("sid", "int64", ["batch"])
        tone = graph.op("Gather", graph.weight(speakers, 64, scale=0.3), "sid")
        rows = graph.op("Add", rows, graph.op("Unsqueeze", tone, graph.ints(1)))
    wave = graph.op("Tanh", graph.op("MatMul", rows, graph.weight(64, 256)))
    length = graph.op("Slice", "scales", graph.ints(1), graph.ints(2))
    times = graph.op("Cast", graph.op("Ceil", graph.op("Mul", length, graph.const(2.0))), to=7)
    repeats = graph.op("Concat", graph.ints(1, 1), times, axis=0)
    wave = graph.op("Reshape", graph.op("Tile", wave, repeats), graph.ints(1, 1, -1))
    used = graph.op("Cast", graph.op("ReduceSum", "input_lengths", keepdims=0), to=1)
    wave = graph.op("Add", wave, graph.op("Mul", used, graph.const(0.0)))
    graph.output("output", "float32", ["batch", 1, "time"], wave)
    graph.save(path)
    config = {
        "audio": {"sample_rate": rate_hz, "quality": "medium"},
        "espeak": {"voice": voice},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker{number}": number for number in range(speakers)}
        if speakers > 1
        else {},
    }
    path.with_name(path.name + ".json").write_text(json.dumps(config), encoding="utf-8")
    return path


# --- Kokoro -------------------------------------------------------------------------------------------


def write_kokoro(folder: Path, *, seed: int = 0, tokens: str = "tokens") -> tuple[Path, Path]:
    """Kokoro v1.0: 600 samples a token; returns the model and its voices."""
    path = folder / "kokoro-v1.0.onnx"
    graph = Graph(seed)
    graph.input(tokens, "int64", [1, "phonemes"])
    graph.input("style", "float32", [1, 256])
    graph.input("speed", "float32", [1])
    rows = graph.op("Gather", graph.weight(178, 64, scale=1.0), tokens)
    style = graph.op("MatMul", "style", graph.weight(256, 64))
    hidden = graph.op("Tanh", graph.op("Add", rows, graph.op("Unsqueeze", style, graph.ints(1))))
    wave = graph.op("Tanh", graph.op("MatMul", hidden, graph.weight(64, 600)))
    louder = graph.op("Mul", graph.op("Reshape", wave, graph.ints(-1)), "speed")
    graph.output("audio", "float32", ["samples"], louder)
    graph.save(path)
    random = np.random.default_rng(seed + 1)
    names = ("af_heart", "bf_emma", "ef_dora", "em_alex", "jf_alpha")
    voices = {name: random.standard_normal((510, 1, 256)).astype(np.float32) for name in names}
    archive = io.BytesIO()
    np.savez(archive, **voices)
    voices_path = folder / "voices-v1.0.bin"
    voices_path.write_bytes(archive.getvalue())
    return path, voices_path
