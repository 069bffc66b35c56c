"""What an ONNX file says of itself, and whether that is what the catalogue says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.catalog import protobuf
from assistant.catalog.entries import Graph
from assistant.catalog.onnx_header import Port, read_onnx_header, signature_differences
from assistant.catalog.onnx_weights import numbers, read_contents, spoilt_weights
from assistant.catalog.verify import check_onnx
from assistant.engines.onnx_limits import RuntimeLimits
from assistant.errors import ModelError
from tests.fakes.tiny_onnx import onnx_bytes

INPUTS = {"audio": ("float32", ("batch", 80, "frames")), "length": ("int64", ("batch",))}
OUTPUTS = {"scores": ("float32", ("batch", 80, "frames"))}


def wanted(**changes: object) -> Graph:
    record = {
        "inputs": {
            "audio": {"type": "float32", "shape": ["b", 80, "t"]},
            "length": {"type": "int64", "shape": ["b"]},
        },
        "outputs": {"scores": {"type": "float32", "shape": ["b", 80, "t"]}},
    }
    return Graph.model_validate({**record, **changes})


def differences(folder: Path, graph: Graph, **changes: object) -> list[str]:
    file = folder / "x.onnx"
    file.write_bytes(onnx_bytes(**{"inputs": INPUTS, "outputs": OUTPUTS, **changes}))  # type: ignore[arg-type]
    return signature_differences(read_onnx_header(file), graph)


def test_the_header_is_read_past_the_weights(tmp_path: Path) -> None:
    file = tmp_path / "x.onnx"
    file.write_bytes(onnx_bytes(INPUTS, OUTPUTS, metadata={"licence": "MIT"}, weights=100_000))
    header = read_onnx_header(file)
    assert (header.ir_version, header.opset) == (8, 17)
    assert header.inputs["audio"] == Port("float32", ("batch", 80, "frames"))
    assert header.outputs["scores"] == Port("float32", ("batch", 80, "frames"))
    assert header.metadata == {"licence": "MIT"}


def test_an_input_with_a_default_need_not_be_given(tmp_path: Path) -> None:
    file = tmp_path / "x.onnx"
    inputs = {"a": ("float32", ()), "b": ("float32", ())}
    file.write_bytes(onnx_bytes(inputs, {"y": ("float32", ())}, with_default="b"))
    assert list(read_onnx_header(file).inputs) == ["a"]


def test_onnx_runtime_reads_the_same(tmp_path: Path) -> None:
    import onnxruntime

    file = tmp_path / "x.onnx"
    file.write_bytes(onnx_bytes(INPUTS, OUTPUTS))
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    header = read_onnx_header(file)
    for theirs, ours in (
        (session.get_inputs(), header.inputs),
        (session.get_outputs(), header.outputs),
    ):
        assert {one.name: tuple(one.shape) for one in theirs} == {
            name: port.shape for name, port in ours.items()
        }


def test_a_graph_that_fits_has_no_differences(tmp_path: Path) -> None:
    assert differences(tmp_path, wanted()) == []


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        (
            {"inputs": {"sound": ("float32", ("b", 80, "t")), "length": ("int64", ("b",))}},
            "there is no input audio",
        ),
        (
            {"inputs": {**INPUTS, "audio": ("int64", ("b", 80, "t"))}},
            "input audio is int64 [b, 80, t]",
        ),
        (
            {"inputs": {**INPUTS, "audio": ("float32", ("b", 128, "t"))}},
            "input audio is float32 [b, 128, t]",
        ),
        (
            {"inputs": {**INPUTS, "audio": ("float32", ("b", 80))}},
            "input audio is float32 [b, 80]",
        ),
        ({"inputs": {**INPUTS, "more": ("bool", ())}}, "there is a further input more"),
        ({"outputs": {"logits": ("float32", ("b", 80, "t"))}}, "there is no output scores"),
    ],
)
def test_a_graph_that_does_not_fit_says_where(
    tmp_path: Path, changes: dict[str, object], difference: str
) -> None:
    assert difference in differences(tmp_path, wanted(), **changes)


def test_states_may_come_beside_what_is_named(tmp_path: Path) -> None:
    more = {**INPUTS, "state_0": ("float32", (1, 2))}
    assert differences(tmp_path, wanted(states=True), inputs=more) == []


@pytest.mark.parametrize(
    "content", [b"", b"GGUF", b"\x00", bytes(100), b"\xff" * 100, b"PK\x03\x04"]
)
def test_something_else_is_not_taken_for_a_graph(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.onnx"
    file.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read_onnx_header(file)
    assert caught.value.code == "model_corrupt"


@settings(deadline=None)
@given(st.integers(0, 400), st.binary(max_size=40))
def test_a_damaged_graph_is_read_or_refused_but_never_crashes(cut: int, rest: bytes) -> None:
    import tempfile

    whole = onnx_bytes(INPUTS, OUTPUTS, metadata={"a": "b"})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "x.onnx")
        file.write_bytes(whole[:cut] + rest)
        try:
            read_onnx_header(file)
        except ModelError as error:
            assert error.code == "model_corrupt"  # noqa: PT017  both outcomes are right


def test_a_graph_newer_than_the_runtime_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.onnx"
    file.write_bytes(onnx_bytes(INPUTS, OUTPUTS))  # IR version 8, opset 17
    for limits, reason in (
        (RuntimeLimits("1.2", 8, 17), ""),
        (
            RuntimeLimits("1.2", 7, 17),
            "is written in IR version 8; the ONNX Runtime 1.2 here reads up to 7",
        ),
        (RuntimeLimits("1.2", 8, 16), "needs opset 17; the ONNX Runtime 1.2 here reads up to 16"),
    ):
        check = check_onnx(file, wanted(), limits)
        assert check.ok is (not reason)
        assert check.detail == reason or not reason


# --- weights ---------------------------------------------------------------------------------------------


def tensor(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(protobuf.written(1, length) for length in values.shape)
    kind = protobuf.written(2, {"float32": 1, "int64": 7}[values.dtype.name])
    return dims + kind + protobuf.written(8, name) + protobuf.written(9, values.tobytes())


def a_node(operator: str, given: str, made: str, attribute: bytes = b"") -> bytes:
    ports = protobuf.written(1, given) + protobuf.written(2, made) + protobuf.written(4, operator)
    return ports + (protobuf.written(5, attribute) if attribute else b"")


def test_weights_are_found_in_branches_and_constants_too(tmp_path: Path) -> None:
    """An audio core keeps its roles in branches; some exporters write weights as constants."""
    inner = np.arange(6, dtype=np.float32).reshape(2, 3)
    constant = np.array([1.0, np.nan], np.float32)
    branch = protobuf.written(1, a_node("MatMul", "x", "y")) + protobuf.written(
        5, tensor("inner", inner)
    )
    graph = protobuf.written(1, a_node("If", "wanted", "y", protobuf.written(6, branch)))
    graph += protobuf.written(
        1, a_node("Constant", "", "fixed", protobuf.written(5, tensor("", constant)))
    )
    file = tmp_path / "x.onnx"
    file.write_bytes(protobuf.written(1, 8) + protobuf.written(7, graph))
    contents = read_contents(file)
    assert dict(contents.operators) == {"If": 1, "Constant": 1, "MatMul": 1}
    assert {name: weight.shape for name, weight in contents.weights.items()} == {
        "inner": (2, 3),
        "fixed": (2,),
    }
    read = numbers(file, contents.weights["inner"])
    assert read is not None
    assert read.tolist() == inner.tolist()
    assert list(spoilt_weights(file, contents)) == [("fixed", 1)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 2**63) | st.binary(max_size=300))))
def test_what_is_written_is_read_again(message: list[tuple[int, int | bytes]]) -> None:
    raw = b"".join(protobuf.written(number, value) for number, value in message)
    read = [
        (number, value if isinstance(value, int) else bytes(value))
        for number, value in protobuf.fields(memoryview(raw))
    ]
    assert read == message
