"""What `assistant doctor` says about machines and installations, good and bad."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from assistant import paths
from assistant.catalog import doctor
from assistant.catalog.doctor import LIBRARIES, Facts, Finding, built_features, gather, judge
from assistant.errors import SettingsError
from assistant.settings import Settings

GOOD = Facts(
    python=(3, 11, 7),
    cpu_flags=frozenset({"avx", "avx2", "fma", "f16c", "bmi2"}),
    llama_build="CPU : AVX = 1 | AVX2 = 1 | FMA = 1 | F16C = 1 | BMI2 = 1 | REPACK = 1 |",
    llama_failure="",
    memory_available_mb=8000,
    memory_total_mb=16000,
    versions={library.distribution: "1.0" for library in LIBRARIES},
    portaudio="libportaudio.so.2",
    data_dir=Path("data"),
    data_dir_error="",
    disk_free_mb=50_000,
    has_display=True,
)


@pytest.fixture
def no_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the process that tries llama.cpp; `test_this_machine_can_be_looked_at` has it."""
    monkeypatch.setattr(doctor, "_llama_build", lambda: (GOOD.llama_build, ""))


def findings(settings: Settings | SettingsError | None = None, **facts: Any) -> dict[str, Finding]:
    judged = judge(dataclasses.replace(GOOD, **facts), settings or Settings())
    return {finding.name: finding for finding in judged}


def bad(**facts: Any) -> list[tuple[str, str]]:
    """Name and status of all that is not well; each must come with something to do."""
    found = [finding for finding in findings(**facts).values() if finding.status != "ok"]
    assert all(finding.what_to_do for finding in found)
    return [(finding.name, finding.status) for finding in found]


def test_a_good_machine_has_nothing_to_do() -> None:
    assert bad() == []


@pytest.mark.parametrize(
    ("facts", "name", "status"),
    [
        ({"python": (3, 10, 1)}, "python", "fail"),
        ({"memory_available_mb": 1500}, "memory", "warn"),
        ({"portaudio": None}, "PortAudio", "warn"),
        ({"has_display": False}, "display", "warn"),
        ({"data_dir_error": "Permission denied"}, "data folder", "fail"),
        ({"disk_free_mb": 5}, "data folder", "warn"),
        ({"llama_failure": "it was killed by signal 4"}, "llama.cpp on this CPU", "fail"),
        ({"cpu_flags": frozenset({"avx"})}, "llama.cpp on this CPU", "fail"),
        ({"llama_build": "CPU : SSE3 = 1 | AVX = 1 |"}, "llama.cpp on this CPU", "warn"),
    ],
)
def test_each_trouble_is_named_with_its_weight(
    facts: dict[str, Any], name: str, status: str
) -> None:
    assert bad(**facts) == [(name, status)]


def test_a_needed_library_is_a_failure_and_a_window_only_a_warning() -> None:
    present = {k: v for k, v in GOOD.versions.items() if k not in ("soxr", "PySide6-Essentials")}
    assert bad(versions=present) == [("soxr", "fail"), ("PySide6-Essentials", "warn")]


def test_a_build_for_another_cpu_names_what_is_lacking() -> None:
    build = GOOD.llama_build + " AVX512 = 1 | AVX512_VNNI = 1 | CUDA = 0 |"
    found = findings(llama_build=build)["llama.cpp on this CPU"]
    assert found.detail.endswith("this CPU lacks AVX512, AVX512_VNNI")


def test_features_that_are_off_are_not_counted_as_built() -> None:
    assert built_features("CPU : AVX = 1 | AVX2 = 0 | RVV = 1 |") == {"AVX", "RVV"}


def test_off_linux_the_build_is_trusted_because_it_ran() -> None:
    assert findings(cpu_flags=None)["llama.cpp on this CPU"].status == "ok"


def test_wrong_settings_are_shown_as_they_are() -> None:
    error = SettingsError("settings_invalid", "The settings have one problem:\nx", "Correct it.")
    found = findings(error)["settings"]
    assert (found.status, found.detail, found.what_to_do) == ("fail", error.message, error.hint)


def test_this_machine_can_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "not" / "there"))
    facts = gather()
    assert facts.versions["soxr"]
    assert facts.llama_failure == ""
    assert "REPACK" in facts.llama_build
    assert facts.memory_available_mb > 0
    assert facts.data_dir == tmp_path / "not" / "there" / "data"
    assert facts.data_dir_error == ""
    assert not facts.data_dir.exists()


@pytest.mark.usefixtures("no_probe")
def test_a_data_folder_that_is_a_file_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    assert "Not a directory" in gather().data_dir_error


@pytest.mark.usefixtures("no_probe")
def test_each_model_of_the_set_is_looked_for() -> None:
    found = [f for f in doctor.examine(Settings()) if f.name.startswith("model ")]
    assert [f.name for f in found] == [
        "model pocketsphinx-mixed",
        "model sarai-starter",
        "model espeak-ng",
    ]
    assert found[2].status == "ok"
    assert "eSpeak NG" in found[2].detail


@pytest.mark.usefixtures("no_probe")
def test_a_missing_model_is_a_failure_with_a_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (paths.packaged_models() / "catalogue.yaml").read_text(encoding="utf-8")
    (tmp_path / "catalogue.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path)
    found = {f.name: f for f in doctor.examine(Settings(), hashes=True)}
    assert found["model sarai-starter"].status == "fail"
    assert "sarai-starter.gguf missing" in found["model sarai-starter"].detail
    assert found["model sarai-starter"].what_to_do
    assert found["model espeak-ng"].status == "ok"


@pytest.mark.usefixtures("no_probe")
def test_with_hashes_a_changed_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (paths.packaged_models() / "catalogue.yaml").read_text(encoding="utf-8")
    at = text.index("sha256: ", text.index("phontab")) + len("sha256: ")
    (tmp_path / "catalogue.yaml").write_text(text[:at] + "a" * 64 + text[at + 64 :])
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path)
    quick = {f.name: f for f in doctor.examine(Settings())}
    assert quick["model espeak-ng"].status == "ok"
    slow = {f.name: f for f in doctor.examine(Settings(), hashes=True)}
    assert slow["model espeak-ng"].status == "fail"
    assert "phontab: its sha256 is" in slow["model espeak-ng"].detail
