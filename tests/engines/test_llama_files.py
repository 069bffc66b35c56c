"""Missing, damaged and unfit model files: one plain sentence each, no crash, nothing on stderr."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.engines.gguf_check import read_gguf_header
from assistant.engines.llama import LlamaThinker
from assistant.errors import ModelError
from tests.fakes.tiny_gguf import write_gguf

LOADER = """
import json, sys
from pathlib import Path
from assistant.engines.base import CancelToken, ChatMessage
from assistant.engines.llama import LlamaThinker
from assistant.errors import ModelError
for line in sys.stdin:
    name = line.strip()
    try:
        thinker = LlamaThinker(Path(name), threads=1, context_tokens=256)
        list(thinker.reply([ChatMessage("user", "hello")], cancel=CancelToken(), max_tokens=2))
        thinker.close()
        outcome = ["loaded", "", ""]
    except ModelError as error:
        outcome = [error.code, error.message, error.hint]
    print(json.dumps([name, *outcome]), flush=True)
"""

Damage = Callable[[bytearray, int], bytes | bytearray]


def load_all(files: list[Path]) -> dict[str, tuple[str, str, str]]:
    """Load every file in one fresh process; a crash of it fails here with the file's name."""
    run = subprocess.run(
        [sys.executable, "-c", LOADER],
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        cwd=Path(__file__).parents[2],
    )
    outcomes = {
        Path(name).name: tuple(rest) for name, *rest in map(json.loads, run.stdout.splitlines())
    }
    missing = [file.name for file in files if file.name not in outcomes]
    assert not missing, (
        f"the process ended ({run.returncode}) at {missing[0]}: {run.stderr[-2000:]}"
    )
    assert run.stderr == ""
    return outcomes


def patched(raw: bytearray, place: int, new: bytes) -> bytearray:
    raw[place : place + len(new)] = new
    return raw


def after_key(raw: bytearray, key: str) -> int:
    """Position of a key's value, behind its type."""
    spelled = key.encode()
    return raw.index(struct.pack("<Q", len(spelled)) + spelled) + 8 + len(spelled) + 4


def tensor_entry(raw: bytearray, name: str) -> int:
    """Position of a tensor's number of dimensions in the table."""
    spelled = name.encode()
    return raw.index(struct.pack("<Q", len(spelled)) + spelled) + 8 + len(spelled)


U32_MAX, U64_MAX = b"\xff" * 4, b"\xff" * 8
DAMAGES: dict[str, Damage] = {
    "empty": lambda _raw, _end: b"",
    "four_bytes": lambda raw, _end: raw[:4],
    "inside_the_counts": lambda raw, _end: raw[:20],
    "inside_the_metadata": lambda raw, end: raw[: end // 2],
    "inside_the_tensor_table": lambda raw, end: raw[: end - 40],
    "before_the_weights": lambda raw, end: raw[:end],
    "half_of_the_weights": lambda raw, end: raw[: (end + len(raw)) // 2],
    "last_tensor_cut": lambda raw, _end: raw[:-2000],
    "a_web_page": lambda _raw, _end: b"<!DOCTYPE html><html>not found</html>" * 99,
    "a_zip": lambda _raw, _end: b"PK\x03\x04" + bytes(5000),
    "zeros": lambda raw, _end: bytes(len(raw)),
    "magic_flipped": lambda raw, _end: patched(raw, 0, b"GGUG"),
    "no_tensors": lambda raw, _end: patched(raw, 8, bytes(8)),
    "endless_tensors": lambda raw, _end: patched(raw, 8, U64_MAX),
    "no_keys": lambda raw, _end: patched(raw, 16, bytes(8)),
    "endless_keys": lambda raw, _end: patched(raw, 16, U64_MAX),
    "endless_first_key": lambda raw, _end: patched(raw, 24, U64_MAX),
    "unknown_value_type": lambda raw, _end: patched(raw, 24 + 8 + 20, b"\x63"),
    "zeroed_tensor_table": lambda raw, end: patched(raw, end - 900, bytes(900)),
    "zeroed_metadata": lambda raw, end: patched(raw, 200, bytes(end // 2)),
    "no_layers": lambda raw, _end: patched(raw, after_key(raw, "lfm2.block_count"), bytes(4)),
    "endless_layers": lambda raw, _end: patched(raw, after_key(raw, "lfm2.block_count"), U32_MAX),
    "one_layer_more": lambda raw, _end: patched(raw, after_key(raw, "lfm2.block_count"), b"\x06"),
    "no_width": lambda raw, _end: patched(raw, after_key(raw, "lfm2.embedding_length"), bytes(4)),
    "other_width": lambda raw, _end: patched(raw, after_key(raw, "lfm2.embedding_length"), b"\x80"),
    "no_heads": lambda raw, _end: patched(
        raw, after_key(raw, "lfm2.attention.head_count"), bytes(4)
    ),
    "three_heads": lambda raw, _end: patched(
        raw, after_key(raw, "lfm2.attention.head_count"), b"\x03"
    ),
    "odd_convolution": lambda raw, _end: patched(
        raw, after_key(raw, "lfm2.shortconv.l_cache"), U32_MAX
    ),
    "endless_vocabulary": lambda raw, _end: patched(
        raw, after_key(raw, "tokenizer.ggml.tokens") + 4, U64_MAX
    ),
    "end_token_outside": lambda raw, _end: patched(
        raw, after_key(raw, "tokenizer.ggml.eos_token_id"), b"\x00\x00\x01\x00"
    ),
    "word_twice": lambda raw, _end: patched(raw, raw.index(struct.pack("<Q", 1) + b"A") + 8, b"B"),
    "five_dimensions": lambda raw, _end: patched(
        raw, tensor_entry(raw, "token_embd.weight"), b"\x05"
    ),
    "no_rows": lambda raw, _end: patched(raw, tensor_entry(raw, "token_embd.weight") + 4, bytes(8)),
    "endless_rows": lambda raw, _end: patched(
        raw, tensor_entry(raw, "token_embd.weight") + 4, U64_MAX
    ),
    "unknown_tensor_type": lambda raw, _end: patched(
        raw, tensor_entry(raw, "token_embd.weight") + 20, b"\x77"
    ),
    "other_tensor_type": lambda raw, _end: patched(
        raw, tensor_entry(raw, "token_embd.weight") + 20, b"\x01"
    ),
    "moved_tensor": lambda raw, _end: patched(
        raw, tensor_entry(raw, "blk.1.ffn_up.weight") + 24, b"\x20\x01"
    ),
    "not_a_number_everywhere": lambda raw, end: patched(
        raw, end, U32_MAX * ((len(raw) - end) // 4)
    ),
}
UNFIT: dict[str, Damage] = {
    "version_1": lambda raw, _end: patched(raw, 4, b"\x01"),
    "version_99": lambda raw, _end: patched(raw, 4, b"\x63"),
    "big_endian": lambda raw, _end: patched(raw, 4, b"\x00\x00\x00\x03"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("whole") / "whole.gguf")


@pytest.fixture(scope="module")
def header_end(whole: Path) -> int:
    weights = sum(-(-t.size_bytes // 32) * 32 for t in read_gguf_header(whole).tensors.values())
    return whole.stat().st_size - weights


def test_every_damaged_file_is_refused_with_a_sentence_and_a_hint(
    whole: Path, header_end: int, tmp_path: Path
) -> None:
    raw = whole.read_bytes()
    files = []
    for name, damage in {**DAMAGES, **UNFIT}.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(damage(bytearray(raw), header_end))
    outcomes = load_all(files)
    for name in DAMAGES:
        assert (name, outcomes[name][0]) == (name, "model_corrupt")
    for name in UNFIT:
        assert (name, outcomes[name][0]) == (name, "model_unfit")
    for _, message, hint in outcomes.values():
        assert message.endswith(".")
        assert "\n" not in message
        assert hint


def test_random_damage_never_crashes_the_process(
    whole: Path, header_end: int, tmp_path: Path
) -> None:
    raw, rng = whole.read_bytes(), random.Random(2)  # noqa: S311 - repeatable
    files = []
    for number in range(40):
        bad = bytearray(raw)
        for _ in range(rng.randint(1, 4)):
            bad[rng.randrange(header_end)] ^= 1 << rng.randrange(8)
        files.append(tmp_path / f"{number}.gguf")
        files[-1].write_bytes(bad)
    outcomes = load_all(files)
    # What loads differs in letters of the vocabulary or the template only; no error is not a crash.
    assert {code for code, _, _ in outcomes.values()} <= {"model_corrupt", "model_unfit", "loaded"}


def test_files_that_are_whole_but_of_another_kind_are_unfit(tmp_path: Path) -> None:
    files = [
        write_gguf(tmp_path / "architecture", architecture="nonesuch"),
        write_gguf(tmp_path / "no_template", template=None),
        write_gguf(tmp_path / "broken_template", template="{% for m in %}"),
        write_gguf(tmp_path / "refusing_template", template="{{ raise_exception('no') }}"),
        write_gguf(tmp_path / "whole"),
    ]
    outcomes = load_all(files)
    assert {name: outcome[0] for name, outcome in outcomes.items()} == {
        "architecture": "model_unfit",
        "no_template": "model_unfit",
        "broken_template": "model_unfit",
        "refusing_template": "model_unfit",
        "whole": "loaded",
    }


@pytest.mark.parametrize("name", ["nothing.gguf", "."])
def test_a_file_that_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="is not there") as caught:
        LlamaThinker(tmp_path / name)
    assert caught.value.code == "model_missing"
    assert "pull" in caught.value.hint


def test_the_header_says_what_the_file_holds(whole: Path) -> None:
    header = read_gguf_header(whole)
    assert header.architecture == "lfm2"
    assert header.metadata["lfm2.block_count"] == 5
    assert header.tensors["token_embd.weight"].shape[0] == 64
    assert whole.stat().st_size < 1_000_000
