"""What becomes of a person's settings file when the window changes settings, or finds the file broken."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as examined
from hypothesis import strategies as st

from assistant import paths
from assistant.api.settings import (
    changed_settings,
    load_settings_or_defaults,
    problems_with,
    save_changes,
)
from assistant.errors import SettingsError
from assistant.settings import EspeakNgSettings, Settings, load_settings
from assistant.settings.source import Place, read_text
from assistant.settings.yaml_text import edited, written


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's file, not there yet."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home" / "config" / "sarai.yaml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("utf-8"))


def kept_beside(file: Path) -> list[Path]:
    return sorted(file.parent.glob("sarai.yaml.*"))


# --- checking ---------------------------------------------------------------------------------------


def test_a_change_gives_new_settings_and_leaves_the_old_ones() -> None:
    old = Settings()
    new = changed_settings(old, {"window.overlay": True, "models.espeak-ng.rate_wpm": 150})
    voice = new.models["espeak-ng"]
    assert isinstance(voice, EspeakNgSettings)
    assert (new.window.overlay, voice.rate_wpm, old.window.overlay) == (True, 150, False)


def test_a_wrong_value_is_explained_at_its_key_with_the_range() -> None:
    problems = problems_with(Settings(), {"listening.pause_ms": 50, "window.appearance": "drak"})
    assert problems["listening.pause_ms"].startswith("must be at least 200 (is 50)")
    assert "did you mean 'dark'" in problems["window.appearance"]


def test_a_contradiction_between_keys_is_told_at_the_one_that_was_changed() -> None:
    problems = problems_with(Settings(), {"listening.shortest_pause_ms": 900})
    assert problems == {
        "listening.shortest_pause_ms": "must be at least shortest_pause_ms, 900 (is 600)"
    }


def test_right_changes_have_no_problems() -> None:
    assert problems_with(Settings(), {"audio.input_device": "Jabra", "history.keep": False}) == {}


def test_a_wrong_change_is_refused_with_every_problem() -> None:
    with pytest.raises(SettingsError) as caught:
        changed_settings(Settings(), {"history.keep_days": -1, "window.overlay": "maybe"})
    assert caught.value.code == "settings_invalid"
    assert "history.keep_days: must be at least 0 (is -1)" in caught.value.message
    assert "window.overlay: must be true or false (is 'maybe')" in caught.value.message


def test_a_model_whose_name_has_dots_is_found_by_its_dotted_key() -> None:
    settings = Settings.model_validate(
        Settings().model_dump()
        | {
            "models": Settings().model_dump()["models"]
            | {"voice-2.5": {"engine": "espeak_ng", "catalogue": "espeak-ng"}}
        }
    )
    changed = changed_settings(settings, {"models.voice-2.5.pitch": 70})
    voice = changed.models["voice-2.5"]
    assert isinstance(voice, EspeakNgSettings)
    assert voice.pitch == 70


# --- saving -----------------------------------------------------------------------------------------


def test_only_what_was_changed_is_written_and_the_next_start_has_it(file: Path) -> None:
    save_changes({"window.overlay": True, "audio.input_device": "USB: no. 5, {x} # y"})
    assert yaml.safe_load(file.read_text()) == {
        "schema_version": 1,
        "window": {"overlay": True},
        "audio": {"input_device": "USB: no. 5, {x} # y"},
    }
    loaded = load_settings(env={})
    assert loaded.window.overlay
    assert loaded.audio.input_device == "USB: no. 5, {x} # y"


def test_words_that_yaml_takes_for_something_else_stay_words(file: Path) -> None:
    for phrase in ("on", "no", "null", "1", "1e3", "~", "", "- x", "él dijo: «sí»", "a\nb\tc"):
        save_changes({"conversation.system_prompt": phrase or "x", "listening.wake_phrase": phrase})
        assert load_settings(env={}).listening.wake_phrase == phrase


def test_comments_order_quotes_and_line_ends_of_the_file_stay(file: Path) -> None:
    write(
        file,
        "# mine\r\nwindow: # looks\r\n    # I like it dark\r\n    appearance: 'dark'  # at night\r\n"
        "\r\n# the pool\r\npool: {budget_mb: 900}   # small\r\n# end\r\n",
    )
    save_changes({"window.appearance": "light", "window.overlay": True, "pool.sweep_s": 2.0})
    assert file.read_bytes().decode() == (
        "# mine\r\nwindow: # looks\r\n    overlay: true\r\n    # I like it dark\r\n"
        "    appearance: light  # at night\r\n"
        "\r\n# the pool\r\npool: {sweep_s: 2.0, budget_mb: 900}   # small\r\n# end\r\n"
    )


def test_back_to_the_default_takes_the_key_out_and_no_more(file: Path) -> None:
    write(
        file, "# mine\nwindow:\n  overlay: true # o\n  # night\n  appearance: dark\nlanguage: es\n"
    )
    save_changes({"window.overlay": False})
    assert file.read_text() == "# mine\nwindow:\n  # night\n  appearance: dark\nlanguage: es\n"
    save_changes({"window.appearance": "system"})
    assert "window" not in yaml.safe_load(file.read_text())
    assert "# mine" in file.read_text()
    assert load_settings(env={}).language == "es"


def test_a_file_that_says_it_already_is_not_touched(file: Path) -> None:
    write(file, "window: {overlay: true}\n")
    before = file.stat()
    save_changes({"window.overlay": True, "history.keep": True})
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_linked_file_stays_a_link_and_its_permissions_stay(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.yaml"
    real.write_text("language: es\n")
    real.chmod(0o640)
    file.parent.mkdir(parents=True)
    file.symlink_to(real)
    save_changes({"window.overlay": True})
    assert file.is_symlink()
    assert yaml.safe_load(real.read_text()) == {"language": "es", "window": {"overlay": True}}
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("code", "said", "next_step"),
    [
        (errno.ENOSPC, "the disk is full", "Free some space"),
        (errno.EACCES, "Permission denied", "may write into"),
    ],
)
def test_a_disk_that_refuses_leaves_the_file_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str, next_step: str
) -> None:
    write(file, "language: es\n")

    def refuse(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SettingsError, match=said) as caught:
        save_changes({"window.overlay": True})
    assert caught.value.code == "settings_not_saved"
    assert next_step in caught.value.hint
    assert file.read_text() == "language: es\n"
    assert [path.name for path in file.parent.iterdir()] == ["sarai.yaml"]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs limits of the operating system")
def test_a_file_the_system_will_not_let_grow_is_the_same_sentence(file: Path) -> None:
    import resource
    import signal

    write(file, "language: es\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    try:
        with pytest.raises(SettingsError, match="the disk is full"):
            save_changes({"window.overlay": True})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert file.read_text() == "language: es\n"


def test_a_file_broken_meanwhile_is_kept_and_the_change_is_saved(file: Path) -> None:
    write(file, "window: [oh\n")
    kept = save_changes({"window.overlay": True})
    assert kept is not None
    assert kept.read_text() == "window: [oh\n"
    assert load_settings(env={}).window.overlay


def test_a_file_that_cannot_be_edited_in_place_is_kept_and_written_anew(file: Path) -> None:
    text = "? window\n: ? overlay\n  : true\n"
    write(file, text)
    kept = save_changes({"window.appearance": "dark"})
    assert kept is not None
    assert kept.read_text() == text
    loaded = load_settings(env={})
    assert (loaded.window.overlay, loaded.window.appearance) == (True, "dark")


def test_changes_saved_at_the_same_time_are_all_there(file: Path) -> None:
    changes: list[dict[str, object]] = [
        {"window.overlay": True}, {"window.appearance": "dark"}, {"language": "es"},
        {"history.keep_days": 7}, {"audio.earcons": False}, {"listening.pause_ms": 700},
    ]  # fmt: skip
    threads = [threading.Thread(target=save_changes, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = {key: value for change in changes for key, value in change.items()}
    assert load_settings(env={}) == changed_settings(Settings(), wanted)


NAMES = st.sampled_from(["a", "b", "c", "d-e", "on", "1"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9999, 9999),
    st.floats(-100, 100),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12),
)
TREES = st.recursive(
    st.dictionaries(NAMES, SCALARS, min_size=1, max_size=4),
    lambda inner: st.dictionaries(NAMES, st.one_of(SCALARS, inner), min_size=1, max_size=4),
    max_leaves=8,
)


def leaves(tree: dict[str, Any], key: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    return [
        leaf
        for name, value in tree.items()
        for leaf in (leaves(value, (*key, name)) if isinstance(value, dict) else [(*key, name)])
    ]


@given(tree=TREES, choice=st.data())
def test_an_edit_says_what_was_wanted_and_keeps_every_comment(
    tree: dict[str, Any], choice: st.DataObject
) -> None:
    there = leaves(tree)
    drop = choice.draw(st.sets(st.sampled_from(there), max_size=2))
    new = st.tuples(st.sampled_from(there).map(lambda key: key[:-1]), NAMES).map(
        lambda p: (*p[0], p[1])
    )
    put = choice.draw(
        st.dictionaries(
            st.one_of(st.sampled_from(there), new.filter(lambda key: not is_section(tree, key))),
            SCALARS,
            max_size=2,
        )
    )
    drop -= put.keys()
    lines = written(tree).splitlines()
    text = "".join(f"# comment {number}\n{line}\n" for number, line in enumerate(lines))
    result, kept = edited(text, put=put, drop=drop)
    read = read_text(result, Place(""))
    wanted = {key: at(tree, key) for key in there if key not in drop} | put
    assert kept
    assert read.flaws == []
    assert {key: at(read.tree, key) for key in leaves(read.tree)} == wanted
    assert [n for n in range(len(lines)) if f"# comment {n}\n" not in result] == []


def at(tree: Any, key: tuple[str, ...]) -> Any:
    for part in key:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def is_section(tree: dict[str, Any], key: tuple[str, ...]) -> bool:
    return isinstance(at(tree, key), dict)


# --- a broken file at the start ---------------------------------------------------------------------


def test_a_right_file_is_loaded_like_everywhere_else(file: Path) -> None:
    write(file, "window: {overlay: true}\n")
    loaded = load_settings_or_defaults(env={"SARAI__LANGUAGE": "es"})
    assert loaded.problem is None
    assert (loaded.settings.window.overlay, loaded.settings.language) == (True, "es")
    assert kept_beside(file) == []


@pytest.mark.parametrize(
    "text", ["window: [oh\n", "\x00\x01", "- a\n- b\n", "schema_version: 99\n"]
)
def test_a_file_that_is_no_settings_is_kept_and_the_defaults_hold(file: Path, text: str) -> None:
    write(file, text)
    loaded = load_settings_or_defaults(env={})
    assert loaded.settings == Settings()
    assert loaded.problem is not None
    assert "The defaults are used" in loaded.problem.hint
    assert str(loaded.kept) in loaded.problem.hint
    assert [path.read_text() for path in kept_beside(file)] == [text]
    assert load_settings(env={}) == Settings()  # the next start has nothing to complain about


def test_a_file_far_too_big_for_settings_is_kept_and_the_defaults_hold(file: Path) -> None:
    write(file, "language: es\n" + "# x\n" * 300_000)
    loaded = load_settings_or_defaults(env={})
    assert loaded.settings == Settings()
    assert loaded.problem is not None
    assert "too big" in loaded.problem.message
    assert len(kept_beside(file)) == 1


def test_bytes_that_are_no_text_are_kept_as_they_were(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"language: \xff\xfe\n")
    loaded = load_settings_or_defaults(env={})
    assert loaded.settings == Settings()
    assert [path.read_bytes() for path in kept_beside(file)] == [b"language: \xff\xfe\n"]


def test_wrong_keys_fall_back_and_the_right_ones_still_hold(file: Path) -> None:
    write(
        file,
        "# mine\nlanguage: de   # typo\nwindow:\n  overlay: true  # yes\n  colour: red\n"
        "listening: {pause_ms: 9}\n",
    )
    loaded = load_settings_or_defaults(env={})
    assert loaded.problem is not None
    assert "window.colour: unknown key" in loaded.problem.message
    assert "language: must be 'en' or 'es'" in loaded.problem.message.replace(
        "en or es", "'en' or 'es'"
    )
    assert "What is right in it is used" in loaded.problem.hint
    assert loaded.settings.window.overlay
    assert loaded.settings.language == "en"
    assert file.read_text() == "# mine\nwindow:\n  overlay: true  # yes\n"
    assert len(kept_beside(file)) == 1


def test_a_key_written_twice_does_not_cost_the_other_keys(file: Path) -> None:
    write(file, "language: es\nlanguage: en\nwindow: {overlay: true}\n")
    loaded = load_settings_or_defaults(env={})
    assert loaded.settings.window.overlay
    assert load_settings(env={}).window.overlay


RIGHT = ("language: es", "window: {overlay: true}", "history:\n  keep: false", "# a comment")
WRONG = (
    "language: de",
    "window: {overlay: maybe}",
    "colour: red",
    "pool: [1]",
    "- x",
    "a: &a b",
    "{",
    "\t",
)


@examined(max_examples=30)  # each reads the packaged file five times
@given(
    lines=st.lists(st.sampled_from(RIGHT + WRONG), max_size=5),
    tail=st.one_of(st.just(b""), st.binary(max_size=12)),
)
def test_whatever_the_file_holds_the_window_starts_and_no_byte_of_it_is_lost(
    lines: list[str], tail: bytes
) -> None:
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patched:
        patched.setenv(paths.HOME_VARIABLE, home)
        file = paths.user_settings_file()
        file.parent.mkdir(parents=True)
        raw = "\n".join(lines).encode() + b"\n" + tail
        file.write_bytes(raw)
        loaded = load_settings_or_defaults(env={})
        if loaded.problem is None:
            assert file.read_bytes() == raw
            assert kept_beside(file) == []
        else:
            assert [path.read_bytes() for path in kept_beside(file)] == [raw]
        assert load_settings(env={}) == loaded.settings


def test_a_wrong_environment_is_told_and_the_file_is_left_alone(file: Path) -> None:
    write(file, "window: {overlay: true}\n")
    loaded = load_settings_or_defaults(env={"SARAI__LANGUAGE": "de"})
    assert loaded.problem is not None
    assert "SARAI__LANGUAGE" in loaded.problem.message
    assert loaded.settings.window.overlay
    assert kept_beside(file) == []


def test_a_folder_in_the_files_place_is_told_and_the_defaults_hold(file: Path) -> None:
    file.mkdir(parents=True)
    loaded = load_settings_or_defaults(env={})
    assert loaded.settings == Settings()
    assert loaded.problem is not None
    assert loaded.problem.code == "settings_unreadable"


def test_the_command_line_still_refuses_what_the_window_forgives(file: Path) -> None:
    write(file, "language: de\n")
    with pytest.raises(SettingsError, match="language: must be"):
        load_settings(env={})
    assert file.read_text() == "language: de\n"
