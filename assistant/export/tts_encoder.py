"""The text encoder of a VITS voice, or one that is ONNX already, becomes ONNX with INT8 products.

Owns the two. A VITS encoder gives the means and spreads from which its flow starts; the assistant's own chain
cannot use that (it wants hidden_states [B,S,3584]), another VITS runtime can.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.export.compare import close, same
from assistant.export.examples import examples_for
from assistant.export.files import growing, sizes
from assistant.export.graphs import load
from assistant.export.quantize import halved, int8, unhalved
from assistant.export.quiet import quiet
from assistant.export.sources import CONFIG, Source
from assistant.export.steps import Check, Exported, OnStep, Steps, agree, need
from assistant.export.torch_graph import as_module, describe, pretrained, run, session, to_onnx

if TYPE_CHECKING:
    import torch

OUTPUTS: Final = ("last_hidden_state", "prior_means", "prior_log_variances")
LENGTHS: Final = (7, 23, 2)
"""Symbols: traced with the first, compared at all."""

NAMES: Final = (
    "load the weights",
    "write the graph",
    "compare with PyTorch",
    "quantise",
    "compare again",
)
NAMES_ONNX: Final = ("read the graph", "quantise", "compare")
ONLY_PRODUCTS: Final = (
    "Only matrix products are INT8; convolutions stay float32: their integer forms are slower."
)


def export_tts_encoder(source: Source, target: Path, on_step: OnStep) -> Exported:
    """Write ``input_ids``, ``attention_mask`` int64 [B, T] → what VITS's encoder gives, float32 [B, T, …].

    Args:
        source: a folder of ``VitsModel``, of which the encoder is taken.
        target: the file.
        on_step: told about each step.

    Raises:
        ModelError: it cannot be read, is something else, or the result differs; nothing is left then.
    """
    need("a text encoder", "torch", "transformers", "onnx")
    steps = Steps(NAMES, on_step)
    steps.begin(NAMES[0])
    config = source.json(CONFIG)
    with quiet():
        from transformers import VitsModel
    whole: Any = pretrained(VitsModel, source, config)
    net = _wrapped(whole.text_encoder)
    weights = sum(one.numel() for one in net.parameters())
    with growing(target.parent, weights * 10) as folder:
        full, path = folder / "full.onnx", folder / target.name
        examples = [_symbols(count, whole.config.vocab_size) for count in LENGTHS]
        steps.begin(NAMES[1])
        named = {0: "B", 1: "T"}
        axes = {"input_ids": named, "attention_mask": named, **dict.fromkeys(OUTPUTS, named)}
        to_onnx(net, examples[0], full, axes, OUTPUTS)
        steps.begin(NAMES[2])
        checks = _compared("float32", net, full, examples, exact=True)
        steps.begin(NAMES[3])
        int8(full, path)
        full.unlink()
        describe(path, {"role": "vits_text_encoder", "precision": "int8 products"})
        steps.begin(NAMES[4])
        checks += _compared("INT8", net, path, examples, exact=False)
        agree("the text encoder", tuple(checks))
        made = sizes(folder)
    steps.end()
    return Exported(
        "text encoder", target.parent, made, weights * 4, tuple(checks), (ONLY_PRODUCTS,)
    )


def _compared(
    precision: str, net: torch.nn.Module, path: Path, examples: list[Any], *, exact: bool
) -> list[Check]:
    import torch

    ready = session(path)
    checks = []
    for example in examples:
        ids, mask = (one.numpy() for one in example)
        with torch.no_grad():
            wanted = [one.numpy() for one in net(*example)]
        made = ready.run(list(OUTPUTS), {"input_ids": ids, "attention_mask": mask})
        for name, one, other in zip(OUTPUTS, wanted, made, strict=True):
            said = f"{name} of {ids.shape[1]} symbols, {precision}, against PyTorch"
            checks.append(same(said, one, other) if exact else close(said, one, other))
    return checks


def _symbols(count: int, vocabulary: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return two texts, the second shorter where there is room."""
    import torch

    random = torch.Generator().manual_seed(count)
    ids = torch.randint(0, vocabulary, (2, count), generator=random)
    mask = torch.ones_like(ids)
    mask[1, count - count // 3 :] = 0
    return ids, mask


def _wrapped(encoder: Any) -> torch.nn.Module:
    """Return the encoder with tensors in and out, and with positions that tracing does not fix."""
    import torch

    def positions(window: int) -> Any:
        def of(table: torch.Tensor, length: Any) -> torch.Tensor:
            # The same as VitsAttention's own, which decides by the length of the traced example.
            far = torch.arange(-(length - 1), length)
            known = torch.clamp(far + window, 0, 2 * window)
            near = (far.abs() <= window).to(table.dtype)
            return table[:, known] * near[None, :, None]

        return of

    for module in encoder.modules():
        if getattr(module, "window_size", None) and hasattr(module, "emb_rel_k"):
            module._get_relative_embeddings = positions(module.window_size)  # noqa: SLF001

    def forward(ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        padding = mask.unsqueeze(-1).to(torch.float32)
        made = encoder(ids, padding_mask=padding, attention_mask=mask, return_dict=True)
        return made.last_hidden_state, made.prior_means, made.prior_log_variances

    return as_module(forward, encoder)


# --- ONNX already --------------------------------------------------------------------------------------


def quantise_encoder(source: Path, target: Path, on_step: OnStep) -> Exported:
    """Write an encoder that is an ONNX file with INT8 products, such as our own ``tts_encode.onnx``.

    Raises:
        ModelError: it cannot be read or run, or the result differs; nothing is left then.
    """
    need("a text encoder", "onnx")
    import onnx

    steps = Steps(NAMES_ONNX, on_step)
    steps.begin(NAMES_ONNX[0])
    model = load(source)
    about = {entry.key: entry.value for entry in model.metadata_props}
    feeds = examples_for(model.graph, 24)
    size = source.stat().st_size
    with growing(target.parent, size * 10) as folder:
        full, path = folder / "full.onnx", folder / target.name
        steps.begin(NAMES_ONNX[1])
        nodes = len(model.graph.node)
        onnx.save(unhalved(model), full)
        int8(full, path)
        full.unlink()
        if len(model.graph.node) < nodes:  # what was in half precision and is not INT8 is so again
            onnx.save(halved(onnx.load(path)), path)
        describe(path, {**about, "precision": "int8 products"})
        steps.begin(NAMES_ONNX[2])
        ready = session(path)
        names = [one.name for one in ready.get_outputs()]
        wanted = run(session(source), names, feeds, source.name)
        found = run(ready, names, feeds, f"{source.name} in INT8")
        checks = [
            close(f"{name}, INT8, against the original", one.astype(np.float32), other)
            for name, one, other in zip(names, wanted, found, strict=True)
        ]
        agree("the text encoder", tuple(checks))
        made = sizes(folder)
    steps.end()
    return Exported("text encoder", target.parent, made, size, tuple(checks), (ONLY_PRODUCTS,))
