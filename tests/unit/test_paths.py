"""Everything is found in a checkout, in a wheel and in a frozen bundle."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant import paths
from assistant.errors import AssistantError


def install(root: Path, below: str) -> Path:
    """Lay out ``config`` and ``models`` below a folder, and return that folder."""
    folder = root / below
    for name in ("config/sarai.yaml", "models/catalogue.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    return folder


def pretend_installed(monkeypatch: pytest.MonkeyPatch, package: Path) -> None:
    package.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))


def test_a_checkout_has_config_and_models_beside_the_package() -> None:
    root = Path(paths.__file__).resolve().parents[1]
    assert paths.packaged_config() == root / "config"
    assert paths.packaged_models() == root / "models"
    assert paths.packaged_settings_file().is_file()


def test_a_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_installed(monkeypatch, tmp_path / "site-packages" / "assistant")
    inside = install(tmp_path, "site-packages/assistant/_data")
    assert paths.packaged_config() == inside / "config"
    assert paths.packaged_models() == inside / "models"


def test_a_wheel_is_not_confused_by_a_config_folder_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_installed(monkeypatch, tmp_path / "site-packages" / "assistant")
    install(tmp_path, "site-packages")
    inside = install(tmp_path, "site-packages/assistant/_data")
    assert paths.packaged_config() == inside / "config"


@pytest.mark.parametrize("below", ["assistant/_data", "."])
def test_a_frozen_bundle_carries_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    pretend_installed(monkeypatch, tmp_path / "elsewhere")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    inside = install(tmp_path / "bundle", below)
    assert paths.packaged_models() == inside / "models"


def test_an_installation_without_them_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_installed(monkeypatch, tmp_path / "assistant")
    with pytest.raises(AssistantError, match="missing from its installation") as caught:
        paths.packaged_config()
    assert caught.value.code == "installation_incomplete"


def test_one_variable_moves_all_that_is_the_persons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    folders = [paths.config_dir(), paths.data_dir(), paths.cache_dir(), paths.log_dir()]
    assert [folder.parent for folder in folders] == [tmp_path] * 4
    assert len(set(folders)) == 4
    assert paths.user_settings_file() == tmp_path / "config" / "sarai.yaml"
    assert not any(folder.exists() for folder in folders)


def test_a_relative_home_means_the_same_after_a_change_of_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SARAI_HOME", "here")
    assert paths.data_dir() == tmp_path / "here" / "data"


def test_without_the_variable_the_systems_folders_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SARAI_HOME", raising=False)
    for folder in (paths.config_dir(), paths.data_dir(), paths.cache_dir(), paths.log_dir()):
        assert folder.is_absolute()
        assert "sarai" in folder.parts


def test_only_the_known_relative_name_falls_back_to_the_packaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths.find_settings_file(Path("config/sarai.yaml")) == paths.packaged_settings_file()
    assert paths.find_settings_file(Path("other.yaml")) == Path("other.yaml")
    install(tmp_path, ".")
    assert paths.find_settings_file(Path("config/sarai.yaml")) == Path("config/sarai.yaml")
