"""New files are there whole or not at all, on disks of any kind."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import ModelError
from assistant.export.files import growing, sizes


def test_files_get_their_names_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    with growing(target, 10) as new:
        (new / "x.onnx").write_bytes(b"123")
        (new / "x.onnx.data").write_bytes(b"1")
        assert not (target / "x.onnx").exists()
        assert sizes(new) == {"x.onnx": 3, "x.onnx.data": 1}
    assert sizes(target) == {"x.onnx": 3, "x.onnx.data": 1}
    assert {file.name for file in target.iterdir()} == {"x.onnx", "x.onnx.data"}


def begin_and_fail(folder: Path) -> None:
    with growing(folder, 10) as new:
        (new / "x.onnx").write_bytes(b"new")
        raise ZeroDivisionError


def test_a_failure_leaves_nothing_not_even_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        begin_and_fail(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        begin_and_fail(tmp_path)
    assert (tmp_path / "x.onnx").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_export_left_is_cleared_away_and_a_running_ones_is_not(
    tmp_path: Path,
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(60)
    alive = os.getppid()
    for pid in (dead.pid, alive):
        (tmp_path / f".export.{pid}.new").mkdir()
        (tmp_path / f".export.{pid}.new" / "x.onnx").touch()
    with growing(tmp_path, 10) as new:
        (new / "y.onnx").touch()
    assert {file.name for file in tmp_path.iterdir()} == {"y.onnx", f".export.{alive}.new"}


def test_a_disk_without_room_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 0, 10**8))
    with (
        pytest.raises(ModelError, match="400 MB on the disk") as caught,
        growing(tmp_path, 4 * 10**8),
    ):
        pytest.fail("there is no room")
    assert caught.value.code == "disk_full"
    assert "350 MB more" in caught.value.message


def test_a_disk_that_fills_up_on_the_way_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught, growing(tmp_path / "new", 10):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.code == "disk_full"
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of file sizes")
def test_a_real_limit_of_the_system_ends_an_export_with_one_sentence(
    parts: dict[str, Path], tmp_path: Path
) -> None:
    """The system refuses to let the file grow, in the middle of writing it."""
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900));"
        "from assistant.cli.app import run; run()"
    )
    target = tmp_path / "out" / "chain.onnx"
    options = [
        *("--encoder", str(parts["tts_encode"])),
        *("--talker", str(parts["talker"])),
        *("--vocoder", str(parts["vocode"])),
    ]
    ended = subprocess.run(
        [sys.executable, "-c", script, "export", "chain", str(target), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode == 3, ended.stderr
    assert "The disk became full" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not target.parent.exists()
