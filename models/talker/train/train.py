"""The one command: `python models/talker/train/train.py all --work DIR` makes voice and ears from nothing.

Run again it goes on. Owns the order of the stages and where each leaves its result; every stage's work is
done in its own module. A stage whose result is there is not done again. Needs the extra `train` and
Debian's flite, festival, festvox-kallpc16k, festvox-kdlpc16k, festvox-us-slt-hts. `DIR/train.pid` holds the
process group: `kill -STOP -- -$(cat DIR/train.pid)` pauses everything, `-CONT` goes on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent

HOME = HERE.parent
ARTEFACTS = HOME / "artefacts"
LEXICON = ARTEFACTS / "lexicon.txt.gz"
SENTENCES = HOME / "data" / "sentences.txt"
NOISE = (
    HOME.parents[2] / "shared" / "speech" / "manifest.json"
)  # recordings beside the repository, if any
_ASKED_FOR_VARIANTS = 2500  # sentences whose words' variants are listened for


def choose_sentences(_work: Path) -> None:
    import lexicon
    import sentences as texts

    known = lexicon.first_variants(lexicon.read_cmudict())
    sentences = texts.choose(HOME / "test_sentences.txt", known.__contains__)
    SENTENCES.write_text("\n".join(sentences) + "\n", "utf-8")


def make_lexicon(_work: Path) -> None:
    import lexicon
    import teacher
    from sentences import read_lines

    from assistant.speech.phonemes import FrontEnd

    variants = lexicon.read_cmudict()
    front_end = FrontEnd(lexicon.first_variants(variants), teacher._no_guess)  # noqa: SLF001 - one program
    sentences = read_lines(SENTENCES)[:_ASKED_FOR_VARIANTS]
    with ProcessPoolExecutor(2) as pool:
        listen = partial(teacher.heard_words, front_end=front_end)
        heard = [
            pair for pairs in pool.map(listen, sentences, chunksize=100) for pair in pairs or ()
        ]
    chosen = lexicon.preferred(variants, heard)
    ARTEFACTS.mkdir(exist_ok=True)
    lexicon.write(chosen, LEXICON)
    first = lexicon.first_variants(variants)
    print(
        f"lexicon: {len(chosen)} words, {sum(chosen[w] != first[w] for w in chosen)} "
        "not cmudict's first variant"
    )


def synthesise(work: Path) -> None:
    import teacher
    from sentences import read_lines

    teacher.synthesise(read_lines(SENTENCES), LEXICON, work / "teacher")


def make_codec(work: Path) -> None:
    import codec

    codec.fit(work / "teacher", work / "codec.npz")


def learn_to_spell(work: Path) -> None:
    import letters

    letters.fit(LEXICON, work / "letters.pt", ARTEFACTS / "letters.onnx")


def learn(work: Path) -> None:
    """Train encoder and vocoder side by side, one thread each."""
    jobs = [
        subprocess.Popen([sys.executable, "-u", HERE / "fit.py", part, "--work", work])  # noqa: S603
        for part in ("encoder", "vocoder")
    ]
    if sum(job.wait() != 0 for job in jobs):
        raise SystemExit("training failed; see above")


def write_models(work: Path) -> None:
    import export

    export.write(work, ARTEFACTS, work / "graphs")


def say_much(work: Path) -> None:
    """Have many voices say what the ears learn from; ours is one of them."""
    import ears_corpus

    ears_corpus.synthesise(work / "ears", work / "graphs")


def learn_to_hear(work: Path) -> None:
    import ears_fit

    ears_fit.fit(work, ears_fit.STEPS, NOISE if NOISE.exists() else None)


def join(work: Path) -> None:
    """Make one file of the four roles, and the arrays the tests compare with."""
    import core
    import ears_export
    import reference

    ears_export.write(work, work / "graphs")
    core.write(work / "graphs", ARTEFACTS / "audio_core.onnx")
    ears_export.write_reference(work, ARTEFACTS / "ears_reference.npz")
    reference.write(ARTEFACTS, HOME / "test_sentences.txt")


def judge(work: Path) -> None:
    import evaluate

    evaluate.run(work, ARTEFACTS)


def judge_ears(work: Path) -> None:
    import ears_evaluate

    ears_evaluate.run(work, NOISE if NOISE.exists() else None)


STAGES: dict[str, Callable[[Path], None]] = {
    "text": choose_sentences,
    "lexicon": make_lexicon,
    "teacher": synthesise,
    "codec": make_codec,
    "learn": learn,
    "letters": learn_to_spell,
    "export": write_models,
    "speakers": say_much,
    "hear": learn_to_hear,
    "core": join,
    "evaluate": judge,
    "evaluate ears": judge_ears,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stage", choices=["all", *STAGES], nargs="+")
    parser.add_argument("--work", type=Path, required=True, help="for what the stages leave; 2 GB")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    (args.work / "train.pid").write_text(f"{os.getpgrp()}\n")
    is_all = "all" in args.stage
    if is_all and SENTENCES.exists():
        # Kept, because choosing anew needs Debian packages and gives other sentences where they changed.
        (args.work / "text.done").touch()
    for name in STAGES if is_all else args.stage:
        done = args.work / f"{name}.done"
        if is_all and done.exists():
            print(f"{name}: done before", flush=True)
            continue
        begin = time.monotonic()
        STAGES[name](args.work)
        done.touch()
        print(f"{name}: done in {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
