"""Keys that work in every program: how they are written, who takes them, and what goes wrong."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from assistant.errors import AssistantError, SettingsError
from assistant.settings.desktop import KeySettings
from tests.window.conftest import spin_until
from ui.desktop.global_keys import Binding, GlobalKeys, KeyBackend, backend_here
from ui.desktop.hotkey import ALONE, KEYS, KeyCombination, keysym, parse_keys
from ui.desktop.hotkey_portal import PortalKeys, preferred_trigger
from ui.desktop.hotkey_pynput import CombinationWatch
from ui.desktop.hotkey_x11 import X11Keys

MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")
SUBSETS = [frozenset(some) for n in range(5) for some in combinations(MODIFIERS, n)]


# --- how they are written -----------------------------------------------------------------------------


@given(st.sampled_from(SUBSETS), st.sampled_from(sorted(set(KEYS.values()))))
def test_what_is_written_is_read_back(modifiers: frozenset, key: str) -> None:
    keys = KeyCombination(modifiers, key)
    if modifiers - {"Shift"} or key in ALONE:
        assert parse_keys(str(keys)) == keys
        assert parse_keys(f" {str(keys).lower().replace('+', ' + ')} ") == keys
    else:
        with pytest.raises(SettingsError, match="No other program could use"):
            parse_keys(str(keys))


@given(st.text(max_size=60))
def test_any_text_is_a_combination_or_explained(text: str) -> None:
    problem = None
    try:
        keys = parse_keys(text)
    except SettingsError as refused:
        problem = refused
    if problem is None:
        assert keys.key in KEYS.values()
    else:
        assert problem.code == "keys_wrong"
        assert problem.message.endswith((".", "?"))
        assert "Ctrl+Alt+Space" in problem.hint


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("control+ALT+ spacebar", "Ctrl+Alt+Space"),
        ("Win+Esc", "Meta+Escape"),
        ("cmd + page up", "Meta+PageUp"),
        ("Shift+F9", "Shift+F9"),
        ("Alt+Ctrl+Alt+k", "Ctrl+Alt+K"),
        ("Pause", "Pause"),
    ],
)
def test_usual_ways_of_writing_are_understood(text: str, same: str) -> None:
    assert str(parse_keys(text)) == same


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no name before or after"),
        ("Ctrl++Space", "no name before or after"),
        ("Ctrl+Alt", "no key besides"),
        ("Ctrl+Spcae", "did you mean Space?"),
        ("Contrl+Space", "did you mean Ctrl?"),
        ("Ctrl+A+B", "two keys, A and B"),
        ("Shift+X", "No other program could use"),
        ("Ctrl+Ñandú", "no key called “Ñandú”."),
    ],
)
def test_each_mistake_is_explained(text: str, why: str) -> None:
    with pytest.raises(SettingsError) as problem:
        parse_keys(text)
    assert why in problem.value.message


def test_the_default_keys_of_the_settings_are_valid() -> None:
    keys = KeySettings()
    assert parse_keys(keys.talk) != parse_keys(keys.cancel)


def test_every_key_has_a_name_x_knows() -> None:
    xk = pytest.importorskip("Xlib.XK")
    assert all(xk.string_to_keysym(keysym(key)) for key in KEYS.values())


# --- taking them ----------------------------------------------------------------------------------------


class ScriptedKeys(KeyBackend):
    """Takes what it is given and presses when told."""

    def start(self, bindings):
        self.bindings = {name: str(one.keys) for name, one in bindings.items()}
        self.is_running = True

    def stop(self):
        self.is_running = False


class Keys:
    def __init__(self, qapp: QApplication) -> None:
        self.talks: list[bool] = []
        self.cancels: list[bool] = []
        self.troubles: list[AssistantError] = []
        self.backends: list[ScriptedKeys] = []
        self.keys = GlobalKeys(
            self.talks.append, lambda: self.cancels.append(True), self._choose, qapp
        )
        self.keys.trouble.connect(self.troubles.append)

    def _choose(self, on_key, on_problem):
        self.backends.append(ScriptedKeys(on_key, on_problem))
        return self.backends[-1]


@pytest.fixture
def taken(qapp: QApplication) -> Iterator[Keys]:
    keys = Keys(qapp)
    yield keys
    keys.keys.stop()
    keys.keys.deleteLater()


def test_the_talk_key_is_told_down_and_up_and_the_cancel_key_once(taken: Keys) -> None:
    taken.keys.apply(KeySettings())
    (backend,) = taken.backends
    assert backend.bindings == {"talk": "Ctrl+Alt+Space", "cancel": "Ctrl+Alt+Escape"}
    backend.on_key("talk", True)
    backend.on_key("talk", False)
    backend.on_key("cancel", True)
    backend.on_key("cancel", False)
    assert taken.talks == [True, False]
    assert taken.cancels == [True]


def test_changed_keys_replace_the_former_ones_and_the_same_ones_change_nothing(taken: Keys) -> None:
    taken.keys.apply(KeySettings())
    taken.keys.apply(KeySettings())
    assert len(taken.backends) == 1
    taken.keys.apply(KeySettings(talk="Meta+T"))
    first, second = taken.backends
    assert not first.is_running
    assert second.bindings["talk"] == "Meta+T"


def test_switched_off_no_key_is_taken(taken: Keys) -> None:
    taken.keys.apply(KeySettings())
    taken.keys.apply(KeySettings(everywhere=False))
    assert [backend.is_running for backend in taken.backends] == [False]
    assert not taken.troubles


def test_a_wrong_key_is_told_and_the_other_works(taken: Keys) -> None:
    taken.keys.apply(KeySettings(talk="Ctrl+Hyper"))
    assert [problem.code for problem in taken.troubles] == ["keys_wrong"]
    assert taken.backends[0].bindings == {"cancel": "Ctrl+Alt+Escape"}


def test_two_equal_keys_are_told(taken: Keys) -> None:
    taken.keys.apply(KeySettings(cancel="ctrl+alt+space"))
    assert [problem.code for problem in taken.troubles] == ["keys_twice"]
    assert taken.backends[0].bindings == {"talk": "Ctrl+Alt+Space"}


def test_a_desktop_without_such_keys_is_told_what_to_do(qapp: QApplication) -> None:
    troubles: list[AssistantError] = []
    keys = GlobalKeys(lambda _down: None, lambda: None, lambda _on, _problem: None, qapp)
    keys.trouble.connect(troubles.append)
    keys.apply(KeySettings())
    assert "assistant toggle" in troubles[0].hint
    keys.deleteLater()


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"DISPLAY": ":0"}, X11Keys),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, PortalKeys),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, PortalKeys),
        ({}, type(None)),
    ],
)
def test_the_way_is_chosen_by_the_session(
    environment: dict[str, str], kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert type(backend_here(lambda _name, _down: None, lambda _problem: None)) is kind


# --- pynput's single keys (Windows, macOS) --------------------------------------------------------------


@pytest.mark.parametrize("first_up", ["ctrl", "space"])
def test_single_keys_make_one_press_and_one_release(first_up: str) -> None:
    watch = CombinationWatch({"talk": parse_keys("Ctrl+Alt+Space")})
    heard = [
        change
        for name, down in [
            ("ctrl", True),
            ("space", True),  # not without Alt
            ("space", False),
            ("alt", True),
            ("space", True),
            ("space", True),  # the keyboard repeats
            ("space", True),
            (first_up, False),
            ({"ctrl": "space", "space": "ctrl"}[first_up], False),
            ("alt", False),
        ]
        for change in watch.heard(name, is_down=down)
    ]
    assert heard == [("talk", True), ("talk", False)]


def test_another_modifier_more_is_another_combination() -> None:
    watch = CombinationWatch({"talk": parse_keys("Ctrl+Space")})
    for name in ("ctrl", "shift"):
        watch.heard(name, is_down=True)
    assert watch.heard("space", is_down=True) == []


# --- Wayland: the desktop portal ------------------------------------------------------------------------


def test_the_portal_is_given_the_keys_in_its_own_words() -> None:
    assert preferred_trigger(parse_keys("Ctrl+Alt+Space")) == "CTRL+ALT+space"
    assert preferred_trigger(parse_keys("Meta+Shift+PageUp")) == "SHIFT+LOGO+Prior"
    assert preferred_trigger(parse_keys("Win+k")) == "LOGO+k"


class Portal:
    """The scripted portal's process."""

    def __init__(self, address: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "fakes" / "portal.py"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"DBUS_SESSION_BUS_ADDRESS": address},
        )
        assert self.says() == {"ready": True}

    def says(self) -> dict:
        return json.loads(self._process.stdout.readline())

    def do(self, line: str) -> None:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus of the test's own."""
    try:
        daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except FileNotFoundError:
        pytest.skip("dbus-daemon is not installed")
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    daemon.communicate()


class Heard:
    """What a back end tells, on its own thread."""

    def __init__(self) -> None:
        self.news = threading.Semaphore(0)
        self.keys: list[tuple[str, bool]] = []
        self.problems: list[AssistantError] = []

    def on_key(self, name, is_down):
        self.keys.append((name, is_down))
        self.news.release()

    def on_problem(self, problem):
        self.problems.append(problem)
        self.news.release()

    def wait(self) -> None:
        assert self.news.acquire(timeout=10)


BINDINGS = {
    "talk": Binding(parse_keys("Ctrl+Alt+Space"), "Talk"),
    "cancel": Binding(parse_keys("Ctrl+Alt+Escape"), "Stop"),
}


def test_the_portal_binds_both_keys_and_tells_when_they_go_down_and_up(bus: str) -> None:
    portal, heard = Portal(bus), Heard()
    keys = PortalKeys(heard.on_key, heard.on_problem)
    keys.start(BINDINGS)
    assert portal.says() == {
        "bound": {
            "talk": {"description": "Talk", "preferred_trigger": "CTRL+ALT+space"},
            "cancel": {"description": "Stop", "preferred_trigger": "CTRL+ALT+Escape"},
        }
    }
    for line in ("press talk", "release talk", "press cancel", "press other", "release cancel"):
        portal.do(line)
    for _ in range(4):
        heard.wait()
    assert heard.keys == [("talk", True), ("talk", False), ("cancel", True), ("cancel", False)]
    assert not heard.problems
    keys.stop()
    portal.end()


def test_a_portal_that_says_no_is_told_with_what_to_do(bus: str) -> None:
    portal, heard = Portal(bus, "deny"), Heard()
    keys = PortalKeys(heard.on_key, heard.on_problem)
    keys.start(BINDINGS)
    heard.wait()
    assert [problem.code for problem in heard.problems] == ["keys_refused"]
    assert "assistant toggle" in heard.problems[0].hint
    keys.stop()
    portal.end()


def test_a_desktop_without_a_portal_is_told_with_what_to_do(bus: str) -> None:
    heard = Heard()
    keys = PortalKeys(heard.on_key, heard.on_problem)
    keys.start(BINDINGS)
    heard.wait()
    assert [problem.code for problem in heard.problems] == ["keys_unavailable"]
    assert "assistant toggle" in heard.problems[0].hint
    keys.stop()


def test_without_a_session_bus_the_thread_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    heard = Heard()
    keys = PortalKeys(heard.on_key, heard.on_problem)
    keys.start(BINDINGS)
    heard.wait()
    assert [problem.code for problem in heard.problems] == ["keys_unavailable"]
    keys.stop()


# --- X11 ------------------------------------------------------------------------------------------------


@pytest.fixture
def x_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An X server of the test's own; it chooses its number and says it on a pipe."""
    reading, writing = os.pipe()
    try:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        pytest.skip("Xvfb is not installed")
    os.close(writing)
    with os.fdopen(reading) as pipe:
        name = f":{pipe.readline().strip()}"
    monkeypatch.setenv("DISPLAY", name)
    yield name
    server.terminate()
    server.wait()


class Fingers:
    """Presses keys through the X server's test extension, as xdotool does."""

    def __init__(self) -> None:
        display = pytest.importorskip("Xlib.display")
        self._connection = display.Display()

    def do(self, what: str) -> None:
        from Xlib import XK, X
        from Xlib.ext import xtest

        for word in what.split():
            kind = X.KeyPress if word[0] == "+" else X.KeyRelease
            code = self._connection.keysym_to_keycode(XK.string_to_keysym(word[1:]))
            xtest.fake_input(self._connection, kind, code)
        self._connection.sync()

    def end(self) -> None:
        self._connection.close()


def test_a_held_key_is_one_press_and_one_release_though_the_keyboard_repeats(
    x_server: str,
) -> None:
    heard, fingers = Heard(), Fingers()
    keys = X11Keys(heard.on_key, heard.on_problem)
    keys.start(BINDINGS)
    pressed = False
    deadline = 200
    while not pressed and deadline:  # until the thread has its grabs
        fingers.do("+Control_L +Alt_L +space")
        pressed = heard.news.acquire(timeout=0.05)
        if not pressed:
            fingers.do("-space -Alt_L -Control_L")
            deadline -= 1
    assert heard.keys == [("talk", True)]
    assert not heard.news.acquire(timeout=1.0), "the repeating was taken for presses"
    fingers.do("-Control_L -space -Alt_L")  # the modifier may go up first
    heard.wait()
    assert heard.keys == [("talk", True), ("talk", False)]
    fingers.do("+Num_Lock -Num_Lock +Caps_Lock -Caps_Lock")
    fingers.do("+Control_L +Alt_L +Escape -Escape -Alt_L -Control_L")
    heard.wait()
    heard.wait()
    assert heard.keys[2:] == [("cancel", True), ("cancel", False)]
    fingers.do("+Control_L +Alt_L +Shift_L +space -space -Shift_L -Alt_L -Control_L")

    second = Heard()
    other = X11Keys(second.on_key, second.on_problem)
    other.start({"talk": BINDINGS["talk"]})
    second.wait()
    assert [problem.message for problem in second.problems] == [
        "Another program has Ctrl+Alt+Space already."
    ]
    other.stop()
    keys.stop()
    assert len(heard.keys) == 4
    fingers.end()


# python-xlib leaves the socket that was refused to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_x_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    heard = Heard()
    keys = X11Keys(heard.on_key, heard.on_problem)
    keys.start(BINDINGS)
    heard.wait()
    assert [problem.code for problem in heard.problems] == ["keys_unavailable"]
    keys.stop()
    gc.collect()


def test_an_x_server_that_goes_away_takes_nothing_with_it(x_server: str) -> None:
    heard = Heard()
    keys = X11Keys(heard.on_key, heard.on_problem)
    keys.start({"talk": Binding(KeyCombination(frozenset({"Ctrl"}), "F24"), "Talk")})
    keys.stop()
    keys.stop()
    assert all(problem.code == "keys_missing" for problem in heard.problems)


def test_trouble_from_a_thread_arrives_as_a_signal(qapp: QApplication) -> None:
    troubles: list[AssistantError] = []

    class Telling(ScriptedKeys):
        def start(self, bindings):
            problem = SettingsError("keys_taken", "Another program has it.", "Choose others.")
            thread = threading.Thread(target=self.on_problem, args=(problem,))
            thread.start()
            thread.join()

    keys = GlobalKeys(lambda _down: None, lambda: None, Telling, qapp)
    keys.trouble.connect(troubles.append)
    keys.apply(KeySettings())
    spin_until(lambda: troubles)
    assert troubles[0].code == "keys_taken"
    keys.stop()
    keys.deleteLater()
