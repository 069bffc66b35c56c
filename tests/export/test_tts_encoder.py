"""Text encoders as ONNX with INT8 products: VITS against PyTorch, our own against its original."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from assistant import paths
from assistant.export.audio_core import single
from assistant.export.sources import local
from assistant.export.tts_encoder import export_tts_encoder, quantise_encoder
from tests.export.conftest import Command
from tests.fakes.run_graph import run_graph

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="needs the extra `train`: run by `make test-export`",
)


@pytest.fixture(scope="module")
def vits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    import transformers

    config = transformers.VitsConfig(
        vocab_size=38,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        window_size=4,
        ffn_dim=64,
        flow_size=16,
        upsample_initial_channel=32,
        upsample_rates=[4, 4],
        upsample_kernel_sizes=[8, 8],
        spectrogram_bins=33,
        wavenet_dilation_rate=1,
        prior_encoder_num_wavenet_layers=1,
        posterior_encoder_num_wavenet_layers=1,
        duration_predictor_num_flows=1,
        depth_separable_num_layers=1,
    )
    torch.manual_seed(2)
    folder = tmp_path_factory.mktemp("vits")
    transformers.VitsModel(config).save_pretrained(folder)
    return folder


@needs_torch
def test_the_encoder_of_a_vits_voice_is_pytorchs_at_any_length(vits: Path, tmp_path: Path) -> None:
    import torch
    import transformers

    target = tmp_path / "out" / "vits.onnx"
    made = export_tts_encoder(local(vits), target, lambda *_: None)
    assert all(check.ok for check in made.checks), made.checks
    encoder: Any = transformers.VitsModel.from_pretrained(vits).eval().text_encoder
    for length in (1, 4, 61):  # shorter than the window of positions, as long, longer
        ids = torch.arange(length)[None] % 38
        mask = torch.ones_like(ids)
        with torch.no_grad():
            wanted = encoder(ids, mask[:, :, None].float(), mask)
        found = run_graph(target, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
        for name, value in zip(
            ("last_hidden_state", "prior_means", "prior_log_variances"), found, strict=True
        ):
            one = wanted[name].numpy()
            assert value.shape == one.shape
            assert np.sqrt(np.mean((value - one) ** 2)) < 0.1 * one.std(), (name, length)


@needs_torch
def test_only_its_products_are_int8(vits: Path, tmp_path: Path) -> None:
    export_tts_encoder(local(vits), tmp_path / "vits.onnx", lambda *_: None)
    kinds = {node.op_type for node in onnx.load(tmp_path / "vits.onnx").graph.node}
    assert {"MatMulInteger", "Conv"} <= kinds
    assert "ConvInteger" not in kinds


@needs_torch
def test_the_command_takes_a_folder(vits: Path, tmp_path: Path, assistant: Command) -> None:
    result = assistant("export", "tts-encoder", vits, tmp_path / "vits.onnx", "--json")
    said: Any = result.json
    assert result.code == 0
    assert said["sizes"] == {"vits.onnx": (tmp_path / "vits.onnx").stat().st_size}


def test_an_encoder_in_onnx_is_quantised_and_compared(
    parts: dict[str, Path], tmp_path: Path, assistant: Command
) -> None:
    from tests.fakes.tiny_graph import Graph

    g = Graph(seed=9)
    ids = g.input("phoneme_ids", "int64", ["B", "T"])
    vectors = g.op("Gather", g.const(g.random.standard_normal((60, 32))), ids)
    g.output("hidden_states", "float32", ["B", "T", 64], g.op("MatMul", vectors, g.weight(32, 64)))
    path = g.save(tmp_path / "encoder.onnx", {"licence": "mine"})
    result = assistant("export", "tts-encoder", path, tmp_path / "small.onnx")
    assert result.code == 0, result
    assert "hidden_states, INT8, against the original" in result.output
    model = onnx.load(tmp_path / "small.onnx")
    assert "MatMulInteger" in {node.op_type for node in model.graph.node}
    assert {entry.key: entry.value for entry in model.metadata_props}["licence"] == "mine"


def test_our_own_encoder_keeps_its_durations_in_int8(tmp_path: Path) -> None:
    own = paths.packaged_models() / "talker" / "artefacts" / "audio_core.onnx"
    if not own.is_file():
        pytest.skip("needs models/talker/artefacts")
    source = tmp_path / "tts_encode.onnx"
    onnx.save(single(onnx.load(own), "tts_encode"), source)
    made = quantise_encoder(source, tmp_path / "small.onnx", lambda *_: None)
    assert all(check.ok for check in made.checks), made.checks
    assert made.sizes["small.onnx"] <= made.original_bytes
