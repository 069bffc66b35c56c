"""Keeps the tray icon true: what the session tells becomes its state and switches.

Owns which of several things the icon shows. What its menu asks for goes to the session where the session
alone can do it; showing, hiding and quitting are the window's, which connects to the tray's signals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from PySide6.QtCore import QObject

from assistant.events import Event
from assistant.settings import Settings
from ui.desktop.mark import MarkState
from ui.desktop.tray import Tray
from ui.session import Session, Trouble
from ui.shown import status as status_line
from ui.shown import talk as talk_control
from ui.shown.status import StatusShown
from ui.shown.talk import TalkShown, TalkState
from ui.translated import translated


def mark_state(talk: TalkShown, status: StatusShown, *, in_trouble: bool) -> MarkState:
    """Return what the icon shows; trouble first, then what is going on, then why nothing is."""
    if in_trouble or status.phase == "stopped":
        return "trouble"
    match talk.state:
        case TalkState.LISTENING:
            return "listening"
        case TalkState.THINKING:
            return "thinking"
        case TalkState.SPEAKING:
            return "speaking"
        case TalkState.IDLE | TalkState.OFF:
            if status.phase != "ready":
                return "starting"
            return "muted" if talk.is_muted else "idle"
        case _:
            assert_never(talk.state)


class TrayKeeper(QObject):
    """The tray icon follows the session.

    Args:
        session: the running assistant.
        tray: the icon.
        talk: begins or ends a spoken turn, as the talk control does.
    """

    def __init__(self, session: Session, tray: Tray, talk: Callable[[], None]) -> None:
        super().__init__(session)
        self._session = session
        self._tray = tray
        self._talk = TalkShown(is_live=session.is_live, is_muted=session.is_muted)
        self._status = StatusShown()
        self._troubles: dict[str, str] = {}
        session.event.connect(self._take)
        session.live_changed.connect(self._live_changed)
        session.mute_changed.connect(self._mute_changed)
        session.settings_changed.connect(self._settings_changed)
        session.trouble.connect(self._trouble)
        session.trouble_over.connect(self._trouble_over)
        tray.talk_asked.connect(talk)
        tray.cancel_asked.connect(self._cancel)
        tray.mute_asked.connect(lambda on: session.mute(on=on))
        tray.overlay_asked.connect(lambda on: session.change_settings({"window.overlay": on}))
        self._settings_changed(session.settings)

    def _cancel(self) -> None:
        self._session.assistant.cancel()  # another one after each restart

    def _take(self, event: Event) -> None:
        former = self._talk, self._status
        self._talk = talk_control.folded(self._talk, event)
        self._status = status_line.folded(self._status, event)
        if (self._talk, self._status) != former:  # not for every word of an answer
            self._show()

    def _live_changed(self, is_live: bool) -> None:
        self._talk = replace(self._talk, is_live=is_live)
        self._show()

    def _mute_changed(self, is_muted: bool) -> None:
        self._talk = replace(self._talk, is_muted=is_muted)
        self._show()

    def _settings_changed(self, settings: Settings) -> None:
        is_hands_free = settings.listening.mode == "hands_free"
        self._talk = replace(self._talk, is_hands_free=is_hands_free)
        self._show()

    def _trouble(self, trouble: Trouble) -> None:
        if not trouble.is_notice:
            self._troubles[trouble.kind] = trouble.message
            self._show()

    def _trouble_over(self, kind: str) -> None:
        if self._troubles.pop(kind, None) is not None:
            self._show()

    def _show(self) -> None:
        trouble = next(reversed(self._troubles.values()), "")
        state = mark_state(self._talk, self._status, in_trouble=bool(trouble))
        self._tray.show_state(state, translated(trouble))
        self._tray.show_switches(
            is_muted=self._session.is_muted, has_overlay=self._session.settings.window.overlay
        )
