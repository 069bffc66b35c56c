"""Which device a name means, and what `assistant devices` says."""

from __future__ import annotations

import builtins
import json
import threading

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from assistant.audio import portaudio
from assistant.audio.attendants import ThreadAttendant
from assistant.audio.backend import Device
from assistant.audio.choosing import choose
from assistant.audio.earcons import earcon
from assistant.audio.portaudio import PortAudioBackend
from assistant.audio.simulated import EchoPath, SimulatedBackend, SimulatedDevice
from assistant.cli.devices import devices
from assistant.errors import AudioError

DEVICES = (
    Device("HDA Intel: ALC257 (hw:0,0)", 2, 2, 48_000),
    Device("Jabra Link: USB Audio (hw:2,0)", 1, 2, 16_000),
    Device("HDMI (hw:1,3)", 0, 8, 44_100),
    Device("default", 32, 32, 44_100, is_default_input=True, is_default_output=True),
)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (None, "default"),
        ("", "default"),
        ("jabra", "Jabra Link: USB Audio (hw:2,0)"),
        ("DEFAULT", "default"),
        ("Jabra Link: USB Audio (hw:2,0)", "Jabra Link: USB Audio (hw:2,0)"),
        ("Jabra Link: USB Audio (hw:1,0)", "Jabra Link: USB Audio (hw:2,0)"),
        ("hdmi", "HDMI (hw:1,3)"),
    ],
)
def test_a_device_is_found_by_its_name_or_part_of_it(wanted: str | None, name: str) -> None:
    assert choose(DEVICES, wanted, "output").name == name


def test_a_loudspeaker_is_no_microphone() -> None:
    with pytest.raises(AudioError) as caught:
        choose(DEVICES, "HDMI", "input")
    assert caught.value.code == "input_device_unknown"


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    with pytest.raises(AudioError, match="no loudspeaker called 'HMDI'") as caught:
        choose(DEVICES, "HMDI", "output")
    assert caught.value.code == "output_device_unknown"
    assert "HDMI (hw:1,3)" in caught.value.hint


def test_no_device_at_all_is_a_sentence_of_its_own() -> None:
    with pytest.raises(AudioError, match="There is no microphone") as caught:
        choose((), "x", "input")
    assert caught.value.code == "no_input_device"


# --- the command ------------------------------------------------------------------------------------


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(devices)
    return app


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    found = list(DEVICES)
    monkeypatch.setattr(PortAudioBackend, "devices", lambda _self: tuple(found))
    return found


def test_the_list_shows_both_kinds_and_what_is_in_use(
    command: typer.Typer, listed: list[Device]
) -> None:
    result = CliRunner().invoke(command)
    assert result.exit_code == 0
    assert "Microphones" in result.stdout
    assert "Loudspeakers" in result.stdout
    assert result.stdout.count("HDMI") == 1
    in_use = [line for line in result.stdout.splitlines() if line.strip().startswith("●")]
    assert ["default" in line for line in in_use] == [True, True, False]


def test_the_list_as_json_marks_default_and_chosen(
    command: typer.Typer, listed: list[Device]
) -> None:
    result = CliRunner().invoke(command, ["--json"])
    described = {device["name"]: device for device in json.loads(result.stdout)["devices"]}
    assert described["default"]["is_chosen_input"]
    assert described["default"]["is_default_output"]
    assert not described["HDMI (hw:1,3)"]["is_chosen_input"]
    assert described["HDMI (hw:1,3)"]["rate_hz"] == 44_100


def test_without_any_device_the_command_fails_with_a_sentence(
    command: typer.Typer, listed: list[Device]
) -> None:
    listed.clear()
    result = CliRunner().invoke(command)
    assert isinstance(result.exception, AudioError)
    assert result.exception.exit_code == 4
    assert "neither a microphone nor a loudspeaker" in result.exception.message


def test_without_portaudio_the_command_says_what_to_install(
    command: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_import = builtins.__import__

    def without_portaudio(name: str, *args: object, **kwargs: object) -> object:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real_import(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_portaudio)
    result = CliRunner().invoke(command)
    assert isinstance(result.exception, AudioError)
    assert result.exception.code == "no_portaudio"
    assert "libportaudio2" in result.exception.hint


@pytest.mark.parametrize("option", ["--test-tone", "--record-and-play"])
def test_both_checks_run_on_a_working_system(
    command: typer.Typer, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    backend = SimulatedBackend()
    rng = np.random.default_rng(3)
    backend.say(rng.uniform(-0.3, 0.3, 16_000 * 5).astype(np.float32))
    monkeypatch.setattr(portaudio, "PortAudioBackend", lambda: backend)
    over = threading.Event()

    def keep_time() -> None:
        while not over.wait(0.001):
            backend.run(0.1)

    world = threading.Thread(target=keep_time, name="world")
    world.start()
    try:
        result = CliRunner().invoke(command, [option, "--json"])
    finally:
        over.set()
        world.join()
    assert result.exit_code == 0, result.exception
    said = json.loads(result.stdout)
    if option == "--test-tone":
        assert said["test_tone"]["device"] == "spk"
    else:
        assert said["recording"]["level_dbfs"] == pytest.approx(-15.2, abs=0.3)
        assert said["recording"]["played"]["device"] == "spk"


def test_a_microphone_of_zeros_fails_the_check(
    command: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = SimulatedBackend()
    monkeypatch.setattr(portaudio, "PortAudioBackend", lambda: backend)
    over = threading.Event()

    def keep_time() -> None:
        while not over.wait(0.001):
            backend.run(0.1)

    world = threading.Thread(target=keep_time, name="world")
    world.start()
    try:
        result = CliRunner().invoke(command, ["--record-and-play"])
    finally:
        over.set()
        world.join()
    assert isinstance(result.exception, AudioError)
    assert result.exception.code == "input_device_dead"
    assert result.exception.exit_code == 4


# --- the simulated room -----------------------------------------------------------------------------


def test_what_is_played_is_heard_again_through_the_echo_path() -> None:
    impulse_response = np.array([1.0, 0.0, 0.5], np.float32)
    backend = SimulatedBackend(echo=EchoPath(impulse_response, delay_s=0.05, level=0.5))
    heard: list[np.ndarray] = []
    click = np.zeros(160, np.float32)
    click[0] = 0.8
    blocks = iter([click])
    backend.open_input(None, 16_000, 160, lambda block, _lost: heard.append(block[:, 0].copy()))
    backend.open_output(
        None,
        16_000,
        160,
        lambda block, _dry: np.copyto(block, next(blocks, np.zeros(160, np.float32))),
    )
    backend.run(0.2)
    samples = np.concatenate(heard)
    assert np.flatnonzero(samples).tolist() == [800, 802]
    np.testing.assert_allclose(samples[[800, 802]], [0.4, 0.2])


def test_time_in_the_simulation_is_the_sample_count() -> None:
    backend = SimulatedBackend([SimulatedDevice("mic", "input", 44_100)])
    began_s = backend.now_s()
    times: list[float] = []
    backend.open_input(None, 16_000, 160, lambda _block, _lost: times.append(backend.now_s()))
    backend.run(10.0)
    assert backend.now_s() - began_s == pytest.approx(10.0, abs=1e-9)
    np.testing.assert_allclose(np.diff(times), 441 / 44_100, atol=1e-9)


# --- small things -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["listening", "thinking", "error"])
def test_earcons_are_short_quiet_and_begin_and_end_in_silence(name: str) -> None:
    samples = earcon(name, 24_000)  # type: ignore[arg-type]
    assert 0.05 * 24_000 <= samples.size <= 0.2 * 24_000
    assert np.abs(samples).max() < 0.15
    assert abs(samples[0]) < 1e-6
    assert abs(samples[-1]) < 0.01


def test_an_attendant_works_when_woken_and_survives_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    worked = threading.Semaphore(0)

    def work() -> None:
        worked.release()
        raise ValueError("a fault of the listener")

    attendant = ThreadAttendant("test-attendant", work, 60.0)
    try:
        for _ in range(3):
            attendant.wake()
            assert worked.acquire(timeout=30)
    finally:
        attendant.stop()
        attendant.stop()
    assert "a fault of the listener" in caplog.text


def test_an_attendant_may_stop_itself() -> None:
    made, stopped = threading.Event(), threading.Event()

    def work() -> None:
        assert made.wait(30)
        attendant.stop()
        stopped.set()

    attendant = ThreadAttendant("test-attendant", work, 0.01)
    made.set()
    assert stopped.wait(30)
