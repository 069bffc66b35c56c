"""What can go wrong, as few classes as callers need to tell apart.

    AssistantError(code, message, hint)
    ├── SettingsError   exit 2   a settings file or value is wrong
    ├── ModelError      exit 3   a model is missing, corrupt, or does not fit
    ├── AudioError      exit 4   no device, or a file that is not usable audio
    ├── WorkerError     exit 5   the worker process did not start, died or hung
    └── TurnError       ends one turn, never the program

``code`` is stable text for logs, tests and translations; ``message`` is one plain sentence; ``hint``
says what the person can do next. Errors cross the process border as data (code, message, hint), never
as pickled exceptions: an exception with its own constructor fails to unpickle in the parent.

This module does not print, log or translate.
"""

from __future__ import annotations

from typing import ClassVar


class AssistantError(Exception):
    """Something the person should be told, with a stable code and what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class SettingsError(AssistantError):
    """The settings cannot be used; the message lists every problem found, not just the first."""

    exit_code = 2


class ModelError(AssistantError):
    """A model is missing (``model_missing``), damaged (``model_corrupt``) or unfit (``model_unfit``)."""

    exit_code = 3


class AudioError(AssistantError):
    """No usable device, or a file that cannot be read as sound."""

    exit_code = 4


class WorkerError(AssistantError):
    """The worker process did not start, crashed, hung or outgrew its memory cap."""

    exit_code = 5


class TurnError(AssistantError):
    """One turn failed in one stage; the conversation goes on.

    Attributes:
        stage: ``stt``, ``llm``, ``tool`` or ``tts``.
    """

    exit_code = 5

    def __init__(self, stage: str, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, hint)
        self.stage = stage
