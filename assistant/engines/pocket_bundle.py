"""What a Pocket TTS bundle says about itself, and the model states made from it and from a voice.

Owns `bundle.json` (KevinAHM/pocket-tts-onnx, schema 2) and the way from a voice's file to the states that the
language model starts with. Deliberately hard-codes no state: names, shapes, types and fill values come from
the two manifests in the bundle.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.engines.onnx_session import corrupt, required, unfit
from assistant.engines.pocket_text import TextRules
from assistant.errors import ModelError

WHAT: Final = "voice (Pocket TTS)"
BUNDLE: Final = "bundle.json"
VOICES: Final = "voices"
VOICE_SUFFIXES: Final = (".safetensors", ".npy", ".wav")
"""A state of the language model, embeddings of somebody's speech, or that speech itself."""

_DTYPES: Final[Mapping[str, Any]] = {
    "float32": np.float32,
    "float16": np.float16,
    "int64": np.int64,
    "bool": np.bool_,
}
_FILLS: Final[Mapping[str, float]] = {"nan": np.nan, "ones": 1, "zeros": 0, "empty": 0}
_LANGUAGES: Final = {
    "english": "en",
    "spanish": "es",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "portuguese": "pt",
}

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class StateSpec:
    """One tensor a graph takes and gives back at every step.

    Attributes:
        input_name, output_name: in the graph.
        module, key: where it belongs in a voice's file: ``module/key``.
    """

    input_name: str
    output_name: str
    module: str
    key: str
    shape: tuple[int, ...]
    dtype: str
    fill: str

    def adapted(self, source: Array) -> Array:
        """Return ``source`` in this type, and in this shape or a smaller one of as many axes.

        Raises:
            ValueError: it does not fit.
        """
        if 0 in self.shape:
            return np.zeros(
                self.shape, _DTYPES[self.dtype]
            )  # its length counts, which `step` tells
        value = source.astype(_DTYPES[self.dtype])
        if value.size == math.prod(self.shape):
            return value.reshape(self.shape)
        fits = value.ndim == len(self.shape) and all(
            have <= room for have, room in zip(value.shape, self.shape, strict=True)
        )
        if not fits:
            raise ValueError(f"{self.module}/{self.key} has the shape {source.shape}")
        return value

    def fill_in(self, target: Array, known: Array | None) -> None:
        """Make ``target`` the state before anything was said, with what is ``known`` at its beginning."""
        target.fill(_FILLS[self.fill])
        if known is not None:
            target[tuple(slice(0, size) for size in known.shape)] = known


@dataclass(frozen=True, slots=True)
class Bundle:
    """The facts of one language's model.

    Attributes:
        rate_hz: of the audio.
        frame_samples: audio samples of one latent frame.
        flow_states: of ``flow_lm_main``.
        decoder_states: of ``mimi_decoder``.
        bos_before_voice: file of the vector that comes before a voice's embeddings; None = none does.
    """

    folder: Path
    rate_hz: int
    frame_samples: int
    latent_dim: int
    conditioning_dim: int
    tokenizer: Path
    bos_before_voice: Path | None
    rules: TextRules
    flow_states: tuple[StateSpec, ...]
    decoder_states: tuple[StateSpec, ...]

    @property
    def positions(self) -> int | None:
        """How many tokens and frames the language model's caches hold; None = they do not say."""
        lengths = [
            spec.shape[2]
            for spec in self.flow_states
            if spec.key == "cache" and len(spec.shape) > 2  # noqa: PLR2004 - [key/value, batch, position, …]
        ]
        return min(lengths, default=None)


def read_bundle(folder: Path) -> Bundle:
    """Return what `bundle.json` in ``folder`` says.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt``, or ``model_unfit`` when a fact is not in it.
    """
    path = required(folder / BUNDLE, WHAT)
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as exc:
        raise corrupt(path, WHAT) from exc
    try:
        name = str(facts.get("language") or facts.get("bundle_name") or "english")
        bos = facts.get("bos_before_voice_file") if facts.get("insert_bos_before_voice") else None
        after = facts.get("model_recommended_frames_after_eos")
        return Bundle(
            folder=folder,
            rate_hz=int(facts["sample_rate"]),
            frame_samples=int(facts["samples_per_frame"]),
            latent_dim=int(facts["latent_dim"]),
            conditioning_dim=int(facts["conditioning_dim"]),
            tokenizer=folder / str(facts["tokenizer_file"]),
            bos_before_voice=folder / str(bos) if bos else None,
            rules=TextRules(
                language=_LANGUAGES.get(name.partition("_")[0], "en"),
                remove_semicolons=bool(facts.get("remove_semicolons")),
                pad_short=bool(facts.get("pad_with_spaces_for_short_inputs")),
                frames_after_end=None if after is None else int(after),
                most_tokens=int(facts.get("max_token_per_chunk", 50)),
            ),
            flow_states=_manifest(facts["flow_lm_state_manifest"]),
            decoder_states=_manifest(facts["mimi_state_manifest"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise unfit(path, WHAT, f"{exc} is missing or wrong") from exc


def _manifest(entries: list[dict[str, Any]]) -> tuple[StateSpec, ...]:
    specs = tuple(
        StateSpec(
            input_name=str(entry["input_name"]),
            output_name=str(entry["output_name"]),
            module=str(entry["module"]),
            key=str(entry["key"]),
            shape=tuple(int(size) for size in entry["shape"]),
            dtype=str(entry["dtype"]),
            fill=str(entry["fill"]),
        )
        for entry in entries
    )
    for spec in specs:
        if spec.dtype not in _DTYPES or spec.fill not in _FILLS:
            raise ValueError(f"{spec.input_name}: {spec.dtype}, {spec.fill}")
    return specs


# --- voices -----------------------------------------------------------------------------------------


def voice_names(folder: Path) -> tuple[str, ...]:
    """Return the voices that lie beside the model."""
    files = (folder / VOICES).glob("*")
    return tuple(sorted({path.stem for path in files if path.suffix in VOICE_SUFFIXES}))


def voice_file(folder: Path, voice: str) -> Path:
    """Return the file of a voice.

    Raises:
        ModelError: ``model_missing``, naming those there are.
    """
    for suffix in VOICE_SUFFIXES:
        path = folder / VOICES / f"{voice}{suffix}"
        if path.is_file():
            return path
    known = ", ".join(voice_names(folder)) or "none"
    raise ModelError(
        "model_missing",
        f"There is no voice {voice!r} for Pocket TTS in {folder.name}; installed: {known}.",
        "Choose an installed voice, or pull the model again.",
    )


def voice_states(path: Path, specs: tuple[StateSpec, ...]) -> dict[str, Array]:
    """Return what is known of the language model's states after a voice's speech, from its ``.safetensors``.

    Caches are as short as that speech. The file holds ``module/key`` → tensor; files without ``step`` tell it
    by ``offset``, or by the length of ``current_end`` (pocket-tts, `stateful_module.py`).

    Raises:
        ModelError: ``model_corrupt``, or ``model_unfit`` when it belongs to another model.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(path)
    except (SafetensorError, OSError, ValueError) as exc:
        raise corrupt(path, WHAT) from exc
    states: dict[str, Array] = {}
    found = 0
    for spec in specs:
        source = stored.get(f"{spec.module}/{spec.key}")
        if source is None and spec.key == "step":
            source = _position(stored, spec.module)
        if source is None:
            continue
        found += spec.key == "cache"
        try:
            states[spec.input_name] = spec.adapted(source)
        except ValueError as exc:
            raise unfit(path, WHAT, str(exc)) from exc
    if found < sum(spec.key == "cache" for spec in specs) or not found:
        raise unfit(path, WHAT, "it lacks states of this model")
    return states


def _position(stored: Mapping[str, Array], module: str) -> Array | None:
    offset = stored.get(f"{module}/offset")
    if offset is not None:
        return offset.reshape(-1)[:1]
    end = stored.get(f"{module}/current_end")
    return None if end is None else np.array([len(end)], np.int64)


def voice_embeddings(path: Path, bundle: Bundle) -> Array:
    """Return a voice's embeddings from its ``.npy``, float32, shape (1, frames, conditioning_dim).

    Raises:
        ModelError: ``model_corrupt`` or ``model_unfit``.
    """
    embeddings = _read_npy(path)
    if embeddings.shape[-1:] != (bundle.conditioning_dim,):
        raise unfit(path, WHAT, f"it holds arrays of shape {embeddings.shape}")
    return with_beginning(embeddings, bundle)


def with_beginning(embeddings: Array, bundle: Bundle) -> Array:
    """Return embeddings as the language model wants them: three axes, the bundle's vector first."""
    rows = embeddings.reshape(1, -1, bundle.conditioning_dim).astype(np.float32)
    if bundle.bos_before_voice is None:
        return rows
    first = _read_npy(required(bundle.bos_before_voice, WHAT))
    return np.concatenate([first.reshape(1, -1, bundle.conditioning_dim), rows], axis=1)


def _read_npy(path: Path) -> Array:
    try:
        values: Array = np.load(path, allow_pickle=False)
        return values.astype(np.float32)
    except (OSError, ValueError, EOFError, AttributeError) as exc:
        raise corrupt(path, WHAT) from exc
