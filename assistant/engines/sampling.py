"""How the thinker chooses the next token: the settings, and the llama.cpp sampler chain made of them.

Owns the order of the chain. Deliberately knows no model's recommended values: those stand in the
catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

_PENALTY_WINDOW: Final = 64
"""Tokens the repeat penalty looks back on; llama.cpp's own default (``penalty_last_n``)."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling settings; every default but the temperature means "off".

    Attributes:
        temperature: 0 takes the most probable token always (greedy).
        top_k: keep the k most probable; 0 keeps all.
        top_p: keep the smallest set with this probability; 1 keeps all.
        min_p: drop what is less probable than this part of the best; 0 drops none.
        repeat_penalty: divides the logits of tokens already in this reply; 1 is off.
        seed: of the random choice; every reply starts from it again, so the same conversation gets the
            same words.
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not (
            self.temperature >= 0
            and self.top_k >= 0
            and 0 < self.top_p <= 1
            and 0 <= self.min_p < 1
            and self.repeat_penalty > 0
        ):
            raise ValueError(f"impossible sampling settings: {self}")


def build_sampler(llama: Any, vocabulary_size: int, sampling: Sampling) -> Any:
    """Return a new sampler chain; the caller frees it with ``llama_sampler_free``.

    The order is llama.cpp's default one: penalties, top-k, top-p, min-p, temperature, choice. The penalty
    sees the sampled reply only, not the prompt: an answer must be free to repeat a tool's result.
    """
    chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
    steps: list[Any] = []
    if sampling.repeat_penalty != 1:
        steps.append(
            llama.llama_sampler_init_penalties(
                vocabulary_size, _PENALTY_WINDOW, sampling.repeat_penalty, 0.0, 0.0
            )
        )
    if sampling.temperature == 0:
        steps.append(llama.llama_sampler_init_greedy())
    else:
        if sampling.top_k > 0:
            steps.append(llama.llama_sampler_init_top_k(sampling.top_k))
        if sampling.top_p < 1:
            steps.append(llama.llama_sampler_init_top_p(sampling.top_p, 1))
        if sampling.min_p > 0:
            steps.append(llama.llama_sampler_init_min_p(sampling.min_p, 1))
        steps.append(llama.llama_sampler_init_temp(sampling.temperature))
        steps.append(llama.llama_sampler_init_dist(sampling.seed & 0xFFFFFFFF))
    for step in steps:
        llama.llama_sampler_chain_add(chain, step)
    return chain
