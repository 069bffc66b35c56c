"""How fast the talker and the whole chain are on this machine. Owns the timing; numpy and ONNX Runtime only.

`python measure.py [--fp32 FOLDER]`, FOLDER holding the talker that `talker_weights.py` rebuilds. Percentiles
over single runs, after a warm-up; the fit is ms = a S + b over the medians.
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from speak import ARTEFACTS, RATE_HZ, Voice

LENGTHS = (10, 50, 100, 200)
SEEDS_MS = {10: 2.21, 50: 4.16, 100: 6.98}
_RUNS = 60
_LONG = (
    "After the meeting we walked along the river, talked about the old days, and found, to our surprise, "
    "that the little restaurant where we had spent so many evenings was still there, with the same chairs, "
    "the same pictures on the wall, and even the same waiter, who remembered our names and brought us, "
    "without asking, the soup that we had always ordered."
)


def hidden_states(voice: Voice, count: int) -> np.ndarray:
    """Return real hidden states [1, count, 3584]."""
    pieces = [
        hidden
        for sentence in voice.front_end.sentences(_LONG)
        for hidden in voice.hidden_states(sentence.ids, 1.0, 0.0)
    ]
    return np.ascontiguousarray(np.concatenate(pieces, 1)[:, 100 : 100 + count])


def milliseconds(session: Any, hidden: np.ndarray) -> np.ndarray:
    """Return the times of single runs."""
    spent = []
    for run in range(_RUNS + 5):
        begin = time.perf_counter()
        session.run(None, {"hidden_states": hidden})
        if run >= 5:
            spent.append(time.perf_counter() - begin)
    return np.array(spent) * 1e3


def open_session(
    path: Path,
    level: str = "ENABLE_ALL",
    threads: int = 2,
    mode: str = "SEQUENTIAL",
    spin: bool = True,
) -> Any:
    """Return a session with these options on the CPU."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, f"ORT_{level}")
    options.intra_op_num_threads = threads
    options.execution_mode = getattr(ort.ExecutionMode, f"ORT_{mode}")
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spin)))
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def talker(voice: Voice, files: dict[str, Path], threads: int) -> None:
    print("| S | seeds' ms | " + " | ".join(f"{name} P50 | P95" for name in files) + " |")
    sessions = {
        name: open_session(path, threads=threads, spin=False) for name, path in files.items()
    }
    medians: dict[str, list[float]] = {name: [] for name in files}
    for length in LENGTHS:
        hidden = hidden_states(voice, length)
        row = [f"| {length} | {SEEDS_MS.get(length, '12-15')}"]
        for name, session in sessions.items():
            times = milliseconds(session, hidden)
            medians[name].append(float(np.median(times)))
            row.append(f"{np.median(times):.2f} | {np.percentile(times, 95):.2f}")
        print(" | ".join(row) + " |", flush=True)
    for name, several in medians.items():
        slope, start = np.polyfit(LENGTHS, several, 1)
        print(f"{name}: ms = {slope:.4f} S + {start:.2f}")
    if len(files) > 1:
        hidden = hidden_states(voice, 1500)
        chosen = [s.run(None, {"hidden_states": hidden})[0].argmax(2) for s in sessions.values()]
        print(
            f"argmax agreement on {hidden.shape[1]} real frames: {np.mean(chosen[0] == chosen[1]):.4f}"
        )
    print("| options at S = 50 | " + " | ".join(files) + " |")
    hidden = hidden_states(voice, 50)
    ways = product(
        ("DISABLE_ALL", "ENABLE_BASIC", "ENABLE_ALL"),
        (1, 2),
        ("SEQUENTIAL", "PARALLEL"),
        (True, False),
    )
    for level, cores, mode, spin in ways:
        if mode == "PARALLEL" and level != "ENABLE_ALL":
            continue
        times = [
            np.median(milliseconds(open_session(path, level, cores, mode, spin), hidden))
            for path in files.values()
        ]
        name = f"{level.lower()}, {cores} threads, {mode.lower()}, {'' if spin else 'not '}spinning"
        print(f"| {name} | " + " | ".join(f"{ms:.2f}" for ms in times) + " |", flush=True)


def chain(voice: Voice) -> None:
    print("| text | sound s | chain ms | rtf | first sound ms |")
    for text in (
        "Yes.",
        "The weather will be warm and sunny tomorrow.",
        _LONG,
        " ".join([_LONG] * 4),
    ):
        whole, first = [], []
        for _ in range(7):
            begin = time.perf_counter()
            count = 0
            for chunk in voice.stream(text):
                if not count:
                    first.append(time.perf_counter() - begin)
                count += len(chunk)
            whole.append(time.perf_counter() - begin)
        seconds, spent = count / RATE_HZ, float(np.median(whole))
        print(
            f"| {len(text.split())} words | {seconds:.2f} | {spent * 1e3:.0f} | {spent / seconds:.4f} "
            f"| {np.median(first) * 1e3:.0f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fp32", type=Path, help="folder of the rebuilt FP32 talker")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    voice = Voice(threads=args.threads)
    files = {"INT8": ARTEFACTS / "talker_int8.onnx"}
    if args.fp32:
        files["FP32"] = args.fp32 / "talker.onnx"
    chain(voice)
    talker(voice, files, args.threads)


if __name__ == "__main__":
    main()
