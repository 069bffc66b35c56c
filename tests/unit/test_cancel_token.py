"""What engines rely on when work in hand is no longer wanted."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.engines.base import CancelToken


class Called:
    """Counts its calls; can be weakly referred to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def test_callbacks_are_called_once_in_order_by_the_first_cancel() -> None:
    token, calls = CancelToken(), []
    for name in "abc":
        token.on_cancel(lambda name=name: calls.append(name))  # type: ignore[misc]
    assert not token.cancelled
    token.cancel()
    token.cancel()
    assert token.cancelled
    assert calls == ["a", "b", "c"]


def test_a_callback_finds_the_token_cancelled_and_runs_in_the_cancelling_thread() -> None:
    token, found = CancelToken(), []
    token.on_cancel(lambda: found.append((token.cancelled, threading.current_thread())))
    thread = threading.Thread(target=token.cancel)
    thread.start()
    thread.join()
    assert found == [(True, thread)]


def test_who_comes_after_the_cancel_is_called_at_once() -> None:
    token, late = CancelToken(), Called()
    token.cancel()
    token.on_cancel(late)()
    assert late.times == 1


@settings(deadline=None)
@given(st.lists(st.sampled_from(["subscribe", "unsubscribe", "again", "cancel"]), max_size=12))
def test_each_callback_is_called_exactly_when_it_was_wanted_at_the_cancel(steps: list[str]) -> None:
    token = CancelToken()
    callbacks: list[tuple[Called, Callable[[], None]]] = []
    wanted: list[Called] = []
    cancelled = False
    for step in steps:
        if step == "subscribe":
            callback = Called()
            callbacks.append((callback, token.on_cancel(callback)))
            wanted.append(callback)
        elif step == "cancel":
            token.cancel()
            cancelled = True
        elif callbacks:
            callback, unsubscribe = callbacks[0 if step == "again" else -1]
            unsubscribe()
            if not cancelled and callback in wanted:
                wanted.remove(callback)
    for callback, _ in callbacks:
        assert callback.times == int(cancelled and callback in wanted)


@pytest.mark.parametrize("end", ["unsubscribe", "cancel"])
def test_a_callback_that_is_over_is_no_longer_referred_to(end: str) -> None:
    token, callback = CancelToken(), Called()
    gone = weakref.ref(callback)
    unsubscribe = token.on_cancel(callback)
    unsubscribe() if end == "unsubscribe" else token.cancel()
    del callback
    gc.collect()
    assert gone() is None
    unsubscribe()


def test_unsubscribing_waits_for_a_callback_that_is_running() -> None:
    token, running, go_on = CancelToken(), threading.Event(), threading.Event()
    order: list[str] = []

    def callback() -> None:
        running.set()
        go_on.wait(10)
        order.append("called")

    def unsubscribe_then_note() -> None:
        unsubscribe()
        order.append("unsubscribed")

    unsubscribe = token.on_cancel(callback)
    threads = [
        threading.Thread(target=token.cancel),
        threading.Thread(target=unsubscribe_then_note),
    ]
    threads[0].start()
    assert running.wait(10)
    threads[1].start()
    assert token.cancelled  # looking never waits
    go_on.set()
    for thread in threads:
        thread.join()
    assert order == ["called", "unsubscribed"]


def test_a_callback_may_unsubscribe_and_cancel_by_itself() -> None:
    token, calls = CancelToken(), Called()

    def callback() -> None:
        calls()
        unsubscribe()
        token.cancel()

    unsubscribe = token.on_cancel(callback)
    token.cancel()
    assert calls.times == 1


def test_a_failing_callback_keeps_no_other_from_being_called() -> None:
    token, first, last = CancelToken(), Called(), Called()

    def failing() -> None:
        raise ZeroDivisionError

    for callback in (first, failing, last):
        token.on_cancel(callback)
    with pytest.raises(ZeroDivisionError):
        token.cancel()
    assert (first.times, last.times) == (1, 1)


def test_of_many_threads_that_cancel_and_subscribe_none_is_forgotten_or_called_twice() -> None:
    for _ in range(20):
        token, callbacks = CancelToken(), [Called() for _ in range(8)]
        start = threading.Barrier(len(callbacks) + 2)

        def subscribe(
            callback: Called, token: CancelToken = token, start: threading.Barrier = start
        ) -> None:
            start.wait()
            token.on_cancel(callback)

        def cancel(token: CancelToken = token, start: threading.Barrier = start) -> None:
            start.wait()
            token.cancel()

        threads = [threading.Thread(target=subscribe, args=[callback]) for callback in callbacks]
        threads += [threading.Thread(target=cancel) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [callback.times for callback in callbacks] == [1] * len(callbacks)
