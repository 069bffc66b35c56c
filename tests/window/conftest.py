"""The window without a screen: a QApplication, a session on a scripted assistant, and no warning of Qt's.

Owns these fixtures. `tests/window/test_real_window.py` needs a real screen and so a process of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import (
    QDeadlineTimer,
    QEventLoop,
    QLocale,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from assistant.settings import Settings
from tests.window.fakes.facade import ScriptedDisk, ScriptedFacade
from ui.session import Session, Trouble

REAL_WINDOW = "test_real_window.py"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The real window is tested only when it is asked for by name: Qt has one screen a process."""
    folder = Path(__file__).parent
    asked = any(REAL_WINDOW in argument for argument in config.invocation_params.args)
    for item in items:
        if item.path.parent == folder and item.path.name == REAL_WINDOW:
            item.add_marker(pytest.mark.live)
            if not asked:
                reason = f"needs a process of its own: pytest tests/window/{REAL_WINDOW}"
                item.add_marker(pytest.mark.skip(reason=reason))


PATIENCE_MS = 10_000
"""For what takes milliseconds on an idle machine."""

BAD = {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg}

HARMLESS = (
    "This plugin does not support",
    "QObject::connect: No such signal QPlatformNativeInterface::systemTrayWindowChanged",
)
"""What the offscreen platform says of things only a real screen has: masks, raising, a tray."""


@pytest.fixture(scope="session")
def qapp() -> Iterator[QApplication]:
    """The one QApplication of the process, without a screen."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance() or QApplication(["assistant"])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    yield app
    _destroy_widgets(app)


@pytest.fixture(autouse=True)
def _plain_numbers() -> Iterator[None]:
    """Whatever language a test before has chosen, and whatever the machine speaks: 1022, not 1,022."""
    QLocale.setDefault(QLocale.c())
    yield
    QLocale.setDefault(QLocale.c())


@pytest.fixture(autouse=True)
def qt_messages() -> Iterator[list[str]]:
    """Every warning of Qt's fails the test; one that is expected is removed from this list by the test."""
    lines: list[str] = []

    def keep(kind: QtMsgType, _context: object, text: str) -> None:
        if kind in BAD and not text.startswith(HARMLESS):
            lines.append(text)

    former = qInstallMessageHandler(keep)
    yield lines
    qInstallMessageHandler(former)
    if lines:
        pytest.fail("Qt warned: " + "\n".join(lines), pytrace=False)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the window keeps of the person, it keeps it in the test's folder."""
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "sarai"))


@dataclass
class Scripted:
    """A session and the strings it is pulled by.

    Attributes:
        facades: every assistant made so far; the last one is in use.
        troubles: what was shown as banners, in order.
        shall: called on each new assistant before it is used, to prepare it.
    """

    session: Session
    disk: ScriptedDisk
    facades: list[ScriptedFacade] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    shall: Callable[[ScriptedFacade], None] = lambda _facade: None

    @property
    def facade(self) -> ScriptedFacade:
        """The assistant in use."""
        return self.facades[-1]


@pytest.fixture
def unstarted(qapp: QApplication) -> Iterator[Scripted]:
    """A session on a scripted assistant, before its start."""
    disk = ScriptedDisk()

    def make(settings: Settings, on_event: Callable[..., None]) -> ScriptedFacade:
        facade = ScriptedFacade(settings, on_event)
        scripted.facades.append(facade)
        scripted.shall(facade)
        return facade

    session = Session(Settings(), make, disk.save)
    scripted = Scripted(session, disk)
    session.trouble.connect(scripted.troubles.append)
    yield scripted
    session.stop()
    session.deleteLater()
    _destroy_widgets(qapp)


@pytest.fixture
def scripted(unstarted: Scripted) -> Scripted:
    """A session on a scripted assistant that runs and is live."""
    unstarted.session.start()
    spin_until(lambda: unstarted.session.is_live)
    return unstarted


@pytest.fixture
def session(scripted: Scripted) -> Session:
    """The session of `scripted`."""
    return scripted.session


def spin_until(
    condition: Callable[[], object], what: str = "", patience_ms: int = PATIENCE_MS
) -> None:
    """Process events until the condition holds; fails after a while if it never does."""
    deadline = QDeadlineTimer(patience_ms)
    tick = QTimer()  # so that waiting for events never lasts longer than this
    tick.setInterval(5)
    tick.start()
    loop = QEventLoop()
    while not condition():
        if deadline.hasExpired():
            pytest.fail(f"waited in vain{f' for {what}' if what else ''}", pytrace=True)
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    tick.stop()


def _destroy_widgets(app: QApplication) -> None:
    for widget in app.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    app.sendPostedEvents(
        None, 52
    )  # QEvent.DeferredDelete, which only an event loop obeys otherwise
    app.processEvents()


def named(root: QWidget, name: str) -> list[QWidget]:
    """Visible widgets below ``root`` that a screen reader calls so."""
    found = [one for one in root.findChildren(QWidget) if one.accessibleName() == name]
    return [one for one in found if one.isVisibleTo(root)]
