"""The door to the window for the command line: open it, or speak to the one that is open.

Owns the checks that must come before Qt, which ends the program without a word where it finds no display. The
command line reaches this module by name only: nothing in `assistant/` imports `ui`.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence

from assistant.errors import AssistantError

WITHOUT_SCREEN = frozenset({"offscreen", "minimal", "vnc", "eglfs", "linuxfb", "minimalegl"})
"""Qt's platforms that need no display server."""


class WindowError(AssistantError):
    """The window cannot be opened here, or none is open."""

    exit_code = 5


def open_window(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed; where one is open already, show that one and return.

    Args:
        arguments: of the command line: ``--hidden`` and nothing else.

    Raises:
        WindowError: ``no_display``, ``no_qt`` or ``qt_incomplete``.
    """
    _check_display()
    _check_qt()
    from ui.desktop.instance import ask

    if ask("ping") is not None:
        if "--hidden" not in arguments:
            ask("show")
        return 0
    if "SARAI_MEASURE" in os.environ:
        from ui.measure import install

        install()
    from ui.app import main

    return main(list(arguments))


def send(command: str) -> None:
    """Send a command to the open window.

    Raises:
        WindowError: ``window_not_running``, ``window_busy`` or ``no_qt``.
    """
    _check_qt()
    from ui.desktop.instance import ask

    answer = ask(command)
    if answer is None:
        raise WindowError(
            "window_not_running",
            "The assistant's window is not running.",
            "Start it: assistant run",
        )
    if not answer:
        raise WindowError(
            "window_busy",
            "The assistant's window did not answer.",
            "Try again, or end it and start it anew: assistant run",
        )


def _check_qt() -> None:
    try:
        import PySide6.QtCore  # noqa: F401 - only whether it is there
    except ImportError as exc:
        raise WindowError(
            "no_qt",
            f"The window's library Qt cannot be loaded: {exc}.",
            "Install it (pip install PySide6-Essentials), or talk in the terminal: assistant chat",
        ) from exc


def _check_display() -> None:
    """Fail where Qt would abort: no display, one that refuses, or a library missing for Qt's X11 part."""
    if not sys.platform.startswith("linux"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if platform in WITHOUT_SCREEN or os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise _no_display("there is none here")
    for name in ("libxcb.so.1", "libxcb-cursor.so.0"):
        if not _loads(name):
            package = {"libxcb.so.1": "libxcb1", "libxcb-cursor.so.0": "libxcb-cursor0"}[name]
            raise WindowError(
                "qt_incomplete",
                f"Qt needs the system library {name}, which is not installed.",
                f"Install it, on Debian and Ubuntu by: sudo apt install {package}",
            )
    if not _display_answers():
        raise _no_display(f"{os.environ['DISPLAY']} does not answer")


def _no_display(why: str) -> WindowError:
    return WindowError(
        "no_display",
        f"The window needs a display, and {why}.",
        'Talk in the terminal instead (assistant chat), or type: assistant ask --text "hello"',
    )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _display_answers() -> bool:
    """Connect once, as Qt will."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers
