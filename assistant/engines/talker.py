"""Our own voice: text encoder, talker and vocoder, the seeds' all-ONNX chain.

    phoneme ids ─ tts_encode ─► hidden_states ─ talker ─► audio_logits ─ argmax ─► ids ─ vocode ─► 24 kHz

Owns the cutting of a sentence into pieces and of its sound into chunks, so that the first sound is there
long before the last, and none of the joints is heard. The graphs' contract and how they were made:
docs/talker.md. One audio token is 10 ms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.engines.audio_core import FILE, AudioCore, shared_core
from assistant.engines.letter_to_sound import LetterToSound
from assistant.engines.onnx_session import SessionPlan, corrupt, open_session, required
from assistant.errors import ModelError, TurnError
from assistant.speech.phonemes import FrontEnd, read_lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.engines.base import CancelToken, Samples

RATE_HZ = 24_000
SAMPLES_A_TOKEN = 240

PIECES = (40, 120)
"""Phonemes encoded at once: in the first piece of a text, and later."""

PIECE_CONTEXT = 36
"""Phonemes given on each side of a piece: the encoder sees 16 of them and 20 frames (docs/talker.md)."""

TALKER_FRAMES = (48, 200)
"""Frames put through the talker at once, which sees each alone: enough for the first chunk, then more."""

CHUNKS = (24, 60, 120)
"""Tokens made audible at once: first, second, later."""

CHUNK_CONTEXT = 18
"""Tokens given on each side of a chunk: what the vocoder sees."""

_WHAT = "talker voice"


class TalkerSynthesizer:
    """Speaks English with the kept files of `models/talker`. Used by one thread at a time.

    Args:
        files: the files by name: ``lexicon.txt.gz``, ``letters.onnx``, ``audio_core.onnx``,
            ``talker_int8.onnx`` (or ``talker.onnx``). Instead of the core, its two roles may come as
            ``tts_encode.onnx`` and ``vocode.onnx``, as the exporters write them.
        speed: 0.5 to 2; 1 = as trained.
        pitch_semitones: -4.5 to 4.5; 0 = as trained.
        plan: threads and memory of the core, which whoever asks with the same plan shares.
        talker_plan: the same of the talker; None = as the core.
        core: the loaded core, where somebody has it already.

    Attributes:
        core: the loaded core, until it is closed; None where the roles are files of their own.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    rate_hz = RATE_HZ
    languages: tuple[str, ...] = ("en",)

    def __init__(
        self,
        files: Mapping[str, Path],
        *,
        speed: float = 1.0,
        pitch_semitones: float = 0.0,
        plan: SessionPlan | None = None,
        talker_plan: SessionPlan | None = None,
        core: AudioCore | None = None,
    ) -> None:
        plan = plan or SessionPlan()
        lexicon = required(_file(files, "lexicon.txt.gz"), _WHAT)
        try:
            known = read_lexicon(lexicon)
        except (OSError, EOFError, ValueError) as exc:
            raise corrupt(lexicon, _WHAT) from exc
        self._front_end = FrontEnd(known, LetterToSound(_file(files, "letters.onnx")))
        if core is None and "tts_encode.onnx" not in files:
            core = shared_core(_file(files, FILE), plan)
        self.core = core
        self._encoder: Any = _role(
            core,
            files,
            plan,
            "tts_encode",
            inputs={
                "phoneme_ids": "tensor(int64)",
                "speed": "tensor(float)",
                "pitch_semitones": "tensor(float)",
            },
            outputs=["hidden_states", "frames"],
        )
        self._vocoder: Any = _role(
            core,
            files,
            plan,
            "vocode",
            inputs={
                "audio_ids": "tensor(int64)",
                "phase": "tensor(float)",
                "anchor_frame": "tensor(int64)",
                "first_frame": "tensor(int64)",
            },
            outputs=["waveform", "frame_phases"],
        )
        talker = "talker_int8.onnx" if "talker_int8.onnx" in files else "talker.onnx"
        self._talker = open_session(
            _file(files, talker),
            talker_plan or plan,
            _WHAT,
            inputs={"hidden_states": "tensor(float)"},
            outputs=["audio_logits"],
        )
        self._prosody = {
            "speed": np.array([speed], np.float32),
            "pitch_semitones": np.array([pitch_semitones], np.float32),
        }
        self._is_closed = False

    def synthesize(self, text: str, *, cancel: CancelToken) -> Iterator[Samples]:
        """Speak text that is normalised already, in chunks; nothing is yielded if nothing can be said.

        Raises:
            TurnError: ``tts_closed`` after :meth:`close`.
        """
        if self._is_closed:
            raise TurnError("tts", "tts_closed", "The voice is closed.", "Start again.")
        sentences = [sentence.ids for sentence in self._front_end.read(text)]
        for chunk in self._sound(self._tokens(sentences)):
            if cancel.cancelled:
                return
            yield chunk

    def hidden_states(self, text: str) -> NDArray[np.float32]:
        """Return what the talker is given for a normalised text, [1, S, 3584], of all its sentences."""
        parts = [
            hidden
            for sentence in self._front_end.read(text)
            for hidden in self._hidden_states(sentence.ids, is_first=False)
        ]
        return np.concatenate(parts, axis=1) if parts else np.zeros((1, 0, 3584), np.float32)

    def close(self) -> None:
        """Free the models; idempotent. The core stays while somebody else has it."""
        self._is_closed = True
        self._encoder = self._talker = self._vocoder = self.core = None

    # --- ids to tokens ----------------------------------------------------------------------------------

    def _tokens(self, sentences: Sequence[Sequence[int]]) -> Iterator[NDArray[np.int64]]:
        """Yield the audio tokens of all sentences, shape (n,), part by part."""
        size = TALKER_FRAMES[0]
        for number, ids in enumerate(sentences):
            for hidden in self._hidden_states(ids, is_first=number == 0):
                at = 0
                while at < hidden.shape[1]:
                    part = np.ascontiguousarray(hidden[:, at : at + size])
                    (logits,) = self._talker.run(["audio_logits"], {"hidden_states": part})
                    yield logits[0].argmax(axis=1)
                    at, size = at + size, TALKER_FRAMES[1]

    def _hidden_states(
        self, ids: Sequence[int], *, is_first: bool
    ) -> Iterator[NDArray[np.float32]]:
        """Yield hidden_states [1, S, 3584] of a sentence piece by piece; together as if made in one go."""
        begin = 0
        while begin < len(ids):
            end = min(begin + PIECES[0 if is_first and begin == 0 else 1], len(ids))
            left, right = max(begin - PIECE_CONTEXT, 0), min(end + PIECE_CONTEXT, len(ids))
            feeds = {"phoneme_ids": np.array([ids[left:right]], np.int64), **self._prosody}
            hidden, frames = self._encoder.run(["hidden_states", "frames"], feeds)
            skipped = int(frames[0, : begin - left].sum())
            count = int(frames[0, begin - left : end - left].sum())
            if count:
                yield hidden[:, skipped : skipped + count]
            begin = end

    # --- tokens to sound --------------------------------------------------------------------------------

    def _sound(self, parts: Iterator[NDArray[np.int64]]) -> Iterator[Samples]:
        """Yield the sound in chunks that join without a seam.

        Each is made with the tokens around it, whose sound is cut away; the harmonics' phase is handed on.
        """
        held = np.zeros(0, np.int64)  # tokens from `held_at` on
        held_at = made = number = 0
        phase, is_last = 0.0, False
        while not is_last:
            part = next(parts, None)
            is_last = part is None
            if part is not None:
                held = np.concatenate([held, part])
            while True:
                wanted = CHUNKS[min(number, len(CHUNKS) - 1)]
                known = held_at + len(held)
                count = min(wanted, known - made)
                if not count or (not is_last and known < made + wanted + CHUNK_CONTEXT):
                    break
                left = max(made - CHUNK_CONTEXT, 0)
                before = made - left
                ids = held[left - held_at : made + count + CHUNK_CONTEXT - held_at]
                feeds = {
                    "audio_ids": ids[None],
                    "phase": np.array([phase], np.float32),
                    "anchor_frame": np.array([before], np.int64),
                    "first_frame": np.array([left], np.int64),
                }
                wave, phases = self._vocoder.run(["waveform", "frame_phases"], feeds)
                yield wave[0, before * SAMPLES_A_TOKEN : (before + count) * SAMPLES_A_TOKEN]
                phase = float(phases[0, before + count])
                made, number = made + count, number + 1
                kept = max(made - CHUNK_CONTEXT, 0)
                held, held_at = held[kept - held_at :], kept


def _role(
    core: AudioCore | None,
    files: Mapping[str, Path],
    plan: SessionPlan,
    role: str,
    *,
    inputs: Mapping[str, str],
    outputs: Sequence[str],
) -> Any:
    """Return a role of the core, or of its own file where there is no core; both run alike."""
    if core is not None:
        return core.role(role, inputs, outputs)
    path = _file(files, f"{role}.onnx")
    return open_session(path, plan, _WHAT, inputs=inputs, outputs=outputs)


def _file(files: Mapping[str, Path], name: str) -> Path:
    if name not in files:
        raise ModelError(
            "model_missing",
            f"The {_WHAT} lacks its file {name}.",
            "Use the files the catalogue names (`assistant models list`).",
        )
    return files[name]
