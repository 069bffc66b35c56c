"""Finds how each model of a set runs best on this computer, within the set's memory, and keeps it.

Owns the search: one thing is changed at a time, each way measured in a process of its own, so that memory is
that way's alone. What a way costs is measured as `bench stages` does; what is kept, and for which machine, is
`assistant.catalog.tuning`'s business. Prints nothing.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from assistant.bench.memory import BOUNDS_MB
from assistant.bench.sample_speech import sample_speech
from assistant.bench.stages import CLIP_S, REPLIES, first_pieces, time_recogniser, time_voice
from assistant.catalog import tuning
from assistant.catalog.tuning import TunedModel
from assistant.engines.base import (
    CancelToken,
    ChatMessage,
    GenerationDone,
    PromptDone,
    Recognizer,
    Synthesizer,
)
from assistant.errors import ModelError
from assistant.metrics import distribution
from assistant.pool.loading import CatalogLoader
from assistant.pool.replica import is_replica
from assistant.pool.tuned import chosen_by_person, untuned_level
from assistant.settings import LlamaCppSettings

if TYPE_CHECKING:
    from assistant.engines.base import Thinker
    from assistant.pool.loading import Engine
    from assistant.settings import ModelSettings, Settings

ROLES: Final = ("stt", "thinker", "tts")
PROGRAM_MB: Final = 150.0
"""App, worker and libraries without any model (PSS; light and standard, 2026-11-21)."""
NOISE: Final = 0.05
"""Differences of time below this count as none: then the way with less memory is the better one."""
REPLY_TOKENS: Final = 24
TRIAL_LIMIT_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class ModelTuning:
    """What was found for one model.

    Attributes:
        model: id of its catalogue entry.
        role: which it has in the set.
        allowed_mb: what it may take so that the set stays within its bound.
        trials: every way measured, the settings' first.
        chosen: the best that is allowed; the smallest, if none is.
        replica: it has random weights.
    """

    model: str
    role: str
    allowed_mb: float
    trials: tuple[TunedModel, ...]
    chosen: TunedModel
    replica: bool

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        return {
            "model": self.model,
            "role": self.role,
            "replica": self.replica,
            "allowed_mb": round(self.allowed_mb, 1),
            "trials": [one.model_dump() for one in self.trials],
            "chosen": self.chosen.model_dump(),
        }


def in_words(way: TunedModel) -> str:
    """Return one phrase for a way of running a model."""
    threads = "1 thread" if way.threads == 1 else f"{way.threads} threads"
    level = "" if way.graph_level == "all" else f", graph level {way.graph_level}"
    arena = "" if way.memory_arena else ", work memory given back"
    return f"{threads}{level}{arena}{'' if way.prepacking else ', weights as they are'}"


def choose(trials: Sequence[TunedModel], allowed_mb: float) -> TunedModel:
    """Return the fastest way that takes no more than allowed, of equally fast ones the smallest.

    If every way takes more, the smallest: the set is then no larger than it must be.
    """
    fitting = [one for one in trials if (one.memory_mb or 0.0) <= allowed_mb]
    if not fitting:
        return min(trials, key=lambda one: (one.memory_mb or 0.0, one.median_ms))
    fastest = min(one.median_ms for one in fitting)
    equal = [one for one in fitting if one.median_ms <= fastest * (1 + NOISE)]
    return min(equal, key=lambda one: (one.memory_mb or 0.0, one.median_ms))


def ways_from(way: TunedModel, axis: str, role: str, cores: int) -> list[TunedModel]:
    """Return what else could be tried along one axis, from a way already measured.

    A voice gets at most half of the cores: the thinker writes meanwhile.
    """
    most = max(1, cores // 2) if role == "tts" else cores
    values: Mapping[str, Sequence[Any]] = {
        "threads": [number for number in (1, 2, 4, 8, 16) if number <= most],
        "graph_level": ["all", "extended", "basic"],
        "memory_arena": [True, False],
        "prepacking": [True, False],
    }
    return [
        way.model_copy(update={axis: value})
        for value in values[axis]
        if value != getattr(way, axis)
    ]


def tune(
    settings: Settings,
    *,
    roles: Sequence[str] = ROLES,
    runs: int = 10,
    on_trial: Callable[[str, TunedModel], None] = lambda _model, _way: None,
    measure: Callable[[Settings, str, TunedModel, int], TunedModel] | None = None,
) -> Iterator[ModelTuning]:
    """Measure the active set's models, one after the other, and keep the best way of each.

    Args:
        settings: whose active set is tuned, within its bound or, without one, the pool's budget.
        roles: of ``stt``, ``thinker``, ``tts``; models without threads are left out.
        runs: timed runs of each way.
        on_trial: told what is measured next.
        measure: of one way; tests pass their own.

    Raises:
        ModelError: a model does not load, or its process died.
    """
    measure = measure or in_own_process
    bound_mb = BOUNDS_MB.get(settings.set, float(settings.pool.budget_mb))
    machine, cores = tuning.fingerprint(), tuning.usable_cores()
    models = {role: settings.models[settings.model_name(role)] for role in roles}
    as_set: dict[str, TunedModel] = {}
    for (
        role,
        model,
    ) in models.items():  # first all as they are: each model's room depends on the others
        if hasattr(model, "threads"):
            on_trial(model.catalogue, _as_set(model))
            as_set[role] = measure(settings, role, _as_set(model), runs)
    taken_mb = _taken_mb(settings, as_set)
    for role, best in as_set.items():
        model = models[role]
        others = sum(mb for other, mb in taken_mb.items() if other != role)
        allowed_mb = bound_mb - PROGRAM_MB - others
        trials = [best]
        for axis in _axes(model):
            for way in ways_from(best, axis, role, cores):
                on_trial(model.catalogue, way)
                trials.append(measure(settings, role, way, runs))
            best = choose(trials, allowed_mb)  # noqa: PLW2901 - the next axis is tried from here
        if best is not trials[0]:
            rivals = []
            for way in (trials[0], best):
                on_trial(model.catalogue, way)
                rivals.append(_steadier(way, measure(settings, role, way, runs)))
            trials = [*rivals, *(one for one in trials[1:] if one is not best)]
            best = choose(rivals, allowed_mb)  # noqa: PLW2901 - as above
        taken_mb[role] = max(best.memory_mb or 0.0, _in_conversation_mb(model))
        replica = is_replica(model)
        tuning.save(machine, {model.catalogue: best}, replica=replica)
        yield ModelTuning(model.catalogue, role, allowed_mb, tuple(trials), best, replica)


def _steadier(first: TunedModel, again: TunedModel) -> TunedModel:
    """Return a way with the faster of two medians: what else the computer did only ever adds.

    Ways are measured one after the other, so a busy moment makes a slow way win. Seen: one thread for a
    thinker that writes 137 tokens/s with two and 100 with one (2026-11-21).
    """
    return first if first.median_ms <= again.median_ms else again


def forget(settings: Settings, roles: Sequence[str] = ROLES) -> list[str]:
    """Drop what is kept for the active set's models on this computer; returns their ids."""
    models = [settings.models[settings.model_name(role)] for role in roles]
    gone = []
    for model in models:
        name = (model.catalogue,)
        if tuning.forget(tuning.fingerprint(), name, replica=is_replica(model)):
            gone.append(model.catalogue)
    return gone


def _as_set(model: ModelSettings) -> TunedModel:
    """The way the settings say."""
    return TunedModel(
        threads=getattr(model, "threads", 1),
        memory_arena=getattr(model, "memory_arena", True),
        prepacking=getattr(model, "prepacking", True),
        graph_level=untuned_level(model),
        median_ms=0.0,
    )


def _axes(model: ModelSettings) -> list[str]:
    """What may be changed: not what the person has chosen, and of a thinker only its threads."""
    every = ("threads", "graph_level", "memory_arena", "prepacking")
    theirs = chosen_by_person(model)
    own = every[:1] if isinstance(model, LlamaCppSettings) else every
    return [axis for axis in own if axis not in theirs]


def _taken_mb(settings: Settings, measured_as: Mapping[str, TunedModel]) -> dict[str, float]:
    """What each role's model takes between two turns: as measured, else as the catalogue says."""
    taken = {}
    for role in ROLES:
        model = settings.models[settings.model_name(role)]
        way = measured_as.get(role)
        found = way.memory_mb if way else None
        taken[role] = _expected_mb(model) if found is None else found
        taken[role] = max(taken[role], _in_conversation_mb(model))
    return taken


def _in_conversation_mb(model: ModelSettings) -> float:
    """A thinker grows with its conversation, which no trial is long enough to show."""
    return _expected_mb(model) if isinstance(model, LlamaCppSettings) else 0.0


def _expected_mb(model: ModelSettings) -> float:
    from assistant.catalog.catalog import Catalog

    expected = model.expected_memory_mb or Catalog.load().entry(model.catalogue).memory_mb
    return float(expected or 0)


# --- one way, in a process of its own --------------------------------------------------------------------


def in_own_process(settings: Settings, role: str, way: TunedModel, runs: int) -> TunedModel:
    """Return the way with its time and memory.

    Raises:
        ModelError: the model does not load, or its process died or hung.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        try:
            return pool.submit(measured, settings, role, way, runs).result(TRIAL_LIMIT_S)
        except (BrokenProcessPool, TimeoutError) as exc:
            for process in tuple((pool._processes or {}).values()):  # noqa: SLF001 - no public way
                process.kill()
            raise ModelError(
                "trial_failed",
                f"{settings.model_name(role)} did not survive being measured.",
                "Run `assistant models verify`; see the log.",
            ) from exc


def measured(settings: Settings, role: str, way: TunedModel, runs: int) -> TunedModel:
    """Load and run a model one way; the first thing its process does, for its memory is what grows."""
    from assistant.catalog.catalog import Catalog
    from assistant.worker.allocator import give_back, set_limits

    set_limits()
    model = settings.models[settings.model_name(role)]
    before_mb = _own_mb()
    engine = CatalogLoader(Catalog.load(), lambda _model: way).load(model)
    give_back()
    times_ms = _times_ms(engine, runs)
    give_back()  # as after a turn: what stays is what the set's bound is for
    grown_mb = max(0.0, _own_mb() - before_mb)
    engine.close()
    found = {"median_ms": round(distribution(times_ms).p50, 2), "memory_mb": round(grown_mb, 1)}
    return way.model_copy(update=found)


def _times_ms(engine: Engine, runs: int) -> list[float]:
    """Run the engine as its stage does, a voice's long sentence included."""
    if isinstance(engine, Recognizer):
        return time_recogniser(engine, sample_speech(CLIP_S), runs)
    if isinstance(engine, Synthesizer):
        times = time_voice(engine, first_pieces(REPLIES), runs)
        for _ in engine.synthesize(max(REPLIES, key=len), cancel=CancelToken()):
            pass
        return times
    return [_token_ms(engine) for _ in range(max(3, runs // 3))]


def _token_ms(engine: Thinker) -> float:
    """Milliseconds per token of one reply."""
    engine.start([], [])
    begun = time.perf_counter()
    question = [ChatMessage("user", REPLIES[0])]
    for output in engine.reply(question, cancel=CancelToken(), max_tokens=REPLY_TOKENS):
        if isinstance(output, PromptDone):
            begun = time.perf_counter()
        elif isinstance(output, GenerationDone):
            took_ms = (time.perf_counter() - begun) * 1000
            return took_ms / max(1, output.generated_tokens)
    raise ValueError("the thinker did not answer")


def _own_mb() -> float:
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6
