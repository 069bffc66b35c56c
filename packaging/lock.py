"""Writes `locks/*.txt` from pyproject.toml and `locks/*.in`: `make lock`. It installs nothing.

For every system and every Python we allow (``--universal``), with the sha256 of every file, and without the
address of any package server: pip uses the one it is set up with. Versions that are locked already stay,
unless pyproject.toml forbids them; ``lock.py --upgrade`` takes the newest of everything.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "packaging" / "locks"
COMPILED_HERE = "llama-cpp-python"
HEADER = "# Made by `make lock` from {source}. Do not edit.\n"
TRAIN_NOTE = """\
# Versions only, for the training scripts in models/; install with
#     pip install --no-deps -r packaging/locks/train.txt
# PyTorch's CUDA packages are left out on purpose: training here is done on the CPU, and they are gigabytes.
"""
CUDA_ONLY = re.compile(r"^(nvidia-|cuda-|triton\b)")


def pins(*names: str) -> str:
    """The pinned lines of existing locks, without hashes: what uv then prefers to keep."""
    lines: set[str] = set()
    for name in names:
        if (LOCKS / name).exists():
            text = (LOCKS / name).read_text(encoding="utf-8")
            lines |= set(re.findall(r"^[A-Za-z0-9][^\\\n]*[^\\\s]", text, flags=re.MULTILINE))
    return "\n".join(sorted(lines)) + "\n"


def resolve(source: str, *options: str, keep: str = "", hashes: bool = True) -> str:
    """The pinned requirements for a source file, no comments; versions named in ``keep`` stay if they fit."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "lock.txt"
        output.write_text(keep, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            source,
            "--output-file",
            str(output),
        ]
        command += [
            "--universal",
            "--python-version",
            "3.11",
            "--quiet",
            "--no-header",
            "--no-annotate",
        ]
        command += [
            "--no-emit-index-url",
            "--no-config",
            *options,
            *(["--generate-hashes"] if hashes else []),
        ]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return output.read_text(encoding="utf-8")


def without_cuda(requirements: str) -> str:
    """The same lines without the packages that only CUDA builds of PyTorch need."""
    return "".join(
        line for line in requirements.splitlines(keepends=True) if not CUDA_ONLY.match(line)
    )


def write(name: str, source: str, requirements: str, note: str = "") -> None:
    """The lock is on disk, with a header that names where it came from."""
    (LOCKS / name).write_text(HEADER.format(source=source) + note + requirements, encoding="utf-8")
    count = len(re.findall(r"^[A-Za-z0-9]", requirements, flags=re.MULTILINE))
    print(f"packaging/locks/{name}: {count} packages")


def main() -> int:
    """0 after all locks were written."""
    upgrade = "--upgrade" in sys.argv[1:]
    skip = ("--no-emit-package", COMPILED_HERE)
    # One resolution for all, then each lock as a part of it: a package has the same version in every lock.
    keep = "" if upgrade else pins("runtime.txt", "dev.txt", "train.txt", "llama.txt")
    extras = ("--extra", "dev", "--extra", "train", "--constraint", "packaging/locks/train.in")
    with tempfile.TemporaryDirectory() as folder:
        common = Path(folder) / "all.txt"
        common.write_text(
            resolve("pyproject.toml", *extras, keep=keep, hashes=False), encoding="utf-8"
        )
        within = ("--constraint", str(common))
        for name in ("build", "compile"):
            source, kept = f"packaging/locks/{name}.in", "" if upgrade else pins(f"{name}.txt")
            write(f"{name}.txt", source, resolve(source, "--allow-unsafe", *within, keep=kept))
        write("runtime.txt", "pyproject.toml", resolve("pyproject.toml", *skip, *within))
        write(
            "dev.txt",
            "pyproject.toml, extra dev",
            resolve("pyproject.toml", "--extra", "dev", *skip, *within),
        )
        train = resolve("pyproject.toml", "--extra", "train", *skip, *within, hashes=False)
        write("train.txt", "pyproject.toml, extra train", without_cuda(train), TRAIN_NOTE)
        only_llama = resolve("pyproject.toml", "--no-deps", *within)
    found = re.search(rf"^{COMPILED_HERE}==(?:.*\\\n)*.*\n", only_llama, flags=re.MULTILINE)
    if found is None:
        print(f"pyproject.toml does not ask for {COMPILED_HERE}", file=sys.stderr)
        return 1
    write("llama.txt", "pyproject.toml", found[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
