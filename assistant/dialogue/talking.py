"""The talk key and the talk button: when the microphone is held open by hand.

Owns whether it is. What a press means is `assistant.listening.talk_key`'s business, what becomes of the
speech the turn machine's. Runs on the conversation thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.dialogue.devices import Ears
from assistant.dialogue.inbox import TalkKey
from assistant.events import ListeningChanged, TalkChanged
from assistant.listening import talk_key
from assistant.listening.talk_key import (
    Decision,
    Ignored,
    KeyDown,
    KeyUp,
    StartTalking,
    key_event,
    settle,
    stopped,
)
from assistant.metrics import now_s

if TYPE_CHECKING:
    from assistant.settings.live import ListeningSettings


class Talking:
    """Whether somebody talks by hand.

    Args:
        settings: the key's kind and the mode.
        ears: held open meanwhile.
        on_start: called when it begins (for the earcon).
        on_event: told whenever it begins or ends, and in ``push_to_talk`` that the microphone counts.
    """

    def __init__(
        self,
        settings: ListeningSettings,
        ears: Ears,
        on_start: Callable[[], None],
        on_event: Callable[[ListeningChanged | TalkChanged], None],
    ) -> None:
        self._is_push_to_talk = settings.mode == "push_to_talk"
        self._ears = ears
        self._on_start = on_start
        self._on_event = on_event
        self._key = talk_key.TalkKey(settings.talk_key)
        self.is_on = False

    @property
    def due_s(self) -> float | None:
        """When :meth:`tick` is to be called, if nothing else happens; None for never."""
        return self._key.settles_s

    def tick(self) -> None:
        """Time has passed; see :attr:`due_s`."""
        self._key, decisions = settle(self._key, now_s())
        self._decided(decisions)

    def key(self, item: TalkKey) -> None:
        """The key went down or up."""
        event = KeyDown(item.at_s) if item.is_down else KeyUp(item.at_s)
        self._key, decisions = key_event(self._key, event)
        self._decided(decisions)

    def switch(self, on: bool) -> None:
        """Hold the microphone open, or let go."""
        if on == self.is_on:
            return
        if on:
            self._on_start()
        self._ears.hold(on)
        self._changed(on)

    def cancel(self) -> None:
        """Let go, whatever the key is doing."""
        self._key = stopped(self._key)
        self.switch(False)

    def ended(self) -> None:
        """What was said has ended by itself, so nothing is held any more."""
        self._key = stopped(self._key)
        if self.is_on:
            self._changed(False)

    def _changed(self, on: bool) -> None:
        self.is_on = on
        self._on_event(TalkChanged(on))
        if self._is_push_to_talk:
            self._on_event(ListeningChanged(on))

    def _decided(self, decisions: Sequence[Decision]) -> None:
        for decision in (one for one in decisions if not isinstance(one, Ignored)):
            self.switch(isinstance(decision, StartTalking))
