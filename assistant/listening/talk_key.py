"""The talk key: hold, tap, or told apart by how long it is pressed.

A pure machine over key events with times; it owns what counts as a press. It reads no keyboard and
starts no listening: who calls it does both.

Three things look like presses and are none: a keyboard that repeats (presses without a release on
Windows and macOS, release and press with the same time on X11), a contact that bounces, and a release
for a key that was never pressed. So a release counts once no press has followed it for `SETTLE_S`
(:attr:`TalkKey.settles_s` says when to call :func:`settle`), and a press within `BOUNCE_S` of a release
never does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

SETTLE_S = 0.015
"""How long a release must last to count. X11's repeat sends release and press with one time stamp and a
contact bounces for 5 ms; more would eat up the 30 ms that issue 3 allows from key-up to endpoint (the rest
is how late the sound system hands over)."""

BOUNCE_S = 0.030
"""No finger presses again so soon. Source: the debounce time of Handy's global shortcut."""

TAP_S = 0.300
"""In ``auto``, a press shorter than this toggles and a longer one is a hold. Source: issue 3's brief."""

Mode = Literal["hold", "tap", "auto"]


@dataclass(frozen=True, slots=True)
class KeyDown:
    """The system says the key went down, for the first time or again."""

    at_s: float


@dataclass(frozen=True, slots=True)
class KeyUp:
    """The system says the key went up."""

    at_s: float


@dataclass(frozen=True, slots=True)
class StartTalking:
    """Listen from now on; `at_s` is when the key went down."""

    at_s: float


@dataclass(frozen=True, slots=True)
class StopTalking:
    """The person has finished; `at_s` is when the key went up, or down for the second tap."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing changes; `why` is for the log."""

    why: Literal["repeat", "bounce", "not_pressed", "waiting", "tapped", "second_tap"]


Decision = StartTalking | StopTalking | Ignored


@dataclass(frozen=True, slots=True)
class TalkKey:
    """What is known of the key.

    Attributes:
        mode: hold, tap or auto.
        talking: the last decision was StartTalking.
        down_s: when the present press began; None while the key is up.
        up_s: when it went up, until that has settled.
        released_s: when the last press that counted ended.
        ends: this press has stopped the talking; its release means nothing.
    """

    mode: Mode
    talking: bool = False
    down_s: float | None = None
    up_s: float | None = None
    released_s: float | None = None
    ends: bool = False

    @property
    def settles_s(self) -> float | None:
        """When to call :func:`settle`, if nothing else happens; None when there is nothing to wait for."""
        return None if self.up_s is None else self.up_s + SETTLE_S


def key_event(key: TalkKey, event: KeyDown | KeyUp) -> tuple[TalkKey, list[Decision]]:
    """Return the key after an event, and what it means; times must not go backwards.

    A release that has settled meanwhile is decided first, so a late :func:`settle` changes nothing
    but the moment.
    """
    decisions: list[Decision] = []
    if key.settles_s is not None and event.at_s >= key.settles_s:
        key, settled = _released(key)
        decisions.append(settled)
    key, decision = _down(key, event.at_s) if isinstance(event, KeyDown) else _up(key, event.at_s)
    return key, [*decisions, decision]


def settle(key: TalkKey, now_s: float) -> tuple[TalkKey, list[Decision]]:
    """Return the key when `now_s` is reached without an event: a release that lasted counts."""
    if key.settles_s is None or now_s < key.settles_s:
        return key, []
    key, decision = _released(key)
    return key, [decision]


def stopped(key: TalkKey) -> TalkKey:
    """Return the key after the talking was ended by something else (cancel, longest turn, lost microphone).

    A key that is still down means nothing until it is pressed again.
    """
    return replace(key, talking=False, ends=key.down_s is not None)


def _down(key: TalkKey, at_s: float) -> tuple[TalkKey, Decision]:
    if key.down_s is not None:
        if key.up_s is None:
            return key, Ignored("repeat")
        return replace(key, up_s=None), Ignored("bounce")
    if key.released_s is not None and at_s < key.released_s + BOUNCE_S:
        return key, Ignored("bounce")
    if key.talking:  # the second tap; in `hold` a press always ends with its release
        return replace(key, down_s=at_s, talking=False, ends=True), StopTalking(at_s)
    return replace(key, down_s=at_s, talking=True, ends=False), StartTalking(at_s)


def _up(key: TalkKey, at_s: float) -> tuple[TalkKey, Decision]:
    if key.down_s is None:
        return key, Ignored("not_pressed")
    if key.up_s is not None:
        return key, Ignored("repeat")
    return replace(key, up_s=at_s), Ignored("waiting")


def _released(key: TalkKey) -> tuple[TalkKey, Decision]:
    assert key.down_s is not None
    assert key.up_s is not None
    up_s, lasted_s = key.up_s, key.up_s - key.down_s
    key, was_end = replace(key, down_s=None, up_s=None, released_s=up_s, ends=False), key.ends
    if was_end:
        return key, Ignored("second_tap")
    if key.mode == "tap" or (key.mode == "auto" and lasted_s < TAP_S):
        return key, Ignored("tapped")
    return replace(key, talking=False), StopTalking(up_s)
