"""The teacher's shards as arrays in memory. Owns their reading and the split; analyses nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from dimensions import HOP
from numpy.typing import NDArray

HELD_OUT_EVERY = 80  # sentences; the eighty test sentences are not in the shards at all


@dataclass(frozen=True, slots=True)
class Corpus:
    """Items one after the other.

    Attributes:
        items: dictionaries as `teacher.sentence_items` makes them, with `at` (first frame) and `sample`
            (first sample).
        mel: float16 [frames, 80].
        pitch: float32 [frames], log Hz, 0 where voiceless.
        audio: int16 [samples], only of the items the vocoder learns from.
    """

    items: list[dict]
    mel: NDArray[np.float16]
    pitch: NDArray[np.float32]
    audio: NDArray[np.int16]

    def chosen(self, purpose: str, held_out: bool) -> list[dict]:
        """Return the items for a purpose, `encoder` or `vocoder`."""
        return [
            i for i in self.items if i[purpose] and (i["number"] % HELD_OUT_EVERY == 0) == held_out
        ]


def read(folder: Path, with_audio: bool = True) -> Corpus:
    items, mels, pitches, audios, frame, sample = [], [], [], [], 0, 0
    for path in sorted(folder.glob("shard_????.npz")):
        with np.load(path) as shard:
            mels.append(shard["mel"])
            pitches.append(shard["pitch"])
            audios.append(shard["audio"] if with_audio else np.zeros(0, np.int16))
            for item in json.loads(str(shard["table"])):
                count = sum(item["durations"])
                items.append(item | {"at": frame, "sample": sample, "frames": count})
                frame += count
                sample += count * HOP * item["vocoder"]
    return Corpus(items, np.concatenate(mels), np.concatenate(pitches), np.concatenate(audios))
