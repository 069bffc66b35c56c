"""What a listener can rely on from the microphone, on the simulated sound system."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.audio.capture import FILL_S, Microphone
from assistant.audio.device_events import (
    DeviceBack,
    DeviceEvent,
    DeviceLost,
    InputHeard,
    InputSilent,
)
from assistant.audio.framing import Frames, StreamResampler
from assistant.audio.simulated import SimulatedBackend, SimulatedDevice
from assistant.audio.stream_clock import StreamClock
from assistant.errors import AudioError


def noise(seconds: float, rate_hz: int = 16_000, seed: int = 1) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return rng.uniform(-0.5, 0.5, round(seconds * rate_hz)).astype(np.float32)


@dataclass
class Ear:
    """A microphone on a simulated sound system, and what came of it."""

    backend: SimulatedBackend = field(default_factory=SimulatedBackend)
    device: str | None = None
    events: list[DeviceEvent] = field(default_factory=list)
    frames: list[tuple[NDArray[np.float32], int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.microphone = Microphone(
            self.backend,
            self.device,
            lambda samples, at, when: self.frames.append((samples.copy(), at, when)),
            self.events.append,
        )
        self.microphone.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.microphone.stop()

    @property
    def heard(self) -> NDArray[np.float32]:
        return np.concatenate([samples for samples, _, _ in self.frames])

    @property
    def positions(self) -> list[int]:
        return [at for _, at, _ in self.frames]

    @property
    def times(self) -> NDArray[np.float64]:
        return np.array([when for _, _, when in self.frames])


def test_every_sample_arrives_once_in_order_and_in_10_ms_frames() -> None:
    with Ear() as ear:
        spoken = noise(1.0)
        ear.backend.say(spoken, after_s=0.25)
        ear.backend.run(2.0)
    assert {samples.shape for samples, _, _ in ear.frames} == {(160,)}
    assert ear.positions == list(range(0, 32_000, 160))
    np.testing.assert_array_equal(ear.heard[4000:20_000], spoken)
    assert not ear.heard[:4000].any()
    assert not ear.heard[20_000:].any()


def test_a_frames_time_is_when_its_last_sample_was_in_the_air() -> None:
    ear = Ear(SimulatedBackend([SimulatedDevice("mic", "input", 16_000, latency_s=0.03)]))
    began_s = ear.backend.now_s()
    with ear:
        ear.backend.run(1.0)
    expected = began_s - 0.03 + np.arange(1, 101) * 0.01
    np.testing.assert_allclose(ear.times, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("rate_hz", "channels"), [(48_000, 2), (44_100, 1), (8_000, 1), (16_000, 2)]
)
def test_a_device_with_another_rate_or_more_channels_is_heard_at_16_khz(
    rate_hz: int, channels: int
) -> None:
    backend = SimulatedBackend([SimulatedDevice("mic", "input", rate_hz, channels=channels)])
    time_s = np.arange(rate_hz) / rate_hz
    tone = (0.4 * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32)
    with Ear(backend) as ear:
        backend.say(tone, rate_hz, after_s=0.1)
        backend.run(1.5)
        assert ear.microphone.stats().rate_hz == rate_hz
    expected = 0.4 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    np.testing.assert_allclose(
        ear.heard[1600 + 800 : 1600 + 15_200], expected[800:15_200], atol=2e-3
    )


def test_blocks_that_may_wait_come_four_at_a_time_and_none_is_lost() -> None:
    backend = SimulatedBackend()
    taken: list[int] = []
    at_wake: list[int] = []
    is_quiet = [True]
    microphone = Microphone(
        backend,
        None,
        lambda _samples, at, _when: taken.append(at),
        lambda _event: None,
        on_wake=lambda _now_s: at_wake.append(len(taken)),
        may_wait=lambda: is_quiet[0],
    )
    microphone.start()
    backend.run(1.0)
    patient = np.diff(at_wake)
    is_quiet[0] = False
    backend.run(0.2)
    at_wake.clear()
    backend.run(1.0)
    alert = np.diff(at_wake)
    microphone.stop()
    assert taken == list(range(0, 160 * len(taken), 160))
    assert len(taken) >= 216
    assert patient[1:].min() == 8, "four blocks of two frames"
    assert len(patient) <= 14
    assert alert.max() == 2, "somebody speaks: every block at once"


def test_the_level_is_that_of_the_latest_block() -> None:
    with Ear() as ear:
        assert ear.microphone.level_dbfs == -100
        ear.backend.say(np.full(1600, 0.1, np.float32))
        ear.backend.run(0.05)
        assert ear.microphone.level_dbfs == pytest.approx(-20, abs=0.01)
        ear.backend.run(0.2)
        assert ear.microphone.level_dbfs == -100


def test_an_unplugged_microphone_is_replaced_by_the_default_within_a_second_and_taken_back() -> (
    None
):
    backend = SimulatedBackend(
        [SimulatedDevice("built-in", "input", 48_000), SimulatedDevice("headset", "input", 16_000)]
    )
    with Ear(backend, "headset") as ear:
        backend.say(noise(20))
        backend.run(1.0)
        backend.unplug("headset")
        assert backend.run_until(lambda: len(ear.events) == 2, 1.0)
        lost, back = ear.events
        assert isinstance(lost, DeviceLost)
        assert (lost.kind, lost.name) == ("input", "headset")
        assert back == DeviceBack("input", "built-in", is_chosen=False)
        backend.run(2.0)
        backend.plug("headset")
        assert backend.run_until(lambda: len(ear.events) == 3, 2.5)
        assert ear.events[2] == DeviceBack("input", "headset", is_chosen=True)
        assert ear.microphone.stats().losses == 1


def test_position_and_time_go_on_together_over_an_unplug() -> None:
    backend = SimulatedBackend(
        [SimulatedDevice("built-in", "input", 16_000), SimulatedDevice("headset", "input", 48_000)]
    )
    with Ear(backend, "headset") as ear:
        backend.run(1.0)
        backend.unplug("headset")
        backend.run(2.0)
    assert ear.positions == list(range(0, 160 * len(ear.frames), 160))  # filled with silence
    ends = np.array(ear.positions) + 160
    offset_s = ear.times - ends / 16_000
    assert np.ptp(offset_s) < 0.011
    assert ear.microphone.stats().lost_samples > 0


def test_of_a_long_absence_only_the_first_second_is_filled_with_silence() -> None:
    with Ear() as ear:
        ear.backend.run(1.0)
        ear.backend.unplug("mic")
        ear.backend.run(30.0)
        ear.backend.plug("mic")
        ear.backend.run(2.0)
    steps = np.diff(ear.positions)
    assert steps.min() == 160
    assert int((steps > 160).sum()) == 1
    assert len(ear.frames) < (1 + FILL_S + 2.1) * 100
    offset_s = ear.times - (np.array(ear.positions) + 160) / 16_000
    assert np.ptp(offset_s) < 0.011


def test_blocks_lost_by_the_device_are_counted_and_replaced_by_silence() -> None:
    with Ear() as ear:
        ear.backend.say(noise(2.0))
        ear.backend.run(1.0)
        ear.backend.lose_blocks("mic", 5)
        ear.backend.run(1.0)
        stats = ear.microphone.stats()
    assert (stats.xruns, stats.lost_samples) == (1, 1600)
    assert ear.positions == list(range(0, 32_000, 160))
    np.testing.assert_array_equal(ear.heard[17_600:], noise(2.0)[17_600:])
    assert not ear.heard[16_000:17_600].any()


def test_a_hanging_microphone_is_given_up_within_a_second() -> None:
    with Ear() as ear:
        ear.backend.run(1.0)
        ear.backend.stall("mic")
        assert ear.backend.run_until(lambda: bool(ear.events), 1.0)
        assert isinstance(ear.events[0], DeviceLost)
        ear.backend.stall("mic", on=False)
        assert ear.backend.run_until(lambda: len(ear.events) == 2, 1.0)
        assert ear.events[1] == DeviceBack("input", "mic", is_chosen=True)


def test_a_hanging_microphone_is_reported_lost_once_however_often_it_is_reopened() -> None:
    with Ear() as ear:
        ear.backend.run(1.0)
        ear.backend.stall("mic")
        ear.backend.run(60.0)
        assert [type(event) for event in ear.events] == [DeviceLost]


def test_a_source_of_zeros_is_noticed_after_two_seconds_and_so_is_its_end() -> None:
    with Ear() as ear:
        ear.backend.run(1.9)
        assert not ear.events
        ear.backend.run(10.0)
        (silent,) = ear.events
        assert isinstance(silent, InputSilent)
        assert silent.seconds == pytest.approx(2.0, abs=0.02)
        ear.backend.say(noise(0.1))
        ear.backend.run(0.2)
        assert ear.events[1:] == [InputHeard("mic")]


def test_a_microphone_that_is_silent_whenever_nobody_speaks_is_told_of_once() -> None:
    with Ear() as ear:
        ear.backend.run(5.0)
        for _ in range(3):
            ear.backend.say(noise(0.1))
            ear.backend.run(20.0)
        silent, heard = ear.events
        assert isinstance(silent, InputSilent)
        assert heard == InputHeard("mic")
        ear.backend.run(45.0)
        assert isinstance(ear.events[-1], InputSilent)
        assert len(ear.events) == 3


def test_the_capture_thread_can_be_woken_between_two_blocks() -> None:
    backend, woken = SimulatedBackend(), list[float]()
    microphone = Microphone(
        backend, None, lambda *_: None, lambda _event: None, on_wake=woken.append
    )
    microphone.start()
    backend.step()  # no block of 20 ms is there yet
    woken.clear()
    microphone.wake()
    backend.step()
    assert woken[0] <= backend.now_s()
    microphone.stop()
    microphone.wake()


def test_a_chosen_microphone_that_is_not_there_is_said_and_replaced() -> None:
    backend = SimulatedBackend([SimulatedDevice("Built-in", "input", 16_000)])
    with Ear(backend, "built-out") as ear:
        backend.run(0.5)
        lost, back = ear.events
        assert isinstance(lost, DeviceLost)
        assert lost.name == "built-out"
        assert back == DeviceBack("input", "Built-in", is_chosen=False)


def test_without_any_microphone_the_start_says_so() -> None:
    backend = SimulatedBackend([SimulatedDevice("spk", "output")])
    with pytest.raises(AudioError, match="There is no microphone") as caught:
        Ear(backend)
    assert caught.value.code == "no_input_device"
    assert caught.value.exit_code == 4


def test_another_microphone_can_be_selected_while_running() -> None:
    backend = SimulatedBackend(
        [SimulatedDevice("a", "input", 16_000), SimulatedDevice("b", "input", 16_000)]
    )
    with Ear(backend) as ear:
        backend.run(0.5)
        ear.microphone.select("b")
        backend.run(0.5)
        assert ear.microphone.stats().device == "b"
        ear.microphone.select("c")
        backend.run(0.5)
        assert ear.microphone.stats().device == "b"
        assert [type(event) for event in ear.events] == [DeviceBack, DeviceLost, DeviceBack]
    assert ear.positions == list(range(0, 160 * len(ear.frames), 160))


def test_it_can_be_started_and_stopped_any_number_of_times() -> None:
    ear = Ear()
    for _ in range(3):
        ear.microphone.start()
        ear.microphone.start()
        ear.backend.run(0.1)
        ear.microphone.stop()
        ear.microphone.stop()
        before = len(ear.frames)
        ear.backend.run(0.1)
        assert len(ear.frames) == before
    assert ear.positions == list(range(0, 1600, 160)) * 3


def test_a_listener_may_stop_the_microphone_from_within_its_callback() -> None:
    backend = SimulatedBackend()
    heard: list[int] = []

    def take(_samples: NDArray[np.float32], position: int, _when: float) -> None:
        heard.append(position)
        microphone.stop()

    microphone = Microphone(backend, None, take, lambda _event: None)
    microphone.start()
    backend.run(0.5)
    assert heard == [0]


@given(st.lists(st.integers(0, 700), max_size=30), st.integers(1, 320))
def test_frames_lose_and_reorder_nothing(sizes: list[int], length: int) -> None:
    samples = np.arange(sum(sizes), dtype=np.float32)
    frames = Frames(length)
    parts = np.split(samples, np.cumsum(sizes)[:-1]) if sizes else []
    out = [frame for part in parts for frame in frames.cut(part)]
    assert all(frame.size == length for frame in out)
    joined = np.concatenate([*out, np.zeros(0, np.float32)])
    np.testing.assert_array_equal(joined, samples[: samples.size - samples.size % length])


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(
        [(48_000, 16_000), (44_100, 16_000), (24_000, 16_000), (24_000, 44_100), (8000, 16_000)]
    ),
    st.lists(st.integers(0, 900), min_size=1, max_size=20),
)
def test_resampling_does_not_depend_on_how_the_sound_is_cut(
    rates: tuple[int, int], sizes: list[int]
) -> None:
    samples = noise(1.0, rates[0])[: sum(sizes)]
    whole = StreamResampler(*rates).take(samples)
    stream = StreamResampler(*rates)
    parts = [stream.take(part) for part in np.split(samples, np.cumsum(sizes)[:-1])]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)
    late_s = samples.size / rates[0] - whole.size / rates[1]
    assert -1e-4 <= late_s < 0.003


def test_resampling_stays_aligned_over_a_long_time() -> None:
    stream = StreamResampler(44_100, 16_000)
    silence = sum(stream.take(np.zeros(44_100, np.float32)).size for _ in range(100))
    tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100).astype(np.float32)
    out = stream.take(tone)[1_600_000 - silence :]
    expected = np.sin(2 * np.pi * 440 * np.arange(out.size) / 16_000)
    np.testing.assert_allclose(out[400:], expected[400:], atol=2e-3)


@given(st.lists(st.floats(0, 0.05), min_size=150, max_size=300))
@settings(max_examples=30, deadline=None)
def test_jittery_callbacks_do_not_move_the_time(jitter: list[float]) -> None:
    jitter[0] = 0.0
    jitter[60::40] = [0.0] * len(jitter[60::40])
    clock = StreamClock()
    for index, late_s in enumerate(jitter):
        sound_s = index * 0.01
        assert clock.note(sound_s, 5.0 + sound_s + late_s) < 0.1
        assert 5.0 + sound_s - 1e-9 <= clock.at_s(sound_s) <= 5.0 + sound_s + 0.05


def test_at_rest_the_device_is_free_and_nothing_is_delivered_until_it_rises() -> None:
    rests: list[int] = []
    ear = Ear(SimulatedBackend())
    ear.microphone._on_rest = lambda: rests.append(len(ear.frames))
    with ear:
        ear.backend.run(1.0)
        ear.microphone.rest(True)
        ear.backend.run(0.2)
        heard = len(ear.frames)
        assert rests == [heard]
        assert ear.microphone.stats().device == ""
        assert ear.microphone.level_dbfs == -100.0
        ear.backend.run(5.0)
        assert len(ear.frames) == heard
        ear.microphone.rest(False)
        ear.backend.run(1.0)
        stats = ear.microphone.stats()
    assert stats.device == "mic"
    assert (stats.losses, stats.lost_samples) == (0, 0)
    assert not ear.events
    assert len(ear.frames) > heard + 80
    offset_s = ear.times - (np.array(ear.positions) + 160) / 16_000
    assert np.ptp(offset_s) < 0.011, "positions and times still belong together"


def test_a_microphone_pulled_out_while_it_rests_is_missed_when_it_is_wanted() -> None:
    with Ear(SimulatedBackend()) as ear:
        ear.backend.run(0.5)
        ear.microphone.rest(True)
        ear.backend.run(0.5)
        ear.backend.unplug("mic")
        ear.backend.run(2.0)
        assert not ear.events
        ear.microphone.rest(False)
        ear.backend.run(1.0)
        assert [type(event) for event in ear.events] == [DeviceLost]
        ear.backend.plug("mic")
        ear.backend.run(2.0)
        assert [type(event) for event in ear.events] == [DeviceLost, DeviceBack]
