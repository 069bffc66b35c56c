"""Each stage of a set by itself: hearing a 4 s clip, thinking against the bare library, the first sound.

Owns what is measured and the bounds promised for it. Prints nothing. One model is in memory at a time, so
that no stage pays for another; how they share two cores is `bench turn`'s question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from assistant.bench.sample_speech import RATE_HZ, sample_speech
from assistant.bench.thinker import ThinkerSpeed, measure_thinker
from assistant.catalog.catalog import Catalog
from assistant.catalog.seals import sealed_paths
from assistant.engines.base import CancelToken, Recognizer, Samples, Synthesizer
from assistant.errors import ModelError
from assistant.metrics import Distribution, distribution
from assistant.pool.pool import ModelPool
from assistant.pool.replica import is_replica
from assistant.pool.tuned import tuned_for, with_tuning
from assistant.settings import LlamaCppSettings
from assistant.speech.chunker import PieceChunker

if TYPE_CHECKING:
    from assistant.settings import Settings

CLIP_S: Final = 4.0
LAST_BLOCK_S: Final = 0.1
"""Fed after the rest, as the last block of a microphone is: what is timed hears all four seconds anew."""

REPLIES: Final = (
    "Sure, the timer is set for twenty minutes. I will tell you when it is over.",
    "It is half past nine in the evening in Tokyo.",
    "The moon is about three hundred and eighty thousand kilometres away, and it takes a month to go round.",
    "Ten kilometres are six point two miles.",
    "I have written down that you need milk and bread.",
)
"""Answers as they are spoken; only the first piece of each, as the chunker cuts it, is timed."""

PROMPTS: Final = ("set a timer for twenty five minutes and then tell me about the weather",)
REPLY_TOKENS: Final = 32

STT_P95_MS: Final = 60.0
PROMPT_SHARE: Final = 0.95
DECODE_SHARE: Final = 0.97
TTS_P95_MS: Final = 150.0
"""All four from issue 5, "it is done when"."""


@dataclass(frozen=True, slots=True)
class StageReport:
    """What was found; milliseconds.

    Attributes:
        models: name of the model, by role.
        replicas: roles whose model has random weights.
        threads: by role; None = the engine has no such setting.
        stt_ms: from the last block of a 4 s clip to its transcript.
        thinker: against the bare loop, in the same run.
        tts_ms: from the text of a first piece to its first samples.
        pieces: the texts.
    """

    models: dict[str, str]
    replicas: tuple[str, ...]
    threads: dict[str, int | None]
    stt_ms: Distribution
    thinker: ThinkerSpeed
    tts_ms: Distribution
    pieces: tuple[str, ...]

    def missed(self) -> list[str]:
        """Return a sentence for each bound that was not kept."""
        prompt, decode = self.thinker.prompt_ratio.p50, self.thinker.decode_ratio.p50
        found = []
        if self.stt_ms.p95 > STT_P95_MS:
            found.append(
                f"A 4 s clip took {self.stt_ms.p95:.0f} ms (P95), not {STT_P95_MS:.0f} ms."
            )
        if prompt < PROMPT_SHARE:
            found.append(
                f"Prompts are read at {prompt:.1%} of the bare library's speed, not {PROMPT_SHARE:.0%}."
            )
        if decode < DECODE_SHARE:
            found.append(
                f"Replies are written at {decode:.1%} of the bare library's speed, not"
                f" {DECODE_SHARE:.0%}."
            )
        if not self.thinker.identical:
            found.append("The thinker and the bare library wrote different tokens.")
        if self.tts_ms.p95 > TTS_P95_MS:
            found.append(
                f"The first sound took {self.tts_ms.p95:.0f} ms (P95), not {TTS_P95_MS:.0f} ms."
            )
        return found

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        thinker = self.thinker
        ratios = {"prompt_ratio": thinker.prompt_ratio, "decode_ratio": thinker.decode_ratio}
        return {
            "models": {**self.models, "replica": bool(self.replicas), "replicas": self.replicas},
            "threads": self.threads,
            "stt_ms": asdict(self.stt_ms),
            "thinker": {
                **{name: asdict(ratio) for name, ratio in ratios.items()},
                "cpu_decode_ratio": asdict(thinker.cpu_decode_ratio),
                "identical_tokens": thinker.identical,
                "prompt_tokens": thinker.prompt_tokens,
                "prompt_tokens_per_s": round(thinker.prompt_tokens_per_s, 1),
                "tokens_per_s": round(thinker.decode_tokens_per_s, 1),
            },
            "tts_first_ms": asdict(self.tts_ms),
            "pieces": self.pieces,
            "bounds": {
                "stt_p95_ms": STT_P95_MS,
                "prompt_ratio": PROMPT_SHARE,
                "decode_ratio": DECODE_SHARE,
                "tts_first_p95_ms": TTS_P95_MS,
            },
            "missed": self.missed(),
        }


def measure_stages(
    settings: Settings,
    *,
    runs: int = 20,
    thinker_rounds: int = 5,
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> StageReport:
    """Measure the active set, one stage after the other.

    Args:
        settings: whose active set is measured, with its own threads.
        runs: timed runs of recogniser and voice, after one that does not count.
        thinker_rounds: replies of the thinker and of the bare library, each.
        on_stage: told which stage comes next.

    Raises:
        ModelError: a model does not load, or the thinker is no GGUF.
    """
    names = {role: settings.model_name(role) for role in ("stt", "thinker", "tts")}
    models = {role: settings.models[name] for role, name in names.items()}
    thinker_model = with_tuning(models["thinker"], tuned_for(models["thinker"]))
    if not isinstance(thinker_model, LlamaCppSettings):
        raise ModelError(
            "not_comparable",
            f"{names['thinker']} is not run by llama.cpp, so there is no bare loop to compare with.",
            "Choose another set.",
        )
    on_stage("recogniser")
    with ModelPool(_alone(settings)) as pool, pool.get(names["stt"]) as lease:
        assert isinstance(lease.engine, Recognizer)
        stt_ms = time_recogniser(lease.engine, sample_speech(CLIP_S), runs)
    on_stage("voice")
    pieces = first_pieces(REPLIES)
    with ModelPool(_alone(settings)) as pool, pool.get(names["tts"]) as lease:
        assert isinstance(lease.engine, Synthesizer)
        tts_ms = time_voice(lease.engine, pieces, runs)
    on_stage("thinker")
    (path,) = sealed_paths(Catalog.load().entry(thinker_model.catalogue)).values()
    thinker = measure_thinker(
        path,
        threads=thinker_model.threads,
        batch_tokens=thinker_model.batch_tokens,
        rounds=thinker_rounds,
        max_tokens=REPLY_TOKENS,
        prompts=PROMPTS,
    )
    return StageReport(
        models=names,
        replicas=tuple(role for role, model in models.items() if is_replica(model)),
        threads={
            role: getattr(with_tuning(model, tuned_for(model)), "threads", None)
            for role, model in models.items()
        },
        stt_ms=distribution(stt_ms),
        thinker=thinker,
        tts_ms=distribution(tts_ms),
        pieces=tuple(pieces),
    )


def first_pieces(replies: Sequence[str]) -> list[str]:
    """Return the first piece of each reply, as the voice would get it."""
    found = []
    for reply in replies:
        chunker = PieceChunker()
        found.append([*chunker.feed(reply), *chunker.flush()][0])
    return found


def _alone(settings: Settings) -> Settings:
    """No model takes another's place: a figure would be of the wrong one."""
    models = {
        name: model.model_copy(update={"fallback": ()}) for name, model in settings.models.items()
    }
    return settings.model_copy(update={"models": models})


def time_recogniser(engine: Recognizer, clip: Samples, runs: int) -> list[float]:
    """Milliseconds from the last block of a clip to its transcript, after one run that does not count."""
    cut = clip.size - int(LAST_BLOCK_S * RATE_HZ)
    found = []
    for _ in range(runs + 1):
        stream = engine.open()
        stream.feed(clip[:cut])
        begun = time.perf_counter()
        stream.feed(clip[cut:])
        stream.finish()
        found.append((time.perf_counter() - begun) * 1000)
    return found[1:]


def time_voice(engine: Synthesizer, pieces: Sequence[str], runs: int) -> list[float]:
    """Milliseconds from a text to its first samples, after one run that does not count."""
    found = []
    for number in range(runs + 1):
        cancel = CancelToken()
        begun = time.perf_counter()
        for _ in engine.synthesize(pieces[number % len(pieces)], cancel=cancel):
            found.append((time.perf_counter() - begun) * 1000)
            cancel.cancel()
            break
    return found[1:]
