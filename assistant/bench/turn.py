"""Whole turns on recordings: how long a person waits, stage by stage.

Owns the measuring of turns through a running assistant. The clock and every latency are defined in
`assistant.metrics`; here they are only collected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.audio.speech_files import read_speech
from assistant.metrics import Distribution, distribution

if TYPE_CHECKING:
    from assistant.api import Assistant
    from assistant.dialogue.record import TurnRecord

FIGURES = ("stt", "first_piece", "tool", "tts_first", "e2e", "mouth_to_ear", "total")
"""Which of the turn's latencies are summarised (names as in `ask --json`)."""


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
    on_turn: Callable[[Path, TurnRecord], None] = lambda _path, _record: None,
) -> TurnBench:
    """Ask every recording in turn, in one conversation; the assistant must be ready.

    Args:
        assistant: a running assistant.
        files: recordings of questions.
        live: feed them at the pace they were spoken.
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
        record = assistant.hear_and_wait(speech.samples, speech_end=speech.speech_end, live=live)
        on_turn(path, record)
        timings = record.timings.as_json()
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
                "speech_s": round(speech.speech_end / 16_000, 2),
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
