"""Phoneme ids to sound in one graph: the same samples as the three graphs one after another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from assistant import paths
from assistant.errors import ModelError
from assistant.export.audio_core import ROLES, merge
from assistant.export.chain import export_chain, join
from tests.export.conftest import Command, talker, tts_encode, vocode
from tests.fakes.run_graph import run_graph

IDS = np.array([[3, 1, 4, 1, 5, 9, 2, 6]])
ONE = np.ones(1, np.float32)


def chain_of(parts: dict[str, Path]) -> bytes:
    model = join({role: onnx.load(parts[role]) for role in ("tts_encode", "talker", "vocode")})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def one_after_another(parts: dict[str, Path], speed: float) -> np.ndarray:
    feeds = {"phoneme_ids": IDS, "speed": np.array([speed], np.float32)}
    hidden, _ = run_graph(parts["tts_encode"], feeds)
    (logits,) = run_graph(parts["talker"], {"hidden_states": hidden})
    feeds = {"audio_ids": logits.argmax(-1), "phase": np.zeros(1, np.float32)}
    return run_graph(parts["vocode"], feeds)[0]


@pytest.mark.parametrize("speed", [1.0, 0.5])
def test_the_chain_gives_the_samples_of_the_three_graphs(
    parts: dict[str, Path], speed: float
) -> None:
    feeds = {"phoneme_ids": IDS, "speed": np.array([speed], np.float32)}
    wave, frames = run_graph(chain_of(parts), feeds)
    np.testing.assert_array_equal(wave, one_after_another(parts, speed))
    assert frames.sum() == 16


def test_only_phoneme_ids_have_to_be_given(parts: dict[str, Path]) -> None:
    wave, _ = run_graph(chain_of(parts), {"phoneme_ids": IDS})
    np.testing.assert_array_equal(wave, one_after_another(parts, 1.0))


def test_the_ports_are_the_encoders_and_the_waveform(parts: dict[str, Path]) -> None:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(chain_of(parts), options)
    assert [one.name for one in session.get_inputs()] == ["phoneme_ids"]
    assert [one.name for one in session.get_overridable_initializers()] == ["speed"]
    assert [one.name for one in session.get_outputs()] == ["waveform", "frames"]
    said = session.get_modelmeta().custom_metadata_map
    assert (said["role"], said["vocode/sample_rate"]) == ("chain", "24000")


def test_a_vocoder_that_takes_logits_gets_them(parts: dict[str, Path], tmp_path: Path) -> None:
    other = parts | {"vocode": vocode(tmp_path / "other.onnx", takes="audio_logits")}
    wave, _ = run_graph(chain_of(other), {"phoneme_ids": IDS})
    np.testing.assert_array_equal(wave, one_after_another(parts, 1.0))


def test_a_talker_of_another_width_is_refused(parts: dict[str, Path], tmp_path: Path) -> None:
    other = parts | {"talker": talker(tmp_path / "wide.onnx", hidden=32)}
    with pytest.raises(ModelError, match="gives 24 numbers a frame, the talker takes 32"):
        chain_of(other)


@pytest.mark.parametrize(
    ("role", "instead", "why"),
    [
        ("tts_encode", "talker", "the text encoder has no hidden_states"),
        ("talker", "tts_encode", "the talker has no hidden_states"),
        ("vocode", "talker", "the vocoder has no waveform"),
    ],
)
def test_a_graph_in_the_wrong_place_is_refused(
    parts: dict[str, Path], role: str, instead: str, why: str
) -> None:
    with pytest.raises(ModelError, match=why):
        chain_of(parts | {role: parts[instead]})


def test_the_command_joins_our_own_voice(tmp_path: Path, assistant: Command) -> None:
    if not (paths.packaged_models() / "talker" / "artefacts" / "audio_core.onnx").is_file():
        pytest.skip("needs models/talker/artefacts")
    target = tmp_path / "chain.onnx"
    result = assistant("export", "chain", target, "--json")
    said: Any = result.json
    assert (result.code, [check["ok"] for check in said["checks"]]) == (0, [True] * 6)
    assert said["sizes"] == {"chain.onnx": target.stat().st_size}


def test_a_chain_that_differs_is_not_kept(
    parts: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.export import chain

    honest = chain.join

    def dishonest(models: Any) -> Any:
        models["vocode"].graph.initializer[-1].CopyFrom(models["vocode"].graph.initializer[-1])
        changed = honest(models)
        for weight in changed.graph.initializer:
            if list(weight.dims) == [50, 4]:
                value = onnx.numpy_helper.to_array(weight) * 1.01
                weight.CopyFrom(onnx.numpy_helper.from_array(value, weight.name))
        return changed

    monkeypatch.setattr(chain, "join", dishonest)
    target = tmp_path / "new" / "chain.onnx"
    with pytest.raises(ModelError) as caught:
        export_chain(parts["tts_encode"], parts["talker"], parts["vocode"], target, lambda *_: None)
    assert caught.value.code == "export_differs"
    assert not target.parent.exists()


def test_the_parts_may_be_roles_of_an_audio_core(
    parts: dict[str, Path], tmp_path: Path, assistant: Command
) -> None:
    core = tmp_path / "core.onnx"
    models = {role: onnx.load(parts[role]) for role in ROLES}
    onnx.save(merge(models), core)
    result = assistant(
        *("export", "chain", tmp_path / "chain.onnx", "--talker", parts["talker"]),
        *("--encoder", core, "--vocoder", core),
    )
    assert result.code == 0, result
    wave, _ = run_graph(tmp_path / "chain.onnx", {"phoneme_ids": IDS})
    np.testing.assert_array_equal(wave, one_after_another(parts, 1.0))


def refused(parts: dict[str, Path], target: Path, assistant: Command) -> str:
    result = assistant(
        *("export", "chain", target, "--encoder", parts["tts_encode"]),
        *("--talker", parts["talker"], "--vocoder", parts["vocode"]),
    )
    assert result.code == 3, result
    assert not target.exists()
    return result.said


def test_a_graph_newer_than_the_runtime_is_one_sentence(
    parts: dict[str, Path], tmp_path: Path, assistant: Command
) -> None:
    model = onnx.load(parts["vocode"])
    model.ir_version = 999
    onnx.save(model, parts["vocode"])
    assert "✗ ONNX Runtime cannot load" in refused(parts, tmp_path / "c.onnx", assistant)


def test_a_talker_with_fewer_codes_than_it_says_is_one_sentence(
    parts: dict[str, Path], tmp_path: Path, assistant: Command
) -> None:
    model = onnx.load(parts["talker"])
    weight = next(one for one in model.graph.initializer if list(one.dims) == [24, 12])
    short = np.ones((20, 12), np.float32)
    weight.CopyFrom(onnx.numpy_helper.from_array(short, weight.name))
    onnx.save(model, parts["talker"])
    said = refused(parts, tmp_path / "c.onnx", assistant)
    assert said.startswith("✗ ")
    assert "Traceback" not in said


def test_a_wider_encoder_and_talker_fit_too(parts: dict[str, Path], tmp_path: Path) -> None:
    other = parts | {
        "tts_encode": tts_encode(tmp_path / "e.onnx", hidden=32),
        "talker": talker(tmp_path / "t.onnx", hidden=32),
    }
    assert run_graph(chain_of(other), {"phoneme_ids": IDS})[0].shape == (1, 64)
