"""The session's figures as files: CSV and JSON for other programs, PNG for people.

Owns the formats and the writing. Numbers are `assistant.metrics`', rounded to a microsecond; no word that was
said is in them. Chooses no place and shows no message: `ui.pages.session` does.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice
from PySide6.QtGui import QImage

from assistant.errors import AssistantError
from assistant.metrics import TurnTimings
from ui.shown.figures import SessionRecord, TurnRow, spread_of

FORMAT = "sarai-session"
VERSION = 1

DECIMALS = 3
"""A microsecond, in milliseconds: finer than any clock here."""

ROLES = ("stt", "thinker", "tts")

DEFINITIONS = {
    "stt_ms": "end of the audio (its soft end, if work began there) to the final transcript",
    "stt_compute_ms": "time inside the recogniser, before and after the endpoint",
    "prompt_ms": "final transcript to the prompt having been read",
    "first_token_ms": "final transcript to the first token of the spoken answer",
    "llm_ms": "final transcript to the first speakable piece, tools included",
    "tool_ms": "time inside tools",
    "tts_ms": "first piece to the first audible synthesised samples",
    "e2e_ms": "endpoint (the decision that the turn is over) to the first sound",
    "mouth_to_ear_ms": "last sample of speech to the first sound",
    "total_ms": "endpoint to the last sample handed over",
    "output_latency_ms": "what the device reports on top of the first sound",
}
"""What the columns measure; the words of `assistant.metrics`."""

SUMMARISED = ("stt_ms", "llm_ms", "tool_ms", "tts_ms", "e2e_ms", "mouth_to_ear_ms")


class ExportError(AssistantError):
    """A file could not be written: ``export_disk_full``, ``export_denied`` or ``export_failed``."""


def as_csv(record: SessionRecord) -> bytes:
    """Return one line for each turn under a line of names; RFC 4180, UTF-8, empty where unknown."""
    text = io.StringIO(newline="")
    rows = [_flat(row) for row in record.turns]
    names = ["turn", "ended", "interrupted", *(f"{role}_model" for role in ROLES)]
    names += [*DEFINITIONS, *_TOKENS, "tokens_per_s"]
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_json(record: SessionRecord) -> bytes:
    """Return turns with stamps, P50 and P95 of the models in use now, and memory, as one object."""
    summary = {}
    for name in SUMMARISED:
        spread = spread_of(_figures(row.timings)[name] for row in record.comparable)
        if spread is not None:
            summary[name] = spread.as_json()
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "began": record.began.isoformat(timespec="seconds"),
        "definitions": DEFINITIONS,
        "summary": summary,
        "turns": [
            _flat(row) | {"models": dict(row.models), "stamps_s": _stamps(row.timings)}
            for row in record.turns
        ],
        "memory": [
            {
                "at_s": round(sample.at_s, DECIMALS),
                "worker_mb": sample.worker_mb,
                "app_mb": sample.app_mb,
            }
            for sample in record.memory
        ],
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def as_png(picture: QImage) -> bytes:
    """Return the picture as a PNG file; any thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, Qt a str
    return bytes(buffer.data().data())


def write(path: Path, content: bytes) -> None:
    """``path`` holds ``content``; what was there stays as it was if that fails. Blocks.

    Raises:
        ExportError: the disk is full, the place cannot be written to, or anything else of the system's.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as problem:
        with suppress(OSError):
            unfinished.unlink()
        raise _told(problem, path) from problem


def _told(problem: OSError, path: Path) -> ExportError:
    translate = QCoreApplication.translate
    hint = translate("Export", "Choose another place.")
    match problem.errno:
        case errno.ENOSPC | errno.EDQUOT:
            code = "export_disk_full"
            message = translate("Export", "The disk is full: {0} was not saved.")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            code = "export_denied"
            message = translate("Export", "{1} cannot be written to: {0} was not saved.")
        case _:
            code = "export_failed"
            message = translate("Export", "{0} was not saved ({2}).")
    return ExportError(code, message.format(path.name, path.parent, problem.strerror), hint)


_TOKENS = ("prompt_tokens_evaluated", "prompt_tokens_reused", "generated_tokens")


def _flat(row: TurnRow) -> dict[str, object]:
    timings = row.timings
    return {
        "turn": row.number,
        "ended": row.ended.isoformat(timespec="seconds"),
        "interrupted": row.is_interrupted,
        **{f"{role}_model": row.models.get(role) for role in ROLES},
        **{name: _rounded(value) for name, value in _figures(timings).items()},
        **{name: getattr(timings, name) for name in _TOKENS},
        "tokens_per_s": _rounded(timings.tokens_per_s),
    }


def _figures(timings: TurnTimings) -> Mapping[str, float | None]:
    """Return every figure of DEFINITIONS, in its order."""
    heard = timings.stt_done
    return {
        "stt_ms": timings.stt_ms,
        "stt_compute_ms": timings.stt_compute_ms,
        "prompt_ms": _between_ms(heard, timings.prompt_done),
        "first_token_ms": _between_ms(heard, timings.first_token),
        "llm_ms": timings.llm_ms,
        "tool_ms": timings.tool_ms,
        "tts_ms": timings.tts_ms,
        "e2e_ms": timings.e2e_ms,
        "mouth_to_ear_ms": timings.mouth_to_ear_ms,
        "total_ms": _between_ms(timings.endpoint, timings.finished),
        "output_latency_ms": timings.output_latency_ms,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _between_ms(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else (end - start) * 1000.0


_STAMPS = (
    "last_speech", "soft_end", "endpoint", "stt_done", "prompt_done", "first_token", "first_piece",
    "tts_first", "first_audio", "finished",
)  # fmt: skip


def _stamps(timings: TurnTimings) -> dict[str, float | None]:
    """Return the stamps as they are: seconds on a clock whose zero means nothing."""
    return {name: getattr(timings, name) for name in _STAMPS}
