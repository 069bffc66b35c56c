"""BigVGAN of its true class, small and random, as ONNX against PyTorch; run by `make test-export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from tests.fakes.run_graph import run_graph

torch = pytest.importorskip("torch", reason="needs the extra `train`: run by `make test-export`")
transformers = pytest.importorskip("transformers", reason="needs the extra `train`")

pytestmark = pytest.mark.timeout(600)  # half a minute on an idle machine

from transformers.models.qwen2_5_omni.configuration_qwen2_5_omni import (  # noqa: E402
    Qwen2_5OmniBigVGANConfig,
)
from transformers.models.qwen2_5_omni.modeling_qwen2_5_omni import (  # noqa: E402
    Qwen2_5OmniToken2WavBigVGANModel,
)

from assistant.errors import ModelError  # noqa: E402
from assistant.export.bigvgan import PREFIX, export_bigvgan  # noqa: E402
from assistant.export.sources import INDEX, local  # noqa: E402

BANDS, HOP = 20, 12
SIZES: dict[str, Any] = {
    "upsample_initial_channel": 32,
    "resblock_kernel_sizes": [3],
    "resblock_dilation_sizes": [[1, 3, 5]],
    "upsample_rates": [4, 3],
    "upsample_kernel_sizes": [8, 7],
}


@pytest.fixture(scope="module")
def net() -> Any:
    torch.manual_seed(1)
    made = Qwen2_5OmniToken2WavBigVGANModel(Qwen2_5OmniBigVGANConfig(mel_dim=BANDS, **SIZES)).eval()
    with torch.no_grad():
        for weights in made.parameters():
            weights.copy_(torch.randn_like(weights) * (0.3 / max(1, weights[0].numel()) ** 0.5))
    return made


def spectrogram(frames: int) -> torch.Tensor:
    return torch.randn(1, BANDS, frames, generator=torch.Generator().manual_seed(frames)) - 4


def export(folder: Path, target: Path) -> Any:
    return export_bigvgan(local(folder), target, lambda *_: None)


def refusal(folder: Path, target: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        export(folder, target)
    assert not target.parent.exists(), "nothing half may be left"
    return caught.value


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out" / "bigvgan.onnx"


@pytest.fixture
def own_folder(net: Any, tmp_path: Path) -> Path:
    net.save_pretrained(tmp_path / "own")
    return tmp_path / "own"


def test_the_waveform_is_pytorchs_at_any_length(net: Any, own_folder: Path, target: Path) -> None:
    made = export(own_folder, target)
    assert all(check.ok for check in made.checks), made.checks
    for frames in (5, 40):
        mel = spectrogram(frames)
        with torch.no_grad():
            wanted = net(mel).numpy()
        (wave,) = run_graph(target, {"mel": mel.numpy()})
        assert wave.shape == (1, 1, frames * HOP)
        assert np.abs(wave[0, 0] - wanted).max() < 0.02 * wanted.std()


def test_weights_are_half_and_arithmetic_is_not(own_folder: Path, target: Path) -> None:
    export(own_folder, target)
    model = onnx.load(target)
    large = [w for w in model.graph.initializer if np.prod(w.dims) >= 256]
    assert {weight.data_type for weight in large} == {onnx.TensorProto.FLOAT16}
    casts = [node for node in model.graph.node if node.op_type == "Cast"]
    assert {node.attribute[0].i for node in casts if "_half" in node.input[0]} == {1}
    assert model.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert (said["sample_rate"], said["hop"], said["mel_bands"]) == ("24000", "12", "20")


def test_of_a_whole_omni_only_the_vocoders_shard_is_read(
    net: Any, tmp_path: Path, target: Path
) -> None:
    from safetensors.torch import save_file

    folder = tmp_path / "omni"
    folder.mkdir()
    held = {f"{PREFIX}{name}": value.bfloat16() for name, value in net.state_dict().items()}
    save_file(held, folder / "b.safetensors")
    places = dict.fromkeys(held, "b.safetensors") | {"thinker.x": "a.safetensors"}
    (folder / INDEX).write_text(json.dumps({"weight_map": places}), encoding="utf-8")
    config = {
        "architectures": ["Qwen2_5OmniModel"],
        "token2wav_config": {"bigvgan_config": {"mel_dim": BANDS, **SIZES}},
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    made = export(folder, target)
    assert all(check.ok for check in made.checks)
    mel = spectrogram(9)
    with torch.no_grad():
        wanted = net(mel).numpy()
    (wave,) = run_graph(target, {"mel": mel.numpy()})
    assert np.abs(wave[0, 0] - wanted).max() < 0.2 * wanted.std()  # bfloat16 has three digits


# --- NVIDIA's form ----------------------------------------------------------------------------------------


def nvidias(net: Any, folder: Path, *, new_norm: bool, **changes: object) -> Path:
    """The same network as NVIDIA's package keeps it: weight norm, filters, one file, its own config."""
    state = {}
    for name, value in net.state_dict().items():
        is_normed = value.dim() == 3
        if not is_normed:
            state[name] = value
            continue
        gain = value.norm(dim=(1, 2), keepdim=True)
        base = name.removesuffix(".weight")
        direction = value * (
            1 + torch.arange(len(value))[:, None, None]
        )  # only its direction counts
        if new_norm:
            state[f"{base}.parametrizations.weight.original0"] = gain
            state[f"{base}.parametrizations.weight.original1"] = direction
        else:
            state[f"{base}.weight_g"], state[f"{base}.weight_v"] = gain, direction
    for name, value in net.named_buffers():
        if name.endswith("filter"):
            state[name.replace("downsample.filter", "downsample.lowpass.filter")] = value
    folder.mkdir()
    torch.save({"generator": state}, folder / "bigvgan_generator.pt")
    config = {
        **SIZES,
        "num_mels": BANDS,
        "resblock": "1",
        "activation": "snakebeta",
        "snake_logscale": True,
        "use_tanh_at_final": False,
        "use_bias_at_final": False,
        "sampling_rate": 24_000,
        **changes,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("new_norm", "tanh"), [(False, False), (True, True)])
def test_nvidias_form_gives_the_same_network_without_the_scaling(
    net: Any, tmp_path: Path, target: Path, *, new_norm: bool, tanh: bool
) -> None:
    folder = nvidias(net, tmp_path / "n", new_norm=new_norm, use_tanh_at_final=tanh)
    made = export(folder, target)
    assert all(check.ok for check in made.checks)
    mel = spectrogram(9)
    with torch.no_grad():
        hidden = net.conv_pre(mel)
        for number, up in enumerate(net.ups):
            hidden = up[0](hidden)
            hidden = net.resblocks[number](hidden)
        wave = net.conv_post(net.activation_post(hidden))
        wanted = (wave.tanh() if tanh else wave.clamp(-1, 1)).numpy()
    (found,) = run_graph(target, {"mel": mel.numpy()})
    assert np.abs(found - wanted).max() < 0.02 * wanted.std()


@pytest.mark.parametrize(
    ("key", "value"), [("resblock", "2"), ("activation", "snake"), ("use_bias_at_final", True)]
)
def test_nvidias_other_kinds_are_named_as_not_supported(
    net: Any, tmp_path: Path, target: Path, key: str, value: object
) -> None:
    folder = nvidias(net, tmp_path / "n", new_norm=False, **{key: value})
    assert f"{key} is {value!r}, and only" in refusal(folder, target).message


def test_nvidias_file_cut_off_is_damaged(net: Any, tmp_path: Path, target: Path) -> None:
    folder = nvidias(net, tmp_path / "n", new_norm=False)
    file = folder / "bigvgan_generator.pt"
    file.write_bytes(file.read_bytes()[:-500])
    assert refusal(folder, target).code == "model_corrupt"


def test_another_network_in_nvidias_form_is_refused(net: Any, tmp_path: Path, target: Path) -> None:
    folder = nvidias(net, tmp_path / "n", new_norm=False, upsample_initial_channel=64)
    assert refusal(folder, target).code == "model_unfit"
    other = nvidias(net, tmp_path / "m", new_norm=False)
    held = torch.load(other / "bigvgan_generator.pt", weights_only=True)
    held["generator"]["activation_post.upsample.filter"] *= 1.1
    torch.save(held, other / "bigvgan_generator.pt")
    assert "another filter" in refusal(other, target).message


def test_a_vits_folder_is_no_bigvgan(tmp_path: Path, target: Path) -> None:
    (tmp_path / "config.json").write_text('{"architectures": ["VitsModel"]}', encoding="utf-8")
    assert "is VitsModel by its config.json" in refusal(tmp_path, target).message
