"""Judges the voice on the eighty test sentences. Owns the comparison, not the recogniser.

That is pocketsphinx with its general English model, the same for every kind of sound: the teacher's, the
vocoder's on the teacher's true tokens, and the whole chain's from text by the kept ONNX files. Words are
compared as spoken (numbers in words, no punctuation).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from sentences import read_lines

from assistant.speech.normalize import normalize
from assistant.speech.word_errors import spoken_words, word_errors

TEST = Path(__file__).parents[1] / "test_sentences.txt"
KINDS = ("teacher", "teacher as it comes", "vocoder on true tokens", "chain")


Row = tuple[
    str, str, str, str, int, int
]  # kind of sound, kind of sentence, text, heard, errors, words


@cache
def _decoder():
    import pocketsphinx

    return pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")


def recognise(audio_16k: np.ndarray) -> str:
    decoder = _decoder()
    quiet = np.zeros(3200, np.float32)
    audio = np.concatenate([quiet, audio_16k / max(np.abs(audio_16k).max(), 1e-3) * 0.5, quiet])
    decoder.start_utt()
    decoder.process_raw(np.round(audio * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found else ""


def test_sentences() -> list[tuple[str, str]]:
    return [tuple(line.split("\t")) for line in read_lines(TEST)]


def teacher_sound(text: str) -> np.ndarray:
    """Return the teacher's 16 kHz sound as the training used it; one breath at a sentence end, as it is."""
    import teacher

    return teacher.speak(normalize(text))[0]


def plain_teacher_sound(text: str) -> np.ndarray:
    """Return flite's own default voice."""
    import subprocess
    import tempfile

    import soundfile

    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        asked = ["flite", "-voice", "slt", "-t", normalize(text), "-o", file.name]
        subprocess.run(asked, check=True)  # noqa: S603 - one of our own sentences
        return soundfile.read(file.name, dtype="float32")[0]


def resynthesised(text: str, voice, codec) -> np.ndarray:
    """Return the vocoder's sound of the teacher's own tokens, by the kept file."""
    import features
    import teacher
    from dimensions import BASE_PITCH_HZ, HOP

    audio = teacher.at_24_khz(teacher_sound(text))
    count = len(audio) // HOP
    vectors = codec.vectors(
        features.log_mel(audio, count), features.pitch(audio, count, BASE_PITCH_HZ)
    )
    centroids = codec.centroids
    half = (centroids**2).sum(1) / 2
    ids = (half - vectors @ centroids.T).argmin(1)
    return np.concatenate(list(voice.sound(iter([ids]))))


def to_16_khz(audio: np.ndarray) -> np.ndarray:
    import soxr

    return soxr.resample(audio, 24_000, 16_000, "HQ").astype(np.float32)


def _score(job: tuple[str, str, str, np.ndarray]) -> Row:
    kind, group, text, audio = job
    heard = recognise(audio)
    wanted = spoken_words(normalize(text))
    return kind, group, text, heard, word_errors(wanted, spoken_words(heard)), len(wanted)


def sounds(
    work: Path, artefacts: Path, kinds: Iterable[str]
) -> Iterable[tuple[str, str, str, np.ndarray]]:
    import codec as codec_module
    import soundfile
    from speak import Voice

    voice = Voice(artefacts)
    codec = codec_module.load(work / "codec.npz")
    folder = work / "sounds"
    folder.mkdir(exist_ok=True)
    makers = {
        "teacher": teacher_sound, "teacher as it comes": plain_teacher_sound,
        "vocoder on true tokens": lambda text: to_16_khz(resynthesised(text, voice, codec)),
        "chain": lambda text: to_16_khz(voice.say(text)),
    }  # fmt: skip
    for kind in kinds:
        for number, (group, text) in enumerate(test_sentences()):
            audio = makers[kind](text)
            soundfile.write(folder / f"{number:02} {kind}.wav", audio, 16_000)
            yield kind, group, text, audio


def run(work: Path, artefacts: Path, kinds: Iterable[str] = KINDS) -> None:
    """Judge some kinds of sound; those judged before (`evaluation.json`) stay in the table."""
    begin = time.monotonic()
    kept = work / "evaluation.json"
    results: dict[str, list[Row]] = json.loads(kept.read_text()) if kept.exists() else {}
    with ProcessPoolExecutor(2) as pool:
        new = list(pool.map(_score, sounds(work, artefacts, kinds), chunksize=4))
    for kind in kinds:
        results[kind] = [row for row in new if row[0] == kind]
    kept.write_text(json.dumps(results, indent=1))
    text = table(results)
    (work / "evaluation.md").write_text(text)
    print(f"{text}evaluate: {time.monotonic() - begin:.0f} s", flush=True)


def table(results: dict[str, list[Row]]) -> str:
    """Return word errors in percent of the words, a row a kind of sound, a column a kind of sentence.

    The last column is the difference from the teacher with its standard error (bootstrap over sentences).
    """
    groups = [*dict.fromkeys(row[1] for rows in results.values() for row in rows), "all"]
    lines = [
        "| | " + " | ".join([*groups, "above the teacher"]) + " |",
        "|---" * (len(groups) + 2) + "|",
    ]
    rng = np.random.default_rng(0)
    for kind in sorted(results, key=KINDS.index):
        counts = np.array([row[4:] for row in results[kind]])
        members = {group: [group in (row[1], "all") for row in results[kind]] for group in groups}
        shares = [100 * np.divide(*counts[members[group]].sum(0)) for group in groups]
        more = counts[:, 0] - np.array([row[4] for row in results[KINDS[0]]])
        draws = rng.integers(0, len(more), (2000, len(more)))
        spread = 100 * (more[draws].sum(1) / counts[draws, 1].sum(1)).std()
        share = 100 * more.sum() / counts[:, 1].sum()
        lines.append(
            f"| {kind} | "
            + " | ".join(f"{s:.1f}" for s in shares)
            + f" | {share:.1f} ± {spread:.1f} |"
        )
    return "\n".join(lines) + "\n"


def question_rises(artefacts: Path) -> str:
    """Return how the test's yes-or-no questions end, in semitones above their median; as statements, too."""
    import features
    from dimensions import BASE_PITCH_HZ, HOP
    from speak import Voice

    from assistant.speech.phonemes import RISING

    voice = Voice(artefacts)
    ends: dict[str, list[float]] = {"?": [], ".": []}
    for group, text in test_sentences():
        if group == "question" and voice.front_end.sentences(text)[0].ids[-2] == RISING:
            for mark, several in ends.items():
                audio = voice.say(text.rstrip("?") + mark)
                pitch = features.pitch(audio, len(audio) // HOP, BASE_PITCH_HZ * 1.2)
                voiced = pitch[pitch > 0]
                several.append(12 / np.log(2) * float(voiced[-8:].mean() - np.median(voiced)))
    asked, stated = (np.array(several) for several in ends.values())
    return (
        f"{len(asked)} questions end {asked.mean():+.1f} semitones from their median "
        f"({asked.min():+.1f} to {asked.max():+.1f}), the same words as statements {stated.mean():+.1f}"
    )


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--artefacts", type=Path, default=TEST.parent / "artefacts")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    args = parser.parse_args()
    run(args.work, args.artefacts, args.kinds)
    print(question_rises(args.artefacts))
