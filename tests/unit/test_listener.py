"""The listener: blocks in, reports out, with a detector that calls loud what is loud."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.listening.double_talk import DoubleTalkVad
from assistant.listening.echo import ReferenceLine
from assistant.listening.listener import NEWEST_S, Listener
from assistant.listening.reports import (
    Paused,
    Report,
    SpeechBegan,
    SpeechEnded,
    SpeechHeard,
    SpeechResumed,
)
from assistant.settings.live import ListeningSettings

BLOCK = 160
RATE = 16_000


class LoudnessVad:
    """Speech is whatever reaches 0.1, and perhaps what reaches 0.05; counts what it was asked."""

    def __init__(self) -> None:
        self.judged = 0
        self.resets = 0

    def judge(self, frame: NDArray[np.float32]) -> float:
        assert frame.shape == (512,)
        self.judged += 1
        peak = np.abs(frame).max()
        return 0.95 if peak >= 0.1 else 0.07 if peak >= 0.05 else 0.02

    def reset(self) -> None:
        self.resets += 1


class RestingEcho:
    """An echo canceller that takes nothing out."""

    erle_db = None
    is_good = True
    is_resting = True

    def process(self, near: NDArray[np.float32], far: NDArray[np.float32]) -> NDArray[np.float32]:
        return near


class Microphone:
    """Feeds a listener block by block; every sample is different, so that any mistake shows."""

    def __init__(
        self, settings: ListeningSettings | None = None, start_at: int = 0, **arguments: object
    ) -> None:
        self.reports: list[Report] = []
        self.vad = LoudnessVad()
        self.listener = Listener(
            settings or ListeningSettings(),
            self.reports.append,
            vad=self.vad,
            **arguments,  # type: ignore[arg-type]
        )
        self.position = start_at
        self.sent = np.zeros(0, dtype=np.float32)
        self.start_at = start_at

    def block(self, level: float) -> None:
        numbers = np.arange(self.position, self.position + BLOCK)
        samples = (level * (0.8 + 0.2 * np.sin(numbers * 0.01))).astype(np.float32)
        self.sent = np.concatenate((self.sent, samples))
        captured_s = 100.0 + (self.position + BLOCK) / RATE
        self.listener.take(samples, self.position, captured_s)
        self.position += BLOCK

    def quiet(self, ms: int) -> None:
        for _ in range(ms // 10):
            self.block(0.001)

    def speech(self, ms: int) -> None:
        for _ in range(ms // 10):
            self.block(0.5)

    def between(self, start_at: int, stop_at: int) -> NDArray[np.float32]:
        return self.sent[start_at - self.start_at : stop_at - self.start_at]

    def kinds(self) -> list[str]:
        """Names of the reports, repetitions once."""
        names = [type(one).__name__ for one in self.reports]
        return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]

    def ended(self) -> list[SpeechEnded]:
        return [one for one in self.reports if isinstance(one, SpeechEnded)]


def heard(reports: list[Report]) -> list[tuple[int, NDArray[np.float32]]]:
    """Each stretch: where it starts, and all samples that were reported of it."""
    stretches: list[tuple[int, list[NDArray[np.float32]]]] = []
    for one in reports:
        if isinstance(one, SpeechBegan):
            stretches.append((one.start_at, [one.samples]))
        elif isinstance(one, SpeechHeard):
            stretches[-1][1].append(one.samples)
    return [(start_at, np.concatenate(parts)) for start_at, parts in stretches]


def test_an_utterance_is_reported_whole_with_half_a_second_before_it() -> None:
    microphone = Microphone()
    microphone.quiet(1000)
    microphone.speech(800)
    microphone.quiet(1700)
    ((start_at, samples),) = heard(microphone.reports)
    assert 16_000 - 8_000 - 512 <= start_at <= 16_000 - 8_000
    assert np.array_equal(samples, microphone.between(start_at, start_at + samples.size))
    assert start_at + samples.size > 28_800 + 24_000
    assert [end.reason for end in microphone.ended()] == ["silence"]


def test_a_second_of_doubt_before_the_onset_is_handed_on_with_half_a_second_before_it() -> None:
    microphone = Microphone()
    microphone.quiet(2000)
    for _ in range(300):
        microphone.block(0.07)
    microphone.speech(500)
    ((start_at, samples),) = heard(microphone.reports)
    reach = 32 * 512 + 8_000
    assert 80_000 - reach - 512 <= start_at <= 80_000 - reach
    assert np.array_equal(samples, microphone.between(start_at, start_at + samples.size))


def test_blocks_may_wait_only_while_nobody_speaks_or_seems_to_begin() -> None:
    microphone = Microphone()
    microphone.quiet(500)
    assert microphone.listener.may_wait
    microphone.block(0.07)
    microphone.quiet(30)  # the frame that perhaps is speech is judged with these
    assert not microphone.listener.may_wait
    microphone.quiet(100)
    assert microphone.listener.may_wait
    microphone.speech(40)
    assert not microphone.listener.may_wait, "one frame, three before an onset is known"
    microphone.speech(400)
    microphone.quiet(1000)
    assert not microphone.listener.may_wait, "a pause in what is said"
    microphone.quiet(1700)
    assert microphone.listener.may_wait


def test_blocks_may_not_wait_while_the_talk_key_is_held() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.quiet(200)
    assert microphone.listener.may_wait
    microphone.listener.hold(True)
    assert not microphone.listener.may_wait, "pressed, and no block has come since"
    microphone.quiet(200)
    assert not microphone.listener.may_wait


def test_blocks_may_not_wait_while_something_is_played() -> None:
    echo = RestingEcho()
    microphone = Microphone(echo=echo, reference=ReferenceLine())
    microphone.quiet(200)
    assert microphone.listener.may_wait
    echo.is_resting = False
    assert not microphone.listener.may_wait


def test_times_are_those_of_the_samples() -> None:
    microphone = Microphone()
    microphone.quiet(1000)
    microphone.speech(800)
    microphone.quiet(400)
    began = microphone.reports[0]
    assert isinstance(began, SpeechBegan)
    assert began.onset_s == pytest.approx(101.0, abs=0.032)
    pause = microphone.reports[-1]
    assert isinstance(pause, Paused)
    assert pause.last_speech_s == pytest.approx(101.8, abs=0.032)
    assert pause.silence_ms == pytest.approx(400, abs=64)
    assert pause.speech_ms == pytest.approx(800, abs=64)


def test_pauses_are_told_from_the_soft_end_on_and_a_resumption_brings_its_own_pre_roll() -> None:
    microphone = Microphone()
    microphone.quiet(600)
    microphone.speech(600)
    microphone.quiet(700)
    microphone.speech(300)
    first = next(one for one in microphone.reports if isinstance(one, Paused))
    assert 200 <= first.silence_ms < 232
    resumed = next(one for one in microphone.reports if isinstance(one, SpeechResumed))
    assert resumed.onset_s == pytest.approx(101.9, abs=0.032)
    tail = resumed.samples[-512:]
    assert tail.min() > 0.1
    assert resumed.samples.size > 8_000


def test_a_click_is_no_speech() -> None:
    microphone = Microphone()
    microphone.quiet(500)
    microphone.speech(30)
    microphone.quiet(500)
    assert microphone.reports == []


# --- the talk key -----------------------------------------------------------------------------------

PUSH_TO_TALK = ListeningSettings(mode="push_to_talk")


def test_without_the_key_push_to_talk_neither_reports_nor_judges() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.speech(2000)
    assert microphone.reports == []
    assert microphone.vad.judged == 0


def test_the_key_holds_everything_and_letting_go_ends_within_30_ms() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.quiet(700)
    microphone.listener.hold(on=True)
    pressed_at = microphone.position
    microphone.quiet(300)
    microphone.speech(500)
    microphone.quiet(2000)
    microphone.speech(105)
    microphone.listener.hold(on=False)
    released_at = microphone.position
    microphone.speech(30)
    assert microphone.kinds() == ["SpeechBegan", "SpeechHeard", "SpeechEnded"]
    ((start_at, samples),) = heard(microphone.reports)
    assert start_at == pressed_at + BLOCK - 8_000
    assert released_at <= start_at + samples.size <= released_at + 480
    assert np.array_equal(samples, microphone.between(start_at, start_at + samples.size))
    (end,) = microphone.ended()
    assert end.reason == "key_up"


def test_letting_go_needs_no_further_block_when_what_was_delivered_is_recent() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.quiet(700)
    microphone.listener.hold(on=True)
    microphone.speech(505)
    microphone.listener.hold(on=False)
    newest_s = 100.0 + microphone.position / RATE
    microphone.listener.attend(newest_s + NEWEST_S + 0.001)
    assert microphone.ended() == []  # the next block is all but here
    microphone.listener.attend(newest_s + NEWEST_S - 0.001)
    assert [end.reason for end in microphone.ended()] == ["key_up"]
    ((start_at, samples),) = heard(microphone.reports)
    assert start_at + samples.size == microphone.position
    microphone.speech(100)
    assert len(microphone.ended()) == 1


def test_a_press_waits_for_the_device_that_may_be_coming_back() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.quiet(700)
    microphone.listener.hold(on=True)
    microphone.listener.attend(100.0 + microphone.position / RATE)
    assert microphone.reports == []
    microphone.position += RATE  # it rested
    microphone.sent = np.concatenate((microphone.sent, np.zeros(RATE, np.float32)))
    microphone.speech(500)
    assert microphone.kinds() == ["SpeechBegan", "SpeechHeard"]
    assert microphone.ended() == []


def test_speech_ms_counts_only_judged_speech_while_the_key_is_held() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.listener.hold(on=True)
    microphone.quiet(1000)
    microphone.speech(480)
    microphone.quiet(1000)
    last = microphone.reports[-1]
    assert isinstance(last, SpeechHeard)
    assert last.speech_ms == pytest.approx(480, abs=64)


def test_a_key_held_in_silence_ends_without_speech() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.listener.hold(on=True)
    microphone.quiet(500)
    microphone.listener.hold(on=False)
    microphone.quiet(20)
    assert microphone.ended() == [SpeechEnded("key_up", None)]


def test_letting_go_of_a_key_that_was_not_pressed_says_nothing() -> None:
    microphone = Microphone()
    microphone.listener.hold(on=False)
    microphone.quiet(100)
    assert microphone.reports == []


def test_after_the_longest_turn_a_held_key_must_be_pressed_again() -> None:
    microphone = Microphone(PUSH_TO_TALK.model_copy(update={"longest_turn_s": 5}))
    microphone.listener.hold(on=True)
    microphone.speech(7000)
    assert [end.reason for end in microphone.ended()] == ["max_length"]
    microphone.listener.hold(on=False)
    microphone.listener.hold(on=True)
    microphone.speech(500)
    assert microphone.kinds()[-2:] == ["SpeechBegan", "SpeechHeard"]


def test_the_key_joins_what_was_being_said_hands_free() -> None:
    microphone = Microphone()
    microphone.speech(500)
    microphone.listener.hold(on=True)
    microphone.quiet(3000)
    microphone.listener.hold(on=False)
    microphone.quiet(20)
    assert microphone.kinds() == ["SpeechBegan", "SpeechHeard", "SpeechEnded"]
    assert microphone.ended()[0].reason == "key_up"


# --- mute, half-duplex, lost ------------------------------------------------------------------------


def test_nothing_said_while_muted_is_ever_reported() -> None:
    microphone = Microphone()
    microphone.speech(500)
    microphone.listener.mute(on=True)
    muted_at = microphone.position
    microphone.speech(1000)
    microphone.listener.mute(on=False)
    unmuted_at = microphone.position
    microphone.speech(500)
    (_, first), (start_at, _) = heard(microphone.reports)
    assert first.size <= muted_at + BLOCK
    assert start_at >= unmuted_at
    assert [end.reason for end in microphone.ended()] == ["lost"]


def test_a_muted_microphone_does_not_mind_the_talk_key() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.listener.mute(on=True)
    microphone.listener.hold(on=True)
    microphone.speech(500)
    microphone.listener.mute(on=False)
    microphone.speech(500)
    assert microphone.reports == []


def test_half_duplex_is_deaf_while_the_assistant_speaks_and_shortly_after() -> None:
    microphone = Microphone()
    microphone.speech(500)
    microphone.quiet(300)
    microphone.listener.half_duplex(speaking=True)
    microphone.speech(2000)
    microphone.listener.half_duplex(speaking=False)
    silent_at = microphone.position
    microphone.speech(150)
    microphone.quiet(300)
    assert [end.reason for end in microphone.ended()] == ["silence"]
    microphone.speech(300)
    _, (start_at, _) = heard(microphone.reports)
    assert start_at >= silent_at + 3_200


def test_the_talk_key_is_heard_in_half_duplex() -> None:
    microphone = Microphone(PUSH_TO_TALK)
    microphone.listener.half_duplex(speaking=True)
    microphone.speech(300)
    microphone.listener.hold(on=True)
    microphone.speech(300)
    microphone.listener.hold(on=False)
    microphone.speech(20)
    assert [end.reason for end in microphone.ended()] == ["key_up"]


def test_a_lost_microphone_ends_the_stretch_at_once() -> None:
    microphone = Microphone()
    microphone.speech(505)
    microphone.listener.microphone_lost()
    assert microphone.ended()[0].reason == "lost"
    ((start_at, samples),) = heard(microphone.reports)
    assert start_at + samples.size == microphone.position
    microphone.listener.microphone_lost()
    assert len(microphone.ended()) == 1


def test_a_lost_block_is_silence_and_does_not_end_the_sentence() -> None:
    microphone = Microphone()
    microphone.speech(500)
    microphone.position += 2 * BLOCK
    microphone.speech(500)
    ((_, samples),) = heard(microphone.reports)
    assert (samples == 0).sum() == 2 * BLOCK
    assert microphone.ended() == []


@pytest.mark.parametrize("jump", [16_000, -4_000])
def test_a_microphone_that_comes_back_elsewhere_starts_anew(jump: int) -> None:
    microphone = Microphone()
    microphone.speech(500)
    microphone.position += jump
    back_at = microphone.position
    microphone.speech(500)
    assert [end.reason for end in microphone.ended()] == ["lost"]
    assert heard(microphone.reports)[1][0] >= back_at


def test_the_echo_canceller_hears_what_was_played_at_that_moment() -> None:
    class Halver:
        """An echo canceller that shows what it was given."""

        erle_db = None
        is_good = True

        def process(
            self, near: NDArray[np.float32], far: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            return near - far

    class Played:
        """A reference that has played everything the microphone hears."""

        def __init__(self) -> None:
            self.asked: list[float] = []

        def take(self, captured_s: float) -> NDArray[np.float32]:
            self.asked.append(captured_s)
            numbers = np.arange(BLOCK) + round((captured_s - 100) * RATE) - BLOCK
            return (0.5 * (0.8 + 0.2 * np.sin(numbers * 0.01))).astype(np.float32)

    reference = Played()
    microphone = Microphone(echo=Halver(), reference=reference)
    microphone.speech(1000)
    assert microphone.reports == []
    assert reference.asked[:2] == pytest.approx([100.01, 100.02])


def test_a_second_ear_gets_what_was_captured_and_played_frame_by_frame() -> None:
    class Silencer:
        """An echo canceller that lets nothing pass."""

        erle_db = None
        is_good = True

        def process(
            self, near: NDArray[np.float32], far: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            return np.zeros_like(near)

    class Playing:
        def take(self, captured_s: float) -> NDArray[np.float32]:
            return np.full(BLOCK, 0.25, np.float32)

    class SecondEar:
        """Hears what the canceller takes away; says how much of a frame it has."""

        leak_db = -30.0

        def __init__(self) -> None:
            self.near = np.zeros(0, np.float32)
            self.judged = 0

        def take(self, near: NDArray[np.float32], far: NDArray[np.float32]) -> None:
            assert near.shape == far.shape
            self.near = np.concatenate((self.near, near))

        def judge(self) -> float:
            frame, self.near = self.near[:512], self.near[512:]
            assert frame.size == 512
            self.judged += 1
            return 0.95 if np.abs(frame).max() >= 0.1 else 0.02

        def forget(self) -> None:
            self.near = self.near[:0]

    second, first, reports = SecondEar(), LoudnessVad(), list[Report]()
    listener = Listener(
        ListeningSettings(),
        reports.append,
        echo=Silencer(),
        reference=Playing(),  # type: ignore[arg-type]
        vad=DoubleTalkVad(first, lambda: True, second),
    )
    position = 0
    for number in range(300):
        if number == 100:
            position += 3 * BLOCK  # lost blocks
        if number == 200:
            listener.mute(on=True)
        if number == 210:
            listener.mute(on=False)
        level = 0.5 if 40 <= number < 80 else 0.001
        listener.take(np.full(BLOCK, level, np.float32), position, 100 + position / RATE)
        position += BLOCK
    assert second.judged == first.judged > 80
    began = [one for one in reports if isinstance(one, SpeechBegan)]
    assert len(began) == 1
    assert began[0].onset_s == pytest.approx(100.4, abs=0.04)


# --- properties -------------------------------------------------------------------------------------

Step = Callable[[Microphone], None]

ACTIONS = ["speech", "quiet", "hold", "let go", "mute", "unmute", "deaf", "hear", "lost", "gap"]

steps = st.lists(
    st.tuples(st.sampled_from(["speech", "quiet", "speech", *ACTIONS]), st.integers(1, 60)),
    max_size=25,
)


def perform(microphone: Microphone, name: str, blocks: int) -> None:
    listener = microphone.listener
    actions: dict[str, Callable[[], None]] = {
        "speech": lambda: microphone.speech(10 * blocks),
        "quiet": lambda: microphone.quiet(10 * blocks),
        "hold": lambda: listener.hold(on=True),
        "let go": lambda: listener.hold(on=False),
        "mute": lambda: listener.mute(on=True),
        "unmute": lambda: listener.mute(on=False),
        "deaf": lambda: listener.half_duplex(speaking=True),
        "hear": lambda: listener.half_duplex(speaking=False),
        "lost": listener.microphone_lost,
        "gap": lambda: setattr(microphone, "position", microphone.position + blocks * BLOCK),
    }
    actions[name]()


@given(steps, st.sampled_from(["hands_free", "push_to_talk"]))
@settings(max_examples=40, deadline=None)
def test_whatever_happens_each_stretch_begins_goes_on_gapless_and_ends_once(
    story: list[tuple[str, int]], mode: str
) -> None:
    microphone = Microphone(ListeningSettings.model_validate({"mode": mode}))
    for name, blocks in story:
        perform(microphone, name, blocks)
    is_open = is_paused = False
    for one in microphone.reports:
        match one:
            case SpeechBegan():
                assert not is_open
                is_open, is_paused = True, False
            case SpeechHeard():
                assert is_open
                assert one.samples.size > 0
            case Paused():
                assert is_open
                is_paused = True
            case SpeechResumed():
                assert is_paused
                is_paused = False
            case SpeechEnded():
                assert is_open
                is_open = False
    microphone.listener.microphone_lost()
    if is_open:
        assert microphone.ended()[-1].reason == "lost"
    if all(name != "gap" for name, _ in story):
        for start_at, samples in heard(microphone.reports):
            assert np.array_equal(samples, microphone.between(start_at, start_at + samples.size))
