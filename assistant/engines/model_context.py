"""One GGUF model in llama.cpp with one sequence of evaluated tokens.

Owns the C objects (model, context, sampler), the number of evaluated tokens, snapshots of the state, and
the abort of a running evaluation. Deliberately knows no messages, templates or tools.

Threads: one at a time; only the :class:`CancelToken` handed to :meth:`ModelContext.evaluate` may be touched
by others.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from assistant.engines.base import CancelToken
from assistant.engines.evaluation_abort import EvaluationAbort
from assistant.engines.gguf_check import GgufHeader, read_gguf_header
from assistant.engines.llama_log import llama_log
from assistant.engines.sampling import Sampling, build_sampler
from assistant.errors import ModelError, TurnError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

_ABORTED: Final = 2
_NO_ROOM: Final = 1
"""Results of ``llama_decode`` (``llama.h``): 2 aborted by the callback, 1 no place in the memory."""


class EvaluationCancelledError(Exception):
    """The evaluation was cancelled; the state is undefined until a snapshot is restored."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The state after ``evaluated`` tokens; an opaque copy, some MB."""

    evaluated: int
    state: Any

    @property
    def size_bytes(self) -> int:
        """Memory this snapshot holds."""
        return len(self.state) if self.state is not None else 0


class ModelContext:
    """A loaded model, warmed up, with an empty sequence.

    Args:
        model_path: the GGUF file.
        context_tokens: wanted size of the context; never more than the model was trained for.
        threads: for generation and prompt alike; see :meth:`set_threads`.
        batch_tokens: prompt tokens evaluated at once.
        sampling: how tokens are chosen.
        use_mmap: map the file instead of reading it. Off by default: weights repacked for the CPU would
            exist twice (measured 2026-11-20: 783 MB instead of 1250 MB resident for a 1.2B Q4_K_M).
        flash_attention: on by default; without it llama.cpp pads the V cache.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        context_tokens: int,
        threads: int,
        batch_tokens: int,
        sampling: Sampling,
        use_mmap: bool,
        flash_attention: bool,
    ) -> None:
        self.header: GgufHeader = read_gguf_header(model_path)
        self._model: Any = None
        self._context: Any = None
        self._sampler: Any = None
        try:
            self._load_model(model_path, use_mmap=use_mmap)
            trained = int(self._llama.llama_model_n_ctx_train(self._model))
            self.context_tokens = min(context_tokens, trained)
            self.batch_tokens = min(batch_tokens, self.context_tokens)
            self._make_context(model_path, threads=threads, flash_attention=flash_attention)
            self._prepare_vocabulary()
            self._sampler = build_sampler(self._llama, self.vocabulary_size, sampling)
            self._warm_up(model_path)
        except BaseException:
            self.close()
            raise

    def _load_model(self, model_path: Path, *, use_mmap: bool) -> None:
        import llama_cpp as llama

        self._llama: Any = llama
        llama_log.install(llama)
        llama.llama_backend_init()
        wanted = llama.llama_model_default_params()
        wanted.load_mode = llama.LLAMA_LOAD_MODE_MMAP if use_mmap else llama.LLAMA_LOAD_MODE_NONE
        wanted.n_gpu_layers = 0
        self._model = llama.llama_model_load_from_file(str(model_path).encode(), wanted)
        if not self._model:
            self._refuse(model_path)
        if llama.llama_model_has_encoder(self._model) or not llama.llama_model_has_decoder(
            self._model
        ):
            raise ModelError(
                "model_unfit",
                f"The model {model_path.name} cannot continue a text.",
                "Choose a chat model in the settings.",
            )

    def _make_context(self, model_path: Path, *, threads: int, flash_attention: bool) -> None:
        llama = self._llama
        params = llama.llama_context_default_params()
        params.n_ctx = self.context_tokens
        params.n_batch = params.n_ubatch = self.batch_tokens
        params.n_seq_max = 1
        # One row of logits is all that is ever read; the default reserves one for every prompt token.
        params.n_outputs_max = 1
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = (
            llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
            if flash_attention
            else llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        params.no_perf = True
        self._context = llama.llama_init_from_model(self._model, params)
        if not self._context:
            self._refuse(model_path)
        self._memory = llama.llama_get_memory(self._context)
        # Looked up once: these two run for every token.
        self._llama_decode = llama.llama_decode
        self._llama_sample = llama.llama_sampler_sample
        self._abort = EvaluationAbort(llama)
        self._tokens = (llama.llama_token * self.batch_tokens)()
        self._batch = llama.llama_batch_get_one(self._tokens, 1)
        self._buffers_bytes = int(sum(llama_log.buffer_mib) * 1024 * 1024)
        self.evaluated = 0
        self.evaluated_total = 0

    def _refuse(self, model_path: Path) -> None:
        reasons = " ".join(llama_log.errors)
        logger.info("llama.cpp refused %s: %s", model_path, reasons)
        if "unknown model architecture" in reasons:
            raise ModelError(
                "model_unfit",
                f"The model {model_path.name} has an architecture this program cannot run: "
                f"{self.header.architecture}.",
                "Choose another thinker in the settings.",
            )
        raise ModelError(
            "model_corrupt",
            f"The thinker's model file {model_path.name} cannot be loaded.",
            "Fetch the model again: assistant models pull.",
        )

    def _prepare_vocabulary(self) -> None:
        llama = self._llama
        self._vocab = llama.llama_model_get_vocab(self._model)
        self.vocabulary_size = int(llama.llama_vocab_n_tokens(self._vocab))
        self.end_tokens = frozenset(
            token
            for token in range(self.vocabulary_size)
            if llama.llama_vocab_is_eog(self._vocab, token)
        )
        self.control_texts = {
            llama.llama_vocab_get_text(self._vocab, token).decode(errors="replace"): token
            for token in range(self.vocabulary_size)
            if llama.llama_vocab_is_control(self._vocab, token)
        }
        self._pieces: list[bytes | None] = [None] * self.vocabulary_size

    def _warm_up(self, model_path: Path) -> None:
        """A short prompt and one token: first-use costs are paid now, and broken weights show."""
        self.evaluate([0] * min(8, self.batch_tokens))
        self.step(self.sample())
        if not bool(np.isfinite(self.logits()).all()):
            raise ModelError(
                "model_corrupt",
                f"The weights in {model_path.name} give no numbers.",
                "Fetch the model again: assistant models pull.",
            )
        self.clear()
        self.evaluated_total = 0

    # --- text and tokens ---

    def special_text(self, name: str) -> str:
        """Return the spelling of the ``bos`` or ``eos`` token, or an empty text if there is none."""
        llama = self._llama
        token = {"bos": llama.llama_vocab_bos, "eos": llama.llama_vocab_eos}[name](self._vocab)
        return "" if token < 0 else llama.llama_vocab_get_text(self._vocab, token).decode()

    @property
    def adds_bos(self) -> bool:
        """Whether the model expects its beginning-of-sequence token."""
        return bool(self._llama.llama_vocab_get_add_bos(self._vocab))

    def tokenize(self, text: str) -> list[int]:
        """Return the ids of ``text``; spellings of control tokens become those tokens, nothing is added."""
        raw = text.encode()
        room = len(raw) + 8
        while True:
            found = (self._llama.llama_token * room)()
            count = self._llama.llama_tokenize(
                self._vocab,
                raw,
                len(raw),
                found,
                room,
                False,
                True,
            )
            if count >= 0:
                return list(found[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """Return the bytes a token stands for; a control token's spelling too."""
        piece = self._pieces[token]
        if piece is None:
            room = 64
            while True:
                buffer = ctypes.create_string_buffer(room)
                size = self._llama.llama_token_to_piece(
                    self._vocab,
                    token,
                    buffer,
                    room,
                    0,
                    True,
                )
                if size >= 0:
                    break
                room = -size
            piece = self._pieces[token] = buffer.raw[:size]
        return piece

    # --- evaluating ---

    def evaluate(self, tokens: Sequence[int], cancel: CancelToken | None = None) -> None:
        """Read ``tokens`` (at least one) after those evaluated already; the last one's logits are ready then.

        Raises:
            EvaluationCancelledError: one node of the model's graph after the cancel, some ms.
            TurnError: ``context_full`` or ``evaluation_failed``.
        """
        if cancel is None:
            self._evaluate(tokens)
            return
        if cancel.cancelled:
            raise EvaluationCancelledError
        with self._abort.following(self._context, cancel):
            self._evaluate(tokens)
        if cancel.cancelled:
            raise EvaluationCancelledError

    def _evaluate(self, tokens: Sequence[int]) -> None:
        for start in range(0, len(tokens), self.batch_tokens):
            part = tokens[start : start + self.batch_tokens]
            self._tokens[: len(part)] = list(part)
            self._batch.n_tokens = len(part)
            self._decode(len(part))

    def step(self, token: int) -> None:
        """Read one token; its logits are ready then."""
        self._tokens[0] = token
        self._batch.n_tokens = 1
        self._decode(1)

    def _decode(self, count: int) -> None:
        result = self._llama_decode(self._context, self._batch)
        if result:
            self._explain(result)
        self.evaluated += count
        self.evaluated_total += count

    def _explain(self, result: int) -> NoReturn:
        if result == _ABORTED:
            raise EvaluationCancelledError
        if result == _NO_ROOM:
            raise TurnError(
                "llm",
                "context_full",
                "The conversation no longer fits into the thinker's memory.",
                "Start a new conversation.",
            )
        raise TurnError(
            "llm",
            "evaluation_failed",
            f"The thinker failed while reading (llama.cpp answered {result}).",
            "Ask again; if it stays so, check the model with: assistant models verify.",
        )

    def sample(self) -> int:
        """Choose the next token from the logits of the last one."""
        return int(self._llama_sample(self._sampler, self._context, -1))

    def reset_sampler(self) -> None:
        """Forget sampled tokens and start the random numbers again."""
        self._llama.llama_sampler_reset(self._sampler)

    def logits(self) -> NDArray[np.float32]:
        """Return a copy of the last token's logits, float32, shape (vocabulary_size,)."""
        row = self._llama.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(row, shape=(self.vocabulary_size,)).copy()

    def set_threads(self, decode: int, prompt: int) -> None:
        """Use so many threads for single tokens and for prompts, from the next evaluation on."""
        self._llama.llama_set_n_threads(self._context, decode, prompt)

    # --- state ---

    def snapshot(self) -> Snapshot:
        """Return a copy of the state, to be handed to :meth:`restore` any number of times."""
        if self.evaluated == 0:
            return Snapshot(0, None)
        llama = self._llama
        size = llama.llama_state_seq_get_size(self._context, 0)
        state = (ctypes.c_uint8 * size)()
        if llama.llama_state_seq_get_data(self._context, state, size, 0) != size:
            raise TurnError(
                "llm", "snapshot_failed", "The thinker's state could not be kept.", "Ask again."
            )
        return Snapshot(self.evaluated, state)

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot. There are no logits until something is evaluated."""
        self.clear()
        if snapshot.state is None:
            return
        size = len(snapshot.state)
        if not self._llama.llama_state_seq_set_data(self._context, snapshot.state, size, 0):
            raise TurnError(
                "llm", "snapshot_failed", "The thinker's state could not be put back.", "Ask again."
            )
        self.evaluated = snapshot.evaluated

    def clear(self) -> None:
        """Forget all evaluated tokens."""
        # The whole sequence at once: a hybrid model refuses to drop a part of it.
        self._llama.llama_memory_clear(self._memory, True)
        self.evaluated = 0

    def memory_bytes(self) -> int:
        """Return the bytes of weights, caches and work buffers, as llama.cpp reports them at load."""
        if self._model is None:
            return 0
        return max(self._buffers_bytes, int(self._llama.llama_model_size(self._model)))

    def close(self) -> None:
        """Free everything; idempotent."""
        if self._sampler:
            self._llama.llama_sampler_free(self._sampler)
        if self._context:
            self._llama.llama_free(self._context)
        if self._model:
            self._llama.llama_model_free(self._model)
        self._sampler = self._context = self._model = None

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._model is None
