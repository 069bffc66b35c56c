"""What the conversation remembers: the system prompt and the messages of finished turns.

Owns the history a restarted worker is given. Only turns that ended well are in it; it is not the
person's archive (`assistant.history` is).
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.engines.base import ChatMessage


class History:
    """Messages, of which only the newest turn may still change; used by the conversation thread only."""

    def __init__(self, system_prompt: str) -> None:
        self._messages: list[ChatMessage] = [ChatMessage("system", system_prompt)]
        self._last_turn_at = 1

    def add_turn(self, messages: Sequence[ChatMessage]) -> None:
        """Append what one finished turn added."""
        self._last_turn_at = len(self._messages)
        self._messages.extend(messages)

    def replace_last_turn(self, messages: Sequence[ChatMessage]) -> None:
        """Put other messages in the place of the newest turn's."""
        del self._messages[self._last_turn_at :]
        self._messages.extend(messages)

    def instruct(self, system_prompt: str) -> None:
        """Change what the thinker is told about itself; for a worker that has read nothing yet."""
        self._messages[0] = ChatMessage("system", system_prompt)

    def begin(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Put the questions and answers of another conversation in the place of all turns."""
        del self._messages[1:]
        for question, answer in pairs:
            self._messages.append(ChatMessage("user", question))
            self._messages.append(ChatMessage("assistant", answer))
        self._last_turn_at = len(self._messages)

    def messages(self) -> tuple[ChatMessage, ...]:
        """Return everything, the system message first."""
        return tuple(self._messages)
