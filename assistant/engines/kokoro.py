"""Kokoro-82M: the most natural voice here, a sentence at a time, slower than the others.

Owns the session, its options, the choice of voice and the way out of a computation nobody wants any more.
Deliberately neither spells nor vocodes: text to phonemes (espeak-ng through phonemizer, GPL-3.0-or-later)
and phonemes to sound are kokoro-onnx's business.

Contract of the model (thewh1teagle/kokoro-onnx, v1.0 and v1.1): ``tokens`` or ``input_ids`` int64 (1, n), n
up to 512; ``style`` (1, 256), the voice's row for that length; ``speed`` (1) → ``audio`` float32 at 24 kHz.
The voices are an archive of arrays (510, 1, 256) by name; a name's first letter is its language.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.engines.cancellable_speech import closed_voice, until_cancelled
from assistant.engines.onnx_session import (
    InterruptibleSession,
    SessionPlan,
    corrupt,
    open_session,
    required,
    unfit,
)
from assistant.engines.resampling import OUTPUT_HZ
from assistant.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.engines.base import CancelToken, Samples

logger = logging.getLogger(__name__)

_WHAT: Final = "voice (Kokoro)"
_LANGUAGES: Final = {"a": "en-us", "b": "en-gb", "e": "es"}
"""First letter of a voice → espeak-ng's name of its language. Others of Kokoro's are not offered: without
their own phonemes they would be read wrongly."""
_OWN_HZ: Final = 24_000
_STYLE: Final = (1, 256)
_BLOCK: Final = 4800
"""Samples in a block handed out: 200 ms, so that a cancel between two of them counts at once."""


class KokoroSynthesizer:
    """One voice of Kokoro. Used by one thread at a time.

    Args:
        path: the ONNX file.
        voices: the archive of voices.
        voice: one of :meth:`voices`, such as ``af_heart`` or ``ef_dora``.
        speed: 0.5 to 2; 2 speaks twice as fast.
        plan: threads and memory of its session.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    def __init__(
        self,
        path: Path,
        voices: Path,
        *,
        voice: str = "af_heart",
        speed: float = 1.0,
        plan: SessionPlan | None = None,
    ) -> None:
        self.rate_hz: int = OUTPUT_HZ
        self._names, self._style = _read_voice(required(voices, _WHAT), voice)
        self._language = _LANGUAGES[voice[0]]
        self.languages: tuple[str, ...] = (self._language.partition("-")[0],)
        self._speed = speed
        self._session = InterruptibleSession(
            open_session(
                path, plan or SessionPlan(), _WHAT, inputs=["style", "speed"], outputs=["audio"]
            )
        )
        if not {"tokens", "input_ids"} & {one.name for one in self._session.get_inputs()}:
            raise unfit(path, _WHAT, "it takes no tokens")
        self._kokoro: Any = _open(self._session, voices)
        try:
            self._kokoro.create("a", self._style, self._speed, self._language)
        except Exception as exc:
            logger.info("%s cannot be run: %s", path, exc)
            raise unfit(path, _WHAT, "a trial run failed") from exc

    def voices(self) -> tuple[str, ...]:
        """Return the names of the voices whose language is offered."""
        return self._names

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        """Speak one piece of text, yielding blocks of 200 ms once all of it is made.

        Nothing is yielded when the text has nothing to speak. A cancel ends even a computation that runs.

        Raises:
            TurnError: ``tts_failed``, or ``tts_closed`` after :meth:`close`.
        """
        if self._kokoro is None:
            raise closed_voice()
        yield from until_cancelled(self._speech(text), _OWN_HZ, [self._session], cancel)

    def close(self) -> None:
        """Free the model; idempotent."""
        self._kokoro = None

    def _speech(self, text: str) -> Iterator[Samples]:
        phonemes = self._kokoro.tokenizer.phonemize(text, self._language)
        if not any(letter.isalnum() for letter in text) or not phonemes:
            return
        wave, _ = self._kokoro.create(
            phonemes, self._style, self._speed, self._language, is_phonemes=True
        )
        wave = np.clip(wave.reshape(-1).astype(np.float32), -1.0, 1.0)
        for start in range(0, len(wave), _BLOCK):
            yield wave[start : start + _BLOCK]


def voice_names(path: Path) -> tuple[str, ...]:
    """Return the names in an archive of voices whose language is offered; loads none of them.

    Raises:
        ModelError: ``model_missing`` or ``model_corrupt``.
    """
    try:
        with required(path, _WHAT).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return tuple(name for name in archive.files if name[:1] in _LANGUAGES)
    except ModelError:
        raise
    except Exception as exc:  # numpy and zipfile raise half a dozen classes here
        raise corrupt(path, _WHAT) from exc


def _read_voice(path: Path, voice: str) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            names = tuple(name for name in archive.files if name[:1] in _LANGUAGES)
            style = archive[voice] if voice in names else None
    except Exception as exc:  # numpy and zipfile raise half a dozen classes here
        raise corrupt(path, _WHAT) from exc
    if style is None:
        raise ModelError(
            "model_unfit",
            f"Kokoro has no English or Spanish voice {voice!r}.",
            f"Choose one of {', '.join(names)}." if names else "Pull the model again.",
        )
    if style.shape[1:] != _STYLE:
        raise unfit(path, _WHAT, f"a voice has the shape {style.shape}")
    return names, style.astype(np.float32)


def _open(session: InterruptibleSession, voices: Path) -> Any:
    from kokoro_onnx import Kokoro

    try:
        kokoro: Any = Kokoro.from_session(session, str(voices))
    except Exception as exc:
        raise ModelError(
            "model_corrupt",
            "The speech sounds of Kokoro (espeak-ng) do not load.",
            "Install the program again.",
        ) from exc
    # phonemizer writes its warnings to the terminal by a handler of its own.
    noisy = logging.getLogger("phonemizer")
    noisy.handlers.clear()
    noisy.setLevel(logging.ERROR)
    kokoro.voices.close()  # an open archive; the voice in use was read by us
    return kokoro
