"""Owns the one compiled wheel, llama-cpp-python for this CPU, and the two caches it is kept in.

PyPI has only its source. Compiling it takes minutes, so the wheel is kept in the working copy
(``.cache/wheels/<fingerprint>/``) and once more for the user, for the next clone. This module does not
install the wheel: `bootstrap` does, and checks that it loads.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import sys
import sysconfig
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

from cpu_flags import ALWAYS, cmake_arguments, host_features, required_features, switches_for
from progress import SetupError, clock, ninja_progress, pip_activity, run_logged, say
from stamps import key_of

HERE = Path(__file__).resolve().parent
SOURCE_LOCK = HERE / "locks" / "llama.txt"
TOOLS_LOCK = HERE / "locks" / "compile.txt"
CMAKE_INCLUDE = HERE / "llama_only.cmake"

COMPILE_CPU_S = 190
"""Processor seconds of one compile with all AVX-512 switches on, to announce "about N minutes".

Source: measured with gcc 12 on an AMD EPYC, 2 cores."""
BYTES_PER_JOB = 1_500_000_000
"""Memory one compiler process may need (a guess, on the safe side), so that small machines do not swap."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what the compiled wheel is; equal recipes share one wheel.

    The Python version is not part of it: the package reaches its library through ctypes and its wheel
    is tagged ``py3-none``.
    """

    source_key: str
    """Stands for the locked source and everything we build it with, except the choice of instructions."""
    fingerprint: str
    """Stands for the source key, the instructions and the system: the name of the wheel in a cache."""
    cmake: tuple[str, ...]
    features: frozenset[str]
    """What a CPU must have to run it (names of /proc/cpuinfo)."""


def recipe_for_this_machine() -> Recipe:
    """The recipe for the locked version with every safe instruction this CPU has."""
    switches = switches_for(host_features())
    cmake = cmake_arguments(switches)
    source_key = key_of(SOURCE_LOCK, CMAKE_INCLUDE, list(ALWAYS))
    system = (sysconfig.get_platform(), platform.machine(), *platform.libc_ver())
    fingerprint = key_of(source_key, list(cmake), *system)
    return Recipe(source_key, fingerprint, cmake, required_features(switches))


def user_cache() -> Path:
    """Where wheels are kept for all working copies of this user."""
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home()))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "sarai" / "wheels"


class WheelCache:
    """One folder of wheels by fingerprint, each with its sha256; a damaged one counts as absent."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def find(self, fingerprint: str) -> Path | None:
        """The wheel made by this recipe, if it is there and is the file that was stored."""
        folder = self._root / fingerprint
        try:
            record = json.loads((folder / "wheel.json").read_text(encoding="utf-8"))
            wheel = folder / str(record["file"])
            intact = _sha256(wheel) == record["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return wheel if intact else None

    def store(self, wheel: Path, recipe: Recipe) -> Path:
        """The wheel is in this cache; the record is written last, so an interrupted copy is never found."""
        folder = self._root / recipe.fingerprint
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        kept = Path(shutil.copy2(wheel, folder))
        record = {
            "file": kept.name,
            "sha256": _sha256(kept),
            "features": sorted(recipe.features),
            "cmake": list(recipe.cmake),
        }
        (folder / "wheel.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        return kept

    def discard(self, fingerprint: str) -> None:
        """No wheel of this recipe is here any more."""
        shutil.rmtree(self._root / fingerprint, ignore_errors=True)


class WheelStore:
    """The working copy's cache in front of the user's."""

    def __init__(self, project_cache: Path, shared: Path | None = None) -> None:
        self._cache = project_cache
        self._near = WheelCache(project_cache / "wheels")
        self._far = WheelCache(shared or user_cache())

    def find(self, recipe: Recipe) -> Path | None:
        """The wheel from either cache; one found at the user's is copied into the working copy."""
        near = self._near.find(recipe.fingerprint)
        if near is not None:
            return near
        far = self._far.find(recipe.fingerprint)
        return None if far is None else self._near.store(far, recipe)

    def discard(self, recipe: Recipe) -> None:
        """Neither cache holds this recipe's wheel any more (it did not load)."""
        self._near.discard(recipe.fingerprint)
        self._far.discard(recipe.fingerprint)

    def build(self, recipe: Recipe) -> Path:
        """The freshly compiled wheel, kept in both caches.

        Raises:
            SetupError: no compiler, no source, or the compiler failed (its last lines were printed).
        """
        compilers = ("c++", "g++", "clang++")
        if sys.platform != "win32" and not any(shutil.which(name) for name in compilers):
            raise SetupError(
                "llama.cpp must be compiled once, and there is no C++ compiler. "
                "On Debian or Ubuntu: sudo apt-get install build-essential. Then run make again."
            )
        jobs = compile_jobs()
        minutes = max(1, round(COMPILE_CPU_S / jobs / 60))
        say(
            f"Compiling llama.cpp for this CPU, once: about {minutes} min ({jobs} files at a time)."
        )
        with tempfile.TemporaryDirectory(dir=_made(self._cache), prefix="compile-") as folder:
            work = Path(folder)
            wheel, took_s = self._compile(recipe, work, jobs)
            kept = self._near.store(wheel, recipe)
        say(f"Compiled in {clock(took_s)}; kept for later in {kept.parent}")
        try:
            self._far.store(kept, recipe)
        except OSError as error:
            say(f"(Not kept for other working copies: {error}.)")
        return kept

    def _compile(self, recipe: Recipe, work: Path, jobs: int) -> tuple[Path, float]:
        tools = work / "tools"
        venv.create(tools, with_pip=True, symlinks=os.name != "nt")
        scripts = tools / ("Scripts" if os.name == "nt" else "bin")
        python = str(scripts / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        logs = self._cache / "logs"
        run_logged(
            [*pip, "install", "--require-hashes", "--only-binary=:all:", "-r", str(TOOLS_LOCK)],
            label="  build tools",
            log=logs / "compile-tools.log",
            describe=lambda output, _seconds: pip_activity(output),
            advice="The build tools could not be fetched. Check the network, then run make again.",
        )
        # --no-cache-dir: pip's own wheel cache does not know CMAKE_ARGS and would hand out another build.
        options = ["-v", "--no-cache-dir", "--no-deps", "--no-build-isolation", "--require-hashes"]
        include = f"-DCMAKE_PROJECT_llama_cpp_INCLUDE={CMAKE_INCLUDE.as_posix()}"
        env = {
            **os.environ,
            "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
            "TMPDIR": str(_made(work / "tmp")),  # not /tmp: it may be a small memory file system
            "PYTHONUNBUFFERED": "1",  # else the progress lines arrive in lumps
            "CMAKE_BUILD_PARALLEL_LEVEL": str(jobs),
            "CMAKE_ARGS": shlex.join([*recipe.cmake, include]),  # is split like a shell does
        }
        took_s = run_logged(
            [*pip, "wheel", *options, "-r", str(SOURCE_LOCK), "-w", str(work / "out")],
            label="  llama.cpp",
            log=logs / "compile-llama.log",
            describe=describe_compile,
            advice=(
                "llama.cpp could not be compiled. If a download failed, check the network; if the compiler "
                "was killed, free some memory; then run make again. "
                f"The whole log: {logs / 'compile-llama.log'}"
            ),
            env=env,
        )
        (wheel,) = (work / "out").glob("llama_cpp_python-*.whl")
        return wheel, took_s


def compile_jobs() -> int:
    """How many compilers run at once: one a core, fewer where memory is short, at least one."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    try:
        meminfo = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return cores
    available = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo, flags=re.MULTILINE)
    return max(1, min(cores, int(available[1]) * 1024 // BYTES_PER_JOB)) if available else cores


def describe_compile(output: str, seconds: float) -> str:
    """How far the compile is, from the end of its log: "42 of 83 (51 %), 1:12 so far, about 1:10 left"."""
    steps = ninja_progress(output)
    if steps is None:
        activity = (
            "fetching the source (77 MB)" if "Preparing metadata" not in output else "configuring"
        )
        return f"{activity}, {clock(seconds)} so far"
    done, total = steps
    left = f", about {clock(seconds * (total - done) / done)} left" if done * 10 > total else ""
    return f"{done} of {total} ({done * 100 // total} %), {clock(seconds)} so far{left}"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
