"""Writes size and sha256 of the files that are here into `catalogue.yaml`.

    python models/catalogue_pin.py             pins what has no pin, and our own files that changed
    python models/catalogue_pin.py --packages  also files of installed packages that changed (new version)
    python models/catalogue_pin.py --check     writes nothing; exit 1 when anything would be written

Only the lines of `bytes:` and `sha256:` change; comments and order stay. Files that are not here are
named and left alone. Models to download are never touched: their pins are quoted from public lists, and a
file that differs from them is a wrong file, not a new pin.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.catalog.catalog import Catalog
from assistant.catalog.verify import size_and_sha256
from assistant.settings.source import read_file

CATALOGUE = Path(__file__).with_name("catalogue.yaml")


def pin(catalogue: Path, *, packages: bool, write: bool) -> tuple[list[str], list[str]]:
    """Return what was pinned (or, without ``write``, would be), and which files are not here."""
    lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    places = read_file(catalogue, 0).places
    changed, absent = [], []
    for entry in Catalog.load(catalogue).entries.values():
        if entry.is_downloaded:
            continue
        found = entry.paths()
        for index, file in enumerate(entry.files):
            path = found[file.name]
            if not path.is_file():
                absent.append(f"{entry.id}: {file.path}")
                continue
            size, digest = size_and_sha256(path, text=file.text)
            wanted = {"bytes": size, "sha256": digest}
            is_pinned = file.bytes is not None and file.sha256 is not None
            if wanted == {"bytes": file.bytes, "sha256": file.sha256}:
                continue
            if is_pinned and file.package is not None and not packages:
                changed.append(
                    f"{entry.id}: {file.path} of {file.package} differs (see --packages)"
                )
                continue
            for key, value in wanted.items():
                line = places["models", entry.id, "files", str(index), key].line - 1
                lines[line] = re.sub(rf"({key}:).*", rf"\1 {value}", lines[line])
            changed.append(f"{entry.id}: {file.path} {wanted['bytes']} {wanted['sha256']}")
    if write:
        catalogue.write_text("".join(lines), encoding="utf-8")
    return changed, absent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--packages", action="store_true")
    options = parser.parse_args()
    changed, absent = pin(CATALOGUE, packages=options.packages, write=not options.check)
    for line in changed:
        print("differs" if options.check else "pinned", line)
    for line in absent:
        print("not here", line)
    return 1 if options.check and (changed or absent) else 0


if __name__ == "__main__":
    sys.exit(main())
