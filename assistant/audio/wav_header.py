"""The sizes a WAV file states, compared with what is there.

Owns the one look into WAV headers that libsndfile does not offer. Deliberately decodes nothing.

Programs that write to a pipe cannot return to fill in the sizes: some leave 0, some 0xFFFFFFFF. libsndfile
reads the second kind to the end and takes the first for empty; and it does not tell when a file was cut.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_NOT_SAID = 0xFFFFFFFF
_CHUNK_HEADER = struct.Struct("<4sI")
_MOST_CHUNKS = 64  # a real file has a handful; bounds the walk through a damaged one


@dataclass(frozen=True, slots=True)
class WavSound:
    """The ``data`` chunk of a WAV file.

    Attributes:
        size_at: position of its size field in the file.
        stated_bytes: what the field says.
        present_bytes: what follows it in the file.
        stated_file_bytes: what the RIFF header says of the whole file.
        file_bytes: how long the file is.
    """

    size_at: int
    stated_bytes: int
    present_bytes: int
    stated_file_bytes: int
    file_bytes: int

    @property
    def is_unfinished(self) -> bool:
        """Whether sound follows although the size was left at 0."""
        sizes_agree = self.stated_file_bytes == self.file_bytes
        return self.stated_bytes == 0 and self.present_bytes > 0 and not sizes_agree

    @property
    def is_cut(self) -> bool:
        """Whether less sound is there than stated."""
        return self.present_bytes < self.stated_bytes != _NOT_SAID

    @property
    def true_size_field(self) -> bytes:
        """The size field as it should be."""
        return struct.pack("<I", min(self.present_bytes, _NOT_SAID - 1))


def find_wav_sound(file: BinaryIO) -> WavSound | None:
    """Return the data chunk of a WAV file, or None where there is none; moves the file position."""
    file_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    header = file.read(12)
    if header[:4] + header[8:] != b"RIFFWAVE":
        return None
    stated_file_bytes = struct.unpack("<I", header[4:8])[0] + 8
    position = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        chunk = file.read(_CHUNK_HEADER.size)
        if len(chunk) < _CHUNK_HEADER.size:
            break
        name, size = _CHUNK_HEADER.unpack(chunk)
        if name == b"data":
            present = file_bytes - position - 8
            return WavSound(position + 4, size, present, stated_file_bytes, file_bytes)
        position += 8 + size + size % 2  # chunks are padded to even lengths
    return None
