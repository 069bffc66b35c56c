"""The settings as fields: made from the model, checked while edited, saved a moment later."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from PySide6.QtWidgets import QApplication

from assistant import paths
from assistant.errors import SettingsError
from assistant.settings import Settings
from tests.window.conftest import Scripted, spin_until
from ui import translated
from ui.shown.settings_fields import Field, field_of
from ui.shown.settings_form import SettingsForm
from ui.shown.settings_words import explained

HIDDEN = {"schema_version", "sets", "aliases", "models", "set"}
"""Not fields of a form: the layout, and what the models page is for."""


def plain_keys() -> list[str]:
    """Every key of the plain sections."""
    found = []
    for name, value in Settings().model_dump().items():
        if name not in HIDDEN:
            found += [f"{name}.{key}" for key in value] if isinstance(value, dict) else [name]
    return found


@pytest.fixture
def form(scripted: Scripted) -> SettingsForm:
    made = SettingsForm(scripted.session, scripted.session, save_after_ms=0)
    for key in ("window.overlay", "listening.pause_ms", "listening.shortest_pause_ms"):
        made.field(key)
    return made


@pytest.mark.parametrize("key", plain_keys())
def test_every_setting_of_the_model_is_a_field_with_title_and_default(
    qapp: object, key: str
) -> None:
    field = field_of(Settings(), key)
    assert field.title
    assert field.help
    assert "null" not in field.help
    if field.kind == "number":
        assert field.low < field.high < float("inf")
        assert field.low <= float(str(field.default)) <= field.high
    if field.kind == "choice":
        assert field.default in field.words


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_help_repeats_the_range_that_its_widget_shows(
    qapp: QApplication, language: Literal["en", "es"]
) -> None:
    translated.install(qapp, language)
    try:
        helps = [field_of(Settings(), key).help for key in plain_keys()]
    finally:
        translated.install(qapp, "en")
    assert not [text for text in helps if re.search(r"\([^()]*\d", text)]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("window.overlay", "switch"),
        ("window.appearance", "choice"),
        ("listening.pause_ms", "number"),
        ("listening.wake_phrase", "text"),
        ("conversation.system_prompt", "long_text"),
        ("audio.input_device", "microphone"),
        ("audio.output_device", "loudspeaker"),
        ("keys.talk", "keys"),
        ("models.espeak-ng.rate_wpm", "number"),
        ("models.espeak-ng.voice", "text"),
    ],
)
def test_the_type_in_the_model_decides_the_kind(qapp: object, key: str, kind: str) -> None:
    assert field_of(Settings(), key).kind == kind


def test_range_unit_and_step_come_from_the_model(qapp: object) -> None:
    pause = field_of(Settings(), "listening.pause_ms")
    assert (pause.low, pause.high, pause.unit, pause.is_whole, pause.step) == (
        200, 3000, "ms", True, 10,
    )  # fmt: skip
    assert "200" not in pause.help  # the control shows the range
    share = field_of(Settings(), "window.overlay_opacity")
    assert (share.is_share, share.low, share.high, share.has_slider) == (True, 0.3, 1.0, True)
    assert not field_of(Settings(), "pool.budget_mb").has_slider


def test_there_is_no_field_for_an_unknown_key(qapp: object) -> None:
    with pytest.raises(KeyError):
        field_of(Settings(), "window.colour")


# --- editing ----------------------------------------------------------------------------------------


def test_a_right_value_is_saved_applied_and_told(form: SettingsForm, scripted: Scripted) -> None:
    told: list[str] = []
    form.changed.connect(told.append)
    form.edit("window.overlay", True)
    assert form.value("window.overlay") is True
    spin_until(lambda: scripted.session.settings.window.overlay)
    assert "overlay: true" in paths.user_settings_file().read_text()
    assert scripted.facade.settings.window.overlay
    assert "window.overlay" in told
    assert not form.is_default("window.overlay")


def test_a_wrong_value_stays_in_the_field_with_the_models_reason_and_is_not_saved(
    form: SettingsForm, scripted: Scripted
) -> None:
    form.edit("listening.pause_ms", 5000)
    assert form.problem("listening.pause_ms") == "Must be at most 3000 (is 5000)."
    assert form.value("listening.pause_ms") == 5000
    form.edit("window.overlay", True)
    spin_until(lambda: scripted.session.settings.window.overlay)
    assert scripted.session.settings.listening.pause_ms == 600
    form.edit("listening.pause_ms", 700)
    assert form.problem("listening.pause_ms") == ""
    spin_until(lambda: scripted.session.settings.listening.pause_ms == 700)


def test_shares_are_explained_in_percent_as_they_are_shown(form: SettingsForm) -> None:
    form.edit("window.overlay_opacity", 0.2)
    assert form.problem("window.overlay_opacity") == "Must be at least 30 % (is 20 %)."


def test_a_contradiction_names_the_other_setting_by_its_title(form: SettingsForm) -> None:
    form.edit("listening.pause_ms", 300)
    assert form.problem("listening.pause_ms") == "Must be at least “Shortest pause”, 400 (is 300)."


def test_two_changes_that_fit_only_together_are_saved_together(
    form: SettingsForm, scripted: Scripted
) -> None:
    form.edit("listening.pause_ms", 300)
    assert form.problem("listening.pause_ms")
    form.edit("listening.shortest_pause_ms", 250)
    assert not form.problem("listening.pause_ms")
    spin_until(lambda: scripted.session.settings.listening.pause_ms == 300)
    assert scripted.session.settings.listening.shortest_pause_ms == 250


def test_reset_brings_the_default_and_leaves_no_trace_in_the_file(
    form: SettingsForm, scripted: Scripted
) -> None:
    form.edit("window.overlay", True)
    spin_until(lambda: scripted.session.settings.window.overlay)
    form.reset("window.overlay")
    spin_until(lambda: not scripted.session.settings.window.overlay)
    assert form.is_default("window.overlay")
    spin_until(lambda: "overlay" not in paths.user_settings_file().read_text())


def test_a_change_from_elsewhere_is_told(form: SettingsForm, scripted: Scripted) -> None:
    told: list[str] = []
    form.changed.connect(told.append)
    scripted.session.change_settings({"window.overlay": True})
    spin_until(lambda: "window.overlay" in told)
    assert form.value("window.overlay") is True


def test_a_full_disk_is_told_with_a_way_on_and_the_change_holds_meanwhile(
    form: SettingsForm, scripted: Scripted
) -> None:
    scripted.disk.problem = SettingsError(
        "settings_not_saved", "The disk is full.", "Free some space."
    )
    form.edit("window.overlay", True)
    spin_until(lambda: scripted.troubles)
    assert scripted.session.settings.window.overlay
    trouble = scripted.troubles[-1]
    assert (trouble.kind, trouble.action) == ("settings", "Save again")
    scripted.disk.problem = None
    assert trouble.act is not None
    trouble.act()
    spin_until(lambda: paths.user_settings_file().exists())
    spin_until(lambda: "overlay: true" in paths.user_settings_file().read_text())


@pytest.mark.parametrize(
    ("keys", "said"),
    [("Ctrl+Alt", "no key besides"), ("Ctrl+Alt+Escape", "already stop the answer")],
)
def test_wrong_keys_are_explained(form: SettingsForm, keys: str, said: str) -> None:
    form.edit("keys.talk", keys)
    assert said in form.problem("keys.talk")


def test_unknown_reasons_are_shown_as_the_model_says_them(qapp: object) -> None:
    assert (
        explained("must be a name of lower-case letters") == "Must be a name of lower-case letters"
    )
    assert explained("is too long (is 'x')") == "Is too long."


def test_a_field_knows_whether_it_can_be_dragged() -> None:
    field = Field("x", "number", "X", "", 5, low=0, high=36_500, step=1)
    assert not field.has_slider
