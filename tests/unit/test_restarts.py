"""The restart budget: never more than the limit in any window, and never stuck for good."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.restarts import RestartBudget


@given(
    limit=st.integers(0, 5),
    window_s=st.floats(1, 100),
    gaps_s=st.lists(st.floats(0, 50), max_size=50),
)
def test_no_window_holds_more_restarts_than_allowed(limit, window_s, gaps_s):
    budget, now_s, granted = RestartBudget(limit, window_s), 0.0, []
    for gap_s in gaps_s:
        now_s += gap_s
        if budget.spend(now_s):
            granted.append(now_s)
        within = [time_s for time_s in granted if now_s - time_s <= window_s]
        assert len(within) <= limit
        assert budget.spent == len(within)


def test_restarts_are_granted_again_once_the_window_has_passed():
    budget = RestartBudget(2, 10.0)

    assert [budget.spend(t) for t in (0.0, 1.0, 2.0, 10.0, 10.5, 11.5)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]
