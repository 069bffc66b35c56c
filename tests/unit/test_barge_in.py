"""Who interrupts in `assistant bench barge-in`, and what its table says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.files import read_audio
from assistant.bench.barge_in_cast import Cast
from assistant.bench.barge_in_report import (
    BargeInReport,
    Cancellation,
    FalseInterruptions,
    Interruptions,
)

DATA = Path(__file__).parents[1] / "data"
RATE = 16_000


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four speakers of long recordings; their quiet parts are quieter than any room."""
    folder = tmp_path_factory.mktemp("clips")
    words = read_audio(DATA / "the_egyptian_background.flac").samples[7_000:46_000]
    silence = np.zeros(RATE // 2, np.float32)
    entries = []
    for speaker in "abcd":
        soundfile.write(
            folder / f"{speaker}.flac", np.concatenate((silence, words, silence, words)), RATE
        )
        entries.append(
            {
                "file": f"{speaker}.flac",
                "kind": "speech",
                "language": "en",
                "speaker": speaker,
                "transcript": "the egyptian background",
                "transcript_quality": "exact",
            }
        )
    path = folder / "manifest.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def test_nobody_interrupts_in_both_halves_nor_is_read_out_where_they_interrupt(
    manifest: Path,
) -> None:
    dev, test = (Cast.of(manifest, half, 1, None) for half in ("dev", "test"))
    assert {one.name for one in test.guests} == {"b", "d"}
    assert {one.speaker for one in test.read} == {"a", "c"}
    assert {one.name for one in dev.guests} == {"a", "c"}
    assert {one.speaker for one in dev.read} == {"b", "d"}


def test_a_guest_is_silent_until_the_onset_and_no_longer_than_three_seconds(
    manifest: Path,
) -> None:
    guest = Cast.of(manifest, "test", 1, None).guests[0]
    onset = round(guest.onset_s * RATE)
    peak = np.abs(guest.samples).max()
    assert np.abs(guest.samples[: onset - RATE // 20]).max() < 0.05 * peak
    assert np.abs(guest.samples[onset : onset + RATE // 4]).max() > 0.1 * peak
    assert guest.speech_s <= 3
    assert len(guest.samples) == pytest.approx(onset + guest.speech_s * RATE, abs=1)


def test_the_table_says_what_was_found_and_what_was_wanted() -> None:
    report = BargeInReport(
        "test",
        1,
        (Cancellation("measured", 80.0, -6.0, 0.2, "people", 43.4, 33.0, 0.5),),
        (
            FalseInterruptions("people", "cancelled", 10.0, 2, 1, (4.0,)),
            FalseInterruptions("people", "as it is", 2.0, 9, 9, ()),
        ),
        (
            Interruptions(-26.0, "measured", "utterances", 2, 1, ("x",), 0, (300.0,)),
            Interruptions(-26.0, "measured", "short words", 1, 1, ("y",), 0, ()),
        ),
    )
    assert report.rows() == [
        (
            "echo taken away, people, measured room, 80 ms, -6 dB",
            "43 dB (33 dB in seconds 1 to 3)",
            "",
        ),
        (
            "false interruptions, people, echo cancelled",
            "1 in 10 min (2 times ducked)",
            "1 in 10 min",
        ),
        ("false interruptions, people, echo as it is", "9 in 2 min (9 times ducked)", ""),
        (
            "missed; onset to silence P50 / P95, utterances at -26 dBFS, measured room",
            "50 % (1 of 2, 0 early); 300 / 300 ms",
            "5 %; 350 / 450 ms",
        ),
        (
            "missed; onset to silence P50 / P95, short words at -26 dBFS, measured room",
            "100 % (1 of 1, 0 early)",
            "",
        ),
        *(
            (
                f"missed; onset to silence P50 / P95, utterances at all levels, {room} room",
                "50 % (1 of 2, 0 early); 300 / 300 ms",
                "5 %; 350 / 450 ms",
            )
            for room in ("measured", "any")
        ),
    ]
    assert json.loads(json.dumps(report.as_json()))["half"] == "test"
