"""Runs engines and judges whether what comes out means something.

Owns what "works" means for each role. Hashes prove that a file is the one that was published; only a
run proves that it hears, thinks and speaks here. Knows engines by their Protocols alone.

Each role has to answer two different inputs differently, so that an engine that always gives the same
answer, right once by chance, is refused too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.catalog.checks import Check
from assistant.engines.base import (
    CancelToken,
    ChatMessage,
    GenerationDone,
    Recognizer,
    Synthesizer,
    TextDelta,
    Thinker,
    ToolSpec,
)
from assistant.errors import AssistantError
from assistant.metrics import SILENCE_AMPLITUDE
from assistant.speech.word_errors import spoken_words, word_error_rate

if TYPE_CHECKING:
    from assistant.engines.base import Samples

MAX_WORD_ERROR_RATE = 0.5
"""Half of a recording's words may be wrong: far worse than any recogniser we ship, far better than chance."""

SPOKEN = (
    "set a timer for five minutes",
    "what is the weather like tomorrow",
    "stop the music",
    "turn on the lights in the kitchen",
    "he said that the government would increase the price of oil",
)
"""Sentences for the way text → speech → text: commands and one from the newspaper."""

MIN_WORDS_READ_BACK = 0.4
MIN_LEAD_OVER_OTHERS = 0.2
"""Mean share of a sentence's words that a recogniser finds in its audio, and how much less of the other
sentences' words it may find there. Source: eSpeak NG (en-us, 165 words a minute) heard by PocketSphinx on
2026-11-20: 0.90 with our mixed language model, 0.68 with the general one; of other sentences 0.13 and
0.10. A voice that always says the same reaches at most 0.34, and leads by 0.02."""

SECONDS_PER_WORD = (0.1, 1.2)
"""From hurried (450 words a minute is 0.13 s) to slow (80 is 0.75 s, and pauses)."""

SILENCE_AROUND_S = 0.3
"""What a recogniser gets before and after speech from any microphone, and expects."""

GREETING = "hello"
TIME_QUESTION = "what time is it"
TIME_TOOL = "get_time"
TOLD_TIME = "4:17 AM"
"""What the tool is said to have answered: a time nobody would guess."""

MAX_TOKENS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A recording of a person whose words are known.

    Attributes:
        samples: float32, shape (n,), mono, at ``rate_hz``.
        transcript: the words spoken.
    """

    samples: Samples
    rate_hz: int
    transcript: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the engines are run on.

    Attributes:
        recording: for the recogniser; None = it is only judged by reading back the synthesiser.
        tools: what the thinker is told of; without a `get_time` its use of tools is not judged.
        system_prompt: the thinker's first message.
    """

    recording: Recording | None = None
    tools: Sequence[ToolSpec] = ()
    system_prompt: str = "You are a helpful assistant."


def check_meaning(
    names: Mapping[str, str],
    open_engine: Callable[[str], AbstractContextManager[Any]],
    trial: Trial,
) -> dict[str, list[Check]]:
    """Return the checks of each role in ``names`` (role → model name), made by running the engines."""
    found: dict[str, list[Check]] = {}
    with ExitStack() as stack:
        engines: dict[str, Any] = {}
        for role, name in names.items():
            try:
                engines[role] = stack.enter_context(open_engine(name))
            except AssistantError as exc:
                found[role] = [Check("loads", ok=False, detail=exc.message)]
            else:
                found[role] = [Check("loads", ok=True, detail="is loaded")]
        runs: dict[str, Callable[[Any], Iterator[Check]]] = {
            "stt": lambda engine: check_recognizer(engine, trial.recording),
            "thinker": lambda engine: check_thinker(engine, trial),
            "tts": lambda engine: check_synthesizer(engine, _ears(engines, found)),
        }
        for role, engine in engines.items():
            try:
                found[role] += runs[role](engine)
            except AssistantError as exc:
                found[role].append(Check("runs", ok=False, detail=exc.message))
    return found


def _ears(engines: Mapping[str, Any], found: Mapping[str, Sequence[Check]]) -> Recognizer | None:
    """Return who may judge a voice: a recogniser that was not found deaf itself."""
    if any(check.ok is False for check in found.get("stt", ())):
        return None
    return engines.get("stt")


# --- speech to text ---------------------------------------------------------------------------------


def check_recognizer(recognizer: Recognizer, recording: Recording | None) -> Iterator[Check]:
    """Yield whether it hears a recording's words, and hears them only there."""
    if recording is None:
        yield Check("hears a recording", ok=None, detail="no recording was given")
        return
    heard = _heard(recognizer, recording.samples, recording.rate_hz)
    rate = word_error_rate(recording.transcript, heard)
    said = f"{heard!r} for {recording.transcript!r}: word error rate {rate:.0%}"
    yield Check("hears a recording", ok=rate <= MAX_WORD_ERROR_RATE, detail=said)
    silence = np.zeros(len(recording.samples), np.float32)
    in_silence = _heard(recognizer, silence, recording.rate_hz)
    made_up = word_error_rate(recording.transcript, in_silence) <= MAX_WORD_ERROR_RATE
    detail = f"heard {in_silence!r}" if in_silence else "heard nothing"
    yield Check("hears no words in silence", ok=not made_up, detail=detail)


def _heard(recognizer: Recognizer, samples: Samples, rate_hz: int) -> str:
    if rate_hz != recognizer.rate_hz:
        import soxr  # type: ignore[import-untyped]

        samples = soxr.resample(samples, rate_hz, recognizer.rate_hz).astype(np.float32)
    stream = recognizer.open()
    stream.feed(samples)
    return stream.finish().text


# --- text to speech ---------------------------------------------------------------------------------


def check_synthesizer(synthesizer: Synthesizer, recognizer: Recognizer | None) -> Iterator[Check]:
    """Yield whether it makes sound, of plausible length, in which the words can be recognised."""
    spoken = {text: _spoken(synthesizer, text) for text in SPOKEN}
    peaks = [float(np.max(np.abs(samples), initial=0.0)) for samples in spoken.values()]
    is_sound = all(np.isfinite(samples).all() for samples in spoken.values())
    loud = is_sound and min(peaks) > SILENCE_AMPLITUDE
    silent = "gives only silence" if is_sound else "gives values that are no numbers"
    yield Check("makes sound", ok=loud, detail=f"peak {min(peaks):.2f}" if loud else silent)
    if not loud:
        return
    seconds = {text: len(samples) / synthesizer.rate_hz for text, samples in spoken.items()}
    odd = [text for text in SPOKEN if not _plausible(seconds[text], text)]
    detail = f"{sum(seconds.values()):.1f} s for {len(SPOKEN)} sentences"
    if odd:
        detail = f"{seconds[odd[0]]:.1f} s for {odd[0]!r}"
    yield Check("length of speech", ok=not odd, detail=detail)
    first, *later = spoken.values()
    differ = not all(_same_sound(first, samples) for samples in later)
    detail = "other words, another sound" if differ else "makes the same sound for every sentence"
    yield Check("says what it is given", ok=differ, detail=detail)
    if recognizer is None:
        yield Check("can be understood", ok=None, detail="there is no recogniser that hears")
        return
    around = np.zeros(int(SILENCE_AROUND_S * synthesizer.rate_hz), np.float32)
    heard = [
        _heard(recognizer, np.concatenate([around, samples, around]), synthesizer.rate_hz)
        for samples in spoken.values()
    ]
    shares = np.array([[words_found(text, one) for one in heard] for text in SPOKEN])
    own = float(shares.diagonal().mean())
    others = float(shares[~np.eye(len(SPOKEN), dtype=bool)].mean())
    yield Check(
        "can be understood",
        ok=own >= MIN_WORDS_READ_BACK and own - others >= MIN_LEAD_OVER_OTHERS,
        detail=f"{own:.0%} of the words were read back, {others:.0%} of other sentences'",
    )


def _same_sound(one: Samples, other: Samples) -> bool:
    """Whether they agree as far as both go."""
    length = min(len(one), len(other))
    return bool(np.allclose(one[:length], other[:length], atol=SILENCE_AMPLITUDE))


def _plausible(seconds: float, text: str) -> bool:
    least, most = SECONDS_PER_WORD
    return least <= seconds / len(text.split()) <= most


def _spoken(synthesizer: Synthesizer, text: str) -> Samples:
    chunks = list(synthesizer.synthesize(text, cancel=CancelToken()))
    return np.concatenate(chunks) if chunks else np.zeros(0, np.float32)


# --- the thinker ------------------------------------------------------------------------------------


def check_thinker(thinker: Thinker, trial: Trial) -> Iterator[Check]:
    """Yield whether it answers a greeting with words, and a question for the time with its tool."""
    thinker.start([ChatMessage("system", trial.system_prompt)], trial.tools)
    text, done = _reply(thinker, ChatMessage("user", GREETING))
    ended = done is not None and done.reason == "stop"
    reason = done.reason if done else "nothing"
    greeted = bool(text.strip()) and ended
    detail = f"answered {text!r}" if greeted else f"gave {text!r} and ended by {reason}"
    yield Check("answers a greeting", ok=greeted, detail=detail)
    if TIME_TOOL not in [tool.name for tool in trial.tools]:
        yield Check("uses a tool", ok=None, detail=f"no tool {TIME_TOOL} was given")
        return
    text, done = _reply(thinker, ChatMessage("user", TIME_QUESTION))
    calls = done.tool_calls if done else ()
    called = [call.name for call in calls] == [TIME_TOOL]
    made = ", ".join(call.name for call in calls) or f"no tool, but said {text!r}"
    yield Check("uses a tool", ok=called, detail=f"called {made}")
    if not called:
        return
    text, _ = _reply(thinker, ChatMessage("tool", json.dumps({"time": TOLD_TIME})))
    told = TOLD_TIME.removesuffix(" AM") in text
    detail = f"said {text!r} when the tool said {TOLD_TIME}"
    yield Check("tells the tool's result", ok=told, detail=detail)


def _reply(thinker: Thinker, message: ChatMessage) -> tuple[str, GenerationDone | None]:
    text, done = "", None
    for output in thinker.reply([message], cancel=CancelToken(), max_tokens=MAX_TOKENS):
        if isinstance(output, TextDelta):
            text += output.text
        elif isinstance(output, GenerationDone):
            done = output
    return text, done


# --- words ------------------------------------------------------------------------------------------


def words_found(reference: str, heard: str) -> float:
    """Return the share of the reference's words that were heard, in any order."""
    wanted, left = spoken_words(reference), spoken_words(heard)
    found = 0
    for word in wanted:
        if word in left:
            left.remove(word)
            found += 1
    return found / max(len(wanted), 1)
