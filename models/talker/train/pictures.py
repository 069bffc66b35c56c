"""Draws the spectrograms of `docs/talker.png`: teacher, vocoder on true tokens, whole chain. Owns drawing.

`python pictures.py SOUNDS OUTPUT.png [NUMBER]`, SOUNDS being the folder that `evaluate.py` filled.
"""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KINDS = ("teacher", "vocoder on true tokens", "chain")
_GAP = 6


def spectrogram(audio: NDArray[np.float32], columns: int, rows: int = 150) -> NDArray[np.uint8]:
    """Return [rows, columns], dark where there is sound: 0 to 8 kHz upwards, 5 ms a column, 60 dB."""
    padded = np.pad(audio, (256, 512 + 80 * columns))
    blocks = np.lib.stride_tricks.sliding_window_view(padded, 512)[: columns * 80 : 80]
    level = 20 * np.log10(np.abs(np.fft.rfft(blocks * np.hanning(512), 1024)[:, :512]) + 1e-4)
    bands = level.reshape(columns, 512)[:, np.linspace(0, 511, rows).round().astype(int)]
    return (255 * (1 - np.clip((bands - 25 + 60) / 60, 0, 1))).astype(np.uint8).T[::-1]


def write_png(path: Path, grey: NDArray[np.uint8]) -> None:
    """Write an image [height, width] of grey levels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    height, width = grey.shape
    lines = b"".join(b"\0" + row.tobytes() for row in grey)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )


def main() -> None:
    import soundfile

    folder, target, number = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    sounds = [
        soundfile.read(folder / f"{number:02} {kind}.wav", dtype="float32")[0] for kind in KINDS
    ]
    # The teacher waits 0.22 s before it speaks, the chain 0.06 s.
    sounds = [sound[int(np.flatnonzero(np.abs(sound) > 0.02)[0]) :] for sound in sounds]
    columns = max(len(sound) // 80 for sound in sounds)
    rows = [spectrogram(sound, columns) for sound in sounds]
    gap = np.full((_GAP, columns), 255, np.uint8)
    write_png(target, np.concatenate([part for row in rows for part in (row, gap)][:-1]))


if __name__ == "__main__":
    main()
