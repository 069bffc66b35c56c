"""Stretches of speech out of frame verdicts: a pure machine, without model, audio or clock.

Owns what counts as an onset, a pause, a resumption and an end. It holds positions and counts, never
samples: the listener cuts those out of its ring. It does not decide when a turn is over; it only says
how long a pause has lasted.

    probability   ▁▁▂▇▇█▇▇▅▃▁▁▁▁▁▁▁▁▆▇█▇▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
    events        ·····B·········PPPP··R····················PPPPPPPPPPPE    (Heard with every frame from B on)
                     └ onset          └ onset of R              └ soft end  └ longest pause

Pauses shorter than the soft end are part of the speech. A frame begins to count as speech from
`threshold` on and stops below `keep_threshold` (the hysteresis of Silero's own iterator, 0.15 apart).

In noise the detector doubts before it is sure: what is doubtful right before an onset belongs to the
stretch (at most a second of it, before which comes the pre-roll). How long somebody has been speaking is
counted from the first likely frame before the onset, gaps between sounds included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from assistant.listening.reports import RATE_HZ
from assistant.settings.live import ListeningSettings

PRE_ROLL_MS = 500
"""Kept from before the onset. Source: issue 3. The onset is known three frames (96 ms) after it, or later."""

HYSTERESIS = 0.15
"""How far below the threshold speech goes on. Source: `neg_threshold` of silero-vad's VADIterator."""

SHORTEST_SPEECH_MS = 150
"""Less judged speech than this is no utterance, also of what resumes after a turn was committed. Tuned
with `assistant bench vad` (dev half), see ADR 8."""

ONSET_FRAMES, ONSET_WINDOW_FRAMES = 3, 4
"""So many of the last so many frames must be speech for an onset. Tuned likewise."""

DOUBT, DOUBT_GAP_FRAMES, REACH_BACK_FRAMES = 0.05, 4, 32
"""An onset reaches back over at most so many frames to the first that may have been speech, over shorter gaps
of frames that were not. Tuned likewise, in noise 10 dB below the speech (ADR 8): of 621 utterances 11 lost
their start without it, 3 with it, and those were not heard at all; 0.24 s more is handed on, on average."""

LIKELY, LIKELY_GAP_FRAMES, LEAD_FRAMES = 0.07, 2, 5
"""Frames right before an onset that count as speech, too: the detector takes 30 to 60 ms to be sure, and
longer over the assistant's voice, and a soft consonant parts the first sounds. Tuned with `assistant bench
barge-in` (dev half), see ADR 7."""

EndReason = Literal["silence", "max_length", "too_short", "key_up", "lost"]


@dataclass(frozen=True, slots=True)
class Limits:
    """When is what: all lengths in samples at 16 kHz.

    Attributes:
        threshold: speech probability from which a frame counts as speech.
        keep_threshold: and below which it stops counting, once it did.
        onset_frames: speech frames that make an onset or a resumption ...
        window_frames: ... among so many frames in a row.
        reach_back_frames: doubtful frames before the onset that belong to the stretch, at most.
        lead_frames: likely ones right before it that count as speech, at most.
        pre_roll: how much before the onset belongs to the stretch.
        soft_end: silence from which pauses are reported.
        shortest_speech: a stretch with less judged speech at its first soft end was none.
        longest_pause: silence that closes a stretch.
        longest: length that closes a stretch in any case.
    """

    threshold: float
    keep_threshold: float
    onset_frames: int
    window_frames: int
    pre_roll: int
    soft_end: int
    shortest_speech: int
    longest_pause: int
    longest: int
    reach_back_frames: int = REACH_BACK_FRAMES
    lead_frames: int = LEAD_FRAMES

    def __post_init__(self) -> None:
        assert 0 < self.onset_frames <= self.window_frames
        assert 0 <= self.lead_frames <= self.reach_back_frames
        assert 0 <= self.keep_threshold <= self.threshold
        assert 0 < self.soft_end <= self.longest_pause
        assert self.pre_roll >= 0
        assert self.longest > 0

    @classmethod
    def of(cls, settings: ListeningSettings) -> Limits:
        """Return the limits that the user's settings ask for."""
        return cls(
            threshold=settings.vad_threshold,
            keep_threshold=max(settings.vad_threshold - HYSTERESIS, 0.01),
            onset_frames=ONSET_FRAMES,
            window_frames=ONSET_WINDOW_FRAMES,
            pre_roll=samples_of(PRE_ROLL_MS),
            soft_end=samples_of(settings.soft_end_ms),
            shortest_speech=samples_of(SHORTEST_SPEECH_MS),
            longest_pause=samples_of(max(settings.longest_pause_ms, settings.soft_end_ms)),
            longest=samples_of(1000 * settings.longest_turn_s),
        )


def samples_of(milliseconds: float) -> int:
    """Return the number of samples that last so long."""
    return round(milliseconds * RATE_HZ / 1000)


def ms_of(samples: int) -> float:
    """Return how long so many samples last."""
    return samples * 1000 / RATE_HZ


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the voice activity detector says of one frame.

    Attributes:
        start_at: position of its first sample; the stop of the frame before.
        stop_at: position after its last one.
        probability: of speech, 0 to 1.
    """

    start_at: int
    stop_at: int
    probability: float


# --- events -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Began:
    """A stretch opens; it holds [start_at, stop_at) so far, the speech itself from `onset_at` on."""

    start_at: int
    stop_at: int
    onset_at: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The stretch goes on with [start_at, stop_at), `speech` samples of all of it judged speech.

    This is how long somebody has been speaking: from the likely frames before the onset on, with gaps shorter
    than the soft end. What is not sure counts for at most two thirds of what is.
    """

    start_at: int
    stop_at: int
    speech: int


@dataclass(frozen=True, slots=True)
class InPause:
    """No speech since `last_speech_at`, for `silence` samples, at least the soft end."""

    last_speech_at: int
    silence: int
    speech: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """Speech again, from `onset_at`; [start_at, stop_at), already heard, is what led to it."""

    start_at: int
    stop_at: int
    onset_at: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The stretch is closed; `last_speech_at` is None when no frame of it was speech."""

    reason: EndReason
    last_speech_at: int | None


Event = Began | Heard | InPause | Resumed | Ended


# --- state ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stretch:
    """An open stretch of speech.

    Attributes:
        start_at: its first sample, of the pre-roll.
        stop_at: everything before was reported.
        speech: samples of frames judged speech.
        unsure: samples of the likely frames before the onset, and of gaps within the speech.
        last_speech_at: where the last of them stopped; None before the first (talk key).
        in_speech: the last frame counted as speech.
        paused: the soft end was reached; it takes an onset to resume.
        held: the talk key holds it open: no pauses, no end but by length.
    """

    start_at: int
    stop_at: int
    speech: int
    last_speech_at: int | None
    in_speech: bool
    paused: bool = False
    held: bool = False
    unsure: int = 0

    @property
    def spoken(self) -> int:
        """How long somebody has been speaking, pauses left out."""
        return self.speech + min(self.unsure, 2 * self.speech // 3)


@dataclass(frozen=True, slots=True)
class State:
    """Where the machine stands; the size is bounded by the onset window and what it may reach back to.

    Attributes:
        free_from: no earlier sample may be reported again (end of the last speech, of a mute, ...).
        frames: start and probability of the last frames, oldest first.
        stretch: the open one, if any.
    """

    free_from: int = 0
    frames: tuple[tuple[int, float], ...] = ()
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where speech begins: surely from `onset_at`, likely from `likely_at`, perhaps from `doubtful_at`."""

    onset_at: int
    likely_at: int
    doubtful_at: int
    loud_frames: int


def advance(state: State, verdict: Verdict, limits: Limits) -> tuple[State, list[Event]]:
    """Return the state after one more frame, and what there is to report."""
    assert verdict.stop_at > verdict.start_at
    state = _looked_at(state, verdict, limits)
    if state.stretch is None:
        return _waiting(state, verdict, limits)
    return _within(state, state.stretch, verdict, limits)


def press(state: State, at: int, limits: Limits) -> tuple[State, list[Event]]:
    """Return the state with a stretch held open by the talk key from position `at` on."""
    if state.stretch is not None:
        return replace(state, stretch=replace(state.stretch, held=True, paused=False)), []
    start_at = max(state.free_from, at - limits.pre_roll)
    held = Stretch(start_at, at, speech=0, last_speech_at=None, in_speech=False, held=True)
    return replace(state, stretch=held), [Began(start_at, at, onset_at=at)]


def close(state: State, at: int, reason: EndReason) -> tuple[State, list[Event]]:
    """Return the state with no stretch open and everything before `at` done with.

    What the open stretch has not reported yet, up to `at`, is reported first. The silence it ended with,
    and all of one that was no speech, may become the pre-roll of the next; speech never comes twice.
    """
    stretch = state.stretch
    if stretch is None:
        return State(free_from=max(at, state.free_from)), []
    free_from = at
    if reason == "too_short":
        free_from = state.free_from
    elif reason == "silence" and stretch.last_speech_at is not None:
        free_from = stretch.last_speech_at
    waiting = State(free_from=free_from)
    events: list[Event] = []
    if at > stretch.stop_at:
        events.append(Heard(stretch.stop_at, at, stretch.spoken))
    events.append(Ended(reason, stretch.last_speech_at))
    return waiting, events


def _looked_at(state: State, verdict: Verdict, limits: Limits) -> State:
    """Remember the new frame and forget one."""
    kept = limits.window_frames + limits.reach_back_frames
    frames = (*state.frames, (verdict.start_at, verdict.probability))[-kept:]
    return replace(state, frames=frames)


def _beginning(state: State, limits: Limits, since: int = 0) -> Beginning | None:
    """Return where speech begins, if enough of the onset window is; frames before `since` do not count."""
    window = range(max(0, len(state.frames) - limits.window_frames), len(state.frames))
    loud = [
        i for i in window if state.frames[i][0] >= since and state.frames[i][1] >= limits.threshold
    ]
    if len(loud) < limits.onset_frames:
        return None
    onset = likely = doubtful = loud[0]
    for i in range(onset - 1, max(-1, onset - 1 - limits.reach_back_frames), -1):
        start_at, probability = state.frames[i]
        if doubtful - i > DOUBT_GAP_FRAMES + 1 or start_at < since:
            break
        if probability >= DOUBT:
            doubtful = i
        is_lead = onset - i <= limits.lead_frames and likely - i <= LIKELY_GAP_FRAMES + 1
        if probability >= LIKELY and is_lead:
            likely = i
    onset_at, likely_at, doubtful_at = (state.frames[i][0] for i in (onset, likely, doubtful))
    return Beginning(onset_at, likely_at, doubtful_at, len(loud))


def _waiting(state: State, verdict: Verdict, limits: Limits) -> tuple[State, list[Event]]:
    found = _beginning(state, limits)
    if found is None:
        return state, []
    onset_at = max(found.onset_at, state.free_from)
    start_at = max(found.doubtful_at - limits.pre_roll, state.free_from)
    speech = found.loud_frames * (verdict.stop_at - verdict.start_at)
    likely_at = max(found.likely_at, state.free_from)
    stretch = Stretch(
        start_at,
        verdict.stop_at,
        speech=speech,
        last_speech_at=verdict.stop_at,
        in_speech=True,
        unsure=max(0, verdict.stop_at - likely_at - speech),
    )
    return replace(state, stretch=stretch), [Began(start_at, verdict.stop_at, onset_at)]


def _within(
    state: State, stretch: Stretch, verdict: Verdict, limits: Limits
) -> tuple[State, list[Event]]:
    heard_from, stretch = stretch.stop_at, _judged(stretch, verdict, limits)
    events: list[Event] = [Heard(heard_from, verdict.stop_at, stretch.spoken)]

    def ended(reason: EndReason) -> tuple[State, list[Event]]:
        waiting, end = close(replace(state, stretch=stretch), verdict.stop_at, reason)
        return waiting, [*events, *end]

    if not stretch.held:
        last_speech_at = stretch.last_speech_at
        assert last_speech_at is not None
        silence = verdict.stop_at - last_speech_at
        again = _beginning(state, limits, since=last_speech_at) if stretch.paused else None
        if again is not None:
            start_at = max(last_speech_at, again.doubtful_at - limits.pre_roll)
            events.append(Resumed(start_at, verdict.stop_at, again.onset_at))
            stretch = replace(stretch, paused=False, in_speech=True, last_speech_at=verdict.stop_at)
        elif silence >= limits.soft_end:
            if not stretch.paused and stretch.speech < limits.shortest_speech:
                return ended("too_short")
            events.append(InPause(last_speech_at, silence, stretch.spoken))
            stretch = replace(stretch, paused=True)
            if silence >= limits.longest_pause:
                return ended("silence")
    if verdict.stop_at - stretch.start_at >= limits.longest:
        return ended("max_length")
    return replace(state, stretch=stretch), events


def _judged(stretch: Stretch, verdict: Verdict, limits: Limits) -> Stretch:
    """Count the frame as speech or not; in a pause only a resumption moves the end of speech."""
    bar = limits.keep_threshold if stretch.in_speech else limits.threshold
    is_speech = verdict.probability >= bar
    goes_on = is_speech and not stretch.paused and not stretch.held
    gap = 0
    if goes_on and stretch.last_speech_at is not None:
        gap = verdict.start_at - stretch.last_speech_at
    return replace(
        stretch,
        stop_at=verdict.stop_at,
        in_speech=is_speech,
        speech=stretch.speech + (verdict.stop_at - verdict.start_at if is_speech else 0),
        unsure=stretch.unsure + gap,
        last_speech_at=verdict.stop_at
        if is_speech and not stretch.paused
        else stretch.last_speech_at,
    )
