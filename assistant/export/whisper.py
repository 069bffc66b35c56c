"""Whisper becomes two ONNX files with INT8 products: encoder, and decoder with and without memory.

Owns their contract, which is that of the exports on the hub, so that onnx-asr loads the folder as it is:
``input_features`` → ``last_hidden_state``; ``input_ids``, ``encoder_hidden_states``, ``use_cache_branch``,
``past_key_values.N.{decoder,encoder}.{key,value}`` → ``logits``, ``present.…``. Source: reference of onnx-asr
0.12.0, ``models/whisper.py``. Listening and comparing is `assistant.export.whisper_check`'s.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.export.files import growing, sizes
from assistant.export.joining import rename, shared_weights
from assistant.export.quantize import int8, share_table
from assistant.export.quiet import quiet
from assistant.export.sources import CONFIG, Source
from assistant.export.steps import Exported, OnStep, Steps, agree, need
from assistant.export.torch_graph import IR_VERSION, OPSET, as_module, describe, pretrained, to_onnx
from assistant.export.whisper_check import Both, compare, features, text_of

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from onnx import GraphProto, ModelProto, TensorProto

ENCODER, DECODER = "encoder_model", "decoder_model_merged"
BESIDE: Final = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
)
"""Copied, where there: what a recogniser needs to turn ids into words."""

KINDS: Final = ("decoder.key", "decoder.value", "encoder.key", "encoder.value")
"""What is remembered of each layer, in the order of inputs and outputs."""

NAMES: Final = (
    "load the weights",
    "write the encoder",
    "write the decoder",
    "compare with PyTorch",
    "quantise",
    "compare again",
)
TABLE: Final = "The decoder's table of words is kept once, as INT8, for reading and for choosing."
HEARS_SILENCE: Final = (
    "Whisper makes up words where nobody speaks: use it behind a detector of speech."
)


def export_whisper(
    source: Source,
    folder: Path,
    on_step: OnStep,
    *,
    samples: NDArray[Any] | None = None,
    full_encoder: bool = False,
) -> Exported:
    """Write ``encoder_model_int8.onnx``, ``decoder_model_merged_int8.onnx`` and what belongs to them.

    Args:
        source: a folder or repository of ``WhisperForConditionalGeneration``.
        folder: where to.
        on_step: told about each step.
        samples: speech to compare with, float32, mono, 16 kHz; None = eSpeak NG says a sentence.
        full_encoder: leave the encoder in float32 (``encoder_model.onnx``): some people see repeated words
            with the INT8 encoder of `base`.

    Raises:
        ModelError: it cannot be read, is something else, or the result differs; nothing is left then.
    """
    need("Whisper", "torch", "transformers", "onnx")
    import torch

    steps = Steps(NAMES, on_step)
    steps.begin(NAMES[0])
    beside = [path for name in BESIDE if (path := source.find(name))]
    model = _load(source)
    weights = sum(one.numel() for one in model.parameters())
    mel = features(model.config, samples)
    with growing(folder, weights * 16) as new, torch.no_grad():
        work = new / "work"
        work.mkdir()
        steps.begin(NAMES[1])
        named = {0: "B"}
        axes = {"input_features": named, "last_hidden_state": named}
        to_onnx(_encoder(model), (mel,), work / "encoder.onnx", axes, ["last_hidden_state"])
        steps.begin(NAMES[2])
        _write_steps(model, mel, work)
        _merge(work / "first.onnx", work / "next.onnx", work / "decoder.onnx", model.config)
        steps.begin(NAMES[3])
        full = Both(work / "encoder.onnx", work / "decoder.onnx")
        checks = compare(model, mel, full, "float32", exact=True)
        steps.begin(NAMES[4])
        small = _quantised(work, new, model.config, full_encoder=full_encoder)
        describe(small.encoder, {"role": "stt_encode", "source": source.name})
        describe(small.decoder, {"role": "stt_decode", "source": source.name})
        steps.begin(NAMES[5])
        checks += compare(model, mel, small, "INT8", exact=False)
        agree("Whisper", tuple(checks))
        heard = text_of(source, model, mel, small)
        shutil.rmtree(work)
        for path in beside:
            shutil.copyfile(path, new / path.name)
        made = sizes(new)
    steps.end()
    notes = tuple(filter(None, (heard, TABLE, HEARS_SILENCE)))
    return Exported("Whisper", folder, made, weights * 4, tuple(checks), notes)


def _load(source: Source) -> Any:
    config = source.json(CONFIG)
    with quiet():
        from transformers import WhisperForConditionalGeneration
    model: Any = pretrained(WhisperForConditionalGeneration, source, config)
    model.set_attn_implementation("eager")  # what the tracer knows
    return model


def _quantised(work: Path, new: Path, config: Any, *, full_encoder: bool) -> Both:
    """Write the files that are kept, from those in ``work``."""
    import onnx

    encoder = new / (f"{ENCODER}.onnx" if full_encoder else f"{ENCODER}_int8.onnx")
    decoder = new / f"{DECODER}_int8.onnx"
    if full_encoder:
        (work / "encoder.onnx").replace(encoder)
    else:
        int8(work / "encoder.onnx", encoder)
    halves = [work / "first.onnx", work / "next.onnx"]
    for half in halves:
        made = half.with_suffix(".int8")
        int8(half, made)
        small = onnx.load(made)
        share_table(small)
        onnx.save(small, half)
    _merge(halves[0], halves[1], decoder, config)
    return Both(encoder, decoder)


# --- the graphs ------------------------------------------------------------------------------------------


def _encoder(model: Any) -> torch.nn.Module:
    def forward(mel: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = model.model.encoder(mel).last_hidden_state
        return hidden

    return as_module(forward, model)


def _decoder(model: Any, *, remembers: bool) -> torch.nn.Module:
    """Return one step of the decoder: ids and either what was heard, or what is remembered."""
    from transformers.cache_utils import DynamicCache, EncoderDecoderCache

    def forward(ids: torch.Tensor, *given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        own, heard = DynamicCache(), DynamicCache()
        if remembers:
            for layer in range(len(given) // len(KINDS)):
                part = given[layer * len(KINDS) : (layer + 1) * len(KINDS)]
                own.update(part[0], part[1], layer)
                heard.update(part[2], part[3], layer)
            hidden = given[2].new_zeros(ids.shape[0], 1, model.config.d_model)  # not looked at
        else:
            (hidden,) = given
        made = model.model.decoder(
            input_ids=ids,
            encoder_hidden_states=hidden,
            past_key_values=EncoderDecoderCache(own, heard),
            use_cache=True,
        )
        out = [model.proj_out(made.last_hidden_state)]
        for mine, theirs in zip(own.layers, heard.layers, strict=True):
            out += [mine.keys, mine.values]
            if not remembers:
                out += [theirs.keys, theirs.values]
        return tuple(out)

    return as_module(forward, model)


def _write_steps(model: Any, mel: torch.Tensor, work: Path) -> None:
    """Write the first step of the decoder and the later ones."""
    import torch

    layers = range(model.config.decoder_layers)
    ids = torch.full((1, 3), int(model.config.decoder_start_token_id))
    heard = model.model.encoder(mel).last_hidden_state
    first = _decoder(model, remembers=False)
    presents = [f"present.{layer}.{kind}" for layer in layers for kind in KINDS]
    named = {"input_ids": {0: "B", 1: "T"}, "encoder_hidden_states": {0: "B", 1: "E"}}
    lengths = {name: {0: "B", 2: "E" if "encoder" in name else "T"} for name in presents}
    axes = {**named, "logits": {0: "B", 1: "T"}, **lengths}
    to_onnx(first, (ids, heard), work / "first.onnx", axes, ["logits", *presents])

    pasts = [name.replace("present", "past_key_values") for name in presents]
    before = first(ids, heard)[1:]
    given = {name: {0: "B", 2: "E" if "encoder" in name else "P"} for name in pasts}
    own = [name for name in presents if "decoder" in name]
    axes = {
        "input_ids": {0: "B"},
        **given,
        "logits": {0: "B"},
        **{name: {0: "B", 2: "P1"} for name in own},
    }
    later = _decoder(model, remembers=True)
    to_onnx(later, (ids[:, -1:], *before), work / "next.onnx", axes, ["logits", *own])


def _merge(first: Path, later: Path, target: Path, config: Any) -> None:
    """Write one graph that is the first step or, told by ``use_cache_branch``, a later one."""
    import onnx
    from onnx import helper

    parts = {"first": onnx.load(first), "later": onnx.load(later)}
    shared = shared_weights(parts)
    heads = config.decoder_attention_heads
    width = config.d_model // heads
    outputs = [one.name for one in parts["first"].graph.output]
    inputs = {name: name for part in parts.values() for name in _inputs(part)}
    branches: dict[str, GraphProto] = {}
    weights: dict[str, TensorProto] = {}
    for role, model in parts.items():
        graph = model.graph
        del graph.value_info[:]
        rename(graph, role, {**inputs, **shared.get(role, {})})
        weights |= {weight.name: weight for weight in graph.initializer}
        del graph.initializer[:], graph.input[:]
        given = {one.name for one in graph.output}
        for name in outputs:
            if (
                f"{role}/{name}" not in given
            ):  # what was heard does not change: nothing of it comes out
                graph.node.append(_nothing(f"{role}/{name}", heads, width))
        floats = [
            helper.make_tensor_value_info(f"{role}/{name}", onnx.TensorProto.FLOAT, None)
            for name in outputs
        ]
        del graph.output[:]
        graph.output.extend(floats)
        branches[role] = graph
    step = helper.make_node(
        "If",
        ["use_cache_branch"],
        outputs,
        then_branch=branches["later"],
        else_branch=branches["first"],
    )
    graph = helper.make_graph(
        [step], "decoder", _decoder_inputs(config), _decoder_outputs(config), list(weights.values())
    )
    domains = {one.domain: one.version for part in parts.values() for one in part.opset_import}
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid(one, v) for one, v in {**domains, "": OPSET}.items()],
        ir_version=IR_VERSION,
        producer_name="sarai",
    )
    onnx.save(model, target)


def _inputs(model: ModelProto) -> list[str]:
    return [one.name for one in model.graph.input]


def _nothing(name: str, heads: int, width: int) -> Any:
    """Return a constant with no batch, which says to the caller: keep what you have."""
    from onnx import TensorProto, helper

    empty = helper.make_tensor(f"{name}_empty", TensorProto.FLOAT, [0, heads, 1, width], [])
    return helper.make_node("Constant", [], [name], value=empty)


def _memory(config: Any, prefix: str, own: str) -> list[Any]:
    from onnx import TensorProto, helper

    heads = config.decoder_attention_heads
    width = config.d_model // heads
    return [
        helper.make_tensor_value_info(
            f"{prefix}.{layer}.{kind}",
            TensorProto.FLOAT,
            [f"{prefix}_batch", heads, own if "decoder" in kind else f"{prefix}_heard", width],
        )
        for layer in range(config.decoder_layers)
        for kind in KINDS
    ]


def _decoder_inputs(config: Any) -> list[Any]:
    from onnx import TensorProto, helper

    make = helper.make_tensor_value_info
    return [
        make("input_ids", TensorProto.INT64, ["batch", "ids"]),
        make("encoder_hidden_states", TensorProto.FLOAT, ["batch", "heard", config.d_model]),
        *_memory(config, "past_key_values", "past"),
        make("use_cache_branch", TensorProto.BOOL, [1]),
    ]


def _decoder_outputs(config: Any) -> list[Any]:
    from onnx import TensorProto, helper

    logits = helper.make_tensor_value_info(
        "logits", TensorProto.FLOAT, ["batch", "ids", config.vocab_size]
    )
    return [logits, *_memory(config, "present", "known")]
