"""What is said in a banner when something goes wrong, and what its one click does.

Owns the wording and the way on for each kind of trouble that events tell. Shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject

from assistant.events import (
    Event,
    HistoryTrouble,
    HistoryWritten,
    LoudspeakerChanged,
    MicrophoneChanged,
    ModelsRefused,
    TranscriptUpdated,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    WorkerLost,
    WorkerReady,
)
from ui.session import Session, Trouble

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class WaysOn:
    """What a click may do.

    Attributes:
        restart: begin with a new assistant.
        ask: ask a question, as text.
        choose_devices: open the settings of microphone and loudspeaker.
        choose_models: open the models.
        choose_privacy: open the settings of what is kept.
    """

    restart: Callable[[], None]
    ask: Callable[[str], object]
    choose_devices: Callable[[], None]
    choose_models: Callable[[], None]
    choose_privacy: Callable[[], None]


class TroubleTeller(QObject):
    """Tells the session's listeners of the troubles that its events mean.

    Args:
        session: whose events, and who tells.
        ways: what the clicks do.
    """

    def __init__(self, session: Session, ways: WaysOn) -> None:
        super().__init__(session)
        self._session = session
        self._ways = ways
        self._questions: dict[int, str] = {}  # of the turns under way
        self._unanswered = ""  # the last one that was lost with the worker
        self._given_up: WorkerLost | None = None
        session.event.connect(self.take)
        session.asked.connect(self._asked)

    def take(self, event: Event) -> None:
        """Look at an event."""
        match event:
            case TranscriptUpdated():
                self._questions[event.turn_id] = event.text
            case TurnFinished() | TurnInterrupted() | TurnCancelled():
                self._questions.pop(event.turn_id, None)
            case TurnFailed():
                self._failed(event)
            case WorkerLost():
                self._lost(event)
            case WorkerReady():
                self._ready(event)
            case ModelsRefused():
                action = translate("Troubles", "Choose other models")
                choose = self._ways.choose_models
                self._tell(Trouble("models", event.message, event.hint, action, choose))
            case HistoryTrouble():
                action = translate("Troubles", "Privacy")
                look = self._ways.choose_privacy
                self._tell(Trouble("history", event.message, event.hint, action, look))
            case HistoryWritten():
                self._session.trouble_over.emit("history")
            case MicrophoneChanged() | LoudspeakerChanged():
                self._device(event)
            case _:
                pass

    def _asked(self, turn_id: int, text: str) -> None:
        self._questions[turn_id] = text
        self._unanswered = ""  # whoever asks something has gone on
        self._session.trouble_over.emit("turn")

    def _failed(self, event: TurnFailed) -> None:
        question = self._questions.pop(event.turn_id, "")
        if event.stage != "worker":
            ask = (translate("Troubles", "Ask again"), partial(self._ask, question))
            self._tell(Trouble("turn", event.message, event.hint, *(ask if question else ())))
        elif question:
            self._unanswered = question
            if self._given_up is not None:
                self._stopped(self._given_up)
            else:
                self._unanswered_question(event.message)

    def _lost(self, event: WorkerLost) -> None:
        if event.restarting:
            hint = translate("Troubles", "It is being started again.")
            self._tell(Trouble("worker", event.message, hint))
        else:
            self._given_up = event
            self._stopped(event)

    def _stopped(self, event: WorkerLost) -> None:
        if event.code.startswith("worker_"):
            action, act = translate("Troubles", "Start again"), self._start_again
        else:  # a model did not load: the same would happen again
            action = translate("Troubles", "Choose other models")
            act = self._ways.choose_models
        self._tell(Trouble("worker", event.message, event.hint, action, act))

    def _start_again(self) -> None:
        question, self._unanswered = self._unanswered, ""
        self._given_up = None
        self._session.trouble_over.emit("worker")
        self._ways.restart()
        if question:
            self._ways.ask(question)

    def _ready(self, event: WorkerReady) -> None:
        self._given_up = None
        if self._unanswered:
            self._unanswered_question(translate("Troubles", "The assistant was started again."))
        else:
            self._session.trouble_over.emit("worker")
        if event.fallbacks:
            action = translate("Troubles", "Models")
            choose = self._ways.choose_models
            first, *others = event.fallbacks
            self._tell(Trouble("models", first, " ".join(others), action, choose))

    def _unanswered_question(self, message: str) -> None:
        hint = translate("Troubles", "Your question has no answer yet: “{0}”")
        action = translate("Troubles", "Ask again")
        act = partial(self._ask, self._unanswered)
        self._tell(Trouble("worker", message, hint.format(self._unanswered), action, act))

    def _ask(self, question: str) -> None:
        self._unanswered = ""
        self._session.trouble_over.emit("worker")
        self._session.trouble_over.emit("turn")
        self._ways.ask(question)

    def _device(self, event: MicrophoneChanged | LoudspeakerChanged) -> None:
        kind = "microphone" if isinstance(event, MicrophoneChanged) else "loudspeaker"
        if event.state == "open":
            self._session.trouble_over.emit(kind)
            return
        action = translate("Troubles", "Choose another")
        hint = ""
        if kind == "microphone":
            hint = translate("Troubles", "You can type meanwhile.")
        self._tell(Trouble(kind, event.message, hint, action, self._ways.choose_devices))

    def _tell(self, trouble: Trouble) -> None:
        self._session.trouble.emit(trouble)
