"""Takes files out of an archive: only those asked for, each with the right content or not at all.

Owns tar and zip. An archive is never trusted: what is not a plain file, has another size than the
catalogue says or another hash is not taken, and its own paths decide nothing about where a file goes.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from assistant.downloads.parts import READ_BYTES, Part
from assistant.downloads.progress import Reporter
from assistant.downloads.troubles import other_content
from assistant.errors import ModelError


def store(
    source: IO[bytes],
    sha256: str,
    name: str,
    targets: tuple[Path, ...],
    reporter: Reporter,
) -> bool | None:
    """Copy a stream to its targets if its content is right: True; wrong: False; cancelled: None.

    Raises:
        ModelError: the disk is full or the folder cannot be written.
    """
    for target in targets:
        with Part(sha256, name) as part:
            part.restart()
            source.seek(0)
            while chunk := source.read(READ_BYTES):
                if reporter.cancelled():
                    part.discard()
                    return None
                part.write(chunk)
                reporter.add(len(chunk))
            if not part.is_right:
                part.discard()
                return False
            part.finish(target)
    return True


def unpack_tar(
    archive: Path,
    wanted: Mapping[str, tuple[str, int, Path]],
    reporter: Reporter,
) -> bool:
    """Put the wanted members at their targets; False when cancelled.

    ``wanted`` maps the path inside the archive's one folder to (sha256, size, target).

    Raises:
        ModelError: a member is missing or wrong, the archive is damaged, or the disk is full.
    """
    missing = dict(wanted)
    with readable(archive), tarfile.open(archive, "r|*") as tar:
        for member in tar:
            if reporter.cancelled():
                return False
            inner = _inside(member.name)
            if inner not in missing or not member.isreg():
                continue
            sha256, size, target = missing[inner]
            content = tar.extractfile(member)
            if content is None or member.size != size:
                raise other_content(inner, archive.name)
            with Part(sha256, target.name) as part:
                part.restart()
                while chunk := content.read(READ_BYTES):
                    reporter.show(f"{target.name}, {part.size * 100 // max(1, size)} %")
                    if reporter.cancelled():
                        part.discard()
                        return False
                    part.write(chunk)
                if not part.is_right:
                    part.discard()
                    raise other_content(inner, archive.name)
                part.finish(target)
            del missing[inner]
            if not missing:
                return True
    raise ModelError(
        "download_corrupt",
        f"The archive {archive.name} lacks {', '.join(missing)}.",
        "Look for a newer version of this program.",
    )


def _inside(name: str) -> str:
    """Return a member's path without a leading `./` and without the archive's one folder."""
    parts = [part for part in PurePosixPath(name).parts if part != "."]
    return "/".join(parts[1:]) if len(parts) > 1 else "/".join(parts)


@contextmanager
def readable(source: Path) -> Iterator[None]:
    """Turn what a damaged archive or medium raises into one sentence."""
    try:
        yield
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        RuntimeError,  # zipfile's for encrypted members
        EOFError,
        OSError,
    ) as exc:
        raise ModelError(
            "import_unreadable", f"{source.name} cannot be read: {exc}.", "Get the file again."
        ) from exc
