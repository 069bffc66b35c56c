"""Finds what is wrong *between* keys: names that point nowhere, circles, limits that contradict.

Works on the plain mapping, not on the validated models, so that these problems are reported
together with wrong types and ranges. A part of the wrong type is skipped: others report that.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Role = Literal["stt", "thinker", "tts"]
ROLES: tuple[Role, ...] = get_args(Role)

ROLE_OF_ENGINE: Mapping[str, Role] = {
    "pocketsphinx": "stt",
    "llama_cpp": "thinker",
    "espeak_ng": "tts",
    "onnx_asr": "stt",
    "piper": "tts",
    "kokoro": "tts",
    "pocket_tts": "tts",
    "ears": "stt",
    "talker": "tts",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong.

    Attributes:
        key: where, from the top of the settings.
        text: what is wrong and what would be right, without the key.
        with_keys: the other keys it depends on; any of them may be the one to correct.
    """

    key: tuple[str, ...]
    text: str
    with_keys: tuple[tuple[str, ...], ...] = ()


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the most similar known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""


def cross_check(settings: Mapping[str, Any]) -> list[Problem]:
    """Return every problem between keys, in the order of the file."""
    if not all(isinstance(settings.get(key), Mapping) for key in ("sets", "models")):
        return list(_check_limits(settings))  # every name would seem unknown
    return [
        *_check_sets(settings),
        *_check_aliases(settings),
        *_check_models(settings),
        *_check_limits(settings),
    ]


def _mapping(tree: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = tree.get(key)
    return value if isinstance(value, Mapping) else {}


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    return f"there is no {kind} {name!r}{nearest(name, known)}; known: {', '.join(known)}"


def _engine(model: object) -> str:
    return str(model.get("engine")) if isinstance(model, Mapping) else ""


def _check_sets(settings: Mapping[str, Any]) -> Iterator[Problem]:
    sets, models = _mapping(settings, "sets"), _mapping(settings, "models")
    active = settings.get("set")
    if isinstance(active, str) and active not in sets:
        yield Problem(("set",), _unknown("set", active, sets))
    for set_name, chosen in sets.items():
        for role in ROLES:
            name = chosen.get(role) if isinstance(chosen, Mapping) else None
            if not isinstance(name, str):
                continue
            key = ("sets", set_name, role)
            if name not in models:
                yield Problem(key, _unknown("model", name, models))
                continue
            serves = ROLE_OF_ENGINE.get(_engine(models[name]))
            if serves not in (None, role):
                yield Problem(
                    key,
                    f"the model {name!r} serves as {serves}, not as {role}",
                    (("models", name, "engine"),),
                )


def _check_aliases(settings: Mapping[str, Any]) -> Iterator[Problem]:
    models = _mapping(settings, "models")
    for alias, meant in _mapping(settings, "aliases").items():
        key = ("aliases", alias)
        if alias in models or alias in ROLES:
            yield Problem(key, f"{alias!r} is already the name of a model or role")
        if isinstance(meant, str) and meant not in models and meant not in ROLES:
            yield Problem(key, _unknown("role or model", meant, [*ROLES, *models]))


def _check_models(settings: Mapping[str, Any]) -> Iterator[Problem]:
    models = _mapping(settings, "models")
    for name, model in models.items():
        if not isinstance(model, Mapping):
            continue
        fallbacks = model.get("fallback")
        for other in fallbacks if isinstance(fallbacks, (list, tuple)) else ():
            key = ("models", name, "fallback")
            if not isinstance(other, str):
                continue
            if other not in models:
                yield Problem(key, _unknown("model", other, models))
            elif ROLE_OF_ENGINE.get(_engine(models[other])) != ROLE_OF_ENGINE.get(_engine(model)):
                yield Problem(key, f"{other!r} serves another role than {name!r}")
        if model.get("permanent") is True and model.get("idle_unload_s") is not None:
            yield Problem(
                ("models", name, "idle_unload_s"),
                "a permanent model is never unloaded; set permanent: false or idle_unload_s: null",
                (("models", name, "permanent"),),
            )
        for smaller in ("batch_tokens", "max_reply_tokens"):
            less, most = model.get(smaller), model.get("context_tokens")
            if isinstance(less, int) and isinstance(most, int) and less > most:
                yield Problem(
                    ("models", name, smaller),
                    f"must be at most context_tokens, {most} (is {less})",
                    (("models", name, "context_tokens"),),
                )
    yield from _check_fallback_circles(models)


def _check_fallback_circles(models: Mapping[str, Any]) -> Iterator[Problem]:
    """Report each circle once, at the model where the file enters it first."""
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[Problem]:
        if name in trail:
            circle = (*trail[trail.index(name) :], name)
            yield Problem(
                ("models", circle[0], "fallback"),
                f"goes in a circle: {' → '.join(circle)}",
                tuple(("models", member, "fallback") for member in circle[1:-1]),
            )
            return
        if name in done:
            return
        model = models.get(name)
        following = model.get("fallback") if isinstance(model, Mapping) else None
        for other in following if isinstance(following, (list, tuple)) else ():
            if isinstance(other, str):
                yield from visit(other, (*trail, name))
        done.add(name)

    for name in models:
        yield from visit(name, ())


def _check_limits(settings: Mapping[str, Any]) -> Iterator[Problem]:
    pool, worker = _mapping(settings, "pool"), _mapping(settings, "worker")
    budget_mb, cap_mb = pool.get("budget_mb"), worker.get("memory_cap_mb")
    if isinstance(budget_mb, int) and isinstance(cap_mb, int) and cap_mb <= budget_mb:
        yield Problem(
            ("worker", "memory_cap_mb"),
            f"must be more than pool.budget_mb, {budget_mb} (is {cap_mb})",
            (("pool", "budget_mb"),),
        )
    ping_s, hang_s = worker.get("ping_interval_s"), worker.get("hang_timeout_s")
    numbers = (int, float)
    if isinstance(ping_s, numbers) and isinstance(hang_s, numbers) and hang_s <= ping_s:
        yield Problem(
            ("worker", "hang_timeout_s"),
            f"must be more than worker.ping_interval_s, {ping_s} (is {hang_s})",
            (("worker", "ping_interval_s"),),
        )
    listening = _mapping(settings, "listening")
    pauses = ("soft_end_ms", "shortest_pause_ms", "pause_ms", "longest_pause_ms")
    for shorter, longer in itertools.pairwise(pauses):
        less, more = listening.get(shorter), listening.get(longer)
        if isinstance(less, int) and isinstance(more, int) and more < less:
            yield Problem(
                ("listening", longer),
                f"must be at least {shorter}, {less} (is {more})",
                (("listening", shorter),),
            )
