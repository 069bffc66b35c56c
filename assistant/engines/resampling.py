"""From a voice's own sample rate to the loudspeaker's, block by block.

Owns that conversion for voices that give floats. Deliberately buffers no more than the filter needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assistant.engines.base import Samples

OUTPUT_HZ = 24_000
"""Rate of everything a synthesiser here gives out."""


def resampled(blocks: Iterable[Samples], from_hz: int, to_hz: int = OUTPUT_HZ) -> Iterator[Samples]:
    """Yield the blocks at ``to_hz``; together they equal the resampling of the whole at once."""
    if from_hz == to_hz:
        yield from blocks
        return
    import soxr  # type: ignore[import-untyped]

    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")
    for block in blocks:
        chunk = stream.resample_chunk(block)
        if chunk.size:
            yield chunk
    tail = stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
    if tail.size:
        yield tail
