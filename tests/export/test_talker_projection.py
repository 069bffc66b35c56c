"""Qwen's two products as the talker's files: names, types, versions, numbers, and what is read for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from safetensors.numpy import save_file

from assistant.errors import ModelError
from assistant.export.sources import INDEX, local
from assistant.export.steps import Exported
from assistant.export.talker_projection import (
    BIAS,
    CONTRACT,
    FIRST,
    SECOND,
    export_talker_projection,
)
from tests.export.conftest import Command
from tests.fakes.run_graph import run_graph

SMALL = (48, 16, 40)
Tensors = dict[str, np.ndarray]


def tensors(sizes: tuple[int, int, int] = SMALL, prefix: str = "") -> Tensors:
    random = np.random.default_rng(7)
    wide, between, out = sizes
    return {
        prefix + FIRST: random.standard_normal((between, wide)).astype(np.float32) / 8,
        prefix + BIAS: random.standard_normal(between).astype(np.float32),
        prefix + SECOND: random.standard_normal((out, between)).astype(np.float32),
    }


def folder_with(folder: Path, content: Mapping[str, Tensors]) -> Path:
    """A folder with one shard for each name and an index."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, held in content.items():
        save_file(held, folder / name)
    if len(content) > 1:
        places = {tensor: name for name, held in content.items() for tensor in held}
        (folder / INDEX).write_text(json.dumps({"weight_map": places}), encoding="utf-8")
    return folder


def export(folder: Path, target: Path, *, any_size: bool = True) -> Exported:
    return export_talker_projection(local(folder), target, lambda *_: None, any_size=any_size)


def refusal(folder: Path, target: Path, *, any_size: bool = True) -> ModelError:
    with pytest.raises(ModelError) as caught:
        export(folder, target, any_size=any_size)
    assert not target.parent.exists(), "nothing half may be left"
    return caught.value


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out" / "talker.onnx"


# --- the files --------------------------------------------------------------------------------------------


def test_the_files_compute_the_two_products_in_both_precisions(
    tmp_path: Path, target: Path
) -> None:
    held = tensors()
    made = export(folder_with(tmp_path / "talker", {"model.safetensors": held}), target)
    hidden = np.random.default_rng(1).standard_normal((2, 9, 48)).astype(np.float32)
    wanted = (hidden @ held[FIRST].T + held[BIAS]) @ held[SECOND].T
    (full,) = run_graph(target, {"hidden_states": hidden})
    np.testing.assert_allclose(full, wanted, rtol=1e-4, atol=1e-4)
    (small,) = run_graph(target.parent / "talker_int8.onnx", {"hidden_states": hidden})
    assert np.sqrt(np.mean((small - wanted) ** 2)) < 0.05 * wanted.std()
    assert all(check.ok for check in made.checks)
    assert set(made.sizes) == {"talker.onnx", "talker.onnx.data", "talker_int8.onnx"}
    assert {file.name for file in target.parent.iterdir()} == set(made.sizes)


def test_the_contract_is_kept_to_the_byte_at_the_true_size(tmp_path: Path, target: Path) -> None:
    held = {
        name: value.astype(ml_dtypes.bfloat16)
        for name, value in tensors(CONTRACT, "talker.").items()
    }
    made = export(
        folder_with(tmp_path / "omni", {"model.safetensors": held}), target, any_size=False
    )
    assert made.sizes["talker.onnx.data"] == 43_126_272  # as in the seeds
    assert 10_000_000 < made.sizes["talker_int8.onnx"] < 11_000_000
    model = onnx.load(target, load_external_data=False)
    assert (model.ir_version, model.opset_import[0].version) == (10, 17)
    assert [node.op_type for node in model.graph.node] == ["MatMul", "Add", "MatMul"]
    ports = {
        one.name: [axis.dim_param or axis.dim_value for axis in one.type.tensor_type.shape.dim]
        for one in (*model.graph.input, *model.graph.output)
    }
    assert ports == {
        "hidden_states": ["batch", "seq", 3584],
        "audio_logits": ["batch", "seq", 8448],
    }
    assert {w.external_data[0].value for w in model.graph.initializer} == {"talker.onnx.data"}
    onnx.checker.check_model(str(target))


def test_only_the_shard_with_the_three_tensors_is_read(tmp_path: Path, target: Path) -> None:
    folder = folder_with(
        tmp_path / "omni",
        {
            "model-00001-of-00003.safetensors": {"thinker.x": np.zeros(3, np.float32)},
            "model-00002-of-00003.safetensors": tensors(prefix="talker."),
            "model-00003-of-00003.safetensors": {"token2wav.x": np.zeros(3, np.float32)},
        },
    )
    for other in ("model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors"):
        (folder / other).unlink()  # would be missed if it were opened
    assert all(check.ok for check in export(folder, target).checks)


def test_the_tensors_may_lie_in_several_shards(tmp_path: Path, target: Path) -> None:
    held = tensors()
    halves = {"a.safetensors": {FIRST: held[FIRST]}, "b.safetensors": held | {}}
    del halves["b.safetensors"][FIRST]
    assert all(check.ok for check in export(folder_with(tmp_path / "x", halves), target).checks)


# --- what cannot be exported ------------------------------------------------------------------------------


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no folder") as caught:
        local(tmp_path / "nowhere")
    assert caught.value.code == "model_missing"


def test_a_folder_without_weights(tmp_path: Path, target: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "has no file model.safetensors" in refusal(tmp_path / "empty", target).message


def test_a_shard_that_is_missing(tmp_path: Path, target: Path) -> None:
    folder = folder_with(tmp_path / "x", {"a.safetensors": tensors(), "b.safetensors": {}})
    (folder / "a.safetensors").unlink()
    assert "has no file a.safetensors" in refusal(folder, target).message


@pytest.mark.parametrize("kept", [0, 5, 60, -7])
def test_a_truncated_file(tmp_path: Path, target: Path, kept: int) -> None:
    folder = folder_with(tmp_path / "x", {"model.safetensors": tensors()})
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[:kept])
    error = refusal(folder, target)
    assert (error.code, error.exit_code) == ("model_corrupt", 3)
    assert "model.safetensors is damaged" in error.message


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"weight_map": 3}', '{"weight_map": {"a": "../x"}}', "\x00"]
)
def test_an_index_that_is_none(tmp_path: Path, target: Path, text: str) -> None:
    folder = folder_with(tmp_path / "x", {"model.safetensors": tensors()})
    (folder / INDEX).write_text(text, encoding="utf-8")
    assert refusal(folder, target).code == "model_corrupt"


def without(name: str) -> Callable[[Tensors], object]:
    return lambda held: held.pop(name)


def put(name: str, value: np.ndarray) -> Callable[[Tensors], object]:
    return lambda held: held.update({name: value})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (without(FIRST), "no tensor thinker_to_talker_proj.weight"),
        (without(SECOND), "no tensor codec_head.weight"),
        (put(SECOND, np.zeros((40, 17), np.float32)), r"codec_head.weight \[40, 17\]"),
        (put(BIAS, np.zeros(15, np.float32)), "do not go together"),
        (put(FIRST, np.zeros(16, np.float32)), r"weight \[16\], "),
        (put(FIRST, np.full((16, 48), np.nan, np.float32)), "not all numbers"),
        (put(FIRST, np.zeros((16, 48), np.int8)), "is int8; only floats"),
    ],
)
def test_tensors_that_do_not_fit(
    tmp_path: Path, target: Path, change: Callable[[Tensors], object], why: str
) -> None:
    held = tensors()
    change(held)
    folder = folder_with(tmp_path / "x", {"model.safetensors": held})
    with pytest.raises(ModelError, match=why) as caught:
        export(folder, target)
    assert caught.value.code == "model_unfit"
    assert not target.parent.exists()


def test_other_sizes_than_the_contracts_only_when_wanted(tmp_path: Path, target: Path) -> None:
    folder = folder_with(tmp_path / "x", {"model.safetensors": tensors()})
    error = refusal(folder, target, any_size=False)
    assert "48 → 16 → 40, the talker's 3584 → 896 → 8448" in error.message
    assert "--any-size" in error.hint


# --- as a command, and where the files go -------------------------------------------------------------------


def test_the_command_reports_sizes_checks_and_that_it_cannot_speak(
    tmp_path: Path, target: Path, assistant: Command
) -> None:
    folder = folder_with(tmp_path / "x", {"model.safetensors": tensors()})
    result = assistant("export", "talker-projection", folder, target, "--any-size", "--json")
    said: Any = result.json
    assert result.code == 0
    assert said["bytes"] == sum(file.stat().st_size for file in target.parent.iterdir())
    assert said["original_bytes"] == 4 * (48 * 16 + 16 + 16 * 40)
    assert "cannot speak" in said["notes"][0]
    shown = assistant("export", "talker-projection", folder, target, "--any-size")
    assert "talker_int8.onnx" in shown.output
    assert "hidden_states [batch, seq, 48] → audio_logits [batch, seq, 40]" in shown.output
    assert "cannot speak" in shown.output


def test_files_that_were_there_are_replaced_as_a_whole(tmp_path: Path, target: Path) -> None:
    folder = folder_with(tmp_path / "x", {"model.safetensors": tensors()})
    export(folder, target)
    before = target.with_name("talker.onnx.data").read_bytes()
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError):
        export(folder, target)
    assert target.with_name("talker.onnx.data").read_bytes() == before


NOBODY = """
import os, sys
from assistant.cli.app import run
targets, options = sys.argv[1:3], sys.argv[3:]
for target in targets:
    sys.argv = ["assistant", "export", "chain", target, *options]
    try:
        run()
    except SystemExit as end:
        code = end.code
    if os.geteuid() == 0:  # every library is loaded now: an administrator's may be closed to others
        os.seteuid(65534)
sys.exit(code)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="has no such permissions")
def test_a_folder_that_may_not_be_written_to(parts: dict[str, Path], tmp_path: Path) -> None:
    """In a process of its own, in which an administrator becomes nobody."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    options = [
        *("--encoder", str(parts["tts_encode"])),
        *("--talker", str(parts["talker"])),
        *("--vocoder", str(parts["vocode"])),
    ]
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            NOBODY,
            str(tmp_path / "open.onnx"),
            str(closed / "c.onnx"),
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert (tmp_path / "open.onnx").exists()
    assert ended.returncode == 3, ended.stderr
    assert "cannot be written to" in ended.stderr
    assert "Permission denied" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(closed.iterdir()) == []


def test_a_target_below_a_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "x", {"model.safetensors": tensors()})
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be written") as caught:
        export(folder, tmp_path / "file" / "talker.onnx")
    assert caught.value.code == "folder_not_writable"
