"""Whole turns on recordings: how long a person waits, stage by stage.

Owns the choice of questions and the measuring of turns through a running assistant. The clock and every
latency are defined in `assistant.metrics`; here they are only collected.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.audio.speech_files import RATE_HZ, TAIL_S, SpeechFile, read_speech
from assistant.bench.asr import read_manifest
from assistant.errors import AudioError
from assistant.metrics import Distribution, distribution
from assistant.speech.word_errors import spoken_words

if TYPE_CHECKING:
    from assistant.api import Assistant
    from assistant.dialogue.record import TurnRecord

FIGURES = ("stt", "first_piece", "tool", "tts_first", "e2e", "mouth_to_ear", "total")
"""Which of the turn's latencies are summarised (names as in `ask --json`)."""

LIVE_ONLY = "mouth_to_ear"
"""A recording fed at once has no moment at which its last word was spoken."""

DEFINITIONS = {
    "e2e": f"endpoint → first sound; the endpoint is {TAIL_S:g} s after the last speech in the file",
    "mouth_to_ear": "last speech in the file → first sound: what a person waits",
}
"""What the two totals are counted from."""

SPOKEN_DEFINITIONS = {
    "e2e": "the pause has ended the turn → first sound handed to the loudspeaker; work began at the soft end",
    "mouth_to_ear": "last speech, as the VAD heard it → first sound handed to the loudspeaker",
}
"""The same, when recordings are spoken into a microphone."""

QUESTIONS = 20
LEAST_WORDS = 2
"""A single word ("yes", "stop") is an answer to somebody, not a question to an assistant."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Recordings to ask.

    Attributes:
        files: the recordings, in the order in which they are asked.
        chosen: one sentence saying how.
    """

    files: tuple[Path, ...]
    chosen: str


def choose_questions(manifest: Path, count: int = QUESTIONS) -> Questions:
    """Draw spoken commands from a manifest, the same ones every time.

    Candidates are the English commands with an exact transcript of at least two words. The draw is by the
    check sum of the file's name, so nobody's taste is in it; the order of asking is the manifest's.

    Raises:
        AudioError: ``manifest_unreadable``; ``manifest_too_small`` with fewer than ``count`` candidates.
    """
    candidates = [
        clip.path
        for clip in read_manifest(manifest, kinds=("command",))
        if len(spoken_words(clip.transcript)) >= LEAST_WORDS
    ]
    if len(candidates) < count:
        raise AudioError(
            "manifest_too_small",
            f"{manifest} has {len(candidates)} spoken commands of two words or more, not {count}.",
            "Ask for fewer, or name the recordings.",
        )
    drawn = sorted(candidates, key=lambda path: zlib.crc32(path.name.encode()))[:count]
    return Questions(
        tuple(path for path in candidates if path in drawn),
        f"{count} of the {len(candidates)} English commands of two words or more in {manifest.name}, "
        "drawn by the check sum of their names",
    )


@dataclass(frozen=True, slots=True)
class TurnBench:
    """Latencies over several turns of one conversation.

    Attributes:
        turns: what happened in each, in order.
        figures_ms: by name, over the turns in which the stage happened.
        failed: sentences of turns that failed.
        tokens_per_s: decoding speed over the turns; None if none decoded.
        memory_mb: resident memory after the last turn, by process.
    """

    turns: tuple[dict[str, object], ...]
    figures_ms: dict[str, Distribution]
    failed: tuple[str, ...]
    tokens_per_s: Distribution | None
    memory_mb: dict[str, float]


def measure_turns(
    assistant: Assistant,
    files: Sequence[Path],
    *,
    live: bool,
    ask: Callable[[SpeechFile], TurnRecord] | None = None,
    on_turn: Callable[[Path, TurnRecord], None] = lambda _path, _record: None,
) -> TurnBench:
    """Ask every recording in turn, in one conversation; the assistant must be ready.

    Args:
        assistant: a running assistant.
        files: recordings of questions.
        live: feed them at the pace they were spoken; else there is no ``mouth_to_ear``.
        ask: has a recording answered in another way, such as by the microphone.
        on_turn: told after each turn (for a progress line).

    Raises:
        AudioError: a file cannot be read as sound.
    """
    turns: list[dict[str, object]] = []
    failed: list[str] = []
    values: dict[str, list[float]] = {name: [] for name in FIGURES}
    speeds: list[float] = []
    for path in files:
        speech = read_speech(path)
        record = (
            ask(speech)
            if ask is not None
            else assistant.hear_and_wait(speech.samples, speech_end=speech.speech_end, live=live)
        )
        on_turn(path, record)
        timings = record.timings.as_json()
        if not live:
            timings[LIVE_ONLY] = None
        if record.failure is not None:
            failed.append(f"{path.name}: {record.failure.message}")
            continue
        for name in FIGURES:
            if (value := timings[name]) is not None:
                values[name].append(value)
        if record.timings.tokens_per_s:
            speeds.append(record.timings.tokens_per_s)
        turns.append(
            {
                "file": path.name,
                "speech_s": round(speech.speech_end / RATE_HZ, 2),
                "transcript": record.transcript,
                "reply": record.reply,
                "prompt_evaluated": record.timings.prompt_tokens_evaluated,
                "prompt_reused": record.timings.prompt_tokens_reused,
                **timings,
            }
        )
    return TurnBench(
        turns=tuple(turns),
        figures_ms={name: distribution(found) for name, found in values.items() if found},
        failed=tuple(failed),
        tokens_per_s=distribution(speeds) if speeds else None,
        memory_mb=assistant.memory_mb(),
    )
