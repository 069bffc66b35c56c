"""Run a command on a desktop of its own: a screen nobody sees, and sound nobody hears.

    python packaging/private_desktop.py [--hum] -- assistant bench window

Owns an X server (Xvfb) with a window manager (openbox, if installed) and a PulseAudio with a virtual
microphone and loudspeaker, all ended with the command. With --hum the microphone hears a quiet, swelling
noise that is no speech.
Debian: apt-get install xvfb openbox pulseaudio pulseaudio-utils libasound2-plugins libportaudio2
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.live.pulse import RATE_HZ, Pulse, why_not  # noqa: E402 - the repository's own, after the path

SCREEN = "1600x1200x24"
HUM_S = 60
HUM_DBFS = -42.0


def main() -> int:
    """Run the command; returns its exit code."""
    options, _, command = " ".join(sys.argv[1:]).partition("-- ")
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    arguments = sys.argv[sys.argv.index("--") + 1 :]
    hum_dbfs = HUM_DBFS if "--hum" in options else None
    with private_screen() as screen, private_sound(hum_dbfs=hum_dbfs) as sound:
        return subprocess.run(arguments, env=os.environ | sound | screen, check=False).returncode


@contextlib.contextmanager
def private_screen(scale: int = 1) -> Iterator[dict[str, str]]:
    """A screen for the programs that get these variables."""
    if shutil.which("Xvfb") is None:
        sys.exit("Xvfb is not installed: apt-get install xvfb openbox")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        environment = {"DISPLAY": f":{pipe.readline().strip()}", "QT_SCALE_FACTOR": str(scale)}
    manager = None
    if shutil.which("openbox"):
        manager = subprocess.Popen(
            ["openbox"],
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        yield environment
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait()


@contextlib.contextmanager
def private_sound(*, hum_dbfs: float | None = None) -> Iterator[dict[str, str]]:
    """A microphone and a loudspeaker for the programs that get these variables; none where it cannot be.

    Args:
        hum_dbfs: level of a noise in the microphone, which is no speech; None for silence.
    """
    missing = why_not()
    if missing is not None:
        print(f"No sound: {missing}.", file=sys.stderr)
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="sarai-sound-") as folder:
        pulse = Pulse(Path(folder))
        names = ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")
        variables = {name: pulse.environment[name] for name in names}
        try:
            with _hum(pulse, hum_dbfs) if hum_dbfs is not None else contextlib.nullcontext():
                yield variables
        finally:
            pulse.stop()


@contextlib.contextmanager
def _hum(pulse: Pulse, level_dbfs: float) -> Iterator[None]:
    """Noise that swells by 10 dB around this level every two seconds goes into the microphone meanwhile."""
    times = np.arange(RATE_HZ * HUM_S) / RATE_HZ
    level_db = level_dbfs + 10 * np.sin(np.pi * times)
    noise = np.random.default_rng(0).normal(size=times.size) * 10 ** (level_db / 20)
    samples = (np.clip(noise, -1, 1) * 32767).astype("<i2").tobytes()
    player = subprocess.Popen(
        [
            "pacat",
            "--playback",
            f"--rate={RATE_HZ}",
            "--channels=1",
            "--format=s16le",
            "--device=mic",
        ],
        env=pulse.environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    def play() -> None:
        assert player.stdin is not None
        with contextlib.suppress(OSError):  # the player has ended
            while True:
                player.stdin.write(samples)

    thread = threading.Thread(target=play, name="hum", daemon=True)
    thread.start()
    try:
        yield
    finally:
        player.kill()
        player.wait()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
