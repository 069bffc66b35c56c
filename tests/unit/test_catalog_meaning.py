"""Engines that work pass; each kind of impostor is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.catalog.checks import Check
from assistant.catalog.meaning import (
    GREETING,
    SPOKEN,
    TIME_QUESTION,
    TOLD_TIME,
    Recording,
    Trial,
    check_meaning,
    check_recognizer,
    check_synthesizer,
    check_thinker,
    words_found,
)
from assistant.engines.base import (
    CancelToken,
    ChatMessage,
    GenerationDone,
    PromptDone,
    Recognition,
    Samples,
    TextDelta,
    ThinkerOutput,
    ToolCall,
    ToolSpec,
)
from assistant.errors import ModelError

RATE_HZ = 16_000
PER_LETTER = 1600  # a tenth of a second, so that a sentence lasts as long as a spoken one


def spell(text: str) -> Samples:
    return np.repeat(np.array([ord(c) / 256 for c in text], np.float32), PER_LETTER)


def read(samples: Samples) -> str:
    letters = np.round(samples[PER_LETTER // 2 :: PER_LETTER] * 256).astype(int)
    return "".join(chr(letter) for letter in letters if letter > 0)


class Ears:
    """Hears what `Voice` spells; ``always`` makes a deaf one that knows its answer before."""

    rate_hz = RATE_HZ
    languages: tuple[str, ...] = ("en",)

    def __init__(self, always: str | None = None) -> None:
        self.always = always
        self.fed: list[Samples] = []

    def open(self) -> Ears:
        self.fed = []
        return self

    def feed(self, samples: Samples) -> None:
        self.fed.append(samples)

    def finish(self) -> Recognition:
        heard = read(np.concatenate(self.fed)) if self.always is None else self.always
        return Recognition(heard)

    def cancel(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Voice:
    """Spells its text in levels of sound; the fields make impostors."""

    rate_hz: int = RATE_HZ
    languages: tuple[str, ...] = ("en",)
    loudness: float = 1.0
    letters: int | None = None
    says: str | None = None

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        assert not cancel.cancelled
        text = self.says or text
        for letter in text[: self.letters]:
            yield spell(letter) * np.float32(self.loudness)

    def close(self) -> None: ...


@dataclass
class Brain:
    """Answers by what was said last; the fields make impostors."""

    greeting: str = "Hello! How can I help?"
    call: str = "get_time"
    answer: str = f"It is {TOLD_TIME}."
    end: str = "stop"
    context_tokens: int = 512
    started: list[ChatMessage] = field(default_factory=list)

    def start(self, history: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        assert tools is not None
        self.started = list(history)

    def reply(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken, max_tokens: int
    ) -> Iterator[ThinkerOutput]:
        assert not cancel.cancelled
        assert max_tokens > 0
        yield PromptDone(1, 0)
        text = {GREETING: self.greeting, TIME_QUESTION: ""}.get(messages[-1].content, self.answer)
        if messages[-1].content == TIME_QUESTION and self.call:
            yield GenerationDone("tool_calls", (ToolCall(self.call),), 5)
            return
        for word in (text or self.answer).split():
            yield TextDelta(word + " ")
        yield GenerationDone(self.end, (), 5)  # type: ignore[arg-type]

    def mark(self) -> int:
        raise NotImplementedError

    def rewind(self, mark: int) -> None:
        raise NotImplementedError

    def append(self, messages: Sequence[ChatMessage]) -> None:
        raise NotImplementedError

    def complete(self, prompt: str, *, max_tokens: int = 128) -> str:
        raise NotImplementedError

    def close(self) -> None: ...


TOOLS = (ToolSpec("get_time", "Tells the time.", {"type": "object"}),)
LIGHT = "turn the light off"
RECORDING = Recording(spell(LIGHT), RATE_HZ, "Turn the light off!")


def refused(checks: Iterator[Check]) -> list[str]:
    return [f"{check.name}: {check.detail}" for check in checks if check.ok is False]


def test_engines_that_work_pass_every_check() -> None:
    engines: dict[str, Any] = {"ears": Ears(), "brain": Brain(), "voice": Voice()}

    @contextmanager
    def open_engine(name: str) -> Iterator[Any]:
        yield engines[name]

    trial = Trial(RECORDING, TOOLS, "You are a test.")
    names = {"stt": "ears", "thinker": "brain", "tts": "voice"}
    found = check_meaning(names, open_engine, trial)
    assert all(check.ok for checks in found.values() for check in checks), found
    assert {role: len(checks) for role, checks in found.items()} == {
        "stt": 3,
        "thinker": 4,
        "tts": 5,
    }
    assert engines["brain"].started == [ChatMessage("system", "You are a test.")]


def test_what_cannot_be_judged_is_said_and_is_no_failure() -> None:
    checks = [
        *check_recognizer(Ears(), None),
        *check_thinker(Brain(), Trial()),
        *check_synthesizer(Voice(), None),
    ]
    assert [check.name for check in checks if check.ok is None] == [
        "hears a recording",
        "uses a tool",
        "can be understood",
    ]
    assert refused(iter(checks)) == []


def test_a_model_that_does_not_load_is_reported_and_the_others_still_judged() -> None:
    @contextmanager
    def open_engine(name: str) -> Iterator[Any]:
        if name == "ears":
            raise ModelError("model_corrupt", "The file is damaged.")
        yield Voice()

    found = check_meaning({"stt": "ears", "tts": "voice"}, open_engine, Trial())
    assert found["stt"] == [Check("loads", ok=False, detail="The file is damaged.")]
    assert [check.ok for check in found["tts"]] == [True, True, True, True, None]


def test_a_deaf_recogniser_is_not_asked_about_the_voice() -> None:
    engines: dict[str, Any] = {"ears": Ears(always="nonsense"), "voice": Voice()}

    @contextmanager
    def open_engine(name: str) -> Iterator[Any]:
        yield engines[name]

    found = check_meaning({"stt": "ears", "tts": "voice"}, open_engine, Trial(RECORDING))
    assert [check.name for check in found["stt"] if check.ok is False] == ["hears a recording"]
    last = found["tts"][-1]
    assert (last.name, last.ok) == ("can be understood", None)
    assert last.detail == "there is no recogniser that hears"


def test_an_engine_that_fails_while_running_is_reported() -> None:
    class Hoarse(Voice):
        def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
            raise ModelError("model_corrupt", f"No voice for {len(text)} letters.")

    @contextmanager
    def open_engine(name: str) -> Iterator[Any]:
        assert name
        yield Hoarse()

    found = check_meaning({"tts": "voice"}, open_engine, Trial())
    assert found["tts"][-1].ok is False
    assert found["tts"][-1].detail.startswith("No voice")


# --- impostors --------------------------------------------------------------------------------------


def test_a_recogniser_that_hears_other_words_is_refused() -> None:
    (text,) = refused(check_recognizer(Ears(always="good morning"), RECORDING))
    assert text.startswith("hears a recording: 'good morning' for 'Turn the light off!'")
    assert "word error rate 100%" in text


def test_a_constant_recogniser_is_refused_though_it_is_right_once() -> None:
    (text,) = refused(check_recognizer(Ears(always=LIGHT), RECORDING))
    assert text == f"hears no words in silence: heard {LIGHT!r}"


def test_a_deaf_recogniser_is_refused() -> None:
    (text,) = refused(check_recognizer(Ears(always=""), RECORDING))
    assert text.startswith("hears a recording: ''")


@pytest.mark.parametrize("voice", [Voice(loudness=0.0), Voice(loudness=0.001), Voice(letters=0)])
def test_a_silent_voice_is_refused(voice: Voice) -> None:
    assert refused(check_synthesizer(voice, Ears())) == ["makes sound: gives only silence"]


def test_a_voice_of_no_numbers_is_refused() -> None:
    assert refused(check_synthesizer(Voice(loudness=float("nan")), Ears())) == [
        "makes sound: gives values that are no numbers"
    ]


def test_a_voice_that_only_clicks_or_never_ends_is_refused() -> None:
    assert refused(check_synthesizer(Voice(letters=1), None)) == [
        "length of speech: 0.1 s for 'set a timer for five minutes'"
    ]
    assert refused(check_synthesizer(Voice(says="na " * 60), None)) == [
        "length of speech: 18.0 s for 'set a timer for five minutes'",
        "says what it is given: makes the same sound for every sentence",
    ]


@pytest.mark.parametrize("says", SPOKEN)
def test_a_voice_that_says_the_same_for_every_text_is_refused(says: str) -> None:
    (*_, same, text) = refused(check_synthesizer(Voice(says=says), Ears()))
    assert same == "says what it is given: makes the same sound for every sentence"
    assert text.startswith("can be understood: ")


def test_a_voice_of_noise_is_refused() -> None:
    assert refused(check_synthesizer(Voice(says="#" * 25), Ears()))[-1] == (
        "can be understood: 0% of the words were read back, 0% of other sentences'"
    )


def test_a_thinker_that_says_nothing_is_refused() -> None:
    (text,) = refused(check_thinker(Brain(greeting=" ", answer=""), Trial()))
    assert text.startswith("answers a greeting: gave")


def test_a_thinker_that_never_ends_is_refused() -> None:
    (text,) = refused(check_thinker(Brain(end="length"), Trial()))
    assert text.endswith("ended by length")


def test_a_thinker_that_makes_up_the_time_is_refused() -> None:
    (text,) = refused(check_thinker(Brain(call="", answer="It is noon."), Trial(tools=TOOLS)))
    assert text == "uses a tool: called no tool, but said 'It is noon. '"


def test_a_thinker_that_calls_another_tool_is_refused() -> None:
    assert refused(check_thinker(Brain(call="get_date"), Trial(tools=TOOLS))) == [
        "uses a tool: called get_date"
    ]


def test_a_thinker_that_ignores_the_tools_answer_is_refused() -> None:
    (text,) = refused(check_thinker(Brain(answer="It is noon."), Trial(tools=TOOLS)))
    assert text == "tells the tool's result: said 'It is noon. ' when the tool said 4:17 AM"


# --- counting words ---------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=8).map(" ".join)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_words_found_is_a_share_and_all_of_the_text_itself(one: str, two: str) -> None:
    assert 0 <= words_found(one, two) <= 1
    assert words_found(one, one) == (1 if one else 0)
