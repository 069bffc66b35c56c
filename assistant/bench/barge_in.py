"""Interrupting, measured on a simulated echo path: cancellation, false and missed interruptions, delay.

Owns the scene (who speaks when, through which room) and the scoring. Deliberately prints nothing and has
no rule of its own: the canceller, the detectors and the segmenter are the product's.

What is real: the interrupting voices and one of the two played voices (recordings of people), the
assistant's own voice (espeak-ng). What is synthetic: the room, the loudspeaker, the devices' delay, the
microphone's noise. Played and interrupting voices never belong to the same speaker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

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
from assistant.listening.double_talk import vad_beside
from assistant.listening.echo import ReferenceLine, WebRtcEchoCanceller
from assistant.listening.listener import Listener
from assistant.listening.reports import Report, SpeechBegan, SpeechEnded, SpeechHeard
from assistant.metrics import distribution
from assistant.settings.live import ListeningSettings

Samples = NDArray[np.float32]

PATHS = tuple(
    EchoPath(delay_ms=delay_ms, level_db=level_db, rt60_s=rt60_s, seed=seed)
    for seed, (delay_ms, rt60_s) in enumerate(((20.0, 0.2), (80.0, 0.3), (180.0, 0.4)), 1)
    for level_db in (0.0, -6.0, -12.0)
)
"""Three rooms and devices, three levels of the echo relative to what is played (at -20 dBFS). Headsets lie
far below, a laptop's loudspeaker beside its microphone at the upper end."""

SCENES = tuple(path for path in PATHS if path.level_db == -6)  # noqa: PLR2004
"""Where people interrupt."""

NOISE_DBFS = -70.0
NEAR_DBFS = (-20.0, -26.0, -32.0)
"""The user as loud as the echo and 6 dB more or less (echo at -26 dBFS)."""

JUDGED_MS = 288.0
"""Judged speech that interrupts: 300 ms to the nearest frame (9 of 32 ms). Source: issue 3; LiveKit waits
500 ms, Pipecat for some words."""

DUCKED = 10 ** (-12 / 20)
"""What the onset of speech already does to the playback. Source: live.md, Loudspeaker.duck."""

SHORTEST_UTTERANCE_S = 0.6
"""Shorter ones ("no", "stop") cannot hold 300 ms of judged speech; they are counted in a row of their own."""

_CONVERGED_S = 5.0
_BETWEEN_S = 1.5
_LATEST_S = 1.5
"""A decision this long after the onset is no reaction to it any more."""


def measure_barge_in(
    manifest: Path,
    *,
    minutes: float = 10.0,
    seed: int = 1,
    most_clips: int | None = None,
    on_step: Callable[[str], None] = lambda _step: None,
) -> BargeInReport:
    """Measure everything: some two minutes of one core for the default ten of speaking.

    Args:
        manifest: of recordings of people (see :mod:`assistant.bench.asr`).
        minutes: of the assistant speaking, for each played voice.
        seed: of rooms, noise and order.
        most_clips: no more interrupting recordings than this.
        on_step: told what is measured next.

    Raises:
        AudioError: the manifest or a recording cannot be read, or the canceller does not load.
    """
    cast = Cast.of(manifest, seed, most_clips)
    voices = {"espeak-ng": cast.assistant(60.0 * minutes), "people": cast.readers(60.0 * minutes)}
    cancellation, false = [], []
    for voice, played in voices.items():
        for path in PATHS:
            on_step(f"cancellation, {voice}, {path.delay_ms:.0f} ms, {path.level_db:.0f} dB")
            cancellation.append(_cancel(voice, played[: 30 * RATE_HZ], path))
        for echo in ("cancelled", "as it is"):
            on_step(f"false interruptions, {voice}, echo {echo}")
            spoken = played if echo == "cancelled" else played[: len(played) // 5]
            false.append(_speak_alone(voice, spoken, echo, seed))
    true: list[Interruptions] = []
    for near_dbfs in NEAR_DBFS:
        on_step(f"interruptions at {near_dbfs:.0f} dBFS")
        true.extend(_interrupt(cast.guests, voices["espeak-ng"], near_dbfs, seed))
    return BargeInReport(seed, tuple(cancellation), tuple(false), tuple(true))


# --- the scene --------------------------------------------------------------------------------------


class _Ears:
    """The product's way from a microphone's frame to judged speech: its listener, on a simulated clock.

    Args:
        cancels: False leaves the echo in.
    """

    def __init__(self, *, cancels: bool = True) -> None:
        self._reference = ReferenceLine()
        canceller = WebRtcEchoCanceller() if cancels else None
        vad = vad_beside(canceller.hears_playback) if canceller else None
        settings = ListeningSettings()
        self._listener = Listener(settings, self._told, canceller, self._reference, vad)
        self._frames = 0
        self.in_speech = False
        self.speech_ms = 0.0

    def take(self, near: Samples, far: Samples) -> None:
        """Listen to 10 ms; afterwards ``in_speech`` and ``speech_ms`` tell of the open stretch."""
        now_s = self._frames / 100
        self._reference.put(far, now_s)
        # 4 ms between the ends of the players' and the microphone's blocks, as it happens.
        self._listener.take(near, self._frames * FRAME_SAMPLES, now_s + 0.006)
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


def _speak_alone(voice: str, played: Samples, echo: str, seed: int) -> FalseInterruptions:
    """Play on to the end, an equal part in each scene, and count what would have stopped it."""
    onsets, at_s = 0, []
    part = len(played) // len(SCENES) // FRAME_SAMPLES * FRAME_SAMPLES
    for number, scene in enumerate(SCENES):
        spoken = played[number * part : (number + 1) * part]
        room = scene.running(played[: 20 * RATE_HZ])
        ears = _Ears(cancels=echo == "cancelled")
        noise = room_noise(len(spoken), NOISE_DBFS, seed + number)
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
    guests: Sequence[Guest], played: Samples, near_dbfs: float, seed: int
) -> list[Interruptions]:
    """Let every guest interrupt once, the scenes taking turns."""
    delays: dict[str, list[float]] = {"utterances": [], "short words": []}
    missed: dict[str, list[str]] = {"utterances": [], "short words": []}
    for number, scene in enumerate(SCENES):
        own = guests[number :: len(SCENES)]
        for guest, delay_ms in zip(
            own, _delays_ms(own, played, scene, near_dbfs, seed + number), strict=True
        ):
            kind = "utterances" if guest.speech_s >= SHORTEST_UTTERANCE_S else "short words"
            if delay_ms is None:
                missed[kind].append(guest.name)
            else:
                delays[kind].append(delay_ms)
    return [
        Interruptions(
            near_dbfs,
            kind,
            len(delays[kind]) + len(missed[kind]),
            len(missed[kind]),
            tuple(missed[kind]),
            distribution(delays[kind]) if delays[kind] else None,
        )
        for kind in delays
    ]


def _delays_ms(
    guests: Sequence[Guest], played: Samples, scene: EchoPath, near_dbfs: float, seed: int
) -> Iterator[float | None]:
    """Yield, for each guest in turn, onset → decision in one session; the playback obeys as it goes."""
    room, ears = scene.running(played[: 20 * RATE_HZ]), _Ears()
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
            yield 1000 * (decided_s - onset_s)
