"""The state of this installation as a window shows it, and the proof that nothing leaves the computer.

Owns the look at open internet connections; the findings are `assistant.catalog.doctor`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psutil

from assistant.api.devices import sound_system
from assistant.audio.backend import Device
from assistant.audio.choosing import NOUN, choose
from assistant.audio.device_events import DeviceKind
from assistant.catalog.doctor import Finding, Status, examine
from assistant.errors import AudioError, SettingsError
from assistant.settings import Settings, load_settings
from assistant.settings.live import AudioSettings

__all__ = [
    "Connection",
    "Connections",
    "Finding",
    "Status",
    "examine_installation",
    "open_connections",
]


@dataclass(frozen=True, slots=True)
class Connection:
    """An internet socket of the program.

    Attributes:
        process: the name of the process that holds it.
        pid: its number.
        local: our end, ``address:port``.
        remote: the other end; empty for one that only listens.
    """

    process: str
    pid: int
    local: str
    remote: str


@dataclass(frozen=True, slots=True)
class Connections:
    """What the operating system says of the program's processes.

    Attributes:
        processes: how many were looked at.
        found: their internet sockets.
        unknown: processes the system would not tell about.
    """

    processes: int
    found: tuple[Connection, ...]
    unknown: int = 0


def examine_installation(
    settings: Settings | None = None, *, hashes: bool = False
) -> list[Finding]:
    """Return what `assistant doctor` says. Blocks for a second or more; any thread but the window's.

    Args:
        settings: those in force; None = load them, and tell if they are wrong.
        hashes: also read every model file.
    """
    given: Settings | SettingsError
    if settings is not None:
        given = settings
    else:
        try:
            given = load_settings()
        except SettingsError as exc:
            given = exc
    return [*examine(given, hashes=hashes), *_judge_devices(given)]


def _judge_devices(settings: Settings | SettingsError) -> Iterator[Finding]:
    """Return whether there is something to hear and be heard with; `examine` opens no sound system."""
    try:
        found = sound_system().devices()
    except AudioError:
        return  # PortAudio is missing, and the finding about that says so
    audio = AudioSettings() if isinstance(settings, SettingsError) else settings.audio
    yield _judge_device("input", found, audio.input_device)
    yield _judge_device("output", found, audio.output_device)


def _judge_device(kind: DeviceKind, found: Sequence[Device], wanted: str | None) -> Finding:
    try:
        device = choose(found, wanted, kind)
    except AudioError as exc:
        return Finding(NOUN[kind], "warn", exc.message, exc.hint)
    return Finding(NOUN[kind], "ok", device.name if wanted else f"the default, {device.name}")


def open_connections() -> Connections:
    """Return every internet socket that this process and those it started hold. Blocks some milliseconds.

    Asks the operating system, not the program's own books, so it sees what any library opened.
    """
    own = psutil.Process()
    processes = [own, *own.children(recursive=True)]
    found: list[Connection] = []
    unknown = 0
    for process in processes:
        try:
            sockets = process.net_connections(kind="inet")
            name = process.name()
        except psutil.NoSuchProcess:
            continue
        except psutil.Error:
            unknown += 1
            continue
        found += [
            Connection(name, process.pid, _address(one.laddr), _address(one.raddr))
            for one in sockets
        ]
    return Connections(len(processes), tuple(found), unknown)


def _address(address: tuple[()] | tuple[str, int]) -> str:
    return ":".join(map(str, address))
