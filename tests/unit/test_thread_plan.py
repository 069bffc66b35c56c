"""Threads: never more at work than there are cores, and back to all of them when the voice rests."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from assistant.settings import Settings, load_settings
from assistant.worker.thread_plan import ThreadPlan, ThreadSwitch


def settings(thinker: int) -> Settings:
    """The settings with this many threads for the thinker; the voice has one."""
    found = load_settings(env=dict(os.environ))
    name = found.model_name("thinker")
    model = found.models[name].model_copy(update={"threads": thinker})
    return found.model_copy(update={"models": {**found.models, name: model}})


class Thinker:
    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def set_threads(self, n_decode: int, n_prompt: int) -> None:
        self.asked.append((n_decode, n_prompt))


def test_on_two_cores_two_threads_become_one_while_the_voice_computes() -> None:
    assert ThreadPlan.of(settings(2), cores=2) == ThreadPlan(alone=2, while_speaking=1)
    assert ThreadPlan.of(settings(2), cores=4) == ThreadPlan(alone=2, while_speaking=2)


@given(thinker=st.integers(1, 64), cores=st.integers(1, 64))
def test_there_is_always_a_thread_and_never_more_than_allowed(thinker: int, cores: int) -> None:
    plan = ThreadPlan.of(settings(thinker), cores)
    assert 1 <= plan.while_speaking <= plan.alone == thinker
    assert plan.while_speaking == 1 or plan.while_speaking + 1 <= cores


def test_threads_change_only_when_the_voice_begins_and_ends() -> None:
    thinker = Thinker()
    switch = ThreadSwitch(thinker, ThreadPlan(alone=2, while_speaking=1))
    for speaking in (False, True, True, False, False, True):
        switch.follow(speaking=speaking)
    assert thinker.asked == [(1, 2), (2, 2), (1, 2)]


def test_a_thinker_without_threads_is_left_alone() -> None:
    ThreadSwitch(object(), ThreadPlan(2, 1)).follow(speaking=True)
    thinker = Thinker()
    ThreadSwitch(thinker, None).follow(speaking=True)
    assert thinker.asked == []
