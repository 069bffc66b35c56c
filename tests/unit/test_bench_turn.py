"""Which recordings `assistant bench turn --manifest` asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bench.turn import choose_questions
from assistant.errors import AudioError


def write_manifest(folder: Path, transcripts: list[str], **more: str) -> Path:
    entries = [
        {
            "file": f"clips/{number}.flac",
            "kind": "command",
            "language": "en",
            "transcript": transcript,
            "transcript_quality": "exact",
        }
        | more
        for number, transcript in enumerate(transcripts)
    ]
    path = folder / "manifest.json"
    path.write_text(json.dumps(entries))
    return path


def test_single_words_and_other_kinds_of_recordings_are_no_questions(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, ["stop", "stop it", "yes.", "what time is it", "go on"])
    chosen = choose_questions(path, 3)
    assert [file.name for file in chosen.files] == ["1.flac", "3.flac", "4.flac"]
    assert "3 of the 3 English commands" in chosen.chosen
    for more in ({"kind": "speech"}, {"language": "es"}, {"transcript_quality": "approximate"}):
        with pytest.raises(AudioError) as raised:
            choose_questions(write_manifest(tmp_path, ["stop it"], **more), 1)
        assert raised.value.code == "manifest_too_small"


@settings(deadline=None, max_examples=30)
@given(count=st.integers(1, 30), fewer=st.integers(1, 30))
def test_the_draw_is_always_the_same_and_a_smaller_one_lies_within_a_larger(
    tmp_path_factory: pytest.TempPathFactory, count: int, fewer: int
) -> None:
    path = write_manifest(tmp_path_factory.getbasetemp(), ["what time is it"] * 30)
    files = choose_questions(path, count).files
    assert len(set(files)) == len(files) == count
    assert files == choose_questions(path, count).files
    assert list(files) == sorted(files, key=lambda file: int(file.stem))
    if fewer <= count:
        assert set(choose_questions(path, fewer).files) <= set(files)


def test_asking_for_more_than_there_are_is_one_plain_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as raised:
        choose_questions(write_manifest(tmp_path, ["what time is it"]), 2)
    assert raised.value.code == "manifest_too_small"
    assert raised.value.hint
