"""The icon in the tray: the state at a glance, and a menu for what one does without the window.

Owns the icon and its menu. Whether closing the window leaves the program in the tray is the window's
decision; `Tray.is_there` is what it asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from ui.desktop.mark import MarkState, mark

LOOK_MS = 1_000
LOOKS = 10
"""At login the panel may come up after us: so long a hidden window waits for a tray, then it shows itself."""


class Tray(QObject):
    """The tray icon.

    Signals:
        show_asked: bring the window, or hide it when it is in front.
        talk_asked: begin or end a spoken turn.
        cancel_asked: stop the answer.
        mute_asked: whether the microphone shall be muted.
        overlay_asked: whether the latency overlay shall be shown.
        quit_asked: end the program.
        missing: a hidden start waited, and there is no tray.
    """

    show_asked = Signal()
    talk_asked = Signal()
    cancel_asked = Signal()
    mute_asked = Signal(bool)
    overlay_asked = Signal(bool)
    quit_asked = Signal()
    missing = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[MarkState, QIcon] = {}
        self._state: MarkState = "starting"
        self._is_window_shown = True
        self._looks = 0
        self._menu = QMenu()
        self._show = self._entry(self.show_asked.emit)
        self._menu.addSeparator()
        self._talk = self._entry(self.talk_asked.emit)
        self._cancel = self._entry(self.cancel_asked.emit)
        self._mute = self._switch(self.mute_asked.emit)
        self._overlay = self._switch(self.overlay_asked.emit)
        self._menu.addSeparator()
        self._quit = self._entry(self.quit_asked.emit)
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self.retranslate()

    @staticmethod
    def is_there() -> bool:
        """Whether this desktop has a tray at all (GNOME has none without an extension)."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Put the icon into the tray, as soon as there is one."""
        self._icon.show()

    def hide(self) -> None:
        """Take the icon away; at the end, or it stays until somebody points at it."""
        self._icon.hide()

    def wait_for_tray(self) -> None:
        """Emit `missing` if no tray comes up; for a start without a window."""
        if self.is_there():
            return
        self._looks += 1
        if self._looks > LOOKS:
            self.missing.emit()
        else:
            QTimer.singleShot(LOOK_MS, self.wait_for_tray)

    def show_state(self, state: MarkState, trouble: str = "") -> None:
        """Show the state; `trouble` is the sentence that goes with ``trouble``."""
        self._state = state
        if state not in self._icons:
            self._icons[state] = mark(state)
        self._icon.setIcon(self._icons[state])
        self._icon.setToolTip(f"Sarai: {trouble or self._state_text()}")
        is_talking = state == "listening"
        self._talk.setText(self.tr("Stop talking") if is_talking else self.tr("Talk"))
        self._talk.setEnabled(state not in ("starting", "trouble"))
        self._cancel.setEnabled(state in ("listening", "thinking", "speaking"))

    def show_switches(self, *, is_muted: bool, has_overlay: bool) -> None:
        """Show whether the microphone is muted and the overlay on."""
        self._mute.setChecked(is_muted)
        self._overlay.setChecked(has_overlay)

    def show_window_state(self, *, is_shown: bool) -> None:
        """Say whether the window is there, so that the first entry offers the other."""
        self._is_window_shown = is_shown
        self._show.setText(self.tr("Hide window") if is_shown else self.tr("Show window"))

    def say(self, title: str, text: str) -> None:
        """Show a notification, where the window is hidden and something is worth a word."""
        self._icon.showMessage(title, text, self._icons[self._state])

    def retranslate(self) -> None:
        """Take every text again, after the language has changed."""
        self._cancel.setText(self.tr("Stop the answer"))
        self._mute.setText(self.tr("Mute microphone"))
        self._overlay.setText(self.tr("Latency overlay"))
        self._quit.setText(self.tr("Quit"))
        self.show_window_state(is_shown=self._is_window_shown)
        self.show_state(self._state)

    @property
    def menu(self) -> QMenu:
        """The menu behind the icon."""
        return self._menu

    @property
    def tooltip(self) -> str:
        """What the icon says when pointed at."""
        return self._icon.toolTip()

    def _entry(self, act: Callable[[], object]) -> QAction:
        action = QAction(self._menu)
        action.triggered.connect(lambda _checked: act())
        self._menu.addAction(action)
        return action

    def _switch(self, act: Callable[[bool], object]) -> QAction:
        action = QAction(self._menu)
        action.setCheckable(True)
        action.triggered.connect(lambda is_on: act(is_on))  # noqa: PLW0108 - Qt drops it for `emit`
        self._menu.addAction(action)
        return action

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        match reason:
            case QSystemTrayIcon.ActivationReason.Trigger:
                self.show_asked.emit()
            case QSystemTrayIcon.ActivationReason.MiddleClick:
                self.mute_asked.emit(not self._mute.isChecked())
            case _:
                pass  # the menu comes by itself; a double click has been a click before

    def _state_text(self) -> str:
        match self._state:
            case "starting":
                return self.tr("starting")
            case "idle":
                return self.tr("ready")
            case "listening":
                return self.tr("listening")
            case "thinking":
                return self.tr("thinking")
            case "speaking":
                return self.tr("speaking")
            case "muted":
                return self.tr("microphone muted")
            case "trouble":
                return self.tr("something is wrong")
            case _:
                assert_never(self._state)
