"""A private PulseAudio for tests: a microphone one can speak into, and a loudspeaker one can listen to.

Owns the server's life: its own folder, its own process, ended by its pid. See docs/audio.md.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
START_S = 20.0

TAIL_S = 0.3
"""Handed over is not yet heard: PortAudio's, PulseAudio's and the null sink's buffers come after it."""

Samples = NDArray[np.float32]


def why_not() -> str | None:
    """Why the real stack cannot be tested here; None if it can."""
    for program in ("pulseaudio", "pactl", "parec", "pacat"):
        if shutil.which(program) is None:
            return f"{program} is not installed (apt: pulseaudio pulseaudio-utils)"
    plugin = list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    if not plugin:
        return "ALSA's PulseAudio plugin is not installed (apt: libasound2-plugins)"
    if ctypes.util.find_library("portaudio") is None:
        return "PortAudio is not installed (apt: libportaudio2)"
    return None


class Pulse:
    """A running server with the null sinks ``mic`` and ``spk``, and the source ``micsrc`` fed by ``mic``.

    Null sinks are loaded with ``norewinds=1``: otherwise they render two seconds ahead while nobody asks
    for less, and a stream that begins then is not heard for so long.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.environment = os.environ | {
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "HOME": str(folder),
        }
        self.environment.pop("PULSE_SERVER", None)
        self._log = (folder / "pulse.log").open("wb")
        self._process = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit=true",
                "-L", "module-native-protocol-unix",
                "-L", "module-null-sink sink_name=mic norewinds=1",
                "-L", "module-null-sink sink_name=spk norewinds=1",
                "-L", "module-remap-source master=mic.monitor source_name=micsrc",
            ],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        self._wait_until_it_answers()
        self._prefer()
        self.pactl("set-default-source", "micsrc")
        self.pactl("set-default-sink", "spk")

    def stop(self) -> None:
        """End the server and wait for it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._log.close()

    def pactl(self, *arguments: str) -> str:
        """Run one command of `pactl` and return what it said."""
        ran = subprocess.run(
            ["pactl", *arguments],
            env=self.environment, capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
        return ran.stdout.strip()

    def unplug(self, name: str) -> None:
        """Unload the module of a sink or source."""
        for line in self.pactl("list", "short", "modules").splitlines():
            number, _, rest = line.partition("\t")
            if f"sink_name={name}" in rest.split() or f"source_name={name}" in rest.split():
                self.pactl("unload-module", number)

    def plug(self, name: str) -> None:
        """Load it again, and make it the default."""
        if name == "micsrc":
            self.pactl(
                "load-module", "module-remap-source", "master=mic.monitor", "source_name=micsrc"
            )
            self.pactl("set-default-source", "micsrc")
        else:
            self.pactl("load-module", "module-null-sink", f"sink_name={name}", "norewinds=1")
        if name == "spk":
            self.pactl("set-default-sink", "spk")

    def make_whole(self) -> None:
        """Plug in what is missing."""
        there = self.pactl("list", "short", "modules").split()
        for name in ("mic", "spk", "micsrc"):
            if f"sink_name={name}" not in there and f"source_name={name}" not in there:
                self.plug(name)

    @contextlib.contextmanager
    def listening(self, rate_hz: int = 24_000) -> Iterator[list[Samples]]:
        """Record ``spk`` meanwhile; afterwards the list holds the one recording (mono)."""
        recordings: list[Samples] = []
        path = self._folder / "heard.raw"
        with path.open("wb") as file:
            process = subprocess.Popen(
                ["parec", "-d", "spk.monitor", f"--rate={rate_hz}", "--channels=1",
                 "--format=float32le", "--latency-msec=20"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=file,
            )  # fmt: skip
            try:
                yield recordings
            finally:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(TAIL_S)
                process.terminate()
                process.wait(10)
        recordings.append(np.fromfile(path, np.float32))

    def speak(self, samples: Samples, rate_hz: int = RATE_HZ) -> None:
        """Play samples into the microphone; returns when they have been taken."""
        subprocess.run(
            ["pacat", "--playback", "-d", "mic", f"--rate={rate_hz}", "--channels=1",
             "--format=float32le", "--latency-msec=4000"],
            env=self.environment, input=samples.astype("<f4").tobytes(), check=True, timeout=60,
        )  # fmt: skip

    def _wait_until_it_answers(self) -> None:
        # `pactl` itself waits for a server that is starting only if it is there; so ask repeatedly.
        for _ in range(round(START_S / 0.1)):
            asked = subprocess.run(
                ["pactl", "info"],
                env=self.environment,
                capture_output=True,
                check=False,
                timeout=30,
            )
            if asked.returncode == 0:
                return
            if self._process.poll() is not None:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.1)
        self.stop()
        raise RuntimeError((self._folder / "pulse.log").read_text())

    def _prefer(self) -> None:
        """Where we may, keep a busy machine from making the server late: it is the sound card here."""
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()
        for thread in threads:
            with contextlib.suppress(OSError):
                os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(5))
