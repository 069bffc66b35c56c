"""`bench stages`: what counts as kept, what is said of a replica, and which settings serve."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.bench import stages
from assistant.bench.stages import StageReport, first_pieces
from assistant.bench.thinker import ThinkerSpeed
from assistant.cli.app import app
from assistant.metrics import Distribution, distribution


def flat(value: float) -> Distribution:
    return distribution([value])


def thinker(prompt: float = 1.0, decode: float = 1.0, *, identical: bool = True) -> ThinkerSpeed:
    ms = flat(10.0)
    return ThinkerSpeed(
        runs=5,
        threads=2,
        prompt_tokens=60,
        generated_tokens=160,
        identical=identical,
        engine_prompt_ms=ms,
        bare_prompt_ms=ms,
        engine_decode_ms=ms,
        bare_decode_ms=ms,
        prompt_ratio=flat(prompt),
        decode_ratio=flat(decode),
        best_decode_ratio=decode,
        cpu_decode_ratio=flat(decode),
    )


def report(**changed: Any) -> StageReport:
    fields: dict[str, Any] = {
        "models": {"stt": "hears", "thinker": "thinks", "tts": "speaks"},
        "replicas": (),
        "threads": {"stt": 2, "thinker": 2, "tts": None},
        "stt_ms": flat(60.0),
        "thinker": thinker(0.95, 0.97),
        "tts_ms": flat(150.0),
        "pieces": ("Sure,",),
    }
    return StageReport(**(fields | changed))


def test_a_report_on_the_bounds_misses_none() -> None:
    assert report().missed() == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"stt_ms": flat(60.1)}, "4 s clip"),
        ({"tts_ms": flat(151.0)}, "first sound"),
        ({"thinker": thinker(0.949, 1.0)}, "Prompts"),
        ({"thinker": thinker(1.0, 0.969)}, "Replies"),
        ({"thinker": thinker(identical=False)}, "different tokens"),
    ],
)
def test_each_bound_that_is_not_kept_is_said(changed: dict[str, Any], word: str) -> None:
    (sentence,) = report(**changed).missed()
    assert word in sentence


def test_the_first_piece_is_what_the_voice_would_get_first() -> None:
    pieces = first_pieces(stages.REPLIES)
    assert len(pieces) == len(stages.REPLIES)
    for piece, reply in zip(pieces, stages.REPLIES, strict=True):
        assert reply.startswith(piece.strip())
        assert 0 < len(piece) <= len(reply)
    assert any(len(piece) < len(reply) for piece, reply in zip(pieces, stages.REPLIES, strict=True))


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    def run(found: StageReport, *options: str) -> str:
        monkeypatch.setattr("assistant.bench.stages.measure_stages", lambda *_, **__: found)
        result = CliRunner().invoke(app, ["bench", "stages", *options])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_a_figure_of_a_replica_says_so_everywhere(printed: Any) -> None:
    found = report(replicas=("stt", "thinker", "tts"))
    assert "REPLICA" in printed(found)
    answer = json.loads(printed(found, "--json"))
    assert answer["models"]["replica"] is True
    assert answer["machine"]["cores"]
    assert answer["bounds"]["stt_p95_ms"] == 60
    assert "real weights" in printed(report())


def test_replica_is_refused_before_it_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    monkeypatch.setenv("SARAI_REPLICAS", "0")  # also puts it back after the test
    result = CliRunner().invoke(app, ["bench", "stages", "--set", "light", "--replica"])
    assert result.exit_code != 0
    assert result.exception is not None
    assert "no replica of parakeet-110m-en" in str(result.exception)
