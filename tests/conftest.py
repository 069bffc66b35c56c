"""The net under every test: nothing left running, no unexpected warning in the log, no network.

Owns the three checks and their markers; it knows nothing about the assistant.

A test that rightly logs a warning uses `caplog` or ``@pytest.mark.allow_warnings("reason")``. One that may
replace a process it shares with other tests of its module says ``@pytest.mark.allow_leftovers("reason")``;
what is still there at the end of the run fails it all the same.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing.resource_tracker
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import psutil
import pytest

# How long something takes is for `assistant bench` to say.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

GRACE_S = 5.0
"""How long something that is about to end may take; only a test that leaves something waits this long."""

NETWORK_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
LOOKUP_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
OWN_COMPUTER = frozenset({"127.0.0.1", "::1", "localhost", b"localhost", b"127.0.0.1"})
INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "allow_warnings(reason): the test may log warnings and errors"
    )
    config.addinivalue_line("markers", "own_computer: may use servers on this computer, no other")
    config.addinivalue_line(
        "markers", "allow_leftovers(reason): what runs may change during the test"
    )
    sys.addaudithook(NETWORK.audit)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if Path(__file__).parent / "ears" in item.path.parents and "llama_cpp" in sys.modules:
        pytest.fail(
            "llama.cpp is in this process already; run these by themselves: pytest tests/ears"
        )


# --- nothing left running ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """What this process has going at one moment."""

    threads: frozenset[threading.Thread]
    children: frozenset[int]
    sockets: frozenset[str]

    @classmethod
    def now(cls) -> Running:
        return cls(
            # Threads made outside Python that once called into it stay listed for ever before Python 3.12.
            frozenset(
                t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)
            ),
            frozenset(child_pids()),
            frozenset(open_sockets()),
        )

    def since(self, before: Running) -> Running:
        return Running(
            self.threads - before.threads,
            self.children - before.children,
            self.sockets - before.sockets,
        )

    def __bool__(self) -> bool:
        return bool(self.threads or self.children or self.sockets)

    def __str__(self) -> str:
        names = [f"thread {thread.name!r}" for thread in self.threads]
        names += [describe_process(pid) for pid in self.children]
        names += [f"open {one}" for one in self.sockets]
        return ", ".join(sorted(names))


def child_pids() -> Iterator[int]:
    """Pids of our children, zombies included; not the one helper that multiprocessing keeps for good."""
    lists = list(
        Path("/proc/self/task").glob("*/children")
    )  # psutil reads all of /proc: 100 times slower
    if lists:
        texts = []
        for one in lists:
            with contextlib.suppress(OSError):  # the thread has just ended
                texts.append(one.read_text())
        pids = [int(pid) for pid in " ".join(texts).split()]
    else:
        pids = [child.pid for child in psutil.Process().children()]
    tracker = getattr(multiprocessing.resource_tracker._resource_tracker, "_pid", None)
    return (pid for pid in pids if pid != tracker)


def open_sockets() -> Iterator[str]:
    """One text for each open socket (pairs for pipes between processes included), where /proc tells."""
    for descriptor in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(OSError):
            target = descriptor.readlink().name
            if target.startswith("socket:"):
                yield target


def describe_process(pid: int) -> str:
    text = f"child process {pid}"
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        text += f" ({process.status()})"
        text += f": {' '.join(process.cmdline())}"  # a zombie has none
    return text


def leftovers(before: Running) -> Running:
    """What still runs beyond `before`, after a grace period for what is ending."""
    left = Running.now().since(before)
    if left:
        gc.collect()
    deadline = time.monotonic() + GRACE_S
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        left = Running.now().since(before)
    return left


def fail_if_left(before: Running, who: str) -> None:
    left = leftovers(before)
    if not left:
        return
    message = f"{who} left behind: {left}"
    for pid in left.children:  # so that they do not disturb the next test
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            process.kill()
            process.wait(5)
    pytest.fail(message, pytrace=False)


@pytest.fixture(autouse=True, scope="session")
def _nothing_left_at_the_end() -> Iterator[None]:
    before = Running.now()
    yield
    fail_if_left(before, "the test run")


@pytest.fixture(autouse=True)
def _nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    before = Running.now()
    yield
    if request.node.get_closest_marker("allow_leftovers") is None:
        fail_if_left(before, "this test")


# --- no unexpected warning in the log ---------------------------------------------------------------


class Collector(logging.Handler):
    """Keeps what is logged as a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    collector = Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    yield
    root.removeHandler(collector)
    expected = "caplog" in request.fixturenames or request.node.get_closest_marker("allow_warnings")
    if collector.lines and not expected:
        pytest.fail("this test logged: " + "\n".join(collector.lines), pytrace=False)


# --- no network -------------------------------------------------------------------------------------


class NetworkBlockedError(RuntimeError):
    """A test tried to reach a network."""


class NetworkGuard:
    """Refuses internet sockets in this process, below anything a library can do in Python.

    AF_UNIX stays open: multiprocessing's pipes are socket pairs. Processes a test starts are not watched.
    """

    def __init__(self) -> None:
        self.active = False
        self.allows_own_computer = False
        self.attempts: list[str] = []

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.active or not event.startswith("socket."):
            return
        if event in LOOKUP_EVENTS:
            self._refuse(event, arguments[0])
        if event in NETWORK_EVENTS:
            first, address = arguments[0], arguments[1]
            if isinstance(first, socket.SocketType) and first.family in INTERNET:
                self._refuse(event, address)

    def _refuse(self, event: str, target: object) -> None:
        host = target[0] if isinstance(target, tuple) else target
        if self.allows_own_computer and host in OWN_COMPUTER:
            return
        attempt = f"{event} {target!r}"
        self.attempts.append(attempt)
        raise NetworkBlockedError(f"tests have no network: {attempt}")


NETWORK = NetworkGuard()


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    NETWORK.attempts.clear()
    NETWORK.allows_own_computer = request.node.get_closest_marker("own_computer") is not None
    NETWORK.active = True
    yield
    NETWORK.active = False
    if NETWORK.attempts:  # also when the code under test swallowed the refusal
        pytest.fail(
            "this test tried to use the network: " + ", ".join(NETWORK.attempts), pytrace=False
        )
