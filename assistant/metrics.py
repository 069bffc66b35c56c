"""The clock of a turn: every stamp and every latency is defined here, and only here.

    speech ───┐                                                        time, one monotonic clock ─►
         last_speech  soft_end  endpoint  stt_done  first_token  first_piece  tts_first  first_audio
              │          │         │         │          │            │            │          │
    mouth_to_ear_ms ─────┼─────────┼─────────┼──────────┼────────────┼────────────┼──────────┤
    e2e_ms                         ├─────────┼──────────┼────────────┼────────────┼──────────┤
    stt_ms                         ├─────────┤          │            │            │
    llm_ms                                   ├──────────┼────────────┤            │
    tts_ms                                                           ├────────────┤

Owns no clock of its own: callers stamp with :func:`now_s`. Source of the definitions: design.md §3.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields

SILENCE_AMPLITUDE = 0.003
"""Samples below this absolute value count as silence when looking for the first audible sample.

-50 dBFS: below the noise floor of a quiet room on laptop loudspeakers, far above the dither of a
synthesiser."""


def now_s() -> float:
    """Seconds on the one monotonic clock all stamps use (shared by the processes of one machine)."""
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class TurnTimings:
    """Stamps of one turn, seconds on :func:`now_s`'s clock; None where the stage did not happen.

    Attributes:
        last_speech: last sample of user speech (end of segment minus hangover).
        soft_end: the pause at which speculative work may start.
        endpoint: the decision that the turn is over; audio may be released from here on. For typed
            text, the moment it was submitted.
        stt_done: final transcript.
        prompt_done: the LLM has read the prompt of its first pass.
        first_token: first token of the spoken answer (after the tools, where there are any).
        first_piece: first piece of speakable text left the chunker.
        tts_first: first non-silent synthesised samples.
        first_audio: first of those samples handed to the device, or to the caller where there is none.
        finished: the last sample was handed over.
        stt_compute_ms: time inside the recogniser, before and after the endpoint.
        tool_ms: time inside tools.
        output_latency_ms: what the device reports on top of ``first_audio``; kept apart.
        prompt_tokens_evaluated: tokens the LLM read in this turn (all passes).
        prompt_tokens_reused: tokens of earlier turns whose state was kept (first pass).
        generated_tokens: tokens sampled (all passes).
        decode_s: seconds spent sampling them.
    """

    last_speech: float | None = None
    soft_end: float | None = None
    endpoint: float | None = None
    stt_done: float | None = None
    prompt_done: float | None = None
    first_token: float | None = None
    first_piece: float | None = None
    tts_first: float | None = None
    first_audio: float | None = None
    finished: float | None = None
    stt_compute_ms: float | None = None
    tool_ms: float | None = None
    output_latency_ms: float | None = None
    prompt_tokens_evaluated: int = 0
    prompt_tokens_reused: int = 0
    generated_tokens: int = 0
    decode_s: float | None = None

    @property
    def stt_ms(self) -> float | None:
        """End of the audio → final transcript; the audio ends at the soft end if work began there."""
        return _between_ms(self.soft_end or self.endpoint, self.stt_done)

    @property
    def llm_ms(self) -> float | None:
        """Final transcript → first speakable piece (tools included)."""
        return _between_ms(self.stt_done, self.first_piece)

    @property
    def tts_ms(self) -> float | None:
        """First piece → first audible synthesised samples."""
        return _between_ms(self.first_piece, self.tts_first)

    @property
    def e2e_ms(self) -> float | None:
        """Endpoint → first audio: the seeds' KPI."""
        return _between_ms(self.endpoint, self.first_audio)

    @property
    def mouth_to_ear_ms(self) -> float | None:
        """Last sample of speech → first audio: what a person feels."""
        return _between_ms(self.last_speech, self.first_audio)

    @property
    def tokens_per_s(self) -> float | None:
        """Decoding speed of the LLM."""
        if not self.decode_s or not self.generated_tokens:
            return None
        return self.generated_tokens / self.decode_s

    def as_json(self) -> dict[str, float | int | None]:
        """Every latency in milliseconds, as `ask --json` prints it (design.md §7)."""
        start = self.endpoint
        return {
            "stt": _rounded(self.stt_ms),
            "stt_compute": _rounded(self.stt_compute_ms),
            "prompt": _rounded(_between_ms(self.stt_done, self.prompt_done)),
            "first_token": _rounded(_between_ms(self.stt_done, self.first_token)),
            "first_piece": _rounded(self.llm_ms),
            "tool": _rounded(self.tool_ms),
            "tts_first": _rounded(self.tts_ms),
            "e2e": _rounded(self.e2e_ms),
            "mouth_to_ear": _rounded(self.mouth_to_ear_ms),
            "total": _rounded(_between_ms(start, self.finished)),
        }


@dataclass(frozen=True, slots=True)
class Distribution:
    """A figure over several runs: median, 95th percentile, extremes, and how many runs."""

    p50: float
    p95: float
    min: float
    max: float
    runs: int

    def as_json(self) -> dict[str, float | int]:
        """The five numbers under the names that `bench --json` uses."""
        return {f.name: round(getattr(self, f.name), 3) for f in fields(self)}


def distribution(values: Sequence[float]) -> Distribution:
    """Summarise at least one value; raises ValueError on none."""
    if not values:
        raise ValueError("no values to summarise")
    ordered = sorted(values)
    return Distribution(
        p50=percentile(ordered, 50.0),
        p95=percentile(ordered, 95.0),
        min=ordered[0],
        max=ordered[-1],
        runs=len(ordered),
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Linear interpolation between closest ranks (numpy's default) on an ascending sequence."""
    position = (len(ordered) - 1) * percent / 100.0
    below = math.floor(position)
    above = math.ceil(position)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _between_ms(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else (end - start) * 1000.0


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
