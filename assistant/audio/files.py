"""Recordings in files: any usual format in, 16-bit WAV out.

Owns the border to files somebody else made, where anything can be wrong; every fault becomes one
:class:`~assistant.errors.AudioError`. Deliberately plays nothing, and decodes nothing itself
(``decoding.py`` does).

Codes, all with exit code 4. Reading: ``file_missing``, ``file_unreadable`` (a folder, a device, no
permission), ``file_empty`` (no sound in it), ``file_not_audio``, ``file_damaged`` (a known format that
cannot be decoded), ``file_rate_unsupported``, ``file_too_long``, ``file_too_short``. Writing:
``file_unwritable``, ``disk_full``. Silence is no error: see :attr:`AudioClip.is_silent`.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

import numpy as np

from assistant.audio.bounds import speech_bounds
from assistant.audio.decoding import AudioSource, Samples, Survey, read_header, render, survey
from assistant.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["AudioClip", "AudioSource", "Samples", "read_audio", "speech_bounds", "write_wav"]

RATE_RANGE_HZ = (4000, 192000)
"""Rates below carry no speech, rates above are no usual recording (a damaged header, mostly)."""

_SILENT_RMS = 0.001  # -60 dBFS
_SILENCE_FRAME_MS = 20
_MINUTES_FROM_S = 120


@dataclass(frozen=True, slots=True, eq=False)
class AudioClip:
    """A whole recording in memory.

    Attributes:
        samples: mono float32, shape (n,), in [-1, 1], read-only.
        rate_hz: rate of ``samples``.
        source: what the file held.
        notes: sentences on what had to be repaired; empty for a sound file.
    """

    samples: Samples
    rate_hz: int
    source: AudioSource
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        return self.samples.size / self.rate_hz

    @property
    def is_silent(self) -> bool:
        """Whether even the loudest 20 ms have an RMS below -60 dBFS."""
        frame = max(1, self.rate_hz * _SILENCE_FRAME_MS // 1000)
        padded = np.pad(self.samples, (0, -self.samples.size % frame)).reshape(-1, frame)
        powers = np.mean(np.square(padded), axis=1)
        return bool(np.max(powers, initial=0.0) < _SILENT_RMS**2)


def read_audio(
    path: str | os.PathLike[str],
    rate_hz: int = 16000,
    *,
    max_seconds: float = 600.0,
    min_seconds: float = 0.1,
) -> AudioClip:
    """Return the recording as one clean mono channel at ``rate_hz``.

    Channels are averaged, unless they cancel each other (a balanced microphone on a stereo jack):
    then the loudest is taken. Not-a-number, infinite and absurd samples become 0; floats beyond
    [-1, 1] are scaled down as a whole; a constant offset above 0.01 is removed; a file that ends early
    is used as far as it goes. ``notes`` tells of each. The file is decoded in blocks, twice (first to
    measure it), so memory holds about twice the result; a file that is too long is refused from its
    header, or, where that does not tell, when the limit is reached.

    Raises:
        AudioError: with the codes of the module docstring.
    """
    name = _shown(path)
    with _opened(path, name) as file:
        source, frames = read_header(file, name)
        _require_rate(source, name)
        max_frames = max_seconds * source.rate_hz
        if frames is not None and frames > max_frames:
            raise _too_long(f"{name} lasts {_duration(frames / source.rate_hz)}", max_seconds)
        measured = survey(file, name, max_frames)
        if measured.frames > max_frames:
            raise _too_long(f"{name} is too long", max_seconds)
        _require_sound(measured, source, name, min_seconds)
        samples = render(file, name, measured, rate_hz)
    samples.flags.writeable = False
    return AudioClip(samples, rate_hz, source, measured.notes())


def write_wav(path: str | os.PathLike[str], samples: Samples, rate_hz: int) -> None:
    """Have the samples in a 16-bit mono WAV file at ``path``, whole or not at all.

    A temporary file beside it takes its place only when complete. Devices (``/dev/null``) are written
    to directly. Samples beyond [-1, 1] are clipped, not-a-number becomes 0.

    Args:
        path: the folder must exist; an existing file is replaced, a link's target likewise.
        samples: mono float32, shape (n,).
        rate_hz: their rate.

    Raises:
        AudioError: ``file_unwritable`` or ``disk_full``.
    """
    bounded = np.clip(np.nan_to_num(samples, nan=0.0), -1.0, 1.0)
    pcm = np.minimum(np.rint(bounded * 32768), 32767).astype("<i2")
    encoded = io.BytesIO()
    with wave.open(encoded, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(pcm.tobytes())
    try:
        _replace(Path(os.path.realpath(path)), encoded.getvalue())
    except (OSError, ValueError) as error:
        raise _write_error(error, _shown(path)) from error


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str], name: str) -> Iterator[BinaryIO]:
    """Open the file for the time of the block, telling its faults; never blocks on a pipe."""
    try:
        status = _status(path)
        if stat.S_ISDIR(status.st_mode):
            raise AudioError(
                "file_unreadable", f"{name} is a folder, not a file.", "Name one file in it."
            )
        if not stat.S_ISREG(status.st_mode):
            raise AudioError(
                "file_unreadable",
                f"{name} is a device or pipe, not an ordinary file.",
                "Save the recording to a file first.",
            )
        if status.st_size == 0:
            raise AudioError("file_empty", f"{name} is empty.", "Record it again.")
        with Path(path).open("rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AudioError(
            "file_missing", f"{name} does not exist.", "Check the spelling and the folder."
        ) from error
    except PermissionError as error:
        raise AudioError(
            "file_unreadable",
            f"You are not allowed to read {name}.",
            "Change its permissions, or copy it to a folder of yours.",
        ) from error
    except OSError as error:
        raise AudioError(
            "file_unreadable", f"{name} cannot be read.", "Check its name and where it lies."
        ) from error


def _status(path: str | os.PathLike[str]) -> os.stat_result:
    try:
        return Path(path).stat()
    except ValueError as error:
        # A NUL in the name: no file can be called so.
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from error


def _require_rate(source: AudioSource, name: str) -> None:
    low, high = RATE_RANGE_HZ
    if not low <= source.rate_hz <= high:
        raise AudioError(
            "file_rate_unsupported",
            f"{name} has {source.rate_hz} samples per second; {low} to {high} can be used.",
            "Convert it to 16000 samples per second.",
        )


def _too_long(problem: str, max_seconds: float) -> AudioError:
    return AudioError(
        "file_too_long",
        f"{problem}; at most {_duration(max_seconds)} can be used.",
        "Cut it into shorter files.",
    )


def _require_sound(measured: Survey, source: AudioSource, name: str, min_seconds: float) -> None:
    if measured.frames == 0 and measured.ends_early:
        raise AudioError(
            "file_damaged", f"{name} is damaged: no sound in it can be decoded.", "Record it again."
        )
    if measured.frames == 0:
        raise AudioError("file_empty", f"{name} contains no sound.", "Record it again.")
    seconds = measured.frames / source.rate_hz
    if seconds < min_seconds:
        raise AudioError(
            "file_too_short",
            f"{name} lasts only {seconds * 1000:.1f} ms; at least {min_seconds * 1000:g} ms are needed.",
            "Record it again, and speak before stopping.",
        )


def _replace(target: Path, content: bytes) -> None:
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        target.write_bytes(content)
        return
    partial = target.with_name(f".{uuid4().hex}.part")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def _write_error(error: OSError | ValueError, name: str) -> AudioError:
    number = error.errno if isinstance(error, OSError) else None
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return AudioError(
            "disk_full", f"There is no room left to write {name}.", "Free some space and try again."
        )
    if number in {errno.ENOENT, errno.ENOTDIR}:
        problem, hint = (
            f"The folder for {name} does not exist.",
            "Create it, or choose another one.",
        )
    elif number == errno.EISDIR:
        problem, hint = f"{name} is a folder.", "Give the name of a file in it."
    elif number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        problem, hint = f"You are not allowed to write {name}.", "Choose a folder of yours."
    else:
        problem, hint = f"{name} cannot be written.", "Choose another name or folder."
    return AudioError("file_unwritable", problem, hint)


def _duration(seconds: float) -> str:
    if seconds < _MINUTES_FROM_S:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes"


def _shown(path: str | os.PathLike[str]) -> str:
    """Return the path in one printable line, whatever characters it has."""
    text = os.fspath(path)
    return "".join(character if character.isprintable() else "?" for character in text) or "''"
