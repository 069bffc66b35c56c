"""Real-time scheduling for the threads that sound depends on, where the system permits it.

Owns that request. Changes no other thread, and nothing outside Linux.

Our measurement (2026-11, 2 cores shared with two trainings): waking every 10 ms, an ordinary thread came
up to 730 ms late, one with this 1 ms; playing through PulseAudio, gaps of 1.9 s became 20 ms.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator

PRIORITY = 5
"""Of 1 to 99: above all ordinary work, not above the sound server (PulseAudio asks for 5)."""

logger = logging.getLogger(__name__)


def prefer_this_thread(*, heirs: bool = True) -> None:
    """Have the calling thread scheduled before ordinary ones, if allowed.

    A thread of lower rank that is suspended while it holds the interpreter's lock keeps all of ours
    waiting; one that works while sound flows should ask for this too.

    Args:
        heirs: also the threads and processes it starts; False for a thread that starts a worker.
    """
    if not hasattr(os, "sched_setscheduler"):
        return
    policy = os.SCHED_RR if heirs else os.SCHED_RR | getattr(os, "SCHED_RESET_ON_FORK", 0)
    try:
        os.sched_setscheduler(threading.get_native_id(), policy, os.sched_param(PRIORITY))
    except OSError as exc:  # ordinary users need an rtprio limit
        logger.debug("no real-time priority for %s: %s", threading.current_thread().name, exc)


@contextlib.contextmanager
def preferred_threads() -> Iterator[None]:
    """Have the threads started meanwhile preferred: PortAudio's and libpulse's, which are not ours to ask."""
    if not hasattr(os, "sched_setscheduler"):
        yield
        return
    thread = threading.get_native_id()
    policy, parameters = os.sched_getscheduler(thread), os.sched_getparam(thread)
    prefer_this_thread()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setscheduler(thread, policy, parameters)
