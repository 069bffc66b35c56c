"""Builds replicas of a set or model into the cache, each file in turn, and takes them away again.

Owns which models have a replica and how a folder becomes one: all files first, then the record that makes it
count, then one rename. What a file contains is its own module's.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from assistant import paths
from assistant.catalog import replicas
from assistant.catalog.catalog import Catalog, CatalogEntry
from assistant.downloads.progress import OnProgress, Reporter
from assistant.downloads.room import RESERVE_BYTES
from assistant.downloads.troubles import disk_too_small
from assistant.errors import ModelError
from assistant.replicas.lfm2 import Lfm2

logger = logging.getLogger(__name__)

PACKAGES: Final = ("gguf", "onnx", "sentencepiece")

Write = Callable[[Mapping[str, Path], Callable[[int], None]], None]
"""Writes all files of a model, by name, and tells how many bytes each step added."""


def build(
    name: str, catalog: Catalog, on_progress: OnProgress, *, again: bool = False
) -> list[str]:
    """Build what lacks of a set's replicas, or one model's; returns the ids of those built. Blocks.

    Models that come with the program have no replica: they serve themselves.

    Args:
        name: of a set or model in the catalogue.
        catalog: says what the files are called and how large they are.
        on_progress: told on the calling thread, several times a second.
        again: build those that are here too.

    Raises:
        ModelError: ``model_unknown``, ``replica_unknown``, ``replica_tools_missing``, ``disk_full`` or
            ``replica_failed``.
    """
    wanted = [entry for entry in catalog.chosen(name) if entry.is_downloaded]
    makers = {entry.id: _maker(entry) for entry in wanted}
    lacking = [entry for entry in wanted if again or not replicas.is_built(entry)]
    if lacking:
        _look_for_packages()
    total = sum(entry.total_bytes or 0 for entry in lacking)
    _make_sure_of_room(name, total)
    reporter = Reporter(name, total, on_progress, lambda: False)
    for entry in lacking:
        _build(entry, makers[entry.id], reporter)
    reporter.end()
    return [entry.id for entry in lacking]


def remove(name: str, catalog: Catalog) -> list[str]:
    """Take away the replicas of a set or model; returns the ids of those that were here.

    Raises:
        ModelError: ``model_unknown``.
    """
    removed = []
    for entry in catalog.chosen(name):
        folder = replicas.folder_of(entry)
        if folder.exists():
            shutil.rmtree(folder)
            removed.append(entry.id)
    return removed


def _build(entry: CatalogEntry, write: Write, reporter: Reporter) -> None:
    folder = replicas.folder_of(entry)
    new = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    shutil.rmtree(new, ignore_errors=True)
    files = {file.name: new / file.path for file in entry.files}
    reporter.begin("building", entry.id)
    try:
        for path in files.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        write(files, reporter.add)
        replicas.write_record(entry, new)
        shutil.rmtree(folder, ignore_errors=True)
        new.replace(folder)
    except OSError as exc:
        raise ModelError(
            "replica_failed",
            f"The replica of {entry.id} could not be written: {exc.strerror}.",
            f"Make room in {folder.parent}, or change its permissions.",
        ) from exc
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _look_for_packages() -> None:
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise ModelError(
            "replica_tools_missing",
            f"Building replicas needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'}"
            " not installed.",
            "Run `pip install 'sarai-assistant[replica]'`.",
        )


def _make_sure_of_room(what: str, needed_bytes: int) -> None:
    folder = paths.cache_dir() / replicas.FOLDER
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if needed_bytes and needed_bytes + RESERVE_BYTES > free:
        raise disk_too_small(what, needed_bytes + RESERVE_BYTES, free, existing)


# --- which models ---------------------------------------------------------------------------------------

_LFM2: Final = {
    "lfm2.5-350m": Lfm2(1024, 4608, "Q4_K_M", "lfm2.5"),
    "lfm2.5-350m-qad": Lfm2(1024, 4608, "Q4_0", "lfm2.5"),
    "lfm2.5-1.2b": Lfm2(2048, 8192, "Q4_K_M", "lfm2.5"),
    "lfm2.5-1.2b-qad": Lfm2(2048, 8192, "Q4_0", "lfm2.5"),
    "lfm2-350m": Lfm2(1024, 4608, "Q4_K_M", "lfm2"),
    "lfm2-1.2b": Lfm2(2048, 8192, "Q4_K_M", "lfm2"),
}
_FASTCONFORMERS: Final = frozenset({"parakeet-110m-en", "fastconformer-es"})
_POCKET: Final = {"pocket-tts-en": "english_2026-04"}
_PIPER: Final = {
    "piper-en-norman": "en-us",
    "piper-en-alba": "en-gb-x-rp",
    "piper-es-davefx": "es",
    "piper-es-ald": "es-419",
}
"""Voices of medium quality, with what eSpeak NG calls their accent."""


def known_replicas() -> frozenset[str]:
    """Return the ids of the models of which there are replicas."""
    return frozenset({*_LFM2, *_FASTCONFORMERS, *_POCKET, *_PIPER})


def _maker(entry: CatalogEntry) -> Write:
    if entry.id in _LFM2:
        return _lfm2(_LFM2[entry.id])
    if entry.id in _FASTCONFORMERS:
        return _fastconformer
    if entry.id in _POCKET:
        return _pocket_tts(_POCKET[entry.id])
    if entry.id in _PIPER:
        return _piper(_PIPER[entry.id])
    raise ModelError(
        "replica_unknown",
        f"There is no replica of {entry.id}.",
        f"There are replicas of {', '.join(sorted(known_replicas()))}.",
    )


def _words() -> list[str]:
    """The words of our own dictionary, of which vocabularies are made."""
    text = (paths.packaged_models() / "sphinx" / "artefacts" / "words.dict").read_text("utf-8")
    return [line.partition(" ")[0] for line in text.splitlines()]


def _lfm2(model: Lfm2) -> Write:
    def write(files: Mapping[str, Path], on_bytes: Callable[[int], None]) -> None:
        from assistant.replicas.lfm2 import write_lfm2

        (path,) = files.values()
        write_lfm2(path, model, _words(), on_bytes)

    return write


def _fastconformer(files: Mapping[str, Path], on_bytes: Callable[[int], None]) -> None:
    from assistant.replicas.fastconformer import write_fastconformer, write_vocabulary

    write_fastconformer(files["model.int8.onnx"], on_bytes)
    write_vocabulary(files["vocab.txt"], _words())


def _pocket_tts(language: str) -> Write:
    def write(files: Mapping[str, Path], on_bytes: Callable[[int], None]) -> None:
        from assistant.replicas import mimi, pocket_tts

        pocket_tts.write_text_conditioner(files["text_conditioner.onnx"], on_bytes)
        flow_states = pocket_tts.write_flow_main(files["flow_lm_main_int8.onnx"], on_bytes)
        pocket_tts.write_flow(files["flow_lm_flow_int8.onnx"], on_bytes)
        decoder_states = mimi.write_mimi_decoder(files["mimi_decoder_int8.onnx"], on_bytes)
        pocket_tts.write_bundle(files["bundle.json"], language, flow_states, decoder_states)
        pocket_tts.write_bos(files["bos_before_voice.npy"])
        pocket_tts.write_tokenizer(files["tokenizer.model"], _words())
        pocket_tts.write_voice(_one(files, ".safetensors"), on_bytes)

    return write


def _piper(accent: str) -> Write:
    def write(files: Mapping[str, Path], on_bytes: Callable[[int], None]) -> None:
        from assistant.replicas.piper import write_piper, write_piper_config

        write_piper(_one(files, ".onnx"), on_bytes)
        write_piper_config(_one(files, ".json"), accent)

    return write


def _one(files: Mapping[str, Path], suffix: str) -> Path:
    (path,) = (path for path in files.values() if path.suffix == suffix)
    return path
