"""Impostors by their form: another part in the right one's place, roles swapped, wrong types and sizes."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.catalog.graph_roles import CORE_MARK, CORE_ROLES
from assistant.export.audio_core import merge
from tests.weights.gallery import (
    PARTS,
    changed,
    encoder,
    entry_of,
    fp32_voice,
    node,
    onnx,
    port,
    random_products,
    refusals,
    replace,
    save,
    verdict,
    vocoder,
)

# A recogniser takes its time over noise, on a busy machine minutes.
pytestmark = [pytest.mark.weights, pytest.mark.timeout(400)]


# --- another part, or none ------------------------------------------------------------------------------


def ancestor(path: Path, metadata: Mapping[str, str]) -> None:
    """The ancestor's "audio core": one layer of 3072x32768 in INT8, 96 MiB, which it said could do it all."""
    weight = onnx.TensorProto(name="layer", data_type=onnx.TensorProto.INT8, dims=[3072, 32768])
    weight.data_location = onnx.TensorProto.EXTERNAL
    for key, value in {"location": "audio_core.onnx.data", "offset": "0"}.items():
        weight.external_data.add(key=key, value=value)
    with (path.parent / "audio_core.onnx.data").open("wb") as data:
        data.truncate(3072 * 32768)
    nodes = [
        node("DynamicQuantizeLinear", "audio", "rounded scale zero"),
        node("MatMulInteger", "rounded layer zero", "sums"),
        node("Cast", "sums", "floats", to=onnx.TensorProto.FLOAT),
        node("Mul", "floats scale", "features"),
    ]
    save(
        path,
        nodes,
        [port("audio", "FLOAT", "b", "t", 3072)],
        [port("features", "FLOAT", "b", "t", 32768)],
        weights={},
        metadata=metadata,
    )
    model = onnx.load(path, load_external_data=False)
    model.graph.initializer.append(weight)
    onnx.save_model(model, path)


CORE = ("audio_core.onnx", "audio_core.onnx.data")
ONE_LAYER = (
    "it is nothing but products with 3072x32768: weighted sums of what comes in,"
    " which cannot do the work of audio_core"
)


def test_the_ancestors_single_product_as_audio_core(shelf: Path) -> None:
    replace(shelf, "audio_core.onnx", lambda path: ancestor(path, {}))
    assert refusals(verdict(entry_of(shelf, CORE))) == [
        f"role of audio_core.onnx: it says of no role that it can do it; {ONE_LAYER}"
    ]


def test_the_ancestors_single_product_that_claims_all_four_roles(shelf: Path) -> None:
    ports = {
        "inputs": {"audio": {"name": "audio"}},
        "outputs": {"features": {"name": "features"}},
    }
    claims = {CORE_MARK: "1", "roles": json.dumps(dict.fromkeys(CORE_ROLES, ports))}
    replace(shelf, "audio_core.onnx", lambda path: ancestor(path, claims))
    (reason,) = refusals(verdict(entry_of(shelf, CORE)))
    assert ONE_LAYER in reason
    assert "stt_decode: there is no input features" in reason
    assert "tts_encode: there is no input phoneme_ids" in reason
    assert "vocode: there is no output waveform" in reason


def test_the_vocoder_in_the_place_of_the_text_encoder(shelf: Path, single: Path) -> None:
    replace(shelf, "tts_encode.onnx", lambda path: shutil.copyfile(single / "vocode.onnx", path))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith(
        "role of tts_encode.onnx: it says that it is vocode, not tts_encode;"
        " there is no input phoneme_ids; there is no input speed"
    )
    assert "there is no output hidden_states" in reason


def test_the_vocoder_in_the_place_of_the_text_encoder_with_its_papers_changed(
    shelf: Path, single: Path
) -> None:
    def lie(model: Any) -> None:
        onnx.helper.set_model_props(model, {"role": "tts_encode"})

    replace(shelf, "tts_encode.onnx", changed(single / "vocode.onnx", lie))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith("role of tts_encode.onnx: there is no input phoneme_ids")


def test_the_text_encoder_in_the_place_of_the_talker(shelf: Path, single: Path) -> None:
    replace(
        shelf, "talker_int8.onnx", lambda path: shutil.copyfile(single / "tts_encode.onnx", path)
    )
    role, size = refusals(verdict(entry_of(shelf, PARTS)))
    assert role.startswith("role of talker_int8.onnx: it says that it is tts_encode, not talker")
    assert "those of a talker are with 3584x896 and 896x8448" in role
    assert size.startswith("size of talker_int8.onnx: 3,")
    assert size.endswith("are too few for talker, which takes at least 10,780,672")


def test_swapped_roles_in_an_audio_core(shelf: Path, single: Path) -> None:
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in CORE_ROLES}
    graphs["tts_encode"], graphs["vocode"] = graphs["vocode"], graphs["tts_encode"]
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    (reason,) = refusals(verdict(entry_of(shelf)))
    assert reason.startswith("role of audio_core.onnx: tts_encode: there is no input phoneme_ids")
    assert "vocode: there is no output waveform" in reason


def test_an_audio_core_that_lacks_ears(shelf: Path, single: Path) -> None:
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in ("tts_encode", "vocode")}
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    assert refusals(verdict(entry_of(shelf))) == [
        "role of audio_core.onnx: it cannot do stt_encode, stt_decode"
    ]


def test_an_audio_core_whose_vocoder_answers_silence(shelf: Path, single: Path) -> None:
    vocoder(np.zeros(2_000_000))(shelf / "silent.onnx")
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in CORE_ROLES}
    graphs["vocode"] = onnx.load(shelf / "silent.onnx")
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    assert refusals(verdict(entry_of(shelf))) == [
        "run of vocode in audio_core.onnx: gives only silence"
    ]


def test_an_audio_core_whose_ears_are_deaf(shelf: Path, single: Path) -> None:
    def deaf(model: Any) -> None:
        for one in model.graph.node:
            one.output[:] = ["heard" if name == "features" else name for name in one.output]
        nothing = onnx.numpy_helper.from_array(np.zeros(1, np.float32), "nothing")
        model.graph.initializer.append(nothing)
        model.graph.node.append(node("Mul", "heard nothing", "features"))

    changed(single / "stt_encode.onnx", deaf)(shelf / "deaf.onnx")
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in CORE_ROLES}
    graphs["stt_encode"] = onnx.load(shelf / "deaf.onnx")
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    assert refusals(verdict(entry_of(shelf, ("audio_core.onnx",), "stt"))) == [
        "run of stt_encode in audio_core.onnx: gives the same features whatever it is given"
    ]


def test_hidden_states_in_half_precision(shelf: Path, single: Path) -> None:
    def halve(model: Any) -> None:
        model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
        model.graph.node[0].input[0] = "single"
        cast = node("Cast", "hidden_states", "single", to=onnx.TensorProto.FLOAT)
        model.graph.node.insert(0, cast)

    replace(shelf, "talker_int8.onnx", changed(single / "talker_int8.onnx", halve))
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "role of talker_int8.onnx: input hidden_states is float16 [batch, seq, 3584]"
    ]


def test_right_names_and_wrong_hidden_size(shelf: Path) -> None:
    names = fp32_voice(shelf, random_products(4096), PARTS)
    table = np.random.default_rng(0).normal(0, 1, (100, 4096)).astype(np.float32)
    replace(shelf, "tts_encode.onnx", encoder(4096, says=lambda: table))
    encoder_reason, talker_reason = refusals(verdict(entry_of(shelf, names)))
    assert encoder_reason == "role of tts_encode.onnx: output hidden_states is float32 [b, s, 4096]"
    assert talker_reason == (
        "role of talker.onnx: input hidden_states is float32 [batch, seq, 4096];"
        " its products are with 4096x896 and 896x8448;"
        " those of a talker are with 3584x896 and 896x8448"
    )
