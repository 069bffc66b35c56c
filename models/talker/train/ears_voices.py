"""Free synthesisers as speakers: flite, festival, espeak-ng, our own chain. Owns who says a sentence and how.

Every sentence gets a voice, a rate, a pitch and a length of the vocal tract drawn from its number, so that a
shard can be made again alone. Needs Debian's flite, festival, festvox-kallpc16k, festvox-kdlpc16k and
festvox-us-slt-hts (licences like BSD); espeak-ng comes with the program.
"""

from __future__ import annotations

import functools
import math
import random
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ears_features import F32, RATE_HZ

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
GRAPHS: list[Path | None] = [None]  # where our chain's roles are before there is a core

# Mean and spread of the pitch in Hz that each voice has about by itself.
FLITE = {"slt": (174.0, 30.0), "awb": (130.0, 22.0), "rms": (105.0, 18.0), "kal16": (105.0, 14.0)}
FESTIVAL = {"slt-hts": "voice_cmu_us_slt_arctic_hts", "kal": "voice_kal_diphone"}
HELD_OUT_FESTIVAL = {"ked": "voice_ked_diphone"}
ESPEAK_ACCENTS = {
    "gmw/en-US": 6, "gmw/en": 3, "gmw/en-GB-x-rp": 2, "gmw/en-GB-scotland": 1, "gmw/en-US-nyc": 1,
    "gmw/en-GB-x-gbcwmd": 1, "gmw/en-GB-x-gbclan": 1, "gmw/en-029": 1,
}  # fmt: skip
ESPEAK = tuple(
    (  # noqa: SIM905 - easier to read
        "Alex Alicia Andrea Annie Denis Diogo Gene Henrique Hugo Jacky Lee Marco Mario Mike Nguyen "
        "Reed adam anika announcer antonio aunty belinda benjamin boris caleb david ed edward2 f1 "
        "f3 f4 f5 gustave ian iven iven2 iven3 john kaukovalta klatt klatt2 klatt4 klatt5 m1 m2 m4 "
        "m5 m6 m7 m8 marcelo max michel miguel mike2 norbert pablo paul pedro quincy robert sandro "
        "shelby steph steph3 travis victor zac whisper"
    ).split()
)
HELD_OUT_ESPEAK = "f2 m3 Andy Michael klatt3 edward linda rob steph2 grandma".split()  # noqa: SIM905

WEIGHTS = {"flite": 0.50, "festival": 0.08, "espeak": 0.38, "ours": 0.04}


@dataclass(frozen=True, slots=True)
class Manner:
    """How one sentence is said.

    Attributes:
        program: ``flite``, ``festival``, ``espeak`` or ``ours``.
        voice: its voice.
        accent: espeak-ng's language file.
        rate: 1 = the voice's own.
        semitones: against the voice's own pitch.
        tract: factor on all resonances, as by a shorter or longer vocal tract.
    """

    program: str
    voice: str
    accent: str
    rate: float
    semitones: float
    tract: float


def draw(rng: random.Random) -> Manner:
    """Return how a training sentence is said."""
    program = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    voice = {
        "flite": lambda: rng.choices(list(FLITE), [3, 3, 3, 1])[0],
        "festival": lambda: rng.choice(list(FESTIVAL)),
        "espeak": lambda: rng.choice(ESPEAK),
        "ours": lambda: "sarai",
    }[program]()
    tract = math.exp(rng.gauss(0, 0.1)) if rng.random() < 0.75 else 1.0
    return Manner(
        program, voice, _accent(rng), math.exp(rng.gauss(-0.03, 0.16)), rng.gauss(0, 3),
        min(max(tract, 0.8), 1.28),
    )  # fmt: skip


def draw_held_out(rng: random.Random) -> Manner:
    """Return how a sentence is said by a voice that is never trained on: as it comes, without distortion."""
    if rng.random() < 0.4:
        return Manner("festival", "ked", "", 1.0, 0.0, 1.0)
    return Manner("espeak", rng.choice(HELD_OUT_ESPEAK), _accent(rng), 1.0, 0.0, 1.0)


def _accent(rng: random.Random) -> str:
    return rng.choices(list(ESPEAK_ACCENTS), list(ESPEAK_ACCENTS.values()))[0]


def speak(numbered: Sequence[tuple[str, Manner]]) -> list[F32]:
    """Return what is heard of each sentence, at 16 kHz, nothing where a voice fails."""
    out: list[F32] = [np.zeros(0, np.float32)] * len(numbered)
    festival = [at for at, (_, manner) in enumerate(numbered) if manner.program == "festival"]
    for voice in {numbered[at][1].voice for at in festival}:
        chosen = [at for at in festival if numbered[at][1].voice == voice]
        for at, sound in zip(
            chosen, _festival(voice, [numbered[at] for at in chosen]), strict=True
        ):
            out[at] = sound
    for at, (text, manner) in enumerate(numbered):
        if manner.program != "festival":
            out[at] = _ONE_BY_ONE[manner.program](text, manner)
    return [_shifted(sound, manner) for sound, (_, manner) in zip(out, numbered, strict=True)]


def _shifted(sound: F32, manner: Manner) -> F32:
    """Play it faster by `tract`: resonances rise; rate and pitch were asked for lower by as much before."""
    import soxr

    if manner.tract == 1.0 or not len(sound):
        return sound
    return soxr.resample(sound, RATE_HZ * manner.tract, RATE_HZ, "HQ").astype(np.float32)


def _stretch(manner: Manner) -> float:
    return manner.tract / manner.rate


def _pitch_factor(manner: Manner) -> float:
    return 2 ** (manner.semitones / 12) / manner.tract


def _flite(text: str, manner: Manner) -> F32:
    mean, spread = FLITE[manner.voice]
    factor = _pitch_factor(manner)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        asked = [
            "flite", "-voice", manner.voice, "--setf", f"int_f0_target_mean={mean * factor:.2f}",
            "--setf", f"int_f0_target_stddev={spread * factor:.2f}",
            "--setf", f"duration_stretch={_stretch(manner):.3f}", "-t", text, "-o", file.name,
        ]  # fmt: skip
        subprocess.run(asked, capture_output=True, check=True)  # noqa: S603
        return _read(Path(file.name))


def _festival(voice: str, numbered: Sequence[tuple[str, Manner]]) -> list[F32]:
    name = (FESTIVAL | HELD_OUT_FESTIVAL)[voice]
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"({name})"]
        for at, (text, manner) in enumerate(numbered):
            plain = text.replace('"', " ").replace("\\", " ")
            lines += [
                f"(Parameter.set 'Duration_Stretch {_stretch(manner):.3f})",
                f'(set! u (utt.synth (Utterance Text "{plain}")))',
                f'(utt.save.wave u "{folder}/{at}.wav" \'riff)',
            ]
        script = Path(folder) / "say.scm"
        script.write_text("\n".join(lines), "utf-8")
        subprocess.run(["festival", "-b", str(script)], capture_output=True, check=False)  # noqa: S603, S607
        paths = [Path(folder) / f"{at}.wav" for at in range(len(numbered))]
        return [_read(path) if path.is_file() else np.zeros(0, np.float32) for path in paths]


def _read(path: Path) -> F32:
    import soundfile
    import soxr

    try:
        audio, rate = soundfile.read(path, dtype="float32")
    except soundfile.LibsndfileError:
        return np.zeros(0, np.float32)
    return (
        audio if rate == RATE_HZ else soxr.resample(audio, rate, RATE_HZ, "HQ").astype(np.float32)
    )


@functools.cache
def _espeak_library() -> Any:
    from assistant.engines.espeak_library import EspeakLibrary

    return EspeakLibrary()


def _espeak(text: str, manner: Manner) -> F32:
    import soxr

    from assistant.engines.base import CancelToken
    from assistant.engines.espeak_library import PARAMETER_PITCH, PARAMETER_RATE

    library = _espeak_library()
    identifier = f"{manner.accent}+{manner.voice}".encode()
    if library._functions.espeak_SetVoiceByName(identifier) != 0:  # noqa: SLF001 - variants are not offered to users
        raise ValueError(f"espeak-ng has no {identifier!r}")
    library.set_parameter(PARAMETER_RATE, min(max(round(165 / _stretch(manner)), 85), 300))
    # 50 is the voice's own; 0 to 99 is about an octave and a half (espeak-ng's documentation of -p).
    pitch = 50 + (manner.semitones - 12 * math.log2(manner.tract)) * 4
    library.set_parameter(PARAMETER_PITCH, min(max(round(pitch), 5), 95))
    blocks = [np.asarray(block) for block in library.speak(text, CancelToken()).blocks()]
    if not blocks:
        return np.zeros(0, np.float32)
    audio = np.concatenate(blocks).astype(np.float32) / 32768
    return soxr.resample(audio, library.rate_hz, RATE_HZ, "HQ").astype(np.float32)


@functools.cache
def _our_chain(graphs: Path | None) -> Any:
    from speak import Voice

    return Voice(ARTEFACTS, graphs=graphs)


def _ours(text: str, manner: Manner) -> F32:
    import soxr

    speed = min(max(1 / _stretch(manner), 0.5), 2.0)
    semitones = min(max(manner.semitones - 12 * math.log2(manner.tract), -4.5), 4.5)
    audio = _our_chain(GRAPHS[0]).say(text, speed, semitones)
    return soxr.resample(audio, 24_000, RATE_HZ, "HQ").astype(np.float32)


_ONE_BY_ONE = {"flite": _flite, "espeak": _espeak, "ours": _ours}
