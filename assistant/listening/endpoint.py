"""How long a pause must last to end the turn: a pure policy.

Owns the rule. Deliberately measures no pause and runs no model: the segmenter counts, the conversation
compares, and `assistant.engines.smart_turn` judges the sound where it is installed.
"""

from __future__ import annotations

from assistant.listening.texts import completeness
from assistant.settings.live import ListeningSettings

SURE_ENDED, SURE_GOING_ON = 0.7, 0.3
"""Smart Turn's probability of a finished turn from which, and up to which, it is believed; its own bar is 0.5
(models.md E), between ours it has no vote."""

_VOTES = {"complete": 1, "unknown": 0, "open": -1}


def needed_pause_ms(text: str, settings: ListeningSettings, smart_turn: float | None = None) -> int:
    """Return the silence, in milliseconds, after which the turn is over.

    The transcript and, where it is installed, the Smart Turn model each vote: finished, unclear or more
    to come. Agreeing or alone they decide for the shortest or the longest pause; contradicting each
    other, or with nothing to say, for the ordinary one.

    Args:
        text: the transcript so far; empty when there is none.
        settings: the three pauses. Set in the wrong order, the ordinary one bounds the others.
        smart_turn: probability in [0, 1] that the turn is over; None where the model is not installed.
    """
    vote = _VOTES[completeness(text)]
    if smart_turn is not None:
        vote += (smart_turn >= SURE_ENDED) - (smart_turn <= SURE_GOING_ON)
    if vote > 0:
        return min(settings.shortest_pause_ms, settings.pause_ms)
    if vote < 0:
        return max(settings.longest_pause_ms, settings.pause_ms)
    return settings.pause_ms
