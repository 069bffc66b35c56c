"""What a conversation can rely on from the loudspeaker, on the simulated sound system."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.audio.device_events import (
    DeviceBack,
    DeviceEvent,
    DeviceLost,
    Flushed,
    PlaybackStarted,
    Played,
)
from assistant.audio.earcons import earcon
from assistant.audio.mixer import DUCKED, LONGEST_QUEUE_S
from assistant.audio.playback import Loudspeaker
from assistant.audio.simulated import SimulatedBackend, SimulatedDevice
from assistant.errors import AudioError

RATE = 24_000
BLOCK = 240
RAMP = 120


def speech(samples: int, level: float = 0.5) -> NDArray[np.float32]:
    """Samples that are audible from the first on, and all different."""
    return np.linspace(0.1, level, samples, dtype=np.float32)


@dataclass
class Room:
    """A loudspeaker on a simulated sound system, and what came of it."""

    backend: SimulatedBackend = field(default_factory=SimulatedBackend)
    device: str | None = None
    events: list[DeviceEvent] = field(default_factory=list)
    reference: list[tuple[NDArray[np.float32], float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.speaker = Loudspeaker(
            self.backend,
            self.device,
            self.events.append,
            lambda samples, at_s: self.reference.append((samples.copy(), at_s)),
        )
        self.speaker.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.speaker.stop()

    def hear(self, blocks: int) -> NDArray[np.float32]:
        """Let blocks of 10 ms pass and return what was given to the device."""
        self.backend.take_played()
        for _ in range(blocks):
            self.backend.step()
        return self.backend.take_played()

    def said(self, kind: type[DeviceEvent]) -> list[DeviceEvent]:
        return [event for event in self.events if isinstance(event, kind)]


def test_a_reply_is_heard_sample_for_sample_and_its_end_is_told() -> None:
    with Room() as room:
        reply = speech(5000)
        room.speaker.play(7, reply[:100], RATE)
        room.speaker.play(7, reply[100:], RATE)
        room.speaker.end(7)
        heard = room.hear(30)
        np.testing.assert_array_equal(heard[:5000], reply)
        assert not heard[5000:].any()
        started, played = room.events
        assert isinstance(started, PlaybackStarted)
        assert started.generation == 7
        assert played == Played(7, 5000, RATE)
        assert room.speaker.played_samples(7) == 5000
        assert room.speaker.stats().underruns == 0


def test_played_samples_grow_block_by_block() -> None:
    with Room() as room:
        room.speaker.play(1, speech(5000), RATE)
        assert room.speaker.played_samples(1) == 0
        room.hear(3)
        assert room.speaker.played_samples(1) == 3 * BLOCK
        assert room.speaker.is_speaking
        assert room.speaker.played_samples(99) == 0


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100])
def test_replies_of_any_rate_are_counted_at_their_own_rate(rate_hz: int) -> None:
    with Room() as room:
        tone = (0.4 * np.sin(2 * np.pi * 500 * np.arange(rate_hz) / rate_hz)).astype(np.float32)
        for part in np.array_split(tone, 7):
            room.speaker.play(1, part, rate_hz)
        room.speaker.end(1)
        heard = room.hear(50)
        assert room.speaker.played_samples(1) == pytest.approx(rate_hz / 2, abs=rate_hz / 100 + 10)
        heard = np.concatenate((heard, room.hear(60)))
        assert room.said(Played) == [Played(1, rate_hz, rate_hz)]
        spectrum = np.abs(np.fft.rfft(heard[:RATE]))
        assert int(spectrum.argmax()) == 500
        assert np.abs(heard).max() == pytest.approx(0.4, abs=0.01)


def test_leading_silence_is_left_out_but_counted() -> None:
    with Room() as room:
        silence = np.full(12_000, 0.001, np.float32)
        room.speaker.play(1, silence[:7000], RATE)
        assert not room.hear(2).any()
        room.speaker.play(1, silence[7000:], RATE)
        room.speaker.play(1, speech(2400), RATE)
        began_s = room.backend.now_s()
        heard = room.hear(3)
        np.testing.assert_array_equal(heard[:BLOCK], silence[:BLOCK])  # 10 ms of it are kept
        np.testing.assert_array_equal(heard[BLOCK : 3 * BLOCK], speech(2400)[: 2 * BLOCK])
        assert room.speaker.played_samples(1) == 12_000 + 2 * BLOCK
        (started,) = room.said(PlaybackStarted)
        assert isinstance(started, PlaybackStarted)
        assert started.at_s == pytest.approx(began_s + 0.01, abs=1e-6)
        assert room.speaker.stats().underruns == 0


def test_a_reply_of_silence_only_comes_to_its_end_at_once() -> None:
    with Room() as room:
        room.speaker.play(1, np.zeros(24_000, np.float32), RATE)
        room.speaker.end(1)
        assert not room.hear(2).any()
        assert room.events == [Played(1, 24_000, RATE)]


def test_a_flush_silences_within_one_block_and_tells_how_far_it_got() -> None:
    with Room() as room:
        reply = speech(48_000)
        room.speaker.play(1, reply, RATE)
        room.hear(10)
        room.speaker.flush(1)
        heard = room.hear(5)
        fade = np.linspace(1, 0, RAMP + 1)[1:]
        np.testing.assert_allclose(heard[:RAMP], reply[2400 : 2400 + RAMP] * fade, atol=1e-6)
        assert not heard[RAMP:].any()
        (flushed,) = room.said(Flushed)
        assert isinstance(flushed, Flushed)
        assert (flushed.reply, flushed.played_samples) == (1, 2400 + RAMP)
        assert not room.speaker.is_speaking


def test_what_comes_for_a_flushed_generation_is_not_heard() -> None:
    with Room() as room:
        room.speaker.play(2, speech(4800), RATE)
        room.speaker.flush(2)
        room.speaker.play(1, speech(4800), RATE)
        room.speaker.play(2, speech(4800), RATE)
        room.speaker.end(2)
        assert not room.hear(30).any()
        assert [type(event) for event in room.events] == [Flushed]
        room.speaker.play(3, speech(240), RATE)
        np.testing.assert_array_equal(room.hear(1), speech(240))


def test_a_flush_without_anything_to_flush_is_still_answered() -> None:
    with Room() as room:
        room.speaker.flush(4)
        room.hear(1)
        (flushed,) = room.events
        assert isinstance(flushed, Flushed)
        assert (flushed.generation, flushed.reply, flushed.played_samples) == (4, -1, 0)


def test_a_flush_is_answered_also_while_there_is_no_device() -> None:
    with Room() as room:
        room.speaker.play(1, speech(48_000), RATE)
        room.hear(10)
        room.backend.unplug("spk")
        room.hear(30)
        room.speaker.flush(1)
        room.hear(1)
        (flushed,) = room.said(Flushed)
        assert isinstance(flushed, Flushed)
        assert flushed.played_samples == 2400


def test_a_ducked_reply_is_12_db_lower_after_a_short_ramp() -> None:
    with Room() as room:
        reply = speech(24_000)
        room.speaker.play(1, reply, RATE)
        room.hear(10)
        room.speaker.duck(on=True)
        heard = room.hear(2)
        gains = heard / reply[2400 : 2400 + heard.size]
        assert 20 * math.log10(DUCKED) == pytest.approx(-12)
        assert np.abs(np.diff(gains)).max() < 1.5 / RAMP
        np.testing.assert_allclose(gains[RAMP:], DUCKED, atol=1e-5)
        room.speaker.duck(on=False)
        heard = room.hear(2)
        np.testing.assert_array_equal(heard[RAMP:], reply[2880 + RAMP : 2880 + heard.size])


def test_a_pause_keeps_the_position_and_ramps_both_ways() -> None:
    with Room() as room:
        reply = speech(24_000)
        room.speaker.play(1, reply, RATE)
        room.hear(10)
        room.speaker.pause()
        heard = room.hear(20)
        down = 1 - np.arange(1, RAMP + 1) / RAMP
        np.testing.assert_allclose(heard[:RAMP], reply[2400 : 2400 + RAMP] * down, atol=1e-5)
        assert not heard[RAMP:].any()
        assert room.speaker.played_samples(1) == 2400 + RAMP
        assert not room.speaker.is_speaking
        room.speaker.resume()
        heard = room.hear(2)
        rest = reply[2400 + RAMP :]
        np.testing.assert_allclose(heard[:RAMP], rest[:RAMP] * (1 - down), atol=0.01)
        np.testing.assert_array_equal(heard[RAMP:], rest[RAMP : heard.size])
        assert room.speaker.stats().underruns == 0


def test_a_flush_ends_pause_and_duck_for_the_next_reply() -> None:
    with Room() as room:
        room.speaker.play(1, speech(24_000), RATE)
        room.hear(5)
        room.speaker.duck(on=True)
        room.speaker.pause()
        room.hear(5)
        room.speaker.flush(1)
        room.speaker.play(2, speech(240), RATE)
        np.testing.assert_array_equal(room.hear(1), speech(240))


def test_earcons_are_mixed_in_and_belong_to_no_reply() -> None:
    with Room() as room:
        sound = earcon("listening", RATE)
        room.speaker.play(1, speech(24_000, 0.2), RATE)
        room.hear(1)
        room.speaker.earcon("listening")
        heard = room.hear(20)
        expected = speech(24_000, 0.2)[240:5040].copy()
        expected[: sound.size] += sound
        np.testing.assert_allclose(heard, expected, atol=1e-6)
        room.speaker.earcon("error")
        room.speaker.flush(1)
        heard = room.hear(30)
        np.testing.assert_allclose(
            heard[RAMP : earcon("error", RATE).size], earcon("error", RATE)[RAMP:], atol=1e-6
        )
        assert not room.speaker.is_speaking


def test_only_a_reply_that_runs_dry_is_an_underrun() -> None:
    with Room() as room:
        room.hear(10)
        room.speaker.play(1, speech(300), RATE)
        room.hear(10)
        assert room.speaker.stats().underruns == 1
        room.speaker.play(1, speech(300), RATE)
        room.hear(10)
        assert room.speaker.stats().underruns == 2
        room.speaker.end(1)
        room.hear(10)
        assert room.speaker.stats().underruns == 2


def test_a_late_callback_is_counted_while_a_reply_is_heard_and_not_otherwise() -> None:
    with Room() as room:
        room.backend.lose_blocks("spk", 1)
        room.hear(5)
        assert room.speaker.stats().xruns == 0
        room.speaker.play(1, speech(24_000), RATE)
        room.hear(5)
        room.backend.lose_blocks("spk", 1)
        room.hear(5)
        assert room.speaker.stats().xruns == 1


def test_more_than_five_minutes_are_dropped_and_counted() -> None:
    with Room() as room:
        minute = np.full(60 * RATE, 0.1, np.float32)
        for _ in range(6):
            room.speaker.play(1, minute, RATE)
        assert room.speaker.stats().dropped == 60 * RATE
        room.speaker.flush(1)
        room.speaker.play(2, minute[: round(LONGEST_QUEUE_S)], RATE)
        assert room.speaker.stats().dropped == 60 * RATE


def test_a_reply_goes_on_where_it_was_when_the_device_is_lost() -> None:
    backend = SimulatedBackend(
        [SimulatedDevice("built-in", "output", RATE), SimulatedDevice("headset", "output", RATE)]
    )
    with Room(backend, "headset") as room:
        reply = speech(5 * RATE)
        room.speaker.play(1, reply, RATE)
        room.speaker.end(1)
        backend.run(1.0)
        backend.unplug("headset")
        assert backend.run_until(lambda: len(room.said(DeviceBack)) == 1, 1.0)
        assert isinstance(room.said(DeviceLost)[0], DeviceLost)
        backend.run(1.0)
        backend.plug("headset")
        assert backend.run_until(lambda: len(room.said(DeviceBack)) == 2, 3.0)
        backend.run(5.0)
        assert room.said(DeviceBack) == [
            DeviceBack("output", "built-in", is_chosen=False),
            DeviceBack("output", "headset", is_chosen=True),
        ]
        assert room.said(Played) == [Played(1, 5 * RATE, RATE)]
        # In which order the parts were heard is known: headset, built-in, headset.
        parts = np.concatenate((backend.take_played("headset"), backend.take_played("built-in")))
        np.testing.assert_array_equal(np.sort(parts[parts > 0]), reply)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_device_that_cannot_play_24_khz_gets_its_own_rate(rate_hz: int) -> None:
    with Room(SimulatedBackend([SimulatedDevice("spk", "output", rate_hz)])) as room:
        tone = (0.4 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)).astype(np.float32)
        room.speaker.play(1, tone, RATE)
        room.speaker.end(1)
        heard = room.hear(50)
        expected = 0.4 * np.sin(2 * np.pi * 1000 * np.arange(heard.size) / rate_hz)
        np.testing.assert_allclose(heard[200:], expected[200:], atol=2e-3)
        room.speaker.flush(1)
        heard = room.hear(3)
        assert not heard[2 * rate_hz // 100 :].any()
        assert room.speaker.stats().rate_hz == rate_hz


def test_what_was_played_comes_back_at_16_khz_with_the_time_it_was_taken() -> None:
    with Room() as room:
        began_s = room.backend.now_s()
        tone = (0.4 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)).astype(np.float32)
        room.speaker.play(1, tone, RATE)
        room.hear(100)
        assert {samples.shape for samples, _ in room.reference} == {(160,)}
        samples = np.concatenate([samples for samples, _ in room.reference])
        expected = 0.4 * np.sin(2 * np.pi * 1000 * np.arange(samples.size) / 16_000)
        assert len(room.reference) >= 99
        np.testing.assert_allclose(samples[160:], expected[160:], atol=2e-3)
        times = np.array([at_s for _, at_s in room.reference])
        np.testing.assert_allclose(times, began_s + np.arange(times.size) * 0.01, atol=1e-6)


def test_without_any_loudspeaker_the_start_says_so() -> None:
    with pytest.raises(AudioError, match="There is no loudspeaker") as caught:
        Room(SimulatedBackend([SimulatedDevice("mic", "input", 16_000)]))
    assert caught.value.code == "no_output_device"


def test_after_ten_seconds_of_silence_the_device_is_closed_and_a_reply_opens_it_again() -> None:
    with Room() as room:
        room.hear(900)
        assert room.speaker.stats().device == "spk"
        room.hear(200)
        assert room.speaker.stats().device == ""
        room.speaker.play(1, speech(4800), RATE)
        room.speaker.end(1)
        heard = room.hear(60)
        np.testing.assert_array_equal(heard[heard != 0], speech(4800))
        assert not room.said(DeviceLost)
        assert not room.said(DeviceBack)
        assert len(room.said(Played)) == 1


def test_a_resting_loudspeaker_is_opened_ahead_and_stays_open_while_a_reply_is_paused() -> None:
    with Room() as room:
        room.hear(1100)
        room.speaker.prepare()
        room.hear(20)
        assert room.speaker.stats().device == "spk"
        room.speaker.play(1, speech(48_000), RATE)
        room.speaker.pause()
        room.hear(3000)
        room.speaker.resume()
        assert room.hear(50).any()


def test_a_loudspeaker_that_went_while_it_rested_is_missed_when_it_is_wanted() -> None:
    backend = SimulatedBackend(
        (SimulatedDevice("spk", "output", 24_000), SimulatedDevice("usb", "output", 24_000))
    )
    with Room(backend, "usb") as room:
        room.hear(1100)
        backend.unplug("usb")
        room.hear(100)
        assert not room.events
        room.speaker.play(1, speech(4800), RATE)
        room.hear(100)
        (lost,) = room.said(DeviceLost)
        assert isinstance(lost, DeviceLost)
        assert lost.name == "usb"
        assert room.speaker.stats().device == "spk"
        assert room.speaker.played_samples(1) == 4800


def test_it_can_be_stopped_in_the_middle_and_started_again() -> None:
    room = Room()
    room.speaker.play(1, speech(24_000), RATE)
    room.hear(5)
    room.speaker.stop()
    room.speaker.stop()
    room.speaker.start()
    assert not room.hear(5).any()
    room.speaker.play(1, speech(240), RATE)
    np.testing.assert_array_equal(room.hear(1), speech(240))
    room.speaker.stop()


def test_a_newer_reply_ends_the_one_before_it() -> None:
    with Room() as room:
        room.speaker.play(1, speech(240), RATE)
        room.speaker.play(2, speech(240, 0.9), RATE)
        room.speaker.play(1, speech(240), RATE)  # too late
        heard = room.hear(4)
        np.testing.assert_array_equal(heard[:240], speech(240))
        np.testing.assert_array_equal(heard[240:480], speech(240, 0.9))
        assert not heard[480:].any()


# --- any order of commands ---------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("play"), st.integers(0, 5), st.integers(1, 1500)),
        st.tuples(st.sampled_from(["end", "flush"]), st.integers(0, 5)),
        st.tuples(st.sampled_from(["pause", "resume", "unplug", "plug"])),
        st.tuples(st.just("pass"), st.integers(1, 12)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_in_any_order_of_commands_nothing_is_heard_twice_late_or_out_of_order(  # noqa: PLR0915 - one flat table
    steps: list[tuple[object, ...]],
) -> None:
    """Every sample carries its generation and index; what is heard must be the next of its reply."""
    next_index = [0] * 6
    flushed_through = -1
    heard: list[tuple[int, int]] = []
    with Room() as room:
        for step in steps:
            match step:
                case ("play", int(generation), int(count)):
                    index = next_index[generation] + np.arange(count)
                    # 0.1 to 0.7 by generation, and the index below; exact in float32.
                    samples = (generation + 1) / 8 + index / 2**20
                    next_index[generation] += count
                    room.speaker.play(generation, samples.astype(np.float32), RATE)
                case ("end", int(generation)):
                    room.speaker.end(generation)
                case ("flush", int(generation)):
                    flushed_through = max(flushed_through, generation)
                    room.speaker.flush(generation)
                    room.hear(1)  # with the fade, which the next check must not see
                    continue
                case ("pause",):
                    room.speaker.pause()
                    room.hear(1)
                    continue
                case ("resume",):
                    room.speaker.resume()
                    room.hear(1)
                    continue
                case ("unplug",):
                    room.backend.unplug("spk")
                case ("plug",):
                    room.backend.plug("spk")
                case ("pass", int(blocks)):
                    sounded = room.hear(blocks).astype(np.float64)
                    for value in sounded[sounded != 0]:
                        generation = int(value * 8) - 1
                        index = round((value - (generation + 1) / 8) * 2**20)
                        assert 0 <= generation < 6
                        assert generation > flushed_through, "heard after its flush"
                        heard.append((generation, index))
        assert heard == sorted(set(heard)), "twice, or out of order"
        room.backend.plug("spk")
        room.speaker.resume()
        for generation in range(6):
            room.speaker.end(generation)
        room.hear(100 + sum(next_index) // BLOCK)
        assert not room.speaker.is_speaking
        for event in room.events:
            if isinstance(event, Played):
                assert 0 <= event.played_samples <= next_index[event.generation]
            if isinstance(event, Flushed) and event.reply >= 0:
                assert 0 <= event.played_samples <= next_index[event.reply]
        finished = [event.generation for event in room.said(Played)]  # type: ignore[union-attr]
        assert len(finished) == len(set(finished))
        assert len(room.said(Flushed)) == sum(step[0] == "flush" for step in steps)
        assert room.speaker._mixer.queued == 0
