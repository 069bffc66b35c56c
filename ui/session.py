"""The running assistant as the window sees it: events, settings, troubles, and work off the GUI thread.

Owns the façade's life and the threads of the window's own errands. Shows nothing. Everything but what is
given to `Session.run` is for the GUI thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from assistant.errors import AssistantError, AudioError
from ui.bridge import EventBridge
from ui.errands import Errands
from ui.facade import Facade, MakeFacade, NotYet

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.api.history import PastConversation
    from assistant.events import Event
    from assistant.settings import Settings

logger = logging.getLogger(__name__)

T = TypeVar("T")

DEVICE_PATIENCE_MS = 4_000
"""How long a typed question waits for devices that do not open."""

STOP_PATIENCE_S = 5.0
"""How long the end of the program waits for errands that are under way."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something the person should know, and the one click that goes on.

    Attributes:
        kind: what it is about; a newer one of the same kind takes its place.
        message: one plain sentence.
        hint: what can be done; may be empty.
        action: label of the button; empty for none.
        act: what the button does, on the GUI thread.
        is_notice: nothing is broken; it is only news.
    """

    kind: str
    message: str
    hint: str = ""
    action: str = ""
    act: Callable[[], None] | None = None
    is_notice: bool = False


def real_assistant(settings: Settings, on_event: Callable[[Event], None]) -> Facade:
    """Return an assistant with its worker not yet started; imports for about half a second."""
    from assistant.api import Assistant

    return Assistant(settings, on_event=on_event, keeps_history=True)


def save_changes(changes: Mapping[str, object]) -> Path | None:
    """Write changes (dotted keys) to the person's settings file; returns where a former one was kept."""
    from assistant.api import settings

    return settings.save_changes(changes)


@dataclass(slots=True)
class _Saved:
    settings: Settings
    devices_changed: bool
    kept: Path | None = None
    not_saved: AssistantError | None = None
    not_applied: AssistantError | None = None


class Session(QObject):
    """The assistant behind the window.

    Args:
        settings: as loaded.
        make_facade: makes the assistant, on another thread.
        save: writes changed settings to the person's file, on another thread.
    """

    event = Signal(object)  # type: ignore[assignment]  # hides QObject.event(), which Qt calls in C++
    """Every event of the assistant, in order."""

    settings_changed = Signal(object)
    """The settings that hold from now on."""

    trouble = Signal(object)
    """A Trouble to be shown."""

    trouble_over = Signal(str)
    """The kind of a trouble that is no more."""

    live_changed = Signal(bool)
    """Whether microphone and loudspeaker are open, so that one can talk."""

    mute_changed = Signal(bool)
    """Whether the microphone is muted."""

    asked = Signal(int, str)
    """A question was typed: the turn's id, 0 while there is no assistant, and its text."""

    conversation_begun = Signal(object)
    """Another conversation: the PastConversation that goes on, or None for a new one."""

    page_wanted = Signal(str)
    """A page of the window, such as ``settings`` or ``settings/models``."""

    def __init__(
        self,
        settings: Settings,
        make_facade: MakeFacade = real_assistant,
        save: Callable[[Mapping[str, object]], Path | None] = save_changes,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.assistant: Facade = NotYet(settings)
        self.is_live = False
        self.is_muted = False
        self._make_facade = make_facade
        self._save = save
        self._bridge = EventBridge(self)
        self._bridge.event.connect(self.event)
        self._is_stopped = False
        self._made_ones: list[Facade] = []
        self._errands = Errands(self)
        self._changes: dict[str, object] = {}
        self._waiting: list[tuple[Callable[[], None] | None, Callable[[Exception], None] | None]]
        self._waiting = []
        self._is_saving = False

    # --- the assistant's life ---------------------------------------------------------------------------

    def start(self) -> None:
        """Make the assistant, start its worker and open the devices, all on another thread."""
        self._begin()

    def restart(self) -> None:
        """Start a worker again after the last one was given up, or the assistant if there is none."""
        if isinstance(self.assistant, NotYet):
            self._begin()
        else:
            self.assistant.restart()

    def stop(self) -> None:
        """End the assistant and wait for errands; blocks, so only once the window is closed."""
        self._is_stopped = True
        self._bridge.close()
        for facade in tuple(self._made_ones):
            facade.stop()
        self._errands.stop(STOP_PATIENCE_S)
        for facade in tuple(self._made_ones):  # one that was being made meanwhile
            facade.stop()

    def open_devices(self) -> None:
        """Try again to open microphone and loudspeaker."""
        self._go_live(self.assistant)

    def ask(self, text: str) -> int:
        """Ask a typed question, now or as soon as the assistant is there; `asked` tells its turn."""
        turn_id = self.assistant.ask(text)
        self.asked.emit(turn_id, text)
        return turn_id

    def begin_conversation(self, past: PastConversation | None = None) -> None:
        """Begin another conversation, or go on with one of the history; `conversation_begun` tells."""
        if past is None:
            self.assistant.begin_conversation()
        else:
            self.assistant.go_on_with(past)
        self.conversation_begun.emit(past)

    def cancel(self) -> None:
        """Stop whatever goes on; any thread."""
        self.assistant.cancel()

    def mute(self, *, on: bool) -> None:
        """Stop or go on listening by itself."""
        self.is_muted = on
        self.assistant.mute(on=on)
        self.mute_changed.emit(on)

    @property
    def level_dbfs(self) -> float:
        """The microphone's level now; -120 without one."""
        return self.assistant.level_dbfs

    def _begin(self) -> None:
        settings = self.settings

        def make() -> Facade:
            facade = self._make_facade(settings, self._bridge.post)
            self._made_ones.append(facade)
            if not self._is_stopped:
                facade.start()
            return facade

        self.run(make, self._made, self._not_made)

    def _made(self, facade: Facade) -> None:
        # Going live cancels the turns begun before it, so questions wait for the devices, within reason.
        QTimer.singleShot(DEVICE_PATIENCE_MS, self, partial(self._take_over, facade))
        self._go_live(facade)

    def _take_over(self, facade: Facade) -> None:
        early = self.assistant
        if not isinstance(early, NotYet):
            return
        self.assistant = facade
        if facade.settings is not self.settings:  # changed while it was being made
            self.run(partial(facade.apply, self.settings))
        if self.is_muted:
            facade.mute(on=True)
        if early.past is not None:
            facade.go_on_with(early.past)
        for text in early.asked:
            self.ask(text)

    def _go_live(self, facade: Facade) -> None:
        def went_live(_nothing: None) -> None:
            self._take_over(facade)
            self._set_live(on=True)
            self.trouble_over.emit("microphone")

        def did_not(problem: Exception) -> None:
            self._take_over(facade)
            self._set_live(on=False)
            self._not_live(problem)

        self.run(facade.go_live, went_live, did_not)

    def _not_made(self, problem: Exception) -> None:
        self.report(problem, "worker", action=self.tr("Start again"), act=self.restart)

    def _not_live(self, problem: Exception) -> None:
        if isinstance(problem, AudioError):
            action = self.tr("Try again")
            hint = self.tr("You can type instead.")
            text = f"{problem.hint} {hint}".strip()
            self.trouble.emit(
                Trouble("microphone", problem.message, text, action, self.open_devices)
            )
        else:
            self.report(problem, "microphone", self.tr("Try again"), self.open_devices)

    def _set_live(self, *, on: bool) -> None:
        if on != self.is_live:
            self.is_live = on
            self.live_changed.emit(on)

    # --- settings ---------------------------------------------------------------------------------------

    def change_settings(
        self,
        changes: Mapping[str, object],
        done: Callable[[], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Check, save and apply changes, on another thread; then `settings_changed`.

        Args:
            changes: dotted keys, such as ``{"window.overlay": True}``.
            done: called when they hold.
            failed: called instead of a banner when they are wrong. A disk that refuses them is always told
                in a banner; they hold then until the program ends.
        """
        self._changes |= changes
        self._waiting.append((done, failed))
        if not self._is_saving:
            self._save_next()

    def _save_next(self) -> None:
        changes, self._changes = self._changes, {}
        waiting, self._waiting = self._waiting, []
        self._is_saving = True
        facade, before = self.assistant, self.settings

        def save() -> _Saved:
            from assistant.api.settings import changed_settings

            settings = changed_settings(before, changes)
            saved = _Saved(settings, devices_changed=settings.audio != before.audio)
            try:
                saved.kept = self._save(changes)
            except AssistantError as problem:
                saved.not_saved = problem
            try:
                facade.apply(saved.settings)
            except AssistantError as problem:
                saved.not_applied = problem
            return saved

        def over(saved: _Saved) -> None:
            self.settings = saved.settings
            self.settings_changed.emit(saved.settings)
            self._tell_saved(saved, changes)
            for done, _ in waiting:
                if done is not None:
                    done()
            next_one()

        def refused(problem: Exception) -> None:
            for _, failed in waiting:
                if failed is not None:
                    failed(problem)
            if all(failed is None for _, failed in waiting):
                self.report(problem, "settings")
            next_one()

        def next_one() -> None:
            self._is_saving = False
            if self._waiting:
                self._save_next()

        self.run(save, over, refused)

    def _tell_saved(self, saved: _Saved, changes: Mapping[str, object]) -> None:
        if saved.not_saved is not None:
            again = partial(self.change_settings, dict(changes))
            self.report(saved.not_saved, "settings", self.tr("Save again"), again)
        else:
            self.trouble_over.emit("settings")
        if saved.not_applied is not None:
            self.report(saved.not_applied, "apply")
        if isinstance(saved.not_applied, AudioError) or (
            not self.is_live and saved.devices_changed
        ):
            self.open_devices()  # the new choice may do where the former did not
        if saved.kept is not None:
            message = self.tr("Your settings file was written anew.")
            hint = self.tr("The former one was kept as {0}.").format(saved.kept)
            self.trouble.emit(Trouble("settings", message, hint, is_notice=True))

    # --- work off the GUI thread ------------------------------------------------------------------------

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], Any] | None = None,
        failed: Callable[[Exception], Any] | None = None,
    ) -> None:
        """Do ``work`` on another thread, then ``done`` with its result on the GUI thread.

        Args:
            work: may block; must not touch a widget.
            done: takes the result.
            failed: takes what it raised; None shows it as a banner.
        """
        self._errands.run(work, done, failed or self.report)

    # --- troubles ---------------------------------------------------------------------------------------

    def report(
        self,
        problem: Exception,
        kind: str = "errand",
        action: str = "",
        act: Callable[[], None] | None = None,
    ) -> None:
        """Show what went wrong as a banner."""
        if isinstance(problem, AssistantError):
            self.trouble.emit(Trouble(kind, problem.message, problem.hint, action, act))
            return
        logger.error("an errand of the window failed", exc_info=problem)
        message = QCoreApplication.translate("Session", "Something went wrong: {0}")
        self.trouble.emit(Trouble(kind, message.format(problem), "", action, act))
