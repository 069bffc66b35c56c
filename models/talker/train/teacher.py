"""The teacher's speech: flite's voice slt with its phones' times. Owns synthesis and the questions' rise.

flite (Debian package `flite`, licence like BSD) speaks a question like a statement. A rising question is
therefore spoken twice, at the usual pitch and 6.5 semitones higher, and what the encoder shall imitate goes
over from the first to the second between the last stressed vowel and the end. Both are real speech; the
vocoder learns from each as it is.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import features
import numpy as np
from alignment import SILENCE, align, durations
from dimensions import (
    BASE_PITCH_HZ,
    HOP,
    LEADING_FRAMES,
    PITCH_RANGE_SEMITONES,
    PITCH_SPREAD_HZ,
    QUESTION_RISE_SEMITONES,
    RATE_HZ,
    SEED,
    TRAILING_FRAMES,
)  # fmt: skip

from assistant.speech.phonemes import FIRST_PHONE, RISING, SYMBOLS, FrontEnd, read_lexicon

SHARD = 100
_WORST_COST = 0.07  # of the alignment, for each phone: one clear difference in twenty
_RATE_OF_TEACHER_HZ = 16_000


def speak(text: str, pitch_semitones: float = 0.0) -> tuple[features.F32, list[tuple[str, float]]]:
    """Return flite's speech at 16 kHz and its phones (capitals) with their ends in seconds."""
    import soundfile

    factor = 2 ** (pitch_semitones / 12)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        asked = [
            "flite", "-voice", "slt", "--setf", f"int_f0_target_mean={BASE_PITCH_HZ * factor:.2f}",
            "--setf", f"int_f0_target_stddev={PITCH_SPREAD_HZ * factor:.2f}", "-psdur",
            "-t", text, "-o", file.name,
        ]  # fmt: skip
        done = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603
        audio, rate = soundfile.read(file.name, dtype="float32")
    if rate != _RATE_OF_TEACHER_HZ:
        raise RuntimeError(f"flite's slt speaks at 16 kHz, this one at {rate} Hz")
    phones = [item.rpartition(":") for item in done.stdout.split() if ":" in item]
    return audio, [(name.upper(), float(end)) for name, _, end in phones]


def at_24_khz(audio: features.F32) -> features.F32:
    import soxr

    return soxr.resample(audio, _RATE_OF_TEACHER_HZ, RATE_HZ, "HQ").astype(np.float32)


def heard_words(text: str, front_end: FrontEnd) -> list[tuple[str, list[str]]] | None:
    """Return the words of one sentence with the teacher's phones for each; None where they do not fit."""
    read = front_end.read(text)
    if len(read) != 1:
        return None
    ids = read[0].ids
    said = [name for name, _ in speak(text)[1]]
    places, cost = align([SYMBOLS[i] for i in ids], said)
    if cost / len(said) > 2 * _WORST_COST:
        return None
    word_of, word = [], 0
    for at, symbol in enumerate(ids):
        word += symbol < FIRST_PHONE and at > 0 and ids[at - 1] >= FIRST_PHONE
        word_of.append(word)
    words = read[0].text.lower().split()
    found: list[list[str]] = [[] for _ in words]
    for place, name in zip(places, said, strict=True):
        if name != SILENCE and word_of[place] < len(words):
            found[word_of[place]].append(name)
    return list(zip(words, found, strict=True))


def sentence_items(number: int, text: str, front_end: FrontEnd) -> list[dict]:
    """Return what one sentence gives the encoder, the vocoder, or both; nothing if it aligns badly."""
    read = front_end.read(text)
    if len(read) != 1 or len(read[0].ids) > 220:
        return []
    ids = read[0].ids
    rng = random.Random(f"{SEED}:{number}")
    is_rising = ids[-2] == RISING
    shift = (
        0.0 if rng.random() < 0.5 else rng.uniform(-PITCH_RANGE_SEMITONES, PITCH_RANGE_SEMITONES)
    )
    if is_rising:
        shift = min(shift, 1.5)
    low = _take(text, ids, shift)
    if low is None:
        return []
    common = {"number": number, "ids": list(ids), "durations": low["durations"], "semitones": shift}
    if not is_rising:
        return [common | low | {"encoder": True, "vocoder": True}]
    high = _take(text, ids, shift + QUESTION_RISE_SEMITONES)
    if high is None or high["durations"] != low["durations"]:
        return []
    weight = rise(ids, low["durations"])
    mel = low["mel"] + weight[:, None] * (high["mel"] - low["mel"])
    voiced = (low["pitch"] > 0) & (high["pitch"] > 0)
    bent = np.where(voiced, low["pitch"] + weight * (high["pitch"] - low["pitch"]), low["pitch"])
    wanted = {"mel": mel, "pitch": bent.astype(np.float32), "audio": np.zeros(0, np.float32)}
    return [
        common | low | {"encoder": False, "vocoder": True},
        common | high | {"encoder": False, "vocoder": True},
        common | wanted | {"encoder": True, "vocoder": False},
    ]


def rise(ids: Sequence[int], frames: Sequence[int]) -> features.F32:
    """Return for every frame how far the rise has come, 0 to 1: from the last stressed vowel on, smoothly."""
    stressed = [at for at, i in enumerate(ids) if SYMBOLS[i][-1] in "12"]
    begins = np.concatenate([[0], np.cumsum(frames)])
    last_phone = max(at for at, i in enumerate(ids) if i >= FIRST_PHONE)
    begin = begins[stressed[-1]] if stressed else 0
    end = max(begins[last_phone + 1], begin + 1)
    # Complete before the voice dies away, or the end of it would never be heard.
    along = np.clip((np.arange(begins[-1]) - begin) / (0.6 * (end - begin)), 0, 1)
    return (along * along * (3 - 2 * along)).astype(np.float32)


def _take(text: str, ids: Sequence[int], semitones: float) -> dict | None:
    """Speak, align, cut the silence at both ends and analyse."""
    audio, phones = speak(text, semitones)
    names = [name for name, _ in phones]
    places, cost = align([SYMBOLS[i] for i in ids], names)
    if cost / len(names) > _WORST_COST:
        return None
    frames = durations(len(ids), places, [round(end * RATE_HZ / HOP) for _, end in phones])
    audio = at_24_khz(audio)
    lead = max(frames[0] - LEADING_FRAMES, 0)
    frames[0] -= lead
    silent_end = frames[-1] + frames[-2]
    if ids[-2] >= FIRST_PHONE or names[-1] != SILENCE:
        return None
    # All closing silence belongs to the end mark, so that the last punctuation only colours the voice.
    frames[-2:] = [0, min(silent_end, TRAILING_FRAMES)]
    count = sum(frames)
    audio = audio[lead * HOP : (lead + count) * HOP]
    audio = np.pad(audio, (0, count * HOP - len(audio)))
    near = BASE_PITCH_HZ * 2 ** (semitones / 12)
    return {
        "durations": frames, "audio": audio,
        "mel": features.log_mel(audio, count), "pitch": features.pitch(audio, count, near),
    }  # fmt: skip


def _shard(path: str, numbered: list[tuple[int, str]], lexicon: str) -> int:
    front_end = FrontEnd(read_lexicon(Path(lexicon)), _no_guess)
    items = [item for number, text in numbered for item in sentence_items(number, text, front_end)]
    table = [
        {k: v for k, v in item.items() if k not in {"audio", "mel", "pitch"}} for item in items
    ]
    temporary = Path(path).with_suffix(".part.npz")
    np.savez(
        temporary,
        audio=np.concatenate([np.round(i["audio"] * 32767).astype(np.int16) for i in items]),
        mel=np.concatenate([i["mel"] for i in items]).astype(np.float16),
        pitch=np.concatenate([i["pitch"] for i in items]),
        table=np.array(json.dumps(table)),
    )
    temporary.rename(path)
    return len(items)


def _no_guess(word: str) -> Sequence[str]:
    raise KeyError(f"{word}: training sentences hold words of the lexicon only")


def synthesise(
    sentences: Sequence[str], lexicon: Path, folder: Path, processes: int = 2
) -> list[Path]:
    """Fill `folder` with shards of a hundred sentences; those already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    numbered = list(enumerate(sentences))
    wanted = {
        folder / f"shard_{at // SHARD:04}.npz": numbered[at : at + SHARD]
        for at in range(0, len(numbered), SHARD)
    }
    with ProcessPoolExecutor(processes) as pool:
        jobs = [
            pool.submit(_shard, str(p), texts, str(lexicon))
            for p, texts in wanted.items()
            if not p.exists()
        ]
        for done, job in enumerate(as_completed(jobs), 1):
            job.result()
            if done % 5 == 0 or done == len(jobs):
                print(f"teacher: {done} of {len(jobs)} shards", flush=True)
    return sorted(wanted)
