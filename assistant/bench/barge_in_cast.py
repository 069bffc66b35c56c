"""Who speaks in `assistant bench barge-in`: voices that are played, and guests that interrupt.

Owns the choice of recordings and where their speech begins. Knows no echo and no detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.files import read_audio
from assistant.bench.asr import Clip, read_manifest
from assistant.bench.echo_path import FRAME_SAMPLES, RATE_HZ, at_dbfs
from assistant.bench.speech_marks import speech_spans

Samples = NDArray[np.float32]

PLAYED_DBFS = -20.0


@dataclass(frozen=True, slots=True)
class Guest:
    """A recording that interrupts.

    Attributes:
        name: of its file.
        samples: peak-independent; scaled when played.
        onset_s: when its speech begins.
        speech_s: from there to its end.
    """

    name: str
    samples: Samples
    onset_s: float
    speech_s: float


@dataclass(frozen=True, slots=True)
class Cast:
    """Who speaks: readers are played, guests interrupt."""

    read: tuple[Clip, ...]
    guests: tuple[Guest, ...]

    @classmethod
    def of(cls, manifest: Path, half: str, seed: int, most_clips: int | None) -> Cast:
        """Choose from a manifest: every other speaker of long recordings is read out, the rest interrupt.

        In the ``dev`` half it is the other way round, and only speakers that are read out in the ``test``
        half interrupt: nobody interrupts in both.
        """
        clips = [
            clip
            for language in ("en", "es")
            for clip in read_manifest(manifest, language, ("command", "speech"))
            if "noisy" not in clip.path.name
        ]
        samples = {clip: read_audio(clip.path, RATE_HZ).samples for clip in clips}
        long = 5.0 * RATE_HZ
        tellers = sorted({clip.speaker for clip in clips if len(samples[clip]) > long})
        readers, interrupting = set(tellers[::2]), {clip.speaker for clip in clips}
        if half == "dev":
            readers, interrupting = interrupting - readers, readers
        else:
            interrupting -= readers
        found = [_guest(clip, samples[clip]) for clip in clips if clip.speaker in interrupting]
        guests = [guest for guest in found if guest is not None]
        order = np.random.default_rng(seed).permutation(len(guests))[:most_clips]
        read = tuple(c for c in clips if c.speaker in readers and len(samples[c]) > long)
        return cls(read, tuple(guests[i] for i in sorted(order)))

    def readers(self, seconds: float) -> Samples:
        """Return recorded readers one after the other, half a second apart, again and again."""
        pause = np.zeros(RATE_HZ // 2, np.float32)
        parts = [
            np.concatenate((at_dbfs(read_audio(clip.path, RATE_HZ).samples, PLAYED_DBFS), pause))
            for clip in self.read
        ]
        return _filled(parts, seconds)

    def assistant(self, seconds: float) -> Samples:
        """Return the same texts in the starter's voice, each time a little slower or higher."""
        from assistant.engines.base import CancelToken
        from assistant.engines.espeak import EspeakSynthesizer

        parts: list[Samples] = []
        for rate_wpm, pitch in ((165, 50), (150, 40), (180, 60), (140, 55), (170, 45)):
            synthesizer = EspeakSynthesizer("en-us", rate_wpm, pitch, RATE_HZ)
            try:
                for clip in self.read:
                    chunks = list(
                        synthesizer.synthesize(f"{clip.transcript}.", cancel=CancelToken())
                    )
                    parts.append(at_dbfs(np.concatenate(chunks), PLAYED_DBFS))
            finally:
                synthesizer.close()
            if sum(map(len, parts)) >= seconds * RATE_HZ:
                break
        return _filled(parts, seconds)


def _filled(parts: Sequence[Samples], seconds: float) -> Samples:
    once = np.concatenate(parts)
    wanted = int(seconds * RATE_HZ)
    return np.tile(once, -(-wanted // len(once)))[:wanted]


_GUEST_S = 3.0
_BEFORE_S = 0.3
_RUMBLE_HZ = 120.0
_CLEAN_DB, _SPOKEN_DB = 38.0, 25.0
"""Only where the background lies this far below the speech is the onset certain to a frame or two; what lies
within 25 dB of the loudest frames can be heard over a playback."""


def _guest(clip: Clip, samples: Samples) -> Guest | None:
    """Return the first seconds of a recording with the place of its speech; None where that is unclear.

    It begins with the first loud frame that is speech by the reference marks of `assistant bench vad`: not
    with a click or a breath.
    """
    heard = _without_rumble(samples)
    frames = heard[: len(heard) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    levels_db = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)
    loudest, quietest = np.percentile(levels_db, 95), np.percentile(levels_db, 5)
    spans = speech_spans(heard)
    if loudest - quietest < _CLEAN_DB or not spans:
        return None
    loud = np.flatnonzero(levels_db > loudest - _SPOKEN_DB) * FRAME_SAMPLES
    last = spans[-1][1]
    first = min((int(at) for at in loud if any(a <= at < b for a, b in spans)), default=last)
    if first == last:
        return None
    begin = max(0, first - int(_BEFORE_S * RATE_HZ))
    stop = min(last, first + int(_GUEST_S * RATE_HZ))
    return Guest(
        clip.path.stem, heard[begin:stop], (first - begin) / RATE_HZ, (stop - first) / RATE_HZ
    )


def _without_rumble(samples: Samples) -> Samples:
    """Return the recording without what lies below speech, so that levels mean the voice."""
    size = 1 << len(samples).bit_length()
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    kept = (hz / _RUMBLE_HZ) ** 4 / (1 + (hz / _RUMBLE_HZ) ** 4)
    voice: Samples = np.fft.irfft(np.fft.rfft(samples, size) * kept)[: len(samples)].astype(
        np.float32
    )
    return voice
