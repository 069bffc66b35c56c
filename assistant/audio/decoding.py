"""libsndfile through soundfile: measuring a recording, then rendering it as one channel.

Owns what is done to samples on the way in. Deliberately knows no paths and no wish for a certain length;
those are ``files.py``'s.
"""

from __future__ import annotations

import contextlib
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from assistant.audio.wav_header import WavSound, find_wav_sound
from assistant.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger(__name__)

Samples = NDArray[np.float32]
"""float32 samples, nominally in [-1, 1]."""

FORMATS_HINT = "Use a WAV, FLAC, OGG, MP3, AIFF or AU file."

_UNKNOWN_FRAMES = 1 << 53  # libsndfile answers 2**63 - 1 for streams that do not say their length
_BLOCK_VALUES = 1 << 18  # frames times channels decoded at once: 1 MiB
_CAREFUL_BLOCK_FRAMES = (
    256  # a block with an error in it is lost, so little at once is then decoded
)
_LARGEST_VALUE = 2.0**32  # above any integer scale somebody stores as float; more is not sound
_OFFSET_REMOVED_FROM = 0.01  # -40 dBFS; a smaller mean is the recording's own
_CANCELLING_POWER = 0.01  # the mix this far (20 dB) below its best channel: they cancel each other


@dataclass(frozen=True, slots=True)
class AudioSource:
    """What a recording is before it is converted.

    Attributes:
        container: libsndfile's name, such as ``WAV``, ``FLAC``, ``MP3``.
        encoding: libsndfile's name, such as ``PCM_16``, ``FLOAT``, ``VORBIS``.
        rate_hz: its own rate.
        channels: mixed into one for the clip.
    """

    container: str
    encoding: str
    rate_hz: int
    channels: int


@dataclass(slots=True)
class Survey:
    """What the first pass over a recording measured.

    Attributes:
        frames: samples per channel that could be decoded.
        sums: shape (channels,); ``squares`` likewise.
        mix_sum: of the channels' average; ``mix_squares`` likewise.
        peak: largest magnitude in any channel.
        bad_values: not-a-number, infinite or absurd values.
        ends_early: the header promised more, or decoding failed on the way.
        block_frames: how much was decoded at once.
    """

    frames: int
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]
    mix_sum: float = 0.0
    mix_squares: float = 0.0
    peak: float = 0.0
    bad_values: int = 0
    ends_early: bool = False
    block_frames: int = 0

    def add(self, block: Samples) -> None:
        """Measure one block of finite values, shape (frames, channels)."""
        # One matrix product gives the power of each channel and of their average.
        products = (block.T @ block).astype(np.float64)
        sums = block.sum(axis=0, dtype=np.float64)
        self.frames += len(block)
        self.sums += sums
        self.squares += np.diagonal(products)
        self.mix_sum += float(sums.mean())
        self.mix_squares += float(products.mean())
        self.peak = max(self.peak, float(block.max(initial=0.0)), -float(block.min(initial=0.0)))

    @property
    def channel(self) -> int | None:
        """The one channel to take where the average would cancel; else None."""
        powers = self.squares / self.frames - np.square(self.sums / self.frames)
        best = int(np.argmax(powers))
        mix_power = self.mix_squares / self.frames - (self.mix_sum / self.frames) ** 2
        return best if mix_power < _CANCELLING_POWER * powers[best] else None

    @property
    def scale(self) -> float:
        """Factor that brings the peak to full scale; 1 where it is not above."""
        return 1.0 / self.peak if self.peak > 1.0 else 1.0

    @property
    def offset(self) -> float:
        """Constant to subtract before scaling; 0 where there is no audible step."""
        channel = self.channel
        mean = (self.mix_sum if channel is None else float(self.sums[channel])) / self.frames
        return mean if abs(mean) * self.scale > _OFFSET_REMOVED_FROM else 0.0

    def notes(self) -> tuple[str, ...]:
        """Return one sentence for each thing that had to be repaired."""
        told = []
        if self.ends_early:
            told.append("The file ends early or is damaged; what could be read was used.")
        if self.bad_values:
            told.append(f"{self.bad_values} impossible sample values were replaced by silence.")
        if self.scale != 1.0:
            told.append("The sound exceeded full scale and was made quieter as a whole.")
        if self.offset:
            told.append("A constant offset was removed.")
        if self.channel is not None:
            told.append(
                f"The channels cancel each other; only channel {self.channel + 1} was used."
            )
        return tuple(told)


def read_header(file: BinaryIO, name: str) -> tuple[AudioSource, int | None]:
    """Return what the file says it is, and its frames where it tells.

    Raises:
        AudioError: ``file_not_audio``, or ``file_damaged`` where the first bytes promised audio.
    """
    with _decoder(file, name) as sound:
        source = AudioSource(sound.format, sound.subtype, sound.samplerate, sound.channels)
        return source, sound.frames if sound.frames < _UNKNOWN_FRAMES else None


def survey(file: BinaryIO, name: str, max_frames: float) -> Survey:
    """Decode everything once and measure it; stops soon after ``max_frames``."""
    with _decoder(file, name) as sound:
        measured, failed = _survey(sound, max_frames, max(1, _BLOCK_VALUES // sound.channels))
    if failed:
        with _decoder(file, name) as sound:
            measured, _ = _survey(sound, max_frames, _CAREFUL_BLOCK_FRAMES)
    wav = find_wav_sound(file)
    if wav is not None and wav.is_cut:
        measured.ends_early = True
    return measured


def render(file: BinaryIO, name: str, measured: Survey, to_hz: int) -> Samples:
    """Decode into one clean channel at ``to_hz``: shape (n,), in [-1, 1]."""
    import soxr  # type: ignore[import-untyped]

    channel, offset, scale = measured.channel, measured.offset, measured.scale
    resampled: list[Samples] = []
    with _decoder(file, name) as sound:
        from_hz = sound.samplerate
        stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")
        for block in _blocks(sound, measured.block_frames):
            values = block.values
            mix = values.mean(axis=1, dtype=np.float64) if channel is None else values[:, channel]
            mono = ((mix - offset) * scale).astype(np.float32)
            resampled.append(mono if from_hz == to_hz else stream.resample_chunk(mono))
        if from_hz != to_hz:
            resampled.append(stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    whole = np.concatenate(resampled)
    # The filter overshoots at clipped peaks, and removing an offset can move a peak out.
    return np.clip(whole, -1.0, 1.0, out=whole)


@contextlib.contextmanager
def _decoder(file: BinaryIO, name: str) -> Iterator[Any]:
    """Open libsndfile at the start of ``file`` for the time of the block."""
    import soundfile

    wav = find_wav_sound(file)
    file.seek(0)
    start = file.read(12)
    file.seek(0)
    try:
        sound = soundfile.SoundFile(cast("BinaryIO", _Reader(file, wav)))
    except soundfile.LibsndfileError as error:
        _log.info("%s: %s", name, error)
        if _promises_audio(start):
            raise AudioError(
                "file_damaged",
                f"{name} is damaged or incomplete, or of a kind that cannot be decoded.",
                f"Record or copy it again. {FORMATS_HINT}",
            ) from error
        raise AudioError(
            "file_not_audio", f"{name} is not a sound file of a known format.", FORMATS_HINT
        ) from error
    with sound:
        yield sound


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Finite values of shape (frames, channels), and how many had to be replaced to make them so."""

    values: Samples
    bad_values: int


def _survey(sound: Any, max_frames: float, block_frames: int) -> tuple[Survey, bool]:
    """Measure, and say whether decoding failed on the way."""
    measured = Survey(0, np.zeros(sound.channels), np.zeros(sound.channels))
    measured.block_frames = block_frames
    failed = False
    try:
        for block in _blocks(sound, block_frames, raising=True):
            measured.add(block.values)
            measured.bad_values += block.bad_values
            if measured.frames > max_frames:
                return measured, False
    except EOFError:
        failed = True
    measured.ends_early = failed or measured.frames < sound.frames < _UNKNOWN_FRAMES
    return measured, failed


def _blocks(sound: Any, block_frames: int, *, raising: bool = False) -> Iterator[_Block]:
    """Yield the recording; a decoding error is its end, told as EOFError when ``raising``."""
    import soundfile

    while True:
        values = np.empty((block_frames, sound.channels), dtype=np.float32)
        try:
            count = sound.buffer_read_into(values.data, dtype="float32")
        except soundfile.LibsndfileError as error:
            _log.info("decoding stopped: %s", error)
            if raising:
                raise EOFError from error
            return
        if count == 0:
            return
        values = values[:count]
        bad = ~(np.abs(values) <= _LARGEST_VALUE)  # put so that not-a-number is bad, too
        values[bad] = 0.0
        yield _Block(values, int(np.count_nonzero(bad)))


def _promises_audio(start: bytes) -> bool:
    """Whether a file's first 12 bytes name a container that libsndfile knows."""
    is_riff = start[:4] in {b"RIFF", b"RF64", b"RIFX"} and start[8:12] in {b"WAVE", b""}
    is_iff = start[:4] == b"FORM" and start[8:12] in {b"AIFF", b"AIFC", b""}
    return is_riff or is_iff or start[:4] in {b"fLaC", b"OggS", b".snd", b"caff"}


class _Reader:
    """What libsndfile reads from, through soundfile.

    It hides the file's name, from which libsndfile would guess a format for any noise; keeps read
    errors (a network drive, a scratched disc) from being printed by the C callback; and shows an
    unfinished WAV with its true size, because libsndfile takes a size of 0 at its word.
    """

    def __init__(self, file: BinaryIO, wav: WavSound | None) -> None:
        self._file = file
        self._patch_at, self._patch = 0, b""
        if wav is not None and wav.is_unfinished:
            self._patch_at, self._patch = wav.size_at, wav.true_size_field

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        with contextlib.suppress(OSError, ValueError):
            return self._file.seek(offset, whence)
        return -1

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:
        try:
            start = self._file.tell()
            content = bytearray(self._file.read(len(buffer)))
        except OSError as error:
            _log.warning("reading stopped: %s", error)
            return 0
        for index, value in enumerate(self._patch, self._patch_at - start):
            if 0 <= index < len(content):
                content[index] = value
        buffer[: len(content)] = content
        return len(content)
