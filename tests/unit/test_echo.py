"""The echo canceller, its verdict on itself, and the line that keeps two clocks together.

The room is synthetic (`assistant.bench.echo_path`), the signals are noise with the rhythm of speech:
recordings belong to `assistant bench barge-in`.
"""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bench.echo_path import EchoPath, room_noise
from assistant.listening.echo import FRAME_SAMPLES, RATE_HZ, ReferenceLine, WebRtcEchoCanceller
from assistant.listening.echo_quality import EchoQuality


def talking(seconds: float, seed: int) -> np.ndarray:
    """Noise that swells and stops four times a second, band-limited like a voice, at about -20 dBFS."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE_HZ)
    noise = np.convolve(random.standard_normal(count), np.ones(4) / 4, "same")
    syllables = random.uniform(0, 1, int(seconds * 4) + 2) ** 2
    curve = np.interp(np.arange(count), np.arange(len(syllables)) * RATE_HZ / 4, syllables)
    return (0.4 * noise * curve).astype(np.float32)


def frames(samples: np.ndarray) -> np.ndarray:
    return samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def cleaned(near: np.ndarray, far: np.ndarray, canceller: WebRtcEchoCanceller) -> np.ndarray:
    pairs = zip(frames(near), frames(far), strict=True)
    return np.concatenate([canceller.process(n, f) for n, f in pairs])


# --- the canceller ------------------------------------------------------------------------------


@pytest.mark.parametrize("delay_ms", [20, 80, 180])
def test_echo_is_reduced_by_more_than_20_db_at_every_delay_without_being_told(
    delay_ms: int,
) -> None:
    far = talking(6, seed=1)
    near = EchoPath(delay_ms=delay_ms, level_db=-6).echo(far) + room_noise(len(far), -70, 2)
    canceller = WebRtcEchoCanceller()
    clean = cleaned(near, far, canceller)
    later = slice(3 * RATE_HZ, None)
    assert level_db(near[later]) - level_db(clean[later]) > 20
    assert canceller.is_good
    assert canceller.erle_db is not None
    assert canceller.erle_db > 15


def test_speech_without_playback_passes_nearly_unchanged() -> None:
    near = talking(4, seed=3)
    clean = cleaned(near, np.zeros_like(near), WebRtcEchoCanceller())
    assert abs(level_db(clean) - level_db(near)) < 1.5


def test_minutes_without_playback_cost_no_sound_and_no_skill() -> None:
    """It rests after ten seconds: speech goes on without a jump, and echo is cancelled at once later."""
    canceller = WebRtcEchoCanceller()
    far, path = talking(6, seed=11), EchoPath(delay_ms=80, level_db=-6)
    echo = path.echo(far) + room_noise(len(far), -70, 2)
    cleaned(echo, far, canceller)
    silence = np.zeros(9 * RATE_HZ, np.float32)
    cleaned(silence, silence, canceller)

    user = talking(4, seed=12)
    passed = cleaned(user, np.zeros_like(user), canceller)
    second = slice(2 * RATE_HZ, 4 * RATE_HZ)
    lags = range(-300, 301)
    found = max(lags, key=lambda lag: float(np.roll(user, lag)[second] @ passed[second]))
    awake = cleaned(user, np.zeros_like(user), WebRtcEchoCanceller())
    expected = max(lags, key=lambda lag: float(np.roll(user, lag)[second] @ awake[second]))
    assert abs(found - expected) <= 1, "as late as when it works"

    clean = cleaned(echo, far, canceller)
    at_once = slice(0, RATE_HZ)
    assert level_db(echo[at_once]) - level_db(clean[at_once]) > 20


def test_it_rests_until_something_is_played_and_again_ten_seconds_later() -> None:
    canceller = WebRtcEchoCanceller()
    silence, spoken = np.zeros(FRAME_SAMPLES, np.float32), talking(1, seed=3)[:FRAME_SAMPLES]
    canceller.process(silence, silence)
    assert canceller.is_resting
    canceller.process(silence, spoken)
    for _ in range(999):
        assert not canceller.is_resting
        canceller.process(silence, silence)
    canceller.process(silence, silence)
    assert canceller.is_resting


def test_the_user_remains_when_speaking_over_the_echo() -> None:
    far, user = talking(8, seed=4), talking(8, seed=5)
    user[: 5 * RATE_HZ] = 0
    echo = EchoPath(delay_ms=80, level_db=-12).echo(far)
    clean = cleaned(user + echo, far, WebRtcEchoCanceller())
    over = slice(5 * RATE_HZ, None)
    assert level_db(clean[over]) > level_db(user[over]) - 6


# --- its verdict --------------------------------------------------------------------------------


def verdict(near: np.ndarray, far: np.ndarray, clean: np.ndarray) -> EchoQuality:
    quality = EchoQuality()
    for one in zip(frames(near), frames(far), frames(clean), strict=True):
        quality.take(*one)
    return quality


def test_echo_that_stays_is_called_poor() -> None:
    far = talking(8, seed=6)
    near = EchoPath(delay_ms=80, level_db=-6).echo(far)
    quality = verdict(near, far, near)
    assert not quality.is_good
    assert quality.erle_db == pytest.approx(0, abs=0.1)


def test_a_user_with_headphones_talking_through_the_playback_is_not_echo() -> None:
    far, user = talking(8, seed=7), talking(8, seed=8)
    assert verdict(user, far, user).is_good


def test_a_reference_that_comes_after_its_echo_is_noticed() -> None:
    far = talking(8, seed=9)
    near = EchoPath(delay_ms=80, level_db=0).echo(far)
    late = np.concatenate((np.zeros(int(0.2 * RATE_HZ), np.float32), far))[: len(far)]
    canceller = WebRtcEchoCanceller()
    clean = cleaned(near, late, canceller)
    assert level_db(near) - level_db(clean) < 12
    assert not canceller.is_good


def test_nothing_is_judged_before_something_was_played() -> None:
    user = talking(8, seed=10)
    quality = verdict(user, np.zeros_like(user), user)
    assert quality.erle_db is None
    assert quality.is_good


def test_the_verdict_recovers_once_cancellation_works() -> None:
    far = talking(8, seed=11)
    near = EchoPath(delay_ms=80, level_db=-6).echo(far)
    quality = verdict(near, far, near)
    assert not quality.is_good
    for one in zip(frames(near), frames(far), frames(near * 0.05), strict=True):
        quality.take(*one)
    assert quality.is_good


# --- the reference line -------------------------------------------------------------------------


def run_line(
    played: np.ndarray,
    *,
    skew_ppm: float = 0.0,
    put_jitter_s: float = 0.0,
    take_jitter_s: float = 0.0,
    seed: int = 0,
) -> tuple[np.ndarray, ReferenceLine]:
    """Play ``played`` and read it back block by block, the microphone's clock running apart."""
    random = np.random.default_rng(seed)
    line, taken = ReferenceLine(), []
    events = []
    for i, frame in enumerate(frames(played)):
        at_s = 100 + i * 0.01
        events.append((at_s, 0, at_s + random.uniform(0, put_jitter_s), frame))
        captured_s = 100.025 + i * 0.01 * (1 - skew_ppm * 1e-6)
        events.append((captured_s, 1, captured_s + random.uniform(0, take_jitter_s), frame))
    for _when, is_take, stamp_s, frame in sorted(events, key=lambda e: (e[0], e[1])):
        if is_take:
            taken.append(line.take(stamp_s))
        else:
            line.put(frame, stamp_s)
    return np.concatenate(taken), line


def lag_of(taken: np.ndarray, played: np.ndarray, around: slice) -> int:
    """By how many samples ``taken`` comes after ``played`` there (best of +-40 ms)."""
    lags = range(-640, 641)
    part = taken[around]
    scores = [float(part @ played[around.start - lag : around.stop - lag]) for lag in lags]
    return lags[int(np.argmax(scores))]


def test_what_is_taken_is_what_was_played_at_that_time() -> None:
    played = talking(3, seed=1)
    taken, line = run_line(played)
    # The first block was captured from 100.015 to 100.025, beginning in the player's second frame.
    assert lag_of(taken, played, slice(RATE_HZ, 2 * RATE_HZ)) == -240
    np.testing.assert_allclose(
        taken[RATE_HZ : 2 * RATE_HZ],
        played[RATE_HZ + 240 : 2 * RATE_HZ + 240],
        atol=1e-6,
    )
    assert line.stats().jumps == 0


def test_silence_before_anything_is_played_and_after_it_ended() -> None:
    line = ReferenceLine()
    assert not line.take(5.0).any()
    line.put(np.ones(FRAME_SAMPLES, np.float32), 6.0)
    assert not line.take(9.0).any()


def test_jittering_stamps_do_not_tear_the_reference() -> None:
    played = talking(20, seed=2)
    taken, line = run_line(played, put_jitter_s=0.008, take_jitter_s=0.008)
    assert line.stats().jumps == 0
    lags = [lag_of(taken, played, slice(s * RATE_HZ, (s + 1) * RATE_HZ)) for s in range(8, 18, 2)]
    assert max(lags) - min(lags) <= 16  # one millisecond in ten seconds


@pytest.mark.parametrize("skew_ppm", [-300, 100, 300])
def test_clock_skew_becomes_a_constant_delay(skew_ppm: int) -> None:
    played = talking(60, seed=3)
    taken, line = run_line(played, skew_ppm=skew_ppm)
    assert line.stats().jumps == 0

    def age_ms(second: int) -> float:
        """Against the truth: which sample was in the air when the microphone took this one."""
        drift = round(second * skew_ppm * 1e-6 * RATE_HZ)
        around = slice(second * RATE_HZ, second * RATE_HZ + RATE_HZ // 2)
        return (lag_of(taken, played, around) - drift) / 16

    assert abs(age_ms(55) - age_ms(5)) < 4


def test_a_hole_in_the_playback_keeps_later_sound_at_its_time() -> None:
    played = talking(2, seed=4)
    line = ReferenceLine()
    for i, frame in enumerate(frames(played)):
        line.put(frame, 50 + i * 0.01)
    resumed = talking(1, seed=5)
    for i, frame in enumerate(frames(resumed)):
        line.put(frame, 52.5 + i * 0.01)
    for i in range(50):
        taken = line.take(52.51 + i * 0.01)
        np.testing.assert_allclose(taken, frames(resumed)[i], atol=1e-6)
    assert line.stats().gaps == 1


def test_another_device_with_an_earlier_clock_starts_the_alignment_anew() -> None:
    line = ReferenceLine()
    for i in range(100):
        line.put(np.ones(FRAME_SAMPLES, np.float32), 10 + i * 0.01)
    second = talking(1, seed=6)
    for i, frame in enumerate(frames(second)):
        line.put(frame, 10.5 + i * 0.01)
    np.testing.assert_allclose(line.take(10.61), frames(second)[10], atol=1e-6)


def test_frames_put_late_move_the_reading_point_instead_of_leaving_holes() -> None:
    played = 0.5 * np.ones(3 * RATE_HZ, np.float32)
    line, holes = ReferenceLine(), 0
    for i, frame in enumerate(frames(played)):
        if i >= 4:  # the player's thread delivers 30 ms behind
            line.put(frames(played)[i - 4], 100 + (i - 4) * 0.01)
            taken = line.take(100 + i * 0.01)
            holes += i > 40 and not np.allclose(taken, 0.5, atol=1e-3)
        assert frame.shape == (FRAME_SAMPLES,)
    assert holes == 0
    assert 20 < line.stats().lag_ms < 60


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["put", "take"]), st.floats(-5, 5), st.integers(1, 400)),
        max_size=60,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_clocks_say_a_full_finite_frame_comes_back(
    steps: list[tuple[str, float, int]],
) -> None:
    line, now_s = ReferenceLine(), 1000.0
    for kind, step_s, count in steps:
        now_s += step_s
        if kind == "put":
            line.put(np.full(count, 0.5, np.float32), now_s)
        else:
            taken = line.take(now_s)
            assert taken.shape == (FRAME_SAMPLES,)
            assert taken.dtype == np.float32
            assert np.isfinite(taken).all()
            assert np.abs(taken).max() < 1.0


def test_two_threads_may_use_it_at_once() -> None:
    line = ReferenceLine()
    done = threading.Event()

    def play() -> None:
        for i in range(2000):
            line.put(np.full(FRAME_SAMPLES, 0.25, np.float32), i * 0.01)
        done.set()

    player = threading.Thread(target=play)
    player.start()
    seen = [line.take(i * 0.01) for i in range(2000)]
    player.join(10)
    assert done.is_set()
    assert all(np.abs(one).max() < 0.5 for one in seen)


# --- the simulated room the measurements stand on ------------------------------------------------


ROOMS = [EchoPath(delay_ms=80, level_db=-6), EchoPath(delay_ms=80, level_db=-6, room="measured")]


@pytest.mark.parametrize("path", ROOMS, ids=["synthetic", "measured"])
def test_the_running_room_sounds_like_the_whole_one(path: EchoPath) -> None:
    played = talking(2, seed=12)
    room = path.running(played)
    in_steps = np.concatenate([room.take(frame) for frame in frames(played)])
    np.testing.assert_allclose(in_steps, path.echo(played), atol=1e-6)


@pytest.mark.parametrize("path", ROOMS, ids=["synthetic", "measured"])
def test_the_echo_has_the_delay_and_the_level_asked_for(path: EchoPath) -> None:
    played = talking(2, seed=13)
    echo = path.echo(played)
    assert not echo[: int(0.0799 * RATE_HZ)].any()
    assert level_db(echo) - level_db(played) == pytest.approx(-6, abs=0.1)


def test_the_measured_room_is_a_small_one() -> None:
    """A click decays by 30 dB within a tenth of a second; the file is not silence nor noise."""
    click = np.zeros(RATE_HZ, np.float32)
    click[0] = 1.0
    echo = EchoPath(delay_ms=0, level_db=0, room="measured").echo(click)
    assert level_db(echo[:160]) - level_db(echo[1600:1760]) > 30
    assert level_db(echo[int(0.18 * RATE_HZ) :]) < -110


def test_a_faster_microphone_clock_stretches_the_echo() -> None:
    played = talking(4, seed=14)
    path = EchoPath(delay_ms=0, level_db=0, skew_ppm=1000)
    late = lag_of(
        path.echo(played), EchoPath(delay_ms=0, level_db=0).echo(played), slice(48000, 60000)
    )
    assert late == pytest.approx(54, abs=7)  # 1000 ppm of 54,000 samples
