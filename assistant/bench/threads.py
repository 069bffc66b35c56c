"""What the thread plan is worth: how fast the thinker writes beside a voice, with fewer threads and with all.

Owns that comparison, with the set's own thinker and voice in one process, as the worker has them. The plan
itself is `assistant.worker.thread_plan`'s. Prints nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Self

from assistant.bench.stages import REPLIES
from assistant.engines.base import (
    CancelToken,
    ChatMessage,
    GenerationDone,
    PromptDone,
    Synthesizer,
    Thinker,
)
from assistant.errors import ModelError
from assistant.metrics import Distribution, distribution
from assistant.pool.pool import ModelPool
from assistant.pool.replica import is_replica
from assistant.worker.thread_plan import SwitchesThreads, ThreadPlan

if TYPE_CHECKING:
    from assistant.settings import Settings

REPLY_TOKENS: Final = 24


@dataclass(frozen=True, slots=True)
class ThreadReport:
    """Tokens a second, and what the voice took for a second of speech meanwhile.

    Attributes:
        plan: of the set on this machine.
        models: name of the model, by role.
        replicas: roles whose model has random weights.
        alone: by number of threads, nobody speaking.
        beside_voice: by number of threads, the voice computing all the time.
        voice_rtf: computing time over audio time, by the thinker's number of threads.
    """

    plan: ThreadPlan
    models: dict[str, str]
    replicas: tuple[str, ...]
    alone: dict[int, Distribution]
    beside_voice: dict[int, Distribution]
    voice_rtf: dict[int, float]

    @property
    def gain(self) -> float:
        """How many times faster the thinker writes beside the voice by the plan than with all threads."""
        few, all_ = self.plan.while_speaking, self.plan.alone
        return self.beside_voice[few].p50 / self.beside_voice[all_].p50

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        return {
            "models": {**self.models, "replica": bool(self.replicas), "replicas": self.replicas},
            "plan": asdict(self.plan),
            "tokens_per_s_alone": {n: asdict(one) for n, one in self.alone.items()},
            "tokens_per_s_beside_voice": {n: asdict(one) for n, one in self.beside_voice.items()},
            "voice_rtf": {n: round(rtf, 3) for n, rtf in self.voice_rtf.items()},
            "gain": round(self.gain, 2),
        }


def measure_threads(
    settings: Settings, *, rounds: int = 5, on_round: Callable[[], None] = lambda: None
) -> ThreadReport:
    """Measure the active set's thinker with each of the plan's numbers of threads, in turns.

    Raises:
        ModelError: a model does not load, or the thinker's threads cannot be changed.
    """
    plan = ThreadPlan.of(settings)
    numbers = sorted({1, plan.while_speaking, plan.alone})
    names = {role: settings.model_name(role) for role in ("thinker", "tts")}
    alone: dict[int, list[float]] = {number: [] for number in numbers}
    beside: dict[int, list[float]] = {number: [] for number in numbers}
    rtf: dict[int, list[float]] = {number: [] for number in numbers}
    with (
        ModelPool(settings) as pool,
        pool.get(names["thinker"]) as thinking,
        pool.get(names["tts"]) as speaking,
    ):
        thinker, voice = thinking.engine, speaking.engine
        if not isinstance(thinker, Thinker) or not isinstance(thinker, SwitchesThreads):
            raise ModelError(
                "not_comparable",
                f"The threads of {names['thinker']} cannot be changed.",
                "Choose another set.",
            )
        assert isinstance(voice, Synthesizer)
        for round_ in range(rounds + 1):
            for number in numbers:
                thinker.set_threads(number, plan.alone)
                by_itself = _tokens_per_s(thinker)
                with _Speech(voice) as speech:
                    beside_it = _tokens_per_s(thinker)
                if round_:  # the first warms caches
                    alone[number].append(by_itself)
                    beside[number].append(beside_it)
                    rtf[number].append(speech.rtf)
            on_round()
    return ThreadReport(
        plan=plan,
        models=names,
        replicas=tuple(role for role, name in names.items() if is_replica(settings.models[name])),
        alone={number: distribution(found) for number, found in alone.items()},
        beside_voice={number: distribution(found) for number, found in beside.items()},
        voice_rtf={number: distribution(found).p50 for number, found in rtf.items()},
    )


def _tokens_per_s(thinker: Thinker) -> float:
    thinker.start([], [])
    begun = time.perf_counter()
    question = [ChatMessage("user", "tell me about the moon")]
    for output in thinker.reply(question, cancel=CancelToken(), max_tokens=REPLY_TOKENS):
        if isinstance(output, PromptDone):
            begun = time.perf_counter()
        elif isinstance(output, GenerationDone):
            return output.generated_tokens / (time.perf_counter() - begun)
    raise ValueError("the thinker did not answer")


class _Speech:
    """A voice that computes on a thread of its own as long as the ``with`` block runs.

    Attributes:
        rtf: computing time over audio time; after the block.
    """

    def __init__(self, voice: Synthesizer) -> None:
        self._voice = voice
        self._over = CancelToken()
        self._speaks = threading.Event()
        self._thread = threading.Thread(target=self._speak, name="bench-voice", daemon=True)
        self.rtf = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        self._speaks.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.cancel()
        self._thread.join()

    def _speak(self) -> None:
        begun, samples, number = time.perf_counter(), 0, 0
        self._speaks.set()
        last = begun
        while not self._over.cancelled:
            text = REPLIES[number % len(REPLIES)]
            for block in self._voice.synthesize(text, cancel=self._over):
                samples += block.size
                last = time.perf_counter()
            number += 1
        seconds = samples / self._voice.rate_hz
        self.rtf = (last - begun) / seconds if seconds else 0.0
