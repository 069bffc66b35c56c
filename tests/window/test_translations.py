"""The window speaks English and Spanish, all of it, and the files say what the code says."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from importlib import util
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from assistant.errors import SettingsError
from assistant.settings import Settings
from ui import translated
from ui.desktop.hotkey import parse_keys
from ui.widgets.form_keys import KeysControl

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "ui" / "translations"
PLACES = re.compile(r"%n|%\d|\{\w*\}")

Text = tuple[str, str]
"""A context and a source text."""


def texts(file: Path) -> dict[Text, list[str]]:
    """The translations (several where there are plurals) of every text in a .ts file; empty if unfinished."""
    found: dict[Text, list[str]] = {}
    for context in ET.parse(file).getroot().iter("context"):  # noqa: S314 - our own file
        for message in context.iter("message"):
            translation = message.find("translation")
            forms = [one.text or "" for one in translation.iter("numerusform")]
            done = translation.get("type") is None
            if translation.get("type") in ("vanished", "obsolete"):
                continue  # kept for the day the text comes back
            said = (forms or [translation.text or ""]) if done else []
            found[context.findtext("name"), message.findtext("source")] = said
    return found


@pytest.fixture(scope="module")
def tool():
    """`packaging/translate.py`, which is no package."""
    spec = util.spec_from_file_location("translate", ROOT / "packaging" / "translate.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def brought_up_to_date(tool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the .ts files, as `make translate` would leave them now."""
    folder = tmp_path_factory.mktemp("translations")
    for language in ("es", "en"):
        file = folder / f"sarai_{language}.ts"
        shutil.copy(TRANSLATIONS / file.name, file)
        tool.update(file, language)
    return folder


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_text_of_the_window_is_translated_and_none_is_left_over(
    language: str, brought_up_to_date: Path
) -> None:
    kept = texts(TRANSLATIONS / f"sarai_{language}.ts")
    now = texts(brought_up_to_date / f"sarai_{language}.ts")
    assert sorted(now.keys() - kept.keys()) == [], "new texts: run make translate"
    assert sorted(kept.keys() - now.keys()) == [], "texts that are gone: run make translate"
    missing = sorted(text for text, said in kept.items() if not said or not all(said))
    assert missing == [], "texts to translate"


def test_the_assistants_own_sentences_are_collected(tool) -> None:
    collected = tool.sentences_module()
    assert (ROOT / "ui" / "sentences.py").read_text(encoding="utf-8") == collected, (
        "the settings or errors say something new: run make translate"
    )


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_translation_has_the_same_places_for_values(language: str) -> None:
    for (_, source), said in texts(TRANSLATIONS / f"sarai_{language}.ts").items():
        for one in said:
            assert sorted(set(PLACES.findall(one))) == sorted(set(PLACES.findall(source))), source


def test_every_translation_ends_as_its_source_does() -> None:
    ends = {"…": "…", " …": "…", ".": ".", "?": "?", ":": ":"}
    for (_, source), said in texts(TRANSLATIONS / "sarai_es.ts").items():
        end = ends.get(source[-1:], "")
        if end:
            assert all(one.endswith(end) for one in said), source
        else:
            assert not any(one.endswith(".") for one in said), source


def test_the_window_loads_what_the_translators_wrote(qapp: QApplication) -> None:
    loaded = QTranslator()
    assert loaded.load("sarai_es", str(TRANSLATIONS))
    for (context, source), said in texts(TRANSLATIONS / "sarai_es.ts").items():
        number = 2 if len(said) > 1 else -1
        found = loaded.translate(context, source, "", number)
        assert found == said[-1], "the .qm file is stale: run make translate"


def test_english_counts_one_and_many(qapp: QApplication) -> None:
    loaded = QTranslator()
    assert loaded.load("sarai_en", str(TRANSLATIONS))
    counted = [source for _, source in texts(TRANSLATIONS / "sarai_en.ts") if "%n" in source]
    assert counted
    for (context, source), (one, many) in texts(TRANSLATIONS / "sarai_en.ts").items():
        assert loaded.translate(context, source, "", 1) == one
        assert loaded.translate(context, source, "", 5) == many
        assert "(s)" not in one + many


# --- what comes from the assistant --------------------------------------------------------------------


@pytest.fixture
def spanish(qapp: QApplication) -> Iterator[None]:
    assert translated.install(qapp, "es") == "es"
    yield
    translated.install(qapp, "en")


@pytest.mark.usefixtures("spanish")
def test_keys_are_called_what_stands_on_a_spanish_keyboard() -> None:
    control = KeysControl()
    control.name("Tecla para hablar", "")
    control.set_value("Ctrl+Alt+Space")
    assert control.main.accessibleName() == "Tecla para hablar: Ctrl+Alt+Espacio"


@pytest.mark.usefixtures("spanish")
def test_a_setting_is_named_and_described_in_spanish() -> None:
    field = Settings.model_fields["language"]
    assert translated.translated(field.title) == "Idioma"
    assert translated.translated(field.description).startswith("Idioma en el que hablas")


@pytest.mark.usefixtures("spanish")
def test_a_sentence_keeps_its_values() -> None:
    said = translated.translated("The worker grew to 3105 MB, above its cap of 3000 MB.")
    assert said == "El proceso de trabajo llegó a 3105 MB, más que su tope de 3000 MB."
    said = translated.translated("The microphone “USB Audio” was unplugged or switched off.")
    assert said == "El micrófono “USB Audio” se desconectó o se apagó."


@pytest.mark.usefixtures("spanish")
def test_a_value_that_is_a_sentence_is_translated_too() -> None:
    said = translated.translated(
        "must be at most 3000 (is 5000). Milliseconds of silence that end a turn (200 to 3000)."
    )
    assert said == (
        "debe ser como máximo 3000 (es 5000). Milisegundos de silencio que terminan un turno"
        " (de 200 a 3000)."
    )


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize("wrong", ["", "Ctrl+Hyper", "Ctrl+Spcae", "A", "Ctrl+A+B", "Ctrl+Alt"])
def test_every_mistake_in_a_key_is_explained_in_spanish(wrong: str) -> None:
    with pytest.raises(SettingsError) as problem:
        parse_keys(wrong)
    for sentence in (problem.value.message, problem.value.hint):
        assert translated.translated(sentence) != sentence


@pytest.mark.usefixtures("spanish")
def test_what_is_unknown_stays_as_it_is() -> None:
    for text in ("", " ", "Frobnicate the gizmo.", "what time is it"):
        assert translated.translated(text) == text


def test_in_english_nothing_changes(qapp: QApplication) -> None:
    assert translated.install(qapp, "en") == "en"
    for text in ("Talk key", "The worker grew to 3105 MB, above its cap of 3000 MB."):
        assert translated.translated(text) == text


def test_qts_own_buttons_are_spanish_too(qapp: QApplication) -> None:
    translated.install(qapp, "es")
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancelar"
    translated.install(qapp, "en")
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_the_tool_fails_on_a_text_that_is_not_translated(tmp_path: Path, tool) -> None:
    source = tmp_path / "new.py"
    source.write_text('class A:\n    def f(self):\n        self.tr("Something new")\n')
    file = tmp_path / "sarai_es.ts"
    lupdate = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run([lupdate, "-silent", str(source), "-ts", str(file)], check=True)
    assert tool.report(file) == 1


def test_every_text_stands_where_qts_tool_finds_it() -> None:
    """As a literal of its own: lupdate sees no call inside an f-string and no text that is put together."""
    hidden = []
    for file in sorted((ROOT / "ui").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        inside = {
            id(inner)
            for text in ast.walk(tree)
            if isinstance(text, ast.JoinedStr)
            for inner in ast.walk(text)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args or file.name == "translated.py":
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "tr":
                text = node.args[0]
            elif (
                name == "translate"
                and len(node.args) > 1
                and isinstance(node.args[0], ast.Constant)
            ):
                text = node.args[1]
            else:
                continue
            if id(node) in inside or not isinstance(text, ast.Constant):
                hidden.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert hidden == []
