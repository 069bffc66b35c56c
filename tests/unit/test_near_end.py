"""The second ear: a linear echo canceller, its doubt of itself, and when it says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.bench.echo_path import EchoPath, room_noise
from assistant.listening.near_end import LinearCanceller, Rest, SecondEar

RATE = 16_000
FRAME = 512
BLOCK = 160


def talking(seconds: float, seed: int, level: float = 0.4) -> NDArray[np.float32]:
    """Noise that swells and stops four times a second, at about -20 dBFS."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE)
    noise = np.convolve(random.standard_normal(count), np.ones(4) / 4, "same")
    syllables = random.uniform(0, 1, int(seconds * 4) + 2) ** 2
    curve = np.interp(np.arange(count), np.arange(len(syllables)) * RATE / 4, syllables)
    return (level * noise * curve).astype(np.float32)


def level_db(samples: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def rests(
    near: NDArray[np.float32], far: NDArray[np.float32], canceller: LinearCanceller
) -> list[Rest]:
    starts = range(0, len(near) - FRAME + 1, FRAME)
    return [canceller.process(near[a : a + FRAME], far[a : a + FRAME]) for a in starts]


def after(found: list[Rest], seconds: float) -> NDArray[np.float32]:
    return np.concatenate([one.samples for one in found[int(seconds * RATE / FRAME) :]])


# --- the canceller ------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ["synthetic", "measured"])
@pytest.mark.parametrize("delay_ms", [20, 180])
def test_echo_is_taken_away_and_the_canceller_knows_how_much_is_left(
    room: str, delay_ms: float
) -> None:
    far = talking(8, seed=1)
    path = EchoPath(delay_ms, level_db=-6, rt60_s=0.2, room=room)  # type: ignore[arg-type]
    near = path.echo(far) + room_noise(len(far), -70, 2)
    found = rests(near, far, LinearCanceller())
    assert level_db(near[5 * RATE :]) - level_db(after(found, 5)) > 15
    assert found[5].leak_db > -6
    assert found[-1].leak_db < -15


def test_a_quiet_user_over_the_echo_stays_whole_and_stands_out() -> None:
    far = talking(10, seed=3)
    user = np.zeros(len(far), np.float32)
    user[7 * RATE :] = talking(3, seed=4, level=0.1)  # 6 dB below the echo
    near = EchoPath(80, level_db=-6).echo(far) + room_noise(len(far), -70, 5)
    found = rests(near + user, far, LinearCanceller())
    kept = after(found, 7)
    whole = user[int(7 * RATE / FRAME) * FRAME :][: len(kept)]
    assert level_db(kept) == pytest.approx(level_db(whole), abs=1.5)
    assert level_db(kept - whole) < level_db(whole) - 8
    alone, over = found[160:215], found[225:]
    assert np.median([one.stands_out_db for one in alone]) < 6
    assert np.median([one.stands_out_db for one in over]) > 10


def test_another_room_is_noticed_and_learnt() -> None:
    far = talking(24, seed=6)
    first, second = (EchoPath(d, level_db=-6, seed=s).echo(far) for d, s in ((80, 1), (150, 2)))
    moved = np.concatenate((first[: 8 * RATE], second[8 * RATE :]))
    found = rests(moved + room_noise(len(far), -70, 7), far, LinearCanceller())
    assert found[int(7.5 * RATE / FRAME)].leak_db < -15
    assert max(one.leak_db for one in found[int(8.5 * RATE / FRAME) :]) > -6
    assert found[-1].leak_db < -12


# --- the ear ------------------------------------------------------------------------------------


class SureVad:
    """Takes everything for speech, and remembers what it was given."""

    def __init__(self) -> None:
        self.heard: list[NDArray[np.float32]] = []
        self.resets = 0

    def judge(self, frame: NDArray[np.float32]) -> float:
        assert frame.shape == (FRAME,)
        self.heard.append(frame)
        return 1.0

    def reset(self) -> None:
        self.resets += 1


def listen(ear: SecondEar, near: NDArray[np.float32], far: NDArray[np.float32]) -> list[float]:
    """Give blocks of 10 ms and judge whenever a frame is complete, as the listener does."""
    said, given = [], 0
    for at in range(0, len(near) - BLOCK + 1, BLOCK):
        ear.take(near[at : at + BLOCK], far[at : at + BLOCK])
        given += BLOCK
        while given >= FRAME:
            said.append(ear.judge())
            given -= FRAME
    return said


def test_without_playback_it_says_nothing_and_costs_nothing() -> None:
    vad = SureVad()
    said = listen(SecondEar(vad), talking(3, seed=8), np.zeros(3 * RATE, np.float32))
    assert set(said) == {0.0}
    assert vad.heard == []


def test_it_says_nothing_of_echo_and_speaks_up_for_the_user() -> None:
    far = talking(10, seed=9)
    user = np.zeros(len(far), np.float32)
    user[8 * RATE :] = talking(2, seed=10, level=0.3)
    near = EchoPath(80, level_db=-6).echo(far) + room_noise(len(far), -70, 11)
    said = listen(SecondEar(SureVad()), near + user, far)
    unsure, alone, over = said[:30], said[160:245], said[255:]
    assert sum(unsure) == 0  # it has not learnt the room
    assert np.mean(alone) < 0.25
    assert np.mean(over) > 0.45  # people pause, too


def test_echo_that_no_filter_can_follow_is_never_taken_for_a_user() -> None:
    far = talking(8, seed=12)
    near = EchoPath(80, level_db=-6, drift_ms=10).echo(far) + room_noise(len(far), -70, 13)
    said = listen(SecondEar(SureVad()), near, far)
    assert sum(said) <= 0.03 * len(said)


def test_a_soft_sound_right_after_a_plain_one_is_the_user_s_and_not_echo() -> None:
    far = talking(10, seed=16)
    user = np.zeros(len(far), np.float32)
    plain = slice(250, 262)  # frames
    user[250 * FRAME : 262 * FRAME] = room_noise(12 * FRAME, -15, 17)
    near = EchoPath(80, level_db=-6).echo(far) + room_noise(len(far), -70, 18)
    said = listen(SecondEar(SureVad()), near + user, far)
    assert np.mean(said[plain]) > 0.9
    assert said[262:265] == [1.0, 1.0, 1.0]
    assert np.mean(said[266:]) < 0.3


def test_after_forgetting_it_waits_until_it_knows_what_was_played_before() -> None:
    far = talking(12, seed=14)
    near = EchoPath(80, level_db=-6).echo(far) + room_noise(len(far), -70, 15)
    ear = SecondEar(SureVad())
    listen(ear, near[: 8 * RATE], far[: 8 * RATE])
    ear.forget()
    said = listen(ear, near[8 * RATE :], far[8 * RATE :])
    assert sum(said[:16]) == 0
    assert np.mean(said) < 0.25
    assert ear.leak_db < -15


def test_nobody_judging_leaves_no_backlog() -> None:
    ear = SecondEar(SureVad())
    for _ in range(100):
        ear.take(np.ones(BLOCK, np.float32), np.ones(BLOCK, np.float32))
    frames = 0
    while ear.judge() or frames < 3:
        frames += 1
    assert frames == 3


def test_a_frame_that_is_not_complete_is_not_judged() -> None:
    vad = SureVad()
    ear = SecondEar(vad)
    ear.take(np.ones(BLOCK, np.float32), np.ones(BLOCK, np.float32))
    assert ear.judge() == 0.0
    assert vad.heard == []
