"""Impostors by their files: hashes, versions, and weights that are not all there; and the genuine article."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.catalog.onnx_weights import missing_weights, read_contents
from assistant.catalog.talker_products import Products, read_products, write_fp32
from assistant.catalog.verify import check_files, check_runs
from assistant.engines.onnx_limits import runtime_limits
from tests.weights.gallery import (
    ARTEFACTS,
    PARTS,
    VOCABULARY,
    changed,
    entry_of,
    fp32_voice,
    node,
    onnx,
    random_products,
    refusals,
    replace,
    verdict,
)

# A recogniser takes its time over noise, on a busy machine minutes.
pytestmark = [pytest.mark.weights, pytest.mark.timeout(400)]


# --- the genuine article --------------------------------------------------------------------------------


def test_the_genuine_voice_passes_every_check(shelf: Path) -> None:
    checks = verdict(entry_of(shelf))
    assert refusals(checks) == []
    passed = {check.name for check in checks if check.ok}
    assert {
        "format of audio_core.onnx",
        "weights of talker_int8.onnx",
        "role of audio_core.onnx",
        "run of tts_encode in audio_core.onnx",
        "agreement of talker_int8.onnx with FP32",
        "run of vocode in audio_core.onnx",
        "says what it is given",
        "can be understood",
    } <= passed


def test_the_genuine_ears_pass_every_check_of_their_parts(shelf: Path) -> None:
    checks = verdict(entry_of(shelf, ("audio_core.onnx",), "stt"))
    assert refusals(checks) == []
    passed = {check.name for check in checks if check.ok}
    assert {f"run of {role} in audio_core.onnx" for role in ("stt_encode", "stt_decode")} < passed


def test_its_parts_pass_in_files_of_their_own(shelf: Path) -> None:
    """Taken out of the core: what the impostors below are made of is not itself what is refused."""
    for role, names in (("tts", PARTS), ("stt", ("stt_encode.onnx", "stt_decode.onnx"))):
        checks = verdict(entry_of(shelf, names, role))
        assert refusals(checks) == []
        assert {f"run of {name}" for name in names} < {check.name for check in checks if check.ok}


def test_the_genuine_talker_in_fp32_passes_too(shelf: Path) -> None:
    """Rebuilt from the INT8 one, by what the impostors below are made with."""
    names = fp32_voice(shelf, read_products(ARTEFACTS / "talker_int8.onnx"), PARTS)
    entry = entry_of(shelf, names)
    checks = [*check_files(entry), *check_runs(entry)]
    assert refusals(checks) == []
    (agreement,) = (check for check in checks if check.name.startswith("agreement"))
    assert agreement.detail.startswith("the same choice for 100.00%")


# --- files that are not what the catalogue names ----------------------------------------------------------


def test_right_size_and_wrong_hash(shelf: Path) -> None:
    entry = entry_of(shelf)

    def flip(path: Path) -> None:
        content = bytearray((ARTEFACTS / path.name).read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    replace(shelf, "talker_int8.onnx", flip)
    (reason,) = refusals(verdict(entry))
    pinned = next(file for file in entry.files if file.name == "talker_int8.onnx")
    assert pinned.sha256 is not None
    assert reason.startswith("file talker_int8.onnx: its sha256 is ")
    assert reason.endswith(f"instead of {pinned.sha256[:12]}…")


def test_half_a_file(shelf: Path, single: Path) -> None:
    def halve(path: Path) -> None:
        content = (single / path.name).read_bytes()
        path.write_bytes(content[: len(content) // 2])

    replace(shelf, "vocode.onnx", halve)
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "format of vocode.onnx: vocode.onnx is not a whole ONNX file."
    ]


# --- files that the runtime here cannot read --------------------------------------------------------------


def test_a_newer_opset_than_the_runtime_reads(shelf: Path, single: Path) -> None:
    newest = runtime_limits().opset

    def newer(model: Any) -> None:
        model.opset_import[0].version = newest + 1

    replace(shelf, "vocode.onnx", changed(single / "vocode.onnx", newer))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith(f"format of vocode.onnx: needs opset {newest + 1}; the ONNX Runtime")
    assert reason.endswith(f"here reads up to {newest}")


def test_a_newer_format_than_the_runtime_reads(shelf: Path, single: Path) -> None:
    newest = runtime_limits().ir_version

    def newer(model: Any) -> None:
        model.ir_version = newest + 1

    replace(shelf, "tts_encode.onnx", changed(single / "tts_encode.onnx", newer))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert f"tts_encode.onnx: is written in IR version {newest + 1}; the ONNX Runtime" in reason


def test_the_limits_are_those_of_the_runtime_itself(tmp_path: Path) -> None:
    import onnxruntime

    limits = runtime_limits()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    path = tmp_path / "talker.onnx"
    for opset, ir_version in ((limits.opset, limits.ir_version), (limits.opset + 1, 10)):
        model = onnx.load(ARTEFACTS / "talker_int8.onnx")
        model.opset_import[0].version = opset
        model.ir_version = ir_version
        onnx.save_model(model, path)
        if opset <= limits.opset:
            onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        else:
            with pytest.raises(Exception, match=f"[Oo]pset {opset}"):
                onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


# --- weights that are not all there, or no numbers --------------------------------------------------------


def test_external_weights_cut_short(shelf: Path) -> None:
    names = fp32_voice(shelf, random_products())
    with (shelf / "talker.onnx.data").open("r+b") as data:
        data.truncate(20_000_000)
    assert refusals(verdict(entry_of(shelf, names))) == [
        "weights of talker.onnx: its weights talker.onnx.data have 20000000 bytes instead of 43126272"
    ]


def test_external_weights_missing(shelf: Path) -> None:
    names = fp32_voice(shelf, random_products())
    (shelf / "talker.onnx.data").rename(shelf / "elsewhere.data")
    assert refusals(verdict(entry_of(shelf, names[:-1]))) == [
        "weights of talker.onnx: its weights talker.onnx.data are missing"
    ]


def test_external_weights_in_a_file_that_is_none_of_its_business(tmp_path: Path) -> None:
    write_fp32(random_products(), tmp_path / "talker.onnx")
    model = onnx.load(tmp_path / "talker.onnx", load_external_data=False)
    for weight in model.graph.initializer:
        weight.external_data[0].value = "../secrets.data"
    onnx.save_model(model, tmp_path / "talker.onnx")
    found = list(missing_weights(tmp_path / "talker.onnx", read_contents(tmp_path / "talker.onnx")))
    assert found == ["its weights are said to lie in ../secrets.data, outside of its folder"]


def test_weights_that_are_no_numbers(shelf: Path) -> None:
    products = read_products(ARTEFACTS / "talker_int8.onnx")
    spoilt = products.second.copy()
    spoilt[3, :5] = np.nan
    names = fp32_voice(shelf, Products(products.first, products.bias, spoilt))
    assert refusals(verdict(entry_of(shelf, names))) == [
        "weights of talker.onnx: 5 of the weights second are no numbers"
    ]


def test_scales_that_are_no_numbers_hide_in_an_int8_talker(shelf: Path, single: Path) -> None:
    def spoil(model: Any) -> None:
        for weight in model.graph.initializer:
            if weight.name == "second_scale":
                weight.raw_data = np.full(VOCABULARY, np.nan, np.float32).tobytes()

    replace(shelf, "talker_int8.onnx", changed(single / "talker_int8.onnx", spoil))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason == "weights of talker_int8.onnx: 8448 of the weights second_scale are no numbers"


def test_no_numbers_that_only_running_brings_about(shelf: Path, single: Path) -> None:
    def divide(model: Any) -> None:
        for one in model.graph.node:
            if "waveform" in one.output:
                one.output[list(one.output).index("waveform")] = "sound"
        model.graph.initializer.append(
            onnx.numpy_helper.from_array(np.zeros(1, np.float32), "nothing")
        )
        model.graph.node.extend(
            [node("Mul", "sound nothing", "still"), node("Div", "still nothing", "waveform")]
        )

    replace(shelf, "vocode.onnx", changed(single / "vocode.onnx", divide))
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "run of vocode.onnx: gives values that are no numbers"
    ]
