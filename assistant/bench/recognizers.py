"""Recognisers for comparison: the configured one, with another language model.

Owns nothing but the choice; loading is the pool's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from assistant.engines.base import Recognizer
from assistant.errors import SettingsError
from assistant.pool.pool import ModelPool
from assistant.settings import PocketsphinxSettings, Settings

DECODINGS = ("general", "domain", "mixed")


@contextmanager
def recognizer(settings: Settings, decoding: str) -> Iterator[Recognizer]:
    """Open the active set's recogniser with the given decoding, and free it afterwards.

    Raises:
        SettingsError: ``decoding_unknown``, or the set's recogniser has no choice of decodings.
        ModelError: it does not load.
    """
    name = settings.model_name("stt")
    chosen = with_decoding(settings, name, decoding)
    with ModelPool(chosen) as pool, pool.get(name) as lease:
        yield cast("Recognizer", lease.engine)


def with_decoding(settings: Settings, name: str, decoding: str) -> Settings:
    """Return the settings with another language model for the recogniser ``name``, and no other in its place.

    Raises:
        SettingsError: ``decoding_unknown``, or the recogniser has no choice of decodings.
    """
    name = settings.model_name(name)
    model = settings.models[name]
    if decoding not in DECODINGS or not isinstance(model, PocketsphinxSettings):
        raise SettingsError(
            "decoding_unknown",
            f"The recogniser {name} cannot decode with {decoding!r}.",
            f"Known decodings of pocketsphinx: {', '.join(DECODINGS)}.",
        )
    changed = model.model_copy(update={"decoding": decoding, "fallback": ()})
    return settings.model_copy(update={"models": {**settings.models, name: changed}})
