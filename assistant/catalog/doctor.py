"""Looks at this machine and installation and says what is fine, what is broken, and what to do.

Owns the findings of `assistant doctor`. First :func:`gather` collects facts, then pure functions judge
them. It repairs nothing, opens no device and no network, and imports no inference library: llama.cpp is
tried in a process of its own, because a build for another CPU ends with an illegal instruction.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil

from assistant import paths
from assistant.catalog.catalog import Catalog
from assistant.catalog.verify import check_files
from assistant.errors import AssistantError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assistant.settings import Settings

MEGABYTE = 1_000_000
LEAST_PYTHON = (3, 11)
LEAST_FREE_DISK_MB = 100
"""Enough for notes, history and logs for years; models need more and say so when they are fetched."""

BUILD_PROBE = "import llama_cpp; print(llama_cpp.llama_print_system_info().decode())"
BUILD_PROBE_LIMIT_S = 60.0

CPU_FLAGS = {
    "AVX": "avx",
    "AVX2": "avx2",
    "FMA": "fma",
    "F16C": "f16c",
    "BMI2": "bmi2",
    "AVX512": "avx512f",
    "AVX512_VBMI": "avx512_vbmi",
    "AVX512_VNNI": "avx512_vnni",
    "AVX512_BF16": "avx512_bf16",
    "AMX_INT8": "amx_int8",
}
"""What llama.cpp calls a feature → what Linux calls it."""

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        name: what.
        status: ``warn`` = something will not work or will be slow; ``fail`` = no turn will work.
        detail: what was found, in words.
        what_to_do: empty when all is well.
    """

    name: str
    status: Status
    detail: str
    what_to_do: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """A package the program uses.

    Attributes:
        module: by which it is imported.
        distribution: by which it is installed.
        needed: no turn works without it.
        purpose: what it is for, in words.
    """

    module: str
    distribution: str
    purpose: str
    needed: bool = True


LIBRARIES = (
    Library("llama_cpp", "llama-cpp-python", "runs the thinker"),
    Library("pocketsphinx", "pocketsphinx", "hears"),
    Library("espeakng_loader", "espeakng-loader", "speaks"),
    Library("soxr", "soxr", "changes audio rates"),
    Library("soundfile", "soundfile", "reads and writes audio files"),
    Library("num2words", "num2words", "speaks numbers"),
    Library("onnxruntime", "onnxruntime", "runs ONNX models", needed=False),
    Library("webrtcvad", "webrtcvad-wheels", "finds speech", needed=False),
    Library("sounddevice", "sounddevice", "microphone and loudspeaker", needed=False),
    Library("PySide6", "PySide6-Essentials", "the window", needed=False),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What this machine is like; None = could not be found out.

    Attributes:
        cpu_flags: in the kernel's words.
        llama_build: llama.cpp's own description of its build; empty when it could not be run.
        llama_failure: why it could not be run; empty when it could, or was not tried.
        versions: distribution → installed version, of those that are importable.
        portaudio: the library's name or path.
        data_dir_error: why nothing can be written into the data folder; empty = it can.
        has_display: whether a window could open.
    """

    python: tuple[int, int, int]
    cpu_flags: frozenset[str] | None
    llama_build: str
    llama_failure: str
    memory_available_mb: int
    memory_total_mb: int
    versions: Mapping[str, str]
    portaudio: str | None
    data_dir: Path
    data_dir_error: str
    disk_free_mb: int
    has_display: bool


def examine(settings: Settings | SettingsError, *, hashes: bool = False) -> list[Finding]:
    """Return everything there is to say about this installation, most basic things first.

    Args:
        settings: as loaded, or the error that loading them gave.
        hashes: also read every model file and compare its sha256 (seconds).
    """
    facts = gather()
    return [*judge(facts, settings), *_judge_models(settings, hashes=hashes)]


# --- facts ------------------------------------------------------------------------------------------


def gather() -> Facts:
    """Return the facts about this machine; starts one short process."""
    memory = psutil.virtual_memory()
    build, failure = _llama_build()
    folder = paths.data_dir()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return Facts(
        python=sys.version_info[:3],
        cpu_flags=_cpu_flags(),
        llama_build=build,
        llama_failure=failure,
        memory_available_mb=memory.available // MEGABYTE,
        memory_total_mb=memory.total // MEGABYTE,
        versions=_versions(),
        portaudio=_portaudio(),
        data_dir=folder,
        data_dir_error=_write_error(existing),
        disk_free_mb=shutil.disk_usage(existing).free // MEGABYTE,
        has_display=platform.system() != "Linux"
        or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")),
    )


def _cpu_flags() -> frozenset[str] | None:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None  # not Linux
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    # Linux writes avx512vbmi, but avx512_vnni; one spelling is enough for us.
    return frozenset(line[1].replace("avx512vbmi", "avx512_vbmi").split()) if line else None


def _llama_build() -> tuple[str, str]:
    if importlib.util.find_spec("llama_cpp") is None or getattr(sys, "frozen", False):
        return "", ""  # absent (reported elsewhere), or no interpreter to run the probe with
    try:
        result = subprocess.run(  # noqa: S603  our own interpreter and a constant
            [sys.executable, "-c", BUILD_PROBE],
            capture_output=True,
            text=True,
            timeout=BUILD_PROBE_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "", f"it did not answer within {BUILD_PROBE_LIMIT_S:.0f} s"
    if result.returncode < 0:
        return "", f"it was killed by signal {-result.returncode}"
    if result.returncode:
        return "", (result.stderr.strip().splitlines() or ["it failed without a word"])[-1]
    return result.stdout.strip(), ""


def _versions() -> dict[str, str]:
    versions = {}
    for library in LIBRARIES:
        if importlib.util.find_spec(library.module) is not None:
            try:
                versions[library.distribution] = importlib.metadata.version(library.distribution)
            except importlib.metadata.PackageNotFoundError:
                versions[library.distribution] = "unknown version"
    return versions


def _portaudio() -> str | None:
    import ctypes.util

    bundled = importlib.util.find_spec("_sounddevice_data")  # in the wheels for Windows and macOS
    if platform.system() != "Linux" and bundled is not None:
        return "bundled with sounddevice"
    return ctypes.util.find_library("portaudio")


def _write_error(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder) as handle:
            handle.write(b"x")
    except OSError as exc:
        return exc.strerror or str(exc)
    return ""


# --- judgements -------------------------------------------------------------------------------------


def judge(facts: Facts, settings: Settings | SettingsError) -> list[Finding]:
    """Return the findings about the machine; pure."""
    return [
        _judge_python(facts),
        *_judge_libraries(facts),
        _judge_cpu(facts),
        _judge_settings(settings),
        _judge_memory(facts, settings),
        _judge_data_dir(facts),
        _judge_portaudio(facts),
        _judge_display(facts),
    ]


def _judge_python(facts: Facts) -> Finding:
    version = ".".join(map(str, facts.python))
    if facts.python < LEAST_PYTHON:
        least = ".".join(map(str, LEAST_PYTHON))
        return Finding("python", "fail", version, f"Install Python {least} or newer.")
    return Finding("python", "ok", version)


def _judge_libraries(facts: Facts) -> Iterator[Finding]:
    for library in LIBRARIES:
        version = facts.versions.get(library.distribution)
        if version is None:
            yield Finding(
                library.distribution,
                "fail" if library.needed else "warn",
                f"is missing ({library.purpose})",
                f"Run `make run` again, or install {library.distribution}.",
            )
        else:
            yield Finding(library.distribution, "ok", f"{version} ({library.purpose})")


def built_features(build: str) -> frozenset[str]:
    """Return the CPU features in llama.cpp's description of its build, in llama.cpp's words."""
    return frozenset(name for name, on in re.findall(r"(\w+) = (\d)", build) if on == "1")


def _judge_cpu(facts: Facts) -> Finding:
    name = "llama.cpp on this CPU"
    again = "Build llama-cpp-python again on this machine (`make run` does)."
    if facts.llama_failure:
        return Finding(name, "fail", f"cannot be used: {facts.llama_failure}", again)
    if not facts.llama_build:
        return Finding(name, "warn", "was not looked at", "")
    built = built_features(facts.llama_build) & CPU_FLAGS.keys()
    text = "built with " + (", ".join(sorted(built)) or "no special instructions")
    if facts.cpu_flags is None:
        return Finding(name, "ok", text)
    here = {feature for feature, flag in CPU_FLAGS.items() if flag in facts.cpu_flags}
    if built - here:
        lacking = ", ".join(sorted(built - here))
        return Finding(name, "fail", f"{text}; this CPU lacks {lacking}", again)
    unused = {feature for feature in ("AVX2", "AVX512", "AVX512_VNNI") if feature in here - built}
    if unused:
        detail = f"{text}; this CPU also has {', '.join(sorted(unused))}"
        return Finding(name, "warn", detail, f"It works, but slower than it could. {again}")
    return Finding(name, "ok", text)


def _judge_settings(settings: Settings | SettingsError) -> Finding:
    own = paths.user_settings_file()
    place = f"your own file is {own}" + ("" if own.exists() else " (not there, which is fine)")
    if isinstance(settings, SettingsError):
        return Finding("settings", "fail", settings.message, settings.hint)
    return Finding("settings", "ok", f"set {settings.set}, language {settings.language}; {place}")


def _judge_memory(facts: Facts, settings: Settings | SettingsError) -> Finding:
    text = f"{facts.memory_available_mb} of {facts.memory_total_mb} MB are free"
    if isinstance(settings, SettingsError):
        return Finding("memory", "ok", text)
    budget_mb = settings.pool.budget_mb
    if facts.memory_available_mb < budget_mb:
        return Finding(
            "memory",
            "warn",
            f"{text}; the models may take up to {budget_mb} MB",
            "Close other programs, or lower pool.budget_mb in the settings.",
        )
    return Finding("memory", "ok", f"{text}; the models may take up to {budget_mb} MB")


def _judge_data_dir(facts: Facts) -> Finding:
    if facts.data_dir_error:
        return Finding(
            "data folder",
            "fail",
            f"{facts.data_dir} cannot be written: {facts.data_dir_error}",
            f"Make it writable, or set {paths.HOME_VARIABLE} to another folder.",
        )
    text = f"{facts.data_dir}, {facts.disk_free_mb} MB free"
    if facts.disk_free_mb < LEAST_FREE_DISK_MB:
        return Finding("data folder", "warn", text, "Free some space on that disk.")
    return Finding("data folder", "ok", text)


def _judge_portaudio(facts: Facts) -> Finding:
    if facts.portaudio is None:
        return Finding(
            "PortAudio",
            "warn",
            "is missing: no microphone and no loudspeaker (`ask` with files works)",
            "On Debian and Ubuntu: sudo apt install libportaudio2",
        )
    return Finding("PortAudio", "ok", facts.portaudio)


def _judge_display(facts: Facts) -> Finding:
    if not facts.has_display:
        return Finding(
            "display",
            "warn",
            "there is none, so no window can open",
            "Use `assistant ask` in the terminal.",
        )
    return Finding("display", "ok", "a window can open")


def _judge_models(settings: Settings | SettingsError, *, hashes: bool) -> Iterator[Finding]:
    if isinstance(settings, SettingsError):
        return
    try:
        catalog = Catalog.load()
    except AssistantError as exc:
        yield Finding("catalogue", "fail", exc.message, exc.hint)
        return
    roles: Sequence[tuple[str, str]] = list(settings.active_set.model_dump().items())
    for role, name in roles:
        title = f"model {name}"
        try:
            entry = catalog.entry(settings.models[name].catalogue)
            found = entry.resolve()
        except AssistantError as exc:
            yield Finding(title, "fail", exc.message, exc.hint)
            continue
        size_mb = sum(path.stat().st_size for path in found.values()) / MEGABYTE
        text = f"{entry.title} ({role}), {len(found)} files, {size_mb:.1f} MB, {entry.licence}"
        wrong = [check for check in check_files(entry) if check.ok is False] if hashes else []
        if wrong:
            detail = "; ".join(f"{check.name}: {check.detail}" for check in wrong)
            yield Finding(title, "fail", detail, "Run `assistant models verify`.")
        else:
            yield Finding(title, "ok", text)
