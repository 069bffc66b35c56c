"""Reference arrays for the tests, from sentences nobody trained on. Owns their choice and form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import talker_weights
from dimensions import DIMENSIONS
from sentences import read_lines
from speak import Voice

_FRAMES_LEAST = 1500


def write(artefacts: Path, test_sentences: Path) -> None:
    """Write `reference.npz`: texts, their ids, frames a phoneme and tokens; codec vectors; one short sound.

    `vectors` float16 [frames, 81] are what hidden_states carry: padded(vectors)[source] * gain + offset.
    """
    voice = Voice(artefacts)
    source, gain, offset = talker_weights.spread()
    place = np.array([np.flatnonzero(source == number)[0] for number in range(DIMENSIONS)])
    kept: dict[str, np.ndarray] = {"source": source, "gain": gain, "offset": offset}
    vectors, texts = [], []
    for line in read_lines(test_sentences)[::7]:
        text = line.split("\t")[1]
        (sentence,) = voice.front_end.sentences(text)[:1]
        hidden = np.concatenate(list(voice.hidden_states(sentence.ids, 1.0, 0.0)), 1)[0]
        kept[f"ids_{len(texts)}"] = np.array(sentence.ids, np.int64)
        kept[f"tokens_{len(texts)}"] = np.concatenate(list(voice.tokens(text))).astype(np.uint16)
        vectors.append((hidden[:, place] - offset[place]) / gain[place])
        texts.append(text)
        if sum(map(len, vectors)) > _FRAMES_LEAST:
            break
    sound = voice.say("It is late.")
    np.savez_compressed(
        artefacts / "reference.npz", texts=np.array(texts),
        vectors=np.concatenate(vectors).astype(np.float16),
        sound=np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16), **kept,
    )  # fmt: skip


if __name__ == "__main__":
    home = Path(__file__).parents[1]
    write(home / "artefacts", home / "test_sentences.txt")
