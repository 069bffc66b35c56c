"""The catalogue: what it refuses, where it finds files, and what it says of damaged ones."""

from __future__ import annotations

import hashlib
import importlib.util
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import paths
from assistant.catalog.catalog import Catalog, CatalogEntry
from assistant.catalog.verify import check_files, verify_set
from assistant.errors import ModelError
from assistant.settings import Settings
from tests.fakes.tiny_gguf import write_gguf


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the one for shipped models."""
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path)
    return tmp_path


def pinned(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def entry(*files: dict[str, Any], **changes: Any) -> CatalogEntry:
    record: dict[str, Any] = {
        "id": "test-model",
        "role": "thinker",
        "engine": "llama_cpp",
        "title": "A test",
        "languages": ["en"],
        "licence": "MIT",
        "restricts_commercial_use": False,
        "source": "made by this test",
        "files": list(files),
    }
    return CatalogEntry.model_validate({**record, **changes})


def verdicts(checked: CatalogEntry) -> list[str]:
    return [f"{check.name}: {check.detail}" for check in check_files(checked) if not check.ok]


def shipped() -> list[CatalogEntry]:
    return [found for found in Catalog.load().entries.values() if not found.is_downloaded]


# --- the file that ships ----------------------------------------------------------------------------


def test_every_model_of_the_settings_is_in_the_catalogue_in_the_same_role() -> None:
    catalog = Catalog.load()
    for model in Settings().models.values():
        found = catalog.entry(model.catalogue)
        assert (found.role, found.engine) == (model.role, model.engine)


def test_every_file_of_an_installed_package_is_here_as_pinned() -> None:
    ours = ("file sarai-starter.gguf", "file mixed.lm.bin", "file domain.lm.bin", "file words.dict")
    for found in shipped():
        wrong = [check for check in check_files(found) if not check.ok]
        assert [check for check in wrong if check.name not in ours] == []


@pytest.mark.weights
def test_every_file_that_is_ours_is_here_as_pinned() -> None:
    assert [text for found in shipped() for text in verdicts(found)] == []


def test_an_unknown_model_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ModelError, match=r"did you mean 'sarai-starter'") as caught:
        Catalog.load().entry("sarai-startr")
    assert caught.value.code == "model_unknown"


# --- mistakes in a catalogue ------------------------------------------------------------------------


def catalogue_text(**changes: Any) -> str:
    record = entry({"path": "a/b.bin"}).model_dump(mode="json", exclude={"id", "signature"})
    models = {"test-model": {**record, **changes}}
    return yaml.safe_dump({"schema_version": 1, "models": models})


HUB = {"kind": "hub", "repository": "someone/something", "revision": "0" * 40}
PIN = {"bytes": 1, "sha256": "0" * 64}
A_SET = {"title": "T", "summary": "S", "stt": "ear", "thinker": "brain", "tts": "mouth"}


def sets_text(**changes: Any) -> str:
    """A catalogue with one set of three models to download; ``changes`` are to the model `brain`."""
    models = {}
    for name, role in (("ear", "stt"), ("brain", "thinker"), ("mouth", "tts")):
        file = {"path": f"{name}.bin", **PIN}
        record = entry(file, id=name, role=role, origin=HUB)
        models[name] = record.model_dump(mode="json", exclude={"id", "signature"})
    models["brain"].update(changes)
    return yaml.safe_dump({"schema_version": 1, "models": models, "sets": {"good": A_SET}})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (catalogue_text(role="singer"), "test-model.role: Input should be"),
        (catalogue_text(colour="red"), "test-model.colour: Extra inputs"),
        (catalogue_text(files=[]), "test-model.files"),
        (catalogue_text(files=[{"path": "../x"}]), "must be a relative path"),
        (catalogue_text(files=[{"path": "/x"}]), "must be a relative path"),
        (catalogue_text(files=[{"path": "a/x"}, {"path": "b/x"}]), "two files are called x"),
        (catalogue_text(files=[{"path": "x", "sha256": "12"}]), "sha256"),
        (catalogue_text(files=[{"path": "x", "bytes": -1}]), "bytes"),
        (catalogue_text(files=[{"path": "x", "remote": "../y"}]), "must be a relative path"),
        (catalogue_text(files=[{"path": "C:x"}]), "must be a relative path"),
        (catalogue_text(origin=HUB), "no pin for b.bin"),
        (catalogue_text(origin=HUB, files=[{"path": "x", "bytes": 1}]), "no pin for x"),
        (
            catalogue_text(origin=HUB, files=[{"path": "x", **PIN}], not_pinned_because="why"),
            "everything is pinned",
        ),
        (catalogue_text(origin={**HUB, "revision": "main"}), "revision"),
        (catalogue_text(origin={**HUB, "repository": "a/b/c"}), "repository"),
        (catalogue_text(origin={"kind": "web", "base": "http://example.org/x"}), "base"),
        (
            catalogue_text(
                origin={"kind": "archive", "url": "https://example.org/x.tar", "bytes": None}
            ),
            "sha256",
        ),
        (catalogue_text(files=[{"path": "x", "origin": HUB}]), "but the model has none"),
        (catalogue_text(origin=HUB, files=[{"path": "x", "package": "numpy"}]), "not both"),
        (
            catalogue_text(signature={"graphs": {"y": {"inputs": {}, "outputs": {}}}}),
            "names files that are not there: y",
        ),
        (sets_text(role="stt"), "good: brain is for stt, not for thinker"),
        (
            sets_text(files=[{"path": "x"}], not_pinned_because="nobody quotes it"),
            "good: brain is not pinned and could not be downloaded",
        ),
        (
            sets_text().replace("thinker: brain", "thinker: brian"),
            "good: there is no model 'brian' (did you mean 'brain'?)",
        ),
        ("schema_version: 1\nmodels: {a: 3}", "a: Input should be"),
        ("schema_version: 1\nmodels: {}", "has no models"),
        ("schema_version: 2\nmodels: {}", "schema_version must be 1"),
        ("schema_version: 1\nextra: 1", "unknown key extra"),
        ("schema_version: 1\nmodels: {a: 1, a: 2}", "is written twice"),
        ("models: [", "is not valid YAML"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_the_place(
    tmp_path: Path, text: str, wanted: str
) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        Catalog.load(file)
    assert caught.value.code == "catalogue_invalid"
    assert wanted in caught.value.message
    assert str(file) in caught.value.message


def test_a_right_catalogue_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(catalogue_text(), encoding="utf-8")
    assert Catalog.load(file).entry("test-model").files[0].name == "b.bin"
    file.write_text(sets_text(), encoding="utf-8")
    assert [model.id for model in Catalog.load(file).chosen("good")] == ["ear", "brain", "mouth"]
    assert [model.id for model in Catalog.load(file).chosen("ear")] == ["ear"]


def test_a_name_that_is_neither_set_nor_model_is_refused_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="did you mean 'standard'") as caught:
        Catalog.load().chosen("standart")
    assert caught.value.code == "model_unknown"


def test_every_set_on_offer_is_complete_and_speaks_one_language_throughout() -> None:
    catalog = Catalog.load()
    for offered in catalog.sets.values():
        languages = [set(model.languages) for model in catalog.chosen(offered.id)]
        assert set.intersection(*languages), offered.id
        assert offered.id.endswith("-es") == ("es" in set.intersection(*languages))


def test_every_licence_that_restricts_says_how() -> None:
    for model in Catalog.load().entries.values():
        assert bool(model.licence_note) == model.restricts_commercial_use, model.id


def test_a_downloaded_model_is_pinned_or_says_why_not() -> None:
    unpinned = {
        model.id: model.not_pinned_because
        for model in Catalog.load().entries.values()
        if model.is_downloaded and not model.is_pinned
    }
    assert unpinned.keys() == {"pocket-tts-es", "smart-turn"}
    assert all(unpinned.values())


def test_no_two_models_give_one_hash_two_sizes() -> None:
    sizes: dict[str, int] = {}
    for model in Catalog.load().entries.values():
        for file in model.files:
            if file.sha256 is not None and file.bytes is not None:
                assert sizes.setdefault(file.sha256, file.bytes) == file.bytes, file.path


def test_replica_figures_name_the_replica() -> None:
    for model in Catalog.load().entries.values():
        for figure in (*model.speed, *model.quality):
            assert figure.replica == ("replica" in figure.source), (model.id, figure.measure)


# --- where files are --------------------------------------------------------------------------------


def test_shipped_and_packaged_files_are_found_by_name(models: Path) -> None:
    (models / "own").mkdir()
    (models / "own" / "a.bin").write_bytes(b"a")
    found = entry({"path": "own/a.bin"}, {"path": "version.py", "package": "numpy"}).resolve()
    assert found["a.bin"] == models / "own" / "a.bin"
    assert found["version.py"].parent.name == "numpy"


def test_a_downloaded_model_lies_in_the_persons_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    hub = entry({"path": "x.gguf", **PIN}, origin=HUB)
    assert hub.paths()["x.gguf"] == tmp_path / "data" / "models" / "test-model" / "x.gguf"
    with pytest.raises(ModelError, match=r"x\.gguf missing") as caught:
        hub.resolve()
    assert "pull test-model" in caught.value.hint


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ({"path": "x.bin"}, "Install the program again"),
        ({"path": "x.bin", "package": "numpy"}, "Install numpy again"),
        ({"path": "x.bin", "package": "no_such_package"}, "Install no_such_package again"),
    ],
)
def test_a_missing_file_says_what_to_do(models: Path, file: dict[str, Any], hint: str) -> None:
    assert not (models / "x.bin").exists()
    with pytest.raises(ModelError, match=r"test-model is not here: x\.bin missing") as caught:
        entry(file).resolve()
    assert caught.value.code == "model_missing"
    assert caught.value.hint.startswith(hint)


def test_half_a_file_is_never_given_to_an_engine(models: Path) -> None:
    (models / "x.bin").write_bytes(b"abc")
    with pytest.raises(ModelError, match=r"x\.bin has 3 bytes instead of 6") as caught:
        entry({"path": "x.bin", "bytes": 6}).resolve()
    assert caught.value.code == "model_corrupt"


# --- what is inside them ----------------------------------------------------------------------------


def test_a_file_as_pinned_passes(models: Path) -> None:
    (models / "x.bin").write_bytes(b"abcdef")
    assert verdicts(entry({"path": "x.bin", **pinned(models / "x.bin")})) == []


def test_a_file_without_a_pin_is_refused(models: Path) -> None:
    (models / "x.bin").write_bytes(b"abcdef")
    assert verdicts(entry({"path": "x.bin"})) == [
        "file x.bin: its size and sha256 are not pinned in the catalogue"
    ]


def test_one_flipped_bit_is_found(models: Path) -> None:
    file = models / "x.bin"
    file.write_bytes(b"abcdef")
    pins = pinned(file)
    file.write_bytes(b"abcdeg")
    (text,) = verdicts(entry({"path": "x.bin", **pins}))
    assert text.startswith("file x.bin: its sha256 is ")


def test_missing_and_cut_off_files_are_found(models: Path) -> None:
    (models / "x.bin").write_bytes(b"abc")
    pins = {**pinned(models / "x.bin"), "bytes": 6}
    assert verdicts(entry({"path": "x.bin", **pins}, {"path": "y.bin", **pins})) == [
        "file x.bin: has 3 bytes instead of 6",
        "file y.bin: is missing",
    ]


def test_a_text_may_have_the_line_ends_of_another_system(models: Path) -> None:
    file = models / "x.dict"
    file.write_bytes(b"a b\nc d\n")
    pins = pinned(file)
    file.write_bytes(b"a b\r\nc d\r\n")
    text = entry({"path": "x.dict", "text": True, **pins})
    assert verdicts(text) == []
    assert text.resolve() == {"x.dict": file}
    assert verdicts(entry({"path": "x.dict", **pins})) != []


def gguf_entry(file: Path, **signature: Any) -> CatalogEntry:
    return entry({"path": file.name, **pinned(file)}, signature=signature or {})


def test_a_real_gguf_header_passes(models: Path) -> None:
    file = write_gguf(models / "m.gguf")
    assert verdicts(gguf_entry(file, architecture="lfm2")) == []


def test_a_gguf_of_another_architecture_is_an_impostor(models: Path) -> None:
    file = write_gguf(models / "m.gguf", architecture="llama")
    assert verdicts(gguf_entry(file, architecture="lfm2")) == [
        "gguf header: its architecture is llama, not lfm2"
    ]


def test_a_gguf_without_a_chat_template_is_refused(models: Path) -> None:
    file = write_gguf(models / "m.gguf", template=None)
    assert verdicts(gguf_entry(file)) == ["gguf header: it has no chat template"]


def test_a_gguf_without_an_end_token_is_refused(models: Path) -> None:
    file = write_gguf(models / "m.gguf")
    key = b"tokenizer.ggml.eos_token_id" + struct.pack("<I", 4)
    content = file.read_bytes()
    at = content.index(key) + len(key)
    file.write_bytes(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])
    assert verdicts(gguf_entry(file)) == ["gguf header: it names no end token"]


@pytest.mark.parametrize("keep", [0, 3, 20, 2000, -1])
def test_a_gguf_that_was_pinned_cut_off_is_still_refused(models: Path, keep: int) -> None:
    file = write_gguf(models / "m.gguf")
    file.write_bytes(file.read_bytes()[:keep])
    (text,) = verdicts(gguf_entry(file))
    assert text.startswith("gguf header: ")


def test_any_bytes_called_gguf_are_refused(models: Path) -> None:
    file = models / "m.gguf"
    file.write_bytes(b"<html>Not found</html>" * 10)
    (text,) = verdicts(gguf_entry(file))
    assert "not a GGUF file" in text


def test_a_model_with_wrong_files_is_never_loaded(models: Path) -> None:
    (models / "x.gguf").write_bytes(b"not it")
    catalog = Catalog(
        {model.catalogue: entry({"path": "x.gguf"}) for model in Settings().models.values()}
    )

    def open_engine(name: str) -> Any:
        raise AssertionError(f"{name} was loaded")

    reports = verify_set(Settings(), catalog, open_engine)
    assert [report.role for report in reports] == ["stt", "thinker", "tts"]
    assert not any(report.ok for report in reports)


def test_a_model_the_catalogue_does_not_know_is_reported(models: Path) -> None:
    assert models.is_dir()
    (first, *_) = verify_set(Settings(), Catalog({}))
    assert not first.ok
    assert "no model 'pocketsphinx-mixed'" in first.checks[0].detail


# --- writing the pins -------------------------------------------------------------------------------


def load_pin_script() -> Any:
    path = Path(__file__).parents[2] / "models" / "catalogue_pin.py"
    spec = importlib.util.spec_from_file_location("catalogue_pin", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def test_pinning_writes_only_the_pins_and_keeps_comments(models: Path) -> None:
    (models / "x.bin").write_bytes(b"abcdef")
    file = models / "catalogue.yaml"
    head, _, _ = catalogue_text().partition("    files:")
    body = (
        "    files:\n    - path: x.bin\n      bytes: null\n      sha256: null\n    - path: y.bin\n"
    )
    file.write_text(f"# kept\n{yaml_with_files(head, body)}", encoding="utf-8")
    changed, absent = load_pin_script().pin(file, packages=False, write=True)
    assert len(changed) == 1
    assert absent == ["test-model: y.bin"]
    written = file.read_text(encoding="utf-8")
    assert written.startswith("# kept\n")
    found = Catalog.load(file).entry("test-model").files[0]
    assert {"bytes": found.bytes, "sha256": found.sha256} == pinned(models / "x.bin")
    assert load_pin_script().pin(file, packages=False, write=True) == ([], absent)


def yaml_with_files(head: str, body: str) -> str:
    rest = yaml.safe_load(head)["models"]["test-model"]
    rest = {
        **entry({"path": "a"}).model_dump(mode="json", exclude={"id", "signature", "files"}),
        **rest,
    }
    text = yaml.safe_dump({"schema_version": 1, "models": {"test-model": rest}}, sort_keys=False)
    return text + body
