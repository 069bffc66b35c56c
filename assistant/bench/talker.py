"""The talker alone: how long its two products take, FP32 and INT8, and whether both choose the same sounds.

Owns the lengths, the comparison with the seeds' figures and the bounds. It prints nothing. FP32 is rebuilt
from the INT8 weights in a folder of its own, bit for bit the same as the training's.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.bench.talker_options import (
    TimedWay,
    Way,
    best,
    local_providers,
    tuned,
    ways,
)
from assistant.catalog import tuning
from assistant.catalog.catalog import Catalog
from assistant.catalog.graph_roles import AUDIO_CORE, TALKER, roles_of_files
from assistant.catalog.graph_runs import hidden_states, open_part
from assistant.catalog.seals import sealed_paths
from assistant.catalog.talker_products import Floats, read_products, write_fp32
from assistant.errors import ModelError
from assistant.metrics import Distribution, distribution
from assistant.pool.talker_plan import tuning_key

VOICE: Final = "sarai-voice"
LENGTHS: Final = (10, 50, 100, 200)
"""Frames at once, of 10 ms of sound each: the seeds' lengths."""

SEEDS_MS: Final[Mapping[int, str]] = {10: "2.21", 50: "4.16", 100: "6.98", 200: "12 to 15"}
SEEDS_FIT: Final = "0.07·S + 1.5"
"""What the seeds say of their FP32 talker (their analysis of 30 October 2025; 200 was estimated)."""

COMPARED: Final = 50
"""The length at which ways are compared: about what the first sound waits for (48, the engine)."""

MOST_OF_FP32: Final = 0.5
LEAST_AGREEMENT: Final = 0.99
"""Bounds of the talker, from issue 6, "it is done when"."""

WARM_UPS: Final = 3
PASSES: Final = 3
"""Every way is measured so often, in an order drawn anew: what else the machine does hits all alike."""

SPEEDS: Final = (0.85, 1.0, 1.2)
"""At which the sentences are spoken: about 2,500 frames to compare choices on."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The line through the medians: ms = slope · S + start."""

    slope: float
    start: float

    def in_words(self) -> str:
        """Return the formula."""
        return f"{self.slope:.4f}·S {'+' if self.start >= 0 else '-'} {abs(self.start):.2f}"


@dataclass(frozen=True, slots=True)
class TalkerReport:
    """What was measured.

    Attributes:
        voice: catalogue id of the voice.
        way: how both were run for the figures of each length: the best way found here.
        fp32_ms: of each length.
        int8_ms: of each length, in turns with FP32.
        agreement: share of real frames for which both choose the same sound.
        frames: how many those were.
        compared: every way, at :data:`COMPARED` frames.
        kept: whether the best way was kept for this machine.
    """

    voice: str
    way: Way
    fp32_ms: Mapping[int, Distribution]
    int8_ms: Mapping[int, Distribution]
    agreement: float
    frames: int
    compared: tuple[TimedWay, ...]
    kept: bool

    def fits(self) -> dict[str, Fit]:
        """Return the line of each precision."""
        return {"fp32": _fit(self.fp32_ms), "int8": _fit(self.int8_ms)}

    def ratio(self, length: int) -> float:
        """Return INT8's time as a share of FP32's, medians of the same run."""
        return self.int8_ms[length].p50 / self.fp32_ms[length].p50

    def missed(self) -> list[str]:
        """Return a sentence for each bound that was not kept."""
        found = [
            f"INT8 takes {self.ratio(length):.0%} of FP32's time at S = {length},"
            f" more than {MOST_OF_FP32:.0%}."
            for length in (50, 100)
            if self.ratio(length) > MOST_OF_FP32
        ]
        found += [
            f"INT8 takes {self.int8_ms[length].p50:.2f} ms at S = {length}; the seeds' took {seeds}."
            for length, seeds in SEEDS_MS.items()
            if self.int8_ms[length].p50 >= float(seeds.split()[0])
        ]
        if self.agreement < LEAST_AGREEMENT:
            found.append(
                f"INT8 and FP32 choose the same sound for {self.agreement:.2%} of {self.frames}"
                f" frames, less than {LEAST_AGREEMENT:.0%}."
            )
        return found

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        return {
            "way": asdict(self.way),
            "lengths": {
                str(length): {
                    "fp32_ms": self.fp32_ms[length].as_json(),
                    "int8_ms": self.int8_ms[length].as_json(),
                    "int8_share_of_fp32": round(self.ratio(length), 4),
                    "seeds_fp32_ms": SEEDS_MS[length],
                }
                for length in LENGTHS
            },
            "fit_ms": {
                **{name: asdict(fit) for name, fit in self.fits().items()},
                "seeds": SEEDS_FIT,
            },
            "agreement": {"share": round(self.agreement, 5), "frames": self.frames},
            "compared": {
                "length": COMPARED,
                "ways": [
                    {
                        **asdict(one.way),
                        "int8_ms": one.int8_ms.as_json(),
                        "fp32_ms": one.fp32_ms.as_json(),
                    }
                    for one in self.compared
                ],
                "kept": self.kept,
            },
            "bounds": {
                "int8_share_of_fp32": MOST_OF_FP32,
                "agreement": LEAST_AGREEMENT,
                "faster_than_seeds": True,
            },
            "missed": self.missed(),
        }


def measure_talker(
    *,
    runs: int = 60,
    most_threads: int = 2,
    keep: bool = True,
    voice: str = VOICE,
    on_step: Callable[[int, int], None] = lambda _done, _steps: None,
) -> TalkerReport:
    """Compare the ways, then measure both precisions with the best one.

    Args:
        runs: timed runs of each length and precision; a third of them for each way.
        most_threads: no way with more is kept.
        keep: remember the best way for this machine.
        voice: catalogue id of a voice with a talker.
        on_step: told how many steps of how many are done.

    Raises:
        ModelError: the voice is not here, or has no talker.
    """
    files = sealed_paths(Catalog.load().entry(voice))
    roles = {role: files[name] for name, role in roles_of_files(files).items()}
    encoder = roles.get("tts_encode", roles.get(AUDIO_CORE))
    if TALKER not in roles or encoder is None:
        raise ModelError(
            "no_talker", f"The voice {voice} has no talker.", f"Measure {VOICE} instead."
        )
    spoken = np.concatenate(hidden_states(open_part(encoder, "tts_encode"), SPEEDS))
    tried = ways(tuning.usable_cores(), local_providers())
    steps, done = PASSES * len(tried) + len(LENGTHS), 0

    def step() -> None:
        nonlocal done
        done += 1
        on_step(done, steps)

    with tempfile.TemporaryDirectory() as folder:
        fp32 = Path(folder) / "talker.onnx"
        write_fp32(read_products(roles[TALKER]), fp32)
        precisions = {"int8": roles[TALKER], "fp32": fp32}
        compared = compare(tried, precisions, spoken[:COMPARED], max(1, runs // 3), step)
        chosen = best(compared, most_threads)
        kept = keep and tuning.save(tuning.fingerprint(), {tuning_key(voice): tuned(chosen)})
        sessions = {name: chosen.way.open(path) for name, path in precisions.items()}
        found: dict[str, dict[int, Distribution]] = {"int8": {}, "fp32": {}}
        for length in LENGTHS:
            times = in_turns(sessions, spoken[:length], runs)
            for name, several in times.items():
                found[name][length] = distribution(several)
            step()
        choices = [choose(session, spoken) for session in sessions.values()]
    return TalkerReport(
        voice=voice,
        way=chosen.way,
        fp32_ms=found["fp32"],
        int8_ms=found["int8"],
        agreement=float(np.mean(choices[0] == choices[1])),
        frames=len(spoken),
        compared=tuple(compared),
        kept=kept,
    )


def compare(
    tried: Sequence[Way],
    precisions: Mapping[str, Path],
    hidden: Floats,
    runs: int,
    on_way: Callable[[], None] = lambda: None,
) -> list[TimedWay]:
    """Return what each way takes for ``hidden`` [S, 3584]; ``runs`` are shared among the passes."""
    times: dict[tuple[Way, str], list[float]] = {}
    order = list(tried)
    for number in range(PASSES):
        random.Random(number).shuffle(order)
        for way in order:
            sessions = {name: way.open(path) for name, path in precisions.items()}
            for name, several in in_turns(sessions, hidden, max(2, runs // PASSES)).items():
                times.setdefault((way, name), []).extend(several)
            on_way()
    return [
        TimedWay(way, distribution(times[way, "int8"]), distribution(times[way, "fp32"]))
        for way in tried
    ]


def in_turns(sessions: Mapping[str, Any], hidden: Floats, runs: int) -> dict[str, list[float]]:
    """Return the ms of single runs of each session, the sessions in turns, after a few that do not count."""
    feeds = {"hidden_states": np.ascontiguousarray(hidden[None])}
    found: dict[str, list[float]] = {name: [] for name in sessions}
    for number in range(runs + WARM_UPS):
        for name, session in sessions.items():
            begun = time.perf_counter()
            session.run(["audio_logits"], feeds)
            if number >= WARM_UPS:
                found[name].append((time.perf_counter() - begun) * 1000)
    return found


def choose(session: Any, hidden: Floats) -> np.ndarray:
    """Return the id chosen for each frame of ``hidden`` [S, 3584]."""
    parts = [hidden[at : at + LENGTHS[-1]] for at in range(0, len(hidden), LENGTHS[-1])]
    return np.concatenate(
        [
            session.run(["audio_logits"], {"hidden_states": part[None]})[0][0].argmax(axis=1)
            for part in parts
        ]
    )


def _fit(ms: Mapping[int, Distribution]) -> Fit:
    slope, start = np.polyfit(list(ms), [one.p50 for one in ms.values()], 1)
    return Fit(float(slope), float(start))
