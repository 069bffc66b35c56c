"""The net in conftest.py catches what it is there for: one pytest run on planted faults."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

NET = Path(__file__).with_name("conftest.py")

PLANTED = """
import logging, multiprocessing, socket, subprocess, sys, threading, time
import pytest

kept = []
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]

def test_bad_thread_left():
    thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
    thread.start()

def test_bad_child_left():
    kept.append(subprocess.Popen(SLEEP))

def test_bad_zombie_left():
    kept.append(subprocess.Popen([sys.executable, "-c", ""]))

def test_bad_worker_process_left():
    kept.append(multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,)))
    kept[-1].start()

def test_bad_socket_left():
    kept.append(socket.socket())

def test_bad_pipe_end_left():
    kept.extend(multiprocessing.Pipe())

def test_bad_warning_logged():
    logging.getLogger("assistant.planted").warning("odd")

def test_bad_error_logged_in_a_thread():
    thread = threading.Thread(target=lambda: logging.getLogger("assistant.planted").error("odd"))
    thread.start()
    thread.join()

def test_bad_connect():
    with socket.socket() as one:
        one.connect(("127.0.0.1", 9))

def test_bad_connect_swallowed():
    with socket.socket() as one:
        try:
            one.connect(("127.0.0.1", 9))
        except Exception:
            pass

def test_bad_bind():
    with socket.socket(socket.AF_INET6) as one:
        one.bind(("::1", 0))

def test_bad_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", 9))

def test_bad_name_lookup():
    socket.getaddrinfo("localhost", 80)

def test_good_nothing():
    pass

def test_good_thread_that_ends():
    threading.Thread(target=time.sleep, args=(0.02,)).start()

def test_good_worker_process_with_a_pipe():
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(0,))
    process.start()
    process.join()
    process.close()
    ours.send(1)
    assert theirs.recv() == 1
    ours.close()
    theirs.close()

def test_good_warning_looked_at(caplog):
    logging.getLogger("assistant.planted").warning("expected")
    assert "expected" in caplog.text

@pytest.mark.allow_warnings("planted")
def test_good_warning_announced():
    logging.getLogger("assistant.planted").warning("expected")

@pytest.mark.allow_leftovers("planted")
def test_good_leftover_announced():
    kept.append(socket.socketpair())

def test_bad_last_one_because_the_run_left_something():
    pass
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Test name -> what went wrong in it, from one real run of the planted file under our conftest."""
    folder = tmp_path_factory.mktemp("planted")
    # A short grace: every planted leak would wait the whole of it.
    net = NET.read_text(encoding="utf-8").replace("GRACE_S = 5.0", "GRACE_S = 0.5")
    assert "GRACE_S = 0.5" in net
    (folder / "conftest.py").write_text(net, encoding="utf-8")
    (folder / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--junitxml=report.xml",
    ]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    report = folder / "report.xml"
    assert report.exists(), run.stdout + run.stderr
    found: dict[str, list[str]] = {}
    root = ET.parse(report).getroot()  # noqa: S314  (we have just written it)
    for case in root.iter("testcase"):
        wrong = [str(part.text) for part in case if part.tag in {"failure", "error"}]
        found.setdefault(case.attrib["name"], []).extend(wrong)
    return found


def test_every_planted_fault_is_caught_and_nothing_else(outcomes: dict[str, list[str]]) -> None:
    planted = {
        line.split("(")[0][4:] for line in PLANTED.splitlines() if line.startswith("def test_")
    }
    assert set(outcomes) == planted
    caught = {name for name, wrong in outcomes.items() if wrong}
    assert caught == {name for name in planted if name.startswith("test_bad_")}


@pytest.mark.parametrize(
    ("test", "named"),
    [
        ("thread_left", "thread 'Thread-"),
        ("child_left", "time.sleep(60)"),
        ("zombie_left", "(zombie)"),
        ("worker_process_left", "spawn_main"),
        ("socket_left", "open socket:"),
        ("pipe_end_left", "open socket:"),
        ("warning_logged", "WARNING assistant.planted: odd"),
        ("error_logged_in_a_thread", "ERROR assistant.planted: odd"),
        ("connect", "socket.connect ('127.0.0.1', 9)"),
        ("connect_swallowed", "socket.connect ('127.0.0.1', 9)"),
        ("bind", "socket.bind ('::1', 0)"),
        ("datagram", "socket.sendto ('127.0.0.1', 9)"),
        ("name_lookup", "socket.getaddrinfo 'localhost'"),
        ("last_one_because_the_run_left_something", "the test run left behind"),
    ],
)
def test_the_message_names_the_culprit(
    outcomes: dict[str, list[str]], test: str, named: str
) -> None:
    assert named in "\n".join(outcomes[f"test_bad_{test}"])
