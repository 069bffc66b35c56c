"""The model pool, with scripted engines, a hand-turned clock and a scale that weighs what the script says."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from assistant.engines.base import CancelToken, ChatMessage, ToolSpec
from assistant.errors import ModelError, SettingsError
from assistant.pool.pool import ModelPool
from assistant.settings import EspeakNgSettings, LlamaCppSettings, ModelSet, PoolSettings, Settings

MB = 1_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Scale:
    """Resident memory of the pretended process."""

    def __init__(self) -> None:
        self.bytes = 100 * MB

    def __call__(self) -> int:
        return self.bytes


class Brain:
    """A thinker that weighs what it is told to."""

    context_tokens = 100

    def __init__(self, scale: Scale, size: int) -> None:
        self._scale, self._size = scale, size
        scale.bytes += size
        self.closed = 0

    def start(self, history: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> None: ...
    def reply(self, messages: Sequence[ChatMessage], *, cancel: CancelToken, max_tokens: int): ...
    def mark(self) -> int: ...
    def rewind(self, mark: int) -> None: ...
    def append(self, messages: Sequence[ChatMessage]) -> None: ...

    def complete(self, prompt: str, *, max_tokens: int = 128) -> str:
        return f"answer to {prompt}"

    def close(self) -> None:
        if not self.closed:
            self._scale.bytes -= self._size
        self.closed += 1


class Loader:
    def __init__(self, scale: Scale, sizes_mb: dict[str, int]) -> None:
        self.scale, self.sizes = scale, sizes_mb
        self.made: list[str] = []
        self.broken: set[str] = set()
        self.gate: threading.Event | None = None
        self.loading = threading.Event()

    def expected_bytes(self, model) -> int:
        return (model.expected_memory_mb or 0) * MB

    def judge_end(self) -> None:
        return None

    def load(self, model):
        self.loading.set()
        if self.gate is not None:
            assert self.gate.wait(10)
        if model.catalogue in self.broken:
            raise ModelError("model_corrupt", f"{model.catalogue} is damaged.", "Fetch it again.")
        self.made.append(model.catalogue)
        return Brain(self.scale, self.sizes[model.catalogue] * MB)


def brain(catalogue: str, **more) -> LlamaCppSettings:
    return LlamaCppSettings(engine="llama_cpp", catalogue=catalogue, **more)


def settings(budget_mb: int = 1000, **models: LlamaCppSettings) -> Settings:
    ears = {"ears": EspeakNgSettings(engine="espeak_ng", catalogue="ears")}
    base = Settings()
    return Settings(
        set="test",
        sets={
            "test": ModelSet(stt="pocketsphinx-mixed", thinker=next(iter(models)), tts="espeak-ng")
        },
        models={**base.models, **ears, **models},
        pool=PoolSettings(budget_mb=budget_mb, sweep_s=3600),
    )


@pytest.fixture
def scale() -> Scale:
    return Scale()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pool_of(scale: Scale, clock: Clock, sizes: dict[str, int], budget_mb: int = 1000, **models):
    loader = Loader(scale, sizes)
    pool = ModelPool(
        settings(budget_mb, **models), load_engine=loader, clock=clock, resident_bytes=scale
    )
    return pool, loader


def test_the_seeds_call_answers_a_prompt(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    with pool:
        assert pool.get("tiny")("hello") == "answer to hello"


def test_a_model_is_loaded_once_and_shared_by_names_that_mean_the_same(scale, clock):
    pool, loader = pool_of(scale, clock, {"a": 10}, a=brain("a"), b=brain("a", permanent=True))
    with pool:
        assert pool.get("a").engine is pool.get("b").engine
        assert loader.made == ["a"]


def test_different_options_are_different_engines(scale, clock):
    pool, loader = pool_of(scale, clock, {"a": 10}, a=brain("a"), b=brain("a", context_tokens=4096))
    with pool:
        assert pool.get("a").engine is not pool.get("b").engine
        assert loader.made == ["a", "a"]


def test_what_is_in_use_is_never_evicted(scale, clock):
    pool, _ = pool_of(
        scale, clock, {"a": 600, "b": 600}, a=brain("a"), b=brain("b", expected_memory_mb=600)
    )
    with pool:
        used = pool.get("a")
        with pytest.raises(ModelError) as caught:
            pool.get("b")
        assert caught.value.code == "over_budget"
        assert used.engine.closed == 0


def test_the_least_recently_used_idle_model_makes_room(scale, clock):
    sizes = {"a": 400, "b": 400, "c": 400}
    models = {name: brain(name, expected_memory_mb=400) for name in sizes}
    pool, _ = pool_of(scale, clock, sizes, **models)
    with pool:
        first = pool.get("a")
        second = pool.get("b")
        first.release()
        clock.now += 1
        second.release()
        pool.get("a").release()  # a is now the more recent one
        pool.get("c")
        assert [m.name for m in pool.stats().models] == ["a", "c"]
        assert second.engine.closed == 1


def test_permanent_models_stay(scale, clock):
    pool, _ = pool_of(
        scale,
        clock,
        {"a": 600, "b": 600},
        a=brain("a", permanent=True),
        b=brain("b", expected_memory_mb=600),
    )
    with pool:
        pool.get("a").release()
        with pytest.raises(ModelError):
            pool.get("b")
        assert pool.sweep() == []


def test_a_model_that_turns_out_bigger_than_the_budget_is_unloaded_and_refused(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 1500}, a=brain("a", expected_memory_mb=10))
    with pool:
        before = scale.bytes
        with pytest.raises(ModelError) as caught:
            pool.get("a")
        assert caught.value.code == "over_budget"
        assert "1500 MB" in caught.value.message
        assert scale.bytes == before
        assert pool.stats().models == ()


def test_measured_bytes_count_and_not_the_expectation(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 300}, a=brain("a", expected_memory_mb=10))
    with pool:
        pool.get("a")
        assert pool.stats().used_bytes == 300 * MB


def test_idle_models_are_unloaded_after_their_time_and_not_before(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 10}, a=brain("a", idle_unload_s=60))
    with pool:
        lease = pool.get("a")
        clock.now = 1000.0
        assert pool.sweep() == []
        lease.release()
        clock.now = 1059.0
        assert pool.sweep() == []
        clock.now = 1060.0
        assert pool.sweep() == ["a"]
        assert pool.stats().evictions == 1


def test_a_fallback_serves_and_the_caller_is_told(scale, clock):
    pool, loader = pool_of(
        scale, clock, {"a": 10, "b": 10}, a=brain("a", fallback=("b",)), b=brain("b")
    )
    loader.broken = {"a"}
    with pool:
        lease = pool.get("a")
        assert (lease.requested, lease.name) == ("a", "b")
        assert lease.fallback_reason == "b serves instead of a: a is damaged."
        lease.release()
        loader.broken = set()
        healed = pool.get("a")
        assert (healed.name, healed.fallback_reason) == ("a", "")


def test_when_all_fail_every_reason_is_told(scale, clock):
    pool, loader = pool_of(
        scale, clock, {"a": 10, "b": 10}, a=brain("a", fallback=("b",)), b=brain("b")
    )
    loader.broken = {"a", "b"}
    with pool, pytest.raises(ModelError) as caught:
        pool.get("a")
    assert "a is damaged" in caught.value.message
    assert "b is damaged" in caught.value.message
    assert caught.value.code == "model_corrupt"


def test_a_failed_load_is_never_ready(scale, clock):
    pool, loader = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    loader.broken = {"a"}
    with pool:
        for _ in range(2):
            with pytest.raises(ModelError):
                pool.get("a")
        assert pool.stats().models == ()
        assert pool.stats().failures == ("a: a is damaged.",)


def test_an_unknown_name_is_refused_with_the_nearest(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    with pool, pytest.raises(SettingsError, match="tiny"):
        pool.get("tiniy")


def test_release_by_name_pairs_with_get(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    with pool:
        pool.get("tiny")
        pool.get("a")
        pool.release("a")
        pool.release("tiny")
        assert pool.stats().models[0].references == 0
        with pytest.raises(ModelError, match="not in use"):
            pool.release("tiny")


def test_releasing_twice_counts_once(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    with pool:
        kept = pool.get("a")
        lease = pool.get("a")
        lease.release()
        lease.release()
        assert pool.stats().models[0].references == 1
        kept.release()


def test_two_threads_that_want_the_same_model_load_it_once(scale, clock):
    pool, loader = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    loader.gate = threading.Event()
    leases = []
    threads = [threading.Thread(target=lambda: leases.append(pool.get("a"))) for _ in range(4)]
    with pool:
        for thread in threads:
            thread.start()
        assert loader.loading.wait(10)
        loader.gate.set()
        for thread in threads:
            thread.join(10)
        assert loader.made == ["a"]
        assert pool.stats().models[0].references == 4


def test_prefetch_loads_in_the_background_and_get_then_hits(scale, clock):
    pool, loader = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    with pool:
        pool.prefetch("tiny")
        assert loader.loading.wait(10)
        pool.get("tiny")
        assert loader.made == ["a"]
        assert pool.stats().hits >= 1


def test_a_failed_prefetch_shows_in_the_stats(scale, clock):
    pool, loader = pool_of(scale, clock, {"a": 10}, a=brain("a"))
    loader.broken = {"a"}
    pool.prefetch("a")
    pool.close()
    assert pool.stats().failures == ("a: a is damaged.",)


def test_closing_frees_everything_and_refuses_more(scale, clock):
    pool, _ = pool_of(scale, clock, {"a": 10}, a=brain("a", idle_unload_s=5))
    lease = pool.get("a")
    pool.close()
    pool.close()
    lease.release()
    assert lease.engine.closed == 1
    assert scale.bytes == 100 * MB
    with pytest.raises(ModelError, match="closed"):
        pool.get("a")


def test_only_a_thinker_answers_prompts(scale, clock):
    pool, loader = pool_of(scale, clock, {"a": 10, "ears": 1}, a=brain("a"))
    loader.load = lambda _model: type("Mute", (), {"close": lambda _self: None})()
    with pool, pytest.raises(ModelError, match="not a language model"):
        pool.get("ears")("hello")
