"""A second ear while the assistant speaks: the microphone minus the echo, without suppression.

Owns a linear echo canceller and a voice activity detector on what it leaves. Deliberately hands no sound on:
the recogniser hears WebRTC's output, which is cleaner. That one suppresses whatever might be echo, and the
first syllables of a user with it, by 20 dB and more; this one takes away only what a filter can explain, so
the user stays whole and the echo is left 20 to 35 dB lower. Whether that is low enough is measured all the
time (`Rest.leak_db`); where it is not, this ear says nothing.

Method: partitioned-block frequency-domain Kalman filter (Enzner and Vary, "Frequency-domain adaptive Kalman
filter for acoustic echo control in hands-free telephones", Signal Processing 86, 2006; partitions: Kuech,
Mabande and Enzner, ICASSP 2014), whose step sizes fall by themselves while somebody speaks over the echo.
The leak is Valin's regression of residual on echo power ("On adjusting the learning rate in frequency domain
echo cancellation with double-talk", IEEE TASLP 15, 2007): what is independent of the echo, such as the user,
has no part in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.listening.reports import RATE_HZ
from assistant.listening.vad import FRAME_SAMPLES, HighPass, Vad

Samples = NDArray[np.float32]

_PARTITIONS = 16
"""Of 32 ms: echo that comes up to half a second after its reference, as far as WebRTC's canceller reaches."""

_FORGETTING = 0.999
"""What a partition keeps from frame to frame. At 0.9998 the echo ends 2 dB lower and a changed volume takes
twice as long; at 0.997 it ends 3 dB higher (measured, ADR 7)."""

_FIRST_ERROR = 0.05
"""How wrong the filter may be when it knows nothing, as a power; 0.5 converges 1 s later, diverging first."""

_NOISE_MEMORY = 0.8
_BAND_EDGES_HZ = (300, 500, 800, 1200, 1700, 2300, 3000, 4000)
_EDGES = np.array([2 * FRAME_SAMPLES * hz // RATE_HZ for hz in _BAND_EDGES_HZ])
_LOW, _HIGH = int(_EDGES[0]), int(_EDGES[-1])
_BANDS = _EDGES[:-1] - _LOW
"""Where speech is strong: rumble and hiss are no echo. Each band has a leak of its own, since an echo whose
delay wanders by a sample is still cancelled below 1 kHz and not at all above 3 kHz."""

_MEAN_GAIN, _LEAK_MEMORY = 0.05, 0.98
"""Of the means and the regression: 0.6 s and 1.6 s of echo. With less the leak follows single words."""

_FIRST_FRAMES = 50
"""Of echo, before the regression means anything."""

_AUDIBLE = 1e-5
"""Mean square of an estimated echo that can tell the leak: -50 dBFS."""

_LEAST_LEAK = 2e-3
"""-27 dB, whatever the regression says: of a steady vowel more is left than of what moves."""

_NOISE = 1e-7 * FRAME_SAMPLES
"""Mean square of a microphone's own noise (-70 dBFS) as a power per bin."""

_LOST_LEAK_DB, _LOST_FRAMES = -6.0, 60
"""After 2 s with more echo left than this the room is another one: learn anew. The filter then recovers in
8 s; without, it had not in 18 (measured, ADR 7)."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What a linear filter leaves of the microphone.

    Attributes:
        samples: float32, shape (512,).
        leak_db: echo that is left, relative to the echo that was taken away, mean power over the bands of
            speech: 0 = useless, -27 = as good as it gets.
        stands_out_db: the rest relative to the echo expected in it.
    """

    samples: Samples
    leak_db: float
    stands_out_db: float


class LinearCanceller:
    """Learns the way from loudspeaker to microphone; some 0.2 ms of one core a frame."""

    def __init__(self) -> None:
        bins = FRAME_SAMPLES + 1
        self._played = np.zeros((_PARTITIONS, bins), np.complex64)  # newest first
        self._filter = np.zeros((_PARTITIONS, bins), np.complex64)
        self._error = np.full((_PARTITIONS, bins), _FIRST_ERROR, np.float32)
        self._rest_power = np.full(bins, 1e-3, np.float32)
        self._before = np.zeros(FRAME_SAMPLES, np.float32)
        self._mean_rest = np.zeros(_HIGH - _LOW, np.float32)
        self._mean_echo = np.zeros(_HIGH - _LOW, np.float32)
        self._covariance = np.zeros(_BANDS.size)
        self._variance = np.full(_BANDS.size, 1e-9)
        self._leak = np.ones(_BANDS.size)
        self._followed = 0
        self._lost_frames = 0

    def process(self, near: Samples, far: Samples, *, learns: bool = True) -> Rest:
        """Return what no filter of ``far`` explains in ``near``; 512 samples each, gapless.

        Args:
            near: what was captured.
            far: what was played meanwhile.
            learns: False while it does not know what was played before.
        """
        self._played = np.roll(self._played, 1, axis=0)
        self._played[0] = np.fft.rfft(np.concatenate((self._before, far)))
        self._before = far.copy()
        echo = np.fft.irfft((self._played * self._filter).sum(axis=0))[FRAME_SAMPLES:]
        rest: Samples = (near - echo).astype(np.float32)
        spectrum = _spectrum(rest)
        power = _power(spectrum)
        echo_power = _power(_spectrum(echo.astype(np.float32)))[_LOW:_HIGH]
        if learns:
            self._follow_leak(power[_LOW:_HIGH], echo_power)
            self._learn(spectrum, power)
        expected = float(self._leak @ np.add.reduceat(echo_power, _BANDS)) + _NOISE
        stands_out = float(power[_LOW:_HIGH].sum()) / expected
        return Rest(rest, _db(float(self._leak.mean())), _db(stands_out))

    def forget_playback(self) -> None:
        """Take it that nothing was played for half a second; what was learnt stays."""
        self._played[:] = 0
        self._before[:] = 0

    def _learn(self, rest: NDArray[np.complex64], power: Samples) -> None:
        self._rest_power += (1 - _NOISE_MEMORY) * (power - self._rest_power)
        played = _power(self._played)
        # Half of the samples in a block of 1024 are new: hence the 0.5.
        expected = 0.5 * (self._error * played).sum(axis=0) + self._rest_power + np.float32(1e-9)
        step = self._error / expected
        change = np.fft.irfft(step * np.conj(self._played) * rest, axis=1)
        change[:, FRAME_SAMPLES:] = 0  # each partition is 512 samples long
        self._filter += np.fft.rfft(change, axis=1)
        known = np.clip(1 - 0.5 * step * played, 0, 1)
        drift = np.float32(1 - _FORGETTING**2)
        self._error = np.float32(_FORGETTING**2) * known * self._error
        self._error += drift * _power(self._filter)

    def _follow_leak(self, rest: Samples, echo: Samples) -> None:
        if float(echo.sum()) < _AUDIBLE * FRAME_SAMPLES * (_HIGH - _LOW) / 20:
            return
        self._mean_rest += _MEAN_GAIN * (rest - self._mean_rest)
        self._mean_echo += _MEAN_GAIN * (echo - self._mean_echo)
        off = echo - self._mean_echo
        together = np.add.reduceat(off * (rest - self._mean_rest), _BANDS)
        alone = np.add.reduceat(off * off, _BANDS)
        self._covariance += (1 - _LEAK_MEMORY) * (together - self._covariance)
        self._variance += (1 - _LEAK_MEMORY) * (alone - self._variance)
        self._followed += 1
        if self._followed < _FIRST_FRAMES:
            return
        self._leak = np.clip(self._covariance / self._variance, _LEAST_LEAK, 1.0)
        is_lost = _db(float(self._leak.mean())) > _LOST_LEAK_DB
        self._lost_frames = self._lost_frames + 1 if is_lost else 0
        if self._lost_frames > _LOST_FRAMES:
            self._error = np.maximum(self._error, np.float32(_FIRST_ERROR))
            self._lost_frames = 0


_TRUSTED_LEAK_DB = -12.0
"""With more echo left than this its words are still speech to the detector."""

_STANDS_OUT_DB = 6.0
"""Rest that may be echo to the detector is not: a rest this far above the echo expected in it is the user."""

_PLAIN_DB, _SOME_LEAK_DB = 15.0, -8.0
"""A rest this far above the echo expected in it is the user even where some echo is left: who is loud while
the echo is raises the leak for seconds. Above -8 dB lies what a moved device leaves (ADR 7)."""

_GOES_ON_FRAMES, _SILENT = 3, 0.3
"""After a plain frame the user goes on for so long, however soft the sound or loud the echo, as long as the
detector hears speech. Most slow interruptions began softly, with frames taken for echo between plain ones."""

_HUSHED = np.float32(0.1)
_AUDIBLE_FAR = 1e-7
_SILENT_FRAMES = _PARTITIONS + 4
_WAITING = 2 * FRAME_SAMPLES


class SecondEar:
    """Judges frames of what a linear canceller leaves while something is played.

    Blocks come in as they are captured; the work is done when a frame is judged, and only while there is
    playback: a listener that judges nothing pays nothing. One thread calls everything.

    Args:
        vad: who judges; behind a high-pass filter.

    Attributes:
        leak_db: see :class:`Rest`; 0 before anything is known.
    """

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        self._high_pass: Callable[[Samples], Samples] = HighPass()
        self._canceller = LinearCanceller()
        self._waiting = np.zeros((2, _WAITING), np.float32)  # near, far
        self._count = 0
        self._silent_frames = _SILENT_FRAMES
        self._blind_frames = 0
        self._goes_on_frames = 0
        self.leak_db = 0.0

    def take(self, near: Samples, far: Samples) -> None:
        """Remember what was captured and what was played meanwhile: the same number of samples."""
        if self._count + near.size > _WAITING:
            self._count = 0
        self._waiting[:, self._count : self._count + near.size] = near, far
        self._count += near.size

    def forget(self) -> None:
        """Take what comes next for the beginning of a frame; the way of the echo is not forgotten.

        What was played just before is: until its echo is over, this ear says nothing.
        """
        self._count = 0
        self._blind_frames = _PARTITIONS
        self._sleep()

    def judge(self) -> float:
        """Return the probability that the user speaks in the oldest 512 samples not judged yet.

        0 when there are none, when nothing is played, or when too much echo may be in them to tell.
        """
        if self._count < FRAME_SAMPLES:
            return 0.0
        near, far = self._waiting[:, :FRAME_SAMPLES].copy()
        self._count -= FRAME_SAMPLES
        self._waiting[:, : self._count] = self._waiting[
            :, FRAME_SAMPLES : FRAME_SAMPLES + self._count
        ].copy()
        if float(far @ far) > _AUDIBLE_FAR * FRAME_SAMPLES:
            self._silent_frames = 0
        elif self._silent_frames >= _SILENT_FRAMES:
            return 0.0
        else:
            self._silent_frames += 1
            if self._silent_frames >= _SILENT_FRAMES:
                self._sleep()
                return 0.0
        is_blind = self._blind_frames > 0
        self._blind_frames = max(0, self._blind_frames - 1)
        rest = self._canceller.process(near, far, learns=not is_blind)
        self.leak_db = rest.leak_db
        is_user, is_trusted = (False, False) if is_blind else self._is_user(rest)
        heard = rest.samples if is_user else rest.samples * _HUSHED
        probability = self._vad.judge(self._high_pass(heard))
        if probability < _SILENT:
            self._goes_on_frames = 0
        return probability if is_user and is_trusted else 0.0

    def _is_user(self, rest: Rest) -> tuple[bool, bool]:
        """Return whether a rest is the user rather than echo, and whether that is sure enough to count."""
        if rest.leak_db < _SOME_LEAK_DB:
            if rest.stands_out_db > _PLAIN_DB:
                self._goes_on_frames = _GOES_ON_FRAMES
                return True, True
            if self._goes_on_frames > 0:
                self._goes_on_frames -= 1
                return True, True
        return rest.stands_out_db > _STANDS_OUT_DB, rest.leak_db < _TRUSTED_LEAK_DB

    def _sleep(self) -> None:
        self._goes_on_frames = 0
        self._silent_frames = _SILENT_FRAMES
        self._canceller.forget_playback()
        self._vad.reset()
        self._high_pass = HighPass()


def _spectrum(samples: Samples) -> NDArray[np.complex64]:
    padded = np.concatenate((np.zeros(FRAME_SAMPLES, np.float32), samples))
    return np.fft.rfft(padded).astype(np.complex64, copy=False)


def _power(spectrum: NDArray[np.complex64]) -> Samples:
    power: Samples = np.square(spectrum.real) + np.square(spectrum.imag)
    return power


def _db(power: float) -> float:
    return float(10 * np.log10(power + 1e-12))
