"""Word error rate, speed and finishing time of a recogniser over a manifest of recordings.

Owns the scoring rules (which clips count, which rows they make). Deliberately compares no words itself
(:mod:`assistant.speech.word_errors` does), prints nothing and builds no recogniser.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.audio.files import read_audio
from assistant.errors import AudioError
from assistant.speech.word_errors import spoken_words, word_errors

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.engines.base import Recognizer

SCORED_KINDS = ("command", "digits", "speech")
CHUNK_MS = 100
"""How much audio is fed at once; about what a capture thread delivers between two polls."""

LONGEST_UTTERANCE_S = 30.0
"""Longer recordings (whole poems) are counted in a row of their own: nobody asks a question that long."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording of a manifest.

    Attributes:
        path: the audio file.
        kind: ``command``, ``digits``, ``speech``, ``noise`` or ``silence``.
        speaker: who speaks, as the manifest names them.
        transcript: what was said; empty for noise and silence.
    """

    path: Path
    kind: str
    speaker: str
    transcript: str


@dataclass(frozen=True, slots=True)
class ClipResult:
    """What a recogniser made of one clip.

    Attributes:
        clip: the recording.
        text: the final transcript.
        confidence: as the recogniser gave it.
        words: words in the reference.
        errors: word errors against it.
        audio_s: length of the clip.
        compute_s: processor seconds of this thread, feeding and finishing together.
        finish_ms: wall time from the last sample to the final transcript.
    """

    clip: Clip
    text: str
    confidence: float | None
    words: int
    errors: int
    audio_s: float
    compute_s: float
    finish_ms: float

    @property
    def row(self) -> str:
        """The kind, or ``KIND, long`` for a recording that is no single utterance."""
        return f"{self.clip.kind}, long" if self.audio_s > LONGEST_UTTERANCE_S else self.clip.kind


@dataclass(frozen=True, slots=True)
class AsrFigures:
    """Figures over some clips.

    Attributes:
        clips: how many recordings.
        words: reference words in them.
        errors: word errors.
        wer: errors / words (can exceed 1); 0 where there are no words.
        rtf: compute seconds per audio second.
        finish_ms_p50: median time from last sample to final transcript.
        finish_ms_p95: its 95th percentile.
    """

    clips: int
    words: int
    errors: int
    wer: float
    rtf: float
    finish_ms_p50: float
    finish_ms_p95: float


def figures(results: Iterable[ClipResult]) -> AsrFigures:
    """Return the figures over ``results``; all zero when there are none."""
    chosen = list(results)
    words, errors = sum(r.words for r in chosen), sum(r.errors for r in chosen)
    audio_s = sum(r.audio_s for r in chosen)
    finish = [r.finish_ms for r in chosen] or [0.0]
    return AsrFigures(
        clips=len(chosen),
        words=words,
        errors=errors,
        wer=errors / words if words else 0.0,
        rtf=sum(r.compute_s for r in chosen) / audio_s if audio_s else 0.0,
        finish_ms_p50=float(np.percentile(finish, 50)),
        finish_ms_p95=float(np.percentile(finish, 95)),
    )


@dataclass(frozen=True, slots=True)
class AsrReport:
    """Everything one run over a manifest found."""

    results: tuple[ClipResult, ...]

    def by_kind(self) -> dict[str, AsrFigures]:
        """Return the figures of each kind of clip, in alphabetical order; long ones apart."""
        kinds = sorted({r.row for r in self.results})
        return {kind: figures(r for r in self.results if r.row == kind) for kind in kinds}


def read_manifest(
    path: Path, language: str = "en", kinds: Sequence[str] = SCORED_KINDS
) -> list[Clip]:
    """Return the clips that can be scored: right language, exact transcript, one speaker at a time.

    Noise and silence have no language and no transcript; they are returned when ``kinds`` names them.

    Raises:
        AudioError: ``manifest_unreadable`` when the file is missing or is not a list of clips.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(entries, list):
            raise TypeError("not a list")  # noqa: TRY301 - one sentence for every way to be wrong
        return [_clip(path.parent, entry) for entry in entries if _counts(entry, language, kinds)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AudioError(
            "manifest_unreadable",
            f"{path} cannot be read as a list of recordings ({error}).",
            "Give the path of a manifest.json: a list of objects with file, kind and transcript.",
        ) from error


def _counts(entry: dict[str, str], language: str, kinds: Sequence[str]) -> bool:
    if entry["kind"] not in kinds:
        return False
    if entry["kind"] in {"noise", "silence"}:
        return True
    exact = (entry.get("transcript_quality") or "").startswith("exact")
    return entry["language"] == language and exact and "mix2_" not in entry["file"]


def _clip(folder: Path, entry: dict[str, str]) -> Clip:
    return Clip(
        path=folder / entry["file"],
        kind=entry["kind"],
        speaker=entry.get("speaker") or "",
        transcript=entry.get("transcript") or "",
    )


def measure(
    clips: Iterable[Clip], recognizer: Recognizer, *, chunk_ms: int = CHUNK_MS
) -> AsrReport:
    """Recognise each clip as a stream of chunks and compare; clips are fed as fast as they decode.

    Raises:
        AudioError: as :func:`~assistant.audio.files.read_audio` does; other rates are resampled.
    """
    return AsrReport(tuple(_recognise(clip, recognizer, chunk_ms) for clip in clips))


def _recognise(clip: Clip, recognizer: Recognizer, chunk_ms: int) -> ClipResult:
    samples = read_audio(clip.path, recognizer.rate_hz).samples
    step = max(1, recognizer.rate_hz * chunk_ms // 1000)
    compute_start_s = time.thread_time()
    stream = recognizer.open()
    for start in range(0, len(samples), step):
        stream.feed(samples[start : start + step])
    finish_start_s = time.perf_counter()
    recognition = stream.finish()
    finish_ms = (time.perf_counter() - finish_start_s) * 1000
    reference = spoken_words(clip.transcript)
    return ClipResult(
        clip=clip,
        text=recognition.text,
        confidence=recognition.confidence,
        words=len(reference),
        errors=word_errors(reference, spoken_words(recognition.text)),
        audio_s=len(samples) / recognizer.rate_hz,
        compute_s=time.thread_time() - compute_start_s,
        finish_ms=finish_ms,
    )
