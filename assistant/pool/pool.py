"""The model pool: models loaded once, counted, kept within a byte budget, evicted when idle.

    get(name) ──► in memory? ──yes──► +1 reference ──► Lease
                     │ no
                     ▼
              room for its expected bytes? ──no──► evict idle models, oldest first ──still no──► ModelError
                     │ yes                                                                 (fallback chain)
                     ▼
              load, measure ──over the budget──► evict idle ones, else unload it and refuse

Owns loaded engines and their memory. Deliberately knows no engine by name (`assistant.pool.loading`
does) and never substitutes a model silently: the lease says what serves and why.

Threads: every method may be called from any thread. One condition guards all state; loading and freeing
happen outside it, one at a time, so that measured bytes belong to the model being loaded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from assistant.engines.base import Samples
from assistant.errors import AssistantError, ModelError
from assistant.pool.lease import Lease
from assistant.pool.loading import CatalogLoader, Engine, for_language, identity
from assistant.pool.replica import is_replica
from assistant.pool.stats import ModelStats, PoolStats
from assistant.settings import ModelSettings, Settings, load_settings

MEGABYTE = 1_000_000

logger = logging.getLogger(__name__)


class EngineLoader(Protocol):
    """What the pool needs to make engines; tests pass their own, the worker passes it on pickled."""

    def expected_bytes(self, model: ModelSettings) -> int:
        """Memory to have free before :meth:`load`; 0 when unknown."""
        ...

    def load(self, model: ModelSettings) -> Engine:
        """Return a loaded, warm engine, or raise ModelError."""
        ...

    def judge_end(self) -> Callable[[Samples], float] | None:
        """Return who hears whether the user has finished, see Smart Turn; None where nobody can."""
        ...


@dataclass(slots=True)
class _Slot:
    """One loaded engine; ``refs`` > 0 means in use and never evicted."""

    engine: Engine
    name: str
    measured_bytes: int
    permanent: bool
    idle_unload_s: float | None
    load_s: float
    refs: int = 0
    last_used: float = 0.0


class ModelPool:
    """Loaded models by name.

    Args:
        settings: the settings, or the path of a settings file (the seeds' ``config/sarai.yaml``).
        load_engine: makes engines; None means the real ones of the catalogue.
        clock: seconds, monotonic; tests pass their own.
        resident_bytes: memory of this process; tests pass their own.
    """

    def __init__(
        self,
        settings: Settings | str | Path,
        *,
        load_engine: EngineLoader | None = None,
        clock: Callable[[], float] = time.monotonic,
        resident_bytes: Callable[[], int] | None = None,
    ) -> None:
        if not isinstance(settings, Settings):
            settings = load_settings(Path(settings))
        if load_engine is None:
            from assistant.catalog.catalog import Catalog

            load_engine = CatalogLoader(Catalog.load())
        self._settings = for_language(settings)
        self._loader = load_engine
        self._clock = clock
        self._resident_bytes = resident_bytes or _resident_bytes
        self._budget_bytes = settings.pool.budget_mb * MEGABYTE
        self._state = threading.Condition()
        self._slots: OrderedDict[str, _Slot] = OrderedDict()  # least recently used first
        self._changing = False  # a model is being loaded or freed
        self._closed = False
        self._leases: dict[str, list[Lease]] = {}
        self._failures: dict[str, str] = {}
        self._hits = self._loads = self._evictions = 0
        self._sweeper: threading.Thread | None = None
        self._prefetchers: list[threading.Thread] = []

    # --- getting and giving back ----------------------------------------------------------------------

    def resolve(self, name: str) -> str:
        """Return the model name meant by a model name, role or alias; SettingsError if none is."""
        return self._settings.model_name(name)

    def get(self, name: str) -> Lease:
        """Return the model in use, loading it if need be; blocks while it loads.

        Raises:
            SettingsError: no such name.
            ModelError: neither it nor its fallbacks could be loaded within the budget.
        """
        requested = self.resolve(name)
        problems: list[tuple[str, AssistantError]] = []
        for candidate in (requested, *self._settings.models[requested].fallback):
            try:
                key, slot = self._acquire(candidate)
            except ModelError as exc:
                logger.info("%s could not be loaded: %s", candidate, exc)
                problems.append((candidate, exc))
                continue
            reason = ""
            if problems:
                reason = f"{candidate} serves instead of {requested}: {problems[0][1].message}"
            lease = Lease(
                key=key,
                requested=requested,
                name=candidate,
                engine=slot.engine,
                fallback_reason=reason,
                give_back=self._take_back,
                is_replica=is_replica(self._settings.models[candidate]),
            )
            with self._state:
                self._leases.setdefault(requested, []).append(lease)
            return lease
        first = problems[0][1]
        others = "".join(f" {name} failed too: {exc.message}" for name, exc in problems[1:])
        raise ModelError(first.code, first.message + others, first.hint)

    def release(self, name: str) -> None:
        """Give back the newest lease taken under this name; the seeds' spelling of Lease.release."""
        requested = self.resolve(name)
        with self._state:
            leases = self._leases.get(requested)
            lease = leases[-1] if leases else None
        if lease is None:
            raise ModelError("not_leased", f"{name} is not in use.", "Release once for each get.")
        lease.release()

    def _take_back(self, lease: Lease) -> None:
        with self._state:
            self._leases[lease.requested].remove(lease)
            slot = self._slots.get(lease.key)
            if slot is not None:  # None after close(), which frees models in use too
                slot.refs -= 1
                slot.last_used = self._clock()

    def prefetch(self, name: str) -> None:
        """Start loading a model on a thread of its own; a failure shows in stats and at get."""
        requested = self.resolve(name)
        thread = threading.Thread(
            target=self._prefetch, args=(requested,), name=f"pool-prefetch-{requested}", daemon=True
        )
        with self._state:
            self._prefetchers = [t for t in self._prefetchers if t.is_alive()]
            self._prefetchers.append(thread)
        thread.start()

    def _prefetch(self, name: str) -> None:
        try:
            self.get(name).release()
        except ModelError as exc:
            logger.info("prefetch of %s: %s", name, exc)

    def judge_end(self) -> Callable[[Samples], float] | None:
        """Return who hears whether the user has finished, if that model is installed.

        It takes 10 MB and serves every set, so it is neither counted nor named in the settings.
        """
        return self._loader.judge_end()

    # --- loading and evicting -------------------------------------------------------------------------

    def _acquire(self, name: str) -> tuple[str, _Slot]:
        model = self._settings.models[name]
        key = identity(model)
        with self._state:
            while True:
                if self._closed:
                    raise ModelError("pool_closed", "The model pool is closed.")
                slot = self._slots.get(key)
                if slot is not None:
                    self._hits += 1
                    self._use(key, slot, model)
                    return key, slot
                if not self._changing:
                    self._changing = True
                    break
                self._state.wait()
        try:
            slot = self._load(name, model)
        except ModelError as exc:
            with self._state:
                self._failures[name] = exc.message
            raise
        else:
            with self._state:
                self._failures.pop(name, None)
                self._slots[key] = slot
                self._loads += 1
                self._use(key, slot, model)
        finally:
            with self._state:
                self._changing = False
                self._state.notify_all()
        self._watch_idle(slot)
        return key, slot

    def _use(self, key: str, slot: _Slot, model: ModelSettings) -> None:
        slot.refs += 1
        slot.permanent = slot.permanent or model.permanent
        slot.last_used = self._clock()
        self._slots.move_to_end(key)

    def _load(self, name: str, model: ModelSettings) -> _Slot:
        expected = self._loader.expected_bytes(model)
        self._make_room(name, expected)
        before = self._resident_bytes()
        started = self._clock()
        engine = self._loader.load(model)
        load_s = self._clock() - started
        measured = max(self._resident_bytes() - before, _own_count(engine), 0)
        slot = _Slot(engine, name, measured, model.permanent, model.idle_unload_s, load_s)
        try:
            self._make_room(name, measured)
        except ModelError:
            engine.close()
            raise
        logger.info("loaded %s in %.2f s, %.0f MB", name, load_s, measured / MEGABYTE)
        return slot

    def _make_room(self, name: str, needed_bytes: int) -> None:
        """Evict idle models, least recently used first, until ``needed_bytes`` fit."""
        while True:
            with self._state:
                used = sum(slot.measured_bytes for slot in self._slots.values())
                if used + needed_bytes <= self._budget_bytes:
                    return
                victim = self._pop_idle()
            if victim is None:
                raise ModelError(
                    "over_budget",
                    f"{name} needs {needed_bytes / MEGABYTE:.0f} MB, but {used / MEGABYTE:.0f} of the"
                    f" {self._budget_bytes / MEGABYTE:.0f} MB for models are in use.",
                    "Raise pool.budget_mb in the settings, or choose a smaller model.",
                )
            logger.info("evicting %s to make room for %s", victim.name, name)
            victim.engine.close()

    def _pop_idle(self) -> _Slot | None:
        for key, slot in self._slots.items():
            if slot.refs == 0 and not slot.permanent:
                self._evictions += 1
                return self._slots.pop(key)
        return None

    def _watch_idle(self, slot: _Slot) -> None:
        if slot.idle_unload_s is None:
            return
        with self._state:
            if self._sweeper is None and not self._closed:
                self._sweeper = threading.Thread(
                    target=self._sweep_until_closed, name="pool-sweep", daemon=True
                )
                self._sweeper.start()

    def _sweep_until_closed(self) -> None:
        while True:
            with self._state:
                if self._state.wait_for(lambda: self._closed, self._settings.pool.sweep_s):
                    return
            self.sweep()

    def sweep(self) -> list[str]:
        """Unload models that are idle for longer than they may be; returns their names."""
        now = self._clock()
        with self._state:
            if self._changing or self._closed:
                return []
            expired = [
                key
                for key, slot in self._slots.items()
                if slot.refs == 0
                and not slot.permanent
                and slot.idle_unload_s is not None
                and now - slot.last_used >= slot.idle_unload_s
            ]
            if not expired:
                return []
            victims = [self._slots.pop(key) for key in expired]
            self._evictions += len(victims)
            self._changing = True
        try:
            for victim in victims:
                victim.engine.close()
        finally:
            with self._state:
                self._changing = False
                self._state.notify_all()
        return [victim.name for victim in victims]

    # --- as a whole -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Load every model that is marked ``load_on_startup``; raises what the first failure raises."""
        for name, model in self._settings.models.items():
            if model.load_on_startup:
                self.get(name).release()

    def stats(self) -> PoolStats:
        """Return what is loaded now."""
        now = self._clock()
        with self._state:
            models = tuple(
                ModelStats(
                    name=slot.name,
                    measured_bytes=slot.measured_bytes,
                    references=slot.refs,
                    permanent=slot.permanent,
                    idle_s=0.0 if slot.refs else now - slot.last_used,
                    load_s=slot.load_s,
                )
                for slot in self._slots.values()
            )
            return PoolStats(
                models=models,
                used_bytes=sum(m.measured_bytes for m in models),
                budget_bytes=self._budget_bytes,
                hits=self._hits,
                loads=self._loads,
                evictions=self._evictions,
                failures=tuple(f"{name}: {text}" for name, text in self._failures.items()),
            )

    def close(self) -> None:
        """Free every model, in use or not, and end the pool's threads; idempotent."""
        with self._state:
            self._closed = True
            self._state.notify_all()
            self._state.wait_for(lambda: not self._changing)
            slots = list(self._slots.values())
            self._slots.clear()
        for slot in slots:
            slot.engine.close()
        if self._sweeper is not None:
            self._sweeper.join()
        for thread in self._prefetchers:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()


def _own_count(engine: Engine) -> int:
    """Bytes the engine says it holds, for engines that can tell; 0 for the others."""
    count = getattr(engine, "memory_bytes", None)
    return int(count()) if count is not None else 0


def _resident_bytes() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)
