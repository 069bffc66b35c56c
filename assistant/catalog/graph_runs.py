"""Runs the parts of our voice and ears one by one and judges what each gives to the next.

Owns what "works" means for a part: that it answers its input, with numbers, of the right length. What the
whole says and hears is judged in `assistant.catalog.meaning`; here one learns which part is to blame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.catalog.checks import Check
from assistant.catalog.graph_roles import CODES, TALKER, core_ports
from assistant.catalog.onnx_header import read_onnx_header
from assistant.catalog.talker_products import Floats, read_products
from assistant.engines.role_graph import RoleGraph
from assistant.errors import ModelError
from assistant.metrics import SILENCE_AMPLITUDE
from assistant.speech.phonemes import ID

PHONES: Final = (
    "^ S EH1 T | AH0 | T AY1 M ER0 | F AO1 R | F AY1 V | M IH1 N AH0 T S . $",
    "^ HH IY1 | S EH1 D | DH AE1 T | DH AH0 | G AH1 V ER0 M AH0 N T | W UH1 D | P EY1 . $",
    "^ W AH1 T | IH1 Z | DH AH0 | W EH1 DH ER0 | L AY1 K | T AH0 M AA1 R OW2 ?w $",
    "^ AY1 | HH AE1 V | R IH1 T AH0 N | D AW1 N | M IH1 L K , B R EH1 D | AH0 N D | SH UH1 G ER0 . $",
)
"""Four sentences as the lexicon spells them; | is the word mark."""

FRAME_S: Final = 0.01
SAMPLES_A_FRAME: Final = 240
EARS_RATE_HZ: Final = 16_000
SECONDS_A_PHONE: Final = (0.03, 0.4)
"""From hurried to drawling: fluent English has 10 to 15 phones a second."""

LEAST_AGREEMENT: Final = 0.99
"""Frames for which the talker must choose what FP32 arithmetic on its own weights chooses (issue's bound)."""

LEAST_SOUNDS: Final = 0.1
"""Different sounds among the frames of a few sentences, as a share: ours has 0.70, 2026-11-21."""

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "tts": ("tts_encode", TALKER, "vocode"),
    "stt": ("stt_encode", "stt_decode"),
}
"""The parts of a voice and of a recogniser, in the order in which they work."""


def check_parts(files: Mapping[str, tuple[Path, str]]) -> list[Check]:
    """Return what running each part showed, in the order in which text becomes sound and sound text.

    Args:
        files: role → (the ONNX file, its name in words); roles that are not there are left out, and what
            needs their output is not judged.
    """
    checks: list[Check] = []
    hidden: list[Floats] = []
    ids: list[NDArray[np.int64]] = []
    features: list[Floats] = []
    for role in (part for parts in PARTS.values() for part in parts):
        if role not in files:
            continue
        path, name = files[role]
        try:
            graph = open_part(path, role)
            if role == "tts_encode":
                checks += check_encoder(graph, hidden, name)
            elif role == TALKER:
                checks += check_talker(graph, path, hidden, ids, name)
            elif role == "vocode":
                checks += check_vocoder(graph, ids, name)
            elif role == "stt_encode":
                checks += check_ears(graph, features, name)
            else:
                checks += check_letters(graph, features, name)
        except ModelError as exc:
            checks.append(Check(f"run of {name}", ok=False, detail=exc.message))
        if any(check.ok is False for check in checks):
            break  # the next would be fed with what is known to be wrong
    return checks


def open_part(path: Path, role: str) -> RoleGraph:
    """Return one part of a voice, in a file of its own or in an audio core.

    Raises:
        ModelError: ``model_missing`` or ``model_corrupt``.
    """
    ports = core_ports(read_onnx_header(path).metadata).get(role, {})
    names = {name: str(port["name"]) for kind in ports.values() for name, port in kind.items()}
    return RoleGraph(path, role, names=names)


# --- text encoder ---------------------------------------------------------------------------------------


def check_encoder(graph: RoleGraph, hidden: list[Floats], name: str) -> Iterator[Check]:
    """Yield whether each sentence becomes its own hidden states, of plausible length; adds to ``hidden``.

    Raises:
        ModelError: it does not run.
    """
    found, lengths = [], []
    for ids, states, frames in _encoded(graph):
        found.append(states)
        lengths.append((ids, len(states), frames))
    yield _run(name, _encoder_problem(found, lengths), f"{sum(map(len, found))} frames of speech")
    hidden += found


def hidden_states(graph: RoleGraph, speeds: Sequence[float] = (1.0,)) -> list[Floats]:
    """Return real hidden states, [frames, 3584] of each sentence at each speed.

    Raises:
        ModelError: it does not run.
    """
    return [states for speed in speeds for _, states, _ in _encoded(graph, speed)]


def _encoded(graph: RoleGraph, speed: float = 1.0) -> Iterator[tuple[int, Floats, int]]:
    """Yield of each sentence: how many phonemes, its hidden states, how many frames it says they are."""
    for phones in PHONES:
        ids = [ID[" " if phone == "|" else phone] for phone in phones.split(" ")]
        feeds: dict[str, NDArray[Any]] = {
            "phoneme_ids": np.array([ids], np.int64),
            "speed": np.array([speed], np.float32),
            "pitch_semitones": np.zeros(1, np.float32),
        }
        states, frames = graph.run(feeds, ["hidden_states", "frames"])
        yield len(ids), states[0], int(frames.sum())


def _encoder_problem(found: list[Floats], lengths: list[tuple[int, int, int]]) -> str:
    if not all(np.isfinite(states).all() for states in found):
        return "gives values that are no numbers"
    for _, made, said in lengths:
        if made != said:
            return f"gives {made} frames and says that they are {said}"
    least, most = SECONDS_A_PHONE
    for phones, made, _ in lengths:
        if not least <= made * FRAME_S / phones <= most:
            return f"makes {made * FRAME_S:.2f} s of {phones} phonemes"
    if all(_same(found[0], states) for states in found[1:]):
        return "gives the same for every sentence"
    if all(_same(states[:1], states) for states in found):
        return "gives the same for every frame of a sentence"
    return ""


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two arrays agree as far as both go; one row stands for all."""
    if len(one) == 1:
        return bool(np.allclose(one, other, atol=1e-6))
    length = min(len(one), len(other))
    return bool(np.allclose(one[:length], other[:length], atol=1e-6))


# --- talker ---------------------------------------------------------------------------------------------


def check_talker(
    graph: RoleGraph,
    path: Path,
    hidden: list[Floats],
    ids: list[NDArray[np.int64]],
    name: str,
) -> Iterator[Check]:
    """Yield whether it chooses sounds by its input, the same as in FP32; adds its choices to ``ids``.

    Raises:
        ModelError: it does not run.
    """
    if not hidden:
        yield Check(
            f"run of {name}", ok=None, detail="there is no encoder to give it hidden states"
        )
        return
    logits = [
        graph.run({"hidden_states": states[None]}, ["audio_logits"])[0][0] for states in hidden
    ]
    chosen = [one.argmax(axis=1) for one in logits]
    every = np.concatenate(chosen)
    different = len(np.unique(every))
    problem = _talker_problem(logits, every)
    yield _run(name, problem, f"{different} sounds in {len(every)} frames")
    if problem:
        return
    ids += chosen
    try:
        products = read_products(path)
    except ModelError as exc:
        yield Check(f"agreement of {name} with FP32", ok=None, detail=exc.message)
        return
    exact = np.concatenate([products.logits(states).argmax(axis=1) for states in hidden])
    agreement = float(np.mean(every == exact))
    yield Check(
        f"agreement of {name} with FP32",
        ok=agreement >= LEAST_AGREEMENT,
        detail=f"the same choice for {agreement:.2%} of {len(every)} frames",
    )


def _talker_problem(logits: list[Floats], chosen: NDArray[np.int64]) -> str:
    if not all(np.isfinite(one).all() for one in logits):
        return "gives values that are no numbers"
    if len(np.unique(chosen)) == 1:
        return "chooses the same sound for every frame, whatever it is given"
    control = int((chosen >= CODES).sum())
    if control:
        return f"chooses control codes, which are no sounds, for {control} of {len(chosen)} frames"
    if len(np.unique(chosen)) < LEAST_SOUNDS * len(chosen):
        return f"knows only {len(np.unique(chosen))} sounds in {len(chosen)} frames of speech"
    return ""


# --- vocoder --------------------------------------------------------------------------------------------


def check_vocoder(graph: RoleGraph, ids: list[NDArray[np.int64]], name: str) -> Iterator[Check]:
    """Yield whether ids become sound, of their length, and other ids another sound.

    Raises:
        ModelError: it does not run.
    """
    given = ids or [np.arange(0, CODES, 41), np.arange(CODES - 1, 0, -41)]
    waves = []
    for one in given:
        feeds: dict[str, NDArray[Any]] = {
            "audio_ids": one[None].astype(np.int64),
            "phase": np.zeros(1, np.float32),
            "anchor_frame": np.zeros(1, np.int64),
            "first_frame": np.zeros(1, np.int64),
        }
        wave, _ = graph.run(feeds, ["waveform", "frame_phases"])
        waves.append(wave[0])
    seconds = sum(map(len, given)) * FRAME_S
    yield _run(name, _vocoder_problem(given, waves), f"{seconds:.1f} s of sound")


def _vocoder_problem(given: list[NDArray[np.int64]], waves: list[Floats]) -> str:
    for ids, wave in zip(given, waves, strict=True):
        if len(wave) != SAMPLES_A_FRAME * len(ids):
            return (
                f"makes {len(wave)} samples of {len(ids)} frames, not {SAMPLES_A_FRAME * len(ids)}"
            )
    if not all(np.isfinite(wave).all() for wave in waves):
        return "gives values that are no numbers"
    if max(float(np.abs(wave).max(initial=0.0)) for wave in waves) <= SILENCE_AMPLITUDE:
        return "gives only silence"
    if all(_same(waves[0], wave) for wave in waves[1:]):
        return "makes the same sound whatever it is given"
    return ""


# --- recogniser -------------------------------------------------------------------------------------------


def check_ears(graph: RoleGraph, features: list[Floats], name: str) -> Iterator[Check]:
    """Yield whether two sounds become features of their own; adds them to ``features``.

    Raises:
        ModelError: it does not run.
    """
    time_s = np.arange(2 * EARS_RATE_HZ) / EARS_RATE_HZ
    hum = 0.2 * np.sin(2 * np.pi * 150 * time_s) * np.sin(2 * np.pi * 3 * time_s)
    hiss = np.random.default_rng(0).normal(0, 0.05, time_s.size)
    found = [
        graph.run({"samples": sound[None].astype(np.float32)}, ["features"])[0][0]
        for sound in (hum, hiss)
    ]
    yield _run(name, _answers(found, "features"), f"{sum(map(len, found))} frames heard")
    features += found


def check_letters(graph: RoleGraph, features: list[Floats], name: str) -> Iterator[Check]:
    """Yield whether features become scores, other features other scores.

    Raises:
        ModelError: it does not run.
    """
    if not features:
        yield Check(f"run of {name}", ok=None, detail="there is no encoder to give it features")
        return
    found = [graph.run({"features": one[None]}, ["text_logits"])[0][0] for one in features]
    problem = _answers(found, "scores")
    if not problem and any(len(a) != len(b) for a, b in zip(found, features, strict=True)):
        problem = "gives another number of frames than it is given"
    yield _run(name, problem, f"scores of {found[0].shape[1]} units")


def _answers(found: list[Floats], what: str) -> str:
    if not all(np.isfinite(one).all() for one in found):
        return "gives values that are no numbers"
    if not all(len(one) for one in found):
        return f"gives no {what}"
    if _same(found[0], found[1]):
        return f"gives the same {what} whatever it is given"
    return ""


def _run(name: str, problem: str, otherwise: str) -> Check:
    return Check(f"run of {name}", ok=not problem, detail=problem or otherwise)
