"""The real window, worker, microphone and loudspeaker: a held key, a human voice, an answer one can hear.

Needs a process of its own (Qt has one screen a process; the detector of speech must not meet llama.cpp:
docs/adr/0008-vad.md): ``pytest tests/window/test_real_window.py``. Xvfb stands in for a screen, PulseAudio
for a sound card.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from assistant import paths
from assistant.audio.files import read_audio
from assistant.events import Event, MicrophoneChanged, ReplyAudio, TurnFinished, WorkerReady
from assistant.history.store import HistoryStore
from assistant.settings import load_settings
from assistant.settings.recover import load_settings_or_defaults
from tests.live.conftest import pulse, pulse_server
from tests.live.pulse import Pulse, Samples
from tests.window.conftest import spin_until
from ui import theme
from ui.app import Program
from ui.shown.conversation import TurnState
from ui.shown.talk import TalkState
from ui.widgets.banner import Banner
from ui.widgets.latency_bar import LatencyBar
from ui.widgets.turn_card import TurnCard

__all__ = ["pulse", "pulse_server"]

QUESTION = Path(__file__).parents[1] / "data" / "what_time_is_it.wav"
QUESTION_RATE_HZ = 16_000
REPLY_RATE_HZ = 24_000
"""Of every reply; the loudspeaker is recorded at it, so that what was made and what was heard compare."""

PATIENCE_MS = 60_000
"""The models load in two seconds on an idle machine."""


@pytest.fixture(scope="module")
def screen() -> Iterator[QApplication]:
    """A screen of our own, and the QApplication on it."""
    for name in ("Xvfb", "xdotool"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed (apt: xvfb xdotool)")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as number:
        display = f":{number.readline().strip()}"
    # No session bus: the tray would start one, and leave it behind.
    ours = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    os.environ |= ours
    app = QApplication(["assistant"])
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, "light")
    yield app
    app.shutdown()
    for name in ours:
        del os.environ[name]
    server.terminate()
    server.wait(10)


@dataclass
class Lab:
    """The program as it runs, a hand on its keyboard, and a voice before its microphone."""

    program: Program
    pulse: Pulse
    events: list[Event] = field(default_factory=list)

    @property
    def cards(self) -> list[TurnCard]:
        found = self.program.window.conversation.findChildren(TurnCard)
        return sorted((one for one in found if one.isVisible()), key=lambda card: card.turn.key)

    @property
    def banners(self) -> list[Banner]:
        return [one for one in self.program.window.findChildren(Banner) if one.isVisible()]

    def banner(self, kind: str) -> Banner:
        self.wait(lambda: any(one.trouble.kind == kind for one in self.banners), kind)
        (found,) = [one for one in self.banners if one.trouble.kind == kind]
        return found

    def got(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def microphone_states(self) -> list[str]:
        return [event.state for event in self.events if isinstance(event, MicrophoneChanged)]

    def wait(self, condition: Callable[[], object], what: str = "") -> None:
        spin_until(condition, what, PATIENCE_MS)

    def answered(self, turns: int = 1) -> TurnCard:
        """Wait for the last card's end."""

        def is_over() -> bool:
            over = [card for card in self.cards if card.turn.state.is_over]
            return len(over) >= turns and over[-1] is self.cards[-1]

        self.wait(is_over, "the answer")
        return self.cards[-1]

    def key(self, *command: str) -> None:
        """Do as a keyboard does, through the X server."""
        window = str(int(self.program.window.winId()))
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True, timeout=20)
        subprocess.run(["xdotool", *command], check=True, timeout=20)

    def say(self, samples: Samples) -> threading.Thread:
        """Begin to speak into the microphone."""
        voice = threading.Thread(target=self.pulse.speak, args=(samples,), name="voice")
        voice.start()
        return voice

    def ask_again(self, banner: Banner) -> None:
        (button,) = banner.findChildren(QPushButton)
        button.click()


@pytest.fixture
def lab(
    screen: QApplication, pulse: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SARAI__LISTENING__MODE", "push_to_talk")
    monkeypatch.setenv("SARAI__AUDIO__EARCONS", "false")
    monkeypatch.setenv("SARAI__KEYS__EVERYWHERE", "false")
    program = Program(screen, load_settings_or_defaults())
    made = Lab(program, pulse)
    program.session.event.connect(made.events.append)
    made.wait(lambda: made.got(WorkerReady) and program.session.is_live, "models and devices")
    yield made
    program.end()
    program.window.deleteLater()
    program.deleteLater()


@pytest.fixture
def question() -> Samples:
    """A person asking for the time, with quiet around: 16 kHz."""
    quiet = np.zeros(QUESTION_RATE_HZ // 4, np.float32)
    return np.concatenate([quiet, read_audio(QUESTION, QUESTION_RATE_HZ).samples, quiet])


def likeness(heard: Samples, said: Samples) -> float:
    """The greatest correlation coefficient of what was said with any part of what was heard."""
    length = heard.size + said.size
    spectrum = np.fft.rfft(heard, length) * np.conj(np.fft.rfft(said, length))
    at = int(np.fft.irfft(spectrum, length)[: max(1, heard.size - said.size + 1)].argmax())
    part = heard[at : at + said.size]
    return float(np.dot(part, said) / (np.linalg.norm(part) * np.linalg.norm(said) + 1e-9))


def test_a_question_asked_with_the_key_held_is_read_answered_timed_and_heard(
    lab: Lab, question: Samples
) -> None:
    window = lab.program.window
    with lab.pulse.listening(REPLY_RATE_HZ) as recordings:
        lab.key("keydown", "space")
        lab.wait(lambda: window.talk.state is TalkState.LISTENING, "the key")
        voice = lab.say(question)
        lab.wait(lambda: not voice.is_alive(), "the voice")
        lab.key("keyup", "space")
        card = lab.answered()
    voice.join()
    assert len(lab.cards) == 1
    assert card.turn.question == "what time is it"
    assert re.search(r"\d{1,2}:\d{2} [AP]M", card.turn.reply)
    assert [used.name for used in card.turn.tools] == ["get_time"]
    assert card.turn.state is TurnState.DONE
    bar = card.findChild(LatencyBar)
    assert bar is not None
    lab.wait(bar.isVisible, "the latency bar")
    timings = card.turn.timings
    assert timings is not None
    assert timings.e2e_ms is not None
    assert f"{timings.e2e_ms:.0f}" in bar.accessibleDescription().replace(",", "")
    pieces = [event for event in lab.events if isinstance(event, ReplyAudio)]
    assert {piece.rate_hz for piece in pieces} == {REPLY_RATE_HZ}
    said = np.concatenate([piece.samples for piece in pieces])
    assert said.size > REPLY_RATE_HZ // 2
    assert likeness(recordings[0], said) > 0.8
    assert window.talk.state is TalkState.IDLE
    assert not [name for name in sys.modules if name.startswith("llama_cpp")]


@pytest.mark.allow_warnings("the worker's death is logged")
def test_a_worker_that_is_killed_costs_one_click_and_no_word(lab: Lab) -> None:
    window = lab.program.window
    window.conversation.bar.box.setText("half a sen")
    worker = lab.program.session.assistant.worker_pid()
    os.kill(worker, signal.SIGSTOP)  # so that the question is under way when it dies
    window.conversation.ask("what is twelve times seven")
    lab.wait(lambda: lab.cards, "the question")
    os.kill(worker, signal.SIGKILL)
    banner = lab.banner("worker")
    assert "killed" in banner.trouble.message
    lab.wait(lambda: len(lab.got(WorkerReady)) == 2, "another worker")
    lab.ask_again(lab.banner("worker"))
    lab.wait(lambda: lab.got(TurnFinished), "the answer")
    assert lab.answered().turn.question == "what is twelve times seven"
    assert "84" in lab.answered().turn.reply
    assert [one for one in lab.banners if one.trouble.kind == "worker"] == []
    assert window.conversation.bar.box.text() == "half a sen"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte where the assistant keeps everything."""
    disk = tmp_path / "home"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """Somebody else's file takes all there is."""
    hog = disk / "hog"
    with hog.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    hog.unlink()


def kept_questions() -> list[str]:
    store = HistoryStore()
    pasts = [store.conversation(line.id) for line in store.lines()]
    return [turn.transcript for past in pasts if past is not None for turn in past.turns]


@pytest.mark.allow_warnings("what cannot be written is logged")
def test_a_full_disk_is_told_and_what_was_said_and_set_is_written_later(
    small_disk: Path, lab: Lab
) -> None:
    window, session = lab.program.window, lab.program.session
    window.conversation.bar.box.setText("half a sen")
    with full(small_disk):
        window.conversation.ask("what is twelve times seven")
        assert "84" in lab.answered().turn.reply
        assert "disk is full" in lab.banner("history").trouble.message
        session.change_settings({"window.reduced_motion": True})
        banner = lab.banner("settings")
        assert banner.trouble.message == "Your settings were not saved: the disk is full."
    lab.ask_again(banner)
    lab.wait(lambda: load_settings().window.reduced_motion, "the settings")
    window.conversation.ask("what is twelve times eight")
    assert "96" in lab.answered(2).turn.reply
    lab.wait(lambda: "history" not in [one.trouble.kind for one in lab.banners], "the history")
    assert kept_questions() == ["what is twelve times seven", "what is twelve times eight"]
    assert window.conversation.bar.box.text() == "half a sen"


def test_settings_broken_from_outside_are_kept_aside_and_the_conversation_goes_on(lab: Lab) -> None:
    window, session = lab.program.window, lab.program.session
    window.conversation.bar.box.setText("half a sen")
    file = paths.user_settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\x00\xff: [broken")
    session.change_settings({"window.reduced_motion": True})
    banner = lab.banner("settings")
    assert str(file) in banner.trouble.hint
    assert [kept.read_bytes() for kept in file.parent.glob("*.broken-*")] == [b"\x00\xff: [broken"]
    assert load_settings().window.reduced_motion
    window.conversation.ask("what is twelve times seven")
    assert "84" in lab.answered().turn.reply
    assert window.conversation.bar.box.text() == "half a sen"


@pytest.mark.allow_warnings("the loss of the devices is logged")
def test_devices_that_are_pulled_are_told_and_one_types_and_reads_meanwhile(lab: Lab) -> None:
    window = lab.program.window
    window.conversation.bar.box.setText("half a sen")
    for name in ("micsrc", "mic", "spk"):  # as long as one is there, PulseAudio moves to it
        lab.pulse.unplug(name)
    lab.wait(lambda: "lost" in lab.microphone_states(), "the loss")
    assert lab.banner("microphone").trouble.action == "Choose another"
    assert lab.banner("loudspeaker").trouble.action == "Choose another"
    window.conversation.ask("what is twelve times seven")
    lab.wait(lambda: lab.cards and "84" in lab.cards[-1].turn.reply, "the answer to read")
    assert window.conversation.bar.box.text() == "half a sen"
    lab.pulse.make_whole()
    lab.wait(lambda: lab.microphone_states()[-1] != "lost", "the microphone")
    lab.wait(
        lambda: "loudspeaker" not in [one.trouble.kind for one in lab.banners], "the loudspeaker"
    )
    lab.answered()
