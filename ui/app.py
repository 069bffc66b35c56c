"""The program with a window: everything that lives as long as it runs, wired together.

Owns the order of starting and ending: the window is on the screen first, then the assistant is made.
"""

from __future__ import annotations

import linecache
import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from assistant.errors import AssistantError
from assistant.events import Event, WorkerReady
from assistant.settings import Settings
from assistant.settings.recover import LoadedSettings, load_settings_or_defaults
from ui import theme, translated
from ui.desktop import APP_ID
from ui.desktop.places import Places
from ui.facade import MakeFacade
from ui.guard import Guard, log_qt
from ui.session import Session, Trouble, real_assistant
from ui.shown.talk import TalkShown, TalkState
from ui.window import MainWindow

if TYPE_CHECKING:
    from ui.desktop.global_keys import GlobalKeys
    from ui.desktop.mark import MarkState
    from ui.desktop.tray import Tray
    from ui.overlay import Overlay

CRIPPLING = frozenset({"worker", "microphone", "loudspeaker"})
"""Troubles without whose end nobody can talk."""


def main(argv: Sequence[str]) -> int:
    """Open the window and stay until the program is ended; returns its exit code.

    Args:
        argv: ``--hidden`` starts with the tray icon only.
    """
    linecache.clearcache()  # see `Program._forget_sources`
    loaded = load_settings_or_defaults()
    log_qt()
    app = QApplication([sys.argv[0], *argv])
    app.setApplicationName("sarai")
    app.setApplicationDisplayName("Sarai")
    app.setDesktopFileName(APP_ID)
    app.setQuitOnLastWindowClosed(False)
    translated.install(app, loaded.settings.window.language)
    theme.apply(app, loaded.settings.window.appearance)
    from ui.desktop.instance import Instance

    instance = Instance()
    if not instance.claim():
        return 0
    program = Program(app, loaded, is_hidden="--hidden" in argv)
    instance.command.connect(program.obey)
    guard = Guard(program.unforeseen, app.quit)
    code = app.exec()
    guard.close()
    instance.close()
    program.end()
    return code


class Program(QObject):
    """Session, window, and what the desktop sees of them.

    Args:
        app: dressed and translated.
        loaded: the settings, and what was wrong with them.
        is_hidden: start with the tray icon only, if there is a tray.
        make_facade: makes the assistant.
    """

    def __init__(
        self,
        app: QApplication,
        loaded: LoadedSettings,
        *,
        is_hidden: bool = False,
        make_facade: MakeFacade = real_assistant,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._is_hidden = is_hidden or loaded.settings.window.start_hidden
        self._problem = loaded.problem
        self._marked: tuple[str, str] = ("", "")
        self._log: logging.Handler | None = None
        self.places = Places()
        self.session = Session(loaded.settings, make_facade)
        self.window = MainWindow(self.session, self.places, self._stays)
        self.window.quit_wanted.connect(app.quit)
        self.tray: Tray | None = None
        self.keys: GlobalKeys | None = None
        self.overlay: Overlay | None = None
        self._seen = loaded.settings.window
        self.session.settings_changed.connect(self._settings)
        self.session.event.connect(self._forget_sources)
        if not self._is_hidden:
            self.window.show()
        # The first picture is on the screen before anything else is begun.
        QTimer.singleShot(0, self._go_on)

    def _go_on(self) -> None:
        self.session.start()
        self.session.run(_keep_log, self._log_kept)
        if self._problem is not None:
            look = partial(self.session.page_wanted.emit, "settings")
            self.session.report(self._problem, "settings", self.tr("Settings"), look)
        QTimer.singleShot(0, self._dress_desktop)

    def _forget_sources(self, event: Event) -> None:
        """Give back 10 MB: Qt for Python reads the source of whatever is imported after it, and keeps it.

        It looks for ``from __feature__ import`` there (shibokensupport/feature.py, through `linecache`).
        """
        if isinstance(event, WorkerReady):
            linecache.clearcache()

    def _dress_desktop(self) -> None:
        from ui.desktop.global_keys import GlobalKeys
        from ui.desktop.mark import mark
        from ui.desktop.tray import Tray

        self._app.setWindowIcon(QIcon(mark("idle")))
        session, window = self.session, self.window
        self.tray = tray = Tray(self)
        tray.show_asked.connect(self._show_or_hide)
        tray.talk_asked.connect(self._tap)
        tray.cancel_asked.connect(window.cancel)
        tray.mute_asked.connect(lambda on: session.mute(on=on))
        tray.overlay_asked.connect(lambda on: session.change_settings({"window.overlay": on}))
        tray.quit_asked.connect(self._app.quit)
        tray.missing.connect(window.bring)
        tray.show()
        if self._is_hidden:
            tray.wait_for_tray()
        window.talk_changed.connect(self._show_state)
        window.shown_changed.connect(lambda on: tray.show_window_state(is_shown=on))
        session.mute_changed.connect(lambda _on: self._show_switches())
        session.trouble.connect(self._notify)
        session.trouble.connect(self._show_state)
        session.trouble_over.connect(self._show_state)
        self._show_state()
        self._show_switches()
        tray.show_window_state(is_shown=window.isVisible())
        self._make_overlay()
        self.keys = GlobalKeys(
            lambda is_down: session.assistant.talk_key(is_down=is_down),
            session.cancel,
            parent=self,
        )
        self.keys.trouble.connect(self._key_trouble)
        self.keys.apply(session.settings.keys)

    def _make_overlay(self) -> None:
        """Make the latency overlay, or make it anew in another language."""
        from ui.overlay import Overlay

        if self.overlay is not None:
            self.overlay.close()
            self.overlay.deleteLater()
        self.overlay = Overlay(self.session, self.places)

    def end(self) -> None:
        """End everything, the window last seen first; blocks until the worker is gone."""
        self.window.hide()
        if self.keys is not None:
            self.keys.stop()
        if self.overlay is not None:
            self.overlay.close()
        if self.tray is not None:
            self.tray.hide()
        self.window.remember()
        self.session.stop()
        if self._log is not None:
            from assistant.api.logs import end_log

            end_log(self._log)

    def unforeseen(self, failure: Exception) -> None:
        """Say that something went wrong that should not have; it is in the log already."""
        message = self.tr("Something went wrong: {0}").format(failure)
        hint = self.tr("The log says more.")
        look = partial(self.session.page_wanted.emit, "doctor")
        self.session.trouble.emit(Trouble("unforeseen", message, hint, self.tr("Help"), look))

    def _log_kept(self, handler: logging.Handler | None) -> None:
        self._log = handler

    def obey(self, command: str) -> None:
        """Do what another start, or `assistant toggle`, asks of this one."""
        match command:
            case "show":
                self.window.bring()
            case "hide":
                self.window.close()
            case "toggle":
                self._tap()
            case "cancel":
                self.window.cancel()
            case "quit":
                self._app.quit()
            case _:
                pass

    # --- what the desktop sees --------------------------------------------------------------------------

    def _tap(self) -> None:
        """Begin or end talking, whatever the talk key's kind."""
        self.window.conversation.bar.toggle()

    def _show_or_hide(self) -> None:
        if self.window.isVisible() and self.window.isActiveWindow():
            self.window.close()
        else:
            self.window.bring()

    def _stays(self) -> bool:
        return (
            self.session.settings.window.close_to_tray
            and self.tray is not None
            and self.tray.is_there()
        )

    def _show_state(self, *_: object) -> None:
        """Have the tray say what the talk control says, or what keeps it from saying anything."""
        broken = next((one for one in self.window.banners.troubles if one.kind in CRIPPLING), None)
        state: tuple[MarkState, str] = (_mark(self.window.talk), "")
        if broken is not None and not broken.is_notice:
            state = ("trouble", translated.translated(broken.message))
        if self.tray is not None and state != self._marked:
            self._marked = state
            self.tray.show_state(*state)

    def _show_switches(self) -> None:
        if self.tray is not None:
            settings = self.session.settings
            self.tray.show_switches(
                is_muted=self.session.is_muted, has_overlay=settings.window.overlay
            )

    def _notify(self, trouble: Trouble) -> None:
        """Whoever does not see the window is told by the desktop."""
        if self.tray is not None and not self.window.isVisible() and not trouble.is_notice:
            said = (translated.translated(text) for text in (trouble.message, trouble.hint))
            self.tray.say("Sarai", "\n".join(said).strip())

    def _key_trouble(self, problem: AssistantError) -> None:
        """Say it once: a desktop without such keys has none at the next start either."""
        if self.places.text("keys") == problem.message:
            return
        self.places.remember_text("keys", problem.message)
        act = partial(self.session.page_wanted.emit, "settings/keys")
        self.session.trouble.emit(
            Trouble("keys", problem.message, problem.hint, self.tr("Keys"), act, is_notice=True)
        )

    # --- settings ---------------------------------------------------------------------------------------

    def _settings(self, settings: Settings) -> None:
        before, self._seen = self._seen, settings.window
        if settings.window.language != before.language:
            translated.install(self._app, settings.window.language)
            self.window.retranslate()
            if self.tray is not None:
                self.tray.retranslate()
                self._marked = ("", "")
                self._show_state()
            self._make_overlay()
        if settings.window.appearance != before.appearance:
            theme.apply(self._app, settings.window.appearance)
        if settings.window.autostart != before.autostart:
            self.session.run(_autostart(settings))
        if self.keys is not None:
            self.keys.apply(settings.keys)
        self._show_switches()


def _keep_log() -> logging.Handler | None:
    from assistant.api.logs import keep_log

    return keep_log()


def _autostart(settings: Settings) -> Callable[[], None]:
    from ui.desktop.autostart import set_autostart

    return lambda: set_autostart(on=settings.window.autostart)


def _mark(talk: TalkShown) -> MarkState:
    match talk.state:
        case TalkState.LISTENING:
            return "listening"
        case TalkState.THINKING:
            return "thinking"
        case TalkState.SPEAKING:
            return "speaking"
        case TalkState.IDLE if talk.is_muted:
            return "muted"
        case _:
            return "idle" if talk.is_ready else "starting"
