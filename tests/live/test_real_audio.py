"""Microphone and loudspeaker on the real stack: PortAudio, ALSA, PulseAudio with null sinks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.capture import Microphone
from assistant.audio.device_events import (
    DeviceBack,
    DeviceEvent,
    DeviceLost,
    Flushed,
    InputHeard,
    InputSilent,
    PlaybackStarted,
    Played,
)
from assistant.audio.playback import Loudspeaker
from assistant.audio.portaudio import PortAudioBackend
from assistant.errors import AudioError
from tests.live.pulse import Pulse

PATIENCE_S = 20.0
"""For things that take a second on an idle machine."""

RATE_HZ = 24_000


class Events:
    """What was told, with a way to wait for something."""

    def __init__(self) -> None:
        self.all: list[DeviceEvent] = []
        self._changed = threading.Condition()

    def __call__(self, event: DeviceEvent) -> None:
        with self._changed:
            self.all.append(event)
            self._changed.notify_all()

    def wait(self, kind: type[DeviceEvent], count: int = 1) -> DeviceEvent:
        def enough() -> bool:
            return sum(isinstance(event, kind) for event in self.all) >= count

        with self._changed:
            assert self._changed.wait_for(enough, PATIENCE_S), f"no {kind.__name__}: {self.all}"
            return [event for event in self.all if isinstance(event, kind)][count - 1]


class Ear:
    """Frames of a microphone, with a way to wait for so many."""

    def __init__(self) -> None:
        self.frames: list[NDArray[np.float32]] = []
        self.positions: list[int] = []
        self._changed = threading.Condition()

    def __call__(self, samples: NDArray[np.float32], position: int, _captured_s: float) -> None:
        with self._changed:
            self.frames.append(samples)
            self.positions.append(position)
            self._changed.notify_all()

    def wait(self, enough: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(enough, PATIENCE_S)

    def wait_for_seconds(self, seconds: float) -> None:
        target = len(self.frames) + round(seconds * 100)
        self.wait(lambda: len(self.frames) >= target)

    @property
    def heard(self) -> NDArray[np.float32]:
        return np.concatenate(self.frames)


@pytest.fixture(scope="module")
def backend() -> PortAudioBackend:
    return PortAudioBackend()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def loudspeaker(pulse: Pulse, backend: PortAudioBackend, events: Events) -> Iterator[Loudspeaker]:
    speaker = Loudspeaker(backend, None, events)
    speaker.start()
    yield speaker
    speaker.stop()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def microphone(
    pulse: Pulse, backend: PortAudioBackend, events: Events, ear: Ear
) -> Iterator[Microphone]:
    device = Microphone(backend, None, ear, events)
    device.start()
    yield device
    device.stop()


def tone(seconds: float, hz: float = 440.0) -> NDArray[np.float32]:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def chirp(seconds: float, rate_hz: int) -> NDArray[np.float32]:
    """From 200 to 4000 Hz: it resembles itself at one place only."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * (200 * time_s + (4000 - 200) / (2 * seconds) * time_s**2)
    return (0.3 * np.sin(phase)).astype(np.float32)


def likeness(heard: NDArray[np.float32], said: NDArray[np.float32]) -> float:
    """The greatest correlation coefficient of what was said with any part of what was heard."""
    length = heard.size + said.size
    spectrum = np.fft.rfft(heard, length) * np.conj(np.fft.rfft(said, length))
    at = int(np.fft.irfft(spectrum, length)[: max(1, heard.size - said.size + 1)].argmax())
    part = heard[at : at + said.size]
    return float(np.dot(part, said) / (np.linalg.norm(part) * np.linalg.norm(said) + 1e-9))


def test_both_directions_are_listed_with_a_default(pulse: Pulse, backend: PortAudioBackend) -> None:
    listed = backend.devices()
    assert [device.is_default_input for device in listed].count(True) == 1
    assert [device.is_default_output for device in listed].count(True) == 1
    assert "pulse" in {device.name for device in listed}


def test_what_is_played_arrives_at_the_loudspeaker(
    pulse: Pulse, loudspeaker: Loudspeaker, events: Events
) -> None:
    said = chirp(1.5, RATE_HZ)
    with pulse.listening(RATE_HZ) as recordings:
        loudspeaker.play(1, said, RATE_HZ)
        loudspeaker.end(1)
        started = events.wait(PlaybackStarted)
        assert events.wait(Played) == Played(1, said.size, RATE_HZ)
        loudspeaker.play(
            2, np.full(RATE_HZ // 2, 0.01, np.float32), RATE_HZ
        )  # so that all is heard
        loudspeaker.end(2)
        events.wait(Played, 2)
    assert likeness(recordings[0], said) > 0.9
    assert isinstance(started, PlaybackStarted)
    assert 0 < started.latency_s < 0.3


def test_a_flush_stops_the_samples_at_once(
    pulse: Pulse, loudspeaker: Loudspeaker, events: Events
) -> None:
    loudspeaker.play(1, tone(30), RATE_HZ)
    events.wait(PlaybackStarted)
    before = loudspeaker.played_samples(1)
    loudspeaker.flush(1)
    flushed = events.wait(Flushed)
    assert isinstance(flushed, Flushed)
    assert flushed.played_samples == loudspeaker.played_samples(1)
    assert flushed.played_samples - before < RATE_HZ  # not thirty seconds
    assert not loudspeaker.is_speaking


def test_what_is_spoken_arrives_at_the_microphone_sample_for_sample(
    pulse: Pulse, microphone: Microphone, ear: Ear
) -> None:
    said = chirp(1.5, 16_000)
    ear.wait_for_seconds(0.3)
    pulse.speak(said)
    ear.wait_for_seconds(0.7)
    assert likeness(ear.heard, said) > 0.9, microphone.stats()
    assert {frame.shape for frame in ear.frames} == {(160,)}
    assert all(step >= 160 and step % 160 == 0 for step in np.diff(ear.positions))


def test_without_any_device_both_are_lost_and_come_back(
    pulse: Pulse, loudspeaker: Loudspeaker, microphone: Microphone, events: Events, ear: Ear
) -> None:
    loudspeaker.play(1, tone(20), RATE_HZ)
    events.wait(PlaybackStarted)
    ear.wait_for_seconds(0.3)
    for name in ("micsrc", "mic", "spk"):
        pulse.unplug(name)
    events.wait(DeviceLost, 2)
    assert {event.kind for event in events.all if isinstance(event, DeviceLost)} == {
        "input",
        "output",
    }
    before = loudspeaker.played_samples(1)
    pulse.make_whole()
    events.wait(DeviceBack, 2)
    heard_before = len(ear.frames)
    ear.wait(lambda: len(ear.frames) > heard_before + 20)
    with pulse.listening(RATE_HZ) as recordings:
        ear.wait_for_seconds(1.0)
    assert loudspeaker.played_samples(1) > before
    assert np.abs(recordings[0]).max() > 0.2
    loudspeaker.flush(1)


def test_pulseaudio_moves_a_stream_to_another_loudspeaker_and_back(
    pulse: Pulse, loudspeaker: Loudspeaker, microphone: Microphone, events: Events, ear: Ear
) -> None:
    loudspeaker.play(1, tone(20), RATE_HZ)
    events.wait(PlaybackStarted)
    pulse.unplug("spk")
    before = loudspeaker.played_samples(1)
    ear.wait_for_seconds(
        1.0
    )  # there is only the one sink that feeds the microphone: it hears the tone
    assert loudspeaker.played_samples(1) > before + RATE_HZ // 4
    ear.wait(lambda: bool(np.abs(np.concatenate(ear.frames[-20:])).max() > 0.2))
    pulse.plug("spk")
    with pulse.listening(RATE_HZ) as recordings:
        ear.wait_for_seconds(1.0)
    assert np.abs(recordings[0]).max() > 0.2
    loudspeaker.flush(1)


def test_a_source_of_zeros_is_noticed_and_so_is_its_end(
    pulse: Pulse, microphone: Microphone, events: Events
) -> None:
    silent = events.wait(InputSilent)
    assert isinstance(silent, InputSilent)
    assert silent.seconds == pytest.approx(2.0, abs=0.1)
    pulse.speak(chirp(0.3, 16_000))
    events.wait(InputHeard)


def test_a_suspended_source_is_noticed_and_so_is_its_end(
    pulse: Pulse, microphone: Microphone, events: Events, ear: Ear
) -> None:
    ear.wait_for_seconds(0.5)
    pulse.pactl("suspend-source", "micsrc", "1")
    events.wait(DeviceLost)
    pulse.pactl("suspend-source", "micsrc", "0")
    events.wait(DeviceBack)
    ear.wait_for_seconds(0.3)


def test_a_device_that_is_gone_cannot_be_opened_and_is_said_in_a_sentence(
    pulse: Pulse, backend: PortAudioBackend, events: Events
) -> None:
    for name in ("micsrc", "mic", "spk"):
        pulse.unplug(name)
    with pytest.raises(AudioError) as caught:
        Loudspeaker(backend, None, events).start()
    assert caught.value.code == "no_output_device"
    assert caught.value.exit_code == 4


def test_a_microphone_can_be_opened_and_closed_again_and_again(
    pulse: Pulse, backend: PortAudioBackend, events: Events, ear: Ear
) -> None:
    device = Microphone(backend, None, ear, events)
    for _ in range(5):
        device.start()
        ear.wait_for_seconds(0.05)
        device.stop()
