"""Listens with Whisper in PyTorch and in ONNX to the same speech, and compares.

Owns that comparison: encoder, every step's logits along PyTorch's own words, and the words chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.export.compare import chosen, close, identical, same
from assistant.export.quiet import quiet
from assistant.export.sources import Source
from assistant.export.steps import Check
from assistant.export.torch_graph import session

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

RATE_HZ: Final = 16_000
SENTENCE: Final = "Please set a timer for twenty five minutes and then tell me what time it is."
MOST_STEPS: Final = 32
LEAST_SAME: Final = 0.9
"""Share of steps at which INT8, told PyTorch's words so far, must choose the same next one."""

PROMPT: Final = (50258, 50259, 50359, 50363)
"""Start, English, transcribe, no times: of every multilingual Whisper. Source: reference, B.2."""

MULTILINGUAL: Final = 51865


@dataclass
class Both:
    """The two files, listening.

    Attributes:
        encoder, decoder: files.
    """

    encoder: Path
    decoder: Path
    _sessions: list[Any] = field(default_factory=list)

    def hear(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return last_hidden_state [B, E, D]."""
        hidden: NDArray[np.float32] = self._session(0).run(None, {"input_features": mel})[0]
        return hidden

    def say(self, hidden: NDArray[np.float32], told: list[int], told_ids: int) -> list[Any]:
        """Return the logits [V] after the prompt and each later id of ``told``, one step at a time.

        Args:
            hidden: what was heard.
            told: the prompt and what follows, as if it had been chosen.
            told_ids: how many of them are the prompt.
        """
        step, found = self.start(hidden), []
        found.append(step(told[:told_ids]))
        found.extend(step([one]) for one in told[told_ids:])
        return found

    def start(self, hidden: NDArray[np.float32]) -> Any:
        """Return a function from the next ids to the logits behind the last; it remembers."""
        decoder = self._session(1)
        ports = [one for one in decoder.get_inputs() if one.name.startswith("past_key_values.")]
        memory = {
            one.name: np.zeros((0, one.shape[1], 0, one.shape[3]), np.float32) for one in ports
        }
        names = ["logits", *(one.name.replace("past_key_values", "present") for one in ports)]
        began = False

        def step(ids: list[int]) -> NDArray[np.float32]:
            nonlocal began
            feeds = {
                "input_ids": np.array([ids], np.int64),
                "encoder_hidden_states": hidden,
                "use_cache_branch": np.array([began]),
                **memory,
            }
            logits, *known = decoder.run(names, feeds)
            for port, value in zip(ports, known, strict=True):
                if value.shape[0]:  # without a batch: as it was
                    memory[port.name] = value
            began = True
            last: NDArray[np.float32] = logits[0, -1]
            return last

        return step

    def choose(
        self, hidden: NDArray[np.float32], prompt: list[int], end: int, most: int
    ) -> list[int]:
        """Return the ids chosen one after another, the end included if it comes."""
        step = self.start(hidden)
        ids: list[int] = []
        following = prompt
        while len(ids) < most and (not ids or ids[-1] != end):
            following = [int(step(following).argmax())]
            ids += following
        return ids

    def _session(self, which: int) -> Any:
        if not self._sessions:
            self._sessions += [session(self.encoder), session(self.decoder)]
        return self._sessions[which]


def features(config: Any, samples: NDArray[Any] | None) -> torch.Tensor:
    """Return the log-mel spectrogram [1, bands, frames] of speech, as long as the model takes.

    Raises:
        ModelError: eSpeak NG does not load.
    """
    import torch

    with quiet():
        from transformers import WhisperFeatureExtractor

        extract = WhisperFeatureExtractor(feature_size=config.num_mel_bins)
        wave = _sentence() if samples is None else samples
        mel = extract(wave, sampling_rate=RATE_HZ, return_tensors="np").input_features
    return torch.from_numpy(np.ascontiguousarray(mel[:, :, : 2 * config.max_source_positions]))


def _sentence() -> NDArray[np.float32]:
    from assistant.engines.base import CancelToken
    from assistant.engines.espeak import EspeakSynthesizer
    from assistant.engines.resampling import resampled

    voice = EspeakSynthesizer("en-us", 165, 50)
    try:
        spoken = voice.synthesize(SENTENCE, cancel=CancelToken())
        return np.concatenate(list(resampled(spoken, voice.rate_hz, RATE_HZ)))
    finally:
        voice.close()


def prompt_of(config: Any) -> list[int]:
    """Return the ids a transcription begins with."""
    if config.vocab_size >= MULTILINGUAL:
        return list(PROMPT)
    return [int(config.decoder_start_token_id)]


def compare(
    model: Any, mel: torch.Tensor, made: Both, precision: str, *, exact: bool
) -> list[Check]:
    """Return how encoder, logits and words differ from PyTorch's."""
    prompt = prompt_of(model.config)
    end = int(model.config.eos_token_id)
    most = min(MOST_STEPS, model.config.max_target_positions - len(prompt))
    hidden, ids, wanted = _by_torch(model, mel, prompt, end, most)
    heard = made.hear(mel.numpy())
    told = [*prompt, *ids[:-1]]
    logits = np.stack(made.say(heard, told, len(prompt)))
    against = f"{precision}, against PyTorch"
    checks = [
        same(f"encoder, {against}", hidden, heard)
        if exact
        else close(f"encoder, {against}", hidden, heard),
        same(f"logits of {len(ids)} steps, {against}", wanted, logits)
        if exact
        else close(f"logits of {len(ids)} steps, {against}", wanted, logits),
    ]
    if exact:
        words = np.array(made.choose(heard, prompt, end, most))
        checks.append(identical(f"text ids, {against}", np.array(ids), words))
    else:
        checks.append(chosen(f"next text id, {against}", wanted, logits, LEAST_SAME))
    return checks


def _by_torch(
    model: Any, mel: torch.Tensor, prompt: list[int], end: int, most: int
) -> tuple[Any, list[int], Any]:
    """Return what PyTorch hears, the ids it chooses, and its logits before each."""
    import torch

    with torch.no_grad():
        hidden = model.model.encoder(mel).last_hidden_state
        told, rows = torch.tensor([prompt]), []
        ids: list[int] = []
        while len(ids) < most and (not ids or ids[-1] != end):
            # The whole text again each time: slow, and without a memory that could be wrong.
            made = model.model.decoder(
                input_ids=told, encoder_hidden_states=hidden, use_cache=False
            )
            row = model.proj_out(made.last_hidden_state[:, -1])[0]
            rows.append(row.numpy())
            ids.append(int(row.argmax()))
            told = torch.cat([told, torch.tensor([[ids[-1]]])], 1)
    return hidden.numpy(), ids, np.stack(rows)


def text_of(source: Source, model: Any, mel: torch.Tensor, made: Both) -> str:
    """Return what both understand, as a sentence; empty without a tokenizer."""
    if source.find("tokenizer.json") is None:
        return ""
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(source.file("tokenizer.json")))
    prompt = prompt_of(model.config)
    end = int(model.config.eos_token_id)
    most = model.config.max_target_positions - len(prompt)
    _, ids, _ = _by_torch(model, mel, prompt, end, min(MOST_STEPS, most))
    chosen_ids = made.choose(made.hear(mel.numpy()), prompt, end, min(MOST_STEPS, most))
    wanted, found = (words.decode(one).strip() for one in (ids, chosen_ids))
    return f"INT8 hears {found!r}, PyTorch {wanted!r}."
