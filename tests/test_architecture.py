"""The rules of the repository that a machine can hold: imports, docstrings, sizes, no traces of a machine."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted(path for top in ("assistant", "ui") for path in (ROOT / top).rglob("*.py"))
LONGEST_MODULE = 400
HEAVY = "llama_cpp onnxruntime pocketsphinx PySide6 sounddevice espeakng_loader soundfile torch transformers"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- direction of imports ---------------------------------------------------------------------------


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_import_contract_is_kept() -> None:
    run = lint_imports(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


BREACHES = {
    "One direction inside the assistant": {
        "assistant/speech/planted.py": "import assistant.worker.messages"
    },
    "No Qt in the assistant": {"assistant/cli/planted.py": "import ui"},
    "The window sees only the facade": {"ui/planted.py": "import assistant.worker.messages"},
    "Inference libraries only in engines": {"assistant/dialogue/planted.py": "import llama_cpp"},
    "Offline: nothing opens a socket": {
        "assistant/tools/planted.py": "from http.client import HTTPConnection"
    },
    "Sound devices only in audio": {"assistant/dialogue/planted2.py": "import sounddevice"},
    # Through another module, and inside a function: what counts is what the process may load.
    "No sound card in the worker": {
        "assistant/audio/planted.py": "def play():\n    import sounddevice\n",
        "assistant/worker/main.py": "\nimport assistant.audio.planted\n",
    },
    "No downloads in the worker": {
        "assistant/downloads/planted.py": '"""Planted."""',
        "assistant/worker/stage.py": "\ndef load():\n    import assistant.downloads.planted\n",
    },
}


def plant(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text + "\n")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    for name in ("assistant", "ui"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_has_a_planted_breach() -> None:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == set(BREACHES)


def test_every_planted_breach_is_caught_by_its_contract(scratch: Path) -> None:
    for files in BREACHES.values():
        plant(scratch, files)
    run = lint_imports(scratch)
    assert run.returncode != 0
    for contract in BREACHES:
        assert re.search(
            rf"^{re.escape(contract)} BROKEN( \(\d+ ignored imports\))?$",
            run.stdout,
            flags=re.MULTILINE,
        ), run.stdout


def test_a_new_module_without_a_place_in_the_order_is_caught(scratch: Path) -> None:
    plant(scratch, {"assistant/newcomer.py": '"""Has no layer."""'})
    run = lint_imports(scratch)
    assert run.returncode != 0
    assert "newcomer" in run.stdout


def test_lists_of_modules_in_the_contracts_forget_none() -> None:
    exempt = {
        "Inference libraries only in engines": {
            "engines",
            "bench",
            "export",
            "replicas",
            "__main__",
        },
        "Sound devices only in audio": {"audio", "__main__"},
    }
    present = {
        path.stem if path.is_file() else path.name
        for path in (ROOT / "assistant").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    for contract in PYPROJECT["tool"]["importlinter"]["contracts"]:
        if contract["name"] in exempt:
            named = {one.removeprefix("assistant.") for one in contract["source_modules"]} - {"ui"}
            assert named | exempt[contract["name"]] == present | {"__main__"}, contract["name"]


def test_importing_the_facade_loads_no_heavy_library() -> None:
    code = (
        "import json, sys; import assistant.api; "
        f"print(json.dumps(sorted(set({HEAVY!r}.split()) & set(sys.modules))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == []


# --- modules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} has no docstring"
    if "not to be edited" in text.partition("\n")[0]:
        return  # written by a program, read by nobody
    lines = len(text.splitlines())
    assert lines <= LONGEST_MODULE, f"{name_of(path)} has {lines} lines"


@pytest.mark.parametrize("folder", ["packaging", "models", "config"])
def test_folders_that_are_no_packages_have_no_init(folder: str) -> None:
    """`packaging/__init__.py` would hide the library of that name, which pytest itself needs."""
    assert (ROOT / folder).is_dir()
    assert not list((ROOT / folder).rglob("__init__.py"))


# --- no traces of a machine -------------------------------------------------------------------------

# Written in pieces, or this file would find itself.
TRACES = [
    r"(^|[^A-Za-z0-9_.~])/wo" + r"rk/",
    r"/ro" + r"ot/",
    r"/ho" + r"me/[a-z]",
    r"/op" + r"t/(wheels|pypi)",
    r"py" + r"pi\.org",
    r"python" + r"hosted",
    r"deb\.deb" + r"ian\.org",
    r"npm" + r"js\.(org|com)",
]


def grep(folder: Path, *patterns: str) -> list[str]:
    """Lines of tracked or not yet tracked text files (never of ignored ones) that match a pattern."""
    wanted = [part for pattern in patterns for part in ("-e", pattern)]
    run = subprocess.run(
        ["git", "grep", "--untracked", "-n", "-I", "-E", *wanted],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in {0, 1}, run.stderr  # 1: nothing found
    return run.stdout.splitlines()


def test_no_file_names_a_machines_folders_or_a_package_server() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git working copy")
    assert grep(ROOT, "sarai-assistant"), "the search finds nothing at all"
    assert grep(ROOT, *TRACES) == []


@pytest.mark.parametrize(
    "line",
    [
        "path = '/wo" + "rk/main'",
        "index https://py" + "pi.org/simple",
        "cd /ro" + "ot/x",
        "/op" + "t/wheels",
    ],
)
def test_the_search_for_traces_would_find_one(tmp_path: Path, line: str) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "file.md").write_text(f"{line}\n", encoding="utf-8")
    assert grep(tmp_path, *TRACES) == [f"file.md:1:{line}"]


# --- locks ------------------------------------------------------------------------------------------


def locked(name: str) -> dict[str, list[str]]:
    """Package -> its locked versions (one for each range of Python versions)."""
    text = (ROOT / "packaging" / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for package, version in re.findall(
        r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, flags=re.MULTILINE
    ):
        found.setdefault(canonicalize_name(package), []).append(version)
    return found


@pytest.mark.parametrize("extra", ["runtime", "dev", "train"])
def test_the_lock_fits_pyproject(extra: str) -> None:
    """When this fails: `make lock`."""
    project = PYPROJECT["project"]
    wanted = project["dependencies"] + project["optional-dependencies"].get(extra, [])
    pins = locked(extra) | locked("llama")
    for text in wanted:
        requirement = Requirement(text)
        versions = pins.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not in {extra}.txt"
        assert all(requirement.specifier.contains(version) for version in versions), text


@pytest.mark.parametrize("name", ["build", "compile", "llama", "runtime", "dev"])
def test_what_set_up_installs_is_locked_with_hashes(name: str) -> None:
    text = (ROOT / "packaging" / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    pins = re.findall(
        r"^[A-Za-z0-9][^\n]*==[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}[^\n]*\n)+)",
        text,
        re.MULTILINE,
    )
    assert len(pins) == sum(map(len, locked(name).values())) > 0


def test_a_package_has_one_version_in_all_locks() -> None:
    runtime, dev = locked("runtime"), locked("dev")
    assert {name: dev[name] for name in runtime} == runtime
    shared = [
        (name, locked(one)[name])
        for one in ("build", "compile")
        for name in locked(one)
        if name in dev
    ]
    assert shared == [(name, dev[name]) for name, _versions in shared]
