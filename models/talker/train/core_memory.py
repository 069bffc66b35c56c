"""Measures what the audio core takes: one session for four roles against a session for each. Owns the table.

    python core_memory.py [CORE.onnx]

Each way is measured in a process of its own: private memory (USS) before loading, after loading, and after
each role worked on what a short turn needs. The four files are taken out of the core by `core.single`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import core as cores
import numpy as np

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
WAYS = ("one session", "four sessions, four files", "four sessions of the whole core")
RUNS = 3


def turn(role: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return what a role is given in a short turn: 3 s heard, a sentence of 60 phonemes, 4 s of sound."""
    rng = np.random.default_rng(3)
    feeds, outputs = cores.examples(role)
    if role == "stt_encode":
        feeds["samples"] = rng.standard_normal((1, 48_000)).astype(np.float32) * 0.1
    elif role == "stt_decode":
        feeds = {"features": rng.standard_normal((1, 75, cores.FEATURES)).astype(np.float32)}
    elif role == "tts_encode":
        feeds["phoneme_ids"] = rng.integers(10, 50, (1, 60))
    else:
        feeds["audio_ids"] = rng.integers(
            0, 8192, (1, 156)
        )  # the largest chunk and what is around it
    return feeds, outputs


def measure(way: str, path: Path, folder: Path) -> dict[str, float]:
    """Return megabytes and milliseconds, in this process."""
    import psutil

    from assistant.engines.audio_core import AudioCore
    from assistant.engines.onnx_session import SessionPlan, open_session

    def uss() -> float:
        return psutil.Process().memory_full_info().uss / 1e6

    open_session(
        ARTEFACTS / "letters.onnx", SessionPlan(), "", inputs=(), outputs=()
    )  # the library itself
    before, begin = uss(), time.perf_counter()
    roles: dict[str, Callable] = {}
    if way == WAYS[0]:
        core = AudioCore(path)
        roles = {role: core.role(role, {}, []).run for role in cores.ROLES}
    elif way == WAYS[1]:
        for role in cores.ROLES:
            one = open_session(folder / f"{role}.onnx", SessionPlan(), "", inputs=(), outputs=())
            roles[role] = one.run
    else:
        roles = {role: AudioCore(path).role(role, {}, []).run for role in cores.ROLES}
    load_ms, loaded = 1e3 * (time.perf_counter() - begin), uss()
    for _ in range(5):
        for role in cores.ROLES:
            feeds, outputs = turn(role)
            roles[role](outputs, feeds)
    return {"load_ms": load_ms, "loaded_mb": loaded - before, "worked_mb": uss() - before}


def main() -> None:
    import onnx

    if len(sys.argv) == 5 and sys.argv[1] == "measure":
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))))
        return
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ARTEFACTS / "audio_core.onnx"
    with tempfile.TemporaryDirectory() as folder:
        whole = onnx.load(path)
        for role in cores.ROLES:
            onnx.save(cores.single(whole, role), Path(folder) / f"{role}.onnx")
        print("| | loaded, MB | after a turn, MB | loading, ms |\n|---|---|---|---|")
        for way in WAYS:
            asked = [sys.executable, __file__, "measure", way, str(path), folder]
            found = [
                json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)  # noqa: S603
                for _ in range(RUNS)
            ]
            middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
            print(
                f"| {way} | {middle['loaded_mb']:.1f} | {middle['worked_mb']:.1f} |"
                f" {middle['load_ms']:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
