"""One audio core of several graphs: each role alone, equal to its graph, and nothing else runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from assistant.catalog.onnx_header import read_onnx_header
from assistant.errors import ModelError
from assistant.export.audio_core import MARK, ROLES, merge, port, roles_of, single
from assistant.export.quantize import halved
from tests.export.conftest import Command
from tests.fakes.run_graph import run_graph
from tests.fakes.tiny_graph import Graph

EXAMPLES: dict[str, dict[str, np.ndarray]] = {
    "stt_encode": {"audio": np.linspace(-1, 1, 32, dtype=np.float32)[None]},
    "stt_decode": {"features": np.full((1, 7, 6), 0.3, np.float32)},
    "tts_encode": {"phoneme_ids": np.array([[3, 9, 4]]), "speed": np.array([1.5], np.float32)},
    "vocode": {"audio_ids": np.array([[1, 7, 7, 2]]), "phase": np.array([0.25], np.float32)},
}


def core_of(parts: Mapping[str, Path], **options: Any) -> onnx.ModelProto:
    return merge({role: onnx.load(parts[role]) for role in ROLES}, **options)


def opened(model: onnx.ModelProto, **options: Any) -> Any:
    onnx.checker.check_model(model, full_check=True)
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4
    for name, value in options.items():
        setattr(settings, name, value)
    return onnxruntime.InferenceSession(model.SerializeToString(), settings)


def run_role(session: Any, role: str, feeds: Mapping[str, np.ndarray], *outputs: str) -> list[Any]:
    given = {port(role, name): value for name, value in feeds.items()}
    found: list[Any] = session.run([port(role, name) for name in outputs], given)
    return found


# --- one session, four roles ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gives_what_its_own_graph_gives(parts: dict[str, Path], role: str) -> None:
    session = opened(core_of(parts))
    names = [one.name for one in onnx.load(parts[role]).graph.output]
    wanted = run_graph(parts[role], EXAMPLES[role])
    found = run_role(session, role, EXAMPLES[role], *names)
    for one, other in zip(wanted, found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_only_the_nodes_of_the_role_that_was_given_something_run(
    parts: dict[str, Path], tmp_path: Path
) -> None:
    """RunOptions.only_execute_path_to_fetches does not do this: see the module."""
    prefix = str(tmp_path / "profile")
    session = opened(core_of(parts), enable_profiling=True, profile_file_prefix=prefix)
    run_role(session, "vocode", EXAMPLES["vocode"], "waveform")
    events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    ran = {event["args"]["op_name"] for event in events if event.get("cat") == "Node"}
    assert "Gather" in ran  # the vocoder's table
    assert not ran & {"MatMul", "Tanh", "Tile", "FusedMatMul"}  # of all other roles


def test_a_role_that_was_not_asked_for_is_empty_and_no_error(parts: dict[str, Path]) -> None:
    session = opened(core_of(parts))
    given = {port("vocode", name): value for name, value in EXAMPLES["vocode"].items()}
    wave, hidden, logits = session.run(
        ["vocode/waveform", "tts_encode/hidden_states", "stt_decode/logits"], given
    )
    assert wave.shape == (1, 16)
    assert hidden.shape == (0, 0, 24)
    assert logits.size == 0


def test_no_input_is_needed_and_every_one_has_a_default(parts: dict[str, Path]) -> None:
    session = opened(core_of(parts, defaults={"tts_encode/speed": 2.0}))
    assert session.get_inputs() == []
    (silent,) = session.run(["vocode/waveform"], {})
    assert silent.size == 0
    (quick,) = run_role(session, "tts_encode", {"phoneme_ids": np.array([[3, 9]])}, "hidden_states")
    wanted = run_graph(
        parts["tts_encode"],
        {"phoneme_ids": np.array([[3, 9]]), "speed": np.array([2.0], np.float32)},
    )
    np.testing.assert_array_equal(quick, wanted[0])


def test_roles_can_be_run_in_any_order_with_any_lengths(parts: dict[str, Path]) -> None:
    session = opened(core_of(parts))
    for length in (5, 1, 40, 5):
        ids = np.arange(length)[None] % 50
        phase = np.zeros(1, np.float32)
        (wave,) = run_role(session, "vocode", {"audio_ids": ids, "phase": phase}, "waveform")
        assert wave.shape == (1, length * 4)
        speed = np.ones(1, np.float32)
        given = {"phoneme_ids": ids, "speed": speed}
        (hidden,) = run_role(session, "tts_encode", given, "hidden_states")
        assert hidden.shape == (1, length * 2, 24)


# --- what the file says ---------------------------------------------------------------------------------


def test_the_file_says_which_roles_it_has_and_under_which_licence(parts: dict[str, Path]) -> None:
    core = core_of(parts, metadata={"language": "en"})
    said = {entry.key: entry.value for entry in core.metadata_props}
    assert (said[MARK], said["licence"], said["language"]) == ("1", "GPL-3.0-or-later", "en")
    assert said["vocode/sample_rate"] == "24000"
    roles = roles_of(said)
    assert tuple(roles) == ROLES
    assert roles["tts_encode"]["inputs"]["phoneme_ids"] == {
        "name": "tts_encode/phoneme_ids",
        "type": "int64",
        "shape": ["B", "T"],
    }
    assert roles["stt_decode"]["outputs"]["logits"]["shape"] == ["B", "T", 5]
    assert roles["tts_encode"]["gate"] == "tts_encode/phoneme_ids"


def test_other_files_have_no_roles() -> None:
    assert roles_of({}) == {}
    assert roles_of({MARK: "1"}) == {}
    assert roles_of({MARK: "1", "roles": "[1"}) == {}


def test_the_header_reader_finds_no_required_input(parts: dict[str, Path], tmp_path: Path) -> None:
    onnx.save(core_of(parts), tmp_path / "core.onnx")
    header = read_onnx_header(tmp_path / "core.onnx")
    assert (header.ir_version, header.inputs) == (10, {})
    assert "vocode/waveform" in header.outputs


@pytest.mark.parametrize("role", ROLES)
def test_a_role_can_be_taken_out_again(parts: dict[str, Path], role: str) -> None:
    alone = single(core_of(parts), role)
    onnx.checker.check_model(alone, full_check=True)
    before = onnx.load(parts[role])
    for field in ("input", "output"):
        assert list(getattr(alone.graph, field)) == list(getattr(before.graph, field))
    said = {entry.key: entry.value for entry in alone.metadata_props}
    assert said == {entry.key: entry.value for entry in before.metadata_props}
    wanted = run_graph(parts[role], EXAMPLES[role])
    for one, other in zip(
        wanted, run_graph(alone.SerializeToString(), EXAMPLES[role]), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_what_is_no_core_has_no_role_to_take_out(parts: dict[str, Path]) -> None:
    with pytest.raises(ModelError, match="no vocode"):
        single(onnx.load(parts["vocode"]), "vocode")


def test_weights_in_half_precision_are_prepared_outside_of_the_branches(tmp_path: Path) -> None:
    """Inside, ONNX Runtime keeps them twice."""
    g = Graph()
    x = g.input("x", "float32", ["B", 40])
    table = g.const(np.random.default_rng(0).standard_normal((40, 40)))
    g.output("y", "float32", ["B", 40], g.op("MatMul", x, table))
    model = halved(onnx.load(g.save(tmp_path / "half.onnx")))
    core = merge({"a": model})
    (gated,) = [node for node in core.graph.node if node.op_type == "If"]
    for branch in gated.attribute:
        assert not branch.g.initializer
    assert core.graph.node[0].op_type == "Cast"
    x_value = np.ones((2, 40), np.float32)
    wanted = run_graph(model.SerializeToString(), {"x": x_value})[0]
    for made in (core, merge({"a": single(core, "a")})):
        (y,) = run_role(opened(made), "a", {"x": x_value}, "y")
        np.testing.assert_array_equal(y, wanted)


# --- odd parts --------------------------------------------------------------------------------------------


def test_equal_weights_of_two_roles_are_kept_once(tmp_path: Path) -> None:
    table = np.random.default_rng(0).standard_normal((40, 40)).astype(np.float32)
    models = {}
    for role in ("one", "two"):
        g = Graph()
        x = g.input("x", "float32", ["B", 40])
        g.output("y", "float32", ["B", 40], g.op("MatMul", x, g.const(table)))
        models[role] = onnx.load(g.save(tmp_path / f"{role}.onnx"))
    core = merge(models)
    assert core.ByteSize() < 1.3 * models["one"].ByteSize()
    x = np.ones((1, 40), np.float32)
    (y,) = run_role(opened(core), "two", {"x": x}, "y")
    np.testing.assert_allclose(y, x @ table, rtol=1e-5)


def test_a_part_with_branches_of_its_own_keeps_them(tmp_path: Path) -> None:
    yes, no = Graph(prefix="yes_"), Graph(prefix="no_")
    yes.output("yes_out", "float32", ["B"], yes.op("Mul", "x", yes.const(2.0)))
    no.output("no_out", "float32", ["B"], no.op("Neg", "x"))
    g = Graph()
    x, which = g.input("x", "float32", ["B"]), g.input("which", "bool", [1])
    y = g.op("If", which, then_branch=yes.branch(), else_branch=no.branch())
    g.output("y", "float32", ["B"], g.op("Add", y, g.op("Mul", x, g.const(0.0))))
    model = onnx.load(g.save(tmp_path / "branching.onnx"))
    session = opened(merge({"a": model, "b": model}))
    for role in ("a", "b"):
        for choice, wanted in ((True, 6.0), (False, -3.0)):
            feeds = {"x": np.array([3.0], np.float32), "which": np.array([choice])}
            assert run_role(session, role, feeds, "y")[0] == wanted


def test_an_input_of_fixed_shape_can_be_left_out_too(tmp_path: Path) -> None:
    g = Graph()
    mel = g.input("mel", "float32", [1, 8, 30])
    g.output("sum", "float32", [1], g.op("ReduceSum", mel, g.ints(1, 2), keepdims=0))
    model = onnx.load(g.save(tmp_path / "fixed.onnx"))
    session = opened(merge({"fixed": model}))
    assert session.run(["fixed/sum"], {})[0].size == 0
    assert run_role(session, "fixed", {"mel": np.ones((1, 8, 30), np.float32)}, "sum")[0] == 240


def test_parts_of_different_opsets_are_raised_to_the_newest(parts: dict[str, Path]) -> None:
    models = {role: onnx.load(parts[role]) for role in ROLES}
    models["stt_decode"].opset_import[0].version = 13
    core = merge(models)
    assert [(one.domain, one.version) for one in core.opset_import] == [("", 17)]
    found = run_role(opened(core), "stt_decode", EXAMPLES["stt_decode"], "logits")
    wanted = run_graph(parts["stt_decode"], EXAMPLES["stt_decode"])
    np.testing.assert_array_equal(found[0], wanted[0])


def test_a_part_that_only_passes_something_on_still_does(tmp_path: Path) -> None:
    weight = numpy_helper.from_array(np.array([4.0], np.float32), "kept")
    ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["B"]) for n in ("x", "y")]
    kept = helper.make_tensor_value_info("kept", TensorProto.FLOAT, [1])
    node = helper.make_node("Neg", ["x"], ["y"])
    graph = helper.make_graph([node], "g", ports[:1], [ports[1], kept], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    x = np.array([2.0], np.float32)
    y, four = run_role(opened(merge({"a": model})), "a", {"x": x}, "y", "kept")
    assert (y, four) == (-2.0, 4.0)


@pytest.mark.parametrize(
    ("role", "why"), [("Vocode", "cannot be called"), ("", "cannot be called"), ("a/b", "called")]
)
def test_a_role_needs_a_plain_name(parts: dict[str, Path], role: str, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        merge({role: onnx.load(parts["vocode"])})


def test_nothing_makes_no_core() -> None:
    with pytest.raises(ModelError, match="no graph"):
        merge({})


def test_a_default_for_an_input_that_is_not_there_is_refused(parts: dict[str, Path]) -> None:
    with pytest.raises(ModelError, match="vocode/sped"):
        core_of(parts, defaults={"vocode/sped": 1.0})


def test_a_graph_whose_weights_are_elsewhere_is_refused(parts: dict[str, Path]) -> None:
    model = onnx.load(parts["vocode"])
    model.graph.initializer[0].data_location = TensorProto.EXTERNAL
    with pytest.raises(ModelError, match="not loaded"):
        merge({"vocode": model})


# --- as a command ---------------------------------------------------------------------------------------


def options(parts: Mapping[str, Path]) -> list[str]:
    return [text for role in ROLES for text in ("--role", f"{role}={parts[role]}")]


def test_the_command_writes_a_core_and_compares_every_role(
    parts: dict[str, Path], tmp_path: Path, assistant: Command
) -> None:
    target = tmp_path / "new" / "core.onnx"
    result = assistant("export", "audio-core", target, *options(parts), "--json")
    assert result.code == 0
    said: Any = result.json
    assert said["sizes"] == {"core.onnx": target.stat().st_size}
    assert all(check["ok"] for check in said["checks"])
    compared = {check["name"].split(" of ")[1].split(",")[0] for check in said["checks"]}
    assert compared == set(ROLES)
    assert [file.name for file in target.parent.iterdir()] == ["core.onnx"]


def test_the_command_compares_with_real_inputs_when_given(
    parts: dict[str, Path], tmp_path: Path, assistant: Command
) -> None:
    given = {port(role, name): v for role, fed in EXAMPLES.items() for name, v in fed.items()}
    np.savez(tmp_path / "real.npz", **given)
    target = tmp_path / "core.onnx"
    result = assistant(
        "export", "audio-core", target, *options(parts), "--example", tmp_path / "real.npz"
    )
    assert result.code == 0
    assert result.output.count("example 1") == 5
    assert "example 2" not in result.output


def test_the_command_wants_roles_as_name_and_file(tmp_path: Path, assistant: Command) -> None:
    assert assistant("export", "audio-core", tmp_path / "c.onnx", "--role", "vocode").code == 2
    assert not (tmp_path / "c.onnx").exists()
