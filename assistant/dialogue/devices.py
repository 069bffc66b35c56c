"""What a live conversation asks of its devices.

Owns the two Protocols; `assistant.audio.playback.Loudspeaker` and `assistant.listening.listener.Listener`
follow them, and tests have scripted ones. No method blocks; all are called by the conversation thread.
"""

from __future__ import annotations

from typing import Protocol

from assistant.audio.earcons import Earcon
from assistant.engines.base import Samples


class Voice(Protocol):
    """The loudspeaker."""

    def prepare(self) -> None:
        """Be ready to be heard soon."""
        ...

    def play(self, generation: int, samples: Samples, rate_hz: int) -> None:
        """Queue reply audio: float32, shape (n,), mono."""
        ...

    def end(self, generation: int) -> None:
        """Say that no more comes; Played is told when the last sample was handed over."""
        ...

    def flush(self, generation: int) -> None:
        """Be silent about this generation and older ones, within one block."""
        ...

    def duck(self, on: bool) -> None:
        """Speak softly, or at full volume again."""
        ...

    def pause(self) -> None:
        """Be silent and keep the place."""
        ...

    def resume(self) -> None:
        """Go on from there; nothing happens if not paused."""
        ...

    def played_samples(self, generation: int) -> int:
        """Return how far the generation was played, as an index into what was given for it."""
        ...

    def earcon(self, name: Earcon) -> None:
        """Play a short sound beside the reply."""
        ...


class Ears(Protocol):
    """The microphone's side."""

    @property
    def hears_itself(self) -> bool:
        """Whether the assistant's own voice is left in what is heard."""
        ...

    def hold(self, on: bool) -> None:
        """Report everything as speech while on: the talk key."""
        ...

    def mute(self, on: bool) -> None:
        """Report nothing by itself while on."""
        ...

    def half_duplex(self, speaking: bool) -> None:
        """Report nothing while the assistant speaks."""
        ...
