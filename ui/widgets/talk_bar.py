"""The bar below the conversation: the talk control, its switches, and the text box.

Owns how a hand on it becomes calls of the session. What they mean is the assistant's business.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from assistant.events import Event
from assistant.settings import Settings
from ui import theme
from ui.session import Session
from ui.shown import talk as shown
from ui.theme import Space
from ui.widgets.question_box import QuestionBox
from ui.widgets.talk_button import TalkButton, state_text

HINT_MS = 5_000
"""How long it says what was heard and is no question."""


class TalkBar(QWidget):
    """The control, the switches for hands-free and mute, and the box."""

    asked = Signal(str)
    talk_changed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.talk = shown.TalkShown(is_live=session.is_live, is_muted=session.is_muted)
        self.button = TalkButton(lambda: session.level_dbfs)
        self.button.went_down.connect(partial(self.press, is_down=True))
        self.button.went_up.connect(partial(self.press, is_down=False))
        self.button.clicked.connect(self.toggle)
        self.hands_free = _switch("hands-free", self.tr("Hands-free"))
        self.hands_free.setToolTip(
            self.tr("On: just speak. Off: you are heard only while the talk key says so.")
        )
        self.hands_free.clicked.connect(self._choose_mode)
        self.mute = _switch("mic-off", self.tr("Mute"))
        self.mute.setToolTip(self.tr("Stop listening by itself; the talk key works all the same."))
        self.mute.clicked.connect(lambda on: session.mute(on=on))
        self.box = QuestionBox()
        self.box.sent.connect(self.asked)
        self._caption = QLabel()
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        theme.set_type(self._caption, "strong")
        self._hint_over = QTimer(self)
        self._hint_over.setSingleShot(True)
        self._hint_over.setInterval(HINT_MS)
        self._hint_over.timeout.connect(self._forget_hint)
        self._lay_out(session)
        session.event.connect(self._take)
        session.live_changed.connect(self._live)
        session.mute_changed.connect(self._muted)
        session.settings_changed.connect(self._settings)
        self._settings(session.settings)

    def _lay_out(self, session: Session) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        row = QGridLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(
            self.hands_free, 0, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        row.addWidget(self.button, 0, 1)
        row.addWidget(self.mute, 0, 2, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        row.setColumnStretch(0, 1)
        row.setColumnStretch(2, 1)
        row.setHorizontalSpacing(Space.M)
        column.addLayout(row)
        column.addWidget(self._caption)
        typing = QHBoxLayout()
        typing.setSpacing(Space.S)
        typing.addWidget(self.box, 1)
        send = QToolButton()
        send.setIcon(theme.icon("send"))
        send.setIconSize(QSize(20, 20))
        send.setFixedSize(40, 40)
        send.setToolTip(self.tr("Ask (Enter)"))
        send.setAccessibleName(self.tr("Ask"))
        send.clicked.connect(self.box.send)
        typing.addWidget(send)
        self.stop = QToolButton()
        self.stop.setIcon(theme.icon("stop"))
        self.stop.setIconSize(QSize(20, 20))
        self.stop.setFixedSize(40, 40)
        self.stop.setToolTip(self.tr("Stop the answer (Escape)"))
        self.stop.setAccessibleName(self.tr("Stop"))
        self.stop.clicked.connect(session.cancel)
        typing.addWidget(self.stop)
        column.addSpacing(Space.XS)
        column.addLayout(typing)

    # --- hands ------------------------------------------------------------------------------------------

    def press(self, *, is_down: bool) -> None:
        """The talk key or the control went down or up; whether that is a tap the assistant says."""
        if is_down != self.talk.is_pressed:
            self._session.assistant.talk_key(is_down=is_down)
            self._show(replace(self.talk, is_pressed=is_down))

    def toggle(self) -> None:
        """Begin or end talking, by a hand that cannot hold."""
        self._session.assistant.talk(on=self.talk.state is not shown.TalkState.LISTENING)

    def show_talk(self, talk: shown.TalkShown) -> None:
        """Go on with what another bar has shown."""
        self._show(talk)

    def _choose_mode(self, on: bool) -> None:
        mode = "hands_free" if on else "push_to_talk"
        self._session.change_settings({"listening.mode": mode})

    # --- what is shown ----------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        talk = shown.folded(self.talk, event)
        if talk is not self.talk:
            self._show(talk)

    def _live(self, on: bool) -> None:
        self._show(replace(self.talk, is_live=on, is_key_on=False))

    def _muted(self, on: bool) -> None:
        self._show(replace(self.talk, is_muted=on))

    def _settings(self, settings: Settings) -> None:
        hands_free = settings.listening.mode == "hands_free"
        is_tapped = settings.listening.talk_key == "tap"
        self._show(replace(self.talk, is_hands_free=hands_free, is_tapped=is_tapped))

    def _show(self, talk: shown.TalkShown) -> None:
        news = talk.ignored is not None and talk.ignored != self.talk.ignored
        self.talk = talk
        self.talk_changed.emit(talk)
        self.button.show_talk(talk, is_calm=self._session.settings.window.reduced_motion)
        self.hands_free.setChecked(talk.is_hands_free)
        self.mute.setChecked(talk.is_muted)
        self.mute.setEnabled(talk.is_hands_free)
        self.stop.setEnabled(talk.can_cancel)
        if news:
            self._hint_over.start()
        is_quiet = talk.state is shown.TalkState.IDLE and talk.ignored is not None
        self._caption.setText(_ignored(talk.ignored or "") if is_quiet else state_text(talk))

    def _forget_hint(self) -> None:
        self._show(replace(self.talk, ignored=None))


def _ignored(text: str) -> str:
    from PySide6.QtCore import QCoreApplication

    if not text:
        return QCoreApplication.translate("TalkBar", "Nothing was understood")
    return QCoreApplication.translate("TalkBar", "Heard “{0}”, which is no question").format(text)


def _switch(icon: str, name: str) -> QPushButton:
    button = QPushButton(name)
    button.setIcon(theme.icon(icon))
    button.setCheckable(True)
    button.setAccessibleName(name)
    return button
