"""Replicas: built like the real files, marked, used only when asked for, never taken for a real model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.catalog import replicas
from assistant.catalog.catalog import Catalog, CatalogEntry
from assistant.catalog.onnx_header import read_onnx_header, signature_differences
from assistant.catalog.seals import sealed_paths
from assistant.downloads.progress import PullProgress
from assistant.engines.base import CancelToken, ChatMessage, GenerationDone, ToolSpec
from assistant.engines.chat_template import ChatTemplate
from assistant.engines.gguf_check import read_gguf_header
from assistant.engines.llama import LlamaThinker
from assistant.engines.onnx_asr import OnnxAsrRecognizer
from assistant.errors import ModelError
from assistant.replicas import fastconformer
from assistant.replicas.build import build, known_replicas, remove
from assistant.replicas.lfm2 import Lfm2, write_lfm2
from assistant.replicas.lfm2_text import VOCABULARY, chat_template, vocabulary
from assistant.replicas.onnx_file import GraphFile

CATALOG = Catalog.load()
WORDS = ["timer", "time", "the", "moon", "minutes", "it", "is"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    monkeypatch.delenv(replicas.VARIABLE, raising=False)
    return tmp_path


def piper() -> CatalogEntry:
    """The smallest replica."""
    return CATALOG.entry("piper-en-norman")


def built(name: str = "piper-en-norman") -> list[PullProgress]:
    reports: list[PullProgress] = []
    build(name, CATALOG, reports.append)
    return reports


# --- the rule -----------------------------------------------------------------------------------------


def test_without_the_variable_a_built_replica_serves_nothing() -> None:
    built()
    with pytest.raises(ModelError) as caught:
        sealed_paths(piper())
    assert caught.value.code == "model_missing"


def test_with_the_variable_the_replica_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    monkeypatch.setenv(replicas.VARIABLE, "1")
    found = sealed_paths(piper())
    assert set(found) == {file.name for file in piper().files}
    assert all(replicas.FOLDER in path.parts for path in found.values())


def test_with_the_variable_a_real_model_never_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in piper().files:
        path = piper().path_of(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setenv(replicas.VARIABLE, "1")
    with pytest.raises(ModelError) as caught:
        sealed_paths(piper())
    assert caught.value.code == "replica_missing"
    assert "models replica" in caught.value.hint


def test_models_that_come_with_the_program_have_no_replica(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(replicas.VARIABLE, "1")
    starter = CATALOG.entry("sarai-starter")
    assert not replicas.stands_in(starter)
    assert sealed_paths(starter) == starter.resolve()


def test_a_replica_in_the_folder_of_the_real_model_is_refused() -> None:
    built()
    source, target = replicas.folder_of(piper()), piper().folder
    target.parent.mkdir(parents=True)
    source.replace(target)
    for file in piper().files:  # of the right size, so that only the content tells
        with piper().path_of(file).open("r+b") as opened:
            opened.truncate(file.bytes)
    with pytest.raises(ModelError) as caught:
        sealed_paths(piper())
    assert caught.value.code == "model_corrupt"


def test_a_model_without_the_mark_is_no_replica_whatever_the_record_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built()
    monkeypatch.setenv(replicas.VARIABLE, "1")
    path = next(path for path in sealed_paths(piper()).values() if path.suffix == ".onnx")
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    replicas.write_record(piper(), replicas.folder_of(piper()))
    assert not replicas.is_built(piper())
    with pytest.raises(ModelError) as caught:
        sealed_paths(piper())
    assert caught.value.code == "model_corrupt"


def test_what_another_version_of_the_builders_left_is_built_anew() -> None:
    built()
    record = replicas.folder_of(piper()) / replicas.RECORD_NAME
    facts = json.loads(record.read_text())
    record.write_text(json.dumps({**facts, "builder": replicas.BUILDER - 1}))
    assert build("piper-en-norman", CATALOG, lambda _: None) == ["piper-en-norman"]


# --- building -----------------------------------------------------------------------------------------


def test_building_tells_how_far_it_is_and_leaves_nothing_half(home: Path) -> None:
    reports = built()
    assert {report.stage for report in reports} == {"building", "done"}
    assert reports[-1].done_bytes == reports[-1].total_bytes > 60_000_000
    assert [path.name for path in (home / "cache" / replicas.FOLDER).iterdir()] == [piper().id]
    assert build("piper-en-norman", CATALOG, lambda _: None) == []


def test_a_build_that_fails_leaves_no_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_is_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assistant.replicas.piper.write_piper", disk_is_full)
    with pytest.raises(ModelError) as caught:
        built()
    assert caught.value.code == "replica_failed"
    assert list((home / "cache" / replicas.FOLDER).iterdir()) == []


def test_removing_takes_the_replica_away() -> None:
    built()
    assert remove("piper-en-norman", CATALOG) == ["piper-en-norman"]
    assert not replicas.is_built(piper())


def test_a_model_of_which_there_is_no_replica_says_so() -> None:
    with pytest.raises(ModelError) as caught:
        build("kokoro", CATALOG, lambda _: None)
    assert caught.value.code == "replica_unknown"


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.replicas.build.PACKAGES", ("gguf", "no_such_library"))
    with pytest.raises(ModelError) as caught:
        built()
    assert caught.value.code == "replica_tools_missing"
    assert "no_such_library" in caught.value.message


def test_every_set_on_offer_has_its_replicas() -> None:
    wanted = {entry.id for name in CATALOG.sets for entry in CATALOG.chosen(name)}
    shipped = {entry.id for entry in CATALOG.entries.values() if not entry.is_downloaded}
    assert wanted - shipped <= known_replicas()


# --- the files ----------------------------------------------------------------------------------------


def test_a_piper_replica_is_as_large_as_the_real_voice_and_has_its_ports() -> None:
    built()
    path = next(replicas.folder_of(piper()).rglob("*.onnx"))
    (real,) = (file.bytes for file in piper().files if file.name == path.name)
    assert real is not None
    assert abs(path.stat().st_size / real - 1) < 0.02
    header = read_onnx_header(path)
    assert set(header.inputs) == {"input", "input_lengths", "scales"}
    assert header.metadata[replicas.ONNX_MARK] == "true"


def test_pocket_tts_is_built_true_to_the_catalogue() -> None:
    entry = CATALOG.entry("pocket-tts-en")
    built(entry.id)
    folder = replicas.folder_of(entry)
    sizes = {file.name: (folder / file.path).stat().st_size for file in entry.files}
    for file in entry.files:
        if file.name.endswith((".onnx", ".safetensors", ".npy")):
            assert file.bytes is not None
            assert abs(sizes[file.name] / file.bytes - 1) < 0.02, file.name
    for name, graph in entry.signature.graphs.items():
        assert signature_differences(read_onnx_header(folder / name), graph) == []
    bundle = json.loads((folder / "bundle.json").read_text())
    assert len(bundle["flow_lm_state_manifest"]) == 18
    assert len(bundle["mimi_state_manifest"]) == 56


def test_a_recogniser_of_two_layers_goes_through_the_real_engine(tmp_path: Path) -> None:
    path = tmp_path / "model.int8.onnx"
    fastconformer.write_fastconformer(path, lambda _: None, layers=2)
    fastconformer.write_vocabulary(tmp_path / "vocab.txt", WORDS)
    wanted = CATALOG.entry("parakeet-110m-en").signature.graphs["model.int8.onnx"]
    assert signature_differences(read_onnx_header(path), wanted) == []
    engine = OnnxAsrRecognizer(tmp_path)
    stream = engine.open()
    stream.feed(np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32))
    assert stream.finish().text  # a turn of a replica must begin, whatever it says
    engine.close()


def test_frames_behind_the_end_of_the_audio_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    fastconformer.write_fastconformer(path, lambda _: None, layers=2)
    session = onnxruntime.InferenceSession(path)
    audio = np.random.default_rng(0).normal(0, 1, (1, 80, 160)).astype(np.float32)
    louder = audio.copy()
    louder[:, :, 120:] *= 1.5  # well behind the 80 frames that count
    length = np.array([80], np.int64)
    first, second = (
        session.run(None, {"audio_signal": one, "length": length})[0] for one in (audio, louder)
    )
    assert first.shape == (1, 20, 1025)
    np.testing.assert_allclose(np.exp(first).sum(-1), 1, rtol=1e-4)
    assert (
        np.abs(first[:, :8] - second[:, :8]).max() < 0.2
    )  # 8-bit steps move with the loudest value


def test_a_small_lfm2_of_the_same_builder_is_loaded_by_llama_cpp(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_lfm2(path, Lfm2(512, 512, "Q4_K_M", "lfm2.5", layers=3), WORDS, lambda _: None)
    header = read_gguf_header(path)
    assert header.architecture == "lfm2"
    assert header.metadata[replicas.GGUF_MARK] in (True, 1)
    assert header.metadata["lfm2.attention.head_count_kv"] == [0, 0, 8]
    thinker = LlamaThinker(path, context_tokens=256, threads=1)
    thinker.start([ChatMessage("system", "the time is it")], [])
    done = list(
        thinker.reply([ChatMessage("user", "the moon")], cancel=CancelToken(), max_tokens=8)
    )[-1]
    assert isinstance(done, GenerationDone)
    assert done.generated_tokens > 0
    thinker.close()


def test_the_vocabulary_has_the_real_size_and_finds_words_whole() -> None:
    tokens, merges = vocabulary(WORDS)
    assert len(tokens) == len(set(tokens)) == VOCABULARY
    assert tokens[6:8] == ["<|im_start|>", "<|im_end|>"]
    assert "\u0120timer" in tokens
    assert len(merges) == len(set(merges))


@pytest.mark.parametrize(
    ("dialect", "list_marks", "wraps"), [("lfm2", True, True), ("lfm2.5", False, False)]
)
def test_each_template_writes_tools_in_its_own_dialect(
    dialect: str, list_marks: bool, wraps: bool
) -> None:
    template = ChatTemplate(
        chat_template(dialect),  # type: ignore[arg-type]
        bos="<|startoftext|>",
        eos="<|im_end|>",
        control_texts=(),
    )
    clock = ToolSpec("clock", "Tells the time.", {"type": "object", "properties": {}})
    text = template.render(
        [
            ChatMessage("system", "Be brief."),
            ChatMessage("user", "hello"),
            ChatMessage("assistant", "<think>hm</think>hi"),
            ChatMessage("tool", "{}"),
        ],
        [clock],
        add_generation_prompt=True,
    )
    assert text.startswith("<|startoftext|><|im_start|>system\nBe brief.\nList of tools: ")
    assert ("<|tool_list_start|>[" in text) is list_marks
    assert ("<|tool_response_start|>{}" in text) is wraps
    assert ("<think>" in text) is (dialect == "lfm2")
    assert text.endswith("<|im_start|>assistant\n")


@settings(max_examples=25, deadline=None)
@given(
    rows=st.integers(1, 5),
    inside=st.integers(1, 40),
    outside=st.integers(1, 40),
    kind=st.sampled_from(["uint8", "int8", None]),
)
def test_any_product_is_loaded_and_keeps_the_size_of_what_it_multiplies(
    tmp_path_factory: pytest.TempPathFactory, rows: int, inside: int, outside: int, kind: str | None
) -> None:
    path = tmp_path_factory.mktemp("product") / "model.onnx"
    graph = GraphFile(kind)  # type: ignore[arg-type]
    graph.input("x", "float32", [1, "rows", inside])
    graph.output("y", "float32", [1, "rows", outside], graph.linear("x", inside, outside))
    counted: list[int] = []
    graph.save(path, counted.append)
    assert sum(counted) == inside * outside * (4 if kind is None else 1) + outside * 4
    onnx.checker.check_model(str(path))
    x = np.random.default_rng(0).standard_normal((1, rows, inside)).astype(np.float32)
    (y,) = onnxruntime.InferenceSession(path).run(None, {"x": x})
    assert y.shape == (1, rows, outside)
    assert np.isfinite(y).all()
    assert np.abs(y).max() < 15
