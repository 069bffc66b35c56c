"""Finds out whether a model is what the catalogue says: its files, its header, and a real run.

Owns the list of checks and their verdicts. It loads no model itself: the caller passes a function that
does, so that this module needs no engine and a test can pass an impostor. The real runs are in
`assistant.catalog.meaning`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.catalog.checks import Check
from assistant.catalog.graph_roles import (
    AUDIO_CORE,
    CORE_ROLES,
    check_graph,
    roles_of_files,
    too_new,
)
from assistant.catalog.meaning import Trial, check_meaning
from assistant.catalog.onnx_header import read_onnx_header, signature_differences
from assistant.engines.gguf_check import read_gguf_header
from assistant.engines.onnx_limits import runtime_limits
from assistant.errors import AssistantError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from assistant.catalog.catalog import Catalog, CatalogEntry, CatalogFile
    from assistant.catalog.entries import Graph
    from assistant.engines.gguf_check import GgufHeader
    from assistant.engines.onnx_limits import RuntimeLimits
    from assistant.settings import Settings

_NO_TOKEN = 0xFFFFFFFF
"""What some converters write where a vocabulary has no such token."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about one model.

    Attributes:
        model: its name in the settings (or its catalogue id where no settings are involved).
        role: what it serves as.
        checks: in the order they were made; later ones are left out once a file is wrong.
    """

    model: str
    role: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return _is_sound(self.checks)


def verify_set(
    settings: Settings,
    catalog: Catalog,
    open_engine: Callable[[str], AbstractContextManager[Any]] | None = None,
    trial: Trial | None = None,
) -> list[Report]:
    """Return a report for each model of the active set.

    Args:
        settings: whose active set is looked at.
        catalog: says what the files must be.
        open_engine: takes a model's name in the settings and gives its engine for a ``with`` block;
            None leaves the real runs out.
        trial: what to run the engines on.

    Files that are wrong are never loaded: llama.cpp may crash on them.
    """
    chosen = settings.active_set.model_dump()
    found: dict[str, list[Check]] = {}
    for role, name in chosen.items():
        try:
            entry = catalog.entry(settings.models[name].catalogue)
        except AssistantError as exc:
            found[role] = [Check("catalogue", ok=False, detail=exc.message)]
        else:
            found[role] = check_files(entry, runtime_limits())
    if open_engine is not None:
        for role, name in chosen.items():
            if _is_sound(found[role]):
                found[role] += check_runs(catalog.entry(settings.models[name].catalogue))
        sound = {role: chosen[role] for role, checks in found.items() if _is_sound(checks)}
        for role, checks in check_meaning(sound, open_engine, trial or Trial()).items():
            found[role] += checks
    return [Report(chosen[role], role, tuple(checks)) for role, checks in found.items()]


def check_files(entry: CatalogEntry, limits: RuntimeLimits | None = None) -> list[Check]:
    """Return the checks of an entry's files: pinned, present, size, hash, and what their headers say.

    Of a GGUF and of the parts of our own chain that must be right; where another ONNX file differs from the
    catalogue's words, that is told and fails nothing: its hash is right, and ours is the younger text.

    Args:
        entry: whose files they are.
        limits: of the installed ONNX Runtime; None = whether it reads them is left open.
    """
    checks: list[Check] = []
    places = entry.paths()
    parts = roles_of_files(places)
    for file in entry.files:
        checks += _check_file(file, places[file.name])
        if file.name.endswith(".gguf") and _is_sound(checks):
            checks.append(check_gguf(places[file.name], entry))
        graph = entry.signature.graphs.get(file.name)
        if graph is not None and file.name not in parts and _is_sound(checks):
            checks.append(check_onnx(places[file.name], graph, limits))
    if _is_sound(checks):  # weights may lie in another of the files
        for name, role in parts.items():
            checks += check_graph(places[name], role, limits)
    return checks


def check_runs(entry: CatalogEntry) -> list[Check]:
    """Return what running each part of our own chain showed; nothing for any other model.

    The files must have passed :func:`check_files`: a wrong one may crash the runtime.
    """
    places = entry.paths()
    from assistant.catalog.graph_runs import (
        PARTS,
        check_parts,
    )  # brings in the pronunciation of English

    needed = PARTS.get(entry.role, ())
    parts: dict[str, tuple[Path, str]] = {}
    for name, role in roles_of_files(places).items():
        if role == AUDIO_CORE:
            inside = (one for one in CORE_ROLES if one in needed)
            parts |= {one: (places[name], f"{one} in {name}") for one in inside}
        elif role in needed:
            parts[role] = (places[name], name)
    return check_parts(parts)


def _is_sound(checks: Iterable[Check]) -> bool:
    return all(check.ok is not False for check in checks)


def _check_file(file: CatalogFile, path: Path) -> Iterator[Check]:
    name = f"file {file.name}"
    if file.bytes is None or file.sha256 is None:
        yield Check(name, ok=False, detail="its size and sha256 are not pinned in the catalogue")
        return
    try:
        size, digest = size_and_sha256(path, text=file.text)
    except FileNotFoundError:
        yield Check(name, ok=False, detail="is missing")
        return
    except OSError as exc:
        yield Check(name, ok=False, detail=f"cannot be read: {exc.strerror}")
        return
    if size != file.bytes:
        yield Check(name, ok=False, detail=f"has {size} bytes instead of {file.bytes}")
    elif digest != file.sha256:
        detail = f"its sha256 is {digest[:12]}… instead of {file.sha256[:12]}…"
        yield Check(name, ok=False, detail=detail)
    else:
        yield Check(name, ok=True, detail=f"{size} bytes, sha256 {file.sha256[:12]}…")


def size_and_sha256(path: Path, *, text: bool = False) -> tuple[int, str]:
    """Return the size in bytes and the sha256 of a file; of a text, as if its lines ended in LF.

    Raises:
        OSError: the file cannot be read.
    """
    if text:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        return len(content), hashlib.sha256(content).hexdigest()
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        return handle.tell(), digest


def check_onnx(path: Path, wanted: Graph, limits: RuntimeLimits | None = None) -> Check:
    """Return whether the runtime reads a graph, and it takes and gives what the catalogue says.

    A difference is told, but fails nothing: the file's hash is right, and ours is the younger text.
    """
    try:
        header = read_onnx_header(path)
    except ModelError as exc:
        return Check(f"onnx header of {path.name}", ok=False, detail=exc.message)
    if problems := too_new(header, limits):
        return Check(f"onnx header of {path.name}", ok=False, detail="; ".join(problems))
    differences = signature_differences(header, wanted)
    return Check(
        f"onnx header of {path.name}",
        ok=None if differences else True,
        detail="; ".join(differences)
        or f"opset {header.opset}, {', '.join(header.inputs)} → {', '.join(header.outputs)}",
    )


def check_gguf(path: Path, entry: CatalogEntry) -> Check:
    """Return whether the header says what a thinker needs and what the catalogue promises."""
    try:
        header = read_gguf_header(path)
    except ModelError as exc:
        return Check("gguf header", ok=False, detail=exc.message)
    problems = list(_gguf_problems(header, entry))
    return Check(
        "gguf header",
        ok=not problems,
        detail="; ".join(problems) or f"{header.architecture}, {len(header.tensors)} tensors",
    )


def _gguf_problems(header: GgufHeader, entry: CatalogEntry) -> Iterator[str]:
    wanted = entry.signature.architecture
    if wanted is not None and header.architecture != wanted:
        yield f"its architecture is {header.architecture}, not {wanted}"
    for key, what in (
        ("tokenizer.ggml.model", "tokenizer"),
        ("tokenizer.ggml.tokens", "vocabulary"),
        ("tokenizer.chat_template", "chat template"),
    ):
        if not header.metadata.get(key):
            yield f"it has no {what}"
    if header.metadata.get("tokenizer.ggml.eos_token_id") in (None, _NO_TOKEN):
        yield "it names no end token"
