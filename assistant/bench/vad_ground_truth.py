"""Long recordings whose speech is known to the sample, joined from human clips, gaps and noise.

Owns the reference: which clips are clean enough to be marked by their level alone, where their speech
is, and how they are joined. It knows no voice activity detector, so that none is judged by itself.

How speech is marked: `assistant.bench.speech_marks`. :func:`marks_against_hand` compares those marks with
clips that people have annotated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.bench.speech_marks import Span, speech_spans
from assistant.errors import AudioError
from assistant.listening.reports import RATE_HZ

Samples = NDArray[np.float32]

SPEECH_DBFS = -26.0
"""Level to which the speech of every clip is brought. Source: active speech level of ITU-T P.56 tests."""

QUIETEST_DBFS, LOUDEST_DBFS = -38.0, -20.0
"""In the clean recording levels vary between these: people sit near and far."""

ROOM_DBFS = -75.0
"""White noise under everything, also the clean recording: a microphone never delivers zeros."""

GAPS_S = (0.3, 3.0)

_CLEAN_RANGE_DB = 30.0
_HAND_RANGE_DB = 25.0  # three of the six annotated clips reach it, one reaches 30
_CLIP_S = (0.4, 15.0)
_MARGIN = RATE_HZ // 10
_HUMAN_NOISE = ("laughter", "cough", "office")


@dataclass(frozen=True, slots=True)
class MarkedClip:
    """A clip cut to its speech and a margin, speech at :data:`SPEECH_DBFS`.

    Attributes:
        name: file name.
        speaker: as in the manifest.
        samples: float32, mono, 16 kHz.
        spans: its speech, sample positions in `samples`.
    """

    name: str
    speaker: str
    samples: Samples
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class NoiseClip:
    """A recording without an utterance.

    Attributes:
        name: file name.
        samples: float32, mono, 16 kHz, as recorded.
        has_voices: people laugh, cough or talk in the background; not mixed under speech.
    """

    name: str
    samples: Samples
    has_voices: bool


@dataclass(frozen=True, slots=True)
class Track:
    """A joined recording.

    Attributes:
        samples: float32, mono, 16 kHz.
        spans: all speech in it, ascending, without overlap.
        clips: where the speech of each joined clip begins, and its name.
    """

    samples: Samples
    spans: tuple[Span, ...]
    clips: tuple[tuple[int, str], ...]

    def clip_at(self, position: int) -> str:
        """Return the name of the clip that plays at or last began before a position."""
        return [name for start, name in self.clips if start <= position][-1]


@dataclass(frozen=True, slots=True)
class Collection:
    """The clips of a manifest that serve here, one half of the speakers or noises or all.

    Attributes:
        speech: clips with reference marks.
        noise: noise and silence.
        unclear: speech clips left out because their level does not tell where speech is.
    """

    speech: tuple[MarkedClip, ...]
    noise: tuple[NoiseClip, ...]
    unclear: int


def read_collection(manifest: Path, half: str, seed: int) -> Collection:
    """Return the clips of one half (`dev`, `test`) or of both (`all`).

    Speakers, and noise files, are dealt to the halves by the seed, so that no speaker is in both.

    Raises:
        AudioError: ``manifest_unreadable``.
    """
    entries = read_entries(manifest)
    spoken = [e for e in entries if _is_usable_speech(e)]
    silent = [e for e in entries if e["kind"] in {"noise", "silence"}]
    speakers = _dealt({e["speaker"] for e in spoken}, half, seed)
    noises = _dealt({e["file"] for e in silent}, half, seed)
    marked: list[MarkedClip] = []
    unclear = 0
    for entry in spoken:
        if entry["speaker"] in speakers:
            clip = _marked(entry, _read(manifest.parent / entry["file"]))
            marked.extend([clip] if clip else [])
            unclear += clip is None
    return Collection(
        tuple(marked),
        tuple(_noise(e, manifest.parent) for e in silent if e["file"] in noises),
        unclear,
    )


def read_entries(manifest: Path) -> list[dict[str, Any]]:
    """Return the manifest's list.

    Raises:
        AudioError: ``manifest_unreadable`` when it is missing or something else.
    """
    try:
        entries: list[dict[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))
        for entry in entries:
            entry["file"], entry["kind"], entry["seconds"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AudioError(
            "manifest_unreadable",
            f"{manifest} cannot be read as a list of recordings ({error}).",
            "Give the path of a manifest.json: a list of objects with file, kind and seconds.",
        ) from error
    return entries


def join(
    clips: tuple[MarkedClip, ...],
    noise: tuple[NoiseClip, ...],
    snr_db: float | None,
    random: Random,
) -> Track:
    """Return the clips in random order, random gaps between them, noise under everything.

    Args:
        clips: at least one.
        noise: each is brought to the same level and they follow each other; unused when clean.
        snr_db: level of the speech over the noise; None = clean, with levels that vary.
        random: order, gaps and levels.
    """
    pieces: list[tuple[int, Samples]] = []
    names: list[tuple[int, str]] = []
    spans: list[Span] = []
    at = RATE_HZ
    for clip in random.sample(clips, len(clips)):
        gap = round(random.uniform(*GAPS_S) * RATE_HZ)
        start_at = at + gap - clip.spans[0][0]
        level_db = 0.0
        if snr_db is None:
            level_db = random.uniform(QUIETEST_DBFS, LOUDEST_DBFS) - SPEECH_DBFS
        pieces.append((start_at, clip.samples * np.float32(10 ** (level_db / 20))))
        spans.extend((start_at + first, start_at + last) for first, last in clip.spans)
        names.append((spans[-len(clip.spans)][0], clip.name))
        at = start_at + clip.spans[-1][1]
    length = at + 3 * RATE_HZ
    track = _white(length, random) * np.float32(10 ** (ROOM_DBFS / 20))
    for start_at, samples in pieces:
        track[start_at : start_at + samples.size] += samples
    if snr_db is not None:
        track += noise_bed(noise, length, SPEECH_DBFS - snr_db, random)
    return Track(np.clip(track, -1, 1), tuple(spans), tuple(names))


def marks_against_hand(manifest: Path) -> dict[str, float]:
    """Return how the marks differ from the hand-annotated clips of the manifest, in milliseconds.

    First onset and last end of each clip; positive = marked later than by hand.
    """
    starts, ends = [], []
    for entry in read_entries(manifest):
        if not entry.get("vad_segments"):
            continue
        found = speech_spans(_read(manifest.parent / entry["file"]), _HAND_RANGE_DB)
        if found:
            by_hand = entry["vad_segments"]
            starts.append(found[0][0] * 1000 / RATE_HZ - by_hand[0][0] * 1000)
            ends.append(found[-1][1] * 1000 / RATE_HZ - by_hand[-1][1] * 1000)
    if not starts:
        return {}
    return {
        "clips": len(starts),
        "start_median_ms": float(np.median(starts)),
        "start_worst_ms": float(max(starts, key=abs)),
        "end_median_ms": float(np.median(ends)),
        "end_worst_ms": float(max(ends, key=abs)),
    }


def _is_usable_speech(entry: dict[str, Any]) -> bool:
    if entry["kind"] not in {"speech", "command", "digits"} or entry.get("vad_segments"):
        return False
    return "mix2_" not in entry["file"] and _CLIP_S[0] <= entry["seconds"] <= _CLIP_S[1]


def _dealt(names: set[str], half: str, seed: int) -> set[str]:
    if half == "all":
        return names
    order = Random(seed).sample(sorted(names), len(names))
    return set(order[0::2] if half == "dev" else order[1::2])


def _marked(entry: dict[str, Any], samples: Samples) -> MarkedClip | None:
    spans = speech_spans(samples, _CLEAN_RANGE_DB)
    if not spans:
        return None
    start, stop = max(0, spans[0][0] - _MARGIN), min(samples.size, spans[-1][1] + _MARGIN)
    cut = samples[start:stop].copy()
    speech = np.concatenate([samples[a:b] for a, b in spans])
    cut *= np.float32(10 ** (SPEECH_DBFS / 20) / float(np.sqrt(np.mean(speech**2))))
    fade = np.linspace(0, 1, RATE_HZ // 100, dtype=np.float32)
    if start < spans[0][0] - fade.size:
        cut[: fade.size] *= fade
    if stop > spans[-1][1] + fade.size:
        cut[-fade.size :] *= fade[::-1]
    return MarkedClip(
        Path(entry["file"]).stem,
        entry["speaker"],
        cut,
        tuple((a - start, b - start) for a, b in spans),
    )


def _noise(entry: dict[str, Any], folder: Path) -> NoiseClip:
    about = f"{entry['file']} {entry.get('label') or ''}"
    voices = any(word in about for word in _HUMAN_NOISE)
    return NoiseClip(Path(entry["file"]).stem, _read(folder / entry["file"]), voices)


def noise_bed(
    noise: tuple[NoiseClip, ...], length: int, level_dbfs: float, random: Random
) -> Samples:
    """Return noises of 8 s at most after each other, each at the same level, faded into the next."""
    bed = np.zeros(length, dtype=np.float32)
    fade = np.linspace(0, 1, RATE_HZ // 10, dtype=np.float32)
    usable = [one for one in noise if not one.has_voices and one.samples.size > 2 * fade.size]
    at = 0
    while at < length:
        samples = random.choice(usable).samples
        longest = 8 * RATE_HZ
        start = random.randrange(max(1, samples.size - longest))
        piece = samples[start : start + longest].copy()
        rms = float(np.sqrt(np.mean(piece**2)))
        if rms > 0:
            piece *= np.float32(10 ** (level_dbfs / 20) / rms)
            piece[: fade.size] *= fade
            piece[-fade.size :] *= fade[::-1]
            piece = piece[: length - at]
            bed[at : at + piece.size] += piece
            at += max(1, piece.size - fade.size)
    return bed


def _white(length: int, random: Random) -> Samples:
    return np.random.default_rng(random.getrandbits(32)).standard_normal(length, dtype=np.float32)


def _read(path: Path) -> Samples:
    from assistant.audio.files import read_audio

    clip = read_audio(path)
    if clip.rate_hz == RATE_HZ:
        return clip.samples
    import soxr  # type: ignore[import-untyped]

    resampled: Samples = soxr.resample(clip.samples, clip.rate_hz, RATE_HZ)
    return resampled
