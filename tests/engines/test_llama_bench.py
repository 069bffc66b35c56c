"""The thinker's benchmark counts right; how fast it is, no test can say."""

from __future__ import annotations

from pathlib import Path

from assistant.bench.thinker import measure_thinker
from tests.fakes.tiny_gguf import write_gguf


def test_engine_and_bare_loop_generate_the_same_tokens(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "random.gguf", tied=False)
    speed = measure_thinker(
        path, threads=1, rounds=2, max_tokens=5, prompts=["hello", "what is it"]
    )
    assert speed.identical
    assert speed.runs == 4
    assert speed.generated_tokens == 20
    assert speed.decode_tokens_per_s > 0
    assert speed.decode_ratio.min <= speed.decode_ratio.p50 <= speed.decode_ratio.max


def test_a_reply_that_ends_by_itself_is_the_same_in_both(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "scripted.gguf", script=["It", " is", " noon."], d_model=128)
    speed = measure_thinker(path, threads=1, rounds=1, max_tokens=50, prompts=["hello"])
    assert (speed.identical, speed.generated_tokens) == (True, 4)
