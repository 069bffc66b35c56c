"""Models in folders and on the hub: what is fetched, and how each kind of trouble is said."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from assistant.downloads import transfer
from assistant.errors import ModelError
from assistant.export.hub import open_source
from assistant.export.sources import CONFIG, INDEX, Source, check_class, local
from assistant.export.talker_projection import export_talker_projection
from assistant.settings.downloads import DownloadSettings
from tests.export.conftest import Command
from tests.export.test_talker_projection import tensors
from tests.fakes.model_server import Corrupt, ModelServer, Status, loopback

__all__ = ["loopback"]  # a fixture

NAME = "someone/omni"
RIGHT, OTHER = "model-00002-of-00002.safetensors", "model-00001-of-00002.safetensors"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, loopback: None) -> Iterator[ModelServer]:
    monkeypatch.setattr(transfer, "FIRST_PAUSE_S", 0.0)
    with ModelServer() as server:
        yield server


def in_git(server: ModelServer, name: str, content: bytes, revision: str = "main") -> None:
    server.files[f"/{NAME}/raw/{revision}/{name}"] = content


def large(server: ModelServer, name: str, content: bytes, revision: str = "main") -> None:
    """A file as the hub has it: a pointer in git, the content elsewhere."""
    digest = hashlib.sha256(content).hexdigest()
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    )
    in_git(server, name, pointer.encode(), revision)
    server.files[f"/{NAME}/resolve/{revision}/{name}"] = content


def fill(server: ModelServer, revision: str = "main") -> bytes:
    held = tensors(prefix="talker.")
    places = dict.fromkeys(held, RIGHT) | {"thinker.x": OTHER}
    content = save(held)
    in_git(server, INDEX, json.dumps({"weight_map": places}).encode(), revision)
    large(server, RIGHT, content, revision)
    large(server, OTHER, save({"thinker.x": np.zeros(9, np.float32)}), revision)
    return content


def settings(server: ModelServer, **changes: object) -> DownloadSettings:
    return DownloadSettings.model_validate({"hub": server.url, "attempts": 2, **changes})


def opened(server: ModelServer, revision: str = "main", **changes: object) -> Source:
    return open_source(NAME, revision, lambda: settings(server, **changes), lambda _: None)


# --- the hub --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("revision", ["main", "5" * 40])
def test_of_a_repository_only_the_index_and_the_shard_with_the_tensors_are_fetched(
    server: ModelServer, tmp_path: Path, revision: str
) -> None:
    fill(server, revision)
    target = tmp_path / "talker.onnx"
    source = opened(server, revision)
    made = export_talker_projection(source, target, lambda *_: None, any_size=True)
    assert all(check.ok for check in made.checks)
    fetched = {request.path.rpartition("/")[2] for request in server.gets()}
    assert fetched == {INDEX, RIGHT}
    assert any(f"/resolve/{revision}/{RIGHT}" in request.path for request in server.gets())


def test_what_was_fetched_is_not_fetched_again(server: ModelServer) -> None:
    content = fill(server)
    assert opened(server).file(RIGHT).read_bytes() == content
    server.requests.clear()
    assert opened(server).file(RIGHT).read_bytes() == content
    assert server.requests == []


def test_a_large_file_with_other_content_than_its_pointer_says_is_thrown_away(
    server: ModelServer,
) -> None:
    fill(server)
    path = f"/{NAME}/resolve/main/{RIGHT}"
    server.etags[path] = '"unknown"'  # so that only the content can tell
    server.faults[path].append(Corrupt(40))
    with pytest.raises(ModelError) as caught:
        opened(server).file(RIGHT)
    assert caught.value.code == "download_corrupt"
    assert list(opened(server).folder.glob("*")) == []


def test_a_file_the_repository_has_not_is_none_and_asked_for_once(server: ModelServer) -> None:
    source = opened(server)
    assert source.find("vocab.json") is None
    assert source.find("vocab.json") is None
    assert len(server.gets()) == 1
    with pytest.raises(ModelError, match=r"someone/omni has no file config\.json"):
        source.json(CONFIG)


def test_a_repository_that_is_closed_is_said_so(server: ModelServer) -> None:
    server.faults[f"/{NAME}/raw/main/{CONFIG}"].append(Status(401))
    with pytest.raises(ModelError, match=r"does not give out config\.json") as caught:
        opened(server).json(CONFIG)
    assert caught.value.code == "download_refused"


def test_a_server_in_trouble_is_asked_again_and_then_no_more(server: ModelServer) -> None:
    fill(server)
    path = f"/{NAME}/raw/main/{INDEX}"
    server.faults[path].append(Status(503))
    assert opened(server).json(INDEX)["weight_map"]
    in_git(server, "other.json", b"{}")
    server.faults[f"/{NAME}/raw/main/other.json"].extend([Status(503), Status(503)])
    with pytest.raises(ModelError) as caught:
        opened(server).json("other.json")
    assert caught.value.code == "download_failed"


def test_nothing_is_asked_for_when_downloads_are_off(server: ModelServer) -> None:
    with pytest.raises(ModelError) as caught:
        opened(server, allowed=False)
    assert caught.value.code == "downloads_off"
    assert server.requests == []


def test_a_revision_must_be_one(server: ModelServer) -> None:
    with pytest.raises(ModelError) as caught:
        opened(server, "../../x")
    assert caught.value.code == "revision_unusable"


def test_a_folder_here_goes_before_the_hub(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert opened(server).fetch is None
    assert server.requests == []


# --- folders --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"architectures": ["BertModel"]}, "is BertModel by its config.json, not VitsModel"),
        ({"model_type": "llama"}, "is llama by"),
        ({"architectures": "VitsModel"}, "not VitsModel"),
        ({}, "nothing known"),
    ],
)
def test_a_model_of_another_class_is_refused(
    tmp_path: Path, config: dict[str, object], said: str
) -> None:
    source = local(tmp_path)
    with pytest.raises(ModelError, match=said) as caught:
        check_class(source, config, "VitsModel")
    assert (caught.value.code, caught.value.exit_code) == ("model_unfit", 3)


@pytest.mark.parametrize("text", ["", "[1, 2]", "{", "\udcff"])
def test_a_config_that_is_no_json_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / CONFIG).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ModelError) as caught:
        local(tmp_path).json(CONFIG)
    assert caught.value.code == "model_corrupt"


# --- the terminal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["whisper", "bigvgan", "tts-encoder", "talker-projection"])
def test_a_source_that_is_not_there_is_one_sentence(
    assistant: Command, tmp_path: Path, command: str
) -> None:
    target = tmp_path / "out" / "x.onnx"
    result = assistant("export", command, tmp_path / "nowhere", target)
    assert result.code == 3
    assert result.said.startswith("✗ There is no folder")
    assert not target.parent.exists()


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(None, "model_missing", "There is no file"), (b"not onnx", "model_corrupt", "is damaged")],
)
def test_an_onnx_file_that_is_none_is_one_sentence(
    assistant: Command, tmp_path: Path, content: bytes | None, code: str, said: str
) -> None:
    path = tmp_path / "encoder.onnx"
    if content is not None:
        path.write_bytes(content)
    target = tmp_path / "out" / "x.onnx"
    for arguments in (("tts-encoder", path, target), ("chain", target, "--encoder", path)):
        result = assistant("export", *arguments, "--json")
        error = result.json["error"]
        assert isinstance(error, dict)
        assert (result.code, error["code"]) == (3, code)
        assert said in error["message"]
        assert not target.parent.exists()


def test_a_graph_whose_data_file_is_gone_says_which(
    assistant: Command, tmp_path: Path, parts: dict[str, Path]
) -> None:
    import onnx

    path = tmp_path / "talker.onnx"
    onnx.save_model(
        onnx.load(parts["talker"]),
        path,
        save_as_external_data=True,
        location="talker.onnx.data",
        size_threshold=0,
    )
    (tmp_path / "talker.onnx.data").unlink()
    result = assistant("export", "chain", tmp_path / "c.onnx", "--talker", path)
    assert result.code == 3
    assert "keeps its weights in talker.onnx.data, which is not beside it" in result.said


@pytest.mark.parametrize(
    ("command", "lacking"),
    [
        ("whisper", "torch and transformers"),
        ("bigvgan", "torch and transformers"),
        ("tts-encoder", "torch and transformers"),
        ("talker-projection", "onnx"),
    ],
)
def test_a_library_that_is_missing_is_one_sentence_with_what_to_do(
    assistant: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    lacking: str,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in lacking else name)
    (tmp_path / "model").mkdir()
    target = tmp_path / "out" / "x.onnx"
    result = assistant("export", command, tmp_path / "model", target, "--json")
    error = result.json["error"]
    assert isinstance(error, dict)
    assert (result.code, error["code"]) == (3, "export_tools_missing")
    assert f"needs {lacking}, which" in error["message"]
    assert error["hint"] == "Run `pip install 'sarai-assistant[train]'`."
    assert not target.parent.exists()


def test_the_name_to_write_to_must_end_in_onnx(assistant: Command, tmp_path: Path) -> None:
    result = assistant("export", "chain", tmp_path / "chain.bin")
    assert result.code == 2
