"""Interrupting, measured on a simulated echo path: cancellation, false and missed interruptions, delay.

Owns the scene (who speaks when, through which room) and the scoring. Deliberately prints nothing and has
no rule of its own: the canceller, the detectors and the segmenter are the product's.

What is real: the interrupting voices and one of the two played voices (recordings of people), the
assistant's own voice (espeak-ng), one room with its loudspeaker (measured), noises in it. What is synthetic:
the other rooms, the devices' delay, the microphone's own noise. Played and interrupting voices never belong
to the same speaker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from assistant.bench.barge_in_cast import Cast, Guest
from assistant.bench.barge_in_report import (
    BargeInReport,
    Cancellation,
    FalseInterruptions,
    Interruptions,
)
from assistant.bench.echo_path import FRAME_SAMPLES, RATE_HZ, EchoPath, at_dbfs, room_noise
from assistant.bench.vad_ground_truth import NoiseClip, noise_bed, read_collection
from assistant.listening.double_talk import vad_beside
from assistant.listening.echo import ReferenceLine, WebRtcEchoCanceller
from assistant.listening.listener import Listener
from assistant.listening.reports import Report, SpeechBegan, SpeechEnded, SpeechHeard
from assistant.settings.live import ListeningSettings

Samples = NDArray[np.float32]

_DELAYS_MS, _LEVELS_DB = (20.0, 80.0, 180.0), (0.0, -6.0, -12.0)
_RT60_S = (0.2, 0.3, 0.4)

PATHS = tuple(
    EchoPath(delay_ms, level_db, rt60_s, seed=seed, room="synthetic")
    for seed, (delay_ms, rt60_s) in enumerate(zip(_DELAYS_MS, _RT60_S, strict=True), 1)
    for level_db in _LEVELS_DB
) + tuple(
    EchoPath(delay_ms, level_db, rt60_s=0.2, room="measured")
    for delay_ms in _DELAYS_MS
    for level_db in _LEVELS_DB
)
"""Three synthetic rooms and a measured one, three delays of the devices, three levels of the echo relative
to what is played (at -20 dBFS). Headsets lie far below, a laptop's loudspeaker beside its microphone at the
upper end."""

SCENES = tuple(path for path in PATHS if path.level_db == -6)  # noqa: PLR2004
"""Where people interrupt."""

NOISE_DBFS = -70.0
NEAR_DBFS = (-20.0, -26.0, -32.0)
"""The user as loud as the echo and 6 dB more or less (echo at -26 dBFS)."""

JITTERS = "measured, jittering"
"""The measured room, and devices whose blocks come when the system has time for them."""

ECHOES = (
    "cancelled",
    "cancelled, devices jittering",
    "cancelled, noise in the room",
    "as it is",
)

LOUD_NOISE_DBFS = -35.0
"""Street, dishes, a car, coughs …: as loud in the microphone as a person who speaks softly."""

JUDGED_MS = 300.0
"""Judged speech that interrupts: ten frames of 32 ms, at most four of them likely before the onset. Source:
issue 3; LiveKit waits 500 ms, Pipecat for some words."""

SILENCED_MS = 15.0
"""From the decision to silence: up to one block of 10 ms until the loudspeaker's mixer runs, which then fades
out in 5 ms. What the device has in its own buffers is still heard: its latency is not in these figures."""

DUCKED = 10 ** (-12 / 20)
"""What the onset of speech already does to the playback. Source: live.md, Loudspeaker.duck."""

SHORTEST_UTTERANCE_S = 0.6
"""Shorter ones ("no", "stop") cannot hold 300 ms of judged speech; they are counted in a row of their own."""

JITTER_S = 0.005
_CAPTURE_JITTER = 0.2
"""Stamps of played blocks lie up to 5 ms beside the truth, those of captured ones, which the microphone
smooths, a fifth of that."""

_CONVERGED_S = 5.0
_BETWEEN_S = 1.5
_EARLIEST_MS = 200.0
_LATEST_S = 1.5
"""A decision this long after the onset is no reaction to it any more."""


def measure_barge_in(
    manifest: Path,
    *,
    half: str = "test",
    minutes: float = 10.0,
    seed: int = 1,
    most_clips: int | None = None,
    on_step: Callable[[str], None] = lambda _step: None,
) -> BargeInReport:
    """Measure everything: some five minutes of one core for the default ten of speaking.

    Args:
        manifest: of recordings of people (see :mod:`assistant.bench.asr`).
        half: ``dev`` (thresholds were tuned on it) or ``test``: who interrupts, which noises.
        minutes: of the assistant speaking, for each played voice.
        seed: of rooms, noise and order.
        most_clips: no more interrupting recordings than this.
        on_step: told what is measured next.

    Raises:
        AudioError: the manifest or a recording cannot be read, or the canceller does not load.
    """
    cast = Cast.of(manifest, half, seed, most_clips)
    noise = read_collection(manifest, half, seed).noise
    voices = {"espeak-ng": cast.assistant(60.0 * minutes), "people": cast.readers(60.0 * minutes)}
    cancellation, false = [], []
    for voice, played in voices.items():
        for path in PATHS:
            where = f"{path.room} room, {path.delay_ms:.0f} ms, {path.level_db:.0f} dB"
            on_step(f"cancellation, {voice}, {where}")
            cancellation.append(_cancel(voice, played[: 30 * RATE_HZ], path))
        for echo in ECHOES:
            on_step(f"false interruptions, {voice}, echo {echo}")
            spoken = played[: len(played) // 5] if echo == "as it is" else played
            around = noise if "noise" in echo else ()
            false.append(_speak_alone(voice, spoken, echo, around, seed))
    true: list[Interruptions] = []
    for near_dbfs in NEAR_DBFS:
        for room in ("measured", JITTERS, "synthetic"):
            on_step(f"interruptions at {near_dbfs:.0f} dBFS, {room} room")
            true.extend(_interrupt(cast.guests, voices["espeak-ng"], near_dbfs, room, seed))
    return BargeInReport(half, seed, tuple(cancellation), tuple(false), tuple(true))


# --- the scene --------------------------------------------------------------------------------------


class _Ears:
    """The product's way from a microphone's frame to judged speech: its listener, on a simulated clock.

    Args:
        cancels: False leaves the echo in.
        jitter_s: how far the time stamps of both devices' blocks lie beside the truth, at most.
    """

    def __init__(self, *, cancels: bool = True, jitter_s: float = 0.0) -> None:
        self._reference = ReferenceLine()
        canceller = WebRtcEchoCanceller() if cancels else None
        vad = vad_beside(canceller.hears_playback) if canceller else None
        settings = ListeningSettings()
        self._listener = Listener(settings, self._told, canceller, self._reference, vad)
        self._frames = 0
        self._jitter_s, self._random = jitter_s, Random(1)
        self.in_speech = False
        self.speech_ms = 0.0

    def take(self, near: Samples, far: Samples) -> None:
        """Listen to 10 ms; afterwards ``in_speech`` and ``speech_ms`` tell of the open stretch."""
        now_s = self._frames / 100
        self._reference.put(far, now_s + self._random.uniform(-1, 1) * self._jitter_s)
        # 4 ms between the ends of the players' and the microphone's blocks, as it happens.
        captured_s = now_s + 0.006 + self._random.uniform(-1, 1) * self._jitter_s * _CAPTURE_JITTER
        self._listener.take(near, self._frames * FRAME_SAMPLES, captured_s)
        self._frames += 1

    def _told(self, report: Report) -> None:
        match report:
            case SpeechBegan():
                self.in_speech, self.speech_ms = True, 0.0
            case SpeechHeard(speech_ms=speech_ms):
                self.speech_ms = speech_ms
            case SpeechEnded():
                self.in_speech, self.speech_ms = False, 0.0
            case _:
                pass


def _cancel(voice: str, played: Samples, path: EchoPath) -> Cancellation:
    near = path.echo(played) + room_noise(len(played), NOISE_DBFS, path.seed)
    canceller = WebRtcEchoCanceller()
    clean = np.concatenate(
        [
            canceller.process(near[at : at + FRAME_SAMPLES], played[at : at + FRAME_SAMPLES])
            for at in range(0, len(near), FRAME_SAMPLES)
        ]
    )
    half = len(near) // 2
    return Cancellation(
        path.room,
        path.delay_ms,
        path.level_db,
        path.rt60_s,
        voice,
        _level_db(near[half:]) - _level_db(clean[half:]),
        _level_db(near[RATE_HZ : 3 * RATE_HZ]) - _level_db(clean[RATE_HZ : 3 * RATE_HZ]),
        _converged_s(near, clean),
    )


def _converged_s(near: Samples, clean: Samples) -> float | None:
    window = RATE_HZ // 2
    for start in range(0, len(near) - window, RATE_HZ // 10):
        before = _level_db(near[start : start + window])
        after = _level_db(clean[start : start + window])
        if before > NOISE_DBFS + 20 and before - after >= 15:  # noqa: PLR2004 - as documented
            return (start + window) / RATE_HZ
    return None


def _level_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def _frames(samples: Samples) -> Iterator[Samples]:
    for at in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield samples[at : at + FRAME_SAMPLES]


def _speak_alone(
    voice: str, played: Samples, echo: str, around: tuple[NoiseClip, ...], seed: int
) -> FalseInterruptions:
    """Play on to the end, an equal part in each scene, and count what would have stopped it.

    Noise begins after 8 s: before, the canceller learns, and at any time people can hear a noise begin.
    """
    onsets, at_s = 0, []
    part = len(played) // len(SCENES) // FRAME_SAMPLES * FRAME_SAMPLES
    for number, scene in enumerate(SCENES):
        spoken = played[number * part : (number + 1) * part]
        room = scene.running(played[: 20 * RATE_HZ])
        ears = _Ears(cancels=echo != "as it is", jitter_s=JITTER_S if "jittering" in echo else 0.0)
        noise = room_noise(len(spoken), NOISE_DBFS, seed + number)
        if around:
            quiet_samples = min(8 * RATE_HZ, len(noise))
            noise[quiet_samples:] += noise_bed(
                around, len(noise) - quiet_samples, LOUD_NOISE_DBFS, Random(seed + number)
            )
        was_in_speech = was_interrupted = False
        for index, frame in enumerate(_frames(spoken)):
            far = frame * np.float32(DUCKED) if ears.in_speech else frame
            quiet = noise[index * FRAME_SAMPLES : (index + 1) * FRAME_SAMPLES]
            ears.take(room.take(far) + quiet, far)
            onsets += ears.in_speech and not was_in_speech
            interrupts = ears.in_speech and ears.speech_ms >= JUDGED_MS
            if interrupts and not was_interrupted:
                at_s.append(round((number * part + index * FRAME_SAMPLES) / RATE_HZ, 1))
            was_in_speech, was_interrupted = ears.in_speech, interrupts
    minutes = part * len(SCENES) / RATE_HZ / 60
    return FalseInterruptions(voice, echo, minutes, onsets, len(at_s), tuple(at_s))


def _interrupt(
    guests: Sequence[Guest], played: Samples, near_dbfs: float, room: str, seed: int
) -> list[Interruptions]:
    """Let every guest interrupt once in every scene of a room."""
    delays: dict[str, list[float]] = {"utterances": [], "short words": []}
    missed: dict[str, list[str]] = {"utterances": [], "short words": []}
    for number, scene in enumerate(SCENES):
        if scene.room != room.partition(",")[0]:
            continue
        ears = _Ears(jitter_s=JITTER_S if room == JITTERS else 0.0)
        found = _delays_ms(guests, played, scene, ears, near_dbfs=near_dbfs, seed=seed + number)
        for guest, delay_ms in zip(guests, found, strict=True):
            kind = "utterances" if guest.speech_s >= SHORTEST_UTTERANCE_S else "short words"
            if delay_ms is None:
                missed[kind].append(f"{guest.name} ({scene.delay_ms:.0f} ms)")
            else:
                delays[kind].append(delay_ms)
    return [
        Interruptions(
            near_dbfs,
            room,
            kind,
            len(delays[kind]) + len(missed[kind]),
            len(missed[kind]),
            tuple(missed[kind]),
            sum(delay_ms < _EARLIEST_MS + SILENCED_MS for delay_ms in delays[kind]),
            tuple(delays[kind]),
        )
        for kind in delays
    ]


def _delays_ms(
    guests: Sequence[Guest],
    played: Samples,
    scene: EchoPath,
    ears: _Ears,
    *,
    near_dbfs: float,
    seed: int,
) -> Iterator[float | None]:
    """Yield, for each guest in turn, onset → silence in one session; the playback obeys as it goes."""
    room = scene.running(played[: 20 * RATE_HZ])
    random = np.random.default_rng(seed)
    speech = _frames(np.tile(played, 3))
    silence = np.zeros(FRAME_SAMPLES, np.float32)
    for number, guest in enumerate(guests):
        before_s = (_CONVERGED_S if number == 0 else _BETWEEN_S) + random.uniform(0, 1)
        near = np.concatenate(
            (
                np.zeros(int(before_s * 100) * FRAME_SAMPLES, np.float32),
                at_dbfs(guest.samples, near_dbfs),
                np.zeros(RATE_HZ, np.float32),
            )
        )
        near += room_noise(len(near), NOISE_DBFS, seed * 1000 + number)
        onset_s = int(before_s * 100) / 100 + guest.onset_s
        decided_s: float | None = None
        for index, frame in enumerate(_frames(near)):
            if decided_s is not None:
                far = silence
            elif ears.in_speech:
                far = next(speech) * np.float32(DUCKED)
            else:
                far = next(speech)
            ears.take(frame + room.take(far), far)
            now_s = (index + 1) / 100
            is_reaction = now_s > onset_s and ears.in_speech and ears.speech_ms >= JUDGED_MS
            if decided_s is None and is_reaction:
                decided_s = now_s
        if decided_s is None or decided_s - onset_s > _LATEST_S:
            yield None
        else:
            yield 1000 * (decided_s - onset_s) + SILENCED_MS
