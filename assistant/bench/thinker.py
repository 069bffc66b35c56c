"""Measures our thinker against the bare llama-cpp-python loop on the same file, in the same run.

Owns the comparison promised for the thinker: at least 97 % of the bare loop's speed. Deliberately
prints nothing and judges nothing; the command line does.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from assistant.engines.base import CancelToken, ChatMessage, GenerationDone, PromptDone
from assistant.engines.llama import LlamaThinker, Sampling
from assistant.metrics import Distribution, distribution

if TYPE_CHECKING:
    from pathlib import Path

_SYSTEM: Final = (
    "You are Sarai, an offline voice assistant. Answer in one or two short sentences. "
    "Use a tool when one fits."
)
_PROMPTS: Final = (
    "set a timer for twenty five minutes",
    "what time is it in tokyo",
    "tell me about the moon",
)


@dataclass(frozen=True, slots=True)
class ThinkerSpeed:
    """Engine and bare loop side by side; times per token in ms, lower is better.

    Attributes:
        runs: pairs of replies measured; the two of a pair ran one right after the other, in turns first.
        threads: for both.
        prompt_tokens: tokens per prompt, of the prompts together.
        generated_tokens: tokens generated in all runs, the same for both.
        identical: whether both generated the same tokens every time (greedy).
        engine_prompt_ms: of our engine per prompt token, rendering, tokenising and snapshot included.
        bare_prompt_ms: of the bare loop per prompt token, tokens given ready.
        engine_decode_ms: of our engine per generated token, text and tool-call filter included.
        bare_decode_ms: of the bare loop per generated token, without any text.
        prompt_ratio: speed of the engine over that of the bare loop, pair by pair; 1 is equal.
        decode_ratio: the same for generation.
        best_decode_ratio: fastest engine run over fastest bare run: free of what else the machine did.
        cpu_decode_ratio: as ``decode_ratio``, but of processor time instead of time; on a busy machine the
            steadier figure, meaningful with one thread (more of them spin while they wait).
    """

    runs: int
    threads: int
    prompt_tokens: int
    generated_tokens: int
    identical: bool
    engine_prompt_ms: Distribution
    bare_prompt_ms: Distribution
    engine_decode_ms: Distribution
    bare_decode_ms: Distribution
    prompt_ratio: Distribution
    decode_ratio: Distribution
    best_decode_ratio: float
    cpu_decode_ratio: Distribution

    @property
    def decode_tokens_per_s(self) -> float:
        """Median generation speed of the engine."""
        return 1000 / self.engine_decode_ms.p50

    @property
    def prompt_tokens_per_s(self) -> float:
        """Median prompt speed of the engine."""
        return 1000 / self.engine_prompt_ms.p50


@dataclass(frozen=True, slots=True)
class _Run:
    prompt_ms: float
    decode_ms: float
    decode_cpu_ms: float
    prompt: list[int]
    generated: list[int]


def measure_thinker(
    model_path: Path,
    *,
    threads: int = 2,
    rounds: int = 10,
    max_tokens: int = 64,
    context_tokens: int = 1024,
    batch_tokens: int = 512,
    prompts: Sequence[str] = _PROMPTS,
) -> ThinkerSpeed:
    """Return speeds of ``rounds`` replies to each prompt, greedy, after one unmeasured round.

    ``batch_tokens`` are the engine's; the bare loop keeps the library's own 512. The model is in memory twice
    meanwhile. Replies of a single token are left out of the decode figures.

    Raises:
        ModelError: the model cannot be loaded.
        ValueError: every reply was too short to measure.
    """
    engine = LlamaThinker(
        model_path,
        context_tokens=context_tokens,
        threads=threads,
        batch_tokens=batch_tokens,
        sampling=Sampling(),
    )
    try:
        bare = _load_bare(model_path, engine.context_tokens, threads)
        try:
            return _compare(
                engine,
                bare,
                threads=threads,
                rounds=rounds,
                max_tokens=max_tokens,
                prompts=prompts,
            )
        finally:
            bare.close()
    finally:
        engine.close()


def _load_bare(model_path: Path, context_tokens: int, threads: int) -> Any:
    # Here and nowhere else outside the engines: this is the very thing compared with.
    from llama_cpp import Llama

    return Llama(
        str(model_path),
        n_ctx=context_tokens,
        n_batch=min(512, context_tokens),
        n_ubatch=min(512, context_tokens),
        n_threads=threads,
        n_threads_batch=threads,
        flash_attn=True,
        use_mmap=False,
        verbose=False,
    )


def _compare(
    engine: LlamaThinker,
    bare: Any,
    *,
    threads: int,
    rounds: int,
    max_tokens: int,
    prompts: Sequence[str],
) -> ThinkerSpeed:
    pairs: list[tuple[_Run, _Run]] = []
    for number in range(rounds + 1):
        for prompt in prompts:
            ours = _run_engine(engine, prompt, max_tokens)
            theirs = _run_bare(bare, ours.prompt, len(ours.generated))
            if number % 2:  # the second of two runs finds warmer caches: take turns
                ours = _run_engine(engine, prompt, max_tokens)
            if number:
                pairs.append((ours, theirs))
    decoded = [(ours, theirs) for ours, theirs in pairs if len(ours.generated) > 1]
    if not decoded:
        raise ValueError("every reply was a single token: nothing to measure")
    return ThinkerSpeed(
        runs=len(pairs),
        threads=threads,
        prompt_tokens=sum(len(ours.prompt) for ours, _ in pairs[: len(prompts)]),
        generated_tokens=sum(len(ours.generated) for ours, _ in pairs),
        identical=all(ours.generated == theirs.generated for ours, theirs in pairs),
        engine_prompt_ms=distribution([ours.prompt_ms for ours, _ in pairs]),
        bare_prompt_ms=distribution([theirs.prompt_ms for _, theirs in pairs]),
        engine_decode_ms=distribution([ours.decode_ms for ours, _ in decoded]),
        bare_decode_ms=distribution([theirs.decode_ms for _, theirs in decoded]),
        prompt_ratio=distribution([theirs.prompt_ms / ours.prompt_ms for ours, theirs in pairs]),
        decode_ratio=distribution([theirs.decode_ms / ours.decode_ms for ours, theirs in decoded]),
        best_decode_ratio=min(theirs.decode_ms for _, theirs in decoded)
        / min(ours.decode_ms for ours, _ in decoded),
        cpu_decode_ratio=distribution(
            [theirs.decode_cpu_ms / ours.decode_cpu_ms for ours, theirs in decoded]
        ),
    )


def _run_engine(engine: LlamaThinker, prompt: str, max_tokens: int) -> _Run:
    """One reply in an empty conversation: the whole prompt is read."""
    engine.start([], [])
    messages = [ChatMessage("system", _SYSTEM), ChatMessage("user", prompt)]
    begun = read = done = time.perf_counter()
    cpu_read = cpu_done = 0.0
    prompt_ids: tuple[int, ...] = ()
    count = 0
    for output in engine.reply(messages, cancel=CancelToken(), max_tokens=max_tokens):
        if isinstance(output, PromptDone):
            read, cpu_read = time.perf_counter(), time.process_time()
            prompt_ids = engine.token_ids
        elif isinstance(output, GenerationDone):
            done, cpu_done = time.perf_counter(), time.process_time()
            count = output.generated_tokens
            break  # what follows is not part of the reply
    generated = list(engine.token_ids[len(prompt_ids) :])
    if len(generated) < count:
        generated.append(-1)  # the end token is not part of the conversation yet
    return _Run(
        prompt_ms=(read - begun) * 1000 / len(prompt_ids),
        decode_ms=(done - read) * 1000 / max(1, count - 1),
        decode_cpu_ms=(cpu_done - cpu_read) * 1000 / max(1, count - 1),
        prompt=list(prompt_ids),
        generated=generated,
    )


def _run_bare(bare: Any, prompt: list[int], count: int) -> _Run:
    """The same number of tokens from ``Llama.generate``, nothing done with them."""
    bare.reset()
    generated: list[int] = []
    begun = read = time.perf_counter()
    cpu_read = 0.0
    for token in bare.generate(prompt, temp=0.0, repeat_penalty=1.0):
        if not generated:
            read, cpu_read = time.perf_counter(), time.process_time()
        generated.append(token)
        if len(generated) >= count:
            break
    done, cpu_done = time.perf_counter(), time.process_time()
    if _is_end(bare, generated[-1]):
        generated[-1] = -1
    return _Run(
        prompt_ms=(read - begun) * 1000 / len(prompt),
        decode_ms=(done - read) * 1000 / max(1, count - 1),
        decode_cpu_ms=(cpu_done - cpu_read) * 1000 / max(1, count - 1),
        prompt=prompt,
        generated=generated,
    )


def _is_end(bare: Any, token: int) -> bool:
    import llama_cpp

    return bool(llama_cpp.llama_vocab_is_eog(llama_cpp.llama_model_get_vocab(bare.model), token))
