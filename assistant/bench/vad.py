"""How well and how cheaply speech is found: joined recordings in, one figure per level out.

Owns the run: tracks through a real `Listener`, pauses turned into ends of utterances as the conversation
does with the default pause. The truth is in `vad_ground_truth`, the comparison in `vad_score`. Prints
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from assistant.bench.vad_ground_truth import (
    ROOM_DBFS,
    Collection,
    NoiseClip,
    Samples,
    Track,
    join,
    marks_against_hand,
    read_collection,
)
from assistant.bench.vad_score import NOTHING, HeardUtterance, Score, score
from assistant.errors import AudioError
from assistant.listening.listener import Listener
from assistant.listening.reports import (
    RATE_HZ,
    Paused,
    Report,
    SpeechBegan,
    SpeechEnded,
    SpeechHeard,
    SpeechResumed,
)
from assistant.listening.segmenter import SHORTEST_SPEECH_MS, ms_of, samples_of
from assistant.listening.vad import GatedVad, Vad, WebrtcVad
from assistant.settings.live import ListeningSettings

LEVELS_DB: tuple[float | None, ...] = (None, 20.0, 10.0, 5.0)
DETECTORS: dict[str, Callable[[], Vad]] = {
    "gate + judge": GatedVad,
    "webrtcvad alone": lambda: WebrtcVad(mode=2, needed=2),
}
_BLOCK = RATE_HZ // 100
_TAIL_S = 2.0
_SILENCE_S = 60


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Figures of one detector at one level of noise.

    Attributes:
        detector: which one.
        snr_db: speech over noise; None = clean.
        utterances: in the track.
        found_percent: of them.
        clipped: found ones that lost samples at the start.
        lost_ms: all that was lost at starts.
        endpoint_p50_ms: median of decision minus ideal moment (end of speech + pause); positive = late.
        endpoint_p95_ms: 95th percentile of its absolute value.
        cut: utterances cut in two.
        merged: neighbours heard as one.
        false: utterances heard where nobody spoke.
        missed: names of the clips that were not found or lost their start.
    """

    detector: str
    snr_db: float | None
    utterances: int
    found_percent: float
    clipped: int
    lost_ms: float
    endpoint_p50_ms: float
    endpoint_p95_ms: float
    cut: int
    merged: int
    false: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetectorFigures:
    """Figures of one detector that no level has.

    Attributes:
        detector: which one.
        false_by_clip: false utterances on noise alone, clips without any left out.
        noise_s: how much noise that was.
        false_per_10_min: on it.
        cpu_percent: of one core, whole listener without echo canceller: silence, noise, speech.
    """

    detector: str
    false_by_clip: dict[str, int]
    noise_s: float
    false_per_10_min: float
    cpu_percent: dict[str, float]


@dataclass(frozen=True, slots=True)
class VadReport:
    """Everything one run found.

    Attributes:
        half: which half of the speakers and noises was used for the levels.
        seed: of order, gaps, levels and halves.
        clips: speech clips joined.
        unclear: speech clips left out because nobody knows where their speech is.
        pause_ms: silence that ended an utterance.
        marks_against_hand: how the reference differs from hand annotation.
        levels: by detector and level.
        detectors: by detector.
    """

    half: str
    seed: int
    clips: int
    unclear: int
    pause_ms: int
    marks_against_hand: dict[str, float]
    levels: tuple[LevelFigures, ...]
    detectors: tuple[DetectorFigures, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)


def measure_vad(
    manifest: Path,
    *,
    half: str = "test",
    seed: int = 1,
    rounds: int = 1,
    settings: ListeningSettings | None = None,
    track: Callable[
        [Iterable[tuple[str, float | None]]], Iterable[tuple[str, float | None]]
    ] = iter,
) -> VadReport:
    """Run every detector over every level and over the noises alone.

    Args:
        manifest: of the open recordings.
        half: `dev` (thresholds were tuned on it), `test` or `all`.
        seed: everything random follows from it.
        rounds: how often the clips are joined anew for each level.
        settings: threshold and pauses.
        track: wraps the runs, for a progress bar.

    Raises:
        AudioError: ``manifest_unreadable``; ``too_few_clips`` when nothing can be joined.
    """
    settings = settings or ListeningSettings()
    collection = read_collection(manifest, half, seed)
    if not collection.speech or not any(not one.has_voices for one in collection.noise):
        raise AudioError(
            "too_few_clips",
            f"{manifest} has no clear recordings of speech, or no noise, in this half.",
            "Use --half all, or a larger collection.",
        )
    every_noise = read_collection(manifest, "all", seed).noise
    levels: list[LevelFigures] = []
    speech_cpu: dict[str, float] = {}
    for name, snr_db in track([(name, snr) for name in DETECTORS for snr in LEVELS_DB]):
        found, cpu = _level(name, snr_db, _tracks(collection, snr_db, seed, rounds), settings)
        levels.append(found)
        if snr_db is None:
            speech_cpu[name] = cpu
    return VadReport(
        half=half,
        seed=seed,
        clips=len(collection.speech),
        unclear=collection.unclear,
        pause_ms=settings.pause_ms,
        marks_against_hand=marks_against_hand(manifest),
        levels=tuple(levels),
        detectors=tuple(
            _alone(name, every_noise, speech_cpu[name], settings) for name in DETECTORS
        ),
    )


def hear(
    samples: Samples, vad: Vad, settings: ListeningSettings
) -> tuple[list[HeardUtterance], float]:
    """Return the utterances of a recording, and the processor seconds it took to find them."""
    ear = _Ear(samples_of(settings.pause_ms))
    listener = Listener(settings, ear.take, vad=vad)
    blocks = [samples[at : at + _BLOCK] for at in range(0, samples.size - _BLOCK + 1, _BLOCK)]
    start_s = time.thread_time()
    for number, block in enumerate(blocks):
        ear.position = (number + 1) * _BLOCK
        listener.take(block, number * _BLOCK, ear.position / RATE_HZ)
    cpu_s = time.thread_time() - start_s
    listener.microphone_lost()
    return ear.heard, cpu_s


class _Ear:
    """Ends an utterance when its pause is long enough, as the conversation does."""

    def __init__(self, pause: int) -> None:
        self.heard: list[HeardUtterance] = []
        self.position = 0
        self._pause_ms = ms_of(pause)
        self._start_at: int | None = None  # of the utterance that is not yet over
        self._speech_ms = self._earlier_ms = 0.0

    def take(self, report: Report) -> None:
        match report:
            case SpeechBegan(start_at=start_at):
                self._start_at, self._speech_ms, self._earlier_ms = start_at, 0.0, 0.0
            case SpeechHeard(speech_ms=speech_ms):
                self._speech_ms = speech_ms
            case Paused(last_speech_s=last_s, silence_ms=silence_ms):
                if silence_ms >= self._pause_ms:
                    self._over(last_s)
            case SpeechResumed(samples=samples):
                if self._start_at is None:
                    self._start_at = self.position - samples.size
                    self._earlier_ms = self._speech_ms
            case SpeechEnded(reason=reason, last_speech_s=last_s):
                if reason != "too_short" and last_s is not None:
                    self._over(last_s)
                self._start_at = None

    def _over(self, last_s: float) -> None:
        if self._start_at is None:
            return
        if self._speech_ms - self._earlier_ms >= SHORTEST_SPEECH_MS:
            last_at = round(last_s * RATE_HZ)
            self.heard.append(HeardUtterance(self._start_at, last_at, self.position))
        self._start_at = None


def _tracks(
    collection: Collection, snr_db: float | None, seed: int, rounds: int
) -> Iterator[Track]:
    for number in range(rounds):
        random = Random(f"{seed} {snr_db} {number}")  # the same tracks for every detector
        yield join(collection.speech, collection.noise, snr_db, random)


def _level(
    name: str, snr_db: float | None, tracks: Iterator[Track], settings: ListeningSettings
) -> tuple[LevelFigures, float]:
    total, missed = NOTHING, list[str]()
    cpu_s = audio_s = 0.0
    for track in tracks:
        heard, seconds = hear(track.samples, DETECTORS[name](), settings)
        cpu_s += seconds
        audio_s += track.samples.size / RATE_HZ
        one = score(track.spans, heard, samples_of(settings.pause_ms))
        total += one
        missed += [track.clip_at(at) for at in one.trouble_at]
    return _figures(name, snr_db, total, tuple(missed)), 100 * cpu_s / audio_s


def _figures(
    name: str, snr_db: float | None, total: Score, missed: tuple[str, ...]
) -> LevelFigures:
    return LevelFigures(
        detector=name,
        snr_db=snr_db,
        utterances=total.utterances,
        found_percent=100 * total.found / max(1, total.utterances),
        clipped=total.clipped,
        lost_ms=ms_of(total.lost_samples),
        endpoint_p50_ms=total.endpoint_ms(50),
        endpoint_p95_ms=total.endpoint_ms(95),
        cut=total.cut,
        merged=total.merged,
        false=total.false,
        missed=missed,
    )


def _alone(
    name: str, noises: tuple[NoiseClip, ...], speech_cpu: float, settings: ListeningSettings
) -> DetectorFigures:
    """Listen to each noise by itself, with a quiet room after it, and to a quiet room only."""
    random = np.random.default_rng(0)

    def room(seconds: float) -> Samples:
        white = random.standard_normal(round(seconds * RATE_HZ), dtype=np.float32)
        return white * np.float32(10 ** (ROOM_DBFS / 20))

    false: dict[str, int] = {}
    cpu_s = noise_s = 0.0
    for noise in noises:
        heard, seconds = hear(
            np.concatenate((noise.samples, room(_TAIL_S))), DETECTORS[name](), settings
        )
        cpu_s += seconds
        noise_s += noise.samples.size / RATE_HZ
        if heard:
            false[noise.name] = len(heard)
    _, silence_cpu_s = hear(room(_SILENCE_S), DETECTORS[name](), settings)
    return DetectorFigures(
        detector=name,
        false_by_clip=false,
        noise_s=noise_s,
        false_per_10_min=sum(false.values()) * 600 / noise_s,
        cpu_percent={
            "silence": 100 * silence_cpu_s / _SILENCE_S,
            "noise": 100 * cpu_s / (noise_s + _TAIL_S * len(noises)),
            "speech": speech_cpu,
        },
    )
