"""Whisper of its true class, small and random, as ONNX against PyTorch; run by `make test-export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from tests.export.conftest import Command
from tests.export.test_sources import in_git, large, loopback, opened, server
from tests.fakes.model_server import ModelServer

__all__ = ["loopback", "server"]  # fixtures

torch = pytest.importorskip("torch", reason="needs the extra `train`: run by `make test-export`")
transformers = pytest.importorskip("transformers", reason="needs the extra `train`")

pytestmark = pytest.mark.timeout(600)  # half a minute on an idle machine

from assistant.errors import ModelError  # noqa: E402
from assistant.export.sources import local  # noqa: E402
from assistant.export.whisper import export_whisper  # noqa: E402
from assistant.export.whisper_check import Both  # noqa: E402

VOCABULARY = 400
START, END = 1, 2
WHOLE = 1500
"""Windows of 30 s, as onnx-asr gives them."""


def whisper(folder: Path, windows: int) -> Path:
    """A whole, tiny Whisper; its weights are large enough to make it decided."""
    config = transformers.WhisperConfig(
        vocab_size=VOCABULARY,
        d_model=64,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=128,
        decoder_ffn_dim=128,
        max_source_positions=windows,
        max_target_positions=448 if windows == WHOLE else 48,
        pad_token_id=0,
        bos_token_id=START,
        eos_token_id=END,
        decoder_start_token_id=START,
    )
    torch.manual_seed(0)
    model = transformers.WhisperForConditionalGeneration(config)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.mul_(3)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With windows of 30 s, as real ones have."""
    return whisper(tmp_path_factory.mktemp("whisper"), WHOLE)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With windows of 2 s."""
    return whisper(tmp_path_factory.mktemp("short"), 100)


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Three seconds of something between 100 and 3,000 Hz that changes."""
    t = np.arange(48_000) / 16_000
    tone = np.sin(2 * np.pi * (200 + 150 * np.sin(2 * np.pi * 3 * t)).cumsum() / 16_000)
    noise = np.random.default_rng(0).standard_normal(t.size)
    return (0.3 * tone * (np.sin(2 * np.pi * 2 * t) > 0) + 0.01 * noise).astype(np.float32)


@pytest.fixture(scope="module")
def exported(
    small: Path, speech: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("made")
    return folder, export_whisper(local(small), folder, lambda *_: None, samples=speech)


def test_both_graphs_agree_with_pytorch_before_and_after_int8(exported: tuple[Path, Any]) -> None:
    _, made = exported
    said = {check.name: check for check in made.checks}
    assert len(said) == 6
    assert all(check.ok for check in made.checks), made.checks
    assert said["text ids, float32, against PyTorch"].detail.endswith("the same")


def test_the_files_are_those_of_the_hub_and_nothing_else(exported: tuple[Path, Any]) -> None:
    folder, made = exported
    names = {file.name for file in folder.iterdir()}
    assert names == set(made.sizes)
    assert names == {
        "encoder_model_int8.onnx",
        "decoder_model_merged_int8.onnx",
        "config.json",
        "generation_config.json",
    }
    assert sum(made.sizes.values()) < 0.8 * made.original_bytes


def test_the_ports_are_those_that_onnx_asr_asks_for(exported: tuple[Path, Any]) -> None:
    folder, _ = exported
    decoder = onnx.load(folder / "decoder_model_merged_int8.onnx").graph
    past = [
        f"past_key_values.{layer}.{who}.{what}"
        for layer in (0, 1)
        for who in ("decoder", "encoder")
        for what in ("key", "value")
    ]
    inputs = [one.name for one in decoder.input]
    assert inputs == ["input_ids", "encoder_hidden_states", *past, "use_cache_branch"]
    assert [one.name for one in decoder.output] == [
        "logits",
        *(name.replace("past_key_values", "present") for name in past),
    ]
    encoder = onnx.load(folder / "encoder_model_int8.onnx").graph
    assert [one.name for one in encoder.input] == ["input_features"]
    assert [one.name for one in encoder.output] == ["last_hidden_state"]


def test_only_products_are_int8_and_the_table_of_words_is_kept_once(
    exported: tuple[Path, Any],
) -> None:
    folder, _ = exported
    encoder = onnx.load(folder / "encoder_model_int8.onnx").graph
    kinds = {node.op_type for node in encoder.node}
    assert "MatMulInteger" in kinds
    assert "Conv" in kinds
    assert not kinds & {"ConvInteger", "DynamicQuantizeLSTM"}
    decoder = onnx.load(folder / "decoder_model_merged_int8.onnx").graph
    tables = [weight for weight in decoder.initializer if VOCABULARY in weight.dims]
    large = [weight for weight in tables if len(weight.dims) == 2]
    assert [weight.data_type for weight in large] == [onnx.TensorProto.INT8]


def test_the_decoder_says_what_pytorchs_own_generation_says(
    exported: tuple[Path, Any], small: Path, speech: np.ndarray
) -> None:
    """Against ``generate``, which goes another way than the exporter's own comparison."""
    folder, _ = exported
    model = transformers.WhisperForConditionalGeneration.from_pretrained(small).eval()
    extract = transformers.WhisperFeatureExtractor(feature_size=80)
    mel = extract(speech, sampling_rate=16_000, return_tensors="pt").input_features
    with torch.no_grad():
        hidden = model.model.encoder(mel)
        step = torch.tensor([[START]])
        wanted = transformers.generation.GenerationMixin.generate(
            model,
            encoder_outputs=hidden,
            decoder_input_ids=step,
            max_new_tokens=20,
            do_sample=False,
        )[0, 1:].tolist()
    made = Both(folder / "encoder_model_int8.onnx", folder / "decoder_model_merged_int8.onnx")
    found = made.choose(made.hear(mel.numpy()), [START], END, 20)
    same = np.mean(np.array(wanted[: len(found)]) == np.array(found[: len(wanted)]))
    assert same >= 0.9, (wanted, found)


def test_onnx_asr_loads_the_folder_and_hears_what_the_files_choose(
    exported: tuple[Path, Any], speech: np.ndarray
) -> None:
    onnx_asr = pytest.importorskip("onnx_asr", reason="needs onnx-asr, which the program has")
    folder, _ = exported
    words = {f"w{number}": number for number in range(VOCABULARY)}
    marks = {
        "<|startoftranscript|>": START,
        "<|endoftext|>": END,
        "<|transcribe|>": 3,
        "<|notimestamps|>": 4,
        "<|en|>": 5,
    }
    for mark, number in marks.items():
        words.pop(f"w{number}")
        words[mark] = number
    (folder / "vocab.json").write_text(json.dumps(words), encoding="utf-8")
    (folder / "added_tokens.json").write_text("{}", encoding="utf-8")
    model = onnx_asr.load_model("whisper", path=folder, quantization="int8")
    heard = model.recognize(speech, sample_rate=16_000, language="en")
    extract = transformers.WhisperFeatureExtractor(feature_size=80)
    mel = extract(speech, sampling_rate=16_000, return_tensors="np").input_features
    made = Both(folder / "encoder_model_int8.onnx", folder / "decoder_model_merged_int8.onnx")
    ids = made.choose(made.hear(mel), [START, 5, 3, 4], END, 8)
    names = {number: word for word, number in words.items()}
    chosen = "".join(names[one] for one in ids if not names[one].startswith("<|"))
    assert chosen
    assert heard.startswith(chosen)


def test_the_encoder_may_stay_float32(short: Path, speech: np.ndarray, tmp_path: Path) -> None:
    made = export_whisper(
        local(short), tmp_path, lambda *_: None, samples=speech, full_encoder=True
    )
    assert set(made.sizes) >= {"encoder_model.onnx", "decoder_model_merged_int8.onnx"}
    assert "encoder, INT8, against PyTorch: mean difference 0.00%" in " ".join(
        f"{check.name}: {check.detail}" for check in made.checks
    )


# --- what cannot be exported ------------------------------------------------------------------------------


def refusal(folder: Path, target: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        export_whisper(local(folder), target, lambda *_: None, samples=np.zeros(100, np.float32))
    assert not target.exists(), "nothing half may be left"
    return caught.value


@pytest.fixture
def copy(short: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(short, tmp_path / "copy"))


def test_truncated_weights(copy: Path, tmp_path: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    assert refusal(copy, tmp_path / "out").code == "model_corrupt"


def test_another_class(copy: Path, tmp_path: Path) -> None:
    config = json.loads((copy / "config.json").read_text("utf-8"))
    config["architectures"] = ["BartForConditionalGeneration"]
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    error = refusal(copy, tmp_path / "out")
    assert "is BartForConditionalGeneration by its config.json" in error.message


def test_a_config_that_does_not_fit_the_weights(copy: Path, tmp_path: Path) -> None:
    config = json.loads((copy / "config.json").read_text("utf-8"))
    config["decoder_ffn_dim"] = 96
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    error = refusal(copy, tmp_path / "out")
    assert error.code == "model_unfit"
    assert "cannot be loaded" in error.message


def test_weights_that_lack_a_layer(copy: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    held = load_file(copy / "model.safetensors")
    del held["model.encoder.layers.1.fc1.weight"]
    save_file(held, copy / "model.safetensors", metadata={"format": "pt"})
    assert "lacks model.encoder.layers.1.fc1.weight" in refusal(copy, tmp_path / "out").message


def test_the_command_reports_it_all_and_what_was_heard(
    copy: Path, speech: np.ndarray, tmp_path: Path, assistant: Command
) -> None:
    import soundfile
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    words = {f"w{number}": number for number in range(VOCABULARY)}
    Tokenizer(WordLevel(words, "w0")).save(str(copy / "tokenizer.json"))
    soundfile.write(tmp_path / "speech.wav", speech, 16_000)
    result = assistant(
        "export", "whisper", copy, tmp_path / "out", "--recording", tmp_path / "speech.wav"
    )
    assert result.code == 0, result
    assert "decoder_model_merged_int8.onnx" in result.output
    assert result.output.count("✓") == 6
    assert "INT8 hears 'w" in result.output
    assert (tmp_path / "out" / "tokenizer.json").is_file()


def test_a_repository_of_the_hub_is_fetched_and_exported(
    short: Path, speech: np.ndarray, tmp_path: Path, server: ModelServer
) -> None:
    for file in short.iterdir():
        put = large if file.suffix == ".safetensors" else in_git
        put(server, file.name, file.read_bytes())
    made = export_whisper(opened(server), tmp_path / "out", lambda *_: None, samples=speech)
    assert all(check.ok for check in made.checks)
    fetched = [request.path for request in server.gets()]
    assert sum("/resolve/" in path for path in fetched) == 1
    assert len(set(fetched)) == len(fetched), "nothing is fetched twice"
