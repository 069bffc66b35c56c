"""Piper voices (VITS): a sentence at a time, each computed in one go.

Owns the session, its options and the way out of a computation nobody wants any more; text to phonemes and
phonemes to sound are piper-tts' business (GPL-3.0-or-later like this program; its wheel embeds espeak-ng
with its data, so nothing else is needed). Deliberately refuses voices whose phonemes piper-tts would fetch
or compute with further packages (Chinese, Japanese, Hebrew, Thai).

Contract of a voice (rhasspy/piper-voices): ``input`` phoneme ids, ``input_lengths``, ``scales`` [noise,
length, noise of lengths], ``sid`` with several speakers → ``output`` float32 (batch, 1, samples); beside it a
JSON file of the same name plus ``.json``.
"""

from __future__ import annotations

import json
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
    from assistant.engines.base import CancelToken, Samples

logger = logging.getLogger(__name__)

_WHAT: Final = "voice (Piper)"
_BLOCK_S: Final = 0.2
"""A sentence is handed out in blocks, so that a cancel between two of them counts at once."""
_INPUTS: Final = {
    "input": "tensor(int64)",
    "input_lengths": "tensor(int64)",
    "scales": "tensor(float)",
}


class PiperSynthesizer:
    """One Piper voice. Used by one thread at a time.

    Args:
        path: the ONNX file.
        speaker: name of the speaker in a voice of several; None = its first.
        speed: 2 speaks twice as fast, 0.5 half as fast.
        plan: threads and memory of its session.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    def __init__(
        self,
        path: Path,
        *,
        speaker: str | None = None,
        speed: float = 1.0,
        plan: SessionPlan | None = None,
    ) -> None:
        # Says at WARNING what an unknown letter is; one line a sentence is no news.
        logging.getLogger("piper").setLevel(logging.ERROR)
        from piper import PiperVoice, SynthesisConfig

        self.rate_hz: int = OUTPUT_HZ
        facts = required(path.with_name(path.name + ".json"), _WHAT)
        config = _read_config(facts)
        several = ["sid"] if config.num_speakers > 1 else []
        names = dict.fromkeys(several, "tensor(int64)")
        self._session = InterruptibleSession(
            open_session(
                path, plan or SessionPlan(), _WHAT, inputs=_INPUTS | names, outputs=["output"]
            )
        )
        self._speakers: tuple[str, ...] = tuple(config.speaker_id_map)
        self._own_hz = config.sample_rate
        self.languages: tuple[str, ...] = (config.espeak_voice.partition("-")[0],)
        self._settings = SynthesisConfig(
            speaker_id=self._speaker_id(speaker, config.speaker_id_map, path),
            length_scale=config.length_scale / speed,
        )
        self._voice: Any = PiperVoice(session=self._session, config=config)
        try:
            list(self._voice.synthesize("a", self._settings))
        except Exception as exc:
            logger.info("%s cannot be run: %s", path, exc)
            raise unfit(path, _WHAT, "a trial run failed") from exc

    def voices(self) -> tuple[str, ...]:
        """Return the names of the speakers; empty when there is only one."""
        return self._speakers

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        """Speak one piece of text, yielding blocks of 200 ms; a sentence is made whole, then given.

        Nothing is yielded when the text has nothing to speak. A cancel ends even a computation that runs.

        Raises:
            TurnError: ``tts_failed``, or ``tts_closed`` after :meth:`close`.
        """
        if self._voice is None:
            raise closed_voice()
        yield from until_cancelled(self._speech(text), self._own_hz, [self._session], cancel)

    def close(self) -> None:
        """Free the model; idempotent."""
        self._voice = None

    def _speech(self, text: str) -> Iterator[Samples]:
        if not any(letter.isalnum() for letter in text):
            return
        # "[[" would begin raw phonemes.
        plain = text.replace("[[", "[ [").replace("\0", " ")
        block = int(_BLOCK_S * self._own_hz)
        for sentence in self._voice.synthesize(plain, self._settings):
            wave = sentence.audio_float_array.reshape(-1).astype(np.float32)
            for start in range(0, len(wave), block):
                yield wave[start : start + block]

    def _speaker_id(self, speaker: str | None, known: Any, path: Path) -> int | None:
        if speaker is None:
            return None
        if speaker not in known:
            names = ", ".join(known) or "none by name"
            raise ModelError(
                "model_unfit",
                f"The voice {path.stem} has no speaker {speaker!r}; it has {names}.",
                "Choose one of them, or null.",
            )
        number: int = known[speaker]
        return number


def speaker_names(config: Path) -> tuple[str, ...]:
    """Return the speakers a voice's JSON file names; none where there is only one.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """
    return tuple(_read_config(required(config, _WHAT)).speaker_id_map)


def _read_config(path: Path) -> Any:
    from piper import PhonemeType
    from piper.config import PiperConfig

    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as exc:
        raise corrupt(path, _WHAT) from exc
    try:
        config = PiperConfig.from_dict(facts)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise unfit(path, _WHAT, f"{exc} is missing or wrong") from exc
    if config.phoneme_type not in (PhonemeType.ESPEAK, PhonemeType.TEXT):
        raise unfit(path, _WHAT, f"it needs {config.phoneme_type.value} phonemes")
    return config
