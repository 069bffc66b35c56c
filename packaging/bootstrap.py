"""Turns a working copy on a bare machine into one that runs: `make run` and `make test` start here.

Owns the order of the steps and what each depends on; it knows nothing about the assistant itself. Only the
standard library, because nothing is installed yet. Every step has a stamp made of its inputs, so a second
run only compares stamps (well under a second). Usage: ``bootstrap.py runtime|dev``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

import system_packages
from cpu_flags import host_features
from llama_wheel import Recipe, WheelStore, recipe_for_this_machine
from progress import SetupError, clock, pip_activity, run_logged, say
from stamps import Stamps, key_of

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

MINIMUM_PYTHON = (3, 11)
NETWORK_ADVICE = "A Python package could not be installed. Check the network, then run make again."
WORTH_A_SUMMARY_S = 5
LOAD_CHECK = "import llama_cpp; llama_cpp.llama_backend_init(); llama_cpp.llama_print_system_info()"


class Setup:
    """The steps, in order. Each returns at once when its stamp is current."""

    def __init__(self, group: str, root: Path = ROOT) -> None:
        self._group = group
        self._root = root
        self._locks = root / "packaging" / "locks"
        self._cache = root / ".cache"
        self._folder = root / ".venv"
        self._python = self._folder / SCRIPTS / ("python.exe" if os.name == "nt" else "python")
        self._pip_install = [
            str(self._python),
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
        ]
        self._machine = Stamps(self._cache / "setup.json")
        self._venv = Stamps(self._folder / "setup.json")
        self._wheels = WheelStore(self._cache)

    def run(self) -> None:
        """Everything the group needs is installed in ``.venv``.

        Raises:
            SetupError: a step failed; the next run goes on from there.
        """
        recipe = recipe_for_this_machine()
        venv_is_good = self._venv_is_good()
        thinker_is_good = venv_is_good and self._thinker_is_good(recipe)
        system_packages.ensure(
            system_packages.needed(
                compiler=not thinker_is_good and self._wheels.find(recipe) is None,
                virtual_environment=not venv_is_good,
                lab=self._group == "dev",
            ),
            self._machine,
            self._cache / "logs" / "apt.log",
        )
        if not venv_is_good:
            self._make_venv()
        self._install_tools()
        self._install_locked()
        if not thinker_is_good:
            self._install_thinker(recipe)
        self._install_project()

    # --- the virtual environment -------------------------------------------------------------------

    def _venv_key(self) -> str:
        # The scripts inside name the folder; the libraries inside belong to one Python.
        return key_of(str(self._folder), str(self._python.resolve()))

    def _venv_is_good(self) -> bool:
        return self._python.exists() and self._venv.is_current("venv", self._venv_key())

    def _make_venv(self) -> None:
        if _runs_here(self._python, self._folder):
            say("Using the virtual environment that is already in .venv")
        else:
            say(f"Making a virtual environment in .venv (Python {sys.version.split()[0]})")
            shutil.rmtree(self._folder, ignore_errors=True)
            venv.create(self._folder, with_pip=True, symlinks=os.name != "nt")
        self._venv.done("venv", self._venv_key())

    # --- Python packages ---------------------------------------------------------------------------

    def _install_tools(self) -> None:
        lock = self._locks / "build.txt"
        only_wheels = ["--require-hashes", "--only-binary=:all:", "-r", str(lock)]
        self._step("tools", key_of(lock), "Build tools", only_wheels)

    def _install_locked(self) -> None:
        runtime, dev = self._locks / "runtime.txt", self._locks / "dev.txt"
        if self._group == "dev":
            self._step("dev", key_of(dev), "Python packages with the test tools", _locked(dev))
            if not self._venv.is_current("runtime", key_of(runtime)):
                self._venv.done("runtime", key_of(runtime))  # dev.txt holds all of runtime.txt
        else:
            self._step("runtime", key_of(runtime), "Python packages", _locked(runtime))

    def _install_project(self) -> None:
        key = key_of(self._root / "pyproject.toml", self._root / "assistant" / "__init__.py")
        editable = ["--no-deps", "--no-build-isolation", "-e", str(self._root)]
        self._step("project", key, "The assistant", editable)

    def _step(self, step: str, key: str, label: str, arguments: Sequence[str]) -> None:
        if self._venv.is_current(step, key):
            return
        self._venv.forget(step)
        took_s = run_logged(
            [*self._pip_install, *arguments],
            label=f"  {label}",
            log=self._cache / "logs" / f"pip-{step}.log",
            describe=lambda output, seconds: f"{pip_activity(output)} {clock(seconds)}",
            advice=NETWORK_ADVICE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._venv.done(step, key)
        say(f"{label}: installed in {clock(took_s)}")

    # --- llama.cpp ---------------------------------------------------------------------------------

    def _thinker_is_good(self, recipe: Recipe) -> bool:
        """True when the installed library is the locked one and this CPU has every instruction it uses.

        A library made for fewer instructions (the folder moved to a better machine) is kept: it is right,
        only slower, and `make clean` brings the faster one.
        """
        note = self._venv.note("thinker")
        fits = set(note.get("features", ())) <= host_features()
        return self._venv.is_current("thinker", recipe.source_key) and fits

    def _install_thinker(self, recipe: Recipe) -> None:
        if self._venv.note("thinker"):
            say("The compiled llama.cpp is of another version or for another CPU: replacing it.")
        self._venv.forget("thinker")
        wheel = self._wheels.find(recipe)
        if wheel is not None and not self._loads(wheel):
            say("The llama.cpp kept from an earlier build does not load here: building it again.")
            self._wheels.discard(recipe)
            wheel = None
        if wheel is None and not self._loads(self._wheels.build(recipe)):
            raise SetupError(
                "The freshly compiled llama.cpp does not load. Please report this with "
                f"{self._cache / 'logs' / 'load-thinker.log'} and the first lines of /proc/cpuinfo."
            )
        self._venv.done("thinker", recipe.source_key, features=sorted(recipe.features))

    def _loads(self, wheel: Path) -> bool:
        """Install the wheel and load its library in a fresh process; False when either fails."""
        install = [*self._pip_install, "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
        log = self._cache / "logs" / "load-thinker.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as sink:
            for command in (install, [str(self._python), "-c", LOAD_CHECK]):
                if subprocess.run(command, stdout=sink, stderr=sink, check=False).returncode:
                    return False
        return True


def _locked(lock: Path) -> list[str]:
    # No build isolation: the one source package (docopt) is built with the locked setuptools.
    return ["--require-hashes", "--no-build-isolation", "-r", str(lock)]


def _runs_here(python: Path, folder: Path) -> bool:
    """True when this interpreter starts, is new enough, has pip and was made for this very path."""
    probe = "import json, pip, sys; print(json.dumps([sys.prefix, sys.version_info[:2]]))"
    try:
        answer = subprocess.run(
            [str(python), "-c", probe], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    prefix, version = json.loads(answer)
    marker = folder / SCRIPTS / "activate"
    named = marker.exists() and str(folder) in marker.read_text(encoding="utf-8", errors="replace")
    return Path(prefix) == folder and tuple(version) >= MINIMUM_PYTHON and named


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Only one set-up works on this folder at a time; a second one waits."""
    cache = root / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "setup.lock").open("w") as lock:
        if os.name != "nt":
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another set-up is at work in this folder; waiting for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when everything the named group needs is there; 1 after one plain sentence about what is not."""
    parser = argparse.ArgumentParser(description="Set up the assistant in this folder.")
    parser.add_argument("group", choices=("runtime", "dev"), help="dev adds the test tools")
    group = parser.parse_args(arguments).group
    start_s = time.monotonic()
    try:
        with _alone(ROOT):
            Setup(group).run()
    except SetupError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up interrupted; the next make goes on from here.", file=sys.stderr)
        return 130
    took_s = time.monotonic() - start_s
    if took_s > WORTH_A_SUMMARY_S:
        say(f"Set up in {clock(took_s)}. The next start takes a second.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
