"""A talk key in a terminal, where a key that is let go says nothing."""

from __future__ import annotations

import pytest

from assistant.cli.keyboard import HeldKey


def talking_at(presses: list[float], ends_s: float) -> list[float]:
    """Times at which talking begins or ends, looked at every 20 ms."""
    key, changes, waiting = HeldKey(), [], sorted(presses)
    for tick in range(round(ends_s / 0.02) + 1):
        now = tick * 0.02
        before = key.is_talking
        while waiting and waiting[0] <= now:
            key = key.pressed(waiting.pop(0))
        key = key.waited(now)
        if key.is_talking != before:
            changes.append(round(now, 2))
    return changes


def test_a_tap_begins_and_a_second_tap_ends() -> None:
    assert talking_at([0.1, 2.0], 3.0) == pytest.approx([0.1, 2.13], abs=0.03)


def test_a_held_key_talks_until_its_repeats_stop() -> None:
    repeats = [0.1, *(0.6 + 0.04 * n for n in range(50))]  # first repeat after half a second
    assert talking_at(repeats, 4.0) == pytest.approx([0.1, 2.69], abs=0.03)


def test_a_quick_double_tap_is_no_holding() -> None:
    assert talking_at([0.1, 0.4], 2.0) == pytest.approx([0.1, 0.53], abs=0.03)
