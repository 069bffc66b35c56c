"""From the microphone's blocks to reports, on the capture thread.

Owns the way of the samples: echo canceller, ring, voice activity detector, segmenter, reports; and what
the person or the conversation says about it (talk key, mute, half-duplex). It has no thread and no
clock, and decides nothing about turns.

Other threads leave wishes (`hold`, `mute`, `half_duplex`), which the next block carries out; letting go of
the talk key need not wait for one (`attend`). Only `microphone_lost` acts on the calling thread, because no
next block may come.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from assistant.listening import segmenter as stretches
from assistant.listening.double_talk import DoubleTalkVad
from assistant.listening.echo import EchoCanceller, ReferenceLine
from assistant.listening.reports import (
    RATE_HZ,
    Paused,
    Report,
    SpeechBegan,
    SpeechEnded,
    SpeechHeard,
    SpeechResumed,
)
from assistant.listening.ring import Ring
from assistant.listening.segmenter import (
    DOUBT,
    EndReason,
    Limits,
    State,
    Verdict,
    ms_of,
    samples_of,
)
from assistant.listening.talk_key import SETTLE_S
from assistant.listening.vad import FRAME_SAMPLES, GatedVad, Vad
from assistant.settings.live import ListeningSettings

Samples = NDArray[np.float32]

ECHO_TAIL_MS = 200
"""How long after the assistant's voice a room still sounds; half-duplex stays deaf so long."""

LONGEST_GAP_MS = 500
"""A hole in the microphone's positions up to this is filled with silence, so that one lost block does not
end a sentence; a longer one ends the stretch as ``lost``."""

NEWEST_S = SETTLE_S + 0.010
"""What was delivered is enough for letting go of the talk key if its newest sample is no older than this: the
wish comes `SETTLE_S` after the release, so at most 10 ms before it stay unheard (half a block), and nobody
lets go so soon after a word. Else the next block ends it, which is then all but here."""

RUN_IN_FRAMES = 8
"""What the detector hears of the past when the talk key wakes it; enough for Silero to settle."""

_RING_MS = 1800  # pre-roll, reach, onset window and an unfinished frame are 1.7 s


class Listener:
    """Tells of every stretch of speech; see `assistant.listening.reports` for the grammar.

    In ``push_to_talk`` nothing is judged or reported but what the talk key holds open.

    Args:
        settings: mode, threshold and pauses.
        on_report: called on the thread that calls :meth:`take` (or :meth:`microphone_lost`), in order.
            It must not block, nor wait for a thread that may be calling this object.
        echo: takes the assistant's voice out; None = nothing does.
        reference: what was played; needed by `echo`.
        vad: who judges; by default webrtcvad and Silero.
        is_open: the assistant's voice reaches the microphone unless `echo` takes it out.
    """

    def __init__(
        self,
        settings: ListeningSettings,
        on_report: Callable[[Report], None],
        echo: EchoCanceller | None = None,
        reference: ReferenceLine | None = None,
        vad: Vad | None = None,
        *,
        is_open: bool = False,
    ) -> None:
        self._limits = Limits.of(settings)
        self._always = settings.mode == "hands_free"
        self._on_report = on_report
        self._echo = echo
        self._reference = reference
        self._vad = vad or GatedVad()
        self._is_open = is_open
        self._lock = threading.Lock()
        self._wishes: deque[Callable[[], None]] = deque()
        self._ring = Ring(samples_of(_RING_MS))
        self._state = State()
        self._judged_to = 0
        self._origin_s = 0.0  # when position 0 was, or would have been, captured
        self._muted = False
        self._speaking = False
        self._deaf_until = 0
        self._probability = 0.0

    def take(self, samples: Samples, position: int, captured_s: float) -> None:
        """Listen to one block; one thread calls this.

        Args:
            samples: float32, shape (160,), mono, 16 kHz, in [-1, 1].
            position: of the first of them.
            captured_s: when the last of them was captured.
        """
        captured, played = samples, None
        if self._echo is not None and self._reference is not None:
            played = self._reference.take(captured_s)
            samples = self._echo.process(captured, played)
        with self._lock:
            self._origin_s = captured_s - (position + samples.size) / RATE_HZ
            if position != self._ring.stop_at:
                self._bridge(position)
            self._ring.put(samples)
            if played is not None and isinstance(self._vad, DoubleTalkVad):
                self._vad.overhear(captured, played)
            self._carry_out()
            self._hear()

    def attend(self, now_s: float) -> None:
        """Let go of the talk key without waiting for a block, if what was delivered is recent enough.

        To be called between two blocks by the thread that calls :meth:`take`, soon after ``hold(False)``.

        Args:
            now_s: the time, on the clock of ``captured_s``.
        """
        if not self._wishes:
            return
        with self._lock:
            newest_s = self._time_s(self._ring.stop_at)
            if self._is_held() and now_s - newest_s <= NEWEST_S:
                self._carry_out()
                self._hear()

    def hold(self, on: bool) -> None:
        """Hold the microphone open from the next block on, or let go: then SpeechEnded("key_up") follows.

        While held, everything is reported, without pauses. Letting go takes effect with :meth:`attend`, or
        with the block that is being captured meanwhile. Muted, the key does nothing.
        """
        self._wishes.append(self._press if on else self._let_go)

    def mute(self, on: bool) -> None:
        """Hear nothing from the next block on, or hear again; an open stretch ends as ``lost``.

        Nothing said while muted is ever reported, also not as pre-roll.
        """
        self._wishes.append(partial(self._set_muted, on))

    def half_duplex(self, speaking: bool) -> None:
        """Do not listen while the assistant speaks, except through the talk key.

        An open stretch ends as ``silence``; 0.2 s after the speaking the microphone counts again.
        """
        self._wishes.append(partial(self._set_speaking, speaking))

    @property
    def hears_itself(self) -> bool:
        """Whether the assistant's own voice is left in what is heard: nothing takes it out, or badly.

        Any thread; look between replies, for it has no hysteresis.
        """
        if self._echo is None:
            return self._is_open
        return not self._echo.is_good

    @property
    def may_wait(self) -> bool:
        """Whether blocks may come some at a time: nobody speaks or seems to begin, and nothing is played.

        An onset takes three frames, so the first may be seen late; a wish is for the very next block. The
        thread that calls :meth:`take`.
        """
        is_quiet = self._state.stretch is None and self._probability < DOUBT and not self._wishes
        return is_quiet and (self._echo is None or self._echo.is_resting)

    def microphone_lost(self) -> None:
        """End an open stretch as ``lost``, at once, on the calling thread."""
        with self._lock:
            self._end("lost")
            self._forget()

    # --- wishes, on the capture thread ------------------------------------------------------------------

    def _carry_out(self) -> None:
        while self._wishes:
            self._wishes.popleft()()

    def _press(self) -> None:
        if self._muted or self._is_held():
            return
        if not self._always:
            self._wake()
        self._apply(stretches.press(self._state, self._judged_to, self._limits))

    def _let_go(self) -> None:
        if self._is_held():
            self._end("key_up")

    def _set_muted(self, on: bool) -> None:
        if on == self._muted:
            return
        self._end("lost")
        self._muted = on
        self._forget()  # also the block that was captured before this wish

    def _set_speaking(self, speaking: bool) -> None:
        if speaking and not self._is_held():
            self._end("silence")
        if self._speaking and not speaking:
            self._deaf_until = self._ring.stop_at + samples_of(ECHO_TAIL_MS)
        self._speaking = speaking

    # --- the way of the samples -------------------------------------------------------------------------

    def _is_held(self) -> bool:
        return self._state.stretch is not None and self._state.stretch.held

    def _is_deaf(self) -> bool:
        if self._muted:
            return True
        return not self._is_held() and (self._speaking or self._ring.stop_at <= self._deaf_until)

    def _bridge(self, position: int) -> None:
        """Go on at a position that does not follow: over a short hole with silence, else anew."""
        hole = position - self._ring.stop_at
        if 0 < hole <= samples_of(LONGEST_GAP_MS):
            for start in range(0, hole, FRAME_SAMPLES):
                silence = np.zeros(min(FRAME_SAMPLES, hole - start), dtype=np.float32)
                self._ring.put(silence)
                if isinstance(self._vad, DoubleTalkVad):
                    self._vad.overhear(silence, silence)
                self._hear()
            return
        self._end("lost")
        self._forget(position)

    def _forget(self, at: int | None = None) -> None:
        """Forget all samples, the detector's memory too: what comes next follows nothing."""
        at = self._ring.stop_at if at is None else at
        if self._ring.start_at != self._ring.stop_at:
            self._vad.reset()
        self._ring.clear(at)
        self._judged_to = at
        self._state = State(free_from=at)
        self._probability = 0.0
        if self._deaf_until > at + samples_of(ECHO_TAIL_MS):  # positions began anew
            self._deaf_until = at

    def _wake(self) -> None:
        """Make the detector ready after a time when nobody judged."""
        self._vad.reset()
        self._judged_to = self._ring.stop_at
        known = (self._judged_to - self._ring.start_at) // FRAME_SAMPLES
        for back in range(min(RUN_IN_FRAMES, known), 0, -1):
            start_at = self._judged_to - back * FRAME_SAMPLES
            self._vad.judge(self._ring.cut(start_at, start_at + FRAME_SAMPLES))

    def _hear(self) -> None:
        if self._is_deaf():
            self._forget()
        elif self._always or self._is_held():
            self._judge()

    def _judge(self) -> None:
        while self._ring.stop_at - self._judged_to >= FRAME_SAMPLES:
            start_at, stop_at = self._judged_to, self._judged_to + FRAME_SAMPLES
            self._probability = self._vad.judge(self._ring.cut(start_at, stop_at))
            self._judged_to = stop_at
            verdict = Verdict(start_at, stop_at, self._probability)
            self._apply(stretches.advance(self._state, verdict, self._limits))
            if not self._always and not self._is_held():
                return

    def _end(self, reason: EndReason) -> None:
        """Close the stretch, if there is one, with all that was heard."""
        if self._state.stretch is not None:
            self._judged_to = self._ring.stop_at
            self._apply(stretches.close(self._state, self._judged_to, reason))

    def _apply(self, step: tuple[State, list[stretches.Event]]) -> None:
        self._state, events = step
        for event in events:
            self._on_report(self._report(event))

    def _report(self, event: stretches.Event) -> Report:
        match event:
            case stretches.Began(start_at, stop_at, onset_at):
                samples = self._ring.cut(start_at, stop_at)
                return SpeechBegan(samples, start_at, self._time_s(onset_at))
            case stretches.Heard(start_at, stop_at, speech):
                return SpeechHeard(self._ring.cut(start_at, stop_at), ms_of(speech))
            case stretches.InPause(last_speech_at, silence, speech):
                return Paused(self._time_s(last_speech_at), ms_of(silence), ms_of(speech))
            case stretches.Resumed(start_at, stop_at, onset_at):
                return SpeechResumed(self._time_s(onset_at), self._ring.cut(start_at, stop_at))
            case stretches.Ended(reason, last_speech_at):
                last_s = None if last_speech_at is None else self._time_s(last_speech_at)
                return SpeechEnded(reason, last_s)
            case _:
                assert_never(event)

    def _time_s(self, position: int) -> float:
        return self._origin_s + position / RATE_HZ
