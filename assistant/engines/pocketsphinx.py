"""Recogniser of the starter set: pocketsphinx with its English model and our assistant-domain one.

Owns the streaming around the decoder: which part of the audio is speech, the cepstral mean, when to
start over with a better mean. Does not find its files (the caller's catalogue does) and does not
decide when a turn is over.

The decoder normalises features by their mean over the utterance, which nobody knows while the person
is still talking. So decoding waits for the first half second of speech, takes the mean from the
speech frames alone, and starts over when there is twice as much; each chunk fed may
decode only a few times its own length, so no single call takes long. Silence after the last word is
not decoded at all unless speech goes on.

The C binding holds the interpreter lock while it decodes; audio is handed over in short slices so
that other threads get their turn.
"""

from __future__ import annotations

import logging
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from assistant.engines.base import Recognition
from assistant.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.engines.base import Samples

_log = logging.getLogger(__name__)

SphinxModel = Literal["general", "domain", "mixed"]

RATE_HZ = 16_000
_FRAME = 160  # 10 ms, the decoder's own frame rate (`frate` 100)
_SLICE_FRAMES = 10
_CATCH_UP = 4
"""Frames that may be decoded per frame fed: bounds the work of one call, lets a restart catch up while the
person still speaks."""

_RESTART_AT = (50, 100)
"""Speech frames after which the cepstral mean is taken and decoding starts (over).

A third start at 200 frames won 2 points of word error and cost up to 1.35 s after the last word of a noisy
utterance (19 commands, 2026-11-20: e2e P95 617 ms with it, 394 ms without)."""

_RENEW_FRAMES = 50
"""After that the mean is renewed for what is still to come, each time so much more speech is there."""

# Speech frames, by level against the loudest (95th percentile) and quietest (5th) recent frames.
_WINDOW_FRAMES = 1500
_BELOW_LOUD_DB = 30.0
_ABOVE_QUIET_DB = 6.0
_LEAST_RANGE_DB = 10.0
_MARGIN_FRAMES = 10  # kept around each loud stretch, for soft consonants
_EDGE_FRAMES = 20  # decoded before the first and after the last speech frame

_MOST_ACTIVE_STATES = 6000
"""Cap on the search of one frame (the library's own is 30000).

In noise the beams let everything through: a frame takes three times as long as one of clear speech, and the
lattice that is searched after the last frame grows until that alone takes 0.4 s. Word errors of commands,
digits and read speech on the open recordings (%, 2026-11-21): 31.6, 15.4, 44.1 at 8000; 31.6, 15.4, 44.6 at
6000; 27.2, 15.4, 48.1 at 2500. A cap on word ends (`maxwpf` 20 or 50) lost a clearly read sentence whole."""

_CONFIDENCE_POWER = 0.25
"""Spreads the lattice posterior over [0, 1]: on the open recordings' commands and digits the median
was 0.08 for right and 0.0004 for wrong transcripts, which become 0.53 and 0.14."""

_TRIE_MAGIC = b"Trie Language Model"


class PocketsphinxRecognizer:
    """Recognises English, one utterance at a time; the lower-case words of the decoder's dictionary.

    Args:
        model: ``general`` is the wheel's own language model, ``domain`` knows only what people say to
            assistants, ``mixed`` weighs both by context.
        language_model: the file of ``domain`` or ``mixed``; not used for ``general``.
        dictionary: pronunciations of the language model's words; the wheel's own if None.

    Raises:
        ModelError: ``model_missing`` or ``model_corrupt``.
    """

    rate_hz: int = RATE_HZ
    languages: tuple[str, ...] = ("en",)

    def __init__(
        self,
        model: SphinxModel = "mixed",
        language_model: Path | None = None,
        dictionary: Path | None = None,
    ) -> None:
        if model not in get_args(SphinxModel):
            raise ValueError(f"unknown model {model!r}: one of {', '.join(get_args(SphinxModel))}")
        options: dict[str, Any] = {}
        if model != "general":
            options["lm"] = str(checked_language_model(model, language_model))
            if dictionary is not None:
                options["dict"] = str(_existing(dictionary, "pronunciation dictionary"))
        self._front_end: Any = _open_front_end()
        # fwdflat would decode the whole utterance a second time after its end.
        self._decoder: Any = _open_decoder(fwdflat=False, maxhmmpf=_MOST_ACTIVE_STATES, **options)
        self._stream: _Stream | None = None

    def open(self) -> _Stream:
        """Start an utterance; one still open is cancelled."""
        if self._decoder is None:
            raise RuntimeError("the recogniser is closed")
        if self._stream is not None:
            self._stream.cancel()
        self._stream = _Stream(self._decoder, self._front_end)
        return self._stream

    def close(self) -> None:
        """Free the model; idempotent."""
        if self._stream is not None:
            self._stream.cancel()
        self._stream = self._decoder = self._front_end = None


class _Stream:
    """One utterance. Positions are in frames since its start."""

    def __init__(self, decoder: Any, front_end: Any) -> None:
        self._decoder = decoder
        self._front_end = front_end
        self._audio = np.zeros(RATE_HZ * 4, dtype=np.int16)
        self._samples = 0
        self._levels_db = np.zeros(0, dtype=np.float64)
        self._decoded = 0
        self._restarts = 0
        self._mean_of = np.zeros(0, dtype=np.bool_)  # the frames the cepstral mean was taken from
        self._running = False
        self._spent = False
        self._partial = ""

    def feed(self, samples: Samples) -> str | None:
        """Take more audio (any length); return the partial text when it changed, else None."""
        self._check_not_spent()
        before = len(self._levels_db)
        self._append(samples)
        speech = self._speech()
        if self._restart_due(speech):
            self._start(speech)
        elif self._running:
            self._renew_mean(speech)
        if not self._running:
            return None
        budget = _CATCH_UP * (len(self._levels_db) - before)
        self._decode(min(self._end(speech), self._decoded + budget))
        partial = self._hypothesis()[0]
        if partial == self._partial:
            return None
        self._partial = partial
        return partial

    def finish(self) -> Recognition:
        """Return the final text; the stream is spent afterwards."""
        self._check_not_spent()
        self._spent = True
        speech = self._speech()
        if self._running:
            self._renew_mean(speech)
        elif speech.any():
            self._start(speech)
        else:
            return Recognition("", None)
        self._decode(self._end(speech))
        self._running = False
        self._decoder.end_utt()
        text, confidence = self._hypothesis()
        return Recognition(text, confidence if text else None)

    def cancel(self) -> None:
        """Forget the utterance; idempotent."""
        self._spent = True
        if self._running:
            self._running = False
            self._decoder.end_utt()

    def _check_not_spent(self) -> None:
        if self._spent:
            raise RuntimeError("the utterance is over; open() starts another")

    def _append(self, samples: Samples) -> None:
        end = self._samples + len(samples)
        if end > len(self._audio):
            self._audio = np.concatenate([self._audio, np.zeros(end, dtype=np.int16)])
        scaled = np.clip(np.nan_to_num(samples), -1.0, 1.0) * np.float32(32767)
        self._audio[self._samples : end] = np.round(scaled)
        self._samples = end
        known = len(self._levels_db)
        frames = self._audio[known * _FRAME : end // _FRAME * _FRAME].reshape(-1, _FRAME)
        power = frames.astype(np.float64).var(axis=1)
        self._levels_db = np.append(self._levels_db, 10 * np.log10(power + 1.0))

    def _speech(self) -> NDArray[np.bool_]:
        """Say of each frame whether it is speech or right beside it."""
        levels = self._levels_db
        if not len(levels):
            return np.zeros(0, dtype=np.bool_)
        quiet, loud = np.percentile(levels[-_WINDOW_FRAMES:], [5, 95])
        threshold = max(loud - _BELOW_LOUD_DB, min(quiet + _ABOVE_QUIET_DB, loud - _LEAST_RANGE_DB))
        # A whisper of rounding noise (digital silence) is never speech.
        above = levels > max(threshold, 3.0)
        return _widened(above, _MARGIN_FRAMES)

    def _restart_due(self, speech: NDArray[np.bool_]) -> bool:
        """Say whether enough speech came for a (better) mean.

        When most of what the mean was taken from turned out not to be speech, as noise does once
        somebody speaks up, counting begins anew.
        """
        still_speech = np.count_nonzero(speech[: len(self._mean_of)] & self._mean_of)
        if 2 * still_speech < np.count_nonzero(self._mean_of):
            self._restarts = 0
        return self._restarts < len(_RESTART_AT) and bool(
            speech.sum() >= _RESTART_AT[self._restarts]
        )

    def _start(self, speech: NDArray[np.bool_]) -> None:
        """Begin decoding, or begin again, with the mean of all speech heard so far."""
        heard = int(speech.sum())
        while self._restarts < len(_RESTART_AT) and heard >= _RESTART_AT[self._restarts]:
            self._restarts += 1
        if self._running:
            self._decoder.end_utt()
        self._decoder.reinit_feat()  # else the noise estimate of the last utterance would linger
        self._set_mean(speech)
        self._decoder.start_utt()
        self._running = True
        self._decoded = max(0, int(np.argmax(speech)) - _EDGE_FRAMES)

    def _renew_mean(self, speech: NDArray[np.bool_]) -> None:
        if np.count_nonzero(speech) >= np.count_nonzero(self._mean_of) + _RENEW_FRAMES:
            self._set_mean(speech)

    def _set_mean(self, speech: NDArray[np.bool_]) -> None:
        self._mean_of = speech
        first = max(0, len(speech) - _WINDOW_FRAMES)
        frames = self._audio[first * _FRAME : len(speech) * _FRAME].reshape(-1, _FRAME)
        mean = _cepstral_mean(self._front_end, frames[speech[first:]].tobytes())
        self._decoder.set_cmn(mean)

    def _end(self, speech: NDArray[np.bool_]) -> int:
        last = len(speech) - int(np.argmax(speech[::-1])) if speech.any() else 0
        return min(len(speech), last + _EDGE_FRAMES)

    def _decode(self, end: int) -> None:
        while self._decoded < end:
            stop = min(end, self._decoded + _SLICE_FRAMES)
            part = self._audio[self._decoded * _FRAME : stop * _FRAME]
            self._decoder.process_raw(part.tobytes())
            self._decoded = stop

    def _hypothesis(self) -> tuple[str, float | None]:
        hypothesis = self._decoder.hyp()
        if hypothesis is None:
            return "", None
        posterior = min(1.0, max(0.0, float(hypothesis.prob)))
        return hypothesis.hypstr.lower(), posterior**_CONFIDENCE_POWER


def _widened(mask: NDArray[np.bool_], margin: int) -> NDArray[np.bool_]:
    """Return `mask` with every True spread to `margin` neighbours on each side."""
    counts = np.concatenate([[0], np.cumsum(mask)])
    index = np.arange(len(mask))
    first = np.maximum(index - margin, 0)
    last = np.minimum(index + margin + 1, len(mask))
    widened: NDArray[np.bool_] = counts[last] > counts[first]
    return widened


def _cepstral_mean(front_end: Any, audio: bytes) -> str:
    """Return the mean of the features of 16-bit `audio`, as the decoder writes it."""
    front_end.reinit_feat()
    front_end.start_utt()
    front_end.process_raw(audio, no_search=True, full_utt=True)
    mean: str = front_end.get_cmn()
    front_end.end_utt()
    return mean


def _open_front_end() -> Any:
    """Return a decoder used for its features only: one word made of silence costs almost nothing."""
    with tempfile.NamedTemporaryFile("w", suffix=".dict", encoding="ascii") as words:
        words.write("nothing SIL\n")
        words.flush()
        decoder = _open_decoder(lm=None, dict=words.name)
    grammar = "#JSGF V1.0;\ngrammar front_end;\npublic <word> = nothing;\n"
    decoder.add_jsgf_string("front_end", grammar)
    decoder.activate_search("front_end")
    return decoder


def _open_decoder(**options: Any) -> Any:
    from pocketsphinx import Decoder  # type: ignore[attr-defined]  # it exports without __all__

    try:
        return Decoder(loglevel="FATAL", **options)
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            "model_corrupt",
            f"The recogniser cannot load its model ({error}).",
            "Install the program again, or run `assistant models verify`.",
        ) from error


def _existing(path: Path, what: str) -> Path:
    if not path.is_file():
        raise ModelError(
            "model_missing",
            f"The {what} {path} is missing.",
            "Install the program again, or run `assistant models verify`.",
        )
    return path


def checked_language_model(model: SphinxModel, path: Path | None) -> Path:
    """Return `path` when it is a whole binary trie: the C reader crashes on a truncated one."""
    if path is None:
        raise ModelError(
            "model_missing",
            f"The {model} language model has no file.",
            "Name it, or choose the general model.",
        )
    if not _is_whole_trie(_existing(path, f"{model} language model")):
        raise ModelError(
            "model_corrupt",
            f"The language model {path} is damaged or of another kind.",
            "Install the program again, or run `assistant models verify`.",
        )
    return path


def _is_whole_trie(path: Path) -> bool:
    """Compare the size with what the header promises (layout: lm_trie.c, lm_trie_quant.c of 5.1.1)."""
    with path.open("rb") as file:
        header = file.read(len(_TRIE_MAGIC) + 1 + 12)
        if len(header) < len(_TRIE_MAGIC) + 13 or not header.startswith(_TRIE_MAGIC):
            return False
        order, *counts = struct.unpack_from("<B3I", header, len(_TRIE_MAGIC))
        if order != len(counts):
            return False
        offset = len(header) + 4 + _trie_body_bytes(counts)
        file.seek(offset)
        strings_bytes = int.from_bytes(file.read(4), "little")  # b"" gives 0: the size differs then
        return path.stat().st_size == offset + 4 + strings_bytes


def _trie_body_bytes(counts: Sequence[int]) -> int:
    unigrams, bigrams, trigrams = counts
    word_bits, pointer_bits = unigrams.bit_length(), trigrams.bit_length()
    tables = 3 * (1 << 16) * 4  # what each 16-bit probability or back-off index stands for
    bigram_bits, trigram_bits = word_bits + 32 + pointer_bits, word_bits + 16
    packed = ((1 + bigrams) * bigram_bits + 7) // 8 + ((1 + trigrams) * trigram_bits + 7) // 8 + 16
    return tables + 12 * (unigrams + 1) + packed
