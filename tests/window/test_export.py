"""Exported figures are the script's, and a failed export loses nothing."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from assistant.events import TurnFinished, TurnInterrupted, WorkerReady
from assistant.metrics import distribution
from tests.window.fakes.facade import TIMINGS
from ui import export
from ui.export import ExportError
from ui.shown.figures import SessionFigures, SessionRecord

QUESTION = "what is my secret"


@pytest.fixture
def record() -> SessionRecord:
    """Three turns and two looks at memory, with a scripted clock."""
    seconds = iter(range(5000, 6000, 10))
    figures = SessionFigures(
        wall=lambda: datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC),
        clock=lambda: float(next(seconds)),
    )
    figures.add(WorkerReady({"stt": "sphinx", "thinker": "sarai", "tts": "espeak"}, 1.0))
    figures.add(TurnFinished(7, QUESTION, "an answer", TIMINGS))
    figures.add(TurnFinished(8, QUESTION, "an answer", replace(TIMINGS, first_audio=100.4567)))
    silent = replace(TIMINGS, first_audio=None, tool_ms=None, decode_s=None)
    figures.add(TurnInterrupted(9, QUESTION, "an answer", "", silent))
    figures.add_memory(310.0, 140.5)
    figures.add_memory(320.0, 141.0)
    return figures.record()


def test_the_table_has_every_turn_with_the_scripts_figures(record: SessionRecord) -> None:
    rows = list(csv.DictReader(io.StringIO(export.as_csv(record).decode())))
    assert len(rows) == 3
    first = rows[0]
    assert first == {
        "turn": "1",
        "ended": "2026-11-21T12:00:05+00:00",
        "interrupted": "False",
        "stt_model": "sphinx",
        "thinker_model": "sarai",
        "tts_model": "espeak",
        "stt_ms": "80.0",
        "stt_compute_ms": "310.0",
        "prompt_ms": "40.0",
        "first_token_ms": "50.0",
        "llm_ms": "120.0",
        "tool_ms": "12.0",
        "tts_ms": "60.0",
        "e2e_ms": "280.0",
        "mouth_to_ear_ms": "680.0",
        "total_ms": "1500.0",
        "output_latency_ms": "20.0",
        "prompt_tokens_evaluated": "31",
        "prompt_tokens_reused": "220",
        "generated_tokens": "24",
        "tokens_per_s": "60.0",
    }
    assert rows[1]["e2e_ms"] == "456.7"
    assert (rows[2]["e2e_ms"], rows[2]["tokens_per_s"], rows[2]["interrupted"]) == ("", "", "True")


def test_the_object_has_stamps_memory_and_the_distribution(record: SessionRecord) -> None:
    whole = json.loads(export.as_json(record))
    assert (whole["format"], whole["version"]) == ("sarai-session", 1)
    wanted = distribution([280.0, 456.7])
    assert whole["summary"]["e2e_ms"] == wanted.as_json()
    assert whole["summary"]["mouth_to_ear_ms"] == distribution([680.0, 856.7]).as_json()
    assert whole["summary"]["tool_ms"]["runs"] == 2
    assert whole["turns"][0]["stamps_s"]["first_piece"] == TIMINGS.first_piece
    assert whole["turns"][0]["models"]["thinker"] == "sarai"
    assert whole["turns"][2]["e2e_ms"] is None
    assert whole["memory"] == [
        {"at_s": 10.0, "worker_mb": 310.0, "app_mb": 140.5},
        {"at_s": 20.0, "worker_mb": 320.0, "app_mb": 141.0},
    ]
    explained = set(whole["definitions"])
    assert explained == {name for name in whole["turns"][0] if name.endswith("_ms")}


def test_no_word_that_was_said_is_exported(record: SessionRecord) -> None:
    for content in (export.as_csv(record), export.as_json(record)):
        assert b"secret" not in content
        assert b"answer" not in content.replace(b"spoken answer", b"")


def test_an_empty_session_can_be_exported() -> None:
    record = SessionFigures().record()
    assert len(export.as_csv(record).splitlines()) == 1
    assert json.loads(export.as_json(record))["turns"] == []


def test_a_picture_is_written_as_png(tmp_path: Path) -> None:
    picture = QImage(20, 10, QImage.Format.Format_RGB32)
    picture.fill(QColor("#336699"))
    export.write(tmp_path / "a.png", export.as_png(picture))
    again = QImage(str(tmp_path / "a.png"))
    assert (again.width(), again.height()) == (20, 10)
    assert again.pixelColor(5, 5) == QColor("#336699")


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        (errno.ENOSPC, "export_disk_full", "The disk is full: a.csv was not saved."),
        (errno.EDQUOT, "export_disk_full", "The disk is full: a.csv was not saved."),
        (errno.EACCES, "export_denied", "{folder} cannot be written to: a.csv was not saved."),
        (errno.EROFS, "export_denied", "{folder} cannot be written to: a.csv was not saved."),
        (errno.EIO, "export_failed", "a.csv was not saved (Input/output error)."),
    ],
)
def test_when_writing_fails_the_former_file_stays_and_no_piece_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, sentence: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"former")

    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError) as told:
        export.write(path, b"new")
    assert told.value.code == code
    assert told.value.message == sentence.format(folder=tmp_path)
    assert told.value.hint
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as told:
        export.write(tmp_path / "gone" / "a.csv", b"x")
    assert told.value.code == "export_failed"


def test_an_existing_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"former, and longer")
    export.write(path, b"new")
    assert path.read_bytes() == b"new"
