"""What the window is told of devices, of a trial of them, of connections and of the log."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile
from numpy.typing import NDArray

from assistant import paths
from assistant.api import doctor as api_doctor
from assistant.api.devices import RECORD_S, Step, Trial, judge, list_devices, try_out
from assistant.api.doctor import examine_installation, open_connections
from assistant.api.logs import end_log, keep_log, log_file, log_tail
from assistant.api.settings import changed_settings
from assistant.audio.backend import Device
from assistant.audio.simulated import SimulatedBackend, SimulatedDevice
from assistant.errors import AudioError
from assistant.settings import Settings
from assistant.settings.live import AudioSettings

QUESTION = Path(__file__).parents[1] / "data" / "what_time_is_it.wav"
RATE_HZ = 16_000


@pytest.fixture
def speech() -> NDArray[np.float32]:
    """A person asking something, at 16 kHz."""
    samples, rate_hz = soundfile.read(QUESTION, dtype="float32", always_2d=True)
    assert rate_hz == RATE_HZ
    return np.asarray(samples[:, 0], np.float32)


@pytest.fixture
def tried() -> Iterator[Callable[..., Trial | None]]:
    """Runs `try_out` on a simulated room whose time passes on another thread."""
    over = threading.Event()
    world: list[threading.Thread] = []

    def run(
        backend: SimulatedBackend, audio: AudioSettings | None = None, **how: object
    ) -> Trial | None:
        def keep_time() -> None:
            while not over.wait(0.001):
                backend.run(0.1)

        world.append(threading.Thread(target=keep_time, name="world"))
        world[-1].start()
        return try_out(audio or AudioSettings(), backend=backend, **how)  # type: ignore[arg-type]

    yield run
    over.set()
    for thread in world:
        thread.join()


# --- lists ------------------------------------------------------------------------------------------


def test_the_lists_hold_each_device_once_with_the_default_first() -> None:
    class Alsa(SimulatedBackend):
        def devices(self) -> tuple[Device, ...]:
            return (
                Device("HDA Intel: ALC257 (hw:0,0)", 2, 2, 48_000),
                Device("HDMI (hw:1,3)", 0, 8, 44_100),
                Device("sysdefault", 128, 128, 48_000),
                Device("surround51", 0, 6, 48_000),
                Device("dmix", 0, 2, 48_000),
                Device("front desk microphone", 1, 0, 48_000),
                Device("pulse", 32, 32, 44_100),
                Device("default", 32, 32, 44_100, is_default_input=True, is_default_output=True),
            )

    lists = list_devices(Alsa())
    assert [one.name for one in lists.microphones] == [
        "default",
        "HDA Intel: ALC257 (hw:0,0)",
        "front desk microphone",
        "pulse",
    ]
    assert [one.name for one in lists.loudspeakers] == [
        "default",
        "HDA Intel: ALC257 (hw:0,0)",
        "HDMI (hw:1,3)",
        "pulse",
    ]
    assert [one.is_default for one in lists.microphones] == [True, False, False, False]


# --- the trial --------------------------------------------------------------------------------------


def test_a_trial_records_plays_back_and_finds_a_good_microphone(
    speech: NDArray[np.float32], tried: Callable[..., Trial | None]
) -> None:
    backend = SimulatedBackend()
    backend.say(np.tile(speech, 4))
    steps: list[tuple[Step, float]] = []
    trial = tried(backend, on_step=lambda step, share, _level: steps.append((step, share)))
    assert trial is not None
    assert (trial.verdict, trial.microphone, trial.loudspeaker) == ("good", "mic", "spk")
    assert -40 < trial.level_dbfs < 0
    heard = backend.take_played()
    assert np.abs(heard).max() > 0.5 * np.abs(speech).max()
    kinds = [step for step, _ in steps]
    assert kinds == sorted(kinds, reverse=True)  # recording, then playing
    assert all(0 <= share <= 1 for _, share in steps)


def test_a_microphone_of_zeros_is_found_out_and_nothing_is_played(
    tried: Callable[..., Trial | None],
) -> None:
    backend = SimulatedBackend()
    trial = tried(backend)
    assert trial is not None
    assert (trial.verdict, trial.loudspeaker) == ("zeros", "")
    assert not backend.take_played().any()


def test_a_trial_can_be_cancelled(tried: Callable[..., Trial | None]) -> None:
    assert tried(SimulatedBackend(), cancelled=lambda: True) is None


def test_without_a_microphone_the_trial_says_so(tried: Callable[..., Trial | None]) -> None:
    with pytest.raises(AudioError) as caught:
        tried(SimulatedBackend([SimulatedDevice("spk", "output", 48_000)]))
    assert caught.value.code == "no_input_device"


@pytest.mark.parametrize(
    ("gain", "verdict"), [(1.0, "good"), (0.04, "quiet"), (50.0, "clipping"), (0.0, "zeros")]
)
def test_the_verdict_follows_the_loudness(
    speech: NDArray[np.float32], gain: float, verdict: str
) -> None:
    loud = np.clip(speech / np.abs(speech).max() * 0.9 * gain, -1.0, 1.0).astype(np.float32)
    assert judge(loud)[0] == verdict


def test_hum_without_a_voice_is_no_speech() -> None:
    time_s = np.arange(round(RECORD_S * RATE_HZ)) / RATE_HZ
    hum = (0.05 * np.sin(2 * np.pi * 100 * time_s)).astype(np.float32)
    verdict, level_dbfs, clipped_share = judge(hum)
    assert (verdict, clipped_share) == ("no_speech", 0.0)
    assert level_dbfs == pytest.approx(-29.0, abs=0.2)


def test_too_short_a_recording_is_judged_all_the_same() -> None:
    assert judge(np.full(7, 0.1, np.float32))[0] == "no_speech"
    assert judge(np.zeros(0, np.float32))[0] == "zeros"


# --- nothing leaves the computer --------------------------------------------------------------------


def test_this_process_and_its_children_hold_no_internet_socket() -> None:
    seen = open_connections()
    assert seen.processes >= 1
    assert (seen.found, seen.unknown) == ((), 0)


def test_an_internet_socket_would_be_found() -> None:
    """A child of ours listens; the look names it. (It never speaks to anybody.)"""
    import subprocess
    import sys

    code = (
        "import socket, sys; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen();"
        "print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        seen = open_connections()
        child.communicate()
    assert [one.pid for one in seen.found] == [child.pid]
    assert re.fullmatch(r"127\.0\.0\.1:\d+", seen.found[0].local)
    assert seen.found[0].remote == ""
    assert psutil.Process().pid not in [one.pid for one in seen.found]


# --- the log ----------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def test_the_log_is_written_to_its_file_and_its_end_can_be_read(home: Path) -> None:
    assert log_tail() == ""
    handler = keep_log()
    try:
        logging.getLogger("assistant.test").info("one %d", 1)
        logging.getLogger("assistant.test").debug("not this")
    finally:
        end_log(handler)
    assert log_file().is_relative_to(home)
    first, last = log_tail().splitlines()
    assert "assistant.api.logs: assistant " in first
    assert last.endswith("INFO    assistant.test: one 1")
    assert log_tail(1).splitlines() == [last]


def test_a_log_that_cannot_be_written_costs_nothing_else(home: Path) -> None:
    (home / "logs").write_text("a file in the folder's place")
    assert keep_log() is None
    assert log_tail() == ""


# --- the doctor -------------------------------------------------------------------------------------


def test_wrong_settings_are_one_of_the_findings(home: Path) -> None:
    paths.config_dir().mkdir(parents=True)
    paths.user_settings_file().write_text("language: de\n")
    findings = {finding.name: finding for finding in examine_installation()}
    assert findings["settings"].status == "fail"
    assert "language" in findings["settings"].detail


@pytest.mark.parametrize(
    ("devices", "wanted", "status", "said"),
    [
        ((), None, "warn", "There is no microphone."),
        ((SimulatedDevice("Jabra Link", "input", 16_000),), None, "ok", "default, Jabra Link"),
        ((SimulatedDevice("Jabra Link", "input", 16_000),), "jabra", "ok", "Jabra Link"),
        (
            (SimulatedDevice("mic", "input", 16_000),),
            "jabra",
            "warn",
            "no microphone called 'jabra'",
        ),
    ],
)
@pytest.mark.usefixtures("home")
def test_the_devices_are_among_the_findings(
    monkeypatch: pytest.MonkeyPatch,
    devices: tuple[SimulatedDevice, ...],
    wanted: str | None,
    status: str,
    said: str,
) -> None:
    monkeypatch.setattr(api_doctor, "sound_system", lambda: SimulatedBackend(devices))
    settings = changed_settings(Settings(), {"audio.input_device": wanted})
    findings = {finding.name: finding for finding in examine_installation(settings)}
    assert findings["microphone"].status == status
    assert said in findings["microphone"].detail
    assert bool(findings["microphone"].what_to_do) == (status == "warn")
    assert findings["loudspeaker"].status == "warn"
