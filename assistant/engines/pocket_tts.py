"""Pocket TTS (Kyutai): speech frame by frame, begun before its sentence is computed.

Owns the loop over the graphs. Deliberately knows no language's particulars: they are in the bundle
(:mod:`assistant.engines.pocket_bundle`) and in its text rules (:mod:`assistant.engines.pocket_text`).

Contract of the graphs (KevinAHM/pocket-tts-onnx, code MIT, weights CC-BY-4.0):
``text_conditioner`` token_ids → embeddings; ``flow_lm_main`` sequence, text_embeddings, states →
conditioning, eos_logit, states (one call with the text, then one a frame; a row of NaN begins);
``flow_lm_flow`` c, s, t, x → flow_dir (one Euler step from noise to the frame's latent); ``mimi_decoder``
latents, states → audio;
``mimi_encoder`` audio → embeddings, for a voice that is a recording.

The caches of ``flow_lm_main`` are 49 MB; they stay where they are and never pass through numpy
(:mod:`assistant.engines.pocket_graph`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.engines.cancellable_speech import closed_voice, until_cancelled
from assistant.engines.onnx_session import (
    SessionPlan,
    corrupt,
    required,
    unfit,
)
from assistant.engines.pocket_bundle import (
    WHAT,
    Array,
    read_bundle,
    voice_embeddings,
    voice_file,
    voice_names,
    voice_states,
    with_beginning,
)
from assistant.engines.pocket_graph import PocketGraph, State
from assistant.engines.pocket_text import Prompt, prompts
from assistant.engines.resampling import OUTPUT_HZ
from assistant.errors import ModelError, TurnError

if TYPE_CHECKING:
    from assistant.engines.base import CancelToken, Samples

logger = logging.getLogger(__name__)

TEMPERATURE: Final = 0.3
"""Variance of the noise a frame begins with. Source: pocket-tts 4.0.1 (its ONNX driver takes 0.7)."""

_END_LOGIT: Final = -4.0
"""Above it the model says that the text is spoken. Source: pocket-tts 4.0.1, `eos_threshold`."""

_TOKENS_PER_S: Final = 3.0
_SPARE_S: Final = 2.0
"""Speech is never longer than tokens / 3 + 2 seconds. Source: the reference driver."""

_GROUPS: Final = (2, 2, 4)
"""Frames decoded together: first 160 ms to begin early, then so few that none arrives late even at 1.7 times
real time, the slowest measured while a thinker computes (2026-11-20, replica); the last number goes on."""


class PocketTtsSynthesizer:
    """One voice of one language. Used by one thread at a time.

    Args:
        folder: the bundle; voices lie in its folder ``voices``.
        voice: name of a file there, without suffix.
        temperature: more is livelier and less sure, 0 always sounds the same.
        plan: threads and memory of the two large graphs; the small ones compute on one thread.
        seed: of the noise; None = another every time.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    def __init__(
        self,
        folder: Path,
        voice: str,
        *,
        temperature: float = TEMPERATURE,
        plan: SessionPlan | None = None,
        seed: int | None = None,
    ) -> None:
        self._bundle = bundle = read_bundle(folder)
        self.rate_hz: int = OUTPUT_HZ
        self.languages: tuple[str, ...] = (bundle.rules.language,)
        self._deviation = math.sqrt(temperature)
        self._random = np.random.default_rng(seed)
        path = voice_file(folder, voice)
        large, small = plan or SessionPlan(), SessionPlan()
        self._tokenizer = _open_tokenizer(bundle.tokenizer)
        self._conditioner = PocketGraph(
            folder, "text_conditioner", small, (["token_ids"], ["embeddings"])
        )
        self._main = PocketGraph(
            folder,
            "flow_lm_main",
            large,
            (["sequence", "text_embeddings"], ["conditioning", "eos_logit"]),
            bundle.flow_states,
        )
        self._flow = PocketGraph(
            folder, "flow_lm_flow", small, (["c", "s", "t", "x"], ["flow_dir"])
        )
        self._decoder = PocketGraph(
            folder, "mimi_decoder", large, (["latent"], ["audio_frame"]), bundle.decoder_states
        )
        self._graphs = (self._conditioner, self._main, self._flow, self._decoder)
        self._pieces = 0
        try:
            self._voice, self._voice_positions = self._open_voice(path)
            self._trial()
        except ModelError:
            raise
        except Exception as exc:  # whatever foreign graphs make ONNX Runtime raise
            logger.info("%s cannot be run: %s", folder, exc)
            raise unfit(folder / "flow_lm_main.onnx", WHAT, "a trial run failed") from exc
        self._closed = False

    def voices(self) -> tuple[str, ...]:
        """Return the names of the voices that lie beside the model."""
        return voice_names(self._bundle.folder)

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        """Speak one piece of text, yielding 160 or 320 ms as soon as they are computed.

        Nothing is yielded when the text has nothing to speak. A cancel ends even a computation that runs.
        Another piece begun meanwhile ends this one.

        Raises:
            TurnError: ``tts_failed``, or ``tts_closed`` after :meth:`close`.
        """
        if self._closed:
            raise closed_voice()
        self._pieces += 1
        sessions = [graph.session for graph in self._graphs]
        speech = self._speech(text, cancel)
        yield from until_cancelled(speech, self._bundle.rate_hz, sessions, cancel)

    def close(self) -> None:
        """Free the model; idempotent."""
        if not self._closed:
            self._closed = True
            del self._conditioner, self._main, self._flow, self._decoder, self._graphs
            self._voice = {}

    # --- the loop -------------------------------------------------------------------------------------

    def _speech(self, text: str, cancel: CancelToken) -> Iterator[Samples]:
        piece = self._pieces
        for prompt in prompts(text, self._bundle.rules, lambda part: len(self._token_ids(part))):
            decoder_state = self._decoder.begin({})
            groups = iter(_GROUPS)
            size = next(groups)
            waiting: list[Array] = []
            for latent in self._latents(prompt):
                waiting.append(latent)
                if cancel.cancelled:
                    return
                if len(waiting) == size:
                    audio, decoder_state = self._decode(waiting, decoder_state)
                    yield audio
                    if piece != self._pieces:
                        return
                    waiting.clear()
                    size = next(groups, size)
            if waiting:
                audio, _ = self._decode(waiting, decoder_state)
                yield audio
                if piece != self._pieces:
                    return

    def _latents(self, prompt: Prompt) -> Iterator[Array]:
        """Yield one latent (1, 1, latent_dim) a frame until the model signals the end."""
        bundle = self._bundle
        tokens = np.array([self._token_ids(prompt.text)], np.int64)
        (embeddings,) = self._conditioner.run(["embeddings"], {"token_ids": tokens})
        embeddings = embeddings.reshape(1, -1, bundle.conditioning_dim)
        no_frame = np.zeros((1, 0, bundle.latent_dim), np.float32)
        no_text = np.zeros((1, 0, bundle.conditioning_dim), np.float32)
        _, _, state = self._step(no_frame, embeddings, self._main.begin(self._voice))
        frame = np.full((1, 1, bundle.latent_dim), np.nan, np.float32)
        last: int | None = None
        for number in range(self._most_frames(tokens.size)):
            conditioning, end, state = self._step(frame, no_text, state)
            if last is None and end > _END_LOGIT:
                last = number + prompt.frames_after_end
            if last is not None and number >= last:
                return
            frame = self._latent(conditioning)
            yield frame
        logger.info("the voice found no end of %r", prompt.text)

    def _latent(self, conditioning: Array) -> Array:
        """Draw noise and follow the flow to a latent, in one step as the model was distilled for."""
        shape = (1, self._bundle.latent_dim)
        noise = (self._random.standard_normal(shape) * self._deviation).astype(np.float32)
        start, end = np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32)
        feeds = {"c": conditioning, "s": start, "t": end, "x": noise}
        (direction,) = self._flow.run(["flow_dir"], feeds)
        latent: Array = (noise + direction).reshape(1, 1, -1)
        return latent

    def _step(self, sequence: Array, text: Array, state: State) -> tuple[Array, float, State]:
        feeds = {"sequence": sequence, "text_embeddings": text}
        (conditioning, end), new = self._main.step(("conditioning", "eos_logit"), feeds, state)
        return conditioning, float(end.reshape(-1)[0]), new

    def _decode(self, latents: list[Array], state: State) -> tuple[Samples, State]:
        feeds = {"latent": np.concatenate(latents, axis=1)}
        (audio,), new = self._decoder.step(("audio_frame",), feeds, state)
        wave = audio.reshape(-1).astype(np.float32)
        if not np.isfinite(wave).all():
            raise TurnError("tts", "tts_failed", "The voice made no sound of it.", "Ask again.")
        return np.clip(wave, -1.0, 1.0), new

    def _token_ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text)
        return ids

    def _most_frames(self, tokens: int) -> int:
        seconds = tokens / _TOKENS_PER_S + _SPARE_S
        most = math.ceil(seconds * self._bundle.rate_hz / self._bundle.frame_samples)
        room = self._bundle.positions
        return most if room is None else min(most, room - self._voice_positions - tokens)

    # --- the voice ------------------------------------------------------------------------------------

    def _open_voice(self, path: Path) -> tuple[dict[str, Array], int]:
        """Return what is known of the states after the voice's speech, and how many positions that takes."""
        specs = self._bundle.flow_states
        if path.suffix == ".safetensors":
            arrays = voice_states(path, specs)
            steps = [
                arrays[spec.input_name]
                for spec in specs
                if spec.key == "step" and spec.input_name in arrays
            ]
            used = max((int(step.reshape(-1)[0]) for step in steps), default=0)
            return arrays, used
        if path.suffix == ".npy":
            embeddings = voice_embeddings(path, self._bundle)
        else:
            embeddings = with_beginning(self._heard(path), self._bundle)
        nothing = np.zeros((1, 0, self._bundle.latent_dim), np.float32)
        _, _, state = self._step(nothing, embeddings, self._main.begin({}))
        used = embeddings.shape[1]
        arrays = {}
        for spec in specs:
            array = state[spec.input_name].numpy()
            if 0 not in spec.shape:
                arrays[spec.input_name] = np.array(
                    array[:, :, :used] if spec.key == "cache" else array
                )
        return arrays, used

    def _heard(self, path: Path) -> Array:
        """Return the embeddings of a recording, made by the bundle's encoder."""
        import soundfile
        import soxr  # type: ignore[import-untyped]

        encoder = PocketGraph(self._bundle.folder, "mimi_encoder", SessionPlan(), (["audio"], []))
        try:
            wave, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        except (OSError, RuntimeError) as exc:
            raise corrupt(path, WHAT) from exc
        mono = soxr.resample(wave.mean(axis=1), rate_hz, self._bundle.rate_hz)
        names = [encoder.session.get_outputs()[0].name]
        return encoder.run(names, {"audio": mono.astype(np.float32)[None, None]})[0]

    def _trial(self) -> None:
        """Compute two frames, so that files of another kind are refused now and not in a turn."""
        latents = self._latents(Prompt("Ready.", 2))
        frames = [latent for latent, _ in zip(latents, range(2), strict=False)]
        if frames:
            self._decode(frames, self._decoder.begin({}))


def _open_tokenizer(path: Path) -> Any:
    import sentencepiece

    try:
        return sentencepiece.SentencePieceProcessor(model_file=str(required(path, WHAT)))
    except (OSError, RuntimeError, TypeError) as exc:
        raise corrupt(path, WHAT) from exc
