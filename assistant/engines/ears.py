"""Our own ears: the audio core hears phones, a search through a dictionary and trigrams makes words of them.

Owns the cutting of an utterance into pieces that are heard as if in one go. Sounds become 25 frames a second;
a frame depends on some frames to each side (the file says how many) and on the mean of all that came
before, which is handed on. The network, its data and figures: models/talker/MODEL_CARD.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.engines.audio_core import FILE, AudioCore, shared_core
from assistant.engines.base import Recognition
from assistant.engines.onnx_session import SessionPlan, corrupt, required, unfit
from assistant.engines.phone_search import PhoneSearch, Trigrams, Weights, WordTree
from assistant.engines.pocketsphinx import checked_language_model
from assistant.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.engines.base import Samples

RATE_HZ: Final = 16_000
HOP: Final = 160
WINDOW: Final = 400
FRAME: Final = 640
"""Samples a frame moves on by: four hops of 10 ms; a hop is seen through a window of 25 ms."""

PIECE: Final = (15, 250)
"""Frames heard at once: at least, while somebody speaks; at most, when much comes together."""

WEIGHTS: Final = Weights()
LANGUAGE_MODEL, DICTIONARY = "mixed.lm.bin", "words.dict"
_WHAT: Final = "ears"


class EarsRecognizer:
    """Recognises English, one utterance at a time; the lower-case words of the dictionary.

    Args:
        files: by name: ``audio_core.onnx``, ``words.dict``, ``mixed.lm.bin``.
        core: the loaded file, where somebody has it already; None = load it.
        plan: threads and memory of the core, which whoever asks with the same plan shares.
        weights: of the search.

    Attributes:
        core: the loaded core, until it is closed.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    rate_hz: int = RATE_HZ
    languages: tuple[str, ...] = ("en",)

    def __init__(
        self,
        files: Mapping[str, Path],
        *,
        core: AudioCore | None = None,
        plan: SessionPlan | None = None,
        weights: Weights = WEIGHTS,
    ) -> None:
        core = core or shared_core(_file(files, FILE), plan or SessionPlan())
        self.core: AudioCore | None = core
        self._encoder: Any = core.role(
            "stt_encode",
            {
                "samples": "tensor(float)",
                "level_sum": "tensor(float)",
                "level_hops": "tensor(float)",
            },
            ["features", "level_sums"],
        )
        self._decoder: Any = core.role("stt_decode", {"features": "tensor(float)"}, ["text_logits"])
        self._context = int(core.described("stt_encode/frames_of_context"))
        units = json.loads(core.described("stt_decode/units"))
        trigrams = _read_trigrams(_file(files, LANGUAGE_MODEL))
        self._tree: WordTree | None = _read_words(_file(files, DICTIONARY), units, trigrams)
        self._trigrams = trigrams
        self._weights = weights
        self._stream: _Stream | None = None

    def open(self) -> _Stream:
        """Start an utterance; one still open is cancelled."""
        if self._tree is None:
            raise RuntimeError("the recogniser is closed")
        if self._stream is not None:
            self._stream.cancel()
        search = PhoneSearch(self._tree, self._trigrams, self._weights)
        self._stream = _Stream(self._encoder, self._decoder, search, self._context)
        return self._stream

    def close(self) -> None:
        """Free the model; idempotent. A core given by somebody stays."""
        if self._stream is not None:
            self._stream.cancel()
        self._stream = self._encoder = self._decoder = self._tree = self.core = None


class _Stream:
    """One utterance. Positions are in frames since its start."""

    def __init__(self, encoder: Any, decoder: Any, search: PhoneSearch, context: int) -> None:
        self._encoder = encoder
        self._decoder = decoder
        self._search = search
        self._context = context
        self._held: NDArray[np.float32] = np.zeros(0, np.float32)  # from frame `_held_at` on
        self._held_at = 0
        self._level_sum: NDArray[np.float32] | None = None  # of all hops before `_held_at`
        self._made = 0
        self._certain = 0.0  # the best score there could be, whatever the words
        self._phones = 0
        self._spent = False
        self._partial = ""

    def feed(self, samples: Samples) -> str | None:
        """Take more audio (any length); return the partial text when it changed, else None."""
        self._check_not_spent()
        cleaned = np.clip(np.nan_to_num(samples), -1.0, 1.0).astype(np.float32)
        self._held = np.concatenate([self._held, cleaned])
        before = self._made
        while not self._spent:
            count = min(self._known() - self._context - self._made, PIECE[1])
            if count < PIECE[0]:
                break
            self._hear(count)
        if self._made == before:
            return None
        partial = " ".join(self._search.best(at_end=False)[0])
        if partial == self._partial:
            return None
        self._partial = partial
        return partial

    def finish(self) -> Recognition:
        """Return the final text; the stream is spent afterwards."""
        self._check_not_spent()
        while (count := min(self._known() - self._made, PIECE[1])) > 0:
            self._hear(count)
        self._spent = True
        self._held = self._held[:0]
        if not self._made:
            return Recognition("", None)
        words, score = self._search.best(at_end=True)
        if not words:
            return Recognition("", None)
        lost = (self._certain - score) / max(self._phones, 1)
        return Recognition(" ".join(words), math.exp(-max(lost, 0.0)))

    def cancel(self) -> None:
        """Forget the utterance; idempotent."""
        self._spent = True
        self._held = self._held[:0]

    def _check_not_spent(self) -> None:
        if self._spent:
            raise RuntimeError("the utterance is over; open() starts another")

    def _known(self) -> int:
        """Return up to which frame the sound is there; the last may have a hop or three only."""
        hops = max((len(self._held) - WINDOW) // HOP + 1, 0)
        return self._held_at + -(-hops // (FRAME // HOP))

    def _hear(self, count: int) -> None:
        """Put the next frames through the core and into the search, and let go of what nobody needs."""
        skipped = self._made - self._held_at
        end = (skipped + count + self._context) * FRAME + WINDOW - HOP
        feeds = {"samples": self._held[None, :end]}
        if self._level_sum is not None:
            feeds["level_sum"] = self._level_sum
            feeds["level_hops"] = np.array([self._held_at * (FRAME // HOP)], np.float32)
        features, sums = self._encoder.run(["features", "level_sums"], feeds)
        wanted = np.ascontiguousarray(features[:, skipped : skipped + count])
        (logits,) = self._decoder.run(["text_logits"], {"features": wanted})
        scores = logits[0] - _log_sum(logits[0])
        self._certain += float(scores.max(axis=1).sum())
        best = scores.argmax(axis=1)
        self._phones += int(np.count_nonzero(np.diff(best, prepend=0) * best))
        self._search.feed(scores)
        self._made += count
        kept = max(self._made - self._context, self._held_at)
        self._level_sum = (
            sums[:, kept - self._held_at] if kept - self._held_at < sums.shape[1] else None
        )
        self._held = self._held[(kept - self._held_at) * FRAME :]
        self._held_at = kept


def _log_sum(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    highest = logits.max(axis=1, keepdims=True)
    total: NDArray[np.float32] = highest + np.log(
        np.exp(logits - highest).sum(axis=1, keepdims=True)
    )
    return total


def _read_trigrams(path: Path) -> Trigrams:
    return Trigrams(checked_language_model("mixed", path))


def _read_words(path: Path, units: list[str], trigrams: Trigrams) -> WordTree:
    number = {unit: at for at, unit in enumerate(units)}
    pronunciations = []
    try:
        for line in required(path, _WHAT).read_text("utf-8").splitlines():
            word, *phones = line.split()
            pronunciations.append((word.partition("(")[0], [number[phone] for phone in phones]))
    except KeyError as exc:
        raise unfit(
            path, _WHAT, f"it has the phone {exc.args[0]}, which the network lacks"
        ) from exc
    except ValueError as exc:
        raise corrupt(path, _WHAT) from exc
    if not pronunciations:
        raise corrupt(path, _WHAT)
    likely = {word: trigrams(word) for word, _ in pronunciations}
    return WordTree(pronunciations, likely)


def _file(files: Mapping[str, Path], name: str) -> Path:
    if name not in files:
        raise ModelError(
            "model_missing",
            f"The {_WHAT} lack their file {name}.",
            "Use the files the catalogue names (`assistant models list`).",
        )
    return files[name]
