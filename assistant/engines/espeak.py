"""Speech from espeak-ng, the small formant voice whose wheel carries all it needs.

Owns the way from espeak-ng's blocks to the samples a synthesiser gives out. Deliberately does not
prepare text: what it is given it speaks, "*" as "asterisk" included; numbers, markdown and emoji
are the normaliser's business.

espeak-ng keeps its whole state in global variables. So a process can have one open
:class:`EspeakSynthesizer` at a time (a second one is refused), and one synthesis at a time
(starting the next ends an unfinished one).
"""

from __future__ import annotations

import re
import weakref
from typing import TYPE_CHECKING

import numpy as np

from assistant.engines.espeak_library import (
    PARAMETER_PITCH,
    PARAMETER_RATE,
    PITCH_RANGE,
    RATE_RANGE_WPM,
    EspeakLibrary,
    EspeakVoice,
)
from assistant.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from assistant.engines.base import CancelToken, Samples

ONSET_AMPLITUDE = 64 / 32768
"""Leading samples no louder than this (-54 dBFS) are dropped, so that the first chunk is speech."""

_KEPT_BEFORE_ONSET_MS = 2.0  # enough of a ramp that the first sample is no click
_OUTPUT_RANGE_HZ = (8000, 48000)

# Control characters end the C string (NUL) or start espeak-ng's embedded commands (ctrl-A).
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class EspeakSynthesizer:
    """A formant voice that speaks about 800 times faster than real time on one core.

    Used by one thread at a time. ``languages`` holds the language of the opened voice.

    Args:
        voice: one of :meth:`voices`, such as ``en-us``, ``en-gb``, ``es`` or ``es-419``.
        rate_wpm: words per minute, 80 to 450.
        pitch: 0 to 100.
        rate_hz: rate of the samples given out, 8000 to 48000.

    Raises:
        SettingsError: ``value_out_of_range``.
        ModelError: ``model_missing`` (no such voice, or the library or its files are gone),
            ``model_corrupt`` (they do not load), ``model_busy`` (this process has one open).
    """

    def __init__(
        self, voice: str = "en-us", rate_wpm: int = 165, pitch: int = 50, rate_hz: int = 24000
    ) -> None:
        _require_range("speaking rate", rate_wpm, RATE_RANGE_WPM, " words per minute")
        _require_range("voice pitch", pitch, PITCH_RANGE, "")
        _require_range("output rate", rate_hz, _OUTPUT_RANGE_HZ, " Hz")
        self.rate_hz = rate_hz
        self._library = EspeakLibrary()
        try:
            chosen = self._library.set_voice(voice)
            self._library.set_parameter(PARAMETER_RATE, rate_wpm)
            self._library.set_parameter(PARAMETER_PITCH, pitch)
        except BaseException:
            self._library.close()
            raise
        self.languages: tuple[str, ...] = (chosen.language,)
        # Also frees the process-wide slot when the owner forgets to close.
        self._finalizer = weakref.finalize(self, self._library.close)
        self._finalizer.atexit = False

    def voices(self) -> tuple[EspeakVoice, ...]:
        """Return the English and Spanish voices, by name."""
        return self._library.voices

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        """Speak one piece of text, yielding chunks of tens of milliseconds as they are made.

        Nothing is yielded when the text has nothing to speak. Text that ends in punctuation is
        followed by the pause it asks for (about 170 ms after a comma, 330 ms after a full stop), so
        pieces can be played end to end. The chunks together are the resampling of the whole: the
        filter's delay (some 20 ms of audio) is held back and given with the last chunk.

        Abandoning the iterator (``close()`` or letting it go) stops espeak-ng and joins its thread.

        Raises:
            TurnError: ``tts_failed`` when espeak-ng reports an error, ``tts_closed`` after
                :meth:`close`.
        """
        spoken = _CONTROL.sub(" ", text)
        if not spoken.strip():
            return
        speech = self._library.speak(spoken, cancel)
        try:
            voiced = _without_leading_silence(speech.blocks(), self._library.rate_hz)
            for chunk in _resampled(voiced, self._library.rate_hz, self.rate_hz):
                if cancel.cancelled:
                    return
                yield chunk
        finally:
            speech.stop()

    def close(self) -> None:
        """End any synthesis, free espeak-ng and let another synthesiser open; idempotent."""
        self._finalizer()


def _without_leading_silence(
    blocks: Iterable[NDArray[np.int16]], rate_hz: int
) -> Iterator[NDArray[np.int16]]:
    """Yield the blocks from just before the first sample above ONSET_AMPLITUDE on."""
    kept = round(_KEPT_BEFORE_ONSET_MS * rate_hz / 1000)
    limit = round(ONSET_AMPLITUDE * 32768)
    held: NDArray[np.int16] = np.zeros(0, dtype=np.int16)
    remaining = iter(blocks)
    for block in remaining:
        held = np.concatenate((held, block))
        # int32, because abs(-32768) does not fit int16.
        loud = np.flatnonzero(np.abs(held.astype(np.int32)) > limit)
        if loud.size:
            yield held[max(0, int(loud[0]) - kept) :]
            break
        held = held[max(0, held.size - kept) :]
    yield from remaining


def _resampled(blocks: Iterable[NDArray[np.int16]], from_hz: int, to_hz: int) -> Iterator[Samples]:
    """Yield the blocks as float32 at ``to_hz``; together they equal resampling all at once."""
    # HQ, soxr's default: linear phase, 20-bit precision, 0.3 ms for a second of speech.
    import soxr  # type: ignore[import-untyped]

    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")
    for block in blocks:
        chunk = stream.resample_chunk(block.astype(np.float32) / 32768)
        if chunk.size:
            yield chunk
    tail = stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
    if tail.size:
        yield tail


def _require_range(what: str, value: int, allowed: tuple[int, int], unit: str) -> None:
    low, high = allowed
    if not low <= value <= high:
        raise SettingsError(
            "value_out_of_range",
            f"The {what} must lie between {low} and {high}{unit}, not {value}.",
            f"Choose a value from {low} to {high}.",
        )
