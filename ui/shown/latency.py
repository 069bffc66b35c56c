"""A turn's stamps as what the latency bar shows: stages on one time axis, marks, words and definitions.

Every figure comes from `assistant.metrics`; nothing is measured or estimated here. Paints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, QLocale

from assistant.metrics import TurnTimings

Stage = Literal["wait", "stt", "llm", "tool", "tts"]

STAGES: tuple[Stage, ...] = ("wait", "stt", "llm", "tool", "tts")
"""In the order of a legend."""

NOTHING_MS = 0.05
"""Shorter spans are not shown: they would read "0.0 ms" (typed text needs no hearing)."""

FINE_BELOW_MS = 10.0
"""Below this, one decimal is shown."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One coloured piece of the bar.

    Attributes:
        stage: whose colour and definition it has.
        start_ms: from the end of the turn (``endpoint``); negative for what was done before it.
        duration_ms: true duration, greater than 0.
        label: the duration in words for people, as ``280 ms``.
    """

    stage: Stage
    start_ms: float
    duration_ms: float
    label: str


@dataclass(frozen=True, slots=True)
class Marks:
    """Moments on the same axis, milliseconds from the end of the turn; None if they did not happen.

    Attributes:
        last_speech_ms: at most 0, when the person stopped speaking; None for typed text.
        first_audio_ms: when the first sound went to the loudspeaker; this is ``e2e_ms``.
    """

    last_speech_ms: float | None
    first_audio_ms: float | None


def segments(timings: TurnTimings) -> tuple[Segment, ...]:
    """Return what happened between the last word and the first sound, in order, never overlapping.

    A stage with a missing stamp has no segment, and neither has one that was over before it was asked for:
    its figure would be negative. ``tool`` is cut out of the end of the ``llm`` span it is part of, so that
    both together are ``llm_ms``.
    """
    zero = timings.endpoint
    if zero is None:
        return ()
    heard_from = timings.soft_end or zero
    work_from = heard_from
    if timings.stt_done is not None:
        work_from = min(heard_from, timings.stt_done)
    later = (timings.first_piece, timings.tts_first, timings.first_audio)
    is_pause_known = all(moment is None or moment >= work_from for moment in later)
    tool_s = _tool_s(timings)
    spoken_from = timings.first_piece
    tool_from = None if spoken_from is None else spoken_from - tool_s
    spans: list[tuple[Stage, float | None, float | None]] = [
        ("wait", timings.last_speech if is_pause_known else None, work_from),
        ("stt", work_from, timings.stt_done),
        ("llm", timings.stt_done, tool_from),
        ("tool", tool_from, spoken_from),
        ("tts", spoken_from, timings.tts_first),
        ("wait", timings.tts_first, timings.first_audio),
    ]
    found: list[Segment] = []
    for stage, start, end in spans:
        if start is None or end is None:
            continue
        duration_ms = (end - start) * 1000.0
        if duration_ms >= NOTHING_MS:
            start_ms = (start - zero) * 1000.0
            found.append(Segment(stage, start_ms, duration_ms, in_ms(duration_ms)))
    return tuple(found)


def marks(timings: TurnTimings) -> Marks:
    """Return the moments that the bar marks; nothing without an end of the turn."""
    zero, spoke = timings.endpoint, timings.last_speech
    if zero is None:
        return Marks(None, None)
    return Marks(None if spoke is None else (spoke - zero) * 1000.0, timings.e2e_ms)


def _tool_s(timings: TurnTimings) -> float:
    """Seconds of the llm span that were spent in tools; 0 if they came after the first spoken piece."""
    if not timings.tool_ms or timings.stt_done is None or timings.first_piece is None:
        return 0.0
    if timings.first_token is not None and timings.first_token > timings.first_piece:
        return 0.0
    return max(0.0, min(timings.tool_ms / 1000.0, timings.first_piece - timings.stt_done))


def in_ms(duration_ms: float) -> str:
    """Return a duration for people: whole milliseconds, with one decimal below ten."""
    return QCoreApplication.translate("Latency", "{0} ms").format(number_ms(duration_ms))


def number_ms(duration_ms: float) -> str:
    """Return the same without its unit."""
    decimals = 1 if round(abs(duration_ms), 1) < FINE_BELOW_MS else 0
    return QLocale().toString(float(duration_ms), "f", decimals)


def stage_name(stage: Stage) -> str:
    """Return a stage's name for legends and labels."""
    match stage:
        case "wait":
            return QCoreApplication.translate("Latency", "Waiting")
        case "stt":
            return QCoreApplication.translate("Latency", "Hearing")
        case "llm":
            return QCoreApplication.translate("Latency", "Thinking")
        case "tool":
            return QCoreApplication.translate("Latency", "Tools")
        case "tts":
            return QCoreApplication.translate("Latency", "Voice")


def definition(stage: Stage) -> str:
    """Return what exactly a stage's figure measures; the words follow `assistant.metrics`."""
    match stage:
        case "wait":
            return QCoreApplication.translate(
                "Latency",
                "Nothing to work on: the pause that shows you have finished, and sound that is ready but"
                " not yet let out.",
            )
        case "stt":
            return QCoreApplication.translate(
                "Latency", "From the end of your speech to the final transcript."
            )
        case "llm":
            return QCoreApplication.translate(
                "Latency",
                "From the final transcript to the first words that can be spoken, without the time in tools.",
            )
        case "tool":
            return QCoreApplication.translate(
                "Latency", "The part of thinking that was spent inside tools."
            )
        case "tts":
            return QCoreApplication.translate(
                "Latency", "From the first words to their first audible samples."
            )


def e2e_definition() -> str:
    """Return what e2e measures."""
    return QCoreApplication.translate(
        "Latency", "From the decision that your turn is over to the first sound."
    )


def mouth_to_ear_definition() -> str:
    """Return what mouth to ear measures."""
    return QCoreApplication.translate(
        "Latency", "From the last sample of your speech to the first sound: what you feel."
    )


def totals(timings: TurnTimings) -> str:
    """Return the turn's totals in one line; empty if it made no sound."""
    parts = []
    if timings.e2e_ms is not None:
        text = QCoreApplication.translate("Latency", "First sound after {0}")
        parts.append(text.format(in_ms(timings.e2e_ms)))
    if timings.mouth_to_ear_ms is not None:
        text = QCoreApplication.translate("Latency", "{0} after your last word")
        parts.append(text.format(in_ms(timings.mouth_to_ear_ms)))
    return " · ".join(parts)


def in_words(timings: TurnTimings) -> str:
    """Return every figure of the bar as a sentence, for people who hear the screen."""
    parts = [f"{stage_name(one.stage)} {one.label}" for one in segments(timings)]
    return ", ".join([*parts, totals(timings)] if totals(timings) else parts)
