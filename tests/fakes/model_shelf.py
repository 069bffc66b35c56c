"""A small catalogue of models that a :class:`ModelServer` has: from hub, archive and web.

The files are random bytes; nothing here can be run.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.catalog.catalog import Catalog
from assistant.settings.downloads import DownloadSettings
from tests.fakes.model_server import ModelServer

COMMIT = "5" * 40
EAR, EAR_WORDS = "/models.example/ear.tar.bz2", b"words of the ear"
BRAIN = f"/someone/brain/resolve/{COMMIT}/brain.gguf"
MOUTH, MOUTH_WORDS = "/web.example/voices/mouth.onnx", "/web.example/voices/extra/words.txt"


@dataclass(frozen=True)
class Shelf:
    """The catalogue, its file, what is on the server, and settings that lead there."""

    catalog: Catalog
    file: Path
    contents: dict[str, bytes]
    settings: DownloadSettings


def some_bytes(seed: int, count: int) -> bytes:
    return np.random.default_rng(seed).bytes(count)


def pins(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def tar_of(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:bz2") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def fill(server: ModelServer, folder: Path, *, archive: bytes | None = None) -> Shelf:
    """Put the models on the server and a catalogue into ``folder``."""
    contents = {
        "ear.onnx": some_bytes(1, 90_000),
        "words.txt": EAR_WORDS,
        "brain.gguf": some_bytes(2, 250_000),
        "mouth.onnx": some_bytes(3, 60_000),
    }
    honest = tar_of(
        {
            "./ear-1/README": b"hello",
            "./ear-1/model.onnx": contents["ear.onnx"],
            "./ear-1/tokens.txt": contents["words.txt"],
        }
    )
    archive = archive or honest
    server.files |= {
        EAR: archive,
        BRAIN: contents["brain.gguf"],
        MOUTH: contents["mouth.onnx"],
        MOUTH_WORDS: contents["words.txt"],
    }

    def model(role: str, origin: dict[str, Any], *files: dict[str, Any]) -> dict[str, Any]:
        return {
            "role": role,
            "engine": "none",
            "title": f"A model for {role}",
            "languages": ["en"],
            "licence": "MIT",
            "restricts_commercial_use": False,
            "source": "made by this test",
            "origin": origin,
            "files": list(files),
        }

    def file(name: str, **changes: Any) -> dict[str, Any]:
        return {"path": name, **pins(contents[name]), **changes}

    hub = {"kind": "hub", "repository": "someone/brain", "revision": COMMIT}
    models = {
        "ear": model(
            "stt",
            {"kind": "archive", "url": f"https:/{EAR}", **pins(archive), "bytes": None},
            file("ear.onnx", remote="model.onnx"),
            file("words.txt", remote="tokens.txt"),
        ),
        "brain": model("thinker", hub, file("brain.gguf")),
        "mouth": model(
            "tts",
            {"kind": "web", "base": "https://web.example/voices/"},
            file("mouth.onnx"),
            file("words.txt", path="extra/words.txt"),
        ),
        "unknown": {
            **model("tts", hub, {"path": "unknown.onnx"}),
            "not_pinned_because": "nobody quotes it",
        },
        "shipped": {
            key: value
            for key, value in model("thinker", {}, file("brain.gguf", path="x.gguf")).items()
            if key != "origin"
        },
    }
    models["brain"].update(
        licence="Odd Licence", licence_note="Only on Sundays.", restricts_commercial_use=True
    )
    offer = {"title": "Good", "summary": "A set.", "stt": "ear", "thinker": "brain", "tts": "mouth"}
    sets = {"good": offer, "better": {**offer, "title": "Better", "thinker": "shipped"}}
    path = folder / "catalogue.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schema_version": 1, "models": models, "sets": sets}))
    (folder / "x.gguf").write_bytes(contents["brain.gguf"])
    settings = DownloadSettings(hub=server.url, mirror=server.url, stall_timeout_s=1.0, attempts=2)
    return Shelf(Catalog.load(path), path, contents, settings)
