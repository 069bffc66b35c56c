"""Judges the ears: on voices never trained on, and on people. Owns the tables, `WORK/ears_evaluation.md`.

    python ears_evaluate.py --work DIR [--manifest MANIFEST]

Both go through the program's own engine with the kept files, chunk by chunk. The people's recordings are
those of `assistant bench asr`; PocketSphinx, the starter's recogniser, hears everything too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ears_corpus
import ears_voices
import numpy as np
from dimensions import SEED
from ears_features import F32, RATE_HZ

HERE = Path(__file__).parent
ARTEFACTS = HERE.parent / "artefacts"
SPHINX = HERE.parents[1] / "sphinx" / "artefacts"
FILES = {
    "audio_core.onnx": ARTEFACTS / "audio_core.onnx",
    "mixed.lm.bin": SPHINX / "mixed.lm.bin",
    "words.dict": SPHINX / "words.dict",
}
_NOISE_DB = 15.0


def sounds(work: Path) -> list[dict[str, Any]]:
    """Return text, kind, voice and file of each held-out sentence; speaks those not spoken yet."""
    import soundfile

    folder = work / "held_out"
    folder.mkdir(parents=True, exist_ok=True)
    said = ears_corpus.held_out()
    half = ears_corpus.HELD_OUT_SENTENCES // 2
    files = [folder / f"{at:03}.wav" for at in range(len(said))]
    if not all(file.exists() for file in files):
        rng = np.random.default_rng(SEED)
        for file, sound in zip(files, ears_voices.speak(said), strict=True):
            soundfile.write(file, ears_corpus.prepared(sound, rng, distort=False), RATE_HZ)
    return [
        {"text": text, "kind": "asked" if at < half else "prose", "file": file,
         "voice": "festival ked" if manner.program == "festival" else "espeak-ng"}
        for at, ((text, manner), file) in enumerate(zip(said, files, strict=True))
    ]  # fmt: skip


def noisy(audio: F32, seed: int) -> F32:
    """Return it in noise whose power falls with frequency, as in a room, 15 dB below the speech."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(len(audio)))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), len(spectrum) // 200 + 1))
    noise = np.fft.irfft(spectrum, len(audio))
    noise *= np.sqrt((audio**2).mean() / (noise**2).mean()) * 10 ** (-_NOISE_DB / 20)
    return (audio + noise).astype(np.float32)


def open_ears(**options: Any) -> Any:
    from assistant.engines.ears import EarsRecognizer

    return EarsRecognizer(FILES, **options)


def open_sphinx() -> Any:
    from assistant.engines.pocketsphinx import PocketsphinxRecognizer

    return PocketsphinxRecognizer("mixed", FILES["mixed.lm.bin"], FILES["words.dict"])


def recognise(engine: Any, audio: F32) -> str:
    stream = engine.open()
    for at in range(0, len(audio), RATE_HZ // 10):
        stream.feed(audio[at : at + RATE_HZ // 10])
    return stream.finish().text


def of_voices(
    work: Path, engine: Any, change: Callable[[F32, int], F32] | None = None
) -> dict[str, float]:
    """Return word errors in % by kind of sentence, by synthesiser, and of all."""
    import soundfile

    from assistant.speech.word_errors import spoken_words, word_errors

    counts: dict[str, list[int]] = {}
    for at, row in enumerate(sounds(work)):
        audio, _ = soundfile.read(row["file"], dtype="float32")
        heard = recognise(engine, change(audio, at) if change else audio)
        wanted = spoken_words(row["text"])
        wrong = word_errors(wanted, spoken_words(heard))
        for name in (row["kind"], row["voice"], "all"):
            found = counts.setdefault(name, [0, 0])
            found[0] += wrong
            found[1] += len(wanted)
    return {name: round(100 * wrong / words, 1) for name, (wrong, words) in sorted(counts.items())}


def of_people(manifest: Path, engine: Any) -> tuple[dict[str, float], float, list[dict[str, str]]]:
    """Return word errors in % by kind of recording, processor seconds a second, and what was heard."""
    from assistant.bench.asr import figures, measure, read_manifest

    report = measure(read_manifest(manifest), engine)
    heard = [
        {"kind": r.row, "said": r.clip.transcript, "heard": r.text, "file": r.clip.path.name}
        for r in report.results
    ]
    wers = {kind: round(100 * found.wer, 1) for kind, found in report.by_kind().items()}
    return wers, figures(report.results).rtf, heard


def table(rows: Iterable[tuple[str, dict[str, float]]]) -> str:
    rows = list(rows)
    kinds = list(rows[0][1])
    lines = ["| | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(f"{found[k]:.1f}" for k in kinds) + " |" for name, found in rows
    ]
    return "\n".join(lines)


def run(work: Path, manifest: Path | None) -> None:
    engines = {"ears": open_ears(), "PocketSphinx": open_sphinx()}
    voices = [(name, of_voices(work, engine)) for name, engine in engines.items()]
    voices += [
        (f"{name}, noise at 15 dB", of_voices(work, engine, noisy))
        for name, engine in engines.items()
    ]
    text = f"Held-out synthetic voices, word errors in %\n\n{table(voices)}\n"
    if manifest is not None:
        people = {name: of_people(manifest, engine) for name, engine in engines.items()}
        rows = [
            (name, found | {"rtf x 100": 100 * rtf}) for name, (found, rtf, _) in people.items()
        ]
        text += f"\nPeople, word errors in %\n\n{table(rows)}\n"
        kept = {name: heard for name, (_, _, heard) in people.items()}
        (work / "ears_heard.json").write_text(json.dumps(kept, indent=1), "utf-8")
    (work / "ears_evaluation.md").write_text(text, "utf-8")
    print(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--manifest", type=Path)
    args = parser.parse_args()
    run(args.work, args.manifest)


if __name__ == "__main__":
    main()
