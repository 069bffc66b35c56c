"""What the tests of exporters share: a terminal command, and small graphs with the contracts' ports."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.cli.app import run
from assistant.cli.console import err, out
from tests.fakes.tiny_graph import Graph

if importlib.util.find_spec("tqdm") is not None:  # of transformers: its bars leave a thread behind
    importlib.import_module("tqdm").tqdm.monitor_interval = 0

# As `assistant.downloads.hub` does before it imports the hub's library: these tests import it earlier, with
# transformers, and it would ask its home page who is calling.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

HIDDEN, CODES, HOP = 24, 50, 4


@dataclass(frozen=True)
class Result:
    """What a command said and how it ended."""

    code: int
    output: str
    said: str

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.output)
        return found


Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def assistant(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    for console in (out, err):
        monkeypatch.setattr(console, "_width", 200)

    def command(*arguments: str | Path) -> Result:
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return command


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Path]:
    """Graphs of the four roles and a talker, with the contracts' names and small widths."""
    folder = tmp_path / "parts"
    return {
        "stt_encode": stt_encode(folder / "stt_encode.onnx"),
        "stt_decode": stt_decode(folder / "stt_decode.onnx"),
        "tts_encode": tts_encode(folder / "tts_encode.onnx"),
        "vocode": vocode(folder / "vocode.onnx"),
        "talker": talker(folder / "talker.onnx"),
    }


def stt_encode(path: Path) -> Path:
    g = Graph(seed=1)
    audio = g.input("audio", "float32", ["B", "N"])
    frames = g.op("Reshape", audio, g.ints(0, -1, 8))
    features = g.op("Tanh", g.op("MatMul", frames, g.weight(8, 6)))
    g.output("features", "float32", ["B", "T", 6], features)
    return g.save(path, {"licence": "GPL-3.0-or-later", "sample_rate": "16000"})


def stt_decode(path: Path) -> Path:
    g = Graph(seed=2)
    features = g.input("features", "float32", ["B", "T", 6])
    g.output("logits", "float32", ["B", "T", 5], g.op("MatMul", features, g.weight(6, 5)))
    return g.save(path, {"licence": "GPL-3.0-or-later"})


def tts_encode(path: Path, hidden: int = HIDDEN) -> Path:
    """Gives each symbol two frames, scaled by the speed."""
    g = Graph(seed=3)
    ids = g.input("phoneme_ids", "int64", ["B", "T"])
    speed = g.input("speed", "float32", ["B"])
    twice = g.op(
        "Reshape", g.op("Tile", g.op("Unsqueeze", ids, g.ints(2)), g.ints(1, 1, 2)), g.ints(0, -1)
    )
    vectors = g.op("Gather", g.const(g.random.standard_normal((60, hidden))), twice)
    scaled = g.op("Mul", vectors, g.op("Reshape", speed, g.ints(-1, 1, 1)))
    g.output("hidden_states", "float32", ["B", "S", hidden], scaled)
    g.output("frames", "int64", ["B", "T"], g.op("Add", g.op("Mul", ids, g.ints(0)), g.ints(2)))
    return g.save(path, {"licence": "GPL-3.0-or-later", "symbols": "[]"})


def talker(path: Path, hidden: int = HIDDEN) -> Path:
    g = Graph(seed=4)
    given = g.input("hidden_states", "float32", ["batch", "seq", hidden])
    inner = g.op("Add", g.op("MatMul", given, g.weight(hidden, 12)), g.weight(12, scale=0.1))
    g.output(
        "audio_logits",
        "float32",
        ["batch", "seq", CODES],
        g.op("MatMul", inner, g.weight(12, CODES)),
    )
    return g.save(path, {"licence": "GPL-3.0-or-later"})


def vocode(path: Path, takes: str = "audio_ids") -> Path:
    """Adds the phase, which the chain leaves at 0."""
    g = Graph(seed=5)
    phase = g.input("phase", "float32", ["B"])
    if takes == "audio_ids":
        ids = g.input("audio_ids", "int64", ["B", "S"])
    else:
        ids = g.op(
            "ArgMax", g.input("audio_logits", "float32", ["B", "S", CODES]), axis=-1, keepdims=0
        )
    rows = g.op("Gather", g.const(g.random.standard_normal((CODES, HOP))), ids)
    wave = g.op("Add", g.op("Reshape", rows, g.ints(0, -1)), g.op("Unsqueeze", phase, g.ints(1)))
    g.output("waveform", "float32", ["B", "N"], wave)
    return g.save(path, {"licence": "GPL-3.0-or-later", "sample_rate": "24000"})
