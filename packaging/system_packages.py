"""Owns the system libraries and tools that no Python package brings; leaves the virtual environment alone.

What is there is found out by soname and program name, not by package name, so that it holds on every
distribution and through renames (libglib2.0-0 is libglib2.0-0t64 since Ubuntu 24.04).
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from progress import SetupError, run_logged, say
from stamps import Stamps, key_of

Purpose = Literal["build", "python", "thinker", "sound", "window", "lab"]

LOST_WITHOUT: dict[Purpose, str] = {
    "build": "llama.cpp cannot be compiled",
    "python": "no virtual environment can be made",
    "thinker": "the language model cannot be loaded",
    "sound": "there is no microphone and no loudspeaker (sound files still work)",
    "window": "the window cannot open (the terminal commands still work)",
    "lab": "the tests of the real sound stack and the real window are skipped",
}


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """One Debian package, and how to see without dpkg whether what we need of it is there."""

    debian: str
    purpose: Purpose
    library: str = ""
    program: str = ""
    module: str = ""
    file: str = ""

    def is_there(self, libraries: frozenset[str]) -> bool:
        """True when the library, program or Python module it stands for can be found."""
        if self.file:
            return any(Path("/usr").glob(self.file))
        if self.program:
            return shutil.which(self.program) is not None
        if self.module:
            # `venv` is always importable on Debian; what python3-venv brings is pip inside ensurepip.
            probe = subprocess.run(
                [sys.executable, "-c", f"import {self.module}"], capture_output=True, check=False
            )
            return probe.returncode == 0
        return self.library in libraries


BUILD = (
    SystemPackage("build-essential", "build", program="g++"),
    SystemPackage("build-essential", "build", program="gcc"),
)
RUN = (
    SystemPackage("libgomp1", "thinker", "libgomp.so.1"),
    SystemPackage("libportaudio2", "sound", "libportaudio.so.2"),
    # From here on: what `ldd` names for PySide6-Essentials 6.12 (QtCore, QtGui, QtWidgets, the platform
    # plugins offscreen, xcb, wayland) and its wheel lacks, less what these packages bring in themselves.
    SystemPackage("libglib2.0-0", "window", "libglib-2.0.so.0"),
    SystemPackage("libegl1", "window", "libEGL.so.1"),
    SystemPackage("libgl1", "window", "libGL.so.1"),
    SystemPackage("libdbus-1-3", "window", "libdbus-1.so.3"),
    SystemPackage("libfontconfig1", "window", "libfontconfig.so.1"),
    SystemPackage("libx11-xcb1", "window", "libX11-xcb.so.1"),
    SystemPackage("libxkbcommon0", "window", "libxkbcommon.so.0"),
    SystemPackage("libxkbcommon-x11-0", "window", "libxkbcommon-x11.so.0"),
    SystemPackage("libxcb-cursor0", "window", "libxcb-cursor.so.0"),
    SystemPackage("libxcb-icccm4", "window", "libxcb-icccm.so.4"),
    SystemPackage("libxcb-image0", "window", "libxcb-image.so.0"),
    SystemPackage("libxcb-keysyms1", "window", "libxcb-keysyms.so.1"),
    SystemPackage("libxcb-randr0", "window", "libxcb-randr.so.0"),
    SystemPackage("libxcb-render-util0", "window", "libxcb-render-util.so.0"),
    SystemPackage("libxcb-shape0", "window", "libxcb-shape.so.0"),
    SystemPackage("libxcb-xkb1", "window", "libxcb-xkb.so.1"),
    SystemPackage("libwayland-client0", "window", "libwayland-client.so.0"),
    SystemPackage("libwayland-cursor0", "window", "libwayland-cursor.so.0"),
)
# A sound system for tests: PulseAudio with null sinks, reached as people's programs reach it, through ALSA.
LAB = (
    SystemPackage("pulseaudio", "lab", program="pulseaudio"),
    SystemPackage("pulseaudio-utils", "lab", program="pactl"),
    SystemPackage("libasound2-plugins", "lab", file="lib/*/alsa-lib/libasound_module_pcm_pulse.so"),
    SystemPackage("xvfb", "lab", program="Xvfb"),
    SystemPackage("xdotool", "lab", program="xdotool"),
    SystemPackage("dbus", "lab", program="dbus-daemon"),
)
PYTHON = (SystemPackage("python3-venv", "python", module="ensurepip"),)


def needed(*, compiler: bool, virtual_environment: bool, lab: bool) -> tuple[SystemPackage, ...]:
    """The packages this set-up may use; the compiler and venv only when something is still to be made."""
    python = PYTHON if virtual_environment else ()
    return (*python, *(BUILD if compiler else ()), *RUN, *(LAB if lab else ()))


def ensure(packages: Sequence[SystemPackage], stamps: Stamps, log: Path) -> None:
    """What can be installed is installed; what is missing after that has been named, with what is lost.

    Root installs without asking; a person at a terminal is asked before `sudo`; otherwise the command is
    printed. A refusal is remembered until the list of missing packages changes.

    Raises:
        SetupError: Python cannot make virtual environments, and nothing here may change that.
    """
    if not sys.platform.startswith("linux"):
        if not ctypes.util.find_library("portaudio"):
            say(f"PortAudio was not found: {LOST_WITHOUT['sound']}.")
        return
    missing = _missing(packages)
    if not missing:
        return
    names = sorted({package.debian for package in missing})
    key = key_of(names)
    settled = stamps.is_current("system", key)
    if not settled:
        prefix = _privilege(names)
        reached = prefix is None or _install(prefix, names, log)
        missing = _missing(packages)
        if (
            missing and reached
        ):  # refused, or not to be had from this system: do not try at every start
            stamps.done("system", key_of(sorted({package.debian for package in missing})))
    if not missing:
        return
    names = sorted({package.debian for package in missing})
    if not settled:
        say("Missing system packages. On Debian or Ubuntu, install them with:")
        say(f"    {_apt_command(names)}")
    for purpose in dict.fromkeys(package.purpose for package in missing):
        lacking = sorted({package.debian for package in missing if package.purpose == purpose})
        say(f"Without {', '.join(lacking)} {LOST_WITHOUT[purpose]}.")
    if any(package.purpose == "python" for package in missing):
        raise SetupError(
            "This Python cannot make virtual environments. Install python3-venv, then run make again."
        )


def _missing(packages: Sequence[SystemPackage]) -> list[SystemPackage]:
    libraries = known_libraries(_ldconfig)
    return [package for package in packages if not package.is_there(libraries)]


def known_libraries(list_libraries: Callable[[], str]) -> frozenset[str]:
    """The sonames in what `ldconfig -p` printed ("libgomp.so.1 (libc6,x86-64) => /lib/...")."""
    return frozenset(line.split()[0] for line in list_libraries().splitlines() if "=>" in line)


def _ldconfig() -> str:
    program = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        return ""
    return subprocess.run([program, "-p"], capture_output=True, text=True, check=False).stdout


def _apt_command(names: Sequence[str]) -> str:
    return f"sudo apt-get update && sudo apt-get install {' '.join(names)}"


def _privilege(names: Sequence[str]) -> list[str] | None:
    """What to put before apt-get: nothing for root, "sudo" when the person agreed; None when we may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    say(f"The assistant needs these system packages: {' '.join(names)}")
    return (
        ["sudo"]
        if input("Install them now with sudo apt-get? [Y/n] ").strip().lower() in {"", "y", "yes"}
        else None
    )


def _install(prefix: Sequence[str], names: Sequence[str], log: Path) -> bool:
    """Install what can be installed; False when the package servers could not be reached."""
    say(f"Installing system packages: {' '.join(names)}")
    if prefix:
        subprocess.run(
            [*prefix, "-v"], check=False
        )  # asks for the password while the terminal is still ours
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    install = ["install", "-y", "--no-install-recommends"]
    reached = _apt([*apt, "update"], log)
    if not _apt([*apt, *install, *names], log) and len(names) > 1:
        # One name that this release does not know makes apt refuse them all.
        for name in names:
            _apt([*apt, *install, name], log)
    return reached


def _apt(command: Sequence[str], log: Path) -> bool:
    try:
        run_logged(
            command, label="  apt-get", log=log, describe=lambda _output, s: f"{s:.0f} s", advice=""
        )
    except SetupError:
        return False
    return True
