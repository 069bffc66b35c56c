"""Scripted engines for the real worker process: they follow a script in the text they are given.

`ScriptedLoader` is pickled into the worker. The recogniser "hears" what its samples spell (see `spell`);
the thinker answers by rules on the last user message; the synthesiser makes 10 ms of tone a character.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

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
from assistant.errors import ModelError, TurnError

RATE_HZ = 16_000
BLOCK = 160


def spell(text: str) -> Samples:
    """Audio in which the scripted recogniser hears `text`: one block for each character.

    Silence and `_` around it are not heard as characters, so that speech may be longer than its text.
    """
    levels = np.repeat(np.array([ord(c) for c in text], np.float32) / 256.0, BLOCK)
    return levels.astype(np.float32)


class SpelledStream:
    def __init__(self) -> None:
        self._samples: list[Samples] = []
        self._last = ""

    def _text(self) -> str:
        if not self._samples:
            return ""
        codes = np.concatenate(self._samples)[BLOCK // 2 :: BLOCK]
        return "".join(chr(round(float(c) * 256)) for c in codes).strip("\0_")

    def feed(self, samples: Samples) -> str | None:
        self._samples.append(samples)
        text = self._text()
        if "deaf" in text:
            raise TurnError(
                "stt", "stt_deaf", "The recogniser heard nothing but noise.", "Speak up."
            )
        if text == self._last:
            return None
        self._last = text
        return text

    def finish(self) -> Recognition:
        return Recognition(self._text(), 0.9)

    def cancel(self) -> None:
        self._samples.clear()


class SpelledRecognizer:
    rate_hz = RATE_HZ
    languages = ("en",)

    def open(self) -> SpelledStream:
        return SpelledStream()

    def close(self) -> None:
        pass


class RuleThinker:
    """Answers by rule; its memory is the list of messages, so tests can ask what it remembers."""

    context_tokens = 1000

    def __init__(self) -> None:
        self._messages: list[ChatMessage] = []
        self._marks: dict[int, int] = {}
        self.hoard: list[bytes] = []

    def start(self, history: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None:
        self._messages = list(history)
        self._tools = [tool.name for tool in tools]

    def mark(self) -> int:
        self._marks[len(self._marks)] = len(self._messages)
        return len(self._marks) - 1

    def rewind(self, mark: int) -> None:
        del self._messages[self._marks[mark] :]

    def append(self, messages: Sequence[ChatMessage]) -> None:
        self._messages.extend(messages)

    def complete(self, prompt: str, *, max_tokens: int = 128) -> str:
        return f"completed {prompt}"[:max_tokens]

    def reply(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken, max_tokens: int
    ) -> Iterator[ThinkerOutput]:
        reused = len(self._messages)
        self._messages.extend(messages)
        yield PromptDone(evaluated_tokens=len(messages), reused_tokens=reused)
        asked = messages[-1]
        if asked.role == "tool":
            yield from self._words(f"The tool says {asked.content}.", cancel)
            return
        match asked.content.split():
            case ["use", name, *words]:
                call = ToolCall(name, {"words": " ".join(words)} if words else {})
                self._messages.append(ChatMessage("assistant", "", (call,)))
                yield GenerationDone("tool_calls", (call,), 3)
            case ["remember?"]:
                said = [m.content for m in self._messages[:-1] if m.role == "user"]
                yield from self._words(f"You said {', '.join(said) or 'nothing'}.", cancel)
            case ["die"]:
                yield TextDelta("I am about ")
                os._exit(9)
            case ["hang"]:
                yield TextDelta("I am about ")
                threading.Event().wait()
            case ["balloon"]:
                yield TextDelta("I am growing ")
                while not cancel.cancelled:
                    self.hoard.append(b"x" * 20_000_000)
                    yield TextDelta("and ")
            case ["talk", "forever"]:
                yield from self._words("on and on " * 100_000, cancel)
            case ["fail"]:
                raise RuntimeError("a bug in the engine")
            case _:
                yield from self._words(f"You said {asked.content}.", cancel)

    def _words(self, text: str, cancel: CancelToken) -> Iterator[ThinkerOutput]:
        count = 0
        for word in text.split(" "):
            if cancel.cancelled:
                yield GenerationDone("cancelled", (), count)
                return
            yield TextDelta(word if count == 0 else " " + word)
            count += 1
        self._messages.append(ChatMessage("assistant", text))
        yield GenerationDone("stop", (), count)

    def close(self) -> None:
        self.hoard.clear()


class ToneSynthesizer:
    rate_hz = 24_000
    languages = ("en",)

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        if "unspeakable" in text:
            raise TurnError(
                "tts", "tts_mute", "The voice cannot say that.", "Ask for something else."
            )
        for _ in text:
            if cancel.cancelled:
                return
            yield np.full(240, 0.25, np.float32)

    def close(self) -> None:
        pass


@dataclass
class SaysOfEverything:
    """Smart Turn with one opinion."""

    probability: float

    def __call__(self, samples: Samples) -> float:
        assert samples.dtype == np.float32
        return self.probability


@dataclass
class ScriptedLoader:
    """Makes scripted engines; `broken` names engines or catalogue ids that fail to load, with a reason."""

    broken: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)  # expected bytes by catalogue id
    ended: float | None = None  # what Smart Turn says of everything; None: it is not installed
    stuck: str = ""  # an engine whose load never returns

    def expected_bytes(self, model: object) -> int:
        return self.sizes.get(model.catalogue, 0)

    def judge_end(self) -> object:
        return None if self.ended is None else SaysOfEverything(self.ended)

    def load(self, model: object) -> object:
        engine = model.engine
        for name in (engine, model.catalogue):
            if name in self.broken:
                raise ModelError("model_corrupt", self.broken[name], "Fetch it again.")
        if engine == self.stuck:
            threading.Event().wait()
        return {
            "pocketsphinx": SpelledRecognizer,
            "llama_cpp": RuleThinker,
            "espeak_ng": ToneSynthesizer,
        }[engine]()
